"""Which buyer makes a test buy, and under which persona.

Owns who is fit and who is preferred (domain: section 3, step 2): a persona never meets two shops of
one operator, nor one shop twice, so a follow-up buy takes another persona. Leaves counting exposure
and holding buyer and persona while they are chosen to `casework`. Reasons carry counts and no
names: they are shown where nobody may learn who the buyer is.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.decision import Decision


@dataclass(frozen=True, slots=True)
class Need:
    """The shop to buy from at `at`; `operator_id` where known, `region` None where any will do."""

    shop_id: int
    operator_id: int | None
    region: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person who buys; may have at most `capacity` test buys open at once.

    `active`: not on leave. `may_act`: the account is open and holds the buyer's role.
    """

    buyer_id: int
    region: str
    active: bool
    open_testbuys: int
    capacity: int
    may_act: bool


@dataclass(frozen=True, slots=True)
class Persona:
    """A shop account of a buyer; `exposure` counts the buys made under it, of `max_exposure`.

    `operators_used` are the operators of the shops in `shops_used` as they are known now, so that
    a link found later counts.
    """

    persona_id: int
    buyer_id: int
    active: bool
    region: str
    exposure: int
    max_exposure: int
    last_used_at: datetime | None
    shops_used: frozenset[int]
    operators_used: frozenset[int]


@dataclass(frozen=True, slots=True)
class AssignmentPolicy:
    """How long a persona rests between two buys."""

    cooling_off: timedelta


@dataclass(frozen=True, slots=True)
class Assignment:
    """The buyer and persona chosen, and why in words that name neither."""

    buyer_id: int
    persona_id: int
    reasons: tuple[str, ...]


def choose(
    need: Need,
    buyers: Sequence[Buyer],
    personas: Sequence[Persona],
    policy: AssignmentPolicy,
    seed: str,
) -> Assignment | Decision:
    """The least exposed fit persona of a free buyer; ties fall by `seed`, whatever the order given.

    Where there is none: a refusal with the number turned away for each cause and what to do.
    """
    free: set[int] = set()
    turned_away: Counter[str] = Counter()
    for buyer in buyers:
        causes = _against_buyer(buyer, need)
        turned_away.update(causes)
        if not causes:
            free.add(buyer.buyer_id)
    fit: list[Persona] = []
    for persona in personas:
        causes = _against_persona(persona, need, policy)
        turned_away.update(causes)
        if not causes and persona.buyer_id in free:
            fit.append(persona)
    if not fit:
        return Decision.no(*_refusal(need, len(buyers), len(personas), len(free), turned_away))
    best = min(fit, key=lambda persona: (persona.exposure, _lot(seed, persona.persona_id)))
    return Assignment(
        best.buyer_id,
        best.persona_id,
        (
            f"{len(free)} of {len(buyers)} buyers are free and {len(fit)} of {len(personas)} "
            "personas are fit.",
            f"The least exposed was taken: {best.exposure} of {best.max_exposure} buys so far.",
        ),
    )


def successor(need: Need, buyers: Sequence[Buyer], seed: str) -> int | Decision:
    """Who carries on for a buyer who no longer can: the free one with the fewest test buys.

    The persona stays: what was ordered under it comes to its address.
    """
    turned_away: Counter[str] = Counter()
    free: list[Buyer] = []
    for buyer in buyers:
        causes = _against_buyer(buyer, need)
        turned_away.update(causes)
        if not causes:
            free.append(buyer)
    if not free:
        reasons = [f"{count} {cause}" for cause, count in sorted(turned_away.items())]
        return Decision.no("No other buyer is free to carry on.", *reasons)
    best = min(free, key=lambda buyer: (buyer.open_testbuys, _lot(seed, buyer.buyer_id)))
    return best.buyer_id


def _against_buyer(buyer: Buyer, need: Need) -> list[str]:
    causes: list[str] = []
    if not buyer.may_act:
        causes.append("buyer(s) with a closed account or without the role: open or grant one.")
    if not buyer.active:
        causes.append("buyer(s) not active: make one active.")
    if need.region is not None and buyer.region != need.region:
        causes.append(f"buyer(s) outside {need.region}: add a buyer there.")
    if buyer.open_testbuys >= buyer.capacity:
        causes.append("buyer(s) with all the test buys they can carry: wait or raise a capacity.")
    return causes


def _against_persona(persona: Persona, need: Need, policy: AssignmentPolicy) -> list[str]:
    causes: list[str] = []
    if not persona.active:
        causes.append("persona(s) not active: make one active.")
    if need.region is not None and persona.region != need.region:
        causes.append(f"persona(s) outside {need.region}: add a persona there.")
    if persona.exposure >= persona.max_exposure:
        causes.append("persona(s) used as often as allowed: add a persona.")
    if need.shop_id in persona.shops_used:
        causes.append("persona(s) known to this shop: add a persona.")
    elif need.operator_id is not None and need.operator_id in persona.operators_used:
        causes.append("persona(s) known to another shop of this operator: add a persona.")
    if persona.last_used_at is not None and need.at < persona.last_used_at + policy.cooling_off:
        causes.append("persona(s) used too recently: wait until they have cooled off.")
    return causes


def _refusal(
    need: Need, buyers: int, personas: int, free: int, turned_away: Counter[str]
) -> list[str]:
    reasons = [f"{count} {cause}" for cause, count in sorted(turned_away.items())]
    if not buyers:
        reasons.append("There is no buyer: add one.")
    if not personas:
        reasons.append("There is no persona: add one to a buyer.")
    if free and personas:
        reasons.append(f"None of the {free} free buyer(s) has a fit persona: add one to them.")
    where = f" in {need.region}" if need.region else ""
    return [f"No buyer with a fit persona{where} is to be had now.", *reasons]


def _lot(seed: str, persona_id: int) -> str:
    """A place in line that nobody can foresee without the seed, and anybody can recompute."""
    return hashlib.sha256(f"assignment\x00{seed}\x00{persona_id}".encode()).hexdigest()
