"""Raids: planned with an agency, carried out or called off, and who took part.

Owns the raid's own row, that its referral goes along with it, and the organisations that take part.
Leaves places and the persons met there to `casework.raiding.raid_places`, what was seized to
`casework.raiding.raid_lines`, papers and samples to `casework.raiding.raid_papers`, and a second
seller to `casework.raiding.found`, and a day that was recorded wrongly to
`casework.raiding.correcting`.
"""

from collections.abc import Mapping
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.operators.operators import operator_by
from casework.outcomes.referrals import hold_referral
from casework.referring.following import follow
from evidence.digests import sha256_of
from rules import raids as rule
from rules.raids import RaidState, TakesPart
from rules.referral import ReferralMove
from storage import ledger, testbuys
from storage.rows import add, add_if_absent, change_seen, one
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Operator,
    Raid,
    RaidParticipant,
    Referral,
)


def plan(
    db: Database,
    act: Act,
    *,
    operator: str | None,
    agency: str | None,
    referral: str | None,
    planned_on: date,
) -> str:
    """Plan a raid and give its reference; what a referral says need not be said again.

    The referral is one that its agency accepted; it is planned with the raid, and raided once that
    is carried out. A raid of an agency's own accord has none.
    """
    ensure(rule.may_record(act.role))
    assert act.person is not None  # a liaison is signed in
    with db.write() as tx:
        led = hold_referral(tx, act, referral, None) if referral else None
        if led:
            ensure(rule.may_lead(led.reference, led.state))
        against = _operator(tx, operator, led)
        by = _agency(tx, agency, led)
        number = testbuys.next_number(tx, f"RA-{act.now.year}")
        reference = f"RA-{act.now.year}-{number:06d}"
        raid = add(
            tx,
            Raid,
            reference=reference,
            operator_id=against.id,
            agency_id=by.id,
            referral_id=led.id if led else None,
            state=RaidState.PLANNED,
            version=1,
            planned_on=planned_on,
            planned_by=act.person,
            planned_at=act.now,
            changed_at=act.now,
        )
        facts = {"operator": against.reference, "agency": by.id, "on": planned_on.isoformat()}
        tell(tx, act, reference, "raid planned", facts | ({"referral": referral} if led else {}))
        if led:
            today = act.now.date()
            follow(tx, act, led, ReferralMove.PLAN, raid=raid, happened_on=today, until=planned_on)
        return reference


def carry_out(db: Database, act: Act, reference: str, *, version: int, on: date) -> None:
    """Record that a raid was carried out, and on which day."""
    if on > act.now.date():
        raise Refused("A raid can't have been carried out in the future. Correct the day.")
    with db.write() as tx:
        row = held(tx, reference)
        facts = {"on": on.isoformat()}
        _move(tx, act, row, version, RaidState.CARRIED_OUT, {"carried_out_on": on}, facts)
        led = one(tx, Referral, id=row.referral_id) if row.referral_id else None
        if led:
            follow(tx, act, led, ReferralMove.RAID, raid=row.id, happened_on=on)


def call_off(db: Database, act: Act, reference: str, *, version: int, reason: str) -> None:
    """Record that a planned raid does not take place, and why."""
    because = reason.strip()
    if not because:
        raise Refused("Say why the raid was called off.")
    with db.write() as tx:
        row = held(tx, reference)
        facts = {"because": sha256_of(because.encode())}
        _move(tx, act, row, version, RaidState.CALLED_OFF, {"called_off_because": because}, facts)


def add_participant(
    db: Database, act: Act, reference: str, *, role: TakesPart, organisation: str
) -> None:
    """Name an organisation that takes part, in its role; no person is named here."""
    name = organisation.strip()
    if not name:
        raise Refused("Name the organisation that took part.")
    with db.write() as tx:
        row = recording(tx, act, reference)
        if row.state is RaidState.CALLED_OFF:
            raise Refused("The raid was called off. Plan another.")
        about = {"raid_id": row.id, "role": role, "organisation": name}
        if not add_if_absent(tx, RaidParticipant, **about, added_by=act.person, added_at=act.now):
            raise Refused("This organisation is on record in this role already.")
        facts = {"role": role, "organisation": sha256_of(name.encode())}
        tell(tx, act, reference, "participant named", facts)


def held(tx: Transaction, reference: str) -> Raid:
    """The raid, locked; NotFound where there is none."""
    row = one(tx, Raid, reference=reference, lock=True)
    if row is None:
        raise NotFound(f"There is no raid {reference}. Check the reference.")
    return row


def recording(tx: Transaction, act: Act, reference: str) -> Raid:
    """The raid, locked, for somebody who may record what is planned and done."""
    ensure(rule.may_record(act.role))
    return held(tx, reference)


def seizing(tx: Transaction, act: Act, reference: str) -> Raid:
    """The raid, locked, for somebody who may record what came of it; it was carried out."""
    row = recording(tx, act, reference)
    ensure(rule.may_seize(row.state))
    return row


def ensure_day(act: Act, row: Raid, day: date) -> None:
    """Nothing comes of a raid before its day, and nothing is known of days to come."""
    assert row.carried_out_on is not None  # a check of the table holds it
    if not row.carried_out_on <= day <= act.now.date():
        raise Refused(
            f"The day lies between the raid's, {row.carried_out_on.isoformat()}, and today. "
            "Correct it."
        )


def tell(tx: Transaction, act: Act, reference: str, what: str, facts: Mapping[str, object]) -> None:
    """Append what happened to the raid's ledger."""
    ledger.append(tx, reference, {"what": what, **facts, "by": act.by}, act.now)


def _move(
    tx: Transaction,
    act: Act,
    row: Raid,
    version: int,
    end: RaidState,
    changes: Mapping[str, object],
    facts: Mapping[str, object],
) -> None:
    ensure(rule.may_end(row.state, act.role))
    ended = {"state": end, "ended_by": act.person, "changed_at": act.now}
    if not change_seen(tx, Raid, row.id, version, **ended, **changes):
        raise Stale(f"{row.reference} was changed meanwhile. Look at it again.")
    tell(tx, act, row.reference, f"raid {end.replace('_', ' ')}", facts)


def _operator(tx: Transaction, reference: str | None, led: Referral | None) -> Operator:
    if led is not None:
        found = one(tx, Operator, id=led.operator_id)
        assert found is not None  # a foreign key holds it
        if reference and reference != found.reference:
            raise Refused(f"{led.reference} is about {found.reference}. Leave the operator out.")
        return found
    if not reference:
        raise NotFound("There is no such operator. Write its reference, or that of a referral.")
    return operator_by(tx, reference)


def _agency(tx: Transaction, name: str | None, led: Referral | None) -> Agency:
    """The one named; where none is, the referral's. Another agency may act on a referral."""
    found = one(tx, Agency, name=name) if name else one(tx, Agency, id=led.agency_id if led else 0)
    if found is None:
        raise NotFound("There is no such agency. Choose it from the list.")
    return found
