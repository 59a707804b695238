"""Raids, what was seized, and the second seller who was found."""
