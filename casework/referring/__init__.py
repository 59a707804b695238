"""A referral's way: drafted by the gauge, gated, approved, sent, answered, followed to its end.

Leaves its row to `casework.outcomes`, and what it brings along to `casework.papers`.
"""
