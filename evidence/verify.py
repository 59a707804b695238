"""Verify a bundle of a test buy: python3 verify.py BUNDLE.zip (or its unpacked folder).

Runs alone on Python 3.10 or later, with nothing installed. Prints a numbered list of checks, each
ok or FAILED with what is wrong, and ends with exit code 0 (all ok), 1 (something failed) or 2 (the
bundle, or something in it, could not be checked). Bundles of every earlier format stay checkable. A
copy of this file travels in every bundle. Where `openssl` is on the path it checks the signatures.

Owns checking from outside, and so shares no code with what writes bundles. It can't tell that
somebody made a whole new bundle: compare the printed heads with those you got by another way.
"""

from __future__ import annotations

import argparse
import hashlib
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
_BACKWARDS = timedelta(minutes=5)
"""A change waits its turn with its time already read, so that small steps back are ordinary."""


class UnreadableBundleError(Exception):
    """There is nothing here that could be checked."""


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
class _Bag:
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
    bag, close = _opened(path)
    try:
        named: list[tuple[str, Callable[[_Bag], tuple[str, list[str]]]]] = [
            ("The container is in order", _container),
            ("It declares itself a BagIt bag", _declaration),
            ("The tag files are as listed", _tag_files),
            ("Every payload file has its SHA-256", lambda b: _payload(b, "sha256")),
            ("Every payload file has its SHA-512", lambda b: _payload(b, "sha512")),
            ("Nothing was added, nothing is missing", _complete),
            ("Size and number of files are as declared", _oxum),
            ("The ledger's chains hold", _ledger),
            ("The ledger's heads are those recorded", lambda b: _heads(b, heads)),
            ("The index agrees with the files", _index),
            ("Times in the ledger run forwards", _times),
            ("Photos and verdicts are those the ledger noted", _noted),
            ("The anchors' proofs hold", _anchors),
            ("The signature is over this bundle", lambda b: _signature(b, ca)),
            ("The time stamp is of this bundle", lambda b: _stamp(b, tsa_ca or ca)),
        ]
        _digest_all(bag)
        for number, (name, look) in enumerate(named, 1):
            if name in without:
                continue
            unchecked = ""
            try:
                found, problems = look(bag)
            except NotCheckedError as error:
                found, problems, unchecked = "", [], str(error)
            except Exception as error:
                found, problems = "", [f"could not be checked: {error or type(error).__name__}"]
            yield Check(number, name, found, tuple(problems), unchecked)
    finally:
        close()


def _opened(path: Path) -> tuple[_Bag, Callable[[], None]]:
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if not p.is_dir())
        names = [p.relative_to(path).as_posix() for p in files]
        links = [f"{p} is a link, not a file" for p in files if p.is_symlink()]
        return _Bag(lambda name: (path / name).open("rb"), names, links), lambda: None
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableBundleError(_unreadable(path, error)) from error
    inside = [name for name in archive.namelist() if not name.endswith("/")]
    tops = {name.split("/", 1)[0] for name in inside}
    problems = [] if len(tops) == 1 else [f"{len(tops)} folders at the top instead of one"]
    if len(set(inside)) != len(inside):
        problems.append("a name appears twice")
    top = min(tops, default="") + "/"
    if not _NAME.fullmatch(top[:-1]) or ".." in top:
        problems.append(f"{top!r} is no safe name")
    names = [name[len(top) :] for name in inside if name.startswith(top)]

    def opened(name: str) -> BinaryIO:
        return archive.open(top + name)  # type: ignore[return-value]

    return _Bag(opened, names, problems), archive.close


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, zipfile.BadZipFile) and path.read_bytes()[:4] == b"PK\x03\x04":
        return (
            f"{path} begins as a zip and has no end: it was cut off, {path.stat().st_size} bytes "
            "are here. Get it again."
        )
    return f"{path} can't be read as a zip: {error}"


def _digest_all(bag: _Bag) -> None:
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
                bag.layout.append(f"{name} can't be read: {error}")
            if pending:
                pending.result()
            bag.sums[name] = {"sha256": first.hexdigest(), "sha512": second.hexdigest()}
            bag.sizes[name] = size


