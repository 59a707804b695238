"""The vault: a folder in which original bytes are kept once, under their digest, for good.

Owns writing, reading and checking the files. A file is written aside, synced to disk, made
read-only and then linked to its name, so that a name that exists always holds whole bytes. Leaves
to `pieces` how a video is cut, and to the rows what the bytes belong to.
"""

import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evidence.digests import PREFIX, parse, sha256_of
from evidence.disk import sync
from evidence.pieces import LIST, PIECE, Part, Readable, listed, read_list

_CHUNK = 1 << 20
_INCOMING = ".incoming"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class VaultError(Exception):
    """The vault could not do what was asked; the message says what to do."""


class VaultFull(VaultError):  # noqa: N818 - says what is the matter
    """The disk has no room; nothing was kept."""


class TooLarge(VaultError):  # noqa: N818 - says what is the matter
    """More bytes than the limit; nothing was kept."""


class EmptyUpload(VaultError):  # noqa: N818 - says what is the matter
    """No bytes at all; nothing was kept."""


class NotInVault(VaultError):  # noqa: N818 - says what is the matter
    """No file under this digest."""


class Damaged(VaultError):  # noqa: N818 - says what is the matter
    """The file under a digest no longer has that digest."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What `put` kept: its digest, its size in bytes, and whether it was new to the vault."""

    digest: str
    size: int
    new: bool


