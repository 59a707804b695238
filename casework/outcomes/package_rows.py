"""The rows of an operator's package as they stand: which count, and which a later one replaced.

Owns reading them, for pages, papers and the gate alike, so that all say the same. Leaves adding to
`casework.referring.furnishing` and what a row may say to `rules.package`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.outcomes.sanctions import under_review
from rules import package
from rules.package import RowKind, Said
from rules.sanctions import TOLD, SanctionState
from storage.linking import family, survivor
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Brand,
    FollowUp,
    HarmRow,
    KnowledgeRow,
    PremisesAddress,
    PremisesRow,
    Proceeding,
    ProceedingKind,
    RightsHolder,
    RightsRow,
    Sanction,
    SanctionNotice,
    Shop,
    TestBuy,
    UndertakingRow,
)

TABLES: dict[RowKind, type] = {
    RowKind.HARM: HarmRow,
    RowKind.PREMISES: PremisesRow,
    RowKind.KNOWLEDGE: KnowledgeRow,
    RowKind.RIGHTS: RightsRow,
    RowKind.UNDERTAKING: UndertakingRow,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A row: its number among its kind, what it says, and who recorded it.

    `corrects`: the number of the row whose place it takes, with the `reason`.
    """

    number: int
    kind: RowKind
    said: Said
    document: str | None
    recorded_by: int
    recorded_at: datetime
    corrects: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """A row that stands no more: who put another in its place, or withdrew it, when and why."""

    row: Kept
    by: int
    at: datetime
    reason: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class SellerTold:
    """A seller was told of a measure that stands, or stood until its time was over: they knew.

    `notices`: what they were given, by digest. `bought`: the test buys made after that.
    """

    sanction: Sanction
    shop: Shop
    told_on: date
    given_by: str
    notices: tuple[str, ...]
    bought: tuple[TestBuy, ...]


@dataclass(frozen=True, slots=True)
class PackageRows:
    """All that is on record for the package of one operator; `rights` of its `brands`.

    `told`: the operator's sellers, which is knowledge that nobody has to write down again. `civil`
    are civil and administrative proceedings that have not ended. `replaced`: what a later row
    corrected or withdrew, the latest first.
    """

    brands: tuple[Brand, ...]
    holders: tuple[RightsHolder, ...]
    harm: tuple[Kept, ...]
    premises: tuple[Kept, ...]
    knowledge: tuple[Kept, ...]
    rights: tuple[Kept, ...]
    undertaking: tuple[Kept, ...]
    told: tuple[SellerTold, ...]
    civil: tuple[Proceeding, ...]
    replaced: tuple[Replaced, ...]

    def of(self, kind: RowKind | str) -> tuple[Kept, ...]:
        """Those of a kind that stand."""
        return getattr(self, str(kind))

    @property
    def people(self) -> set[int]:
        """Who recorded or replaced any."""
        standing = {row.recorded_by for kind in RowKind for row in self.of(kind)}
        return standing | {each.by for each in self.replaced}

    @property
    def documents(self) -> dict[str, Kept]:
        """The documents that rows which stand rest on, by their digest."""
        rows = (row for kind in RowKind for row in self.of(kind))
        return {row.document: row for row in rows if row.document}


def rows_of(tx: Transaction, operator_id: int) -> PackageRows:
    """What is on record for the package of an operator, and of all that were merged into it."""
    brands, whole = _brands(tx, operator_id), family(tx, operator_id)
    ids = [brand.rights_holder_id for brand in brands]
    holders = every(
        tx, RightsHolder, table_of(RightsHolder).c.id.in_(ids), order_by=table_of(RightsHolder).c.id
    )
    told = _Told(tx, brands, holders)
    standing: dict[RowKind, tuple[Kept, ...]] = {}
    replaced: list[Replaced] = []
    for kind, table in TABLES.items():
        columns = table_of(table).c
        owner = (
            columns.brand_id.in_([brand.id for brand in brands])
            if kind is RowKind.RIGHTS
            else columns.operator_id.in_(whole)
        )
        rows = every(tx, table, owner, order_by=columns.id)
        later = {row.corrects_id: row for row in rows if row.corrects_id}
        standing[kind] = tuple(
            told.kept(kind, row) for row in rows if row.id not in later and not row.withdrawn
        )
        replaced += [
            Replaced(
                told.kept(kind, row), after.recorded_by, after.recorded_at, after.reason,
                after.withdrawn,
            )
            for row in rows
            if (after := later.get(row.id))
        ]  # fmt: skip
    return PackageRows(
        tuple(brands),
        tuple(holders),
        *(standing[kind] for kind in RowKind),
        told=tuple(_told(tx, operator_id)),
        civil=_civil(tx, operator_id),
        replaced=tuple(sorted(replaced, key=lambda each: each.at, reverse=True)),
    )


def offended_before(tx: Transaction, operator_id: int, now: datetime) -> bool | None:
    """Whether the operator offended before, as of a day, by what is on record of it."""
    about = table_of(KnowledgeRow).c.operator_id.in_(family(tx, operator_id))
    rows = every(tx, KnowledgeRow, about)
    later = {row.corrects_id for row in rows}
    told = [
        package.Knowledge(row.kind, row.text, row.known_on, None, row.source)
        for row in rows
        if row.id not in later and not row.withdrawn
    ]
    return package.offended_before(told, now.date())


