"""The petition of a civil claim as PDF: what is on record of it, in the order of a petition.

Owns the wording, that what was struck is not told, and that nothing typed leads to a buyer; parties
stand as counsel named them. Nothing is written or signed: what a court was given is the paper
handed in with the step. Leaves reading a claim to `casework.views.claim`, setting to
`evidence.petition`.
"""

from collections.abc import Iterator
from datetime import datetime

from casework.papers.rows_told import joined, placed
from casework.privacy.tracing import Cover
from casework.record.seals import NONE, Seals
from casework.suing.grounding import lines_of
from casework.verdicts.stating import ORGANISATION, capital
from casework.views.claim import ClaimPage, claim_in
from evidence import petition
from evidence.digests import sha256_of
from evidence.petition import Cause, Head, Listed, Paper, Party, Row
from evidence.words import Words, languages_for, words_of
from rules.claims import ClaimMove, ClaimState
from rules.money import Money
from rules.pleading import EvidenceKind
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    ClaimEvidence,
    Examination,
    Exhibit,
    Listing,
    OrderAttempt,
    Person,
    Shop,
    TestBuy,
    Verdict,
)

_BY_MOVE = {ClaimMove.SEND_BACK, ClaimMove.WITHDRAW_APPEAL, ClaimMove.REOPEN}
"""Steps told by what was done: the state they lead to was there before."""
_JUDGED = {ClaimMove.JUDGE, ClaimMove.JUDGE_ON_APPEAL}


def petition_pdf(
    db: Database, reference: str, now: datetime, language: str | None, seals: Seals = NONE
) -> bytes:
    """The petition of a claim in a language, or in its court's own; raises NotFound."""
    with db.read() as tx:
        content = told(tx, reference, now, language)
    return petition.render(content, fonts=seals.fonts)


def told(
    tx: Transaction, reference: str, now: datetime, language: str | None = None
) -> petition.Petition:
    """What the petition prints."""
    page = claim_in(tx, reference)
    words = words_of(language or languages_for(page.claim.jurisdiction)[0])
    return _Telling(tx, page, words).told(now)


