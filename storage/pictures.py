"""Seller's pictures by their patterns: which are near one, and which shops are known to show them.

Owns the index of patterns: exact to `likeness.NEAR` bits, as they are and mirrored, and a row a
band of each, so that a picture which ten thousand shops show costs as much to find as one that two
do. Whoever adds to it has taken the turn of codes (`storage.codes`). Leaves what follows to
`casework.operators.picture_links`.
"""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from rules import likeness
from rules.identifiers import IdentifierKind, IdentifierState
from rules.pictures import METADATA, Whose
from storage.prepared import Prepared
from storage.rows import add_if_absent, every, table_of
from storage.session import Transaction
from storage.tables import (
    Identifier,
    PatternBand,
    PatternOfCode,
    Photo,
    PhotoCapture,
    Resemblance,
    SellerPicture,
    TestBuy,
)

_bands, _pictures = table_of(PatternBand).c, table_of(SellerPicture).c
_kept, _compared = table_of(PatternOfCode).c, table_of(Resemblance).c
_identifiers = table_of(Identifier).c
_photos, _captures, _testbuys = table_of(Photo), table_of(PhotoCapture), table_of(TestBuy)
_ASKED = tuple(f"asked_{number}" for number in range(len(likeness.bands_near(0))))
_near = Prepared(
    sa.select(_bands.code).where(
        _bands.band.in_([sa.bindparam(name, type_=sa.Integer) for name in _ASKED])
    )
)
_of_code = Prepared(sa.select(_kept.pattern).where(_kept.code == sa.bindparam("asked")))
_SIGN_BIT, _ALL_BITS = 1 << 63, (1 << 64) - 1


def signed(code: int) -> int:
    """A 64-bit code as the signed number that a column holds."""
    return code - (1 << 64) if code & _SIGN_BIT else code


def remember(tx: Transaction, pattern: int) -> None:
    """Add a pattern to the index; known ones are left."""
    code = likeness.coarse(pattern)
    for band in likeness.bands(code):
        add_if_absent(tx, PatternBand, band=band, code=signed(code))
    add_if_absent(tx, PatternOfCode, code=signed(code), pattern=likeness.written(pattern))


def near(tx: Transaction, pattern: int) -> list[int]:
    """The patterns near one, as it is or mirrored, in order; itself where it is known."""
    straight = likeness.coarse(pattern)
    codes = {
        row.code
        for code in (straight, likeness.coarse_mirrored(straight))
        for row in _near.rows(tx, dict(zip(_ASKED, likeness.bands_near(code), strict=True)))
        if (row.code & _ALL_BITS ^ code).bit_count() <= likeness.NEAR
    }
    kept = (row.pattern for code in codes for row in _of_code.rows(tx, {"asked": code}))
    found = (likeness.read(each) for each in kept)
    return sorted(other for other in found if other is not None and likeness.way(other, pattern))


def bearers(tx: Transaction, pattern: int, most: int) -> set[int]:
    """Shops whose identifiers that stand have a pattern near this one; `most` of them at most."""
    query = (
        sa.select(_identifiers.shop_id)
        .where(
            _identifiers.kind == IdentifierKind.PHOTO_REUSE,
            _identifiers.normal.in_([likeness.written(other) for other in near(tx, pattern)]),
            _identifiers.state != IdentifierState.WITHDRAWN,
        )
        .distinct()
        .order_by(_identifiers.shop_id)
        .limit(most)
    )
    return {row.shop_id for row in tx.execute(query)}


def _is_ours() -> sa.ColumnElement[bool]:
    """That a person found a picture to be a photo of our own people's."""
    settled = (_compared.picture_id == _pictures.id) & (_compared.whose == Whose.OURS)
    return sa.exists().where(settled)


def of_patterns(tx: Transaction, patterns: Iterable[int], most: int) -> Sequence[SellerPicture]:
    """The first pictures of these patterns, `most` of them, that nobody found to be our own."""
    wanted = _pictures.pattern.in_([likeness.written(pattern) for pattern in patterns])
    return every(tx, SellerPicture, wanted, ~_is_ours(), order_by=_pictures.id, limit=most)


def of_seller(tx: Transaction, testbuy_id: int, shop_id: int) -> Sequence[SellerPicture]:
    """The pictures of a shop kept for a test buy that nobody found to be our own, in order."""
    about = (_pictures.testbuy_id == testbuy_id, _pictures.shop_id == shop_id)
    return every(tx, SellerPicture, *about, ~_is_ours(), order_by=_pictures.id)


def borne_by(tx: Transaction, identifier_id: int) -> bool:
    """Whether a picture that nobody found to be our own stands under an identifier."""
    stands = _pictures.identifier_id == identifier_id
    return bool(every(tx, SellerPicture, stands, ~_is_ours(), limit=1))


def in_doubt(tx: Transaction, numbers: Iterable[int]) -> frozenset[int]:
    """Of these pictures those that look like our own photo, and nobody has said whose they are."""
    wanted = _compared.picture_id.in_(sorted(set(numbers)))
    query = sa.select(_compared.picture_id).where(_compared.same.is_(None), wanted)
    return frozenset(row.picture_id for row in tx.execute(query))


def doubted(tx: Transaction, identifiers: Iterable[int]) -> Mapping[int, str]:
    """Of these identifiers those that rest on a picture in doubt, with the public id of the first.

    Which of a test buy's pictures told of a device no row says: any of them may have.
    """
    device = (
        (_identifiers.kind == IdentifierKind.EXIF_DEVICE)
        & (_identifiers.said_by == METADATA)
        & (_identifiers.testbuy_id == _pictures.testbuy_id)
        & (_identifiers.shop_id == _pictures.shop_id)
    )
    query = (
        sa.select(_identifiers.id, _pictures.public_id)
        .join(_pictures.id.table, (_pictures.identifier_id == _identifiers.id) | device)
        .join(_compared.id.table, _compared.picture_id == _pictures.id)
        .where(_compared.same.is_(None), _identifiers.id.in_(sorted(set(identifiers))))
        .order_by(_pictures.id.desc())
    )
    return {row.id: row.public_id for row in tx.execute(query)}


def unlinked(tx: Transaction, patterns: Iterable[int]) -> Sequence[SellerPicture]:
    """The pictures of these patterns that no identifier stands for yet, in order."""
    wanted = _pictures.pattern.in_([likeness.written(pattern) for pattern in patterns])
    none = _pictures.identifier_id.is_(None)
    return every(tx, SellerPicture, wanted, none, ~_is_ours(), order_by=_pictures.id)


def shown_elsewhere(tx: Transaction, patterns: Iterable[int], shop_id: int) -> bool:
    """Whether another shop shows a picture of one of these patterns."""
    wanted = _pictures.pattern.in_([likeness.written(pattern) for pattern in patterns])
    others = _pictures.shop_id != shop_id
    return bool(every(tx, SellerPicture, wanted, others, ~_is_ours(), limit=1))


def taken_by_ours(tx: Transaction, testbuy: TestBuy, device: str) -> bool:
    """Whether a photo of this test buy, or of another one of its buyer, was taken with a device."""
    buyers = _testbuys.c.buyer_id == testbuy.buyer_id if testbuy.buyer_id else sa.false()
    query = (
        sa.select(_photos.c.id)
        .join(_testbuys, _testbuys.c.id == _photos.c.testbuy_id)
        .join(_captures, _captures.c.photo_id == _photos.c.id)
        .where(buyers | (_testbuys.c.id == testbuy.id), _captures.c.device == device)
        .limit(1)
    )
    return tx.execute(query).first() is not None
