"""The disclosure schedule of an operator: everything a court must be told unasked, complete.

Owns which rows of a test buy make a line, over all test buys of the operator and not only those a
package rests on. Leaves those of the operator itself to `casework.record.disclosing_operators`, the
kinds to `rules.disclosure` and the wording to `evidence.words`. No line holds a person's name, an
address or an order number.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from casework.buying.chatting import Warned, warnings_of
from casework.examinations.examined import verdicts_on
from casework.privacy.tracing import Cover
from casework.record.disclosing_operators import of_operator
from casework.record.particulars import legible, particulars
from evidence.words import Words
from rules.disclosure import Disclosure, kind_of_buy
from rules.lifecycle import Stage
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import (
    Confirmation,
    Exhibit,
    Photo,
    Shop,
    TestBuy,
    Waiver,
)

_testbuys, _shops = table_of(TestBuy), table_of(Shop)
_TYPED = frozenset({"reason", "note", "sentence"})


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """A line: what it is about, its kind, when, and the facts its sentence is made of.

    Facts whose name ends in `_word` are words of our own and are put into the language printed, as
    are sentences of our own that were recorded.
    """

    reference: str
    kind: Disclosure
    at: datetime
    facts: dict[str, str]

    def sentence(self, words: Words) -> str:
        """The line in words."""
        facts = {
            name: words.term(value) if name.endswith("_word") else words.recorded(value)
            for name, value in self.facts.items()
        }
        return words.say(f"disclosure.{self.kind}", **facts)


def schedule(tx: Transaction, shop: Shop) -> tuple[DisclosureLine, ...]:
    """All lines of the shop's operator, or of the shop alone where nobody knows its operator."""
    shops = (
        [each.id for each in every(tx, Shop, _shops.c.operator_id == shop.operator_id)]
        if shop.operator_id is not None
        else [shop.id]
    )
    lines: list[DisclosureLine] = []
    for testbuy in every(tx, TestBuy, _testbuys.c.shop_id.in_(shops), order_by=_testbuys.c.id):
        lines += _of_testbuy(tx, testbuy)
    if shop.operator_id is not None:
        lines += _of_operator(tx, shop.operator_id, shops)
    return tuple(sorted(lines, key=_in_order))


def _in_order(line: DisclosureLine) -> tuple[datetime, str, str, list[tuple[str, str]]]:
    """By what it says to the end: lines of one moment stand as they do in whatever database."""
    return line.at, line.reference, line.kind, sorted(line.facts.items())


def as_data(lines: Sequence[DisclosureLine], words: Words) -> dict[str, Any]:
    """The schedule as a bundle's `disclosure.json` holds it."""
    return {
        "lines": [
            {
                "reference": line.reference,
                "kind": line.kind.value,
                "label": words.term(line.kind),
                "at": line.at.astimezone(UTC).isoformat(timespec="seconds"),
                "sentence": line.sentence(words),
            }
            for line in lines
        ]
    }


def of_package(schedules: Sequence[Sequence[DisclosureLine]], words: Words) -> dict[str, Any]:
    """What a court must be told unasked, of every operator in the package, each line once."""
    lines: dict[str, dict[str, Any]] = {}
    for schedule_of_one in schedules:
        for line in as_data(schedule_of_one, words)["lines"]:
            lines[json.dumps(line, sort_keys=True)] = line
    told = sorted(lines.values(), key=lambda line: (line["at"], line["reference"]))
    title, note = words.label["disclosure"], words.label["disclosure_note"]
    return {"title": title, "note": note, "lines": told}


def _of_operator(tx: Transaction, operator_id: int, shops: Sequence[int]) -> list[DisclosureLine]:
    """Those of the operator itself; what people typed is covered as in every other line."""
    lines = [
        DisclosureLine(each.reference, each.kind, each.at, each.facts)
        for each in of_operator(tx, operator_id, shops)
    ]
    if not lines:
        return []
    for testbuy in every(tx, TestBuy, _testbuys.c.shop_id.in_(shops)):
        cover = Cover(tx, testbuy)
        lines = [replace(line, facts=line.facts | _covered(line.facts, cover)) for line in lines]
    return lines


def _covered(facts: Mapping[str, str], cover: Cover) -> dict[str, str]:
    return {name: cover(text) for name, text in facts.items() if name in _TYPED}


def _of_testbuy(tx: Transaction, testbuy: TestBuy) -> Iterator[DisclosureLine]:
    """Its lines; in what people typed, what leads to the buyer is covered."""
    cover = Cover(tx, testbuy)
    for line in _lines(tx, testbuy):
        yield replace(line, facts=line.facts | _covered(line.facts, cover))


