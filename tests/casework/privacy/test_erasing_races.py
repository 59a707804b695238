"""Erasing raced by two processes: one erases; a hold comes before and stops it, or after, whole."""

import threading
import time

import pytest

from casework.custody import holds
from casework.operators import persons
from casework.operators.persons import NewHandle, NewPerson
from casework.privacy import erasing
from casework.raiding import raid_places
from evidence import ledger as chains
from rules.covering import SIGN
from rules.erasure import Erasable
from rules.lifecycle import Stage
from rules.linkage import PersonRole
from rules.raids import MetAs, PlaceKind
from rules.roles import Role
from storage.rows import one
from storage.tables import (
    ErasureMention,
    Identifier,
    LegalHold,
    OperatorPerson,
)
from tests.casework.operators.test_linking import link, record
from tests.casework.racing import LOST, WON, words
from tests.casework.raiding import raiding

ROUNDS = 6


def person(town, operator, name, source="The register"):
    said = NewPerson(name, PersonRole.NOMINEE, source)
    return persons.add_person(town.db, town.act(Role.ANALYST), operator, said)


def of(town, table, number):
    with town.db.read() as tx:
        return one(tx, table, id=number)


def value_of_each_kind(town):
    """Values of many kinds, each with its number, of one operator."""
    liu = link(town, 1, "Liu")
    liaison, analyst = town.act(Role.LIAISON), town.act(Role.ANALYST)
    raid = raiding.carried_out(town, operator=liu)
    place = raid_places.add_place(
        town.db, liaison, raid, kind=PlaceKind.BUSINESS, address="Canary Road 1"
    )
    handle = NewHandle("WeChat", "canary_1", "A chat", town.now.date())
    return liu, [
        (Erasable.IDENTIFIER, record(town, 1)),
        (Erasable.PERSON, person(town, liu, "Canary Ward")),
        (Erasable.HANDLE, persons.add_handle(town.db, analyst, liu, handle)),
        (Erasable.PLACE, place),
        (Erasable.MET, raid_places.add_person(
            town.db, liaison, raid, place=place, name="Canary Wang", met_as=MetAs.STAFF
        )),
    ]  # fmt: skip


def test_each_kind_of_value_is_erased_by_one_of_two(both, race):
    town = both
    liu, values = value_of_each_kind(town)
    for what, number in values:
        came = race(
            ("erase", what, number, [], "administrator"), ("erase", what, number, [], "both")
        )
        assert words(came) == [WON, LOST], (what, came)
        (said,) = [reasons for word, reasons in came if word == LOST]
        assert "erased already" in " ".join(said)
    erased = [each for each in town.ledger(liu) if b'"erased"' in each.body]
    assert len(erased) == 3  # a raid's two stand in its own ledger
    assert chains.verify(town.ledger(liu), liu).ok


def test_a_text_is_covered_by_one_of_two(both, race):
    town = both
    liu = link(town, 1, "Liu")
    for turn in range(ROUNDS):
        number = person(town, liu, f"Canary Ward{turn}")
        source = person(town, liu, f"Wang {turn}", source=f"Canary Ward{turn} said so")
        also = [f"operator_person.source:{source}"]
        came = race(
            ("erase", Erasable.PERSON, number, also, "administrator"),
            ("erase", Erasable.PERSON, number, also, "both"),
        )
        assert words(came) == [WON, LOST], came
        assert of(town, OperatorPerson, source).source == f"{SIGN} said so"


def test_what_was_left_is_covered_later_by_one_of_two(both, race):
    town = both
    liu = link(town, 1, "Liu")
    for turn in range(ROUNDS):
        number = person(town, liu, f"Canary Ward{turn}")
        person(town, liu, f"Wang {turn}", source=f"Canary Ward{turn} said so")
        erasing.erase(
            town.db, town.act(Role.ADMINISTRATOR), Erasable.PERSON, number, reason="They asked."
        )
        mention = max(each.id for each in town.all(ErasureMention))
        came = race(("blank", mention, "administrator"), ("blank", mention, "both"))
        assert words(came) == [WON, LOST] and of(town, ErasureMention, mention).covered_at, came


@pytest.mark.parametrize("on", ["operator", "testbuy"])
def test_a_hold_comes_before_an_erasing_and_stops_it_or_after_it(both, race, on):
    """Erased with its text and before the hold in the ledger, or held and neither is touched."""
    town = both
    liu = link(town, 1, "Liu")
    reference = town.bring(Stage.RECEIVED)
    for turn in range(ROUNDS):
        number = person(town, liu, f"Canary Ward{turn}")
        source = person(town, liu, f"Wang {turn}", source=f"Canary Ward{turn} said so")
        also = [f"operator_person.source:{source}"]
        (held, hold), (erased, _) = came = race(
            ("place_hold", liu if on == "operator" else reference),
            ("erase", Erasable.PERSON, number, also, "administrator"),
        )
        assert held == WON, came
        kept = of(town, OperatorPerson, number).name, of(town, OperatorPerson, source).source
        gone = ("", f"{SIGN} said so")
        assert kept == (
            gone if erased == WON else (f"Canary Ward{turn}", f"Canary Ward{turn} said so")
        )
        if on == "operator" and erased == WON:
            bodies = [each.body for each in town.ledger(liu)]
            last = {
                what: max(at for at, body in enumerate(bodies) if what in body)
                for what in (b'"erased"', b'"legal hold placed"')
            }
            assert last[b'"erased"'] < last[b'"legal hold placed"']
        holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")


@pytest.mark.parametrize("linked", [True, False])
def test_a_hold_on_a_test_buy_waits_for_the_erasing_of_its_shops_value(both, monkeypatch, linked):
    """Also of a shop that nobody linked: the hold is not there while something is being erased."""
    town = both
    reference = town.bring(Stage.AUTHORISED)
    if linked:
        link(town, 1, "Liu")
    number = record(town, 1)
    standing = []
    laid = threading.Thread(
        target=lambda: holds.place(
            town.db, town.act(Role.SUPERVISOR), reference, reason="The court."
        )
    )

    def proposed(*_args):
        laid.start()
        time.sleep(0.5)
        standing.append(town.all(LegalHold))

    monkeypatch.setattr(erasing, "propose", proposed)
    erasing.erase(
        town.db, town.act(Role.ADMINISTRATOR), Erasable.IDENTIFIER, number, reason="They asked."
    )
    laid.join(timeout=30)
    assert standing == [[]] and len(town.all(LegalHold)) == 1
    assert of(town, Identifier, number).value == ""
    other = record(town, 1, value="138 9999 0000")
    with town.refuses("needed under legal hold"):
        erasing.erase(
            town.db, town.act(Role.ADMINISTRATOR), Erasable.IDENTIFIER, other, reason="So."
        )
