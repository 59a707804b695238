"""Checking what is kept against itself: ledgers, photos, verdicts, moves, triggers, the vault.

Owns the checks of one test buy and of everything, each with a name and what is wrong in words that
name the entry, file or row. Changes nothing, and mends nothing: a trigger that is gone is found and
not put back. A chain rewritten whole is found by the anchors, as far as those were exported or
stamped: who owns the database can rewrite them too. Leaves bundles to `evidence.verify`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.x509 import Certificate

from casework import anchoring
from casework.errors import NotFound
from casework.sealing import sealed_digest
from evidence.ledger import Entry
from evidence.ledger import verify as verify_chain
from evidence.vault import Damaged, NotInVault, Vault
from rules.lifecycle import Move
from storage import ledger, testbuys, triggers
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Anchor, Examination, Finding, MoveRecord, Photo, TestBuy, Verdict

CHAINS = "The ledger's chains hold"
CLOCK = "Times in the ledger run forwards"
FILES = "Every photo is in the vault as it was received"
NOTED = "Every photo is one the ledger noted, and none is gone"
VERDICTS = "Every verdict is as it was sealed"
MOVES = "Every move is as the ledger has it"
ANCHORS = "Every anchored head is still in its ledger"
TRIGGERS = "Every protected table has its triggers"
VAULT = "Every file in the vault has its digest"

_BACKWARDS = timedelta(minutes=5)
"""A change waits its turn with its time already read: small steps back are ordinary."""

Step = Callable[[str, int, int], None]
"""Told how far a long check has come: its name, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Found:
    """A check by its name, how much it looked at, and what is wrong (empty: nothing)."""

    name: str
    looked_at: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One test buy as it lies there."""

    tx: Transaction
    vault: Vault
    testbuy: TestBuy
    chain: Sequence[Entry]

    def noted(self) -> Iterator[dict[str, Any]]:
        for entry in self.chain:
            yield json.loads(entry.body)["facts"]


def check_testbuy(
    db: Database,
    vault: Vault,
    reference: str,
    *,
    authorities: Sequence[Certificate] = (),
    without: frozenset[str] = frozenset(),
) -> Iterator[Found]:
    """The checks of one test buy; raises NotFound. `without` proves what each check is for.

    Stamps of anchors are verified where `authorities` are named.
    """
    with db.read() as tx:
        kept = _kept(tx, vault, reference)
        for name, look in LOOKS:
            if name not in without:
                yield Found(name, f"{len(kept.chain)} entries", tuple(_looked(look, kept)))
        if TRIGGERS not in without:
            yield _triggers(tx)
        if ANCHORS not in without:
            yield _anchors(tx, authorities)


def check_everything(
    db: Database,
    vault: Vault,
    step: Step = lambda name, done, total: None,
    *,
    authorities: Sequence[Certificate] = (),
    without: frozenset[str] = frozenset(),
) -> Iterator[Found]:
    """Every ledger, every test buy's rows, the triggers, and every file of the vault."""
    problems: dict[str, list[str]] = {}
    with db.read() as tx:
        if TRIGGERS not in without:
            yield _triggers(tx)
        if ANCHORS not in without:
            yield _anchors(tx, authorities)
        subjects = ledger.subjects(tx)
        known = {row.reference for row in every(tx, TestBuy)}
    counted = 0
    for number, subject in enumerate(sorted({*subjects, *known}), 1):
        with db.read() as tx:
            if subject in known:
                kept = _kept(tx, vault, subject)
                looks = [(name, _in_vault if name == FILES else look) for name, look in LOOKS]
            else:
                chain = list(ledger.chain(tx, subject))
                nobody: Any = None
                kept = _Kept(tx, vault, nobody, chain)
                looks = [(CHAINS, lambda kept: _chain_of(kept.chain)), (CLOCK, _clock)]
            for name, look in looks:
                if name not in without:
                    problems.setdefault(name, []).extend(
                        f"{subject}: {told}" for told in _looked(look, kept)
                    )
        counted += len(kept.chain)
        step(CHAINS, number, len(subjects))
    for name, _ in LOOKS:
        if name not in without:
            told = f"{counted} entries of {len(subjects)} ledgers, {len(known)} test buys"
            yield Found(name, told, tuple(problems.get(name, ())))
    if VAULT not in without:
        yield _whole_vault(vault, step)


