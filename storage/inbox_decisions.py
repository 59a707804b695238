"""The selects of the inbox about packages, referrals and what follows; mails, and notices."""

import sqlalchemy as sa

from rules.referral import ReferralState
from rules.resting import RestsOn
from rules.roles import Role
from rules.waiting import AGENCY, SENDING_ANSWER
from storage.inbox_testbuys import Asker, columns, me
from storage.rows import table_of
from storage.tables import (
    Asset,
    BrandGrant,
    Exhibit,
    HarmRow,
    IdentityCommitment,
    KnowledgeRow,
    Mail,
    Notice,
    OpeningRequest,
    OutcomeReview,
    PackageWaiver,
    Person,
    PremisesRow,
    Raid,
    RaidCorrection,
    Referral,
    ReferralCorrection,
    ReferralReview,
    ReferralStep,
    ReferralTestBuy,
    Release,
    ReleaseApproval,
    SupersededNotice,
    TestBuy,
    UndertakingRow,
)

NEEDED = 2
"""How many people agree to the full level."""

_t, _referrals, _links = table_of(TestBuy), table_of(Referral), table_of(ReferralTestBuy).c
_package = tuple(table_of(each).c for each in (HarmRow, PremisesRow, KnowledgeRow, UndertakingRow))


def levels(_: Asker) -> sa.Select:
    """Full packages asked for by others, to which fewer than two agreed and not yet oneself."""
    rows, given = table_of(Release), table_of(ReleaseApproval).c
    agreed = (
        sa.select(sa.func.count()).where(given.release_id == rows.c.id).scalar_subquery() < NEEDED
    )
    mine = sa.exists().where(given.release_id == rows.c.id, given.person_id == me)
    named = sa.func.coalesce(_referrals.c.reference, _t.c.reference)
    return (
        columns(rows.c.id, named, place=named, detail=rows.c.reason, since=rows.c.asked_at)
        .select_from(rows)
        .outerjoin(_referrals, _referrals.c.id == rows.c.referral_id)
        .outerjoin(_t, _t.c.id == rows.c.testbuy_id)
        .where(rows.c.asked_by != me, agreed, ~mine)
        .order_by(rows.c.id)
    )


def identities(_: Asker) -> sa.Select:
    """Openings of a buyer's identity asked for by others and about others."""
    rows, kept = table_of(OpeningRequest), table_of(IdentityCommitment)
    return (
        columns(
            rows.c.id,
            _t.c.reference,
            place=_t.c.reference,
            detail=rows.c.reason,
            since=rows.c.asked_at,
        )
        .select_from(rows)
        .join(kept, kept.c.id == rows.c.commitment_id)
        .join(_t, _t.c.id == kept.c.testbuy_id)
        .where(rows.c.approved_at.is_(None), rows.c.asked_by != me, kept.c.buyer_id != me)
        .order_by(rows.c.id)
    )


def _referral(since: sa.ColumnElement, *where: sa.ColumnElement[bool]) -> sa.Select:
    rows = _referrals.c
    return (
        columns(rows.id, rows.reference, place=rows.reference, since=since)
        .where(*where)
        .order_by(rows.id)
    )


def _waits(name: str, *more: sa.ColumnElement[bool]) -> sa.Exists:
    """That a test buy under the referral waits by `name`."""
    return (
        sa.exists()
        .where(_links.referral_id == _referrals.c.id, _t.c.id == _links.testbuy_id)
        .where(_t.c.waiting_name == name, *more)
    )


def referrals_to_approve(_: Asker) -> sa.Select:
    """Drafted ones, of which one put in no part, and neither recorded nor waived anything."""
    rows = _referrals.c
    own = sa.exists().where(_links.referral_id == rows.id, _links.added_by == me)
    said = [
        sa.exists().where(each.operator_id == rows.operator_id, each.recorded_by == me)
        for each in _package
    ]
    waiver = table_of(PackageWaiver).c
    said.append(sa.exists().where(waiver.referral_id == rows.id, waiver.waived_by == me))
    drafted = rows.state == ReferralState.DRAFTED
    apart = rows.drafted_by.is_distinct_from(me)
    return _referral(rows.drafted_at, drafted, apart, ~own, *(~each for each in said))


def referrals_unsent(_: Asker) -> sa.Select:
    """Approved ones that surely did not go, or of which nobody knows whether they did."""
    rows = _referrals.c
    unsure = rows.unsent_because.is_not(None) | _waits(SENDING_ANSWER.name)
    return _referral(rows.changed_at, rows.state == ReferralState.APPROVED, unsure)


def answers(_: Asker) -> sa.Select:
    """Sent ones whose agency is late with its answer."""
    rows = _referrals.c
    there = (rows.state == ReferralState.SENT) | (rows.state == ReferralState.ACKNOWLEDGED)
    late = _waits(AGENCY.name, _t.c.reminded_at.is_not(None))
    return _referral(rows.sent_at, there, late)


def receipts(_: Asker) -> sa.Select:
    """Word of superseded verdicts whose receipt nobody recorded."""
    rows = table_of(SupersededNotice)
    return (
        columns(rows.c.id, _t.c.reference, place=_t.c.reference, since=rows.c.created_at)
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .where(rows.c.acknowledged_at.is_(None))
        .order_by(rows.c.id)
    )


