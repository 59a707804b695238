"""In which process something runs, and whether that process has ended.

Owns the text that Prefect keeps as a run's `infrastructure_pid`. Leaves to the worker what becomes
of a run whose process is gone.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


class Whereabouts:
    """Which process runs a flow run: what Prefect keeps as a run's `infrastructure_pid`."""

    def __init__(self, host: str, pid: int, began_at_tick: str) -> None:
        self._host, self._pid, self._began = host, pid, began_at_tick

    @classmethod
    def own(cls) -> Whereabouts:
        return cls(socket.gethostname(), os.getpid(), began(os.getpid()))

    @classmethod
    def parse(cls, text: str | None) -> Whereabouts:
        """The reverse of `str`; a text of another worker's making gives one that is nowhere."""
        parts = (text or "").split("/")
        if len(parts) != 3 or not parts[1].isdigit():
            return cls("", 0, "")
        return cls(parts[0], int(parts[1]), parts[2])

    def __str__(self) -> str:
        return f"{self._host}/{self._pid}/{self._began}"

    def is_gone(self) -> bool:
        """True only where this machine can tell that the process has ended."""
        return self._host == socket.gethostname() and began(self._pid) != self._began


def began(pid: int) -> str:
    """When a process began, in the kernel's ticks: a pid alone may be given out anew.

    Empty for one that has ended. Without /proc: "?" while some process has that pid.
    """
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        return "?"
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The second field is the program's name in brackets and may itself hold blanks and brackets.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
