"""The report of a referral: every fact of each link, each test buy, what speaks for the accused."""

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import asdict
from datetime import date

import pytest

from casework.operators import linking, merging, persons, waybills
from casework.operators.linking import NewIdentifier
from casework.operators.persons import NewHandle, NewPerson
from casework.operators.waybills import Told
from casework.papers import dossiers, previewing, reporting
from casework.papers.reported import reported
from casework.record.record import read
from casework.record.seals import NONE
from casework.referring import sending
from evidence import report
from evidence.words import words_of
from rules.identifiers import Confidence, IdentifierKind
from rules.lifecycle import Stage
from rules.linkage import PersonRole
from rules.roles import Role
from storage.rows import change, table_of
from storage.tables import (
    Identifier,
    Operator,
    Persona,
    Photo,
    Shop,
)
from tests.casework import packaged
from tests.casework.buying import test_chatting
from tests.casework.gauge import test_brushing
from tests.casework.operators import test_linking
from tests.casework.papers.test_dossier_in_chinese import english

HERE, THERE = 1, 2
"""The two shops of the operator."""


def fact(town, shop, kind, value, *, confirmed=True, said_by="Register extract 7", **more):
    """An identifier of a shop; its number."""
    sure = more.pop("sure", Confidence.CERTAIN)
    new = NewIdentifier(kind, value, date(2026, 10, 30), sure, said_by)
    act = town.act(Role.ANALYST)
    number = linking.record(town.db, act, town.shop(shop).id, new)
    if confirmed:
        linking.confirm(town.db, town.act(Role.ANALYST, "both"), number)
    return number


def tied(town):
    """Two shops of one operator by a phone; a hint, a fact of one shop, a person, a handle."""
    kinds = IdentifierKind
    for shop in (HERE, THERE):
        fact(town, shop, kinds.PHONE, "+86 138 1234 5678", said_by="The waybill of SF 1")
    for shop in (HERE, THERE):
        fact(town, shop, kinds.SENDER_NAME, "Canary Liu", confirmed=False, sure=Confidence.PROBABLE)
    fact(town, THERE, kinds.PAYMENT_ACCOUNT, "6222 0000 1111", confirmed=False)
    gone = fact(town, HERE, kinds.REGISTRANT, "Canary Zhao")
    linking.withdraw(
        town.db, town.act(Role.ANALYST), gone, seen=town.all(Identifier)[-1].state,
        reason="Another Zhao.",
    )  # fmt: skip
    (operator,) = town.all(Operator)
    person = NewPerson("Canary Liu", PersonRole.CONTROLLER, "The waybills", date(2026, 1, 2))
    persons.add_person(town.db, town.act(Role.ANALYST), operator.reference, person)
    handle = NewHandle("weidian", "liu-watches", "A buyer", date(2026, 9, 1))
    persons.add_handle(town.db, town.act(Role.ANALYST), operator.reference, handle)
    return operator


@pytest.fixture
def told(on_sqlite):
    """An approved referral of two test buys in two shops of one operator; the town and both."""
    town = on_sqlite
    operator = tied(town)
    first, second = (town.bring(Stage.ASSIGNED, flag) for flag in (HERE, THERE))
    assert test_chatting.say(town, first, "Do you have a replica?").warned == ("replica",)
    for reference in (first, second):
        town.record_sales(town.shop(HERE if reference == first else THERE).id)
        town.carry_on(reference, Stage.JUDGED)
    town.run(first)
    town.run(second)
    packaged.say_all(town, operator.reference)
    packaged.complete(town, town.referral(first).reference)
    town.approve_referral(first)
    return town, first, second


def content(town, reference, *testbuys, language="en"):
    with town.db.read() as tx:
        records = [read(tx, each) for each in testbuys]
        held = reported(tx, reference, records, town.now)
    return reporting.content(held, records, town.vault, town.now, language)


