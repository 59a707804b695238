"""Captured pages, notaries' documents, chats and words that warn, by the portal's own door."""

import hashlib
import re
from datetime import date, timedelta

import pytest

from casework.custody import certifying
from casework.intake import capturing
from casework.intake.capturing import Seen
from connectors.browsing import Visit
from evidence import webarchive
from evidence.webarchive import Exchange
from rules.roles import Role
from storage import ledger
from storage.rows import every
from storage.tables import ChatTranslation, ConductPhrase, ConductWarning, PageCapture
from tests.portal.small_world import World, picture, send


def capture(world: World, reference: str, *, shown: bytes | None, code: int = 200) -> None:
    """What the machine does before an order: listing and seller page, visited and kept."""
    act = world.act(Role.PROGRAMME, f"capture {reference}")
    seller = "https://shop.example/seller"
    for wanted in capturing.intend_captures(world.db, act, reference, seller):
        body = f"<h1>{wanted.subject}</h1>".encode()
        head = b"HTTP/1.1 200 OK\r\n\r\n"
        seen = Exchange(
            wanted.url, "203.0.113.7", world.now, b"GET / HTTP/1.1\r\n\r\n", head + body
        )
        visit = Visit(wanted.url, (seen,), code, "text/html", body, None)
        problem = None if shown else "the browser gave no picture"
        capturing.settle_captured(
            world.db, world.vault, act, reference, wanted,
            Seen(visit, world.now, shown, problem), lambda data: b"stamp of " + data,
        )  # fmt: skip


@pytest.fixture
def captured(world: World) -> tuple[World, str, PageCapture]:
    reference = world.testbuys["assigned"]
    capture(world, reference, shown=picture("page"))
    with world.db.read() as tx:
        row = every(tx, PageCapture, testbuy_id=world.row(reference).id)[0]
    return world, reference, row


def test_a_captured_page_is_shown_and_given_to_those_entitled(captured) -> None:
    world, reference, row = captured
    here = f"/testbuys/{reference}/captures/{row.id}"
    liaison, counsel = world.client(Role.LIAISON), world.client(Role.COUNSEL)
    page = liaison.get(f"/testbuys/{reference}").text
    assert "Pages captured before the order" in page and row.warc_digest in page
    assert "P01, P02" in page and "no authority is named here" in page
    given = liaison.get(f"{here}/page.warc.gz")
    assert "sha256:" + hashlib.sha256(given.content).hexdigest() == row.warc_digest
    assert webarchive.read(given.content)[0].url == row.url
    shown = liaison.get(f"{here}/picture.png")
    assert shown.headers["content-type"] == "image/png"
    assert "sha256:" + hashlib.sha256(shown.content).hexdigest() == row.picture_digest
    assert liaison.get(f"{here}/stamp.tsr").content == b"stamp of " + row.warc_digest.encode()
    # Counsel reads the page, and is given no file that holds what the wire held.
    assert "WARC" not in counsel.get(f"/testbuys/{reference}").text
    assert counsel.get(f"{here}/page.warc.gz").status_code == 403
    assert counsel.get(f"{here}/picture.png").status_code == 200
    other = world.testbuys["examined"]
    assert liaison.get(f"/testbuys/{other}/captures/{row.id}/page.warc.gz").status_code == 404


def test_a_capture_whose_bytes_changed_is_not_given_out(captured) -> None:
    world, reference, row = captured
    path = world.vault.path(row.warc_digest)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    answer = world.client(Role.LIAISON).get(f"/testbuys/{reference}/captures/{row.id}/page.warc.gz")
    assert answer.status_code == 500 and b"WARC/1" not in answer.content


def test_a_page_without_a_picture_says_so_and_stands_for_nothing(world: World) -> None:
    reference = world.testbuys["assigned"]
    capture(world, reference, shown=None)
    page = world.client(Role.ANALYST).get(f"/testbuys/{reference}").text
    assert page.count("No picture: the browser gave no picture.") == 2
    assert page.count("own captures are needed") == 2


