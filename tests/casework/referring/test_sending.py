"""A referral on its way out: what surely reached nobody is a liaison's to decide."""

from dataclasses import replace

import pytest

from casework.errors import Stale
from casework.flags import flagging
from casework.programme import programme
from casework.referring import answering, referring, sending
from casework.verdicts import judging
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.roles import Role
from tests.casework import packaged

WHY = "The agency's interface turned it away: the package is too large (too_large)"


@pytest.fixture
def approved(both):
    """A test buy whose referral is approved, on either kind of database."""
    reference = both.refer()
    both.approve_referral(reference)
    return reference


def intend(town, reference):
    return sending.intend_sending(town.db, town.engine(), reference)


def liaison(town, change, reference, **said):
    row = town.referral(reference)
    return change(town.db, town.act(Role.LIAISON), row.reference, version=row.version, **said)


def unsent(town, reference, why=WHY):
    assert intend(town, reference).fresh
    sending.settle_not_sent(town.db, town.engine(), reference, why)


def in_doubt(town, reference):
    programme.set_policy(town.db, town.act(Role.ADMINISTRATOR), "referral_asks", 1)
    intend(town, reference)
    sending.settle_sending_unknown(town.db, town.engine(), reference)
    assert town.row(reference).waiting_name == "Waiting for sending answer"


def same_operator(town, reference):
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.row(reference).shop_id,
        operator="OP-0001", new_operator_name=None, basis="One bank account.",
    )  # fmt: skip


def test_a_refused_referral_is_put_before_the_liaison_with_the_reason(both, approved):
    unsent(both, approved)
    row = both.row(approved)
    assert (row.waiting_name, row.waiting_role) == ("Waiting for sending decision", Role.LIAISON)
    referral = both.referral(approved)
    assert (referral.state, referral.intended_at) == (ReferralState.APPROVED, None)
    assert referral.unsent_because == WHY
    assert intend(both, approved) is None, "no run sends it before the liaison has decided"
    assert both.run(approved).waiting_name == "Waiting for sending decision"


def test_the_liaison_sends_it_again_under_the_same_key(both, approved):
    key = both.referral(approved).key
    unsent(both, approved)
    liaison(both, sending.send_again, approved)
    assert both.row(approved).waiting_name == "Waiting for sending"
    again = intend(both, approved)
    assert (again.key, again.fresh) == (key, True)
    both.later(seconds=1)
    assert both.send(approved).stage is Stage.REFERRED
    assert both.referral(approved).unsent_because is None


def test_or_withdraws_it_or_hands_it_over_by_hand(both, approved):
    unsent(both, approved)
    liaison(both, answering.withdraw, approved, reason="They take no files.")
    assert both.row(approved).waiting_name == "Held"
    referring.draft(both.db, both.act(Role.ANALYST), operator="OP-0001", agency="Luohu police")
    both.approve_referral(approved)
    unsent(both, approved)
    liaison(both, sending.record_sent, approved, number="By courier, receipt 7")
    assert both.stage(approved) is Stage.REFERRED
    assert both.referral(approved).unsent_because is None


def test_a_later_counterfeit_of_the_operator_is_not_blocked_for_ever(both, approved):
    second = both.bring(Stage.JUDGED, 2)
    same_operator(both, second)
    assert both.run(second).waiting_name == "Held"
    unsent(both, approved)
    liaison(both, answering.withdraw, approved, reason="They take no files.")
    assert both.run(second).waiting_name == "Waiting for referral approval"
    assert both.referral(second).state is ReferralState.DRAFTED


