"""The selects of the inbox: of each kind of thing, the rows that wait for the person who asks.

Owns when a row waits for somebody, for campaigns, photos and examinations. Each select gives the
columns of `storage.inbox.Row` in their order, is asked with the parameters `me` and `now`, and
finds its rows by an index that holds open ones alone where settled ones are many. Leaves test buys
to `storage.inbox_testbuys`, exhibits to `storage.inbox_exhibits`, certificates, chats and
thresholds to `storage.inbox_papers`, sanctions to `storage.inbox_sanctions`, claims to
`storage.inbox_claims`, and packages, referrals and notices to `storage.inbox_decisions`.
"""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from rules.codes import LeadState
from rules.linkage import ProposalState
from rules.roles import Role
from rules.waiting import APPROVAL
from storage import inbox_claims as claims
from storage import inbox_decisions as decisions
from storage import inbox_exhibits as exhibits
from storage import inbox_papers as papers
from storage import inbox_sanctions as sanctions
from storage import inbox_testbuys as testbuys
from storage.inbox_testbuys import Asker, columns, granted, me, now
from storage.rows import table_of
from storage.tables import (
    Brand,
    Campaign,
    ConductWarning,
    Examination,
    ExaminationState,
    Exhibit,
    Lead,
    LinkProposal,
    Photo,
    Resemblance,
    TestBuy,
    Verdict,
    Waiver,
    Wakeup,
)
from storage.wakeups import stuck

_t, _exhibits = table_of(TestBuy), table_of(Exhibit)


def _requests(_: Asker) -> sa.Select:
    """Requests no campaign covers; nobody decides their own."""
    asked = testbuys.waiting_for(Role.APPROVER, APPROVAL.name)
    return asked.where(_t.c.requested_by.is_distinct_from(me))


def _campaigns(_: Asker) -> sa.Select:
    rows = table_of(Campaign).c
    return (
        columns(rows.id, rows.name, place=rows.name, since=rows.opens_at)
        .where(
            rows.approved_at.is_(None),
            rows.withdrawn_at.is_(None),
            rows.closes_at > now,
            rows.requested_by.is_distinct_from(me),
        )
        .order_by(rows.id)
    )


def _examinations(_: Asker) -> sa.Select:
    """Of granted brands, claimed by nobody else, and on no exhibit on which one's verdict stands.

    Nothing but the examination itself is read into a line.
    """
    rows, brands = table_of(Examination), table_of(Brand).c
    before, verdicts = rows.alias("before"), table_of(Verdict).c
    judged = (
        sa.exists()
        .where(verdicts.examination_id == before.c.id)
        .where(
            before.c.exhibit_id == rows.c.exhibit_id,
            verdicts.sealed_by == me,
            verdicts.superseded_at.is_(None),
        )
    )
    mine = rows.c.claimed_by == me
    free = rows.c.claimed_until.is_(None) | (rows.c.claimed_until <= now)
    return (
        columns(
            rows.c.id,
            rows.c.public_id,
            place=rows.c.public_id,
            detail=brands.name,
            since=rows.c.opened_at,
        )
        .select_from(rows)
        .join(table_of(Brand), brands.id == rows.c.brand_id)
        .where(
            rows.c.state == ExaminationState.OPEN,
            rows.c.brand_id.in_(granted),
            mine | free,
            ~judged,
        )
        .order_by(rows.c.id)
    )


def _of_testbuy(
    rows: sa.Table, since: sa.ColumnElement, *, detail: sa.ColumnElement | None = None
) -> sa.Select:
    """A row that belongs to a test buy, the oldest first."""
    return (
        columns(rows.c.id, _t.c.reference, place=_t.c.reference, detail=detail, since=since)
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .order_by(rows.c.id)
    )


def _waivers(_: Asker) -> sa.Select:
    """Photos kept for a supervisor whose shot is neither waived nor accepted since."""
    rows, waived = table_of(Photo), table_of(Waiver).c
    other = rows.alias("accepted_one").c
    return _of_testbuy(rows, rows.c.received_at, detail=rows.c.shot).where(
        rows.c.kept_for_supervisor == sa.true(),
        rows.c.accepted == sa.false(),
        ~sa.exists().where(waived.testbuy_id == rows.c.testbuy_id, waived.shot == rows.c.shot),
        ~sa.exists().where(
            other.testbuy_id == rows.c.testbuy_id,
            other.shot == rows.c.shot,
            other.accepted == sa.true(),
        ),
    )