def recorded(tx: Transaction, kind: RowKind, number: int) -> Any:
    """The row of a kind by its number, or None."""
    return one(tx, TABLES[kind], id=number)


def recorders(tx: Transaction, operator_id: int) -> frozenset[int]:
    """Who recorded any row about the operator; rights are their brand's and nobody's part of it."""
    whole = family(tx, operator_id)
    return frozenset(
        row.recorded_by
        for kind, table in TABLES.items()
        if kind is not RowKind.RIGHTS
        for row in every(tx, table, table_of(table).c.operator_id.in_(whole))
    )


def _brands(tx: Transaction, operator_id: int) -> Sequence[Brand]:
    """The brands of what was test-bought from the operator's shops."""
    shops = table_of(Shop).select().with_only_columns(table_of(Shop).c.id)
    of_operator = shops.where(table_of(Shop).c.operator_id == survivor(tx, operator_id))
    bought = every(tx, TestBuy, table_of(TestBuy).c.shop_id.in_(of_operator))
    ids = sorted({row.brand_id for row in bought})
    return every(tx, Brand, table_of(Brand).c.id.in_(ids), order_by=table_of(Brand).c.id)


def _told(tx: Transaction, operator_id: int) -> Iterator[SellerTold]:
    """The notices given to its sellers. One of a measure that was wrong, or is in doubt, shows
    nothing here: the disclosure schedule tells it.
    """
    of, rows = survivor(tx, operator_id), table_of(Sanction).c
    shops = {each.id: each for each in every(tx, Shop, operator_id=of)}
    stood = rows.state.in_([*TOLD, SanctionState.REOPENED])
    for row in every(tx, Sanction, rows.shop_id.in_(list(shops)), stood, order_by=rows.id):
        given = every(
            tx, SanctionNotice, sanction_id=row.id, order_by=table_of(SanctionNotice).c.id
        )
        if row.notified_at is None or not given or under_review(tx, row):
            continue
        tied = every(tx, FollowUp, sanction_id=row.id, order_by=table_of(FollowUp).c.testbuy_id)
        bought = [one(tx, TestBuy, id=each.testbuy_id) for each in tied]
        yield SellerTold(
            row, shops[row.shop_id], row.notified_at.date(), given[0].given_by,
            tuple(each.digest for each in given), tuple(each for each in bought if each),
        )  # fmt: skip


def _civil(tx: Transaction, operator_id: int) -> tuple[Proceeding, ...]:
    rows = table_of(Proceeding).c
    return tuple(
        every(
            tx,
            Proceeding,
            rows.kind != ProceedingKind.REFERRAL,
            rows.operator_id.in_(family(tx, operator_id)),
            ended_on=None,
            order_by=rows.id,
        )
    )


class _Told:
    """Rows as `rules.package` has them, names and references in place of numbers."""

    def __init__(
        self, tx: Transaction, brands: Iterable[Brand], holders: Iterable[RightsHolder]
    ) -> None:
        self._tx = tx
        self._brands = {row.id: row.name for row in brands}
        self._holders = {row.id: row.name for row in holders}
        self._say: dict[RowKind, Callable[[Any], Said]] = {
            RowKind.HARM: self._harm,
            RowKind.PREMISES: self._premises,
            RowKind.KNOWLEDGE: self._knowledge,
            RowKind.RIGHTS: self._rights,
            RowKind.UNDERTAKING: self._undertaking,
        }

    def kept(self, kind: RowKind, row: Any) -> Kept:
        return Kept(
            row.id, kind, self._say[kind](row), row.document, row.recorded_by, row.recorded_at,
            row.corrects_id, row.reason,
        )  # fmt: skip

    def _harm(self, row: HarmRow) -> Said:
        return package.Harm(row.kind, row.text, row.figure, row.currency, row.source)

    def _premises(self, row: PremisesRow) -> Said:
        stands = one(self._tx, PremisesAddress, premises_id=row.id)
        address = stands.address if stands else None
        return package.Premises(row.kind, address, row.happens, row.hour, row.source)

    def _knowledge(self, row: KnowledgeRow) -> Said:
        shows = one(self._tx, TestBuy, id=row.testbuy_id) if row.testbuy_id else None
        return package.Knowledge(
            row.kind, row.text, row.known_on, shows.reference if shows else None, row.source
        )

    def _rights(self, row: RightsRow) -> Said:
        return package.Rights(
            self._brands[row.brand_id], row.registration, row.classes, row.territory,
            row.valid_until, row.signatory, row.authority, row.source,
        )  # fmt: skip

    def _undertaking(self, row: UndertakingRow) -> Said:
        known = self._holders.get(row.rights_holder_id)
        if known is None:
            holder = one(self._tx, RightsHolder, id=row.rights_holder_id)
            assert holder is not None  # a foreign key holds it
            known = holder.name
        return package.Undertaking(known, row.person, row.position, row.given_on, row.source)
