"""Photos that look nearly the same: the index of likeness codes, and what is left to look at.

Owns the four bands a photo is found by: exact up to `likeness.NEAR` bits, durable, and one for all
processes. On PostgreSQL whoever looks and adds takes turns, so that of two photos that come at once
the second one sees the first. Leaves what follows from it to `casework.photographs.resembling`.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from rules.likeness import NEAR, bands, bands_near
from rules.pictures import Origin
from storage.prepared import Prepared
from storage.rows import add, table_of
from storage.session import Transaction
from storage.tables import Photo, PhotoBand, Resemblance, SellerPicture, TestBuy

_LOCK = 0x11CE
"""Any constant: photo intakes on PostgreSQL take turns by it."""

_bands = table_of(PhotoBand).c
_ASKED = tuple(f"asked_{number}" for number in range(len(bands_near(0))))
_near = Prepared(
    sa.select(_bands.photo_id, _bands.dhash).where(
        _bands.band.in_([sa.bindparam(name, type_=sa.Integer) for name in _ASKED])
    )
)
_turn = Prepared(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
_ALL_BITS = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Two photos nobody has compared yet, the newer first."""

    number: int
    distance: int
    photo: str
    shot: str
    testbuy: str
    earlier_photo: str
    earlier_shot: str
    earlier_testbuy: str


@dataclass(frozen=True, slots=True)
class UnsettledPicture:
    """A photo and a seller's picture that nobody has compared yet; `by_machine`: it was fetched."""

    number: int
    distance: int
    photo: str
    shot: str
    testbuy: str
    picture: str
    origin: Origin
    by_machine: bool
    kept_for: str


def take_turn(tx: Transaction) -> None:
    """Wait for whoever looks at the index and adds to it; SQLite's writers take turns anyway."""
    if tx.dialect.name == "postgresql":
        _turn.rows(tx)


def remember(tx: Transaction, photo_id: int, dhash: int) -> None:
    """Add a photo by its likeness code (signed, as its row holds it)."""
    for band in bands(dhash & _ALL_BITS):
        add(tx, PhotoBand, band=band, dhash=dhash, photo_id=photo_id)


def near(tx: Transaction, dhash: int) -> list[tuple[int, int]]:
    """(distance, photo's number) of all within `NEAR` bits of a signed `dhash`, nearest first."""
    asked = dict(zip(_ASKED, bands_near(dhash & _ALL_BITS), strict=True))
    found = {row.photo_id: row.dhash for row in _near.rows(tx, asked)}
    apart = (((kept ^ dhash) & _ALL_BITS, number) for number, kept in found.items())
    return sorted((bits.bit_count(), number) for bits, number in apart if bits.bit_count() <= NEAR)


def unsettled(tx: Transaction, limit: int) -> tuple[Unsettled, ...]:
    """What a person has still to compare, oldest first."""
    pairs, photos, testbuys = table_of(Resemblance), table_of(Photo), table_of(TestBuy)
    newer, earlier = photos.alias("newer"), photos.alias("earlier")
    owner, before = testbuys.alias("owner"), testbuys.alias("before")
    query = (
        sa.select(
            pairs.c.id,
            pairs.c.distance,
            newer.c.public_id,
            newer.c.shot,
            owner.c.reference,
            earlier.c.public_id,
            earlier.c.shot,
            before.c.reference,
        )
        .join(newer, newer.c.id == pairs.c.photo_id)
        .join(earlier, earlier.c.id == pairs.c.earlier_id)
        .join(owner, owner.c.id == newer.c.testbuy_id)
        .join(before, before.c.id == earlier.c.testbuy_id)
        .where(pairs.c.same.is_(None))
        .order_by(pairs.c.id)
        .limit(limit)
    )
    return tuple(Unsettled(*row) for row in tx.execute(query))


def unsettled_pictures(
    tx: Transaction, limit: int, *, picture: str | None = None
) -> tuple[UnsettledPicture, ...]:
    """The photos and seller's pictures a person has still to compare, oldest first.

    `picture`: the public id of the one that is asked for.
    """
    pairs, photos, pictures = table_of(Resemblance), table_of(Photo), table_of(SellerPicture)
    owner, kept_for = table_of(TestBuy).alias("owner"), table_of(TestBuy).alias("kept_for")
    query = (
        sa.select(
            pairs.c.id,
            pairs.c.distance,
            photos.c.public_id,
            photos.c.shot,
            owner.c.reference,
            pictures.c.public_id,
            pictures.c.origin,
            pictures.c.url != "",
            kept_for.c.reference,
        )
        .join(photos, photos.c.id == pairs.c.photo_id)
        .join(pictures, pictures.c.id == pairs.c.picture_id)
        .join(owner, owner.c.id == photos.c.testbuy_id)
        .join(kept_for, kept_for.c.id == pictures.c.testbuy_id)
        .where(pairs.c.same.is_(None), pictures.c.public_id == picture if picture else sa.true())
        .order_by(pairs.c.id)
        .limit(limit)
    )
    return tuple(UnsettledPicture(*row) for row in tx.execute(query))
