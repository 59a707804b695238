"""Verify a bundle of a test buy: python3 verify.py BUNDLE.zip (or its unpacked folder).

Runs alone on Python 3.10 or later, with nothing installed. Prints a numbered list of checks, each
ok or FAILED with what is wrong, and ends with exit code 0 (all ok), 1 (something failed) or 2 (the
bundle, or something in it, could not be checked). Bundles of every earlier format stay checkable. A
copy of this file travels in every bundle. Where `openssl` is on the path it checks the signatures.
It speaks English, and Chinese where the bundle does or with --lang zh.

Owns checking from outside, and so shares no code with what writes bundles. It can't tell that
somebody made a whole new bundle: compare the printed heads with those you got by another way.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

_CHUNK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_LINE = re.compile(r"([0-9a-f]+) [ *](\S+)")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ALGORITHMS = ("sha256", "sha512")
_UNLISTED = ("tagmanifest-", "signatures/")
_STAMP = ("ts", "-verify", "-in", "seal", "-data")
_SHA256 = "2.16.840.1.101.3.4.2.1"
_TOLD_SINCE = 3
"""The format since which a bundle tells of everything that its ledger noted."""
_BACKWARDS = timedelta(minutes=5)
"""A change waits its turn with its time already read, so that small steps back are ordinary."""


class UnreadableBundleError(Exception):
    """There is nothing here that could be checked."""


class Told(str):
    """A sentence in English that knows how it was made, so that it can be said in Chinese too."""

    template: str
    facts: dict[str, Any]

    def __new__(cls, template: str, **facts: object) -> Told:
        """The sentence: `template` with `facts` filled in."""
        told = super().__new__(cls, template.format(**facts))
        told.template, told.facts = template, facts
        return told

    def said(self, language: str) -> str:
        """The sentence in `language`; what is not ours (names, digests) stays as it is."""
        facts = {name: said(each, language) for name, each in self.facts.items()}
        template = CHINESE[self.template] if language == "zh" else self.template
        return template.format(**facts)


def said(text: object, language: str) -> object:
    """`text` in `language`, where it is a sentence of ours."""
    return text.said(language) if isinstance(text, Told) else text


class NotCheckedError(Exception):
    """A check could not be made here; the message says what it needs, or how to make it by hand."""


@dataclass(frozen=True)
class Check:
    """One numbered check: its name, what was found, the problems, and why it could not be made."""

    number: int
    name: str
    found: str
    problems: tuple[str, ...]
    unchecked: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, and it could be told."""
        return not self.problems and not self.unchecked


