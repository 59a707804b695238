"""How long exhibits are kept and what stops their disposal: retention, proceedings, legal holds."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from rules.disposal import Way
from rules.retention import EndedBy
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, word


class RetentionRow(Table, table=True):
    """A dated, editable period: months an exhibit and its evidence are kept; `*` is any.

    `reason`, `set_at`, `set_by`: of who set it last; `set_at` is None where the programme began
    with it, `set_by` where the command line, which knows no persons, set it.
    """

    __tablename__ = "retention"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        sa.UniqueConstraint("jurisdiction", "outcome", "valid_from"),
        sa.CheckConstraint("months BETWEEN 0 AND evidence_months", name="evidence_outlasts"),
    )
    id: int = identity()
    jurisdiction: str
    outcome: str
    months: int
    evidence_months: int
    valid_from: date
    valid_until: date | None = None
    source: str
    verified: bool
    reason: str = ""
    set_at: datetime | None = instant(optional=True)
    set_by: int | None = refers_to("person.id", optional=True, index=False)


class ProceedingKind(StrEnum):
    """What is pending; a referral that an agency accepted is one until its end is recorded."""

    REFERRAL = "referral"
    CLAIM = "claim"
    ADMINISTRATIVE = "administrative"


class Proceeding(Table, table=True):
    """Proceedings against an operator: while they are open nothing they rest on is disposed of.

    `referral_id` names the referral that led to them. `ended_said`: more of the end.
    """

    __table_args__ = (
        sa.CheckConstraint("(ended_on IS NULL) = (ended_how IS NULL)", name="end_is_whole"),
        sa.CheckConstraint("(kind = 'referral') = (referral_id IS NOT NULL)", name="of_referral"),
    )
    id: int = identity()
    operator_id: int = refers_to("operator.id")
    kind: ProceedingKind = word(ProceedingKind)
    referral_id: int | None = refers_to("referral.id", optional=True)
    name: str
    opened_by: int = refers_to("person.id", index=False)
    opened_at: datetime = instant()
    ended_on: date | None = None
    ended_how: EndedBy | None = word(EndedBy, optional=True)
    ended_said: str | None = None
    ended_by: int | None = refers_to("person.id", optional=True, index=False)
    ended_at: datetime | None = instant(optional=True)


class LegalHold(Table, table=True):
    """Somebody's word that an exhibit, a test buy's or an operator's exhibits must stay.

    It stands until a `HoldLift` names it.
    """

    __table_args__ = (
        sa.CheckConstraint(
            "coalesce(exhibit_id, testbuy_id, operator_id) IS NOT NULL", name="on_something"
        ),
        sa.CheckConstraint("exhibit_id IS NULL OR testbuy_id IS NULL", name="on_one_thing"),
        sa.CheckConstraint(
            "operator_id IS NULL OR coalesce(exhibit_id, testbuy_id) IS NULL", name="or_on_all"
        ),
    )
    id: int = identity()
    exhibit_id: int | None = refers_to("exhibit.id", optional=True)
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)
    operator_id: int | None = refers_to("operator.id", optional=True)
    reason: str
    placed_by: int = refers_to("person.id", index=False)
    placed_as: Role = word(Role)
    placed_at: datetime = instant()


class HoldLift(Table, table=True):
    """The end of a legal hold, with the reason."""

    hold_id: int = refers_to("legal_hold.id", primary_key=True, index=False)
    reason: str
    lifted_by: int = refers_to("person.id", index=False)
    lifted_as: Role = word(Role)
    lifted_at: datetime = instant()


class Disposal(Table, table=True):
    """A clerk asks that an exhibit be disposed of; somebody else approves; it is carried out.

    Open until it is carried out, or ended: declined, withdrawn, or lapsed by `hold_id`. An exhibit
    has one open at most. `recipient` is who gets it; `certificate` the digest of a document in
    the vault; `witness` who signed: for having seen it destroyed, or for having received it, and
    `signature` the digest of how they did.
    """

    __table_args__ = (
        sa.CheckConstraint("approved_by <> asked_by", name="approver_is_not_asker"),
        sa.CheckConstraint("carried_out_at IS NULL OR ended_at IS NULL", name="one_end"),
        sa.CheckConstraint(
            "carried_out_at IS NULL OR approved_at IS NOT NULL", name="approved_before"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_for_reason"),
        sa.Index(
            "uq_disposal_open",
            "exhibit_id",
            unique=True,
            sqlite_where=sa.text("carried_out_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("carried_out_at IS NULL AND ended_at IS NULL"),
        ),
    )
    id: int = identity()
    exhibit_id: int = refers_to("exhibit.id")
    way: Way = word(Way)
    recipient: str
    reason: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
    approved_by: int | None = refers_to("person.id", optional=True, index=False)
    approved_at: datetime | None = instant(optional=True)
    carried_out_by: int | None = refers_to("person.id", optional=True, index=False)
    carried_out_at: datetime | None = instant(optional=True)
    certificate: str | None = None
    signature: str | None = None
    witness: str | None = None
    ended_at: datetime | None = instant(optional=True)
    ended_because: str | None = None
    hold_id: int | None = refers_to("legal_hold.id", optional=True, index=False)


class Asset(Table, table=True):
    """A genuine exhibit that became the company's: what it cost, and who has it.

    `recalled_at`: the verdict under it was superseded; `returned_at`: it is evidence again;
    `gone_at`: it was given away before.
    """

    id: int = identity()
    number: str = Field(unique=True)
    exhibit_id: int = refers_to("exhibit.id")
    disposal_id: int = Field(foreign_key="disposal.id", unique=True)
    cost_minor: int | None = Field(default=None, sa_type=sa.BigInteger)
    currency: str | None = None
    keeper: str
    made_by: int = refers_to("person.id", index=False)
    made_at: datetime = instant()
    recalled_at: datetime | None = instant(optional=True)
    returned_at: datetime | None = instant(optional=True)
    gone_at: datetime | None = instant(optional=True)
    gone_to: str | None = None
