"""The bundle: everything about a test buy in one zip that stands without this software.

Owns the layout: which file lies where in the bag, the index of them, how to check it all by hand,
and the seal over it. Leaves the zip to `bag`, the shapes handed in to `contents`, what belongs in
it to the caller, the first page to `starthere`, the seal's making to whoever hands it in, and
checking to `verify`, which goes along.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

from evidence import ledger
from evidence.bag import NAME, Bag, BundleError, Inventory, whole
from evidence.contents import (
    CHINESE,
    ENGLISH,
    Bundle,
    Filed,
    Listed,
    Masked,
    Original,
    Preview,
    Shown,
    Withheld,
    Written,
)
from evidence.digests import PREFIX, parse, sha256_of
from evidence.media import PICTURES
from evidence.vault import Damaged, NotInVault

__all__ = [
    "CHINESE",
    "ENGLISH",
    "Bundle",
    "BundleError",
    "Filed",
    "Listed",
    "Masked",
    "Original",
    "Preview",
    "Shown",
    "Withheld",
    "Written",
    "listed",
    "write",
]

FORMAT = 3
"""Rises when a bundle says something in a new way; `verify` reads every one there ever was."""

_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_HERE = Path(__file__).parent


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


def listed(bundle: Bundle) -> tuple[Listed, ...]:
    """What `write` would put into the zip, in its order, and nothing is written or kept.

    The same code lays the files out, so that no list can name another file than the bundle holds.
    Raises BundleError where `write` would.
    """
    inventory = Inventory(bundle.reference)
    try:
        index = _put_payload(inventory, bundle, _heads(bundle.ledger))
        _put_tags(inventory, bundle, index)
    except (NotInVault, Damaged) as error:
        raise BundleError(f"The bundle was not written. {error}") from error
    return tuple(
        Listed(name, PREFIX + sums.sha256, sums.size, name in inventory.from_vault)
        for name, sums in inventory.sums.items()
    )


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
        extension = PICTURES.get(original.media_type)
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


def _put_copies(bag: Bag, bundle: Bundle, folder: str, copies: Iterable[Preview]) -> list[dict]:
    inside = {(original.shot, original.digest) for original in bundle.originals}
    rows = []
    for name, copy in _copy_names(folder, copies).items():
        size = bag.take(name, bundle.vault, copy.digest).size
        whether = (copy.shot, copy.made_from) in inside
        rows.append(asdict(copy) | {"name": name, "size": size, "original_inside": whether})
    return rows


def _put_documents(bag: Bag, bundle: Bundle) -> list[dict]:
    before, told = set(bag.sums), dict[str, dict[str, str]]()
    bag.put("data/dossier.pdf", bundle.dossier)
    for folder, documents in (("documents", bundle.further), ("statements", bundle.statements)):
        for name, document in documents.items():
            bag.put(f"data/{folder}/{_plain(name)}", document)
    for folder, files in (
        ("documents", bundle.papers),
        ("captures", bundle.captures),
        ("videos", bundle.videos),
        ("certificates", bundle.certificates),
        ("sellers-pictures", bundle.sellers),
    ):
        for file in files:
            name = f"data/{folder}/{_plain(file.name)}"
            bag.take(name, bundle.vault, file.digest)
            told[name] = {"shot": file.shot} if file.shot else {}
            if isinstance(file, Shown):
                told[name] = {"testbuy": file.testbuy, "made_from": file.made_from or file.digest}
    for name, stamp in bundle.stamps.items():
        bag.put(f"data/captures/{_plain(name)}.tsr", stamp)
    bag.put("data/ledger.jsonl", ledger.to_json_lines(bundle.ledger))
    bag.put("data/testbuy.json", _json(bundle.facts))
    withheld = [asdict(each) for each in bundle.withheld]
    bag.put("data/disclosure.json", _json({**bundle.disclosure, "withheld": withheld}))
    if bundle.chat is not None:
        bag.put("data/chat.json", _json(bundle.chat))
    if bundle.anchors is not None:
        bag.put("data/anchors.json", bundle.anchors)
    if isinstance(bundle.sealed_bag, Path):
        with bundle.sealed_bag.open("rb") as file:
            pieces = iter(lambda: file.read(1 << 20), b"")
            bag.put("data/sealed-bag.p7m", pieces, bundle.sealed_bag.stat().st_size)
    elif bundle.sealed_bag is not None:
        bag.put("data/sealed-bag.p7m", bundle.sealed_bag)
    if listed := _evidence(bundle):
        bag.put("data/evidence-set.txt", listed)
    return [
        {"name": name, "digest": PREFIX + sums.sha256, "size": sums.size} | told.get(name, {})
        for name, sums in bag.sums.items()
        if name not in before
    ]


def _evidence(bundle: Bundle) -> bytes:
    """The digests of all that was handed in for a shot, also of what is only named: its SHA-256
    is the digest of the evidence set, the same at every level.
    """
    filed = (*bundle.papers, *bundle.videos, *bundle.withheld)
    handed_in = {each.digest for each in filed if each.shot}
    handed_in |= {photo.digest for photo in bundle.originals}
    return "".join(f"{digest}\n" for digest in sorted(handed_in)).encode()


def _put_payload(
    bag: Bag, bundle: Bundle, heads: Mapping[str, ledger.Verification]
) -> dict[str, Any]:
    photos = []
    for name, original in _photo_names(bundle).items():
        size = bag.take(name, bundle.vault, original.digest).size
        photos.append(asdict(original) | {"name": name, "size": size})
    previews = _put_copies(bag, bundle, "previews", bundle.previews)
    masked = _put_copies(bag, bundle, "masked", bundle.masked)
    listed = _evidence(bundle)
    index = {
        "format": FORMAT,
        "reference": bundle.reference,
        "language": bundle.language,
        "generated_at": bundle.generated_at.astimezone(UTC).isoformat(),
        "evidence_set": sha256_of(listed) if listed else None,
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
        f"Bundle-Language: {bundle.language}\n"
    )
    if bundle.seal:
        # Signatures are in no manifest; said here, their removal shows.
        bag_info += "Sealed-In: signatures/\n"
    tags = {
        "bagit.txt": _BAGIT,
        "bag-info.txt": bag_info.encode(),
        "manifest-sha256.txt": bag.manifest("sha256", payload=True),
        "manifest-sha512.txt": bag.manifest("sha512", payload=True),
        "VERIFY.txt": _manual(bundle, bundle.language, len(payload)),
        "verify.py": (_HERE / "verify.py").read_bytes(),
    }
    if bundle.language != ENGLISH:
        tags["VERIFY.en.txt"] = _manual(bundle, ENGLISH, len(payload))
    if bundle.front:
        tags["START-HERE.html"] = bundle.front(index)
    for name, data in tags.items():
        bag.put(name, data)
    first = bag.manifest("sha256", payload=False)
    second = bag.manifest("sha512", payload=False)
    bag.put("tagmanifest-sha256.txt", first)
    bag.put("tagmanifest-sha512.txt", second)
    return first


def _manual(bundle: Bundle, language: str, files: int) -> bytes:
    text = (_HERE / "templates" / f"VERIFY.{language}.txt").read_text("utf-8")
    return text.replace("{reference}", bundle.reference).replace("{files}", str(files)).encode()


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()
