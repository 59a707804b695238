"""The test buy itself, what was done to it, its orders and parcels, and its wake-ups."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from rules.lifecycle import EarlyEnd, Move, Stage
from rules.roles import Role
from rules.verdicts import Verdict as VerdictWord
from storage.tables.columns import (
    Table,
    identity,
    instant,
    json_list,
    reasons,
    refers_to,
    whole,
    word,
)


class RequestedVia(StrEnum):
    """The door a test buy was requested through."""

    PORTAL = "portal"
    COMMAND = "command"
    CONTROL_ROOM = "control_room"
    API = "api"


class Route(StrEnum):
    """How the order is placed."""

    BY_HAND = "by_hand"
    INTERFACE = "interface"


class AttemptState(StrEnum):
    """How an order attempt stands. UNKNOWN: sent, and no usable answer; never repeated blindly.

    CANCELLING: given up by a person, and alive until the platform says that it is cancelled.
    """

    INTENDED = "intended"
    UNKNOWN = "unknown"
    PLACED = "placed"
    CANCELLING = "cancelling"
    REFUSED = "refused"
    DEAD = "dead"


def _some(name: str, where: str, *columns: str) -> sa.Index:
    """An index of the rows for which `where` holds; the others cost it nothing."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class TestBuy(Table, table=True):
    """Where a test buy stands, whom it waits for, and who holds its lease.

    `shot_list_version` is that of its category's shot list when it was launched; it keeps it.
    `waiting_reasons` are sentences: why it waits as it does, where its stage alone does not say.
    `due_at` is when the clock looks next, `late_from` when the wait it is in began to be late.
    `version` rises with every move, and with every word on what it waits for; `fence` with every
    lease taken. `lease_until` in the past, or empty, means that nobody holds it.
    """

    __tablename__ = "testbuy"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        sa.Index("ix_testbuy_stage_id", "stage", "id"),
        _some("ix_testbuy_due_at", "due_at IS NOT NULL", "due_at"),
        # The board walks one of these in the order it shows (storage.boards).
        sa.Index("ix_testbuy_brand_id_id", "brand_id", "id"),
        sa.Index("ix_testbuy_brand_id_stage_id", "brand_id", "stage", "id"),
        sa.Index("ix_testbuy_shop_id_id", "shop_id", "id"),
        _some("ix_testbuy_campaign_id_id", "campaign_id IS NOT NULL", "campaign_id", "id"),
        _some("ix_testbuy_buyer_id_id", "buyer_id IS NOT NULL", "buyer_id", "id"),
        sa.Index("ix_testbuy_requested_by_id", "requested_by", "id"),
        sa.Index("ix_testbuy_waiting_name_id", "waiting_name", "id"),
        sa.Index("ix_testbuy_requested_at", "requested_at"),
        # What waits for a role, by what it waits for; those that ended wait for nobody.
        _some("ix_testbuy_waiting_since_id", "waiting_role IS NOT NULL", "waiting_since", "id"),
        _some(
            "ix_testbuy_waiting",
            "waiting_role IS NOT NULL",
            "waiting_role",
            "waiting_name",
            "due_at",
        ),
        _some("ix_testbuy_late_from_id", "late_from IS NOT NULL", "late_from", "id"),
        # Led by what the index above begins with, or SQLite walks that one through all who wait.
        _some(
            "ix_testbuy_late",
            "reminded_at IS NOT NULL AND waiting_role IS NOT NULL",
            "waiting_role",
            "waiting_name",
            "reminded_at",
        ),
        _some(
            "ix_testbuy_escalated",
            "escalated_at IS NOT NULL AND waiting_role IS NOT NULL",
            "escalated_at",
        ),
        sa.CheckConstraint("price_minor > 0", name="price_positive"),
        sa.CheckConstraint(
            "(stage = 'abandoned') = (early_end IS NOT NULL)", name="abandoned_says_why"
        ),
    )
    id: int = identity()
    reference: str = Field(unique=True)
    flag_id: int = refers_to("flag.id")
    shop_id: int = refers_to("shop.id", index=False)
    listing_id: int = refers_to("listing.id")
    brand_id: int = refers_to("brand.id", index=False)
    category_id: int = refers_to("category.id", index=False)
    shot_list_version: int = 1
    campaign_id: int | None = refers_to("campaign.id", optional=True, index=False)
    purpose: str
    price_minor: int = whole()
    currency: str
    route: Route = word(Route)
    requested_via: RequestedVia = word(RequestedVia)
    requested_by: int | None = refers_to("person.id", optional=True, index=False)
    requested_at: datetime = instant()
    authorised_by: int | None = refers_to("person.id", optional=True, index=False)
    buyer_id: int | None = refers_to("buyer.person_id", optional=True, index=False)
    persona_id: int | None = refers_to("persona.id", optional=True, index=False)
    challenge_code: str

    stage: Stage = word(Stage)
    version: int
    changed_at: datetime = instant()
    conclusion: VerdictWord | None = word(VerdictWord, optional=True)
    early_end: EarlyEnd | None = word(EarlyEnd, optional=True)

    waiting_name: str
    waiting_role: Role | None = word(Role, optional=True)
    waiting_since: datetime = instant()
    due_at: datetime | None = instant(optional=True)
    late_from: datetime | None = instant(optional=True)
    waiting_reasons: list[str] | None = reasons()
    reminded_at: datetime | None = instant(optional=True)
    escalated_at: datetime | None = instant(optional=True)

    fence: int = 0
    lease_holder: str | None = None
    lease_until: datetime | None = instant(optional=True)
    flow_run_id: str | None = None
    flow_runs: int = 0


