"""Dossier and bundle of a test buy, and the package of a referral, made from its record.

Owns which files are packed, and what is withheld: photos that identify the buyer stay in the vault,
and their digests stand in the index; of an original that names a place the preview goes along.
Leaves what is printed to `casework.printing`, the setting and the packing to `evidence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casework.gauging import gauge
from casework.printing import ORGANISATION, outcome_of, printed
from casework.record import Record, read
from casework.sending import SendIntent
from evidence import bundle, dossier, starthere
from evidence.digests import digest_of_file
from evidence.vault import Vault
from storage import ledger
from storage.session import Database


@dataclass(frozen=True, slots=True)
class Package:
    """A bundle as a file."""

    path: Path
    digest: str


def dossier_pdf(db: Database, vault: Vault, reference: str, now: datetime) -> bytes:
    """The dossier of `reference` as PDF/A."""
    with db.read() as tx:
        record = read(tx, reference)
        limbs = _gauge_lines(tx, record, now)
    return dossier.render(printed(record, vault, limbs, now))


def write_bundle(db: Database, vault: Vault, reference: str, target: Path, now: datetime) -> str:
    """Write the bundle of `reference` to `target`; gives its digest."""
    with db.read() as tx:
        record = read(tx, reference)
        limbs = _gauge_lines(tx, record, now)
    pages = printed(record, vault, limbs, now)
    content = bundle.Bundle(
        reference=reference,
        organisation=ORGANISATION,
        generated_at=now,
        vault=vault,
        originals=_originals(record),
        previews=_previews(record),
        dossier=dossier.render(pages),
        ledger=record.chain,
        facts=_facts(record),
        front=lambda index: starthere.render([pages], index, _language([record])),
    )
    return bundle.write(target, content).digest


def write_referral(
    db: Database, vault: Vault, intent: SendIntent, folder: Path, now: datetime
) -> Package:
    """The package of a referral: the dossier and originals of each test buy it rests on.

    Written once: a second call finds the file, so that what is sent again after a crash is what
    was sent at first.
    """
    target = folder / f"{intent.reference}.zip"
    if target.is_file():
        return Package(target, digest_of_file(target))
    with db.read() as tx:
        records = [read(tx, reference) for reference in intent.testbuys]
        chain = tuple(ledger.chain(tx, intent.reference))
        limbs = [_gauge_lines(tx, record, now) for record in records]
    pages = [
        printed(record, vault, lines, now) for record, lines in zip(records, limbs, strict=True)
    ]
    first, *others = map(dossier.render, pages)
    content = bundle.Bundle(
        reference=intent.reference,
        organisation=ORGANISATION,
        generated_at=now,
        vault=vault,
        originals=tuple(each for record in records for each in _originals(record)),
        previews=tuple(each for record in records for each in _previews(record)),
        dossier=first,
        further={
            f"dossier-{record.testbuy.reference}.pdf": pdf
            for record, pdf in zip(records[1:], others, strict=True)
        },
        ledger=(*chain, *(entry for record in records for entry in record.chain)),
        facts={
            "referral": intent.reference,
            "agency": intent.agency,
            "operator": intent.operator,
            "grounds": list(intent.grounds),
            "testbuys": [_facts(record) for record in records],
        },
        front=lambda index: starthere.render(pages, index, _language(records)),
    )
    return Package(target, bundle.write(target, content).digest)


def _gauge_lines(tx: Any, record: Record, now: datetime) -> tuple[dossier.GaugeLine, ...]:
    if record.operator is None or record.shop.region is None:
        return ()
    reading = gauge(tx, record.operator.id, record.shop.region, now)
    return tuple(
        dossier.GaugeLine(
            f"{limb.threshold.offence} ({limb.threshold.limb})", limb.state, limb.sentence
        )
        for limb in reading.limbs
    )


def _originals(record: Record) -> tuple[bundle.Original, ...]:
    return tuple(
        bundle.Original(photo.shot, photo.digest, photo.media_type) for photo in record.packed
    )


def _previews(record: Record) -> tuple[bundle.Preview, ...]:
    """Of every photo shown, also where its original stays in the vault for the place it names."""
    return tuple(
        bundle.Preview(photo.shot, photo.preview_digest, photo.digest)
        for photo in record.shown
        if photo.preview_digest is not None
    )


def _language(records: Sequence[Record]) -> str:
    """That of the agency the package is for; without one, English."""
    agency = next((record.agency for record in records if record.agency), None)
    return starthere.language_of(agency.jurisdiction if agency else None)


def _facts(record: Record) -> dict[str, Any]:
    testbuy = record.testbuy
    names = {exhibit.id: exhibit.reference for exhibit in record.exhibits}
    return {
        "reference": testbuy.reference,
        "brand": record.brand,
        "shop": record.shop.name,
        "operator": record.operator.name if record.operator else None,
        "listing": {"title": record.listing.title, "url": record.listing.url},
        "stage": testbuy.stage,
        "conclusion": testbuy.conclusion,
        "outcome": outcome_of(record),
        "moves": [
            {"move": move.move, "at": move.moved_at.isoformat(), "by_role": move.by_role}
            for move in record.moves
        ],
        "verdicts": [
            {
                "exhibit": sealed.exhibit,
                "verdict": sealed.verdict.value,
                "digest": sealed.verdict.digest,
                "superseded": sealed.verdict.superseded_at is not None,
            }
            for sealed in record.verdicts
        ],
        "conclusions": [
            {
                "exhibit": names[each.exhibit_id],
                "conclusion": each.value,
                "reasons": list(each.reasons),
                "concluded_at": each.concluded_at.isoformat(),
            }
            for each in record.conclusions
        ],
        "withheld": [
            photo.digest for photo in record.photos if photo.accepted and photo not in record.packed
        ],
    }
