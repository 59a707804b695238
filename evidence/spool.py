"""The spool: files on their way in, kept as far as they have come until the vault has them.

Owns the folder of uploads: one folder each with the facts it began with, the bytes so far, and,
once it was taken in, what became of it. How far an upload is, is the size of its bytes on the disk
and nothing else: no counter can tell more than was kept. Writers of any number of processes append
under a file lock, each chunk only where it says it belongs. Leaves who may write to `casework`, and
originals to `vault`.
"""

import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

from evidence.disk import sync

_FACTS, _BYTES, _ANSWER = "facts.json", "bytes", "answer.json"
_NEW, _GONE = ".new-", ".gone-"


class Gone(Exception):  # noqa: N818 - says what is the matter
    """There is no such upload, or not any more."""


class OffsetMoved(Exception):  # noqa: N818
    """The bytes so far end elsewhere: at `offset`. Ask, and go on from there."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the upload stands at {offset}")
        self.offset = offset


class Overlong(Exception):  # noqa: N818
    """More bytes than the upload said it would have; none of the chunk was kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload began with: its folder's name, the length in bytes, the digest claimed."""

    key: str
    person: int
    reference: str
    shot: str
    digest: str
    length: int
    name: str
    begun_at: datetime


class Spool:
    """The uploads under `root`. Safe for many processes at once."""

    __slots__ = ("root",)

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, upload: Upload) -> Upload:
        """Make room for an upload, durable when this returns; the one there is, under its key."""
        self.root.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=_NEW, dir=self.root))
        try:
            _write(made / _FACTS, _packed(upload))
            _write(made / _BYTES, b"")
            sync(made)
            made.rename(self.root / upload.key)
        except OSError as error:
            shutil.rmtree(made, ignore_errors=True)
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            return self.find(upload.key)
        sync(self.root)
        return upload

    def find(self, key: str) -> Upload:
        """The upload of that key. Raises Gone."""
        try:
            facts = json.loads((self.root / key / _FACTS).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise Gone from None
        return Upload(**facts | {"begun_at": datetime.fromisoformat(facts["begun_at"])})

    def offset(self, upload: Upload) -> int:
        """How many bytes are on the disk for good. Raises Gone."""
        if self.answer(upload) is not None:
            return upload.length
        with self._bytes(upload) as file:
            os.fsync(file.fileno())
            return os.fstat(file.fileno()).st_size

    def append(self, upload: Upload, at: int, chunk: bytes) -> int:
        """Write `chunk` where the bytes so far end, which must be `at`; gives where it ends now.

        A lock is held for one chunk, so that a dead connection keeps nobody out: whoever comes
        second finds the end moved. Raises OffsetMoved, Overlong, Gone; an OSError of a full disk
        leaves what could be written, and the size tells how much that is.
        """
        with self._bytes(upload) as file:
            end = os.fstat(file.fileno()).st_size
            if self.answer(upload) is not None:
                raise OffsetMoved(upload.length)
            if end != at:
                raise OffsetMoved(end)
            if end + len(chunk) > upload.length:
                raise Overlong
            left = memoryview(chunk)
            while left:
                left = left[os.pwrite(file.fileno(), left, end) :]
                end = os.fstat(file.fileno()).st_size
            return end

    def restart(self, upload: Upload) -> None:
        """Forget the bytes so far: they are not those the upload spoke of."""
        with self._bytes(upload) as file:
            os.ftruncate(file.fileno(), 0)
            os.fsync(file.fileno())

    def open(self, upload: Upload) -> BufferedReader:
        """The bytes, to be read. Raises Gone."""
        try:
            return (self.root / upload.key / _BYTES).open("rb")
        except FileNotFoundError:
            raise Gone from None

    def answer(self, upload: Upload) -> dict[str, Any] | None:
        """What became of an upload that was taken in."""
        try:
            return json.loads((self.root / upload.key / _ANSWER).read_bytes())
        except FileNotFoundError:
            return None

    def close(self, upload: Upload, answer: dict[str, Any]) -> None:
        """Note what became of it, then let the bytes go: from here on they are the vault's."""
        folder = self.root / upload.key
        aside = folder / f"{_ANSWER}.new"
        _write(aside, json.dumps(answer).encode())
        aside.replace(folder / _ANSWER)
        sync(folder)
        with suppress(FileNotFoundError):
            (folder / _BYTES).unlink()

    def remove(self, upload: Upload) -> None:
        """Take an upload away whole, or not at all.

        A crash leaves its bytes under a name of their own, in nobody's way, for `clear`.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        gone = Path(tempfile.mkdtemp(prefix=_GONE, dir=self.root))
        with suppress(FileNotFoundError):
            (self.root / upload.key).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def clear(self, before: datetime) -> int:
        """Take away what crashes left: removed before it was gone, or begun `before` and never
        whole; gives how many.
        """
        left = [*self.root.glob(f"{_GONE}*")]
        for folder in self.root.glob(f"{_NEW}*"):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < before.timestamp():
                    left.append(folder)
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
        return len(left)

    def of(self, person: int) -> list[Upload]:
        """The uploads of a person."""
        return self._all(f"{person}-*")

    def all(self) -> list[Upload]:
        """Every upload."""
        return self._all("[0-9]*")

    def room(self) -> int:
        """Bytes that are free on the spool's disk."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    @contextmanager
    def turn(self, upload: Upload) -> Iterator[None]:
        """Whoever takes an upload in has it for themselves meanwhile. Raises Gone."""
        try:
            facts = (self.root / upload.key / _FACTS).open("rb")
        except FileNotFoundError:
            raise Gone from None
        with facts:
            fcntl.flock(facts, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _bytes(self, upload: Upload) -> Iterator[FileIO]:
        try:
            file = (self.root / upload.key / _BYTES).open("r+b", buffering=0)
        except FileNotFoundError:
            if self.answer(upload) is None:
                raise Gone from None
            raise OffsetMoved(upload.length) from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _all(self, pattern: str) -> list[Upload]:
        found = []
        for folder in sorted(self.root.glob(pattern)):
            with suppress(Gone):
                found.append(self.find(folder.name))
        return found


def _packed(upload: Upload) -> bytes:
    return json.dumps(asdict(upload) | {"begun_at": upload.begun_at.isoformat()}).encode()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
