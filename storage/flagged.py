"""Flags a page at a time, told apart by what became of them.

Owns the flags' keyset and its bound, which is that of `storage.walks`: at most LOOKED flags are
passed over for a page, and the caller is told up to where was looked.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from rules.flags import FlagKind
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Brand, Category, Flag, Listing, Shop, TestBuy
from storage.walks import LOOKED

_flags, _listings, _shops = table_of(Flag).c, table_of(Listing).c, table_of(Shop).c
_testbuys, _brands, _categories = table_of(TestBuy).c, table_of(Brand).c, table_of(Category).c


class Became(StrEnum):
    """What became of a flag. WAITS: nothing yet. WRONG: its goods were genuine."""

    WAITS = "waits"
    USED = "used"
    DISMISSED = "dismissed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class FlagChoice:
    """Which flags a page shows; None leaves a side open. `number` is their source's."""

    became: Became | None = Became.WAITS
    brand: str | None = None
    shop: int | None = None
    number: str | None = None


class FlagRow(NamedTuple):
    """A flag with what it points at; `testbuy` is the newest that was requested from it."""

    id: int
    number: str
    source: str
    score: float
    signals: list[str]
    price_minor: int
    currency: str
    seen_at: datetime
    proved_wrong_at: datetime | None
    dismissed_at: datetime | None
    dismissed_because: str | None
    shop_id: int
    shop: str
    platform: str
    operator_id: int | None
    title: str
    url: str
    brand: str
    category: str
    kind: FlagKind
    testbuy: str | None


class Looked(NamedTuple):
    """A page; `upto` is the flag where looking stopped short of a whole page, else None."""

    rows: list[FlagRow]
    more: bool
    upto: int | None


def page(
    tx: Transaction, choice: FlagChoice, limit: int,
    *, older_than: int | None = None, newer_than: int | None = None,
) -> Looked:  # fmt: skip
    """`limit` flags of `choice`, the newest first."""
    backwards = newer_than is not None
    walked = _walk(choice, older_than, newer_than)
    seen = walked.limit(LOOKED).subquery()
    query = _rows().join(seen, seen.c.id == _flags.id).where(*_passed_over(choice))
    order = _flags.id if backwards else _flags.id.desc()
    found = [FlagRow(*row) for row in tx.execute(query.order_by(order).limit(limit + 1))]
    more, rows = len(found) > limit, found[:limit]
    upto = None if more else tx.execute(walked.limit(1).offset(LOOKED - 1)).scalar()
    if backwards:
        rows.reverse()
    return Looked(rows, more or upto is not None, upto)


def _walk(choice: FlagChoice, older_than: int | None, newer_than: int | None) -> Any:
    query = sa.select(_flags.id)
    if choice.number is not None:
        query = query.where(_flags.source_flag_id == choice.number)
    if choice.shop is not None:
        query = query.where(_flags.shop_id == choice.shop)
    if older_than is not None:
        query = query.where(_flags.id < older_than)
    if newer_than is not None:
        return query.where(_flags.id > newer_than).order_by(_flags.id)
    return query.order_by(_flags.id.desc())


def _passed_over(choice: FlagChoice) -> list[Any]:
    bought = sa.exists().where(_testbuys.flag_id == _flags.id)
    became = {
        Became.WAITS: [~bought, _flags.dismissed_at.is_(None)],
        Became.USED: [bought],
        Became.DISMISSED: [_flags.dismissed_at.is_not(None)],
        Became.WRONG: [_flags.proved_wrong_at.is_not(None)],
    }
    conditions = list(became[choice.became]) if choice.became else []
    if choice.brand is not None:
        conditions.append(_brands.name == choice.brand)
    return conditions


def _rows() -> Any:
    newest = (
        sa.select(_testbuys.reference)
        .where(_testbuys.flag_id == _flags.id)
        .order_by(_testbuys.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(
            _flags.id, _flags.source_flag_id, _flags.source, _flags.score, _flags.signals,
            _flags.price_minor, _flags.currency, _flags.seen_at, _flags.proved_wrong_at,
            _flags.dismissed_at, _flags.dismissed_because, _shops.id, _shops.name,
            _shops.platform, _shops.operator_id, _listings.title, _listings.url,
            _brands.name, _categories.name, _flags.kind, newest,
        )
        .join(table_of(Shop), _shops.id == _flags.shop_id)
        .join(table_of(Listing), _listings.id == _flags.listing_id)
        .join(table_of(Brand), _brands.id == _listings.brand_id)
        .join(table_of(Category), _categories.id == _listings.category_id)
    )  # fmt: skip
