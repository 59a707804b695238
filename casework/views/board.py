"""The board: test buys in a list, a page at a time."""

from dataclasses import dataclass

from rules.lifecycle import Stage
from storage import pages
from storage.pages import BoardRow, Choice
from storage.session import Database

ROWS = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board. `older` and `newer` are keys of the neighbouring pages, where any."""

    counts: dict[Stage, int]
    waiting_names: tuple[str, ...]
    rows: list[BoardRow]
    older: int | None
    newer: int | None


def board(db: Database, choice: Choice) -> Board:
    """A page of `ROWS` test buys, newest first."""
    with db.read() as tx:
        rows = pages.board(tx, choice, ROWS + 1)
        backwards = choice.newer_than is not None
        more = len(rows) > ROWS
        rows = rows[-ROWS:] if backwards else rows[:ROWS]
        older = rows[-1].id if rows and (more or backwards) else None
        newer = rows[0].id if rows and (more if backwards else choice.older_than) else None
        return Board(pages.stage_counts(tx), tuple(pages.waiting_names(tx)), rows, older, newer)
