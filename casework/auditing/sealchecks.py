"""One sealed thing checked now: what it was sealed under, when, by whom, and whether it still is.

Owns which checks tell of which seal; each is one of `casework.record.looks`', or compares a file
with the digest on record. Changes nothing. Leaves whole test buys and everything to
`casework.auditing.verifying`.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from casework.auditing.verifying import ANCHORS, Found, kept_of, looked
from casework.errors import NotFound
from casework.record import looks
from casework.record.noted import Kept
from evidence.digests import PREFIX, digest_of_file, set_of
from evidence.vault import Damaged, NotInVault, Vault
from storage import anchors, ledger
from storage.persons import names
from storage.rows import every, one
from storage.session import Database, Transaction
from storage.tables import (
    Examination,
    NotaryCertificate,
    PageCapture,
    Photo,
    Referral,
    TestBuy,
    Verdict,
)

RECORDED = "It is the one that the ledger noted"
KEPT_FILE = "Its file has the digest that is on record"
AS_SEALED = "It is as it was sealed"
IN_CHAIN = "It is in its ledger"


_BLIND = "It does not hold; the programme's auditor sees where."


class Sealed(StrEnum):
    """What of a test buy is sealed, by the word in its address."""

    LEDGER = "ledger"
    ENTRY = "entry"
    EVIDENCE = "evidence"
    VERDICT = "verdict"
    CAPTURE = "capture"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Checked:
    """A seal, and every check that tells of it. `by`: a person's name or a role, "" for nobody."""

    digest: str
    at: datetime | None
    by: str
    found: tuple[Found, ...]

    @property
    def holds(self) -> bool:
        """Whether every check found it well; without any check nothing was found."""
        return bool(self.found) and not any(each.problems for each in self.found)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page shows beside something sealed: its digest, since when, and over how many."""

    digest: str
    at: datetime | None
    number: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The seals at the head of a test buy: its ledger's, and that of its evidence set."""

    ledger: Mark | None
    evidence: Mark | None


def marks(db: Database, reference: str) -> Marks:
    """The digests at the head of a test buy's page; nothing is checked yet."""
    with db.read() as tx:
        testbuy = one(tx, TestBuy, reference=reference)
        if testbuy is None:
            raise NotFound(f"There is no test buy {reference}.")
        chain = list(ledger.chain(tx, reference))
        photos = _accepted(tx, testbuy)
    head = (
        Mark(f"{PREFIX}{chain[-1].hash.hex()}", _at(chain[-1].body), len(chain)) if chain else None
    )
    if not photos:
        return Marks(head, None)
    newest = max(photo.received_at for photo in photos)
    digest = set_of(photo.digest for photo in photos)
    return Marks(head, Mark(digest, newest, len(photos)))


def check(db: Database, vault: Vault, reference: str, what: str, which: str) -> Checked:
    """Check one sealed thing of a test buy now; raises NotFound.

    `which` is the digest of a ledger's entry, the public id of an examination, or the number of a
    capture or certificate; ledger and evidence set are one a test buy.
    """
    if what not in set(Sealed):
        raise NotFound("There is no such seal.")
    with db.read() as tx:
        return _CHECKS[Sealed(what)](kept_of(tx, vault, reference), which)


def check_package(db: Database, folder: Path, reference: str) -> Checked:
    """Check the package that was sent for a referral, in the `folder` it was written to."""
    with db.read() as tx:
        row = one(tx, Referral, reference=reference)
        if row is None or row.bundle_digest is None:
            raise NotFound("No package of this referral is on record.")
        chain = list(ledger.chain(tx, reference))
        by = names(tx, [row.approved_by]).get(row.approved_by or 0, "")
    file, problems = folder / f"{reference}.zip", []
    if not file.is_file():
        problems = ["Its file is not in this machine's folder of packages."]
    elif (digest := digest_of_file(file)) != row.bundle_digest:
        problems = [f"Its file has {digest}, on record is {row.bundle_digest}."]
    chains = Found(looks.CHAINS, "", tuple(looks.chain_of(chain)))
    return Checked(
        row.bundle_digest, row.sent_at, by, (Found(KEPT_FILE, "", tuple(problems)), chains)
    )


def check_own_verdict(db: Database, vault: Vault, examiner: int, public_id: str) -> Checked:
    """Check a verdict for the examiner who gave it; nothing is said of its test buy."""
    with db.read() as tx:
        examination = one(tx, Examination, public_id=public_id)
        verdict = one(tx, Verdict, examination_id=examination.id) if examination else None
        if examination is None or verdict is None or verdict.sealed_by != examiner:
            raise NotFound("There is no such verdict of yours.")
        testbuy = one(tx, TestBuy, id=examination.testbuy_id)
        assert testbuy is not None  # a foreign key holds it
        checked = _verdict(kept_of(tx, vault, testbuy.reference), public_id)
    # What is wrong in a chain names its test buy, which an examiner never learns.
    found = tuple(
        Found(each.name, "", tuple(_BLIND for _ in each.problems[:1]))
        if each.name == looks.CHAINS
        else each
        for each in checked.found
    )
    return replace(checked, found=found)


