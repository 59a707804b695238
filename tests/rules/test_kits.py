"""Ranges of printed numbers: which lie in them, and what is no range."""

import pytest

from rules.kits import Numbers


@pytest.mark.parametrize(
    ("number", "inside"),
    [
        ("SB-0010", True),
        (" SB-0019 ", True),
        ("SB-0015", True),
        ("SB-0009", False),
        ("SB-0020", False),
        ("SB-15", False),
        ("SB-00015", False),
        ("SC-0015", False),
        ("0015", False),
        ("SB-0015x", False),
        ("", False),
    ],
)
def test_a_number_lies_in_a_range_by_prefix_width_and_value(number, inside):
    assert Numbers("SB-0010", "SB-0019").holds(number) is inside


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("SB-0010", "SC-0019", "one series"),
        ("SB-10", "SB-0019", "one series"),
        ("SB-0019", "SB-0010", "lowest first"),
        ("A000001", "A999999", "no range"),
        ("bags", "bags", "ends in no number"),
        ("", "1", "ends in no number"),
    ],
)
def test_what_is_no_range_is_said(first, last, why):
    with pytest.raises(ValueError, match=why):
        Numbers(first, last)


def test_ranges_meet_where_they_share_a_number():
    ours = Numbers("B10", "B19")
    meeting = [("B19", "B25"), ("B01", "B10"), ("B12", "B13"), ("B00", "B99"), ("B10", "B19")]
    assert all(ours.meets(Numbers(*each)) for each in meeting)
    assert not any(ours.meets(Numbers(*each)) for each in [("B20", "B29"), ("C10", "C19")])
    assert (ours.count, str(ours), str(Numbers("C7", "C7"))) == (10, "B10 to B19", "C7")
