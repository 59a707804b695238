"""What is asked for and decided: flags to buy from, requests to approve, campaigns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.act import Act
from casework.requesting import why_not_covered
from casework.views.people import names
from rules.lifecycle import Stage
from rules.roles import Role
from storage import pages
from storage.pages import FlagRow
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Brand, Campaign, Category, Listing, Shop, TestBuy

FLAGS = 50
_REQUESTS = 100
_FIGURE = re.compile(r"[0-9][0-9,.]*")


@dataclass(frozen=True, slots=True)
class Flags:
    """Flags not yet bought from, newest first; `older` is the key of the next page, if any."""

    rows: list[FlagRow]
    older: int | None
    campaigns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request an approver decides: why no campaign covers it, and whether it is their own."""

    testbuy: TestBuy
    shop: str
    title: str
    brand: str
    requested_by: str | None
    why: tuple[str, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Requests a person decides for the same reasons, `why`; figures that differ are left out."""

    why: tuple[str, ...]
    rows: tuple[WaitingRequest, ...]


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Every campaign, newest first, and the names a new one may use."""

    rows: Sequence[Campaign]
    brands: tuple[str, ...]
    categories: tuple[str, ...]
    people: dict[int, str]


def flags(db: Database, now: datetime, older_than: int | None) -> Flags:
    """A page of flags, and the campaigns that are open now."""
    campaigns = table_of(Campaign).c
    with db.read() as tx:
        rows = pages.unbought_flags(tx, older_than, FLAGS + 1)
        running = every(
            tx,
            Campaign,
            campaigns.approved_at.is_not(None),
            campaigns.withdrawn_at.is_(None),
            campaigns.opens_at <= now,
            campaigns.closes_at > now,
            order_by=campaigns.name,
        )
    older = rows[FLAGS - 1].id if len(rows) > FLAGS else None
    return Flags(rows[:FLAGS], older, tuple(campaign.name for campaign in running))


def waiting_requests(db: Database, person_id: int, now: datetime) -> tuple[WaitingRequest, ...]:
    """Requests that wait for an approver, oldest first."""
    looking = Act(Role.APPROVER, now, b"", person_id)
    testbuys = table_of(TestBuy).c
    with db.read() as tx:
        rows = every(
            tx,
            TestBuy,
            testbuys.stage == Stage.REQUESTED,
            testbuys.waiting_role == Role.APPROVER,
            order_by=testbuys.id,
            limit=_REQUESTS,
        )
        shops = {
            shop.id: shop.name
            for shop in every(tx, Shop, table_of(Shop).c.id.in_([row.shop_id for row in rows]))
        }
        listings = table_of(Listing).c
        titles = {
            listing.id: listing.title
            for listing in every(tx, Listing, listings.id.in_([row.listing_id for row in rows]))
        }
        brands = {brand.id: brand.name for brand in every(tx, Brand)}
        people = names(tx, [row.requested_by for row in rows])
        return tuple(
            WaitingRequest(
                row,
                shops[row.shop_id],
                titles[row.listing_id],
                brands[row.brand_id],
                people[row.requested_by] if row.requested_by else None,
                why_not_covered(tx, looking, row),
                row.requested_by == person_id,
            )
            for row in rows
        )


def by_reason(rows: Iterable[WaitingRequest]) -> tuple[Group, ...]:
    """Requests grouped by why a person must decide, in the order of each group's oldest."""
    groups: dict[tuple[str, ...], list[WaitingRequest]] = {}
    for row in rows:
        groups.setdefault(tuple(_FIGURE.sub("…", each) for each in row.why), []).append(row)
    return tuple(
        Group(same[0].why if len({row.why for row in same}) == 1 else kind, tuple(same))
        for kind, same in groups.items()
    )


def campaigns(db: Database) -> Campaigns:
    """All campaigns with what they have spent."""
    with db.read() as tx:
        rows = every(tx, Campaign, order_by=table_of(Campaign).c.id.desc())
        return Campaigns(
            rows,
            tuple(brand.name for brand in every(tx, Brand, order_by=table_of(Brand).c.name)),
            tuple(each.name for each in every(tx, Category, order_by=table_of(Category).c.name)),
            names(tx, [each for row in rows for each in (row.requested_by, row.approved_by)]),
        )
