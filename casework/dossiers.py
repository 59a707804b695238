"""Dossier and bundle of a test buy, and the package of a referral, made from its record.

Owns which files are packed, and what is withheld: photos that identify the buyer stay in the vault,
and their digests stand in the index; of an original that names a place the preview goes along.
Leaves what is printed to `casework.printing`, the setting and the packing to `evidence`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casework import anchoring, disclosing, levels, statements
from casework.gauging import gauge
from casework.opening import commitment_of
from casework.printing import outcome_of, printed
from casework.record import Record, read
from casework.seals import NONE, Seals
from casework.sending import SendIntent
from casework.stating import ORGANISATION
from evidence import bundle, dossier, starthere
from evidence.digests import PREFIX, digest_of_file
from evidence.vault import Vault
from evidence.words import words_of
from rules.audience import Level
from rules.thresholds import LimbReading
from storage import anchors, ledger
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Anchor, AnchorStamp

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
        anchor = _anchor(tx, reference)
    content = printed(
        record, vault, limbs, now, language, anchor=anchor, demo_authority=seals.is_demo
    )
    return seals.signed(dossier.render(content, language=language), now, _REASON)


def write_bundle(
    db: Database, vault: Vault, reference: str, target: Path, now: datetime, seals: Seals = NONE
) -> str:
    """Write the bundle of `reference` to `target`; gives its digest."""
    with db.read() as tx:
        record = read(tx, reference)
        limbs = _gauge_lines(tx, record, now)
        anchor, proofs = _anchor(tx, reference), anchoring.proofs(tx, [reference])
        stated = statements.contents(tx, vault, record, demo_authority=seals.is_demo)
        commitment = _commitment(tx, record)
    pages = printed(record, vault, limbs, now, anchor=anchor, demo_authority=seals.is_demo)
    content = bundle.Bundle(
        reference=reference,
        organisation=ORGANISATION,
        generated_at=now,
        vault=vault,
        originals=_originals(record),
        previews=_previews(record),
        masked=_masked(record),
        statements=statements.packed(vault, [record], stated, now, seals, Level.REDACTED),
        dossier=seals.signed(dossier.render(pages), now, _REASON),
        ledger=record.chain,
        facts=_facts(record) | commitment,
        disclosure=_disclosure([record]),
        captures=_captures(record),
        anchors=proofs,
        seal=seals.seal,
        front=lambda index: starthere.render([pages], index, _language([record])),
    )
    return bundle.write(target, content).digest


def write_referral(
    db: Database, vault: Vault, intent: SendIntent, folder: Path, now: datetime,
    seals: Seals = NONE,
) -> Package:  # fmt: skip
    """The package of a referral: the dossier and originals of each test buy it rests on.

    At the full level, which two people agreed to, what identifies the buyer goes along in a bag
    that only the agency's key opens. Raises Refused where the agency has no certificate for it.

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
        roots = [_anchor(tx, reference) for reference in intent.testbuys]
        stated = [
            each
            for record in records
            for each in statements.contents(tx, vault, record, demo_authority=seals.is_demo)
        ]
        proofs = anchoring.proofs(tx, [intent.reference, *intent.testbuys])
        level = levels.level_of(tx, intent.reference)
        sealed_bag = levels.inner_bag(tx, vault, now, level, records, intent.agency)
        commitments = [_commitment(tx, record) for record in records]
    pages = [
        printed(record, vault, lines, now, anchor=anchor, demo_authority=seals.is_demo)
        for record, lines, anchor in zip(records, limbs, roots, strict=True)
    ]
    first, *others = (seals.signed(dossier.render(each), now, _REASON) for each in pages)
    content = bundle.Bundle(
        reference=intent.reference,
        organisation=ORGANISATION,
        generated_at=now,
        vault=vault,
        originals=tuple(each for record in records for each in _originals(record)),
        previews=tuple(each for record in records for each in _previews(record)),
        masked=tuple(each for record in records for each in _masked(record)),
        statements=statements.packed(vault, records, stated, now, seals, level),
        captures=tuple({each for record in records for each in _captures(record)}),
        disclosure=_disclosure(records),
        anchors=proofs,
        sealed_bag=sealed_bag,
        seal=seals.seal,
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
            "level": level,
            "testbuys": [
                _facts(record) | commitment
                for record, commitment in zip(records, commitments, strict=True)
            ],
        },
        front=lambda index: starthere.render(pages, index, _language(records)),
    )
    return Package(target, bundle.write(target, content).digest)


def _gauge_lines(tx: Any, record: Record, now: datetime) -> tuple[LimbReading, ...]:
    if record.operator is None or record.shop.region is None:
        return ()
    return gauge(tx, record.operator.id, record.shop.region, now).limbs


def _originals(record: Record) -> tuple[bundle.Original, ...]:
    return tuple(
        bundle.Original(photo.shot, photo.digest, photo.media_type) for photo in record.packed
    )


def _masked(record: Record) -> tuple[bundle.Masked, ...]:
    """The copies with what a person covered; the previews of those photos are the same bytes."""
    return tuple(
        bundle.Masked(photo.shot, photo.preview_digest, photo.digest)
        for photo in record.shown
        if photo.id in record.masked and photo.preview_digest is not None
    )


def _captures(record: Record) -> tuple[bundle.Filed, ...]:
    """The pages as they stood before the order, fetched by a machine that nobody logged in."""
    return tuple(
        bundle.Filed(f"{record.testbuy.reference}-{each.what}-{each.id}.warc.gz", each.warc_digest)
        for each in record.captures_of_pages
        if each.warc_digest is not None
    )


def _disclosure(records: Sequence[Record]) -> dict[str, Any]:
    """What a court must be told unasked, of every operator in the package, each line once."""
    words = words_of("en")
    lines: dict[str, dict[str, Any]] = {}
    for record in records:
        for line in disclosing.as_data(record.disclosed, words)["lines"]:
            lines[json.dumps(line, sort_keys=True)] = line
    return {"lines": sorted(lines.values(), key=lambda line: (line["at"], line["reference"]))}


def _commitment(tx: Transaction, record: Record) -> dict[str, str]:
    """What stands for the buyer's identity, which two people can open later."""
    made = commitment_of(tx, record.testbuy)
    return {"buyer_commitment": made} if made else {}


def _anchor(tx: Transaction, reference: str) -> dossier.Anchor | None:
    """The newest root, and beside it the head of the test buy's own ledger that it fixes."""
    last = anchors.last(tx)
    if last is None:
        return None
    stamp = one(tx, AnchorStamp, anchor_id=last.id)
    head = anchors.holding(tx, reference)
    over = one(tx, Anchor, id=head.anchor_id) if head else None
    return dossier.Anchor(
        last.root,
        last.size,
        stamp.stamped_at if stamp else None,
        stamp.authority if stamp else None,
        head=PREFIX + head.head.hex() if head else None,
        entry=head.seq if head else None,
        head_root=over.root if over else None,
    )


def _previews(record: Record) -> tuple[bundle.Preview, ...]:
    """Of every photo shown, also where its original stays in the vault for the place it names."""
    return tuple(
        bundle.Preview(photo.shot, photo.preview_digest, photo.digest)
        for photo in record.shown
        if photo.preview_digest is not None and photo.id not in record.masked
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
                "examination": sealed.examination.public_id,
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
