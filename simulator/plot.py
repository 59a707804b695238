"""The demonstration's stories: what people make of each flagged listing, and how it ends.

Owns the plot. Leaves shops, listings and parcels to `simulator.setting`.
"""

from __future__ import annotations

from simulator.setting import goods_of, shop_name
from simulator.stories import BuyersPart, Link, Look, Second, Story

CAMPAIGN = "Watches, shoes and food"
JEWELLERY = "Autumn jewellery"
BUYING = "Confirm whether the goods are genuine"
FIRST, SECOND, CONTROL_ROOM = "Ines Albrecht", "Tom Okafor", "control room"
AFTER_SANCTION = "after a sanction"

_ROUGH = (
    ("packaging", "packaging_inconsistent", "major"),
    ("contents", "workmanship_rough", "major"),
    ("contents", "colour_abnormal", "major"),
)
_FAKE = Look(
    findings=_ROUGH,
    reasons="Packaging inconsistent with ours, workmanship rough, colour abnormal.",
)
_FAKE_SHOE = Look(
    findings=(
        ("contents", "material", "critical"),
        ("contents", "workmanship_rough", "major"),
    ),
    reasons="The sole is of another compound and the seams are glued, not stitched.",
)
_GENUINE = Look(
    verdict="genuine", reasons="Every mark, seam and print is as we make it.", confidence="high"
)
_GREY = Look(
    verdict="grey_market",
    findings=(("packaging", "label_or_typography", "minor"),),
    reasons="Genuine, but the label is of a lot that was made for another market.",
)
_FOOD = Look(
    verdict="genuine_packaging_counterfeit_contents",
    findings=(("contents", "contents_substituted", "critical"),),
    reasons="Bag and verification code check out; the kibble is not ours.",
)
_UNSURE = Look(
    verdict="inconclusive",
    reasons="The print on the tongue label differs slightly; it may be wear.",
    limits="The stitching can't be judged in these photographs.",
    confidence="low",
)
_WATCH, _SHOES = BuyersPart("watch", "Wrist watch in its box"), BuyersPart("shoes", "Pair of shoes")
# On the watches of both shops: whoever copied one piece supplied both.
_COPIED = BuyersPart("watch", "Wrist watch in its box", serial="1096 2240-7781")
_FOOD_BAG = BuyersPart("cat food", "Bag of dry cat food, 2 kg")
_JEWEL = BuyersPart("perfume", "Pendant in a gift box")


def _watch_story(key: str, listing_id: str, launched: str, interface: bool, link: Link) -> Story:
    return Story(
        key, listing_id, launched, BUYING, "accepted", CAMPAIGN, interface,
        buyer=_COPIED, looks=(_FAKE,), link=link, members=2, conclusion="counterfeit",
    )  # fmt: skip


AT_FULL_LEVEL = frozenset({"Liu"})
"""Operators about whom the police get every original: two people agree before the referral goes."""

