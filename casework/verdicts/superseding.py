"""When a verdict that others rest on is superseded or outvoted: a new look, and word to everybody.

Owns opening examinations anew after a test buy was referred or closed, owing word to every
recipient of the old verdict, and marking what rests on it for review. Nothing that was sent is
edited: the stage, the referral and its bundle stay as they are. Leaves second verdicts before that
to `casework.verdicts.judging`, receipts and what comes of a review to
`casework.verdicts.reviewing`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.errors import Refused, ensure
from casework.examinations.examined import exhibits_of, last_examination, unsealed, verdicts_on
from casework.examinations.examining import open_examination
from casework.keeping import assets
from casework.move import Moved, note
from casework.outcomes.claims import append, claims_on
from casework.outcomes.sanctions import resting_on
from casework.telling import notifying
from casework.verdicts import concluding
from evidence.digests import sha256_of
from rules import verdicts
from rules.decision import Decision
from rules.lifecycle import Stage
from rules.notices import NoticeKind
from rules.resting import RestsOn, resting
from rules.roles import Role
from storage import ledger
from storage.rows import add_if_absent, change_one, every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Brand,
    Examination,
    Flag,
    OutcomeReview,
    Referral,
    ReferralReview,
    ReferralTestBuy,
    Shop,
    SupersededNotice,
    TestBuy,
    Verdict,
)

AFTER: frozenset[Stage] = frozenset({Stage.REFERRED, Stage.CLOSED})
"""Stages at which others may rest on a verdict already."""

_links, _referrals = table_of(ReferralTestBuy), table_of(Referral)


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
    facts = {"examinations": opened, "reason": sha256_of(reason.encode())}
    note(tx, act, testbuy, "examined anew", facts, wake=False)
    return Moved(testbuy.reference, testbuy.stage, testbuy.version)


def tell(tx: Transaction, act: Act, testbuy: TestBuy, superseded: Sequence[Verdict]) -> None:
    """Owe word to every recipient of the superseded verdicts, and mark what rests on them.

    Recipients are the rights holder, whoever sealed it, and the agency of each referral that was
    sent. The same verdict is told to the same recipient once, however often this is called.
    """
    brand = one(tx, Brand, id=testbuy.brand_id)
    shop, flag = one(tx, Shop, id=testbuy.shop_id), one(tx, Flag, id=testbuy.flag_id)
    assert brand and shop and flag  # foreign keys hold them
    sent = sent_referrals(tx, testbuy.id)
    for verdict in superseded:
        _owe(tx, act, testbuy, verdict, rights_holder_id=brand.rights_holder_id)
        _owe(tx, act, testbuy, verdict, person_id=verdict.sealed_by)
        _tell_examiner(tx, act, verdict)
        for rests in resting(
            verdict.value,
            closed=testbuy.stage is Stage.CLOSED,
            shop_cleared=shop.cleared_at is not None,
            source_told=flag.proved_wrong_at is not None,
        ):
            _mark(tx, act, testbuy, verdict, rests)
        _mark_measures(tx, act, testbuy, verdict)
        for row in sent:
            _owe(tx, act, testbuy, verdict, referral_id=row.id, agency_id=row.agency_id)
            if add_if_absent(
                tx, ReferralReview, referral_id=row.id, verdict_id=verdict.id, opened_at=act.now
            ):
                body = {"what": "marked for review", "verdict": verdict.digest, "by": act.by}
                ledger.append(tx, row.reference, body, act.now)
    if superseded:
        notifying.tell(
            tx,
            act,
            NoticeKind.SUPERSEDED,
            f"{testbuy.reference}:superseded:{superseded[-1].digest}",
            f"{testbuy.reference}: a verdict was superseded. Tell each recipient and record "
            "the receipt; look again at what rests on it. Both stand under Superseded.",
            to_role=Role.LIAISON,
            testbuy=testbuy,
        )
        notifying.tell(
            tx,
            act,
            NoticeKind.REVIEW,
            f"{testbuy.reference}:review:{superseded[-1].digest}",
            f"{testbuy.reference}: a verdict was superseded. Look again at what became of it, "
            "under Superseded.",
            to_role=Role.ANALYST,
            testbuy=testbuy,
        )


def outvote(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """Mark claims and sanctions that rest on verdicts which stand and carry the conclusion no more.

    Nothing was superseded: a second verdict stands beside the first, and together they are no
    counterfeit. What rests on a referral's test buy is not judged again
    (`casework.verdicts.judging`).
    """
    standing = [
        verdict
        for exhibit in exhibits_of(tx, testbuy.id)
        for verdict in verdicts_on(tx, exhibit.id)
        if verdict.superseded_at is None and verdict.value in verdicts.COUNTERFEITS
    ]
    marked = [_mark_measures(tx, act, testbuy, verdict) for verdict in standing]
    if not any(marked):
        return
    notifying.tell(
        tx,
        act,
        NoticeKind.REVIEW,
        f"{testbuy.reference}:outvoted:{standing[-1].digest}",
        f"{testbuy.reference}: it is no longer concluded to be a counterfeit. Look again at what "
        "rests on it, under Superseded.",
        to_role=Role.ANALYST,
        testbuy=testbuy,
    )


def _mark_measures(tx: Transaction, act: Act, testbuy: TestBuy, verdict: Verdict) -> bool:
    """Have claims and sanctions on a test buy looked at again; says whether any is new."""
    facts = {"what": "marked for review", "verdict": verdict.digest}
    new = False
    for claim in claims_on(tx, testbuy.id):
        if _mark(tx, act, testbuy, verdict, RestsOn.CLAIM, about=claim.reference):
            append(tx, act, claim.reference, facts)
            new = True
    for sanction in resting_on(tx, testbuy.id):
        if _mark(tx, act, testbuy, verdict, RestsOn.SANCTION, about=sanction.reference):
            ledger.append(tx, sanction.reference, {**facts, "by": act.by}, act.now)
            new = True
    return new


def _mark(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    verdict: Verdict,
    rests: RestsOn,
    about: str = "",
) -> bool:
    """Have it looked at again, once for each verdict; says whether that is new."""
    what = {"testbuy_id": testbuy.id, "verdict_id": verdict.id, "rests": rests, "about": about}
    new = add_if_absent(tx, OutcomeReview, **what, opened_at=act.now)
    if new:
        facts = {"verdict": verdict.digest, "rests": rests, "about": about}
        note(tx, act, testbuy, "marked for review", facts, wake=False)
    return new


def redraw(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """Draw the conclusions anew once every new examination is sealed; the old rows stay."""
    if unsealed(tx, testbuy.id):
        return
    drawn = concluding.draw(tx, act, testbuy)
    overall = None if unsealed(tx, testbuy.id) else verdicts.overall(drawn)
    change_one(tx, TestBuy, testbuy.id, conclusion=overall)
    note(tx, act, testbuy, "concluded anew", {"conclusion": overall}, wake=False)
    again = one(tx, TestBuy, id=testbuy.id)
    assert again is not None  # none is removed
    assets.recall(tx, act, again)


def sent_referrals(tx: Transaction, testbuy_id: int) -> Sequence[Referral]:
    """The referrals resting on a test buy that an agency has."""
    links = _links.select().with_only_columns(_links.c.referral_id)
    return every(
        tx,
        Referral,
        _referrals.c.id.in_(links.where(_links.c.testbuy_id == testbuy_id)),
        _referrals.c.sent_at.is_not(None),
        order_by=_referrals.c.id,
    )


def _owe(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    verdict: Verdict,
    *,
    referral_id: int | None = None,
    agency_id: int | None = None,
    rights_holder_id: int | None = None,
    person_id: int | None = None,
) -> None:
    to = f"agency {agency_id}, referral {referral_id}" if agency_id else "rights holder"
    to = f"person {person_id}" if person_id else to
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
        person_id=person_id,
        text=text,
        created_at=act.now,
    ):
        facts = {"verdict": verdict.digest, "to": to}
        note(tx, act, testbuy, "supersession to tell", facts, wake=False)


def _tell_examiner(tx: Transaction, act: Act, verdict: Verdict) -> None:
    """By the number they know it by: nobody who examines learns of which test buy it is."""
    examination = one(tx, Examination, id=verdict.examination_id)
    assert examination is not None  # a foreign key holds it
    notifying.tell(
        tx,
        act,
        NoticeKind.VERDICT_SUPERSEDED,
        f"superseded:{verdict.digest}",
        f"Your verdict in examination {examination.public_id} was superseded by a later one. "
        "It stays as you sealed it, and whoever was given it is told.",
        to_person=verdict.sealed_by,
        about=examination.public_id,
    )
