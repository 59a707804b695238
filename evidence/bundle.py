"""The bundle: everything about a test buy in one zip that stands without this software.

Owns the layout: a BagIt 1.0 bag (RFC 8493) in a stored, byte-deterministic zip, with the original
photos, previews, the dossier, the ledger, the facts, an index, and how to check it all by hand.
Leaves what belongs in it to the caller, and checking it to `verify`, which travels inside.
"""

import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from evidence import ledger
from evidence.digests import PREFIX, parse, set_of
from evidence.errors import PackageError
from evidence.vault import Damaged, NotInVault, Vault

_CHUNK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_HERE = Path(__file__).parent


class BundleError(PackageError):
    """The bundle can't be written, and nothing was left; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Original:
    """A photo to put in as it was received: shot code, digest in the vault, media type."""

    shot: str
    digest: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A smaller JPEG of a photo, without metadata: its shot code, its own digest in the vault, and
    the digest of the original it was made from, which need not go in.
    """

    shot: str
    digest: str
    made_from: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes in. `ledger` are the whole chains of one or more subjects, each in order; `facts`
    any JSON; `organisation` who answers for it; `generated_at` aware. `further` are documents
    beside the dossier, by name.
    """

    reference: str
    organisation: str
    generated_at: datetime
    vault: Vault
    originals: tuple[Original, ...]
    dossier: bytes
    ledger: tuple[ledger.Entry, ...]
    facts: Mapping[str, Any]
    previews: tuple[Preview, ...] = ()
    further: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """The zip's digest, the number of payload files, its size in bytes, and the digest of its
    tagmanifest-sha256.txt, which fixes every file in it and is what a signature covers.
    """

    digest: str
    files: int
    size: int
    tagmanifest_digest: str


def write(target: Path, bundle: Bundle) -> Written:
    """Write the zip to `target`, whole or not at all; the same input gives the same bytes.

    Raises BundleError for names a bag can't hold, photos the vault has lost, and ledgers that do
    not verify: a bundle is never made over a broken chain.
    """
    heads = _heads(bundle.ledger)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".bundle-")
    try:
        with os.fdopen(handle, "w+b") as file:
            with ThreadPoolExecutor(1) as side, zipfile.ZipFile(file, "w") as archive:
                bag = _Bag(archive, bundle.reference, side)
                _put_payload(bag, bundle, heads)
                tagmanifest = _put_tags(bag, bundle)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(target)
    except (NotInVault, Damaged) as error:
        raise BundleError(f"The bundle was not written. {error}") from error
    finally:
        with suppress(FileNotFoundError):
            Path(aside).unlink()
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    payload = sum(name.startswith("data/") for name in bag.sums)
    return Written(PREFIX + digest, payload, size, PREFIX + hashlib.sha256(tagmanifest).hexdigest())


@dataclass(frozen=True, slots=True)
class _Sums:
    sha256: str
    sha512: str
    size: int


class _Bag:
    """A zip under one top folder that remembers what it took in."""

    def __init__(self, archive: zipfile.ZipFile, reference: str, side: ThreadPoolExecutor) -> None:
        if not _NAME.fullmatch(reference):
            raise BundleError(f"{reference!r} can't name a bundle. Use letters, digits, - and _.")
        self.sums: dict[str, _Sums] = {}
        self._archive, self._top, self._side = archive, reference, side

    def put(self, name: str, source: bytes | BinaryIO, size: int | None = None) -> _Sums:
        info = zipfile.ZipInfo(f"{self._top}/{name}", (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o100444 << 16
        info.file_size = len(source) if isinstance(source, bytes) else size or 0
        first, second, total = hashlib.sha256(), hashlib.sha512(), 0
        stream = BytesIO(source) if isinstance(source, bytes) else source
        # SHA-512 takes longer than all the rest; hashing releases the interpreter, so that it
        # runs beside it.
        pending: Future[None] | None = None
        with self._archive.open(info, "w") as out:
            while chunk := stream.read(_CHUNK):
                if pending:
                    pending.result()
                pending = self._side.submit(second.update, chunk)
                first.update(chunk)
                out.write(chunk)
                total += len(chunk)
        if pending:
            pending.result()
        self.sums[name] = _Sums(first.hexdigest(), second.hexdigest(), total)
        return self.sums[name]

    def manifest(self, algorithm: str, *, payload: bool) -> bytes:
        rows = [
            f"{getattr(sums, algorithm)}  {name}\n"
            for name, sums in sorted(self.sums.items())
            if name.startswith("data/") is payload
        ]
        return "".join(rows).encode()


def _heads(entries: Iterable[ledger.Entry]) -> dict[str, ledger.Verification]:
    chains: dict[str, list[ledger.Entry]] = {}
    for entry in entries:
        chains.setdefault(entry.subject, []).append(entry)
    if not chains:
        raise BundleError("The bundle was not written: its ledger is empty.")
    heads = {subject: ledger.verify(chain, subject) for subject, chain in sorted(chains.items())}
    for found in heads.values():
        if not found.ok:
            raise BundleError(f"The bundle was not written. {found.problems[0]}")
    return heads


def _photo_names(bundle: Bundle) -> dict[str, Original]:
    names: dict[str, Original] = {}
    for original in sorted(set(bundle.originals), key=lambda photo: (photo.shot, photo.digest)):
        extension = _EXTENSIONS.get(original.media_type)
        if extension is None or not _NAME.fullmatch(original.shot):
            raise BundleError(
                f"Photo {original.digest} can't be named: shot {original.shot!r}, "
                f"type {original.media_type!r}."
            )
        name = _name("photos", original.shot, original.digest, extension, names)
        names[name] = original
    return names


def _preview_names(bundle: Bundle) -> dict[str, Preview]:
    names: dict[str, Preview] = {}
    for preview in sorted(set(bundle.previews), key=lambda made: (made.shot, made.made_from)):
        if not _NAME.fullmatch(preview.shot):
            raise BundleError(f"A preview of shot {preview.shot!r} can't be named.")
        name = _name("previews", preview.shot, preview.made_from, "jpg", names)
        names[name] = preview
    return names


def _name(folder: str, shot: str, digest: str, extension: str, taken: Mapping[str, Any]) -> str:
    digits = parse(digest)
    name = f"data/{folder}/{shot}-{digits[:8]}.{extension}"
    return f"data/{folder}/{shot}-{digits}.{extension}" if name in taken else name


def _put_from_vault(bag: _Bag, vault: Vault, name: str, digest: str) -> _Sums:
    path = vault.path(digest)
    try:
        with path.open("rb") as file:
            sums = bag.put(name, file, path.stat().st_size)
    except FileNotFoundError:
        vault.read(digest)
        raise
    if PREFIX + sums.sha256 != digest:
        vault.verify(digest)
    return sums


def _put_payload(bag: _Bag, bundle: Bundle, heads: Mapping[str, ledger.Verification]) -> None:
    photos, previews = [], []
    for name, original in _photo_names(bundle).items():
        size = _put_from_vault(bag, bundle.vault, name, original.digest).size
        photos.append(asdict(original) | {"name": name, "size": size})
    inside = {(original.shot, original.digest) for original in bundle.originals}
    for name, preview in _preview_names(bundle).items():
        size = _put_from_vault(bag, bundle.vault, name, preview.digest).size
        whether = (preview.shot, preview.made_from) in inside
        row = {"name": name, "size": size, "original_inside": whether}
        previews.append(asdict(preview) | row)
    shown = set(bag.sums)
    bag.put("data/dossier.pdf", bundle.dossier)
    for name, document in bundle.further.items():
        if not _NAME.fullmatch(name):
            raise BundleError(f"{name!r} can't name a document. Use letters, digits, -, . and _.")
        bag.put(f"data/documents/{name}", document)
    bag.put("data/ledger.jsonl", ledger.to_json_lines(bundle.ledger))
    bag.put("data/testbuy.json", _json(bundle.facts))
    documents = [
        {"name": name, "digest": PREFIX + sums.sha256, "size": sums.size}
        for name, sums in bag.sums.items()
        if name not in shown
    ]
    index = {
        "reference": bundle.reference,
        "generated_at": bundle.generated_at.astimezone(UTC).isoformat(),
        "evidence_set": set_of(photo["digest"] for photo in photos) if photos else None,
        "ledgers": [
            {"subject": subject, "entries": found.entries, "head": found.head}
            for subject, found in heads.items()
        ],
        "photos": photos,
        "previews": previews,
        "documents": documents,
    }
    bag.put("data/index.json", _json(index))


def _put_tags(bag: _Bag, bundle: Bundle) -> bytes:
    payload = [sums for name, sums in bag.sums.items() if name.startswith("data/")]
    octets = sum(sums.size for sums in payload)
    organisation = " ".join(bundle.organisation.split())
    bag_info = (
        f"Source-Organization: {organisation}\n"
        f"External-Identifier: {bundle.reference}\n"
        f"Bagging-Date: {bundle.generated_at.astimezone(UTC):%Y-%m-%d}\n"
        f"Payload-Oxum: {octets}.{len(payload)}\n"
    )
    manual = (_HERE / "templates" / "VERIFY.txt").read_text("utf-8")
    manual = manual.replace("{reference}", bundle.reference).replace("{files}", str(len(payload)))
    tags = {
        "bagit.txt": _BAGIT,
        "bag-info.txt": bag_info.encode(),
        "manifest-sha256.txt": bag.manifest("sha256", payload=True),
        "manifest-sha512.txt": bag.manifest("sha512", payload=True),
        "VERIFY.txt": manual.encode(),
        "verify.py": (_HERE / "verify.py").read_bytes(),
    }
    for name, data in tags.items():
        bag.put(name, data)
    first = bag.manifest("sha256", payload=False)
    second = bag.manifest("sha512", payload=False)
    bag.put("tagmanifest-sha256.txt", first)
    bag.put("tagmanifest-sha512.txt", second)
    return first


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()
