"""The time line of a test buy: who did what when, each entry under the seal of its ledger entry.

Reads the ledger as it lies there, digests and all, beside the moves whose readable twin it is.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.ledger import Entry
from storage import ledger
from storage.session import Database
from storage.tables import MoveRecord


@dataclass(frozen=True, slots=True)
class Noted:
    """A ledger entry that moved nothing: what was noted, when, by which role, and its digest."""

    what: str
    at: datetime
    by_role: str
    digest: str


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A move with its digest, None where the ledger has no such entry, and what came after it."""

    move: MoveRecord
    digest: str | None
    notes: tuple[Noted, ...]


def timeline(db: Database, reference: str, moves: Sequence[MoveRecord]) -> tuple[LineEntry, ...]:
    """The moves of a test buy, the newest first, each with what was noted until the next."""
    with db.read() as tx:
        entries = [(entry, _facts(entry)) for entry in ledger.chain(tx, reference)]
    lines: list[LineEntry] = []
    left = list(entries)
    for move, following in zip(moves, (*moves[1:], None), strict=True):
        at = next((n for n, each in enumerate(left) if _is(move, each[1])), None)
        digest = f"sha256:{left[at][0].hash.hex()}" if at is not None else None
        left = left[at + 1 :] if at is not None else left
        upto = next(
            (n for n, each in enumerate(left) if following and _is(following, each[1])), None
        )
        notes = tuple(noted for entry, facts in left[:upto] if (noted := _noted(entry, facts)))
        lines.append(LineEntry(move, digest, notes))
    return tuple(reversed(lines))


def _facts(entry: Entry) -> dict[str, object]:
    try:
        body = json.loads(entry.body)
    except ValueError:
        # Somebody changed it: the look at the ledger says so, the page stands without it.
        return {}
    return {**body.get("facts", {}), "at": body.get("at")} if isinstance(body, dict) else {}


def _is(move: MoveRecord, facts: dict[str, object]) -> bool:
    return facts.get("what") == move.move and facts.get("version") == move.version


def _noted(entry: Entry, facts: dict[str, object]) -> Noted | None:
    what, at, by = facts.get("what"), facts.get("at"), facts.get("by")
    if not isinstance(what, str) or not isinstance(at, str):
        return None
    role = str(by or "").partition(":")[0]
    return Noted(what, datetime.fromisoformat(at), role, f"sha256:{entry.hash.hex()}")
