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
from rules.brushing import BrushingState
from rules.claims import ClaimMove, ClaimState
from rules.codes import LeadState
from rules.completeness import Item, ItemState
from rules.countries import name_of, names_in
from rules.erasure import Erasable
from rules.holders import ExhibitKind, HolderKind
from rules.identifiers import Confidence, IdentifierKind, IdentifierState, Strength
from rules.linkage import OperatorChangeKind, PersonRole, ProposalState
from rules.money import Money, exponent
from rules.package import HarmKind, KnowledgeKind, PremisesKind, RowKind
from rules.pleading import AllocatedTo, EvidenceKind, HeadKind, PartyRole, ReliefKind
from rules.raids import Fate, MetAs, PaperKind, PlaceKind, RaidState, TakesPart
from rules.referral import DeclineReason, ReferralMove, ReferralState
from rules.retention import EndedBy
from rules.sampling import Drawn
from rules.sanctions import SanctionGround, SanctionKind, SanctionMove, SanctionState
from rules.seizures import Basis, Precision, SourceKind, ValueOf
from rules.shotlists import Asked
from rules.verdicts import Aspect
from storage.tables import ExaminationState, ProceedingKind

GROUPS: Mapping[type, str] = {
    AllocatedTo: "allocated",
    ClaimMove: "claim_move",
    ClaimState: "claim",
    EvidenceKind: "evidence",
    HeadKind: "head",
    PartyRole: "party",
    ReliefKind: "relief",
    Asked: "asked",
    Aspect: "aspect",
    Confidence: "sureness",
    BrushingState: "brushing",
    DeclineReason: "decline",
    EndedBy: "ended_by",
    ExaminationState: "examination",
    ExhibitKind: "kind",
    HarmKind: "harm",
    HolderKind: "holder",
    IdentifierKind: "identifier",
    IdentifierState: "identifier_state",
    LeadState: "lead",
    MaskKind: "mask",
    OperatorChangeKind: "operator_change",
    PersonRole: "person_role",
    Erasable: "erasable",
    Item: "item",
    ItemState: "item_state",
    KnowledgeKind: "knowledge",
    PremisesKind: "premises",
    ProceedingKind: "proceeding",
    ProposalState: "proposal",
    ReferralMove: "referral_move",
    RaidState: "raid",
    PlaceKind: "raid_place",
    TakesPart: "takes_part",
    MetAs: "met_as",
    Fate: "fate",
    PaperKind: "raid_paper",
    Precision: "precision",
    Basis: "basis",
    ValueOf: "value_of",
    SourceKind: "raid_source",
    Drawn: "drawn",
    RowKind: "package_kind",
    ReferralState: "referral",
    Strength: "strength",
    SanctionGround: "sanction_ground",
    SanctionKind: "sanction_kind",
    SanctionMove: "sanction_move",
    SanctionState: "sanction",
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
        plain = (
            self.when, self.day, self.words, self.told, self.number, self.country, self.countries,
        )  # fmt: skip
        return {each.__name__: each for each in plain} | {
            "local": local,
            "offset": offset,
            "short": short,
            "size": size,
        }

    def marks(self) -> dict[str, str]:
        """What stands after a clause, between equals, before what explains, between sentences."""
        names = ("comma", "pause", "colon", "gap")
        marks = (", ", ", ", ": ", " ") if self.english else ("，", "、", "：", "")
        return dict(zip(names, marks, strict=True))

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

    def country(self, code: str) -> str:
        """A country by its two letters: "China", "中国"; a code without a name as it stands."""
        return self.told(name_of(code))

    def countries(self, typed: str) -> str:
        """Those that somebody typed, by their names; what is no code as it stands."""
        return self.marks()["pause"].join(self.told(each) for each in names_in(typed))

    def complaint(self, name: str, text: str) -> str:
        """A field of a form by its name, and what is wrong with it: "seal in: Fill this in."."""
        return f"{self.words(name, 'field')}{self.marks()['colon']}{self.told(text)}"

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
    there = moment.astimezone(UTC) + timedelta(minutes=minutes)
    return f"{there:%H:%M} {offset(minutes)}"


def offset(minutes: int) -> str:
    """UTC+08:00: how a clock so many minutes ahead of UTC is called."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def short(digest: str | None) -> str:
    """The first and last eight characters of a digest."""
    if not digest:
        return "–"
    name = digest.removeprefix("sha256:")
    return f"{name[:8]}…{name[-8:]}" if len(name) > 20 else name


def size(count: int) -> str:
    """Bytes as people read them."""
    if count >= 1e6:
        return f"{count / 1e6:.1f} MB"
    return f"{max(count, 1e3 if count else 0) / 1e3:.0f} kB"


def age(wording: Wording, now: datetime) -> Callable[[datetime], str]:
    """How long ago a moment was, as of `now`."""
    return partial(_since, wording, now)


def _since(wording: Wording, now: datetime, moment: datetime) -> str:
    return wording.length(now - moment)
