"""Measures against shops: proposed, decided, told to the seller, objected to, lifted.

Leaves the sanction's row to `casework.outcomes`.
"""
