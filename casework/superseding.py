"""When a verdict that others already rest on is superseded: a new look, and word to everybody.

Owns opening examinations anew after a test buy was referred or closed, telling every recipient of
the old verdict, recording their receipts, and marking what rests on it for review. Nothing that was
sent is edited: the stage, the referral and its bundle stay as they are. Leaves second verdicts
before that to `casework.judging`.
"""

import hashlib
from collections.abc import Sequence

from casework import assets
from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.examining import (
    exhibits_of,
    last_examination,
    open_examination,
    unsealed,
    verdicts_on,
)
from casework.move import Moved, find, note
from rules import verdicts
from rules.decision import Decision
from rules.lifecycle import Stage
from rules.roles import Role
from storage import ledger, policies
from storage.rows import add, add_if_absent, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Brand,
    Conclusion,
    Notice,
    Referral,
    ReferralReview,
    ReferralTestBuy,
    RightsHolder,
    SupersededNotice,
    TestBuy,
    Verdict,
)

AFTER: frozenset[Stage] = frozenset({Stage.REFERRED, Stage.CLOSED})
"""Stages at which others may rest on a verdict already."""

_links, _referrals = table_of(ReferralTestBuy), table_of(Referral)
_notices, _reviews = table_of(SupersededNotice), table_of(ReferralReview)


def examine_anew(tx: Transaction, act: Act, testbuy: TestBuy, reason: str) -> Moved:
    """Open an examination of each exhibit whose verdict takes the place of those that stand.

    The test buy, held by `find`, keeps its stage: what was sent or closed is not undone by a doubt.
    """
    if act.role not in (Role.ANALYST, Role.PROGRAMME):
        raise Refused("Only an analyst asks for a verdict that takes the place of another.")
    if unsealed(tx, testbuy.id):
        raise Refused("Another examination is open already. Wait for its verdict.")
    exhibits = [each for each in exhibits_of(tx, testbuy.id) if verdicts_on(tx, each.id)]
    ensure(Decision.unless([] if exhibits else ["No verdict stands on it: nothing is superseded."]))
    opened = [
        open_examination(
            tx, act, testbuy, each, follows=last_examination(tx, each.id), supersedes=True
        )
        for each in exhibits
    ]
    facts = {"examinations": opened, "reason": _digest(reason)}
    note(tx, act, testbuy, "examined anew", facts, wake=False)
    return Moved(testbuy.reference, testbuy.stage, testbuy.version)


def tell(tx: Transaction, act: Act, testbuy: TestBuy, superseded: Sequence[Verdict]) -> None:
    """Owe word to every recipient of the superseded verdicts, and mark what rests on them.

    Recipients are the rights holder and the agency of each referral that was sent. The same
    verdict is told to the same recipient once, however often this is called.
    """
    brand = one(tx, Brand, id=testbuy.brand_id)
    assert brand is not None  # a foreign key holds it
    sent = sent_referrals(tx, testbuy.id)
    for verdict in superseded:
        _owe(tx, act, testbuy, verdict, rights_holder_id=brand.rights_holder_id)
        for row in sent:
            _owe(tx, act, testbuy, verdict, referral_id=row.id, agency_id=row.agency_id)
            if add_if_absent(
                tx, ReferralReview, referral_id=row.id, verdict_id=verdict.id, opened_at=act.now
            ):
                body = {"what": "marked for review", "verdict": verdict.digest, "by": act.by}
                ledger.append(tx, row.reference, body, act.now)
    if superseded:
        add_if_absent(
            tx,
            Notice,
            key=f"{testbuy.reference}:superseded:{superseded[-1].digest}",
            to_role=Role.LIAISON,
            testbuy_id=testbuy.id,
            text=f"{testbuy.reference}: a verdict was superseded. Tell each recipient and record "
            "the receipt; look again at each referral that rests on it.",
            created_at=act.now,
        )


