"""The way of a shop's sanction: its states and every legal move between them, as a table of data.

Owns who may do what to a sanction, what it must rest on, and that nobody decides what they asked
for (domain: section 1, shop sanctions; section 3.11: photographs may suffice). Leaves what the
platform's agreement says to the words of the sanction, and rows to `casework`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.brushing import BrushingState
from rules.decision import Decision
from rules.roles import Role
from rules.verdicts import COUNTERFEITS, Verdict


class SanctionKind(StrEnum):
    """What is done to the shop."""

    WARNED = "warned"
    LISTING_REMOVED = "listing_removed"
    SHOP_CLOSED = "shop_closed"


class SanctionGround(StrEnum):
    """Why: counterfeits that were bought and judged, or orders made up to lift a rating."""

    COUNTERFEIT = "counterfeit"
    BRUSHING = "brushing"


class SanctionState(StrEnum):
    """Where a sanction stands. LIFTED: it was wrong. REOPENED: it was right, and is over."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    NOTIFIED = "notified"
    IN_FORCE = "in_force"
    APPEALED = "appealed"
    UPHELD = "upheld"
    LIFTED = "lifted"
    REOPENED = "reopened"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ENDED: frozenset[SanctionState] = frozenset(
    {
        SanctionState.LIFTED,
        SanctionState.REOPENED,
        SanctionState.DECLINED,
        SanctionState.WITHDRAWN,
    }
)
"""A shop has one sanction of a kind outside these."""

TOLD: frozenset[SanctionState] = frozenset(
    {
        SanctionState.NOTIFIED,
        SanctionState.IN_FORCE,
        SanctionState.APPEALED,
        SanctionState.UPHELD,
    }
)
"""The seller was told and it stands: what is bought from now on is bought after notice."""


class SanctionMove(StrEnum):
    """What can be done to a sanction."""

    PROPOSE = "propose"
    DECIDE = "decide"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    NOTIFY = "notify"
    ENFORCE = "enforce"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    LIFT = "lift"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class SanctionRule:
    """One row of the table: `move` leads from `source` (None: from nothing) to `target`."""

    move: SanctionMove
    source: SanctionState | None
    target: SanctionState
    roles: frozenset[Role]


def _rule(
    move: SanctionMove, source: SanctionState | None, target: SanctionState, *roles: Role
) -> SanctionRule:
    return SanctionRule(move, source, target, frozenset(roles))


_S, _M = SanctionState, SanctionMove
_JUDGES = (Role.APPROVER, Role.SUPERVISOR)
_HEARS = (Role.ANALYST, Role.LIAISON, Role.COUNSEL)

# A seller may object as soon as they were told, and again when new facts come up. The programme
# lifts by itself what has lost all it rested on.
SANCTION_MOVES: tuple[SanctionRule, ...] = (
    _rule(_M.PROPOSE, None, _S.PROPOSED, Role.ANALYST),
    _rule(_M.DECIDE, _S.PROPOSED, _S.DECIDED, Role.APPROVER),
    _rule(_M.DECLINE, _S.PROPOSED, _S.DECLINED, Role.APPROVER),
    _rule(_M.WITHDRAW, _S.PROPOSED, _S.WITHDRAWN, Role.ANALYST, Role.PROGRAMME),
    _rule(_M.NOTIFY, _S.DECIDED, _S.NOTIFIED, Role.ANALYST),
    _rule(_M.ENFORCE, _S.NOTIFIED, _S.IN_FORCE, Role.ANALYST, Role.APPROVER),
    _rule(_M.ENFORCE, _S.UPHELD, _S.IN_FORCE, Role.ANALYST, Role.APPROVER),
    *(
        _rule(_M.APPEAL, state, _S.APPEALED, *_HEARS)
        for state in (_S.NOTIFIED, _S.IN_FORCE, _S.UPHELD)
    ),
    _rule(_M.UPHOLD, _S.APPEALED, _S.UPHELD, *_JUDGES),
    *(
        _rule(_M.LIFT, state, _S.LIFTED, *_JUDGES, Role.PROGRAMME)
        for state in (_S.DECIDED, _S.NOTIFIED, _S.IN_FORCE, _S.APPEALED, _S.UPHELD)
    ),
    *(
        _rule(_M.REOPEN, state, _S.REOPENED, Role.APPROVER)
        for state in (_S.IN_FORCE, _S.UPHELD)
    ),
)  # fmt: skip

_BY_STEP: dict[tuple[SanctionMove, SanctionState | None], SanctionRule] = {
    (rule.move, rule.source): rule for rule in SANCTION_MOVES
}
assert len(_BY_STEP) == len(SANCTION_MOVES), "a move has one target from a state"


def rule_for(move: SanctionMove, state: SanctionState | None) -> SanctionRule | None:
    """The row of the table for `move` from `state`, or None where there is none."""
    return _BY_STEP.get((move, state))


def may(move: SanctionMove, state: SanctionState | None, roles: Collection[Role]) -> Decision:
    """Whether somebody holding `roles` may make `move` on a sanction in `state`."""
    rule = rule_for(move, state)
    if rule is None:
        starts = [row.source for row in SANCTION_MOVES if row.move is move and row.source]
        wanted = " or ".join(_words(start) for start in starts)
        return Decision.no(f"The sanction is {_words(state)}; to {move} it must be {wanted}.")
    if not rule.roles.intersection(roles):
        people = (role.value for role in Role if role in rule.roles - {Role.PROGRAMME})
        allowed = " or ".join(people)
        return Decision.no(f"Only {allowed} may {move} a sanction.")
    return Decision.yes()


def may_rest(
    ground: SanctionGround,
    conclusions: Sequence[Verdict | None],
    case: BrushingState | None = None,
) -> Decision:
    """What a sanction rests on carries it: each test buy was concluded to be a counterfeit.

    `conclusions`: of every test buy named, photographs or physical alike. Brushing is proved by
    figures with a source, never by goods: its `case` must be established.
    """
    if ground is SanctionGround.BRUSHING:
        objections = []
        if conclusions:
            objections.append(
                "A sanction for brushing rests on figures with a source, not on test buys."
            )
        if case is not BrushingState.ESTABLISHED:
            objections.append("Made-up orders are not established: have the case settled first.")
        return Decision.unless(objections)
    if not conclusions:
        return Decision.no("Name a test buy whose goods were concluded to be counterfeit.")
    others = [each for each in conclusions if each not in COUNTERFEITS]
    if not others:
        return Decision.yes()
    if any(each is Verdict.GENUINE for each in others):
        return Decision.no("A genuine result clears the shop: no sanction rests on it.")
    if any(each is Verdict.INCONCLUSIVE for each in others):
        return Decision.no(
            "An inconclusive result does not suffice: wait for the second verdict or a laboratory."
        )
    return Decision.no("A sanction rests on concluded counterfeits alone: take the others out.")


def may_decide(contributors: Collection[int], person: int) -> Decision:
    """Nobody decides a sanction that they proposed."""
    if person in contributors:
        return Decision.no("You proposed this sanction: somebody else must decide it.")
    return Decision.yes()


def may_judge(deciders: Collection[int], person: int) -> Decision:
    """Nobody decides an appeal against a sanction that they proposed, decided or carried out."""
    if person in deciders:
        return Decision.no(
            "You had a part in this sanction: somebody else must decide the appeal against it."
        )
    return Decision.yes()


def _words(state: SanctionState | None) -> str:
    return "not there yet" if state is None else state.value.replace("_", " ")
