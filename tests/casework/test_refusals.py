"""A rule says no: the reason is a sentence, and the whole database is as it was."""

from dataclasses import replace

import pytest

from casework.buying import buying, campaigns, ending, ordering, requesting
from casework.custody import storing
from casework.custody.custody import NewExhibit
from casework.errors import NotFound, Refused, Stale
from casework.examinations import examining
from casework.flags import flagging
from casework.intake import photographing, receiving
from casework.referring import answering, referring, sending
from casework.verdicts import judging
from rules.lifecycle import EarlyEnd, Stage
from rules.referral import ReferralState
from rules.roles import PERSONS, Role
from rules.verdicts import Verdict
from storage.rows import every
from storage.tables import Exhibit, OrderAttempt, Route, SealMismatch, Waiver
from tests.casework import packaged
from tests.casework.programme_in import BEFORE_ORDER, UNBOXED, picture


def test_a_wrong_stage_is_refused_for_every_change_of_a_person(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED)
    version = town.version(reference)
    buyer, analyst = town.buyer(reference), town.act(Role.ANALYST)
    approver = town.act(Role.APPROVER)
    with town.refuses("judged"):
        requesting.approve(town.db, approver, reference, version=version)
    with town.refuses("judged"):
        requesting.decline(town.db, approver, reference, version=version, reason="No")
    with town.refuses("adoption"):
        requesting.adopt(town.db, analyst, reference, version=version)
    with town.refuses("judged"):
        buying.record_order(
            town.db, buyer, reference, version=version, order_number="1", paid_minor=1,
            currency="CNY", carrier=None, tracking_number=None,
        )  # fmt: skip
    with town.refuses("judged"):
        ending.order_failed(
            town.db, buyer, reference, version=version, how=EarlyEnd.REFUNDED, note=""
        )
    with town.refuses("judged"):
        ending.abandon(town.db, analyst, reference, version=version, why=EarlyEnd.DAMAGED, note="")
    with town.refuses("judged"):
        photographing.take_photo(
            town.db, town.vault, buyer, reference, shot="I01", data=picture("x"), name="x"
        )
    with town.refuses("judged"):
        receiving.receive(town.db, buyer, reference, version=version)
    with town.refuses("judged"):
        receiving.document(
            town.db, buyer, reference, version=version, exhibits=[NewExhibit("goods", "a", "b")]
        )
    with town.refuses("already"):
        examining.claim(town.db, town.act(Role.AUTHENTICATOR), town.examination(reference))
    with town.refuses("unknown outcome"):
        ordering.answer_for_order(
            town.db, analyst, reference, version=version, order_number=None, paid_minor=None
        )


ROLES = sorted(PERSONS)


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_not_do_is_refused_to_it(on_sqlite, role):
    """Through the door itself, whatever the pages let pass."""
    town = on_sqlite
    person = town.people["auditor"]
    act = replace(town.engine(), role=role, person=person)
    town.open_campaign()
    held = town.bring(Stage.JUDGED, 2)
    town.run(held)
    requested, ordered = town.request(3), town.bring(Stage.ORDERED, 4)
    documented = town.bring(Stage.DOCUMENTED, 5)
    exhibit = town.of(Exhibit, documented)[0]
    drafted = town.refer(6, 6)
    referral = town.referral(drafted)
    tries = {
        "request": ({Role.ANALYST}, lambda: town.request(7, act=act)),
        "approve": (set(), lambda: town.approve(requested, act)),
        "decline": (
            {Role.APPROVER},
            lambda: requesting.decline(town.db, act, requested, version=1, reason="No"),
        ),
        "order failed": (
            {Role.ANALYST},
            lambda: ending.order_failed(
                town.db,
                act,
                ordered,
                version=None,
                how=EarlyEnd.SELLER_CANCELLED,
                note="",
            ),
        ),
        "waive": (
            {Role.SUPERVISOR},
            lambda: photographing.waive(town.db, act, ordered, shot="R01", reason="Rain"),
        ),
        "take in": (
            {Role.CLERK},
            lambda: storing.take_in(
                town.db, act, exhibit.reference, seal_number=exhibit.seal_number, place="Here",
                condition="good",
            ),
        ),
        "judge again": (
            {Role.ANALYST},
            lambda: judging.judge_again(
                town.db, act, held, version=None, reason="Look", supersedes=False
            ),
        ),
        "approve a referral": (
            {Role.LIAISON},
            lambda: answering.approve(town.db, act, referral.reference, version=1),
        ),
        "link a shop": (
            {Role.ANALYST},
            lambda: flagging.link_shop(
                town.db, act, shop_id=1, operator=None, new_operator_name="Liu", basis="Bank"
            ),
        ),
        "record sales": (
            {Role.ANALYST},
            lambda: flagging.record_sales(
                town.db, act, shop_id=1, period_start=town.now.date(), period_end=town.now.date(),
                units=None, amount_minor=1, currency="CNY", source="x",
            ),
        ),
        "withdraw a campaign": (
            {Role.ANALYST, Role.APPROVER},
            lambda: campaigns.withdraw(town.db, act, "Autumn", "No money"),
        ),
        "record tracking": (
            set(),
            lambda: buying.record_tracking(
                town.db, act, ordered, carrier="SF", tracking_number="1"
            ),
        ),
        "answer for an order": (
            {Role.ANALYST},
            lambda: ordering.answer_for_order(
                town.db, act, ordered, version=1, order_number=None, paid_minor=None
            ),
        ),
    }  # fmt: skip
    for name, (roles, attempt) in tries.items():
        if role not in roles:
            with town.refuses():
                attempt()
                pytest.fail(f"{role} may {name}")


