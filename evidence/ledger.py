"""The ledger: one hash chain per subject, each entry bound to the one before it.

Owns the bytes and hashes of entries, their verification, and their export as JSON lines. The
subject and the number stand in every body, so that equal events of two subjects never share a
hash. What is hashed are the exact bytes of the body, which are kept and never made again. Leaves
to `storage` where entries lie and that nobody rewrites them. A chain shows every change but one:
entries missing at its end, which only a head kept elsewhere shows.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from evidence.digests import PREFIX

_GENESIS = b"\x00testbuy ledger v1\x00"
_LINK = b"\x01"
_MANY = 20


class LedgerError(ValueError):
    """An entry can't be formed, or an export can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: `seq` counts from 1; `prev` and `hash` are 32 bytes; `body` canonical JSON."""

    subject: str
    seq: int
    prev: bytes
    hash: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """How many entries were read, the head they end in, and what is wrong (empty: nothing)."""

    entries: int
    head: str
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; an empty chain is never ok."""
        return not self.problems


def canonical(body: Mapping[str, Any]) -> bytes:
    """`body` in the canonical form of RFC 8785; LedgerError where JSON can't hold it."""
    try:
        return rfc8785.dumps(dict(body))
    except (rfc8785.CanonicalizationError, TypeError, UnicodeEncodeError) as error:
        raise LedgerError(f"The ledger can't hold this entry: {error}.") from error


def genesis(subject: str) -> bytes:
    """The 32 bytes before the first entry; they bind the chain to its subject."""
    return hashlib.sha256(_GENESIS + subject.encode()).digest()


def link(subject: str, seq: int, prev: bytes, facts: Mapping[str, Any], at: datetime) -> Entry:
    """The entry `seq` (from 1) after `prev`: hash = SHA-256(0x01 || prev || body).

    The body holds subject, seq, at and facts. `at` is aware; it is written in UTC to the
    microsecond. LedgerError for a wrong number or previous hash, or facts JSON can't hold.
    """
    if seq < 1 or len(prev) != 32 or (seq == 1 and prev != genesis(subject)):
        raise LedgerError(f"Entry {seq} of {subject} does not follow from the hash given.")
    if at.tzinfo is None:
        raise LedgerError("A ledger entry needs a time with its zone.")
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    body = canonical({"subject": subject, "seq": seq, "at": moment, "facts": dict(facts)})
    return Entry(subject, seq, prev, _hash(prev, body), body)


def verify(
    entries: Iterable[Entry], subject: str, *, expected_head: str | None = None
) -> Verification:
    """Check a chain from its first entry on, in order.

    `expected_head` is a head kept elsewhere (dossier, bundle, anchor): with it, entries missing at
    the end are seen too. The first 20 problems are told in words, the rest counted.
    """
    problems: list[str] = []
    prev = genesis(subject)
    # Canonical JSON puts seq and subject last at the top level, so that the tail proves both
    # without parsing: 5 times the speed.
    tail = b',"subject":' + canonical({"s": subject})[5:]
    count = 0
    sha256 = hashlib.sha256
    for count, entry in enumerate(entries, 1):
        body = entry.body
        if sha256(_LINK + entry.prev + body).digest() != entry.hash:
            problems.append(f"Entry {count} of {subject} was changed after it was written.")
        elif entry.prev != prev:
            problems.append(f"Entry {count} of {subject} does not follow the one before it.")
        elif entry.seq != count or not body.endswith(b',"seq":%d%b' % (count, tail)):
            problems.append(f"Entry {count} of {subject} has another number or subject inside.")
        prev = entry.hash
    head = PREFIX + prev.hex()
    if count == 0:
        problems.append(f"The ledger of {subject} is empty: there is nothing to rely on.")
    if expected_head is not None and head != expected_head:
        problems.append(
            f"The ledger of {subject} ends in {head}, but {expected_head} was recorded: "
            "entries are missing at its end, were added, or were rewritten."
        )
    if len(problems) > _MANY:
        problems[_MANY:] = [f"{len(problems) - _MANY} more problems of this kind."]
    return Verification(count, head, tuple(problems))


def to_json_lines(entries: Iterable[Entry]) -> bytes:
    """One JSON object a line: subject, seq, prev, hash (hex), body (the exact text hashed)."""
    lines = [
        json.dumps(
            {
                "subject": entry.subject,
                "seq": entry.seq,
                "prev": entry.prev.hex(),
                "hash": entry.hash.hex(),
                "body": entry.body.decode(),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for entry in entries
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def from_json_lines(data: bytes) -> tuple[Entry, ...]:
    """The entries of an export, unverified; LedgerError names the line that can't be read."""
    entries: list[Entry] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line:
            continue
        try:
            row = json.loads(line)
            entries.append(
                Entry(
                    str(row["subject"]),
                    int(row["seq"]),
                    bytes.fromhex(row["prev"]),
                    bytes.fromhex(row["hash"]),
                    row["body"].encode(),
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LedgerError(f"Line {number} of the ledger can't be read: {error}.") from error
    return tuple(entries)


def _hash(prev: bytes, body: bytes) -> bytes:
    return hashlib.sha256(_LINK + prev + body).digest()