def test_a_withdrawn_referral_wakes_what_it_kept_waiting_and_not_its_own(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    second = town.bring(Stage.JUDGED, 2)
    same_operator(town, second)
    for each in (reference, second):
        town.run(each)
    liaison(town, answering.withdraw, reference, reason="Too early.")
    assert [town.nothing_owed(each) for each in (reference, second)] == [True, False]


def test_an_agency_that_is_away_leaves_a_fresh_sending_to_be_taken_back(both, approved):
    assert intend(both, approved).fresh
    sending.put_off_sending(both.db, both.engine(), approved, fresh=True)
    assert intend(both, approved).fresh
    sending.put_off_sending(both.db, both.engine(), approved, fresh=True)
    liaison(both, answering.withdraw, approved, reason="Not this week.")
    assert both.row(approved).waiting_name == "Held"


def test_an_agency_that_is_away_tells_nothing_of_a_call_before(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    intend(town, reference)
    sending.put_off_sending(town.db, town.engine(), reference, fresh=False)
    assert not intend(town, reference).fresh
    with town.refuses("may be at the agency"):
        liaison(town, answering.withdraw, reference, reason="Not this week.")


def test_a_liaison_who_asked_says_that_the_agency_has_nothing(both, approved):
    in_doubt(both, approved)
    with both.refuses("ask the agency"):
        liaison(both, answering.withdraw, approved, reason="Nobody answers.")
    liaison(both, sending.record_not_sent, approved, reason="Sergeant Li: no such file.")
    assert both.row(approved).waiting_name == "Waiting for sending decision"
    assert both.referral(approved).unsent_because == "Sergeant Li: no such file."
    liaison(both, answering.withdraw, approved, reason="They want it on paper.")
    assert both.referral(approved) is None


def test_what_was_asked_before_a_second_sending_counts_no_more(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    in_doubt(town, reference)
    liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")
    liaison(town, sending.send_again, reference)
    assert (town.referral(reference).asked, intend(town, reference).fresh) == (0, True)


def test_nobody_says_so_while_it_may_be_on_its_way(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    with town.refuses("not in doubt"):
        liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")
    town.approve_referral(reference)
    with town.refuses("not in doubt"):
        liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")
    intend(town, reference)
    with town.refuses("not in doubt"):
        liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")
    in_doubt(town, reference)
    town.take(reference)
    with town.refuses("just now"):
        liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")
    town.later(minutes=2)
    with town.refuses("whom at the agency"):
        liaison(town, sending.record_not_sent, reference, reason=" ")
    liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")
    with town.refuses("not in doubt"):
        liaison(town, sending.record_not_sent, reference, reason="Sergeant Li")


def test_only_a_liaison_decides_and_only_what_is_to_be_decided(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    with town.refuses("no decision"):
        liaison(town, sending.send_again, reference)
    unsent(town, reference)
    row = town.referral(reference)
    for role in (Role.ANALYST, Role.APPROVER):
        with town.refuses("Only a liaison"):
            sending.send_again(town.db, town.act(role), row.reference, version=row.version)
        with town.refuses("Only a liaison"):
            sending.record_not_sent(
                town.db, town.act(role), row.reference, version=row.version, reason="x"
            )
    with town.refuses(kind=Stale):
        sending.send_again(town.db, town.act(Role.LIAISON), row.reference, version=row.version - 1)


def test_a_run_tells_nothing_of_a_referral_a_liaison_has_handed_over_meanwhile(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    intend(town, reference)
    liaison(town, sending.record_sent, reference, number="By courier")
    before = town.referral(reference)
    sending.settle_not_sent(town.db, town.engine(), reference, WHY)
    sending.settle_sending_unknown(town.db, town.engine(), reference)
    assert town.referral(reference) == before


def test_what_was_sent_is_neither_taken_back_nor_judged_again(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    for state in (None, ReferralState.ACKNOWLEDGED, ReferralState.ACCEPTED):
        if state:
            town.answer(reference, state)
        with town.refuses("Tell the agency, and record what it answers"):
            liaison(town, answering.withdraw, reference, reason="Another sample.")
        with town.refuses("was sent on this verdict"):
            judging.judge_again(
                town.db, town.act(Role.ANALYST), reference, version=None, reason="Look",
                supersedes=False,
            )  # fmt: skip


def test_nobody_approves_what_they_put_anything_into_whoever_adds_after_them(both):
    """The second liaison's press on "draft" must not free the first one to approve their own."""
    first = both.bring(Stage.JUDGED, 1)
    both.run(first)
    ours, theirs = both.act(Role.LIAISON), both.act(Role.LIAISON, "other liaison")
    referring.draft(both.db, ours, operator="OP-0001", agency="Luohu police")
    added = both.bring(Stage.JUDGED, 2)
    same_operator(both, added)
    referring.draft(both.db, theirs, operator="OP-0001", agency="Luohu police")
    assert both.referral(added).reference == both.referral(first).reference
    assert both.referral(first).drafted_by == ours.person
    for each in (ours, theirs):
        with both.refuses("yourself"):
            both.approve_referral(first, each)
    packaged.complete(both, both.referral(first).reference)
    third = replace(ours, person=both.people["approver"])
    assert both.approve_referral(first, third)
