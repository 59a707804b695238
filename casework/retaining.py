"""How long a test buy's exhibits are kept, as `rules.retention` says over the rows on record.

Owns reading the facts the rule asks for, the editable periods, and the proceedings whose end a
person records. A referral counts as open until its agency has decided, and one that was accepted
until the end of what it led to is recorded. Leaves disposal to `casework.disposing`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from casework.examined import unsealed
from casework.outcomes import OUTCOMES, outcome
from rules.lifecycle import ENDS
from rules.referral import ReferralState
from rules.retention import ANY, Basis, Period, Rests, Retention
from rules.roles import Role
from storage import ledger
from storage.keeping import lock_all_of
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Operator,
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

RECORDERS: frozenset[Role] = frozenset({Role.LIAISON, Role.COUNSEL})
"""Roles that record proceedings and their end."""

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
            *_of_reviews(tx, testbuy, resting),
        ),
        examined_anew=bool(unsealed(tx, testbuy.id)),
    )


def periods(tx: Transaction) -> list[Period]:
    """The periods on record, in the order they were added."""
    return [
        Period(
            row.jurisdiction, row.outcome, row.months, row.evidence_months, row.valid_from,
            row.valid_until, row.source, row.verified,
        )
        for row in every(tx, RetentionRow, order_by=_rows.c.id)
    ]  # fmt: skip


def set_period(db: Database, act: Act, period: Period) -> None:
    """Add a period, or change the one of the same jurisdiction, outcome and first day."""
    if act.role not in (Role.ADMINISTRATOR, Role.COUNSEL):
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
    }
    key = {
        "jurisdiction": period.jurisdiction.strip().upper() or ANY,
        "outcome": period.outcome,
        "valid_from": period.valid_from,
    }
    with db.write() as tx:
        known = one(tx, RetentionRow, **key)
        if known is None:
            number = add(tx, RetentionRow, **key, **said)
        else:
            number = known.id
            change_one(tx, RetentionRow, number, **said)
        facts = {"retention": number, "months": period.months, "evidence": period.evidence_months}
        body = {"what": "retention set", **facts, "by": act.by}
        ledger.append(tx, PROGRAMME_LEDGER, body, act.now)


def open_proceeding(
    db: Database, act: Act, operator: str, *, kind: ProceedingKind, name: str
) -> int:
    """Record a claim or other proceedings against an operator: from now on its exhibits stay."""
    _ensure_recorder(act)
    if kind is ProceedingKind.REFERRAL:
        raise Refused("A referral is on record already; record its end when it has come.")
    if not name.strip():
        raise Refused("Name the proceedings, by court and number where there is one.")
    with db.write() as tx:
        owner = _operator(tx, operator)
        lock_all_of(tx, owner.id)  # a disposal of the same moment takes turns with it
        number = add(
            tx, Proceeding, operator_id=owner.id, kind=kind, name=name.strip(),
            opened_by=act.person, opened_at=act.now,
        )  # fmt: skip
        _append(tx, act, owner, "proceedings opened", number)
        return number


def end_proceeding(db: Database, act: Act, number: int, *, ended_on: date, how: str) -> None:
    """Record that proceedings have ended; once."""
    _ensure_recorder(act)
    end = _end(act, ended_on, how)
    with db.write() as tx:
        known = one(tx, Proceeding, id=number)
        if known is None:
            raise NotFound("There are no such proceedings.")
        rows = table_of(Proceeding).c
        if not change(tx, Proceeding, rows.id == number, rows.ended_on.is_(None), **end):
            raise Refused("Their end is on record already.")
        owner = one(tx, Operator, id=known.operator_id)
        assert owner is not None  # a foreign key holds it
        _append(tx, act, owner, "proceedings ended", number)


def end_referral(db: Database, act: Act, reference: str, *, ended_on: date, how: str) -> None:
    """Record that what an accepted referral led to has ended; once."""
    _ensure_recorder(act)
    end = _end(act, ended_on, how)
    with db.write() as tx:
        referral = one(tx, Referral, reference=reference, lock=True)
        if referral is None:
            raise NotFound(f"There is no referral {reference}. Check the reference.")
        if referral.state is not ReferralState.ACCEPTED:
            raise Refused(
                f"{reference} is {referral.state}; what it leads to ends after acceptance."
            )
        if one(tx, Proceeding, referral_id=referral.id):
            raise Refused("Their end is on record already.")
        owner = one(tx, Operator, id=referral.operator_id)
        assert owner is not None  # a foreign key holds it
        number = add(
            tx, Proceeding, operator_id=owner.id, kind=ProceedingKind.REFERRAL,
            referral_id=referral.id, name=reference, opened_by=act.person, opened_at=act.now, **end,
        )  # fmt: skip
        _append(tx, act, owner, "proceedings ended", number)


def _referrals(tx: Transaction, testbuy_id: int) -> Sequence[Referral]:
    resting = _links.select().with_only_columns(_links.c.referral_id)
    rows = table_of(Referral).c
    wanted = rows.id.in_(resting.where(_links.c.testbuy_id == testbuy_id))
    return every(tx, Referral, wanted, order_by=rows.id)


def _of_referrals(tx: Transaction, referrals: Sequence[Referral]) -> Iterator[Rests]:
    for each in referrals:
        if each.state in _GONE_ON_THERE:
            yield Rests(each.reference, each.changed_at.date())
        elif each.state is ReferralState.ACCEPTED:
            ended = one(tx, Proceeding, referral_id=each.id)
            until = f"the proceedings after {each.reference} have ended and that is recorded"
            yield Rests(f"what {each.reference} led to", ended.ended_on if ended else None, until)
        else:
            yield Rests(each.reference, None, f"the agency has decided on {each.reference}")


def _of_claims(tx: Transaction, shop: Shop) -> Iterator[Rests]:
    if shop.operator_id is None:
        return
    rows = table_of(Proceeding).c
    against = (rows.operator_id == shop.operator_id, rows.referral_id.is_(None))
    for each in every(tx, Proceeding, *against, order_by=rows.id):
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


def _end(act: Act, ended_on: date, how: str) -> dict[str, object]:
    if not how.strip():
        raise Refused("Say how the proceedings ended.")
    if ended_on > act.now.date():
        raise Refused("Proceedings can't have ended in the future. Correct the date.")
    said = {"ended_on": ended_on, "ended_how": how.strip()}
    return {**said, "ended_by": act.person, "ended_at": act.now}


def _operator(tx: Transaction, reference: str) -> Operator:
    found = one(tx, Operator, reference=reference.strip().upper())
    if found is None:
        raise NotFound(f"There is no operator {reference}. Check the reference.")
    return found


def _ensure_recorder(act: Act) -> None:
    if act.role not in RECORDERS or act.person is None:
        raise Refused("Only a liaison or counsel records proceedings and their end.")


def _append(tx: Transaction, act: Act, owner: Operator, what: str, number: int) -> None:
    body = {"what": what, "proceeding": number, "by": act.by}
    ledger.append(tx, owner.reference, body, act.now)
