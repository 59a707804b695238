"""A civil claim from its preparation to the fund, through the door, on both databases."""

from datetime import date, timedelta

import pytest

from casework.errors import NotFound, Stale
from casework.keeping import retaining
from casework.operators import proceedings
from casework.outcomes import claims
from casework.people import access
from casework.referring import answering
from casework.suing import awarding, claiming, grounding, pleading, suing
from casework.suing.claiming import Before
from rules.claims import ClaimMove, ClaimState
from rules.pleading import AllocatedTo, HeadKind, PartyRole
from rules.retention import EndedBy
from rules.roles import Role
from storage import ledger
from storage.tables import (
    ClaimAllocation,
    ClaimCause,
    ClaimEvidence,
    ClaimHead,
    ClaimPayment,
    ClaimStep,
    Exhibit,
    Judgment,
    JudgmentHead,
    JudgmentRelief,
    LedgerRow,
    OutcomeReview,
    Proceeding,
    ProceedingKind,
    Verdict,
)
from tests.casework.suing import suits
from tests.casework.verdicts.test_superseding import supersede


def pay(town, reference, amount, on=None):
    awarding.record_payment(
        town.db, town.vault, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
        received_on=on or town.now.date(), amount_minor=amount, paper=None,
    )  # fmt: skip


def allocate(town, reference, amount, to=AllocatedTo.CONSUMER_FUND):
    awarding.allocate(
        town.db, town.act(Role.COUNSEL), reference, **suits.seen(town, reference), to=to,
        said="The fund", amount_minor=amount, allocated_on=town.now.date(),
    )  # fmt: skip


def settle_up(town, reference, move):
    awarding.settle_up(
        town.db, town.act(Role.COUNSEL), reference, move, **suits.seen(town, reference),
        on=town.now.date(),
    )  # fmt: skip


def state(town, reference):
    return suits.row(town, reference).state


def test_the_source_case_goes_from_preparation_to_the_fund(both):
    """RMB 1.4 million for two causes before Longgang (domain: section 1)."""
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    assert reference == "CL-2026-000001"
    suits.plead(town, reference, testbuy, heads=())
    counsel = town.act(Role.COUNSEL)
    goodwill = suits.cause(town, "loss of goodwill")
    seen = suits.seen(town, reference)
    pleading.add_cause(town.db, counsel, reference, **seen, cause=goodwill, said="Of the platform")
    clause, loss = (each.id for each in suits.of(town, ClaimCause, reference))
    for under, kind, amount in (
        (clause, HeadKind.DAMAGES, 40_000_000),
        (loss, HeadKind.GOODWILL, 100_000_000),
    ):
        pleading.add_head(
            town.db, counsel, reference, **suits.seen(town, reference), claim_cause=under,
            kind=kind, claimed_minor=amount,
        )  # fmt: skip
    assert sum(each.claimed_minor for each in suits.of(town, ClaimHead, reference)) == 140_000_000
    for number in range(6):
        grounding.show_proof(
            town.db, counsel, reference, **suits.seen(town, reference),
            proof=suits.proof(town, number), said="Evidence 1",
        )  # fmt: skip
    suits.approve(town, reference)
    days = iter(date(2016, 9, 1) + timedelta(days=30 * each) for each in range(9))
    for move in (ClaimMove.FILE, ClaimMove.DOCKET, ClaimMove.ANNOUNCE, ClaimMove.HEAR):
        suits.step(town, reference, move, on=next(days))
    suits.step(town, reference, ClaimMove.HEAR, on=next(days), paper=None, said="Experts heard")
    assert suits.judge(town, reference, 2_000_000, 10_000_000, on=next(days), granted=True) == 1
    suits.step(town, reference, ClaimMove.BECOME_FINAL, on=next(days), paper=None)
    pay(town, reference, 12_000_000)
    allocate(town, reference, 9_000_000)
    allocate(town, reference, 3_000_000, AllocatedTo.COSTS)
    settle_up(town, reference, ClaimMove.RECOVER)
    settle_up(town, reference, ClaimMove.CLOSE)
    assert state(town, reference) is ClaimState.CLOSED
    assert [each.move for each in suits.of(town, ClaimStep, reference)] == [
        "prepare", "approve", "file", "docket", "announce", "hear", "hear", "judge",
        "become_final", "recover", "close",
    ]  # fmt: skip
    assert [each.awarded_minor for each in town.all(JudgmentHead)] == [2_000_000, 10_000_000]
    assert [each.granted for each in town.all(JudgmentRelief)] == [True]
    own = [each.body for each in town.ledger(reference)]
    assert len(own) >= 20
    bodies = b"".join(each.body for each in town.all(LedgerRow))
    for typed in ("Canary", "Liable", "Experts", "The fund"):
        assert typed.encode() not in bodies


