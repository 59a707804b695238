"""The letter about a superseded verdict: what each recipient reads, and what none of them does."""

import re
import subprocess
from datetime import timedelta

import pytest

from casework.errors import NotFound
from casework.record import seals
from casework.verdicts import judging, reviewing, telling_recipients
from evidence import signatures
from evidence.typesetting import can_set
from rules.roles import Role
from rules.verdicts import Verdict
from storage.rows import add, change_one, one
from storage.tables import (
    Agency,
    Buyer,
    Examination,
    Exhibit,
    OrderAttempt,
    OutcomeReview,
    Person,
    Persona,
    Referral,
    ReferralReview,
    Shop,
    SupersededNotice,
)
from storage.tables import Verdict as VerdictRow
from tests.casework.verdicts.test_superseding import sent, supersede


def letters(town, reference, language=None):
    """The letters owed about a test buy: the agency's, the rights holder's, the examiner's."""
    with town.db.read() as tx:
        owed = {}
        for row in town.of(SupersededNotice, reference):
            who = "agency" if row.agency_id else "holder" if row.rights_holder_id else "examiner"
            owed[who] = telling_recipients.told(tx, reference, row.id, town.now, language)
        return owed["agency"], owed["holder"], owed["examiner"]


def test_an_agency_reads_both_verdicts_its_package_and_what_rests_on_it(both):
    town = both
    reference = sent(town)
    supersede(town, reference)
    agency, holder, _ = letters(town, reference, "en")
    old, new = sorted(town.all(VerdictRow), key=lambda each: each.id)
    referral, exhibit = town.referral(reference), town.all(Exhibit)[0].reference
    assert agency.addressee == "Luohu police" and holder.addressee == "Swarovski AG"
    for letter in (agency, holder):
        assert reference in letter.about and exhibit in letter.about
        assert (letter.older.value, letter.later.value) == ("Counterfeit", "Genuine")
        assert (letter.older.digest, letter.later.digest) == (old.digest, new.digest)
        assert (letter.older.examiner, letter.later.examiner) == ("Expert", "Other Expert")
        assert (letter.concluded, letter.since) == ("genuine", "")
    package = agency.given
    assert (package.referral, package.number, package.digest) == (
        referral.reference, referral.agency_number, referral.bundle_digest,
    )  # fmt: skip
    assert package.sent_on == f"{referral.sent_at.day} {referral.sent_at:%B %Y}"
    assert holder.given is None and "no package" in holder.given_says
    (rests,) = agency.resting
    assert (rests.what, rests.reference) == ("Referral", referral.reference)
    assert rests.state.startswith("under review since")
    assert "examine for you" in holder.asked[-1] and len(agency.asked) == 3
    town.later(days=1)
    liaison = town.act(Role.LIAISON)
    reviewing.record_review(town.db, liaison, referral.reference, decision="It stops.")
    (rests,) = letters(town, reference, "en")[0].resting
    assert rests.state.startswith("reviewed") and "stops" not in rests.state


def test_whoever_sealed_it_reads_of_their_examination_alone(on_sqlite):
    """No test buy, no exhibit, nothing that follows, and not what the later verdict found."""
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    own, later = town.of(Examination, reference)
    letter = letters(town, reference, "en")[2]
    assert letter.reference == own.public_id and own.public_id in letter.about
    said = repr(letter)
    for kept in (
        reference,
        town.all(Exhibit)[0].reference,
        later.public_id,
        "Other Expert",
        "Genuine",
        "RF-",
    ):
        assert kept not in said
    assert (letter.resting, letter.given, letter.concluded) == ((), None, "")
    assert letter.later.digest == "" and any(
        "judge for themselves" in each for each in letter.withheld
    )


