"""Buyers who can't act: not assigned, not waited for, and told with a way on."""

import pytest

from casework.buying import assigning, buyers
from casework.errors import Refused
from casework.examinations import examining
from casework.people import access
from casework.programme import programme
from rules.lifecycle import Stage
from rules.roles import Role
from rules.waiting import BUYER, ORDER, PARCEL, PHOTOS, SUCCESSOR
from storage.rows import every
from storage.tables import Examination, Notice, PersonaUse


def close(town, person, *, again=False):
    access.set_active(town.db, town.act(Role.ADMINISTRATOR), person, again)


def take_away(town, person):
    access.change_grants(town.db, town.act(Role.ADMINISTRATOR), person, [], [])


def leave(town, person):
    programme.set_on_leave(town.db, town.act(Role.ADMINISTRATOR), person, on_leave=True)


GOING = {"closed": close, "role taken": take_away, "on leave": leave}


def name_of(town, person):
    return next(name for name, number in town.people.items() if number == person)


def look(town, reference):
    act = town.act(Role.ANALYST)
    assigning.try_again(town.db, act, reference, version=town.version(reference))


def told(town, role):
    with town.db.read() as tx:
        return [each.text for each in every(tx, Notice, to_role=role)]


@pytest.mark.parametrize("going", GOING)
def test_who_cannot_act_is_given_no_test_buy(on_sqlite, going):
    town = on_sqlite
    reference = town.bring(Stage.AUTHORISED)
    GOING[going](town, town.people["Bao Yun"])
    assert assigning.assign(town.db, town.engine(), reference)
    assert town.row(reference).buyer_id == town.people["Dai Min"]


def test_why_nobody_fits_stays_with_the_wait_and_is_told_to_who_opens_accounts(both):
    town = both
    reference = town.bring(Stage.AUTHORISED)
    close(town, town.people["Bao Yun"])
    leave(town, town.people["Dai Min"])
    version = town.version(reference)
    assert assigning.assign(town.db, town.engine(), reference) is None
    row = town.row(reference)
    assert (row.waiting_name, row.waiting_role, row.version) == (BUYER.name, Role.ANALYST, version)
    assert "1 buyer(s) with a closed account or without the role: open or grant one." in (
        row.waiting_reasons
    )
    assert "1 buyer(s) not active: make one active." in row.waiting_reasons
    (text,) = told(town, Role.ADMINISTRATOR)
    assert "nobody fits" in text
    with pytest.raises(Refused) as refused:
        look(town, reference)
    assert list(refused.value.reasons) == row.waiting_reasons
    close(town, town.people["Bao Yun"], again=True)
    look(town, reference)
    assert town.row(reference).waiting_name == ORDER.name
    assert town.row(reference).waiting_reasons is None
    assert town.row(reference).buyer_id == town.people["Bao Yun"]


@pytest.mark.parametrize("going", GOING)
def test_before_the_order_another_buyer_and_persona_take_it_over(on_sqlite, going):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    before = town.row(reference)
    GOING[going](town, before.buyer_id)
    gone = town.row(reference)
    assert (gone.waiting_name, gone.waiting_role) == (SUCCESSOR.name, Role.ANALYST)
    assert gone.waiting_reasons == [buyers.GONE]
    assert gone.version == before.version + 1
    look(town, reference)
    after = town.row(reference)
    assert after.waiting_name == ORDER.name
    assert after.buyer_id != before.buyer_id
    with town.db.read() as tx:
        (use,) = every(tx, PersonaUse, testbuy_id=after.id)
    assert use.persona_id == after.persona_id != before.persona_id


@pytest.mark.parametrize(("stage", "wait"), [(Stage.ORDERED, PARCEL), (Stage.RECEIVED, PHOTOS)])
def test_after_the_order_another_buyer_carries_on_under_its_persona(on_sqlite, stage, wait):
    town = on_sqlite
    reference = town.bring(stage)
    before = town.row(reference)
    close(town, before.buyer_id)
    assert town.row(reference).waiting_name == SUCCESSOR.name
    look(town, reference)
    after = town.row(reference)
    assert (after.waiting_name, after.persona_id) == (wait.name, before.persona_id)
    assert after.buyer_id not in (None, before.buyer_id)
    with pytest.raises(Refused, match="waits for no buyer"):
        look(town, reference)


def test_where_there_is_no_other_it_stays_with_the_reasons_until_the_buyer_is_back(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    own = town.row(reference).buyer_id
    close(town, own)
    for person in {town.people["Bao Yun"], town.people["Dai Min"]} - {own}:
        leave(town, person)
    with pytest.raises(Refused, match="No other buyer is free"):
        look(town, reference)
    assert "No other buyer is free to carry on." in town.row(reference).waiting_reasons
    close(town, own, again=True)
    row = town.row(reference)
    assert (row.waiting_name, row.buyer_id, row.waiting_reasons) == (PARCEL.name, own, None)


def test_a_run_finds_what_no_change_of_the_account_told(on_sqlite):
    """A clerk documents what a buyer who is gone received: the wait that follows is nobody's."""
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    with town.db.write() as tx:
        from storage.rows import change, table_of
        from storage.tables import Buyer

        change(tx, Buyer, table_of(Buyer).c.region == "CN", active=False)
    assert town.row(reference).waiting_name == ORDER.name
    buyers.mind(town.db, town.engine(), reference)
    assert town.row(reference).waiting_name == SUCCESSOR.name
    assigning.reassign(town.db, town.engine(), reference)
    assert town.row(reference).waiting_name == BUYER.name
    assert "2 buyer(s) not active: make one active." in town.row(reference).waiting_reasons


def test_only_an_analyst_looks_for_another_buyer(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.AUTHORISED)
    for role in (Role.APPROVER, Role.CLERK, Role.ADMINISTRATOR):
        with town.refuses("Only an analyst"):
            assigning.try_again(town.db, town.act(role), reference, version=1)


@pytest.mark.parametrize("going", ["closed", "role", "brand"])
def test_a_claimed_examination_is_given_back_by_who_may_not_examine_it(on_sqlite, going):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    (public_id,) = [each.public_id for each in town.of(Examination, reference)]
    person = town.people["expert"]
    examining.claim(town.db, town.act(Role.AUTHENTICATOR, "expert"), public_id)
    roles = [] if going == "role" else [Role.AUTHENTICATOR]
    if going == "closed":
        close(town, person)
    else:
        access.change_grants(town.db, town.act(Role.ADMINISTRATOR), person, roles, [])
    examining.claim(town.db, town.act(Role.AUTHENTICATOR, "other expert"), public_id)


def test_exhibits_in_the_hands_of_who_left_are_told_to_the_supervisors(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    own = town.row(reference).buyer_id
    assert told(town, Role.SUPERVISOR) == []
    close(town, own)
    (text,) = told(town, Role.SUPERVISOR)
    assert f"{name_of(town, own).title()} can no longer act" in text
    assert "/1" in text