def _container(bag: _Bag) -> tuple[str, list[str]]:
    bad = [f"{n!r} is no safe name" for n in bag.names if not _NAME.fullmatch(n) or ".." in n]
    return f"{len(bag.names)} files", bag.layout + bad


def _declaration(bag: _Bag) -> tuple[str, list[str]]:
    lines = bag.text("bagit.txt").splitlines()
    if lines != ["BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"]:
        return "", ["bagit.txt does not say BagIt 1.0 in UTF-8"]
    return "BagIt 1.0", []


def _listed(bag: _Bag, manifest: str) -> dict[str, str]:
    rows: dict[str, str] = {}
    for number, line in enumerate(bag.text(manifest).splitlines(), 1):
        found = _LINE.fullmatch(line)
        if not found or found[2] in rows:
            raise ValueError(f"line {number} of {manifest} can't be read")
        rows[found[2]] = found[1]
    if not rows:
        raise ValueError(f"{manifest} is empty")
    return rows


def _compared(bag: _Bag, manifest: str, algorithm: str) -> tuple[int, list[str]]:
    rows = _listed(bag, manifest)
    problems = []
    for name, expected in rows.items():
        if name not in bag.sums:
            problems.append(f"{name} is missing")
        elif bag.sums[name][algorithm] != expected:
            found = bag.sums[name][algorithm]
            problems.append(f"{name} was changed: it has {found}, listed is {expected}")
    return len(rows), problems


def _tag_files(bag: _Bag) -> tuple[str, list[str]]:
    problems: list[str] = []
    count = 0
    for algorithm in _ALGORITHMS:
        count, found = _compared(bag, f"tagmanifest-{algorithm}.txt", algorithm)
        problems += [p for p in found if p not in problems]
    return f"{count} tag files", problems


def _payload(bag: _Bag, algorithm: str) -> tuple[str, list[str]]:
    count, problems = _compared(bag, f"manifest-{algorithm}.txt", algorithm)
    return f"{count} files", problems


def _complete(bag: _Bag) -> tuple[str, list[str]]:
    problems = []
    for algorithm in _ALGORITHMS:
        payload = set(_listed(bag, f"manifest-{algorithm}.txt"))
        tags = set(_listed(bag, f"tagmanifest-{algorithm}.txt"))
        for name in bag.names:
            if name.startswith(_UNLISTED) or name in payload | tags:
                continue
            problems.append(f"{name} is in no {algorithm} manifest")
        problems += [
            f"{name} is missing" for name in sorted(payload | tags) if name not in bag.sums
        ]
    return f"{len(bag.names)} files", list(dict.fromkeys(problems))


def _oxum(bag: _Bag) -> tuple[str, list[str]]:
    found = re.search(r"^Payload-Oxum: (\d+)\.(\d+)$", bag.text("bag-info.txt"), re.MULTILINE)
    if not found:
        return "", ["bag-info.txt declares no Payload-Oxum"]
    payload = [size for name, size in bag.sizes.items() if name.startswith("data/")]
    problems = []
    if int(found[1]) != sum(payload):
        problems.append(f"{sum(payload)} bytes instead of {found[1]}")
    if int(found[2]) != len(payload):
        problems.append(f"{len(payload)} files instead of {found[2]}")
    return f"{len(payload)} files, {sum(payload)} bytes", problems


def _chains(bag: _Bag) -> dict[str, list[dict[str, Any]]]:
    chains: dict[str, list[dict[str, Any]]] = {}
    for line in bag.text("data/ledger.jsonl").split("\n"):
        if line:
            entry = json.loads(line)
            chains.setdefault(entry["subject"], []).append(entry)
    return chains


