"""Mails: which are owed, who sends which, and what became of each.

A notice is the intent of its mails; the daily round is one of its own; an invitation owes one as it
is made. So rows of mails come about, each once by its key. A sender claims one, hands it over, and
writes down what became of it. A sender that dies between handing over and writing down leaves a
claim that ends, and the mail is handed over again under the same Message-ID (docs/adr, "A mail may
come twice"). Leaves the exchange to `connectors.mail`, the text to `casework.letters`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from casework import letters
from casework.act import Act
from casework.errors import NotFound, Refused
from casework.mails import mailed
from casework.people import invitations
from casework.settings import Settings
from casework.views import inbox
from casework.views.inbox import Reader
from connectors.mail import Mail as MailServer
from connectors.mail import (
    MailDeferred,
    MailFolder,
    MailOutcomeUnknown,
    MailRefused,
    MailUnreachable,
    SmtpMail,
    SmtpServer,
)
from rules.notices import MOST_ATTEMPTS, MailKind, MailWhen, pause_after
from rules.roles import Role
from storage import mails, policies
from storage.mails import GivenUp, Owed
from storage.rows import add_if_absent, change, change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import DailyRound, Mail, Notice, Person, RoleGrant

CLAIM = timedelta(minutes=5)
"""How long a sender has for one mail: longer than all steps of the exchange together."""
_NOTICES, _GIVEN_UP = 200, 200
_rows, _notices = table_of(Mail), table_of(Notice)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a round did: mails sent and refused, and why it stopped before its end, where it did."""

    sent: int
    refused: int
    stopped: str | None


def server_of(settings: Settings) -> MailServer:
    """Where mails are handed over."""
    if not settings.smtp_host:
        return MailFolder(settings.home / "mail")
    return SmtpMail(
        SmtpServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_roots,
        )
    )


def owe_notices(db: Database, act: Act) -> int:
    """Owe a mail to each reader of a notice that wants one at once; gives how many are owed.

    What was put away before is told to nobody any more.
    """
    owed = 0
    with db.write() as tx:
        unmailed = every(
            tx, Notice, _notices.c.mailed_at.is_(None), order_by=_notices.c.id, limit=_NOTICES,
            lock=True,
        )  # fmt: skip
        for notice in unmailed:
            for person in mails.readers_of(tx, notice) if notice.read_at is None else ():
                key = f"notice:{notice.id}:{person}"
                owed += _owe(tx, act, key, MailKind.NOTICE, person, notice.id)
            change_one(tx, Notice, notice.id, mailed_at=act.now)
    return owed


def owe_daily(db: Database, act: Act) -> int:
    """Once a day, from the policy's hour on: owe a mail to each for whom something waits.

    Whom the last one has not reached yet is owed no second one.
    """
    today = act.now.date()
    with db.read() as tx:
        early = act.now.hour < policies.read(tx).digest_hour
        if early or one(tx, DailyRound, day=today) is not None:
            return 0
        wanted = mails.daily_readers(tx)
        busy = [
            person
            for person, roles in sorted(wanted.items())
            if any(inbox.counted_in(tx, Reader(person, roles, act.now)).values())
        ]
    with db.write() as tx:
        if not add_if_absent(tx, DailyRound, day=today, made_at=act.now):
            return 0
        late = mails.unsent_daily(tx)
        # One that no server took is written anew when it is sent: it is today's from now on.
        for mail in late:
            if mail.claimed_until is None or mail.claimed_until <= act.now:
                change_one(tx, Mail, mail.id, due_at=act.now)
        reached = {mail.to_person for mail in late}
        return sum(
            _owe(tx, act, f"daily:{today}:{person}", MailKind.DAILY, person)
            for person in busy
            if person not in reached
        )


def claim(db: Database, act: Act) -> Owed | None:
    """Take the next mail that is due, for `CLAIM`; None where none is."""
    with db.write() as tx:
        return mails.claim(tx, act.now, act.now + CLAIM)


def write(db: Database, act: Act, owed: Owed, office: letters.Office) -> EmailMessage | None:
    """The mail as it is true now. None where there is nothing to tell any more: it is not owed.

    Raises MailRefused where the person's address is none.
    """
    if owed.kind is MailKind.REFERRAL:
        return mailed.write(db, act, owed, office)
    invites = owed.kind is MailKind.INVITATION
    with db.write() if invites else db.read() as tx:
        person = one(tx, Person, id=owed.to_person, active=True)
        letter = None
        if person is not None and (invites or person.mail_when is not MailWhen.NEVER):
            letter = _letter(tx, act, owed, person, office)
    if person is None or letter is None:
        with db.write() as tx:
            remove(tx, Mail, _rows.c.id == owed.id, _rows.c.sent_at.is_(None))
        return None
    return letters.addressed(letter, person.name, person.email, owed.message_id, act.now, office)


def sent(db: Database, act: Act, owed: Owed, address: str) -> bool:
    """It was handed over; False where the claim had ended and another sender has it."""
    if owed.kind is MailKind.REFERRAL:
        return mailed.sent(db, act, owed, address)
    with db.write() as tx:
        return mails.settle(tx, owed, sent_at=act.now, sent_to=address, tried_because=None)


