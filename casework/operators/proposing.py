"""What follows from a fact about a shop: shops joined by it, and proposals for the rest.

Owns recomputing both in the transaction that brought the fact, and keeping what a person rejected
from being asked again. Confirmed identifiers of strong kinds join shops; what else two shops share
is put before an analyst. Leaves recording facts and the answers to `casework.operators.linking`,
and whose shops are whose to `casework.operators.membership`.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from casework.act import Act
from casework.operators import membership
from rules import linkage
from rules.linkage import Evidence, Fact, Key, OperatorChangeKind, Pair, ProposalState
from rules.roles import Role
from storage import linking
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Identifier,
    LinkProposal,
    MovedShop,
    OperatorChange,
    ProposalEvidence,
    Shop,
)

_GONE = "What it rested on was withdrawn, or too many shops share it."
_JOINED = "The two shops have one operator now."
_UNBORNE = "The identifier that it rested on was withdrawn."
_shops = table_of(Shop).c
_proposals, _lines = table_of(LinkProposal).c, table_of(ProposalEvidence).c


def propose(tx: Transaction, act: Act, shops: Iterable[int]) -> None:
    """Bring the proposals of `shops` to what is known of them; no shop is moved."""
    asked = set(shops)
    known = linking.identifiers_around(tx, asked)
    _propose(tx, act, known, linking.rejected(tx, {row.shop_id for row in known}), asked)


def recompute(tx: Transaction, act: Act, shops: Iterable[int]) -> None:
    """Join what facts about `shops` join, by the programme, and propose or drop the rest."""
    asked = set(shops)
    known = linking.identifiers_around(tx, asked)
    facts = linking.facts_of(known)
    around = {fact.shop_id for fact in facts} | asked
    rejected = linking.rejected(tx, around)
    joined: set[int] = set()
    for cluster in linkage.clusters(facts, rejected):
        owners = {row.operator_id for row in every(tx, Shop, _shops.id.in_(sorted(cluster)))}
        if len(owners) > 1 or None in owners:
            membership.join(tx, by_programme(act), cluster, membership.SHARED)
            joined |= cluster
    if joined:
        propose(tx, act, asked | _with_theirs(tx, joined))
        membership.look_again(tx, act, joined)
    else:
        _propose(tx, act, known, rejected, asked)


def _with_theirs(tx: Transaction, shops: Iterable[int]) -> set[int]:
    """These shops with all others of their operators: what was asked between them is answered."""
    numbers = set(shops)
    owners = {row.operator_id for row in every(tx, Shop, _shops.id.in_(sorted(numbers)))} - {None}
    theirs = every(tx, Shop, _shops.operator_id.in_(sorted(each for each in owners if each)))
    return numbers | {row.id for row in theirs}


def withdraw_links(tx: Transaction, act: Act, shop_id: int, around: Set[int]) -> None:
    """Undo what the programme joined and no confirmed identifier joins any more.

    `around`: the shops that the withdrawn identifier may have tied. What can't be undone at this
    moment stays, and its operator's page says so; so does what an erased identifier may have borne,
    because nobody knows any more that it did not.
    """
    went: set[int] = set()
    moved = [each.change_id for each in every(tx, MovedShop, table_of(MovedShop).c.shop_id.in_(
        sorted(around)))]  # fmt: skip
    changes = table_of(OperatorChange).c
    made = every(
        tx, OperatorChange, changes.id.in_(moved), by_person=None, undone_at=None,
        order_by=changes.id.desc(),
    )  # fmt: skip
    for row in made:
        if borne(tx, row) or linking.erased_among(tx, _shops_of(tx, row)):
            continue
        if membership.why_not(tx, row) is None:
            went |= set(membership.undo(tx, by_programme(act), row.id, _UNBORNE))
    if went:
        membership.look_again(tx, act, went)
    recompute(tx, act, {shop_id, *went})


def _shops_of(tx: Transaction, row: OperatorChange) -> set[int]:
    """The shops a change moved, and of a merger those that were there before them."""
    moved = {each.shop_id for each in every(tx, MovedShop, change_id=row.id)}
    return moved | {each.id for each in every(tx, Shop, operator_id=row.operator_id)}


def borne(tx: Transaction, row: OperatorChange) -> bool:
    """Whether confirmed identifiers still join the shops that a change brought together."""
    moved = every(tx, MovedShop, change_id=row.id)
    went = {each.shop_id for each in moved if each.operator_before != each.operator_after}
    facts = linking.facts_of(linking.identifiers_around(tx, went))
    found = linkage.clusters(facts, linking.rejected(tx, {fact.shop_id for fact in facts}))
    if row.kind is OperatorChangeKind.MERGE:
        stays = {each.id for each in every(tx, Shop, operator_id=row.operator_id)} - went
        return any(cluster & went and cluster & stays for cluster in found)
    return all(any(shop in cluster for cluster in found) for shop in went)


def by_programme(act: Act) -> Act:
    """The programme acting at the same moment: what facts join, nobody has joined."""
    return replace(act, role=Role.PROGRAMME, person=None)


def reject_between(
    tx: Transaction, act: Act, ours: Iterable[int], theirs: Iterable[int], reason: str
) -> None:
    """Write down that nothing now known joins a shop of `ours` with one of `theirs`."""
    ours, theirs = set(ours), set(theirs)
    known = linking.identifiers_around(tx, ours)
    shared = linkage.shared(linking.facts_of(known))
    for (low, high), evidence in sorted(shared.items()):
        if (low in ours and high in theirs) or (high in ours and low in theirs):
            row = one(tx, LinkProposal, shop_id=low, other_id=high, state=ProposalState.OPEN)
            number = row.id if row else _raise(tx, act, (low, high))
            _rest_on(tx, number, known, (low, high), evidence)
            settle(tx, act, number, ProposalState.REJECTED, reason)


def settle(tx: Transaction, act: Act, number: int, state: ProposalState, reason: str) -> bool:
    """Close an open proposal; says whether it was open."""
    moved = change(
        tx, LinkProposal, _proposals.id == number, _proposals.state == ProposalState.OPEN,
        state=state, reason=reason, decided_by=act.person, decided_at=act.now,
    )  # fmt: skip
    return moved == 1


def _propose(
    tx: Transaction,
    act: Act,
    known: Sequence[Identifier],
    rejected: Mapping[Pair, Set[Evidence]],
    asked: Set[int],
) -> None:
    """Bring the open proposals of the shops `asked` to what is known now."""
    shared = linkage.shared(linking.facts_of(known))
    rows = every(tx, Shop, _shops.id.in_(sorted({each for pair in shared for each in pair})))
    owner_of = {row.id: row.operator_id for row in rows}
    wanted = {
        pair: linkage.proposable(evidence, rejected.get(pair, frozenset()))
        for pair, evidence in shared.items()
        if asked & set(pair)
    }
    programme = by_programme(act)
    mine = _proposals.shop_id.in_(sorted(asked)) | _proposals.other_id.in_(sorted(asked))
    open_ones = {
        (row.shop_id, row.other_id): row
        for row in every(tx, LinkProposal, mine, state=ProposalState.OPEN)
    }
    for pair, row in open_ones.items():
        if not wanted.get(pair):
            settle(tx, programme, row.id, ProposalState.LAPSED, _GONE)
    for pair, evidence in sorted(wanted.items()):
        one_operator = owner_of[pair[0]] is not None and owner_of[pair[0]] == owner_of[pair[1]]
        row = open_ones.get(pair)
        if one_operator and row:
            settle(tx, programme, row.id, ProposalState.LAPSED, _JOINED)
        elif evidence and not one_operator:
            number = row.id if row else _raise(tx, act, pair)
            if _rest_on(tx, number, known, pair, evidence) and row:
                change_one(tx, LinkProposal, row.id, version=row.version + 1)


def _raise(tx: Transaction, act: Act, pair: Pair) -> int:
    said = {"shop_id": pair[0], "other_id": pair[1], "state": ProposalState.OPEN}
    return add(tx, LinkProposal, **said, raised_at=act.now)


def _rest_on(
    tx: Transaction,
    number: int,
    known: Sequence[Identifier],
    pair: Pair,
    evidence: Set[Evidence],
) -> bool:
    """Put the identifiers under a proposal; says whether any is new or was confirmed since."""
    there = {row.identifier_id: row for row in every(tx, ProposalEvidence, proposal_id=number)}
    new = False
    for row in known:
        borne = [each for each in evidence if linkage.rests_on(each, Key(row.kind, row.normal))]
        if row.shop_id not in pair or not borne:
            continue
        confirmed = linkage.borne_out(
            borne, Fact(row.shop_id, Key(row.kind, row.normal), row.state)
        )
        line = there.get(row.id)
        if line is None:
            add(tx, ProposalEvidence, proposal_id=number, identifier_id=row.id, confirmed=confirmed)
            new = True
        elif line.confirmed != confirmed:
            change(
                tx, ProposalEvidence, _lines.proposal_id == number, _lines.identifier_id == row.id,
                confirmed=confirmed,
            )  # fmt: skip
            new = True
    return new
