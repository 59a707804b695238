"""What a dossier tells of its exhibits' keeping: retention, holds, disposals, assets.

Owns which facts those are, read in the record's own view. Leaves their words to `evidence.words`
and the page to `evidence.dossier`. Persons are named by nothing but their role.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.custody.holds import subject_of
from casework.keeping.assets import asset_of
from casework.keeping.retaining import basis_of
from evidence import dossier
from evidence.words import Words
from rules.retention import Basis
from storage.keeping import standing_over
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import Asset, Disposal, Exhibit, LegalHold, Shop, TestBuy


@dataclass(frozen=True, slots=True)
class Held:
    """A hold that stands over some of the exhibits, and what it is on."""

    hold: LegalHold
    on: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The keeping of one test buy's exhibits. Disposals are those carried out, by exhibit."""

    bagged: bool
    basis: Basis
    holds: tuple[Held, ...]
    disposals: tuple[tuple[str, Disposal], ...]
    assets: tuple[tuple[str, Asset], ...]


def kept(tx: Transaction, testbuy: TestBuy, shop: Shop) -> Kept:
    """The keeping of a test buy's exhibits."""
    exhibits = every(tx, Exhibit, testbuy_id=testbuy.id, order_by=table_of(Exhibit).c.id)
    holds = {
        each.id: each
        for exhibit in exhibits
        for each in standing_over(tx, exhibit, testbuy, shop.operator_id)
    }
    return Kept(
        bool(exhibits),
        basis_of(tx, testbuy),
        tuple(Held(each, subject_of(tx, each)) for _, each in sorted(holds.items())),
        tuple(_carried_out(tx, exhibits)),
        tuple(
            (exhibit.reference, asset)
            for exhibit in exhibits
            if (asset := asset_of(tx, exhibit.id)) is not None
        ),
    )


def kept_rows(found: Kept, now: datetime, words: Words) -> Iterator[dossier.Row]:
    """The keeping as a dossier of `now` prints it; nothing where nothing was bagged."""
    if not found.bagged:
        return

    def row(key: str, **facts: str) -> dossier.Row:
        return dossier.Row(words.say(f"row.{key}"), words.say(f"kept.{key}", **facts))

    until = found.basis.on(now.date())
    if until.exhibit_from is None or until.evidence_from is None:
        yield dossier.Row(words.say("row.retention"), words.say("kept.unknown"))
    else:
        yield row(
            "retention",
            exhibit=words.day(until.exhibit_from),
            evidence=words.day(until.evidence_from),
        )
    for each in found.holds:
        hold = each.hold
        facts = {"on": each.on, "day": words.day(hold.placed_at)}
        yield row("hold", number=str(hold.id), role=words.term(hold.placed_as), **facts)
    for exhibit, disposal in found.disposals:
        assert disposal.carried_out_at is not None  # only those are here
        yield row(
            "disposal",
            exhibit=exhibit,
            way=words.term(disposal.way),
            day=words.day(disposal.carried_out_at),
            certificate=disposal.certificate or words.say("none"),
        )
    for exhibit, asset in found.assets:
        if asset.recalled_at is not None:
            day = words.day(asset.recalled_at)
            yield row("asset_recalled", exhibit=exhibit, number=asset.number, day=day)


def _carried_out(tx: Transaction, exhibits: Sequence[Exhibit]) -> Iterator[tuple[str, Disposal]]:
    rows = table_of(Disposal).c
    for exhibit in exhibits:
        done = (rows.exhibit_id == exhibit.id, rows.carried_out_at.is_not(None))
        for each in every(tx, Disposal, *done, order_by=rows.id):
            yield exhibit.reference, each
