"""The world file and the feed made from it."""

import csv
import dataclasses

import pytest

from simulator.feed import FIELDS, write_csv
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
    dump,
    load,
)

FLAG = Flag(
    "F-1",
    "platform detection",
    "counterfeit-risk",
    "3.2",
    0.91,
    ("price far below retail", 'seller says "1:1", no invoice'),
    "2016-07-01T09:00:00+08:00",
)
WORLD = World(
    "Market",
    "Express",
    (Shop("S-1", "水晶, Corner", "Wang", "Liu", "2015-03-01", Sender("Liu", "Luohu", "1")),),
    (
        Listing("L-1", "S-1", "Watch", "Swarovski", "watch", 45_000, "CNY", flag=FLAG),
        Listing(
            "L-2", "S-1", "Other", "Swarovski", "watch", 1, "CNY", attempts=(Behaviour("lost"),)
        ),
    ),
    AgencyConduct(by_operator={"Zhao": Decision("declined", reason="no")}),
)


def test_a_world_comes_back_from_its_file_as_it_was(tmp_path):
    sold = dataclasses.replace(WORLD.shops[0], sales=(Sales("2016-06-01", "2016-06-30", 4, 5),))
    world = dataclasses.replace(WORLD, shops=(sold,))
    dump(world, tmp_path / "world.json")
    assert load(tmp_path / "world.json") == world


def test_a_world_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="no shop"):
        dataclasses.replace(WORLD, shops=())
    with pytest.raises(ValueError, match="dawdles"):
        Behaviour("dawdles")
    with pytest.raises(ValueError, match="no parcel"):
        Behaviour(contents="bricks")
    with pytest.raises(ValueError, match="forgets"):
        Decision("forgets")


def test_the_feed_holds_each_flagged_listing_once(tmp_path):
    write_csv(WORLD, "http://127.0.0.1:1", tmp_path / "feed.csv")
    with (tmp_path / "feed.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == FIELDS
    assert row["signals"].split(";") == list(FLAG.signals)
    assert (row["shop_name"], row["price_minor"]) == ("水晶, Corner", "45000")
    assert row["listing_url"] == "http://127.0.0.1:1/listings/L-1"
    assert row["score"] == "0.91"
