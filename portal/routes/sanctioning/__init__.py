"""Measures against shops, from proposal to objection."""
