"""An operator's links on its page: facts shop by shop, proposals, persons, handles, its history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from casework.operators import membership, proposing
from casework.views.graph import Graph, graph_of
from casework.views.linking import (
    IdentifierLine,
    ProposalLine,
    Reappearance,
    identifiers_of,
    proposals_of,
    reappearance,
)
from rules import linkage
from rules.linkage import ProposalState, pair_of
from storage import linking
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    ExternalHandle,
    MovedShop,
    Operator,
    OperatorChange,
    OperatorPerson,
    Shop,
)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of an operator: both sides, the shops that moved, and whether it can be undone.

    `obstacle`: why it can't be at this moment. `borne` is False where the programme joined shops
    and no confirmed identifier joins them any more.
    """

    row: OperatorChange
    operator: Operator
    other: Operator | None
    shops: tuple[str, ...]
    by: str | None
    undone_by: str | None
    obstacle: str | None
    borne: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody behind the operator, and under which operator they were recorded."""

    row: OperatorPerson
    by: str | None


@dataclass(frozen=True, slots=True)
class HandleLine:
    """A handle elsewhere, and who recorded it."""

    row: ExternalHandle
    by: str | None


@dataclass(frozen=True, slots=True)
class LinksOfOperator:
    """All that ties an operator's shops. `absorbed`: those merged into it; `facts`: by shop.

    `others`: the operators that it may be merged with.
    """

    merged_into: Operator | None
    absorbed: tuple[Operator, ...]
    facts: dict[int, tuple[IdentifierLine, ...]]
    proposals: tuple[ProposalLine, ...]
    reappearances: tuple[Reappearance, ...]
    persons: tuple[PersonLine, ...]
    handles: tuple[HandleLine, ...]
    changes: tuple[ChangeLine, ...]
    graph: Graph
    others: tuple[Operator, ...]

    @property
    def open_proposals(self) -> tuple[ProposalLine, ...]:
        """Those that wait for an answer."""
        return tuple(each for each in self.proposals if each.row.state is ProposalState.OPEN)

    @property
    def answered(self) -> tuple[ProposalLine, ...]:
        """Those that were answered or lapsed."""
        return tuple(each for each in self.proposals if each.row.state is not ProposalState.OPEN)


def links_of(tx: Transaction, operator: Operator, shops: Sequence[Shop]) -> LinksOfOperator:
    """The links of an operator whose shops these are."""
    family = linking.family(tx, operator.id)
    rows = table_of(Operator).c
    into = one(tx, Operator, id=operator.merged_into_id) if operator.merged_into_id else None
    facts = defaultdict[int, list[IdentifierLine]](list)
    lines = identifiers_of(tx, [shop.id for shop in shops])
    for line in lines:
        facts[line.row.shop_id].append(line)
    proposals = proposals_of(tx, [shop.id for shop in shops])
    people, handles = table_of(OperatorPerson).c, table_of(ExternalHandle).c
    persons = every(tx, OperatorPerson, people.operator_id.in_(family), order_by=people.id)
    elsewhere = every(tx, ExternalHandle, handles.operator_id.in_(family), order_by=handles.id)
    known = names(tx, [row.recorded_by for row in (*persons, *elsewhere)])
    theirs = tuple(PersonLine(row, known.get(row.recorded_by)) for row in persons)
    open_ones = [each for each in proposals if each.row.state is ProposalState.OPEN]
    shared = linkage.shared(linking.facts_of([line.row for line in lines]))
    again = [
        found
        for one_shop, other in combinations(shops, 2)
        if pair_of(one_shop.id, other.id) in shared
        and (found := reappearance(one_shop, other)) is not None
    ]
    return LinksOfOperator(
        merged_into=into,
        absorbed=tuple(
            every(tx, Operator, rows.id.in_(family), rows.id != operator.id, order_by=rows.id)
        ),
        facts={shop.id: tuple(facts[shop.id]) for shop in shops},
        proposals=proposals,
        reappearances=tuple(again),
        persons=theirs,
        handles=tuple(HandleLine(row, known.get(row.recorded_by)) for row in elsewhere),
        changes=_changes(tx, family),
        graph=graph_of(operator, shops, lines, open_ones, [each.row for each in theirs]),
        others=tuple(
            every(
                tx,
                Operator,
                rows.id != operator.id,
                rows.merged_into_id.is_(None),
                order_by=rows.id,
            )
        ),
    )


def _changes(tx: Transaction, family: Sequence[int]) -> tuple[ChangeLine, ...]:
    rows = table_of(OperatorChange).c
    about = rows.operator_id.in_(family) | rows.other_id.in_(family)
    found = every(tx, OperatorChange, about, order_by=rows.id.desc())
    moved = defaultdict[int, list[MovedShop]](list)
    for each in every(
        tx, MovedShop, table_of(MovedShop).c.change_id.in_([row.id for row in found])
    ):
        if each.operator_before != each.operator_after:
            moved[each.change_id].append(each)
    numbers = {each.shop_id for those in moved.values() for each in those}
    shops = {row.id: row for row in every(tx, Shop, table_of(Shop).c.id.in_(sorted(numbers)))}
    sides = {each for row in found for each in (row.operator_id, row.other_id) if each}
    owners = {
        row.id: row for row in every(tx, Operator, table_of(Operator).c.id.in_(sorted(sides)))
    }
    people = names(tx, [each for row in found for each in (row.by_person, row.undone_by)])
    return tuple(
        ChangeLine(
            row,
            owners[row.operator_id],
            owners.get(row.other_id or 0),
            tuple(sorted(shops[each.shop_id].name for each in moved[row.id])),
            people.get(row.by_person or 0),
            people.get(row.undone_by or 0),
            membership.why_not(tx, row),
            row.by_person is not None or row.undone_at is not None or proposing.borne(tx, row),
        )
        for row in found
    )
