"""After a verdict was superseded: receipts of those who were told, and what came of each review.

Owns both, each recorded once, by a person, with a word. What a person writes stays out of the
ledger, which holds its digest. Leaves owing word and opening reviews to
`casework.verdicts.superseding`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.move import find, note
from evidence.digests import sha256_of
from rules.decision import Decision
from rules.resting import RestsOn
from rules.roles import Role
from storage import ledger
from storage.rows import change, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    OutcomeReview,
    Person,
    Referral,
    ReferralReview,
    RightsHolder,
    SupersededNotice,
    TestBuy,
)

REVIEWERS = frozenset({Role.LIAISON, Role.ANALYST})
"""Roles that say what came of looking again at what became of a test buy; a claim is counsel's."""

_referrals, _notices = table_of(Referral), table_of(SupersededNotice)
_reviews, _outcomes = table_of(ReferralReview), table_of(OutcomeReview)


def record_receipt(db: Database, act: Act, notice: int, *, by: str) -> None:
    """A liaison records who of the recipient confirmed to have been told; once."""
    ensure(_liaison(act))
    if not by.strip():
        raise Refused("Type who confirmed it, or the number of their receipt.")
    with db.write() as tx:
        row = one(tx, SupersededNotice, id=notice)
        if row is None:
            raise NotFound("There is no such notice.")
        testbuy = find(tx, act, _owner(tx, row.testbuy_id).reference)
        if not change(
            tx,
            SupersededNotice,
            _notices.c.id == notice,
            _notices.c.acknowledged_at.is_(None),
            acknowledged_by=by.strip(),
            acknowledged_at=act.now,
            recorded_by=act.person,
        ):
            raise Refused("The receipt of this notice is recorded already.")
        note(tx, act, testbuy, "supersession received", {"notice": notice}, wake=False)


def record_review(db: Database, act: Act, referral: str, *, decision: str) -> None:
    """A liaison says what came of looking at a referral again; its open reviews end with it."""
    ensure(_liaison(act))
    if not decision.strip():
        raise Refused("Say what came of the review.")
    with db.write() as tx:
        row = one(tx, Referral, reference=referral)
        if row is None:
            raise NotFound(f"There is no referral {referral}. Check the reference.")
        if not change(
            tx,
            ReferralReview,
            _reviews.c.referral_id == row.id,
            _reviews.c.decided_at.is_(None),
            decision=decision.strip(),
            decided_at=act.now,
            decided_by=act.person,
        ):
            raise Refused(f"{referral} is not under review.")
        body = {"what": "reviewed", "by": act.by, "digest": _digest(decision.strip())}
        ledger.append(tx, referral, body, act.now)


def record_outcome_review(db: Database, act: Act, review: int, *, decision: str) -> str:
    """What came of looking again at what a test buy led to; gives the test buy's reference."""
    with db.read() as tx:
        known = _outcome(tx, review)
        owner = _owner(tx, known.testbuy_id)
    ensure(_reviewer(act, known.rests))
    if not decision.strip():
        raise Refused("Say what came of the review.")
    with db.write() as tx:
        testbuy = find(tx, act, owner.reference)
        row = _outcome(tx, review)
        if not change(
            tx,
            OutcomeReview,
            _outcomes.c.id == review,
            _outcomes.c.decided_at.is_(None),
            decision=decision.strip(),
            decided_at=act.now,
            decided_by=act.person,
        ):
            raise Refused("This review is decided already; what was decided stays.")
        facts = {"review": review, "rests": row.rests, "digest": _digest(decision.strip())}
        note(tx, act, testbuy, "reviewed", facts, wake=False)
        if row.about:
            body = {"what": "reviewed", **facts, "by": act.by}
            ledger.append(tx, row.about, body, act.now)
        return testbuy.reference


def recipient_name(tx: Transaction, row: SupersededNotice) -> str:
    """Whom a notice goes to."""
    if row.agency_id is not None:
        agency = one(tx, Agency, id=row.agency_id)
        return agency.name if agency else ""
    if row.person_id is not None:
        person = one(tx, Person, id=row.person_id)
        return person.name if person else ""
    holder = one(tx, RightsHolder, id=row.rights_holder_id)
    return holder.name if holder else ""


def under_review(tx: Transaction) -> Sequence[str]:
    """The references of referrals that rest on a superseded verdict and wait for a look."""
    open_ones = _reviews.select().with_only_columns(_reviews.c.referral_id)
    rows = every(
        tx,
        Referral,
        _referrals.c.id.in_(open_ones.where(_reviews.c.decided_at.is_(None))),
        order_by=_referrals.c.id,
    )
    return [row.reference for row in rows]


def _outcome(tx: Transaction, number: int) -> OutcomeReview:
    row = one(tx, OutcomeReview, id=number)
    if row is None:
        raise NotFound("There is no such review.")
    return row


def _owner(tx: Transaction, number: int) -> TestBuy:
    owner = one(tx, TestBuy, id=number)
    assert owner is not None  # a foreign key holds it
    return owner


def _digest(text: str) -> str:
    """A person's words in the ledger: their digest alone."""
    return sha256_of(text.encode())


def _reviewer(act: Act, rests: RestsOn) -> Decision:
    if rests is RestsOn.CLAIM:
        if act.role is not Role.COUNSEL or act.person is None:
            return Decision.no("Only counsel says what came of looking at a claim again.")
    elif act.role not in REVIEWERS or act.person is None:
        return Decision.no("Only an analyst or liaison says what came of such a review.")
    return Decision.yes()


def _liaison(act: Act) -> Decision:
    if act.role is not Role.LIAISON or act.person is None:
        return Decision.no("Only a liaison speaks with agencies and rights holders.")
    return Decision.yes()
