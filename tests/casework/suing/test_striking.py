"""What was entered wrongly of a claim's outcome is struck by a second person, and told of."""

import pytest

from casework.errors import NotFound, Stale
from casework.outcomes import claims
from casework.people import access
from casework.record import disclosing
from casework.suing import awarding, striking
from casework.suing.striking import Instead
from casework.views import claim as claim_views
from casework.views import claims as claims_views
from casework.views import courts, inbox
from evidence.words import words_of
from rules.claims import ClaimMove, ClaimState
from rules.disclosure import Disclosure
from rules.pleading import Struck
from rules.roles import Role
from storage.tables import (
    ClaimAllocation,
    ClaimPayment,
    ClaimStep,
    ClaimStrike,
    Judgment,
    Proceeding,
)
from tests.casework.suing import suits
from tests.casework.suing.test_claims import allocate, pay, settle_up, state


def rows(town, table):
    """All rows of a table, the oldest first."""
    return sorted(town.all(table), key=lambda each: each.id)


def ask(town, reference, what, number, reason="Canary: twice the sum.", act=None, **instead):
    """`instead`: what a step is instead (`Instead`)."""
    striking.ask(
        town.db, act or town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
        what=what, number=number, reason=reason, instead=Instead(**instead),
    )  # fmt: skip
    return rows(town, ClaimStrike)[-1].id


def decide(town, reference, strike, agreed=True, said=None, act=None):
    striking.decide(
        town.db, act or town.act(Role.APPROVER), reference, **suits.seen(town, reference),
        strike=strike, agreed=agreed, said=said,
    )  # fmt: skip


def struck(town, reference, what, number):
    decide(town, reference, ask(town, reference, what, number))


def final(town):
    """A claim of which RMB 100.00 was awarded for good; its reference and its test buy."""
    reference, testbuy = suits.heard(town)
    suits.judge(town, reference, 10_000, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    return reference, testbuy


def money(town, reference):
    with town.db.read() as tx:
        return awarding.money_of(tx, suits.row(town, reference).id)


def told(town, testbuy):
    """The disclosure lines about corrections in claims, of the operator of a test buy's shop."""
    shop = town.shop(1)
    assert shop.id == town.row(testbuy).shop_id
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, shop)
    return [each for each in lines if each.kind is Disclosure.CLAIM_CORRECTION]


def waiting(town, person="approver", role=Role.APPROVER):
    reader = inbox.Reader(town.people[person], frozenset({role}), town.now)
    return inbox.inbox(town.db, reader).counts.get("claim_strike", 0)


def test_a_payment_counts_until_a_second_person_strikes_it_and_then_no_more(both):
    town = both
    reference, testbuy = final(town)
    pay(town, reference, 90_000)
    pay(town, reference, 9_000)
    wrong = rows(town, ClaimPayment)[0].id
    strike = ask(town, reference, Struck.PAYMENT, wrong)
    assert money(town, reference) == (99_000, 0)
    assert (waiting(town), waiting(town, "counsel", Role.COUNSEL)) == (1, 0)
    decide(town, reference, strike)
    assert waiting(town) == 0
    assert money(town, reference) == (9_000, 0)
    assert [each.struck_at for each in rows(town, ClaimPayment)] == [town.now, None]
    assert [each.amount_minor for each in rows(town, ClaimPayment)] == [90_000, 9_000]
    with town.refuses("more than was recovered"):
        allocate(town, reference, 9_001)
    (line,) = told(town, testbuy)
    said = line.sentence(words_of("en"))
    assert "a payment of CNY 900.00" in said and "Canary: twice the sum." in said
    assert "CNY 900.00" in line.sentence(words_of("zh")).replace("￥", "CNY ")
    bodies = b"".join(each.body for each in town.ledger(reference))
    assert b"Canary" not in bodies and b'"struck"' in bodies
    with town.refuses("struck already"):
        ask(town, reference, Struck.PAYMENT, wrong)
    with town.refuses("decided already|struck already"):
        decide(town, reference, strike)


def test_nobody_strikes_alone_what_they_recorded_or_asked_for(both):
    town = both
    reference, _ = final(town)
    pay(town, reference, 100)
    (payment,) = rows(town, ClaimPayment)
    with town.refuses("Only counsel asks"):
        ask(town, reference, Struck.PAYMENT, payment.id, act=town.act(Role.APPROVER))
    with town.refuses("what is wrong"):
        ask(town, reference, Struck.PAYMENT, payment.id, reason=" ")
    for person in ("counsel", "other approver"):
        roles = [Role.COUNSEL, Role.APPROVER]
        access.change_grants(town.db, town.act(Role.ADMINISTRATOR), town.people[person], roles, [])
    other = town.act(Role.COUNSEL, "other approver")
    strike = ask(town, reference, Struck.PAYMENT, payment.id, act=other)
    with town.refuses("asked to have this struck already"):
        ask(town, reference, Struck.PAYMENT, payment.id)
    with town.refuses("Only an approver"):
        decide(town, reference, strike, act=town.act(Role.COUNSEL))
    for person in ("counsel", "other approver"):
        with town.refuses("somebody else must decide"):
            decide(town, reference, strike, act=town.act(Role.APPROVER, person))
        assert waiting(town, person) == 0
    assert waiting(town) == 1
    with town.refuses("why it stands"):
        decide(town, reference, strike, agreed=False)
    decide(town, reference, strike, agreed=False, said="The bank confirms it.")
    assert money(town, reference) == (100, 0)
    assert rows(town, ClaimPayment)[0].struck_at is None
    struck(town, reference, Struck.PAYMENT, payment.id)  # asked again, with another answer
    assert money(town, reference) == (0, 0)


