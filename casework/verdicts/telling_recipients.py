"""The letter to a recipient of a superseded verdict: what it says, and to whom which part of it.

Owns which facts each is told (ADR 28): an agency and the rights holder, which verdict stood and
which takes its place, and what rests on the older; whoever sealed the older, by the number of their
examination alone, that a later one stands. Never who bought, the shop or its operator. Nothing is
written: who confirmed it is recorded by `casework.verdicts.reviewing`. Leaves setting to
`evidence.supersession`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from casework.errors import NotFound
from casework.examinations.examined import verdicts_on
from casework.examinations.findings import SealedVerdict, sealed_in
from casework.record.seals import NONE, Seals
from casework.verdicts.reviewing import recipient_name
from casework.verdicts.stating import ORGANISATION, capital
from evidence import supersession
from evidence.supersession import Given, Letter, Resting, Sealed
from evidence.words import Words, languages_for, words_of
from rules.resting import RestsOn
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Examination,
    OutcomeReview,
    Person,
    Referral,
    ReferralReview,
    SupersededNotice,
    TestBuy,
    Verdict,
)

_REASON = "Made by the test-buy programme from the records of a superseded verdict"
_TOLD = (RestsOn.CLAIM, RestsOn.SANCTION)
"""What a letter names beside referrals: the rest concerns the flag's source and ourselves."""


def letter_pdf(
    db: Database,
    testbuy: str,
    number: int,
    now: datetime,
    language: str | None = None,
    seals: Seals = NONE,
) -> bytes:
    """The letter of a word owed about a test buy, signed where there is a key.

    `language`: None for its recipient's own. Raises NotFound.
    """
    with db.read() as tx:
        content = told(tx, testbuy, number, now, language, seals)
    return seals.signed(supersession.render(content, fonts=seals.fonts), now, _REASON)


def own_language(tx: Transaction, row: SupersededNotice) -> str:
    """The language in which a recipient is written to: an agency's, or the one a person reads."""
    agency = one(tx, Agency, id=row.agency_id) if row.agency_id else None
    person = one(tx, Person, id=row.person_id) if row.person_id else None
    if person is not None and person.language:
        return person.language
    return languages_for(agency.jurisdiction if agency else None)[0]


def told(
    tx: Transaction,
    testbuy: str,
    number: int,
    now: datetime,
    language: str | None = None,
    seals: Seals = NONE,
) -> Letter:
    """What the letter prints."""
    row = one(tx, SupersededNotice, id=number)
    owner = one(tx, TestBuy, id=row.testbuy_id) if row else None
    if row is None or owner is None or owner.reference != testbuy:
        raise NotFound("There is no such notice.")
    words = words_of(language or own_language(tx, row))
    return _Telling(tx, row, owner, words).told(now, seals)