def test_every_fact_of_a_link_is_told_with_source_confidence_and_who_confirmed_it(told):
    town, first, second = told
    said = content(town, town.referral(first).reference, first, second)
    phone, name = said.ties
    assert (phone.title, name.title) == ("Phone", "Sender's name")
    assert "joins shops by itself" in phone.carries and "one person's" in phone.carries
    assert "joins nothing by itself" in name.carries
    assert {each.shop for each in phone.facts} == {"Shop 1", "Shop 2"}
    for each in phone.facts:
        assert each.value == "+86 138 1234 5678"
        assert each.source == "The waybill of SF 1; seen on 30 October 2026"
        assert (each.sureness, each.borne) == ("confidence: certain", "by Both, 2 November 2026")
    assert {each.borne for each in name.facts} == {"recorded, confirmed by nobody"}
    assert {each.sureness for each in name.facts} == {"confidence: probable"}
    (account,) = said.alone
    assert (account.kind, account.shop) == ("payment account", "Shop 2")
    assert any("confirmed identifier" in each and "By programme" in each for each in said.history)
    assert "Canary Zhao" not in str(said), "what was withdrawn stands in the schedule alone"
    assert any(line.kind == "withdrawn link" for line in said.disclosed)
    shops, persons_, handles = said.who
    assert [each.label for each in shops.entries] == ["Shop 1", "Shop 2"]
    (person,) = persons_.entries
    assert (person.label, person.says) == ("Canary Liu", "controller; since 2 January 2026")
    assert handles.entries[0].says == "liu-watches; seen on 1 September 2026"


def test_a_parcels_fact_names_its_test_buy_and_the_photo_that_shows_it(told):
    town, first, second = told
    (label,) = [each for each in town.of(Photo, first) if each.shot == "R02"]
    lane = Told(IdentifierKind.RETURN_ADDRESS, "9 Canary Lane")
    waybills.write_down(
        town.db, town.act(Role.CLERK), first, [lane], seen_on=town.now.date(),
        confidence=Confidence.CERTAIN, photo=label.public_id, exhibit=None,
    )  # fmt: skip
    alone = content(town, town.referral(first).reference, first, second).alone
    (seen,) = [each for each in alone if each.value == "9 Canary Lane"]
    assert seen.source == f"from the parcel of {first}; photo R02; seen on 2 November 2026"


def test_a_fact_that_is_not_confirmed_at_two_shops_is_not_said_to_join(told):
    town, first, second = told
    reference = town.referral(first).reference
    fact(town, HERE, IdentifierKind.RETURN_ADDRESS, "9 Canary Lane")
    fact(town, THERE, IdentifierKind.RETURN_ADDRESS, "9 Canary Lane", confirmed=False)
    ties = {each.title: each for each in content(town, reference, first, second).ties}
    assert list(ties) == ["Phone", "Return address", "Sender's name"], "what joins stands first"
    assert "as it stands it joins nothing" in ties["Return address"].carries
    assert {each.borne for each in ties["Return address"].facts} == {
        "by Both, 2 November 2026", "recorded, confirmed by nobody",
    }  # fmt: skip


def test_an_operator_that_was_merged_keeps_its_shops_in_its_referral(told):
    """The referral names the operator it was drafted about; its shops are the survivor's now."""
    town, first, second = told
    other = test_linking.link(town, 5, "Wang")
    reference = town.referral(first).reference
    (liu,) = [each.reference for each in town.all(Operator) if each.reference != other]
    merging.merge(town.db, town.act(Role.ANALYST), other, liu, reason="One hand.")
    said = content(town, reference, first, second)
    shops = {each.label for each in said.who[0].entries}
    assert shops == {"Shop 1", "Shop 2", "Shop 5"}
    assert len(said.ties) == 2 and said.who[1].entries[0].label == "Canary Liu"
    assert any("One hand." in each and "Analyst" in each for each in said.history)


