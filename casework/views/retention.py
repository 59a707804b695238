"""What the pages about keeping show: due, periods, proceedings, holds, disposals, assets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.custody import last_entry
from casework.holds import in_words, standing
from casework.retaining import periods, retention_of
from casework.views.people import names
from rules.disposal import Standing
from rules.referral import ReferralState
from rules.retention import Period, Retention
from storage import keeping
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Asset, Disposal, Exhibit, Operator, Proceeding, Referral, TestBuy

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
    """Open proceedings; `number` is None for what a referral led to, whose `name` it is then."""

    number: int | None
    name: str
    kind: str
    operator: str
    since: datetime


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """Exhibits due, the periods on record, and what is pending."""

    due: tuple[DueLine, ...]
    periods: Sequence[Period]
    pending: tuple[Pending, ...]
    operators: tuple[str, ...]


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
        operators = every(tx, Operator, order_by=table_of(Operator).c.reference)
        return RetentionPage(
            tuple(_due(tx, now)),
            periods(tx),
            tuple(_pending(tx)),
            tuple(each.reference for each in operators),
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


def assets(db: Database) -> tuple[AssetLine, ...]:
    """Every asset there ever was, the newest first."""
    with db.read() as tx:
        return tuple(
            AssetLine(each, *_exhibit(tx, each.exhibit_id))
            for each in every(tx, Asset, order_by=table_of(Asset).c.id.desc())
        )


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


def _pending(tx: Transaction) -> Iterator[Pending]:
    rows, referrals = table_of(Proceeding).c, table_of(Referral).c
    by_number = {each.id: each.reference for each in every(tx, Operator)}
    ended = table_of(Proceeding).select().with_only_columns(rows.referral_id)
    accepted = every(
        tx,
        Referral,
        referrals.state == ReferralState.ACCEPTED,
        referrals.id.not_in(ended.where(rows.referral_id.is_not(None))),
        order_by=referrals.id,
    )
    for each in accepted:
        operator = by_number[each.operator_id]
        yield Pending(None, each.reference, "referral", operator, each.changed_at)
    for row in every(tx, Proceeding, ended_on=None, order_by=rows.id):
        yield Pending(row.id, row.name, row.kind, by_number[row.operator_id], row.opened_at)


def _exhibit(tx: Transaction, number: int) -> tuple[Exhibit, str]:
    exhibit = one(tx, Exhibit, id=number)
    owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
    assert exhibit is not None and owner is not None  # foreign keys hold it
    return exhibit, owner.reference
