"""Several exhibits at one go: each by its own transaction, so that one refusal harms no other.

Owns that each is answered. Leaves what may be done to one to `casework.custody.storing` and
`casework.custody.handing_over`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from casework.act import Act
from casework.custody import handing_over, storing
from casework.custody.sides import Giving
from casework.errors import Refused
from evidence.vault import Vault
from storage.session import Database

MOST = 50
"""How many exhibits are taken at one go."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one exhibit; no reasons: it was done."""

    exhibit: str
    reasons: tuple[str, ...] = ()


def take_in(
    db: Database, act: Act, seals: Mapping[str, str], *, place: str, condition: str
) -> tuple[Answer, ...]:
    """Take exhibits in. `seals`: the seal number read on each, by the exhibit's reference."""
    return _each(
        seals,
        lambda exhibit, seal: storing.take_in(
            db, act, exhibit, seal_number=seal, place=place, condition=condition
        ),
    )


def store(
    db: Database, act: Act, seals: Mapping[str, str], *, place: str, condition: str
) -> tuple[Answer, ...]:
    """Put exhibits into a place."""
    return _each(
        seals,
        lambda exhibit, seal: storing.store(
            db, act, exhibit, place=place, seal_number=seal, condition=condition
        ),
    )


def give(
    db: Database, vault: Vault, act: Act, seals: Mapping[str, str], said: Giving
) -> tuple[Answer, ...]:
    """Open a hand-over of each to the same taker; `said.seal_out` is each exhibit's own."""
    return _each(
        seals,
        lambda exhibit, seal: handing_over.give(
            db, vault, act, exhibit, replace(said, seal_out=seal)
        ),
    )


def _each(seals: Mapping[str, str], one_done: Callable[[str, str], object]) -> tuple[Answer, ...]:
    if not seals:
        raise Refused("Scan or type at least one label first.")
    if len(seals) > MOST:
        raise Refused(f"Take at most {MOST} exhibits at one go.")
    answers: list[Answer] = []
    for exhibit, seal in seals.items():
        try:
            one_done(exhibit, seal)
        except Refused as refused:
            answers.append(Answer(exhibit, refused.reasons))
        else:
            answers.append(Answer(exhibit))
    return tuple(answers)
