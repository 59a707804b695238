"""The demonstration's mail server: its process, what the programme is told of it, the last round.

Owns that mails of the demonstration go to the simulated server and nowhere else. Leaves what is
written to whom to `casework.mails.mailing`.
"""

import secrets
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from casework import letters
from casework.act import Act
from casework.mails import mailing
from cli.processes.installation import PROJECT
from cli.processes.process import Process, Said, python_module
from connectors.mail import SmtpMail, SmtpServer
from rules.roles import Role
from storage.session import Database

SENDER = "programme@market.example"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Post:
    """The server of one home folder, at a port of this machine."""

    home: Path
    port: int

    def process(self) -> Process:
        """The server, which keeps each mail as a file under `outside/post.mails`."""
        ledger = self.home / "outside" / "post.jsonl"
        return python_module(
            "post",
            "simulator.post",
            ["--port", str(self.port), "--ledger", str(ledger)],
            log=self.home / "logs" / "post.log",
            ready=Said("listening"),
            cwd=PROJECT,
        )

    def settings(self) -> dict[str, str]:
        """What door and flows are told of it."""
        return {
            "TESTBUY_SMTP_HOST": HOST,
            "TESTBUY_SMTP_PORT": str(self.port),
            "TESTBUY_SMTP_SECURITY": "none",
            "TESTBUY_SMTP_SENDER": SENDER,
        }

    def send_all(self, db: Database, portal_url: str) -> None:
        """Hand over what is owed now: the flow that does it comes once a minute."""
        office = letters.Office(SENDER, portal_url, self.home / "outgoing")
        with closing(SmtpMail(SmtpServer(HOST, self.port, "none"))) as server:
            mailing.send_all(db, server, office, _acting)


def _acting() -> Act:
    return Act(Role.PROGRAMME, datetime.now(UTC), secrets.token_bytes(32))