def test_each_test_buy_is_told_with_its_result_and_the_digests_of_its_bundle(told, tmp_path):
    town, first, second = told
    reference = town.referral(first).reference
    said = content(town, reference, first, second)
    assert [each.reference for each in said.testbuys] == [first, second]
    for each, shop in zip(said.testbuys, ("Shop 1", "Shop 2"), strict=True):
        rows = {row.label: row.value for row in each.rows}
        assert each.conclusion == "Counterfeit" and rows["Paid"] == "CNY 99.00"
        assert rows["Where"] == f"{shop} on taobao" and rows["Bought"] == "2 November 2026"
        (verdict,) = [value for label, value in rows.items() if label.startswith("Verdict on")]
        assert verdict == "counterfeit; examined: photographs; sealed on 2 November 2026"
        assert rows["Found"] == "workmanship rough (major)"
        assert each.picture and each.picture.shot == "I02"
        own = tmp_path / f"{each.reference}.zip"
        dossiers.write_bundle(town.db, town.vault, each.reference, own, town.now)
        index = inside(own, "data/index.json")
        assert [row.value for row in each.digests][:2] == [
            index["evidence_set"], index["ledgers"][0]["head"],
        ]  # fmt: skip


def inside(package, name):
    with zipfile.ZipFile(package) as packed:
        (found,) = [each for each in packed.namelist() if each.partition("/")[2] == name]
        return json.loads(packed.read(found))


def test_its_digests_are_those_of_the_package_and_verify_compares_them(told, tmp_path):
    town, first, second = told
    intent = sending.intend_sending(town.db, town.engine(), first)
    package = dossiers.write_referral(town.db, town.vault, intent, tmp_path, town.now)
    index = inside(package.path, "data/index.json")
    said = content(town, intent.reference, first, second)
    assert said.evidence_set == index["evidence_set"]
    assert {(each.subject, each.entries, each.head) for each in said.ledgers} == {
        (each["subject"], each["entries"], each["head"]) for each in index["ledgers"]
    }
    with zipfile.ZipFile(package.path) as packed:
        packed.extractall(tmp_path)
        front = packed.read(f"{intent.reference}/START-HERE.html").decode()
    bag = tmp_path / intent.reference
    assert front.index(f"referral-{intent.reference}.pdf") < front.index("data/dossier.pdf")
    pdf = bag / "data/documents" / f"referral-{intent.reference}.pdf"
    assert pdf.read_bytes() == report.render(
        content(town, intent.reference, first, second, language="zh")
    )
    assert f"{intent.reference} {said.ledgers[0].head}" in verified(bag)
    pdf.write_bytes(pdf.read_bytes().replace(said.ledgers[1].head.encode(), b"sha256:" + b"7" * 64))
    assert "7" * 64 in verified(bag), "another head than the ledger's is told"


