"""Operators that became one, and the shops that share an identifier, as rows.

An operator that was merged into another keeps its row, and with it what was placed on it: holds,
proceedings, referrals, people. Whoever asks for what is on record of an operator asks for its
`family`; whoever asks for its shops asks for those of its `survivor`, who has them all.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from rules import likeness
from rules.identifiers import IdentifierState, Strength, strength
from rules.linkage import (
    MANY,
    Evidence,
    Fact,
    Key,
    Pair,
    ProposalState,
    is_crowd,
    joins,
    shared,
)
from storage import pictures
from storage.prepared import Prepared
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import Identifier, LinkProposal, Operator, ProposalEvidence

_operators, _identifiers = table_of(Operator).c, table_of(Identifier).c
_proposals, _evidence = table_of(LinkProposal).c, table_of(ProposalEvidence).c


def _family() -> Prepared:
    family = (
        sa.select(_operators.id)
        .where(_operators.id == sa.bindparam("of_operator"))
        .cte("family", recursive=True)
    )
    merged = sa.select(_operators.id).join(family, _operators.merged_into_id == family.c.id)
    family = family.union_all(merged)
    return Prepared(sa.select(family.c.id).order_by(family.c.id))


_members = _family()


_bearers = Prepared(
    sa.select(_identifiers.shop_id)
    .where(
        _identifiers.kind == sa.bindparam("of_kind"),
        _identifiers.normal == sa.bindparam("of_normal"),
        _identifiers.state != IdentifierState.WITHDRAWN,
    )
    .distinct()
    .order_by(_identifiers.shop_id)
    .limit(MANY)
)


def family(tx: Transaction, operator_id: int) -> tuple[int, ...]:
    """An operator and every one that was merged into it, by their numbers."""
    return tuple(row.id for row in _members.rows(tx, {"of_operator": operator_id}))


def survivor(tx: Transaction, operator_id: int) -> int:
    """The operator that has this one's shops now: itself, or the one it was merged into."""
    row = one(tx, Operator, id=operator_id)
    while row is not None and row.merged_into_id is not None:
        row = one(tx, Operator, id=row.merged_into_id)
    assert row is not None  # foreign keys hold it
    return row.id


def identifiers_around(tx: Transaction, shops: Iterable[int]) -> Sequence[Identifier]:
    """Every identifier that can join these shops to others or propose it, in order.

    Those of the shops that confirmed identifiers of strong kinds join to them, on and on, and those
    of every shop that shares one with any of all these. Withdrawn ones are left out, and what a
    crowd bears unless it joins.
    """
    known: set[int] = set()
    wanted = set(shops)
    found: dict[int, Identifier] = {}
    while new := wanted - known:
        known |= new
        rows = _of(tx, new)
        found |= {row.id: row for row in rows}
        sure = {Key(row.kind, row.normal) for row in rows if _joins(row)}
        forms = _identifiers.normal.in_(sorted(key.normal for key in sure))
        for row in every(tx, Identifier, forms, state=IdentifierState.CONFIRMED):
            if Key(row.kind, row.normal) in sure:
                wanted.add(row.shop_id)
    crowded: set[Key] = set()
    checked: set[Key] = set()
    # A second round for patterns: what is near one of theirs may be borne by a crowd itself.
    for of_patterns in (False, True):
        keys = {Key(row.kind, row.normal) for row in found.values() if _ties(row)}
        for key in sorted(keys - checked):
            pattern = likeness.read(key.normal)
            if of_patterns and pattern is None:
                continue
            checked.add(key)
            bearers = _bearing(tx, key) if pattern is None else pictures.bearers(tx, pattern, MANY)
            if is_crowd(key, len(bearers)):
                crowded.add(key)
            elif not of_patterns:
                wanted |= bearers
        found |= {row.id: row for row in _of(tx, wanted - known)}
        known |= wanted
    told = (
        row for row in found.values() if _joins(row) or Key(row.kind, row.normal) not in crowded
    )
    return sorted(told, key=lambda row: row.id)


def _bearing(tx: Transaction, key: Key) -> set[int]:
    """The shops that bear a key, and no more of them than tell that it is a crowd."""
    rows = _bearers.rows(tx, {"of_kind": key.kind, "of_normal": key.normal})
    return {row.shop_id for row in rows}


def _of(tx: Transaction, shops: Iterable[int]) -> Sequence[Identifier]:
    stands = _identifiers.state != IdentifierState.WITHDRAWN
    return every(tx, Identifier, _identifiers.shop_id.in_(sorted(shops)), stands)


def erased_among(tx: Transaction, shops: Iterable[int]) -> bool:
    """Whether an identifier of these shops was erased that somebody had confirmed."""
    theirs = _identifiers.shop_id.in_(sorted(set(shops)))
    confirmed = _identifiers.confirmed_at.is_not(None)
    return bool(every(tx, Identifier, theirs, confirmed, _identifiers.value == "", limit=1))


def facts_of(rows: Iterable[Identifier]) -> list[Fact]:
    """The rows as the rule reads them."""
    return [Fact(row.shop_id, Key(row.kind, row.normal), row.state) for row in rows]


def rejected(tx: Transaction, shops: Iterable[int]) -> dict[Pair, set[Evidence]]:
    """What persons said does not join pairs of these shops."""
    numbers = sorted(set(shops))
    proposals = every(
        tx,
        LinkProposal,
        _proposals.state == ProposalState.REJECTED,
        _proposals.shop_id.in_(numbers),
        _proposals.other_id.in_(numbers),
    )
    pairs = {row.id: (row.shop_id, row.other_id) for row in proposals}
    lines = every(tx, ProposalEvidence, _evidence.proposal_id.in_(sorted(pairs)))
    named = {line.identifier_id for line in lines}
    rows = {row.id: row for row in every(tx, Identifier, _identifiers.id.in_(sorted(named)))}
    found: dict[Pair, set[Evidence]] = {}
    patterns: dict[int, list[Fact]] = {}
    for line in lines:
        row = rows[line.identifier_id]
        key = Key(row.kind, row.normal)
        if likeness.read(key.normal) is None:
            evidence = Evidence(key, line.confirmed)
            found.setdefault(pairs[line.proposal_id], set()).add(evidence)
        else:
            state = IdentifierState.CONFIRMED if line.confirmed else IdentifierState.RECORDED
            patterns.setdefault(line.proposal_id, []).append(Fact(row.shop_id, key, state))
    for number, facts in patterns.items():
        alike = shared(facts).get(pairs[number], frozenset())
        found.setdefault(pairs[number], set()).update(alike)
    return found


def _joins(row: Identifier) -> bool:
    key = Key(row.kind, row.normal)
    return bool(row.normal) and joins(Evidence(key, row.state is IdentifierState.CONFIRMED))


def _ties(row: Identifier) -> bool:
    return bool(row.normal) and strength(row.kind, row.normal) is not Strength.NONE