def _alike(_: Asker) -> sa.Select:
    pairs, photos = table_of(Resemblance), table_of(Photo)
    return (
        columns(
            pairs.c.id,
            _t.c.reference,
            place=_t.c.reference,
            detail=photos.c.shot,
            since=pairs.c.found_at,
        )
        .select_from(pairs)
        .join(photos, photos.c.id == pairs.c.photo_id)
        .join(_t, _t.c.id == photos.c.testbuy_id)
        .where(pairs.c.same.is_(None))
        .order_by(pairs.c.id)
    )


def _proposals(_: Asker) -> sa.Select:
    """By number: a line of the inbox goes into mails, which name no shop."""
    rows = table_of(LinkProposal).c
    number = sa.cast(rows.id, sa.String)
    return (
        columns(rows.id, number, place=number, since=rows.raised_at)
        .where(rows.state == ProposalState.OPEN)
        .order_by(rows.id)
    )


def _leads(_: Asker) -> sa.Select:
    rows, other = table_of(Lead), _exhibits.alias("other")
    return (
        columns(
            rows.c.id,
            _exhibits.c.reference,
            place=_exhibits.c.reference,
            detail=other.c.reference,
            since=rows.c.found_at,
        )
        .select_from(rows)
        .join(_exhibits, _exhibits.c.id == rows.c.exhibit_id)
        .join(other, other.c.id == rows.c.other_id)
        .where(rows.c.state == LeadState.OPEN)
        .order_by(rows.c.id)
    )


def _to_confirm(_: Asker) -> sa.Select:
    """Photos a clerk is to compare, one line each."""
    rows = table_of(Photo)
    return (
        columns(
            rows.c.id,
            _t.c.reference,
            place=rows.c.public_id,
            detail=rows.c.shot,
            since=rows.c.received_at,
        )
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .where(rows.c.to_confirm == sa.true())
        .order_by(rows.c.id)
    )


def _conduct(_: Asker) -> sa.Select:
    """Warnings to which nobody has said a word."""
    rows = table_of(ConductWarning)
    return _of_testbuy(rows, rows.c.raised_at).where(rows.c.remarked_at.is_(None))


def _wakeups(_: Asker) -> sa.Select:
    """Flow runs that are owed and do not come."""
    rows = table_of(Wakeup)
    unsent, unended = (
        sa.bindparam(name, type_=rows.c.due_at.type) for name in ("unsent", "unended")
    )
    return (
        columns(_t.c.id, _t.c.reference, place=_t.c.reference, since=rows.c.created_at)
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .where(stuck(now, unsent, unended))
        .order_by(rows.c.created_at)
    )


SELECTS: Mapping[str, Callable[[Asker], sa.Select]] = {
    "task": testbuys.own_tasks,
    "bag": exhibits.bags,
    "kit": exhibits.kits,
    "request": _requests,
    "campaign": _campaigns,
    "disposal": exhibits.to_approve,
    "carry_out": exhibits.to_carry_out,
    "examination": _examinations,
    "hand_over": exhibits.hand_overs,
    "consignment": exhibits.consignments,
    "waiver": _waivers,
    "alike": _alike,
    "lead": _leads,
    "proposal": _proposals,
    "conduct": _conduct,
    "confirm": _to_confirm,
    "certificate": papers.certificates,
    "translation": papers.translations,
    "threshold": papers.thresholds,
    "period": papers.periods,
    "level": decisions.levels,
    "identity": decisions.identities,
    "referral": decisions.referrals_to_approve,
    "referral_correction": decisions.corrections_of_referrals,
    "raid_correction": decisions.corrections_of_raids,
    "unsent": decisions.referrals_unsent,
    "answer": decisions.answers,
    "receipt": decisions.receipts,
    "referral_review": decisions.reviews_of_referrals,
    "review": decisions.reviews,
    "claim": claims.to_approve,
    "claim_strike": claims.to_strike,
    "claim_review": decisions.claim_reviews,
    "asset": decisions.assets,
    "sanction": sanctions.to_decide,
    "sanction_notice": sanctions.to_notify,
    "appeal": sanctions.to_hear,
    "objection": sanctions.unopposed,
    "brushing": sanctions.to_settle,
    "decision": testbuys.of_analysts,
    "held": testbuys.held,
    "intake": testbuys.of_clerks,
    "escalated": testbuys.escalated,
    "mail": decisions.mails,
    "wakeup": _wakeups,
    "notice": decisions.notices,
}
"""By kind."""
