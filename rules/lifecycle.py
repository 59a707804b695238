"""The way of a test buy: its stages, and every legal move between them, as one table of data.

Owns which move leads from which stage to which, which roles may make it, and which early end fits
which stage. What is not in a table is refused with the reason. Leaves the conditions of a single
move (budget, shots, quorum) to the rule of that subject, and the change of the row to
`casework.move`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.decision import Decision
from rules.roles import Role


class Stage(StrEnum):
    """Where a test buy stands. The ten of the way, then the two early ends."""

    REQUESTED = "requested"
    AUTHORISED = "authorised"
    ASSIGNED = "assigned"
    ORDERED = "ordered"
    RECEIVED = "received"
    DOCUMENTED = "documented"
    SUBMITTED = "submitted"
    JUDGED = "judged"
    REFERRED = "referred"
    CLOSED = "closed"
    DECLINED = "declined"
    ABANDONED = "abandoned"


WAY: tuple[Stage, ...] = tuple(Stage)[:10]
"""The stages in order, as the stage strip shows them."""

ENDS: frozenset[Stage] = frozenset({Stage.CLOSED, Stage.DECLINED, Stage.ABANDONED})
"""Nothing moves on from here."""


class Move(StrEnum):
    """What can be done to a test buy."""

    REQUEST = "request"
    AUTHORISE = "authorise"
    DECLINE = "decline"
    ASSIGN = "assign"
    PLACE_ORDER = "place_order"
    ORDER_AGAIN = "order_again"
    RECEIVE = "receive"
    DOCUMENT = "document"
    SUBMIT = "submit"
    ASK_PHOTO = "ask_photo"
    JUDGE = "judge"
    JUDGE_AGAIN = "judge_again"
    REFER = "refer"
    CLOSE = "close"
    ABANDON = "abandon"


class EarlyEnd(StrEnum):
    """Why a test buy was abandoned (domain: section 3, "ways a buy ends early")."""

    LISTING_GONE = "listing_gone"
    SELLER_CANCELLED = "seller_cancelled"
    PAYMENT_REFUSED = "payment_refused"
    NOT_SHIPPED = "not_shipped"
    LOST_IN_TRANSIT = "lost_in_transit"
    PARCEL_REFUSED = "parcel_refused"
    WRONG_PARCEL = "wrong_parcel"
    EMPTY_PARCEL = "empty_parcel"
    DAMAGED = "damaged"
    BUYER_WITHDREW = "buyer_withdrew"
    BUDGET_WITHDRAWN = "budget_withdrawn"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: `move` leads from `source` (None: from nothing) to `target`."""

    move: Move
    source: Stage | None
    target: Stage
    roles: frozenset[Role]


def _rule(move: Move, source: Stage | None, target: Stage, *roles: Role) -> Rule:
    return Rule(move, source, target, frozenset(roles))


_BEFORE_JUDGED = WAY[: WAY.index(Stage.JUDGED)]

MOVES: tuple[Rule, ...] = (
    _rule(Move.REQUEST, None, Stage.REQUESTED, Role.ANALYST, Role.PROGRAMME),
    _rule(Move.AUTHORISE, Stage.REQUESTED, Stage.AUTHORISED, Role.APPROVER, Role.PROGRAMME),
    _rule(Move.DECLINE, Stage.REQUESTED, Stage.DECLINED, Role.APPROVER),
    _rule(Move.ASSIGN, Stage.AUTHORISED, Stage.ASSIGNED, Role.ANALYST, Role.PROGRAMME),
    _rule(Move.PLACE_ORDER, Stage.ASSIGNED, Stage.ORDERED, Role.BUYER, Role.PROGRAMME),
    _rule(Move.ORDER_AGAIN, Stage.ORDERED, Stage.ASSIGNED, Role.ANALYST, Role.PROGRAMME),
    _rule(Move.RECEIVE, Stage.ORDERED, Stage.RECEIVED, Role.BUYER, Role.CLERK),
    _rule(Move.DOCUMENT, Stage.RECEIVED, Stage.DOCUMENTED, Role.BUYER, Role.CLERK),
    _rule(Move.SUBMIT, Stage.DOCUMENTED, Stage.SUBMITTED, Role.CLERK, Role.PROGRAMME),
    _rule(Move.ASK_PHOTO, Stage.SUBMITTED, Stage.DOCUMENTED, Role.AUTHENTICATOR),
    _rule(Move.JUDGE, Stage.SUBMITTED, Stage.JUDGED, Role.PROGRAMME),
    _rule(Move.JUDGE_AGAIN, Stage.JUDGED, Stage.SUBMITTED, Role.ANALYST, Role.PROGRAMME),
    _rule(Move.REFER, Stage.JUDGED, Stage.REFERRED, Role.PROGRAMME),
    _rule(Move.CLOSE, Stage.JUDGED, Stage.CLOSED, Role.ANALYST, Role.PROGRAMME),
    _rule(Move.CLOSE, Stage.REFERRED, Stage.CLOSED, Role.LIAISON, Role.PROGRAMME),
    *(
        _rule(Move.ABANDON, stage, Stage.ABANDONED, Role.ANALYST, Role.BUYER, Role.PROGRAMME)
        for stage in _BEFORE_JUDGED
    ),
)

