"""The day of a raid that was recorded wrongly: a liaison asks, a second person decides.

Owns that the right day stands on the raid, and that the step of its referral follows
(`casework.referring.correcting`). The wrong day stays with the request, and every package tells of
it (`casework.record.disclosing_outcomes`). Leaves who may decide, and which days lie between, to
`rules.correcting`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.outcomes.referrals import hold_referral
from casework.raiding.raid_lines import lines_of
from casework.raiding.raids import held, seizing, tell
from casework.referring.correcting import ensure_raid_fits, raided_on_another_day
from evidence.digests import sha256_of
from rules import correcting as rule
from rules.roles import Role
from storage.rows import add_if_absent, change, change_seen, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    LotSample,
    Raid,
    RaidCorrection,
    RaidPerson,
    RaidPersonFate,
    RaidPlace,
    RaidSource,
    Referral,
)


def ask(
    db: Database, act: Act, reference: str, *, version: int, instead: date, reason: str
) -> None:
    """A liaison says on which day it was; until somebody agrees the recorded one counts."""
    said = reason.strip()
    if not said:
        raise Refused("Say what is wrong with it.")
    with db.write() as tx:
        row = seizing(tx, act, reference)
        _ensure_fits(tx, act, row, _led(tx, act, row), instead)
        about = {"raid_id": row.id, "recorded_on": row.carried_out_on, "instead_on": instead}
        asked = {"reason": said, "asked_by": act.person, "asked_at": act.now}
        if not add_if_absent(tx, RaidCorrection, **about, **asked):
            raise Refused("Somebody asked to have this corrected already; a supervisor decides.")
        _rewrite(tx, act, row, version, {})
        facts = {"instead": instead.isoformat(), "reason": sha256_of(said.encode())}
        tell(tx, act, reference, "correction asked", facts)


def decide(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    correction: int,
    agreed: bool,
    said: str | None,
) -> None:
    """A supervisor who had no part lets the right day stand, or leaves it and says why."""
    if act.role is not Role.SUPERVISOR or act.person is None:
        raise Refused("Only a supervisor decides whether the day of a raid is corrected.")
    words = (said or "").strip() or None
    if not agreed and words is None:
        raise Refused("Say why it stands.")
    with db.write() as tx:
        row = held(tx, reference)
        led = _led(tx, act, row)
        asked = one(tx, RaidCorrection, id=correction, raid_id=row.id)
        if asked is None:
            raise NotFound("Nobody asked for this on the raid.")
        ensure(rule.may_decide(asked.asked_by, row.ended_by, act.person))
        if agreed:
            _ensure_fits(tx, act, row, led, asked.instead_on)
        rows = table_of(RaidCorrection).c
        open_one = (rows.id == correction, rows.decided_at.is_(None))
        decision = {"decided_at": act.now, "decided_by": act.person, "agreed": agreed}
        if not change(tx, RaidCorrection, *open_one, **decision, said=words):
            raise Refused("This was decided already.")
        day = {"carried_out_on": asked.instead_on} if agreed else {}
        _rewrite(tx, act, row, version, day)
        facts = {name: on.isoformat() for name, on in day.items()}
        tell(tx, act, reference, "correction agreed" if agreed else "left standing", facts)
        if agreed and led:
            raided_on_another_day(tx, act, led, row.id, asked.instead_on, asked.asked_by)


def corrections_of(tx: Transaction, raid_id: int) -> Sequence[RaidCorrection]:
    """What was asked to have corrected of a raid's day, the oldest first."""
    return every(tx, RaidCorrection, raid_id=raid_id, order_by=table_of(RaidCorrection).c.id)


def _rewrite(tx: Transaction, act: Act, row: Raid, version: int, changes: dict[str, date]) -> None:
    """Change what the raid's page says: whatever form was shown before is stale."""
    if not change_seen(tx, Raid, row.id, version, changed_at=act.now, **changes):
        raise Stale(f"{row.reference} was changed meanwhile. Look at it again.")


def _ensure_fits(tx: Transaction, act: Act, row: Raid, led: Referral | None, instead: date) -> None:
    """The day is not after what came of the raid, and its referral's step may be of it too."""
    assert row.carried_out_on is not None  # it was carried out: a check of the table holds it
    on, first = row.carried_out_on, _first_that_came_of_it(tx, row)
    ensure(rule.may_be_dated(on, instead, None, first, act.now.date()))
    if led:
        ensure_raid_fits(tx, act, led, row.id, instead)


def _led(tx: Transaction, act: Act, row: Raid) -> Referral | None:
    """The referral that the raid was planned on, held: its steps stay as they are looked at."""
    led = one(tx, Referral, id=row.referral_id) if row.referral_id else None
    return hold_referral(tx, act, led.reference, None) if led else None


def _first_that_came_of_it(tx: Transaction, row: Raid) -> date | None:
    """The earliest day of what is on record as said, decided or examined of a raid.

    The raid's day is the place's own; a search in UTC begins up to a day earlier
    (`casework.raiding.raid_places`).
    """
    met = [each.id for each in every(tx, RaidPerson, raid_id=row.id)]
    lots = [each.id for each in lines_of(tx, row.id)]
    fates = every(tx, RaidPersonFate, table_of(RaidPersonFate).c.met_id.in_(met))
    samples = every(tx, LotSample, table_of(LotSample).c.line_id.in_(lots))
    searched = [each.from_at for each in every(tx, RaidPlace, raid_id=row.id) if each.from_at]
    days = [each.said_on for each in every(tx, RaidSource, raid_id=row.id)]
    days += [each.as_of for each in fates]
    days += [each.examined_on for each in samples]
    days += [begun.date() + timedelta(days=1) for begun in searched]
    return min(days, default=None)
