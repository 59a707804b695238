"""Sums of what sources claim: inside one source, basis and currency, no surer than its parts."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.holders import ExhibitKind
from rules.money import Money
from rules.seizures import Basis, Claim, Precision, Value, ValueOf, counts, totals, weaker

CURRENCIES = ("CNY", "USD")
WORDS = st.sampled_from(Precision)


@st.composite
def values(draw):
    return Value(
        Money(draw(st.integers(1, 10**6)), draw(st.sampled_from(CURRENCIES))),
        draw(st.sampled_from(ValueOf)),
        draw(WORDS),
        draw(st.sampled_from(Basis)),
    )


@st.composite
def claims(draw):
    return Claim(
        draw(st.integers(1, 3)),
        draw(st.sampled_from(ExhibitKind)),
        draw(st.integers(0, 500)),
        draw(WORDS),
        draw(st.sampled_from(("pieces", "boxes"))),
        draw(st.none() | values()),
    )


def fits(truth: int, said: int, word: Precision) -> bool:
    return {
        Precision.EXACTLY: truth == said,
        Precision.AT_LEAST: truth >= said,
        Precision.OVER: truth > said,
        Precision.ABOUT: True,
    }[word]


def test_the_two_accounts_of_the_source_case_stand_apart() -> None:
    """Domain, section 1: 125 and over 125, about RMB 2 million, and 2 seals without a value."""
    worth = Value(Money(200_000_000, "CNY"), ValueOf.ALL, Precision.ABOUT, Basis.ESTIMATE)
    police, press = 1, 2
    said = [
        Claim(police, ExhibitKind.GOODS, 125, Precision.EXACTLY, "pieces", worth),
        Claim(police, ExhibitKind.SEAL, 2, Precision.EXACTLY, "pieces"),
        Claim(press, ExhibitKind.GOODS, 125, Precision.OVER, "pieces"),
    ]
    (total,) = totals(said)
    assert (total.source, total.money, total.precision, total.lines) == (
        police, worth.money, Precision.ABOUT, 1,
    )  # fmt: skip
    told = {(row.source, row.kind): (row.quantity, row.precision) for row in counts(said)}
    assert told == {
        (police, ExhibitKind.GOODS): (125, Precision.EXACTLY),
        (police, ExhibitKind.SEAL): (2, Precision.EXACTLY),
        (press, ExhibitKind.GOODS): (125, Precision.OVER),
    }


@given(st.lists(claims()))
def test_a_sum_is_made_inside_one_source_basis_and_currency(said: list[Claim]) -> None:
    summed = totals(said)
    keys = [(total.source, total.basis, total.money.currency) for total in summed]
    assert len(keys) == len(set(keys))
    valued = [claim for claim in said if claim.value]
    assert Counter({key: total.lines for key, total in zip(keys, summed, strict=True)}) == Counter(
        (c.source, c.value.basis, c.value.money.currency) for c in valued if c.value
    )
    for total in summed:
        own = [
            claim.worth()
            for claim in valued
            if claim.value
            and (claim.source, claim.value.basis, claim.value.money.currency)
            == (total.source, total.basis, total.money.currency)
        ]
        assert total.money.minor == sum(worth[0].minor for worth in own if worth)


@given(st.lists(claims()))
def test_every_line_is_counted_once(said: list[Claim]) -> None:
    assert sum(row.lines for row in counts(said)) == len(said)
    for unit in ("pieces", "boxes"):
        own = sum(row.quantity for row in counts(said) if row.unit == unit)
        assert own == sum(claim.quantity for claim in said if claim.unit == unit)


@given(claims(), st.data())
def test_a_worth_is_no_surer_than_what_it_is_made_of(claim: Claim, data) -> None:
    """Whatever is true of pieces and price as told is true of their product as told."""
    if claim.value is None or claim.value.of is ValueOf.ALL:
        return
    pieces = data.draw(
        st.integers(0, 1000).filter(lambda n: fits(n, claim.quantity, claim.precision))
    )
    minor, word = claim.value.money.minor, claim.value.precision
    price = data.draw(st.integers(1, 2 * 10**6).filter(lambda n: fits(n, minor, word)))
    worth = claim.worth()
    assert worth is not None
    assert fits(pieces * price, worth[0].minor, worth[1])


@given(WORDS, WORDS, st.integers(0, 99), st.integers(0, 99), st.data())
def test_a_sum_is_no_surer_than_its_parts(one, other, first, second, data) -> None:
    whole = st.integers(0, 200)
    a = data.draw(whole.filter(lambda n: fits(n, first, one)))
    b = data.draw(whole.filter(lambda n: fits(n, second, other)))
    assert fits(a + b, first + second, weaker(one, other))


def test_a_line_without_a_value_is_in_no_sum() -> None:
    claim = Claim(1, ExhibitKind.SEAL, 2, Precision.EXACTLY, "pieces")
    assert claim.worth() is None and totals([claim]) == ()


@pytest.mark.parametrize("word", Precision)
def test_exactly_is_lost_to_every_other_word(word: Precision) -> None:
    assert weaker(Precision.EXACTLY, word) is weaker(word, Precision.EXACTLY) is word
