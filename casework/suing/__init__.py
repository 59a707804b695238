"""Civil claims: what they say and rest on, their way through the courts, and what came in.

Leaves the claim's row to `casework.outcomes`.
"""
