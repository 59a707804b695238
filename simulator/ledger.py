"""A server's memory of what was done there: JSON lines, appended and fsynced one by one.

Owns the file and its replay after a restart. A half-written last line, left by a killed process,
was never answered for and is cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Ledger:
    """The ledger at `path`, held by this process alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SystemExit(f"{path} is held by another simulator; give --ledger FILE") from error
        self._file.seek(0)
        whole = self._file.read()
        kept = whole[: whole.rfind(b"\n") + 1]
        if kept != whole:
            self._file.truncate(len(kept))
        self.entries: list[Entry] = [json.loads(line) for line in kept.splitlines()]

    def append(self, entry: Entry) -> None:
        """Durable on return."""
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.entries.append(entry)
