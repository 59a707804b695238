"""What the pages about keeping show: due, periods, proceedings, holds, disposals, assets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.custody.custody import last_entry
from casework.custody.holds import in_words, standing
from casework.keeping.retaining import as_rule, mark_of, retention_of
from rules.disposal import Standing
from rules.referral import TAKEN
from rules.retention import Period, Retention
from storage import keeping, keyset
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Asset,
    Claim,
    Disposal,
    Exhibit,
    Operator,
    Proceeding,
    Referral,
    RetentionRow,
    TestBuy,
)

_MOST = 200
"""How many ended exhibits are looked at, the longest ended first."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """An exhibit that may be disposed of as far as retention goes, and the holds in the way."""

    exhibit: Exhibit
    testbuy: str
    holder: str
    retention: Retention
    holds: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """Open proceedings; `number` is None for what a referral led to, whose `name` it is then.

    `claim`: the reference of the claim that they follow, where their end is recorded.
    """

    number: int | None
    name: str
    kind: str
    operator: str
    since: datetime
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period by its row's number; who set it last, when and why; `mark`: what a form names of it.

    `set_at` None: the programme began with it. `by` None: it was set at the command line.
    """

    number: int
    period: Period
    reason: str
    set_at: datetime | None
    by: str | None
    mark: str


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """Exhibits due, the periods on record, and what is pending."""

    due: tuple[DueLine, ...]
    periods: tuple[PeriodLine, ...]
    pending: tuple[Pending, ...]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """An open disposal as whoever approves it sees it."""

    disposal: Disposal
    exhibit: Exhibit
    testbuy: str
    asked_by: str
    own: bool


@dataclass(frozen=True, slots=True)
class AssetLine:
    """An asset with the exhibit it was, and the word for where it stands."""

    asset: Asset
    exhibit: Exhibit
    testbuy: str

    @property
    def state(self) -> str:
        """One of: asset, recalled, taken back, given away."""
        if self.asset.gone_at is not None:
            return "given away, in review" if self.asset.recalled_at else "given away"
        if self.asset.returned_at is not None:
            return "taken back"
        return "recalled" if self.asset.recalled_at is not None else "asset"


def retention_page(db: Database, now: datetime) -> RetentionPage:
    """What the retention page shows."""
    with db.read() as tx:
        return RetentionPage(
            tuple(_due(tx, now)),
            tuple(_periods(tx)),
            tuple(_pending(tx)),
        )


def holds_standing(db: Database) -> tuple[Standing, ...]:
    """Every hold that stands, the newest first."""
    with db.read() as tx:
        return tuple(in_words(tx, each) for each in keeping.standing(tx))


def disposals_to_approve(db: Database, person: int) -> tuple[AskedFor, ...]:
    """Disposals nobody has approved yet, oldest first."""
    rows = table_of(Disposal).c
    with db.read() as tx:
        asked = every(
            tx, Disposal, approved_at=None, ended_at=None, carried_out_at=None, order_by=rows.id
        )
        people = names(tx, [each.asked_by for each in asked])
        return tuple(
            AskedFor(
                each,
                exhibit,
                owner,
                people[each.asked_by],
                each.asked_by == person,
            )
            for each in asked
            for exhibit, owner in [_exhibit(tx, each.exhibit_id)]
        )


def assets(db: Database, turn: Turn = FIRST, numbered: str | None = None) -> Paged[AssetLine]:
    """A page of all assets there ever were, the newest first; that of the one `numbered`."""
    with db.read() as tx:
        about = one(tx, Asset, number=numbered) if numbered else None
        at = turn._replace(at=about.id) if about else turn
        return keyset.page(tx, Asset, newest=True, turn=at).each(lambda rows: _assets(tx, rows))


def held(db: Database) -> int:
    """How many things are assets now: neither given away, nor recalled, nor evidence again."""
    rows = table_of(Asset).c
    ended = (rows.gone_at, rows.returned_at, rows.recalled_at)
    with db.read() as tx:
        return keyset.count(tx, Asset, *(each.is_(None) for each in ended))


def every_asset(db: Database) -> list[AssetLine]:
    """All of them, for a file."""
    with db.read() as tx:
        return _assets(tx, every(tx, Asset, order_by=table_of(Asset).c.id.desc()))


def _assets(tx: Transaction, rows: Sequence[Asset]) -> list[AssetLine]:
    return [AssetLine(each, *_exhibit(tx, each.exhibit_id)) for each in rows]


def _due(tx: Transaction, now: datetime) -> Iterator[DueLine]:
    known: dict[int, Retention] = {}
    for exhibit in keeping.kept_of_ended(tx, now, _MOST):
        owner = one(tx, TestBuy, id=exhibit.testbuy_id)
        last = last_entry(tx, exhibit.id)
        assert owner is not None and last is not None  # a bagged exhibit has both
        if owner.id not in known:
            known[owner.id] = retention_of(tx, owner, now)
        if known[owner.id].over(now.date()):
            holds = tuple(standing(tx, exhibit))
            yield DueLine(exhibit, owner.reference, last.to_holder, known[owner.id], holds)


def _periods(tx: Transaction) -> Iterator[PeriodLine]:
    rows = every(tx, RetentionRow, order_by=table_of(RetentionRow).c.id)
    people = names(tx, [row.set_by for row in rows])
    for row in rows:
        by = people[row.set_by] if row.set_by else None
        yield PeriodLine(row.id, as_rule(row), row.reason, row.set_at, by, mark_of(row))


def _pending(tx: Transaction) -> Iterator[Pending]:
    rows, referrals = table_of(Proceeding).c, table_of(Referral).c
    by_number = {each.id: each.reference for each in every(tx, Operator)}
    ended = table_of(Proceeding).select().with_only_columns(rows.referral_id)
    accepted = every(
        tx,
        Referral,
        referrals.state.in_(sorted(TAKEN)),
        referrals.id.not_in(ended.where(rows.referral_id.is_not(None))),
        order_by=referrals.id,
    )
    for each in accepted:
        operator = by_number[each.operator_id]
        yield Pending(None, each.reference, "referral", operator, each.changed_at)
    found = every(tx, Proceeding, ended_on=None, order_by=rows.id)
    followed = every(tx, Claim, table_of(Claim).c.proceeding_id.in_([row.id for row in found]))
    claims = {each.proceeding_id: each.reference for each in followed}
    for row in found:
        operator = by_number[row.operator_id]
        yield Pending(row.id, row.name, row.kind, operator, row.opened_at, claims.get(row.id))


def _exhibit(tx: Transaction, number: int) -> tuple[Exhibit, str]:
    exhibit = one(tx, Exhibit, id=number)
    owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
    assert exhibit is not None and owner is not None  # foreign keys hold it
    return exhibit, owner.reference
