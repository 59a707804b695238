"""Chat, conduct warnings, notaries' certificates and kit cards, by the door."""

import json
from datetime import timedelta

import pytest

from casework.buying import chatting
from casework.custody import certifying
from casework.errors import NotFound
from casework.photographs import confirming
from casework.programme import phrasing
from casework.record import record
from rules.lifecycle import Stage
from rules.roles import Role
from rules.shots import Proof
from storage.tables import ConductWarning, Notice, Photo, Side


def say(programme, reference, text, by=Side.BUYER, act=None, **others):
    said = {"said_by": by, "language": "en", "text": text, "said_at": programme.now} | others
    return chatting.record_message(
        programme.db, act or programme.buyer(reference), reference, **said
    )


def bodies(programme, reference):
    return [entry.body.decode() for entry in programme.ledger(reference)]


def read(programme, reference):
    with programme.db.read() as tx:
        return record.read(tx, reference)


def test_the_buyers_words_warn_and_the_sellers_do_not(both):
    reference = both.bring(Stage.ASSIGNED)
    assert say(both, reference, "It is the best fake", by=Side.SELLER).warned == ()
    assert say(both, reference, "Is it in stock?").warned == ()
    assert say(both, reference, "Do you have a replica? 有高仿吗").warned == ("replica", "高仿")
    (warning,) = both.of(ConductWarning, reference)
    assert warning.matched == ["replica", "高仿"] and not warning.verified
    assert warning.rule_version.startswith("2026-01-01/")
    (notice,) = [each for each in both.all(Notice) if each.key.startswith("conduct:")]
    assert notice.to_role is Role.SUPERVISOR and "replica" not in notice.text
    whole = read(both, reference)
    assert [said.message.said_by for said in whole.chat] == [Side.SELLER, Side.BUYER, Side.BUYER]
    assert [each.warning for each in whole.conduct_warnings] == [warning]


def test_the_ledger_holds_numbers_and_commitments_alone(both):
    reference = both.bring(Stage.ASSIGNED)
    first = say(both, reference, "Is it fake?")
    say(both, reference, "Is it fake?", said_at=both.now.replace(minute=1))
    told = [json.loads(each)["facts"] for each in bodies(both, reference)]
    assert all("fake" not in each for each in bodies(both, reference))
    noted = [each["text"] for each in told if each.get("what") == "chat message recorded"]
    assert len(set(noted)) == 2, "the same words twice would be guessed from their digest"
    (raised,) = [each for each in told if each.get("warning") == 1]
    assert raised["message"] == first.message_id


def test_a_remark_stands_beside_a_warning_that_stays(both):
    reference = both.bring(Stage.ASSIGNED)
    say(both, reference, "Is it fake?")
    (warning,) = both.of(ConductWarning, reference)
    with both.refuses("Only a supervisor"):
        chatting.remark(both.db, both.act(Role.CLERK), warning.id, text="Harmless")
    chatting.remark(both.db, both.act(Role.SUPERVISOR), warning.id, text="Asked after the sale.")
    ((_, row),) = chatting.newest_warnings(both.db)
    assert [each.text for each in row.remarks] == ["Asked after the sale."]
    first = both.now
    both.now += timedelta(hours=1)
    chatting.remark(both.db, both.act(Role.SUPERVISOR), warning.id, text="Spoken to.")
    (kept,) = both.of(ConductWarning, reference)
    assert kept == warning._replace(remarked_at=first), "it stays, and tells when it was first seen"


def test_a_translation_names_its_translator(both):
    reference = both.bring(Stage.ASSIGNED)
    message = say(both, reference, "有货吗", language="zh").message_id
    translated = {"language": "en", "text": "In stock?", "translator": "Wang Li"}
    chatting.add_translation(both.db, both.act(Role.CLERK), message, **translated)
    (said,) = read(both, reference).chat
    assert said.message.text == "有货吗"
    assert [(each.text, each.translator) for each in said.translations] == [
        ("In stock?", "Wang Li")
    ]
    with both.refuses("who translated"):
        chatting.add_translation(
            both.db, both.act(Role.CLERK), message, **translated | {"translator": " "}
        )


def test_what_can_not_be_recorded(both):
    reference = both.bring(Stage.ASSIGNED)
    with both.refuses("Paste"):
        say(both, reference, "  ")
    with both.refuses("future"):
        say(both, reference, "Hello", said_at=both.now.replace(year=2027))
    with both.refuses(kind=NotFound):
        strangers = {"Bao Yun", "Dai Min"}
        own = both.buyer(reference).person
        (other,) = [name for name in strangers if both.people[name] != own]
        say(both, reference, "Hello", act=both.act(Role.BUYER, other))
    with both.refuses("clerk"):
        say(both, reference, "Hello", act=both.act(Role.ANALYST))


def test_words_added_by_an_administrator_warn_from_their_day_on(both):
    reference = both.bring(Stage.ASSIGNED)
    words = {"words": "twin", "language": "en", "valid_until": None, "source": "counsel"}
    words |= {"verified": True, "valid_from": both.now.date().replace(day=3)}
    phrasing.set_phrase(both.db, both.act(Role.ADMINISTRATOR), **words)
    assert say(both, reference, "A twin?").warned == ()
    both.later(days=1)
    assert say(both, reference, "A twin?").warned == ("twin",)
    assert both.of(ConductWarning, reference)[0].verified
    with both.refuses("already"):
        phrasing.set_phrase(both.db, both.act(Role.ADMINISTRATOR), **words)


