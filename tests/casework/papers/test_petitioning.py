"""The petition of a claim: what counsel hands on, and what the digests in it are over."""

import re
import subprocess

import pytest

from casework.errors import NotFound
from casework.papers import petitioning
from casework.suing import awarding, claiming, grounding
from evidence.digests import sha256_of
from evidence.typesetting import can_set
from rules.claims import ClaimMove
from rules.pleading import AllocatedTo, HeadKind, Struck
from rules.roles import Role
from storage.rows import change, table_of
from storage.tables import ClaimEvidence, ClaimParty, ClaimPayment, Exhibit, Judgment, Persona
from tests.casework.suing import suits, test_striking
from tests.casework.suing.suits import of, seen


def told(town, reference, language="en"):
    with town.db.read() as tx:
        return petitioning.told(tx, reference, town.now, language)


@pytest.fixture
def listed(on_sqlite):
    """A claim being prepared, with an exhibit and a verdict in its list; the town, both."""
    town = on_sqlite
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)
    counsel = town.act(Role.COUNSEL)
    (exhibit,) = town.of(Exhibit, testbuy)
    for what in ({"exhibit": exhibit.reference}, {"verdict": 1}):
        grounding.list_evidence(
            town.db, town.vault, counsel, reference, **seen(town, reference),
            proves="It is counterfeit.", **what,
        )  # fmt: skip
    return town, reference, testbuy


def test_it_says_what_the_claim_says(listed):
    town, reference, testbuy = listed
    said = told(town, reference)
    assert said.court == "Longgang District People's Court"
    assert [(each.role, each.name, each.address) for each in said.parties] == [
        ("Platform", "The Platform Ltd", "12 Canary Road"),
        ("Defendant", "Canary Liu", "12 Canary Road"),
    ]
    assert [(each.kind, each.claimed) for each in said.heads] == [
        ("Damages", "CNY 1,000,000.00"), ("Reasonable expenses", "CNY 400,000.00"),
    ]  # fmt: skip
    assert (said.claimed, said.awarded, said.instances) == ("CNY 1,400,000.00", (), ())
    assert [(each.label, each.value) for each in said.reliefs] == [("Apology", "In the paper")]
    assert [each.value for each in said.agreement] == ["No fakes, 4.2", "2016-03", "1 March 2016"]
    assert said.acceptance == sha256_of(b"%PDF-1.7 accepted")
    (bought,) = said.testbuys
    assert bought.label == testbuy and bought.value.endswith("concluded: counterfeit")
    assert "bought on 2 November 2026 for CNY 99.00" in bought.value
    (cause,) = said.causes
    assert cause.name == "Breach of the no-fakes clause" and not cause.checked
    assert said.cautions == ("Prepared and not approved: it is not filed as it stands.",)
    assert said.goodwill == ()


def test_the_list_of_evidence_can_be_checked_by_hand(listed):
    """The lines printed under an exhibit give the digest that the claim listed."""
    town, reference, testbuy = listed
    document, exhibit, verdict = told(town, reference).evidence
    assert [each.number for each in (document, exhibit, verdict)] == [1, 2, 3]
    assert document.digest == sha256_of(suits.PAPER) and document.lines == ()
    assert exhibit.what.startswith("Exhibit DM/1, seal SEAL-") and testbuy in exhibit.what
    assert sha256_of("\n".join(exhibit.lines).encode()) == exhibit.digest
    assert len(exhibit.lines) > 3 and exhibit.note == ""
    assert verdict.what == "Verdict on DM/1: counterfeit, by Expert, 2 November 2026"
    rows = {each.number: each.digest for each in of(town, ClaimEvidence, reference)}
    assert {each.number: each.digest for each in (document, exhibit, verdict)} == rows
    with town.db.write() as tx:
        change(tx, Exhibit, table_of(Exhibit).c.id == 1, seal_number="SEAL-OTHER")
    _, exhibit, _ = told(town, reference).evidence
    assert exhibit.lines == () and "changed since it was listed" in exhibit.note
    assert exhibit.digest == rows[2]


