"""Log-ins and what begins them, second factors, counted tries, and who looked at what."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.access import Began
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class LogIn(Table, table=True):
    """A running log-in. The cookie's token is kept only as its digest.

    `second_factor_at`: when the second factor was given, by a code or by the provider of a single
    sign-on. `address` is kept coarse, `browser` and `system` as words.
    """

    id: int = identity()
    token_digest: str = Field(unique=True)
    person_id: int = refers_to("person.id")
    csrf_token: str
    began: Began = word(Began)
    second_factor_at: datetime | None = instant(optional=True)
    browser: str = ""
    system: str = ""
    address: str = ""
    created_at: datetime = instant()
    seen_at: datetime = instant()
    expires_at: datetime = instant()


class LogInLink(Table, table=True):
    """An address that logs a person in until it expires; kept only as its digest."""

    token_digest: str = Field(primary_key=True)
    person_id: int = refers_to("person.id")
    expires_at: datetime = instant()


class Invitation(Table, table=True):
    """An address under which a person sets a password; kept only as its digest, gone when used."""

    token_digest: str = Field(primary_key=True)
    person_id: int = refers_to("person.id")
    expires_at: datetime = instant()


class SecondFactor(Table, table=True):
    """The shared secret of a person's device, enciphered (`casework.people.strongbox`).

    `pending` is one that no code has confirmed yet; it is shown to the log-in that began it alone,
    whose token's digest is `pending_of`. A code's time step is used once: only a later
    one than `last_step` counts.
    """

    person_id: int = refers_to("person.id", primary_key=True, index=False)
    secret: bytes | None = Field(default=None, sa_type=sa.LargeBinary, nullable=True)
    pending: bytes | None = Field(default=None, sa_type=sa.LargeBinary, nullable=True)
    pending_of: str | None = None
    confirmed_at: datetime | None = instant(optional=True)
    last_step: int = whole()


class RecoveryCode(Table, table=True):
    """A code for when the device is lost; used once, kept as a keyed digest."""

    digest: str = Field(primary_key=True)
    person_id: int = refers_to("person.id")
    used_at: datetime | None = instant(optional=True)


class SignOn(Table, table=True):
    """A single sign-on under way: what its answer must fit. Read once, then gone."""

    state_digest: str = Field(primary_key=True)
    browser_digest: str
    nonce: str
    verifier: str
    wanted: str
    expires_at: datetime = instant()


class SignOnBinding(Table, table=True):
    """Which person of the provider an account belongs to; one that was undone stays on record.

    `refused_at` is when the account's address last came with another pair. `salt` opens the
    ledger's commitment to the reason.
    """

    __table_args__ = (
        sa.Index(
            "uq_sign_on_binding_of_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
        sa.Index(
            "uq_sign_on_binding_pair",
            "issuer",
            "subject",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
    )
    id: int = identity()
    person_id: int = refers_to("person.id", index=False)
    issuer: str
    subject: str
    bound_at: datetime = instant()
    refused_at: datetime | None = instant(optional=True)
    undone_at: datetime | None = instant(optional=True)
    undone_by: int | None = refers_to("person.id", optional=True, index=False)
    reason: str | None = None
    salt: bytes | None = Field(default=None, sa_type=sa.LargeBinary, nullable=True)


class Tries(Table, table=True):
    """How often something was tried since `since`; the key names whose tries, as a digest.

    `reached`: how many times in a row before this the limit was reached.
    """

    key: str = Field(primary_key=True)
    since: datetime = instant()
    count: int
    reached: int = 0


class Look(Table, table=True):
    """Somebody looked at something: a file handed out, or a page shown."""

    __table_args__ = (sa.Index("ix_look_subject_id", "subject", "id"),)
    id: int = identity()
    person_id: int = refers_to("person.id")
    role: Role | None = word(Role, optional=True)
    route: str
    subject: str
    looked_at: datetime = instant()
