"""A buy after notice: tied to the sanction and the first test buy, for both databases."""

import pytest

from casework.buying import follow_ups
from casework.errors import NotFound, Stale
from casework.flags import flagging
from casework.papers.dossiers import dossier_pdf
from casework.record.record import read
from casework.referring import answering
from casework.sanctioning import sanctioning
from casework.views.sources import sources
from rules.lifecycle import Stage
from rules.roles import Role
from rules.sanctions import SanctionKind
from storage.rows import one
from storage.tables import Flag, FollowUp, Route, TestBuy
from tests.casework.sanctioning.sanctioned import (
    decide,
    do,
    enforce,
    in_force,
    notify,
    propose,
    sanction,
)


def flag_of(town, number):
    with town.db.read() as tx:
        return one(tx, Flag, source_flag_id=f"F{number}").id


def follow(town, reference, flag=1, act=None, version=None):
    moved = follow_ups.launch(
        town.db,
        act or town.act(Role.ANALYST),
        reference,
        version=version or sanction(town, reference).version,
        flag_id=flag_of(town, flag),
        purpose="Buy again",
        campaign=None,
        route=Route.INTERFACE,
    )
    return moved.reference


def closed(town):
    """A counterfeit whose test buy has ended, so that its listing may be bought from again."""
    fake = town.bring(Stage.JUDGED)
    answering.close(
        town.db, town.act(Role.ANALYST), fake, version=town.version(fake), note="Below threshold."
    )
    return fake


def test_it_is_tied_to_the_sanction_and_the_first_test_buy(both):
    town = both
    fake = closed(town)
    reference = in_force(town, fake, kind=SanctionKind.WARNED)
    again = follow(town, reference)
    (tie,) = town.all(FollowUp)
    assert (tie.testbuy_id, tie.first_id) == (town.row(again).id, town.row(fake).id)
    with town.db.read() as tx:
        row = sanction(town, reference)
        assert [each.reference for each in follow_ups.follow_ups(tx, row)] == [again]
        assert [each.reference for each in follow_ups.followed_by(tx, town.row(fake).id)] == [again]
        told = follow_ups.followed(tx, town.row(again).id)
    assert told == follow_ups.Followed(reference, row.notified_at, fake)
    # It says nothing of the flag: that was bought from because of the sanction.
    (line,) = sources(town.db)
    assert (line.counted.bought, line.precision.hits) == (1, 1)


def test_the_dossier_says_that_the_seller_had_been_told(on_sqlite):
    town = on_sqlite
    fake = closed(town)
    reference = in_force(town, fake, kind=SanctionKind.WARNED)
    again = follow(town, reference)
    with town.db.read() as tx:
        assert read(tx, again).followed.sanction == reference
        assert read(tx, fake).followed is None
    assert dossier_pdf(town.db, town.vault, again, town.now)[:5] == b"%PDF-"


def test_nothing_follows_before_the_seller_was_told_or_after_the_end(both):
    town = both
    reference = propose(town, closed(town))
    with town.refuses("its seller was told"):
        follow(town, reference)
    decide(town, reference)
    with town.refuses("its seller was told"):
        follow(town, reference)
    notify(town, reference)
    do(town, sanctioning.lift, reference, town.act(Role.SUPERVISOR), reasons="Wrong.")
    with town.refuses("its seller was told"):
        follow(town, reference)
    assert town.all(TestBuy) == [town.row("TB-2026-000001")]


def linked(town, *shops, name="Liu"):
    operator = None
    for shop in shops:
        operator = flagging.link_shop(
            town.db, town.act(Role.ANALYST), shop_id=shop, operator=operator,
            new_operator_name=None if operator else name, basis="One phone number.",
        )  # fmt: skip


def test_another_shop_of_the_operator_is_reached_once_the_first_is_closed(both):
    town = both
    fake = closed(town)
    linked(town, town.row(fake).shop_id, town.shop(2).id)
    reference = propose(town, fake, kind=SanctionKind.SHOP_CLOSED)
    decide(town, reference)
    notify(town, reference)
    with town.refuses("of no shop that the sanction reaches", NotFound):
        follow(town, reference, flag=2)
    enforce(town, reference)
    assert town.stage(follow(town, reference, flag=2)) is Stage.REQUESTED
    with town.refuses("of no shop that the sanction reaches", NotFound):
        follow(town, reference, flag=3)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.LIAISON, Role.AUDITOR])
def test_an_analyst_alone_launches_it_and_not_from_a_form_of_before(on_sqlite, role):
    town = on_sqlite
    reference = in_force(town, closed(town), kind=SanctionKind.WARNED)
    with town.refuses("Only a signed-in analyst"):
        follow(town, reference, act=town.act(role))
    with town.refuses("was changed meanwhile", Stale):
        follow(town, reference, version=1)


def test_what_is_offered_begins_with_the_flags_of_the_first_test_buys(on_sqlite):
    town = on_sqlite
    fake = closed(town)
    linked(town, town.row(fake).shop_id, town.shop(2).id)
    reference = propose(town, fake)
    with town.db.read() as tx:
        assert follow_ups.offers(tx, sanction(town, reference)) == ()
    decide(town, reference)
    notify(town, reference)
    enforce(town, reference)
    with town.db.read() as tx:
        found = follow_ups.offers(tx, sanction(town, reference))
    assert [each.flag.source_flag_id for each in found][:1] == ["F1"]
    assert {each.flag.shop_id for each in found} == {town.row(fake).shop_id, town.shop(2).id}


def test_the_first_need_not_have_ended_and_a_second_at_once_is_refused(both):
    town = both
    fake = town.bring(Stage.JUDGED)
    reference = in_force(town, fake, kind=SanctionKind.WARNED)
    again = follow(town, reference)
    assert town.stage(fake) is Stage.JUDGED
    with town.refuses(f"{again} is already buying this listing"):
        follow(town, reference)
    with town.refuses(f"{again} is already buying this listing"):
        town.request()
