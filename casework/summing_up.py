"""A referral's summary: what its package says of an operator, in the words of a language.

Owns what is told of the rows on record, so that preview, PDF and `testbuy.json` say the same, and
that nothing typed leads to a buyer. Leaves reading rows to `casework.package_rows`, the gauge to
`casework.gauging`, setting to `evidence.summary`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from casework import gating
from casework.gauging import gauge
from casework.package_data import as_data, fields_of
from casework.package_rows import PackageRows, rows_of
from casework.pricing import Worth, worth
from casework.record import Record
from casework.rows_told import day_of, joined, listed, part
from casework.stating import ORGANISATION, capital
from casework.tracing import Cover
from casework.valuing import gauge_line
from evidence import summary
from evidence.summary import Bought, Entry, Part, Row
from evidence.words import Words, words_of
from rules import package
from rules.completeness import ItemReading, ItemState
from rules.money import Money
from rules.package import HarmKind, PremisesKind, RowKind, Said
from rules.sales import counted
from rules.thresholds import Gauge, LimbState
from storage.linking import survivor
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import Agency, Operator, PackageWaiver, Referral, Shop


@dataclass(frozen=True, slots=True)
class Summed:
    """What a summary rests on: the rows with what leads to a buyer covered, and the gauge."""

    referral: str
    agency: Agency
    operator: Operator
    shops: Sequence[Shop]
    rows: PackageRows
    gauge: Gauge
    worth: tuple[Worth, ...]
    since: tuple[tuple[date, str], ...]
    items: tuple[ItemReading, ...]
    waivers: tuple[PackageWaiver, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The rows as a bundle's `testbuy.json` holds them."""
        return as_data(self.rows, self.items, self.waivers)


def summed(tx: Transaction, reference: str, records: Sequence[Record], now: datetime) -> Summed:
    """What the summary of a referral rests on now; `records` are of its test buys."""
    row = one(tx, Referral, reference=reference)
    agency = one(tx, Agency, id=row.agency_id) if row else None
    operator = one(tx, Operator, id=row.operator_id) if row else None
    assert row and agency and operator  # foreign keys hold them
    covers = [Cover(tx, record.testbuy) for record in records]
    rows = rows_of(tx, operator.id)
    standing = {
        kind.value: tuple(replace(row, said=_covered(row.said, covers)) for row in rows.of(kind))
        for kind in RowKind
    }
    currencies = sorted({record.testbuy.currency for record in records})
    return Summed(
        reference,
        agency,
        operator,
        every(tx, Shop, operator_id=survivor(tx, operator.id), order_by=table_of(Shop).c.id),
        replace(rows, **standing),
        gauge(tx, operator.id, agency.jurisdiction, now),
        tuple(worth(tx, operator.id, currency) for currency in currencies),
        tuple(_since(records)),
        gating.readings(tx, row, now),
        tuple(
            each._replace(reason=_through(covers, each.reason))  # pyright: ignore[reportAttributeAccessIssue]
            for each in every(
                tx, PackageWaiver, referral_id=row.id, order_by=table_of(PackageWaiver).c.id
            )
        ),
    )