def _kept(tx: Transaction, vault: Vault, reference: str) -> _Kept:
    testbuy = testbuys.by_reference(tx, reference)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    return _Kept(tx, vault, testbuy, list(ledger.chain(tx, reference)))


def _looked(look: Callable[[_Kept], list[str]], kept: _Kept) -> list[str]:
    try:
        return look(kept)
    except (ValueError, KeyError, TypeError) as error:
        return [f"could not be read: {error}"]


def _triggers(tx: Transaction) -> Found:
    missing = [f"the trigger {name} is gone" for name in triggers.missing(tx)]
    return Found(TRIGGERS, f"{len(triggers.HELD)} tables", tuple(missing))


def _anchors(tx: Transaction, authorities: Sequence[Certificate]) -> Found:
    count = len(every(tx, Anchor))
    told = f"{count} anchors" + ("" if authorities else ", their stamps unread: no authority named")
    return Found(ANCHORS, told, tuple(anchoring.problems(tx, authorities)))


def _whole_vault(vault: Vault, step: Step) -> Found:
    digests = list(vault.digests())
    problems = []
    for number, digest in enumerate(digests, 1):
        try:
            vault.verify(digest)
        except (Damaged, NotInVault, ValueError) as error:
            problems.append(str(error))
        step(VAULT, number, len(digests))
    return Found(VAULT, f"{len(digests)} files", tuple(problems))


def _chain(kept: _Kept) -> list[str]:
    return list(verify_chain(kept.chain, kept.testbuy.reference).problems)


def _chain_of(chain: Sequence[Entry]) -> list[str]:
    return list(verify_chain(chain, chain[0].subject if chain else "").problems)


def _clock(kept: _Kept) -> list[str]:
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


def _photos(kept: _Kept) -> Sequence[Photo]:
    return every(kept.tx, Photo, testbuy_id=kept.testbuy.id, order_by=table_of(Photo).c.id)


def _files(kept: _Kept) -> list[str]:
    problems = []
    for photo in _photos(kept):
        for digest in filter(None, (photo.digest, photo.preview_digest)):
            try:
                kept.vault.verify(digest)
            except (Damaged, NotInVault) as error:
                problems.append(f"{photo.shot}: {error}")
    return problems


def _in_vault(kept: _Kept) -> list[str]:
    """The same without reading: the bytes of every file are checked once, by the vault's check."""
    return [
        f"{photo.shot}: the vault has no file {digest}"
        for photo in _photos(kept)
        for digest in filter(None, (photo.digest, photo.preview_digest))
        if not kept.vault.has(digest)
    ]


def _noted(kept: _Kept) -> list[str]:
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


def _verdicts(kept: _Kept) -> list[str]:
    tx, problems, there = kept.tx, [], set()
    for examination in every(tx, Examination, testbuy_id=kept.testbuy.id):
        verdict = one(tx, Verdict, examination_id=examination.id)
        if verdict is None:
            continue
        there.add(verdict.digest)
        findings = every(tx, Finding, verdict_id=verdict.id, order_by=table_of(Finding).c.id)
        digest = sealed_digest(
            examination=examination.public_id,
            examiner=verdict.sealed_by,
            sealed_at=verdict.sealed_at,
            photos=examination.photos_digest,
            verdict=verdict.value,
            findings=[
                {each: getattr(found, each) for each in ("aspect", "code", "severity", "note")}
                for found in findings
            ],
            confidence=verdict.confidence,
            method=verdict.method,
            reasons=verdict.reasons,
            limits=verdict.limits,
            conflict_statement=verdict.conflict_statement,
        )
        if digest != verdict.digest:
            problems.append(
                f"The verdict of examination {examination.public_id} is not what was sealed: it "
                f"has {digest}, sealed was {verdict.digest}."
            )
    sealed = {facts["digest"] for facts in kept.noted() if facts.get("what") == "verdict sealed"}
    problems += [f"The ledger notes no verdict {digest}." for digest in sorted(there - sealed)]
    problems += [f"The verdict {digest} is gone." for digest in sorted(sealed - there)]
    return problems


def _moves(kept: _Kept) -> list[str]:
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


LOOKS: tuple[tuple[str, Callable[[_Kept], list[str]]], ...] = (
    (CHAINS, _chain),
    (CLOCK, _clock),
    (FILES, _files),
    (NOTED, _noted),
    (VERDICTS, _verdicts),
    (MOVES, _moves),
)
"""The checks of one test buy, in order. A further one (anchored heads) is a row here."""
