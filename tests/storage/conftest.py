"""A test buy's row with all it refers to, and a second process to race with."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from rules.lifecycle import Stage
from storage.rows import add, one
from storage.session import Transaction
from storage.tables import (
    Brand,
    Category,
    Flag,
    Listing,
    RequestedVia,
    RightsHolder,
    Route,
    Shop,
    TestBuy,
)

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


@pytest.fixture
def add_testbuy(now: datetime) -> Callable[[Transaction, str], int]:
    """Adds a requested test buy `reference`; gives its number."""

    def frame(tx):
        holder = add(tx, RightsHolder, name="Holder")
        brand = add(tx, Brand, rights_holder_id=holder, name="Brand")
        category = add(tx, Category, name="Watches", shot_list="short", basis="physical")
        shop = add(tx, Shop, platform="P", platform_shop_id="1", name="Shop")
        about = {"shop_id": shop, "brand_id": brand, "category_id": category}
        listing = add(tx, Listing, platform_listing_id="L", url="", title="Watch", **about)
        add(
            tx,
            Flag,
            source="S",
            source_flag_id="1",
            model="m",
            model_version="1",
            score=0.9,
            shop_id=shop,
            listing_id=listing,
            price_minor=100,
            currency="CNY",
            seen_at=now,
            imported_at=now,
        )

    def make(tx, reference):
        if one(tx, Flag) is None:
            frame(tx)
        listing = one(tx, Listing)
        return add(
            tx,
            TestBuy,
            reference=reference,
            flag_id=one(tx, Flag).id,
            shop_id=listing.shop_id,
            listing_id=listing.id,
            brand_id=listing.brand_id,
            category_id=listing.category_id,
            purpose="to see",
            price_minor=100,
            currency="CNY",
            route=Route.BY_HAND,
            requested_via=RequestedVia.PORTAL,
            requested_at=now,
            challenge_code="ABC",
            stage=Stage.REQUESTED,
            version=1,
            changed_at=now,
            waiting_name="Waiting for approval",
            waiting_since=now,
        )

    return make


@pytest.fixture(scope="session")
def racers() -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes running `racer.py`."""
    pair = [
        subprocess.Popen(
            [sys.executable, str(FOLDER / "racer.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    yield pair
    for racer in pair:
        racer.communicate(timeout=120)


@pytest.fixture
def race(racers: list[subprocess.Popen[str]]) -> Callable[..., list[list[Any]]]:
    """Runs a race in two processes: `race(db, what, times)` gives what each of them got.

    Both have the database open before either is told to begin.
    """

    def tell(line):
        for racer in racers:
            racer.stdin.write(f"{line}\n")
            racer.stdin.flush()

    def heard():
        return [racer.stdout.readline() for racer in racers]

    def run(db, what, times=1):
        tell(f"{db.url} {what} {times}")
        assert heard() == ["ready\n", "ready\n"]
        tell("go")
        return [json.loads(line) for line in heard()]

    return run
