"""A referral that goes by mail: encrypted to the agency, sent once, and known where it comes twice.

Most tests mail a small file in the place of a package; what a package holds is told elsewhere.
"""

import hashlib
import itertools
import subprocess
from dataclasses import replace

import pytest

from casework import letters
from casework.mails import mailed, mailing, outgoing
from casework.papers import dossiers
from casework.papers.dossiers import Package
from casework.programme import programme
from casework.referring import answering, sending
from connectors.mail import (
    MailDeferred,
    MailFolder,
    MailOutcomeUnknown,
    MailRefused,
    SmtpMail,
    SmtpServer,
)
from evidence import envelope
from evidence.digests import digest_of_file
from rules.delivery import Delivery
from rules.lifecycle import Stage
from rules.notices import MOST_ATTEMPTS, MailKind
from rules.referral import ReferralState
from rules.roles import Role
from storage.tables import Mail
from tests.casework.referring.delivered import (
    ADDRESS,
    agency_of,
    choose,
    give_certificate,
    put_contact,
    told_in,
)
from tests.casework.referring.test_sending import liaison
from tests.smtp import Server


class BrokenOffError(RuntimeError):
    """The process ended here."""


class Kept:
    """A mail server that keeps what it is handed, and then does what it is told."""

    def __init__(self, trouble=None):
        self.got, self.trouble = [], trouble

    def send(self, message):
        if isinstance(self.trouble, MailRefused | MailDeferred):
            raise self.trouble
        self.got.append(message)
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def key(both):
    """The agency's key; on either kind of database referrals go to it by mail."""
    return by_mail(both)


def by_mail(town):
    made = give_certificate(town)
    put_contact(town, ADDRESS)
    choose(town, Delivery.MAIL)
    return made


def approved(town):
    reference = town.refer()
    town.approve_referral(reference)
    return reference


def small(town, intent, home):
    """Some bytes in the place of a package, the same at every call."""
    file = home / f"{intent.reference}.zip"
    file.write_bytes(b"package " * 5000)
    return Package(file, digest_of_file(file))


def go(town, reference, home, pack=small):
    """What a run does, as `tasks.beside` does it; gives whether a mail was owed."""
    intent = sending.intend_sending(town.db, town.engine(), reference)
    if intent is None:
        return False
    assert intent.way is Delivery.MAIL
    if not intent.fresh and mailed.on_its_way(town.db, reference):
        return False
    mailed.ensure_mailable(town.db, intent.agency)
    package = pack(town, intent, home)
    encrypted = outgoing.encrypt(town.db, package, intent, home / "outgoing", town.now)
    return mailed.owe(town.db, town.engine(), reference, package.digest, encrypted)


def send(town, server, home):
    numbers = itertools.count()

    def act():
        seed = hashlib.sha256(b"mail %d" % next(numbers)).digest()
        return replace(town.engine(), seed=seed)

    office = letters.Office("testbuy@example.com", "https://portal.example", home / "outgoing")
    return mailing.send_all(town.db, server, office, act)


def to_agency(server):
    return [each for each in server.got if each["To"].addresses[0].addr_spec == ADDRESS]


def opened(mail, key, folder):
    """What the agency's key makes of what the mail brings, by openssl."""
    (brought,) = mail.iter_attachments()
    (folder / "in.p7m").write_bytes(brought.get_content())
    asked = "openssl cms -decrypt -binary -inform DER -in in.p7m -out out.zip -recip"
    certificate = key.parent / "police.pem"
    subprocess.run([*asked.split(), certificate, "-inkey", key], cwd=folder, check=True)
    return folder / "out.zip"