def corrections_of_referrals(_: Asker) -> sa.Select:
    """Steps that somebody else recorded, and somebody else asks to have corrected."""
    rows, step = table_of(ReferralCorrection), table_of(ReferralStep).c
    recorded = sa.exists().where(step.id == rows.c.step_id, step.recorded_by == me)
    return (
        columns(
            rows.c.id, _referrals.c.reference, place=_referrals.c.reference, since=rows.c.asked_at
        )
        .select_from(rows)
        .join(_referrals, _referrals.c.id == rows.c.referral_id)
        .where(rows.c.decided_at.is_(None), rows.c.asked_by != me, ~recorded)
        .order_by(rows.c.id)
    )


def corrections_of_raids(_: Asker) -> sa.Select:
    """Days of raids that somebody else recorded, and somebody else asks to have corrected."""
    rows, raid = table_of(RaidCorrection), table_of(Raid).c
    return (
        columns(rows.c.id, raid.reference, place=raid.reference, since=rows.c.asked_at)
        .select_from(rows)
        .join(table_of(Raid), raid.id == rows.c.raid_id)
        .where(rows.c.decided_at.is_(None), rows.c.asked_by != me, raid.ended_by != me)
        .order_by(rows.c.id)
    )


def reviews_of_referrals(_: Asker) -> sa.Select:
    """Referrals that rest on a superseded verdict: one line each, however many verdicts."""
    rows, later = table_of(ReferralReview), table_of(ReferralReview).alias("later")
    newest = ~sa.exists().where(
        later.c.referral_id == rows.c.referral_id,
        later.c.decided_at.is_(None),
        later.c.id > rows.c.id,
    )
    return (
        columns(
            rows.c.id, _referrals.c.reference, place=_referrals.c.reference, since=rows.c.opened_at
        )
        .select_from(rows)
        .join(_referrals, _referrals.c.id == rows.c.referral_id)
        .where(rows.c.decided_at.is_(None), newest)
        .order_by(rows.c.id)
    )


def claim_reviews(_: Asker) -> sa.Select:
    """Claims that rest on a superseded verdict, each once."""
    rows = table_of(OutcomeReview)
    later = rows.alias("later")
    newest = ~sa.exists().where(
        later.c.about == rows.c.about,
        later.c.rests == RestsOn.CLAIM,
        later.c.decided_at.is_(None),
        later.c.id > rows.c.id,
    )
    return (
        columns(rows.c.id, rows.c.about, place=rows.c.about, since=rows.c.opened_at)
        .select_from(rows)
        .where(rows.c.rests == RestsOn.CLAIM, rows.c.decided_at.is_(None), newest)
        .order_by(rows.c.id)
    )


def reviews(_: Asker) -> sa.Select:
    """What became of test buys and rests on a superseded verdict; claims apart."""
    rows = table_of(OutcomeReview)
    return (
        columns(
            rows.c.id,
            _t.c.reference,
            place=_t.c.reference,
            detail=rows.c.rests,
            since=rows.c.opened_at,
        )
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .where(rows.c.decided_at.is_(None), rows.c.rests != RestsOn.CLAIM)
        .order_by(rows.c.id)
    )


def assets(_: Asker) -> sa.Select:
    """Recalled ones that are still here."""
    rows, exhibits = table_of(Asset), table_of(Exhibit)
    return (
        columns(
            rows.c.id,
            rows.c.number,
            place=exhibits.c.reference,
            detail=exhibits.c.reference,
            since=rows.c.recalled_at,
        )
        .select_from(rows)
        .join(exhibits, exhibits.c.id == rows.c.exhibit_id)
        .where(
            rows.c.recalled_at.is_not(None), rows.c.returned_at.is_(None), rows.c.gone_at.is_(None)
        )
        .order_by(rows.c.id)
    )


def mails(_: Asker) -> sa.Select:
    """Mails that were given up, until somebody has settled them."""
    rows, people = table_of(Mail), table_of(Person)
    return (
        columns(rows.c.id, people.c.name, place=people.c.name, since=rows.c.given_up_at)
        .select_from(rows)
        .join(people, people.c.id == rows.c.to_person)
        .where(rows.c.given_up_at.is_not(None), rows.c.settled_at.is_(None))
        .order_by(rows.c.id)
    )


def addressed(asker: Asker) -> sa.ColumnElement[bool]:
    """That a notice is to the person or to a role of theirs.

    To buyers it is about their own test buy, to authenticators and desks about a brand of theirs.
    """
    rows, grants = table_of(Notice).c, table_of(BrandGrant).c
    own = {
        Role.BUYER: _t.c.buyer_id == me,
        Role.AUTHENTICATOR: sa.exists().where(
            grants.person_id == me, grants.brand_id == _t.c.brand_id
        ),
    }
    own[Role.DESK] = own[Role.AUTHENTICATOR]
    staff = Asker(asker.roles - own.keys())
    roles = [staff.is_one(rows.to_role)]
    for role in sorted(asker.roles & own.keys()):
        theirs = sa.exists().where(_t.c.id == rows.testbuy_id).where(own[role])
        roles.append((rows.to_role == role) & (rows.testbuy_id.is_(None) | theirs))
    return (rows.to_person == me) | (rows.to_person.is_(None) & sa.or_(*roles))


def notice_columns() -> sa.Select:
    """A notice as a row of the inbox."""
    rows = table_of(Notice).c
    return columns(
        rows.id,
        rows.about,
        place=rows.about,
        detail=rows.kind,
        since=rows.created_at,
        role=rows.to_role,
        text=rows.text,
    ).select_from(table_of(Notice))


def notices(asker: Asker) -> sa.Select:
    """Those that ask for nothing and were not put away."""
    rows = table_of(Notice).c
    return (
        notice_columns()
        .where(rows.read_at.is_(None), rows.shown == sa.true(), addressed(asker))
        .order_by(rows.id.desc())
    )
