"""What each side of a hand-over says, who may say it, and the photos that go with it.

Owns the two words (`Giving`, `Taking`), who may be named as taker, that buyers and receiving desks
reach their own exhibits alone, and which photos of a seal a side must have: T01 where it goes to a
receiving desk, T02 where it comes in there, T03 where it goes back. Leaves writing them down to
`casework.custody.handing_over`, and how custody entries are made to `casework.custody.custody`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.act import Act
from casework.custody.custody import last_entry, open_hand_over, person_holder
from casework.errors import NotFound, Refused
from rules.holders import OUTSIDE, Holder, HolderKind
from rules.roles import Role
from rules.shots import SHOTS
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Brand,
    BrandGrant,
    CustodyEntry,
    Exhibit,
    HandOver,
    Person,
    Photo,
    RightsHolder,
    RoleGrant,
    TestBuy,
    Waiver,
)

TAKERS = frozenset({Role.CLERK, Role.BUYER, Role.SUPERVISOR, Role.LIAISON})
"""Roles of people who may give and take exhibits as themselves."""
OFFSETS = range(-12 * 60, 14 * 60 + 1)
"""Minutes by which clocks on Earth are ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Giving:
    """What the giver says. `to_person` or `to` names the taker: with or without an account.

    `photos` are public ids of photos of the seal going out; the offset is the giver's local time.
    """

    seal_out: str
    purpose: str
    place: str
    condition: str
    to_person: int | None = None
    to: Holder | None = None
    weight_grams: int | None = None
    tracking_number: str | None = None
    crosses_border: bool = False
    customs_letter: bytes | None = None
    photos: tuple[str, ...] = ()
    utc_offset_minutes: int | None = None
    to_desk: bool = False
    """Consigned to the receiving desk of the brand's rights holder, in person or by a carrier."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What is said of the taking: the seal as it is read, condition, weight, local time."""

    seal_in: str
    condition: str
    place: str
    weight_grams: int | None = None
    utc_offset_minutes: int | None = None


def holding(tx: Transaction, act: Act, exhibit: Exhibit) -> Holder:
    """Who holds the exhibit, where that is who acts and they are not handing it over.

    A person holds as themselves; a receiving desk for its rights holder, whoever of it acts.
    """
    last = last_entry(tx, exhibit.id)
    person = one(tx, Person, id=act.person) if act.person else None
    if person is None or last is None:
        raise Refused("Only who holds an exhibit does that.")
    holder = Holder(last.to_kind, last.to_holder)
    if act.role is Role.DESK:
        # Of whom else it may be with, a desk learns nothing.
        if holder not in [desk_holder(each) for each in desks_of(tx, person.id)]:
            raise Refused(f"{exhibit.reference} is not at your desk.")
    elif (holder, last.by_person) != (person_holder(person), person.id):
        raise Refused(f"{exhibit.reference} is with {holder}, not with you. Take it over first.")
    if open_hand_over(tx, exhibit.id) is not None:
        raise Refused(f"{exhibit.reference} is being handed over. Complete or withdraw that first.")
    return holder


def desks_of(tx: Transaction, person_id: int | None) -> Sequence[RightsHolder]:
    """The rights holders whose receiving desk a person is of: those of the brands granted."""
    granted = [each.brand_id for each in every(tx, BrandGrant, person_id=person_id)]
    owners = {each.rights_holder_id for number in granted for each in every(tx, Brand, id=number)}
    return [each for number in sorted(owners) for each in every(tx, RightsHolder, id=number)]


def desk_holder(owner: RightsHolder) -> Holder:
    """A rights holder as a holder."""
    return Holder(HolderKind.RIGHTS_HOLDER, owner.name)


def owner_of(tx: Transaction, testbuy: TestBuy) -> RightsHolder:
    """The rights holder of a test buy's brand: no other desk's business are its exhibits."""
    brand = one(tx, Brand, id=testbuy.brand_id)
    owner = one(tx, RightsHolder, id=brand.rights_holder_id) if brand else None
    assert owner is not None  # foreign keys hold both
    return owner


def consignment_of(tx: Transaction, exhibit_id: int) -> HandOver | None:
    """The newest hand-over that consigned an exhibit to a receiving desk."""
    rows = table_of(HandOver).c
    found = every(
        tx,
        HandOver,
        rows.exhibit_id == exhibit_id,
        rows.consigned_to.is_not(None),
        rows.withdrawn_at.is_(None),
        order_by=rows.id.desc(),
        limit=1,
    )
    return found[0] if found else None