STORIES: tuple[Story, ...] = (
    _watch_story(
        "watch of Liu", "L-01", FIRST, False, Link("The shop is registered in his name.", "Liu")
    ),
    _watch_story(
        "watch of Wang", "L-02", CONTROL_ROOM, True,
        Link(
            "Registered by Wang; parcels of both shops bear Liu's phone number.",
            of_story="watch of Liu",
        ),
    ),
    Story(
        "photo asked for", "L-03", SECOND, BUYING, "accepted", interface=True, buyer=_JEWEL,
        looks=(Look(ask=("I03", "The engraving on the clasp, close up.")), _FAKE),
        conclusion="counterfeit",
    ),
    Story(
        "held, taken later", "L-04", FIRST, BUYING, "accepted", CAMPAIGN, buyer=_SHOES,
        looks=(_FAKE_SHOE,), members=2, conclusion="counterfeit",
    ),
    Story(
        "brings it over the floor", "L-05", AFTER_SANCTION, "Follow the operator's second shop",
        "accepted", CAMPAIGN, buyer=_SHOES, looks=(_FAKE_SHOE,), members=2,
        link=Link("Same sender and phone on the labels.", of_story="held, taken later"),
        sales_by_letter="41000.00", conclusion="counterfeit",
    ),
    Story(
        "overdue", "L-06", SECOND, BUYING, "held", CAMPAIGN,
        buyer=BuyersPart("watch", "Wrist watch", faults=(("I01", "dark"),)),
        looks=(Look(findings=_ROUGH, reasons="Workmanship and colour are off.", when_called=True),),
        conclusion="counterfeit", waiting="Held", must_escalate=True,
    ),
    Story(
        "inconclusive at first", "L-07", SECOND, BUYING, "closed", CAMPAIGN, buyer=_SHOES,
        looks=(_UNSURE, _FAKE_SHOE), conclusion="counterfeit",
        closed_with="One pair and small sales: the shop was sanctioned, no referral follows.",
    ),
    Story(
        "superseded", "L-08", FIRST, BUYING, "cleared", CAMPAIGN, buyer=_SHOES,
        looks=(_FAKE_SHOE, _GENUINE), conclusion="genuine",
        second=Second("The rights holder found that the sole is of its own 2024 series."),
    ),
    Story(
        "agency declines", "L-09", SECOND, BUYING, "declined_by_agency", CAMPAIGN, interface=False,
        buyer=BuyersPart("watch", "Wrist watch in its box", faults=(("R02", "blurred"),)),
        looks=(_FAKE,), conclusion="counterfeit",
    ),
    Story(
        "food in a genuine bag", "L-10", CONTROL_ROOM, BUYING, "accepted", CAMPAIGN,
        buyer=_FOOD_BAG, looks=(_FOOD,), conclusion="genuine_packaging_counterfeit_contents",
    ),
    Story(
        "second order attempt", "L-11", FIRST, BUYING, "awaiting_agency", CAMPAIGN, buyer=_WATCH,
        looks=(_FAKE,), conclusion="counterfeit", waiting="Waiting for agency",
    ),
    Story(
        "genuine", "L-12", SECOND, BUYING, "cleared", JEWELLERY, buyer=_JEWEL, looks=(_GENUINE,),
        conclusion="genuine",
    ),
    Story(
        "grey market", "L-13", CONTROL_ROOM, BUYING, "grey_market", buyer=_WATCH, looks=(_GREY,),
        conclusion="grey_market",
    ),
    Story(
        "declined", "L-14", FIRST, "Look at a shop nobody complained about", "declined",
        approval="decline",
    ),
    Story("listing gone", "L-15", FIRST, BUYING, "listing_gone", CAMPAIGN),
    Story("payment refused", "L-16", SECOND, BUYING, "payment_refused", CAMPAIGN),
    Story("lost in transit", "L-17", FIRST, BUYING, "lost_in_transit", CAMPAIGN),
    Story(
        "wrong parcel", "L-18", SECOND, BUYING, "wrong_parcel", CAMPAIGN,
        buyer=BuyersPart("shoes", gives_up="wrong_parcel"),
    ),
    Story(
        "empty parcel", "L-19", FIRST, BUYING, "empty_parcel", CAMPAIGN,
        buyer=BuyersPart("watch", gives_up="empty_parcel"),
    ),
    Story(
        "buyer withdrew", "L-20", SECOND, BUYING, "buyer_withdrew", CAMPAIGN, interface=False,
        buyer=BuyersPart("shoes", gives_up="buyer_withdrew"),
    ),
    Story(
        "budget withdrawn", "L-21", FIRST, BUYING, "budget_withdrawn", "Spring jewellery",
        interface=False, buyer=BuyersPart(idle=True), withdrawn=True,
    ),
    Story(
        "left to be judged", "L-22", SECOND, BUYING, "in_progress", CAMPAIGN, buyer=_WATCH,
        waiting="Waiting for verdict",
    ),
    Story(
        "left to be approved", "L-23", SECOND, "Confirm a complaint", "in_progress",
        approval="leave", waiting="Waiting for approval",
    ),
    Story(
        "left to be ordered", "L-24", FIRST, BUYING, "in_progress", CAMPAIGN, interface=False,
        buyer=BuyersPart(idle=True), waiting="Waiting for order",
    ),
)  # fmt: skip
"""Two flagged listings more, L-25 and L-26, are left for whoever looks on to launch."""

CAMPAIGNS = (
    (CAMPAIGN, ("watches", "shoes", "pet food"), "2500.00", "60", "60000.00"),
    (JEWELLERY, ("jewellery",), "2500.00", "10", "10000.00"),
    ("Spring jewellery", ("jewellery",), "2500.00", "10", "10000.00"),
)
"""Name, categories, highest price, test buys at most, budget, in yuan; every brand is covered."""


def story_of(listing_id: str) -> Story | None:
    """The story of a listing, if it has one."""
    return next((story for story in STORIES if story.listing_id == listing_id), None)


def examined(brand: str, category: str) -> Story | None:
    """The story whose goods an authenticator sees in an examination of this brand and category.

    The pages tell authenticators no more than that; stories that share both share their looks.
    """
    for story in STORIES:
        if story.looks and goods_of(story.listing_id) == (brand, category):
            return story
    return None


def operator_name(story: Story) -> str:
    """What the programme calls the operator of a story's shop, once it is linked or judged."""
    link = story.link
    if link and link.name:
        return link.name
    if link and link.of_story:
        return operator_name(next(each for each in STORIES if each.key == link.of_story))
    return f"Operator of {shop_name(story.listing_id)}"


def members_of(operator: str) -> int:
    """How many test buys a referral about an operator is to rest on."""
    wanted = [story.members for story in STORIES if operator_name(story) == operator]
    return max(wanted, default=1)
