"""The demonstration's setting: shops, flagged listings, what parcels meet with, the police.

Owns the world that the simulator's servers read. The names are invented but for those of the case
that everything is modelled on: watches under the name of Swarovski, sold by Liu in a shop of his
own and one registered by Wang. Leaves what people make of each listing to `simulator.plot`.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from simulator.world import (
    AgencyConduct,
    Behaviour,
    Decision,
    Flag,
    Listing,
    Sales,
    Sender,
    Shop,
    World,
)

PLATFORM = "Meridian Market"
POLICE = "Police of Luohu District"
BY_FOLDER = "Police of Harrow Vale"
"""Takes a sealed folder, handed over at its counter."""
BY_MAIL = "Police of Altenbruck"
"""Takes mail, encrypted to its certificate, at `MAIL_ADDRESS`."""
MAIL_ADDRESS = "intake@police.altenbruck.example"
AGENCIES = ((POLICE, "CN"), (BY_FOLDER, "UK"), (BY_MAIL, "DE"))
_TOWNS = {"CN": "Luohu, Shenzhen", "UK": "Harrow Vale", "DE": "Altenbruck"}

# key, name, registrant, operator, sales of the last months in yuan (or pounds), region
_SHOPS = (
    ("S-01", "Crystal Time Flagship", "Liu", "Liu", 1_160_000, "CN"),
    ("S-02", "Brilliant Gifts Corner", "Wang", "Liu", 842_000, "CN"),
    ("S-03", "Golden Hour Watches", "Zhao Qiang", "Zhao Qiang", 88_000, "CN"),
    ("S-04", "Fleetfoot Outlet", "Sun Hai", "Sun Hai", 32_000, "CN"),
    ("S-05", "Fleetfoot Two", "Sun Mei", "Sun Hai", 0, "CN"),
    ("S-06", "Happy Paws Store", "He Jun", "He Jun", 486_000, "CN"),
    ("S-07", "Northern Steps", "Qian Yu", "Qian Yu", 21_000, "CN"),
    ("S-08", "Harbour Sneakers", "Xu Dan", "Xu Dan", 24_000, "CN"),
    ("S-09", "Lane & Lantern Jewels", "P. Hargreave", "P. Hargreave", 9_400, "UK"),
    ("S-10", "Pearl River Boutique", "Luo Xin", "Luo Xin", 27_000, "CN"),
    ("S-11", "Clear Sky Time", "Deng Wei", "Deng Wei", 131_000, "DE"),
    ("S-12", "Bargain Alley", "Hu Gang", "Hu Gang", 45_000, "CN"),
    ("S-13", "Moonlight Trading", "Pan Lei", "Pan Lei", 38_000, "CN"),
    ("S-14", "Little Tiger Imports", "Yao Fei", "Yao Fei", 17_000, "CN"),
)

# listing, shop, title, brand, category, price in major units
_LISTINGS = (
    ("L-01", "S-01", "Crystal watch, rose strap, 36 mm", "Swarovski", "watches", 458),
    ("L-02", "S-02", "Ladies' crystal watch, gift box", "Swarovski", "watches", 399),
    ("L-03", "S-09", "Pendant with blue stone", "Orvelle", "jewellery", 46),
    ("L-04", "S-04", "Trail runner, grey", "Nordlauf", "shoes", 268),
    ("L-05", "S-05", "Trail runner, black", "Nordlauf", "shoes", 258),
    ("L-06", "S-10", "Dress watch, steel", "Tindra", "watches", 520),
    ("L-07", "S-07", "Canvas shoe, white", "Tindra", "shoes", 189),
    ("L-08", "S-08", "Court shoe, red", "Skarv", "shoes", 310),
    ("L-09", "S-03", "Chronograph, black dial", "Halvard", "watches", 688),
    ("L-10", "S-06", "Indoor cat food, 2 kg", "Royal Canin", "pet food", 96),
    ("L-11", "S-11", "Diver's watch, blue dial", "Nordlauf", "watches", 742),
    ("L-12", "S-13", "Crystal pendant, silver", "Swarovski", "jewellery", 365),
    ("L-13", "S-14", "Slim watch, parallel import", "Orvelle", "watches", 1_480),
    ("L-14", "S-14", "Leather loafer", "Orvelle", "shoes", 640),
    ("L-15", "S-12", "Trail runner, last pairs", "Nordlauf", "shoes", 149),
    ("L-16", "S-12", "Canvas shoe, clearance", "Tindra", "shoes", 99),
    ("L-17", "S-12", "Field watch, olive", "Halvard", "watches", 212),
    ("L-18", "S-13", "Court shoe, navy", "Skarv", "shoes", 175),
    ("L-19", "S-13", "Field watch, sand", "Halvard", "watches", 208),
    ("L-20", "S-08", "Trail runner, blue", "Nordlauf", "shoes", 230),
    ("L-21", "S-07", "Stud earrings", "Orvelle", "jewellery", 420),
    ("L-22", "S-10", "Moon phase watch", "Skarv", "watches", 899),
    ("L-23", "S-06", "Kitten food, 1.5 kg", "Royal Canin", "pet food", 84),
    ("L-24", "S-03", "Chronograph, silver dial", "Halvard", "watches", 655),
    ("L-25", "S-01", "Crystal watch, black strap", "Swarovski", "watches", 472),
    ("L-26", "S-04", "Trail runner, orange", "Nordlauf", "shoes", 265),
)

_ATTEMPTS = {
    "L-11": (Behaviour("cancels", after_s=0.5), Behaviour(after_s=0.3, then_s=0.5)),
    "L-16": (Behaviour("payment_refused"),),
    "L-17": (Behaviour("lost", after_s=0.3, then_s=1.5),),
    "L-18": (Behaviour(after_s=0.3, then_s=0.5, contents="wrong"),),
    "L-19": (Behaviour(after_s=0.3, then_s=0.5, contents="empty"),),
}
_SIGNALS = (
    "price far below retail",
    "seller avoids the brand's name in chat",
    "pictures of another shop",
    "complaints about quality",
    "refund rate above the category",
)


def shop_name(listing_id: str) -> str:
    """The name of the shop that offers a listing."""
    shop_id = next(row[1] for row in _LISTINGS if row[0] == listing_id)
    return next(row[1] for row in _SHOPS if row[0] == shop_id)


def title_of(listing_id: str) -> str:
    """What a listing is called."""
    return next(row[2] for row in _LISTINGS if row[0] == listing_id)


def goods_of(listing_id: str) -> tuple[str, str]:
    """The brand and the category of a listing."""
    return next((row[3], row[4]) for row in _LISTINGS if row[0] == listing_id)


def sender_of(listing_id: str) -> Sender:
    """What stands on the label of a parcel from the listing's shop."""
    shop_id = next(row[1] for row in _LISTINGS if row[0] == listing_id)
    operator, region = next((row[3], row[5]) for row in _SHOPS if row[0] == shop_id)
    number = sum(operator.encode()) % 10_000
    return Sender(operator, f"{number} Dongmen Road, {_TOWNS[region]}", f"+86 755 20{number:04d}")


