"""What a package says besides its test buys: recorded with a source, corrected, never edited."""

import json
import zipfile

import pytest
import sqlalchemy as sa

from casework.errors import NotFound, Stale
from casework.gauge.gauging import gauge
from casework.outcomes.package_rows import rows_of
from casework.papers import dossiers, reporting
from casework.papers.reported import reported
from casework.record.record import read
from casework.referring import answering, furnishing, sending
from casework.views.package import document_of
from evidence.digests import salted, sha256_of
from rules.package import KnowledgeKind, PremisesKind, RowKind
from rules.roles import Role
from storage.rows import change, remove, table_of
from storage.tables import Agency, Operator, Persona, PremisesAddress, PremisesRow
from tests.casework import packaged


@pytest.fixture
def drafted(on_sqlite):
    """A test buy whose referral is drafted, about OP-0001."""
    return on_sqlite.refer(complete=False)


def rows(town, operator="OP-0001"):
    with town.db.read() as tx:
        (owner,) = [each for each in town.all(Operator) if each.reference == operator]
        return rows_of(tx, owner.id)


def bodies(town, subject):
    return [json.loads(entry.body) for entry in town.ledger(subject)]


def test_every_kind_of_row_is_kept_with_its_source_and_who_said_so(on_sqlite, drafted):
    packaged.say_all(on_sqlite)
    held = rows(on_sqlite)
    for kind in RowKind:
        (row,) = held.of(kind)
        assert row.said.source and row.recorded_by == on_sqlite.people["analyst"]
        assert row.recorded_at == on_sqlite.now
    assert held.undertaking[0].document == sha256_of(packaged.PAPER)
    assert held.premises[0].said.address == packaged.ADDRESS
    assert document_of(on_sqlite.db, "OP-0001", RowKind.UNDERTAKING, held.undertaking[0].number)
    with pytest.raises(NotFound):
        document_of(on_sqlite.db, "OP-0001", RowKind.HARM, held.harm[0].number)


def test_a_correction_takes_the_place_of_a_row_that_stays(on_sqlite, drafted):
    number = packaged.record(on_sqlite, packaged.harm())
    said = packaged.harm(text="Lead above the limit")
    later = packaged.record(on_sqlite, said, corrects=number, reason="The laboratory corrected it.")
    held = rows(on_sqlite)
    assert [(row.number, row.said.text) for row in held.harm] == [(later, said.text)]
    (old,) = held.replaced
    assert (old.row.number, old.reason) == (number, "The laboratory corrected it.")
    assert not old.withdrawn


def test_what_was_corrected_meanwhile_is_corrected_by_nobody_else(both):
    both.refer()
    number = packaged.record(both, packaged.harm())
    packaged.record(both, packaged.harm(text="Lead"), corrects=number, reason="Wrong metal")
    with both.refuses("corrected meanwhile", kind=Stale):
        packaged.record(both, packaged.harm(text="Zinc"), corrects=number, reason="Wrong metal")
    with both.refuses("corrected meanwhile", kind=Stale):
        furnishing.withdraw(
            both.db, both.act(Role.LIAISON), "OP-0001", RowKind.HARM, number, reason="Wrong"
        )


def test_a_withdrawn_row_stands_no_more_and_is_not_taken_up_again(on_sqlite, drafted):
    number = packaged.record(on_sqlite, packaged.knowledge(testbuy=drafted))
    last = furnishing.withdraw(
        on_sqlite.db,
        on_sqlite.act(Role.LIAISON),
        "OP-0001",
        RowKind.KNOWLEDGE,
        number,
        reason="Other shop",
    )
    held = rows(on_sqlite)
    assert held.knowledge == ()
    assert (held.replaced[0].withdrawn, held.replaced[0].row.said.testbuy) == (True, drafted)
    with on_sqlite.refuses("no such row", kind=NotFound):
        packaged.record(on_sqlite, packaged.knowledge(), corrects=last, reason="Back")