def put_off(db: Database, act: Act, owed: Owed, why: str, *, unsure: bool = False) -> None:
    """It was surely not taken, or nobody knows (`unsure`): once more after a pause, and some day no
    more.
    """
    if owed.attempts >= MOST_ATTEMPTS:
        owed = owed._replace(unsure=owed.unsure or unsure)
        give_up(db, act, owed, f"Not taken in {owed.attempts} attempts. {why}")
        return
    later = act.now + pause_after(owed.attempts)
    with db.write() as tx:
        mails.settle(tx, owed, due_at=later, tried_because=why, unsure=owed.unsure or unsure)


def give_up(db: Database, act: Act, owed: Owed, why: str) -> None:
    """It was refused for good: an administrator is shown why, or the liaison of a referral."""
    if owed.kind is MailKind.REFERRAL:
        mailed.give_up(db, act, owed, why)
        return
    with db.write() as tx:
        mails.settle(tx, owed, given_up_at=act.now, given_up_because=why, tried_because=why)


def send_all(
    db: Database,
    server: MailServer,
    office: letters.Office,
    acting: Callable[[], Act],
    keep: Callable[[], None] = lambda: None,
) -> Tally:
    """Owe what is due and send what is owed, one after another, until a server takes no more.

    Each mail is claimed, handed over outside of any transaction, and written down. `acting` gives
    an act of now; `keep` is called before each.
    """
    owe_notices(db, acting())
    owe_daily(db, acting())
    done = refused = 0
    while owed := claim(db, acting()):
        keep()
        try:
            mail = write(db, acting(), owed, office)
            if mail is None:
                continue
            server.send(mail)
        except MailRefused as no:
            give_up(db, acting(), owed, f"{no.code}: {no.message}")
            refused += 1
        except MailDeferred as later:
            put_off(db, acting(), owed, str(later))
        except (MailUnreachable, MailOutcomeUnknown) as trouble:
            unsure = isinstance(trouble, MailOutcomeUnknown)
            put_off(db, acting(), owed, str(trouble), unsure=unsure)
            return Tally(done, refused, str(trouble))
        else:
            sent(db, acting(), owed, str(mail["To"].addresses[0].addr_spec))
            done += 1
    return Tally(done, refused, None)


def given_up(db: Database) -> list[GivenUp]:
    """What an administrator has to settle."""
    with db.read() as tx:
        return mails.given_up(tx, _GIVEN_UP)


def try_again(db: Database, act: Act, number: int) -> None:
    """An administrator has mended the address or the server: it is owed anew."""
    anew = {"given_up_at": None, "given_up_because": None, "attempts": 0, "due_at": act.now}
    _settle(db, act, number, **anew)


def put_aside(db: Database, act: Act, number: int) -> None:
    """An administrator lets it be; the row stays."""
    _settle(db, act, number, settled_at=act.now, settled_by=act.person)


def choose(db: Database, person_id: int, when: MailWhen) -> None:
    """A person says when they are written to."""
    with db.write() as tx:
        change_one(tx, Person, person_id, mail_when=when)


def chosen(db: Database, person_id: int) -> Person:
    """A person's own row, for their choice and address."""
    with db.read() as tx:
        person = one(tx, Person, id=person_id)
    if person is None:
        raise NotFound("There is no account with this number.")
    return person


def daily_hour(db: Database) -> int:
    """From which hour of the day (UTC) the daily mails are sent."""
    with db.read() as tx:
        return policies.read(tx).digest_hour


def _owe(
    tx: Transaction, act: Act, key: str, kind: MailKind, person: int, notice: int | None = None
) -> bool:
    message_id = act.token(f"mail:{key}", 32)
    return mails.owe(tx, key, kind, person, message_id=message_id, now=act.now, notice_id=notice)


def _letter(
    tx: Transaction, act: Act, owed: Owed, person: Person, office: letters.Office
) -> letters.Letter | None:
    if owed.kind is MailKind.INVITATION:
        invited = invitations.by_mail(tx, act, owed.key, office.public_url)
        return letters.invitation(invited, person.language, office) if invited else None
    if owed.kind is MailKind.DAILY:
        grants = every(tx, RoleGrant, person_id=person.id)
        roles = frozenset(grant.role for grant in grants)
        waits = inbox.inbox_in(tx, Reader(person.id, roles, act.now))
        return letters.daily(waits, person.language, act.now, office) if waits.total else None
    notice = one(tx, Notice, id=owed.notice_id)
    if notice is None or notice.read_at is not None:
        return None
    return letters.notice(notice, person.language, office)


def _settle(db: Database, act: Act, number: int, **values: object) -> None:
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator settles mails that could not be delivered.")
    with db.write() as tx:
        unsettled = (_rows.c.given_up_at.is_not(None), _rows.c.settled_at.is_(None))
        if not change(tx, Mail, _rows.c.id == number, *unsettled, **values):
            raise NotFound("There is no such mail to settle.")
