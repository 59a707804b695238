"""Referrals, the rows of their packages, and the agencies that get them."""