class Vault:
    """The files under `root`, as `<two hex>/<64 hex>`. Safe for many processes at once."""

    __slots__ = ("root",)

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put(self, data: bytes | Readable, *, limit: int | None = None) -> Stored:
        """Keep `data` (at most `limit` bytes); durable when this returns.

        Keeping the same bytes again changes nothing. Raises EmptyUpload, TooLarge, VaultFull, or
        Damaged where the bytes already kept under this digest have another size.
        """
        if isinstance(data, bytes):
            _within(len(data), limit)
            digest = sha256_of(data) if data else ""
            if data and self.has(digest):
                return self._kept(digest, len(data), new=False)
        try:
            return self._write(data, limit)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise VaultFull(
                    "The evidence disk is full and nothing was kept. "
                    "Free some room, then send the file again."
                ) from error
            raise

    def put_in_pieces(self, data: BinaryIO, *, limit: int, piece: int = PIECE) -> Stored:
        """Keep a large file in pieces of `piece` bytes under the digest of the whole.

        Each piece is a file of the vault; a list of their digests, named after the whole's digest,
        is written last, so that where it stands all pieces do. `data` must be seekable: what is
        above `limit` is refused before a byte is kept. Memory holds one chunk.
        """
        size = data.seek(0, os.SEEK_END)
        data.seek(0)
        _within(size, limit)
        whole = hashlib.sha256()
        kept = [self.put(Part(data, piece, whole)) for _ in range(0, size, piece)]
        if len(kept) == 1:
            return kept[0]
        digest = PREFIX + whole.hexdigest()
        if self.has(digest):
            return Stored(digest, size, new=False)
        listing = self._write(listed([part.digest for part in kept]), None, self._list_path(digest))
        return Stored(digest, size, listing.new)

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes under `digest` in chunks, whether kept whole or in pieces: how to copy a file
        of any size out of the vault. Digested on the way; raises NotInVault, or Damaged at the
        latest after the last chunk: what was written by then must be thrown away.
        """
        found = hashlib.sha256()
        for each in self._pieces(digest):
            try:
                with self.path(each).open("rb") as file:
                    while chunk := file.read(_CHUNK):
                        found.update(chunk)
                        yield chunk
            except FileNotFoundError:
                raise _missing(each) from None
        if PREFIX + found.hexdigest() != digest:
            raise _damaged(digest)

    def size_of(self, digest: str) -> int:
        """The bytes that `chunks` would give. Raises NotInVault."""
        try:
            return sum(self.path(each).stat().st_size for each in self._pieces(digest))
        except FileNotFoundError:
            raise _missing(digest) from None

    def path(self, digest: str) -> Path:
        """Where the bytes of `digest` are or would be; DigestError for a malformed digest."""
        name = parse(digest)
        return self.root / name[:2] / name

    def has(self, digest: str) -> bool:
        """Whether there is a file under `digest`, whole or in pieces (its bytes are not read)."""
        return self.path(digest).is_file() or self._list_path(digest).is_file()

    def read(self, digest: str) -> bytes:
        """The bytes under `digest`, re-digested. Raises NotInVault or Damaged.

        For what fits into memory; a video is read by `chunks`.
        """
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            return b"".join(self.chunks(digest))
        if sha256_of(data) != digest:
            raise _damaged(digest)
        return data

    def verify(self, digest: str) -> None:
        """Digest the file again without holding it in memory. Raises NotInVault or Damaged."""
        for _chunk in self.chunks(digest):
            pass

    def digests(self) -> Iterator[str]:
        """Every digest in the vault, in order: of files, and of what lies in pieces."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for file in sorted(folder.iterdir()):
                yield PREFIX + file.name.removesuffix(LIST)

    def sweep_leftovers(self) -> int:
        """Remove what crashed writers left behind; how many files. Spares writers at work."""
        removed = 0
        for file in sorted((self.root / _INCOMING).glob("*")):
            try:
                handle = os.open(file, os.O_RDONLY)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                file.unlink(missing_ok=True)
                removed += 1
            finally:
                os.close(handle)
        return removed

    def _pieces(self, digest: str) -> list[str]:
        """The digests of the files that make up `digest`; itself alone where it is kept whole."""
        if self.path(digest).is_file():
            return [digest]
        try:
            return read_list(self._list_path(digest).read_bytes())
        except FileNotFoundError:
            raise _missing(digest) from None
        except ValueError:
            raise _damaged(digest) from None

    def _list_path(self, digest: str) -> Path:
        whole = self.path(digest)
        return whole.with_name(whole.name + LIST)

    def _write(
        self, data: bytes | Readable, limit: int | None, named: Path | None = None
    ) -> Stored:
        incoming = self.root / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        handle, aside = self._open_aside(incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = _copy(data, file, limit)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o444)
                final = named or self.path(digest)
                new = self._link(aside, final)
        finally:
            aside.unlink(missing_ok=True)
        return self._kept(digest, size, new=new, final=final)

    def _open_aside(self, incoming: Path) -> tuple[int, Path]:
        # A sweeper may take the fresh file before it is locked; an unlinked file says so.
        while True:
            handle, name = tempfile.mkstemp(dir=incoming)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if os.fstat(handle).st_nlink:
                    return handle, Path(name)
            except BaseException:
                os.close(handle)
                Path(name).unlink(missing_ok=True)
                raise
            os.close(handle)

    def _link(self, aside: Path, final: Path) -> bool:
        if not final.parent.is_dir():
            final.parent.mkdir(exist_ok=True)
            sync(self.root)
        try:
            # Unlike a rename, a link never replaces what is there.
            os.link(aside, final)
        except FileExistsError:
            return False
        return True

    def _kept(self, digest: str, size: int, *, new: bool, final: Path | None = None) -> Stored:
        final = final or self.path(digest)
        if final.stat().st_size != size:
            raise _damaged(digest)
        # Also when the file was there: the process that linked it may not have synced yet.
        sync(final.parent)
        return Stored(digest, size, new)


def _copy(data: bytes | Readable, file: BinaryIO, limit: int | None) -> tuple[str, int]:
    if isinstance(data, bytes):
        _within(len(data), limit)
        file.write(data)
        return sha256_of(data), len(data)
    hasher = hashlib.sha256()
    size = 0
    while chunk := data.read(_CHUNK):
        size += len(chunk)
        _within(size, limit)
        hasher.update(chunk)
        file.write(chunk)
    _within(size, limit)
    return PREFIX + hasher.hexdigest(), size


def _within(size: int, limit: int | None) -> None:
    if size == 0:
        raise EmptyUpload("The file is empty and was not kept. Choose the file again and send it.")
    if limit is not None and size > limit:
        raise TooLarge(
            f"The file is larger than the {_readable(limit)} allowed and was not kept. "
            "Send a smaller file."
        )


def _readable(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


def _missing(digest: str) -> NotInVault:
    return NotInVault(f"The vault has no file {digest}. Restore it from a backup.")


def _damaged(digest: str) -> Damaged:
    return Damaged(
        f"The file {digest} in the vault is no longer what was put there. "
        "Keep it as it is and restore the original from a backup."
    )