@dataclass
class Bag:
    """The files of a bundle by their names inside it, from a zip or a folder."""

    open: Callable[[str], BinaryIO]
    names: list[str]
    layout: list[str] = field(default_factory=list)
    sums: dict[str, dict[str, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def text(self, name: str) -> str:
        with self.open(name) as file:
            return file.read().decode("utf-8")


def verify(
    path: Path,
    heads: tuple[str, ...] = (),
    *,
    ca: Path | None = None,
    tsa_ca: Path | None = None,
    without: frozenset[str] = frozenset(),
) -> Iterator[Check]:
    """The checks of the bundle at `path`, one after the other.

    `heads` are ledger heads (sha256:…) kept elsewhere; each must be found. `ca` and `tsa_ca` are
    certificates (PEM) of who may sign and who may stamp. `without` names checks to leave out, which
    only serves to prove what each is for. Raises UnreadableBundleError where there is no zip or
    folder to look into.
    """
    bag, close = opened(path)
    try:
        named: list[tuple[Told, Callable[[Bag], tuple[str, list[str]]]]] = [
            (Told("The container is in order"), _container),
            (Told("It declares itself a BagIt bag"), _declaration),
            (Told("The tag files are as listed"), _tag_files),
            (Told("Every payload file has its SHA-256"), lambda b: _payload(b, "sha256")),
            (Told("Every payload file has its SHA-512"), lambda b: _payload(b, "sha512")),
            (Told("Nothing was added, nothing is missing"), _complete),
            (Told("Size and number of files are as declared"), _oxum),
            (Told("The ledger's chains hold"), _ledger),
            (Told("The ledger's heads are those recorded"), lambda b: _heads(b, heads)),
            (Told("The index agrees with the files"), _index),
            (Told("Times in the ledger run forwards"), _times),
            (Told("Photos and verdicts are those the ledger noted"), _noted),
            (Told("Films, captures and certificates are those the ledger noted"), _filed),
            (Told("The chat is whole, as the ledger noted it"), _chat),
            (Told("All that the ledger noted is here or named as withheld"), _named),
            (Told("The anchors' proofs hold"), _anchors),
            (Told("The anchors' stamps are of their roots"), lambda b: _roots(b, tsa_ca or ca)),
            (Told("The dossier names the heads of these ledgers"), _dossier),
            (Told("The signature is over this bundle"), lambda b: _signature(b, ca)),
            (Told("The time stamp is of this bundle"), lambda b: _stamp(b, tsa_ca or ca)),
        ]
        _digest_all(bag)
        for number, (name, look) in enumerate(named, 1):
            if name in without:
                continue
            unchecked = ""
            try:
                found, problems = look(bag)
            except NotCheckedError as error:
                found, problems, unchecked = "", [], error.args[0]
            except Exception as error:
                why = error.args[0] if error.args else type(error).__name__
                found, problems = "", [Told("could not be checked: {why}", why=why)]
            yield Check(number, name, found, tuple(problems), unchecked)
    finally:
        close()


def opened(path: Path) -> tuple[Bag, Callable[[], None]]:
    """The files of the bundle at `path`, and what closes it."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if not p.is_dir())
        names = [p.relative_to(path).as_posix() for p in files]
        links: list[str] = [
            Told("{name} is a link, not a file", name=p) for p in files if p.is_symlink()
        ]
        return Bag(lambda name: (path / name).open("rb"), names, links), lambda: None
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableBundleError(_unreadable(path, error)) from error
    inside = [name for name in archive.namelist() if not name.endswith("/")]
    tops = {name.split("/", 1)[0] for name in inside}
    many = Told("{count} folders at the top instead of one", count=len(tops))
    problems: list[str] = [] if len(tops) == 1 else [many]
    if len(set(inside)) != len(inside):
        problems.append(Told("a name appears twice"))
    top = min(tops, default="") + "/"
    if not _NAME.fullmatch(top[:-1]) or ".." in top:
        problems.append(Told("{name} is no safe name", name=repr(top)))
    names = [name[len(top) :] for name in inside if name.startswith(top)]

    def one(name: str) -> BinaryIO:
        return archive.open(top + name)  # type: ignore[return-value]

    return Bag(one, names, problems), archive.close


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, zipfile.BadZipFile) and path.read_bytes()[:4] == b"PK\x03\x04":
        size = path.stat().st_size
        return Told(
            "{path} begins as a zip and has no end: it was cut off, {size} bytes are here. "
            "Get it again.", path=path, size=size,
        )  # fmt: skip
    return Told("{path} can't be read as a zip: {error}", path=path, error=error)


def _digest_all(bag: Bag) -> None:
    with ThreadPoolExecutor(1) as side:
        for name in bag.names:
            first, second, size = hashlib.sha256(), hashlib.sha512(), 0
            pending = None
            try:
                with bag.open(name) as file:
                    while chunk := file.read(_CHUNK):
                        if pending:
                            pending.result()
                        pending = side.submit(second.update, chunk)
                        first.update(chunk)
                        size += len(chunk)
            except Exception as error:  # a broken zip raises nearly anything
                bag.layout.append(Told("{name} can't be read: {error}", name=name, error=error))
            if pending:
                pending.result()
            bag.sums[name] = {"sha256": first.hexdigest(), "sha512": second.hexdigest()}
            bag.sizes[name] = size


def _container(bag: Bag) -> tuple[str, list[str]]:
    unsafe = [n for n in bag.names if not _NAME.fullmatch(n) or ".." in n]
    bad = [Told("{name} is no safe name", name=repr(name)) for name in unsafe]
    return Told("{count} files", count=len(bag.names)), [*bag.layout, *bad]


def _declaration(bag: Bag) -> tuple[str, list[str]]:
    lines = bag.text("bagit.txt").splitlines()
    if lines != ["BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"]:
        return "", [Told("bagit.txt does not say BagIt 1.0 in UTF-8")]
    return "BagIt 1.0", []


def _listed(bag: Bag, manifest: str) -> dict[str, str]:
    rows: dict[str, str] = {}
    for number, line in enumerate(bag.text(manifest).splitlines(), 1):
        found = _LINE.fullmatch(line)
        if not found or found[2] in rows:
            raise ValueError(
                Told("line {number} of {name} can't be read", number=number, name=manifest)
            )
        rows[found[2]] = found[1]
    if not rows:
        raise ValueError(Told("{name} is empty", name=manifest))
    return rows


def _compared(bag: Bag, manifest: str, algorithm: str) -> tuple[int, list[str]]:
    rows = _listed(bag, manifest)
    problems: list[str] = []
    for name, expected in rows.items():
        if name not in bag.sums:
            problems.append(Told("{name} is missing", name=name))
        elif bag.sums[name][algorithm] != expected:
            found = bag.sums[name][algorithm]
            told = Told(
                "{name} was changed: it has {found}, listed is {listed}",
                name=name, found=found, listed=expected,
            )  # fmt: skip
            problems.append(told)
    return len(rows), problems


def _tag_files(bag: Bag) -> tuple[str, list[str]]:
    problems: list[str] = []
    count = 0
    for algorithm in _ALGORITHMS:
        count, found = _compared(bag, f"tagmanifest-{algorithm}.txt", algorithm)
        problems += [p for p in found if p not in problems]
    return Told("{count} tag files", count=count), problems


def _payload(bag: Bag, algorithm: str) -> tuple[str, list[str]]:
    count, problems = _compared(bag, f"manifest-{algorithm}.txt", algorithm)
    return Told("{count} files", count=count), problems


def _complete(bag: Bag) -> tuple[str, list[str]]:
    problems: list[str] = []
    for algorithm in _ALGORITHMS:
        payload = set(_listed(bag, f"manifest-{algorithm}.txt"))
        tags = set(_listed(bag, f"tagmanifest-{algorithm}.txt"))
        for name in bag.names:
            if name.startswith(_UNLISTED) or name in payload | tags:
                continue
            told = "{name} is in no {algorithm} manifest"
            problems.append(Told(told, name=name, algorithm=algorithm))
        problems += [
            Told("{name} is missing", name=name)
            for name in sorted(payload | tags)
            if name not in bag.sums
        ]
    return Told("{count} files", count=len(bag.names)), list(dict.fromkeys(problems))


def _oxum(bag: Bag) -> tuple[str, list[str]]:
    found = re.search(r"^Payload-Oxum: (\d+)\.(\d+)$", bag.text("bag-info.txt"), re.MULTILINE)
    if not found:
        return "", [Told("bag-info.txt declares no Payload-Oxum")]
    payload = [size for name, size in bag.sizes.items() if name.startswith("data/")]
    problems: list[str] = []
    told = {"size": sum(payload), "count": len(payload), "listed": found[1], "counted": found[2]}
    if int(found[1]) != sum(payload):
        problems.append(Told("{size} bytes instead of {listed}", **told))
    if int(found[2]) != len(payload):
        problems.append(Told("{count} files instead of {counted}", **told))
    return Told("{count} files, {size} bytes", **told), problems


def _chains(bag: Bag) -> dict[str, list[dict[str, Any]]]:
    chains: dict[str, list[dict[str, Any]]] = {}
    for line in bag.text("data/ledger.jsonl").split("\n"):
        if line:
            entry = json.loads(line)
            chains.setdefault(entry["subject"], []).append(entry)
    return chains


def _ledger(bag: Bag) -> tuple[str, list[str]]:
    chains = _chains(bag)
    if not chains:
        return "", [Told("the ledger is empty")]
    problems: list[str] = []
    for subject, entries in chains.items():
        prev = hashlib.sha256(b"\x00testbuy ledger v1\x00" + subject.encode()).digest()
        for number, entry in enumerate(entries, 1):
            body = entry["body"].encode()
            content = json.loads(body)
            digest = hashlib.sha256(b"\x01" + prev + body).digest()
            where = {"number": number, "subject": subject}
            told = (entry["seq"], content["seq"], content["subject"])
            if bytes.fromhex(entry["prev"]) != prev:
                no = "entry {number} of {subject} does not follow the one before"
                problems.append(Told(no, **where))
            elif bytes.fromhex(entry["hash"]) != digest:
                problems.append(Told("entry {number} of {subject} was changed", **where))
            elif told != (number, number, subject):
                no = "entry {number} of {subject} has another number or subject"
                problems.append(Told(no, **where))
            prev = bytes.fromhex(entry["hash"])
    total = sum(map(len, chains.values()))
    return Told("{total} entries of {count} subjects", total=total, count=len(chains)), problems


def _heads(bag: Bag, elsewhere: tuple[str, ...]) -> tuple[str, list[str]]:
    recorded = {
        row["subject"]: (row["entries"], row["head"])
        for row in json.loads(bag.text("data/index.json"))["ledgers"]
    }
    found = {
        subject: (len(entries), "sha256:" + entries[-1]["hash"])
        for subject, entries in _chains(bag).items()
    }
    problems: list[str] = [
        Told("the ledger of {subject} does not end as recorded in the index", subject=subject)
        for subject in sorted(recorded.keys() | found.keys())
        if recorded.get(subject) != found.get(subject)
    ]
    present = {head for _, head in found.values()}
    strange = [head for head in elsewhere if head not in present]
    problems += [Told("no ledger ends in {head}", head=head) for head in strange]
    return "; ".join(f"{subject} {head}" for subject, (_, head) in found.items()), problems


def _index(bag: Bag) -> tuple[str, list[str]]:
    index = json.loads(bag.text("data/index.json"))
    copies = index["previews"] + index.get("masked", [])
    rows = index["photos"] + copies + index["documents"]
    problems: list[str] = []
    for row in rows:
        name, sums = row["name"], bag.sums.get(row["name"])
        if sums is None:
            problems.append(Told("{name} is in the index but not in the bundle", name=name))
        elif "sha256:" + sums["sha256"] != row["digest"]:
            problems.append(Told("{name} is not what the index says", name=name))
    indexed = {row["name"] for row in rows} | {"data/index.json"}
    problems += [
        Told("{name} is not in the index", name=name)
        for name in bag.names
        if name.startswith("data/") and name not in indexed
    ]
    evidence_set, wrong = _evidence_set(bag, index)
    if index["evidence_set"] != evidence_set:
        wrong.append(Told("the digest of the evidence set is not that of the photos"))
    alone, false = _copies(index, "previews")
    told = "{photos} photos, {previews} previews ({alone} without their original), "
    if index.get("masked"):
        told += "{masked} masked copies, "
        false += _copies(index, "masked")[1]
    count = {kind: len(index.get(kind, [])) for kind in ("photos", "previews", "masked")}
    found = Told(told + "evidence set {digest}", **count, alone=alone, digest=evidence_set)
    return found, problems + wrong + false


def _evidence_set(bag: Bag, index: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The digest of the set of all that was handed in for a shot, also of what is only named."""
    digests = {row["digest"] for row in index["photos"]}
    problems: list[str] = []
    if index.get("format", 1) >= _TOLD_SINCE:
        others = index["documents"] + _withheld(bag)
        digests |= {row["digest"] for row in others if row.get("shot")}
    lines = "".join(f"{digest}\n" for digest in sorted(digests)).encode()
    listed = "data/evidence-set.txt"
    if listed in bag.names and bag.text(listed).encode() != lines:
        problems.append(Told("{name} does not list what is here or withheld", name=listed))
    return "sha256:" + hashlib.sha256(lines).hexdigest() if digests else None, problems


def _withheld(bag: Bag) -> list[dict[str, Any]]:
    """What data/disclosure.json names as not in the bundle, or in its inner bag alone."""
    if "data/disclosure.json" not in bag.names:
        return []
    return json.loads(bag.text("data/disclosure.json")).get("withheld", [])


def _earlier(bag: Bag) -> bool:
    """Whether the bundle is of a format that did not yet tell what its ledger noted of files."""
    return json.loads(bag.text("data/index.json")).get("format", 1) < _TOLD_SINCE


def _copies(index: dict[str, Any], kind: str) -> tuple[int, list[str]]:
    """How many copies stand without their original, and what is wrong with what they say."""
    originals = {(row["shot"], row["digest"]) for row in index["photos"]}
    alone, problems = 0, list[str]()
    for row in index[kind]:
        name, made_from = row["name"], row["made_from"]
        digits = made_from[len("sha256:") :]
        stem = f"data/{kind}/{row['shot']}-"
        if not _DIGEST.fullmatch(made_from):
            no = "{name} does not say which original it was made from"
            problems.append(Told(no, name=name))
        elif name not in (f"{stem}{digits[:8]}.jpg", f"{stem}{digits}.jpg"):
            no = "{name} is not named after its shot and original"
            problems.append(Told(no, name=name))
        inside = (row["shot"], made_from) in originals
        if inside is not row["original_inside"]:
            gone, there = (
                "the original of {name} is missing",
                "the original of {name} is in the bundle",
            )
            problems.append(Told(gone if row["original_inside"] else there, name=name))
        alone += not inside
    return alone, problems


def _bodies(bag: Bag) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for subject, entries in _chains(bag).items():
        for number, entry in enumerate(entries, 1):
            yield subject, number, json.loads(entry["body"])


def _times(bag: Bag) -> tuple[str, list[str]]:
    latest: dict[str, datetime] = {}
    problems: list[str] = []
    for subject, number, body in _bodies(bag):
        at = datetime.fromisoformat(body["at"].replace("Z", "+00:00"))
        before = latest.get(subject, at)
        if at < before - _BACKWARDS:
            told = Told(
                "entry {number} of {subject} is of {at}, after one of {before}: a clock was set "
                "back", number=number, subject=subject, at=at.isoformat(),
                before=before.isoformat(),
            )  # fmt: skip
            problems.append(told)
        latest[subject] = max(at, before)
    last = max(latest.values()).isoformat() if latest else "-"
    return Told("the last is of {at}", at=last), problems


def _noted(bag: Bag) -> tuple[str, list[str]]:
    """Digests that the ledger holds to: of photos when they came, of verdicts when sealed."""
    photos: set[tuple[str, str]] = set()
    sealed: set[str] = set()
    for _, _, body in _bodies(bag):
        facts = body["facts"]
        digest = facts.get("digest")
        if isinstance(digest, str) and _DIGEST.fullmatch(digest):
            if "shot" in facts:
                photos.add((facts["shot"], digest))
            elif facts.get("what") == "verdict sealed":
                sealed.add(digest)
    index, facts = (json.loads(bag.text(f"data/{name}.json")) for name in ("index", "testbuy"))
    problems: list[str] = []
    rows = [(row["name"], row["shot"], row["digest"]) for row in index["photos"]]
    copies = index["previews"] + index.get("masked", [])
    rows += [(row["name"], row["shot"], row["made_from"]) for row in copies]
    for name, shot, digest in rows if photos else ():
        if (shot, digest) not in photos:
            no = "the ledger notes no photo {digest} of shot {shot}, as {name} says"
            problems.append(Told(no, digest=digest, shot=shot, name=name))
    told = [one for each in (facts, *facts.get("testbuys", [])) for one in each.get("verdicts", [])]
    for verdict in told if sealed else ():
        if verdict["digest"] not in sealed:
            no = "the ledger notes no sealing of the verdict {digest}"
            problems.append(Told(no, digest=verdict["digest"]))
    if not photos and not sealed:
        return Told("the ledger of this bundle notes no digests"), problems
    counts = {"photos": len(photos), "verdicts": len(sealed)}
    return Told("{photos} photos and {verdicts} verdicts noted", **counts), problems


def _of_kind(bag: Bag) -> dict[str, set[str]]:
    """The digests that the ledger noted: of what was handed in for a shot (`shot digest`), of
    captures, certificates, signed statements and seller's pictures (`ledger digest`); and, as
    `accepted`, of what was taken as evidence.
    """
    noted: dict[str, set[str]] = {
        kind: set()
        for kind in ("photo", "accepted", "capture", "certificate", "statement", "seller")
    }
    for subject, facts in ((s, body["facts"]) for s, _, body in _bodies(bag)):
        what = facts.get("what")
        if what == "photo":
            noted["photo"].add(f"{facts['shot']} {facts['digest']}")
            if facts.get("accepted"):
                noted["accepted"].add(facts["digest"])
        elif what == "page captured":
            noted["capture"] |= {facts[each] for each in ("warc", "picture") if facts.get(each)}
        elif what == "notary certificate":
            noted["certificate"].add(facts["digest"])
        elif what == "signed statement handed in":
            noted["statement"].add(facts["digest"])
        elif what == "seller's picture kept":
            noted["seller"].add(f"{subject} {facts['digest']}")
    return noted


def _filed(bag: Bag) -> tuple[str, list[str]]:
    """Files of the vault beside the photos, and those that are only named, against the ledger."""
    if _earlier(bag):
        return Told("an earlier format, whose ledger did not note these"), []
    noted, problems, counted, elsewhere = _of_kind(bag), list[str](), 0, 0
    chains = _chains(bag)
    rows = [(row["name"], row) for row in json.loads(bag.text("data/index.json"))["documents"]]
    rows += [(row["inner_name"] or row["digest"], row) for row in _withheld(bag)]
    for name, row in rows:
        if name.startswith("data/captures/") and name.endswith(".tsr"):
            problems += _capture_stamp(bag, name)
            continue
        if row.get("shot"):
            known, digest = "photo", f"{row['shot']} {row['digest']}"
        elif name.startswith("data/captures/"):
            known, digest = "capture", row["digest"]
        elif name.startswith("data/sellers-pictures/") or row.get("kind") == "sellers_picture":
            if row["testbuy"] not in chains:
                elsewhere += 1
                continue
            came = row.get("made_from", row["digest"])
            known, digest = "seller", f"{row['testbuy']} {came}"
        elif name.startswith("data/certificates/") or row.get("kind") == "certificate":
            known, digest = "certificate", row["digest"]
        elif row.get("kind") == "statement" or re.match(r"data/statements/.*-signed-", name):
            known, digest = "statement", row["digest"]
        else:
            continue
        counted += 1
        if digest not in noted[known]:
            problems.append(
                Told("the ledger notes no {digest}, as {name} is", digest=digest, name=name)
            )
    if elsewhere:
        count = {"count": counted, "others": elsewhere}
        told = "{count} files; of {others} seller's pictures the ledger is not in this bundle"
        return Told(told, **count), problems
    return Told("{count} files", count=counted), problems


def _capture_stamp(bag: Bag, name: str) -> list[str]:
    """A capture's stamp is over the digest of the capture, written as text."""
    with bag.open(name) as file:
        stamp = _read_stamp(file.read())
    capture = bag.sums.get(name[: -len(".tsr")], {}).get("sha256", "")
    if stamp.imprint != hashlib.sha256(f"sha256:{capture}".encode()).hexdigest():
        return [Told("{name} is a time stamp of something else", name=name)]
    return []


def _chat(bag: Bag) -> tuple[str, list[str]]:
    """Each message that the ledger noted, with its translations and warnings, and no other."""
    if _earlier(bag):
        return Told("an earlier format, which held no chat"), []
    chat: list[dict[str, Any]] = []
    if "data/chat.json" in bag.names:
        told = json.loads(bag.text("data/chat.json"))["testbuys"]
        chat = [message for each in told for message in each["messages"]]
    texts: dict[tuple[Any, ...], str] = {}
    expected: set[tuple[Any, ...]] = set()
    for _, _, body in _bodies(bag):
        facts = body["facts"]
        if facts.get("what") == "chat message recorded":
            expected.add((facts["message"], facts["from"], facts["text"]))
        elif facts.get("what") == "chat message translated":
            expected.add((facts["message"], "translation", facts["text"]))
        elif facts.get("what") == "conduct warning":
            expected.add((facts["message"], "warning", facts["warning"]))
    opened = 0
    problems: list[str] = []
    for row in chat:
        number = row["message"]
        spoken = [(row["from"], row), *(("translation", each) for each in row["translations"])]
        for by, each in spoken:
            texts[(number, by, each["commitment"])] = each["text"]
            if row["salt"] is None:
                continue
            opened += by != "translation"
            if _salted(each["text"], bytes.fromhex(row["salt"])) != each["commitment"]:
                problems.append(Told("message {number} was changed", number=number))
        for warning in row["warnings"]:
            texts[(number, "warning", warning["warning"])] = ""
    for number, by, _ in sorted(expected - texts.keys(), key=str):
        no = "message {number} ({by}) is noted in the ledger and not in the chat"
        problems.append(Told(no, number=number, by=by))
    for number, by, _ in sorted(texts.keys() - expected, key=str):
        no = "message {number} ({by}) is in the chat and not noted in the ledger"
        problems.append(Told(no, number=number, by=by))
    counts = {"count": len(chat), "opened": opened, "covered": len(chat) - opened}
    if not chat:
        return Told("none: nothing was said"), problems
    return Told(
        "{count} messages: the text of {opened} is what the ledger committed to; in {covered} the "
        "buyer's account is covered, which only the whole text can show", **counts,
    ), problems  # fmt: skip


def _salted(text: str, salt: bytes) -> str:
    material = b"testbuy salted commitment v1\x00" + len(salt).to_bytes(8, "big") + salt
    return "sha256:" + hashlib.sha256(material + text.encode()).hexdigest()


def _named(bag: Bag) -> tuple[str, list[str]]:
    """Nothing that the ledger noted was left out in silence."""
    if _earlier(bag):
        return Told("an earlier format, which named what is withheld in the dossier alone"), []
    noted, withheld = _of_kind(bag), _withheld(bag)
    index = json.loads(bag.text("data/index.json"))
    here = {row["digest"] for row in index["photos"] + index["documents"]}
    named = {row["digest"] for row in withheld}
    problems: list[str] = [
        Told("{digest} is withheld without a reason", digest=row["digest"])
        for row in withheld
        if not row["reason"].strip()
    ]
    others = noted["capture"] | noted["certificate"] | noted["statement"]
    for digest in sorted((noted["accepted"] | others) - here - named):
        problems.append(
            Told("the ledger notes {digest}, and it is neither here nor named", digest=digest)
        )
    return Told("{count} files are withheld, each with its reason", count=len(withheld)), problems


def _anchors(bag: Bag) -> tuple[str, list[str]]:
    """Inclusion proofs of ledger heads under published Merkle roots (RFC 6962)."""
    if "data/anchors.json" not in bag.names:
        return Told("none: this bundle holds no proofs"), []
    chains = _chains(bag)
    problems, roots, counted = list[str](), list[str](), 0
    for anchor in json.loads(bag.text("data/anchors.json"))["anchors"]:
        roots.append(f"{anchor['root']} ({anchor['at']})")
        for proof in anchor["proofs"]:
            counted += 1
            leaf = json.loads(proof["leaf"])
            subject, entries, head = leaf["subject"], leaf["entries"], leaf["head"]
            path = [bytes.fromhex(step) for step in proof["path"]]
            root = _root(proof["leaf"].encode(), proof["index"], anchor["size"], path)
            chain = chains.get(subject, [])
            if root is None or "sha256:" + root.hex() != anchor["root"]:
                no = "the proof of {subject} does not lead to the root {root}"
                problems.append(Told(no, subject=subject, root=anchor["root"]))
            elif len(chain) < entries or "sha256:" + chain[entries - 1]["hash"] != head:
                no = (
                    "the anchor of {at} holds {head} as entry {number} of {subject}; the ledger "
                    "here is another one"
                )
                told = {"at": anchor["at"], "head": head, "number": entries, "subject": subject}
                problems.append(Told(no, **told))
    if not counted:
        problems.append(Told("data/anchors.json holds no proof"))
    found = Told("{count} proofs; roots {roots}", count=counted, roots=", ".join(roots))
    return found, problems


def _root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); None where its length is wrong."""
    if not 0 <= index < size:
        return None
    here, last = index, size - 1
    node = hashlib.sha256(b"\x00" + leaf).digest()
    for step in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            node = hashlib.sha256(b"\x01" + step + node).digest()
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + step).digest()
        here, last = here >> 1, last >> 1
    return node if last == 0 else None


@dataclass(frozen=True)
class _TimeStamp:
    """What a time stamp says (RFC 3161, TSTInfo): the digest it is of, its policy and time."""

    imprint: str
    policy: str
    at: datetime


def _read_stamp(answer: bytes) -> _TimeStamp:
    """The stamp in a response (DER); whether its signature holds, `openssl ts -verify` tells."""
    response = _parts(answer, *_element(answer, 0)[1:])
    token = _parts(answer, *response[1][1:])
    signed = _parts(answer, *_parts(answer, *token[1][1:])[0][1:])
    content = _parts(answer, *signed[2][1:])
    _, start, end = _parts(answer, *content[1][1:])[0]
    info = _parts(answer, *_element(answer, start)[1:])
    if end != _element(answer, start)[2]:
        raise ValueError(Told("the time stamp can't be read"))
    algorithm, digest = _parts(answer, *info[2][1:])
    if _object(answer, *_parts(answer, *algorithm[1:])[0][1:]) != _SHA256:
        raise ValueError(Told("the time stamp can't be read"))
    at = answer[info[4][1] : info[4][2]].decode("ascii").rstrip("Z")
    moment = datetime.strptime(at.partition(".")[0] + "+0000", "%Y%m%d%H%M%S%z")
    policy = _object(answer, *info[1][1:])
    return _TimeStamp(answer[digest[1] : digest[2]].hex(), policy, moment)


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, begin and end of the content of the DER element at `at`."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        digits = length & 0x7F
        if not 0 < digits <= 4:
            raise ValueError(Told("the time stamp can't be read"))
        length, start = int.from_bytes(data[start : start + digits], "big"), start + digits
    if start + length > len(data):
        raise ValueError(Told("the time stamp can't be read"))
    return tag, start, start + length


def _parts(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """The elements that a constructed one is made of."""
    parts = []
    while start < end:
        parts.append(_element(data, start))
        start = parts[-1][2]
    return parts


def _object(data: bytes, start: int, end: int) -> str:
    """An object identifier, written with dots."""
    numbers, number = [], 0
    for byte in data[start:end]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(each) for each in (first, numbers[0] - 40 * first, *numbers[1:]))


def _roots(bag: Bag, ca: Path | None) -> tuple[str, list[str]]:
    """Each anchor's statement names its root, and its stamp is over that statement."""
    if "data/anchors.json" not in bag.names:
        return Told("none: this bundle holds no proofs"), []
    problems, times = list[str](), list[str]()
    for anchor in json.loads(bag.text("data/anchors.json"))["anchors"]:
        statement, told = anchor.get("statement"), {"at": anchor["at"]}
        if statement is not None:
            body = json.loads(statement)
            if any(body[each] != anchor[each] for each in ("at", "root", "size")):
                problems.append(
                    Told("the statement of the anchor of {at} names another root", **told)
                )
        if not anchor.get("stamp"):
            continue
        answer = base64.b64decode(anchor["stamp"])
        stamp = _read_stamp(answer)
        times.append(f"{stamp.at.isoformat()} ({stamp.policy})")
        if stamp.imprint != hashlib.sha256((statement or "").encode()).hexdigest():
            problems.append(Told("the stamp of the anchor of {at} is of another root", **told))
        elif datetime.fromisoformat(anchor["stamped_at"]).replace(microsecond=0) != stamp.at:
            problems.append(Told("the stamp of the anchor of {at} is of another time", **told))
        elif ca:
            code, said = _openssl(
                {"data": (statement or "").encode(), "seal": answer},
                *_STAMP, "data", *_trust(ca, stamp.at),
            )  # fmt: skip
            if code:
                no = "the stamp of the anchor of {at} does not verify: {said}"
                problems.append(Told(no, **told, said=_last_line(said)))
    if times and ca is None and not problems:
        raise NotCheckedError(
            Told(
                "stamped {times} over these roots, as the stamps say; who made them only openssl "
                "ts -verify can tell: name the authority with --tsa-ca", times=", ".join(times),
            )
        )  # fmt: skip
    if not times:
        return Told("none: no authority stamped these roots yet"), problems
    return Told("stamped {times}", times=", ".join(times)), problems


def _dossier(bag: Bag) -> tuple[str, list[str]]:
    """The heads that dossiers and reports print, named among their keywords, too (XMP)."""
    if _earlier(bag):
        return Told("an earlier format: compare the head that is printed in the dossier"), []
    heads = {subject: "sha256:" + chain[-1]["hash"] for subject, chain in _chains(bag).items()}
    problems, named = list[str](), dict[str, str]()
    files = [
        n for n in bag.names if re.fullmatch(r"data/(documents/)?(dossier|referral)[^/]*\.pdf", n)
    ]
    for name in files:
        with bag.open(name) as file:
            keywords = b" ".join(re.findall(rb"<pdf:Keywords>(.*?)</pdf:Keywords>", file.read()))
        told = re.findall(r"([A-Za-z0-9.:_-]+) (sha256:[0-9a-f]{64})", keywords.decode("utf-8"))
        if not told:
            problems.append(Told("{name} names no head of a ledger", name=name))
        for subject, head in told:
            named[subject] = head
            if heads.get(subject) != head:
                no = "{name} was made of another ledger: it names {head} as the head of {subject}"
                problems.append(Told(no, name=name, head=head, subject=subject))
    found = "; ".join(f"{subject} {head}" for subject, head in sorted(named.items()))
    return found, problems


def _seals(bag: Bag, ending: str) -> list[str]:
    return [n for n in bag.names if n.startswith("signatures/") and n.endswith(ending)]


def _openssl(files: dict[str, bytes], *arguments: str) -> tuple[int, str]:
    """Run openssl in a folder that holds `files`."""
    program = shutil.which("openssl")
    if program is None:
        no = "openssl is not on the path. By hand: openssl {arguments}"
        raise NotCheckedError(Told(no, arguments=" ".join(arguments)))
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        ran = subprocess.run(
            [program, *arguments], cwd=folder, capture_output=True, check=False, timeout=60
        )
    return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")


def _files(bag: Bag, seal: str) -> dict[str, bytes]:
    """The tag manifest and one seal, which is named `seal` there."""
    files = {}
    for name, here in (("tagmanifest-sha256.txt", "tagmanifest-sha256.txt"), (seal, "seal")):
        with bag.open(name) as file:
            files[here] = file.read()
    return files


def _trust(ca: Path | None, at: datetime | None) -> list[str]:
    # Certificates end long before evidence does: what counts is the time of the stamp. Where there
    # is none, the date they end is a person's to weigh.
    when = ["-attime", str(int(at.timestamp()))] if at else ["-no_check_time"]
    return ["-CAfile", str(ca.resolve()), *when] if ca else []


def _stamped_at(bag: Bag) -> datetime | None:
    """When the bundle was stamped, by its first stamp that is of it."""
    digest = hashlib.sha256(bag.text("tagmanifest-sha256.txt").encode()).hexdigest()
    for name in _seals(bag, ".tsr"):
        try:
            with bag.open(name) as file:
                stamp = _read_stamp(file.read())
        except (ValueError, IndexError):
            continue
        if stamp.imprint == digest:
            return stamp.at
    return None


def _last_line(said: str) -> str:
    return ([line for line in said.splitlines() if line.strip()] or ["-"])[-1].strip()


def _signature(bag: Bag, ca: Path | None) -> tuple[str, list[str]]:
    signatures = _seals(bag, ".p7s")
    if not signatures:
        if re.search(r"^Sealed-In: ", bag.text("bag-info.txt"), re.MULTILINE):
            return "", [Told("bag-info.txt says that it was signed, and the signature is gone")]
        return Told("none: this bundle was not signed"), []
    problems: list[str] = []
    at = _stamped_at(bag)
    command = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "seal", "-purpose", "any"]
    command += ["-content", "tagmanifest-sha256.txt", "-out", "content"]
    for name in signatures:
        code, said = _openssl(_files(bag, name), *command, *(_trust(ca, at) or ["-noverify"]))
        if code:
            no = "{name} is not a valid signature of this bundle: {said}"
            problems.append(Told(no, name=name, said=_last_line(said)))
    printing = ("pkcs7", "-inform", "DER", "-in", "seal", "-print_certs")
    _, shown = _openssl(_files(bag, signatures[0]), *printing)
    who = "; ".join(re.findall(r"^subject=\s*(.+)$", shown, re.MULTILINE))
    whether = " (whether that certificate is genuine: name its authority with --ca)"
    return Told("signed by {who}" + ("" if ca else whether), who=who), problems


