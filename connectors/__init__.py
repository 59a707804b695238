"""Other people's systems, each behind a `Protocol`, an httpx client and its own error family.

Owns: what goes over the wire to a marketplace, a carrier and an agency, and the sorting of every
possible answer into a value or one of a few errors (`errors`). Leaves to others: when to call, what
to record before and after, and what an error means for a test buy. Nothing here reads the clock,
draws chance or writes a row. The contracts are in `docs/connectors.md`.
"""
