"""Storage places through the door, on both databases: what lies where, and who may go there."""

import pytest

from casework.custody import handing_over, placing, storing
from casework.errors import NotFound, Refused
from casework.views.custody import who_held
from casework.views.keeping import keeping
from casework.views.places import place_page, places
from rules.holders import Holder, HolderKind
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Exhibit, Photo, SealMismatch
from tests.casework.custody.test_handing_over import entries, give, rules_broken

SHELF = "Store A, room 2, shelf 3"


def shelf(town, *, roles=(Role.CLERK,), people=(), name="shelf 3"):
    return placing.add_place(
        town.db, town.act(Role.SUPERVISOR), site="Store A", room="room 2", shelf=name,
        roles=roles, people=people,
    )  # fmt: skip


def number(town, name=SHELF):
    return placing.number_of(town.db, name)


def taken_in(town, place=SHELF):
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    give(town, town.buyer(reference), exhibit, to_person=town.people["clerk"])
    town.later(minutes=5)
    storing.take_in(
        town.db, town.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
        place=place, condition="seal intact",
    )  # fmt: skip
    return reference, exhibit


def fetch(town, exhibit, act=None, **others):
    said = {"seal_number": exhibit.seal_number, "condition": "intact", "purpose": "to look"}
    act = act or town.act(Role.CLERK)
    storing.fetch(town.db, act, exhibit.reference, **said | others)


def store(town, exhibit, act=None, **others):
    said = {"seal_number": exhibit.seal_number, "condition": "intact", "place": SHELF}
    act = act or town.act(Role.CLERK)
    storing.store(town.db, act, exhibit.reference, **said | others)


def test_what_is_taken_in_lies_in_its_place_and_custody_holds(both):
    town = both
    shelf(town)
    _, exhibit = taken_in(town)
    held = who_held(town.db, exhibit.reference, town.now)
    assert held.holder == Holder(HolderKind.PLACE, SHELF)
    assert rules_broken(town, exhibit) == set()
    (lying,) = place_page(town.db, number(town)).lying.rows
    assert lying.exhibit.reference == exhibit.reference
    assert places(town.db)[0].exhibits == 1
    assert lying.testbuy


@pytest.mark.parametrize("fetched", [False, True])
def test_an_exhibit_is_taken_in_once(both, fetched):
    """Also one that was fetched meanwhile, or handed over by people who call that an intake."""
    town = both
    shelf(town)
    _, exhibit = taken_in(town)
    said = {"seal_number": exhibit.seal_number, "condition": "intact", "place": SHELF}
    if fetched:
        fetch(town, exhibit)
        boss = town.people["supervisor"]
        give(town, town.act(Role.CLERK), exhibit, to_person=boss, purpose="intake")
        take = handing_over.Taking(exhibit.seal_number, "intact", "here")
        handing_over.take(town.db, town.act(Role.SUPERVISOR), exhibit.reference, take)
    before = len(entries(town, exhibit))
    with town.refuses("taken in already"):
        storing.take_in(town.db, town.act(Role.CLERK), exhibit.reference, **said)
    assert len(entries(town, exhibit)) == before
    assert sum(each.is_intake for each in entries(town, exhibit)) == 1


def test_only_the_clerks_intake_is_one_and_comes_before_the_store(both):
    town = both
    shelf(town, roles=(Role.CLERK, Role.SUPERVISOR))
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    clerk = town.people["clerk"]
    give(town, town.buyer(reference), exhibit, to_person=clerk, purpose="intake")
    take = handing_over.Taking(exhibit.seal_number, "intact", "here")
    handing_over.take(town.db, town.act(Role.CLERK), exhibit.reference, take)
    assert town.row(reference).waiting_name == "Waiting for intake"
    with town.refuses("not taken in yet"):
        store(town, exhibit)
    said = {"seal_number": exhibit.seal_number, "place": SHELF}
    with town.refuses("in what condition"):
        storing.take_in(town.db, town.act(Role.CLERK), exhibit.reference, condition=" ", **said)
    assert not any(each.is_intake for each in entries(town, exhibit))
    storing.take_in(town.db, town.act(Role.CLERK), exhibit.reference, condition="intact", **said)
    assert town.row(reference).waiting_name != "Waiting for intake"
    assert rules_broken(town, exhibit) == set()
    assert entries(town, exhibit)[-1].to_holder == SHELF


def test_it_is_fetched_before_it_is_handed_over_and_put_back_after(both):
    town = both
    shelf(town)
    _, exhibit = taken_in(town)
    clerk = town.act(Role.CLERK)
    with town.refuses("is with Store A"):
        give(town, clerk, exhibit, to_person=town.people["supervisor"])
    with town.refuses("is with Store A"):
        store(town, exhibit)
    fetch(town, exhibit)
    assert place_page(town.db, number(town)).lying.rows == ()
    with town.refuses("lies in no storage place"):
        fetch(town, exhibit)
    give(town, clerk, exhibit, to_person=town.people["supervisor"])
    with town.refuses("being handed over"):
        store(town, exhibit)
    handing_over.withdraw(town.db, clerk, exhibit.reference)
    store(town, exhibit)
    assert rules_broken(town, exhibit) == set()
    assert [row.place_id for row in entries(town, exhibit)][-3:] == [
        number(town), None, number(town),
    ]  # fmt: skip


