"""Cells of a table: no formula where a spreadsheet lets a cell begin, all else as it is."""

import csv
import io

import pytest

from portal.spreadsheets import plain, sheet

EVIL = "=cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    "text",
    [
        EVIL, f" {EVIL}", f"\u200b{EVIL}", f"\u202e{EVIL}", f"watch;{EVIL}", f"watch; {EVIL}",
        f"watch\t{EVIL}", f"watch\n{EVIL}", f"watch\r\n{EVIL}", "手表;＝1+1", "a;-2+3", "a;@SUM(1)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_begins_as_a_formula_by_whatever_cells_are_parted(text, delimiter):
    """A spreadsheet of a country with decimal commas parts the same file by semicolons."""
    file = sheet("t.csv", ("a", "b", "c"), [(1, text, "x")]).body.decode("utf-8-sig")
    for line in file.splitlines()[1:]:
        (cells,) = csv.reader([line], delimiter=delimiter) if line.strip() else ([],)
        for cell in cells:
            assert not cell.strip(" \u200b\u202e").startswith(("=", "+", "-", "@", "＝")), cells


@pytest.mark.parametrize("text", ["125 watches; 2 seals", "手表，劳力士", "a-b", "x=y", "1;2", ""])
def test_what_is_no_formula_stays_as_it_was_written(text):
    assert plain(text) == text
    (row,) = csv.reader(io.StringIO(sheet("t.csv", ("a",), [(text,)]).body.decode()[4:].lstrip()))
    assert row == [text] or not text


def test_a_number_below_nothing_stays_a_number():
    assert b"\r\n-5\r\n" in bytes(sheet("t.csv", ("a",), [(-5,)]).body)
