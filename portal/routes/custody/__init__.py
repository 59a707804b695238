"""Exhibits: where they are, how they are handed on, kits, places, holds and disposal."""
