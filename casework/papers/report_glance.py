"""Page one of a referral's report: who, what, where, since when, scale, safety and urgency.

Owns these few sentences and the references above them. Leaves everything at length to
`casework.papers.reporting`.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from casework.papers.reported import Reported
from casework.papers.rows_told import joined, listed, placed
from casework.papers.valuing import gauge_line
from casework.record.record import Record
from casework.verdicts.stating import ORGANISATION, capital
from evidence.report import Row
from evidence.words import Words
from rules import package
from rules.countries import name_of
from rules.package import HarmKind, PremisesKind, Said
from rules.sales import counted
from rules.thresholds import LimbState


def head(held: Reported, records: Sequence[Record], words: Words) -> Iterator[Row]:
    """The references of page one."""
    row = held.referral
    yield Row(words.say("report.referral"), row.reference)
    yield Row(words.say("row.agency"), placed(held.agency.name, held.agency.jurisdiction, words))
    if row.agency_number:
        yield Row(words.say("row.agency_number"), row.agency_number)
    operator = f"{words.recorded(held.operator.name)} ({held.operator.reference})"
    yield Row(words.say("row.operator"), operator)
    yield Row(words.say("report.from"), words.recorded(ORGANISATION))
    if row.approved_at is not None:
        yield Row(words.say("report.approved"), words.day(row.approved_at))
    testbuys = [record.testbuy.reference for record in records]
    yield Row(words.say("report.testbuys"), listed(words, testbuys))


def glance(held: Reported, records: Sequence[Record], words: Words) -> Iterator[Row]:
    """The summary, each line by itself; none is guessed where the record is silent."""
    rows, shops = held.rows, held.links.shops
    who = words.say(
        "report.who_is", operator=words.recorded(held.operator.name),
        reference=held.operator.reference, shops=listed(words, [each.name for each in shops]),
    )  # fmt: skip
    registrants = [shop.registrant for shop in shops if shop.registrant]
    named = words.say("report.registrants", names=listed(words, registrants)) if registrants else ""
    yield Row(words.say("report.who"), joined(words, [who, named]))
    conclusions = [words.term(row.testbuy.conclusion) for row in records if row.testbuy.conclusion]
    what = words.say(
        "report.what_is", articles=listed(words, [row.listing.title for row in records]),
        count=len(records), conclusions=listed(words, conclusions),
    )  # fmt: skip
    yield Row(words.say("report.what"), what)
    there = [words.say("report.shop", shop=each.name, platform=each.platform) for each in shops]
    where = [listed(words, there)]
    if rows.premises:
        places = [_searched(row.said, words) for row in rows.premises]
        where.append(words.say("report.search", places=joined(words, places)))
    yield Row(words.say("report.where"), joined(words, where))
    first = min(since(records), default=None)
    told = words.say("report.not_known")
    if first is not None:
        by = words.say(first[1])
        told = words.say("report.since_day", day=words.day(first[0]), source=by)
    yield Row(words.say("report.since"), told)
    yield Row(words.say("report.scale"), _scale(held, words))
    safety = [
        row.said.text
        for row in rows.harm
        if isinstance(row.said, package.Harm) and row.said.kind is HarmKind.SAFETY
    ]
    yield Row(words.say("report.safety"), joined(words, safety) or words.say("report.no_safety"))
    yield Row(words.say("report.urgency"), _urgency(held, words))


def since(records: Sequence[Record]) -> Iterator[tuple[date, str]]:
    """The first days that are known, each by what it is known."""
    if records:
        yield min(record.flag.seen_at for record in records).date(), "report.since_flag"
    sold = [
        row.period_start
        for record in records
        for rows in record.sales.values()
        for row in counted(rows, record.testbuy.currency)
    ]
    if sold:
        yield min(sold), "report.since_sales"


def _searched(said: Said, words: Words) -> str:
    assert isinstance(said, package.Premises)
    return f"{words.term(f'premises.{said.kind}')} {said.address or words.say('report.erased')}"


def _urgency(held: Reported, words: Words) -> str:
    """What must be met while it lasts: goods that leave at an hour."""
    at = [
        words.say(
            "report.at_hour", kind=words.term(f"premises.{said.kind}"), happens=said.happens,
            hour=said.hour,
        )
        for row in held.rows.premises
        if isinstance(said := row.said, package.Premises)
        and (said.hour or said.kind is PremisesKind.COLLECTION_POINT)
    ]  # fmt: skip
    return joined(words, at) or words.say("report.no_urgency")


def _scale(held: Reported, words: Words) -> str:
    """Both valuations of each currency by itself, and which limbs are met."""
    parts: list[str] = []
    for each in held.worth:
        total, valued = each.paid, each.genuine
        if total:
            parts.append(words.say("report.paid", total=total.format()))
        else:
            parts.append(words.say("report.unpaid"))
        if valued.total is None:
            parts.append(words.say("report.unworth"))
        else:
            sold = {"total": valued.total.format(), "pieces": valued.pieces}
            parts.append(words.say("report.worth", **sold))
    met = [gauge_line(limb, words).limb for limb in held.gauge.limbs if limb.state is LimbState.MET]
    # An officer who reads no further must not take for sold what may be made up.
    parts += [words.recorded(each).rstrip(".。") for each in held.gauge.made_up]
    if met:
        parts.append(words.say("report.met", limbs=listed(words, met)))
    else:
        there = words.recorded(name_of(held.agency.jurisdiction))
        parts.append(words.say("report.not_met", jurisdiction=there))
    return capital(joined(words, parts))
