"""What is looked at in one test buy: its chain, photos, verdicts, moves and codes.

Owns the rows of that table, each a name, and what is wrong in words that name entry, file or row.
Leaves which test buys are looked at, the triggers and the anchors to `casework.auditing.verifying`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from casework.examinations import showing
from casework.examinations.findings import found_in, sealed_of
from casework.examinations.sealing import sealed_digest
from casework.record import beside
from casework.record.noted import Kept
from evidence.digests import sha256_of
from evidence.ledger import Entry
from evidence.ledger import verify as verify_chain
from evidence.vault import Damaged, NotInVault
from rules.lifecycle import Move
from rules.verdicts import Testimony
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import Examination, ExhibitCode, MoveRecord, Photo, Verdict

CHAINS = "The ledger's chains hold"
CLOCK = "Times in the ledger run forwards"
FILES = "Every file is in the vault as it was received"
NOTED = "Every photo is one the ledger noted, and none is gone"
VERDICTS = "Every verdict is as it was sealed"
MOVES = "Every move is as the ledger has it"
CODES = "Every code on the goods is as it was recorded"

_BACKWARDS = timedelta(minutes=5)
"""A change waits its turn with its time already read: small steps back are ordinary."""


def _chain(kept: Kept) -> list[str]:
    return list(verify_chain(kept.chain, kept.testbuy.reference).problems)


def chain_of(chain: Sequence[Entry]) -> list[str]:
    return list(verify_chain(chain, chain[0].subject if chain else "").problems)


def clock(kept: Kept) -> list[str]:
    problems: list[str] = []
    latest: datetime | None = None
    for number, entry in enumerate(kept.chain, 1):
        at = datetime.fromisoformat(json.loads(entry.body)["at"])
        if latest and at < latest - _BACKWARDS:
            problems.append(
                f"Entry {number} is of {at.isoformat()}, after one of {latest.isoformat()}: a "
                "clock was set back."
            )
        latest = max(at, latest or at)
    return problems


def _photos(kept: Kept) -> Sequence[Photo]:
    return every(kept.tx, Photo, testbuy_id=kept.testbuy.id, order_by=table_of(Photo).c.id)


def _files_of(photo: Photo) -> Iterator[str]:
    return filter(None, (photo.digest, photo.preview_digest, photo.close_digest))


def _files(kept: Kept) -> list[str]:
    problems = []
    for photo in _photos(kept):
        for digest in _files_of(photo):
            try:
                kept.vault.verify(digest)
            except (Damaged, NotInVault) as error:
                problems.append(f"{photo.shot}: {error}")
    for name, digest in beside.files(kept):
        try:
            kept.vault.verify(digest)
        except (Damaged, NotInVault) as error:
            problems.append(f"{name}: {error}")
    return problems


def in_vault(kept: Kept) -> list[str]:
    """The same without reading: the bytes of every file are checked once, by the vault's check."""
    return [
        f"{photo.shot}: the vault has no file {digest}"
        for photo in _photos(kept)
        for digest in _files_of(photo)
        if not kept.vault.has(digest)
    ] + [
        f"{name}: the vault has no file {digest}"
        for name, digest in beside.files(kept)
        if not kept.vault.has(digest)
    ]


def _noted(kept: Kept) -> list[str]:
    noted = {
        (facts["shot"], facts["digest"]) for facts in kept.noted() if facts.get("what") == "photo"
    }
    there = {(photo.shot, photo.digest) for photo in _photos(kept)}
    return [
        *(f"The ledger notes no photo {digest} of {shot}." for shot, digest in there - noted),
        *(
            f"The photo {digest} of {shot} is no longer on record."
            for shot, digest in noted - there
        ),
    ]


def verdict_as_sealed(tx: Transaction, examination: Examination, verdict: Verdict) -> list[str]:
    """What is wrong with one verdict against the digest it was sealed under."""
    digest = _made_anew(tx, examination, verdict, verdict.sealed_at)
    if digest == verdict.digest:
        return []
    return [
        f"The verdict of examination {examination.public_id} is not what was sealed: it "
        f"has {digest}, sealed was {verdict.digest}."
    ]