def content(
    held: Summed, records: Sequence[Record], now: datetime, language: str, *, demo: bool = False
) -> summary.Summary:
    """What the summary prints in a language."""
    words, rows = words_of(language), held.rows
    return summary.Summary(
        reference=held.referral,
        agency=f"{held.agency.name} ({held.agency.jurisdiction})",
        operator=words.recorded(held.operator.name),
        organisation=ORGANISATION,
        generated_at=now,
        glance=tuple(_glance(held, records, words)),
        rights=part("rights", RowKind.RIGHTS, rows, words),
        shops=Part(
            words.say("sum.shops"),
            tuple(_shop(shop, words) for shop in held.shops),
            words.say("sum.no_shops"),
            words.say("sum.shops_note"),
        ),
        testbuys=tuple(_bought(record, words) for record in records),
        valuations=tuple(_valuations(held, words)),
        limbs=tuple(gauge_line(limb, words) for limb in held.gauge.limbs),
        reasons=tuple(words.recorded(each) for each in held.gauge.reasons),
        missing=tuple(words.recorded(each) for each in held.gauge.missing),
        parts=(
            part("knowledge", RowKind.KNOWLEDGE, rows, words),
            part("harm", RowKind.HARM, rows, words),
            part("premises", RowKind.PREMISES, rows, words),
            part("undertaking", RowKind.UNDERTAKING, rows, words),
            Part(
                words.say("sum.civil"),
                tuple(
                    Entry(
                        words.term(f"proceeding.{each.kind}"), each.name,
                        words.say("sum.opened", day=words.day(each.opened_at)),
                    )
                    for each in rows.civil
                ),
                words.say("sum.no_civil"),
            ),
            _completeness(held, words),
        ),
        demo_authority=demo,
        language=language,
    )  # fmt: skip


def _covered(said: Said, covers: Sequence[Cover]) -> Said:
    """What people typed, whatever leads to a buyer of the package covered."""
    typed: dict[str, Any] = {
        name: value
        for name, value in fields_of(said)
        if isinstance(value, str) and not isinstance(value, StrEnum)
    }
    return replace(said, **{name: _through(covers, value) for name, value in typed.items()})


def _through(covers: Sequence[Cover], text: str) -> str:
    for cover in covers:
        text = cover(text)
    return text


def _completeness(held: Summed, words: Words) -> Part:
    """Each item as it stands; a waiver with its reason, the role that gave it, and the day."""
    by_item = {waiver.part: waiver for waiver in held.waivers}
    entries: list[Entry] = []
    for each in held.items:
        says, source = words.term(f"item_state.{each.state}"), ""
        if each.state is ItemState.WAIVED:
            waiver = by_item[each.item]
            says = joined(words, [says, waiver.reason])
            role, day = words.term(waiver.waived_as), words.day(waiver.waived_at)
            source = words.say("sum.waived_by", role=role, day=day)
        entries.append(Entry(capital(words.term(f"item.{each.item}")), says, source))
    note = words.say("sum.complete_note")
    return Part(words.say("sum.complete"), tuple(entries), "", note)


def _since(records: Sequence[Record]) -> Iterator[tuple[date, str]]:
    """The first days that are known, each by what it is known."""
    if records:
        yield min(record.flag.seen_at for record in records).date(), "sum.since_flag"
    sold = [
        row.period_start
        for record in records
        for rows in record.sales.values()
        for row in counted(rows, record.testbuy.currency)
    ]
    if sold:
        yield min(sold), "sum.since_sales"


def _glance(held: Summed, records: Sequence[Record], words: Words) -> Iterator[Row]:
    rows, shops = held.rows, held.shops
    who = words.say(
        "sum.who_is", operator=words.recorded(held.operator.name),
        reference=held.operator.reference, shops=listed(words, [each.name for each in shops]),
    )  # fmt: skip
    registrants = [shop.registrant for shop in shops if shop.registrant]
    named = words.say("sum.registrants", names=listed(words, registrants)) if registrants else ""
    yield Row(words.say("sum.who"), joined(words, [who, named]))
    conclusions = [words.term(row.testbuy.conclusion) for row in records if row.testbuy.conclusion]
    what = words.say(
        "sum.what_is", articles=listed(words, [row.listing.title for row in records]),
        count=len(records), conclusions=listed(words, conclusions),
    )  # fmt: skip
    yield Row(words.say("sum.what"), what)
    there = [words.say("sum.shop", shop=each.name, platform=each.platform) for each in shops]
    where = [listed(words, there)]
    if rows.premises:
        places = [_searched(row.said, words) for row in rows.premises]
        where.append(words.say("sum.search", places=joined(words, places)))
    yield Row(words.say("sum.where"), joined(words, where))
    first = min(held.since, default=None)
    since = words.say("sum.not_known")
    if first is not None:
        since = words.say("sum.since_day", day=day_of(first[0], words), source=words.say(first[1]))
    yield Row(words.say("sum.since"), since)
    yield Row(words.say("sum.scale"), _scale(held, words))
    safety = [row.said.text for row in rows.harm if row.said.kind is HarmKind.SAFETY]  # pyright: ignore[reportAttributeAccessIssue]
    yield Row(words.say("sum.safety"), joined(words, safety) or words.say("sum.no_safety"))
    yield Row(words.say("sum.urgency"), _urgency(held, words))


