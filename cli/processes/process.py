"""One process: what to start, how to tell that it is ready, what its log ends with.

Leaves starting, watching and ending to `cli.processes.stack`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class ProcessError(Exception):
    """A process could not be started; the text says which one, why and what to do."""


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
    within `ready_seconds`, which a machine busy with other work needs many of.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str | Said | Callable[[], bool] | None = None
    cwd: Path | None = None
    ready_seconds: float = 180.0
    address: str | None = None
    advice: str = "Read the log, mend the cause, and start again."

    @property
    def health(self) -> str | None:
        """The address that tells whether it is well, where there is one."""
        return self.ready if isinstance(self.ready, str) else None


def complaint(process: Process, what: str) -> str:
    """The sentence on a process that went wrong, with the end of its log."""
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