def test_a_notarys_document_comes_back_bit_for_bit_to_those_who_may(world: World) -> None:
    reference, data = world.testbuys["assigned"], b"%PDF-1.7 \x00\xff the notary"
    certifying.hand_in_certificate(
        world.db, world.vault, world.act(Role.CLERK, "notary"), reference,
        office="Luohu Notary", number="2026-77", issued_on=date(2026, 11, 1),
        covers="The purchase", data=data,
    )  # fmt: skip
    here = f"/testbuys/{reference}/certificates"
    auditor = world.client(Role.AUDITOR)
    (link,) = re.findall(rf'href="({here}/\d+)"', auditor.get(here).text)
    given = auditor.get(link)
    assert given.content == data and "attachment" in given.headers["content-disposition"]
    assert world.client(Role.ANALYST).get(link).status_code == 403
    other = link.replace(reference, world.testbuys["examined"])
    assert auditor.get(other).status_code == 404


def test_a_clerk_finds_what_is_to_be_translated_and_translates_it(world: World) -> None:
    reference = world.testbuys["assigned"]
    clerk = world.client(Role.CLERK)
    here = f"/testbuys/{reference}/chat"
    assert f'href="{here}"' in clerk.get(f"/testbuys/{reference}").text
    said = {"said_by": "seller", "language": "zh", "said_at": "2026-11-02 08:00"}
    assert send(clerk, here, **said, text="亲，<b>原单</b>正品").status_code == 303
    page = clerk.get("/translations").text
    assert 'aria-current="page">Translations' in page
    assert "亲，&lt;b&gt;原单" in page and reference in page
    # What is wrong comes back with what was entered, at its own message.
    wrong = send(clerk, "/translations", message="1", language="en", text="Dear, genuine")
    assert wrong.status_code == 422 and "Dear, genuine" in wrong.text
    done = send(
        clerk, "/translations", message="1", language="en", text="Dear, genuine", translator="Lin",
    )  # fmt: skip
    assert done.headers["location"] == f"{here}?did=translated"
    page = clerk.get(here).text
    assert "Dear, genuine" in page and "translated by Lin" in page and "原单" in page
    assert "Nothing waits for a translation" in clerk.get("/translations").text
    with world.db.read() as tx:
        assert len(every(tx, ChatTranslation)) == 1
        told = b"".join(entry.body for entry in ledger.chain(tx, reference)).decode()
    assert "chat message translated" in told and "genuine" not in told
    auditor = world.client(Role.AUDITOR)
    assert "Add a translation" not in auditor.get(here).text
    assert world.client(Role.ANALYST).get("/translations").status_code == 403


def test_an_administrator_keeps_the_words_that_warn(world: World) -> None:
    administrator = world.client(Role.ADMINISTRATOR)
    page = administrator.get("/phrases").text
    assert 'aria-current="page">Words that warn' in page and "not verified" in page
    words = {"words": "dupe", "language": "en", "source": "Counsel, note 4", "verified": "yes"}
    day = world.now.date()
    assert send(administrator, "/phrases", **words, valid_from="soon").status_code == 422
    assert send(administrator, "/phrases", **words, valid_from=str(day)).status_code == 303
    assert send(administrator, "/phrases", **words, valid_from=str(day)).status_code == 409
    reference = world.testbuys["assigned"]
    clerk = world.client(Role.CLERK)
    chat = f"/testbuys/{reference}/chat"
    said = {"said_by": "buyer", "language": "en", "said_at": "2026-11-02 08:00"}
    send(clerk, chat, **said, text="Is it a dupe?")
    with world.db.read() as tx:
        (warning,) = every(tx, ConductWarning)
        phrase = next(each for each in every(tx, ConductPhrase) if each.words == "dupe")
    assert warning.matched == ["dupe"] and warning.verified
    end = f"/phrases/{phrase.id}/end"
    assert send(administrator, end, last_day=str(day - timedelta(days=1))).status_code == 409
    assert send(administrator, end, last_day=str(day)).status_code == 303
    world.now += timedelta(days=1)
    clerk = world.client(Role.CLERK)
    send(clerk, chat, **said, text="Really no dupe?")
    supervisor = world.client(Role.SUPERVISOR)
    assert '<span class="word">ended</span>' in supervisor.get("/phrases").text
    assert "Add words" not in supervisor.get("/phrases").text
    with world.db.read() as tx:
        assert len(every(tx, ConductWarning)) == 1
        told = b"".join(entry.body for entry in ledger.chain(tx, "programme")).decode()
    assert "words that warn added" in told and "words that warn ended" in told
