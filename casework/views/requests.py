"""What is asked for and decided: flags to buy from, requests to approve, campaigns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.act import Act
from casework.buying.covered import cover
from casework.buying.requesting import why_not_covered
from rules.authorisation import Purchase
from rules.lifecycle import Stage
from rules.money import Money
from rules.roles import Role
from storage import flagged, keyset
from storage.flagged import FlagChoice, FlagRow
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, Campaign, Category, Listing, Shop, TestBuy

FLAGS = 50
_REQUESTS = 100
_FIGURE = re.compile(r"[0-9][0-9,.]*")


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag as its list shows it, with the campaign that would cover a test buy from it, if any.

    `why`: what that rests on, or why an approver would have to decide.
    """

    row: FlagRow
    campaign: Campaign | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """A page of flags, newest first. `older` and `newer` are keys of the neighbouring pages.

    `unfinished`: looking stopped before the page was full; `older` goes on from there.
    """

    rows: tuple[FlagLine, ...]
    older: int | None
    newer: int | None
    unfinished: bool
    campaigns: tuple[str, ...]
    brands: tuple[str, ...]


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
    """A page of campaigns, newest first, and the names a new one may use."""

    found: Paged[Campaign]
    brands: tuple[str, ...]
    categories: tuple[str, ...]
    people: dict[int, str]


def flags(
    db: Database,
    now: datetime,
    person: int,
    choice: FlagChoice,
    *,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> Flags:
    """A page of flags, and the campaigns that are open now."""
    with db.read() as tx:
        found = flagged.page(tx, choice, FLAGS, older_than=older_than, newer_than=newer_than)
        running = open_campaigns(tx, now)
        rows = found.rows
        last = found.upto or (rows[-1].id if rows else None)
        backwards = newer_than is not None
        return Flags(
            rows=tuple(_flag_line(row, running, person, now) for row in rows),
            older=last if found.more or backwards else None,
            newer=rows[0].id if rows and (found.more if backwards else older_than) else None,
            unfinished=found.upto is not None and not backwards,
            campaigns=tuple(campaign.name for campaign in running),
            brands=tuple(row.name for row in every(tx, Brand, order_by=table_of(Brand).c.name)),
        )


def open_campaigns(tx: Transaction, now: datetime) -> Sequence[Campaign]:
    """The campaigns that authorise at `now`, by name."""
    campaigns = table_of(Campaign).c
    return every(
        tx,
        Campaign,
        campaigns.approved_at.is_not(None),
        campaigns.withdrawn_at.is_(None),
        campaigns.opens_at <= now,
        campaigns.closes_at > now,
        order_by=campaigns.name,
    )


def campaign_names(db: Database, now: datetime) -> tuple[str, ...]:
    """The names of the campaigns that are open now."""
    with db.read() as tx:
        return tuple(campaign.name for campaign in open_campaigns(tx, now))


def _flag_line(row: FlagRow, running: Sequence[Campaign], person: int, now: datetime) -> FlagLine:
    asked = Purchase(Money(row.price_minor, row.currency), row.brand, row.category, person)
    why: tuple[str, ...] = ()
    for campaign in running:
        decision = cover(asked, campaign, now)
        if decision.allowed:
            return FlagLine(row, campaign, decision.reasons)
        why = why or decision.reasons
    return FlagLine(row, None, why if len(running) == 1 else ())


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


def campaigns(db: Database, turn: Turn = FIRST, named: str | None = None) -> Campaigns:
    """A page of the campaigns with what they have spent, newest first; or with `named`."""
    with db.read() as tx:
        about = one(tx, Campaign, name=named) if named else None
        at = turn._replace(at=about.id) if about else turn
        found = keyset.page(tx, Campaign, newest=True, turn=at)
        return Campaigns(
            found,
            tuple(brand.name for brand in every(tx, Brand, order_by=table_of(Brand).c.name)),
            tuple(each.name for each in every(tx, Category, order_by=table_of(Category).c.name)),
            names(tx, [each for row in found.rows for each in (row.requested_by, row.approved_by)]),
        )
