"""People and what they may do; buyers and the personas they buy under."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.notices import MailWhen
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class Person(Table, table=True):
    """Somebody with an account."""

    id: int = identity()
    name: str
    email: str = Field(unique=True)
    password_hash: str | None = None
    language: str | None = None
    """"en" or "zh", as they chose; None: what their browser asks for."""
    mail_when: MailWhen = word(MailWhen, default=MailWhen.AT_ONCE)
    active: bool = True
    created_at: datetime = instant()


class RoleGrant(Table, table=True):
    """A role a person may act in."""

    person_id: int = refers_to("person.id", primary_key=True, index=False)
    role: Role = word(Role, primary_key=True)


class BrandGrant(Table, table=True):
    """A brand whose examinations an authenticator sees. None granted means none seen."""

    person_id: int = refers_to("person.id", primary_key=True, index=False)
    brand_id: int = refers_to("brand.id", primary_key=True)


class Buyer(Table, table=True):
    """What the programme knows of a person as a mystery buyer."""

    person_id: int = refers_to("person.id", primary_key=True, index=False)
    region: str
    capacity: int
    active: bool = True


class Persona(Table, table=True):
    """A shop account, payment means and address a buyer buys under; `region` is its country.

    `switched_at`, `switched_by`, `switched_because`: of who last switched it off or on again.
    """

    id: int = identity()
    buyer_id: int = refers_to("buyer.person_id")
    label: str = Field(unique=True)
    recipient: str
    address: str
    region: str
    max_exposure: int
    exposure: int = 0
    last_used_at: datetime | None = instant(optional=True)
    active: bool = True
    switched_at: datetime | None = instant(optional=True)
    switched_by: int | None = refers_to("person.id", optional=True, index=False)
    switched_because: str = ""


class PersonaUse(Table, table=True):
    """A persona shown to a shop; never twice to one operator."""

    __table_args__ = (sa.UniqueConstraint("persona_id", "testbuy_id"),)
    id: int = identity()
    persona_id: int = refers_to("persona.id", index=False)
    testbuy_id: int = refers_to("testbuy.id")
    shop_id: int = refers_to("shop.id")
    used_at: datetime = instant()


class AccountEntry(Table, table=True):
    """Money on a buyer's account: an advance is positive, a purchase negative."""

    id: int = identity()
    buyer_id: int = refers_to("buyer.person_id")
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)
    kind: str
    amount_minor: int = whole()
    currency: str
    booked_at: datetime = instant()
