"""Mails: to whom, what they say and never say, once each, and what becomes of those that fail."""

import hashlib
import itertools
import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from casework import letters
from casework.clock import deadlines
from casework.errors import NotFound, Refused
from casework.mails import mailing
from casework.people import access
from casework.privacy import opening, releases
from casework.telling import notifying
from connectors.mail import (
    MailFolder,
    MailOutcomeUnknown,
    MailUnreachable,
    SmtpMail,
    SmtpServer,
)
from rules.lifecycle import Stage
from rules.notices import MOST_ATTEMPTS, MailKind, MailWhen, NoticeKind, pause_after
from rules.roles import Role
from storage.rows import change_one, every, one, table_of
from storage.tables import Mail, Notice, Person
from tests import canary
from tests.smtp import Server

OFFICE = letters.Office("testbuy@example.com", "https://portal.example")
SECRETS = (
    "Chen Wei",
    "12 Garden Road",
    "Bao Yun",
    "Shop 1",
    "https://shop.example",
    "the court asks",
)


class Kept:
    """A mail server that keeps what it is handed."""

    def __init__(self):
        self.got = []

    def send(self, message):
        self.got.append(message)

    def to(self, address):
        return [each for each in self.got if str(each["To"].addresses[0].addr_spec) == address]


@pytest.fixture
def acting():
    numbers = itertools.count()

    def at(town):
        def act():
            seed = hashlib.sha256(b"mail %d" % next(numbers)).digest()
            return replace(town.engine(), seed=seed)

        return act

    return at


def send(town, acting, server, office=OFFICE):
    return mailing.send_all(town.db, server, office, acting(town))


def tell(town, text="Look.", kind=NoticeKind.OTHER, key="k", **to):
    with town.db.write() as tx:
        notifying.tell(tx, town.engine(), kind, key, text, **(to or {"to_role": Role.CLERK}))


def address(town, person):
    with town.db.read() as tx:
        return one(tx, Person, id=town.people[person]).email


def choose(town, person, when):
    mailing.choose(town.db, town.people[person], when)


def quiet(town):
    """Nobody is owed anything of what has happened so far, and the hour of daily mails is far."""
    town.now = town.now.replace(hour=1)
    with town.db.write() as tx:
        for notice in every(tx, Notice, mailed_at=None):
            change_one(tx, Notice, notice.id, mailed_at=town.now)


def body(message):
    return message.get_body(("plain",)).get_content()


def test_a_notice_is_told_once_to_each_reader_who_wants_it(both, acting):
    quiet(both)
    server = Kept()
    choose(both, "supervisor", MailWhen.NEVER)
    tell(both, key="a")
    tell(both, key="b", to_role=Role.SUPERVISOR)
    tell(both, key="c", to_person=both.people["liaison"])
    assert send(both, acting, server).sent == 2
    assert send(both, acting, server).sent == 0
    (mail,) = server.to(address(both, "clerk"))
    assert mail["Subject"] == "Test buys: Something new is in your inbox"
    assert "https://portal.example/" in body(mail) and "/inbox/settings" in body(mail)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert len(server.to(address(both, "liaison"))) == 1


def test_two_senders_at_once_send_each_mail_once(both, acting):
    quiet(both)
    for number in range(6):
        tell(both, key=f"k{number}")
    mailing.owe_notices(both.db, both.engine())
    server, act = Kept(), acting(both)
    ways = [
        threading.Thread(target=mailing.send_all, args=(both.db, server, OFFICE, act))
        for _ in range(2)
    ]
    for way in ways:
        way.start()
    for way in ways:
        way.join()
    ids = [str(each["Message-ID"]) for each in server.got]
    assert len(ids) == len(set(ids)) == 6


def test_a_sender_that_dies_before_writing_it_down_is_recognised_by_the_message_id(
    on_sqlite, acting
):
    quiet(on_sqlite)
    tell(on_sqlite)
    mailing.owe_notices(on_sqlite.db, on_sqlite.engine())
    owed = mailing.claim(on_sqlite.db, on_sqlite.engine())
    server = Kept()
    server.send(mailing.write(on_sqlite.db, on_sqlite.engine(), owed, OFFICE))
    # It dies here. While its claim lasts nobody else sends it.
    assert send(on_sqlite, acting, server).sent == 0
    on_sqlite.now += mailing.CLAIM
    assert send(on_sqlite, acting, server).sent == 1
    first, second = (str(each["Message-ID"]) for each in server.got)
    assert first == second
    # Continued after all, the first sender writes nothing over what the second has written.
    assert not mailing.sent(on_sqlite.db, on_sqlite.engine(), owed, "late@example.org")
    (row,) = on_sqlite.all(Mail)
    assert row.sent_to == address(on_sqlite, "clerk")