def _stamp(bag: Bag, ca: Path | None) -> tuple[str, list[str]]:
    stamps = _seals(bag, ".tsr")
    if not stamps:
        return Told("none: no authority stamped this bundle"), []
    digest = hashlib.sha256(bag.text("tagmanifest-sha256.txt").encode()).hexdigest()
    problems, times = list[str](), list[str]()
    for name in stamps:
        files = _files(bag, name)
        stamp = _read_stamp(files["seal"])
        times.append(f"{stamp.at.isoformat()} ({stamp.policy})")
        if stamp.imprint != digest:
            problems.append(Told("{name} is a time stamp of something else", name=name))
        elif ca:
            command = (*_STAMP, "tagmanifest-sha256.txt", *_trust(ca, stamp.at))
            code, said = _openssl(files, *command)
            if code:
                no = "{name} is not a valid time stamp: {said}"
                problems.append(Told(no, name=name, said=_last_line(said)))
    if ca is None and not problems:
        raise NotCheckedError(
            Told(
                "it says {times} for this bundle; who made it only openssl ts -verify can tell: "
                "name the authority with --tsa-ca", times=", ".join(times),
            )
        )  # fmt: skip
    return Told("stamped {times}", times=", ".join(times)), problems


def main(arguments: list[str] | None = None) -> int:
    """Print the checks of the bundle named on the command line; the exit code."""
    parser = argparse.ArgumentParser(description="Verify a bundle of a test buy.")
    parser.add_argument("bundle", type=Path, help="the .zip, or the folder it was unpacked into")
    parser.add_argument(
        "--head", action="append", default=[], help="a ledger head you got by another way"
    )
    parser.add_argument("--ca", type=Path, help="certificates (PEM) of who may sign")
    parser.add_argument("--tsa-ca", type=Path, help="certificates (PEM) of who may stamp")
    parser.add_argument("--lang", choices=("en", "zh"), help="the language of what is printed")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console that lacks a sign shows its number instead of breaking off.
            stream.reconfigure(errors="backslashreplace")
    language = given.lang or language_of(given.bundle)
    failed, unchecked = 0, 0
    try:
        checks = verify(given.bundle, tuple(given.head), ca=given.ca, tsa_ca=given.tsa_ca)
        for check in checks:
            failed += bool(check.problems)
            unchecked += bool(check.unchecked)
            told = said(check.found or check.unchecked, language)
            word = Told("FAILED" if check.problems else "OPEN  " if check.unchecked else "ok    ")
            line = f"{check.number:2}. {said(word, language)} {said(check.name, language)}"
            sys.stdout.write(f"{line}: {told}\n" if told else f"{line}\n")
            for problem in check.problems:
                sys.stdout.write(f"           - {said(problem, language)}\n")
    except UnreadableBundleError as error:
        sys.stderr.write(f"{said(error.args[0], language)}\n")
        return 2
    ends = (
        (
            1,
            Told(
                "FAILED: {count} checks. This is not the bundle that was handed over.",
                count=failed,
            ),
        ),
        (2, Told("Nothing is wrong as far as seen; {count} checks are OPEN.", count=unchecked)),
        (0, Told("All checks passed. Compare the heads with those in the dossier you hold.")),
    )  # fmt: skip
    status, end = ends[0 if failed else 1 if unchecked else 2]
    sys.stdout.write(f"{said(end, language)}\n")
    return status


