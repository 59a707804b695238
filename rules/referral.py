"""The way of a referral: its states, and every legal move between them, as one table of data.

Owns who may do what to a referral, and that nobody approves what they put into it. Leaves whether
the operator's scale suffices to `rules.thresholds`, and what goes into the package to `evidence`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.decision import Decision
from rules.roles import Role


class ReferralState(StrEnum):
    """Where a referral stands."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PLANNED = "planned"
    RAIDED = "raided"
    FILED = "filed"
    INDICTED = "indicted"
    SENTENCED = "sentenced"
    CLOSED = "closed"


OPEN: frozenset[ReferralState] = frozenset({ReferralState.DRAFTED, ReferralState.APPROVED})
"""Not handed over: an operator has one such referral at an agency, and it may be taken back."""


TAKEN: frozenset[ReferralState] = frozenset(
    {
        ReferralState.ACCEPTED,
        ReferralState.PLANNED,
        ReferralState.RAIDED,
        ReferralState.FILED,
        ReferralState.INDICTED,
        ReferralState.SENTENCED,
        ReferralState.CLOSED,
    }
)
"""The agency accepted it, whatever it has led to since."""


ACTED: frozenset[ReferralState] = TAKEN - {ReferralState.ACCEPTED, ReferralState.PLANNED}
"""The agency has done more than plan."""


class DeclineReason(StrEnum):
    """Why an agency declined, as figures count it; its own words stand beside."""

    BELOW_THRESHOLD = "below_threshold"
    JURISDICTION = "jurisdiction"
    EVIDENCE = "evidence"
    RIGHTS = "rights"
    RESOURCES = "resources"
    OTHER = "other"


def reason_by_code(code: str | None) -> DeclineReason:
    """The word of the list for an agency's code; OTHER where it gives none, or one of its own."""
    known = code is not None and code in tuple(DeclineReason)
    return DeclineReason(code) if known else DeclineReason.OTHER


class ReferralMove(StrEnum):
    """What can be done to a referral."""

    DRAFT = "draft"
    APPROVE = "approve"
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    DECLINE_BY_AGENCY = "decline_by_agency"
    WITHDRAW = "withdraw"
    ASK_MATERIAL = "ask_material"
    SEND_MATERIAL = "send_material"
    PLAN = "plan"
    RAID = "raid"
    FILE = "file"
    INDICT = "indict"
    SENTENCE = "sentence"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class ReferralRule:
    """One row of the table: `move` leads from `source` (None: from nothing) to `target`."""

    move: ReferralMove
    source: ReferralState | None
    target: ReferralState
    roles: frozenset[Role]


def _rule(
    move: ReferralMove, source: ReferralState | None, target: ReferralState, *roles: Role
) -> ReferralRule:
    return ReferralRule(move, source, target, frozenset(roles))


_S, _M = ReferralState, ReferralMove
_TOLD = (Role.PROGRAMME, Role.LIAISON)

_ASKING = (_S.SENT, _S.ACKNOWLEDGED, _S.ACCEPTED, _S.PLANNED, _S.RAIDED, _S.FILED, _S.INDICTED)

# An agency may decide without acknowledging first. What it has can't be taken back by a row of
# ours: nothing withdraws a referral that was sent.
REFERRAL_MOVES: tuple[ReferralRule, ...] = (
    _rule(_M.DRAFT, None, _S.DRAFTED, Role.PROGRAMME, Role.ANALYST, Role.LIAISON),
    _rule(_M.APPROVE, _S.DRAFTED, _S.APPROVED, Role.LIAISON),
    _rule(_M.SEND, _S.APPROVED, _S.SENT, Role.PROGRAMME),
    _rule(_M.ACKNOWLEDGE, _S.SENT, _S.ACKNOWLEDGED, *_TOLD),
    _rule(_M.ACCEPT, _S.SENT, _S.ACCEPTED, *_TOLD),
    _rule(_M.ACCEPT, _S.ACKNOWLEDGED, _S.ACCEPTED, *_TOLD),
    _rule(_M.DECLINE_BY_AGENCY, _S.SENT, _S.DECLINED, *_TOLD),
    _rule(_M.DECLINE_BY_AGENCY, _S.ACKNOWLEDGED, _S.DECLINED, *_TOLD),
    *(
        _rule(_M.WITHDRAW, state, _S.WITHDRAWN, Role.LIAISON, Role.APPROVER)
        for state in sorted(OPEN)
    ),
    # What an agency asks for and what it gets leave the referral where it stands.
    *(
        _rule(move, state, state, Role.LIAISON)
        for move in (_M.ASK_MATERIAL, _M.SEND_MATERIAL)
        for state in _ASKING
    ),
    _rule(_M.PLAN, _S.ACCEPTED, _S.PLANNED, Role.LIAISON),
    _rule(_M.PLAN, _S.PLANNED, _S.PLANNED, Role.LIAISON),
    *(
        _rule(_M.RAID, state, _S.RAIDED, Role.LIAISON)
        for state in (_S.ACCEPTED, _S.PLANNED, _S.RAIDED)
    ),
    *(
        _rule(_M.FILE, state, _S.FILED, Role.LIAISON)
        for state in (_S.ACCEPTED, _S.PLANNED, _S.RAIDED)
    ),
    _rule(_M.INDICT, _S.FILED, _S.INDICTED, Role.LIAISON),
    # Told again where a court of appeal has decided: the steps keep both.
    *(
        _rule(_M.SENTENCE, state, _S.SENTENCED, Role.LIAISON)
        for state in (_S.INDICTED, _S.SENTENCED)
    ),
    *(_rule(_M.CLOSE, state, _S.CLOSED, Role.LIAISON) for state in sorted(TAKEN - {_S.CLOSED})),
)
AFTER: tuple[ReferralMove, ...] = (
    _M.ASK_MATERIAL, _M.SEND_MATERIAL, _M.PLAN, _M.RAID, _M.FILE, _M.INDICT, _M.SENTENCE, _M.CLOSE,
)  # fmt: skip
"""What a liaison records of an agency's doings, in the order they usually come."""

