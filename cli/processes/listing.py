"""The list, in the home folder, of the processes that were started from it.

Owns its file. Leaves starting and ending them to `stack`, and what to make of one that has died to
`cli.doctor`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flows.whereabouts import began

LIST_NAME = "processes.json"


class Entry(NamedTuple):
    """A process as it is written down; `address` is where people reach it."""

    name: str
    pid: int
    log: Path
    health: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the list in the home folder, as `doctor` shows it.

    `health`: the address it answers at when it is well, where it has one. `address`: where people
    reach it.
    """

    name: str
    pid: int
    log: Path
    alive: bool
    health: str | None
    address: str | None = None


def write_list(home: Path, processes: Iterable[Entry]) -> None:
    """Replace the list by these."""
    entries = [
        each._asdict() | {"began": began(each.pid), "log": str(each.log)} for each in processes
    ]
    unfinished = home / f"{LIST_NAME}.new"
    unfinished.write_text(json.dumps(entries, indent=1), "utf-8")
    unfinished.replace(home / LIST_NAME)


def portal_address(home: Path) -> str | None:
    """Where the portal that runs from a home folder is reached; None where none does."""
    portals = [each for each in listed(home) if each.name == "portal" and each.alive]
    return portals[0].address if portals else None


def listed(home: Path) -> list[Listed]:
    """What was started from a home folder and not ended in order since, oldest first."""
    try:
        entries = json.loads((home / LIST_NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [
        Listed(
            name=entry["name"],
            pid=entry["pid"],
            log=Path(entry["log"]),
            alive=entry["began"] != "" and began(entry["pid"]) == entry["began"],
            health=entry.get("health"),
            address=entry.get("address"),
        )
        for entry in entries
    ]