def _ledger(bag: _Bag) -> tuple[str, list[str]]:
    chains = _chains(bag)
    if not chains:
        return "", ["the ledger is empty"]
    problems = []
    for subject, entries in chains.items():
        prev = hashlib.sha256(b"\x00testbuy ledger v1\x00" + subject.encode()).digest()
        for number, entry in enumerate(entries, 1):
            body = entry["body"].encode()
            content = json.loads(body)
            digest = hashlib.sha256(b"\x01" + prev + body).digest()
            told = (entry["seq"], content["seq"], content["subject"])
            if bytes.fromhex(entry["prev"]) != prev:
                problems.append(f"entry {number} of {subject} does not follow the one before")
            elif bytes.fromhex(entry["hash"]) != digest:
                problems.append(f"entry {number} of {subject} was changed")
            elif told != (number, number, subject):
                problems.append(f"entry {number} of {subject} has another number or subject")
            prev = bytes.fromhex(entry["hash"])
    total = sum(map(len, chains.values()))
    return f"{total} entries of {len(chains)} subjects", problems


def _heads(bag: _Bag, elsewhere: tuple[str, ...]) -> tuple[str, list[str]]:
    recorded = {
        row["subject"]: (row["entries"], row["head"])
        for row in json.loads(bag.text("data/index.json"))["ledgers"]
    }
    found = {
        subject: (len(entries), "sha256:" + entries[-1]["hash"])
        for subject, entries in _chains(bag).items()
    }
    problems = [
        f"the ledger of {subject} does not end as recorded in the index"
        for subject in sorted(recorded.keys() | found.keys())
        if recorded.get(subject) != found.get(subject)
    ]
    present = {head for _, head in found.values()}
    problems += [f"no ledger ends in {head}" for head in elsewhere if head not in present]
    return "; ".join(f"{subject} {head}" for subject, (_, head) in found.items()), problems


def _index(bag: _Bag) -> tuple[str, list[str]]:
    index = json.loads(bag.text("data/index.json"))
    copies = index["previews"] + index.get("masked", [])
    rows = index["photos"] + copies + index["documents"]
    problems = []
    for row in rows:
        sums = bag.sums.get(row["name"])
        if sums is None:
            problems.append(f"{row['name']} is in the index but not in the bundle")
        elif "sha256:" + sums["sha256"] != row["digest"]:
            problems.append(f"{row['name']} is not what the index says")
    indexed = {row["name"] for row in rows} | {"data/index.json"}
    problems += [
        f"{name} is not in the index"
        for name in bag.names
        if name.startswith("data/") and name not in indexed
    ]
    digests = sorted({row["digest"] for row in index["photos"]})
    lines = "".join(f"{digest}\n" for digest in digests).encode()
    evidence_set = "sha256:" + hashlib.sha256(lines).hexdigest() if digests else None
    if index["evidence_set"] != evidence_set:
        problems.append("the digest of the evidence set is not that of the photos")
    alone, wrong = _copies(index, "previews")
    told = f"{len(index['previews'])} previews ({alone} without their original)"
    if index.get("masked"):
        told += f", {len(index['masked'])} masked copies"
        wrong += _copies(index, "masked")[1]
    found = f"{len(index['photos'])} photos, {told}, evidence set {evidence_set}"
    return found, problems + wrong


def _copies(index: dict[str, Any], kind: str) -> tuple[int, list[str]]:
    """How many copies stand without their original, and what is wrong with what they say."""
    originals = {(row["shot"], row["digest"]) for row in index["photos"]}
    alone, problems = 0, []
    for row in index[kind]:
        name, made_from = row["name"], row["made_from"]
        digits = made_from[len("sha256:") :]
        stem = f"data/{kind}/{row['shot']}-"
        if not _DIGEST.fullmatch(made_from):
            problems.append(f"{name} does not say which original it was made from")
        elif name not in (f"{stem}{digits[:8]}.jpg", f"{stem}{digits}.jpg"):
            problems.append(f"{name} is not named after its shot and original")
        inside = (row["shot"], made_from) in originals
        if inside is not row["original_inside"]:
            where = "is missing" if row["original_inside"] else "is in the bundle after all"
            problems.append(f"the original of {name} {where}")
        alone += not inside
    return alone, problems


def _bodies(bag: _Bag) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for subject, entries in _chains(bag).items():
        for number, entry in enumerate(entries, 1):
            yield subject, number, json.loads(entry["body"])


