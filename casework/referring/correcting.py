"""What was recorded wrongly of an agency's steps: a liaison asks, a second person decides.

Owns that a step on its right day, or under its right number, stands in the place of the wrong one,
and what follows for the referral: the agency's number that it bears, and the day its proceedings
ended. The wrong row stays, and every package tells of it (`casework.record.disclosing_outcomes`).
Leaves which days and numbers may be to `rules.referral_days`.

What an agency's interface told is no slip of a pen: it is not corrected by hand, and neither is the
number that the interface gave a sending. Where the agency's paper says otherwise, the agency
corrects it, or gives the right number with its next answer, which takes the place of the earlier.
The day of a raid is the raid's: while one says it, the step is left alone, and goes to another day
with the raid (`casework.raiding.correcting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.operators.proceedings import end_on_another_day
from casework.outcomes.referrals import hold_referral, rewrite, tell
from casework.referring.following import steps_of
from evidence.digests import sha256_of
from rules import correcting
from rules import referral_days as rule
from rules.referral import ReferralMove
from rules.referral_days import ANSWERS
from rules.roles import Role
from storage import ledger
from storage.rows import add, add_if_absent, change, one, table_of
from storage.session import Database, Transaction
from storage.tables import Raid, Referral, ReferralCorrection, ReferralStep


@dataclass(frozen=True, slots=True)
class Right:
    """What is right of a step: its day, its number; None of what is right as recorded."""

    on: date | None = None
    number: str | None = None

    @property
    def facts(self) -> dict[str, str]:
        """As the ledger holds it: the day, and the digest of the number, which somebody typed."""
        facts = {"instead": self.on.isoformat()} if self.on else {}
        return facts | ({"number": sha256_of(self.number.encode())} if self.number else {})


def ask(
    db: Database, act: Act, referral: str, *, version: int, step: int, right: Right, reason: str
) -> None:
    """A liaison says what is right of a step; until somebody agrees the recorded one counts."""
    if act.role is not Role.LIAISON or act.person is None:
        raise Refused("Only a liaison asks to have a step corrected.")
    if not reason.strip():
        raise Refused("Say what is wrong with it.")
    with db.write() as tx:
        row = hold_referral(tx, act, referral, version)
        _ensure_fits(tx, act, row, step, right)
        about = {"referral_id": row.id, "step_id": step, "reason": reason.strip()}
        about |= {"instead_on": right.on, "instead_number": right.number}
        asked = {"asked_by": act.person, "asked_at": act.now}
        if not add_if_absent(tx, ReferralCorrection, **about, **asked):
            raise Refused("Somebody asked to have this corrected already; an approver decides.")
        rewrite(tx, act, row, {})
        facts = {"what": "correction asked", "step": step, **right.facts, "by": act.by}
        facts["reason"] = sha256_of(reason.strip().encode())
        ledger.append(tx, row.reference, facts, act.now)


def decide(
    db: Database,
    act: Act,
    referral: str,
    *,
    version: int,
    correction: int,
    agreed: bool,
    said: str | None,
) -> None:
    """An approver who had no part lets the right step stand, or leaves it and says why."""
    if act.role is not Role.APPROVER or act.person is None:
        raise Refused("Only an approver decides whether a step is corrected.")
    words = (said or "").strip() or None
    if not agreed and words is None:
        raise Refused("Say why it stands.")
    with db.write() as tx:
        row = hold_referral(tx, act, referral, version)
        asked = one(tx, ReferralCorrection, id=correction, referral_id=row.id)
        if asked is None:
            raise NotFound("Nobody asked for this on the referral.")
        wrong = _step_of(tx, row, asked.step_id)
        ensure(correcting.may_decide(asked.asked_by, wrong.recorded_by, act.person))
        right = Right(asked.instead_on, asked.instead_number)
        if agreed:
            _ensure_fits(tx, act, row, wrong.id, right)
        rows = table_of(ReferralCorrection).c
        open_one = (rows.id == correction, rows.decided_at.is_(None))
        decision = {"decided_at": act.now, "decided_by": act.person, "agreed": agreed}
        if not change(tx, ReferralCorrection, *open_one, **decision, said=words):
            raise Refused("This was decided already.")
        facts = {"what": "correction agreed" if agreed else "left standing", "by": act.by}
        ledger.append(tx, row.reference, {**facts, "step": wrong.id}, act.now)
        changes = _correct(tx, act, row, wrong, right, asked.asked_by) if agreed else {}
        rewrite(tx, act, row, changes)
        if agreed:
            tell(tx, act, row.reference, row.state, row.version + 1)


def ensure_raid_fits(tx: Transaction, act: Act, row: Referral, raid: int, right: date) -> None:
    """That the step of a raid may be one of the day `right`; the referral is held."""
    counting = steps_of(tx, row.id)
    if (place := _place_of_raid(counting, raid)) is not None:
        _ensure_between(act, row, counting, place, right)


def raided_on_another_day(
    tx: Transaction, act: Act, row: Referral, raid: int, right: date, asked_by: int
) -> None:
    """The step of a raid goes to the day `right`, as the raid did.

    Where the referral was left behind by the raid it has no such step, and stays as it is.
    """
    counting = steps_of(tx, row.id)
    if (place := _place_of_raid(counting, raid)) is not None:
        _stand_in(tx, act, row, counting[place], Right(on=right), asked_by)
        rewrite(tx, act, row, {})
        tell(tx, act, row.reference, row.state, row.version + 1)


def _place_of_raid(counting: Sequence[ReferralStep], raid: int) -> int | None:
    """The step that tells of a raid's day among those that count."""
    days = (at for at, each in enumerate(counting) if each.move is ReferralMove.RAID)
    return next((at for at in days if counting[at].raid_id == raid), None)