def test_a_whole_package_goes_to_the_agency_and_its_key_alone_opens_it(on_sqlite, quick):
    town, key = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)

    def whole(town, intent, home):
        return dossiers.write_referral(town.db, town.vault, intent, home / "bundles", town.now)

    assert go(town, reference, quick, whole)
    row = town.referral(reference)
    assert row.state is ReferralState.APPROVED, "owed is not sent"
    with Server() as server:
        link = SmtpMail(SmtpServer("127.0.0.1", server.port, "none"))
        assert send(town, link, quick).stopped is None
        link.close()
        (mail,) = [each for each in server.post.got if each["To"].addresses[0].addr_spec == ADDRESS]
    zipped = opened(mail, key, quick)
    assert digest_of_file(zipped) == row.packed_digest == town.referral(reference).bundle_digest
    subprocess.run(["unzip", "-tq", zipped], check=True)
    text = mail.get_body().get_content()
    assert row.reference in str(mail["Subject"]) and row.packed_digest[7:] in text
    assert "可能会收到两次" in text and str(mail["To"].addresses[0].display_name) == "Luohu police"
    whole_mail = text + str(mail["Subject"]) + str(mail["From"])
    for secret in (reference, "OP-0001", "Shop 1", "Liaison", "Approver", "Expert"):
        assert secret not in whole_mail


def test_taken_by_a_server_it_is_sent_once_and_its_test_buys_referred(both, key, quick):
    reference = approved(both)
    assert go(both, reference, quick) and not go(both, reference, quick)
    assert both.row(reference).waiting_name == "Waiting for sending"
    server = Kept()
    send(both, server, quick)
    send(both, server, quick)
    assert len(to_agency(server)) == 1
    row = both.referral(reference)
    assert (row.state, row.agency_number) == (ReferralState.SENT, None)
    assert both.stage(reference) is Stage.REFERRED
    assert [each["what"] for each in told_in(both, row.reference)].count("send") == 1
    assert key.exists()


@pytest.mark.parametrize(
    "step",
    [
        "casework.mails.outgoing.recipient_of",
        "casework.mails.outgoing.envelope.encrypt_into",
        "casework.mails.outgoing.os.link",
        "casework.mails.outgoing.digest_of_file",
        "casework.mails.mailed.owe",
        "casework.mails.mailed.mails.owe_package",
        "casework.mails.mailed.rewrite",
        "casework.mails.mailed.ledger.append",
    ],
)
def test_a_crash_before_the_mail_is_owed_loses_nothing(both, key, quick, monkeypatch, step):
    reference = approved(both)
    with monkeypatch.context() as broken, pytest.raises(BrokenOffError):
        broken.setattr(step, _dies)
        go(both, reference, quick)
    assert both.all(Mail, Mail.attached.is_not(None)) == []
    with both.refuses("being sent"):
        liaison(both, answering.withdraw, reference, reason="Not this week.")
    both.later(minutes=5)
    assert go(both, reference, quick)
    server = Kept()
    send(both, server, quick)
    (mail,) = to_agency(server)
    row = both.referral(reference)
    assert digest_of_file(opened(mail, key, quick)) == row.bundle_digest
    assert row.state is ReferralState.SENT


@pytest.mark.parametrize(
    ("step", "times"),
    [
        ("casework.mails.mailed.letter_of.letter", 1),
        ("casework.mails.mailed._held", 2),
        ("casework.mails.mailed.mails.settle", 2),
        ("casework.mails.mailed.bring", 2),
        ("casework.referring.sending.advance", 2),
        ("casework.referring.sending.wake_held", 2),
    ],
)
def test_a_sender_that_dies_leaves_the_mail_owed_and_the_referral_is_sent_once(
    both, key, quick, monkeypatch, step, times
):
    reference = approved(both)
    go(both, reference, quick)
    server = Kept()
    with monkeypatch.context() as broken, pytest.raises(BrokenOffError):
        broken.setattr(step, _dies)
        send(both, server, quick)
    row = both.referral(reference)
    assert row.state is ReferralState.APPROVED
    with both.refuses("just now"):
        liaison(both, sending.record_sent, reference, number="By courier")
    send(both, server, quick)
    assert both.referral(reference).state is ReferralState.APPROVED, "the claim still lasts"
    assert not go(both, reference, quick)
    both.later(minutes=6)
    send(both, server, quick)
    mails = to_agency(server)
    assert len(mails) == times
    assert len({str(each["Message-ID"]) for each in mails}) == 1
    assert len({each.get_body().get_content() for each in mails}) == 1
    assert len({next(each.iter_attachments()).get_content() for each in mails}) == 1
    assert both.referral(reference).state is ReferralState.SENT
    assert [each["what"] for each in told_in(both, row.reference)].count("send") == 1


