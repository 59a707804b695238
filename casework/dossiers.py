"""Dossier and bundle of a test buy, and the package of a referral, made from its record.

Owns putting one together: its level and language, the dossiers, the parts of each test buy, the
proofs and the seal. Leaves what goes along at a level to `casework.packing`, what is printed to
`casework.printing`, the setting and the layout to `evidence`.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casework import anchoring, disclosing, heads, levels, releases, statements
from casework.facts import facts_of
from casework.gauging import gauge
from casework.opening import commitment_of
from casework.packing import pack
from casework.printing import printed
from casework.record import Record, read
from casework.seals import NONE, Seals
from casework.sending import SendIntent
from casework.stating import ORGANISATION
from evidence import bundle, dossier, starthere
from evidence.digests import digest_of_file
from evidence.vault import Vault
from evidence.words import languages_for, words_of
from rules.audience import Level
from rules.thresholds import LimbReading
from storage import ledger
from storage.session import Database, Transaction

_REASON = "Made by the test-buy programme from its record"


@dataclass(frozen=True, slots=True)
class Package:
    """A bundle as a file."""

    path: Path
    digest: str


def dossier_pdf(
    db: Database, vault: Vault, reference: str, now: datetime, language: str = "en",
    seals: Seals = NONE,
) -> bytes:  # fmt: skip
    """The dossier of `reference` as PDF/A, in a language, signed where there is a key."""
    with db.read() as tx:
        record = read(tx, reference)
        limbs = _gauge_lines(tx, record, now)
        anchor = heads.beside(tx, reference)
    content = printed(
        record, vault, limbs, now, language, anchor=anchor, demo_authority=seals.is_demo
    )
    return seals.signed(dossier.render(content, language=language, fonts=seals.fonts), now, _REASON)


def write_bundle(
    db: Database, vault: Vault, reference: str, target: Path, now: datetime, seals: Seals = NONE
) -> str:
    """Write the bundle of `reference` to `target`; gives its digest.

    It is of the full level where two people agreed to that and an agency is known to read it.
    """
    with db.read() as tx:
        agency = read(tx, reference).agency
        standing = releases.standing(tx, reference, readable=agency is not None)
    about = _About(reference, (reference,), standing, agency.name if agency else None)
    return _write(db, vault, about, target, now, seals)


def write_referral(
    db: Database, vault: Vault, intent: SendIntent, folder: Path, now: datetime,
    seals: Seals = NONE,
) -> Package:  # fmt: skip
    """The package of a referral: the dossier and files of each test buy it rests on.

    At the full level, which two people agreed to, what identifies the buyer goes along in a bag
    that only the agency's key opens. Raises Refused where the agency has no certificate for it.

    Written once: a second call finds the file, so that what is sent again after a crash is what
    was sent at first.
    """
    target = folder / f"{intent.reference}.zip"
    if target.is_file():
        return Package(target, digest_of_file(target))
    with db.read() as tx:
        standing = releases.standing(tx, intent.reference)
    about = _About(intent.reference, intent.testbuys, standing, intent.agency, intent)
    return Package(target, _write(db, vault, about, target, now, seals))


@dataclass(frozen=True, slots=True)
class _About:
    """What a bundle is of: one test buy, or a referral with those it rests on."""

    reference: str
    testbuys: Sequence[str]
    standing: releases.Standing
    agency: str | None
    referral: SendIntent | None = None

    @property
    def level(self) -> Level:
        """What it holds of the buyer."""
        return self.standing.level


def _write(
    db: Database, vault: Vault, about: _About, target: Path, now: datetime, seals: Seals
) -> str:
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        closed = Path(folder) / "sealed-bag.p7m"
        with db.read() as tx:
            records = [read(tx, each, about.level) for each in about.testbuys]
            limbs = [_gauge_lines(tx, record, now) for record in records]
            language = _language(records)
            parts = [pack(tx, vault, about.level, each, words_of(language)) for each in records]
            chains = [record.chain for record in records]
            subjects = [*about.testbuys]
            if about.referral is not None:
                chains.insert(0, tuple(ledger.chain(tx, about.reference)))
                subjects.insert(0, about.reference)
            roots = [heads.beside(tx, each) for each in about.testbuys]
            proofs = anchoring.proofs(tx, subjects)
            stated = [
                each for record in records for each in statements.contents(tx, vault, record, seals)
            ]
            facts = [facts_of(record) | _commitment(tx, record) for record in records]
            with closed.open("wb") as out:
                inner = [file for part in parts for file in part.inner]
                sealed = levels.inner_bag(tx, out, now, inner, about.agency or "")

        def dossiers(each: str) -> Iterator[tuple[str, dossier.Dossier]]:
            for record, lines, anchor in zip(records, limbs, roots, strict=True):
                yield (
                    record.testbuy.reference,
                    printed(
                        record, vault, lines, now, each, anchor=anchor,
                        demo_authority=seals.is_demo,
                    ),
                )  # fmt: skip

        pages = dict(dossiers(language))
        pdfs = {
            f"dossier-{name}.pdf": seals.signed(
                dossier.render(page, fonts=seals.fonts), now, _REASON
            )
            for name, page in pages.items()
        }
        first = pdfs.pop(f"dossier-{records[0].testbuy.reference}.pdf")
        for other in (each for each in _languages(records) if each != language):
            for name, page in dossiers(other):
                signed = seals.signed(dossier.render(page, fonts=seals.fonts), now, _REASON)
                pdfs[f"dossier-{name}.{other}.pdf"] = signed
        chat = [part.chat for part in parts if part.chat is not None]
        withheld = tuple(row for part in parts for row in part.withheld)
        content = bundle.Bundle(
            reference=about.reference,
            organisation=ORGANISATION,
            generated_at=now,
            vault=vault,
            originals=tuple(each for part in parts for each in part.originals),
            previews=tuple(each for part in parts for each in part.previews),
            masked=tuple(each for part in parts for each in part.masked),
            papers=tuple(each for part in parts for each in part.papers),
            videos=tuple(each for part in parts for each in part.videos),
            statements=statements.packed(vault, records, stated, now, seals, about.level),
            captures=tuple({each.name: each for part in parts for each in part.captures}.values()),
            stamps={name: stamp for part in parts for name, stamp in part.stamps.items()},
            chat={"testbuys": chat} if chat else None,
            withheld=withheld,
            disclosure=disclosing.of_package(
                [each.disclosed for each in records], words_of(language)
            ),
            anchors=proofs,
            sealed_bag=closed if sealed else None,
            seal=seals.seal,
            language=language,
            dossier=first,
            further=pdfs,
            ledger=tuple(entry for chain in chains for entry in chain),
            facts=_told(about, facts),
            front=lambda index: starthere.render(
                [*pages.values()], index, language, chat=chat, withheld=withheld
            ),
        )
        return bundle.write(target, content).digest


def _told(about: _About, facts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """data/testbuy.json: the facts of a test buy, or a referral's with those of each."""
    intent = about.referral
    level = {"level": about.level, "level_because": about.standing.because}
    if intent is None:
        return {**facts[0], **level}
    return {
        "referral": intent.reference,
        "agency": intent.agency,
        "operator": intent.operator,
        "grounds": list(intent.grounds),
        **level,
        "testbuys": list(facts),
    }


def _gauge_lines(tx: Any, record: Record, now: datetime) -> tuple[LimbReading, ...]:
    if record.operator is None or record.shop.region is None:
        return ()
    return gauge(tx, record.operator.id, record.shop.region, now).limbs


def _commitment(tx: Transaction, record: Record) -> dict[str, str]:
    """What stands for the buyer's identity, which two people can open later."""
    made = commitment_of(tx, record.testbuy)
    return {"buyer_commitment": made} if made else {}


def _languages(records: Sequence[Record]) -> tuple[str, ...]:
    """Those of the agency the package is for, its own first; without one, English."""
    agency = next((record.agency for record in records if record.agency), None)
    return languages_for(agency.jurisdiction if agency else None)


def _language(records: Sequence[Record]) -> str:
    return _languages(records)[0]
