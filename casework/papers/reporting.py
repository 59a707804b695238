"""A referral's report: what its package says of an operator, in the words of a language.

Owns what is told of what the report rests on, so that preview, PDF and `testbuy.json` say the same.
Leaves what it rests on to `casework.papers.reported`, page one to `casework.papers.report_glance`,
why the shops are one to `casework.papers.linked`, test buys to `casework.papers.bought`, setting to
`evidence.report`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from casework.papers import linked
from casework.papers.bought import bought, conduct, evidence_set, kept_back, waived
from casework.papers.report_glance import glance, head
from casework.papers.reported import Reported
from casework.papers.rows_told import joined, part, placed
from casework.papers.valuing import gauge_line
from casework.record.record import Record
from casework.verdicts.stating import ORGANISATION, capital
from evidence import report
from evidence.digests import PREFIX
from evidence.report import Disclosed, Entry, Fixed, Part, Row, Sold
from evidence.vault import Vault
from evidence.words import Words, words_of
from rules.completeness import ItemState, Lack
from rules.package import RowKind
from rules.sales import SalesRecord, counted


def content(
    held: Reported,
    records: Sequence[Record],
    vault: Vault,
    now: datetime,
    language: str,
    *,
    demo: bool = False,
) -> report.Report:
    """What the report prints in a language."""
    words, rows = words_of(language), held.rows
    return report.Report(
        reference=held.referral.reference,
        agency=placed(held.agency.name, held.agency.jurisdiction, words),
        operator=words.recorded(held.operator.name),
        organisation=ORGANISATION,
        generated_at=now,
        head=tuple(head(held, records, words)),
        glance=tuple(glance(held, records, words)),
        who=linked.who(held.links, words),
        ties=tuple(linked.ties(held.links, words)),
        alone=linked.alone(held.links, words),
        history=tuple(linked.history(held.links, words)),
        rights=part("rights", RowKind.RIGHTS, rows, words),
        testbuys=tuple(bought(record, vault, words) for record in records),
        valuations=tuple(_valuations(held, words)),
        sold=tuple(_sold(held, records, words)),
        grounds=tuple(words.recorded(each) for each in held.referral.grounds),
        limbs=tuple(gauge_line(limb, words) for limb in held.gauge.limbs),
        reasons=tuple(words.recorded(each) for each in held.gauge.reasons),
        made_up=tuple(words.recorded(each) for each in held.gauge.made_up),
        missing=tuple(words.recorded(each) for each in held.gauge.missing),
        parts=(
            part("knowledge", RowKind.KNOWLEDGE, rows, words),
            part("harm", RowKind.HARM, rows, words),
            part("premises", RowKind.PREMISES, rows, words),
            part("undertaking", RowKind.UNDERTAKING, rows, words),
            _civil(held, words),
            conduct(records, words),
            waived(records, words),
            _completeness(held, words),
            kept_back(records, words),
        ),
        disclosed=tuple(_disclosed(records, words)),
        evidence_set=evidence_set(records),
        ledgers=tuple(
            Fixed(subject, len(chain), PREFIX + chain[-1].hash.hex())
            for subject, chain in (
                (held.referral.reference, held.chain),
                *((record.testbuy.reference, record.chain) for record in records),
            )
        ),
        demo_authority=demo,
        language=language,
    )


def _civil(held: Reported, words: Words) -> Part:
    entries = tuple(
        Entry(
            capital(words.term(f"proceeding.{each.kind}")),
            each.name,
            words.say("report.opened", day=words.day(each.opened_at)),
        )
        for each in held.rows.civil
    )
    return Part(words.say("report.civil"), entries, words.say("report.no_civil"))


def _completeness(held: Reported, words: Words) -> Part:
    """Each item as it stands; each waiver with what it let go, its reason, who gave it and when."""
    by_number = {waiver.id: waiver for waiver in held.waivers}
    entries: list[Entry] = []
    for each in held.items:
        label = capital(words.term(f"item.{each.item}"))
        if each.state is not ItemState.WAIVED:
            state = words.term(f"item_state.{each.state}")
            entries.append(Entry(label, joined(words, [state, *_names(each.open)]), ""))
        for given in each.waived:
            waiver = by_number[given.number]
            says = [words.term("item_state.waived"), *_names(given.of), waiver.reason]
            role, day = words.term(waiver.waived_as), words.day(waiver.waived_at)
            source = words.say("report.waived_by", role=role, day=day)
            entries.append(Entry(label, joined(words, says), source))
    note = words.say("report.complete_note")
    return Part(words.say("report.complete"), tuple(entries), "", note)


def _names(lacks: Sequence[Lack]) -> list[str]:
    return [lack.name for lack in lacks if lack.name]


def _disclosed(records: Sequence[Record], words: Words) -> Iterator[Disclosed]:
    """The schedule of every operator in the package, each line once, the oldest first."""
    lines = dict.fromkeys(
        (line.at, line.reference, words.term(line.kind), line.sentence(words))
        for record in records
        for line in record.disclosed
    )
    for at, reference, kind, sentence in sorted(lines):
        yield Disclosed(reference, kind, at, sentence)


def _valuations(held: Reported, words: Words) -> Iterator[Row]:
    for each in held.worth:
        paid = each.paid.format() if each.paid else words.say("report.paid_unknown")
        yield Row(words.say("row.at_paid"), paid)
        told, valued = [words.say("report.genuine_unknown")], each.genuine
        if valued.total is not None:
            sold = {"total": valued.total.format(), "pieces": valued.pieces}
            told = [words.say("report.genuine_known", **sold)]
            if valued.silent:
                shops = {"silent": valued.silent, "shops": valued.shops}
                told.append(words.say("report.silent", **shops))
        yield Row(words.say("row.at_genuine"), joined(words, told))


def _sold(held: Reported, records: Sequence[Record], words: Words) -> Iterator[Sold]:
    """Every sales record of the shops, whether it counts or not; the same of every test buy."""
    names = {shop.id: shop.name for shop in held.links.shops}
    sales = records[0].sales if records else {}
    for shop, rows in sales.items():
        currencies = {row.amount.currency for row in rows}
        count = {row for currency in currencies for row in counted(rows, currency)}
        for row in sorted(rows, key=lambda row: (row.period_start, row.taken_at)):
            yield _one(names.get(shop, ""), row, row in count, words)


def _one(shop: str, row: SalesRecord, counts: bool, words: Words) -> Sold:
    first, last = words.day(row.period_start), words.day(row.period_end)
    return Sold(
        shop,
        words.say("notice.period", first=first, last=last),
        "–" if row.units is None else f"{row.units:,}",
        row.amount.format(),
        row.source,
        words.say("report.counts" if counts else "report.counts_not"),
    )