def _times(bag: _Bag) -> tuple[str, list[str]]:
    latest: dict[str, datetime] = {}
    problems = []
    for subject, number, body in _bodies(bag):
        at = datetime.fromisoformat(body["at"].replace("Z", "+00:00"))
        before = latest.get(subject, at)
        if at < before - _BACKWARDS:
            told = (
                f"is of {at.isoformat()}, after one of {before.isoformat()}: a clock was set back"
            )
            problems.append(f"entry {number} of {subject} {told}")
        latest[subject] = max(at, before)
    span = f"{max(latest.values()).isoformat()}" if latest else "no entry"
    return f"the last is of {span}", problems


def _noted(bag: _Bag) -> tuple[str, list[str]]:
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
    problems = []
    rows = [(row["name"], row["shot"], row["digest"]) for row in index["photos"]]
    copies = index["previews"] + index.get("masked", [])
    rows += [(row["name"], row["shot"], row["made_from"]) for row in copies]
    for name, shot, digest in rows if photos else ():
        if (shot, digest) not in photos:
            problems.append(f"the ledger notes no photo {digest} of shot {shot}, as {name} says")
    told = [one for each in (facts, *facts.get("testbuys", [])) for one in each.get("verdicts", [])]
    for verdict in told if sealed else ():
        if verdict["digest"] not in sealed:
            problems.append(f"the ledger notes no sealing of the verdict {verdict['digest']}")
    if not photos and not sealed:
        return "the ledger of this bundle notes no digests", problems
    return f"{len(photos)} photos and {len(sealed)} verdicts noted", problems


def _anchors(bag: _Bag) -> tuple[str, list[str]]:
    """Inclusion proofs of ledger heads under published Merkle roots (RFC 6962)."""
    if "data/anchors.json" not in bag.names:
        return "none: this bundle holds no proofs", []
    chains = _chains(bag)
    problems, roots, counted = [], [], 0
    for anchor in json.loads(bag.text("data/anchors.json"))["anchors"]:
        roots.append(f"{anchor['root']} of {anchor['at']}")
        for proof in anchor["proofs"]:
            counted += 1
            leaf = json.loads(proof["leaf"])
            subject, entries, head = leaf["subject"], leaf["entries"], leaf["head"]
            path = [bytes.fromhex(step) for step in proof["path"]]
            root = _root(proof["leaf"].encode(), proof["index"], anchor["size"], path)
            chain = chains.get(subject, [])
            if root is None or "sha256:" + root.hex() != anchor["root"]:
                problems.append(
                    f"the proof of {subject} does not lead to the root {anchor['root']}"
                )
            elif len(chain) < entries or "sha256:" + chain[entries - 1]["hash"] != head:
                problems.append(
                    f"the anchor of {anchor['at']} holds {head} as entry {entries} of {subject}; "
                    "the ledger here is another one"
                )
    if not counted:
        problems.append("data/anchors.json holds no proof")
    return f"{counted} proofs; roots {', '.join(roots)}", problems


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


def _seals(bag: _Bag, ending: str) -> list[str]:
    return [n for n in bag.names if n.startswith("signatures/") and n.endswith(ending)]


def _openssl(bag: _Bag, seal: str, *arguments: str) -> tuple[int, str]:
    """Run openssl beside the tag manifest and one seal (named `seal` there)."""
    program = shutil.which("openssl")
    if program is None:
        raise NotCheckedError(f"openssl is not on the path. By hand: openssl {' '.join(arguments)}")
    with tempfile.TemporaryDirectory() as folder:
        for name, here in (("tagmanifest-sha256.txt", "tagmanifest-sha256.txt"), (seal, "seal")):
            with bag.open(name) as file:
                (Path(folder) / here).write_bytes(file.read())
        ran = subprocess.run(
            [program, *arguments], cwd=folder, capture_output=True, check=False, timeout=60
        )
    return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")


def _trust(ca: Path | None) -> list[str]:
    # Certificates end long before evidence does; the date they end is a person's to weigh.
    return ["-CAfile", str(ca.resolve()), "-no_check_time"] if ca else []


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["openssl said nothing"])[-1]