def test_a_correction_without_a_paper_keeps_the_paper_of_before(on_sqlite, drafted):
    number = packaged.record(on_sqlite, packaged.undertaking(), document=packaged.PAPER)
    said = packaged.undertaking(person="Bo Lind")
    packaged.record(on_sqlite, said, corrects=number, reason="She left")
    assert rows(on_sqlite).undertaking[0].document == sha256_of(packaged.PAPER)


def test_the_address_is_salted_in_the_ledger_and_may_be_erased(on_sqlite, drafted):
    packaged.record(on_sqlite, packaged.premises())
    (kept,) = on_sqlite.all(PremisesAddress)
    told = bodies(on_sqlite, "OP-0001")[-1]
    assert packaged.ADDRESS not in json.dumps(told)
    assert salted(packaged.ADDRESS, kept.salt) in json.dumps(told)
    with on_sqlite.db.write() as tx:
        remove(tx, PremisesAddress, table_of(PremisesAddress).c.premises_id == kept.premises_id)
    assert rows(on_sqlite).premises[0].said.address is None
    with pytest.raises(sa.exc.DBAPIError), on_sqlite.db.write() as tx:
        tx.execute(sa.delete(table_of(PremisesRow)))


def test_no_free_text_and_no_name_stands_in_a_ledger(on_sqlite, drafted):
    packaged.say_all(on_sqlite)
    told = json.dumps([bodies(on_sqlite, each) for each in ("OP-0001", "programme")])
    for typed in ("Nickel", "Anna Berger", "384001", "Warned", packaged.ADDRESS, "Canal"):
        assert typed not in told


def test_whoever_approves_has_seen_the_rows_as_they_stand(on_sqlite, drafted):
    packaged.say_all(on_sqlite)
    seen = on_sqlite.referral(drafted)
    packaged.record(on_sqlite, packaged.rights(registration="384002"))
    with on_sqlite.refuses("changed meanwhile", kind=Stale):
        answering.approve(
            on_sqlite.db, on_sqlite.act(Role.LIAISON), seen.reference, version=seen.version
        )
    seen = on_sqlite.referral(drafted)
    packaged.record(on_sqlite, packaged.harm(text="Another"))
    with on_sqlite.refuses("changed meanwhile", kind=Stale):
        answering.approve(
            on_sqlite.db, on_sqlite.act(Role.LIAISON), seen.reference, version=seen.version
        )


def test_nobody_approves_a_referral_whose_package_they_wrote(on_sqlite, drafted):
    packaged.say_all(on_sqlite)
    liaison = on_sqlite.act(Role.LIAISON)
    packaged.record(on_sqlite, packaged.harm(text="Another"), act=liaison)
    with on_sqlite.refuses("yourself"):
        on_sqlite.approve_referral(drafted, liaison)
    packaged.complete(on_sqlite, on_sqlite.referral(drafted).reference)
    assert on_sqlite.approve_referral(drafted, on_sqlite.act(Role.LIAISON, "other liaison"))


def test_only_an_analyst_or_liaison_records_and_only_what_is_whole(on_sqlite):
    town, reference = on_sqlite, on_sqlite.refer(complete=False)
    for role in (Role.AUDITOR, Role.APPROVER, Role.SUPERVISOR, Role.CLERK):
        with town.refuses("Only an analyst or a liaison"):
            packaged.record(town, packaged.harm(), act=town.act(role))
        with town.refuses("Only an analyst or a liaison"):
            furnishing.withdraw(town.db, town.act(role), "OP-0001", RowKind.HARM, 1, reason="Wrong")
    with town.refuses("say source"):
        packaged.record(town, packaged.harm(source=" "))
    with town.refuses("no PDF"):
        packaged.record(town, packaged.harm(), document=b"\x89PNG")
    with town.refuses("Hand in the undertaking"):
        packaged.record(town, packaged.undertaking())
    with town.refuses("future"):
        packaged.record(town, packaged.knowledge(known_on=town.now.date().replace(year=2099)))
    with town.refuses("currency"):
        packaged.record(town, packaged.harm(currency="CNY"))
    with town.refuses("no test buy of this operator", kind=NotFound):
        packaged.record(town, packaged.knowledge(testbuy="TB-2026-999999"))
    with town.refuses("not known to the programme", kind=NotFound):
        packaged.record(town, packaged.rights(brand="Nobody"))
    with town.refuses("Say why"):
        packaged.record(town, packaged.harm(), corrects=1)
    assert packaged.record(town, packaged.knowledge(testbuy=reference.lower()))