def _searched(said: Said, words: Words) -> str:
    assert isinstance(said, package.Premises)
    return f"{words.term(f'premises.{said.kind}')} {said.address or words.say('sum.erased')}"


def _urgency(held: Summed, words: Words) -> str:
    """What must be met while it lasts: goods that leave at an hour."""
    at = [
        words.say(
            "sum.at_hour", kind=words.term(f"premises.{said.kind}"), happens=said.happens,
            hour=said.hour,
        )
        for row in held.rows.premises
        if isinstance(said := row.said, package.Premises)
        and (said.hour or said.kind is PremisesKind.COLLECTION_POINT)
    ]  # fmt: skip
    return joined(words, at) or words.say("sum.no_urgency")


def _scale(held: Summed, words: Words) -> str:
    """Both valuations of each currency by itself, and which limbs are met."""
    parts: list[str] = []
    for each in held.worth:
        total, valued = each.paid, each.genuine
        paid = words.say("sum.paid", total=total.format()) if total else words.say("sum.unpaid")
        parts.append(paid)
        if valued.total is None:
            parts.append(words.say("sum.unworth"))
        else:
            sold = {"total": valued.total.format(), "pieces": valued.pieces}
            parts.append(words.say("sum.worth", **sold))
    met = [gauge_line(limb, words).limb for limb in held.gauge.limbs if limb.state is LimbState.MET]
    if met:
        parts.append(words.say("sum.met", limbs=listed(words, met)))
    else:
        parts.append(words.say("sum.not_met", jurisdiction=held.agency.jurisdiction))
    return capital(joined(words, parts))


def _valuations(held: Summed, words: Words) -> Iterator[Row]:
    for each in held.worth:
        paid = each.paid.format() if each.paid else words.say("sum.paid_unknown")
        yield Row(words.say("row.at_paid"), paid)
        told, valued = [words.say("sum.genuine_unknown")], each.genuine
        if valued.total is not None:
            sold = {"total": valued.total.format(), "pieces": valued.pieces}
            told = [words.say("sum.genuine_known", **sold)]
            if valued.silent:
                shops = {"silent": valued.silent, "shops": valued.shops}
                told.append(words.say("sum.silent", **shops))
        yield Row(words.say("row.at_genuine"), joined(words, told))


def _shop(shop: Shop, words: Words) -> Entry:
    basis = words.recorded(shop.link_basis) if shop.link_basis else words.say("no_link")
    named = words.say("sum.registrant", name=shop.registrant) if shop.registrant else ""
    label = words.say("sum.shop", shop=shop.name, platform=shop.platform)
    return Entry(label, words.say("sum.linked", basis=basis), named)


def _bought(record: Record, words: Words) -> Bought:
    testbuy = record.testbuy
    placed = [each for each in record.attempts if each.settled_at and each.paid_minor is not None]
    bases = [words.term(each.examination.basis) for each in record.verdicts]
    last = placed[-1] if placed else None
    return Bought(
        testbuy.reference,
        words.day(last.settled_at) if last and last.settled_at else "–",
        f"{record.listing.title} – {record.shop.name}",
        _paid(last),
        words.term(testbuy.conclusion) if testbuy.conclusion else words.say("no_conclusion"),
        words.say("sum.basis", basis=listed(words, bases)) if bases else "",
    )


def _paid(attempt: Any) -> str:
    if attempt is None or not attempt.currency:
        return "–"
    return Money(attempt.paid_minor, attempt.currency).format()
