"""Words kept for searching, and finding what bears them; the cost is bounded, whatever is asked."""

from collections.abc import Sequence

import sqlalchemy as sa

from rules.addresses import listing_key
from rules.searching import words_of
from storage.prepared import Prepared
from storage.rows import add_if_absent, every, table_of
from storage.session import Transaction
from storage.tables import Kit, KitPart, SearchKind, SearchWord

LOOKED = 500
"""Bearers of a word that are looked at; a word so common needs another beside it."""

_rows = table_of(SearchWord).c
_LAST = b"\xff"
"""Behind every word that begins alike: no UTF-8 text holds this byte."""

_bearing = Prepared(
    sa.select(_rows.number)
    .where(
        _rows.kind == sa.bindparam("kind", type_=_rows.kind.type),
        _rows.word >= sa.bindparam("first", type_=_rows.word.type),
        _rows.word < sa.bindparam("last", type_=_rows.word.type),
    )
    .limit(LOOKED + 1)
)


def keep(tx: Transaction, kind: SearchKind, number: int, text: str) -> None:
    """Keep the words of a name or title, in the transaction that writes it."""
    for word in words_of(text):
        add_if_absent(tx, SearchWord, kind=kind, word=word.encode(), number=number)


def keep_address(tx: Transaction, listing: int, url: str) -> None:
    """Keep the address a listing is found by, in the transaction that writes it."""
    if key := listing_key(url):
        word = key.encode()
        add_if_absent(tx, SearchWord, kind=SearchKind.ADDRESS, word=word, number=listing)


def at_address(tx: Transaction, url: str, limit: int) -> list[int]:
    """Numbers of the listings that were flagged at this address, the newest first."""
    key = listing_key(url)
    if key is None:
        return []
    same = (_rows.kind == SearchKind.ADDRESS, _rows.word == key.encode())
    found = every(tx, SearchWord, *same, order_by=_rows.number.desc(), limit=limit)
    return [row.number for row in found]


def bearing(tx: Transaction, kind: SearchKind, asked: Sequence[str]) -> tuple[list[int], bool]:
    """Numbers of what bears a word that begins with the rarest of those asked, the newest first.

    The caller compares the other words with the text itself. True where more bear it than LOOKED:
    another word would tell more of them apart.
    """
    found: list[int] | None = None
    for word in asked:
        first = word.encode()
        values = {"kind": kind, "first": first, "last": first + _LAST}
        numbers = [row.number for row in _bearing.rows(tx, values)]
        if found is None or len(numbers) < len(found):
            found = numbers
    found = found or []
    return sorted(set(found), reverse=True)[:LOOKED], len(found) > LOOKED


def kits_holding(tx: Transaction, number: str, limit: int) -> Sequence[Kit]:
    """Kits in one of whose ranges a printed number lies, the newest first.

    Numbers of one prefix and one length are ordered by their digits alone, alike everywhere.
    """
    rows, parts = table_of(Kit), table_of(KitPart)
    prefix = number.rstrip("0123456789")
    if not prefix or prefix == number:
        return ()
    held = (
        sa.select(parts.c.kit_id)
        .where(
            sa.func.length(parts.c.first) == len(number),
            sa.func.substr(parts.c.first, 1, len(prefix)) == prefix,
            parts.c.first <= number,
            parts.c.last >= number,
        )
        .order_by(parts.c.kit_id.desc())
        .limit(limit)
    )
    return every(tx, Kit, rows.c.id.in_(held), order_by=rows.c.id.desc())
