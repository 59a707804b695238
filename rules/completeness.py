"""Whether a referral's package is whole: a table of what it must say, and who may waive an item.

Owns the items (domain: section 6) and the answer for each: present, missing, or waived with a
reason by somebody who put nothing into the referral. What the programme makes itself (the order,
the custody log, the index, what is withheld, the disclosure schedule, civil actions as they stand)
is in every package and no item here. A waiver lets go what lacked when it was given, by name; what
lacks beyond that is open. Pure: leaves the facts to `casework.referring.gating`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rules.decision import Decision
from rules.roles import Role

WAIVERS: frozenset[Role] = frozenset({Role.APPROVER, Role.SUPERVISOR})
"""Who waives an item; never somebody who put anything into the referral."""


class Item(StrEnum):
    """What a package must say."""

    RIGHTS = "rights"
    LINKS = "links"
    VERDICTS = "verdicts"
    EXAMINATION = "examination"
    SALES = "sales"
    GENUINE_PRICE = "genuine_price"
    KNOWLEDGE = "knowledge"
    HARM = "harm"
    PREMISES = "premises"
    UNDERTAKING = "undertaking"


class ItemState(StrEnum):
    """How a package stands on an item."""

    PRESENT = "present"
    MISSING = "missing"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class ItemRule:
    """One row of the table. `missing`: what to do where it is, `{0}` being of what. Not `waivable`:
    nothing stands for it.
    """

    item: Item
    missing: str
    waivable: bool = True


ITEMS: tuple[ItemRule, ...] = (
    ItemRule(Item.RIGHTS, "No registration in force is on record for {0}: record one."),
    ItemRule(Item.LINKS, "What links {0} to the operator is not on record: say it."),
    ItemRule(Item.VERDICTS, "No verdict stands on {0}: have it examined.", waivable=False),
    ItemRule(
        Item.EXAMINATION,
        "The agency wants the exhibit itself examined, and {0} rests on photographs alone: "
        "have it examined physically.",
        waivable=False,
    ),
    ItemRule(Item.SALES, "No sales record with a source is on record for {0}: obtain one."),
    ItemRule(
        Item.GENUINE_PRICE,
        "Sales in {0} have no valuation at the genuine price: record pieces sold and the price.",
    ),
    ItemRule(
        Item.KNOWLEDGE,
        "Nothing on record shows that the operator knew: record a notice, a sanction, a chat, a "
        "hidden origin or an earlier offence.",
    ),
    ItemRule(Item.HARM, "No harm is on record: record safety, victims or refunds."),
    ItemRule(Item.PREMISES, "No place to search is on record: record one."),
    ItemRule(
        Item.UNDERTAKING,
        "No undertaking of {0} to examine and testify is on record: obtain and record it.",
    ),
)  # fmt: skip
assert [row.item for row in ITEMS] == list(Item), "each item has one row, in the order printed"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an item is missing of, such as a shop: `key` stays its own, `name` is told."""

    key: str
    name: str


WHOLE = Lack("operator", "")
"""What an item lacks that is said of the operator once, and not of each thing by itself."""


@dataclass(frozen=True, slots=True)
class Waived:
    """That `of` was let go of an item, with the reason; `number` is the row's, `by` a person's."""

    number: int
    item: Item
    reason: str
    by: int
    of: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class ItemReading:
    """How a package stands on an item: `sentence` what to do where it lacks anything, else empty.

    `open`: what lacks and nobody let go. `waived`: each with what it lets go of what lacks now.
    """

    item: Item
    state: ItemState
    waivable: bool
    sentence: str
    open: tuple[Lack, ...] = ()
    waived: tuple[Waived, ...] = ()


def readings(
    lacking: Mapping[Item, Sequence[Lack]], waived: Collection[Waived]
) -> tuple[ItemReading, ...]:
    """One for each item, in the table's order.

    `lacking` has what is missing of each item that is. What is on record needs no waiver any more.
    """
    return tuple(_reading(row, lacking.get(row.item, ()), waived) for row in ITEMS)


def _reading(row: ItemRule, lacks: Sequence[Lack], waived: Collection[Waived]) -> ItemReading:
    if not lacks:
        return ItemReading(row.item, ItemState.PRESENT, row.waivable, "")
    let_go: list[Waived] = []
    still = list(lacks)
    for each in waived:
        keys = {lack.key for lack in each.of} if row.waivable and each.item is row.item else set()
        if covered := tuple(lack for lack in still if lack.key in keys):
            let_go.append(replace(each, of=covered))
            still = [lack for lack in still if lack.key not in keys]
    state = ItemState.MISSING if still else ItemState.WAIVED
    said = row.missing.format(", ".join(lack.name for lack in still or lacks))
    return ItemReading(row.item, state, row.waivable, said, tuple(still), tuple(let_go))


def may_approve(package: Sequence[ItemReading]) -> Decision:
    """Whether nothing is missing that was not waived; the reasons say what to do."""
    if not package:
        return Decision.no("Nothing is known of the package. Look at the referral again.")
    reasons: list[str] = []
    for each in package:
        if each.state is not ItemState.MISSING:
            continue
        reasons.append(each.sentence)
        if names := [lack.name for given in each.waived for lack in given.of]:
            reasons.append(f"Waived before was {', '.join(names)} alone; this lacks beyond it.")
    return Decision.unless(reasons)


def may_waive(
    reading: ItemReading, role: Role, person: int | None, authors: Collection[int]
) -> Decision:
    """Whether somebody may let an item go: a second person, and only what is missing."""
    if role not in WAIVERS or person is None:
        return Decision.no("Only an approver or a supervisor waives what a package lacks.")
    if person in authors:
        return Decision.no(
            "You drafted this referral or added to it yourself: somebody else must waive it."
        )
    if not reading.waivable:
        return Decision.no(f"This can't be waived. {reading.sentence}".strip())
    if reading.state is not ItemState.MISSING:
        return Decision.no(f"This is {reading.state} already; nothing needs to be waived.")
    return Decision.yes()
