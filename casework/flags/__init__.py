"""Shops and listings that somebody calls suspect: feeds, single flags, and those set aside."""