def _ledger(kept: Kept, _: str) -> Checked:
    if not kept.chain:
        return Checked("", None, "", (Found(looks.CHAINS, "", ("The ledger has no entry.",)),))
    head = kept.chain[-1]
    return Checked(
        f"{PREFIX}{head.hash.hex()}",
        _at(head.body),
        _by(kept.tx, head.body),
        (*_looks(kept, looks.CHAINS, looks.CLOCK, looks.MOVES), *_anchored(kept)),
    )


def _anchored(kept: Kept) -> list[Found]:
    """Whether the chain still holds what an anchor fixed; nothing where none has yet."""
    subject = kept.testbuy.reference
    fixed = anchors.holding(kept.tx, subject)
    if fixed is None:
        return []
    there = any((entry.seq, entry.hash) == (fixed.seq, fixed.head) for entry in kept.chain)
    gone = (
        f"Entry {fixed.seq} of the ledger of {subject} is not the one that anchor "
        f"{fixed.anchor_id} fixed: the ledger was rewritten or cut after that."
    )
    return [Found(ANCHORS, "", () if there else (gone,))]


def _entry(kept: Kept, digest: str) -> Checked:
    found = [entry for entry in kept.chain if f"{PREFIX}{entry.hash.hex()}" == digest]
    missing = () if found else ("No entry of the ledger has this digest any more.",)
    body = found[0].body if found else b"{}"
    return Checked(
        digest,
        _at(body) if found else None,
        _by(kept.tx, body),
        (Found(IN_CHAIN, "", missing), *_looks(kept, looks.CHAINS)),
    )


def _evidence(kept: Kept, _: str) -> Checked:
    photos = _accepted(kept.tx, kept.testbuy)
    if not photos:
        raise NotFound("Nothing was handed in, so that there is no evidence set.")
    newest = max(photos, key=lambda photo: photo.received_at)
    digest = set_of(photo.digest for photo in photos)
    return Checked(digest, newest.received_at, "", _looks(kept, looks.FILES, looks.NOTED))


def _verdict(kept: Kept, public_id: str) -> Checked:
    examination = one(kept.tx, Examination, public_id=public_id, testbuy_id=kept.testbuy.id)
    verdict = one(kept.tx, Verdict, examination_id=examination.id) if examination else None
    if examination is None or verdict is None:
        raise NotFound("There is no such verdict.")
    noted = {facts["digest"] for facts in kept.noted() if facts.get("what") == "verdict sealed"}
    unknown = () if verdict.digest in noted else (f"The ledger notes no verdict {verdict.digest}.",)
    problems = looks.verdict_as_sealed(kept.tx, examination, verdict)
    return Checked(
        verdict.digest,
        verdict.sealed_at,
        names(kept.tx, [verdict.sealed_by]).get(verdict.sealed_by, ""),
        (
            Found(AS_SEALED, "", tuple(problems)),
            Found(RECORDED, "", unknown),
            *_looks(kept, looks.CHAINS),
        ),
    )


def _capture(kept: Kept, number: str) -> Checked:
    row = one(kept.tx, PageCapture, id=_number(number), testbuy_id=kept.testbuy.id)
    if row is None or row.warc_digest is None:
        raise NotFound("There is no such capture.")
    return Checked(row.warc_digest, row.fetched_at, "", _file(kept, row.warc_digest, "warc"))


def _certificate(kept: Kept, number: str) -> Checked:
    row = one(kept.tx, NotaryCertificate, id=_number(number), testbuy_id=kept.testbuy.id)
    if row is None:
        raise NotFound("There is no such certificate.")
    by = names(kept.tx, [row.handed_in_by]).get(row.handed_in_by, "")
    return Checked(row.digest, row.handed_in_at, by, _file(kept, row.digest, "digest"))


_CHECKS = {
    Sealed.LEDGER: _ledger,
    Sealed.ENTRY: _entry,
    Sealed.EVIDENCE: _evidence,
    Sealed.VERDICT: _verdict,
    Sealed.CAPTURE: _capture,
    Sealed.CERTIFICATE: _certificate,
}


def _looks(kept: Kept, *wanted: str) -> tuple[Found, ...]:
    return tuple(
        Found(name, "", tuple(looked(look, kept))) for name, look in looks.LOOKS if name in wanted
    )


def _file(kept: Kept, digest: str, fact: str) -> tuple[Found, ...]:
    """A file of the vault, read again, and whether the ledger noted it."""
    problems: tuple[str, ...] = ()
    try:
        kept.vault.verify(digest)
    except (Damaged, NotInVault) as error:
        problems = (str(error),)
    known = any(facts.get(fact) == digest for facts in kept.noted())
    unknown = () if known else (f"The ledger notes no {digest}.",)
    return Found(KEPT_FILE, "", problems), Found(RECORDED, "", unknown)


def _accepted(tx: Transaction, testbuy: TestBuy) -> list[Photo]:
    return list(every(tx, Photo, testbuy_id=testbuy.id, accepted=True))


def _read(body: bytes) -> dict[str, Any]:
    """What an entry says; nothing where it can't be read, which the look at the chain tells of."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _at(body: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(_read(body)["at"])
    except (KeyError, TypeError, ValueError):
        return None


def _by(tx: Transaction, body: bytes) -> str:
    """Who an entry says acted: a person's name, else the role."""
    facts = _read(body).get("facts", {})
    role, _, number = str(facts.get("by", "")).partition(":")
    if not number.isdigit():
        return role
    return names(tx, [int(number)]).get(int(number), role)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
