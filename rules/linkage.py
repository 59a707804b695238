"""What ties shops to one hand: which shops identifiers join, and which they propose to join.

Owns the clustering, and the words for what becomes of proposals, operators and their people.
Confirmed identifiers of strong kinds join shops by themselves; everything else is a proposal that a
person answers. What was rejected stays so for the same evidence. The clustering looks at the set of
facts and nothing else: order and repetition change nothing, and a withdrawn fact is as one never
recorded. What a crowd of shops bears proposes nothing of any two of them. Pictures are shared where
they are alike, not equal: what two shops share then is the pair of patterns, so that a third shop's
picture is no new evidence about them. Leaves how identifiers are compared to `rules.identifiers`
and `rules.likeness`, and whose shops become whose to `casework.operators.membership`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations

from rules import likeness
from rules.identifiers import IdentifierKind, IdentifierState, Strength, strength, supports_only


class ProposalState(StrEnum):
    """What became of the proposal that two shops have one operator. LAPSED: its evidence went."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class OperatorChangeKind(StrEnum):
    """How shops came to another operator."""

    LINK = "link"
    MERGE = "merge"
    SPLIT = "split"


class PersonRole(StrEnum):
    """What somebody does for an operator (issue: operators and linked shops)."""

    CONTROLLER = "controller"
    SELLER = "seller"
    NOMINEE = "nominee"
    PRODUCER = "producer"
    SEAL_MAKER = "seal_maker"
    WAREHOUSE = "warehouse"
    COURIER = "courier"
    BRUSHER = "brusher"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What two shops share: a kind and a normal form."""

    kind: IdentifierKind
    normal: str


@dataclass(frozen=True, slots=True)
class Fact:
    """An identifier of a shop, as the clustering reads it."""

    shop_id: int
    key: Key
    state: IdentifierState


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """What a pair of shops shares; `confirmed`: on both sides. Confirming it makes new evidence."""

    key: Key
    confirmed: bool


CROWD: Mapping[Strength, int] = {Strength.STRONG: 20, Strength.WEAK: 5}
"""What more shops than this bear (a forwarder's address; a common name, the maker's own picture)
tells nothing of any two of them; confirmed and of a strong kind it joins them all the same. A
choice of this programme: nobody answers the proposals of a larger crowd, and they would be the
square of it.
"""
MANY = max(CROWD.values()) + 1
"""As many bearers as tell of any kind that they are a crowd."""

Pair = tuple[int, int]
"""Two shops by their numbers, the lower first."""


def pair_of(one: int, other: int) -> Pair:
    """The pair of two different shops."""
    return (one, other) if one < other else (other, one)


def is_crowd(key: Key, bearers: int) -> bool:
    """Whether so many shops bear it that it tells nothing of any two of them."""
    return bearers > CROWD.get(strength(key.kind, key.normal), 0)


def shared(facts: Iterable[Fact]) -> dict[Pair, frozenset[Evidence]]:
    """What each pair of shops shares by facts that stand; what ties nobody is left out, and what a
    crowd bears unless it joins.
    """
    holders: dict[Key, dict[int, bool]] = defaultdict(dict)
    for fact in facts:
        stands = fact.state is not IdentifierState.WITHDRAWN and fact.key.normal
        if stands and strength(fact.key.kind, fact.key.normal) is not Strength.NONE:
            known = holders[fact.key].get(fact.shop_id, False)
            confirmed = fact.state is IdentifierState.CONFIRMED
            holders[fact.key][fact.shop_id] = known or confirmed
    found: dict[Pair, dict[Key, bool]] = defaultdict(dict)
    for key, shops in holders.items():
        if likeness.read(key.normal) is not None:
            continue
        crowded = is_crowd(key, len(shops))
        # Of a crowd only those that it joins are paired at all.
        paired = [shop for shop, sure in shops.items() if not crowded or joins(Evidence(key, sure))]
        for pair in combinations(sorted(paired), 2):
            found[pair][key] = all(shops[each] for each in pair)
    for key, one, other in _alike(holders):
        for shop, sure in holders[one].items():
            for another, sure_too in holders[other].items():
                if shop != another:
                    told = found[pair_of(shop, another)]
                    told[key] = told.get(key, False) or (sure and sure_too)
    return {
        pair: frozenset(Evidence(key, sure) for key, sure in told.items())
        for pair, told in found.items()
    }


def _alike(holders: Mapping[Key, Mapping[int, bool]]) -> Iterator[tuple[Key, Key, Key]]:
    """Each two patterns that are near, under the key of the pair; a crowd's are left out."""
    patterns = {likeness.read(key.normal): key for key in holders}
    near = likeness.neighbours(pattern for pattern in patterns if pattern is not None)
    small = {
        pattern
        for pattern, others in near.items()
        if not is_crowd(
            patterns[pattern],
            len({shop for other in others for shop in holders[patterns[other]]}),
        )
    }
    for pattern in sorted(small):
        for other in sorted(near[pattern] & small):
            if other >= pattern:
                one, another = patterns[pattern], patterns[other]
                yield Key(one.kind, likeness.pair(pattern, other)), one, another


