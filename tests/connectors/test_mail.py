"""Handing a mail over to a real server, and what is told of each way it can go wrong."""

import socket
import ssl
import threading
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.mail import (
    MailDeferred,
    MailFolder,
    MailOutcomeUnknown,
    MailRefused,
    MailUnreachable,
    SmtpMail,
    SmtpServer,
)
from tests.smtp import Server


def mail(to: str = "ada@example.org", number: int = 1) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "testbuy@example.com", to
    made["Subject"], made["Message-ID"] = "Überfällig", f"<m{number}@example.com>"
    made.set_content("试购 TB-2026-000017\n.\nend\n", cte="base64")
    return made


def at(port: int, **others) -> SmtpMail:
    return SmtpMail(SmtpServer("127.0.0.1", port, **{"security": "none", "seconds": 0.5} | others))


def hand(port: int, to: str = "ada@example.org", **others) -> None:
    """One mail over a connection of its own."""
    with closing(at(port, **others)) as post:
        post.send(mail(to))


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A server's certificate for 127.0.0.1, which is its own root: its path, and a context."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem, private = folder / "mail.pem", folder / "mail.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, private)
    return pem, context


def test_a_round_goes_over_one_connection_as_it_was_written():
    with Server() as server:
        post = at(server.port)
        for number in (1, 2):
            post.send(mail(number=number))
        post.close()
        assert server.post.ids == ["<m1@example.com>", "<m2@example.com>"]
        assert server.post.got[0]["Subject"] == "Überfällig"
        assert server.post.got[0].get_content().splitlines() == ["试购 TB-2026-000017", ".", "end"]


def test_a_no_and_a_later_are_told_apart_and_the_next_recipient_is_served():
    with Server(enable_SMTPUTF8=False) as server:
        server.post.unwanted, server.post.mood = {"gone@example.org"}, "no"
        post = at(server.port)
        with pytest.raises(MailRefused, match="no such user") as no:
            post.send(mail("gone@example.org"))
        assert no.value.code == "550"
        server.post.mood = "later"
        with pytest.raises(MailDeferred, match="try later"):
            post.send(mail("gone@example.org"))
        post.send(mail())
        assert len(server.post.got) == 1
        with pytest.raises(MailRefused, match="beyond ASCII"):
            hand(server.port, "méi@example.org")
        post.close()


@pytest.mark.parametrize("mood", ["drops", "hangs"])
def test_silence_after_the_text_is_no_answer(mood):
    with Server() as server:
        server.post.mood = mood
        with pytest.raises(MailOutcomeUnknown):
            hand(server.port)
        assert len(server.post.got) == 1


@pytest.mark.parametrize(
    ("doubled", "raised"),
    [("MAIL", MailUnreachable), ("RCPT", MailUnreachable), ("DATA", MailOutcomeUnknown)],
)
def test_a_server_that_answers_twice_is_not_believed_to_have_the_mail(doubled, raised):
    """Each later answer is then to the step before: no text was asked for, or none was taken."""
    with answering_twice(doubled) as port, pytest.raises(raised):
        hand(port)


@contextmanager
def answering_twice(doubled: str):
    """A server that says its answer to one step two times, and refuses the text in the end."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        link, _ = listening.accept()
        with suppress(OSError), link, link.makefile("rb") as lines:  # the sender hangs up
            link.sendall(b"220 here\r\n")
            for line in lines:
                step = line[:4].upper().decode()
                answer = b"354 go on\r\n" if step == "DATA" else b"250 OK\r\n"
                link.sendall(answer * (2 if step == doubled else 1))
                if step == "DATA":
                    while lines.readline() not in (b".\r\n", b""):
                        pass
                    link.sendall(b"554 refused\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        thread.join(5)


def test_nobody_there_or_nobody_who_speaks_is_unreachable():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(MailUnreachable, match="refused"):
            hand(silent.getsockname()[1])
        silent.listen()
        with pytest.raises(MailUnreachable, match="timed out"):
            hand(silent.getsockname()[1])


def test_nothing_goes_in_clear_where_encryption_was_asked_for(certified):
    pem, context = certified
    with Server() as plain:
        with pytest.raises(MailUnreachable, match="STARTTLS"):
            hand(plain.port, security="starttls")
        assert plain.post.got == []
    seen = []

    def who(_server, _session, _envelope, _way, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"right")

    options = {"tls_context": context, "authenticator": who, "auth_required": True}
    with Server(**options) as server:
        secret = {"security": "starttls", "user": "us", "roots": pem}
        with pytest.raises(MailUnreachable, match="certificate"):
            hand(server.port, security="starttls")
        with pytest.raises(MailUnreachable):
            at(server.port, **secret, password="wrong").check()
        assert seen[-1] == (b"us", b"wrong") and server.post.got == []
        hand(server.port, **secret, password="right")
        assert len(server.post.got) == 1 and seen[-1] == (b"us", b"right")


def test_in_a_folder_a_mail_is_one_file_however_often_it_is_sent(tmp_path):
    folder = MailFolder(tmp_path / "mail")
    folder.send(mail())
    folder.send(mail())
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "m1.eml" and file.stat().st_mode & 0o777 == 0o600
    (tmp_path / "full").write_text("a file")
    with pytest.raises(MailUnreachable):
        MailFolder(tmp_path / "full").send(mail())
