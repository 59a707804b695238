"""How long a test buy's exhibits are kept, as `rules.retention` says over the rows on record.

Owns reading the facts the rule asks for, and the editable periods. A referral counts as open until
its agency has decided, and one that was accepted until the end of what it led to is recorded
(`casework.operators.proceedings`). Leaves disposal to `casework.keeping.disposing`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.examinations.examined import unsealed
from casework.outcomes.claims import unfiled_on
from casework.outcomes.outcome import OUTCOMES, outcome
from casework.outcomes.sanctions import undecided_on
from evidence.digests import sha256_of
from rules.lifecycle import ENDS
from rules.referral import TAKEN, ReferralState
from rules.retention import ANY, Basis, Period, Rests, Retention
from rules.roles import Role
from storage import ledger
from storage.linking import family
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    OutcomeReview,
    Proceeding,
    ProceedingKind,
    Referral,
    ReferralReview,
    ReferralTestBuy,
    RetentionRow,
    Shop,
    TestBuy,
)

SETTERS: frozenset[Role] = frozenset({Role.ADMINISTRATOR, Role.COUNSEL})
"""Roles that set how long exhibits are kept."""

_links, _rows = table_of(ReferralTestBuy), table_of(RetentionRow)
_GONE_ON_THERE = (ReferralState.DECLINED, ReferralState.WITHDRAWN)


def retention_of(tx: Transaction, testbuy: TestBuy, now: datetime) -> Retention:
    """From when on the exhibits of a test buy may be disposed of, as of `now`."""
    return basis_of(tx, testbuy).on(now.date())


def basis_of(tx: Transaction, testbuy: TestBuy) -> Basis:
    """What the retention of a test buy's exhibits rests on."""
    shop = one(tx, Shop, id=testbuy.shop_id)
    assert shop is not None  # a foreign key holds it
    referrals = _referrals(tx, testbuy.id)
    resting = [each for each in referrals if each.state is not ReferralState.WITHDRAWN]
    return Basis(
        tuple(periods(tx)),
        outcome=outcome(testbuy, resting[-1].state if resting else None),
        jurisdiction=shop.region or "",
        # Nothing but a move changes this time, and none follows an end.
        ended_on=testbuy.changed_at.date() if testbuy.stage in ENDS else None,
        rests=(
            *_of_referrals(tx, resting),
            *_of_claims(tx, shop),
            *unfiled_on(tx, testbuy.id),
            *undecided_on(tx, testbuy.id),
            *_of_reviews(tx, testbuy, resting),
        ),
        examined_anew=bool(unsealed(tx, testbuy.id)),
    )


def periods(tx: Transaction) -> list[Period]:
    """The periods on record, in the order they were added."""
    return [as_rule(row) for row in every(tx, RetentionRow, order_by=_rows.c.id)]


def as_rule(row: RetentionRow) -> Period:
    """The row as `rules.retention` reads it."""
    return Period(
        row.jurisdiction, row.outcome, row.months, row.evidence_months, row.valid_from,
        row.valid_until, row.source, row.verified,
    )  # fmt: skip


def mark_of(row: RetentionRow) -> str:
    """What a form names of the period that it showed: when that was set."""
    return row.set_at.isoformat() if row.set_at else "as it began"