def certificate(programme, reference, act=None, **others):
    told = {"office": "Luohu Notary", "number": "2026-77", "covers": "The purchase"}
    told |= {"issued_on": programme.now.date(), "data": b"%PDF-1.7 certificate"}
    return certifying.hand_in_certificate(
        programme.db, programme.vault, act or programme.act(Role.CLERK), reference, **told | others
    )


def check(programme, reference, role=Role.COUNSEL, *, in_order=True, remark="By telephone", **who):
    act = who.get("act") or programme.act(role, "supervisor")
    (row,) = read(programme, reference).notary_certificates
    certifying.check_certificate(
        programme.db, act, reference, row.id, in_order=in_order, remark=remark
    )


def test_a_check_of_a_certificate_stands_and_a_later_one_beside_it(both):
    reference = both.bring(Stage.ASSIGNED)
    certificate(both, reference)
    both.later(minutes=1)
    first = both.now
    check(both, reference)
    with both.refuses("recorded already"):
        check(both, reference)
    both.later(minutes=1)
    check(both, reference, Role.SUPERVISOR, in_order=False, remark="Another number")
    (row,) = read(both, reference).notary_certificates
    assert row.checked_at == first
    with both.db.read() as tx:
        found = [(e.in_order, e.remark, e.checked_by) for e in certifying.checks_of(tx, row.id)]
    people = both.people
    assert found == [
        (True, "By telephone", people["supervisor"]),
        (False, "Another number", people["supervisor"]),
    ]
    told = [json.loads(each)["facts"] for each in bodies(both, reference)]
    noted = [e for e in told if e.get("what") == "notary certificate checked"]
    assert [(e["certificate"], e["in_order"]) for e in noted] == [(row.id, True), (row.id, False)]
    assert "telephone" not in str(noted)


def test_who_may_check_a_certificate_and_what_they_must_say(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    certificate(town, reference)
    with town.refuses("by counsel or a supervisor"):
        check(town, reference, act=town.act(Role.CLERK))
    with town.refuses("Say how you checked"):
        check(town, reference, remark=" ")
    with town.refuses("Somebody else checks it"):
        check(town, reference, act=town.act(Role.SUPERVISOR, "clerk"))
    with town.refuses("no such certificate", NotFound):
        certifying.check_certificate(
            town.db, town.act(Role.SUPERVISOR), reference, 99, in_order=True, remark="x"
        )
    (row,) = read(town, reference).notary_certificates
    assert row.checked_at is None


def test_a_notarys_certificate_is_kept_bit_for_bit(both):
    reference = both.bring(Stage.ASSIGNED)
    digest = certificate(both, reference)
    assert both.vault.read(digest) == b"%PDF-1.7 certificate"
    (row,) = read(both, reference).notary_certificates
    assert (row.office, row.number, row.digest) == ("Luohu Notary", "2026-77", digest)
    assert digest in "".join(bodies(both, reference))
    with both.refuses("already"):
        certificate(both, reference)
    with both.refuses("no PDF"):
        certificate(both, reference, data=b"MZ")
    with both.refuses("clerk or a liaison"):
        certificate(both, reference, act=both.act(Role.ANALYST), data=b"%PDF-2")
    with both.refuses("There is no test buy"):
        certificate(both, "TB-1999-000001")


def test_a_kit_card_stands_for_the_code_and_a_clerk_confirms_it(both):
    reference = both.bring(Stage.ORDERED)
    certifying.record_kit_card(both.db, both.buyer(reference), reference, number=" KC-0042 ")
    both.carry_on(reference, Stage.RECEIVED)
    (parcel,) = [each for each in both.of(Photo, reference) if each.shot == "R01"]
    assert parcel.challenge_found is False
    said = {"proof": Proof.CHALLENGE, "agrees": True, "remark": ""}
    with both.refuses("changed meanwhile"):
        code = both.row(reference).challenge_code
        confirming.confirm(
            both.db, both.act(Role.CLERK), parcel.public_id, compared_with=code, **said
        )
    confirming.confirm(
        both.db, both.act(Role.CLERK), parcel.public_id, compared_with="KC-0042", **said
    )
    assert read(both, reference).kit_card == "KC-0042"
    assert not any("KC-0042" in body for body in bodies(both, reference))


@pytest.mark.parametrize("stage", [Stage.AUTHORISED, Stage.RECEIVED])
def test_a_kit_card_is_recorded_before_the_parcel_comes(on_sqlite, stage):
    """Told afterwards, its number would prove no “not before”."""
    reference = on_sqlite.bring(stage)
    with on_sqlite.refuses("before the parcel"):
        certifying.record_kit_card(
            on_sqlite.db, on_sqlite.act(Role.CLERK), reference, number="KC-1"
        )


def test_a_kit_card_is_of_one_test_buy(both):
    first, second = both.bring(Stage.ASSIGNED, flag=1), both.bring(Stage.ASSIGNED, flag=2)
    clerk = both.act(Role.CLERK)
    certifying.record_kit_card(both.db, clerk, first, number="KC-1")
    with both.refuses("another test buy"):
        certifying.record_kit_card(both.db, clerk, second, number="KC-1")
    with both.refuses("it stays"):
        certifying.record_kit_card(both.db, clerk, first, number="KC-2")