def rests_on(evidence: Evidence, key: Key) -> bool:
    """Whether identifiers of `key` bear this evidence: its own key, or one pattern of its pair."""
    pattern = likeness.read(key.normal)
    if pattern is None:
        return evidence.key == key
    return evidence.key.kind is key.kind and likeness.beginning(pattern) in evidence.key.normal


def borne_out(evidence: Iterable[Evidence], fact: Fact) -> bool:
    """Whether one of these, which rest on `fact`, is confirmed. Of several pictures that are alike
    one may be confirmed and another not.
    """
    sure = fact.state is IdentifierState.CONFIRMED or likeness.read(fact.key.normal) is None
    return sure and any(each.confirmed for each in evidence)


def joins(evidence: Evidence) -> bool:
    """Whether it joins two shops without anybody being asked."""
    strong = strength(evidence.key.kind, evidence.key.normal) is Strength.STRONG
    return evidence.confirmed and strong


def clusters(
    facts: Iterable[Fact], rejected: Mapping[Pair, Set[Evidence]]
) -> tuple[frozenset[int], ...]:
    """The sets of two shops or more that confirmed identifiers of strong kinds join.

    `rejected`: what a person said does not join a pair. A pair may still meet over a third shop.
    """
    facts = tuple(facts)
    of = {fact.shop_id: fact.shop_id for fact in facts}

    def root(shop: int) -> int:
        while of[shop] != shop:
            shop = of[shop]
        return shop

    for pair, evidence in shared(facts).items():
        if any(joins(each) for each in evidence - rejected.get(pair, frozenset())):
            low, high = sorted((root(pair[0]), root(pair[1])))
            of[high] = low
    sets: dict[int, set[int]] = defaultdict(set)
    for shop in of:
        sets[root(shop)].add(shop)
    return tuple(frozenset(sets[key]) for key in sorted(sets) if len(sets[key]) > 1)


def proposable(
    evidence: Set[Evidence], rejected: Set[Evidence] = frozenset()
) -> frozenset[Evidence]:
    """What of it a person may be asked about: not again what was rejected.

    An unconfirmed serial is asked about by its lead. What only supports is shown beside something
    else, and asks nothing by itself.
    """
    asked = frozenset(
        each
        for each in evidence - rejected
        if each.confirmed or each.key.kind is not IdentifierKind.SERIAL
    )
    alone = all(supports_only(each.key.kind, each.key.normal) for each in asked)
    return frozenset() if alone else asked


def days_until_reappearance(closed_at: datetime | None, opened_on: date | None) -> int | None:
    """Days from a shop's closure to another's opening, by days in UTC; None where it is none."""
    if closed_at is None or opened_on is None or opened_on < closed_at.date():
        return None
    return (opened_on - closed_at.date()).days
