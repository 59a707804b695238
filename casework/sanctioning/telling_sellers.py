"""The seller's notice: what it says, how it looks before it is given, and that it was given.

Owns which facts a seller is told: the measure, the clause, the reasons, the goods as they were
offered and what was found of them; never who bought, when, in which order, or how the shop was
found. The bytes given are kept in the vault in each language, their digests in the sanction's
ledger. Leaves what must not be named to `casework.privacy.withheld_names`, setting to
`evidence.notice`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.gauge.brushing import estimates_of
from casework.outcomes.sanctions import advance, ensure_rests, hold_sanction, known, members_of
from casework.privacy.withheld_names import ensure_unnamed
from casework.record.seals import NONE, Seals
from casework.verdicts.stating import ORGANISATION
from evidence import notice
from evidence.typesetting import can_set
from evidence.vault import Vault
from evidence.words import LANGUAGES, Words, words_of
from rules import sanctions as rules_sanctions
from rules.sanctions import SanctionMove, SanctionState
from rules.verdicts import COUNTERFEITS
from storage import ledger
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    Examination,
    Finding,
    Listing,
    Sanction,
    SanctionNotice,
    Shop,
    TestBuy,
    Verdict,
)

LONGEST = timedelta(days=366)
"""Until the last day to object; later is a slip of the pen, and keeps exhibits for nothing."""
_REASON = "Made by the test-buy programme from the records of a sanction"


def notice_pdf(
    db: Database, vault: Vault, reference: str, now: datetime, language: str, seals: Seals = NONE
) -> bytes:
    """The notice as it was given; before that, as it would be, marked on each page."""
    with db.read() as tx:
        row = known(tx, reference)
        given = one(tx, SanctionNotice, sanction_id=row.id, language=language)
        if given is not None:
            return vault.read(given.digest)
        if row.notified_at is not None:
            raise NotFound("The notice was not given in this language. Choose the other one.")
        content = _content(tx, row, now, words_of(language), None, seals)
    return notice.render(replace(content, preview=True), fonts=seals.fonts)


def notify(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    version: int,
    given_by: str,
    objection_until: date,
    seals: Seals = NONE,
) -> None:
    """Record that the seller was given the notice, `given_by` some way; it is made as of now.

    `objection_until`: the last day on which the seller may object, from tomorrow to LONGEST away.
    """
    if not given_by.strip():
        raise Refused("Say by which way the seller is given the notice.")
    if objection_until <= act.now.date():
        raise Refused("A seller needs time to object: the last day must lie ahead.")
    if objection_until - act.now.date() > LONGEST:
        raise Refused("The last day to object lies within a year. Correct it.")
    with db.read() as tx:
        row = known(tx, reference)
        ensure(rules_sanctions.may(SanctionMove.NOTIFY, row.state, frozenset({act.role})))
        shop = one(tx, Shop, id=row.shop_id)
        assert shop is not None  # a foreign key holds it
        texts = (row.clause, row.reasons, row.objections_to)
        ensure_unnamed(tx, shop, members_of(tx, row.id), texts)
        contents = [
            _content(tx, row, act.now, words_of(language), objection_until, seals)
            for language in LANGUAGES
            if can_set(language, seals.fonts)
        ]
    # Setting takes its time, so that it is done outside; the version says it is still the same.
    digests = {
        each.language: vault.put(
            seals.signed(notice.render(each, fonts=seals.fonts), act.now, _REASON)
        ).digest
        for each in contents
    }
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        ensure_rests(tx, row)
        ends_at = datetime.combine(objection_until + timedelta(days=1), time(), UTC)
        changes = {"notified_at": act.now, "objections_end_at": ends_at}
        advance(tx, act, row, SanctionMove.NOTIFY, given_by.strip(), **changes)
        for language, digest in digests.items():
            add(
                tx,
                SanctionNotice,
                sanction_id=row.id,
                language=language,
                digest=digest,
                given_by=given_by.strip(),
                made_at=act.now,
            )
            body = {"what": "notice given", "language": language, "digest": digest, "by": act.by}
            ledger.append(tx, reference, body, act.now)


def _content(
    tx: Transaction,
    row: Sanction,
    now: datetime,
    words: Words,
    until: date | None,
    seals: Seals,
) -> notice.Notice:
    shop = one(tx, Shop, id=row.shop_id)
    assert shop is not None  # a foreign key holds it
    if row.state is SanctionState.PROPOSED or row.decided_at is None:
        raise NotFound("Nothing is decided yet: there is no notice to look at.")
    ensure_rests(tx, row)
    return notice.Notice(
        reference=row.reference,
        shop=shop.name,
        platform=shop.platform,
        shop_number=shop.platform_shop_id,
        addressee=words.say("notice.addressee", name=shop.registrant)
        if shop.registrant
        else words.say("notice.addressee_unknown"),
        what=words.say(f"notice.{row.ground}.{row.kind}"),
        decided_on=words.day(row.decided_at),
        clause=row.clause,
        reasons=row.reasons,
        goods=tuple(_goods(tx, row, words)),
        made=tuple(_made_up(tx, row, words)),
        objections_to=row.objections_to,
        objection_until=words.day(until) if until else "",
        made_at=now,
        organisation=ORGANISATION,
        demo_authority=seals.is_demo,
        language=words.language,
    )


def _made_up(tx: Transaction, row: Sanction, words: Words) -> Iterator[notice.Made]:
    for each in estimates_of(tx, row.brushing_id) if row.brushing_id else ():
        first, last = (words.day(day) for day in (each.period_start, each.period_end))
        key = "notice.orders" if each.orders_low < each.orders_high else "notice.orders_exactly"
        yield notice.Made(
            period=words.say("notice.period", first=first, last=last),
            orders=words.say(key, low=each.orders_low, high=each.orders_high),
            source=each.source,
        )


def _goods(tx: Transaction, row: Sanction, words: Words) -> Iterator[notice.Goods]:
    for testbuy in members_of(tx, row.id):
        listing, brand = (
            one(tx, Listing, id=testbuy.listing_id),
            one(tx, Brand, id=testbuy.brand_id),
        )
        assert listing and brand and testbuy.conclusion  # foreign keys and the gate hold them
        judged = list(_judged(tx, testbuy))
        found = dict.fromkeys(
            words.say(
                "notice.finding",
                aspect=words.term(f"aspect.{each.aspect}"),
                finding=words.term(each.code),
            )
            for _, verdict in judged
            for each in every(tx, Finding, verdict_id=verdict.id, order_by=table_of(Finding).c.id)
        )
        bases = dict.fromkeys(words.term(each.basis) for each, _ in judged)
        yield notice.Goods(
            title=listing.title,
            brand=brand.name,
            conclusion=words.term(testbuy.conclusion),
            basis=words.say("report.basis", basis=", ".join(bases)),
            findings=tuple(found),
        )


def _judged(tx: Transaction, testbuy: TestBuy) -> Iterator[tuple[Examination, Verdict]]:
    """Each examination whose verdict stands and is the conclusion; what an examiner wrote freely
    is not told.
    """
    order = table_of(Examination).c.id
    for examination in every(tx, Examination, testbuy_id=testbuy.id, order_by=order):
        verdict = one(tx, Verdict, examination_id=examination.id)
        if verdict and verdict.superseded_at is None and verdict.value in COUNTERFEITS:
            yield examination, verdict
