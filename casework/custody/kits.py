"""A buyer's kit: prepared by a clerk, handed over with two sides, and which bags it holds.

Owns that no number lies in two kits, that a kit is one buyer's, and which kit a seal is out of.
A seal out of no kit of its buyer's is noted, never refused: the bag in their hands is what it is.
Leaves what a range of numbers is to `rules.kits`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.telling.notifying import tell
from rules.kits import KitPartKind, Numbers
from rules.notices import NoticeKind
from rules.roles import Role
from storage import ledger, testbuys
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    Kit,
    KitAnswer,
    KitGiving,
    KitPart,
    Person,
    RoleGrant,
)

PREPARING = frozenset({Role.CLERK, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class KitFacts:
    """A kit with its parts, and the newest side of each hand-over that was not withdrawn."""

    kit: Kit
    parts: Mapping[KitPartKind, Numbers]
    giving: KitGiving | None
    answer: KitAnswer | None

    @property
    def confirmed(self) -> bool:
        """Whether the buyer said that it came."""
        return self.answer is not None and self.answer.confirmed


@dataclass(frozen=True, slots=True)
class SealFrom:
    """An exhibit, the seal it was bagged under and when, and the kit that is out of, if any."""

    exhibit: str
    seal: str
    at: datetime
    kit: KitFacts | None

    def as_data(self) -> dict[str, str | None]:
        """What a bundle holds of it."""
        return {
            "exhibit": self.exhibit,
            "seal": self.seal,
            "bagged_at": self.at.isoformat(),
            "kit": self.kit.kit.number if self.kit else None,
            "seal_bags": str(self.kit.parts[KitPartKind.SEAL_BAGS]) if self.kit else None,
        }


def prepare(db: Database, act: Act, parts: Mapping[KitPartKind, tuple[str, str]]) -> str:
    """Number a new kit; `parts` give first and last number of each. Gives the kit's number."""
    if act.role not in PREPARING or act.person is None:
        raise Refused("Kits are prepared by a clerk or a supervisor.")
    if KitPartKind.SEAL_BAGS not in parts:
        raise Refused("A kit holds seal bags. Type the first and the last bag's number.")
    try:
        ranges = {
            kind: Numbers(first.strip(), last.strip()) for kind, (first, last) in parts.items()
        }
    except ValueError as error:
        raise Refused(str(error)) from None
    with db.write() as tx:
        # The counter's row is held to the end: two who prepare kits at once take turns here.
        number = f"K-{testbuys.next_number(tx, 'kit'):06d}"
        for kind, numbers in ranges.items():
            for other in every(tx, KitPart, kind=kind):
                if Numbers(other.first, other.last).meets(numbers):
                    owner = one(tx, Kit, id=other.kit_id)
                    raise Refused(
                        f"Some of {numbers} are in kit {owner.number if owner else '?'} already. "
                        "Read the numbers off the pack once more."
                    )
        kit_id = add(tx, Kit, number=number, prepared_by=act.person, prepared_at=act.now)
        for kind, numbers in sorted(ranges.items()):
            add(tx, KitPart, kit_id=kit_id, kind=kind, first=numbers.first, last=numbers.last)
        told = {kind: [numbers.first, numbers.last] for kind, numbers in sorted(ranges.items())}
        _append(tx, act, "kit prepared", number, parts=told)
        return number


def give(
    db: Database,
    act: Act,
    number: str,
    *,
    to_person: int,
    place: str,
    utc_offset_minutes: int | None = None,
) -> None:
    """Hand a kit to a buyer: the giver's side. It counts when the buyer has confirmed it."""
    if act.role not in PREPARING or act.person is None:
        raise Refused("Kits are handed out by a clerk or a supervisor.")
    if not place.strip():
        raise Refused("Say where the kit is handed over.")
    with db.write() as tx:
        # Held to the end, so that a kit is given once however many give it at this moment.
        testbuys.next_number(tx, "kit giving")
        facts = _found(tx, number)
        if facts.giving is not None:
            raise Refused(
                f"Kit {number} is with somebody already"
                + (", who confirmed it." if facts.confirmed else ". Withdraw that first.")
            )
        if to_person == act.person:
            raise Refused("Nobody hands a kit to themselves. Ask another clerk to give it to you.")
        person = one(tx, Person, id=to_person, active=True)
        if person is None or one(tx, RoleGrant, person_id=to_person, role=Role.BUYER) is None:
            raise NotFound("There is no open account of a buyer with this number.")
        add(
            tx,
            KitGiving,
            kit_id=facts.kit.id,
            given_by=act.person,
            to_person=to_person,
            place=place.strip(),
            given_at=act.now,
            utc_offset_minutes=utc_offset_minutes,
        )
        _append(tx, act, "kit given", number, to=to_person)
        tell(
            tx,
            act,
            NoticeKind.KIT,
            act.token(f"kit given:{number}:{to_person}"),
            f"Kit {number} is being handed to you. Confirm it once you have it.",
            to_person=to_person,
            about=number,
        )


