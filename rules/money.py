"""Money: whole minor units of one currency, never mixed and never a float.

Owns exponents, exact reading and writing of amounts, and the refusal to add or compare across
currencies. Leaves conversion to whoever holds a dated rate with a source.
"""

import re
from dataclasses import dataclass
from typing import Self

EXPONENTS: dict[str, int] = {
    "AED": 2, "AUD": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CNY": 2, "CZK": 2, "DKK": 2,
    "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2, "IDR": 2, "ILS": 2, "INR": 2, "ISK": 0, "JOD": 3,
    "JPY": 0, "KRW": 0, "KWD": 3, "MOP": 2, "MXN": 2, "MYR": 2, "NOK": 2, "NZD": 2, "OMR": 3,
    "PHP": 2, "PLN": 2, "RON": 2, "RUB": 2, "SAR": 2, "SEK": 2, "SGD": 2, "THB": 2, "TND": 3,
    "TRY": 2, "TWD": 2, "USD": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip
"""Decimals of each currency's minor unit (ISO 4217)."""

_MOST_DIGITS = 15
_AMOUNT = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?", re.ASCII)


class MoneyError(ValueError):
    """An amount or a currency that cannot be worked with; the text says what to do."""


class MixedCurrenciesError(MoneyError):
    """Two currencies met in one sum or comparison."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency` (ISO 4217 code): Money(123456, "CNY") is CNY 1,234.56."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)

    def __add__(self, other: Self) -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self._same(other)

    def format(self) -> str:
        """As people read it: "CNY 1,234.56", "JPY 1,200", "USD -0.05"."""
        decimals = exponent(self.currency)
        whole, part = divmod(abs(self.minor), 10**decimals)
        sign = "-" if self.minor < 0 else ""
        fraction = f".{part:0{decimals}d}" if decimals else ""
        return f"{self.currency} {sign}{whole:,}{fraction}"

    def __str__(self) -> str:
        return self.format()

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrenciesError(
                f"{self} and {other} are in two currencies: convert one by a dated rate first."
            )
        return other.minor


def exponent(currency: str) -> int:
    """Decimals of `currency`; MoneyError for a code that is not in EXPONENTS."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise MoneyError(
            f"{currency!r} is not a currency known here: write its ISO code, such as CNY."
        ) from None


def parse(text: str, currency: str) -> Money:
    """Read "1234.56" or "1,234.56" exactly; MoneyError where it is no amount of `currency`."""
    decimals = exponent(currency)
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise MoneyError(f"{text!r} is not an amount: write it like 1234.56, with a point.")
    sign, whole, fraction = found.group(1), found.group(2).replace(",", ""), found.group(3) or ""
    if len(fraction) > decimals:
        raise MoneyError(f"{text!r} has too many decimals: {currency} has {decimals}.")
    digits = whole + fraction.ljust(decimals, "0")
    if len(digits) > _MOST_DIGITS:
        raise MoneyError(f"An amount of {len(whole)} digits is too large: correct it.")
    minor = int(digits)
    return Money(-minor if sign else minor, currency)