def world(now: datetime, seed: int) -> World:
    """The world at `now`: sales of the months before, flags of the days before."""
    chance = random.Random(f"plot/{seed}")
    return World(
        platform=PLATFORM,
        carrier="Kestrel Express",
        shops=tuple(_shop(row, now) for row in _SHOPS),
        listings=tuple(_listing(row, now, chance) for row in _LISTINGS),
        agency=AgencyConduct(
            name=POLICE,
            decision=Decision("accepted", acknowledge_s=0.5, decide_s=5, in_turn=True),
            by_operator={
                "Operator of Golden Hour Watches": Decision(
                    "declined",
                    0.5,
                    7,
                    "Knowledge on the seller's part is not shown",
                    True,
                    "evidence",
                ),
            },
        ),
    )


def _shop(row: tuple[str, str, str, str, int, str], now: datetime) -> Shop:
    shop_id, name, registrant, operator, sales, region = row
    first, last = (now - timedelta(days=200)).date(), (now - timedelta(days=10)).date()
    label = sender_of(next(each[0] for each in _LISTINGS if each[1] == shop_id))
    sold = Sales(first.isoformat(), last.isoformat(), max(1, sales // 400), sales * 100)
    return Shop(
        shop_id,
        name,
        registrant,
        operator,
        (now - timedelta(days=700)).date().isoformat(),
        label,
        sales=(sold,) if sales else (),
        tells_sales=bool(sales),
        region=region,
    )


def _listing(
    row: tuple[str, str, str, str, str, int], now: datetime, chance: random.Random
) -> Listing:
    listing_id, shop_id, title, brand, category, price = row
    usual = (Behaviour(after_s=0.3, then_s=0.5),)
    return Listing(
        listing_id,
        shop_id,
        title,
        brand,
        category,
        price * 100,
        "GBP" if shop_id == "S-09" else "CNY",
        sales_count=chance.randint(40, 2_000),
        gone=listing_id == "L-15",
        attempts=_ATTEMPTS.get(listing_id, usual),
        flag=Flag(
            f"FL-{int(listing_id[2:]):06d}",
            "platform detection",
            "counterfeit-risk",
            "3.2",
            round(chance.uniform(0.71, 0.98), 2),
            tuple(chance.sample(_SIGNALS, 2)),
            (now - timedelta(days=chance.randint(1, 9))).isoformat(timespec="seconds"),
        ),
    )