def _signature(bag: _Bag, ca: Path | None) -> tuple[str, list[str]]:
    signatures = _seals(bag, ".p7s")
    if not signatures:
        if re.search(r"^Sealed-In: ", bag.text("bag-info.txt"), re.MULTILINE):
            return "", ["bag-info.txt says that it was signed, and the signature is gone"]
        return "none: this bundle was not signed", []
    problems = []
    command = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "seal", "-purpose", "any"]
    command += ["-content", "tagmanifest-sha256.txt", "-out", "content"]
    for name in signatures:
        code, said = _openssl(bag, name, *command, *(_trust(ca) or ["-noverify"]))
        if code:
            problems.append(f"{name} is not a valid signature of this bundle: {_last_line(said)}")
    _, shown = _openssl(
        bag, signatures[0], "pkcs7", "-inform", "DER", "-in", "seal", "-print_certs"
    )
    who = "; ".join(re.findall(r"^subject=\s*(.+)$", shown, re.MULTILINE))
    whether = "" if ca else " (whether that certificate is genuine: name its authority with --ca)"
    return f"signed by {who}{whether}", problems


def _stamp(bag: _Bag, ca: Path | None) -> tuple[str, list[str]]:
    stamps = _seals(bag, ".tsr")
    if not stamps:
        return "none: no authority stamped this bundle", []
    digest = hashlib.sha256(bag.text("tagmanifest-sha256.txt").encode()).digest()
    problems, times = [], []
    for name in stamps:
        with bag.open(name) as file:
            same = digest in file.read()
        _, said = _openssl(bag, name, "ts", "-reply", "-in", "seal", "-text")
        times += re.findall(r"^Time stamp: (.+)$", said, re.MULTILINE)
        if not same:
            problems.append(f"{name} is a time stamp of something else")
        elif ca:
            command = ["ts", "-verify", "-data", "tagmanifest-sha256.txt", "-in", "seal"]
            code, said = _openssl(bag, name, *command, *_trust(ca))
            if code:
                problems.append(f"{name} is not a valid time stamp: {_last_line(said)}")
    if ca is None and not problems:
        told = f"it says {', '.join(times)} for this bundle; name its authority with --tsa-ca"
        raise NotCheckedError(f"who made the time stamp: {told}")
    return f"stamped {', '.join(times)}", problems


def main(arguments: list[str] | None = None) -> int:
    """Print the checks of the bundle named on the command line; the exit code."""
    parser = argparse.ArgumentParser(description="Verify a bundle of a test buy.")
    parser.add_argument("bundle", type=Path, help="the .zip, or the folder it was unpacked into")
    parser.add_argument(
        "--head", action="append", default=[], help="a ledger head you got by another way"
    )
    parser.add_argument("--ca", type=Path, help="certificates (PEM) of who may sign")
    parser.add_argument("--tsa-ca", type=Path, help="certificates (PEM) of who may stamp")
    given = parser.parse_args(arguments)
    failed, unchecked = 0, 0
    try:
        checks = verify(given.bundle, tuple(given.head), ca=given.ca, tsa_ca=given.tsa_ca)
        for check in checks:
            failed += bool(check.problems)
            unchecked += bool(check.unchecked)
            told = f": {check.found or check.unchecked}" if check.found or check.unchecked else ""
            word = "FAILED" if check.problems else "OPEN  " if check.unchecked else "ok    "
            sys.stdout.write(f"{check.number:2}. {word} ")
            sys.stdout.write(f"{check.name}{told}\n")
            for problem in check.problems:
                sys.stdout.write(f"           - {problem}\n")
    except UnreadableBundleError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if failed:
        sys.stdout.write(f"FAILED: {failed} checks. This is not the bundle that was handed over.\n")
        return 1
    if unchecked:
        sys.stdout.write(f"Nothing is wrong as far as seen; {unchecked} checks are OPEN.\n")
        return 2
    sys.stdout.write("All checks passed. Compare the heads with those in the dossier you hold.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
