"""Sanctions of a shop: what each rests on, each step, the notices to its seller, their appeals."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.roles import Role
from rules.sanctions import SanctionGround, SanctionKind, SanctionMove, SanctionState
from storage.tables.columns import Table, identity, instant, refers_to, word

_OPEN = "state NOT IN ('lifted', 'reopened', 'declined', 'withdrawn')"


class Sanction(Table, table=True):
    """A measure against a shop. `clause` and `reasons` are printed in the seller's notice.

    `in_force_at`: since when it works; kept when it ends. While a closing is in force its shop's
    `closed_at` says since when. `objections_end_at`: the end of the last day to object, in UTC.
    """

    __table_args__ = (
        sa.Index(
            "uq_sanction_open",
            "shop_id",
            "kind",
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        ),
        sa.CheckConstraint(
            "(ground = 'brushing') = (brushing_id IS NOT NULL)", name="brushing_names_its_case"
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name="decider_is_not_proposer"),
        sa.CheckConstraint(
            "(notified_at IS NULL) = (objections_end_at IS NULL)", name="told_with_a_last_day"
        ),
    )
    id: int = identity()
    reference: str = Field(unique=True)
    shop_id: int = refers_to("shop.id", index=False)
    kind: SanctionKind = word(SanctionKind)
    ground: SanctionGround = word(SanctionGround)
    brushing_id: int | None = refers_to("brushing.id", optional=True)
    state: SanctionState = word(SanctionState, index=True)
    version: int
    clause: str
    reasons: str
    objections_to: str
    proposed_by: int = refers_to("person.id", index=False)
    proposed_at: datetime = instant()
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    decided_at: datetime | None = instant(optional=True)
    notified_at: datetime | None = instant(optional=True)
    objections_end_at: datetime | None = instant(optional=True)
    in_force_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
    changed_at: datetime = instant()


class SanctionTestBuy(Table, table=True):
    """A test buy a sanction rests on, and who put it there."""

    sanction_id: int = refers_to("sanction.id", primary_key=True, index=False)
    testbuy_id: int = refers_to("testbuy.id", primary_key=True)
    added_by: int = refers_to("person.id", index=False)


class SanctionStep(Table, table=True):
    """One step of a sanction, and what was said for it. Never changed: the next one follows it.

    `shop_closed_at`: what the shop's row said before a step that changed it.
    """

    __table_args__ = (sa.UniqueConstraint("sanction_id", "number"),)
    id: int = identity()
    sanction_id: int = refers_to("sanction.id", index=False)
    number: int
    move: SanctionMove = word(SanctionMove)
    state: SanctionState = word(SanctionState)
    said: str | None = None
    shop_closed_at: datetime | None = instant(optional=True)
    by_role: Role = word(Role)
    by_person: int | None = refers_to("person.id", optional=True, index=False)
    at: datetime = instant()


class SanctionNotice(Table, table=True):
    """The notice as the seller was given it, in one language, by the digest of its bytes."""

    __table_args__ = (sa.UniqueConstraint("sanction_id", "language"),)
    id: int = identity()
    sanction_id: int = refers_to("sanction.id", index=False)
    language: str
    digest: str
    given_by: str
    made_at: datetime = instant()


class SanctionAppeal(Table, table=True):
    """A seller's objection: the day it came and the document as it came; decided once."""

    __table_args__ = (
        sa.UniqueConstraint("sanction_id", "number"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="somebody_decides"),
        sa.CheckConstraint("(lifted IS NULL) = (reasons IS NULL)", name="decision_has_reasons"),
        sa.CheckConstraint("(decided_at IS NULL) = (lifted IS NULL)", name="decision_is_whole"),
    )
    id: int = identity()
    sanction_id: int = refers_to("sanction.id", index=False)
    number: int
    received_on: date
    digest: str
    media_type: str
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    lifted: bool | None = None
    reasons: str | None = None


class FollowUp(Table, table=True):
    """A test buy made after a seller was told: which sanction it follows, and which test buy."""

    testbuy_id: int = refers_to("testbuy.id", primary_key=True, index=False)
    sanction_id: int = refers_to("sanction.id")
    first_id: int | None = refers_to("testbuy.id", optional=True)
    launched_by: int = refers_to("person.id", index=False)
    launched_at: datetime = instant()
