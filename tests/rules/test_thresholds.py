"""The threshold rows against the protocol, and the gauge: met, short, or honestly unknown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import Money
from rules.sales import SalesRecord
from rules.thresholds import DEFAULT_THRESHOLDS, Gauge, Limb, LimbReading, LimbState, gauge
from rules.thresholds import Threshold as Row

NOW = datetime(2026, 8, 10, tzinfo=UTC)
SELLING = Row(
    "CN", "selling", Limb.SALES, 5_000_000, "CNY", date(2025, 4, 26), None, "statute", True
)


def _sales(shop: int, minor: int, currency: str = "CNY", source: str = "platform") -> SalesRecord:
    return SalesRecord(
        shop, date(2026, 1, 1), date(2026, 6, 30), Money(minor, currency), source, NOW
    )


def _gauge(*rows: Row, records: dict[int, list[SalesRecord]], reoffender: bool | None = None):
    return gauge(rows, records, NOW, "CN", reoffender)


def _limb(found: Gauge) -> LimbReading:
    (limb,) = found.limbs
    return limb


def test_the_default_rows_are_the_protocols() -> None:
    rows = {
        (row.offence.split(",")[0], row.limb.value, row.amount, row.reoffender)
        for row in DEFAULT_THRESHOLDS
        if row.jurisdiction == "CN"
    }
    assert rows == {
        ("art. 213", "gains", 3_000_000, False),
        ("art. 213", "volume", 5_000_000, False),
        ("art. 213", "gains", 2_000_000, False),
        ("art. 213", "volume", 3_000_000, False),
        ("art. 214", "gains", 3_000_000, False),
        ("art. 214", "sales", 5_000_000, False),
        ("art. 214", "unsold", 15_000_000, False),
        ("art. 214", "gains", 2_000_000, True),
        ("art. 214", "sales", 3_000_000, True),
        ("art. 215", "pieces", 20_000, False),
        ("art. 215", "volume", 5_000_000, False),
        ("art. 215", "gains", 3_000_000, False),
    }
    elsewhere = {row.jurisdiction: row.limb for row in DEFAULT_THRESHOLDS if row.limb == "none"}
    assert set(elsewhere) == {"US", "UK", "EU", "DE"}


def test_whatever_is_marked_plausible_only_is_unverified() -> None:
    for row in DEFAULT_THRESHOLDS:
        assert row.verified is ("not checked" not in row.source)
    assert {row.offence for row in DEFAULT_THRESHOLDS if row.verified} == {
        "art. 214, selling",
        "18 USC 2320, knowing and intentional trafficking",
        "TRIPS art. 61, wilful and on a commercial scale, not harmonised",
    }


def test_no_two_default_rows_say_the_same_thing_twice() -> None:
    keys = [
        (row.jurisdiction, row.offence, row.limb, row.reoffender, row.valid_from)
        for row in DEFAULT_THRESHOLDS
    ]
    assert len(set(keys)) == len(keys)


def test_two_shops_of_one_operator_meet_the_floor_together() -> None:
    records = {1: [_sales(1, 3_000_000)], 2: [_sales(2, 2_000_000)]}
    found = _gauge(SELLING, records=records)
    assert found.met
    assert found.missing == ()
    assert "CNY 50,000.00 of CNY 50,000.00" in found.reasons[0]


def test_one_fen_short_is_short_by_one_fen() -> None:
    found = _gauge(SELLING, records={1: [_sales(1, 4_999_999)]})
    assert not found.met
    limb = _limb(found)
    assert (limb.state, limb.short_by) == (LimbState.SHORT, Money(1, "CNY"))
    assert "CNY 0.01" in limb.sentence


@pytest.mark.parametrize(
    "second", [[], [_sales(2, 1, source="")], [_sales(2, 9_000_000, currency="USD")]]
)
def test_a_silent_shop_makes_a_short_sum_unknown(second: list[SalesRecord]) -> None:
    found = _gauge(SELLING, records={1: [_sales(1, 4_000_000)], 2: second})
    limb = _limb(found)
    assert not found.met
    assert (limb.state, limb.short_by) == (LimbState.UNKNOWN, None)
    assert "at least CNY 40,000.00" in limb.sentence
    told, *foreign = found.missing
    assert told == "Shop 2 has no sales record in CNY with a source: obtain one."
    counting = [row for row in second if row.amount.currency == "USD"]
    assert ["USD 90,000.00" in each for each in foreign] == [True] * len(counting)


def test_a_sum_above_the_floor_is_met_whatever_is_silent() -> None:
    assert _gauge(SELLING, records={1: [_sales(1, 6_000_000)], 2: []}).met


def test_an_operator_without_shops_is_unknown_not_short() -> None:
    found = _gauge(SELLING, records={})
    assert _limb(found).state is LimbState.UNKNOWN
    assert found.missing == ("No shop is linked to the operator: link one.",)


def test_a_place_without_rows_is_never_met() -> None:
    found = gauge([SELLING], {1: [_sales(1, 6_000_000)]}, NOW, "FR", None)
    assert not found.met
    assert found.reasons


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "holds"),
    [
        (date(2026, 8, 10), None, True),
        (date(2026, 8, 11), None, False),
        (date(2025, 1, 1), date(2026, 8, 10), True),
        (date(2025, 1, 1), date(2026, 8, 9), False),
    ],
)
def test_a_row_holds_on_its_own_days(
    valid_from: date, valid_until: date | None, holds: bool
) -> None:
    row = replace(SELLING, valid_from=valid_from, valid_until=valid_until)
    assert _gauge(row, records={1: [_sales(1, 6_000_000)]}).met is holds


@pytest.mark.parametrize(("known", "met"), [(True, True), (None, False), (False, False)])
def test_a_reoffenders_floor_needs_a_known_reoffender(known: bool | None, met: bool) -> None:
    lower = replace(SELLING, amount=3_000_000, reoffender=True)
    found = _gauge(lower, records={1: [_sales(1, 4_000_000)]}, reoffender=known)
    assert found.met is met
    if known is None:
        assert _limb(found).state is LimbState.UNKNOWN
        assert any("offended before" in sentence for sentence in found.missing)


def test_an_unverified_row_says_so() -> None:
    for minor in (1, 6_000_000):
        row = replace(SELLING, verified=False)
        assert "unverified" in _limb(_gauge(row, records={1: [_sales(1, minor)]})).sentence
        assert "unverified" not in _limb(_gauge(SELLING, records={1: [_sales(1, minor)]})).sentence


def test_sales_prove_no_other_limb() -> None:
    for limb in (Limb.GAINS, Limb.VOLUME, Limb.UNSOLD):
        found = _gauge(replace(SELLING, limb=limb), records={1: [_sales(1, 10**12)]})
        assert _limb(found).state is LimbState.UNKNOWN
        assert found.missing == (f'The limb "{limb}" has no record with a source.',)


def test_no_floor_is_met_and_says_what_must_be_shown() -> None:
    found = gauge(DEFAULT_THRESHOLDS, {}, NOW, "US", None)
    assert found.met
    assert "knowing and intentional" in found.reasons[0]
    assert "must be shown" in found.reasons[0]


@pytest.mark.parametrize(
    "odd",
    [{"amount": None}, {"limb": Limb.NONE}, {"currency": None}, {"limb": Limb.PIECES}],
)
def test_a_row_that_contradicts_itself_cannot_be_made(odd: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="selling"):
        replace(SELLING, **odd)


amounts = st.dictionaries(st.integers(1, 4), st.none() | st.integers(0, 4_000_000), max_size=4)


@given(amounts, st.sampled_from([None, True, False]))
def test_the_gauge_says_met_only_where_the_sum_is(
    shops: dict[int, int | None], reoffender: bool | None
) -> None:
    records = {
        shop: [] if minor is None else [_sales(shop, minor)] for shop, minor in shops.items()
    }
    found = gauge(DEFAULT_THRESHOLDS, records, NOW, "CN", reoffender)
    total = sum(minor or 0 for minor in shops.values())
    assert found.met is (total >= 5_000_000 or (reoffender is True and total >= 3_000_000))
    for limb in found.limbs:
        if limb.threshold.limb is Limb.SALES and limb.state is LimbState.SHORT:
            assert limb.threshold.amount is not None
            assert limb.short_by == Money(limb.threshold.amount - total, "CNY")
            assert None not in shops.values()
            assert total < limb.threshold.amount


AMOUNTS = st.tuples(st.integers(1, 3), st.integers(0, 40_000_000), st.sampled_from(["CNY", "USD"]))


@given(st.lists(AMOUNTS), st.sampled_from([None, True, False]))
def test_an_amount_in_another_currency_never_counts(sold, before):
    records = {shop: [] for shop in (1, 2, 3)}
    for number, (shop, minor, currency) in enumerate(sold):
        day = date(2026, 1, 1) + timedelta(days=number)
        records[shop].append(SalesRecord(shop, day, day, Money(minor, currency), "S", NOW))
    own = {
        shop: [row for row in rows if row.amount.currency == "CNY"]
        for shop, rows in records.items()
    }
    whole, without = (gauge(DEFAULT_THRESHOLDS, each, NOW, "CN", before) for each in (records, own))
    assert whole.limbs == without.limbs
    assert whole.met == any(limb.state is LimbState.MET for limb in whole.limbs)
    foreign = sum(minor for _, minor, currency in sold if currency == "USD")
    told = [each for each in whole.missing if "do not count" in each]
    assert bool(told) == any(currency == "USD" for _, _, currency in sold)
    assert all(Money(foreign, "USD").format() in each for each in told)
    short = [limb for limb in whole.limbs if limb.state is LimbState.SHORT]
    assert not (whole.met and len(short) == len(whole.limbs))
    for limb in short:
        counting = sum(row.amount.minor for rows in own.values() for row in rows)
        assert limb.short_by.minor == limb.threshold.amount - counting > 0


def test_what_is_missing_names_the_shop_as_people_know_it():
    told = gauge(DEFAULT_THRESHOLDS, {7: []}, NOW, "CN", None, {7: "Lucky Corner"}).missing
    assert "Shop Lucky Corner has no sales record in CNY with a source: obtain one." in told