def language_of(path: Path) -> str:
    """The language that a bundle says it is in; English where it says none or can't be read."""
    try:
        bag, close = opened(path)
    except UnreadableBundleError:
        return "en"
    try:
        found = re.search(r"^Bundle-Language: (en|zh)$", bag.text("bag-info.txt"), re.MULTILINE)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return "en"
    finally:
        close()
    return found[1] if found else "en"


CHINESE: dict[str, str] = {
    "The container is in order": "容器完好",
    "It declares itself a BagIt bag": "自我声明为 BagIt 包",
    "The tag files are as listed": "标签文件与清单一致",
    "Every payload file has its SHA-256": "每个内容文件的 SHA-256 相符",
    "Every payload file has its SHA-512": "每个内容文件的 SHA-512 相符",
    "Nothing was added, nothing is missing": "没有增加，也没有缺失",
    "Size and number of files are as declared": "文件大小与数量与声明一致",
    "The ledger's chains hold": "账簿的哈希链成立",
    "The ledger's heads are those recorded": "账簿末项与记录一致",
    "The index agrees with the files": "索引与文件一致",
    "Times in the ledger run forwards": "账簿中的时间顺序向前",
    "Photos and verdicts are those the ledger noted": "照片与鉴定意见是账簿所记载的",
    "Films, captures and certificates are those the ledger noted": (
        "录像、网页存证与公证书是账簿所记载的"
    ),
    "The chat is whole, as the ledger noted it": "聊天记录完整，与账簿记载一致",
    "All that the ledger noted is here or named as withheld": "账簿所记载的全部在此，或已列明未附",
    "The anchors' proofs hold": "锚定的包含证明成立",
    "The anchors' stamps are of their roots": "锚定的时间戳属于其根值",
    "The dossier names the heads of these ledgers": "卷宗载明这些账簿的末项",
    "The signature is over this bundle": "签名属于本证据包",
    "The time stamp is of this bundle": "时间戳属于本证据包",
    "ok    ": "通过  ",
    "FAILED": "不符  ",
    "OPEN  ": "未定  ",
    "FAILED: {count} checks. This is not the bundle that was handed over.": (
        "{count} 项核验不符。这不是当初交付的证据包。"
    ),
    "Nothing is wrong as far as seen; {count} checks are OPEN.": (
        "就所能核验的部分未发现问题；{count} 项未定。"
    ),
    "All checks passed. Compare the heads with those in the dossier you hold.": (
        "全部核验通过。请将末项与您手中卷宗上印刷的比较。"
    ),
    "could not be checked: {why}": "无法核验：{why}",
    "{name} is a link, not a file": "{name} 是链接，不是文件",
    "{count} folders at the top instead of one": "顶层有 {count} 个文件夹，应只有一个",
    "a name appears twice": "有名称出现两次",
    "{name} is no safe name": "{name} 不是安全的名称",
    "{path} begins as a zip and has no end: it was cut off, {size} bytes are here. Get "
    "it again.": "{path} 开头是 zip 而没有结尾：文件被截断，此处只有 {size} 字节。请重新获取。",
    "{path} can't be read as a zip: {error}": "{path} 不能作为 zip 读取：{error}",
    "{name} can't be read: {error}": "{name} 无法读取：{error}",
    "{count} files": "{count} 个文件",
    "{count} files; of {others} seller's pictures the ledger is not in this bundle": (
        "{count} 个文件；另有 {others} 张卖家图片，其账簿不在本证据包内"
    ),
    "{count} tag files": "{count} 个标签文件",
    "bagit.txt does not say BagIt 1.0 in UTF-8": "bagit.txt 没有声明 UTF-8 的 BagIt 1.0",
    "line {number} of {name} can't be read": "{name} 第 {number} 行无法读取",
    "{name} is empty": "{name} 是空的",
    "{name} is missing": "{name} 缺失",
    "{name} was changed: it has {found}, listed is {listed}": (
        "{name} 被改动：现为 {found}，清单为 {listed}"
    ),
    "{name} is in no {algorithm} manifest": "{name} 不在任何 {algorithm} 清单中",
    "bag-info.txt declares no Payload-Oxum": "bag-info.txt 没有声明 Payload-Oxum",
    "{size} bytes instead of {listed}": "{size} 字节，应为 {listed}",
    "{count} files instead of {counted}": "{count} 个文件，应为 {counted}",
    "{count} files, {size} bytes": "{count} 个文件，{size} 字节",
    "the ledger is empty": "账簿是空的",
    "entry {number} of {subject} does not follow the one before": (
        "{subject} 的第 {number} 条与前一条不衔接"
    ),
    "entry {number} of {subject} was changed": "{subject} 的第 {number} 条被改动",
    "entry {number} of {subject} has another number or subject": (
        "{subject} 的第 {number} 条的序号或主题不符"
    ),
    "{total} entries of {count} subjects": "{count} 个主题共 {total} 条",
    "the ledger of {subject} does not end as recorded in the index": (
        "{subject} 的账簿末端与索引记录不符"
    ),
    "no ledger ends in {head}": "没有账簿以 {head} 结尾",
    "{name} is in the index but not in the bundle": "{name} 在索引中而不在证据包中",
    "{name} is not what the index says": "{name} 与索引所述不符",
    "{name} is not in the index": "{name} 不在索引中",
    "the digest of the evidence set is not that of the photos": "证据集的摘要与照片不符",
    "{name} does not list what is here or withheld": "{name} 所列与此处及未附的文件不符",
    "{photos} photos, {previews} previews ({alone} without their original), evidence set "
    "{digest}": "{photos} 张照片，{previews} 张预览（其中 {alone} 张未附原件），证据集 {digest}",
    "{photos} photos, {previews} previews ({alone} without their original), {masked} "
    "masked copies, evidence set {digest}": (
        "{photos} 张照片，{previews} 张预览（其中 {alone} 张未附原件），{masked} 张遮盖副本，"
        "证据集 {digest}"
    ),
    "{name} does not say which original it was made from": "{name} 没有说明由哪个原件制作",
    "{name} is not named after its shot and original": "{name} 没有按其镜头与原件命名",
    "the original of {name} is missing": "{name} 的原件缺失",
    "the original of {name} is in the bundle": "{name} 的原件却在证据包中",
    "entry {number} of {subject} is of {at}, after one of {before}: a clock was set back": (
        "{subject} 的第 {number} 条时间为 {at}，在 {before} 之后：时钟被拨回"
    ),
    "the last is of {at}": "最后一条的时间为 {at}",
    "the ledger notes no photo {digest} of shot {shot}, as {name} says": (
        "账簿没有记载镜头 {shot} 的照片 {digest}，而 {name} 如此称"
    ),
    "the ledger notes no sealing of the verdict {digest}": "账簿没有记载鉴定意见 {digest} 的封存",
    "the ledger of this bundle notes no digests": "本证据包的账簿没有记载摘要",
    "{photos} photos and {verdicts} verdicts noted": "记载 {photos} 张照片，{verdicts} 份鉴定意见",
    "an earlier format, whose ledger did not note these": "较早的格式，其账簿未记载这些",
    "the ledger notes no {digest}, as {name} is": "账簿没有记载 {digest}，即 {name}",
    "{name} is a time stamp of something else": "{name} 是别的内容的时间戳",
    "an earlier format, which held no chat": "较早的格式，不含聊天记录",
    "message {number} was changed": "第 {number} 条消息被改动",
    "message {number} ({by}) is noted in the ledger and not in the chat": (
        "第 {number} 条消息（{by}）账簿有记载，聊天记录中没有"
    ),
    "message {number} ({by}) is in the chat and not noted in the ledger": (
        "第 {number} 条消息（{by}）在聊天记录中，账簿没有记载"
    ),
    "none: nothing was said": "无：没有对话",
    "{count} messages: the text of {opened} is what the ledger committed to; in "
    "{covered} the buyer's account is covered, which only the whole text can show": (
        "{count} 条消息：{opened} 条的文字与账簿的承诺一致；{covered} 条中购买人账号已遮盖，须"
        "凭完整文字核验"
    ),
    "{digest} is withheld without a reason": "{digest} 未附而没有说明理由",
    "the ledger notes {digest}, and it is neither here nor named": (
        "账簿记载了 {digest}，而此处既没有也未列明"
    ),
    "{count} files are withheld, each with its reason": "{count} 个文件未附，均说明理由",
    "an earlier format, which named what is withheld in the dossier alone": (
        "较早的格式，未附的内容只在卷宗中列明"
    ),
    "none: this bundle holds no proofs": "无：本证据包没有证明",
    "the proof of {subject} does not lead to the root {root}": (
        "{subject} 的证明不能导出根值 {root}"
    ),
    "the anchor of {at} holds {head} as entry {number} of {subject}; the ledger here is "
    "another one": "{at} 的锚定记载 {head} 为 {subject} 的第 {number} 条；此处是另一个账簿",
    "data/anchors.json holds no proof": "data/anchors.json 没有证明",
    "{count} proofs; roots {roots}": "{count} 份证明；根值 {roots}",
    "the time stamp can't be read": "时间戳无法读取",
    "the statement of the anchor of {at} names another root": "{at} 的锚定声明载有另一个根值",
    "the stamp of the anchor of {at} is of another root": "{at} 的锚定的时间戳属于另一个根值",
    "the stamp of the anchor of {at} is of another time": "{at} 的锚定的时间戳是另一个时间",
    "the stamp of the anchor of {at} does not verify: {said}": (
        "{at} 的锚定的时间戳核验不符：{said}"
    ),
    "stamped {times} over these roots, as the stamps say; who made them only openssl ts "
    "-verify can tell: name the authority with --tsa-ca": (
        "据时间戳所述，这些根值于 {times} 加盖；由谁加盖只有 openssl ts -verify 能核验：请用 "
        "--tsa-ca 指明机构证书"
    ),
    "none: no authority stamped these roots yet": "无：尚无机构为这些根值加盖时间戳",
    "stamped {times}": "加盖时间 {times}",
    "an earlier format: compare the head that is printed in the dossier": (
        "较早的格式：请比较卷宗上印刷的末项"
    ),
    "{name} names no head of a ledger": "{name} 没有载明账簿的末项",
    "{name} was made of another ledger: it names {head} as the head of {subject}": (
        "{name} 由另一个账簿制作：载明 {subject} 的末项为 {head}"
    ),
    "openssl is not on the path. By hand: openssl {arguments}": (
        "找不到 openssl。手工核验：openssl {arguments}"
    ),
    "none: this bundle was not signed": "无：本证据包没有签名",
    "bag-info.txt says that it was signed, and the signature is gone": (
        "bag-info.txt 称已签名，而签名不见了"
    ),
    "{name} is not a valid signature of this bundle: {said}": (
        "{name} 不是本证据包的有效签名：{said}"
    ),
    "signed by {who}": "签名者 {who}",
    "signed by {who} (whether that certificate is genuine: name its authority with --ca)": (
        "签名者 {who}（证书是否真实：请用 --ca 指明签发机构证书）"
    ),
    "none: no authority stamped this bundle": "无：没有机构为本证据包加盖时间戳",
    "{name} is not a valid time stamp: {said}": "{name} 不是有效的时间戳：{said}",
    "it says {times} for this bundle; who made it only openssl ts -verify can tell: name "
    "the authority with --tsa-ca": (
        "据其所述，本证据包于 {times} 加盖；由谁加盖只有 openssl ts -verify 能核验：请用 "
        "--tsa-ca 指明机构证书"
    ),
}  # fmt: skip
"""The sentences above in Chinese, by their English templates."""

if __name__ == "__main__":
    sys.exit(main())