def test_an_agency_is_told_of_claims_and_never_of_anothers_referral(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    old, _ = sorted(town.all(VerdictRow), key=lambda each: each.id)
    with town.db.write() as tx:
        owner = town.row(reference).id
        customs = add(tx, Agency, name="Customs", jurisdiction="DE")
        other = add(
            tx, Referral, reference="RF-2026-009999", agency_id=customs,
            operator_id=town.referral(reference).operator_id, version=1, state="sent",
            key="k", grounds=[],
            drafted_at=town.now, sent_at=town.now, changed_at=town.now,
        )  # fmt: skip
        add(tx, ReferralReview, referral_id=other, verdict_id=old.id, opened_at=town.now)
        for rests, about in (("claim", "CL-2026-000001"), ("sanction", "SA-2026-000001")):
            what = {"testbuy_id": owner, "verdict_id": old.id, "rests": rests, "about": about}
            add(tx, OutcomeReview, **what, opened_at=town.now)
        add(tx, OutcomeReview, testbuy_id=owner, verdict_id=old.id, rests="closing",
            about="", opened_at=town.now)  # fmt: skip
    agency, holder, _ = letters(town, reference, "en")
    assert [each.what for each in agency.resting] == [
        "Referral", "Civil claim", "Sanction",
    ]  # fmt: skip
    assert "RF-2026-009999" not in repr(agency)
    assert "RF-2026-009999" in repr(holder) and "Customs" not in repr(holder)


def test_a_later_verdict_that_is_superseded_itself_says_so(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    town.later(days=1)
    supersede_again(town, reference)
    agency = letters_of(town, reference)
    assert [each.later.value for each in agency] == ["Genuine", "Counterfeit"]
    assert "superseded on" in agency[0].since and agency[1].since == ""
    with town.db.read() as tx:
        first = next(row for row in town.of(SupersededNotice, reference) if row.person_id)
        examiner = telling_recipients.told(tx, reference, first.id, town.now, "en")
    assert examiner.since == "", "whoever sealed the first one is owed no other letter"


def test_a_digest_is_checked_against_a_package_that_names_its_verdict_alone(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    town.later(days=1)
    supersede_again(town, reference)
    first, second = ("\n".join(each.check) for each in letters_of(town, reference))
    assert "is the one that the dossier in the package names" in first
    assert "names an earlier one" in second and "dossier" not in second


def supersede_again(town, reference):
    judging.judge_again(
        town.db, town.act(Role.ANALYST), reference, version=town.version(reference),
        reason="It was the first that saw the piece.", supersedes=True,
    )  # fmt: skip
    town.later(hours=1)
    return town.seal(reference, Verdict.COUNTERFEIT)


def letters_of(town, reference):
    with town.db.read() as tx:
        return [
            telling_recipients.told(tx, reference, row.id, town.now, "en")
            for row in town.of(SupersededNotice, reference)
            if row.agency_id
        ]


def test_each_is_written_to_in_their_own_language(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    assert [each.language for each in letters(town, reference)] == ["zh", "en", "en"]
    expert = next(row for row in town.of(SupersededNotice, reference) if row.person_id)
    with town.db.write() as tx:
        change_one(tx, Person, expert.person_id, language="zh")
    assert [each.language for each in letters(town, reference)] == ["zh", "en", "zh"]


def test_only_the_test_buy_it_is_about_leads_to_it(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    number = town.all(SupersededNotice)[0].id
    for address in (("TB-2026-999999", number), (reference, 999)):
        with pytest.raises(NotFound):
            telling_recipients.letter_pdf(town.db, *address, town.now)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_one_page_that_names_nobody_who_is_protected(on_sqlite, tmp_path, poppler, language):
    if not can_set(language):
        pytest.skip("fonts-noto-cjk is not installed")
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    old, new = sorted(town.all(VerdictRow), key=lambda each: each.id)
    for row in town.of(SupersededNotice, reference):
        pdf = telling_recipients.letter_pdf(town.db, reference, row.id, town.now, language)
        file = tmp_path / "letter.pdf"
        file.write_bytes(pdf)
        info = subprocess.run(
            [poppler("pdfinfo"), file], capture_output=True, text=True, check=True
        ).stdout
        assert re.search(r"^Pages:\s+1$", info, re.MULTILINE)
        text = subprocess.run(
            [poppler("pdftotext"), "-raw", file, "-"], capture_output=True, text=True, check=True
        ).stdout
        joined = re.sub(r"\s", "", text)
        older, later = (each.digest.removeprefix("sha256:") for each in (old, new))
        assert older in joined and (later in joined) is (row.person_id is None)
        for kept in protected(town, reference):
            assert kept not in text
        if language == "zh":
            assert not re.search(r"[Ss]uperseded|[Ss]ealed|under review", text)


def protected(town, reference):
    """What tells who bought, how and from whom."""
    with town.db.read() as tx:
        row = town.row(reference)
        shop = one(tx, Shop, id=row.shop_id)
        persona = town.all(Persona)[0]
        orders = [each.order_number for each in town.of(OrderAttempt, reference)]
        buyer = town.all(Buyer)[0]
        person = one(tx, Person, id=buyer.person_id)
    return [each for each in (shop.name, persona.label, person.name, *orders) if each]


def test_it_is_signed_where_there_is_a_key(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    supersede(town, reference)
    number = town.all(SupersededNotice)[0].id
    plain = telling_recipients.letter_pdf(town.db, reference, number, town.now)
    held = seals.Seals(signatures.make("Desk", "Demo", town.now, timedelta(days=9), demo=True))
    pdf = telling_recipients.letter_pdf(town.db, reference, number, town.now, None, held)
    assert b"/ByteRange" in pdf and b"/ByteRange" not in plain
    with town.db.read() as tx:
        with_key = telling_recipients.told(tx, reference, number, town.now, "en", held)
        without = telling_recipients.told(tx, reference, number, town.now, "en", seals.NONE)
    assert "pdfsig" in with_key.check[-1] and "No key" in without.check[-1]