def test_proceedings_follow_the_claim_and_nobody_writes_them_beside_it(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)
    suits.approve(town, reference)
    assert town.all(Proceeding) == []
    suits.step(town, reference, ClaimMove.FILE)
    (running,) = town.all(Proceeding)
    assert (running.kind, running.ended_on) == (ProceedingKind.CLAIM, None)
    suits.step(town, reference, ClaimMove.DOCKET, docket_number="No. 17")
    assert town.all(Proceeding)[0].name == "Longgang District People's Court, No. 17"
    with town.refuses("Prepare a civil claim under Claims"):
        proceedings.open_proceeding(
            town.db, town.act(Role.LIAISON), operator, kind=ProceedingKind.CLAIM, name="By hand"
        )
    with town.refuses(f"follow {reference}"):
        proceedings.end_proceeding(
            town.db, town.act(Role.LIAISON), running.id, ended_on=town.now.date(), how="Over."
        )
    suits.judge(town, reference, 0, 0)
    assert town.all(Proceeding)[0].ended_on is None
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    (ended,) = town.all(Proceeding)
    assert (ended.ended_on, ended.ended_how) == (town.now.date(), EndedBy.FINAL_JUDGMENT)


def test_what_a_claim_rests_on_is_kept_from_its_preparation_on(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)

    def open_ones():
        with town.db.read() as tx:
            rests = retaining.basis_of(tx, town.row(testbuy)).rests
        return [each.name for each in rests if each.ended_on is None]

    assert reference in open_ones()
    suits.approve(town, reference)
    suits.step(town, reference, ClaimMove.FILE)
    assert open_ones() == [f"the claim Longgang District People's Court, {reference}"]
    suits.step(town, reference, ClaimMove.WITHDRAW, said="The seller paid")
    assert open_ones() == []


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (ClaimMove.WITHDRAW, {"said": "The seller cannot be found", "paper": None}),
        (ClaimMove.SETTLE, {"said": "He pays and apologises"}),
        (ClaimMove.DISMISS, {"said": "Not for this court"}),
    ],
)
def test_a_claim_ends_before_judgment_and_its_proceedings_with_it(both, move, told):
    town = both
    reference, _ = suits.heard(town)
    with town.refuses("Say why"):
        suits.step(town, reference, move, **told | {"said": " "})
    suits.step(town, reference, move, **told)
    assert town.all(Proceeding)[0].ended_how == state(town, reference)
    with town.refuses("must be"):
        suits.judge(town, reference, 0, 0)
    if move is ClaimMove.SETTLE:
        pay(town, reference, 5_000)
    else:
        with town.refuses("final or settled"):
            pay(town, reference, 5_000)


