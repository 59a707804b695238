"""Kits for buyers: what lies in each by its numbers, and the two sides of handing one over."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.kits import KitPartKind
from storage.tables.columns import Table, identity, instant, refers_to, word


class Kit(Table, table=True):
    """A numbered kit, `K-000012`."""

    id: int = identity()
    number: str = Field(unique=True)
    prepared_by: int = refers_to("person.id", index=False)
    prepared_at: datetime = instant()


class KitPart(Table, table=True):
    """What lies in a kit: bags, cards or a colour card, from the first number to the last."""

    __table_args__ = (sa.UniqueConstraint("kit_id", "kind"),)
    id: int = identity()
    kit_id: int = refers_to("kit.id", index=False)
    kind: KitPartKind = word(KitPartKind)
    first: str
    last: str


class KitGiving(Table, table=True):
    """The giver's side of handing a kit to a buyer."""

    id: int = identity()
    kit_id: int = refers_to("kit.id")
    given_by: int = refers_to("person.id", index=False)
    to_person: int = refers_to("person.id")
    place: str
    given_at: datetime = instant()
    utc_offset_minutes: int | None = None


class KitAnswer(Table, table=True):
    """The other side: the buyer confirmed that it came, or the giver withdrew it before."""

    giving_id: int = refers_to("kit_giving.id", primary_key=True, index=False)
    confirmed: bool
    condition: str
    answered_by: int = refers_to("person.id", index=False)
    answered_at: datetime = instant()
    utc_offset_minutes: int | None = None
