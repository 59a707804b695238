"""What a referral's package says besides its test buys: rows that a later row corrects.

None is ever edited. `corrects_id` names the row whose place one takes, `reason` why; `withdrawn`: a
row that only says that the earlier one no longer stands. `document` is the digest of a PDF in the
vault that shows it.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.package import HarmKind, KnowledgeKind, PremisesKind
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class PackageRow(Table):
    """What every row has: its source, and who recorded it when."""

    id: int = identity()
    source: str
    document: str | None = None
    reason: str = ""
    withdrawn: bool = False
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


def _corrected(*more: sa.CheckConstraint) -> tuple[sa.CheckConstraint, ...]:
    """That a correction says why, and that only a correction withdraws."""
    return (
        sa.CheckConstraint("corrects_id IS NULL OR reason <> ''", name="correction_says_why"),
        sa.CheckConstraint("NOT withdrawn OR corrects_id IS NOT NULL", name="withdraws_something"),
        *more,
    )


def _corrects(table: str) -> int | None:
    return refers_to(f"{table}.id", optional=True, index=False, unique=True)


class HarmRow(PackageRow, table=True):
    """Harm done by an operator; `figure` counts, or is minor units where there is a `currency`."""

    __tablename__ = "harm"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _corrected(
        sa.CheckConstraint("currency IS NULL OR figure IS NOT NULL", name="amount_is_whole"),
        sa.CheckConstraint("figure IS NULL OR figure >= 0", name="figure_not_negative"),
    )
    operator_id: int = refers_to("operator.id")
    corrects_id: int | None = _corrects("harm")
    kind: HarmKind = word(HarmKind)
    text: str
    figure: int | None = whole(optional=True)
    currency: str | None = None


class PremisesRow(PackageRow, table=True):
    """Where to search for what an operator has. Its address stands apart and can be erased."""

    __tablename__ = "premises"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _corrected()
    operator_id: int = refers_to("operator.id")
    corrects_id: int | None = _corrects("premises")
    kind: PremisesKind = word(PremisesKind)
    happens: str
    hour: str = ""


class PremisesAddress(Table, table=True):
    """The address of premises, and the salt its commitment in the ledger is opened with.

    Personal data: the row is removed where it may be kept no longer, and the ledger stays valid.
    """

    premises_id: int = refers_to("premises.id", primary_key=True, index=False)
    address: str
    salt: bytes = Field(sa_type=sa.LargeBinary)


class KnowledgeRow(PackageRow, table=True):
    """That an operator knew, by a day; `testbuy_id` the test buy that shows it."""

    __tablename__ = "knowledge"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _corrected()
    operator_id: int = refers_to("operator.id")
    corrects_id: int | None = _corrects("knowledge")
    kind: KnowledgeKind = word(KnowledgeKind)
    text: str
    known_on: date
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)


class RightsRow(PackageRow, table=True):
    """A registration of a brand, and who may sign for its rights holder."""

    __tablename__ = "rights"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _corrected()
    brand_id: int = refers_to("brand.id")
    corrects_id: int | None = _corrects("rights")
    registration: str
    classes: str
    territory: str
    valid_until: date
    signatory: str
    authority: str


class UndertakingRow(PackageRow, table=True):
    """A rights holder's word, about an operator, that it will examine and testify."""

    __tablename__ = "undertaking"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _corrected()
    operator_id: int = refers_to("operator.id")
    rights_holder_id: int = refers_to("rights_holder.id", index=False)
    corrects_id: int | None = _corrects("undertaking")
    person: str
    position: str
    given_on: date