def test_what_was_spent_is_struck_before_what_it_came_from(both):
    town = both
    reference, testbuy = final(town)
    pay(town, reference, 10_000)
    allocate(town, reference, 10_000)
    settle_up(town, reference, ClaimMove.RECOVER)
    settle_up(town, reference, ClaimMove.CLOSE)
    payment, allocation = rows(town, ClaimPayment)[0].id, rows(town, ClaimAllocation)[0].id
    first = ask(town, reference, Struck.PAYMENT, payment)
    with town.refuses("struck first where this money went"):
        decide(town, reference, first)
    assert rows(town, ClaimPayment)[0].struck_at is None
    struck(town, reference, Struck.ALLOCATION, allocation)
    assert (state(town, reference), money(town, reference)) == (ClaimState.FINAL, (10_000, 0))
    decide(town, reference, first)
    assert money(town, reference) == (0, 0)
    with town.refuses("No payment"):
        settle_up(town, reference, ClaimMove.RECOVER)
    pay(town, reference, 1_000)
    allocate(town, reference, 1_000)
    settle_up(town, reference, ClaimMove.RECOVER)
    settle_up(town, reference, ClaimMove.CLOSE)
    assert state(town, reference) is ClaimState.CLOSED
    assert {each.facts["what_word"] for each in told(town, testbuy)} == {
        "struck.payment", "struck.allocation",
    }  # fmt: skip


@pytest.mark.parametrize("later", [(), (ClaimMove.BECOME_FINAL,)])
def test_a_struck_judgment_leaves_the_claim_before_its_court_to_be_judged_again(both, later):
    town = both
    reference, testbuy = suits.heard(town)
    suits.judge(town, reference, 90_000, 0, on=town.now.date(), granted=True)
    for move in later:
        suits.step(town, reference, move)
    town.later(days=3)
    if later:
        pay(town, reference, 500)
    (wrong,) = rows(town, Judgment)
    day = wrong.judged_on
    struck(town, reference, Struck.JUDGMENT, wrong.id)
    assert state(town, reference) is ClaimState.DOCKETED
    (running,) = town.all(Proceeding)
    assert (running.ended_on, running.ended_how, running.ended_by) == (None, None, None)
    page = claim_views.claim(town.db, reference)
    assert (list(page.judgments), page.granted) == ([], {})
    assert [(each.id, sum_) for each, sum_ in page.struck_judgments] == [(wrong.id, 90_000)]
    gone = [each.move for each in page.steps if each.id not in page.counting]
    assert gone == ["judge", *later, "strike_judgment"]
    assert all(line.awarded == () for line in page.heads)
    (line,) = claims_views.every_claim(town.db, claims_views.Asked())
    assert line.awarded is None
    assert ClaimMove.JUDGE not in claims_views.days_of(town.db, line.claim.id)
    assert courts.courts(town.db)[0].ratios is None
    assert suits.judge(town, reference, 9_000, 0, on=day) == 1  # on the day it was, days ago
    suits.step(town, reference, ClaimMove.BECOME_FINAL, on=day)
    assert town.all(Proceeding)[0].ended_on == day
    (line,) = claims_views.every_claim(town.db, claims_views.Asked())
    assert line.awarded.minor == 9_000
    assert money(town, reference) == ((500, 0) if later else (0, 0))
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, town.shop(1))
    kinds = [each.kind for each in lines if each.reference == reference]
    assert kinds == [Disclosure.CLAIM_CORRECTION, Disclosure.JUDGMENT]
    assert "CNY 900.00" in told(town, testbuy)[0].sentence(words_of("en"))


def test_the_later_judgment_is_struck_first_and_the_appeal_goes_on(both):
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 5, 0)
    suits.step(town, reference, ClaimMove.APPEAL, party=suits.defendant(town, reference))
    suits.judge(town, reference, 7, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    first, second = (each.id for each in rows(town, Judgment))
    with town.refuses("judged on appeal since"):
        ask(town, reference, Struck.JUDGMENT, first)
    struck(town, reference, Struck.JUDGMENT, second)
    assert state(town, reference) is ClaimState.APPEALED
    assert suits.judge(town, reference, 8, 0) == 2
    third = rows(town, Judgment)[-1].id
    struck(town, reference, Struck.JUDGMENT, third)
    early = ask(town, reference, Struck.JUDGMENT, first)
    suits.judge(town, reference, 9, 0)
    with town.refuses("judged on appeal since"):
        decide(town, reference, early)
    struck(town, reference, Struck.JUDGMENT, rows(town, Judgment)[-1].id)
    decide(town, reference, early)
    assert state(town, reference) is ClaimState.DOCKETED
    assert suits.judge(town, reference, 6, 0) == 1
    with town.db.read() as tx:
        own = [each.move for each in claims.steps_of(tx, suits.row(town, reference).id)]
    assert own == ["prepare", "approve", "file", "docket", "announce", "hear", "judge"]
    assert len(town.all(ClaimStep)) > len(own)


def test_a_page_of_before_and_a_row_of_another_claim_are_refused(both):
    town = both
    reference, _ = final(town)
    pay(town, reference, 1)
    payment = rows(town, ClaimPayment)[0].id
    shown = suits.seen(town, reference)
    strike = ask(town, reference, Struck.PAYMENT, payment)
    with town.refuses("changed meanwhile", Stale):
        striking.decide(
            town.db, town.act(Role.APPROVER), reference, **shown, strike=strike, agreed=True,
            said=None,
        )  # fmt: skip
    other, _ = suits.filed(town, flag=2)
    with town.refuses(kind=NotFound):
        ask(town, other, Struck.PAYMENT, payment)
    with town.refuses(kind=NotFound):
        decide(town, other, strike)
    assert money(town, reference) == (1, 0)
