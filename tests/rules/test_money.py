"""Money: exact in and out, and never two currencies in one sum."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import EXPONENTS, MixedCurrenciesError, Money, MoneyError, parse

minors = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(sorted(EXPONENTS))


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(123456, "CNY"), "CNY 1,234.56"),
        (Money(1200, "JPY"), "JPY 1,200"),
        (Money(1234567, "KWD"), "KWD 1,234.567"),
        (Money(-5, "USD"), "USD -0.05"),
        (Money(0, "EUR"), "EUR 0.00"),
    ],
)
def test_money_is_written_with_its_currencys_decimals(money: Money, written: str) -> None:
    assert money.format() == written


@given(minors, currencies)
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse(money.format().removeprefix(f"{currency} "), currency) == money


@given(minors, minors, currencies, currencies)
def test_two_currencies_never_meet(first: int, second: int, one: str, other: str) -> None:
    for combine in (
        operator.add,
        operator.sub,
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
    ):
        if one == other:
            result = combine(Money(first, one), Money(second, other))
            expected = combine(first, second)
            assert result == (expected if isinstance(expected, bool) else Money(expected, one))
        else:
            with pytest.raises(MixedCurrenciesError):
                combine(Money(first, one), Money(second, other))


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.234", "CNY"),
        ("1.0", "JPY"),
        ("1,23.00", "CNY"),
        ("1 000", "CNY"),
        ("", "CNY"),
        ("1e3", "CNY"),
        ("1.", "CNY"),
        ("١٢", "CNY"),
        ("9" * 5000, "CNY"),
        ("1", "XXX"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        parse(text, currency)


def test_fewer_decimals_are_filled_up() -> None:
    assert parse("12.5", "KWD") == Money(12500, "KWD")
