"""What `doctor` says of one thing it looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether `what` is well, how it stands, and the command or page that mends it."""

    well: bool
    what: str
    state: str
    mend: str


def well(what: str, state: str) -> Finding:
    """Nothing to mend."""
    return Finding(True, what, state, "")


def troubled(what: str, state: str, mend: str) -> Finding:
    """Something to mend."""
    return Finding(False, what, state, mend)
