"""Verdicts: given, undone, sealed, concluded on, superseded, and told to who relied on them."""
