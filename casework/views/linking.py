"""What ties shops together, as pages show it: identifiers, proposals, changes, who is behind.

Owns gathering the rows and their sources in words that a page can print. Nothing here is shown to
authenticators: they must not know whom the goods they examine lead to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casework.errors import NotFound
from rules import likeness, linkage
from rules.identifiers import KINDS, IdentifierKind, IdentifierState, Strength, Weight, strength
from rules.linkage import MANY, Key, ProposalState
from storage import keyset, pictures
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Exhibit,
    Identifier,
    LinkProposal,
    Operator,
    Photo,
    ProposalEvidence,
    SellerPicture,
    Shop,
    TestBuy,
)

_identifiers = table_of(Identifier).c


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    """An identifier with where it is from; `shared`: names of other shops that it stands for, too.

    `photo` is the public id, `shot` its code, of the photo that shows it.
    """

    row: Identifier
    shop: Shop
    testbuy: str | None
    photo: str | None
    shot: str | None
    exhibit: str | None
    recorded_by: str | None
    confirmed_by: str | None
    withdrawn_by: str | None
    shared: tuple[str, ...]
    picture: SellerPicture | None = None
    """The seller's picture that it stands for."""
    doubt: str | None = None
    """The public id of a picture that it rests on and that may be our own people's photo."""

    @property
    def weight(self) -> Weight:
        """What its kind carries, and why."""
        return KINDS[self.row.kind]

    @property
    def strength(self) -> Strength:
        """What it carries itself: a masked one less than its kind."""
        return strength(self.row.kind, self.row.normal)


@dataclass(frozen=True, slots=True)
class SharedLine:
    """What two shops share: one kind, and every identifier that says so.

    `apart`: of two pictures that look alike, the bits in which their patterns differ, and `way`:
    whether one is the other mirrored.
    """

    kind: IdentifierKind
    confirmed: bool
    lines: tuple[IdentifierLine, ...]
    apart: int | None = None
    way: likeness.Way | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A shop of a proposal, with its operator where it has one."""

    shop: Shop
    operator: Operator | None


@dataclass(frozen=True, slots=True)
class Reappearance:
    """A shop that opened days after another's closure and shares an identifier with it."""

    closed: Shop
    opened: Shop
    days: int


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal with both shops, its evidence kind by kind, and whether it is a reappearance."""

    row: LinkProposal
    sides: tuple[Side, Side]
    evidence: tuple[SharedLine, ...]
    reappearance: Reappearance | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A shop with its operator, identifiers and proposals."""

    shop: Shop
    operator: Operator | None
    lines: tuple[IdentifierLine, ...]
    proposals: tuple[ProposalLine, ...]


def identifiers_of(tx: Transaction, shops: Iterable[int]) -> tuple[IdentifierLine, ...]:
    """Every identifier of these shops, the withdrawn ones last, kind by kind."""
    theirs = _identifiers.shop_id.in_(sorted(set(shops)))
    return lines_of(tx, every(tx, Identifier, theirs, order_by=_identifiers.id))


def shop_page(db: Database, number: int) -> ShopPage:
    """One shop by its number; NotFound where there is none."""
    with db.read() as tx:
        shop = one(tx, Shop, id=number)
        if shop is None:
            raise NotFound("There is no such shop.")
        operator = one(tx, Operator, id=shop.operator_id) if shop.operator_id else None
        return ShopPage(shop, operator, identifiers_of(tx, [number]), proposals_of(tx, [number]))


def lines_of(tx: Transaction, rows: Sequence[Identifier]) -> tuple[IdentifierLine, ...]:
    """The rows with their sources and who handled them."""
    forms = sorted({row.normal for row in rows if row.normal})
    stands = _identifiers.state != IdentifierState.WITHDRAWN
    alike = defaultdict[Key, set[int]](set)
    for row in every(tx, Identifier, _identifiers.normal.in_(forms), stands):
        alike[Key(row.kind, row.normal)].add(row.shop_id)
    for row in rows:
        pattern = likeness.read(row.normal)
        if pattern is not None:
            alike[Key(row.kind, row.normal)] |= pictures.bearers(tx, pattern, MANY)
    shown, doubts = _pictures_of(tx, rows), pictures.doubted(tx, [row.id for row in rows])
    wanted = {row.shop_id for row in rows} | {each for shops in alike.values() for each in shops}
    shops = {row.id: row for row in _by_number(tx, Shop, wanted)}
    testbuys = {row.id: row for row in _by_number(tx, TestBuy, (row.testbuy_id for row in rows))}
    photos = {row.id: row for row in _by_number(tx, Photo, (row.photo_id for row in rows))}
    exhibits = {row.id: row for row in _by_number(tx, Exhibit, (row.exhibit_id for row in rows))}
    people = names(
        tx,
        [each for row in rows for each in (row.recorded_by, row.confirmed_by, row.withdrawn_by)],
    )

    def line(row: Identifier) -> IdentifierLine:
        photo = photos.get(row.photo_id or 0)
        others = alike[Key(row.kind, row.normal)] - {row.shop_id} if row.normal else set[int]()
        ties = strength(row.kind, row.normal) is not Strength.NONE
        withdrawn = row.state is IdentifierState.WITHDRAWN
        return IdentifierLine(
            row,
            shops[row.shop_id],
            testbuys[row.testbuy_id].reference if row.testbuy_id else None,
            photo.public_id if photo else None,
            photo.shot if photo else None,
            exhibits[row.exhibit_id].reference if row.exhibit_id else None,
            people.get(row.recorded_by or 0),
            people.get(row.confirmed_by or 0),
            people.get(row.withdrawn_by or 0),
            tuple(sorted(shops[each].name for each in others)) if ties and not withdrawn else (),
            shown.get(row.id),
            None if withdrawn else doubts.get(row.id),
        )

    order = {kind: place for place, kind in enumerate(IdentifierKind)}
    last = {row.id: row.state is IdentifierState.WITHDRAWN for row in rows}
    return tuple(
        line(row) for row in sorted(rows, key=lambda row: (last[row.id], order[row.kind], row.id))
    )


