"""Which price is an offer's, and what sales are worth at it: never more than is on record."""

from datetime import UTC, date, datetime

import pytest

from rules.money import Money
from rules.prices import GenuinePrice, at_genuine, lowest, price_of
from rules.sales import SalesRecord


def price(product: str, minor: int, since: str = "2026-01-01", currency: str = "CNY"):
    return GenuinePrice(product, Money(minor, currency), "List", True, date.fromisoformat(since))


def sold(units: int | None, minor: int = 100, currency: str = "CNY") -> list[SalesRecord]:
    period = date(2026, 1, 1), date(2026, 1, 31)
    at = datetime(2026, 2, 1, tzinfo=UTC)
    return [SalesRecord(1, *period, Money(minor, currency), "S", at, units)]


AURA, LONG = price("Crystal Aura", 100), price("Crystal Aura watch", 200)
DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Swarovski crystal-aura, new", AURA),
        ("CRYSTAL AURA WATCH gold", LONG),
        ("Crystal watch Aura", None),
        ("Crystal Auras", None),
        ("", None),
    ],
)
def test_the_longest_product_that_the_title_names_word_for_word(title: str, found) -> None:
    assert price_of([AURA, LONG], title, DAY) == found


def test_chinese_titles_have_no_spaces() -> None:
    swan = price("天鹅 项链", 300)
    assert price_of([swan], "施华洛世奇天鹅项链女", DAY) == swan
    assert price_of([swan], "施华洛世奇天鹅手链", DAY) is None


def test_the_row_of_the_day_and_of_one_day_the_last() -> None:
    old, new = price("Aura", 100, "2026-01-01"), price("Aura", 150, "2026-06-01")
    mended = price("aura", 140, "2026-06-01")
    rows = [new, old]
    assert price_of(rows, "Aura", date(2026, 5, 31)) == old
    assert price_of(rows, "Aura", date(2026, 6, 1)) == new
    assert price_of([*rows, mended], "Aura", date(2026, 7, 1)) == mended
    assert price_of(rows, "Aura", date(2025, 12, 31)) is None


def test_two_products_of_one_length_are_not_guessed_between() -> None:
    assert price_of([price("Aura", 1), price("Nova", 2)], "Aura Nova", DAY) is None


def test_of_several_articles_the_lowest_is_a_lower_bound() -> None:
    assert lowest([LONG, AURA, price("E", 1, currency="EUR")], "CNY") == AURA
    assert lowest([], "CNY") is None


def test_only_pieces_on_record_with_a_price_in_the_currency_count() -> None:
    euro = price("E", 900, currency="EUR")
    sales = [
        (sold(3), AURA),
        (sold(None), AURA),
        (sold(5), None),
        (sold(5), euro),
        ([], AURA),
        (sold(9, currency="EUR"), AURA),
    ]
    valued = at_genuine(sales, "CNY")
    assert (valued.total, valued.pieces, valued.silent, valued.shops) == (
        Money(300, "CNY"), 3, 5, 6,
    )  # fmt: skip
    assert at_genuine(sales[1:], "CNY").total is None
    assert at_genuine([], "CNY").total is None
