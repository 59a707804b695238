"""The programme's frame: rights holders, brands, categories, campaigns, agencies, policies."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.delivery import Delivery
from rules.lifecycle import Stage
from rules.roles import Role
from rules.shotlists import Change
from storage.tables.columns import Table, identity, instant, json_list, refers_to, whole, word


class RightsHolder(Table, table=True):
    """Who owns the brands."""

    id: int = identity()
    name: str = Field(unique=True)


class Brand(Table, table=True):
    """A name that test buys are made for."""

    id: int = identity()
    rights_holder_id: int = refers_to("rights_holder.id")
    name: str = Field(unique=True)


class Category(Table, table=True):
    """A kind of product: the base shot list it began with, and the basis of examination."""

    id: int = identity()
    name: str = Field(unique=True)
    shot_list: str
    basis: str


class ShotListChange(Table, table=True):
    """A version of a category's shot list: one change to the version before (`rules.shotlists`).

    `shot` is its code, or a base list's name. Texts are empty where the default's words stay.
    `made_by` is empty where the command line, which knows no persons, made it.
    """

    __table_args__ = (
        sa.UniqueConstraint("category_id", "version"),
        sa.CheckConstraint("change <> 'relax' OR reason <> ''", name="relaxed_for_a_reason"),
    )
    id: int = identity()
    category_id: int = refers_to("category.id", index=False)
    version: int
    change: Change = word(Change)
    shot: str
    title: str = ""
    instruction: str = ""
    example: str = ""
    title_zh: str = ""
    instruction_zh: str = ""
    example_zh: str = ""
    reason: str = ""
    made_at: datetime = instant()
    made_by: int | None = refers_to("person.id", optional=True, index=False)


class Campaign(Table, table=True):
    """Limits whose approval authorises every buy inside them.

    `brands` and `categories` are lists of names; an empty list allows none. `buys` and
    `committed_minor` are what the campaign has authorised so far.
    """

    __table_args__ = (
        sa.CheckConstraint("committed_minor BETWEEN 0 AND budget_minor", name="inside_budget"),
        sa.CheckConstraint("buys BETWEEN 0 AND max_buys", name="inside_buys"),
        sa.CheckConstraint("approved_by <> requested_by", name="approver_is_not_requester"),
    )
    id: int = identity()
    name: str = Field(unique=True)
    purpose: str
    brands: list[str] = json_list()
    categories: list[str] = json_list()
    max_price_minor: int = whole()
    currency: str
    max_buys: int
    budget_minor: int = whole()
    opens_at: datetime = instant()
    closes_at: datetime = instant()
    requested_by: int | None = refers_to("person.id", optional=True, index=False)
    approved_by: int | None = refers_to("person.id", optional=True, index=False)
    approved_at: datetime | None = instant(optional=True)
    withdrawn_at: datetime | None = instant(optional=True)
    withdrawal_reason: str | None = None
    buys: int = 0
    committed_minor: int = whole(default=0)


class Agency(Table, table=True):
    """An authority that takes referrals.

    `contact`: whom a liaison turns to. `needs`: what it states a referral must bring, in words, and
    in which form. `needs_exhibit`: whether photos do not suffice it; None: it has not said.
    `delivery`: how its referrals go to it.
    """

    id: int = identity()
    name: str = Field(unique=True)
    jurisdiction: str
    contact: str = ""
    needs: str = ""
    needs_exhibit: bool | None = None
    delivery: Delivery = word(Delivery, default=Delivery.INTERFACE)


class ThresholdRow(Table, table=True):
    """A dated, editable threshold (domain: section 7); `amount` is minor units or pieces.

    `added_at` is None where the programme began with it.
    """

    __tablename__ = "threshold"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        sa.UniqueConstraint("jurisdiction", "offence", "limb", "reoffender", "valid_from"),
    )
    id: int = identity()
    jurisdiction: str = Field(index=True)
    offence: str
    limb: str
    amount: int | None = whole(optional=True)
    currency: str | None = None
    valid_from: date
    valid_until: date | None = None
    source: str
    verified: bool
    reoffender: bool = False
    added_at: datetime | None = instant(optional=True)


class DeadlinePolicy(Table, table=True):
    """How long a stage may wait, and what happens then."""

    stage: Stage = word(Stage, primary_key=True)
    owner: Role = word(Role)
    remind_after_seconds: int
    escalate_after_seconds: int
    escalate_to: Role = word(Role)
    then: str


class Policy(Table, table=True):
    """A number or word of the programme's own rules, by name."""

    name: str = Field(primary_key=True)
    value: str


class Counter(Table, table=True):
    """The last number given out in a series of references."""

    name: str = Field(primary_key=True)
    value: int


class Duty(Table, table=True):
    """What the clock owes the whole programme, and the run that does it now.

    `held_until` in the past means that nobody does.
    """

    name: str = Field(primary_key=True)
    holder: str
    held_until: datetime = instant()
