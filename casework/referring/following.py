"""What an agency did with a referral after it came: each step with its day, in its time line.

Owns the rows of steps and that a step is recorded once, by a liaison who saw the referral as it
stands. Leaves what may follow what to `rules.referral`, an agency's answer to
`casework.referring.answering`, what was recorded wrongly to `casework.referring.correcting`, and
what ends with the last step to `casework.operators.proceedings`.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from casework.act import Act
from casework.errors import Refused, ensure
from casework.operators.proceedings import end_with
from casework.outcomes.referrals import advance, hold_referral
from evidence.digests import sha256_of
from rules import raids as rules_raids
from rules import referral as rules_referral
from rules.correcting import in_place
from rules.raids import RaidState
from rules.referral import AFTER, DeclineReason, ReferralMove
from rules.retention import EndedBy
from storage import ledger
from storage.rows import add, every, table_of
from storage.session import Database, Transaction
from storage.tables import Raid, Referral, ReferralCorrection, ReferralStep

_steps = table_of(ReferralStep).c


def all_steps_of(tx: Transaction, referral_id: int) -> Sequence[ReferralStep]:
    """The steps on record, those recorded wrongly among them, in the order they were recorded."""
    return every(tx, ReferralStep, referral_id=referral_id, order_by=_steps.id)


def steps_of(tx: Transaction, referral_id: int) -> Sequence[ReferralStep]:
    """The steps that count, in their order; a correction in its step's place."""
    return in_place(all_steps_of(tx, referral_id))


def corrections_of(tx: Transaction, referral_id: int) -> Sequence[ReferralCorrection]:
    """What a liaison asked to have corrected of the steps, the oldest first."""
    rows = table_of(ReferralCorrection).c
    return every(tx, ReferralCorrection, referral_id=referral_id, order_by=rows.id)


def record(
    db: Database,
    act: Act,
    referral: str,
    step: ReferralMove,
    *,
    version: int,
    happened_on: date,
    words: str = "",
    number: str = "",
    until: date | None = None,
) -> str:
    """A liaison records a step of the agency, on the day it happened; gives the referral's state.

    Closing ends the proceedings that the referral led to, where their end is not on record yet; it
    waits for the end of the raids that are planned on it.
    """
    if step not in AFTER:
        raise Refused("Record the agency's answer in its own form.")
    with db.write() as tx:
        row = hold_referral(tx, act, referral, version)
        ensure(rules_referral.may(step, row.state, frozenset({act.role})))
        assert row.sent_at is not None  # every state that a step leaves is after sending
        steps = steps_of(tx, row.id)
        told = [each.move for each in steps]
        asks = told.count(ReferralMove.ASK_MATERIAL) - told.count(ReferralMove.SEND_MATERIAL)
        ensure(
            rules_referral.may_step(
                step,
                happened_on=happened_on,
                sent_on=row.sent_at.date(),
                last_on=_last_cause(step, steps),
                today=act.now.date(),
                open_asks=asks,
                words=words,
                number=number,
                until=until,
            )
        )
        if step is ReferralMove.CLOSE:
            ensure(rules_raids.may_close(planned_on(tx, row.id)))
        advance(tx, act, row, step, {})
        note(tx, act, row, step, happened_on, words=words, number=number, until=until)
        if step is ReferralMove.CLOSE:
            closed = EndedBy.AGENCY_CLOSED
            end_with(tx, act, row, ended_on=happened_on, how=closed, said=words)
        rule = rules_referral.rule_for(step, row.state)
        assert rule is not None  # `may` has just found it
        return rule.target


def planned_on(tx: Transaction, referral_id: int) -> list[str]:
    """The raids that are still planned on a referral, the oldest first.

    Whoever plans one, or closes the referral, holds the referral.
    """
    rows = table_of(Raid).c
    open_ones = {"referral_id": referral_id, "state": RaidState.PLANNED}
    return [each.reference for each in every(tx, Raid, **open_ones, order_by=rows.id)]


def follow(
    tx: Transaction,
    act: Act,
    referral: Referral,
    step: ReferralMove,
    *,
    raid: int,
    happened_on: date,
    until: date | None = None,
) -> None:
    """The same within the move of a raid that the referral led to, where the step may follow.

    Where it may not (an agency acted before the referral came, or has filed charges since), the
    referral stays as it is, and the raid's page says so.
    """
    row = hold_referral(tx, act, referral.reference, None)
    if row.sent_at is None:
        return
    legal = rules_referral.may(step, row.state, frozenset({act.role}))
    told = rules_referral.may_step(
        step,
        happened_on=happened_on,
        sent_on=row.sent_at.date(),
        last_on=_last_cause(step, steps_of(tx, row.id)),
        today=act.now.date(),
        open_asks=0,
        words="",
        number="",
        until=until,
    )
    if legal.allowed and told.allowed:
        advance(tx, act, row, step, {})
        note(tx, act, row, step, happened_on, until=until, raid=raid)


def ensure_after_cause(tx: Transaction, referral_id: int, step: ReferralMove, on: date) -> None:
    """That an agency's answer is not dated before what it comes of."""
    last = _last_cause(step, steps_of(tx, referral_id))
    if last is not None and on < last:
        raise Refused(f"The step before it happened on {last}. Correct the day of this one.")


def _last_cause(step: ReferralMove, steps: Iterable[ReferralStep]) -> date | None:
    return rules_referral.last_cause(step, [(each.move, each.happened_on) for each in steps])


def note(
    tx: Transaction,
    act: Act,
    row: Referral,
    step: ReferralMove,
    happened_on: date,
    *,
    words: str = "",
    number: str = "",
    until: date | None = None,
    decline_reason: DeclineReason | None = None,
    raid: int | None = None,
) -> None:
    """Keep a step; the ledger gets its number and the digest of what was typed."""
    kept = add(
        tx,
        ReferralStep,
        referral_id=row.id,
        move=step,
        happened_on=happened_on,
        words=words.strip(),
        number=number.strip() or None,
        until=until,
        decline_reason=decline_reason,
        raid_id=raid,
        recorded_by=act.person,
        recorded_at=act.now,
    )
    facts = {"what": "step", "step": kept, "move": step, "on": happened_on.isoformat()}
    facts |= {"words": sha256_of(words.strip().encode()), "by": act.by}
    ledger.append(tx, row.reference, facts, act.now)
