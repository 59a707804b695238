"""Serials on goods as identifiers: a confirmed lead joins shops, a correction takes them apart."""

from dataclasses import replace
from datetime import date, timedelta

from casework.errors import NotFound, Stale
from casework.intake import codes
from casework.intake.codes import NewCode
from casework.operators import leads, persons, waybills
from casework.operators.persons import NewHandle, NewPerson
from casework.operators.waybills import Told
from rules.codes import CodeKind, LeadState
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.lifecycle import Stage
from rules.linkage import PersonRole
from rules.roles import Role
from storage.tables import (
    Exhibit,
    ExhibitCode,
    ExternalHandle,
    Identifier,
    Lead,
    OperatorPerson,
    Photo,
)
from tests.casework.intake.test_codes import noted, record, two
from tests.casework.operators.test_linking import link, owners, proposals


def decide(town, state):
    leads.decide(town.db, town.act(Role.ANALYST), 1, state=state, reason="One engraving tool.")


def test_a_confirmed_lead_is_a_confirmed_identifier_and_joins_the_shops(both):
    town = both
    first, second = two(town)
    record(town, first)
    record(town, second)
    rows = town.all(Identifier)
    assert [row.kind for row in rows] == [IdentifierKind.SERIAL] * 2
    assert [row.testbuy_id for row in rows] == [town.row(each).id for each in (first, second)]
    # The lead asks about it, and no proposal besides.
    assert proposals(town) == []
    decide(town, LeadState.CONFIRMED)
    assert {row.state for row in town.all(Identifier)} == {IdentifierState.CONFIRMED}
    one_owner, other = owners(town, 1, 2)
    assert one_owner == other is not None


def test_a_dismissed_lead_confirms_nothing(both):
    town = both
    for each in two(town):
        record(town, each)
    decide(town, LeadState.DISMISSED)
    assert {row.state for row in town.all(Identifier)} == {IdentifierState.RECORDED}
    assert owners(town, 1, 2) == [None, None]


def test_a_corrected_serial_gives_the_shops_back(both):
    town = both
    first, second = two(town)
    record(town, first)
    record(town, second)
    decide(town, LeadState.CONFIRMED)
    wrong = town.of(ExhibitCode, second)[0]
    right = NewCode(CodeKind.SERIAL, "SN-4711-0816")
    codes.correct(town.db, town.act(Role.CLERK), wrong.id, right, reason="A 6, not a 5.")
    assert owners(town, 1, 2) == [None, None]
    states = [row.state for row in town.all(Identifier)]
    assert states == [
        IdentifierState.CONFIRMED,
        IdentifierState.WITHDRAWN,
        IdentifierState.RECORDED,
    ]
    assert len(town.all(Lead)) == 1


def test_lots_are_weak_and_article_numbers_nothing(both):
    town = both
    for each in two(town):
        record(town, each, NewCode(CodeKind.LOT, "LOT 77-2026"))
        record(town, each, NewCode(CodeKind.BARCODE, "4006381333931"))
    assert {row.kind for row in town.all(Identifier)} == {IdentifierKind.BATCH}
    assert len(proposals(town)) == 1


def write_down(town, reference, *told, act=None, **others):
    said = {
        "seen_on": date(2026, 11, 2), "confidence": Confidence.CERTAIN, "photo": None,
        "exhibit": None,
    } | others  # fmt: skip
    if not others.keys() & {"photo", "exhibit"}:
        photos = [row for row in town.of(Photo, reference) if row.shot == "R02"]
        said["photo"] = photos[0].public_id if photos else None
    return waybills.write_down(
        town.db, act or town.act(Role.CLERK), reference,
        told or (Told(IdentifierKind.PHONE, "138 1234 5678"),), **said,
    )  # fmt: skip


def test_what_a_parcel_tells_is_the_shops_with_the_test_buy_as_its_source(both):
    town = both
    reference = town.bring(Stage.RECEIVED, 1)
    numbers = write_down(
        town,
        reference,
        Told(IdentifierKind.SENDER_NAME, "Liu Wei"),
        Told(IdentifierKind.PHONE, "138 1234 5678"),
        Told(IdentifierKind.COURIER, "SF"),
    )
    rows = town.all(Identifier)
    assert tuple(row.id for row in rows) == numbers
    assert {row.testbuy_id for row in rows} == {town.row(reference).id}
    assert {row.state for row in rows} == {IdentifierState.RECORDED}
    assert all(row.photo_id for row in rows)
    (told,) = noted(town, reference, "parcel's leads recorded")
    assert "Liu" not in str(told) and "1234" not in str(told)
    with town.refuses("All of this is on record"):
        write_down(town, reference)


def test_the_seal_of_a_parcel_proposes_beside_another_shops_and_joins_nobody(both):
    """Whoever prints their own tape packs with it in every shop; others may buy the same."""
    town = both
    for flag, words in ((1, "Ruby tape 开封无效 07"), (2, "RUBY TAPE  开封无效-07")):
        write_down(town, town.bring(Stage.RECEIVED, flag), Told(IdentifierKind.PARCEL_SEAL, words))
    assert [row.kind for row in town.all(Identifier)] == [IdentifierKind.PARCEL_SEAL] * 2
    assert len(proposals(town)) == 1 and owners(town, 1, 2) == [None, None]