class StageTally(Table, table=True):
    """How many test buys of a brand stand at a stage, kept by triggers (storage.tallies).

    On PostgreSQL a brand's stage is counted in several slots, so that moves don't wait for one row.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    brand_id: int = refers_to("brand.id", primary_key=True, index=False)
    stage: Stage = word(Stage, primary_key=True)
    slot: int = Field(primary_key=True)
    buys: int


class MoveRecord(Table, table=True):
    """A move that was made: the readable twin of its ledger entry."""

    __table_args__ = (sa.UniqueConstraint("testbuy_id", "version"),)
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    version: int
    move: Move = word(Move)
    source: Stage | None = word(Stage, optional=True)
    target: Stage = word(Stage)
    moved_at: datetime = instant()
    by_role: Role = word(Role)
    by_person: int | None = refers_to("person.id", optional=True, index=False)
    reasons: list[str] = json_list()


class OrderAttempt(Table, table=True):
    """One try to buy. The row is committed before the outside call, and `key` goes with the call.

    `then_end`: the test buy ends with it, where it is being cancelled. `salt` opens the ledger's
    commitment to the order number; erased with it.
    """

    __table_args__ = (
        sa.UniqueConstraint("testbuy_id", "number"),
        sa.Index(
            "uq_order_attempt_live",
            "testbuy_id",
            unique=True,
            sqlite_where=sa.text("state IN ('intended', 'unknown', 'placed', 'cancelling')"),
            postgresql_where=sa.text("state IN ('intended', 'unknown', 'placed', 'cancelling')"),
        ),
    )
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    number: int
    key: str = Field(unique=True)
    route: Route = word(Route)
    state: AttemptState = word(AttemptState)
    asked: int = 0
    salt: bytes = Field(sa_type=sa.LargeBinary)
    order_number: str | None = Field(default=None, index=True)
    paid_minor: int | None = whole(optional=True)
    currency: str | None = None
    outcome: str | None = None
    then_end: bool = False
    intended_at: datetime = instant()
    settled_at: datetime | None = instant(optional=True)


class Parcel(Table, table=True):
    """A parcel of an order, as the carrier tells it."""

    __table_args__ = (sa.UniqueConstraint("order_attempt_id", "tracking_number"),)
    id: int = identity()
    order_attempt_id: int = refers_to("order_attempt.id", index=False)
    tracking_number: str = Field(index=True)
    carrier: str
    state: str
    changed_at: datetime = instant()


class Wakeup(Table, table=True):
    """A flow run that is owed to a test buy; committed with the change that owes it.

    `<id>:<attempt>` is the key of the run at Prefect. A test buy has one open wake-up at most:
    a second change before it is claimed for dispatch adds nothing to it.
    """

    __table_args__ = (
        sa.Index(
            "uq_wakeup_open",
            "testbuy_id",
            unique=True,
            sqlite_where=sa.text("claimed_until IS NULL AND finished_at IS NULL"),
            postgresql_where=sa.text("claimed_until IS NULL AND finished_at IS NULL"),
        ),
        # Finished ones are kept and never looked for again: they need no place in it.
        sa.Index(
            "ix_wakeup_unfinished",
            "due_at",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    testbuy_id: int = refers_to("testbuy.id")
    cause: str
    attempt: int = 1
    failures: int = 0
    due_at: datetime = instant()
    claimed_until: datetime | None = instant(optional=True)
    dispatched_at: datetime | None = instant(optional=True)
    finished_at: datetime | None = instant(optional=True)
    flow_run_id: str | None = None
    created_at: datetime = instant()


class WakeupAgain(Table, table=True):
    """An engineer had a wake-up tried again, as `attempt`, and said why."""

    id: int = identity()
    wakeup_id: str = refers_to("wakeup.id")
    testbuy_id: int = refers_to("testbuy.id", index=False)
    attempt: int
    why: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
