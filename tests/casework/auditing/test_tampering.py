"""The tamper table's rows of database and vault: each change made for real, on both databases."""

import io
import json
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from casework.auditing import verifying
from casework.clock import anchoring
from casework.custody import certifying
from casework.intake import codes, photographing
from casework.intake.codes import NewCode
from evidence import ledger as chains
from evidence import tampering
from evidence.pieces import LIST, PIECE
from rules.codes import CodeKind
from rules.lifecycle import Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage import ledger, triggers
from storage.tables import Exhibit, NotaryCertificate, PageCapture, Photo, Side
from tests.casework.buying.test_chatting import say
from tests.casework.intake.test_capturing import capture

ROWS = [change for change in tampering.CHANGES if change.where == tampering.DATABASE]


def told(town, reference, *without):
    found = verifying.check_testbuy(town.db, town.vault, reference, without=frozenset(without))
    return {each.name: each.problems for each in found if each.problems}


def rewrite(town, tables, *statements):
    """As whoever owns the database does: triggers away, the rows changed, triggers back."""
    with (town.owner or town.db).write() as tx:
        for table in tables:
            for event in ("update", "delete", "insert"):
                on = "" if town.db.is_sqlite else f" ON {table}"
                tx.execute(sa.text(f"DROP TRIGGER IF EXISTS keeps_{table}_{event}{on}"))
        for statement, given in statements:
            tx.execute(sa.text(statement), given)
        triggers.install(tx)


def first_photo(town, reference):
    return town.of(Photo, reference)[0]


def db_verdict(town, reference):
    rewrite(town, ["verdict"], ("UPDATE verdict SET value = 'genuine'", {}))


def db_photo(town, reference):
    digest = town.vault.put(b"another photo").digest
    photo = first_photo(town, reference)
    rewrite(town, [], ("UPDATE photo SET digest = :d WHERE id = :i", {"d": digest, "i": photo.id}))


def db_photo_gone(town, reference):
    given = {"i": first_photo(town, reference).id}
    rewrite(
        town,
        ["examination_photo", "confirmation"],
        ("DELETE FROM photo_capture WHERE photo_id = :i", given),
        ("DELETE FROM examination_photo WHERE photo_id = :i", given),
        ("DELETE FROM photo_band WHERE photo_id = :i", given),
        ("DELETE FROM photo WHERE id = :i", given),
    )


def db_move(town, reference):
    rewrite(
        town, ["move_record"], ("UPDATE move_record SET target = 'judged' WHERE version = 2", {})
    )


def db_code(town, reference):
    (exhibit,) = town.of(Exhibit, reference)
    code = NewCode(CodeKind.SERIAL, "SN-4711")
    codes.record(town.db, town.act(Role.CLERK), exhibit.reference, code)
    assert told(town, reference) == {}
    rewrite(town, ["exhibit_code"], ("UPDATE exhibit_code SET text = 'SN-4712'", {}))


def db_trigger(town, reference):
    with (town.owner or town.db).write() as tx:
        on = "" if town.db.is_sqlite else " ON verdict"
        tx.execute(sa.text(f"DROP TRIGGER keeps_verdict_update{on}"))


def db_clock_back(town, reference):
    with town.db.write() as tx:
        ledger.append(tx, reference, {"what": "noted"}, town.now - timedelta(days=400))


def db_swapped(town, reference):
    move = "UPDATE ledger SET seq = :to WHERE subject = :s AND seq = :at"
    steps = [(2, 900), (3, 2), (900, 3)]
    rewrite(town, ["ledger"], *((move, {"s": reference, "at": a, "to": t}) for a, t in steps))


def db_dropped(town, reference):
    moves = [e.seq for e in town.ledger(reference) if "to" in json.loads(e.body)["facts"]]
    drop = "DELETE FROM ledger WHERE subject = :s AND seq = :n"
    rewrite(town, ["ledger"], (drop, {"s": reference, "n": moves[1]}))


def db_inserted(town, reference):
    entries = town.ledger(reference)
    facts = [json.loads(entry.body)["facts"] for entry in entries]
    at = [datetime.fromisoformat(json.loads(entry.body)["at"]) for entry in entries]
    facts.insert(2, {"what": "authorise", "to": "authorised", "version": 999, "by": "approver"})
    at.insert(2, at[2])
    prev, statements = chains.genesis(reference), []
    for seq, (each, when) in enumerate(zip(facts, at, strict=True), 1):
        entry = chains.link(reference, seq, prev, each, when)
        prev = entry.hash
        given = {"s": reference, "n": seq, "p": entry.prev, "h": entry.hash, "b": entry.body}
        statements.append(("INSERT INTO ledger (subject, seq, prev, hash, body) "
                           "VALUES (:s, :n, :p, :h, :b)", given))  # fmt: skip
    wipe = ("DELETE FROM ledger WHERE subject = :s", {"s": reference})
    rewrite(town, ["ledger"], wipe, *statements)


def db_rewritten(town, reference):
    """Every entry a minute later than it was, all hashes made anew: the chain itself holds."""
    anchoring.make(town.db, town.act(Role.PROGRAMME))
    prev, statements = chains.genesis(reference), []
    for each in town.ledger(reference):
        body = json.loads(each.body)
        at = datetime.fromisoformat(body["at"]) + timedelta(minutes=1)
        entry = chains.link(reference, each.seq, prev, body["facts"], at)
        prev = entry.hash
        given = {"s": reference, "n": entry.seq, "p": entry.prev, "h": entry.hash, "b": entry.body}
        statements.append(("INSERT INTO ledger (subject, seq, prev, hash, body) "
                           "VALUES (:s, :n, :p, :h, :b)", given))  # fmt: skip
    wipe = ("DELETE FROM ledger WHERE subject = :s", {"s": reference})
    rewrite(town, ["ledger"], wipe, *statements)