def confirm(
    db: Database, act: Act, number: str, *, condition: str, utc_offset_minutes: int | None = None
) -> None:
    """The buyer says that the kit came, and whether anything was missing from it."""
    if not condition.strip():
        raise Refused("Say whether the kit is complete.")
    with db.write() as tx:
        testbuys.next_number(tx, "kit giving")
        facts = _found(tx, number)
        if facts.giving is None or facts.giving.to_person != act.person:
            raise NotFound(f"No kit {number} is being handed to you.")
        if facts.confirmed:
            raise Refused(f"You confirmed kit {number} already; nothing needs to be done.")
        _answer(tx, act, facts.giving, True, condition.strip(), utc_offset_minutes)
        _append(tx, act, "kit received", number)


def withdraw(db: Database, act: Act, number: str) -> None:
    """The giver takes back what nobody confirmed: the kit never left the office."""
    with db.write() as tx:
        testbuys.next_number(tx, "kit giving")
        facts = _found(tx, number)
        if facts.giving is None or facts.confirmed:
            raise Refused(f"Kit {number} is not being handed over; nothing needs to be done.")
        if facts.giving.given_by != act.person:
            raise Refused("Only who gave a kit withdraws that.")
        _answer(tx, act, facts.giving, False, "withdrawn", None)
        _append(tx, act, "kit withdrawn", number)


def kits_of(tx: Transaction, person_id: int) -> Sequence[KitFacts]:
    """The kits given to a person and not withdrawn, oldest first, confirmed or not."""
    rows = every(tx, KitGiving, to_person=person_id)
    found = [facts_of(tx, kit) for row in rows if (kit := one(tx, Kit, id=row.kit_id))]
    mine = {each.kit.id: each for each in found if each.giving is not None}
    return [
        each for _, each in sorted(mine.items())
        if each.giving is not None and each.giving.to_person == person_id
    ]  # fmt: skip


def kit_of_seal(received: Sequence[KitFacts], seal: str) -> KitFacts | None:
    """The kit among those received that a seal bag is out of."""
    for each in received:
        if each.parts[KitPartKind.SEAL_BAGS].holds(seal):
            return each
    return None


def kit_of_exhibit(tx: Transaction, exhibit: Exhibit) -> KitFacts | None:
    """The kit that the seal an exhibit was bagged under is out of."""
    kit = one(tx, Kit, id=exhibit.kit_id) if exhibit.kit_id else None
    return facts_of(tx, kit) if kit else None


def seals_from(tx: Transaction, exhibits: Sequence[Exhibit]) -> tuple[SealFrom, ...]:
    """Each whole exhibit with the kit that the seal it was bagged under is out of."""
    found: list[SealFrom] = []
    for exhibit in exhibits:
        first = one(tx, CustodyEntry, exhibit_id=exhibit.id, seq=1)
        if exhibit.part_of is None and first is not None:
            kit = kit_of_exhibit(tx, exhibit)
            found.append(SealFrom(exhibit.reference, first.seal_in, first.handed_at, kit))
    return tuple(found)


def _found(tx: Transaction, number: str) -> KitFacts:
    kit = one(tx, Kit, number=number)
    if kit is None:
        raise NotFound(f"There is no kit {number}. Check its number.")
    return facts_of(tx, kit)


def facts_of(tx: Transaction, kit: Kit) -> KitFacts:
    """What is in a kit, and who has it."""
    parts = {row.kind: Numbers(row.first, row.last) for row in every(tx, KitPart, kit_id=kit.id)}
    givings = every(tx, KitGiving, kit_id=kit.id, order_by=table_of(KitGiving).c.id.desc(), limit=1)
    giving = givings[0] if givings else None
    answer = one(tx, KitAnswer, giving_id=giving.id) if giving else None
    if answer is not None and not answer.confirmed:
        giving, answer = None, None
    return KitFacts(kit, parts, giving, answer)


def _answer(
    tx: Transaction, act: Act, giving: KitGiving, confirmed: bool, condition: str,
    utc_offset_minutes: int | None,
) -> None:  # fmt: skip
    add(
        tx,
        KitAnswer,
        giving_id=giving.id,
        confirmed=confirmed,
        condition=condition,
        answered_by=act.person,
        answered_at=act.now,
        utc_offset_minutes=utc_offset_minutes,
    )


def _append(tx: Transaction, act: Act, what: str, number: str, **facts: object) -> None:
    ledger.append(
        tx, ledger.PROGRAMME, {"what": what, "kit": number, "by": act.by, **facts}, act.now
    )
