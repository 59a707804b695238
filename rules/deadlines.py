"""How long a stage may wait, and what happens then.

Owns the policy row, the default rows, and which step is due now. Leaves taking the step, and
remembering that it was taken, to `casework`; the name of a wait is `rules.waiting`'s.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role

_ABANDON = "abandon:"


@dataclass(frozen=True, slots=True)
class StagePolicy:
    """One row: both spans count from the day the wait began.

    `then` is what happens when `escalate_after` is past: "escalate" tells `escalate_to`; "remind"
    goes on reminding the owner each `remind_after`; "abandon:<early end>" ends the test buy.
    """

    stage: Stage
    owner: Role
    remind_after: timedelta
    escalate_after: timedelta
    escalate_to: Role
    then: str = "escalate"

    def __post_init__(self) -> None:
        if not timedelta() < self.remind_after <= self.escalate_after:
            raise ValueError(f"{self.stage}: remind after more than nothing, then escalate")
        if self.then not in ("escalate", "remind") and self.early_end is None:
            raise ValueError(f"{self.stage}: {self.then!r} is no early end")

    @property
    def early_end(self) -> EarlyEnd | None:
        """How the test buy ends when the deadline passes, where it does."""
        word = self.then.removeprefix(_ABANDON)
        known = self.then.startswith(_ABANDON) and word in set(EarlyEnd)
        return EarlyEnd(word) if known else None


def _days(
    stage: Stage, owner: Role, remind: int, escalate: int, to: Role, then: str = "escalate"
) -> StagePolicy:
    return StagePolicy(stage, owner, timedelta(days=remind), timedelta(days=escalate), to, then)


# This programme's own first guess; every row is configuration.
DEFAULTS: tuple[StagePolicy, ...] = (
    _days(Stage.REQUESTED, Role.APPROVER, 1, 3, Role.ANALYST),
    _days(Stage.AUTHORISED, Role.ANALYST, 1, 3, Role.SUPERVISOR),
    _days(Stage.ASSIGNED, Role.BUYER, 2, 5, Role.ANALYST),
    _days(Stage.ORDERED, Role.BUYER, 10, 20, Role.ANALYST),
    _days(Stage.RECEIVED, Role.BUYER, 1, 3, Role.SUPERVISOR),
    _days(Stage.DOCUMENTED, Role.CLERK, 2, 5, Role.SUPERVISOR),
    _days(Stage.SUBMITTED, Role.AUTHENTICATOR, 5, 10, Role.ANALYST),
    _days(Stage.JUDGED, Role.ANALYST, 14, 30, Role.APPROVER),
    _days(Stage.REFERRED, Role.LIAISON, 14, 30, Role.APPROVER),
)


class StepKind(StrEnum):
    """What a passed deadline asks for."""

    NOTHING = "nothing"
    REMIND = "remind"
    ESCALATE = "escalate"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do now, and when to look again once it is done (None: nothing more will be due)."""

    kind: StepKind
    due_at: datetime | None


def next_step(
    policy: StagePolicy,
    waiting_since: datetime,
    reminded_at: datetime | None,
    escalated_at: datetime | None,
    now: datetime,
) -> NextStep:
    """The step due at `now` for a wait begun at `waiting_since`.

    A reminder or escalation from before `waiting_since` belongs to an earlier wait and does not
    count. A test buy is abandoned only after a reminder, and no sooner than the policy's span
    after it, so that a sweep that was down for days ends nothing unannounced.
    """
    reminded_at = _of_this_wait(reminded_at, waiting_since)
    escalated_at = _of_this_wait(escalated_at, waiting_since)
    remind_at = waiting_since + policy.remind_after
    escalate_at = waiting_since + policy.escalate_after
    if escalated_at is not None:
        return NextStep(StepKind.NOTHING, None)
    if policy.then == "escalate":
        if now >= escalate_at:
            return NextStep(StepKind.ESCALATE, None)
        if reminded_at is None and now >= remind_at:
            return NextStep(StepKind.REMIND, escalate_at)
        return NextStep(StepKind.NOTHING, remind_at if reminded_at is None else escalate_at)
    if reminded_at is None:
        if now < remind_at:
            return NextStep(StepKind.NOTHING, remind_at)
        return NextStep(StepKind.REMIND, _after_reminder(policy, waiting_since, now))
    due_at = _after_reminder(policy, waiting_since, reminded_at)
    if now < due_at:
        return NextStep(StepKind.NOTHING, due_at)
    if policy.early_end is not None:
        return NextStep(StepKind.ABANDON, None)
    return NextStep(StepKind.REMIND, _after_reminder(policy, waiting_since, now))


def lateness(due_at: datetime, now: datetime) -> str:
    """In words: "3 days late", "1 hour late", "due now", "due in 20 minutes"."""
    late = now - due_at
    span = _span(abs(late))
    if span is None:
        return "due now"
    return f"{span} late" if late > timedelta() else f"due in {span}"


def _after_reminder(
    policy: StagePolicy, waiting_since: datetime, reminded_at: datetime
) -> datetime:
    if policy.early_end is None:
        return reminded_at + policy.remind_after
    notice = policy.escalate_after - policy.remind_after
    return max(waiting_since + policy.escalate_after, reminded_at + notice)


def _of_this_wait(at: datetime | None, waiting_since: datetime) -> datetime | None:
    return at if at is not None and at >= waiting_since else None


def _span(span: timedelta) -> str | None:
    seconds = int(span.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count = seconds // length
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return None
