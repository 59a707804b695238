"""Who may say yes to a purchase: an approved campaign inside its limits, or another person.

Owns both paths, so that no second one lets a person approve what they asked for (domain: section 3,
step 1). Leaves counting a campaign's use, and holding it still while asking, to `casework`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from rules.decision import Decision
from rules.money import Money
from rules.roles import Role


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is asked for. `requested_by` None: nobody known, asked from Prefect's own pages."""

    price: Money
    brand: str
    category: str
    requested_by: int | None


@dataclass(frozen=True, slots=True)
class CampaignLimits:
    """What a campaign's approval covers.

    `brands` and `categories`: None is any, an empty set is none at all. `budget` and `max_price`
    are in one currency. The campaign is open from `opens_at` until just before `closes_at`.
    """

    name: str
    brands: frozenset[str] | None
    categories: frozenset[str] | None
    max_price: Money
    max_buys: int
    budget: Money
    opens_at: datetime
    closes_at: datetime
    approved_by: int | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignUse:
    """What the campaign has authorised so far: number of buys, and money committed to them."""

    buys: int
    committed: Money


def by_campaign(
    purchase: Purchase, limits: CampaignLimits, use: CampaignUse, now: datetime
) -> Decision:
    """Whether the campaign's approval covers `purchase`; a refusal lists every limit it breaks."""
    campaign = f"campaign {limits.name}"
    objections: list[str] = []
    if limits.approved_by is None:
        objections.append(f"The {campaign} is not approved yet: have it approved first.")
    elif limits.approved_by == purchase.requested_by:
        objections.append(
            f"Whoever approved the {campaign} asked for this buy: another approver must decide."
        )
    if limits.withdrawn_at is not None and limits.withdrawn_at <= now:
        objections.append(f"The {campaign} was withdrawn: choose another or ask an approver.")
    if now < limits.opens_at:
        objections.append(f"The {campaign} opens on {limits.opens_at:%Y-%m-%d %H:%M} UTC.")
    if now >= limits.closes_at:
        objections.append(f"The {campaign} closed on {limits.closes_at:%Y-%m-%d %H:%M} UTC.")
    if limits.brands is not None and purchase.brand not in limits.brands:
        objections.append(f"The {campaign} does not cover the brand {purchase.brand}.")
    if limits.categories is not None and purchase.category not in limits.categories:
        objections.append(f"The {campaign} does not cover the category {purchase.category}.")
    if use.buys >= limits.max_buys:
        objections.append(f"The {campaign} has used all of its {limits.max_buys} buys.")
    objections += _money_objections(purchase.price, limits, use)
    return Decision.unless(
        objections,
        f"Inside the limits of the {campaign}: buy {use.buys + 1} of {limits.max_buys}, "
        f"{purchase.price} of at most {limits.max_price}.",
    )


def by_person(requester: int | None, approver: int, roles: Collection[Role]) -> Decision:
    """Whether `approver`, holding `roles`, may authorise what `requester` asked for."""
    objections: list[str] = []
    if Role.APPROVER not in roles:
        objections.append("Only an approver may authorise a test buy.")
    if requester is None:
        objections.append(
            "Nobody known asked for this test buy: a signed-in analyst must adopt it first."
        )
    elif requester == approver:
        objections.append("You asked for this test buy yourself: another approver must decide.")
    return Decision.unless(objections, "Authorised by an approver who did not ask for it.")


def _money_objections(price: Money, limits: CampaignLimits, use: CampaignUse) -> list[str]:
    campaign = f"campaign {limits.name}"
    if price.minor <= 0:
        return [f"The price {price} is not a price: correct it."]
    if price.currency != limits.budget.currency:
        return [
            f"The price is in {price.currency} and the {campaign} in {limits.budget.currency}: "
            "ask an approver."
        ]
    objections: list[str] = []
    if price > limits.max_price:
        objections.append(f"{price} is more than the {limits.max_price} the {campaign} allows.")
    if use.committed + price > limits.budget:
        left = limits.budget - use.committed
        objections.append(f"{price} is more than the {left} left in the {campaign}.")
    return objections
