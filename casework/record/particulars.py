"""What is on record of a test buy's goods beside its steps: codes, leads, shots asked for, prices.

Owns reading it for whoever prints or packs it, and how codes and leads are worded. Leaves the shots
asked for to `casework.papers.asked`, valuations to `casework.papers.valuing`, recording to where
each is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casework.gauge.pricing import by_shop, price_at_offer
from casework.record.code_lines import CodeLine, LeadLine, codes_of, leads_of
from casework.shots.shotlists import Versioned, list_of
from evidence import goods
from evidence.words import Words
from rules.audience import MaskKind
from rules.codes import CodeSource
from rules.prices import GenuinePrice
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import Exhibit, ExhibitCode, Mask, MaskRegion, TestBuy


@dataclass(frozen=True, slots=True)
class Particulars:
    """Codes and leads of a test buy. `covered`: photos in which a person masked a barcode.

    `price` is the genuine article's on the day of the offer, `prices` those by shop of the operator
    that sales are valued at; None where unknown.
    """

    codes: tuple[CodeLine, ...]
    leads: tuple[LeadLine, ...]
    covered: frozenset[str]
    buyer_id: int | None
    shots: Versioned
    price: GenuinePrice | None
    prices: dict[int, GenuinePrice | None]

    def text_of(self, line: CodeLine) -> str | None:
        """The code as it may be told; None where a person covered it in the photo it was read in.

        Who covers a barcode says that it tells who or where the buyer is.
        """
        read = line.code.source is CodeSource.MACHINE
        return None if read and line.photo in self.covered else line.code.text


def particulars(
    tx: Transaction, testbuy: TestBuy, exhibits: Sequence[Exhibit], shops: Sequence[int] = ()
) -> Particulars:
    """What is on record of the goods of `testbuy`; `shops` are all of its operator, by number."""
    codes = codes_of(tx, testbuy.id)
    return Particulars(
        codes,
        leads_of(tx, [each.id for each in exhibits]),
        _covered(tx, codes),
        testbuy.buyer_id,
        list_of(tx, testbuy),
        price_at_offer(tx, testbuy),
        by_shop(tx, shops, testbuy.currency),
    )


def codes(record: Particulars, words: Words) -> Iterator[goods.Code]:
    """The codes as a dossier prints them, those of one exhibit together."""
    for line in sorted(record.codes, key=lambda line: (line.exhibit or "~", line.code.id)):
        code = line.code
        text = record.text_of(line)
        shown = legible(text) or words.say("code.none") if text is not None else None
        by = line.by
        if code.source is CodeSource.MACHINE:
            by = words.term("machine")
        elif code.recorded_by == record.buyer_id:
            by = words.say("the_buyer")
        yield goods.Code(
            exhibit=line.exhibit or words.say("code.no_exhibit"),
            kind=words.term(code.kind),
            text=shown or words.say("withheld"),
            scan=_scan(code, words),
            read_by=by,
            shot=line.shot or "",
            at=code.recorded_at,
            corrected=line.corrected is not None,
            reason=code.reason,
        )


def leads(record: Particulars, testbuy: str, words: Words) -> Iterator[goods.Lead]:
    """The leads as a dossier prints them; the other side by test buy, exhibit and shop."""
    told = {line.code.id: record.text_of(line) for line in record.codes}
    for line in record.leads:
        other = line.beside(testbuy)
        own = next(side for side in line.sides if side is not other)
        yield goods.Lead(
            kind=words.term(line.lead.kind),
            exhibit=own.exhibit,
            other_exhibit=other.exhibit,
            other_testbuy=other.testbuy,
            other_shop=other.shop.name,
            code=legible(told[own.code.id] or words.say("withheld")),
            at=line.lead.found_at,
            state=words.term(line.lead.state),
            reason=line.lead.reason,
        )


def as_data(record: Particulars, testbuy: str) -> dict[str, Any]:
    """Codes and leads as a bundle's `testbuy.json` holds them."""
    return {
        "codes": [
            {
                "number": line.code.id,
                "exhibit": line.exhibit,
                "kind": line.code.kind,
                "text": record.text_of(line),
                "source": line.code.source,
                "shot": line.shot,
                "scan_result": line.code.scan_result,
                "scans": line.code.scans,
                "at": line.code.recorded_at.isoformat(),
                "corrects": line.code.corrects_id,
                "reason": line.code.reason,
            }
            for line in record.codes
        ],
        "leads": [
            {
                "number": line.lead.id,
                "kind": line.lead.kind,
                "exhibits": [side.exhibit for side in line.sides],
                "testbuys": [side.testbuy for side in line.sides],
                "shops": [side.shop.name for side in line.sides],
                "at": line.lead.found_at.isoformat(),
                "state": line.lead.state,
                "reason": line.lead.reason,
            }
            for line in record.leads
        ],
    }


def legible(text: str) -> str:
    """A code in signs that every document can be set in: what no code has stands by its number."""
    return "".join(
        sign if " " <= sign <= "~" or "\u4e00" <= sign <= "\u9fff" else f"\\u{ord(sign):04X}"
        for sign in text
    )


def _scan(code: ExhibitCode, words: Words) -> str:
    if code.scan_result is None:
        return ""
    said = words.term(code.scan_result)
    return words.say("code.scans", said=said, times=code.scans) if code.scans else said


def _covered(tx: Transaction, codes: Sequence[CodeLine]) -> frozenset[str]:
    """Public ids of the photos whose newest mask covers a barcode."""
    photos = {line.code.photo_id: line.photo for line in codes if line.code.photo_id}
    masks, regions = table_of(Mask).c, table_of(MaskRegion).c
    rows = every(tx, Mask, masks.photo_id.in_(list(photos)), order_by=masks.version)
    newest = {row.photo_id: row.id for row in rows}
    covering = {
        each.mask_id
        for each in every(
            tx,
            MaskRegion,
            regions.mask_id.in_(list(newest.values())),
            regions.kind == MaskKind.BARCODE,
        )
    }
    return frozenset(
        public for number, public in photos.items() if public and newest.get(number) in covering
    )
