"""Feeds: what is wrong is said by line, what is right is imported, once."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from casework.errors import Refused
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.programme import programme
from rules.roles import Role
from storage.rows import add, every, table_of
from storage.session import Database
from storage.tables import Flag, Notice
from tests.casework.programme_in import START, feed

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
        (b"hello", "names no column"),
        (b"hello\nworld\n", "names no column"),
        (LINE.encode(), "names no column"),
        (b"[1, 2]", "names no column"),
        (b'"open,flag_id', "is not CSV"),
        (b"x" * 200_000, "is not CSV"),
    ],
)
def test_a_file_that_is_no_feed_is_said_to_be_none(data, said):
    with pytest.raises(Refused, match=said) as caught:
        read_feed("feed.csv", data)
    assert caught.value.reasons[0].startswith("This is no feed")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER.replace("brand,", ""), "The column “brand” is missing."),
        (HEADER.replace("title", "name"), "The column “name” is not known."),
        (HEADER + ",brand", "The column “brand” stands twice."),
        (HEADER + ",region,region", "The column “region” stands twice."),
        (HEADER + ",", "The column “” is not known."),
    ],
)
@pytest.mark.parametrize("lines", [(), (LINE,)])
def test_a_wrong_header_is_said_to_be_wrong_with_or_without_lines_below(header, said, lines):
    with pytest.raises(Refused) as caught:
        read(header, *lines, name="feed.csv")
    first, *wrong, wanted = caught.value.reasons
    assert "line 1" in first and said in wrong
    assert "flag_id, source" in wanted and "registrant, region and kind" in wanted


def test_blanks_around_a_columns_name_are_no_matter():
    found = read(HEADER.replace(",", " , "), LINE, name="feed.csv")
    assert len(found.rows) == 1 and not found.rejected


@pytest.mark.parametrize("name", ["flag_id", "shop_id", "listing_id", "brand", "signals"])
def test_a_field_of_blanks_is_a_missing_one(name):
    blank = LINE if name == "signals" else LINE.replace(str(GOOD[name]), " \u3000\t", 1)
    blank = blank.replace(",cheap,", ",  ,") if name == "signals" else blank
    found = read(HEADER, blank, LINE.replace("J1", "J2"), name="feed.csv")
    assert [row.flag_id for row in found.rows] == ["J2"]
    assert [each.reason for each in found.rejected] == [f"The field “{name}” is missing."]
    (rejected,) = read(line(**{name: "  "})).rejected
    assert rejected.reason == f"The field “{name}” is missing."


def test_a_field_that_stands_twice_in_an_object_is_an_error_of_its_line():
    found = read(line()[:-1] + ', "brand": "Rolex"}', line(flag_id="J2"))
    assert [row.flag_id for row in found.rows] == ["J2"]
    assert [each.reason for each in found.rejected] == ["The field “brand” stands twice."]


def test_blanks_for_an_optional_field_are_nothing():
    (row,) = read(line(registrant=" ", region="\t")).rows
    assert (row.registrant, row.region) == (None, None)


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


def test_a_brand_whose_name_holds_a_joiner_takes_its_flags(on_sqlite):
    """Persian is written with one; what is compared is without it on both sides."""
    town, name = on_sqlite, "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    programme.add_brand(town.db, town.act(Role.ADMINISTRATOR), rights_holder="A holder", brand=name)
    rows = read(line(flag_id="J4", brand=name)).rows
    done = flagging.import_flags(town.db, town.act(Role.ANALYST), rows)
    assert (done.imported, done.rejected) == (1, ())


def test_a_flag_twice_in_one_file_is_imported_once(on_sqlite):
    rows = read(line(), line(score=0.1)).rows
    imported = flagging.import_flags(on_sqlite.db, on_sqlite.act(Role.ANALYST), rows)
    assert (imported.imported, imported.known) == (1, 1)


def many(count):
    return [line(flag_id=f"M{n}", listing_id=f"L{n}", shop_id=f"S{n % 40}") for n in range(count)]


def test_a_long_feed_is_imported_once_and_every_faulty_line_named(both):
    lines = many(1_203)
    lines[7] = line(flag_id="bad", brand="Rolex")
    lines[700] = line(flag_id="bad", category="cars")
    lines[1_100] = "{"
    lines[1_202] = line(flag_id="bad", brand="Rolex")
    found = read(*lines)
    first = flagging.import_flags(both.db, both.act(Role.ANALYST), found.rows)
    assert (first.imported, first.known, first.stopped) == (1_199, 0, None)
    rejected = sorted(each.line for each in (*found.rejected, *first.rejected))
    assert rejected == [8, 701, 1_101, 1_203]
    again = flagging.import_flags(both.db, both.act(Role.ANALYST), found.rows)
    assert (again.imported, again.known) == (0, 1_199)
    assert again.rejected == first.rejected


def test_a_long_import_lets_another_process_write_meanwhile(on_sqlite, quick):
    """SQLite has one writer: whoever waits gets a turn before the feed is through."""
    rows = read(*many(2_500)).rows
    flags, notices = table_of(Flag), table_of(Notice)
    with ThreadPoolExecutor(1) as side, closing(Database.in_folder(quick)) as other:
        # A database object of its own is to SQLite what another process is.
        importing = side.submit(
            flagging.import_flags, on_sqlite.db, on_sqlite.act(Role.ANALYST), rows
        )
        seen = []
        while not importing.done():
            with other.write() as tx:
                add(tx, Notice, key=f"{len(seen)}", to_role=Role.ANALYST, text="", created_at=START)
                seen.append(len(every(tx, Flag, flags.c.source_flag_id.like("M%"))))
            time.sleep(0.01)
        assert importing.result().imported == 2_500
    partly = {count for count in seen if 0 < count < 2_500}
    assert len(partly) >= 3, seen
    assert all(count % 500 == 0 for count in partly)
    assert len(on_sqlite.all(Notice, notices.c.text == "")) == len(seen)


def test_a_disk_that_fills_up_between_keeps_what_was_imported_and_says_so(on_sqlite):
    rows = read(
        *[line(flag_id=f"M{n}", listing_id=f"L{n}", title="x" * 3_000) for n in range(1_000)]
    ).rows
    with on_sqlite.db.engine.connect() as connection:
        # The pool gives the same connection again.
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 700}")
    stopped = flagging.import_flags(on_sqlite.db, on_sqlite.act(Role.ANALYST), rows)
    assert stopped.imported == 500
    assert "Make room" in stopped.stopped and "lines from 501 on" in stopped.stopped
    with on_sqlite.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    rest = flagging.import_flags(on_sqlite.db, on_sqlite.act(Role.ANALYST), rows)
    assert (rest.imported, rest.known, rest.stopped) == (500, 500, None)


def test_an_import_is_the_analysts(on_sqlite):
    with on_sqlite.refuses("analyst"):
        flagging.import_flags(on_sqlite.db, on_sqlite.act(Role.AUDITOR), read(line()).rows)
