"""Handing a mail over: to a server by SMTP (RFC 5321), or into a folder where none is configured.

Owns the exchange, its encryption, and telling what became of it: surely not taken, perhaps taken, a
definite no to this recipient. Leaves what a mail says to `casework.letters`, and when it is tried
again to `casework.mails.mailing`. The password never leaves in clear, and where STARTTLS was asked
for and is not offered nothing is sent.
"""

import contextlib
import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from typing import Literal, Protocol

from connectors.errors import ConnectorError, OutcomeUnknown, RefusedThere, Unreachable

SECONDS = 10
"""How long each step of the exchange may take."""
_LONGEST_WORD = 300
"""Characters that are kept of what a server says."""


class MailError(ConnectorError):
    """Anything the connector to the mail server raises."""


class MailUnreachable(MailError, Unreachable):  # noqa: N818 - says what happened
    """The server takes no mail of ours now, whoever it is to."""


class MailDeferred(MailUnreachable):
    """The server takes no mail for this recipient now; others may be."""


class MailOutcomeUnknown(MailError, OutcomeUnknown):  # noqa: N818
    """The text was sent and no answer came: a repeat must carry the same Message-ID."""


class MailRefused(MailError, RefusedThere):  # noqa: N818 - says what happened
    """A definite no to this recipient or this text; `code` is SMTP's, or a word of ours."""


class Mail(Protocol):
    """What the tasks need of a mail server."""

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail with one recipient. Raises what this module defines."""
        ...

    def check(self) -> None:
        """Raise MailUnreachable where no mail could be handed over now."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the server is and how to speak with it; `roots` (PEM) are trusted beside the system."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    roots: Path | None = None
    seconds: float = SECONDS


class SmtpMail:
    """The `Mail` at a server. One connection carries a round of mails; close it after."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def check(self) -> None:
        """Connect, encrypt and log in as for a mail."""
        self._connected()
        self.close()

    def close(self) -> None:
        """Say good-bye."""
        if self._open is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._open.quit()
            self._open = None

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over."""
        sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        link = self._connected()
        options, policy = (), SMTP
        if not recipient.isascii():
            if not link.has_extn("smtputf8"):
                why = "The mail server takes no addresses beyond ASCII."
                raise MailRefused("smtputf8", why)
            options, policy = ("SMTPUTF8", "BODY=8BITMIME"), SMTPUTF8
        try:
            self._step(link.mail(sender, options), MailUnreachable)
            self._step(link.rcpt(recipient), MailRefused)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise MailUnreachable(f"The mail server broke off: {_said(error)}") from error
        try:
            answer = link.data(message.as_bytes(policy=policy))
        except smtplib.SMTPDataError as error:
            # The text was not sent: also where the answer is a yes, which is to an earlier step.
            self._step((error.smtp_code, error.smtp_error), MailRefused)
            self._drop()
            raise MailUnreachable(
                f"The mail server did not ask for the text: {_said(error)}"
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            why = f"The mail was sent and the server did not say whether it has it: {_said(error)}"
            raise MailOutcomeUnknown(why) from error
        self._step(answer, MailRefused)
        if not 200 <= answer[0] < 300:
            self._drop()
            raise MailOutcomeUnknown(
                f"The mail was sent and the server did not say whether it has it: {answer[0]}"
            )

    def _step(self, answer: tuple[int, bytes | str], no: type[MailError]) -> None:
        """Raise what a server's answer means: `no` for a definite one."""
        code, said = answer[0], _words(answer[1])
        if code < 400:
            return
        # After a no nothing of the exchange is left to go on with.
        self._drop()
        if code == 421 or no is MailUnreachable:
            raise MailUnreachable(f"The mail server takes no mail now: {code} {said}")
        if code < 500:
            raise MailDeferred(f"The mail server puts this one off: {code} {said}")
        raise MailRefused(str(code), said)

    def _connected(self) -> smtplib.SMTP:
        if self._open is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._open.noop()[0] == 250:
                    return self._open
            self._drop()
        try:
            self._open = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            where = f"{self._server.host}:{self._server.port}"
            raise MailUnreachable(f"No mail can be sent by {where}: {_said(error)}") from error
        return self._open

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        if server.roots is not None:
            context.load_verify_locations(cafile=server.roots)
        if server.security == "tls":
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.seconds, context=context
            )
        else:
            link = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
        try:
            link.ehlo()
            if server.security == "starttls":
                link.starttls(context=context)
                link.ehlo()
            if server.user:
                link.login(server.user, server.password)
        except BaseException:
            link.close()
            raise
        return link

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class MailFolder:
    """The `Mail` where no server is configured: each mail a file, named after its Message-ID.

    A mail handed over twice is one file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Raise MailUnreachable where the folder can't be written to."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise MailUnreachable(f"{self._folder} can't be made: {error.strerror}") from error
        if not os.access(self._folder, os.W_OK):
            raise MailUnreachable(f"{self._folder} can't be written to.")

    def close(self) -> None:
        """Nothing is open."""

    def send(self, message: EmailMessage) -> None:
        """Write the file; readers see it whole or not at all."""
        self.check()
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        target = self._folder / f"{name}.eml"
        part = target.with_suffix(".part")
        try:
            part.write_bytes(message.as_bytes(policy=SMTP))
            part.chmod(0o600)
            part.replace(target)
        except OSError as error:
            raise MailUnreachable(f"{target} can't be written: {error.strerror}") from error


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:_LONGEST_WORD]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return _words(str(error)) or type(error).__name__
