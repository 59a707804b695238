"""Referrals of an operator to an agency, which test buys each rests on, and what follows when a
verdict under one is superseded: word to its recipients, and a review.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.delivery import Delivery
from rules.referral import ReferralState
from rules.resting import RestsOn
from storage.tables.columns import Table, identity, instant, json_list, refers_to, word


class Referral(Table, table=True):
    """A package for an agency about one operator. `key` goes with the submission.

    `intended_at` is committed before a submission is tried, and taken back where it surely reached
    nobody. `unsent_because`: why the last one did not; a liaison decides what comes next.
    `intended_way`: how that sending goes, whatever the agency's record says since; `packed_digest`:
    of the bundle that lies ready in a folder or is in the mails' outbox.
    """

    __table_args__ = (
        sa.Index(
            "uq_referral_open",
            "operator_id",
            "agency_id",
            unique=True,
            sqlite_where=sa.text("state IN ('drafted', 'approved')"),
            postgresql_where=sa.text("state IN ('drafted', 'approved')"),
        ),
        sa.CheckConstraint("approved_by <> drafted_by", name="approver_is_not_drafter"),
    )
    id: int = identity()
    reference: str = Field(unique=True)
    operator_id: int = refers_to("operator.id", index=False)
    agency_id: int = refers_to("agency.id", index=False)
    state: ReferralState = word(ReferralState, index=True)
    version: int
    key: str = Field(unique=True)
    grounds: list[str] = json_list()
    drafted_by: int | None = refers_to("person.id", optional=True, index=False)
    drafted_at: datetime = instant()
    approved_by: int | None = refers_to("person.id", optional=True, index=False)
    approved_at: datetime | None = instant(optional=True)
    intended_at: datetime | None = instant(optional=True)
    intended_way: Delivery | None = word(Delivery, optional=True)
    packed_digest: str | None = None
    sent_at: datetime | None = instant(optional=True)
    asked: int = 0
    unsent_because: str | None = None
    bundle_digest: str | None = None
    agency_number: str | None = None
    answer: str | None = None
    changed_at: datetime = instant()


class ReferralTestBuy(Table, table=True):
    """A test buy a referral rests on, and who put it there (None: the programme)."""

    referral_id: int = refers_to("referral.id", primary_key=True, index=False)
    testbuy_id: int = refers_to("testbuy.id", primary_key=True)
    added_by: int | None = refers_to("person.id", optional=True, index=False)


class SupersededNotice(Table, table=True):
    """Word owed to one recipient of a verdict that was superseded, and its receipt.

    To an agency by the referral it was sent, to the rights holder, or to the person who sealed it.
    `key` keeps it single.
    """

    __table_args__ = (
        sa.CheckConstraint(
            "coalesce(agency_id, rights_holder_id, person_id) IS NOT NULL", name="some_recipient"
        ),
        sa.CheckConstraint(
            "agency_id IS NULL OR coalesce(rights_holder_id, person_id) IS NULL",
            name="agency_or_another",
        ),
        sa.CheckConstraint(
            "rights_holder_id IS NULL OR person_id IS NULL", name="holder_or_person"
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="receipt_is_whole"
        ),
    )
    id: int = identity()
    key: str = Field(unique=True)
    verdict_id: int = refers_to("verdict.id", index=False)
    testbuy_id: int = refers_to("testbuy.id")
    referral_id: int | None = refers_to("referral.id", optional=True)
    agency_id: int | None = refers_to("agency.id", optional=True, index=False)
    rights_holder_id: int | None = refers_to("rights_holder.id", optional=True, index=False)
    person_id: int | None = refers_to("person.id", optional=True, index=False)
    text: str
    created_at: datetime = instant()
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = instant(optional=True)
    recorded_by: int | None = refers_to("person.id", optional=True, index=False)


class ReferralReview(Table, table=True):
    """A referral rests on a verdict that was superseded: to be looked at again, until decided."""

    __table_args__ = (sa.UniqueConstraint("referral_id", "verdict_id"),)
    id: int = identity()
    referral_id: int = refers_to("referral.id", index=False)
    verdict_id: int = refers_to("verdict.id", index=False)
    opened_at: datetime = instant()
    decision: str | None = None
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = refers_to("person.id", optional=True, index=False)


class OutcomeReview(Table, table=True):
    """What became of a test buy rests on a superseded verdict: to be looked at, until decided.

    `about` is the reference of what has a row of its own (a claim, a sanction), "" for the rest.
    """

    __table_args__ = (sa.UniqueConstraint("testbuy_id", "verdict_id", "rests", "about"),)
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    verdict_id: int = refers_to("verdict.id", index=False)
    rests: RestsOn = word(RestsOn)
    about: str = ""
    opened_at: datetime = instant()
    decision: str | None = None
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