def test_a_stale_form_is_refused_and_says_what_it_is_now(both):
    reference = both.request()
    version = both.version(reference)
    both.approve(reference)
    with both.refuses("authorised now", Stale) as caught:
        requesting.decline(
            both.db, both.act(Role.APPROVER), reference, version=version, reason="No"
        )
    assert caught.value.stage is Stage.AUTHORISED


def test_a_stale_form_of_a_referral_is_refused(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    version = town.referral(reference).version
    second = town.bring(Stage.JUDGED, 2)
    flagging.link_shop(
        town.db,
        town.act(Role.ANALYST),
        shop_id=town.row(second).shop_id,
        operator="OP-0001",
        new_operator_name=None,
        basis="One bank account.",
    )
    town.run(second)
    row = town.referral(second)
    assert row.reference == town.referral(reference).reference
    with town.refuses("changed meanwhile", Stale):
        answering.approve(town.db, town.act(Role.LIAISON), row.reference, version=version)


def test_a_buyer_sees_and_changes_no_other_buyers_task(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    own = town.buyer(reference)
    others = [town.people[name] for name in ("Bao Yun", "Dai Min")]
    stranger = replace(own, person=next(each for each in others if each != own.person))
    version = town.version(reference)
    with town.refuses(kind=NotFound):
        town.photograph(reference, "P01", act=stranger)
    with town.refuses(kind=NotFound):
        buying.record_order(
            town.db, stranger, reference, version=version, order_number="1", paid_minor=1,
            currency="CNY", carrier=None, tracking_number=None,
        )  # fmt: skip
    with town.refuses(kind=NotFound):
        ending.abandon(town.db, stranger, reference, version=version, why=EarlyEnd.DAMAGED, note="")
    with town.refuses(kind=NotFound):
        buying.record_tracking(town.db, stranger, reference, carrier="SF", tracking_number="1")
    ordered = town.bring(Stage.ORDERED, 2)
    stranger = replace(
        own, person=next(each for each in others if each != town.row(ordered).buyer_id)
    )
    with town.refuses(kind=NotFound):
        ending.order_failed(
            town.db, stranger, ordered, version=None, how=EarlyEnd.REFUNDED, note=""
        )
    with town.refuses(kind=NotFound):
        receiving.receive(town.db, stranger, ordered, version=town.version(ordered))


def test_a_brand_that_is_not_granted_does_not_exist(on_sqlite):
    town = on_sqlite
    public_id = town.examination(town.bring(Stage.SUBMITTED))
    outsider = town.act(Role.AUTHENTICATOR, "cat expert")
    unknown = town.act(Role.AUTHENTICATOR)
    with town.refuses("no examination", NotFound) as theirs:
        examining.claim(town.db, outsider, public_id)
    with town.refuses("no examination", NotFound) as nobodys:
        examining.claim(town.db, unknown, "nothing")
    assert str(theirs.value).replace(public_id, "") == str(nobodys.value).replace("nothing", "")
    with town.refuses(kind=NotFound):
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, outsider)
    with town.refuses(kind=NotFound):
        examining.ask_photo(town.db, outsider, public_id, shot="I03", note="Closer")
    with town.refuses(kind=NotFound):
        examining.release(town.db, outsider, public_id)


def test_nobody_approves_what_they_asked_for(both):
    analyst = both.act(Role.ANALYST, "both")
    reference = both.request(act=analyst)
    with both.refuses("yourself"):
        both.approve(reference, both.act(Role.APPROVER, "both"))
    limits = {
        "purpose": "x", "brands": ["Swarovski"], "categories": ["watches"],
        "max_price_minor": 20_000, "currency": "CNY", "max_buys": 3, "budget_minor": 60_000,
        "opens_at": both.now, "closes_at": both.now.replace(year=2027),
    }  # fmt: skip
    campaigns.open_campaign(both.db, analyst, name="Own", **limits)
    with both.refuses("somebody else"):
        campaigns.approve(both.db, both.act(Role.APPROVER, "both"), "Own")


def test_a_campaign_covers_nothing_that_its_approver_asked_for(on_sqlite):
    town = on_sqlite
    town.open_campaign()
    own = replace(town.act(Role.ANALYST), person=town.people["approver"])
    reference = town.request(campaign="Autumn", act=own)
    assert town.run(reference).waiting_name == "Waiting for approval"


def test_a_campaign_nobody_asked_for_can_not_be_approved(on_sqlite):
    nobody = replace(on_sqlite.act(Role.ANALYST), person=None)
    with on_sqlite.refuses("signed-in"):
        campaigns.open_campaign(
            on_sqlite.db, nobody, name="X", purpose="x", brands=["Swarovski"],
            categories=["watches"], max_price_minor=1, currency="CNY", max_buys=1, budget_minor=1,
            opens_at=on_sqlite.now, closes_at=on_sqlite.now.replace(year=2027),
        )  # fmt: skip


def test_nobody_approves_a_referral_they_drafted_or_added_to(on_sqlite):
    town = on_sqlite
    drafter = town.act(Role.LIAISON)
    first = town.bring(Stage.JUDGED, 1)
    town.run(first)
    referring.draft(town.db, drafter, operator="OP-0001", agency="Luohu police")
    with town.refuses("yourself"):
        town.approve_referral(first, drafter)
    town.record_sales(2)
    by_rule = town.bring(Stage.JUDGED, 2)
    town.run(by_rule)
    added = town.bring(Stage.JUDGED, 3)
    flagging.link_shop(
        town.db,
        town.act(Role.ANALYST),
        shop_id=town.row(added).shop_id,
        operator="OP-0002",
        new_operator_name=None,
        basis="One address.",
    )
    referring.draft(town.db, drafter, operator="OP-0002", agency="Luohu police")
    assert town.referral(added).reference == town.referral(by_rule).reference
    with town.refuses("yourself"):
        town.approve_referral(by_rule, drafter)
    packaged.complete(town, town.referral(by_rule).reference)
    town.approve_referral(by_rule, town.act(Role.LIAISON, "other liaison"))


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_reasons_are_asked_for(on_sqlite, empty):
    town = on_sqlite
    requested, drafted = town.request(2), town.refer()
    referral = town.referral(drafted)
    public_id = town.examination(town.bring(Stage.SUBMITTED, 3))
    expert = town.act(Role.AUTHENTICATOR)
    examining.claim(town.db, expert, public_id)
    with town.refuses("why"):
        requesting.decline(town.db, town.act(Role.APPROVER), requested, version=1, reason=empty)
    with town.refuses("why"):
        answering.withdraw(
            town.db, town.act(Role.LIAISON), referral.reference, version=1, reason=empty
        )
    with town.refuses("why"):
        answering.close(town.db, town.act(Role.ANALYST), drafted, version=1, note=empty)
    with town.refuses("why"):
        judging.judge_again(
            town.db, town.act(Role.ANALYST), drafted, version=None, reason=empty, supersedes=True
        )
    with town.refuses("why"):
        photographing.waive(town.db, town.act(Role.SUPERVISOR), requested, shot="R01", reason=empty)
    with town.refuses("reasons"):
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, expert, reasons=empty)
    with town.refuses("show"):
        examining.ask_photo(town.db, expert, public_id, shot="I03", note=empty)
    with town.refuses("rests on"):
        flagging.link_shop(
            town.db, town.act(Role.ANALYST), shop_id=1, operator=None, new_operator_name="Liu",
            basis=empty,
        )  # fmt: skip
    with town.refuses("source"):
        town.record_sales(1, source=empty)


