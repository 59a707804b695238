"""Deciding many requests at once: each by itself, each with its own answer.

Owns the batch alone. Each request passes the door it would pass alone, in a transaction of its own,
so that a stale one, or one's own, holds up none of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.buying.requesting import approve, decline
from casework.errors import Refused
from storage.session import Database

MOST = 200
"""Requests of one batch; a page shows fewer."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one request: done, or not and why."""

    reference: str
    done: bool
    reasons: tuple[str, ...] = ()


def decide_each(
    db: Database, act: Act, chosen: Sequence[tuple[str, int]], *, decline_because: str | None
) -> tuple[Decided, ...]:
    """Approve the requests named with the version seen, or decline all of them for one reason.

    Refused as a whole where none is named, more than MOST are, or a reason to decline is empty.
    """
    if not chosen:
        raise Refused("Select at least one request.")
    if len(chosen) > MOST:
        raise Refused(f"Select at most {MOST} requests at once.")
    if decline_because is not None and not decline_because.strip():
        raise Refused("Say why the requests are declined.")
    return tuple(_decide(db, act, *each, decline_because) for each in dict.fromkeys(chosen))


def _decide(db: Database, act: Act, reference: str, version: int, because: str | None) -> Decided:
    try:
        if because is None:
            approve(db, act, reference, version=version)
        else:
            decline(db, act, reference, version=version, reason=because)
    except Refused as refused:
        return Decided(reference, False, refused.reasons)
    return Decided(reference, True)
