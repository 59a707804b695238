"""Codes on goods as rows: who takes turns, which stand uncorrected, which are alike elsewhere.

On PostgreSQL whoever puts a serial on an exhibit takes a turn before holding any test buy, so that
of two who do it at once the second sees the first (docs/adr/0004). Whoever moves shops, erases or
opens an operator takes the same turn. Leaves what counts as alike to
`rules.codes` and what follows to `casework.operators.leads`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from rules.codes import CodeKind
from storage.prepared import Prepared
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Exhibit, ExhibitCode, Lead, TestBuy

_LOCK = 0xC0DE
"""Any constant: codes on PostgreSQL take turns by it."""

_turn = Prepared(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
_codes, _testbuys, _exhibits = table_of(ExhibitCode), table_of(TestBuy), table_of(Exhibit)
_later = _codes.alias("later")
_stands = ~sa.exists().where(_later.c.corrects_id == _codes.c.id)
_waiting = Prepared(
    sa.select(_codes)
    .where(
        _stands,
        _codes.c.testbuy_id == sa.bindparam("of_testbuy"),
        _codes.c.exhibit_id.is_(None),
    )
    .order_by(_codes.c.id)
)


class Twin(NamedTuple):
    """A standing serial on an exhibit of another shop: its row, exhibit and test buy."""

    code_id: int
    exhibit_id: int
    exhibit: str
    testbuy_id: int
    testbuy: str


def take_turn(tx: Transaction) -> None:
    """Wait for whoever puts codes on exhibits; SQLite's writers take turns anyway.

    The first statement of its transaction, before any test buy is held.
    """
    if tx.dialect.name == "postgresql":
        _turn.rows(tx)


def standing(tx: Transaction, *where: Any) -> Sequence[Any]:
    """The codes that no later row corrects and for which `where` holds, oldest first."""
    query = sa.select(_codes).where(_stands, *where).order_by(_codes.c.id)
    return list(tx.execute(query))


def waiting(tx: Transaction, testbuy_id: int) -> Sequence[Any]:
    """The standing codes of a test buy that are on no exhibit yet, oldest first."""
    return _waiting.rows(tx, {"of_testbuy": testbuy_id})


def twins(tx: Transaction, testbuy: TestBuy, keys: Iterable[str]) -> list[Twin]:
    """Standing serials of the same brand with one of `keys`, on exhibits of other shops."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    query = (
        sa.select(
            _codes.c.id,
            _exhibits.c.id,
            _exhibits.c.reference,
            _testbuys.c.id,
            _testbuys.c.reference,
        )
        .join(_exhibits, _exhibits.c.id == _codes.c.exhibit_id)
        .join(_testbuys, _testbuys.c.id == _codes.c.testbuy_id)
        .where(
            _codes.c.brand_id == testbuy.brand_id,
            _codes.c.key.in_(wanted),
            _codes.c.kind == CodeKind.SERIAL,
            _testbuys.c.shop_id != testbuy.shop_id,
            _stands,
        )
        .order_by(_codes.c.id)
    )
    return [Twin(*row) for row in tx.execute(query)]


def leads_of(tx: Transaction, exhibit_ids: Sequence[int]) -> Sequence[Any]:
    """The leads in which one of the exhibits stands, oldest first."""
    leads = table_of(Lead)
    named = leads.c.exhibit_id.in_(exhibit_ids) | leads.c.other_id.in_(exhibit_ids)
    return list(tx.execute(sa.select(leads).where(named).order_by(leads.c.id)))
