"""The bag: a BagIt 1.0 bag (RFC 8493) written as a stored, byte-deterministic zip.

Owns the zip, the sums of what goes in, the manifests made of them, and that a bag is there whole or
not at all. Leaves what goes in, and under which name, to `bundle`.
"""

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from evidence.digests import PREFIX, parse
from evidence.disk import sync
from evidence.errors import PackageError
from evidence.vault import Vault

_CHUNK = 1 << 20
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
"""What a file or folder in a bag may be called: no tool asks for quoting or escaping."""


class BundleError(PackageError):
    """The bundle can't be written, and nothing was left; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Both digests (hex) and the size of a file in the bag."""

    sha256: str
    sha512: str
    size: int


@dataclass(slots=True)
class Whole:
    """A zip that lies under its name: its digest and its size. Filled when it is whole."""

    digest: str = ""
    size: int = 0


class Bag:
    """A zip under one top folder that remembers what it took in."""

    def __init__(self, archive: zipfile.ZipFile, reference: str, side: ThreadPoolExecutor) -> None:
        if not NAME.fullmatch(reference):
            raise BundleError(f"{reference!r} can't name a bundle. Use letters, digits, - and _.")
        self.sums: dict[str, Sums] = {}
        self._archive, self._top, self._side = archive, reference, side

    def put(self, name: str, source: bytes | Iterable[bytes], size: int = 0) -> Sums:
        """Take in a file under `name`: bytes, or `size` bytes in chunks, of which one is held."""
        if name in self.sums:
            raise BundleError(f"The bundle was not written: {name} would be in it twice.")
        info = zipfile.ZipInfo(f"{self._top}/{name}", (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o100444 << 16
        # Told before, so that a file beyond 2 GB gets a header that can say how long it is.
        info.file_size = len(source) if isinstance(source, bytes) else size
        first, second, total = hashlib.sha256(), hashlib.sha512(), 0
        chunks = _cut(source) if isinstance(source, bytes) else source
        # SHA-512 takes longer than all the rest; hashing releases the interpreter, so that it
        # runs beside it.
        pending: Future[None] | None = None
        with self._archive.open(info, "w") as out:
            for chunk in chunks:
                if pending:
                    pending.result()
                pending = self._side.submit(second.update, chunk)
                first.update(chunk)
                out.write(chunk)
                total += len(chunk)
        if pending:
            pending.result()
        self.sums[name] = Sums(first.hexdigest(), second.hexdigest(), total)
        return self.sums[name]

    def take(self, name: str, vault: Vault, digest: str) -> Sums:
        """Take in a file of the vault, of any size; what it is made of is digested again."""
        return self.put(name, vault.chunks(digest), vault.size_of(digest))

    def manifest(self, algorithm: str, *, payload: bool) -> bytes:
        """The manifest of what was taken in so far: of the payload, or of the tag files."""
        rows = [
            f"{getattr(sums, algorithm)}  {name}\n"
            for name, sums in sorted(self.sums.items())
            if name.startswith("data/") is payload
        ]
        return "".join(rows).encode()


class Inventory(Bag):
    """A bag that keeps the names, digests and sizes of what it is given, and writes nothing.

    Files of the vault are believed to have the digest they lie under, and are not read.
    """

    def __init__(self, reference: str) -> None:
        if not NAME.fullmatch(reference):
            raise BundleError(f"{reference!r} can't name a bundle. Use letters, digits, - and _.")
        self.sums = {}
        self.from_vault: set[str] = set()

    def put(self, name: str, source: bytes | Iterable[bytes], size: int = 0) -> Sums:
        """Note a file of these bytes; chunks are counted and not kept."""
        if name in self.sums:
            raise BundleError(f"The bundle was not written: {name} would be in it twice.")
        digest, total = hashlib.sha256(), 0
        for chunk in [source] if isinstance(source, bytes) else source:
            digest.update(chunk)
            total += len(chunk)
        self.sums[name] = Sums(digest.hexdigest(), "", total)
        return self.sums[name]

    def take(self, name: str, vault: Vault, digest: str) -> Sums:
        """Note a file of the vault by the digest it lies under."""
        if name in self.sums:
            raise BundleError(f"The bundle was not written: {name} would be in it twice.")
        self.sums[name] = Sums(parse(digest), "", vault.size_of(digest))
        self.from_vault.add(name)
        return self.sums[name]


def _cut(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _CHUNK):
        yield data[at : at + _CHUNK]


@contextmanager
def whole(target: Path, reference: str) -> Iterator[tuple[Bag, Whole]]:
    """A bag to fill; it lies at `target` when all went well, and nothing does otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".bundle-")
    done = Whole()
    try:
        with os.fdopen(handle, "w+b") as file:
            with ThreadPoolExecutor(1) as side, zipfile.ZipFile(file, "w") as archive:
                yield Bag(archive, reference, side), done
            file.seek(0)
            done.digest = PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
            done.size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(target)
    finally:
        with suppress(FileNotFoundError):
            Path(aside).unlink()
    sync(target.parent)
