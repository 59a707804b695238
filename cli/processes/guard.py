"""Ends a supervisor's processes when the supervisor has gone without doing so itself.

Owns nothing but process ids: one line `+<pid>` on standard input registers a process that leads a
group of its own, `-<pid>` takes it back. When the input closes, whoever is still registered gets
SIGTERM, the last one first, and after a bounded wait its whole group gets SIGKILL. It runs as a
file of its own with nothing but the standard library, so that it starts in no time and shares
nothing with what it watches.

    python -I -S cli/processes/guard.py <seconds to wait after SIGTERM>
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def watch(lines: Iterable[str], wait_seconds: float) -> None:
    pids: list[int] = []
    for line in lines:
        pid = int(line[1:])
        if line.startswith("+"):
            pids.append(pid)
        elif pid in pids:
            pids.remove(pid)
    for pid in reversed(pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + wait_seconds
    while any(map(runs, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def runs(pid: int) -> bool:
    """False once a process has ended, also where nobody has taken note of its end yet."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except OSError:
        return not Path("/proc/self/stat").exists()
    return stat.rpartition(")")[2].split()[0] != "Z"


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch(sys.stdin, float(sys.argv[1]))