def test_a_definite_no_comes_back_to_the_liaison_who_sends_it_again(both, key, quick):
    reference = approved(both)
    go(both, reference, quick)
    first = both.all(Mail, Mail.attached.is_not(None))[0].message_id
    send(both, Kept(MailRefused("550", "no such user")), quick)
    row = both.referral(reference)
    assert row.unsent_because == "The mail server refused the package: 550: no such user"
    assert both.row(reference).waiting_name == "Waiting for sending decision"
    assert not go(both, reference, quick) and both.all(Mail, Mail.attached.is_not(None)) == []
    liaison(both, sending.send_again, reference)
    both.later(seconds=5)
    assert go(both, reference, quick)
    server = Kept()
    send(both, server, quick)
    (mail,) = to_agency(server)
    assert first not in str(mail["Message-ID"])
    assert both.referral(reference).state is ReferralState.SENT and key.exists()


def test_a_no_after_an_attempt_of_which_nobody_knows_is_asked_about(both, key, quick):
    reference = approved(both)
    go(both, reference, quick)
    send(both, Kept(MailOutcomeUnknown("it broke off")), quick)
    both.later(hours=7)
    send(both, Kept(MailRefused("550", "no such user")), quick)
    assert both.row(reference).waiting_name == "Waiting for sending answer"
    assert both.referral(reference).unsent_because is None
    assert not go(both, reference, quick), "what may have arrived is not mailed again"
    with both.refuses("ask the agency"):
        liaison(both, answering.withdraw, reference, reason="Not this week.")
    liaison(both, sending.record_not_sent, reference, reason="Sergeant Li: nothing came.")
    liaison(both, sending.send_again, reference)
    both.later(seconds=5)
    assert go(both, reference, quick) and key.exists()


def test_put_off_to_the_end_it_surely_reached_nobody(on_sqlite, quick):
    town, _ = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)
    go(town, reference, quick)
    for _ in range(MOST_ATTEMPTS):
        send(town, Kept(MailDeferred("later")), quick)
        town.later(hours=7)
    assert "Not taken in 20 attempts" in town.referral(reference).unsent_because
    kinds = {each.kind for each in mailing.given_up(town.db)}
    assert MailKind.REFERRAL not in kinds, "a liaison settles it, no administrator"


def test_what_a_liaison_handed_over_meanwhile_is_mailed_no_more(both, key, quick):
    reference = approved(both)
    go(both, reference, quick)
    liaison(both, sending.record_sent, reference, number="By courier")
    server = Kept()
    send(both, server, quick)
    assert to_agency(server) == [] and both.all(Mail, Mail.attached.is_not(None)) == []
    assert both.referral(reference).agency_number == "By courier" and key.exists()


def test_too_large_for_a_mail_says_what_to_do(on_sqlite, quick):
    town, _ = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)
    programme.set_policy(town.db, town.act(Role.ADMINISTRATOR), "mail_megabytes", 0)
    with pytest.raises(Exception, match="Choose the folder"):
        go(town, reference, quick)
    sending.settle_not_sent(town.db, town.engine(), reference, "The package has 1 MB")
    choose(town, Delivery.FOLDER)
    liaison(town, sending.send_again, reference)
    assert sending.intend_sending(town.db, town.engine(), reference).way is Delivery.FOLDER


