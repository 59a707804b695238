"""What people say of photos that are kept: who may hand one in, masks, likeness, confirmations.

Leaves taking photos in to `casework.intake`.
"""