def test_steps_judgments_and_money_are_told_with_their_days_and_papers(on_sqlite):
    town = on_sqlite
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 100_000_000, 0, granted=True)
    said = told(town, reference)
    assert said.cautions == () and said.instances == ("Awarded, first instance",)
    assert [each.awarded for each in said.heads] == [("CNY 1,000,000.00",), ("CNY 0.00",)]
    assert said.awarded == ("CNY 1,000,000.00",)
    assert said.reliefs[0].value == "In the paper; granted"
    assert [each.what for each in said.steps] == [
        "Prepared", "Approved", "Filed", "Docketed", "Announced", "Heard", "Judged",
    ]  # fmt: skip
    assert said.steps[2].digest == sha256_of(suits.PAPER)
    (judgment,) = said.judgments
    assert (
        judgment.what == "First instance; awarded CNY 1,000,000.00; 71.4\u00a0% of what was claimed"
    )
    assert judgment.said == "Liable, but the loss is not shown."
    suits.step(town, reference, ClaimMove.APPEAL, party=suits.defendant(town, reference))
    suits.judge(town, reference, 12_000_000, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    counsel = town.act(Role.COUNSEL)
    awarding.record_payment(
        town.db, town.vault, counsel, reference, **seen(town, reference),
        received_on=town.now.date(), amount_minor=12_000_000, paper=None,
    )  # fmt: skip
    awarding.allocate(
        town.db, counsel, reference, **seen(town, reference), to=AllocatedTo.CONSUMER_FUND,
        amount_minor=12_000_000, allocated_on=town.now.date(), said="A fund",
    )  # fmt: skip
    said = told(town, reference)
    assert said.instances == ("Awarded, first instance", "Awarded on appeal")
    assert said.awarded == ("CNY 1,000,000.00", "CNY 120,000.00")
    assert "by Canary Liu" in [each.said for each in said.steps]
    assert [(each.what, each.said) for each in said.money] == [
        ("CNY 120,000.00 came in", ""),
        ("CNY 120,000.00 went to: consumer fund", "A fund"),
    ]


def test_lost_goodwill_tells_every_proof_as_it_stands(on_sqlite):
    town = on_sqlite
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy, heads=((HeadKind.GOODWILL, 100),))
    grounding.show_proof(
        town.db, town.act(Role.COUNSEL), reference, **seen(town, reference),
        proof=suits.proof(town), said="Evidence 1",
    )  # fmt: skip
    lines = told(town, reference).goodwill
    assert lines[0].value == "Evidence 1" and lines[0].label.startswith("Complaints of buyers")
    assert {each.value for each in lines[1:]} == {"open: nothing shows it yet"}
    assert len(lines) == 6


def test_nothing_typed_leads_to_a_buyer_and_an_erased_party_is_called_so(listed):
    town, reference, testbuy = listed
    (persona,) = [each for each in town.all(Persona) if each.id == town.row(testbuy).persona_id]
    claiming.take_out(
        town.db, town.act(Role.COUNSEL), reference, **seen(town, reference), part="evidence",
        number=of(town, ClaimEvidence, reference)[0].id,
    )  # fmt: skip
    grounding.list_evidence(
        town.db, town.vault, town.act(Role.COUNSEL), reference, **seen(town, reference),
        proves=f"Sent to {persona.recipient}, {persona.address}", data=b"%PDF-1.7 a waybill",
    )  # fmt: skip
    with town.db.write() as tx:
        change(tx, ClaimParty, table_of(ClaimParty).c.name == "Canary Liu", name="", address=None)
    said = told(town, reference)
    assert "Sent to" in said.evidence[-1].proves
    assert persona.recipient not in str(said) and persona.address not in str(said)
    assert (said.parties[1].name, said.parties[1].address) == ("erased", "")
    with pytest.raises(NotFound, match="no claim"):
        told(town, "CL-2026-999999")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_set_whole_in_either_language(listed, tmp_path, poppler, language):
    """The same bytes twice, every word within the margins, no word of ours in English."""
    if not can_set(language):
        pytest.skip("fonts-noto-cjk is not installed")
    town, reference, _ = listed
    now = town.now
    pdf = petitioning.petition_pdf(town.db, reference, now, language)
    assert pdf == petitioning.petition_pdf(town.db, reference, now, language)
    court = petitioning.petition_pdf(town.db, reference, now, None)
    assert (court == pdf) is (language == "zh"), "without one asked for, the court's language"
    file = tmp_path / "petition.pdf"
    file.write_bytes(pdf)
    command = [poppler("pdftotext"), "-bbox", file, "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    boxes = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>(.*?)<', said)
    # A bracket that begins a Chinese line hangs by half its width.
    left, right = 25 / 25.4 * 72 - 6, 185 / 25.4 * 72 + 1
    assert len(boxes) > 150
    assert [each for each in boxes if float(each[0]) < left or float(each[1]) > right] == []
    if language == "zh":
        words = {each[2].lower() for each in boxes}
        assert not words & {"petition", "court:", "evidence", "claimed", "proves", "together"}


def test_a_claim_without_anything_says_so(on_sqlite):
    town = on_sqlite
    _, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    said = told(town, reference)
    assert (said.parties, said.heads, said.evidence, said.claimed) == ((), (), (), "CNY 0.00")
    assert petitioning.petition_pdf(town.db, reference, town.now, "en").startswith(b"%PDF")


def test_what_was_struck_is_not_told(on_sqlite):
    """A payment and a judgment that were entered wrongly are no facts of the claim."""
    town = on_sqlite
    reference, _ = test_striking.final(town)
    counsel = town.act(Role.COUNSEL)
    for amount in (500, 700):
        awarding.record_payment(
            town.db, town.vault, counsel, reference, **seen(town, reference),
            received_on=town.now.date(), amount_minor=amount, paper=None,
        )  # fmt: skip
    payment = of(town, ClaimPayment, reference)[0].id
    test_striking.struck(town, reference, Struck.PAYMENT, payment)
    assert [each.what for each in told(town, reference).money] == ["CNY 7.00 came in"]
    test_striking.struck(town, reference, Struck.PAYMENT, of(town, ClaimPayment, reference)[1].id)
    judgment = of(town, Judgment, reference)[-1].id
    test_striking.struck(town, reference, Struck.JUDGMENT, judgment)
    said = told(town, reference)
    assert (said.money, said.judgments, said.awarded) == ((), (), ())
    assert "Judged" not in [each.what for each in said.steps]