_BY_STEP: dict[tuple[ReferralMove, ReferralState | None], ReferralRule] = {
    (rule.move, rule.source): rule for rule in REFERRAL_MOVES
}
assert len(_BY_STEP) == len(REFERRAL_MOVES), "a move has one target from a state"


def rule_for(move: ReferralMove, state: ReferralState | None) -> ReferralRule | None:
    """The row of the table for `move` from `state`, or None where there is none."""
    return _BY_STEP.get((move, state))


def may(move: ReferralMove, state: ReferralState | None, roles: Collection[Role]) -> Decision:
    """Whether somebody holding `roles` may make `move` on a referral in `state`."""
    rule = rule_for(move, state)
    said = move.value.replace("_", " ")
    if rule is None:
        if state is None:
            return Decision.no("The referral does not exist yet: draft it first.")
        starts = [row.source.value for row in REFERRAL_MOVES if row.move is move and row.source]
        if not starts:
            return Decision.no(f"The referral is {state}; it was drafted already.")
        return Decision.no(f"The referral is {state}; to {said} it must be {' or '.join(starts)}.")
    if not rule.roles.intersection(roles):
        allowed = " or ".join(role.value for role in sorted(rule.roles))
        return Decision.no(f"Only {allowed} may {said} a referral.")
    return Decision.yes()


def may_approve(contributors: Collection[int], approver: int) -> Decision:
    """Nobody approves a referral of which they drafted or added any part.

    `contributors` are persons; what the programme put in by the rule is nobody's.
    """
    if approver in contributors:
        return Decision.no(
            "You drafted this referral or added to it yourself: somebody else must approve it."
        )
    return Decision.yes()


def moves_from(state: ReferralState) -> tuple[ReferralMove, ...]:
    """What a liaison may record of a referral in `state` beside the agency's answer."""
    return tuple(move for move in AFTER if rule_for(move, state) is not None)


def last_cause(move: ReferralMove, told: Sequence[tuple[ReferralMove, date]]) -> date | None:
    """The latest day of what `move` comes of, among the steps `told` with their days; None of none.

    A decision comes after the acknowledgement where there was one, a file of the acceptance, an
    indictment of the file, a sentence of the indictment, the end of all; material sent comes of the
    first that was asked for. Raids and plans are told in any order.
    """
    if move in (ReferralMove.ACCEPT, ReferralMove.DECLINE_BY_AGENCY):
        return max((day for each, day in told if each is ReferralMove.ACKNOWLEDGE), default=None)
    ends = (ReferralMove.ACCEPT, ReferralMove.FILE, ReferralMove.INDICT, ReferralMove.SENTENCE)
    if move is ReferralMove.SEND_MATERIAL:
        asked = [day for each, day in told if each is ReferralMove.ASK_MATERIAL]
        return min(asked, default=None)
    if move is ReferralMove.ASK_MATERIAL:
        return None
    return max((day for each, day in told if each in ends), default=None)


def may_step(
    move: ReferralMove,
    *,
    happened_on: date,
    sent_on: date,
    last_on: date | None,
    today: date,
    open_asks: int,
    words: str,
    number: str,
    until: date | None,
) -> Decision:
    """Whether what is told of a step makes one. `open_asks`: material asked for and not yet sent.

    `last_on`: the day of what the step comes of (`last_cause`). A planned action is told by the day
    it is planned for, in `until`.
    """
    objections: list[str] = []
    if happened_on > today:
        objections.append("A step can't have happened in the future. Correct the day.")
    if happened_on < sent_on:
        objections.append(f"The referral was sent on {sent_on}: nothing came of it before.")
    if last_on is not None and happened_on < last_on:
        objections.append(f"The step before it happened on {last_on}. Correct the day of this one.")
    telling = (ReferralMove.ASK_MATERIAL, ReferralMove.SENTENCE, ReferralMove.CLOSE)
    if move in telling and not words.strip():
        objections.append("Say in words what was asked for, decided, or how it ended.")
    if move in (ReferralMove.ASK_MATERIAL, ReferralMove.PLAN) and until is None:
        objections.append("Name the day: until when it is asked for, or when it is planned.")
    if move is ReferralMove.FILE and not number.strip():
        objections.append("Type the number of the criminal file.")
    if move is ReferralMove.SEND_MATERIAL and not open_asks:
        objections.append("No further material was asked for. Record that first.")
    return Decision.unless(objections)
