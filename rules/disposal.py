"""What may end with an exhibit, by whom, and what stands in the way: holds and retention.

Owns the ways of disposal, the roles, and the answer with its reasons. Leaves how long a thing is
kept to `rules.retention`, and carrying it out to `casework.keeping.disposing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.decision import Decision
from rules.holders import HolderKind
from rules.retention import Retention
from rules.roles import Role
from rules.verdicts import Verdict


class Way(StrEnum):
    """How an exhibit leaves custody, or becomes ours."""

    DESTROYED = "destroyed"
    TO_SELLER = "returned_to_seller"
    TO_OWNER = "returned_to_owner"
    TO_RIGHTS_HOLDER = "returned_to_rights_holder"
    TO_POLICE = "given_to_police"
    ASSET = "kept_as_asset"


TAKER: dict[Way, HolderKind] = {
    Way.DESTROYED: HolderKind.DISPOSED,
    Way.TO_SELLER: HolderKind.OWNER,
    Way.TO_OWNER: HolderKind.OWNER,
    Way.TO_RIGHTS_HOLDER: HolderKind.RIGHTS_HOLDER,
    Way.TO_POLICE: HolderKind.POLICE,
    Way.ASSET: HolderKind.ASSET,
}
"""Who or what holds the exhibit afterwards."""

HANDED_OVER: frozenset[Way] = frozenset(
    {Way.TO_SELLER, Way.TO_OWNER, Way.TO_RIGHTS_HOLDER, Way.TO_POLICE}
)
"""Ways with somebody on the other side, who signs."""

ASKS = Role.CLERK
APPROVES: frozenset[Role] = frozenset({Role.APPROVER, Role.SUPERVISOR})
PLACES_HOLD: frozenset[Role] = frozenset({Role.COUNSEL, Role.LIAISON, Role.SUPERVISOR})
LIFTS_HOLD: frozenset[Role] = frozenset({Role.COUNSEL, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Standing:
    """A legal hold that stands: its number, what it is on, who placed it when and why."""

    number: int
    on: str
    placed_by: str
    placed_at: datetime
    reason: str

    @property
    def sentence(self) -> str:
        """The hold in words."""
        return (
            f"Legal hold {self.number} on {self.on} stands, placed by {self.placed_by} on "
            f"{self.placed_at:%Y-%m-%d}: {self.reason.rstrip('.')}."
        )


def may_dispose(
    way: Way,
    today: date,
    *,
    retention: Retention,
    holds: Sequence[Standing],
    conclusion: Verdict | None,
) -> Decision:
    """Whether an exhibit may be disposed of in this way today; every objection is given.

    `conclusion` is the one that stands on the exhibit. Only what is genuine becomes an asset, and
    what is counterfeit goes back to no seller.
    """
    objections = [f"{each.sentence} Have it lifted first." for each in holds]
    if not retention.over(today):
        objections.append(f"It must still be kept. {retention.sentence}")
    if way is Way.ASSET and conclusion is not Verdict.GENUINE:
        said = "nobody has concluded on it" if conclusion is None else f"it is {conclusion}"
        objections.append(f"Only what is genuine becomes an asset; {said.replace('_', ' ')}.")
    if way is Way.TO_SELLER and conclusion not in (Verdict.GENUINE, Verdict.GREY_MARKET):
        objections.append("Only what is genuine goes back to its seller.")
    return Decision.unless(objections, retention.sentence)


def may_approve(asked_by: int, person: int) -> Decision:
    """Nobody approves the disposal they asked for."""
    if asked_by == person:
        return Decision.no("You asked for this disposal; somebody else must approve it.")
    return Decision.yes()


def may_lift(role: Role, asked: Sequence[int], person: int | None) -> Decision:
    """Whether somebody may lift a hold; `asked` are those who asked for a disposal it stops."""
    if role not in LIFTS_HOLD or person is None:
        return Decision.no("Only counsel or a supervisor lifts a legal hold.")
    if person in asked:
        return Decision.no("You asked for a disposal that this hold stops; somebody else lifts it.")
    return Decision.yes()