class _Telling:
    """One word owed, in the words of a language."""

    def __init__(
        self, tx: Transaction, row: SupersededNotice, testbuy: TestBuy, words: Words
    ) -> None:
        self._tx, self._row, self._testbuy, self._words = tx, row, testbuy, words
        verdict = one(tx, Verdict, id=row.verdict_id)
        examination = one(tx, Examination, id=verdict.examination_id) if verdict else None
        assert verdict and examination  # foreign keys hold them
        self._older = self._sealed(verdict)
        self._later = self._sealed(
            next(
                each
                for each in verdicts_on(tx, examination.exhibit_id)
                if each.sealed_at == verdict.superseded_at and each.id != verdict.id
            )
        )
        self._examiner = row.person_id is not None

    def told(self, now: datetime, seals: Seals) -> Letter:
        words, say = self._words, self._words.say
        older, later = self._older.verdict, self._later.verdict
        overturned = later.superseded_at
        days = {"older": words.day(older.sealed_at), "later": words.day(later.sealed_at)}
        public_id = self._older.examination.public_id
        if self._examiner:
            about = say("supersession.about_examination", examination=public_id, **days)
        else:
            where = {"testbuy": self._testbuy.reference, "exhibit": self._older.exhibit}
            about = say("supersession.about", **where, **days)
        resting = () if self._examiner else tuple(self._resting())
        none = "rests_untold" if self._examiner else "nothing_rests"
        concluded = None if self._examiner else self._testbuy.conclusion
        return Letter(
            reference=public_id if self._examiner else self._testbuy.reference,
            number=self._row.id,
            addressee=words.recorded(recipient_name(self._tx, self._row)),
            about=about,
            older=self._side(self._older),
            later=self._side(self._later, untold=self._examiner),
            concluded=words.term(concluded) if concluded else "",
            since=say("supersession.since", later=days["later"], day=words.day(overturned))
            if overturned and not self._examiner
            else "",
            given=self._given(),
            given_says=say(f"supersession.{'own_verdict' if self._examiner else 'no_package'}"),
            resting=resting,
            resting_says=say(f"supersession.{none}"),
            asked=tuple(say(f"supersession.{each}") for each in self._asked()),
            withheld=tuple(say(f"supersession.{each}") for each in self._withheld()),
            check=tuple(say(f"supersession.{each}") for each in self._check(seals)),
            made_on=words.day(now),
            made_at=now,
            organisation=ORGANISATION,
            demo_authority=seals.is_demo,
            language=words.language,
        )

    def _sealed(self, verdict: Verdict) -> SealedVerdict:
        examination = one(self._tx, Examination, id=verdict.examination_id)
        sealed = sealed_in(self._tx, examination) if examination else None
        assert sealed is not None  # foreign keys hold both
        return sealed

    def _side(self, sealed: SealedVerdict, *, untold: bool = False) -> Sealed:
        """A verdict; `untold`: its day alone. Its digest, too, tells whoever tries each value."""
        return Sealed(
            value="" if untold else capital(self._words.term(sealed.verdict.value)),
            examiner="" if untold else sealed.examiner,
            sealed_on=self._words.day(sealed.verdict.sealed_at),
            examination="" if untold else sealed.examination.public_id,
            digest="" if untold else sealed.verdict.digest,
        )

    def _given(self) -> Given | None:
        """The package an agency has; the rights holder and whoever examined were sent none."""
        if self._row.referral_id is None:
            return None
        referral = one(self._tx, Referral, id=self._row.referral_id)
        assert referral is not None  # a foreign key holds it
        return Given(
            referral.reference,
            referral.agency_number or "",
            self._words.day(referral.sent_at) if referral.sent_at else "",
            referral.bundle_digest or "",
        )

    def _in_package(self) -> bool:
        """Whether the older verdict was there when the package was sent, so that it names it."""
        referral = one(self._tx, Referral, id=self._row.referral_id)
        sealed = self._older.verdict.sealed_at
        return referral is not None and referral.sent_at is not None and sealed <= referral.sent_at

    def _resting(self) -> Iterator[Resting]:
        """Referrals, of which an agency is told its own alone; then claims and sanctions."""
        about: dict[str, Any] = {"verdict_id": self._row.verdict_id}
        only: dict[str, Any] = {}
        if self._row.referral_id:
            only = {"referral_id": self._row.referral_id}
        order = table_of(ReferralReview).c.id
        for each in every(self._tx, ReferralReview, **about, **only, order_by=order):
            referral = one(self._tx, Referral, id=each.referral_id)
            assert referral is not None  # a foreign key holds it
            yield self._rests("referral", referral.reference, each)
        for each in every(self._tx, OutcomeReview, **about, order_by=table_of(OutcomeReview).c.id):
            if each.rests in _TOLD:
                yield self._rests(each.rests, each.about, each)

    def _rests(self, kind: str, reference: str, review: ReferralReview | OutcomeReview) -> Resting:
        words = self._words
        key, day = ("under_review", review.opened_at)
        if review.decided_at is not None:
            key, day = "reviewed", review.decided_at
        state = words.say(f"supersession.{key}", day=words.day(day))
        return Resting(words.say(f"supersession.{kind}"), reference, state)

    def _asked(self) -> Iterator[str]:
        yield "ask_file"
        if self._examiner:
            yield "ask_receipt"
            return
        yield "ask_acts"
        yield "ask_receipt"
        if self._row.rights_holder_id is not None:
            yield "ask_apart"

    def _withheld(self) -> Iterator[str]:
        yield "withheld"
        if self._examiner:
            yield "withheld_later"
        yield "unedited"

    def _check(self, seals: Seals) -> Iterator[str]:
        if self._row.referral_id is not None:
            yield "check_package" if self._in_package() else "check_no_package"
        yield "check_own" if self._examiner else "check_statement"
        yield "check_signed" if seals.signer is not None else "check_unsigned"
