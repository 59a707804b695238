"""The processes of one installation, started, watched and ended together.

Owns: real child processes, each in a session of its own with a log file; waiting until each is
ready; ending all of them in reverse order, whatever becomes of this process; the list in the home
folder of what runs. Leaves to others which processes there are and what is told to people
(`cli.demo`, `cli.up`), and how each one ends in order when it gets SIGTERM.

Nothing stays behind: `stop()` ends each process's whole group; SIGINT and SIGTERM lead there; and
where this process is killed outright, the guard does it: a small process of its own that holds the
other end of a pipe, and ends whatever is still registered when the pipe closes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Self

from cli import guard
from cli.listing import Entry, listed, write_list
from cli.loopback import answers

#: Locked, in the home folder, by the one supervisor of its processes, until that ends anyhow.
CLAIM_NAME = "supervisor.lock"

#: Seconds a process has to end by itself after SIGTERM; the worker waits 10 s for its runs.
STOP_SECONDS = 15.0


class ProcessError(Exception):
    """A process could not be started; the text says which one, why and what to do."""


class AlreadyRunningError(ProcessError):
    """Processes of the same home folder still run."""


@dataclass(frozen=True, slots=True)
class Said:
    """Ready once this text is written to the log."""

    text: str


@dataclass(frozen=True, slots=True)
class Process:
    """What to start, and how to tell that it is ready.

    `env` is added to this process's own environment. `ready` is a URL that answers (anything below
    500), a text to be said in the log, a callable that becomes true, or None for "as soon as it is
    started". `address` is where people reach it. `advice` is printed when it does not become ready
    within `ready_seconds`.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str | Said | Callable[[], bool] | None = None
    cwd: Path | None = None
    ready_seconds: float = 60.0
    address: str | None = None
    advice: str = "Read the log, mend the cause, and start again."

    @property
    def health(self) -> str | None:
        """The address that tells whether it is well, where there is one."""
        return self.ready if isinstance(self.ready, str) else None


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
        self._claim: int | None = None
        self._handlers: dict[int, Any] = {}
        self._launching = False
        self._deferred: int | None = None

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True, exist_ok=True)
        self._take_home()
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
            self._give_home_back()
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
                raise ProcessError(
                    _complaint(child.process, f"ended at its start with code {code}")
                )

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

    def _take_home(self) -> None:
        self._claim = os.open(self._home / CLAIM_NAME, os.O_RDWR | os.O_CREAT, 0o644)
        free = True
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            free = False
        # Also where the lock is free: a killed supervisor's processes take a moment to end.
        alive = [entry for entry in listed(self._home) if entry.alive]
        if free and not alive:
            return
        self._give_home_back()
        runs = f"{alive[0].name} (process {alive[0].pid}) already runs" if alive else None
        raise AlreadyRunningError(
            f"{runs or 'Another testbuy is starting'} from {self._home}."
            " End it first, or choose another home folder with TESTBUY_HOME."
        )

    def _give_home_back(self) -> None:
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

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
                    _complaint(process, f"was not ready within {process.ready_seconds:g} s")
                )
            time.sleep(0.05)
        raise ProcessError(_complaint(process, f"ended at its start with code {code}"))

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


def _complaint(process: Process, what: str) -> str:
    lines = last_lines(process.log)
    tail = "\n".join(f"    {line}" for line in lines) if lines else "    (its log is empty)"
    return f"{process.name} {what}. {process.advice}\nIts log {process.log} ends:\n{tail}"


def last_lines(log: Path, number: int = 20) -> list[str]:
    """The end of a log file; empty where there is none yet."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            return file.read().decode("utf-8", "replace").splitlines()[-number:]
    except OSError:
        return []


def python_module(
    name: str,
    module: str,
    arguments: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    ready: str | Said | Callable[[], bool] | None = None,
    cwd: Path | None = None,
    address: str | None = None,
) -> Process:
    """`python -m module arguments…` with this interpreter."""
    return Process(
        name=name,
        argv=(sys.executable, "-m", module, *arguments),
        log=log,
        env={"PYTHONUNBUFFERED": "1", **(env or {})},
        ready=ready,
        cwd=cwd,
        address=address,
    )