def test_an_appeal_is_judged_in_the_second_instance_or_withdrawn(both):
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 10_000_000, 2_000_000)
    with town.refuses("which of the parties"):
        suits.step(town, reference, ClaimMove.APPEAL, party=999)
    suits.step(town, reference, ClaimMove.APPEAL, party=suits.defendant(town, reference))
    assert suits.of(town, ClaimStep, reference)[-1].party_id == suits.defendant(town, reference)
    suits.step(town, reference, ClaimMove.WITHDRAW_APPEAL, paper=None)
    assert state(town, reference) is ClaimState.JUDGED
    suits.step(town, reference, ClaimMove.APPEAL, party=suits.defendant(town, reference))
    suits.step(town, reference, ClaimMove.HEAR)
    assert suits.judge(town, reference, 0, 0) == 2
    assert [each.instance for each in town.all(Judgment)] == [1, 2]
    assert town.all(Proceeding)[0].ended_on is None
    with town.refuses("must be"):
        suits.step(town, reference, ClaimMove.APPEAL, party=suits.defendant(town, reference))
    suits.step(town, reference, ClaimMove.BECOME_FINAL, paper=None)
    with town.refuses("No payment"):
        settle_up(town, reference, ClaimMove.RECOVER)
    settle_up(town, reference, ClaimMove.CLOSE)
    assert state(town, reference) is ClaimState.CLOSED


