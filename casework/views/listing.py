"""Test buys a page at a time, for other systems: no counts, and the next page by a cursor."""

from dataclasses import dataclass

from storage import pages
from storage.pages import BoardRow, Choice
from storage.session import Database

MOST = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """Some test buys, the newest first; `next` is where the next page begins, None at the end."""

    rows: list[BoardRow]
    next: int | None


def listing(db: Database, choice: Choice, limit: int) -> Listing:
    """At most `limit` (and `MOST`) test buys of `choice`."""
    limit = min(limit, MOST)
    with db.read() as tx:
        rows = pages.board(tx, choice, limit + 1)
    more = len(rows) > limit
    return Listing(rows[:limit], rows[limit - 1].id if more else None)