def taker_of(tx: Transaction, act: Act, testbuy: TestBuy, said: Giving) -> Holder:
    """Whom the giver names, with an account or without; raises Refused, NotFound."""
    if said.to_desk and act.role is Role.BUYER:
        # The sender's name stands on the consignment.
        raise Refused("What a buyer bagged goes to the store first. Name a clerk or a courier.")
    if said.to_desk and said.to_person is None and said.to is None:
        return desk_holder(owner_of(tx, testbuy))
    if said.to_desk and (said.to is None or said.to.kind is not HolderKind.CARRIER):
        raise Refused("What goes to the receiving desk goes by a carrier, or into its own hands.")
    if (said.to_person is None) is (said.to is None):
        raise Refused("Name who takes it: a person with an account, or somebody outside.")
    if said.to is not None:
        if said.to.kind not in OUTSIDE or not said.to.name.strip():
            raise Refused("Name the carrier, the police, the laboratory or the rights holder.")
        return Holder(said.to.kind, said.to.name.strip())
    if said.to_person == act.person:
        raise Refused("You hold it already. Name somebody else.")
    person = one(tx, Person, id=said.to_person, active=True)
    roles = {grant.role for grant in every(tx, RoleGrant, person_id=said.to_person)}
    # Whom else the programme has, buyers and receiving desks don't learn.
    allowed = {Role.CLERK} if act.role in {Role.BUYER, Role.DESK} else TAKERS
    if person is None or not roles & allowed:
        raise NotFound("There is no open account of somebody who takes exhibits.")
    return person_holder(person)


def ensure_handles(act: Act) -> None:
    """Only people who handle exhibits hand them over."""
    if act.role not in TAKERS | {Role.DESK} or act.person is None:
        raise Refused("Only people who handle exhibits hand them over.")


def ensure_reach(tx: Transaction, act: Act, exhibit: Exhibit, testbuy: TestBuy) -> None:
    """A buyer reaches the exhibits of their own test buys, a desk what was consigned to it.

    To anybody else of them there are none: NotFound.
    """
    theirs = act.role is not Role.BUYER or testbuy.buyer_id == act.person
    if not theirs or (act.role is Role.DESK and not reaches(tx, act.person, exhibit.id)):
        raise NotFound(f"There is no exhibit {exhibit.reference}. Check the label.")


def reaches(tx: Transaction, person_id: int | None, exhibit_id: int) -> bool:
    """Whether an exhibit was consigned to a desk that a person is of."""
    consigned = consignment_of(tx, exhibit_id)
    mine = {each.id for each in desks_of(tx, person_id)}
    return consigned is not None and consigned.consigned_to in mine


def ensure_arrived(tx: Transaction, exhibit_id: int) -> None:
    """Refuse a verdict on a thing that no rights holder and no laboratory ever had in hand."""
    entries = table_of(CustodyEntry).c
    there = (HolderKind.RIGHTS_HOLDER, HolderKind.LABORATORY)
    if not every(
        tx, CustodyEntry, entries.exhibit_id == exhibit_id, entries.to_kind.in_(there), limit=1
    ):
        raise Refused(
            "This is an examination of the thing itself, and your receiving desk has not taken it "
            "in yet. Ask the desk for it first."
        )


def ensure_giving(said: Giving) -> None:
    """What a giver has to say before anything is looked up."""
    if not (said.purpose.strip() and said.place.strip() and said.condition.strip()):
        raise Refused(
            "Say what the hand-over is for, where it is, and in what condition the bag is."
        )
    ensure_offset(said.utc_offset_minutes)
    if said.to and said.to.kind is HolderKind.CARRIER and not (said.tracking_number or "").strip():
        raise Refused("A carrier holds a consignment under its tracking number. Fill it in.")


def ensure_offset(minutes: int | None) -> None:
    """Refuse what no clock on Earth is ahead of UTC by."""
    if minutes is not None and minutes not in OFFSETS:
        raise Refused("The device's time zone can't be right. Correct it, then try again.")


def seal_photos(
    tx: Transaction, testbuy: TestBuy, exhibit: Exhibit, shot: str, named: Sequence[str]
) -> Sequence[Photo]:
    """The photos that a side names, by public id: accepted ones of `shot`, of this bag alone.

    Refused for others, and for one that stands for the seal of another exhibit.
    """
    photos = table_of(Photo).c
    wanted = sorted(set(named))
    if not wanted:
        return ()
    found = every(
        tx,
        Photo,
        photos.public_id.in_(wanted),
        photos.testbuy_id == testbuy.id,
        photos.shot == shot,
        photos.accepted.is_(True),
        order_by=photos.id,
    )
    elsewhere = {
        name
        for other in every(tx, Exhibit, testbuy_id=testbuy.id)
        if other.id != exhibit.id
        for table in (HandOver, CustodyEntry)
        for row in every(tx, table, exhibit_id=other.id)
        for name in row.photos
    }
    own = [each for each in found if each.exhibit_id in (None, exhibit.id)]
    if len(own) != len(wanted) or elsewhere & set(wanted):
        raise Refused(f"Choose accepted photos of {shot} {SHOTS[shot].title} of this exhibit.")
    return found


def ensure_photographed(
    tx: Transaction, testbuy: TestBuy, shot: str, photos: Sequence[Photo], since: datetime
) -> None:
    """Refuse a side without a photo of its own of the seal, unless the shot was waived."""
    if any(photo.received_at >= since for photo in photos):
        return
    if one(tx, Waiver, testbuy_id=testbuy.id, shot=shot) is None:
        title = SHOTS[shot].title.lower()
        raise Refused(
            f"Photograph the bag first: {shot}, {title}. Then tick the photo and try again."
        )
