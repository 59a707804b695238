"""What a dossier prints of a test buy's record, in the words it prints.

Owns the sentences, and that nothing is claimed which is not on record. Leaves reading the record to
`casework.record`, the setting to `evidence.dossier`, and packing to `casework.dossiers`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from casework import outcomes
from casework.confirming import NAMES, unread
from casework.record import HandOver, Record, SealedVerdict
from evidence import dossier
from evidence.digests import set_of
from evidence.vault import Vault
from rules import verdicts
from rules.lifecycle import WAY, Move
from rules.money import Money
from rules.shots import SHOTS
from storage.tables import Photo

ORGANISATION = "Test-buy programme"


def printed(
    record: Record, vault: Vault, limbs: Sequence[dossier.GaugeLine], now: datetime
) -> dossier.Dossier:
    """The dossier's content; `limbs` are the gauge's, read beside the record."""
    testbuy, outcome = record.testbuy, outcome_of(record)
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
                order_number="withheld" if attempt.order_number else "none",
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


def _sentence(text: str) -> str:
    """`text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def _summary(record: Record, conclusion: str, outcome: str) -> tuple[str, ...]:
    testbuy = record.testbuy
    limit = _price(testbuy.price_minor, testbuy.currency)
    told = [
        f"{_sentence(record.flag.source)} flagged “{record.listing.title}” of the shop "
        f"{record.shop.name} "
        f"on {record.flag.seen_at:%d %B %Y}: {', '.join(record.flag.signals)}.",
        f"A mystery buyer was sent to buy it for at most {limit}."
        if any(move.move is Move.ASSIGN for move in record.moves)
        else f"A test buy for at most {limit} was asked for; no buyer was sent.",
    ]
    placed = [attempt for attempt in record.attempts if attempt.order_number]
    if placed:
        paid = _price(placed[-1].paid_minor, placed[-1].currency)
        tries = len(record.attempts)
        at = "at the first attempt" if tries == 1 else f"after {tries} attempts"
        told.append(f"It was ordered for {paid} {at}.")
    if record.exhibits:
        names = ", ".join(each.reference for each in record.exhibits)
        told.append(f"Out of the parcel was sealed: {names}.")
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
    remarks += _by_eye(record)
    return tuple(sorted(remarks, key=lambda remark: remark.at))


def _by_eye(record: Record) -> Iterator[dossier.Remark]:
    """What clerks compared because no machine had read it, and what nobody compared yet."""
    for each in record.compared:
        word = each.confirmation
        said = "found that it shows" if word.agrees else "found that it does not show"
        text = f"{each.shot}: {each.by} compared the photo and {said} the {NAMES[word.proof]}"
        text += f". {word.note}" if word.note else "."
        yield dossier.Remark("compared by eye", word.confirmed_at, text)
    done = {(each.confirmation.photo_id, each.confirmation.proof) for each in record.compared}
    for photo in record.photos:
        for proof in unread(photo) if photo.accepted else ():
            if (photo.id, proof) not in done:
                text = (
                    f"{photo.shot}: no machine read the {NAMES[proof]}, and no clerk compared it."
                )
                yield dossier.Remark("not compared", photo.received_at, text)


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


def _index(record: Record) -> list[dossier.IndexEntry]:
    shown, packed = record.shown, record.packed
    why = {photo.id: "" for photo in packed}
    why |= {
        each.id: " original withheld: "
        + ("a part of it is masked" if each.id in record.masked else "it names a place")
        for each in shown
        if each not in packed
    }
    return [
        dossier.IndexEntry(
            digest=photo.digest,
            name=photo.shot + why.get(photo.id, " withheld: it identifies the buyer"),
            size=photo.size,
        )
        for photo in record.photos
        if photo.accepted
    ]


def outcome_of(record: Record) -> str:
    """What became of the test buy, in one word."""
    return outcomes.outcome(record.testbuy, record.referral.state if record.referral else None)


def _price(minor: int | None, currency: str | None) -> str:
    return Money(minor, currency).format() if minor is not None and currency else "not recorded"
