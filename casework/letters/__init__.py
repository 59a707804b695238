"""What a mail says: one notice, or all that waits, in the reader's language, as text and as HTML.

A mail leaves the house and lies in other people's systems. It therefore says less than the inbox:
the kind of thing, a reference, how late it is, and where to go on. No text that a person wrote, no
name, no shop, no address; to authenticators examinations alone. An invitation alone holds a secret,
which works once and not for long. Owns that choice and the words
(`words.*.json`, one a kind). Leaves what waits to `casework.views.inbox`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from casework.people.invitations import Invited
from casework.views.inbox import Inbox, Line, address_of
from connectors.mail import MailRefused
from rules.notices import NoticeKind
from rules.roles import Role
from storage.tables import Notice

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")
SHOWN = 40
"""Lines of a daily mail; what is more waits on the page."""
_UNNAMED = frozenset({"campaign", "mail", "notice", "period", "threshold"})
"""Kinds whose subject is a text or a name, and no reference."""
_OUTSIDE = frozenset({Role.AUTHENTICATOR, Role.DESK})
_OF_EXAMINATIONS = frozenset({NoticeKind.REMINDED, NoticeKind.ESCALATED})
"""What authenticators are told of: its reference is an examination's."""
# Plain ASCII on the wire: not every server says that it takes more.
_WIRE = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Office:
    """As whom mails are sent, the address under which people reach the portal ("": unknown), and
    where packages that go by mail lie.
    """

    sender: str
    public_url: str
    outgoing: Path | None = None

    @property
    def domain(self) -> str:
        """What Message-IDs end in."""
        return self.sender.rpartition("@")[2] or "testbuy.invalid"


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a daily mail."""

    what: str
    about: str
    when: str
    link: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is addressed."""

    subject: str
    text: str
    html: str
    chosen: bool = True
    """Whether its reader chooses on a page to get such mails."""


def notice(row: Notice, language: str | None, office: Office) -> Letter:
    """The mail that tells of one notice."""
    words = _words(language)
    about = row.about
    if row.to_role in _OUTSIDE and (row.kind not in _OF_EXAMINATIONS or _ours(about)):
        about = ""
    sentence = _sentence(words, row.kind, about)
    return _letter(
        words,
        office,
        subject=sentence.rstrip(".。"),
        lead=sentence,
        link=_link(office, _place(row, about)),
        why=words["why.notice"],
    )


def daily(waits: Inbox, language: str | None, now: datetime, office: Office) -> Letter:
    """The mail that lists all that waits, the most urgent first."""
    words = _words(language)
    every = [*waits.late, *waits.waiting, *waits.notices]
    late = len(waits.late)
    number = f"{waits.total}{'+' if waits.more else ''}"
    lead = words["daily.late" if late else "daily.none_late"].format(number=number, late=late)
    return _letter(
        words,
        office,
        subject=lead.rstrip(".。"),
        lead=lead,
        lines=[_said(words, line, now, office) for line in every[:SHOWN]],
        more=words["daily.more"].format(number=len(every) - SHOWN) if len(every) > SHOWN else "",
        link=_link(office, "/"),
        why=words["why.daily"],
    )


def invitation(invited: Invited, language: str | None, office: Office) -> Letter:
    """The mail with the address under which a person sets a password: the one secret in a mail."""
    words = _words(language)
    until = f"{invited.expires_at:%Y-%m-%d %H:%M} UTC"
    letter = _letter(
        words,
        office,
        subject=words["invitation.subject"],
        lead=words["invitation.lead"].format(moment=until),
        link=invited.address,
        why=words["why.invitation"],
        settings="",
    )
    return replace(letter, chosen=False)


def addressed(
    letter: Letter, name: str, address: str, message_id: str, now: datetime, office: Office
) -> EmailMessage:
    """The letter as a mail to one person. Raises MailRefused where the address is none."""
    mail = headed(letter.subject, name, address, message_id, now, office)
    if office.public_url and letter.chosen:
        mail["List-Unsubscribe"] = f"<{_link(office, '/inbox/settings')}>"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


def headed(
    subject: str, name: str, address: str, message_id: str, now: datetime, office: Office
) -> EmailMessage:
    """A mail with its headers and no text yet. Raises MailRefused where the address is none."""
    mail = EmailMessage(policy=_WIRE)
    try:
        mail["From"] = Address("Test buys", addr_spec=office.sender or f"testbuy@{office.domain}")
        mail["To"] = Address(" ".join(name.split()), addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise MailRefused("address", f"{address!r} is no e-mail address.") from error
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}@{office.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _letter(words: Mapping[str, str], office: Office, **said: object) -> Letter:
    settings = _link(office, "/inbox/settings")
    asked = {"lines": (), "more": "", "settings": settings, **said, "words": words}
    text, html = (
        _templates().get_template(f"mail.{kind}").render(**asked) for kind in ("txt", "html")
    )
    return Letter(f"{words['name']}{words['colon']}{said['subject']}", text, html)


def _said(words: Mapping[str, str], line: Line, now: datetime, office: Office) -> Said:
    link = _link(office, line.address or "/")
    if line.kind == "notice":
        kind = NoticeKind(line.detail or "other")
        named = line.role not in _OUTSIDE
        sentence = _sentence(words, kind, line.subject if named else "")
        return Said(sentence, "", "", link)
    if line.late and line.due_at is not None:
        when = words["late"].format(span=_span(words, now - line.due_at))
    elif line.due_at is not None:
        when = words["due"].format(moment=f"{line.due_at:%Y-%m-%d %H:%M} UTC")
    else:
        when = words["waits"].format(span=_span(words, now - line.since))
    about = "" if line.kind in _UNNAMED else line.subject
    return Said(words[f"line.{line.kind}"], about, when, link)


def _ours(about: str) -> bool:
    """Whether it is a reference of the programme's, which nobody outside is told."""
    return about.startswith(("TB-", "RF-", "OP-", "CL-"))


def _sentence(words: Mapping[str, str], kind: NoticeKind, about: str) -> str:
    named = words[f"notice.{kind}"]
    return named.format(about=about) if about else words["notice.other"]


def _place(row: Notice, about: str) -> str:
    """Where the notice leads: to what it names, else to the inbox, which leads on."""
    if row.to_role is Role.AUTHENTICATOR and about:
        return f"/examinations/{about}"
    return address_of(row.kind, about) or "/"


def _link(office: Office, path: str) -> str:
    return f"{office.public_url.rstrip('/')}{path}" if office.public_url else ""


def _span(words: Mapping[str, str], span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            number = seconds // length
            return words[unit if number == 1 else f"{unit}s"].format(number=number)
    return words["moment"]


@cache
def _spoken(language: str) -> Mapping[str, str]:
    return json.loads((FOLDER / f"words.{language}.json").read_text("utf-8"))


def _words(language: str | None) -> Mapping[str, str]:
    return _spoken(language if language in LANGUAGES else "en")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
