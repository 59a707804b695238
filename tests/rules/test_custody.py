"""The continuity checker: a table of each violation, and one answer to "who held it"."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.custody import Broken, Entry, Tolerance, Whereabouts, breaks, holder_at, moment
from rules.holders import Holder, HolderKind, Method, Vouched

BOUGHT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PARCEL = Holder(HolderKind.PARCEL, "parcel")
BUYER = Holder(HolderKind.PERSON, "Bao Yun")
CLERK = Holder(HolderKind.PERSON, "Clerk")
CARRIER = Holder(HolderKind.CARRIER, "SF Express")
DESK = Holder(HolderKind.RIGHTS_HOLDER, "Swarovski AG")
ASH = Holder(HolderKind.DISPOSED, "destroyed")
TOLERANCE = Tolerance()


def entry(seq, hours, giver, taker, method=Method.IN_PERSON, seals=("S1", "S1"), **others):
    at = BOUGHT + hours * HOUR
    return Entry(seq, at, at, giver, taker, method, *seals, **others)


WHOLE = (
    entry(1, 1, PARCEL, BUYER, Method.IN_PLACE, weight_grams=400),
    entry(2, 24, BUYER, CLERK, weight_grams=402),
    entry(3, 30, CLERK, CARRIER, Method.BY_CARRIER, tracking_number="T1", weight_grams=401),
    entry(4, 60, CARRIER, DESK, Method.BY_CARRIER, tracking_number="T1", weight_grams=401),
    entry(5, 90, DESK, DESK, Method.IN_PLACE, ("S1", "S2"), weight_grams=350),
    entry(6, 99, DESK, CLERK, seals=("S2", "S2"), weight_grams=350),
    entry(7, 200, CLERK, ASH, seals=("S2", "S2")),
)


def found(entries, purchased_at=BOUGHT):
    return {
        (each.seq, each.rule)
        for each in breaks(entries, purchased_at=purchased_at, tolerance=TOLERANCE)
    }


def test_whole_custody_has_no_break():
    assert found(WHOLE) == set()


def test_no_entry_at_all_is_no_custody():
    """An empty list never means yes."""
    assert found(()) == {(0, Broken.EMPTY)}


def changed(number, **values):
    return tuple(replace(each, **values) if each.seq == number else each for each in WHOLE)


VIOLATIONS = {
    "an entry is missing": (WHOLE[:1] + WHOLE[2:3], {(3, Broken.NUMBERING), (3, Broken.GAP)}),
    "an entry stands twice": (
        (*WHOLE[:2], WHOLE[1]),
        {(2, Broken.NUMBERING), (2, Broken.GAP)},
    ),
    "given by somebody who had it not": (changed(2, giver=DESK), {(2, Broken.GAP)}),
    "the same name, another kind": (
        changed(2, giver=Holder(HolderKind.PLACE, "Bao Yun")),
        {(2, Broken.GAP)},
    ),
    "given before it was taken in": (
        changed(3, given_at=BOUGHT + 20 * HOUR),
        {(3, Broken.OVERLAP)},
    ),
    "taken before it was given": (
        changed(2, given_at=BOUGHT + 25 * HOUR),
        {(2, Broken.BACKWARDS)},
    ),
    "nobody named for a night": (changed(2, given_at=BOUGHT + 12 * HOUR), {(2, Broken.TOO_LONG)}),
    "another seal comes in": (
        changed(2, seal_in="S9"),
        {(2, Broken.SEAL_ON_THE_WAY), (3, Broken.SEAL_IN_KEEPING)},
    ),
    "another seal goes out": (
        changed(3, seal_out="S9", seal_in="S9"),
        {(3, Broken.SEAL_IN_KEEPING), (4, Broken.SEAL_IN_KEEPING)},
    ),
    "lighter at take-in": (changed(4, weight_grams=300), {(4, Broken.WEIGHT)}),
    "heavier on the way back": (changed(6, weight_grams=380), {(6, Broken.WEIGHT)}),
    "lighter when it is given": (changed(3, given_weight_grams=300), {(3, Broken.WEIGHT)}),
    "lighter at the taker than at the giver": (
        changed(3, given_weight_grams=402, weight_grams=300),
        {(3, Broken.WEIGHT), (4, Broken.WEIGHT)},
    ),
    "the seal came in torn": (changed(4, seal_intact=False), {(4, Broken.SEAL_BROKEN)}),
    "before the purchase": (
        changed(1, given_at=BOUGHT - HOUR, taken_at=BOUGHT - HOUR),
        {(1, Broken.BEFORE_PURCHASE)},
    ),
    "a carrier without a tracking number": (
        changed(3, tracking_number=None),
        {(3, Broken.TRACKING), (4, Broken.TRACKING)},
    ),
    "in under another tracking number": (changed(4, tracking_number="T2"), {(4, Broken.TRACKING)}),
    "no giver's side": (changed(2, giver_vouched=Vouched.NOBODY), {(2, Broken.ONE_SIDED)}),
    "no taker's side": (changed(6, taker_vouched=Vouched.NOBODY), {(6, Broken.ONE_SIDED)}),
    "begins in somebody's hands": (
        changed(1, method=Method.IN_PERSON),
        {(1, Broken.BEGINNING)},
    ),
    "goes on after its end": (
        (*WHOLE, entry(8, 300, ASH, CLERK, seals=("S2", "S2"))),
        {(8, Broken.AFTER_THE_END)},
    ),
}


@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_each_violation_is_found_and_nothing_else(name):
    entries, expected = VIOLATIONS[name]
    assert found(entries) == expected


def test_every_rule_stands_in_the_table():
    """A rule that no row of the table offends against is not known to work."""
    shown = {rule for _, expected in VIOLATIONS.values() for _, rule in expected}
    assert shown | {Broken.EMPTY} == set(Broken)


def test_a_purchase_that_is_not_on_record_is_said():
    assert found(WHOLE, purchased_at=None) == {(1, Broken.BEFORE_PURCHASE)}


def test_each_finding_is_a_sentence_that_names_its_entry():
    for entries, _ in VIOLATIONS.values():
        for each in breaks(entries, purchased_at=BOUGHT, tolerance=TOLERANCE):
            assert each.sentence.endswith(".") and each.sentence[0].isupper()
            assert str(each.seq) in each.sentence or each.rule is Broken.BEGINNING


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [(100, 105, True), (100, 106, False), (1000, 980, True), (1000, 979, False), (0, 5, True)],
)
def test_a_weight_may_differ_by_the_larger_of_grams_and_permille(before, after, allowed):
    assert TOLERANCE.allows(before, after) is allowed


@pytest.mark.parametrize(
    ("hours", "who", "state"),
    [
        (0.5, None, Whereabouts.NOT_YET),
        (1, BUYER, Whereabouts.HELD),
        (23.9, BUYER, Whereabouts.HELD),
        (24, CLERK, Whereabouts.HELD),
        (45, CARRIER, Whereabouts.HELD),
        (95, DESK, Whereabouts.HELD),
        (200, None, Whereabouts.DISPOSED),
    ],
)
def test_who_held_it(hours, who, state):
    answer = holder_at(WHOLE, BOUGHT + hours * HOUR)
    assert (answer.holder, answer.state) == (who, state)


def test_the_giver_holds_it_until_the_taker_has_it():
    slow = changed(2, given_at=BOUGHT + 23.5 * HOUR)
    assert holder_at(slow, BOUGHT + 23.7 * HOUR).holder == BUYER


def test_the_carriers_answer_names_its_tracking_number():
    at = BOUGHT + 45 * HOUR
    said = holder_at(WHOLE, at).sentence("AS/1", at)
    assert "SF Express (carrier) held AS/1" in said and "tracking number T1" in said


NAMES = st.sampled_from([CLERK, BUYER, DESK, CARRIER])


@st.composite
def custodies(draw):
    """Whole custody of any length, by construction."""
    at = BOUGHT + draw(st.integers(0, 1000)) * HOUR
    seal, weight = "S0", draw(st.integers(50, 5000))
    entries = [Entry(1, at, at, PARCEL, draw(NAMES), Method.IN_PLACE, seal, seal, weight, "T")]
    for seq in range(2, draw(st.integers(2, 8))):
        given_at = entries[-1].taken_at + draw(st.integers(0, 500)) * HOUR
        last = entries[-1].taker
        if draw(st.booleans()):
            taken_at = given_at + draw(st.integers(0, 60)) * timedelta(minutes=1)
            new = Entry(
                seq,
                given_at,
                taken_at,
                last,
                draw(NAMES),
                Method.IN_PERSON,
                seal,
                seal,
                weight,
                "T",
            )
        else:
            old, seal = seal, f"S{seq}"
            weight = draw(st.integers(50, 5000))
            new = Entry(
                seq, given_at, given_at, last, last, Method.IN_PLACE, old, seal, weight, "T"
            )
        entries.append(new)
    return tuple(entries)


@given(custodies(), st.integers(-10, 6000))
def test_whole_custody_of_any_length_has_one_holder_at_any_time(entries, hours):
    assert found(entries) == set()
    at = BOUGHT + hours * HOUR
    holding = [
        first
        for first, second in zip(entries, (*entries[1:], None), strict=True)
        if first.taken_at <= at and (second is None or at < second.taken_at)
    ]
    answer = holder_at(entries, at)
    if at < entries[0].taken_at:
        assert answer.state is Whereabouts.NOT_YET and not holding
    else:
        assert [answer.entry] == holding
        assert answer.holder == holding[0].taker


@given(custodies(), st.data())
def test_an_entry_taken_out_of_whole_custody_is_missed(entries, data):
    """Whichever it is: also where giver and taker of its neighbours happen to fit."""
    if len(entries) < 2:
        return
    gone = data.draw(st.integers(0, len(entries) - 2))
    assert found(entries[:gone] + entries[gone + 1 :])


@given(custodies(), st.data())
def test_two_entries_changed_about_are_missed(entries, data):
    if len(entries) < 2:
        return
    first = data.draw(st.integers(0, len(entries) - 2))
    swapped = list(entries)
    swapped[first], swapped[first + 1] = swapped[first + 1], swapped[first]
    assert found(tuple(swapped))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-03", datetime(2026, 11, 3, 23, 59, 59, 999999, UTC)),
        ("2026-11-03T14:00+08:00", datetime(2026, 11, 3, 6, 0, tzinfo=UTC)),
        ("2026-11-03T14:00Z", datetime(2026, 11, 3, 14, 0, tzinfo=UTC)),
    ],
)
def test_a_date_alone_means_its_end(text, at):
    assert moment(text) == at


@pytest.mark.parametrize("text", ["", "3.11.2026", "2026-11-03T14:00", "2026-13-01"])
def test_a_moment_that_can_not_be_told_is_refused(text):
    with pytest.raises(ValueError, match="Write a date"):
        moment(text)