def db_stale_anchor(town, reference):
    """The newest anchor away and an older root in the place of the one it followed."""
    anchoring.make(town.db, town.act(Role.PROGRAMME))
    with town.db.write() as tx:
        ledger.append(tx, reference, {"what": "noted"}, town.now)
    anchoring.make(town.db, town.act(Role.PROGRAMME))
    rewrite(town, ["anchor"], ("UPDATE anchor SET previous = 'sha256:00' WHERE id = 2", {}))


def vault_bit(town, reference):
    flip(town.vault.path(first_photo(town, reference).digest))


def flip(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)


def vault_gone(town, reference):
    town.vault.path(first_photo(town, reference).digest).unlink()


def piece_of(town, reference):
    """The second of the pieces in which the film lies."""
    (film,) = [each for each in town.of(Photo, reference) if each.shot == "U01"]
    whole = town.vault.path(film.digest)
    return town.vault.path(whole.with_name(whole.name + LIST).read_text().split()[1])


def film_piece_bit(town, reference):
    flip(piece_of(town, reference))


def film_piece_gone(town, reference):
    piece_of(town, reference).unlink()


def db_chat_dropped(town, reference):
    rewrite(town, ["chat_message"], ("DELETE FROM chat_message WHERE said_by = 'seller'", {}))


def db_chat_edited(town, reference):
    rewrite(town, ["chat_message"], ("UPDATE chat_message SET text = 'Real' WHERE id = 1", {}))


def db_capture(town, reference):
    digest = town.vault.put(b"another page").digest
    change = "UPDATE page_capture SET warc_digest = :d WHERE what = 'listing'"
    rewrite(town, ["page_capture"], (change, {"d": digest}))


def db_certificate_gone(town, reference):
    tables = ("notary_check", "notary_certificate")
    rewrite(town, tables, *((f"DELETE FROM {table}", {}) for table in tables))


def db_check_turned(town, reference):
    rewrite(town, ["notary_check"], ("UPDATE notary_check SET in_order = true", {}))


def db_check_pretended(town, reference):
    change = "UPDATE notary_certificate SET checked_at = handed_in_at WHERE checked_at IS NULL"
    rewrite(town, ["notary_certificate"], (change, {}))


def capture_bit(town, reference):
    flip(town.vault.path(town.of(PageCapture, reference)[0].warc_digest))


@pytest.fixture
def judged(both, request):
    """A test buy with chat, captures and a certificate; with a long film where that is changed."""
    reference = both.bring(Stage.ASSIGNED)
    capture(both, reference)
    for by in (Side.BUYER, Side.SELLER):
        say(both, reference, "Is it in stock?", by=by)
    certifying.hand_in_certificate(
        both.db, both.vault, both.act(Role.CLERK), reference, office="Luohu", number="7",
        issued_on=date(2026, 1, 2), covers="the page", data=b"%PDF-1.7 notary",
    )  # fmt: skip
    (paper,) = both.of(NotaryCertificate, reference)
    certifying.check_certificate(
        both.db, both.act(Role.SUPERVISOR), reference, paper.id, in_order=False, remark="No seal",
    )  # fmt: skip
    certifying.hand_in_certificate(
        both.db, both.vault, both.act(Role.CLERK), reference, office="Luohu", number="8",
        issued_on=date(2026, 1, 2), covers="the page", data=b"%PDF-1.7 another",
    )  # fmt: skip
    change = getattr(request.node, "callspec", None)
    if change and "change" in change.params and change.params["change"].key.startswith("film"):
        both.carry_on(reference, Stage.RECEIVED)
        film = io.BytesIO(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(PIECE))
        photographing.take_photo(
            both.db, both.vault, both.buyer(reference), reference, shot="U01", data=film, name="f"
        )
    both.carry_on(reference, Stage.JUDGED, Verdict.COUNTERFEIT)
    return both, reference


def test_what_nobody_touched_is_well(judged):
    town, reference = judged
    assert told(town, reference) == {}
    found = list(verifying.check_everything(town.db, town.vault))
    assert [each for each in found if each.problems] == []
    assert len(found) == len(verifying.LOOKS) + 3


@pytest.mark.parametrize("change", ROWS, ids=lambda change: change.key)
def test_exactly_the_named_checks_report_it_and_without_them_nobody_does(judged, change):
    town, reference = judged
    globals()[change.key](town, reference)
    assert set(told(town, reference)) == set(change.caught_by)
    assert told(town, reference, *change.caught_by) == {}
    everywhere = {
        each.name for each in verifying.check_everything(town.db, town.vault) if each.problems
    }
    assert everywhere - {verifying.VAULT} >= set(change.caught_by) - {verifying.FILES}
    assert everywhere


def test_the_tables_names_are_those_of_the_checks():
    names = {name for name, _ in verifying.LOOKS} | {verifying.TRIGGERS, verifying.ANCHORS}
    assert {name for change in ROWS for name in change.caught_by} <= names
