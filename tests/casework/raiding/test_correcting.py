"""The day of a raid, recorded wrongly: asked for, decided by a second person, told; its referral
follows.
"""

from datetime import timedelta

import pytest

from casework.errors import Refused, Stale
from casework.raiding import correcting, raid_lines, raid_places, raids
from casework.record import disclosing
from casework.referring import correcting as steps_corrected
from casework.referring import following
from casework.views import inbox
from casework.views.raid import raid_page
from evidence.words import words_of
from rules.disclosure import Disclosure
from rules.raids import PlaceKind
from rules.referral import ReferralMove, ReferralState
from rules.roles import Role
from rules.seizures import SourceKind
from storage import ledger
from storage.tables import Raid, RaidCorrection, ReferralStep
from tests.casework.raiding.raiding import DAY, TIMES, carried_out, planned, source, whole
from tests.casework.referring.test_correcting import answer
from tests.casework.referring.test_following import step

RIGHT = DAY - timedelta(days=1)


def row(town, reference):
    (found,) = [each for each in town.all(Raid) if each.reference == reference]
    return found


def ask(town, reference, instead=RIGHT, reason="Canary: the list says the ninth.", act=None):
    liaison = act or town.act(Role.LIAISON)
    version = row(town, reference).version
    said = {"instead": instead, "reason": reason}
    correcting.ask(town.db, liaison, reference, version=version, **said)
    return town.all(RaidCorrection)[-1].id


def decide(town, reference, correction, agreed=True, said=None, act=None):
    version = row(town, reference).version
    about = {"correction": correction, "agreed": agreed, "said": said}
    decider = act or town.act(Role.SUPERVISOR)
    correcting.decide(town.db, decider, reference, version=version, **about)


def waiting(town):
    reader = inbox.Reader(town.people["supervisor"], frozenset({Role.SUPERVISOR}), town.now)
    return inbox.inbox(town.db, reader).counts.get("raid_correction", 0)


def told(town, language="en"):
    """What the next package tells of the raid's day, as it words it."""
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, town.shop(1))
    words = words_of(language)
    return [each.sentence(words) for each in lines if each.kind is Disclosure.RAID_DAY]


@pytest.fixture
def led(both):
    """A raid carried out today on a referral accepted ten days ago, and the test
    buy that rests on it."""
    testbuy = both.refer()
    both.approve_referral(testbuy)
    both.send(testbuy)
    both.later(days=40)
    today = both.now.date()
    answer(both, testbuy, ReferralState.ACCEPTED, today - timedelta(days=10))
    referral = both.referral(testbuy).reference
    said = {"operator": None, "agency": None, "referral": referral, "planned_on": today}
    raid = raids.plan(both.db, both.act(Role.LIAISON), **said)
    raids.carry_out(both.db, both.act(Role.LIAISON), raid, version=1, on=today)
    return both, raid, testbuy


def steps(town, testbuy):
    with town.db.read() as tx:
        counting = following.steps_of(tx, town.referral(testbuy).id)
    return [(each.move, each.happened_on) for each in counting]


def test_a_second_person_lets_the_right_day_stand_and_every_package_tells_of_it(both):
    reference, _, _ = whole(both)
    asked = ask(both, reference)
    assert row(both, reference).carried_out_on == DAY, "until a second person agrees"
    assert waiting(both) == 1 and told(both) == []
    decide(both, reference, asked)
    assert row(both, reference).carried_out_on == RIGHT and waiting(both) == 0
    page = raid_page(both.db, reference)
    (kept,) = page.corrections
    assert (kept.recorded_on, kept.instead_on, kept.agreed) == (DAY, RIGHT, True)
    assert page.people[kept.asked_by] != page.people[kept.decided_by]
    assert told(both) == [
        "The raid was recorded as carried out on 2016-08-10; it was on 2016-08-09: "
        "Canary: the list says the ninth."
    ]
    (line,) = told(both, "zh")
    assert "原记为2016-08-10实施，实为2016-08-09" in line
    with both.db.read() as tx:
        bodies = [entry.body for entry in ledger.chain(tx, reference)]
    assert b"correction agreed" in bodies[-1] and b"2016-08-09" in bodies[-1]
    assert b"Canary" not in b"".join(bodies), "what was typed is in a ledger by its digest alone"


def test_one_is_left_as_it_is_with_the_reason_and_asked_for_again(both):
    reference = carried_out(both)
    asked = ask(both, reference)
    with both.refuses("Somebody asked to have this corrected already"):
        ask(both, reference, RIGHT - timedelta(days=1))
    with both.refuses("Say why it stands"):
        decide(both, reference, asked, agreed=False, said=" ")
    decide(both, reference, asked, agreed=False, said="The list is of another raid.")
    assert row(both, reference).carried_out_on == DAY and told(both) == []
    with both.refuses("decided already"):
        decide(both, reference, asked)
    decide(both, reference, ask(both, reference, RIGHT - timedelta(days=1)))
    assert row(both, reference).carried_out_on == RIGHT - timedelta(days=1)
    assert [each.agreed for each in both.all(RaidCorrection)] == [False, True]


