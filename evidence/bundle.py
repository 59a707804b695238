"""The bundle: everything about a test buy in one zip that stands without this software.

Owns the layout: which file lies where in the bag, the index of them, how to check it all by hand,
and the seal over it. Leaves the zip to `bag`, what belongs in it to the caller, the first page to
`starthere`, the seal's making to whoever hands it in, and checking to `verify`, which goes along.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence import ledger
from evidence.bag import NAME, Bag, BundleError, Sums, whole
from evidence.digests import PREFIX, parse, set_of
from evidence.vault import Damaged, NotInVault, Vault

__all__ = ["Bundle", "BundleError", "Filed", "Masked", "Original", "Preview", "Written", "write"]

FORMAT = 2
"""Rises when a bundle says something in a new way; `verify` reads every one there ever was."""

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}
_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_HERE = Path(__file__).parent


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
class Masked(Preview):
    """A copy with what identifies the buyer covered; `made_from` is its original, which stays."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of the vault under a name of its own: a video, a capture. Read in pieces."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes in. `ledger` are the whole chains of one or more subjects, each in order; `facts`
    any JSON; `organisation` who answers for it; `generated_at` aware.

    `further` are documents beside the dossier, `statements` PDFs, by name. `anchors` are the bytes
    of data/anchors.json (its form: docs/bundle.md), `sealed_bag` those of an encrypted inner bag.
    `front` makes START-HERE.html of the index. `seal` is given the bytes of tagmanifest-sha256.txt;
    what it gives goes to signatures/, by name, and is in no manifest: it is made of them.
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
    masked: tuple[Masked, ...] = ()
    statements: Mapping[str, bytes] = field(default_factory=dict)
    captures: tuple[Filed, ...] = ()
    videos: tuple[Filed, ...] = ()
    disclosure: Mapping[str, Any] | None = None
    anchors: bytes | None = None
    sealed_bag: bytes | None = None
    front: Callable[[Mapping[str, Any]], bytes] | None = None
    seal: Callable[[bytes], Mapping[str, bytes]] | None = None


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
    try:
        with whole(target, bundle.reference) as (bag, done):
            index = _put_payload(bag, bundle, heads)
            tagmanifest = _put_tags(bag, bundle, index)
            for name, data in sorted((bundle.seal(tagmanifest) if bundle.seal else {}).items()):
                bag.put(f"signatures/{_plain(name)}", data)
    except (NotInVault, Damaged) as error:
        raise BundleError(f"The bundle was not written. {error}") from error
    payload = sum(name.startswith("data/") for name in bag.sums)
    tagged = PREFIX + hashlib.sha256(tagmanifest).hexdigest()
    return Written(done.digest, payload, done.size, tagged)


def _plain(name: str) -> str:
    if not NAME.fullmatch(name):
        raise BundleError(f"{name!r} can't name a document. Use letters, digits, -, . and _.")
    return name


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
        if extension is None or not NAME.fullmatch(original.shot):
            raise BundleError(
                f"Photo {original.digest} can't be named: shot {original.shot!r}, "
                f"type {original.media_type!r}."
            )
        name = _name("photos", original.shot, original.digest, extension, names)
        names[name] = original
    return names


def _copy_names(folder: str, copies: Iterable[Preview]) -> dict[str, Preview]:
    names: dict[str, Preview] = {}
    for copy in sorted(set(copies), key=lambda made: (made.shot, made.made_from)):
        if not NAME.fullmatch(copy.shot):
            raise BundleError(f"A copy of a photo of shot {copy.shot!r} can't be named.")
        names[_name(folder, copy.shot, copy.made_from, "jpg", names)] = copy
    return names


def _name(folder: str, shot: str, digest: str, extension: str, taken: Mapping[str, Any]) -> str:
    digits = parse(digest)
    name = f"data/{folder}/{shot}-{digits[:8]}.{extension}"
    return f"data/{folder}/{shot}-{digits}.{extension}" if name in taken else name


def _put_from_vault(bag: Bag, vault: Vault, name: str, digest: str) -> Sums:
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


def _put_copies(bag: Bag, bundle: Bundle, folder: str, copies: Iterable[Preview]) -> list[dict]:
    inside = {(original.shot, original.digest) for original in bundle.originals}
    rows = []
    for name, copy in _copy_names(folder, copies).items():
        size = _put_from_vault(bag, bundle.vault, name, copy.digest).size
        whether = (copy.shot, copy.made_from) in inside
        rows.append(asdict(copy) | {"name": name, "size": size, "original_inside": whether})
    return rows


def _put_documents(bag: Bag, bundle: Bundle) -> list[dict]:
    before = set(bag.sums)
    bag.put("data/dossier.pdf", bundle.dossier)
    for folder, documents in (("documents", bundle.further), ("statements", bundle.statements)):
        for name, document in documents.items():
            bag.put(f"data/{folder}/{_plain(name)}", document)
    for folder, files in (("captures", bundle.captures), ("videos", bundle.videos)):
        for file in files:
            _put_from_vault(bag, bundle.vault, f"data/{folder}/{_plain(file.name)}", file.digest)
    bag.put("data/ledger.jsonl", ledger.to_json_lines(bundle.ledger))
    bag.put("data/testbuy.json", _json(bundle.facts))
    if bundle.disclosure is not None:
        bag.put("data/disclosure.json", _json(bundle.disclosure))
    if bundle.anchors is not None:
        bag.put("data/anchors.json", bundle.anchors)
    if bundle.sealed_bag is not None:
        bag.put("data/sealed-bag.p7m", bundle.sealed_bag)
    return [
        {"name": name, "digest": PREFIX + sums.sha256, "size": sums.size}
        for name, sums in bag.sums.items()
        if name not in before
    ]


def _put_payload(
    bag: Bag, bundle: Bundle, heads: Mapping[str, ledger.Verification]
) -> dict[str, Any]:
    photos = []
    for name, original in _photo_names(bundle).items():
        size = _put_from_vault(bag, bundle.vault, name, original.digest).size
        photos.append(asdict(original) | {"name": name, "size": size})
    previews = _put_copies(bag, bundle, "previews", bundle.previews)
    masked = _put_copies(bag, bundle, "masked", bundle.masked)
    index = {
        "format": FORMAT,
        "reference": bundle.reference,
        "generated_at": bundle.generated_at.astimezone(UTC).isoformat(),
        "evidence_set": set_of(photo["digest"] for photo in photos) if photos else None,
        "ledgers": [
            {"subject": subject, "entries": found.entries, "head": found.head}
            for subject, found in heads.items()
        ],
        "photos": photos,
        "previews": previews,
        "masked": masked,
        "documents": _put_documents(bag, bundle),
    }
    bag.put("data/index.json", _json(index))
    return index


def _put_tags(bag: Bag, bundle: Bundle, index: Mapping[str, Any]) -> bytes:
    payload = [sums for name, sums in bag.sums.items() if name.startswith("data/")]
    octets = sum(sums.size for sums in payload)
    organisation = " ".join(bundle.organisation.split())
    bag_info = (
        f"Source-Organization: {organisation}\n"
        f"External-Identifier: {bundle.reference}\n"
        f"Bagging-Date: {bundle.generated_at.astimezone(UTC):%Y-%m-%d}\n"
        f"Payload-Oxum: {octets}.{len(payload)}\n"
    )
    if bundle.seal:
        # Signatures are in no manifest; said here, their removal shows.
        bag_info += "Sealed-In: signatures/\n"
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
    if bundle.front:
        tags["START-HERE.html"] = bundle.front(index)
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
