"""The selects of the inbox that are about test buys, and what every select of it is made of."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rules.roles import Role
from rules.waiting import (
    ADOPTION,
    ANOTHER_PHOTO,
    BUYER,
    DECISION,
    HELD,
    INTAKE,
    ORDER,
    ORDER_ANSWER,
    PARCEL,
    PHOTOS,
    SUCCESSOR,
    TRANSFER_PHOTOS,
)
from storage.rows import table_of
from storage.tables import BrandGrant, DeadlinePolicy, Exhibit, HandOver, Shop, TestBuy
from storage.tables.columns import Instant

me = sa.bindparam("me", type_=sa.Integer)
now = sa.bindparam("now", type_=Instant())

_grants = table_of(BrandGrant).c
granted = sa.select(_grants.brand_id).where(_grants.person_id == me)
"""The brands of the person who asks."""

_rows = table_of(TestBuy)
_t = _rows.c


@dataclass(frozen=True, slots=True)
class Asker:
    """The roles a select is made for."""

    roles: frozenset[Role]

    def is_one(self, column: sa.ColumnElement) -> sa.ColumnElement[bool]:
        """That `column` names one of the roles. An IN list would be expanded on each execution."""
        return sa.or_(sa.false(), *(column == role for role in sorted(self.roles)))


def columns(
    number: sa.ColumnElement,
    subject: sa.ColumnElement,
    *,
    place: sa.ColumnElement,
    since: sa.ColumnElement,
    detail: Any = None,
    **others: sa.ColumnElement,
) -> sa.Select:
    """A select of the columns of `storage.inbox.Row`, in their order; what is not said is NULL."""
    nothing = sa.null()
    return sa.select(
        number.label("number"),
        subject.label("subject"),
        place.label("place"),
        (nothing if detail is None else detail).label("detail"),
        since.label("since"),
        *(
            others.get(name, nothing).label(name)
            for name in ("due_at", "stage", "role", "reminded_at", "text", "reasons")
        ),
    )


def _testbuys() -> sa.Select:
    shops = table_of(Shop).c
    return columns(
        _t.id,
        _t.reference,
        place=_t.reference,
        detail=_t.waiting_name,
        since=_t.waiting_since,
        due_at=_t.due_at,
        stage=_t.stage,
        role=_t.waiting_role,
        reminded_at=_t.reminded_at,
        reasons=_t.waiting_reasons,
        text=sa.select(shops.name).where(shops.id == _t.shop_id).scalar_subquery(),
    )


def waiting_for(role: Role, *names: str) -> sa.Select:
    """Test buys that wait for `role` by one of `names`, the first due first."""
    named = sa.or_(*(_t.waiting_name == name for name in names))
    return (
        _testbuys().where(_t.waiting_role == role, named).order_by(_t.due_at.nulls_first(), _t.id)
    )


def own_tasks(_: Asker) -> sa.Select:
    """A buyer's own test buys that wait for them.

    These are waits for buyers by their names. To ask for the role, too, would lead SQLite through
    all that waits for any buyer instead of through one buyer's own.
    """
    named = sa.or_(
        *(_t.waiting_name == each.name for each in (ORDER, PARCEL, PHOTOS, ANOTHER_PHOTO))
    )
    return _testbuys().where(_t.buyer_id == me, named).order_by(_t.due_at.nulls_first(), _t.id)


def of_analysts(_: Asker) -> sa.Select:
    """What an analyst decides or sets right."""
    names = (each.name for each in (ADOPTION, BUYER, SUCCESSOR, ORDER_ANSWER, DECISION))
    return waiting_for(Role.ANALYST, *names)


def held(_: Asker) -> sa.Select:
    """Held below the threshold: at rest, until its deadline has passed."""
    return (
        _testbuys()
        .where(
            _t.reminded_at.is_not(None),
            _t.waiting_role == Role.ANALYST,
            _t.waiting_name == HELD.name,
        )
        .order_by(_t.reminded_at, _t.id)
    )


def of_clerks(_: Asker) -> sa.Select:
    """Photos a clerk owes, and exhibits to come in; what is handed to a person is theirs alone."""
    exhibits, opened = table_of(Exhibit).c, table_of(HandOver).c
    under_way = (
        sa.exists()
        .where(exhibits.testbuy_id == _t.id)
        .where(
            opened.exhibit_id == exhibits.id,
            opened.to_person.is_not(None),
            opened.completed_at.is_(None),
            opened.withdrawn_at.is_(None),
        )
    )
    return waiting_for(Role.CLERK, TRANSFER_PHOTOS.name, INTAKE.name).where(~under_way)


def escalated(asker: Asker) -> sa.Select:
    """Late with somebody else, and told to a role above them: one of those who ask."""
    policies = table_of(DeadlinePolicy).c
    above = sa.exists().where(policies.stage == _t.stage).where(asker.is_one(policies.escalate_to))
    return (
        _testbuys()
        .where(
            _t.reminded_at.is_not(None),
            _t.waiting_role.is_not(None),
            _t.escalated_at.is_not(None),
            ~asker.is_one(_t.waiting_role),
            above,
        )
        .order_by(_t.escalated_at, _t.id)
    )
