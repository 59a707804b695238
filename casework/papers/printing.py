"""What a dossier prints of a test buy's record, in the words it prints.

Owns which facts are told, and that nothing is claimed which is not on record. Leaves the texts of a
language to `evidence.words`, reading the record to `casework.record.record`, the setting to
`evidence.dossier`, remarks to `casework.papers.remarking`, scale to
`casework.papers.valuing`, and packing to `casework.papers.dossiers`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from casework.custody.signing import strokes_of
from casework.keeping.kept import kept_rows
from casework.outcomes import outcome as outcomes
from casework.papers import asked, glance
from casework.papers.remarking import remarks
from casework.papers.rows_told import placed
from casework.papers.valuing import gauge_line, valuations
from casework.privacy.tracing import BUYER, HandOver
from casework.record import particulars
from casework.record.record import Record
from casework.shots.shotlists import title
from casework.verdicts import stating
from casework.verdicts.stating import ORGANISATION
from casework.verdicts.stating import capital as _sentence
from evidence import dossier
from evidence.digests import set_of
from evidence.vault import Vault
from evidence.words import Words, words_of
from rules.lifecycle import WAY, Move
from rules.money import Money
from rules.thresholds import LimbReading
from storage.tables import OrderAttempt, Photo


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
    accepted = [photo.digest for photo in record.photos if photo.accepted]
    return dossier.Dossier(
        reference=testbuy.reference,
        title=record.listing.title,
        brand=record.brand,
        shop=record.shop.name,
        operator=words.recorded(record.operator.name)
        if record.operator
        else words.say("not_known"),
        stage_index=WAY.index(reached[-1]) if reached else 0,
        early_end=None if testbuy.stage in WAY else words.term(outcome_of(record)),
        conclusion=_sentence(conclusion or words.say("no_conclusion")),
        summary=_summary(record, words, conclusion),
        rows=tuple(_rows(record, words)),
        orders=tuple(_order(attempt, words) for attempt in record.attempts),
        custody=tuple(_custody(hand_over, vault, words) for hand_over in record.custody),
        shot_list=asked.shot_list(record, words),
        codes=tuple(particulars.codes(record.particulars, words)),
        leads=tuple(particulars.leads(record.particulars, testbuy.reference, words)),
        verdicts=stating.verdicts(record.verdicts, record.rights_holder, record.people, words),
        photos=tuple(_photo(record, vault, photo, words) for photo in record.shown),
        moves=tuple(
            dossier.Move(words.term(move.move), move.moved_at, words.term(move.by_role))
            for move in record.moves
        ),
        remarks=remarks(record, words),
        referral=_referral(record, words),
        gauge=tuple(gauge_line(limb, words) for limb in limbs),
        index=tuple(_index(record, words)),
        # Of all that was handed in, also of what is only named: the same at every level.
        evidence_set=set_of(accepted) if accepted else None,
        ledger_head="sha256:" + record.chain[-1].hash.hex(),
        generated_at=now,
        organisation=ORGANISATION,
        parties=tuple(_parties(record, words)),
        valuations=tuple(valuations(record, words)),
        disclosed=tuple(
            dossier.Disclosed(line.reference, words.term(line.kind), line.at, line.sentence(words))
            for line in record.disclosed
        ),
        withheld=tuple(withheld(record, words)),
        anchor=anchor,
        demo_authority=demo_authority,
        glance=tuple(glance.rows(record, words)),
        ledger_entries=len(record.chain),
        kept=tuple(kept_rows(record.kept, now, words)),
        language=language,
    )


def outcome_of(record: Record) -> str:
    """What became of the test buy, in one word."""
    return outcomes.outcome(record.testbuy, record.referral.state if record.referral else None)


def _named(holder: str, words: Words) -> str:
    return words.say("the_buyer") if holder == BUYER else words.recorded(holder)


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
    named = f"{words.recorded(known.name)} ({known.reference})" if known else None
    yield _row(words, "operator", named or words.say("not_known"))
    yield _row(words, "why_linked", words.recorded(record.shop.link_basis or words.say("no_link")))
    yield _row(words, "programme", words.recorded(ORGANISATION))
    yield _row(words, "buyer", words.say("withheld"))
    for examiner in dict.fromkeys(sealed.examiner for sealed in record.verdicts):
        yield _row(words, "examiner", examiner)
    if record.agency:
        yield _row(words, "agency", placed(record.agency.name, record.agency.jurisdiction, words))


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
    if told := glance.followed(record, words):
        yield _row(words, "follows", told)
    yield _row(words, "requested", words.term(testbuy.requested_via))
    yield _row(words, "ordered", words.term(testbuy.route))
    yield _row(words, "challenge", testbuy.challenge_code)


def _order(attempt: OrderAttempt, words: Words) -> dossier.OrderAttempt:
    return dossier.OrderAttempt(
        number=attempt.number,
        placed_at=attempt.settled_at,
        order_number=words.say("withheld" if attempt.order_number else "none"),
        price=_price(attempt.paid_minor, attempt.currency, words),
        # Where the platform or a person told how it ended, their own words are kept.
        outcome=words.known(attempt.outcome) if attempt.outcome else words.term(attempt.state),
    )


def _custody(hand_over: HandOver, vault: Vault, words: Words) -> dossier.CustodyEntry:
    entry = hand_over.entry
    return dossier.CustodyEntry(
        exhibit=hand_over.exhibit,
        at=entry.handed_at,
        from_whom=_named(hand_over.from_whom, words),
        to_whom=_named(hand_over.to_whom, words),
        purpose=words.recorded(hand_over.purpose),
        place=words.say("place_of_buyer")
        if hand_over.place is None
        else words.recorded(hand_over.place),
        seal_out=entry.seal_out,
        seal_in=entry.seal_in,
        condition=words.recorded(hand_over.condition),
        signatures=strokes_of(vault, entry),
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
        title=title(record.particulars.shots.listed, photo.shot, words),
        taken=taken,
        received_at=photo.received_at,
        digest=photo.digest,
        preview=vault.read(photo.preview_digest) if photo.preview_digest else None,
        remarks=tuple(words.recorded(each) for each in photo.remarks),
        frames=stating.frames(record.verdicts, photo.id, words),
    )


def _referral(record: Record, words: Words) -> dossier.Referral | None:
    if record.referral is None or record.agency is None:
        return None
    row = record.referral
    details = [_row(words, "ground", words.recorded(ground)) for ground in row.grounds]
    if row.agency_number:
        details.append(_row(words, "agency_number", row.agency_number))
    if row.answer:
        details.append(_row(words, "answer", row.answer))
    return dossier.Referral(
        row.reference, record.agency.name, words.term(row.state), tuple(details)
    )


def withheld(record: Record, words: Words) -> Iterator[str]:
    yield words.say("withheld.buyer")
    held = [photo for photo in record.photos if photo.accepted and photo not in record.packed]
    plain = sum(record.why_withheld(photo) == "level" for photo in held)
    if count := len(held) - plain:
        yield words.say("withheld.photos", count=count)
    if plain:
        yield words.say("withheld.level", count=plain)
    if record.standing and (waits := record.standing.pending):
        agreed, needed = len(waits.approvals), waits.needed
        subject = record.standing.subject
        yield words.say("withheld.asked", reference=subject, agreed=agreed, needed=needed)
    if record.chat:
        yield words.say("held.chat")
    if count := len(record.notary_certificates):
        yield words.say("withheld.certificates", count=count)


def _index(record: Record, words: Words) -> Iterator[dossier.IndexEntry]:
    packed = record.packed
    for photo in record.photos:
        if not photo.accepted:
            continue
        why = "" if photo in packed else words.say(f"index.{record.why_withheld(photo)}")
        name = f"{photo.shot} {why}".rstrip()
        yield dossier.IndexEntry(digest=photo.digest, name=name, size=photo.size)
    for sealed in record.verdicts:
        name = words.say("index.signed", examination=sealed.examination.public_id)
        for scan in sealed.scans:
            yield dossier.IndexEntry(digest=scan.digest, name=name, size=scan.size)


def _price(minor: int | None, currency: str | None, words: Words) -> str:
    if minor is None or not currency:
        return words.say("not_recorded")
    return Money(minor, currency).format()
