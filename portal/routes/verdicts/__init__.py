"""Examinations and the verdicts they end in, reference products, signed statements."""