def _lines(tx: Transaction, testbuy: TestBuy) -> Iterator[DisclosureLine]:
    reference = testbuy.reference
    yield _buy(testbuy)
    for exhibit in every(tx, Exhibit, testbuy_id=testbuy.id, order_by=table_of(Exhibit).c.id):
        for verdict in verdicts_on(tx, exhibit.id):
            facts = {
                "exhibit": exhibit.reference,
                "verdict_word": verdict.value.value,
                "digest": verdict.digest,
            }
            if verdict.superseded_at is not None:
                kind = Disclosure.SUPERSEDED_VERDICT
                yield DisclosureLine(reference, kind, verdict.superseded_at, facts)
            elif testbuy.conclusion is not None and verdict.value != testbuy.conclusion:
                kind = Disclosure.DIFFERING_VERDICT
                yield DisclosureLine(reference, kind, verdict.sealed_at, facts)
    for waiver in every(tx, Waiver, testbuy_id=testbuy.id, order_by=table_of(Waiver).c.id):
        facts = {"shot": waiver.shot, "reason": waiver.reason}
        yield DisclosureLine(reference, Disclosure.WAIVER, waiver.waived_at, facts)
    shots: dict[int, str] = {}
    for photo in every(tx, Photo, testbuy_id=testbuy.id, order_by=table_of(Photo).c.id):
        shots[photo.id] = photo.shot
        if not photo.accepted:
            facts = {"shot": photo.shot, "digest": photo.digest, "reason": " ".join(photo.reasons)}
            yield DisclosureLine(reference, Disclosure.REFUSED_PHOTO, photo.received_at, facts)
    yield from _compared(tx, testbuy, shots)
    yield from _corrected_codes(tx, testbuy)
    for warned in warnings_of(tx, testbuy):
        facts = {"sentence": _conduct(warned)}
        kind = Disclosure.CONDUCT_WARNING
        yield DisclosureLine(reference, kind, warned.warning.raised_at, facts)


def _conduct(warned: Warned) -> str:
    """The words matched, and not the message: what was said may tell who the buyer is."""
    words = ", ".join(warned.warning.matched)
    remarks = "; ".join(remark.text for remark in warned.remarks)
    return f"{words} ({remarks})" if remarks else words


def _buy(testbuy: TestBuy) -> DisclosureLine:
    kind = kind_of_buy(
        testbuy.conclusion,
        declined=testbuy.stage is Stage.DECLINED,
        abandoned=testbuy.stage is Stage.ABANDONED,
    )
    facts: dict[str, str] = {"stage_word": testbuy.stage.value}
    if testbuy.conclusion is not None:
        facts["verdict_word"] = testbuy.conclusion.value
    if testbuy.early_end is not None:
        facts["outcome_word"] = testbuy.early_end.value
    return DisclosureLine(testbuy.reference, kind, testbuy.requested_at, facts)


def _corrected_codes(tx: Transaction, testbuy: TestBuy) -> Iterator[DisclosureLine]:
    read = particulars(tx, testbuy, ())
    for line in read.codes:
        if (later := line.corrected) is not None:
            before = read.text_of(line)
            facts = {
                "exhibit": line.exhibit or testbuy.reference,
                "kind_word": later.kind.value,
                "before": "…" if before is None else legible(before) or "–",
                "after": legible(later.text) or "–",
                "reason": later.reason,
            }
            kind = Disclosure.CODE_CORRECTION
            yield DisclosureLine(testbuy.reference, kind, later.recorded_at, facts)


def _compared(tx: Transaction, testbuy: TestBuy, shots: dict[int, str]) -> Iterator[DisclosureLine]:
    """Where a clerk said that a photo does not show its proof, or corrected a word given."""
    said: dict[tuple[int, str], bool] = {}
    rows = every(tx, Confirmation, testbuy_id=testbuy.id, order_by=table_of(Confirmation).c.id)
    for row in rows:
        about = (row.photo_id, row.proof.value)
        facts = {
            "shot": shots[row.photo_id],
            "proof_word": row.proof.value,
            "note": row.note or "–",
            "said_word": "agrees" if row.agrees else "disagrees",
        }
        if about in said:
            facts["before_word"] = "agrees" if said[about] else "disagrees"
            yield DisclosureLine(testbuy.reference, Disclosure.CORRECTION, row.confirmed_at, facts)
        elif not row.agrees:
            kind = Disclosure.DISAGREEING_COMPARISON
            yield DisclosureLine(testbuy.reference, kind, row.confirmed_at, facts)
        said[about] = row.agrees