def verified(bag):
    done = subprocess.run(
        [sys.executable, bag / "verify.py", bag], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_what_speaks_for_the_accused_is_told_in_full(told):
    town, first, second = told
    said = content(town, town.referral(first).reference, first, second)
    conduct, waived = said.parts[5], said.parts[6]
    assert [(each.label, each.says) for each in conduct.entries] == [
        (first, "The buyer wrote: replica"), (second, "Nothing was written to the seller."),
    ]  # fmt: skip
    assert not waived.entries and waived.nothing
    with town.db.read() as tx:
        lines = read(tx, first).disclosed
    assert len(said.disclosed) == len(lines) > 4
    assert {each.sentence for each in said.disclosed} == {
        each.sentence(words_of("en")) for each in lines
    }


def test_orders_that_may_be_made_up_are_told_on_page_one_and_beside_the_gauge(
    told, tmp_path, poppler
):
    """The sum as recorded alone would say that all of it was sold."""
    town, first, second = told
    referral = town.referral(first).reference
    assert "made up" not in str(content(town, referral, first, second))
    test_brushing.estimate(town, test_brushing.open_case(town), 500_000, 600_000, "CNY")
    said = content(town, referral, first, second)
    left = "CNY 114,000.00 to CNY 115,000.00 without orders that may be made up"
    (range_,) = said.made_up
    assert range_ == f"Sales of CNY 120,000.00 as recorded are {left}; the lower figure counts."
    (scale,) = [row.value for row in said.glance if row.label == "Scale"]
    assert left in scale
    kinds = [line.kind for line in said.disclosed]
    assert {"made-up orders", "figure of made-up orders"} <= set(kinds)
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(report.render(said))
    read_by = subprocess.run([poppler("pdftotext"), "-layout", pdf, "-"], capture_output=True)
    text = " ".join(read_by.stdout.decode().split())
    assert text.count("without orders that may be made up") >= 2
    assert "虚构" in str(content(town, referral, first, second, language="zh").made_up)


def test_nothing_typed_about_a_link_leads_to_a_buyer(told):
    """Of any test buy of the shops, also of one that the referral does not rest on."""
    town, first, second = told
    third = town.bring(Stage.ORDERED, 3)
    fact(town, 3, IdentifierKind.PHONE, "+86 138 1234 5678")
    (persona,) = [each for each in town.all(Persona) if each.id == town.row(third).persona_id]
    hers = f"{persona.recipient}, {persona.address}"
    (operator,) = town.all(Operator)
    fact(town, HERE, IdentifierKind.COURIER, f"To {hers}", said_by=f"Seen by {hers}")
    said = NewPerson(f"Friend of {hers}", PersonRole.COURIER, f"Told {hers}")
    persons.add_person(town.db, town.act(Role.ANALYST), operator.reference, said)
    with town.db.write() as tx:
        shop = town.shop(HERE).id
        change(tx, Shop, table_of(Shop).c.id == shop, link_basis=f"Sent to {hers}")
    told_now = str(content(town, town.referral(first).reference, first, second))
    assert "Sent to" in told_now and "Friend of" in told_now and "Seen by" in told_now
    assert persona.recipient not in told_now and persona.address not in told_now


def test_the_preview_is_marked_on_every_page_and_agrees_with_the_report(told, tmp_path, poppler):
    town, first, _ = told
    reference = town.referral(first).reference
    pdf = tmp_path / "preview.pdf"
    pdf.write_bytes(
        previewing.dossier_pdf(town.db, town.vault, reference, reference, town.now, "zh", NONE)
    )
    command = [poppler("pdftotext"), pdf, "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = said.split("\f")[:-1]
    assert len(pages) > 5 and all("预览：未封存" in page for page in pages)


def test_no_word_of_ours_is_left_in_english(told):
    town, first, second = told
    reference = town.referral(first).reference
    said = content(town, reference, first, second, language="zh")
    with town.db.read() as tx:
        held = reported(tx, reference, [read(tx, first)], town.now)
    typed = {
        "Article 1", "Article 2", "taobao", "Shop 1", "Shop 2", "Luohu police", "Canary Liu",
        "The waybill of SF 1", "The waybills", "liu-watches", "weidian", "A buyer", "vision",
        "Vision", "platform", "Expert", "Both", "Register extract 7", "Swarovski AG", "replica",
        "As seen in the photos.", "Another Zhao.", "The platform was asked twice.", ".pdf",
        "data/documents/", "undertaking-1", "data/chat.json",
        f"SEAL-{first}", f"SEAL-{second}", "Test-buy programme", *texts(held.data),
    }  # fmt: skip
    left = dict[str, set[str]]()
    theirs = "|".join(map(re.escape, sorted(typed, key=len, reverse=True)))
    for text in texts(asdict(said)):
        ours = re.sub(theirs, " ", text).lower()
        if words := set(re.findall("[a-z]{3,}", ours)) & english() - {"sha"}:
            left[text] = words
    assert left == {}


def texts(value):
    """Every text in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
