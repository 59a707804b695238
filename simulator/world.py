"""The simulated world as data: shops, listings, how sellers behave, how the agency decides.

Owns the JSON file that every server of the simulator reads at its start. All delays are seconds,
all amounts minor units. Leaves to others: which world a story needs.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# what an order attempt can meet with: refused at once, or a course of events afterwards
REFUSALS = {
    "payment_refused": (402, "The payment was refused."),
    "listing_gone": (410, "The listing is no longer there."),
    "out_of_stock": (409, "The listing is sold out."),
}
COURSES = ("ships", "never_ships", "cancels", "refunds", "lost", "refused_parcel")
CONTENTS = ("goods", "wrong", "empty", "damaged")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the seller and the carrier make of one order attempt.

    `does`: one of `REFUSALS`, or of `COURSES`: `ships` and delivers; `never_ships`; `cancels` or
    `refunds` after `after_s`; `lost` in transit; `refused_parcel` (refused at the door, returned).
    `after_s` runs from the order to the hand-in (or the cancelling), `then_s` from there to the
    delivery (or the loss). `contents` is what lies in the parcel, which only its opener sees.
    """

    does: str = "ships"
    after_s: float = 1.0
    then_s: float = 1.0
    contents: str = "goods"

    def __post_init__(self) -> None:
        if self.does not in COURSES and self.does not in REFUSALS:
            raise ValueError(f"no seller {self.does!r}")
        if self.contents not in CONTENTS:
            raise ValueError(f"no parcel holds {self.contents!r}")


@dataclass(frozen=True, slots=True)
class Sender:
    """What stands on a shop's labels."""

    name: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sales:
    """What a shop sold from `since` to `until` (ISO dates, both included)."""

    since: str
    until: str
    units: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop; `operator` is who truly runs it, which the marketplace does not tell.

    `region` is the country whose police is competent, by its two letters.
    """

    shop_id: str
    name: str
    registrant: str
    operator: str
    opened_on: str
    sender: Sender
    sales: tuple[Sales, ...] = ()
    tells_sales: bool = True
    region: str = "CN"


@dataclass(frozen=True, slots=True)
class Flag:
    """Why the platform's detection flagged a listing; `seen_at` is ISO 8601 with its offset."""

    flag_id: str
    source: str
    model: str
    model_version: str
    score: float
    signals: tuple[str, ...]
    seen_at: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing; `attempts` is met by successive orders, the last one by all later ones."""

    listing_id: str
    shop_id: str
    title: str
    brand: str
    category: str
    price_minor: int
    currency: str
    sales_count: int = 0
    gone: bool = False
    attempts: tuple[Behaviour, ...] = (Behaviour(),)
    flag: Flag | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How the agency treats a referral: `state` is `accepted`, `declined` or `acknowledged`.

    `acknowledge_s` and `decide_s` both run from the receipt. `in_turn`: nobody is told of the
    decision who was not told of the acknowledgement before, however late they ask.
    """

    state: str = "accepted"
    acknowledge_s: float = 1.0
    decide_s: float = 2.0
    reason: str | None = None
    in_turn: bool = False
    reason_code: str | None = None

    def __post_init__(self) -> None:
        if self.state not in ("acknowledged", "accepted", "declined"):
            raise ValueError(f"no agency decides {self.state!r}")


@dataclass(frozen=True, slots=True)
class AgencyConduct:
    """The default decision and those for referrals about a named operator."""

    name: str = "Police of Luohu District"
    decision: Decision = Decision()
    by_operator: dict[str, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """One simulated world."""

    platform: str
    carrier: str
    shops: tuple[Shop, ...]
    listings: tuple[Listing, ...]
    agency: AgencyConduct = AgencyConduct()

    def __post_init__(self) -> None:
        shops = {shop.shop_id for shop in self.shops}
        for listing in self.listings:
            if listing.shop_id not in shops:
                raise ValueError(f"listing {listing.listing_id} is in no shop")
            if not listing.attempts:
                raise ValueError(f"listing {listing.listing_id} meets no order attempt")

    def shop(self, shop_id: str) -> Shop | None:
        return next((shop for shop in self.shops if shop.shop_id == shop_id), None)

    def listing(self, listing_id: str) -> Listing | None:
        return next((each for each in self.listings if each.listing_id == listing_id), None)


def dump(world: World, path: Path) -> None:
    """Writes the world as JSON."""
    text = json.dumps(dataclasses.asdict(world), ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")


def load(path: Path) -> World:
    """Reads what `dump` wrote; `TypeError`, `KeyError` or `ValueError` where it is no world."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    agency = found.get("agency", {})
    return World(
        platform=found["platform"],
        carrier=found["carrier"],
        shops=tuple(_shop(each) for each in found["shops"]),
        listings=tuple(_listing(each) for each in found["listings"]),
        agency=AgencyConduct(
            name=agency.get("name", AgencyConduct().name),
            decision=Decision(**agency.get("decision", {})),
            by_operator={
                operator: Decision(**each)
                for operator, each in agency.get("by_operator", {}).items()
            },
        ),
    )


def _shop(found: dict[str, Any]) -> Shop:
    parts = {
        "sender": Sender(**found["sender"]),
        "sales": tuple(Sales(**each) for each in found.get("sales", ())),
    }
    return Shop(**{**found, **parts})


def _listing(found: dict[str, Any]) -> Listing:
    parts: dict[str, Any] = {}
    if "attempts" in found:
        parts["attempts"] = tuple(Behaviour(**each) for each in found["attempts"])
    if found.get("flag") is not None:
        parts["flag"] = Flag(**{**found["flag"], "signals": tuple(found["flag"]["signals"])})
    return Listing(**{**found, **parts})
