"""Dossier and bundle of a test buy, and the package of a referral, made from its record.

Owns which rows are printed and packed, and what is withheld: photos that identify the buyer stay
in the vault, and their digests stand in the index. Leaves the setting and the packing to
`evidence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casework import outcomes
from casework.gauging import gauge
from casework.record import HandOver, Record, SealedVerdict, read
from casework.sending import SendIntent
from evidence import bundle, dossier
from evidence.digests import digest_of_file, set_of
from evidence.vault import Vault
from rules import verdicts
from rules.lifecycle import WAY
from rules.money import Money
from rules.shots import SHOTS
from storage import ledger
from storage.session import Database
from storage.tables import Photo

ORGANISATION = "Test-buy programme"


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
    return dossier.render(_dossier(record, vault, limbs, now))


def write_bundle(db: Database, vault: Vault, reference: str, target: Path, now: datetime) -> str:
    """Write the bundle of `reference` to `target`; gives its digest."""
    with db.read() as tx:
        record = read(tx, reference)
        limbs = _gauge_lines(tx, record, now)
    content = bundle.Bundle(
        reference=reference,
        organisation=ORGANISATION,
        generated_at=now,
        vault=vault,
        originals=_originals(record),
        dossier=dossier.render(_dossier(record, vault, limbs, now)),
        ledger=record.chain,
        facts=_facts(record),
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
    first, *others = (
        dossier.render(_dossier(record, vault, lines, now))
        for record, lines in zip(records, limbs, strict=True)
    )
    content = bundle.Bundle(
        reference=intent.reference,
        organisation=ORGANISATION,
        generated_at=now,
        vault=vault,
        originals=tuple(each for record in records for each in _originals(record)),
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
    )
    return Package(target, bundle.write(target, content).digest)


def _dossier(
    record: Record, vault: Vault, limbs: Sequence[dossier.GaugeLine], now: datetime
) -> dossier.Dossier:
    testbuy, outcome = record.testbuy, _outcome(record)
    shown = record.shown
    reached = [move.target for move in record.moves if move.target in WAY]
    conclusion = verdicts.words(testbuy.conclusion) if testbuy.conclusion else "no conclusion"
    return dossier.Dossier(
        reference=testbuy.reference,
        title=record.listing.title,
        brand=record.brand,
        shop=record.shop.name,
        operator=record.operator.name if record.operator else "not known",
        stage_index=WAY.index(reached[-1]) if reached else 0,
        early_end=None if testbuy.stage in WAY else outcome.replace("_", " "),
        conclusion=conclusion,
        summary=_summary(record, conclusion, outcome),
        rows=_rows(record),
        orders=tuple(
            dossier.OrderAttempt(
                number=attempt.number,
                placed_at=attempt.settled_at,
                order_number="withheld",
                price=_price(attempt.paid_minor, attempt.currency),
                outcome=(attempt.outcome or attempt.state).replace("_", " "),
            )
            for attempt in record.attempts
        ),
        custody=tuple(_custody(hand_over) for hand_over in record.custody),
        verdicts=tuple(_verdict(sealed) for sealed in record.verdicts),
        photos=tuple(_photo(record, vault, photo) for photo in shown),
        moves=tuple(
            dossier.Move(move.move.replace("_", " "), move.moved_at, move.by_role)
            for move in record.moves
        ),
        remarks=_remarks(record),
        referral=_referral(record),
        gauge=tuple(limbs),
        index=tuple(_index(record)),
        evidence_set=set_of(photo.digest for photo in record.packed) if record.packed else None,
        ledger_head="sha256:" + record.chain[-1].hash.hex(),
        generated_at=now,
        organisation=ORGANISATION,
    )


def _summary(record: Record, conclusion: str, outcome: str) -> tuple[str, ...]:
    testbuy = record.testbuy
    limit = _price(testbuy.price_minor, testbuy.currency)
    told = [
        f"{record.flag.source} flagged “{record.listing.title}” of the shop {record.shop.name} "
        f"on {record.flag.seen_at:%d %B %Y}: {', '.join(record.flag.signals)}.",
        f"A mystery buyer was sent to buy it for at most {limit}.",
    ]
    placed = [attempt for attempt in record.attempts if attempt.order_number]
    if placed:
        paid = _price(placed[-1].paid_minor, placed[-1].currency)
        told.append(f"It was ordered for {paid} in {len(record.attempts)} attempt(s).")
    if record.exhibits:
        names = ", ".join(each.reference for each in record.exhibits)
        told.append(f"What the parcel held was sealed as {names}.")
    if testbuy.conclusion:
        told.append(f"On the sealed verdicts the conclusion is: {conclusion}.")
    if record.referral and record.agency:
        told.append(f"It is part of {record.referral.reference} to {record.agency.name}.")
    told.append(f"Where it stands: {outcome.replace('_', ' ')}.")
    return tuple(told)


def _rows(record: Record) -> tuple[dossier.Row, ...]:
    testbuy, flag = record.testbuy, record.flag
    basis = record.shop.link_basis
    rows = [
        ("Listing", f"{record.listing.title} ({record.listing.url})"),
        ("Shop", f"{record.shop.name} on {record.shop.platform}"),
        ("Registered by", record.shop.registrant or "not known"),
        ("Operator", record.operator.name if record.operator else "not known"),
        ("Why linked", basis or "no link to another shop is known"),
        ("Flag", f"{flag.source}, {flag.model} {flag.model_version}, score {flag.score:.2f}"),
        ("Price seen", _price(testbuy.price_minor, testbuy.currency)),
        ("Purpose", testbuy.purpose),
        ("Requested through", testbuy.requested_via.replace("_", " ")),
        ("Ordered", testbuy.route.replace("_", " ")),
        ("Challenge code", testbuy.challenge_code),
    ]
    return tuple(dossier.Row(label, value) for label, value in rows)


def _custody(hand_over: HandOver) -> dossier.CustodyEntry:
    entry = hand_over.entry
    return dossier.CustodyEntry(
        exhibit=hand_over.exhibit,
        at=entry.handed_at,
        from_whom=hand_over.from_whom,
        to_whom=hand_over.to_whom,
        purpose=entry.purpose,
        place=entry.place,
        seal_out=entry.seal_out,
        seal_in=entry.seal_in,
        condition=entry.condition,
    )


def _verdict(sealed: SealedVerdict) -> dossier.Verdict:
    verdict = sealed.verdict
    superseded = verdict.superseded_at
    return dossier.Verdict(
        exhibit=sealed.exhibit,
        examiner=sealed.examiner,
        examiner_role="authenticator of the rights holder",
        basis=sealed.examination.basis,
        verdict=verdicts.words(verdict.value),
        confidence=verdict.confidence,
        findings=tuple(
            dossier.Finding(found.aspect, found.code.replace("_", " "), found.severity, found.note)
            for found in sealed.findings
        ),
        method=verdict.method,
        reasons=verdict.reasons,
        limits=verdict.limits,
        sealed_at=verdict.sealed_at,
        digest=verdict.digest,
        superseded=f"superseded on {superseded:%d %B %Y} by a later verdict"
        if superseded
        else None,
    )


def _photo(record: Record, vault: Vault, photo: Photo) -> dossier.Photo:
    capture = record.captures.get(photo.id)
    if capture is None or capture.taken_at_local is None:
        taken = "no time in the file"
    elif capture.utc_offset_minutes is None:
        taken = f"{capture.taken_at_local}, local, zone unknown"
    else:
        hours, minutes = divmod(abs(capture.utc_offset_minutes), 60)
        sign = "-" if capture.utc_offset_minutes < 0 else "+"
        taken = f"{capture.taken_at_local} UTC{sign}{hours:02}:{minutes:02}"
    return dossier.Photo(
        shot=photo.shot,
        title=SHOTS[photo.shot].title,
        taken=taken,
        received_at=photo.received_at,
        digest=photo.digest,
        preview=vault.read(photo.preview_digest) if photo.preview_digest else None,
        remarks=tuple(photo.remarks),
    )


def _remarks(record: Record) -> tuple[dossier.Remark, ...]:
    remarks = [
        dossier.Remark("waiver", each.waived_at, f"{each.shot} was waived: {each.reason}")
        for each in record.waivers
    ]
    for photo in record.photos:
        if not photo.accepted:
            text = f"{photo.shot} {photo.digest[:15]}…: {' '.join(photo.reasons)}"
            remarks.append(dossier.Remark("refused photo", photo.received_at, text))
    for sealed in record.verdicts:
        if when := sealed.verdict.superseded_at:
            text = f"The verdict “{verdicts.words(sealed.verdict.value)}” was superseded."
            remarks.append(dossier.Remark("superseded verdict", when, text))
    return tuple(sorted(remarks, key=lambda remark: remark.at))


def _referral(record: Record) -> dossier.Referral | None:
    if record.referral is None or record.agency is None:
        return None
    row = record.referral
    details = [dossier.Row("Ground", ground) for ground in row.grounds]
    if row.agency_number:
        details.append(dossier.Row("Agency's number", row.agency_number))
    if row.answer:
        details.append(dossier.Row("Agency's answer", row.answer))
    return dossier.Referral(row.reference, record.agency.name, row.state, tuple(details))


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


def _index(record: Record) -> list[dossier.IndexEntry]:
    shown, packed = record.shown, record.packed
    why = {photo.id: "" for photo in packed}
    why |= {each.id: " original withheld: it names a place" for each in shown if each not in packed}
    return [
        dossier.IndexEntry(
            digest=photo.digest,
            name=photo.shot + why.get(photo.id, " withheld: it identifies the buyer"),
            size=photo.size,
        )
        for photo in record.photos
        if photo.accepted
    ]


def _originals(record: Record) -> tuple[bundle.Original, ...]:
    return tuple(
        bundle.Original(photo.shot, photo.digest, photo.media_type) for photo in record.packed
    )


def _facts(record: Record) -> dict[str, Any]:
    testbuy = record.testbuy
    return {
        "reference": testbuy.reference,
        "brand": record.brand,
        "shop": record.shop.name,
        "operator": record.operator.name if record.operator else None,
        "listing": {"title": record.listing.title, "url": record.listing.url},
        "stage": testbuy.stage,
        "conclusion": testbuy.conclusion,
        "outcome": _outcome(record),
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
        "withheld": [
            photo.digest for photo in record.photos if photo.accepted and photo not in record.packed
        ],
    }


def _outcome(record: Record) -> str:
    return outcomes.outcome(record.testbuy, record.referral.state if record.referral else None)


def _price(minor: int | None, currency: str | None) -> str:
    return Money(minor, currency).format() if minor is not None and currency else "not paid"