def test_over_a_socket_what_is_unsure_comes_again_and_what_is_refused_goes_before_a_person(
    on_sqlite, acting
):
    quiet(on_sqlite)
    town = on_sqlite
    for person in ("clerk", "liaison"):
        tell(town, key=person, to_person=town.people[person])
    with Server() as server:
        post = SmtpMail(SmtpServer("127.0.0.1", server.port, "none", seconds=1))
        server.post.mood = "drops"
        first = send(town, acting, post)
        assert first.sent == 0 and "did not say whether" in first.stopped
        assert send(town, acting, post).stopped
        server.post.mood, server.post.unwanted = "no", {address(town, "liaison")}
        assert send(town, acting, post).sent == 0, "each has its pause"
        town.now += pause_after(1)
        done = send(town, acting, post)
        post.close()
        assert (done.sent, done.refused) == (1, 1)
        assert (
            server.post.ids[0] == server.post.ids[-1] or server.post.ids[1] == server.post.ids[-1]
        )
    (failed,) = mailing.given_up(town.db)
    assert (failed.email, failed.given_up_because[:3]) == (address(town, "liaison"), "550")
    with pytest.raises(Refused, match="administrator"):
        mailing.try_again(town.db, town.act(Role.CLERK), failed.id)
    mailing.try_again(town.db, town.act(Role.ADMINISTRATOR), failed.id)
    kept = Kept()
    assert send(town, acting, kept).sent == 1
    with pytest.raises(NotFound):
        mailing.put_aside(town.db, town.act(Role.ADMINISTRATOR), failed.id)


def test_what_no_server_takes_is_tried_with_growing_pauses_and_then_given_up(on_sqlite):
    quiet(on_sqlite)
    town = on_sqlite
    tell(town)
    mailing.owe_notices(town.db, town.engine())
    began = town.now
    for attempt in range(1, MOST_ATTEMPTS + 1):
        owed = mailing.claim(town.db, town.engine())
        assert owed is not None and owed.attempts == attempt
        mailing.put_off(town.db, town.engine(), owed, "The server is away.")
        assert mailing.claim(town.db, town.engine()) is None
        town.now += pause_after(attempt)
    assert mailing.claim(town.db, town.engine()) is None
    assert timedelta(days=2) < town.now - began < timedelta(days=5)
    (failed,) = mailing.given_up(town.db)
    assert "20 attempts. The server is away." in failed.given_up_because


def test_the_daily_mail_comes_once_from_its_hour_on_and_to_nobody_for_whom_nothing_waits(
    both, acting
):
    town = both
    reference = town.bring(Stage.SUBMITTED)
    quiet(town)
    choose(town, "other expert", MailWhen.NEVER)
    choose(town, "expert", MailWhen.DAILY)
    server = Kept()
    town.now = (town.now + timedelta(days=6)).replace(hour=5, minute=59)
    assert send(town, acting, server).sent == 0
    town.now += timedelta(minutes=1)
    deadlines.mind(town.db, town.engine(), reference)
    send(town, acting, server)
    daily = [row for row in town.all(Mail) if row.kind is MailKind.DAILY]
    assert {row.to_person for row in daily} == {
        town.people["expert"],
        town.people["third expert"],
        town.people["clerk"],  # has photos to confirm
        town.people["counsel"],  # has thresholds and periods to check
    }
    # Whom nothing is told at once has the daily mail alone; and it says how late it is.
    (mail,) = server.to(address(town, "expert"))
    assert "1 wait for you, 1 late" in mail["Subject"] and "late)" in body(mail)
    assert server.to(address(town, "other expert")) == []
    town.now += timedelta(hours=3)
    assert send(town, acting, server).sent == 0
    town.now += timedelta(days=1)
    send(town, acting, server)
    assert len(server.to(address(town, "expert"))) == 2


def test_after_days_without_a_server_one_daily_mail_goes_out_with_what_is_current(both, acting):
    town = both
    town.bring(Stage.SUBMITTED)
    quiet(town)
    choose(town, "expert", MailWhen.DAILY)
    away = Away()
    town.now = (town.now + timedelta(days=6)).replace(hour=7)
    for _ in range(3):
        assert "nobody answers" in send(town, acting, away).stopped
        town.now += timedelta(days=1)
    server = Kept()
    send(town, acting, server)
    (mail,) = server.to(address(town, "expert"))
    days = re.search(r"\((\d+) days late\)", body(mail))
    assert days and days[1] == "3", "as late as it is on the day it is sent"
    town.now += timedelta(days=1)
    send(town, acting, server)
    assert len(server.to(address(town, "expert"))) == 2