def redraw(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """Draw the conclusions anew once every new examination is sealed; the old rows stay."""
    if unsealed(tx, testbuy.id):
        return
    quorum = policies.read(tx).quorum
    drawn: list[verdicts.Conclusion] = []
    for exhibit in exhibits_of(tx, testbuy.id):
        sealed = verdicts_on(tx, exhibit.id)
        conclusion = verdicts.conclude(
            [
                verdicts.SealedVerdict(
                    each.value, each.sealed_by, each.sealed_at, each.superseded_at is not None
                )
                for each in sealed
            ],
            quorum,
        )
        if conclusion.value is None:
            # One new verdict is fewer than the quorum: until another speaks nobody can say.
            open_examination(tx, act, testbuy, exhibit, follows=last_examination(tx, exhibit.id))
            continue
        drawn.append(conclusion)
        add(
            tx,
            Conclusion,
            testbuy_id=testbuy.id,
            exhibit_id=exhibit.id,
            value=conclusion.value,
            reasons=list(conclusion.reasons),
            verdict_ids=[each.id for each in sealed],
            concluded_at=act.now,
        )
    overall = None if unsealed(tx, testbuy.id) else verdicts.overall(drawn)
    change_one(tx, TestBuy, testbuy.id, conclusion=overall)
    note(tx, act, testbuy, "concluded anew", {"conclusion": overall}, wake=False)
    again = one(tx, TestBuy, id=testbuy.id)
    assert again is not None  # none is removed
    assets.recall(tx, act, again)


def sent_referrals(tx: Transaction, testbuy_id: int) -> Sequence[Referral]:
    """The referrals resting on a test buy that an agency has."""
    resting = _links.select().with_only_columns(_links.c.referral_id)
    return every(
        tx,
        Referral,
        _referrals.c.id.in_(resting.where(_links.c.testbuy_id == testbuy_id)),
        _referrals.c.sent_at.is_not(None),
        order_by=_referrals.c.id,
    )


def record_receipt(db: Database, act: Act, notice: int, *, by: str) -> None:
    """A liaison records who of the recipient confirmed to have been told; once."""
    ensure(_liaison(act))
    if not by.strip():
        raise Refused("Type who confirmed it, or the number of their receipt.")
    with db.write() as tx:
        row = one(tx, SupersededNotice, id=notice)
        if row is None:
            raise NotFound("There is no such notice.")
        owner = one(tx, TestBuy, id=row.testbuy_id)
        assert owner is not None  # a foreign key holds it
        testbuy = find(tx, act, owner.reference)
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


def recipient_name(tx: Transaction, row: SupersededNotice) -> str:
    """Whom a notice goes to."""
    if row.agency_id is not None:
        agency = one(tx, Agency, id=row.agency_id)
        return agency.name if agency else ""
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


def _digest(text: str) -> str:
    """A person's words in the ledger: their digest alone."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _liaison(act: Act) -> Decision:
    if act.role is not Role.LIAISON or act.person is None:
        return Decision.no("Only a liaison speaks with agencies and rights holders.")
    return Decision.yes()


def _owe(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    verdict: Verdict,
    *,
    referral_id: int | None = None,
    agency_id: int | None = None,
    rights_holder_id: int | None = None,
) -> None:
    to = f"agency {agency_id}, referral {referral_id}" if agency_id else "rights holder"
    text = f"The verdict {verdict.digest} in {testbuy.reference} was superseded by a later one."
    if add_if_absent(
        tx,
        SupersededNotice,
        key=f"{verdict.digest}:{to}",
        verdict_id=verdict.id,
        testbuy_id=testbuy.id,
        referral_id=referral_id,
        agency_id=agency_id,
        rights_holder_id=rights_holder_id,
        text=text,
        created_at=act.now,
    ):
        facts = {"verdict": verdict.digest, "to": to}
        note(tx, act, testbuy, "supersession to tell", facts, wake=False)