def _verdicts(kept: Kept) -> list[str]:
    tx, problems, there, judged = kept.tx, [], set(), dict[str, str]()
    for examination in every(tx, Examination, testbuy_id=kept.testbuy.id):
        verdict = one(tx, Verdict, examination_id=examination.id)
        if verdict is None:
            continue
        there.add(verdict.digest)
        problems += verdict_as_sealed(tx, examination, verdict)
        judged[verdict.digest] = _made_anew(tx, examination, verdict, None)
    notes = [facts for facts in kept.noted() if facts.get("what") == "verdict sealed"]
    sealed = {facts["digest"] for facts in notes}
    problems += [
        f"The ledger notes another judgement than the verdict {facts['digest']} was given by."
        for facts in notes
        if facts.get("judgement") != judged.get(facts["digest"], facts.get("judgement"))
    ]
    problems += [f"The ledger notes no verdict {digest}." for digest in sorted(there - sealed)]
    problems += [f"The verdict {digest} is gone." for digest in sorted(sealed - there)]
    return problems + _scans(kept)


def _made_anew(
    tx: Transaction, examination: Examination, verdict: Verdict, sealed_at: datetime | None
) -> str:
    return sealed_digest(
        examination=examination.public_id,
        examiner=verdict.sealed_by,
        given_at=verdict.given_at,
        sealed_at=sealed_at,
        photos=examination.photos_digest,
        shown=[each.as_sealed() for each in showing.kept(tx, verdict.id)],
        verdict=verdict.value,
        findings=[each.as_sealed() for each in found_in(tx, verdict.id)],
        confidence=verdict.confidence,
        method=verdict.method,
        reasons=verdict.reasons,
        limits=verdict.limits,
        conflict_statement=verdict.conflict_statement,
        testimony=Testimony(
            verdict.qualification,
            verdict.authority,
            verdict.reference_samples,
            verdict.seals_seen,
        ),
    )


def _scans(kept: Kept) -> list[str]:
    """Signed statements against the ledger: each is one it noted, and none is gone."""
    there = {scan.digest for sealed in sealed_of(kept.tx, kept.testbuy.id) for scan in sealed.scans}
    noted = {
        facts["digest"]
        for facts in kept.noted()
        if facts.get("what") == "signed statement handed in"
    }
    return [
        *(f"The ledger notes no signed statement {digest}." for digest in sorted(there - noted)),
        *(f"The signed statement {digest} is gone." for digest in sorted(noted - there)),
    ]


def _moves(kept: Kept) -> list[str]:
    moves = set(Move)
    noted = {
        (facts["version"], str(facts["what"]), str(facts["to"]))
        for facts in kept.noted()
        if facts.get("what") in moves and "to" in facts and "version" in facts
    }
    there = {
        (row.version, str(row.move), str(row.target))
        for row in every(kept.tx, MoveRecord, testbuy_id=kept.testbuy.id)
    }
    problems = [
        f"Version {version}, {name} to {target}, is on record and not in the ledger."
        for version, name, target in sorted(there - noted)
    ]
    problems += [
        f"Version {version}, {name} to {target}, is in the ledger and not on record."
        for version, name, target in sorted(noted - there)
    ]
    last = max(there, default=(0, "", ""))
    if last[2] != kept.testbuy.stage:
        problems.append(f"It is {kept.testbuy.stage}, and its last move led to {last[2]}.")
    return problems


def _codes(kept: Kept) -> list[str]:
    recorded = ("code recorded", "code corrected")
    noted = {
        (facts["code"], facts["kind"], facts["digest"], facts.get("scan"))
        for facts in kept.noted()
        if facts.get("what") in recorded
    }
    there = {
        (row.id, str(row.kind), sha256_of(row.text.encode()), row.scan_result)
        for row in every(kept.tx, ExhibitCode, testbuy_id=kept.testbuy.id)
    }
    return [
        *(
            f"Code {each[0]} is not as the ledger has it."
            for each in sorted(there - noted, key=str)
        ),
        *(
            f"Code {each[0]} ({each[1]}) was recorded and is not on record so."
            for each in sorted(noted - there, key=str)
        ),
    ]


LOOKS: tuple[tuple[str, Callable[[Kept], list[str]]], ...] = (
    (CHAINS, _chain),
    (CLOCK, clock),
    (FILES, _files),
    (NOTED, _noted),
    (VERDICTS, _verdicts),
    (MOVES, _moves),
    (CODES, _codes),
    (beside.SAID, beside.said),
    (beside.KEPT, beside.captured),
)
"""The checks of one test buy, in order."""