def set_period(
    db: Database, act: Act, period: Period, reason: str = "", *, seen: str | None = None
) -> None:
    """Add a period, or change the one of the same jurisdiction, outcome and first day.

    Counts at once, for exhibits that are kept already, too. `seen`: the mark of the period that is
    changed, "" to add one; Stale or Refused where it is another by now, or there. None, at the
    command line: whatever is there.
    """
    if act.role not in SETTERS:
        raise Refused("Only an administrator or counsel sets how long exhibits are kept.")
    if period.outcome != ANY and period.outcome not in OUTCOMES:
        raise Refused(
            f"{period.outcome} is no outcome. Choose one of: {ANY}, {', '.join(OUTCOMES)}."
        )
    if not period.source.strip():
        raise Refused("Say what the period rests on.")
    if period.valid_until is not None and period.valid_until < period.valid_from:
        raise Refused("The period ends before it begins.")
    said = {
        "months": period.months,
        "evidence_months": period.evidence_months,
        "valid_until": period.valid_until,
        "source": period.source.strip(),
        "verified": period.verified,
        "reason": reason.strip(),
        "set_at": act.now,
        "set_by": act.person,
    }
    key = {
        "jurisdiction": period.jurisdiction.strip().upper() or ANY,
        "outcome": period.outcome,
        "valid_from": period.valid_from,
    }
    with db.write() as tx:
        known = one(tx, RetentionRow, lock=True, **key)
        if known is not None and seen == "":
            raise Refused(
                "A period for this outcome and country from this day is on record already. Change "
                "it in its row."
            )
        if known is not None and seen is not None:
            _ensure_seen(known, seen)
        if known is None:
            number = add(tx, RetentionRow, **key, **said)
        else:
            number = known.id
            change_one(tx, RetentionRow, number, **said)
        facts = {"retention": number, "months": period.months, "evidence": period.evidence_months}
        body = {"what": "retention set", **facts, "by": act.by}
        if reason.strip():
            body["reason"] = sha256_of(reason.strip().encode())
        ledger.append(tx, ledger.PROGRAMME, body, act.now)


def verify_period(db: Database, act: Act, number: int, *, seen: str) -> None:
    """Counsel says that a period was checked against the law; it is shown without its warning.

    Stale where it is no longer the one whose mark is `seen`.
    """
    if act.role is not Role.COUNSEL:
        raise Refused("Only counsel says that a period is right.")
    with db.write() as tx:
        row = one(tx, RetentionRow, id=number, lock=True)
        if row is None:
            raise NotFound("There is no such period.")
        _ensure_seen(row, seen)
        if row.verified:
            raise Refused("This period was checked already.")
        change_one(tx, RetentionRow, number, verified=True)
        body = {"what": "retention checked", "retention": number, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, body, act.now)


def _ensure_seen(row: RetentionRow, seen: str) -> None:
    if seen != mark_of(row):
        raise Stale("This period was set anew meanwhile. Look at it again.")


def _referrals(tx: Transaction, testbuy_id: int) -> Sequence[Referral]:
    resting = _links.select().with_only_columns(_links.c.referral_id)
    rows = table_of(Referral).c
    wanted = rows.id.in_(resting.where(_links.c.testbuy_id == testbuy_id))
    return every(tx, Referral, wanted, order_by=rows.id)


def _of_referrals(tx: Transaction, referrals: Sequence[Referral]) -> Iterator[Rests]:
    for each in referrals:
        if each.state in _GONE_ON_THERE:
            yield Rests(each.reference, each.changed_at.date())
        elif each.state in TAKEN:
            ended = one(tx, Proceeding, referral_id=each.id)
            until = f"the proceedings after {each.reference} have ended and that is recorded"
            yield Rests(f"what {each.reference} led to", ended.ended_on if ended else None, until)
        else:
            yield Rests(each.reference, None, f"the agency has decided on {each.reference}")


def _of_claims(tx: Transaction, shop: Shop) -> Iterator[Rests]:
    if shop.operator_id is None:
        return
    rows = table_of(Proceeding).c
    # Those against an operator that was merged into this one go on.
    against = rows.operator_id.in_(family(tx, shop.operator_id))
    for each in every(tx, Proceeding, against, rows.referral_id.is_(None), order_by=rows.id):
        said = f"the {each.kind} {each.name}" if each.kind is ProceedingKind.CLAIM else each.name
        yield Rests(said, each.ended_on, f"{said} has ended")


def _of_reviews(
    tx: Transaction, testbuy: TestBuy, referrals: Sequence[Referral]
) -> Iterator[Rests]:
    """What rested on a superseded verdict: kept until each is decided, and from then on anew."""
    reviews: list[OutcomeReview | ReferralReview] = [
        *every(tx, OutcomeReview, testbuy_id=testbuy.id)
    ]
    for each in referrals:
        reviews += every(tx, ReferralReview, referral_id=each.id)
    for review in reviews:
        ended = review.decided_at.date() if review.decided_at else None
        said = "the review after a superseded verdict"
        yield Rests(said, ended, f"{said} is decided")