def test_a_row_of_another_operator_can_not_be_corrected_from_here(on_sqlite):
    town = on_sqlite
    town.refer(complete=False)
    other = town.refer(3, 3, complete=False)
    assert town.referral(other).operator_id != 1
    number = packaged.record(town, packaged.premises(kind=PremisesKind.RESIDENCE))
    with town.refuses("no such row", kind=NotFound):
        packaged.record(town, packaged.premises(), "OP-0002", corrects=number, reason="Moved")
    assert rows(town, "OP-0002").premises == ()


def test_an_earlier_offence_on_record_opens_the_lower_thresholds(on_sqlite):
    town = on_sqlite
    town.refer(complete=False)
    with town.db.read() as tx:
        before = gauge(tx, 1, "CN", town.now)
    packaged.record(
        town,
        packaged.knowledge(kind=KnowledgeKind.REOFFENDING, known_on=town.now.date()),
    )
    with town.db.read() as tx:
        after = gauge(tx, 1, "CN", town.now)
    lower = [limb.state for limb in before.limbs if limb.threshold.reoffender]
    assert "met" not in lower
    assert "met" in [limb.state for limb in after.limbs if limb.threshold.reoffender]
    assert not any("offended before" in each for each in after.missing)


def test_the_package_tells_the_rows_with_their_papers_and_the_same_gauge(on_sqlite, tmp_path):
    town, reference = on_sqlite, on_sqlite.refer(complete=False)
    packaged.say_all(town)
    town.approve_referral(reference)
    with town.db.write() as tx:
        change(tx, Agency, table_of(Agency).c.name == "Luohu police", jurisdiction="UK")
    intent = sending.intend_sending(town.db, town.engine(), reference)
    package = dossiers.write_referral(town.db, town.vault, intent, tmp_path, town.now)
    with zipfile.ZipFile(package.path) as packed:
        names = {name.partition("/")[2]: name for name in packed.namelist()}
        told = json.loads(packed.read(names["data/testbuy.json"]))["package"]
        paper = packed.read(names["data/documents/undertaking-1.pdf"])
        pdf = packed.read(names[f"data/documents/referral-{intent.reference}.pdf"])
        first = packed.read(names["START-HERE.html"]).decode()
    assert paper == packaged.PAPER and pdf.startswith(b"%PDF")
    assert told["premises"][0]["address"] == packaged.ADDRESS
    assert told["undertaking"][0]["document"] == sha256_of(packaged.PAPER)
    assert first.index("referral-RF") < first.index("dossier.pdf")
    with town.db.read() as tx:
        held = reported(tx, intent.reference, [read(tx, reference)], town.now)
        reading = gauge(tx, 1, "UK", town.now)
    said = reporting.content(held, [], town.vault, town.now, "en")
    assert [line.sentence for line in said.limbs] == [
        limb.sentence.split(": ", 1)[1] for limb in reading.limbs
    ]
    assert said.missing == reading.missing
    assert [part.entries[0].says for part in said.parts[:2]] == [
        "5 January 2026: Warned by the platform",
        "Nickel above the limit",
    ]
    assert [row.label for row in said.glance] == [
        "Who", "What", "Where", "Since when", "Scale", "Safety", "Urgency",
    ]  # fmt: skip


def test_nothing_typed_for_the_package_leads_to_the_buyer(on_sqlite):
    town, reference = on_sqlite, on_sqlite.refer(complete=False)
    (persona,) = [each for each in town.all(Persona) if each.id == town.row(reference).persona_id]
    packaged.record(town, packaged.harm(text=f"Sent to {persona.recipient}, {persona.address}"))
    with town.db.read() as tx:
        referral = town.referral(reference).reference
        held = reported(tx, referral, [read(tx, reference)], town.now)
    told = json.dumps(held.data, ensure_ascii=False)
    assert "Sent to" in told and persona.address not in told and persona.recipient not in told