class Away:
    """A mail server that nobody reaches."""

    def send(self, _message):
        raise MailUnreachable("nobody answers")


def test_what_was_done_or_put_away_meanwhile_is_not_told_any_more(on_sqlite, acting):
    quiet(on_sqlite)
    town = on_sqlite
    tell(town)
    mailing.owe_notices(town.db, town.engine())
    with town.db.write() as tx:
        (notice,) = every(tx, Notice, key="k")
        change_one(tx, Notice, notice.id, read_at=town.now)
    assert send(town, acting, server := Kept()).sent == 0
    assert server.got == [] and town.all(Mail) == []


def test_a_closed_account_and_an_address_that_is_none_get_no_mail(on_sqlite, acting):
    quiet(on_sqlite)
    town = on_sqlite
    with town.db.write() as tx:
        change_one(tx, Person, town.people["liaison"], email="a@b\r\nBcc: all@example.org")
    for person in ("clerk", "liaison"):
        tell(town, key=person, to_person=town.people[person])
    mailing.owe_notices(town.db, town.engine())
    access.set_active(town.db, town.act(Role.ADMINISTRATOR), town.people["clerk"], False)
    done = send(town, acting, server := Kept())
    assert (done.sent, done.refused, server.got) == (0, 1, [])
    (failed,) = mailing.given_up(town.db)
    assert "no e-mail address" in failed.given_up_because


def test_no_mail_of_any_role_names_a_buyer_a_shop_or_what_somebody_wrote(
    on_sqlite, acting, tmp_path
):
    """Everything is told to everybody it concerns; examinations only by their own number."""
    town = on_sqlite
    with town.db.write() as tx:
        for person in every(tx, Person):
            language = "zh" if person.id % 2 else "en"
            change_one(tx, Person, person.id, language=language)
    reference = town.bring(Stage.SUBMITTED)
    reason = "the court asks for Chen Wei, 12 Garden Road"
    releases.ask(town.db, town.act(Role.LIAISON), reference, reason=reason)
    opening.ask(town.db, town.act(Role.LIAISON), reference, reason=reason)
    testbuy = town.row(reference)
    for kind in NoticeKind:
        for role in (Role.ANALYST, Role.AUTHENTICATOR, Role.DESK, Role.BUYER, Role.ADMINISTRATOR):
            text = f"{reference}: {SECRETS}"
            tell(town, text, kind, f"{kind}{role}", to_role=role, testbuy=testbuy)
    town.now += timedelta(days=11)
    deadlines.mind(town.db, town.engine(), reference)
    send(town, acting, MailFolder(tmp_path / "mail"))
    server = Kept()
    for row in town.all(Mail):
        owed = mailing.mails.Owed(
            *(getattr(row, name) for name in mailing.mails.Owed._fields[:-1]), town.now
        )
        if mail := mailing.write(town.db, town.engine(), owed, OFFICE):
            server.send(mail)
    assert len(server.got) > 60
    assert canary.in_folder(tmp_path, SECRETS) == []
    outsiders = {address(town, each) for each in ("expert", "other expert", "third expert", "desk")}
    for mail in server.got:
        written = "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
        written += str(mail["Subject"])
        assert not [secret for secret in SECRETS if secret in written], written
        if str(mail["To"].addresses[0].addr_spec) in outsiders:
            assert reference not in written and "/testbuys/" not in written, written
    assert any(re.search("[一-鿿]", body(mail)) for mail in server.got)
    expert = "".join(body(each) for each in server.to(address(town, "expert")))
    assert "/examinations/" in expert


def test_both_languages_have_a_word_for_every_kind():
    from casework.views.inbox import SOURCES

    kinds = {f"line.{each.kind}" for each in SOURCES if each.kind != "notice"}
    wanted = kinds | {f"notice.{kind}" for kind in NoticeKind}
    english, chinese = (letters._spoken(language) for language in letters.LANGUAGES)
    assert wanted <= english.keys() and english.keys() == chinese.keys()
    for key in english:
        assert set(re.findall(r"{\w+}", english[key])) == set(re.findall(r"{\w+}", chinese[key]))


def test_without_an_answer_nothing_is_written_down_as_sent(on_sqlite, acting):
    quiet(on_sqlite)
    tell(on_sqlite)

    class Silent(Kept):
        def send(self, message):
            raise MailOutcomeUnknown("No answer came.")

    assert send(on_sqlite, acting, Silent()).stopped == "No answer came."
    rows = on_sqlite.all(Mail, table_of(Mail).c.sent_at.is_(None))
    assert [row.tried_because for row in rows] == ["No answer came."]
