"""Setting the programme up: brands, agencies, buyers, personas, categories, deadlines.

Each change goes into the programme's own ledger, because a verdict may later be questioned by the
frame it was given in.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from casework.act import Act
from casework.buying import buyers
from casework.errors import NotFound, Refused
from casework.people import leaving
from casework.shots.relisting import rebase
from casework.shots.shotcheck import PHOTOGRAPHS, PHYSICAL
from evidence.digests import sha256_of
from rules.lifecycle import Stage
from rules.roles import Role
from rules.shots import SHOT_LISTS
from storage import ledger
from storage.rows import add, add_if_absent, change, change_one, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    AccountEntry,
    Agency,
    Brand,
    Buyer,
    Category,
    DeadlinePolicy,
    Persona,
    Policy,
    RightsHolder,
)


def add_brand(db: Database, act: Act, *, rights_holder: str, brand: str) -> int:
    """A brand of a rights holder, added where it is missing; gives its number."""
    _ensure_administrator(act)
    with db.write() as tx:
        add_if_absent(tx, RightsHolder, name=rights_holder)
        holder = one(tx, RightsHolder, table_of(RightsHolder).c.name == rights_holder)
        assert holder is not None  # it is there by now
        if add_if_absent(tx, Brand, rights_holder_id=holder.id, name=brand):
            _append(tx, act, "brand added", brand)
        found = one(tx, Brand, table_of(Brand).c.name == brand)
        assert found is not None  # it is there by now
        return found.id


def add_agency(db: Database, act: Act, *, name: str, jurisdiction: str) -> None:
    """An agency that takes referrals in a jurisdiction (a country's two letters)."""
    _ensure_administrator(act)
    with db.write() as tx:
        if add_if_absent(tx, Agency, name=name, jurisdiction=jurisdiction):
            _append(tx, act, "agency added", name)


def enrol_buyer(
    db: Database,
    act: Act,
    *,
    person_id: int,
    region: str,
    capacity: int,
    advance_minor: int,
    currency: str,
) -> None:
    """Make a person a mystery buyer with an advance on their account."""
    _ensure_administrator(act)
    if capacity < 1 or advance_minor < 0:
        raise Refused("A buyer takes at least one task, and an advance is not below zero.")
    with db.write() as tx:
        leaving.hold(tx, act, person_id)
        if not add_if_absent(tx, Buyer, person_id=person_id, region=region, capacity=capacity):
            raise Refused("This person is a buyer already.")
        add(
            tx,
            AccountEntry,
            buyer_id=person_id,
            kind="advance",
            amount_minor=advance_minor,
            currency=currency,
            booked_at=act.now,
        )
        leaving.heed(tx, act, person_id)
        _append(tx, act, "buyer enrolled", str(person_id))


def set_on_leave(db: Database, act: Act, person_id: int, *, on_leave: bool) -> None:
    """Send a buyer on leave, or take them back; test buys of theirs find another meanwhile."""
    _ensure_administrator(act)
    with db.write() as tx:
        leaving.hold(tx, act, person_id)
        buyer = one(tx, Buyer, person_id=person_id, lock=True)
        if buyer is None:
            raise NotFound("Enrol the person as a buyer first.")
        change(tx, Buyer, table_of(Buyer).c.person_id == person_id, active=not on_leave)
        leaving.heed(tx, act, person_id)
        _append(tx, act, "buyer on leave" if on_leave else "buyer back", str(person_id))


def add_persona(
    db: Database,
    act: Act,
    *,
    buyer_id: int,
    label: str,
    recipient: str,
    address: str,
    region: str,
    max_exposure: int,
) -> None:
    """A persona for a buyer. The ledger gets its number, never its name or address."""
    _ensure_administrator(act)
    with db.write() as tx:
        if one(tx, Buyer, table_of(Buyer).c.person_id == buyer_id) is None:
            raise NotFound("Enrol the person as a buyer first.")
        new = add_if_absent(
            tx,
            Persona,
            buyer_id=buyer_id,
            label=label,
            recipient=recipient,
            address=address,
            region=region,
            max_exposure=max_exposure,
        )
        if not new:
            raise Refused(f"There is a persona {label} already. Choose another label.")
        persona = one(tx, Persona, label=label)
        assert persona is not None  # it is there by now
        _append(tx, act, "persona added", str(persona.id))
        buyers.wake_wanting(tx, act, "persona added")


def switch_persona(
    db: Database, act: Act, persona_id: int, *, buyer_id: int, active: bool, reason: str
) -> None:
    """Switch a buyer's persona off, or on again: off, nothing new is bought under it.

    A test buy that has it keeps it until it ends. The reason stays in the row.
    """
    _ensure_administrator(act)
    if not reason.strip():
        raise Refused("Say why; it stands beside the persona.")
    with db.write() as tx:
        leaving.hold(tx, act, buyer_id)
        # Who chooses a persona holds its buyer: of both at once the later sees the former.
        buyer = one(tx, Buyer, person_id=buyer_id, lock=True)
        persona = one(tx, Persona, id=persona_id, buyer_id=buyer_id, lock=True)
        if buyer is None or persona is None:
            raise NotFound("There is no such persona of this buyer.")
        if persona.active == active:
            raise Refused(f"The persona is {'on' if active else 'off'} already.")
        change_one(
            tx,
            Persona,
            persona_id,
            active=active,
            switched_at=act.now,
            switched_by=act.person,
            switched_because=reason.strip(),
        )
        what = f"persona switched {'on' if active else 'off'}"
        _append(tx, act, what, str(persona_id), reason=reason)
        if active:
            buyers.wake_wanting(tx, act, what)


def set_deadline(
    db: Database, act: Act, stage: Stage, *, remind_after: timedelta, escalate_after: timedelta
) -> None:
    """How long a stage may wait; counts for waits that begin from now on."""
    _ensure_administrator(act)
    if not timedelta() < remind_after <= escalate_after:
        raise Refused("Remind after more than nothing, and escalate no sooner than that.")
    with db.write() as tx:
        changed = change(
            tx,
            DeadlinePolicy,
            table_of(DeadlinePolicy).c.stage == stage,
            remind_after_seconds=int(remind_after.total_seconds()),
            escalate_after_seconds=int(escalate_after.total_seconds()),
        )
        if not changed:
            raise NotFound(f"No deadline is on record for {stage}.")
        _append(tx, act, "deadline set", stage)


def set_category(
    db: Database,
    act: Act,
    *,
    name: str,
    shot_list: str,
    physical: bool,
    reason: str = "",
    new: bool = False,
) -> int:
    """A category of goods: its base shot list, and whether its exhibits go to the authenticator.

    The basis counts at once, for test buys under way too; they keep the shot list they have.
    Refused where it is to be `new` and is on record. Gives its number.
    """
    _ensure_administrator(act)
    if not name.strip():
        raise Refused("Name the category as the feeds name it.")
    if shot_list not in SHOT_LISTS:
        raise Refused(f"There is no shot list {shot_list!r}. Choose {' or '.join(SHOT_LISTS)}.")
    basis = PHYSICAL if physical else PHOTOGRAPHS
    with db.write() as tx:
        known = one(tx, Category, name=name.strip(), lock=True)
        if known is None:
            number = add(tx, Category, name=name.strip(), shot_list=shot_list, basis=basis)
        elif new:
            raise Refused(f"There is a category {known.name} already. Change it on its own page.")
        else:
            number = known.id
            change_one(tx, Category, number, basis=basis)
            rebase(tx, act, known, shot_list, reason)
        _append(tx, act, "category set", name.strip(), {"basis": basis}, reason)
        return number


def set_policy(db: Database, act: Act, name: str, value: int | str) -> None:
    """Override one of `storage.policies.Policies` by its name."""
    _ensure_administrator(act)
    with db.write() as tx:
        if not change(tx, Policy, table_of(Policy).c.name == name, value=str(value)):
            add(tx, Policy, name=name, value=str(value))
        _append(tx, act, "policy set", f"{name}={value}")


def _ensure_administrator(act: Act) -> None:
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator sets the programme up.")


def _append(
    tx: Transaction,
    act: Act,
    what: str,
    subject: str,
    facts: Mapping[str, object] = MappingProxyType({}),
    reason: str = "",
) -> None:
    """`reason` is what somebody typed: the ledger gets its digest."""
    body = {"what": what, "of": subject, **facts, "by": act.by}
    if reason.strip():
        body["reason"] = sha256_of(reason.strip().encode())
    ledger.append(tx, ledger.PROGRAMME, body, act.now)
