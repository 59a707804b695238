"""Which photos a test buy asks for: lists by category, in versions, and which are in."""
