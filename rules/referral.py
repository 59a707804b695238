"""The way of a referral: its states, and every legal move between them, as one table of data.

Owns who may do what to a referral, and that nobody approves what they put into it. Leaves whether
the operator's scale suffices to `rules.thresholds`, and what goes into the package to `evidence`.
"""

from collections.abc import Collection
from dataclasses import dataclass
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


OPEN: frozenset[ReferralState] = frozenset({ReferralState.DRAFTED, ReferralState.APPROVED})
"""Not handed over: an operator has one such referral at an agency, and it may be taken back."""


class ReferralMove(StrEnum):
    """What can be done to a referral."""

    DRAFT = "draft"
    APPROVE = "approve"
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    DECLINE_BY_AGENCY = "decline_by_agency"
    WITHDRAW = "withdraw"


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
)

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
