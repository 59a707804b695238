"""The simulated mail server, spoken to by Python's own client."""

import json
import smtplib
import subprocess
import sys
from email.message import EmailMessage

import pytest

from cli.processes.loopback import free_port


@pytest.fixture
def port(tmp_path):
    number = free_port()
    arguments = ["--port", str(number), "--ledger", str(tmp_path / "post.jsonl")]
    command = [sys.executable, "-m", "simulator.post", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert json.loads(server.stdout.readline()) == {"listening": f"smtp://127.0.0.1:{number}"}
        yield number
        server.terminate()


def mail(text: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "us@example.org", "them@example.org", "A mail"
    made.set_content(text)
    return made


def test_a_mail_is_kept_as_it_was_sent_before_it_is_taken(port, tmp_path):
    text = ".a line that begins with a dot\n..and two\nlast\n"
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(mail(text))
        server.send_message(mail("second\n"))
        kept = sorted((tmp_path / "post.mails").iterdir())
    assert [each.name for each in kept] == ["0001.eml", "0002.eml"]
    assert kept[0].read_bytes().endswith(text.replace("\n", "\r\n").encode())
    told = [json.loads(line) for line in (tmp_path / "post.jsonl").read_text().splitlines()]
    assert [each["to"] for each in told] == [["them@example.org"]] * 2


def test_what_was_broken_off_was_not_taken(port, tmp_path):
    server = smtplib.SMTP("127.0.0.1", port)
    server.ehlo()
    assert server.docmd("DATA")[0] == 503, "nobody is named yet"
    server.mail("us@example.org")
    server.rcpt("them@example.org")
    assert server.docmd("DATA")[0] == 354
    server.sock.sendall(b"Subject: half\r\n\r\nhalf a mail")
    server.close()
    with smtplib.SMTP("127.0.0.1", port) as other:
        assert other.docmd("FROBNICATE")[0] == 502
        other.send_message(mail("whole\n"))
    assert [each.name for each in (tmp_path / "post.mails").iterdir()] == ["0001.eml"]
