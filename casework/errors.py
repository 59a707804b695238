"""How casework says no, and how it says why."""

from datetime import timedelta

from rules.decision import Decision
from rules.lifecycle import Stage


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule said no. Nothing was changed; `reasons` say what to do."""

    def __init__(self, *reasons: str, stage: Stage | None = None) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
        self.stage = stage


class Stale(Refused):
    """Somebody else was faster: the row is no longer as the caller saw it."""


class TooMany(Refused):
    """Too often in too short a time; it may be done again after `wait`."""

    def __init__(self, *reasons: str, wait: timedelta) -> None:
        super().__init__(*reasons)
        self.wait = wait


class LeaseLost(Refused):
    """A flow run writes after its lease was taken over; the run ends, the newer one goes on."""


class NotFound(Refused):
    """There is no such thing, or none that this person may see; the two are not told apart."""


def taken(table: str, columns: tuple[str, ...]) -> Refused:
    """What is said of a unique key that somebody took at the same moment."""
    what, which = table.replace("_", " "), " and ".join(columns).replace("_", " ")
    return Refused(
        f"There is a {what} with this {which} already: somebody was faster, or it was sent twice."
    )


def ensure(decision: Decision, stage: Stage | None = None) -> Decision:
    """Gives the decision back where it allows, else raises Refused with its reasons."""
    if not decision.allowed:
        raise Refused(*decision.reasons, stage=stage)
    return decision
