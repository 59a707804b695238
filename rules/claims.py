"""The way of a civil claim: its states, and every legal move between them, as one table of data.

Owns who may do what to a claim, which moves need a document, that nobody approves what they
prepared, and that days follow each other. Leaves what a claim must say to `rules.pleading`, and
every question of procedure to counsel: the table says what is recorded, not what the law allows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.decision import Decision
from rules.roles import Role


class ClaimState(StrEnum):
    """Where a civil claim stands."""

    PREPARED = "prepared"
    APPROVED = "approved"
    FILED = "filed"
    DOCKETED = "docketed"
    ANNOUNCED = "announced"
    HEARD = "heard"
    JUDGED = "judged"
    APPEALED = "appealed"
    JUDGED_ON_APPEAL = "judged_on_appeal"
    FINAL = "final"
    RECOVERED = "recovered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    DISMISSED = "dismissed"

    @property
    def said(self) -> str:
        """As a sentence has it."""
        return self.value.replace("_", " ")


class ClaimMove(StrEnum):
    """What can be done to a claim."""

    PREPARE = "prepare"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    FILE = "file"
    DOCKET = "docket"
    ANNOUNCE = "announce"
    HEAR = "hear"
    JUDGE = "judge"
    APPEAL = "appeal"
    WITHDRAW_APPEAL = "withdraw_appeal"
    JUDGE_ON_APPEAL = "judge_on_appeal"
    BECOME_FINAL = "become_final"
    RECOVER = "recover"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    SETTLE = "settle"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    STRIKE_JUDGMENT = "strike_judgment"
    STRIKE_JUDGMENT_ON_APPEAL = "strike_judgment_on_appeal"


_S, _M = ClaimState, ClaimMove

UNFILED: frozenset[ClaimState] = frozenset({_S.PREPARED, _S.APPROVED})
"""No court has it; what it says may still be changed, once it is sent back."""
PENDING: frozenset[ClaimState] = frozenset(
    {
        _S.FILED, _S.DOCKETED, _S.ANNOUNCED, _S.HEARD, _S.JUDGED, _S.APPEALED,
        _S.JUDGED_ON_APPEAL,
    }
)  # fmt: skip
"""A court has it and it is not final: proceedings are open, and nothing under it is disposed of."""
OVER: frozenset[ClaimState] = frozenset({_S.CLOSED, _S.WITHDRAWN, _S.SETTLED, _S.DISMISSED})
"""Nothing follows by the table."""
PAYING: frozenset[ClaimState] = frozenset({_S.FINAL, _S.RECOVERED, _S.SETTLED})
"""Money may come in: by a final judgment, or as the parties agreed."""
JUDGED_ONCE: frozenset[ClaimState] = frozenset({_S.JUDGED, _S.JUDGED_ON_APPEAL})
STRIKES: dict[ClaimMove, ClaimMove] = {
    _M.STRIKE_JUDGMENT: _M.JUDGE,
    _M.STRIKE_JUDGMENT_ON_APPEAL: _M.JUDGE_ON_APPEAL,
}
"""Which step of a wrongly entered judgment each of these strikes, with all that followed it."""


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """One row of the table: `move` leads from `source` (None: from nothing) to `target`.

    `document`: the move is recorded with the paper that shows it.
    """

    move: ClaimMove
    source: ClaimState | None
    target: ClaimState
    role: Role = Role.COUNSEL
    document: bool = False


_IN_COURT = (_S.FILED, _S.DOCKETED, _S.ANNOUNCED, _S.HEARD)

# A struck judgment leaves the claim where it surely was before it; hearings on record stay.
_AFTER_JUDGMENT = (_S.FINAL, _S.RECOVERED, _S.CLOSED)

# A court's docketing and its public announcement are two days, and not every court announces; an
# appeal that is withdrawn leaves the first judgment, which becomes final by a step of its own.
CLAIM_MOVES: tuple[ClaimRule, ...] = (
    ClaimRule(_M.PREPARE, None, _S.PREPARED),
    ClaimRule(_M.APPROVE, _S.PREPARED, _S.APPROVED, Role.APPROVER),
    ClaimRule(_M.SEND_BACK, _S.APPROVED, _S.PREPARED),
    ClaimRule(_M.FILE, _S.APPROVED, _S.FILED, document=True),
    ClaimRule(_M.DOCKET, _S.FILED, _S.DOCKETED),
    ClaimRule(_M.ANNOUNCE, _S.DOCKETED, _S.ANNOUNCED),
    *(ClaimRule(_M.HEAR, state, _S.HEARD) for state in (_S.DOCKETED, _S.ANNOUNCED, _S.HEARD)),
    ClaimRule(_M.HEAR, _S.APPEALED, _S.APPEALED),
    *(
        ClaimRule(_M.JUDGE, state, _S.JUDGED, document=True)
        for state in (_S.DOCKETED, _S.ANNOUNCED, _S.HEARD)
    ),
    ClaimRule(_M.APPEAL, _S.JUDGED, _S.APPEALED),
    ClaimRule(_M.WITHDRAW_APPEAL, _S.APPEALED, _S.JUDGED),
    ClaimRule(_M.JUDGE_ON_APPEAL, _S.APPEALED, _S.JUDGED_ON_APPEAL, document=True),
    *(ClaimRule(_M.BECOME_FINAL, state, _S.FINAL) for state in sorted(JUDGED_ONCE)),
    ClaimRule(_M.RECOVER, _S.FINAL, _S.RECOVERED),
    ClaimRule(_M.CLOSE, _S.FINAL, _S.CLOSED),
    ClaimRule(_M.CLOSE, _S.RECOVERED, _S.CLOSED),
    *(ClaimRule(_M.WITHDRAW, state, _S.WITHDRAWN) for state in (*sorted(UNFILED), *_IN_COURT)),
    *(ClaimRule(_M.SETTLE, state, _S.SETTLED, document=True) for state in _IN_COURT),
    *(ClaimRule(_M.DISMISS, state, _S.DISMISSED, document=True) for state in _IN_COURT),
    *(ClaimRule(_M.REOPEN, state, _S.FINAL, Role.APPROVER) for state in (_S.RECOVERED, _S.CLOSED)),
    *(
        ClaimRule(_M.STRIKE_JUDGMENT, state, _S.DOCKETED, Role.APPROVER)
        for state in (_S.JUDGED, _S.APPEALED, *_AFTER_JUDGMENT)
    ),
    *(
        ClaimRule(_M.STRIKE_JUDGMENT_ON_APPEAL, state, _S.APPEALED, Role.APPROVER)
        for state in (_S.JUDGED_ON_APPEAL, *_AFTER_JUDGMENT)
    ),
)

_BY_STEP: dict[tuple[ClaimMove, ClaimState | None], ClaimRule] = {
    (rule.move, rule.source): rule for rule in CLAIM_MOVES
}
assert len(_BY_STEP) == len(CLAIM_MOVES), "a move has one target from a state"


def rule_for(move: ClaimMove, state: ClaimState | None) -> ClaimRule | None:
    """The row of the table for `move` from `state`, or None where there is none."""
    return _BY_STEP.get((move, state))


def moves_from(state: ClaimState) -> tuple[ClaimMove, ...]:
    """What the table lets follow, in its order."""
    return tuple(rule.move for rule in CLAIM_MOVES if rule.source is state)


def standing(moves: Sequence[ClaimMove]) -> list[int]:
    """Positions of the steps that count, in their order: all but struck judgments with what
    followed each, and the strikes themselves.
    """
    kept: list[int] = []
    for position, move in enumerate(moves):
        if move not in STRIKES:
            kept.append(position)
            continue
        while kept and moves[kept.pop()] is not STRIKES[move]:
            pass
    return kept


def may(move: ClaimMove, state: ClaimState | None, roles: Collection[Role]) -> Decision:
    """Whether somebody holding `roles` may make `move` on a claim in `state`."""
    rule = rule_for(move, state)
    said = move.value.replace("_", " ")
    if rule is None:
        if state is None:
            return Decision.no("The claim does not exist yet: prepare it first.")
        starts = [row.source.said for row in CLAIM_MOVES if row.move is move and row.source]
        if not starts:
            return Decision.no(f"The claim is {state.said}; it was prepared already.")
        return Decision.no(
            f"The claim is {state.said}; to {said} it must be {' or '.join(starts)}."
        )
    if rule.role not in roles:
        return Decision.no(f"Only {rule.role} may {said} a claim.")
    return Decision.yes()


def may_change(state: ClaimState, roles: Collection[Role]) -> Decision:
    """Whether what a claim says may be changed: by counsel, until somebody approved it."""
    if Role.COUNSEL not in roles:
        return Decision.no("Only counsel changes what a claim says.")
    if state is ClaimState.APPROVED:
        return Decision.no("The claim is approved as it stands. Send it back before changing it.")
    if state is not ClaimState.PREPARED:
        return Decision.no("The claim was filed; what the court has is not changed here.")
    return Decision.yes()


def may_approve(contributors: Collection[int], approver: int) -> Decision:
    """Nobody approves a claim that they prepared or added to."""
    if approver in contributors:
        return Decision.no(
            "You prepared this claim or added to it yourself: somebody else must approve it."
        )
    return Decision.yes()


def may_have_happened(on: date, last: date | None, today: date) -> Decision:
    """Whether a step may carry the day `on`: not after `today`, not before the `last` step's."""
    if on > today:
        return Decision.no("This day has not come yet. Record the step once it has happened.")
    if last is not None and on < last:
        return Decision.no(
            f"The step before it happened on {last.isoformat()}. Correct the day of this one."
        )
    return Decision.yes()


