"""A buyer's kit: two sides, no number twice, and seals outside it noted rather than refused."""

import pytest

from casework.custody import kits
from casework.errors import NotFound
from casework.papers.remarking import remarks
from casework.record.record import read
from casework.views.kits import kits_page
from evidence.words import words_of
from rules.kits import KitPartKind
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Exhibit, KitAnswer

BAGS = {KitPartKind.SEAL_BAGS: ("SB-0100", "SB-0119"), KitPartKind.COLOUR_CARD: ("CC-7", "CC-7")}


def given(town, buyer="Bao Yun", bags=BAGS):
    """A kit that a buyer has and confirmed."""
    number = kits.prepare(town.db, town.act(Role.CLERK), bags)
    to = town.people[buyer]
    kits.give(town.db, town.act(Role.CLERK), number, to_person=to, place="the office")
    kits.confirm(town.db, town.act(Role.BUYER, buyer), number, condition="complete")
    return number


def test_a_kit_is_handed_over_with_two_sides(both):
    town = both
    clerk, buyer = town.act(Role.CLERK), town.act(Role.BUYER, "Bao Yun")
    with town.refuses("holds seal bags"):
        kits.prepare(town.db, clerk, {KitPartKind.COLOUR_CARD: ("1", "1")})
    with town.refuses("prepared by a clerk"):
        kits.prepare(town.db, buyer, BAGS)
    assert kits.prepare(town.db, clerk, BAGS) == "K-000001"
    overlapping = {KitPartKind.SEAL_BAGS: ("SB-0119", "SB-0130")}
    with town.refuses("in kit K-000001 already"):
        kits.prepare(town.db, clerk, overlapping)
    with town.refuses("no open account", NotFound):
        to = town.people["auditor"]
        kits.give(town.db, clerk, "K-000001", to_person=to, place="the office")
    kits.give(town.db, clerk, "K-000001", to_person=buyer.person, place="the office")
    with town.refuses("with somebody already. Withdraw"):
        kits.give(town.db, clerk, "K-000001", to_person=buyer.person, place="the office")
    with town.refuses("No kit", NotFound):
        kits.confirm(town.db, town.act(Role.BUYER, "Dai Min"), "K-000001", condition="complete")
    assert "Bao Yun" not in kits_page(town.db).without
    kits.withdraw(town.db, clerk, "K-000001")
    assert "Bao Yun" in kits_page(town.db).without
    with town.refuses("No kit", NotFound):
        kits.confirm(town.db, buyer, "K-000001", condition="complete")
    kits.give(town.db, clerk, "K-000001", to_person=buyer.person, place="the office")
    kits.confirm(town.db, buyer, "K-000001", condition="complete", utc_offset_minutes=480)
    with town.refuses("confirmed kit K-000001 already"):
        kits.confirm(town.db, buyer, "K-000001", condition="complete")
    with town.refuses("not being handed over"):
        kits.withdraw(town.db, clerk, "K-000001")
    with town.refuses("who confirmed it"):
        kits.give(town.db, clerk, "K-000001", to_person=buyer.person, place="the office")
    assert "Bao Yun" not in kits_page(town.db).without
    answers = [(row.confirmed, row.utc_offset_minutes) for row in town.all(KitAnswer)]
    assert answers == [(False, None), (True, 480)]


@pytest.mark.parametrize(
    ("seal", "kit"), [("SB-0107", "K-000001"), ("SB-0307", None), ("SB-0200", None)]
)
def test_the_seal_says_which_kit_it_is_out_of_and_outside_is_noted(on_sqlite, seal, kit):
    """Also another buyer's kit (SB-0200) is none of this buyer's."""
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    buyer = next(
        n for n in ("Bao Yun", "Dai Min") if town.people[n] == town.row(reference).buyer_id
    )
    other = "Dai Min" if buyer == "Bao Yun" else "Bao Yun"
    given(town, buyer)
    given(town, other, {KitPartKind.SEAL_BAGS: ("SB-0200", "SB-0219")})
    town.photograph(reference, "U02", "I01", "I02", "B02")
    town.document(reference, seal)
    (exhibit,) = town.of(Exhibit, reference)
    assert (exhibit.kit_id is not None) is (kit is not None)
    with town.db.read() as tx:
        record = read(tx, reference)
    said = [each.text for each in remarks(record, words_of("en")) if "its seal" in each.text]
    assert len(said) == 1 and seal in said[0]
    assert (kit in said[0] and "SB-0100 to SB-0119" in said[0]) if kit else "no kit" in said[0]
    (fact,) = [each.as_data() for each in record.seals]
    assert (fact["exhibit"], fact["seal"], fact["kit"]) == (exhibit.reference, seal, kit)
    assert record.chain and b'"kits"' in b"".join(entry.body for entry in record.chain)


def test_a_seal_used_twice_is_refused_though_it_is_in_the_kit(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    for name in ("Bao Yun", "Dai Min"):
        if town.people[name] == town.row(reference).buyer_id:
            given(town, name)
    town.photograph(reference, "U02", "I01", "I02", "B02")
    with town.refuses("taken by another exhibit"):
        town.document(reference, "SB-0101", "SB-0101")