def _pictures_of(tx: Transaction, rows: Iterable[Identifier]) -> dict[int, SellerPicture]:
    """The first picture that each identifier stands for."""
    found: dict[int, SellerPicture] = {}
    numbers = sorted(row.id for row in rows if row.kind is IdentifierKind.PHOTO_REUSE)
    columns = table_of(SellerPicture).c
    if numbers:
        theirs = columns.identifier_id.in_(numbers)
        for picture in every(tx, SellerPicture, theirs, order_by=columns.id):
            found.setdefault(picture.identifier_id or 0, picture)
    return found


def proposals(db: Database, turn: Turn = FIRST) -> Paged[ProposalLine]:
    """A page of the open proposals, the oldest first."""
    with db.read() as tx:
        still = table_of(LinkProposal).c.state == ProposalState.OPEN
        found = keyset.page(tx, LinkProposal, still, turn=turn)
        return found.each(lambda rows: proposal_lines(tx, rows))


def proposals_of(tx: Transaction, shops: Iterable[int]) -> tuple[ProposalLine, ...]:
    """Every proposal about one of these shops, open ones first, the newest before older ones."""
    rows, numbers = table_of(LinkProposal).c, sorted(set(shops))
    about = rows.shop_id.in_(numbers) | rows.other_id.in_(numbers)
    found = proposal_lines(tx, every(tx, LinkProposal, about, order_by=rows.id.desc()))
    return tuple(sorted(found, key=lambda each: each.row.state is not ProposalState.OPEN))


def proposal_lines(tx: Transaction, rows: Sequence[LinkProposal]) -> list[ProposalLine]:
    """The proposals with their shops and evidence."""
    numbers = [row.id for row in rows]
    under = defaultdict[int, dict[int, bool]](dict)
    for each in every(tx, ProposalEvidence, table_of(ProposalEvidence).c.proposal_id.in_(numbers)):
        under[each.proposal_id][each.identifier_id] = each.confirmed
    wanted = {number for lines in under.values() for number in lines}
    facts = {each.row.id: each for each in lines_of(tx, _by_number(tx, Identifier, wanted))}
    shops = {
        shop.id: shop
        for shop in _by_number(tx, Shop, (each for row in rows for each in _pair(row)))
    }
    owners = {
        row.id: row for row in _by_number(tx, Operator, (s.operator_id for s in shops.values()))
    }
    people = names(tx, [row.decided_by for row in rows])

    def side(number: int) -> Side:
        shop = shops[number]
        return Side(shop, owners.get(shop.operator_id or 0))

    def told(row: LinkProposal) -> ProposalLine:
        lines = [(facts[number], under[row.id][number]) for number in sorted(under[row.id])]
        evidence = (*_equal(lines), *_alike(lines, row))
        low, high = (shops[each] for each in _pair(row))
        again = reappearance(low, high)
        return ProposalLine(
            row, (side(low.id), side(high.id)), evidence, again, people.get(row.decided_by or 0)
        )

    return [told(row) for row in rows]


def _equal(lines: Sequence[tuple[IdentifierLine, bool]]) -> list[SharedLine]:
    """What two shops share by equal normal forms; each line with whether it was confirmed."""
    by_key = defaultdict[Key, list[tuple[IdentifierLine, bool]]](list)
    for line, sure in lines:
        if likeness.read(line.row.normal) is None:
            by_key[Key(line.row.kind, line.row.normal)].append((line, sure))
    return [
        SharedLine(key.kind, all(sure for _, sure in found), tuple(line for line, _ in found))
        for key, found in sorted(by_key.items())
    ]


def _alike(lines: Sequence[tuple[IdentifierLine, bool]], row: LinkProposal) -> Iterator[SharedLine]:
    """Each two pictures of the shops that look alike, the first shop's picture first."""
    known = [(line, sure, likeness.read(line.row.normal)) for line, sure in lines]
    patterns = [(line, sure, read) for line, sure, read in known if read is not None]
    for mine, sure, pattern in patterns:
        for other, sure_too, another in patterns:
            sides = (mine.row.shop_id, other.row.shop_id)
            way = likeness.way(pattern, another)
            if sides == _pair(row) and way is not None:
                apart = likeness.apart_by(pattern, another, way)
                yield SharedLine(mine.row.kind, sure and sure_too, (mine, other), apart, way)


def reappearance(one: Shop, other: Shop) -> Reappearance | None:
    """Which of two shops that share an identifier opened after the other's closure, if any did."""
    for closed, opened in ((one, other), (other, one)):
        days = linkage.days_until_reappearance(closed.closed_at, opened.opened_on)
        if days is not None:
            return Reappearance(closed, opened, days)
    return None


def _pair(row: LinkProposal) -> tuple[int, int]:
    return row.shop_id, row.other_id


def _by_number(tx: Transaction, table: type, numbers: Iterable[int | None]) -> Sequence:
    wanted = sorted({each for each in numbers if each is not None})
    return every(tx, table, table_of(table).c.id.in_(wanted)) if wanted else ()
