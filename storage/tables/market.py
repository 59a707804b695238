"""The other side: operators, their shops and listings, the flags raised, the sales known."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.flags import FlagKind
from storage.tables.columns import Table, identity, instant, json_list, refers_to, whole, word


class Operator(Table, table=True):
    """Who is suspected to control one shop or several.

    `merged_into_id`: the operator that has its shops since; what is said of this one is said of it.
    """

    id: int = identity()
    reference: str = Field(unique=True)
    name: str
    created_at: datetime = instant()
    merged_into_id: int | None = refers_to("operator.id", optional=True)


class Shop(Table, table=True):
    """A shop on a platform; its registrant need not be its operator.

    `opened_on` is the day its platform names, `closed_at` when it was closed; a shop that opens
    after another's closure may be that one again (`rules.linkage`).
    """

    __table_args__ = (sa.UniqueConstraint("platform", "platform_shop_id"),)
    id: int = identity()
    platform: str
    platform_shop_id: str = Field(index=True)
    name: str
    registrant: str | None = None
    region: str | None = None
    operator_id: int | None = refers_to("operator.id", optional=True)
    link_basis: str | None = None
    cleared_at: datetime | None = instant(optional=True)
    opened_on: date | None = None
    closed_at: datetime | None = instant(optional=True)


class Listing(Table, table=True):
    """Something a shop offers."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "platform_listing_id"),)
    id: int = identity()
    shop_id: int = refers_to("shop.id", index=False)
    platform_listing_id: str = Field(index=True)
    url: str
    title: str
    brand_id: int = refers_to("brand.id")
    category_id: int = refers_to("category.id")


class Flag(Table, table=True):
    """A source's suspicion of a listing, or of made-up orders. Not a test buy.

    Nothing is bought from a dismissed one.
    """

    __table_args__ = (sa.UniqueConstraint("source", "source_flag_id"),)
    id: int = identity()
    kind: FlagKind = word(FlagKind, default=FlagKind.COUNTERFEIT)
    source: str
    source_flag_id: str = Field(index=True)
    model: str
    model_version: str
    score: float
    signals: list[str] = json_list()
    shop_id: int = refers_to("shop.id")
    listing_id: int = refers_to("listing.id")
    price_minor: int = whole()
    currency: str
    seen_at: datetime = instant()
    imported_at: datetime = instant()
    proved_wrong_at: datetime | None = instant(optional=True)
    dismissed_at: datetime | None = instant(optional=True)
    dismissed_by: int | None = refers_to("person.id", optional=True, index=False)
    dismissed_because: str | None = None


class GenuinePriceRow(Table, table=True):
    """What a genuine article costs from a day on, as a source says; followed by later rows."""

    __tablename__ = "genuine_price"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="price_positive"),)
    id: int = identity()
    brand_id: int = refers_to("brand.id")
    product: str
    amount_minor: int = whole()
    currency: str
    source: str
    verified: bool
    valid_from: date
    added_at: datetime = instant()
    added_by: int | None = refers_to("person.id", optional=True, index=False)


class SalesSnapshot(Table, table=True):
    """What a source said a shop sold in a period; never changed, only followed by a later one."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "period_start", "period_end", "source", "taken_at"),
    )
    id: int = identity()
    shop_id: int = refers_to("shop.id", index=False)
    period_start: date
    period_end: date
    units: int | None = None
    amount_minor: int = whole()
    currency: str
    source: str
    taken_at: datetime = instant()
