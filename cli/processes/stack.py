"""The processes of one installation, started, watched and ended together.

Owns: real child processes, each in a session of its own with a log file; waiting until each is
ready; ending all of them in reverse order, whatever becomes of this process; the list in the home
folder of what runs. Leaves to others what a process is (`process`), that one supervisor has the
home folder (`claim`), which processes there are and what is told to people (`serving`,
`cli.demo`), and how each one ends in order when it gets SIGTERM.

Nothing stays behind: `stop()` ends each process's whole group; SIGINT and SIGTERM lead there; and
where this process is killed outright, the guard does it: a small process of its own that holds the
other end of a pipe, and ends whatever is still registered when the pipe closes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Self

from cli.processes import guard
from cli.processes.claim import Claim
from cli.processes.listing import Entry, write_list
from cli.processes.loopback import answers
from cli.processes.process import Process, ProcessError, Said, complaint

#: Seconds a process has to end by itself after SIGTERM; the worker waits 10 s for its runs.
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class _Child:
    process: Process
    popen: subprocess.Popen[bytes]
    log_offset: int

    def ended_with(self) -> int | None:
        """The code it ended with, negative for a signal; None while it runs.

        Leaves the ended process unreaped, so that its id stays its own until its group is cleared.
        """
        if not hasattr(os, "waitid"):
            return self.popen.poll()
        if self.popen.returncode is not None:
            return self.popen.returncode
        end = os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if end is None:
            return None
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status

    def is_ready(self) -> bool:
        ready = self.process.ready
        match ready:
            case None:
                return True
            case str():
                return answers(ready)
            case Said():
                with self.process.log.open("rb") as log:
                    log.seek(self.log_offset)
                    return ready.text.encode() in log.read()
            case _:
                return ready()


class Stack:
    """The running processes of one home folder; a context manager, for the main thread.

    `stop_seconds` bounds the orderly end of each process. Entering it raises AlreadyRunningError
    where processes of this home folder still run. While it is entered, SIGTERM raises SystemExit.
    """

    def __init__(self, home: Path, *, stop_seconds: float = STOP_SECONDS) -> None:
        self._home = home
        self._stop_seconds = stop_seconds
        self._children: dict[str, _Child] = {}
        self._guard: subprocess.Popen[bytes] | None = None
        self._claim: Claim | None = None
        self._handlers: dict[int, Any] = {}
        self._launching = False
        self._deferred: int | None = None

    def __enter__(self) -> Self:
        self._claim = Claim(self._home)
        self._guard = subprocess.Popen(
            (sys.executable, "-I", "-S", guard.__file__, str(self._stop_seconds)),
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._leave)
        return self

    def __exit__(self, *_: object) -> None:
        # A second Ctrl-C must not cut the clearing up short.
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)
        try:
            self.stop()
        finally:
            if self._guard is not None:
                self._guard.communicate()
                self._guard = None
            if self._claim is not None:
                self._claim.give_back()
                self._claim = None
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            self._handlers.clear()

    def start(self, *processes: Process) -> None:
        """Start all of them at once, and return when each is ready.

        Raises ProcessError naming one that is not, with the end of its log; what was started stays
        until the stack is left. Nothing is started where one's address answers already: somebody
        else's answer would be taken for its own.
        """
        for process in processes:
            if process.health and answers(process.health):
                raise ProcessError(
                    f"{process.name} was not started: another program answers at {process.health}."
                    " End that one, or choose another port."
                )
        children = [self._launch(process) for process in processes]
        for child in children:
            self._await_ready(child)
        for child in children:
            # The first to be ready may have died while the others were waited for.
            if (code := child.ended_with()) is not None and child.process.ready is not None:
                raise ProcessError(complaint(child.process, f"ended at its start with code {code}"))

    def restart(self, name: str) -> None:
        """End a process, also one that has died, and start it anew as it was."""
        child, order = self._child(name), list(self._children)
        self._end(child)
        try:
            self.start(child.process)
        finally:
            # Its place decides when it is ended: the server after those that need it.
            there = self._children
            self._children = {each: there[each] for each in order if each in there}
            self._write_list()

    def alive(self) -> dict[str, bool]:
        """Whether each started process still runs, in the order of their start."""
        return {name: child.ended_with() is None for name, child in self._children.items()}

    def ended_with(self, name: str) -> int | None:
        """The code a process ended with, negative for a signal; None while it runs."""
        return self._child(name).ended_with()

    def log(self, name: str) -> Path:
        return self._child(name).process.log

    def pid(self, name: str) -> int:
        return self._child(name).popen.pid

    def stop(self) -> None:
        """End all processes, the last started first; one that does not end in time is killed."""
        for child in reversed(list(self._children.values())):
            self._end(child)
        self._write_list()

    def _leave(self, number: int, _: FrameType | None) -> None:
        if self._launching:
            self._deferred = number
        elif number == signal.SIGINT:
            raise KeyboardInterrupt
        else:
            raise SystemExit(128 + number)

    def _child(self, name: str) -> _Child:
        if name not in self._children:
            raise ProcessError(f"No process named {name!r} was started.")
        return self._children[name]

    def _launch(self, process: Process) -> _Child:
        if process.name in self._children:
            raise ProcessError(f"A process named {process.name!r} was started already.")
        process.log.parent.mkdir(parents=True, exist_ok=True)
        # A signal between the start of a process and its entry here would leave it behind.
        self._launching = True
        try:
            with process.log.open("ab") as log:
                offset = log.tell()
                popen = subprocess.Popen(
                    process.argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **process.env},
                    cwd=process.cwd,
                    start_new_session=True,
                )
            self._tell_guard(f"+{popen.pid}")
            child = self._children[process.name] = _Child(process, popen, offset)
            self._write_list()
        except OSError as error:
            raise ProcessError(
                f"{process.name} can't be started: {error}. {process.advice}"
            ) from error
        finally:
            self._launching = False
        if self._deferred is not None:
            number, self._deferred = self._deferred, None
            self._leave(number, None)
        return child

    def _await_ready(self, child: _Child) -> None:
        process = child.process
        deadline = time.monotonic() + process.ready_seconds
        while (code := child.ended_with()) is None:
            if child.is_ready() and child.ended_with() is None:
                return
            if time.monotonic() > deadline:
                raise ProcessError(
                    complaint(process, f"was not ready within {process.ready_seconds:g} s")
                )
            time.sleep(0.05)
        raise ProcessError(complaint(process, f"ended at its start with code {code}"))

    def _end(self, child: _Child) -> None:
        pid = child.popen.pid
        if child.ended_with() is None:
            # Only the leader, as an operating system would: it ends its own children in order.
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + self._stop_seconds
            while child.ended_with() is None and time.monotonic() < deadline:
                time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        child.popen.wait()
        self._tell_guard(f"-{pid}")
        self._children.pop(child.process.name, None)

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.write(f"{line}\n".encode())
            self._guard.stdin.flush()

    def _write_list(self) -> None:
        write_list(
            self._home,
            [
                Entry(name, child.popen.pid, process.log, process.health, process.address)
                for name, child in self._children.items()
                for process in (child.process,)
            ],
        )