def test_who_may_not_enter_neither_stores_nor_fetches(both):
    town = both
    shelf(town, roles=(), people=["supervisor@example.org"])
    _, exhibit = town.bring(Stage.DOCUMENTED), None
    (exhibit,) = town.all(Exhibit)
    with town.refuses("may not enter"):
        storing.take_in(
            town.db, town.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
            place=SHELF, condition="intact",
        )  # fmt: skip
    placing.add_place(town.db, town.act(Role.SUPERVISOR), site="Desk", roles=[Role.CLERK])
    storing.take_in(
        town.db, town.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
        place="Desk", condition="intact",
    )  # fmt: skip
    fetch(town, exhibit)
    with town.refuses("may not enter"):
        store(town, exhibit)
    give(town, town.act(Role.CLERK), exhibit, to_person=town.people["supervisor"])
    supervisor = town.act(Role.SUPERVISOR)
    handing_over.take(
        town.db, supervisor, exhibit.reference,
        handing_over.Taking(exhibit.seal_number, "intact", "the desk"),
    )  # fmt: skip
    store(town, exhibit, supervisor)
    with town.refuses("may not enter"):
        fetch(town, exhibit)
    shown = keeping(town.db, exhibit.reference, Role.CLERK, town.people["clerk"], town.now)
    assert (shown.place.name, shown.lies, shown.places) == (SHELF, True, ("Desk",))


def test_a_place_must_be_on_the_list_once_there_is_a_list(both):
    town = both
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    said = {"seal_number": exhibit.seal_number, "condition": "intact"}
    shelf(town)
    with town.refuses("no storage place Shelf 9"):
        storing.take_in(town.db, town.act(Role.CLERK), exhibit.reference, place="Shelf 9", **said)
    placing.close_place(town.db, town.act(Role.SUPERVISOR), number(town), reason="Moved")
    with town.refuses("was closed on"):
        storing.take_in(town.db, town.act(Role.CLERK), exhibit.reference, place=SHELF, **said)
    # Without an open place, places are words as they were before there were any.
    storing.take_in(town.db, town.act(Role.CLERK), exhibit.reference, place="Shelf 9", **said)
    assert entries(town, exhibit)[-1].to_holder == "Clerk"


def test_a_place_with_exhibits_is_not_closed_and_says_which(both):
    town = both
    shelf(town)
    _, exhibit = taken_in(town)
    act = town.act(Role.SUPERVISOR)
    with town.refuses(f"still holds {exhibit.reference}\\."):
        placing.close_place(town.db, act, number(town), reason="Moved")
    fetch(town, exhibit)
    with town.refuses("Only a supervisor"):
        placing.close_place(town.db, town.act(Role.CLERK), number(town), reason="Moved")
    with town.refuses("Say why"):
        placing.close_place(town.db, act, number(town), reason=" ")
    placing.close_place(town.db, act, number(town), reason="Moved")
    for attempt in (
        lambda: placing.close_place(town.db, act, number(town), reason="Moved"),
        lambda: store(town, exhibit),
    ):
        with town.refuses("was closed on"):
            attempt()


def test_another_seal_is_kept_on_record_and_nothing_is_stored(both):
    town = both
    shelf(town)
    _, exhibit = taken_in(town)
    with pytest.raises(Refused, match="does not match"):
        fetch(town, exhibit, seal_number="OTHER")
    fetch(town, exhibit)
    with pytest.raises(Refused, match="does not match"):
        store(town, exhibit, seal_number="OTHER")
    assert [row.read for row in town.all(SealMismatch)] == ["OTHER", "OTHER"]
    assert entries(town, exhibit)[-1].to_kind is HolderKind.PERSON


def test_the_photo_of_the_place_is_tied_to_the_entry(both):
    town = both
    shelf(town)
    reference, exhibit = taken_in(town)
    fetch(town, exhibit)
    other = town.of(Photo, reference)[0].public_id
    with town.refuses("photo of shot B03"):
        store(town, exhibit, photo=other)
    taken = town.photograph(reference, "B03", act=town.act(Role.CLERK))
    store(town, exhibit, photo=taken.public_id)
    assert entries(town, exhibit)[-1].photos == [taken.public_id]


def test_a_place_needs_a_name_of_its_own_and_somebody_who_enters(both):
    town = both
    shelf(town)
    with town.refuses("a place Store A"):
        shelf(town)
    with town.refuses("who may enter"):
        shelf(town, roles=(), name="shelf 4")
    with town.refuses("Nobody has an account", NotFound):
        shelf(town, people=["nobody@example.org"], name="shelf 4")
    with town.refuses("Only a supervisor"):
        placing.add_place(town.db, town.act(Role.CLERK), site="S", roles=[Role.CLERK])


def test_entries_from_before_there_were_places_stand_as_they_were(both):
    """Their place is a word; the page says so, and the exhibit is handed over as ever."""
    town = both
    reference = town.bring(Stage.SUBMITTED)
    (exhibit,) = town.of(Exhibit, reference)
    shelf(town)
    shown = keeping(town.db, exhibit.reference, Role.CLERK, town.people["clerk"], town.now)
    assert (shown.place, shown.said_to_be) == (None, "Shelf 3")
    store(town, exhibit)
    assert rules_broken(town, exhibit) == set()
    assert [row.place_id for row in entries(town, exhibit)] == [None, None, number(town)]
