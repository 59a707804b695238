"""The visit to listing and seller page before an order, for the record."""

import time

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from casework.act import Hold
from casework.buying import ending
from casework.intake import capturing
from casework.intake.capturing import Seen, Wanted
from connectors.browsing import Visit
from connectors.errors import ConnectorError
from evidence.declared import pictures_of
from rules.capturing import OK, PageKind
from rules.lifecycle import EarlyEnd
from tasks.office import office
from tasks.ordering import is_gone

PICTURES_WITHIN = 15.0
"""Seconds after the first visit in which a picture may still be begun: the order must be placed
while the run holds its lease."""

SHOWN_WITHIN = 10.0
"""Seconds after the visit began in which one more picture of the listing may be fetched: all of it
takes no longer than a slow visit and a slow picture do.
"""


def capture_pages(hold: Hold) -> None:
    """Capture the pages that are due. Whatever fails is recorded, and the order goes on.

    A listing that the platform itself says is gone ends the test buy; one that only looks gone to a
    machine is put before an analyst.
    """
    desk = office()
    if desk.browsing is None:
        return
    shop = capturing.shop_to_capture(desk.db, hold.reference)
    if shop is None:
        return
    began = time.monotonic()
    seller = seller_page(shop) if desk.marketplace else None
    for wanted in capturing.intend_captures(desk.db, desk.act(hold), hold.reference, seller):
        picture = time.monotonic() - began < PICTURES_WITHIN
        seen = visit_page(wanted, picture=picture)
        act = desk.act(hold)
        gone = capturing.settle_captured(
            desk.db, desk.vault, act, hold.reference, wanted, seen, desk.stamp
        )
        if gone and wanted.what is PageKind.LISTING:
            _gone(hold, wanted)


def _gone(hold: Hold, wanted: Wanted) -> None:
    desk = office()
    listing_id = capturing.listing_number(desk.db, hold.reference)
    act = desk.act(hold)
    if desk.marketplace and is_gone(listing_id):
        text = "The listing was gone when it was captured before the order."
        ending.abandon(
            desk.db, act, hold.reference, version=None, why=EarlyEnd.LISTING_GONE, note=text
        )
    else:
        capturing.tell_gone(desk.db, act, hold.reference, wanted)


@task(name="find the seller's page", cache_policy=NO_CACHE)
def seller_page(shop: str) -> str | None:
    """The address of the shop's page, by the platform; None where it doesn't say."""
    marketplace = office().marketplace
    assert marketplace is not None  # the caller has looked
    try:
        return marketplace.shop(shop).url
    except ConnectorError as error:
        get_run_logger().info("the seller's page: %s", error)
        return None


@task(name="visit a page", cache_policy=NO_CACHE)
def visit_page(wanted: Wanted, *, picture: bool) -> Seen:
    """One visit, a picture where the page came and there is time for it, and what a listing shows.

    Only a page that names its article is asked for its pictures: a wall against robots has none.
    """
    desk = office()
    assert desk.browsing is not None  # the caller has looked
    at, began = desk.clock(), time.monotonic()
    visit = desk.browsing.visit(wanted.url)
    if visit.problem or visit.http_code != OK:
        return Seen(visit, at)
    image, why = None, "no time was left for a picture"
    if picture:
        image, why = desk.browsing.picture(wanted.url)
    shown: list[Visit] = []
    if wanted.what is PageKind.LISTING and capturing.names(visit, wanted.subject):
        for url in pictures_of(visit.body, visit.url):
            if time.monotonic() - began > SHOWN_WITHIN:
                break
            shown.append(desk.browsing.visit(url))
    return Seen(visit, at, image, why, tuple(shown))
