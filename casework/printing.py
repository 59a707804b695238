"""What a dossier prints of a test buy's record, in the words it prints.

Owns which facts are told, and that nothing is claimed which is not on record. Leaves the texts of a
language to `evidence.words`, reading the record to `casework.record`, the setting to
`evidence.dossier`, remarks to `casework.remarking`, scale to
`casework.valuing`, and packing to `casework.dossiers`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from casework import outcomes
from casework.record import BUYER, HandOver, Record, SealedVerdict
from casework.remarking import remarks
from casework.signing import strokes_of
from casework.valuing import gauge_line, valuations
from evidence import dossier
from evidence.digests import set_of
from evidence.vault import Vault
from evidence.words import Words, words_of
from rules.lifecycle import WAY, Move
from rules.money import Money
from rules.thresholds import LimbReading
from storage.tables import OrderAttempt, Photo

ORGANISATION = "Test-buy programme"


def printed(
    record: Record,
    vault: Vault,
    limbs: Sequence[LimbReading],
    now: datetime,
    language: str = "en",
    *,
    anchor: dossier.Anchor | None = None,
    demo_authority: bool = False,
) -> dossier.Dossier:
    """The dossier's content in a language; `limbs` are the gauge's, read beside the record.

    `anchor` is the last root that the heads of all ledgers were stamped under.
    """
    words = words_of(language)
    testbuy = record.testbuy
    reached = [move.target for move in record.moves if move.target in WAY]
    conclusion = words.term(testbuy.conclusion) if testbuy.conclusion else None
    return dossier.Dossier(
        reference=testbuy.reference,
        title=record.listing.title,
        brand=record.brand,
        shop=record.shop.name,
        operator=record.operator.name if record.operator else words.say("not_known"),
        stage_index=WAY.index(reached[-1]) if reached else 0,
        early_end=None if testbuy.stage in WAY else words.term(outcome_of(record)),
        conclusion=_sentence(conclusion or words.say("no_conclusion")),
        summary=_summary(record, words, conclusion),
        rows=tuple(_rows(record, words)),
        orders=tuple(_order(attempt, words) for attempt in record.attempts),
        custody=tuple(_custody(hand_over, vault, words) for hand_over in record.custody),
        verdicts=tuple(_verdict(sealed, words) for sealed in record.verdicts),
        photos=tuple(_photo(record, vault, photo, words) for photo in record.shown),
        moves=tuple(
            dossier.Move(words.term(move.move), move.moved_at, words.term(move.by_role))
            for move in record.moves
        ),
        remarks=remarks(record, words),
        referral=_referral(record, words),
        gauge=tuple(gauge_line(limb, words) for limb in limbs),
        index=tuple(_index(record, words)),
        evidence_set=set_of(photo.digest for photo in record.packed) if record.packed else None,
        ledger_head="sha256:" + record.chain[-1].hash.hex(),
        generated_at=now,
        organisation=ORGANISATION,
        parties=tuple(_parties(record, words)),
        valuations=tuple(valuations(record, words)),
        disclosed=tuple(
            dossier.Disclosed(line.reference, words.term(line.kind), line.at, line.sentence(words))
            for line in record.disclosed
        ),
        withheld=tuple(_withheld(record, words)),
        anchor=anchor,
        demo_authority=demo_authority,
        language=language,
    )


def outcome_of(record: Record) -> str:
    """What became of the test buy, in one word."""
    return outcomes.outcome(record.testbuy, record.referral.state if record.referral else None)


def _sentence(text: str) -> str:
    """`text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def _named(holder: str, words: Words) -> str:
    return words.say("the_buyer") if holder == BUYER else holder


def _summary(record: Record, words: Words, conclusion: str | None) -> tuple[str, ...]:
    testbuy, flag = record.testbuy, record.flag
    limit = _price(testbuy.price_minor, testbuy.currency, words)
    sent = any(move.move is Move.ASSIGN for move in record.moves)
    told = [
        words.say(
            "summary.flag",
            source=_sentence(flag.source),
            title=record.listing.title,
            shop=record.shop.name,
            day=words.day(flag.seen_at),
            signals=", ".join(flag.signals),
        ),
        words.say("summary.sent" if sent else "summary.not_sent", limit=limit),
    ]
    placed = [attempt for attempt in record.attempts if attempt.order_number]
    if placed:
        paid = _price(placed[-1].paid_minor, placed[-1].currency, words)
        tries = len(record.attempts)
        key = "summary.ordered_once" if tries == 1 else "summary.ordered"
        told.append(words.say(key, paid=paid, tries=tries))
    if record.exhibits:
        names = ", ".join(each.reference for each in record.exhibits)
        told.append(words.say("summary.exhibits", names=names))
    if conclusion:
        told.append(words.say("summary.conclusion", conclusion=conclusion))
    if record.referral and record.agency:
        told.append(
            words.say(
                "summary.referral", referral=record.referral.reference, agency=record.agency.name
            )
        )
    told.append(words.say("summary.stands", outcome=words.term(outcome_of(record))))
    return tuple(told)


def _row(words: Words, key: str, value: str) -> dossier.Row:
    return dossier.Row(words.say(f"row.{key}"), value)


def _parties(record: Record, words: Words) -> Iterator[dossier.Row]:
    yield _row(words, "rights_holder", record.rights_holder)
    yield _row(words, "brand", record.brand)
    shop = words.say("shop_on", shop=record.shop.name, platform=record.shop.platform)
    yield _row(words, "shop", shop)
    yield _row(words, "registrant", record.shop.registrant or words.say("not_known"))
    known = record.operator
    operator = f"{known.name} ({known.reference})" if known else words.say("not_known")
    yield _row(words, "operator", operator)
    yield _row(words, "why_linked", record.shop.link_basis or words.say("no_link"))
    yield _row(words, "programme", ORGANISATION)
    yield _row(words, "buyer", words.say("withheld"))
    for examiner in dict.fromkeys(sealed.examiner for sealed in record.verdicts):
        yield _row(words, "examiner", examiner)
    if record.agency:
        yield _row(words, "agency", f"{record.agency.name} ({record.agency.jurisdiction})")


def _rows(record: Record, words: Words) -> Iterator[dossier.Row]:
    testbuy, flag = record.testbuy, record.flag
    yield _row(words, "listing", f"{record.listing.title} ({record.listing.url})")
    yield _row(
        words,
        "flag",
        words.say(
            "flag_from",
            source=flag.source,
            model=flag.model,
            version=flag.model_version,
            score=f"{flag.score:.2f}",
        ),
    )
    yield _row(words, "price_seen", _price(testbuy.price_minor, testbuy.currency, words))
    yield _row(words, "purpose", testbuy.purpose)
    yield _row(words, "requested", words.term(testbuy.requested_via))
    yield _row(words, "ordered", words.term(testbuy.route))
    yield _row(words, "challenge", testbuy.challenge_code)


def _order(attempt: OrderAttempt, words: Words) -> dossier.OrderAttempt:
    return dossier.OrderAttempt(
        number=attempt.number,
        placed_at=attempt.settled_at,
        order_number=words.say("withheld" if attempt.order_number else "none"),
        price=_price(attempt.paid_minor, attempt.currency, words),
        # How an attempt ended is told in the platform's or a person's own words, and kept so.
        outcome=attempt.outcome.replace("_", " ") if attempt.outcome else words.term(attempt.state),
    )


def _custody(hand_over: HandOver, vault: Vault, words: Words) -> dossier.CustodyEntry:
    entry = hand_over.entry
    return dossier.CustodyEntry(
        exhibit=hand_over.exhibit,
        at=entry.handed_at,
        from_whom=_named(hand_over.from_whom, words),
        to_whom=_named(hand_over.to_whom, words),
        purpose=entry.purpose,
        place=entry.place,
        seal_out=entry.seal_out,
        seal_in=entry.seal_in,
        condition=entry.condition,
        signatures=strokes_of(vault, entry),
    )


def _verdict(sealed: SealedVerdict, words: Words) -> dossier.Verdict:
    verdict = sealed.verdict
    superseded = verdict.superseded_at
    return dossier.Verdict(
        exhibit=sealed.exhibit,
        examiner=sealed.examiner,
        examiner_role=words.say("authenticator_of"),
        basis=words.term(sealed.examination.basis),
        verdict=_sentence(words.term(verdict.value)),
        confidence=words.term(verdict.confidence),
        findings=tuple(
            dossier.Finding(
                words.term(found.aspect),
                words.term(found.code),
                words.term(found.severity),
                found.note,
            )
            for found in sealed.findings
        ),
        method=verdict.method,
        reasons=verdict.reasons,
        limits=verdict.limits,
        sealed_at=verdict.sealed_at,
        digest=verdict.digest,
        superseded=words.say("superseded", day=words.day(superseded)) if superseded else None,
    )


def _photo(record: Record, vault: Vault, photo: Photo, words: Words) -> dossier.Photo:
    capture = record.captures.get(photo.id)
    if capture is None or capture.taken_at_local is None:
        taken = words.say("no_time")
    elif capture.utc_offset_minutes is None:
        taken = words.say("zone_unknown", local=capture.taken_at_local)
    else:
        hours, minutes = divmod(abs(capture.utc_offset_minutes), 60)
        sign = "-" if capture.utc_offset_minutes < 0 else "+"
        taken = f"{capture.taken_at_local} UTC{sign}{hours:02}:{minutes:02}"
    return dossier.Photo(
        shot=photo.shot,
        title=words.term(photo.shot),
        taken=taken,
        received_at=photo.received_at,
        digest=photo.digest,
        preview=vault.read(photo.preview_digest) if photo.preview_digest else None,
        remarks=tuple(photo.remarks),
    )


def _referral(record: Record, words: Words) -> dossier.Referral | None:
    if record.referral is None or record.agency is None:
        return None
    row = record.referral
    details = [_row(words, "ground", ground) for ground in row.grounds]
    if row.agency_number:
        details.append(_row(words, "agency_number", row.agency_number))
    if row.answer:
        details.append(_row(words, "answer", row.answer))
    return dossier.Referral(
        row.reference, record.agency.name, words.term(row.state), tuple(details)
    )


def _withheld(record: Record, words: Words) -> Iterator[str]:
    yield words.say("withheld.buyer")
    count = sum(photo.accepted for photo in record.photos) - len(record.packed)
    if count:
        yield words.say("withheld.photos", count=count)


def _index(record: Record, words: Words) -> Iterator[dossier.IndexEntry]:
    shown, packed = record.shown, record.packed
    for photo in record.photos:
        if not photo.accepted:
            continue
        why = "" if photo in packed else words.say(f"index.{_why(photo, shown, record)}")
        name = f"{photo.shot} {why}".rstrip()
        yield dossier.IndexEntry(digest=photo.digest, name=name, size=photo.size)


def _price(minor: int | None, currency: str | None, words: Words) -> str:
    if minor is None or not currency:
        return words.say("not_recorded")
    return Money(minor, currency).format()


def _why(photo: Photo, shown: Sequence[Photo], record: Record) -> str:
    """Why an original is withheld, by the name of its words."""
    if photo not in shown:
        return "buyer"
    return "masked" if photo.id in record.masked else "place"
