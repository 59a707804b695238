"""The outside world for demonstrations and tests: a marketplace, a carrier and a police agency.

Owns real HTTP servers on loopback, each a process of its own with a durable ledger of what was done
there, the feed of flagged shops, and drawn photographs. Imports nothing of the rest of the project:
it implements `docs/connectors.md` from the other side.
"""
