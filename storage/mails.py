"""The rows of mails: whom a notice is to, which mail is claimed next, and what became of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from rules.notices import MailKind, MailWhen
from rules.roles import Role
from storage.rows import add_if_absent, every, one, remove, table_of
from storage.session import Transaction
from storage.tables import BrandGrant, Mail, Notice, Person, RoleGrant, TestBuy

_mails, _people, _grants = table_of(Mail), table_of(Person), table_of(RoleGrant)
_OWED = (_mails.c.sent_at.is_(None), _mails.c.given_up_at.is_(None))


class Owed(NamedTuple):
    """A claimed mail; `claimed_until` tells this claim from a later one.

    To an agency where it has a referral, else to a person; `unsure`: as the column says.
    """

    id: int
    key: str
    kind: MailKind
    to_person: int | None
    notice_id: int | None
    referral_id: int | None
    attached: str | None
    message_id: str
    attempts: int
    unsure: bool
    claimed_until: datetime


class GivenUp(NamedTuple):
    """A mail that was given up, for an administrator to settle."""

    id: int
    kind: MailKind
    name: str
    email: str
    created_at: datetime
    given_up_at: datetime
    given_up_because: str
    attempts: int


def owe(
    tx: Transaction,
    key: str,
    kind: MailKind,
    to_person: int,
    *,
    message_id: str,
    now: datetime,
    notice_id: int | None = None,
) -> bool:
    """Owe a mail, due at once; False where the one with this key is there already."""
    return add_if_absent(
        tx,
        Mail,
        key=key,
        kind=kind,
        to_person=to_person,
        notice_id=notice_id,
        message_id=message_id,
        created_at=now,
        due_at=now,
    )


def readers_of(tx: Transaction, notice: Notice) -> Sequence[int]:
    """Whom a notice is to and who wants a mail of it at once: open accounts alone.

    As in the inbox, a notice to buyers is to its test buy's own, and one to authenticators or desks
    to those of its brand.
    """
    people = sa.select(_people.c.id).where(
        _people.c.active, _people.c.mail_when == MailWhen.AT_ONCE
    )
    if notice.to_person is not None:
        return tx.execute(people.where(_people.c.id == notice.to_person)).scalars().all()
    held = sa.exists().where(_grants.c.person_id == _people.c.id, _grants.c.role == notice.to_role)
    query = people.where(held).order_by(_people.c.id)
    testbuys, brands = table_of(TestBuy).c, table_of(BrandGrant).c
    if notice.testbuy_id is not None and notice.to_role is Role.BUYER:
        own = sa.exists().where(testbuys.id == notice.testbuy_id, testbuys.buyer_id == _people.c.id)
        query = query.where(own)
    if notice.testbuy_id is not None and notice.to_role in (Role.AUTHENTICATOR, Role.DESK):
        theirs = sa.exists().where(
            testbuys.id == notice.testbuy_id,
            brands.brand_id == testbuys.brand_id,
            brands.person_id == _people.c.id,
        )
        query = query.where(theirs)
    return tx.execute(query).scalars().all()


def daily_readers(tx: Transaction) -> dict[int, frozenset[Role]]:
    """Everybody with an open account who wants a daily mail, and the roles they hold."""
    query = (
        sa.select(_grants.c.person_id, _grants.c.role)
        .join(_people, _people.c.id == _grants.c.person_id)
        .where(_people.c.active, _people.c.mail_when != MailWhen.NEVER)
    )
    held: dict[int, set[Role]] = {}
    for person, role in tx.execute(query):
        held.setdefault(person, set()).add(role)
    return {person: frozenset(roles) for person, roles in held.items()}


def claim(tx: Transaction, now: datetime, until: datetime) -> Owed | None:
    """Claim the mail that is due first and that nobody else is sending; None where there is none.

    One statement: of two that claim at once the second finds the next mail.
    """
    first = (
        sa.select(_mails.c.id)
        .where(
            *_OWED,
            _mails.c.due_at <= now,
            _mails.c.claimed_until.is_(None) | (_mails.c.claimed_until <= now),
        )
        .order_by(_mails.c.due_at, _mails.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    update = (
        sa.update(_mails)
        .where(_mails.c.id == first.scalar_subquery())
        .values(
            claimed_until=until,
            attempts=_mails.c.attempts + 1,
            # A claim that nobody settled: its sender may have died after handing over.
            unsure=sa.or_(_mails.c.unsure, _mails.c.claimed_until.is_not(None)),
        )
        .returning(*(_mails.c[name] for name in Owed._fields))
    )
    row = tx.execute(update).first()
    return Owed(*row) if row else None


def unsent_daily(tx: Transaction) -> Sequence[Mail]:
    """Daily mails that are owed still."""
    return every(tx, Mail, *_OWED, _mails.c.kind == MailKind.DAILY, order_by=_mails.c.id, lock=True)


def settle(tx: Transaction, owed: Owed, **values: object) -> bool:
    """Write down what became of a claimed mail, while the claim is still this one."""
    update = (
        sa.update(_mails)
        .where(_mails.c.id == owed.id, *_OWED, _mails.c.claimed_until == owed.claimed_until)
        .values(claimed_until=None, **values)
    )
    return tx.execute(update).rowcount == 1


def given_up(tx: Transaction, limit: int) -> list[GivenUp]:
    """Mails that were given up and not settled yet, the oldest first."""
    mails, people = _mails.c, _people.c
    query = (
        sa.select(
            mails.id,
            mails.kind,
            people.name,
            people.email,
            mails.created_at,
            mails.given_up_at,
            mails.given_up_because,
            mails.attempts,
        )
        .join(_people, people.id == mails.to_person)
        .where(mails.given_up_at.is_not(None), mails.settled_at.is_(None))
        .order_by(mails.id)
        .limit(limit)
    )
    return [GivenUp(*row) for row in tx.execute(query)]


def waiting(tx: Transaction, created_before: datetime) -> tuple[int, str | None]:
    """How many mails owed since before then are not sent yet, and why the first is not."""
    query = (
        sa.select(_mails.c.tried_because)
        .where(*_OWED, _mails.c.created_at < created_before)
        .order_by(_mails.c.id)
        .limit(1000)
    )
    found = tx.execute(query).scalars().all()
    return len(found), next((why for why in found if why), None)


def owe_package(
    tx: Transaction, key: str, referral_id: int, attached: str, *, message_id: str, now: datetime
) -> bool:
    """Owe the mail that brings a referral's package; False where the one with this key is there."""
    return add_if_absent(
        tx,
        Mail,
        key=key,
        kind=MailKind.REFERRAL,
        referral_id=referral_id,
        attached=attached,
        message_id=message_id,
        created_at=now,
        due_at=now,
    )


def package_of(tx: Transaction, referral_id: int) -> Mail | None:
    """The mail that brings a referral's package, in whatever state it is, held."""
    return one(tx, Mail, _mails.c.referral_id == referral_id, lock=True)


def forget_package(tx: Transaction, referral_id: int) -> None:
    """Owe a referral's mail no more; one that was sent, or may have been, stays where it may."""
    remove(tx, Mail, _mails.c.referral_id == referral_id, _mails.c.sent_at.is_(None))
