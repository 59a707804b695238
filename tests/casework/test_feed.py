"""Feeds: what is wrong is said by line, what is right is imported, once."""

import json

import pytest

from casework import flagging
from casework.feed import read_feed
from rules.roles import Role
from storage.tables import Flag
from tests.casework.programme_in import feed

GOOD = {
    "flag_id": "J1",
    "source": "vision",
    "model": "logo",
    "model_version": "3",
    "score": 0.9,
    "signals": ["cheap"],
    "platform": "taobao",
    "shop_id": "S1",
    "shop_name": "Shop 1",
    "listing_id": "L1",
    "listing_url": "https://shop.example/1",
    "title": "Article",
    "brand": "Swarovski",
    "category": "watches",
    "price_minor": 12000,
    "currency": "CNY",
    "seen_at": "2026-11-01T08:00:00Z",
}
HEADER = ",".join(GOOD)
LINE = ",".join(str(value) for value in {**GOOD, "signals": "cheap"}.values())


def line(**changes):
    return json.dumps(GOOD | changes, ensure_ascii=False)


def read(*lines, name="feed.jsonl"):
    return read_feed(name, "\n".join(lines).encode())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"price_minor": 12.5}, "not a whole number"),
        ({"price_minor": -3}, "not a whole number"),
        ({"price_minor": "9" * 6000}, "not a whole number"),
        ({"currency": "RMB"}, "RMB"),
        ({"seen_at": "yesterday"}, "not ISO 8601"),
        ({"seen_at": "2026-11-01T08:00:00"}, "no zone"),
        ({"seen_at": "0001-01-01T00:00:00+14:00"}, "time"),
        ({"score": "nan"}, "score"),
        ({"listing_url": "javascript:alert(1)"}, "https://"),
        ({"shop_name": ""}, "shop_name"),
        ({"shop_id": {"nested": [1]}}, "shop_id"),
        ({"signals": [{"nested": 1}]}, "signals"),
        ({"title": "a\0b"}, "title"),
        ({"registrant": "a\0b"}, "registrant"),
        ({"signals": ["a\0b"]}, "signals"),
        ({"colour": "red"}, "Unknown field"),
    ],
)
def test_a_malformed_field_is_reported_by_its_line_and_the_others_are_taken(changes, said):
    found = read(line(), line(**changes), line(flag_id="J2"))
    assert [row.flag_id for row in found.rows] == ["J1", "J2"]
    (rejected,) = found.rejected
    assert rejected.line == 2 and said in rejected.reason and len(rejected.reason) < 300


def test_half_a_surrogate_pair_is_no_text():
    found = read(line().replace("Article", r"\ud800"), line(flag_id="J2"))
    assert [row.flag_id for row in found.rows] == ["J2"]


def test_a_line_of_json_ends_at_its_line_feed_only():
    """U+2028 and its like may stand in a JSON string as they are."""
    found = read(line(title="one\u2028two\x85three"), line(flag_id="J2"))
    assert [row.title for row in found.rows] == ["one\u2028two\x85three", "Article"]
    assert not found.rejected


@pytest.mark.parametrize("bad", ["[1, 2]", "null", "{", "[" * 50_000, "9" * 5_000, "x" * 200_000])
def test_a_line_that_is_no_object_is_rejected_alone(bad):
    found = read(line(), bad, line(flag_id="J2"))
    assert [row.flag_id for row in found.rows] == ["J1", "J2"]
    assert [rejected.line for rejected in found.rejected] == [2]


@pytest.mark.parametrize(
    "bad", ['"open, and "closed" again,x', "x" * 200_000, LINE + ",more", "a,b", LINE[:-9]]
)
def test_a_broken_line_of_csv_does_not_hide_the_ones_after_it(bad):
    found = read(HEADER, LINE, bad, LINE.replace("J1", "J2"), name="feed.csv")
    assert [row.flag_id for row in found.rows] == ["J1", "J2"]
    assert [rejected.line for rejected in found.rejected] == [3]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        ("é".encode("latin-1"), "UTF-8"),
        (HEADER.encode("utf-16"), "UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "UTF-8"),
    ],
)
def test_a_file_that_is_no_feed_is_said_to_be_none(data, said):
    (rejected,) = read_feed("feed.csv", data).rejected
    assert said in rejected.reason


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter():
    data = b"\xef\xbb\xbf" + f"{HEADER}\r\n{LINE}\r\n".encode()
    found = read_feed("feed.csv", data)
    assert len(found.rows) == 1 and not found.rejected
    lines = b"\xef\xbb\xbf" + f"{line()}\r\n".encode()
    assert len(read_feed("feed.jsonl", lines).rows) == 1


def test_unknown_brands_are_rejected_by_line_and_a_rerun_imports_nothing(both):
    rows = read(line(), line(flag_id="J2", brand="Rolex"), line(flag_id="J3", category="cars"))
    analyst = both.act(Role.ANALYST)
    first = flagging.import_flags(both.db, analyst, rows.rows)
    assert (first.imported, first.known) == (1, 0)
    assert [rejected.line for rejected in first.rejected] == [2, 3]
    before = len(both.all(Flag))
    again = flagging.import_flags(both.db, analyst, [*rows.rows, *read_feed("f.csv", feed()).rows])
    assert (again.imported, again.known) == (0, 1 + 9)
    assert len(both.all(Flag)) == before


def test_a_flag_twice_in_one_file_is_imported_once(on_sqlite):
    rows = read(line(), line(score=0.1)).rows
    imported = flagging.import_flags(on_sqlite.db, on_sqlite.act(Role.ANALYST), rows)
    assert (imported.imported, imported.known) == (1, 1)


def test_an_import_is_the_analysts(on_sqlite):
    with on_sqlite.refuses("analyst"):
        flagging.import_flags(on_sqlite.db, on_sqlite.act(Role.AUDITOR), read(line()).rows)
