"""Checking what is kept against itself: ledgers, photos, verdicts, moves, triggers, the vault.

Owns the checks of one test buy and of everything, each with a name and what is wrong in words that
name the entry, file or row. Changes nothing, and mends nothing: a trigger that is gone is found and
not put back. A chain rewritten whole is found by the anchors, as far as those were exported or
stamped: who owns the database can rewrite them too. Leaves bundles to `evidence.verify`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from casework.clock import anchoring
from casework.errors import NotFound
from casework.record.looks import CHAINS, CLOCK, FILES, LOOKS, chain_of, clock, in_vault
from casework.record.noted import Kept
from evidence.vault import Damaged, NotInVault, Vault
from storage import ledger, testbuys, triggers
from storage.rows import every
from storage.session import Database, Transaction
from storage.tables import Anchor, TestBuy

ANCHORS = "Every anchored head is still in its ledger"
TRIGGERS = "Every protected table has its triggers"
VAULT = "Every file in the vault has its digest"


Step = Callable[[str, int, int], None]
"""Told how far a long check has come: its name, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Found:
    """A check by its name, how much it looked at, and what is wrong (empty: nothing)."""

    name: str
    looked_at: str
    problems: tuple[str, ...]


def check_testbuy(
    db: Database,
    vault: Vault,
    reference: str,
    *,
    authorities: Sequence[Certificate] = (),
    exported: Path | None = None,
    without: frozenset[str] = frozenset(),
) -> Iterator[Found]:
    """The checks of one test buy; raises NotFound. `without` proves what each check is for.

    Stamps of anchors are verified where `authorities` are named, and the files of anchors in the
    folder `exported` compared with the database.
    """
    with db.read() as tx:
        kept = kept_of(tx, vault, reference)
        count = len(kept.chain)
        looked_at = f"{count} ledger entries." if count != 1 else "1 ledger entry."
        for name, look in LOOKS:
            if name not in without:
                yield Found(name, looked_at, tuple(looked(look, kept)))
        if TRIGGERS not in without:
            yield _triggers(tx)
        if ANCHORS not in without:
            yield _anchors(tx, authorities, exported)


def check_everything(
    db: Database,
    vault: Vault,
    step: Step = lambda name, done, total: None,
    *,
    authorities: Sequence[Certificate] = (),
    exported: Path | None = None,
    without: frozenset[str] = frozenset(),
) -> Iterator[Found]:
    """Every ledger, every test buy's rows, the triggers, and every file of the vault."""
    problems: dict[str, list[str]] = {}
    with db.read() as tx:
        if TRIGGERS not in without:
            yield _triggers(tx)
        if ANCHORS not in without:
            yield _anchors(tx, authorities, exported)
        subjects = ledger.subjects(tx)
        known = {row.reference for row in every(tx, TestBuy)}
    counted = 0
    for number, subject in enumerate(sorted({*subjects, *known}), 1):
        with db.read() as tx:
            if subject in known:
                kept = kept_of(tx, vault, subject)
                looks = [(name, in_vault if name == FILES else look) for name, look in LOOKS]
            else:
                chain = list(ledger.chain(tx, subject))
                nobody: Any = None
                kept = Kept(tx, vault, nobody, chain)
                looks = [(CHAINS, lambda kept: chain_of(kept.chain)), (CLOCK, clock)]
            for name, look in looks:
                if name not in without:
                    problems.setdefault(name, []).extend(
                        f"{subject}: {told}" for told in looked(look, kept)
                    )
        counted += len(kept.chain)
        step(CHAINS, number, len(subjects))
    for name, _ in LOOKS:
        if name not in without:
            told = f"{counted} entries of {len(subjects)} ledgers, {len(known)} test buys"
            yield Found(name, told, tuple(problems.get(name, ())))
    if VAULT not in without:
        yield _whole_vault(vault, step)


def kept_of(tx: Transaction, vault: Vault, reference: str) -> Kept:
    testbuy = testbuys.by_reference(tx, reference)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    return Kept(tx, vault, testbuy, list(ledger.chain(tx, reference)))


def looked(look: Callable[[Kept], list[str]], kept: Kept) -> list[str]:
    try:
        return look(kept)
    except (ValueError, KeyError, TypeError) as error:
        return [f"could not be read: {error}"]


def _triggers(tx: Transaction) -> Found:
    missing = [f"the trigger {name} is gone" for name in triggers.missing(tx)]
    return Found(TRIGGERS, f"{len(triggers.HELD)} tables.", tuple(missing))


def _anchors(tx: Transaction, authorities: Sequence[Certificate], exported: Path | None) -> Found:
    count = len(every(tx, Anchor))
    told = f"{count} anchors" + (
        "." if authorities else ", their stamps unread: no authority is named."
    )
    return Found(ANCHORS, told, tuple(anchoring.problems(tx, authorities, exported)))


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
