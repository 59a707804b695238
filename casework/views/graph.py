"""An operator as a picture: who is behind it, its shops, and what they share.

Owns which points and lines there are, in an order that facts alone decide. Leaves where they stand
and how they are drawn to `portal.graphs`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from casework.views.linking import IdentifierLine, ProposalLine
from rules.identifiers import IdentifierKind, IdentifierState, Strength, normal_form, strength
from rules.linkage import Key, PersonRole
from storage.tables import Operator, OperatorPerson, Shop


@dataclass(frozen=True, slots=True)
class ShopPoint:
    """A shop; `proposed`: it is not the operator's, a person is asked whether it is."""

    shop: Shop
    proposed: bool


@dataclass(frozen=True, slots=True)
class PersonPoint:
    """Somebody behind the operator, and the shops registered in this name."""

    name: str
    roles: tuple[PersonRole, ...]
    ended: bool
    registered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedPoint:
    """What shops share, by one value as it was found; `sure`: the shops where it is confirmed."""

    kind: IdentifierKind
    value: str
    shops: tuple[int, ...]
    sure: frozenset[int]


@dataclass(frozen=True, slots=True)
class Graph:
    """The points; lines run from the operator to persons and shops, and from shops to `shared`."""

    operator: Operator
    persons: tuple[PersonPoint, ...]
    shops: tuple[ShopPoint, ...]
    shared: tuple[SharedPoint, ...]


def graph_of(
    operator: Operator,
    shops: Sequence[Shop],
    facts: Sequence[IdentifierLine],
    proposals: Sequence[ProposalLine],
    persons: Sequence[OperatorPerson],
) -> Graph:
    """The picture of an operator with its shops, and of those that are proposed."""
    own = {shop.id for shop in shops}
    asked = {
        side.shop.id: side.shop
        for each in proposals
        for side in each.sides
        if side.shop.id not in own
    }
    points = [ShopPoint(shop, proposed=False) for shop in sorted(shops, key=lambda shop: shop.id)]
    points += [ShopPoint(asked[number], proposed=True) for number in sorted(asked)]
    lines = {line.row.id: line for line in facts}
    for each in proposals:
        lines |= {line.row.id: line for said in each.evidence for line in said.lines}
    drawn = [point.shop for point in points]
    return Graph(operator, _persons(persons, drawn), tuple(points), _shared(list(lines.values())))


def _persons(rows: Sequence[OperatorPerson], shops: Sequence[Shop]) -> tuple[PersonPoint, ...]:
    roles = defaultdict[str, list[OperatorPerson]](list)
    for row in rows:
        if row.withdrawn_at is None and row.name:  # one that was erased is nobody's
            roles[row.name].append(row)
    forms = {
        shop.id: normal_form(IdentifierKind.REGISTRANT, shop.registrant)
        for shop in shops
        if shop.registrant
    }

    def registered(name: str) -> tuple[int, ...]:
        form = normal_form(IdentifierKind.REGISTRANT, name)
        return tuple(number for number, other in forms.items() if form and other == form)

    return tuple(
        PersonPoint(
            name,
            tuple(dict.fromkeys(row.role for row in known)),
            all(row.until is not None for row in known),
            registered(name),
        )
        for name, known in roles.items()
    )


def _shared(lines: Sequence[IdentifierLine]) -> tuple[SharedPoint, ...]:
    by_key = defaultdict[Key, list[IdentifierLine]](list)
    for line in sorted(lines, key=lambda line: line.row.id):
        key = Key(line.row.kind, line.row.normal)
        stands = line.row.state is not IdentifierState.WITHDRAWN
        if stands and strength(key.kind, key.normal) is not Strength.NONE:
            by_key[key].append(line)
    order = {kind: place for place, kind in enumerate(IdentifierKind)}
    return tuple(
        SharedPoint(
            key.kind,
            known[0].row.value,
            tuple(sorted({line.row.shop_id for line in known})),
            frozenset(
                line.row.shop_id for line in known if line.row.state is IdentifierState.CONFIRMED
            ),
        )
        for key, known in sorted(by_key.items(), key=lambda each: (order[each[0].kind], each[0]))
        if len({line.row.shop_id for line in known}) > 1
    )
