"""A line of what a person's word took the place of, and the pieces it is told in.

Owns the line and what every kind of them is read with. Leaves which rows count, and what each says,
to `casework.views.overrides`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import TestBuy

WORD, SENTENCE = "word", "sentence"


class Piece(NamedTuple):
    """A piece of what is told: a word of ours, a sentence of ours, or what somebody typed ("")."""

    text: str
    ours: str = ""


class Override(NamedTuple):
    """One line. `subject` is a reference; `by` a person's name, or a role and number.

    `said` is what stands in the row, in pieces.
    """

    key: int
    at: datetime
    by: str
    subject: str
    said: tuple[Piece, ...]

    @property
    def told(self) -> str:
        """What is told, in English."""
        return "".join(
            each.text.replace("_", " ") if each.ours == WORD else each.text for each in self.said
        )


def testbuy_names(tx: Transaction, ids: Iterable[int]) -> dict[int, str]:
    wanted = table_of(TestBuy).c.id.in_(set(ids))
    return {row.id: row.reference for row in every(tx, TestBuy, wanted)}


def page(
    tx: Transaction, table: type[Any], older: int | None, limit: int, *where: Any
) -> Sequence[Any]:
    key = table_of(table).c.id
    before = () if older is None else (key < older,)
    return every(tx, table, *where, *before, order_by=key.desc(), limit=limit)


def typed(text: str) -> tuple[Piece, ...]:
    return (Piece(text),)


def spaced(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    told: list[Piece] = []
    for each in pieces:
        told += [Piece(" "), each] if told else [each]
    return tuple(told)


def of_facts(facts: dict[str, Any]) -> tuple[Piece, ...]:
    """An entry of the programme's ledger: what was done, then the name and value of each fact."""
    told = [Piece(str(facts.get("what", "")), WORD)]
    rest = {name: value for name, value in facts.items() if name not in ("what", "by")}
    for number, (name, value) in enumerate(rest.items()):
        told += [Piece(", " if number else ": "), Piece(name, WORD), Piece(f" {value}")]
    return tuple(told)
