"""The feed of flagged shops that the platform's detection hands over, as CSV.

Owns the format: one row a flag, `signals` joined by `;`, amounts in minor units, `seen_at` in
ISO 8601 with its offset.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from simulator.world import World

FIELDS: tuple[str, ...] = (
    "flag_id",
    "source",
    "model",
    "model_version",
    "score",
    "signals",
    "shop_id",
    "shop_name",
    "listing_id",
    "listing_url",
    "title",
    "brand",
    "category",
    "price_minor",
    "currency",
    "platform",
    "seen_at",
    "registrant",
    "region",
)


def rows(world: World, marketplace_url: str) -> list[dict[str, Any]]:
    """One row for each flagged listing, in the world's order, with `FIELDS` as keys."""
    found: list[dict[str, Any]] = []
    for listing in world.listings:
        shop = world.shop(listing.shop_id)
        if listing.flag is None or shop is None:
            continue
        values = {
            "shop_name": shop.name,
            "listing_url": f"{marketplace_url}/listings/{listing.listing_id}",
            "platform": world.platform,
            "registrant": shop.registrant,
            "region": shop.region,
        }
        for name in FIELDS:
            if name not in values:
                owner = listing.flag if hasattr(listing.flag, name) else listing
                values[name] = getattr(owner, name)
        found.append({name: values[name] for name in FIELDS})
    return found


def write_csv(world: World, marketplace_url: str, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for row in rows(world, marketplace_url):
            writer.writerow({**row, "signals": ";".join(row["signals"])})
