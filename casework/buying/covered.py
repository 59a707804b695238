"""What a campaign's approval covers, and what stands in the way of buying a listing.

Owns reading the rows that both rules need. Requests are decided by it, and a plan foretells by it
what a request would come to, so that the two can't differ.
"""

from collections.abc import Collection
from datetime import datetime

from rules import authorisation
from rules.decision import Decision
from rules.lifecycle import ENDS
from rules.money import Money
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import Brand, Campaign, Category, Flag, TestBuy

_testbuys = table_of(TestBuy)


def purchase(
    tx: Transaction, price: Money, brand_id: int, category_id: int, requested_by: int | None
) -> authorisation.Purchase:
    """What is asked for, with the names that a campaign's limits are written in."""
    brand, category = one(tx, Brand, id=brand_id), one(tx, Category, id=category_id)
    assert brand and category  # foreign keys hold them
    return authorisation.Purchase(
        price=price, brand=brand.name, category=category.name, requested_by=requested_by
    )


def cover(
    asked: authorisation.Purchase,
    campaign: Campaign,
    now: datetime,
    *,
    more_buys: int = 0,
    more_minor: int = 0,
) -> Decision:
    """Whether the campaign covers it; `more_…` is what is foreseen to be authorised before it."""
    limits = authorisation.CampaignLimits(
        name=campaign.name,
        brands=frozenset(campaign.brands),
        categories=frozenset(campaign.categories),
        max_price=Money(campaign.max_price_minor, campaign.currency),
        max_buys=campaign.max_buys,
        budget=Money(campaign.budget_minor, campaign.currency),
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        approved_by=campaign.approved_by,
        withdrawn_at=campaign.withdrawn_at,
    )
    use = authorisation.CampaignUse(
        buys=campaign.buys + more_buys,
        committed=Money(campaign.committed_minor + more_minor, campaign.currency),
    )
    return authorisation.by_campaign(asked, limits, use, now)


def running(tx: Transaction, listing_id: int, besides: Collection[int] = ()) -> TestBuy | None:
    """The newest test buy of a listing that has not ended; none is requested beside it.

    `besides`: test buys, concluded but not ended, that another one is to follow.
    """
    found = every(
        tx,
        TestBuy,
        _testbuys.c.listing_id == listing_id,
        _testbuys.c.stage.not_in(sorted(ENDS)),
        _testbuys.c.id.not_in(sorted(besides)),
        order_by=_testbuys.c.id.desc(),
        limit=1,
    )
    return found[0] if found else None


def already_bought(testbuy: TestBuy) -> str:
    """The reason why a second test buy of a listing is refused."""
    return f"{testbuy.reference} is already buying this listing. Open it instead of a second one."


NOT_BY_BUYING = "This flag is about made-up orders, which no purchase proves. Open a case of it."
"""The reason why nothing is bought from a flag about brushing."""


def was_dismissed(flag: Flag) -> str:
    """The reason why nothing is bought from a dismissed flag."""
    return f"This flag was dismissed: {flag.dismissed_because}"