def test_nobody_decides_alone(both):
    reference = carried_out(both)
    asked = ask(both, reference)
    with both.refuses("Only a supervisor"):
        decide(both, reference, asked, act=both.act(Role.LIAISON))
    with both.refuses("somebody else must decide"):  # who recorded it, and asked
        decide(both, reference, asked, act=both.act(Role.SUPERVISOR, "liaison"))
    decide(both, reference, asked, agreed=False, said="It was the tenth.")
    colleague = both.act(Role.LIAISON, "analyst")
    again = ask(both, reference, act=colleague)
    with both.refuses("somebody else must decide"):  # who recorded it
        decide(both, reference, again, act=both.act(Role.SUPERVISOR, "liaison"))
    with both.refuses("somebody else must decide"):  # who asked
        decide(both, reference, again, act=both.act(Role.SUPERVISOR, "analyst"))
    assert row(both, reference).carried_out_on == DAY


def test_a_day_lies_before_what_came_of_the_raid_and_not_in_the_future(both):
    reference = carried_out(both)
    source(both, reference, said_on=DAY + timedelta(days=2))
    for instead, no in (
        (DAY, "the day on record"),
        (both.now.date() + timedelta(days=1), "has not come yet"),
        (DAY + timedelta(days=3), "dated 2016-08-12"),
    ):
        with both.refuses(no):
            ask(both, reference, instead)
    with both.refuses("Say what is wrong"):
        ask(both, reference, reason=" ")
    asked = ask(both, reference, DAY + timedelta(days=2))
    source(both, reference, SourceKind.PRESS, "City paper", DAY + timedelta(days=1))
    with both.refuses("dated 2016-08-11"):
        decide(both, reference, asked)
    assert row(both, reference).carried_out_on == DAY


def test_a_search_lets_its_day_be_the_places_own(both):
    reference, liaison = carried_out(both), both.act(Role.LIAISON)
    where = {"kind": PlaceKind.BUSINESS, "address": "12 Dongmen Road, Luohu"}
    place = raid_places.add_place(both.db, liaison, reference, **where)
    raid_places.record_times(both.db, liaison, reference, place, times=TIMES)
    # From 01:00 UTC of the tenth: still the eleventh where clocks are ahead, and no later day.
    with both.refuses("dated 2016-08-11"):
        ask(both, reference, DAY + timedelta(days=2))
    ask(both, reference, DAY + timedelta(days=1))


def test_a_raid_that_was_not_carried_out_has_no_day(both):
    reference = planned(both)
    with both.refuses("carried out"):
        ask(both, reference)


def test_the_referrals_step_goes_with_the_raid(led):
    town, raid, testbuy = led
    today = town.now.date()
    assert steps(town, testbuy)[-1] == (ReferralMove.RAID, today)
    seen = town.referral(testbuy).version
    decide(town, raid, ask(town, raid, today - timedelta(days=3)))
    assert steps(town, testbuy)[-1] == (ReferralMove.RAID, today - timedelta(days=3))
    assert len([each for each in town.all(ReferralStep) if each.move is ReferralMove.RAID]) == 2
    assert town.referral(testbuy).version > seen, "a form shown before is stale"
    assert len(told(town)) == 1
    wrong = [each.id for each in town.all(ReferralStep) if each.move is ReferralMove.RAID][-1]
    with town.refuses(f"{raid} says this day"):
        row = town.referral(testbuy)
        said = {"version": row.version, "right": steps_corrected.Right(on=today), "reason": "No."}
        steps_corrected.ask(town.db, town.act(Role.LIAISON), row.reference, step=wrong, **said)


def test_a_raid_is_not_before_what_the_referral_says_comes_first(led):
    town, raid, testbuy = led
    today = town.now.date()
    with town.refuses("comes before it"):
        ask(town, raid, today - timedelta(days=11))
    asked = ask(town, raid, today - timedelta(days=2))
    town.later(days=5)
    step(town, testbuy, ReferralMove.FILE, happened_on=today, number="A1")
    decide(town, raid, asked)
    assert (ReferralMove.RAID, today - timedelta(days=2)) in steps(town, testbuy)


def test_whoever_looked_at_an_older_page_changes_nothing(both):
    reference = carried_out(both)
    seen = row(both, reference).version
    source_of = source(both, reference)
    chosen = {"source": source_of, "reason": "Signed."}
    raid_lines.choose(both.db, both.act(Role.LIAISON), reference, version=seen, **chosen)
    said = {"instead": RIGHT, "reason": "R"}
    with both.refuses("changed meanwhile", Stale):
        correcting.ask(both.db, both.act(Role.LIAISON), reference, version=seen, **said)
    assert both.all(RaidCorrection) == []
    with pytest.raises(Refused, match="Only a liaison"):
        correcting.ask(both.db, both.act(Role.ANALYST), reference, version=seen + 1, **said)


def test_of_two_raids_of_a_day_each_has_its_own_step(led):
    """One that the referral had no step for, because the file was opened, moves nothing of it."""
    town, first, testbuy = led
    today = town.now.date()
    said = {"operator": None, "agency": None, "referral": town.referral(testbuy).reference}
    second = raids.plan(town.db, town.act(Role.LIAISON), **said, planned_on=today)
    step(town, testbuy, ReferralMove.FILE, number="A1")
    raids.carry_out(town.db, town.act(Role.LIAISON), second, version=1, on=today)
    decide(town, second, ask(town, second, today - timedelta(days=2)))
    assert (ReferralMove.RAID, today) in steps(town, testbuy)
    decide(town, first, ask(town, first, today - timedelta(days=3)))
    days = [on for move, on in steps(town, testbuy) if move is ReferralMove.RAID]
    assert days == [today - timedelta(days=3)]