class _Telling:
    """One claim in the words of a language."""

    def __init__(self, tx: Transaction, page: ClaimPage, words: Words) -> None:
        self._tx, self._page, self._words = tx, page, words
        self._covers = [Cover(tx, testbuy) for testbuy in page.testbuys]

    def told(self, now: datetime) -> petition.Petition:
        page, words = self._page, self._words
        row = page.claim
        instances = [each.instance for each in page.judgments]
        return petition.Petition(
            reference=row.reference,
            court=row.court,
            organisation=ORGANISATION,
            generated_at=now,
            head=tuple(self._head()),
            cautions=tuple(self._cautions()),
            parties=tuple(
                Party(
                    capital(words.term(f"party.{each.role}")),
                    each.name or words.say("petition.erased"),
                    each.address or "",
                )
                for each in page.parties
            ),
            heads=tuple(
                Head(
                    capital(words.term(f"head.{line.head.kind}")),
                    capital(words.known(line.cause)),
                    self._money(line.head.claimed_minor),
                    tuple(self._money(each) for each in line.awarded),
                )
                for line in page.heads
            ),
            instances=tuple(words.say(f"petition.awarded_{each}") for each in instances),
            claimed=self._money(page.claimed),
            awarded=tuple(self._money(page.awarded(each)) for each in instances),
            reliefs=tuple(self._reliefs()),
            agreement=tuple(self._agreement()),
            acceptance=row.acceptance_digest or "",
            testbuys=tuple(self._testbuy(each) for each in page.testbuys),
            causes=tuple(
                Cause(capital(words.known(word.name)), self._typed(own.said), word.verified)
                for own, word in page.causes
            ),
            evidence=tuple(self._listed(each) for each in page.evidence),
            goodwill=tuple(self._goodwill()),
            steps=tuple(self._steps()),
            judgments=tuple(self._judgments()),
            money=tuple(self._received()),
            language=words.language,
        )

    def _money(self, minor: int) -> str:
        return Money(minor, self._page.claim.currency).format()

    def _typed(self, text: str | None) -> str:
        for cover in self._covers:
            text = cover(text or "")
        return text or ""

    def _head(self) -> Iterator[Row]:
        row, words = self._page.claim, self._words
        yield Row(words.say("petition.claim"), row.reference)
        court = placed(f"{row.court}, {row.city}", row.jurisdiction, words)
        yield Row(words.say("petition.court"), court)
        docket = row.docket_number or words.say("petition.no_docket")
        yield Row(words.say("petition.docket"), docket)
        yield Row(words.say("petition.state"), words.term(f"claim.{row.state}"))
        operator = self._page.operator
        yield Row(
            words.say("row.operator"), f"{words.recorded(operator.name)} ({operator.reference})"
        )
        yield Row(words.say("petition.currency"), row.currency)

    def _cautions(self) -> Iterator[str]:
        """What keeps the petition from being handed in as it stands."""
        row, words = self._page.claim, self._words
        if row.state is ClaimState.PREPARED:
            yield words.say("petition.not_approved")
        if self._page.under_review:
            yield words.say("petition.under_review")

    def _reliefs(self) -> Iterator[Row]:
        for each in self._page.reliefs:
            granted = self._page.granted.get(each.id)
            said = [self._typed(each.said)]
            if granted is not None:
                said.append(self._words.say("petition.granted" if granted else "petition.refused"))
            label = capital(self._words.term(f"relief.{each.kind}"))
            yield Row(label, joined(self._words, said) or "–")

    def _agreement(self) -> Iterator[Row]:
        row, words = self._page.claim, self._words
        if row.accepted_on is not None:
            yield Row(words.say("petition.clause"), row.clause or "–")
            yield Row(words.say("petition.version"), row.clause_version or "–")
            yield Row(words.say("petition.accepted"), words.day(row.accepted_on))

    def _testbuy(self, testbuy: TestBuy) -> Row:
        words, orders = self._words, table_of(OrderAttempt).c
        shop = one(self._tx, Shop, id=testbuy.shop_id)
        listing = one(self._tx, Listing, id=testbuy.listing_id)
        assert shop and listing  # foreign keys hold them
        told = [listing.title, words.say("report.shop", shop=shop.name, platform=shop.platform)]
        for each in every(self._tx, OrderAttempt, testbuy_id=testbuy.id, order_by=orders.id):
            if each.settled_at and each.currency and each.paid_minor is not None:
                price = Money(each.paid_minor, each.currency).format()
                day = words.day(each.settled_at)
                told.append(words.say("petition.bought", day=day, price=price))
        if testbuy.conclusion is not None:
            told.append(words.say("petition.concluded", verdict=words.term(testbuy.conclusion)))
        return Row(testbuy.reference, joined(words, told))

    def _listed(self, row: ClaimEvidence) -> Listed:
        words = self._words
        proves = self._typed(row.proves)
        if row.kind is EvidenceKind.EXHIBIT:
            exhibit = one(self._tx, Exhibit, id=row.exhibit_id)
            assert exhibit is not None  # a foreign key holds it
            of = self._reference(exhibit.testbuy_id)
            facts = {"exhibit": exhibit.reference, "seal": exhibit.seal_number, "testbuy": of}
            lines = lines_of(self._tx, exhibit)
            same = sha256_of("\n".join(lines).encode()) == row.digest
            note = "" if same else words.say("petition.changed")
            what = words.say("petition.exhibit", **facts)
            return Listed(row.number, what, proves, row.digest, note, tuple(lines if same else ()))
        if row.kind is EvidenceKind.VERDICT:
            return Listed(row.number, *self._verdict(row, proves))
        return Listed(row.number, capital(words.term("evidence.document")), proves, row.digest)

    def _verdict(self, row: ClaimEvidence, proves: str) -> tuple[str, str, str, str]:
        """What it is, what it proves, its digest, and that a later one took its place."""
        words = self._words
        verdict = one(self._tx, Verdict, id=row.verdict_id)
        examination = one(self._tx, Examination, id=verdict.examination_id) if verdict else None
        assert verdict and examination  # foreign keys hold them
        examiner = one(self._tx, Person, id=verdict.sealed_by)
        exhibit = one(self._tx, Exhibit, id=examination.exhibit_id)
        assert examiner and exhibit  # foreign keys hold them
        what = words.say(
            "petition.verdict",
            verdict=words.term(verdict.value),
            exhibit=exhibit.reference,
            examiner=examiner.name,
            day=words.day(verdict.sealed_at),
        )
        later = verdict.superseded_at
        note = words.say("superseded", day=words.day(later)) if later else ""
        return what, proves, row.digest, note

    def _reference(self, testbuy_id: int) -> str:
        testbuy = one(self._tx, TestBuy, id=testbuy_id)
        assert testbuy is not None  # a foreign key holds it
        return testbuy.reference

    def _goodwill(self) -> Iterator[Row]:
        if not self._page.asks_for_goodwill:
            return
        for line in self._page.proofs:
            if line.shown is not None:
                said = self._typed(line.shown.said)
            elif line.waiver is not None:
                said = self._words.say("petition.waived", reason=self._typed(line.waiver.reason))
            else:
                said = self._words.say("petition.unproved")
            yield Row(capital(self._words.known(line.row.name)), said)

    def _steps(self) -> Iterator[Paper]:
        words, page = self._words, self._page
        for each in page.steps:
            if each.id not in page.counting:
                continue
            key = f"claim.{each.state}"
            if each.move in _BY_MOVE:
                key = f"claim_move.{each.move}"
            elif each.move is ClaimMove.HEAR:
                key = "claim.heard"
            by = page.names.get(each.party_id or 0)
            said = "" if each.move in _JUDGED else self._typed(each.said)
            told = [words.say("petition.by", name=by) if by else "", said]
            what = capital(words.term(key))
            yield Paper(words.day(each.happened_on), what, joined(words, told), each.digest or "")

    def _judgments(self) -> Iterator[Paper]:
        words, page = self._words, self._page
        for each in page.judgments:
            awarded = page.awarded(each.instance)
            what = [
                words.say(f"petition.instance_{each.instance}"),
                words.say("petition.awarded", amount=self._money(awarded)),
            ]
            if page.claimed:
                share = f"{100 * awarded / page.claimed:.1f}"
                what.append(words.say("petition.share", share=share))
            day = words.day(each.judged_on)
            yield Paper(day, joined(words, what), self._typed(each.reasons), each.digest)

    def _received(self) -> Iterator[Paper]:
        """Payments and where the money went, each with its day, the earliest first."""
        words, page = self._words, self._page
        dated = [
            (each.received_on, Paper(
                words.day(each.received_on),
                words.say("petition.received", amount=self._money(each.amount_minor)), "",
                each.digest or "",
            ))
            for each in page.payments
            if each.struck_at is None
        ] + [
            (each.allocated_on, Paper(
                words.day(each.allocated_on),
                words.say(
                    "petition.allocated", amount=self._money(each.amount_minor),
                    to=words.term(f"allocated.{each.to}"),
                ),
                self._typed(each.said), "",
            ))
            for each in page.allocations
            if each.struck_at is None
        ]  # fmt: skip
        yield from (paper for _, paper in sorted(dated, key=lambda each: each[0]))