def _correct(
    tx: Transaction, act: Act, row: Referral, wrong: ReferralStep, right: Right, asked_by: int
) -> dict[str, object]:
    """Let the right step stand in its place; gives what the referral bears since.

    A form of an answer shows the number that the one before it gave: what was carried on from a
    wrong number is corrected with it.
    """
    _stand_in(tx, act, row, wrong, right, asked_by)
    if right.on and wrong.move is ReferralMove.CLOSE:
        end_on_another_day(tx, act, row, wrong.happened_on, right.on)
    if right.number is None or wrong.move not in ANSWERS:
        return {}
    for each in steps_of(tx, row.id):
        typed = each.move in ANSWERS and each.recorded_by is not None
        if typed and wrong.number is not None and each.number == wrong.number:
            _stand_in(tx, act, row, each, Right(number=right.number), asked_by)
    told = [(each.move, each.number) for each in steps_of(tx, row.id)]
    return {"agency_number": rule.agency_number(told)}


def _stand_in(
    tx: Transaction, act: Act, row: Referral, wrong: ReferralStep, right: Right, asked_by: int
) -> None:
    number = add(
        tx,
        ReferralStep,
        referral_id=row.id,
        move=wrong.move,
        happened_on=right.on or wrong.happened_on,
        words=wrong.words,
        number=right.number or wrong.number,
        until=wrong.until,
        decline_reason=wrong.decline_reason,
        corrects_id=wrong.id,
        raid_id=wrong.raid_id,
        recorded_by=asked_by,
        recorded_at=act.now,
    )
    facts = {"what": "step corrected", "step": wrong.id, "by_step": number, **right.facts}
    ledger.append(tx, row.reference, {**facts, "by": act.by}, act.now)


def _ensure_fits(tx: Transaction, act: Act, row: Referral, step: int, right: Right) -> None:
    """The step counts, a person typed it, and what is right lies between the steps beside it."""
    if right == Right():
        raise Refused("Write the right day, or the right number.")
    wrong, counting = _step_of(tx, row, step), steps_of(tx, row.id)
    place = next((at for at, each in enumerate(counting) if each.id == step), None)
    if place is None:
        raise Refused("This step counts no more.")
    if wrong.recorded_by is None:
        raise Refused("The agency's interface told this. Ask the agency to correct it.")
    if right.number is not None:
        ensure(rule.may_renumber(wrong.move, wrong.number, right.number))
    if right.on is None:
        return
    raid = one(tx, Raid, id=wrong.raid_id) if wrong.raid_id else None
    if wrong.move is ReferralMove.RAID and raid:
        raise Refused(
            f"{raid.reference} says this day, and the referral follows it. Have it corrected there."
        )
    _ensure_between(act, row, counting, place, right.on)


def _ensure_between(
    act: Act, row: Referral, counting: Sequence[ReferralStep], place: int, right: date
) -> None:
    assert row.sent_at is not None  # whatever has steps was sent
    wrong, told = counting[place], [(each.move, each.happened_on) for each in counting]
    before, after = rule.beside(place, told, row.sent_at.date())
    today = act.now.date()
    ensure(rule.may_redate(wrong.move, wrong.happened_on, right, before, after, today))


def _step_of(tx: Transaction, row: Referral, step: int) -> ReferralStep:
    found = one(tx, ReferralStep, id=step, referral_id=row.id)
    if found is None:
        raise NotFound("There is no such step of the referral.")
    return found