def test_a_file_that_is_gone_or_changed_is_not_mailed(on_sqlite, quick):
    town, _ = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)
    go(town, reference, quick)
    (file,) = (quick / "outgoing").glob("*.p7m")
    file.write_bytes(b"another")
    server = MailFolder(quick / "mail")
    send(town, server, quick)
    assert "not where it was put" in town.referral(reference).unsent_because
    assert agency_of(town).delivery is Delivery.MAIL


def test_what_a_replaced_certificate_opens_is_not_mailed_any_more(both, key, quick):
    """Its key may be in other hands by then; sent again it is encrypted to the new one."""
    reference = approved(both)
    go(both, reference, quick)
    send(both, Kept(MailDeferred("greylisted")), quick)
    new = give_certificate(both)
    both.later(hours=7)
    server = Kept()
    send(both, server, quick)
    assert to_agency(server) == [] and key.exists()
    assert "certificate" in both.referral(reference).unsent_because
    assert both.row(reference).waiting_name == "Waiting for sending decision"
    liaison(both, sending.send_again, reference)
    both.later(seconds=5)
    assert go(both, reference, quick)
    send(both, server, quick)
    (mail,) = to_agency(server)
    assert digest_of_file(opened(mail, new, quick)) == both.referral(reference).bundle_digest


def test_a_certificate_that_ran_out_while_no_server_took_the_mail(on_sqlite, quick):
    town, _ = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)
    go(town, reference, quick)
    send(town, Kept(MailOutcomeUnknown("it broke off")), quick)
    town.later(days=3651)
    server = Kept()
    send(town, server, quick)
    assert to_agency(server) == []
    assert town.row(reference).waiting_name == "Waiting for sending answer", "it may have arrived"


def test_a_new_address_gets_what_the_old_one_did_not(on_sqlite, quick):
    town, _ = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)
    go(town, reference, quick)
    send(town, Kept(MailDeferred("later")), quick)
    put_contact(town, "new@police.example")
    town.later(hours=7)
    server = Kept()
    send(town, server, quick)
    assert to_agency(server) == []
    assert "new@police.example" in {each["To"].addresses[0].addr_spec for each in server.got}
    (mail,) = town.all(Mail, Mail.attached.is_not(None))
    assert mail.sent_to == "new@police.example"


def test_two_runs_that_encrypt_at_once_leave_one_whole_file(on_sqlite, quick, monkeypatch):
    """One lost its lease while it wrote, and another took over: both bring the same bytes."""
    town, _ = on_sqlite, by_mail(on_sqlite)
    intent = sending.intend_sending(town.db, town.engine(), approved(town))
    package = small(town, intent, quick)
    asked = (town.db, package, intent, quick / "outgoing", town.now)
    write, others = envelope.encrypt_into, []

    def overtaken(out, *rest):
        """Another run begins and ends between this one's bytes."""
        out.write(b"begun")
        out.flush()
        monkeypatch.setattr(envelope, "encrypt_into", write)
        others.append(outgoing.encrypt(*asked))
        out.seek(0)
        write(out, *rest)

    monkeypatch.setattr(envelope, "encrypt_into", overtaken)
    assert [outgoing.encrypt(*asked)] == others
    (file,) = (quick / "outgoing").iterdir()
    assert digest_of_file(file) == others[0].digest


def test_a_new_certificate_gets_a_file_of_its_own(on_sqlite, quick):
    town, _ = on_sqlite, by_mail(on_sqlite)
    reference = approved(town)
    go(town, reference, quick)
    send(town, Kept(MailRefused("550", "no")), quick)
    key = give_certificate(town)
    liaison(town, sending.send_again, reference)
    go(town, reference, quick)
    server = Kept()
    send(town, server, quick)
    (mail,) = to_agency(server)
    assert digest_of_file(opened(mail, key, quick)) == town.referral(reference).bundle_digest


def _dies(*_args, **_named):
    raise BrokenOffError