def test_a_parcel_tells_nothing_before_it_came_nor_to_others_nor_unshown(both):
    town = both
    early = town.bring(Stage.ORDERED, 1)
    with town.refuses("No parcel is here yet"):
        write_down(town, early, exhibit="AS/1")
    reference = town.bring(Stage.DOCUMENTED, 2)
    for role in (Role.AUDITOR, Role.SUPERVISOR, Role.AUTHENTICATOR):
        with town.refuses("Only a clerk or an analyst"):
            write_down(town, reference, act=town.act(role))
    with town.refuses("Choose the photo or the exhibit"):
        write_down(town, reference, photo=None)
    with town.refuses("not one of this test buy"):
        write_down(town, reference, photo=None, exhibit="ZZ/9")
    with town.refuses("tells its sender"):
        write_down(town, reference, Told(IdentifierKind.ADMISSION, "It was me"))
    (exhibit,) = town.of(Exhibit, reference)
    write_down(town, reference, photo=None, exhibit=exhibit.reference.lower())
    assert town.all(Identifier)[0].exhibit_id == exhibit.id


def test_persons_and_handles_are_recorded_ended_and_taken_out(both):
    town = both
    liu = link(town, 1, "Liu")
    act = town.act(Role.ANALYST)
    person = NewPerson("Liu Wei", PersonRole.CONTROLLER, "police file 7", date(2016, 1, 1))
    number = persons.add_person(town.db, act, liu, person)
    persons.end_role(town.db, act, number, until=date(2016, 8, 10))
    with town.refuses("ended or taken out", Stale):
        persons.end_role(town.db, act, number, until=date(2016, 8, 11))
    handle = persons.add_handle(
        town.db, act, liu, NewHandle("WeChat", "liu_w", "chat", date(2026, 11, 1))
    )
    for out, which in ((persons.take_out_person, number), (persons.take_out_handle, handle)):
        with town.refuses("Only an analyst"):
            out(town.db, town.act(Role.AUDITOR), which, reason="Wrong.")
        with town.refuses("Say why"):
            out(town.db, act, which, reason=" ")
        with town.refuses(kind=NotFound):
            out(town.db, act, 99, reason="Wrong.")
        out(town.db, act, which, reason="Another Liu.")
        with town.refuses("taken out already", Stale):
            out(town.db, act, which, reason="Another Liu.")
    assert town.all(OperatorPerson)[0].withdrawn_because == "Another Liu."
    assert town.all(ExternalHandle)[0].withdrawn_because == "Another Liu."
    with town.refuses("ends before it begins"):
        late = NewPerson("X", PersonRole.SELLER, "s", date(2026, 2, 1), date(2026, 1, 1))
        persons.add_person(town.db, act, liu, late)
    with town.refuses("has not begun"):
        soon = NewPerson("X", PersonRole.SELLER, "s", town.now.date() + timedelta(days=1))
        persons.add_person(town.db, act, liu, soon)
    bodies = b" ".join(entry.body for entry in town.ledger(liu))
    assert b"person recorded" in bodies and b"Wei" not in bodies and b"liu_w" not in bodies


def test_the_same_said_twice_is_recorded_once(both):
    """A form sent twice; another source, or what was taken out before, is recorded anew."""
    town = both
    liu, act = link(town, 1, "Liu"), town.act(Role.ANALYST)
    person = NewPerson("Liu Wei", PersonRole.CONTROLLER, "police file 7")
    handle = NewHandle("WeChat", "liu_w", "chat", date(2026, 11, 1))
    number = persons.add_person(town.db, act, liu, person)
    called = persons.add_handle(town.db, act, liu, handle)
    with town.refuses("on record already"):
        persons.add_person(town.db, act, liu, person)
    with town.refuses("on record already"):
        persons.add_handle(town.db, act, liu, handle)
    persons.add_person(town.db, act, liu, replace(person, source="another"))
    persons.add_handle(town.db, act, liu, replace(handle, source="another"))
    persons.take_out_person(town.db, act, number, reason="Wrong.")
    persons.take_out_handle(town.db, act, called, reason="Wrong.")
    persons.add_person(town.db, act, liu, person)
    persons.add_handle(town.db, act, liu, handle)
    assert len(town.all(OperatorPerson)) == len(town.all(ExternalHandle)) == 3


def test_a_role_ends_on_a_day_that_has_come(on_sqlite):
    town = on_sqlite
    liu, act = link(town, 1, "Liu"), town.act(Role.ANALYST)
    number = persons.add_person(town.db, act, liu, NewPerson("A", PersonRole.SELLER, "s"))
    with town.refuses("has not ended"):
        persons.end_role(town.db, act, number, until=town.now.date() + timedelta(days=1))
    persons.end_role(town.db, act, number, until=town.now.date())