def test_nobody_approves_what_they_prepared_or_added_to(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    roles = [Role.COUNSEL, Role.APPROVER]
    grant = town.act(Role.ADMINISTRATOR)
    for person in ("counsel", "other approver"):
        access.change_grants(town.db, grant, town.people[person], roles, [])
    with town.refuses("is sued yet") as caught:
        suits.approve(town, reference)
    assert len(caught.value.reasons) == 6
    suits.plead(town, reference, testbuy, heads=())
    pleading.add_head(
        town.db, town.act(Role.COUNSEL, "other approver"), reference,
        **suits.seen(town, reference), claim_cause=suits.of(town, ClaimCause, reference)[0].id,
        kind=HeadKind.DAMAGES, claimed_minor=1,
    )  # fmt: skip
    for person in ("counsel", "other approver"):
        with town.refuses("somebody else must approve"):
            suits.approve(town, reference, person)
    with town.refuses("Only approver"):
        suing.approve(town.db, town.act(Role.COUNSEL), reference, **suits.seen(town, reference))
    suits.approve(town, reference)
    assert suits.row(town, reference).approved_by == town.people["approver"]


def test_what_was_approved_is_changed_only_after_it_was_sent_back(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)
    shown = suits.seen(town, reference)
    suits.approve(town, reference)
    counsel = town.act(Role.COUNSEL)
    again = {"role": PartyRole.CONSUMER, "name": "A buyer", "address": None}
    with town.refuses("changed meanwhile", Stale):
        pleading.add_party(town.db, counsel, reference, **shown, **again)
    with town.refuses("Send it back"):
        pleading.add_party(town.db, counsel, reference, **suits.seen(town, reference), **again)
    suits.step(town, reference, ClaimMove.SEND_BACK, said="A consumer joins", paper=None)
    assert suits.row(town, reference).approved_by is None
    pleading.add_party(town.db, counsel, reference, **suits.seen(town, reference), **again)
    with town.refuses("on the claim already"):
        pleading.add_party(town.db, counsel, reference, **suits.seen(town, reference), **again)
    suits.approve(town, reference)
    suits.step(town, reference, ClaimMove.FILE)
    with town.refuses("was filed"):
        pleading.add_party(town.db, counsel, reference, **suits.seen(town, reference), **again)


def test_only_counsel_records_and_days_follow_each_other(both):
    town = both
    reference, _ = suits.filed(town)
    for role in (Role.LIAISON, Role.ANALYST, Role.APPROVER, Role.AUDITOR):
        with town.refuses("Only counsel"):
            suits.step(town, reference, ClaimMove.DOCKET, act=town.act(role))
    with town.refuses("step before it happened"):
        suits.step(town, reference, ClaimMove.DOCKET, on=town.now.date() - timedelta(days=1))
    with town.refuses("has not come yet"):
        suits.step(town, reference, ClaimMove.DOCKET, on=town.now.date() + timedelta(days=1))
    with town.refuses("number under which"):
        suits.step(town, reference, ClaimMove.DOCKET, docket_number=" ")
    with town.refuses("no PDF"):
        suits.step(town, reference, ClaimMove.DOCKET, paper=b"a letter")
    with town.refuses("must be docketed"):
        suits.step(town, reference, ClaimMove.ANNOUNCE)
    suits.step(town, reference, ClaimMove.DOCKET)
    with town.refuses("Hand in the paper"):
        suits.judge(town, reference, 0, 0, paper=None)
    with town.refuses("under each head"):
        awarding.judge(
            town.db, town.vault, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
            judged_on=town.now.date(), awarded={}, granted=frozenset(), reasons="R",
            paper=suits.PAPER,
        )  # fmt: skip
    with town.refuses(kind=NotFound):
        claiming.prepare(town.db, town.act(Role.COUNSEL), "OP-9999", suits.LONGGANG)


def test_goodwill_is_proved_or_waived_by_a_second_person_before_filing(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy, heads=((HeadKind.GOODWILL, 5_000_000),))
    for number in range(5):
        grounding.show_proof(
            town.db, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
            proof=suits.proof(town, number), said="Evidence 1",
        )  # fmt: skip
    suits.approve(town, reference)
    with town.refuses("a proof is missing: sales before") as caught:
        suits.step(town, reference, ClaimMove.FILE)
    assert len(caught.value.reasons) == 1

    def waive(role=Role.APPROVER, number=5, reason="The press said it all"):
        suing.waive_proof(
            town.db, town.act(role), reference, **suits.seen(town, reference),
            proof=suits.proof(town, number), reason=reason,
        )  # fmt: skip

    with town.refuses("Only an approver"):
        waive(Role.COUNSEL)
    with town.refuses("Say why"):
        waive(reason=" ")
    with town.refuses("needs no waiver"):
        waive(number=0)
    waive()
    with town.refuses("waived already"):
        waive()
    suits.step(town, reference, ClaimMove.FILE)
    with town.refuses("was filed"):
        waive()


def test_no_more_is_allocated_than_came_in_and_nothing_is_left_over(both):
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 10_000, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    with town.refuses("more than was recovered"):
        allocate(town, reference, 1)
    pay(town, reference, 10_000)
    shown = suits.seen(town, reference)
    allocate(town, reference, 9_999)
    with town.refuses("changed meanwhile", Stale):
        awarding.allocate(
            town.db, town.act(Role.COUNSEL), reference, **shown, to=AllocatedTo.COSTS, said=None,
            amount_minor=1, allocated_on=town.now.date(),
        )  # fmt: skip
    with town.refuses("more than was recovered"):
        allocate(town, reference, 2)
    settle_up(town, reference, ClaimMove.RECOVER)
    with town.refuses("where the rest"):
        settle_up(town, reference, ClaimMove.CLOSE)
    allocate(town, reference, 1, AllocatedTo.RIGHTS_HOLDER)
    settle_up(town, reference, ClaimMove.CLOSE)
    with town.refuses("closed"):
        allocate(town, reference, 1)
    assert len(town.all(ClaimPayment)) == 1 and len(town.all(ClaimAllocation)) == 2


def test_evidence_is_numbered_has_its_digest_and_makes_the_claim_rest_on_its_test_buy(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    (exhibit,), (verdict,) = town.of(Exhibit, testbuy), town.all(Verdict)
    counsel = town.act(Role.COUNSEL)

    def put(**what):
        grounding.list_evidence(
            town.db, town.vault, counsel, reference, **suits.seen(town, reference),
            **{"proves": "What was sold"} | what,
        )  # fmt: skip

    put(exhibit=exhibit.reference.lower())
    put(verdict=verdict.id)
    put(data=suits.PAPER)
    listed = suits.of(town, ClaimEvidence, reference)
    assert [(each.number, each.kind) for each in listed] == [
        (1, "exhibit"), (2, "verdict"), (3, "document"),
    ]  # fmt: skip
    assert listed[1].digest == verdict.digest
    assert town.vault.size_of(listed[2].digest) == len(suits.PAPER)
    with town.db.read() as tx:
        assert [each.reference for each in claims.members_of(tx, listed[0].claim_id)] == [testbuy]
    with town.refuses("in the list of evidence already"):
        put(verdict=verdict.id)
    with town.refuses("one exhibit, one verdict"):
        put(verdict=verdict.id, data=suits.PAPER)
    with town.refuses("to prove"):
        put(data=b"%PDF-1.7 other", proves=" ")
    claiming.take_out(
        town.db, counsel, reference, **suits.seen(town, reference), part="evidence",
        number=listed[1].id,
    )  # fmt: skip
    put(verdict=verdict.id)
    assert [each.number for each in suits.of(town, ClaimEvidence, reference)] == [1, 3, 4]
    other, _ = suits.counterfeit(town, flag=2)
    (theirs,) = town.of(Exhibit, other)
    with town.refuses("another operator's shop"):
        put(exhibit=theirs.reference)
    assert claims.paper(town.db, reference, listed[2].digest) == listed[2].digest
    with pytest.raises(NotFound):
        claims.paper(town.db, reference, verdict.digest)


def test_a_superseded_verdict_opens_the_claim_for_review_until_counsel_decides(both):
    town = both
    reference, testbuy = suits.filed(town)
    town.later(hours=1)
    town.run(testbuy)
    answering.close(
        town.db, town.act(Role.ANALYST), testbuy, version=town.version(testbuy), note="Sued."
    )
    supersede(town, testbuy)
    (review,) = [each for each in town.all(OutcomeReview) if each.about]
    assert (review.rests, review.about) == ("claim", reference)
    with town.db.read() as tx:
        assert claims.under_review(tx, reference)
    for role in (Role.ANALYST, Role.LIAISON, Role.SUPERVISOR):
        with town.refuses("Only counsel"):
            suits.decide(town, review.id, role)
    assert suits.decide(town, review.id) == testbuy
    with town.db.read() as tx:
        assert not claims.under_review(tx, reference)
        bodies = [each.body for each in ledger.chain(tx, reference)]
    assert sum(b"marked for review" in each for each in bodies) == 1
    assert sum(b'"reviewed"' in each for each in bodies) == 1
    assert not any(b"Canary" in each for each in bodies)
    with town.refuses("decided already"):
        suits.decide(town, review.id)


def test_a_claim_under_review_is_neither_approved_nor_filed(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)
    answering.close(
        town.db, town.act(Role.ANALYST), testbuy, version=town.version(testbuy), note="Sued."
    )
    suits.approve(town, reference)
    supersede(town, testbuy)
    with town.refuses("Decide the review first"):
        suits.step(town, reference, ClaimMove.FILE)
    suits.step(town, reference, ClaimMove.SEND_BACK, said="In doubt", paper=None)
    with town.refuses("Decide the review first"):
        suits.approve(town, reference)
    (review,) = [each for each in town.all(OutcomeReview) if each.about]
    suits.decide(town, review.id)
    with town.refuses(f"{testbuy} is not concluded to be a counterfeit"):
        suits.approve(town, reference)
    claiming.take_out(
        town.db, town.act(Role.COUNSEL), reference, **suits.seen(town, reference), part="testbuy",
        number=town.row(testbuy).id,
    )  # fmt: skip
    suits.approve(town, reference)
    suits.step(town, reference, ClaimMove.FILE)


def test_a_claim_says_its_court_and_has_a_currency_that_is_known(both):
    town = both
    _, operator = suits.counterfeit(town)
    with town.refuses("Name the court"):
        suits.prepare(town, operator, Before(" ", "Shanghai", "CN", "CNY"))
    with town.refuses("no litigation campaign"):
        suits.prepare(town, operator, Before("F", "Shanghai", "CN", "CNY", "A hundred"))
    with town.refuses("Only counsel"):
        claiming.prepare(town.db, town.act(Role.ANALYST), operator, suits.LONGGANG)
    reference = suits.prepare(town, operator)
    assert state(town, reference) is ClaimState.PREPARED
