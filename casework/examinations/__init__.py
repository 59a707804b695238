"""Examinations: which photos are shown to whom, and what is found before a verdict is given."""
