"""Exhibits and who holds them: bags, seals, places, hand-overs, holds."""
