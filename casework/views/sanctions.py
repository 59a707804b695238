"""Sanctions: their list, one with all that was done, and what a new one could rest on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from casework.buying.follow_ups import Offer, follow_ups, offers
from casework.errors import NotFound
from casework.outcomes.sanctions import (
    contributors_of,
    deciders_of,
    known,
    members_of,
    open_appeal,
    steps_of,
    under_review,
)
from casework.referring.gating import on_photographs
from casework.views.requests import open_campaigns
from rules.brushing import BrushingState
from rules.sanctions import ENDED, SanctionKind
from rules.verdicts import COUNTERFEITS
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Brushing,
    Listing,
    Operator,
    OutcomeReview,
    Sanction,
    SanctionAppeal,
    SanctionNotice,
    SanctionStep,
    SanctionTestBuy,
    Shop,
    TestBuy,
)

_sanctions, _testbuys = table_of(Sanction).c, table_of(TestBuy).c


@dataclass(frozen=True, slots=True)
class SanctionLine:
    """A sanction in a list; `last_day`: until when its seller may object, where they were told."""

    sanction: Sanction
    shop: Shop
    operator: str | None
    testbuys: int
    under_review: bool
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Bought:
    """A test buy with what its listing was called."""

    testbuy: TestBuy
    title: str


@dataclass(frozen=True, slots=True)
class Photographed:
    """Test buys of which nobody examined the exhibit itself, by reference, and the agencies of the
    shop's country, each of which says whether photographs suffice it. None where there are none.
    """

    testbuys: frozenset[str]
    agencies: Sequence[Agency]


@dataclass(frozen=True, slots=True)
class SanctionPage:
    """One sanction; `case`: of made-up orders, where it rests on that.

    `people` gives names by number; `appeal` is the one nobody decided yet. `contributors` don't
    decide it, `deciders` don't decide an appeal. `reviewed`: the test buys whose superseded
    verdicts ask that it be looked at again. `offers`: flags that a follow-up is launched from.
    """

    line: SanctionLine
    case: str | None
    rests_on: tuple[Bought, ...]
    photographed: Photographed | None
    steps: Sequence[SanctionStep]
    notices: Sequence[SanctionNotice]
    appeals: Sequence[SanctionAppeal]
    appeal: SanctionAppeal | None
    contributors: frozenset[int]
    deciders: frozenset[int]
    reviewed: tuple[str, ...]
    follow_ups: tuple[Bought, ...]
    offers: tuple[Offer, ...]
    campaigns: tuple[str, ...]
    people: dict[int, str]


@dataclass(frozen=True, slots=True)
class NewSanction:
    """What a sanction of a shop could rest on: its concluded counterfeits, the newest first.

    `kinds`: those of which none stands. `like`: the newest sanction on its platform, whose clause
    and place for objections are offered again.
    """

    shop: Shop
    operator: Operator | None
    counterfeits: tuple[Bought, ...]
    photographed: Photographed | None
    others: int
    kinds: tuple[SanctionKind, ...]
    cases: tuple[str, ...]
    like: Sanction | None


def sanctions(db: Database, turn: Turn = FIRST) -> Paged[SanctionLine]:
    """A page of sanctions, the newest first."""
    with db.read() as tx:
        found = keyset.page(tx, Sanction, newest=True, turn=turn)
        return found.each(lambda rows: _lines(tx, rows))


def every_sanction(db: Database) -> Sequence[SanctionLine]:
    """All of them, the oldest first."""
    with db.read() as tx:
        return _lines(tx, every(tx, Sanction, order_by=_sanctions.id))


def of_shops(tx: Transaction, shops: Sequence[int]) -> Sequence[SanctionLine]:
    """Those of some shops, the newest first."""
    found = every(tx, Sanction, _sanctions.shop_id.in_(shops), order_by=_sanctions.id.desc())
    return _lines(tx, found)


def sanction(db: Database, reference: str, now: datetime) -> SanctionPage:
    """One sanction by its reference; NotFound where there is none."""
    with db.read() as tx:
        row = known(tx, reference)
        steps, contributors = steps_of(tx, row.id), contributors_of(tx, row)
        appeals = every(
            tx, SanctionAppeal, sanction_id=row.id, order_by=table_of(SanctionAppeal).c.number
        )
        reviews = every(
            tx, OutcomeReview, table_of(OutcomeReview).c.decided_at.is_(None), about=reference
        )
        case = one(tx, Brushing, id=row.brushing_id) if row.brushing_id else None
        members, shop = members_of(tx, row.id), one(tx, Shop, id=row.shop_id)
        assert shop is not None  # a foreign key holds it
        known_by = {each.id: each.reference for each in members}
        acted = [each.by_person for each in steps] + [each.decided_by for each in appeals]
        return SanctionPage(
            _lines(tx, [row])[0],
            case.reference if case else None,
            _bought(tx, members),
            _photographed(tx, shop, members),
            steps,
            every(
                tx, SanctionNotice, sanction_id=row.id, order_by=table_of(SanctionNotice).c.language
            ),
            appeals,
            open_appeal(tx, row),
            contributors,
            deciders_of(tx, row),
            tuple(sorted({known_by[each.testbuy_id] for each in reviews})),
            _bought(tx, follow_ups(tx, row)),
            offers(tx, row),
            tuple(each.name for each in open_campaigns(tx, now)),
            names(tx, [*acted, *contributors]),
        )


def new_sanction(db: Database, shop_id: int) -> NewSanction:
    """What a sanction of this shop could rest on; NotFound where there is no such shop."""
    with db.read() as tx:
        shop = one(tx, Shop, id=shop_id)
        if shop is None:
            raise NotFound("There is no such shop.")
        bought = every(tx, TestBuy, shop_id=shop.id, order_by=_testbuys.id.desc())
        fakes = [each for each in bought if each.conclusion in COUNTERFEITS]
        standing = every(tx, Sanction, _sanctions.state.not_in(list(ENDED)), shop_id=shop.id)
        taken = {each.kind for each in standing}
        same = table_of(Shop).select().with_only_columns(table_of(Shop).c.id)
        like = every(
            tx,
            Sanction,
            _sanctions.shop_id.in_(same.where(table_of(Shop).c.platform == shop.platform)),
            order_by=_sanctions.id.desc(),
            limit=1,
        )
        return NewSanction(
            shop,
            one(tx, Operator, id=shop.operator_id) if shop.operator_id else None,
            _bought(tx, fakes),
            _photographed(tx, shop, fakes),
            len(bought) - len(fakes),
            tuple(kind for kind in SanctionKind if kind not in taken),
            tuple(
                each.reference
                for each in every(tx, Brushing, shop_id=shop.id, state=BrushingState.ESTABLISHED)
            ),
            like[0] if like else None,
        )


def _bought(tx: Transaction, testbuys: Sequence[TestBuy]) -> tuple[Bought, ...]:
    rows = table_of(Listing).c
    titles = {
        each.id: each.title
        for each in every(tx, Listing, rows.id.in_([each.listing_id for each in testbuys]))
    }
    return tuple(Bought(each, titles[each.listing_id]) for each in testbuys)


def _photographed(tx: Transaction, shop: Shop, testbuys: Sequence[TestBuy]) -> Photographed | None:
    found = on_photographs(tx, testbuys)
    if not found:
        return None
    there: dict[str, Any] = {"jurisdiction": shop.region} if shop.region else {}
    return Photographed(
        frozenset(found), every(tx, Agency, **there, order_by=table_of(Agency).c.name)
    )


def _lines(tx: Transaction, rows: Sequence[Sanction]) -> list[SanctionLine]:
    shops, links = table_of(Shop).c, table_of(SanctionTestBuy).c
    by_number = {
        each.id: each for each in every(tx, Shop, shops.id.in_([row.shop_id for row in rows]))
    }
    owners = table_of(Operator).c
    operators = {
        each.id: each.reference
        for each in every(
            tx, Operator, owners.id.in_([shop.operator_id for shop in by_number.values()])
        )
    }
    resting = every(tx, SanctionTestBuy, links.sanction_id.in_([row.id for row in rows]))
    counts = Counter(link.sanction_id for link in resting)
    return [
        SanctionLine(
            row,
            by_number[row.shop_id],
            operators.get(by_number[row.shop_id].operator_id or 0),
            counts[row.id],
            under_review(tx, row),
            last_day_of(row),
        )
        for row in rows
    ]


def last_day_of(row: Sanction) -> date | None:
    """The last day on which its seller may object; None before they were told."""
    if row.objections_end_at is None:
        return None
    return (row.objections_end_at - timedelta(seconds=1)).date()