def may_strike_payment(amount: int, recovered: int, allocated: int) -> Decision:
    """What is left must cover what was allocated; all in minor units of the claim's currency."""
    if recovered - amount < allocated:
        return Decision.no(
            "More was allocated than would be left. Have struck first where this money went."
        )
    return Decision.yes()


def may_allocate(amount: int, recovered: int, allocated: int) -> Decision:
    """Never more than was recovered; all three in minor units of the claim's currency."""
    if amount <= 0:
        return Decision.no("Write an amount above zero.")
    if allocated + amount > recovered:
        return Decision.no(
            "This is more than was recovered and not yet allocated. Record the payment first."
        )
    return Decision.yes()


def may_allocate_on(
    on: date, amount: int, came: Sequence[tuple[date, int]], went: Sequence[tuple[date, int]]
) -> Decision:
    """Money is given on once it came in: no more of it on any day than had come by then.

    `came` and `went`: days with minor units, in any order.
    """
    gone = [*went, (on, amount)]
    for last in sorted({day for day, _ in gone if day >= on}):
        if _by(gone, last) > _by(came, last):
            return Decision.no(
                f"By {last.isoformat()} so much had not come in. Correct the day, or record the "
                "payment first."
            )
    return Decision.yes()


def _by(moved: Sequence[tuple[date, int]], last: date) -> int:
    return sum(minor for day, minor in moved if day <= last)


def may_end_on(on: date, last: date | None) -> Decision:
    """A claim is recovered or closed on or after the day its money moved for the `last` time."""
    if last is not None and on < last:
        return Decision.no(f"Money moved on {last.isoformat()}. Correct the day of this step.")
    return Decision.yes()


def may_close(recovered: int, allocated: int) -> Decision:
    """A claim is closed once all that came in has gone somewhere; in minor units."""
    if allocated != recovered:
        return Decision.no("Say where the rest of what was recovered went, then close the claim.")
    return Decision.yes()