_BUYING = (Stage.ASSIGNED, Stage.ORDERED)
_IN_HAND = (Stage.RECEIVED, Stage.DOCUMENTED, Stage.SUBMITTED)

ENDS_EARLY_FROM: Mapping[EarlyEnd, frozenset[Stage]] = {
    why: frozenset(stages)
    for why, stages in {
        EarlyEnd.LISTING_GONE: (Stage.REQUESTED, Stage.AUTHORISED, Stage.ASSIGNED),
        EarlyEnd.BUDGET_WITHDRAWN: (Stage.REQUESTED, Stage.AUTHORISED, Stage.ASSIGNED),
        # Assigned is also where it stands again after an order that failed.
        EarlyEnd.PAYMENT_REFUSED: _BUYING,
        EarlyEnd.SELLER_CANCELLED: _BUYING,
        EarlyEnd.NOT_SHIPPED: _BUYING,
        EarlyEnd.LOST_IN_TRANSIT: (Stage.ORDERED,),
        EarlyEnd.PARCEL_REFUSED: (Stage.ORDERED,),
        EarlyEnd.REFUNDED: (Stage.ORDERED, *_IN_HAND),
        # What a parcel holds is known once it has arrived.
        EarlyEnd.WRONG_PARCEL: (Stage.RECEIVED, Stage.DOCUMENTED),
        EarlyEnd.EMPTY_PARCEL: (Stage.RECEIVED, Stage.DOCUMENTED),
        EarlyEnd.DAMAGED: _IN_HAND,
        # A buyer is done once the exhibits are with the clerk.
        EarlyEnd.BUYER_WITHDREW: (*_BUYING, Stage.RECEIVED, Stage.DOCUMENTED),
    }.items()
}
"""At which stages a test buy may be said to end early for which reason."""

_BY_STEP: dict[tuple[Move, Stage | None], Rule] = {(rule.move, rule.source): rule for rule in MOVES}
assert len(_BY_STEP) == len(MOVES), "a move has one target from a stage"


def rule_for(move: Move, source: Stage | None) -> Rule | None:
    """The row of the table for `move` from `source`, or None where there is none."""
    return _BY_STEP.get((move, source))


def may(move: Move, source: Stage | None, role: Role) -> Decision:
    """Whether `role` may make `move` from `source`; a refusal says where the move does start."""
    rule = rule_for(move, source)
    if rule is None:
        return Decision.no(_wrong_stage(move, source))
    if role not in rule.roles:
        allowed = _either(role.value for role in sorted(rule.roles))
        return Decision.no(f"Only {allowed} may {_words(move)}; you act as {role}.")
    return Decision.yes()


def may_end(why: EarlyEnd, stage: Stage) -> Decision:
    """Whether a person may say that a test buy at `stage` ends early for `why`."""
    if stage in ENDS_EARLY_FROM[why]:
        return Decision.yes()
    fits = [each for each in EarlyEnd if stage in ENDS_EARLY_FROM[each]]
    if not fits:
        return Decision.no(_wrong_stage(Move.ABANDON, stage))
    return Decision.no(
        f"A test buy that is {stage} can't end with “{_words(why)}”; "
        f"say {_either(_words(each) for each in fits)}."
    )


def _wrong_stage(move: Move, source: Stage | None) -> str:
    stands = f"The test buy is {source}" if source else "The test buy does not exist yet"
    starts = [rule.source.value for rule in MOVES if rule.move is move and rule.source]
    if not starts:
        return f"{stands}; it was requested already."
    return f"{stands}; to {_words(move)} it must be {_either(starts)}."


def _words(word: Move | EarlyEnd) -> str:
    return word.value.replace("_", " ")


def _either(words: Iterable[str]) -> str:
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
