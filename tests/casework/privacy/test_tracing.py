"""What people type about a test buy leaves the house without what leads to its buyer."""

from dataclasses import asdict, replace

from casework.custody import handing_over, holds, storing
from casework.intake import photographing
from casework.papers.printing import printed
from casework.record import disclosing
from casework.record.record import read
from evidence.words import words_of
from rules.covering import SIGN
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import CustodyEntry, Exhibit, Person, Persona, Waiver
from tests.casework.custody.test_handing_over import give


def typed(town):
    """A test buy whose custody, waiver and hold name the buyer, in the words of those who typed."""
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    row = town.row(reference)
    (buyer,) = [each for each in town.all(Person) if each.id == row.buyer_id]
    (persona,) = [each for each in town.all(Persona) if each.id == row.persona_id]
    supervisor = town.act(Role.SUPERVISOR)
    give(
        town, town.buyer(reference), exhibit, to_person=town.people["clerk"],
        place="12 Home Street, third floor", purpose=f"from {buyer.name}",
    )  # fmt: skip
    take = handing_over.Taking(exhibit.seal_number, f"as {persona.recipient} left it", "")
    handing_over.take(town.db, town.act(Role.CLERK), exhibit.reference, take)
    storing.take_in(
        town.db, town.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
        place="Shelf 3", condition=f"with a note for {persona.address}",
    )  # fmt: skip
    reason = f"{buyer.name} was away"
    photographing.waive(town.db, supervisor, reference, shot="U04", reason=reason)
    holds.place(town.db, supervisor, reference, reason=f"{buyer.name} is a witness")
    return reference, (buyer.name, persona.recipient, persona.address, "Home Street")


def test_custody_waivers_and_holds_are_printed_without_what_leads_to_the_buyer(both):
    reference, secrets = typed(both)
    with both.db.read() as tx:
        record = read(tx, reference)
    for language in ("en", "zh"):
        page = printed(record, both.vault, (), both.now, language)
        told = str(asdict(page))
        assert [each for each in secrets if each in told] == []
        assert SIGN in told
        clerks = page.custody[-1]
        assert clerks.place == "Shelf 3" and SIGN in clerks.condition
        handed = page.custody[1]
        assert handed.place == words_of(language).say("place_of_buyer")
        assert any(row.label == words_of(language).say("row.hold") for row in page.kept)


def test_the_schedule_covers_it_too_and_the_rows_keep_it(both):
    reference, secrets = typed(both)
    with both.db.read() as tx:
        record = read(tx, reference)
    lines = disclosing.as_data(record.disclosed, words_of("en"))["lines"]
    (waived,) = [each for each in lines if each["kind"] == "waiver" and "U04" in each["sentence"]]
    assert SIGN in waived["sentence"] and "was away" in waived["sentence"]
    assert [each for each in secrets if each in str(lines)] == []
    assert any(secrets[0] in each.purpose for each in both.all(CustodyEntry))


def test_a_supervisor_who_bought_waives_none_of_their_own_shots(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    buyer = town.row(reference).buyer_id
    act = replace(town.act(Role.SUPERVISOR), person=buyer)
    with town.refuses("You are the buyer"):
        photographing.waive(town.db, act, reference, shot="U04", reason="Not needed.")
    assert [each for each in town.of(Waiver, reference) if each.shot == "U04"] == []
