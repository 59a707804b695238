"""The claim on a home folder: one supervisor at a time, however it ends.

A lock of the operating system, which a killed process can't keep, and a look at the list of what
still runs: the processes of a killed supervisor take a moment to end.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from cli.processes.listing import listed
from cli.processes.process import ProcessError

CLAIM_NAME = "supervisor.lock"


class AlreadyRunningError(ProcessError):
    """Processes of the same home folder still run."""


class Claim:
    """Taken when made; AlreadyRunningError where another holds the folder or its processes run."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(home / CLAIM_NAME, os.O_RDWR | os.O_CREAT, 0o644)
        free = True
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            free = False
        alive = [entry for entry in listed(home) if entry.alive]
        if free and not alive:
            return
        self.give_back()
        runs = f"{alive[0].name} (process {alive[0].pid}) already runs" if alive else None
        raise AlreadyRunningError(
            f"{runs or 'Another testbuy is starting'} from {home}."
            " End it first, or choose another home folder with TESTBUY_HOME."
        )

    def give_back(self) -> None:
        os.close(self._lock)
