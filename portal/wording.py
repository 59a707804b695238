"""How values are written for people: times, days, spans, money and words, in the page's language.

Owns the two ways of writing each. English stays as it always was, because people and their
programs read it; Chinese writes days and numbers as Babel and the dossier do. A time is UTC in
either, an amount keeps its currency's code. Leaves sentences and words to `portal.sentences`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from portal.languages import locale
from portal.sentences import Sentences, sentences_of
from rules.audience import MaskKind
from rules.codes import LeadState
from rules.holders import ExhibitKind, HolderKind
from rules.money import Money, exponent
from rules.referral import ReferralMove, ReferralState
from rules.verdicts import Aspect
from storage.tables import ExaminationState, ProceedingKind

GROUPS: Mapping[type, str] = {
    Aspect: "aspect",
    ExaminationState: "examination",
    ExhibitKind: "kind",
    HolderKind: "holder",
    LeadState: "lead",
    MaskKind: "mask",
    ProceedingKind: "proceeding",
    ReferralMove: "referral_move",
    ReferralState: "referral",
}
"""Enums whose words mean something else elsewhere: the group that theirs stand under."""
_UNITS = (("day", "天", 86400), ("hour", "小时", 3600), ("minute", "分钟", 60))


class Wording:
    """The writing of values in one language; each method is a filter or a word of the templates."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.english = language == "en"
        self._locale = locale(language)
        self._sentences: Sentences = sentences_of(language)

    def filters(self) -> dict[str, Callable[..., Any]]:
        """What the templates call them."""
        plain = (self.when, self.day, self.words, self.told, self.number)
        return {each.__name__: each for each in plain} | {
            "local": local,
            "short": short,
            "size": size,
        }

    def when(self, moment: datetime | None) -> str:
        """24 Nov 2026, 08:12 UTC; 2026年11月24日 08:12 UTC."""
        if moment is None:
            return "–"
        there = moment.astimezone(UTC)
        if self.english:
            return there.strftime("%-d %b %Y, %H:%M UTC")
        return f"{self.day(there)} {format_time(there, 'HH:mm', locale=self._locale)} UTC"

    def day(self, value: date | datetime | None) -> str:
        """24 Nov 2026; 2026年11月24日."""
        if value is None:
            return "–"
        if self.english:
            return value.strftime("%-d %b %Y")
        return format_date(value, "long", locale=self._locale)

    def length(self, span: timedelta) -> str:
        """How long in the largest fitting unit: "3 days", "2 hours", "40 seconds"; "3 天"."""
        seconds = max(0, int(span.total_seconds()))
        for unit, chinese, size_of in _UNITS:
            if seconds >= size_of:
                count = seconds // size_of
                return (
                    f"{count} {unit}{'s' if count > 1 else ''}"
                    if self.english
                    else (f"{count} {chinese}")
                )
        if self.english:
            return f"{seconds} second{'s' if seconds != 1 else ''}"
        return f"{seconds} 秒"

    def words(self, value: object, group: str = "") -> str:
        """A word of an enum as people read it: `grey_market` is "grey market", "平行进口".

        `group` tells words apart that mean two things, where the value is no member of its enum.
        """
        if value is None:
            return "–"
        return self._sentences.word(str(value), group or GROUPS.get(type(value), ""))

    def told(self, text: object) -> str:
        """A sentence that the programme wrote, in the page's language; others as they stand."""
        return "–" if text is None else self._sentences.tell(str(text))

    def number(self, count: int) -> str:
        """1,234,567."""
        return format_decimal(count, locale=self._locale)

    def money(self, minor: int, currency: str) -> str:
        """CNY 1,234.56: with the code, as the ledger and the dossier print it in every language."""
        amount = Money(minor, currency)
        if self.english:
            return amount.format()
        decimals = exponent(currency)
        pattern = "¤¤ #,##0" + ("." + "0" * decimals if decimals else "")
        value = Decimal(minor).scaleb(-decimals)
        return format_currency(
            value, currency, f"{pattern};¤¤ -{pattern[3:]}", self._locale, currency_digits=False
        )


def local(moment: datetime, minutes: int) -> str:
    """17:12 UTC+08:00: the same moment by a clock so many minutes ahead of UTC."""
    hours, rest = divmod(abs(minutes), 60)
    there = moment.astimezone(UTC) + timedelta(minutes=minutes)
    return f"{there:%H:%M} UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def short(digest: str | None) -> str:
    """The first and last eight characters of a digest."""
    if not digest:
        return "–"
    name = digest.removeprefix("sha256:")
    return f"{name[:8]}…{name[-8:]}" if len(name) > 20 else name


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def age(wording: Wording, now: datetime) -> Callable[[datetime], str]:
    """How long ago a moment was, as of `now`."""
    return partial(_since, wording, now)


def _since(wording: Wording, now: datetime, moment: datetime) -> str:
    return wording.length(now - moment)