def test_an_authenticator_asks_for_no_photo_they_are_not_shown(on_sqlite):
    """It would be taken, withheld from them, and asked for again; a video is taken by nobody."""
    town = on_sqlite
    public_id = town.examination(town.bring(Stage.SUBMITTED))
    for shot in ("P07", "R02", "U01", "Z99"):
        with town.refuses("no shot"):
            examining.ask_photo(
                town.db, town.act(Role.AUTHENTICATOR), public_id, shot=shot, note="Show me"
            )


@pytest.mark.parametrize(
    ("paid", "currency", "said"),
    [(10_002, "CNY", "above the limit"), (0, "CNY", "above zero"), (9_000, "USD", "CNY")],
)
def test_a_price_outside_what_was_authorised_is_refused(on_sqlite, paid, currency, said):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    town.photograph(reference, *BEFORE_ORDER)
    with town.refuses(said):
        buying.record_order(
            town.db, town.buyer(reference), reference, version=town.version(reference),
            order_number="1", paid_minor=paid, currency=currency, carrier=None,
            tracking_number=None,
        )  # fmt: skip


def test_missing_shots_are_named_one_by_one(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    town.photograph(reference, "P05")
    with town.refuses("P01 Listing; P07 Payment proof"):
        town.order(reference)
    town.photograph(reference, "P01", "P07")
    town.order(reference)
    buyer = town.buyer(reference)
    with town.refuses("R01 Unopened parcel; R02 Shipping label"):
        receiving.receive(town.db, buyer, reference, version=town.version(reference))
    town.carry_on(reference, Stage.RECEIVED)
    with town.refuses("U02 .*; I01 .*; I02 .*; B02 "):
        town.document(reference)


def test_a_waived_shot_is_asked_for_no_more_and_is_waived_once(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    supervisor = town.act(Role.SUPERVISOR)
    town.photograph(reference, "R02")
    photographing.waive(town.db, supervisor, reference, shot="R01", reason="Opened by customs.")
    with town.refuses("already"):
        photographing.waive(town.db, supervisor, reference, shot="R01", reason="Again.")
    buyer = town.buyer(reference)
    receiving.receive(town.db, buyer, reference, version=town.version(reference))
    assert len(town.of(Waiver, reference)) == 1


def test_a_running_listing_is_not_bought_twice_whatever_flag_points_at_it(on_sqlite):
    town = on_sqlite
    reference = town.request(1)
    for flag in (1, 9):
        with town.refuses(f"{reference} is already buying", Stale):
            town.request(flag)


def test_a_test_buy_is_not_closed_or_judged_again_under_an_open_referral(on_sqlite):
    """Else a package would go out whose verdict is being questioned."""
    town = on_sqlite
    reference = town.refer()
    for _ in range(2):
        version = town.version(reference)
        with town.refuses("Withdraw the referral first"):
            answering.close(town.db, town.act(Role.ANALYST), reference, version=version, note="x")
        with town.refuses("Withdraw the referral first"):
            judging.judge_again(
                town.db, town.act(Role.ANALYST), reference, version=version, reason="x",
                supersedes=True,
            )  # fmt: skip
        if town.referral(reference).state is ReferralState.DRAFTED:
            town.approve_referral(reference)


def test_a_referral_that_may_be_at_the_agency_is_not_taken_back(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    sending.intend_sending(town.db, town.engine(), reference)
    row = town.referral(reference)
    with town.refuses("may be at the agency"):
        answering.withdraw(
            town.db, town.act(Role.LIAISON), row.reference, version=row.version, reason="Wait"
        )


def test_a_counterfeit_judged_while_a_referral_is_on_its_way_waits_for_the_next(on_sqlite):
    """An operator has one open referral at an agency."""
    town = on_sqlite
    first = town.refer()
    town.approve_referral(first)
    second = town.bring(Stage.JUDGED, 2)
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.row(second).shop_id, operator="OP-0001",
        new_operator_name=None, basis="One bank account.",
    )  # fmt: skip
    assert town.run(second).waiting_name == "Held"
    with town.refuses("about to be sent"):
        referring.draft(town.db, town.act(Role.LIAISON), operator="OP-0001", agency="Luohu police")
    town.take(second)
    town.later(minutes=2)
    town.send(first)
    assert town.run(second).waiting_name == "Waiting for referral approval"
    assert town.referral(second).reference != town.referral(first).reference


def test_an_agencys_answer_does_not_reopen_what_a_person_closed(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    liaison = town.act(Role.LIAISON)
    answering.close(
        town.db, liaison, reference, version=town.version(reference), note="They called."
    )
    town.answer(reference, ReferralState.ACCEPTED)
    row = town.row(reference)
    assert (row.stage, row.waiting_name) == (Stage.CLOSED, "Closed")


def test_a_seal_closes_one_bag(on_sqlite):
    town = on_sqlite
    town.bring(Stage.DOCUMENTED)
    (taken,) = (each.seal_number for each in exhibits(town))
    other = town.bring(Stage.RECEIVED, 2)
    town.photograph(other, *UNBOXED)
    for bags in ([taken], ["NEW-1", "NEW-1"]):
        with town.refuses("A seal closes one bag"):
            receiving.document(
                town.db,
                town.buyer(other),
                other,
                version=town.version(other),
                exhibits=[NewExhibit("goods", "A watch", seal) for seal in bags],
            )
    assert len(exhibits(town)) == 1


def exhibits(town):
    with town.db.read() as tx:
        return every(tx, Exhibit)


def test_another_seal_number_is_no_intake(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    with pytest.raises(Refused, match="Do not take it in"):
        storing.take_in(
            town.db, town.act(Role.CLERK), exhibit.reference, seal_number="OTHER", place="Shelf",
            condition="good",
        )  # fmt: skip
    (kept,) = town.all(SealMismatch)
    assert (kept.exhibit_id, kept.due, kept.read) == (exhibit.id, exhibit.seal_number, "OTHER")
    town.take_in(reference)
    with town.refuses("taken in already"):
        town.take_in(reference)


def test_exhibits_are_named_described_and_sealed(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    town.photograph(reference, "U02", "I01", "I02", "B02")
    buyer, version = town.buyer(reference), town.version(reference)
    for exhibits in (
        [],
        [NewExhibit("goods", "A watch", " ")],
        [NewExhibit("goods", "", "S-1")],
        [NewExhibit("goods", "A watch", "S-1"), NewExhibit("label", "", "S-2")],
    ):
        with town.refuses():
            receiving.document(town.db, buyer, reference, version=version, exhibits=exhibits)


def test_a_verdict_needs_a_claim_a_finding_and_no_conflict(on_sqlite):
    town = on_sqlite
    public_id = town.examination(town.bring(Stage.SUBMITTED))
    expert, other = town.act(Role.AUTHENTICATOR), town.act(Role.AUTHENTICATOR, "other expert")
    with town.refuses("Claim the examination first"):
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, expert)
    examining.claim(town.db, expert, public_id)
    with town.refuses("Somebody else", Stale):
        examining.claim(town.db, other, public_id)
    with town.refuses("Somebody else", Stale):
        examining.ask_photo(town.db, other, public_id, shot="I03", note="Closer")
    with town.refuses("finding"):
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, expert, findings=[])
    with town.refuses("conflict"):
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, expert, no_conflict=False)
    town.later(minutes=16)
    examining.claim(town.db, replace(other, now=town.now), public_id)
    with town.refuses("Somebody else", Stale):
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, replace(expert, now=town.now))


def test_nothing_is_ordered_by_hand_beside_an_order_under_way(on_sqlite):
    """The platform would have two orders and the programme would know of one."""
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    ordering.intend_order(town.db, town.engine(), reference)
    with town.refuses("may be under way"):
        buying.record_order(
            town.db, town.buyer(reference), reference, version=town.version(reference),
            order_number="1", paid_minor=9_000, currency="CNY", carrier=None, tracking_number=None,
        )  # fmt: skip
    with town.refuses("may be under way"):
        ending.abandon(
            town.db, town.act(Role.ANALYST), reference, version=town.version(reference),
            why=EarlyEnd.BUYER_WITHDREW, note="",
        )  # fmt: skip
    assert len(town.of(OrderAttempt, reference)) == 1
