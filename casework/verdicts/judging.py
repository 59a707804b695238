"""Examinations, verdicts and conclusions.

An examination is an opaque id over a frozen set of photos; one authenticator claims it, judges,
and seals a verdict that is never edited. The conclusion on an exhibit is the rule's result over
its sealed verdicts. A second look opens another examination, for somebody else.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from casework.act import Act
from casework.custody.custody import exhibits_outside
from casework.custody.sides import ensure_arrived
from casework.errors import Refused, ensure
from casework.examinations import drafts, showing
from casework.examinations.examined import exhibits_of, last_examination, unsealed, verdicts_on
from casework.examinations.examining import ensure_open, entitled, open_examination, tell
from casework.examinations.findings import Found, NewFinding, keep, located
from casework.examinations.sealing import sealed_digest
from casework.examinations.showing import Shown
from casework.move import Moved, find, move, note
from casework.outcomes.referrals import referral_of
from casework.shots.shotcheck import PHYSICAL, missing, open_requests
from casework.verdicts import concluding, superseding
from casework.verdicts.judgement import Judgement
from rules import verdicts
from rules.decision import Decision
from rules.lifecycle import Move, Stage
from rules.referral import OPEN
from rules.waiting import CONCLUSION, TRANSFER_PHOTOS, VERDICT
from rules.webhooks import Event
from storage.rows import add, change_one
from storage.session import Database, Transaction
from storage.tables import (
    Examination,
    ExaminationState,
    TestBuy,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the authenticator learns of their sealing: the examination, and the verdict's digest."""

    examination: str
    digest: str


def submit(db: Database, act: Act, reference: str) -> Moved | None:
    """Open an examination of each exhibit; None while an intake or a photo is missing."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.DOCUMENTED:
            return None
        if exhibits_outside(tx, testbuy.id) or open_requests(tx, testbuy.id):
            return None
        if lacking := missing(tx, testbuy, Move.SUBMIT):
            if testbuy.waiting_name != TRANSFER_PHOTOS.name:
                facts = {"shots": [shot.code for shot in lacking]}
                note(tx, act, testbuy, "photos missing", facts, waiting=TRANSFER_PHOTOS)
            return None
        opened = [
            open_examination(tx, act, testbuy, exhibit, follows=last_examination(tx, exhibit.id))
            for exhibit in exhibits_of(tx, testbuy.id)
        ]
        return move(
            tx,
            act,
            testbuy,
            Move.SUBMIT,
            reasons=["Every exhibit is in the store and every photo asked for is there."],
            facts={"examinations": opened},
        )


def seal(
    db: Database,
    act: Act,
    public_id: str,
    *,
    verdict: verdicts.Verdict,
    findings: Sequence[NewFinding],
    confidence: str,
    method: str,
    reasons: str,
    limits: str,
    conflict_statement: str,
    no_conflict: bool,
    testimony: verdicts.Testimony,
    seen: str | None = None,
) -> Sealed:
    """Seal a verdict over exactly what the examination's page shows, without delay.

    `seen`: the digest of what whoever judged was shown; Stale where that has changed.
    """
    judgement = Judgement(
        verdict,
        tuple(findings),
        confidence,
        method,
        reasons,
        limits,
        conflict_statement,
        no_conflict,
        testimony,
    )
    with db.write() as tx:
        examination, testbuy = entitled(tx, act, public_id)
        shown = showing.on_page(tx, examination)
        showing.ensure_seen(shown, seen)
        return seal_in(tx, act, examination, testbuy, judgement, shown, given_at=act.now)


def ensure_sealable(
    tx: Transaction, act: Act, examination: Examination, testbuy: TestBuy, said: Judgement
) -> tuple[Found, ...]:
    """The findings with their photos; Refused, with everything that is wanting, where it is not."""
    ensure_open(tx, examination, testbuy, act)
    if examination.claimed_by != act.person:
        raise Refused("Claim the examination first, so that nobody else works on it.")
    physical = examination.basis == PHYSICAL
    if physical:
        ensure_arrived(tx, examination.exhibit_id)
    given = [verdicts.Finding(each.code, each.aspect, each.severity) for each in said.findings]
    decided = verdicts.check(
        said.verdict,
        given,
        reasons=said.reasons,
        limits=said.limits,
        conflict_of_interest=not said.no_conflict,
    )
    told = verdicts.check_testimony(said.testimony, said.conflict_statement, physical=physical)
    wanting = [reason for each in (decided, told) if not each.allowed for reason in each.reasons]
    ensure(Decision.unless(wanting))
    return located(tx, examination, said.findings)


def seal_in(
    tx: Transaction,
    act: Act,
    examination: Examination,
    testbuy: TestBuy,
    said: Judgement,
    shown: Sequence[Shown],
    *,
    given_at: datetime,
) -> Sealed:
    """Seal what was said of what was `shown`, in the caller's transaction.

    The ledger notes the verdict's digest and that of the judgement, which the signature names.
    """
    found = ensure_sealable(tx, act, examination, testbuy, said)
    digests = {
        moment: digest_of(act, examination, said, shown, found, given_at=given_at, sealed_at=moment)
        for moment in (act.now, None)
    }
    digest = digests[act.now]
    verdict_id = add(
        tx,
        Verdict,
        examination_id=examination.id,
        value=said.verdict,
        **said.words(),
        **asdict(said.testimony),
        sealed_by=act.person,
        given_at=given_at,
        sealed_at=act.now,
        digest=digest,
    )
    keep(tx, verdict_id, found)
    showing.keep(tx, verdict_id, shown)
    change_one(tx, Examination, examination.id, state=ExaminationState.SEALED, claimed_until=None)
    drafts.drop(tx, examination.id)
    tell(tx, act, Event.EXAMINATION_SEALED, examination.public_id, examination.brand_id)
    if examination.supersedes:
        superseding.tell(tx, act, testbuy, _supersede(tx, act, examination))
    facts = {"examination": examination.public_id, "digest": digest, "judgement": digests[None]}
    if testbuy.stage in superseding.AFTER:
        note(tx, act, testbuy, "verdict sealed", facts, wake=False)
        superseding.redraw(tx, act, testbuy)
        return Sealed(examination.public_id, digest)
    waiting = VERDICT if unsealed(tx, testbuy.id) else CONCLUSION
    note(tx, act, testbuy, "verdict sealed", facts, waiting=waiting)
    return Sealed(examination.public_id, digest)


def digest_of(
    act: Act,
    examination: Examination,
    said: Judgement,
    shown: Sequence[Shown],
    found: Sequence[Found],
    *,
    given_at: datetime,
    sealed_at: datetime | None = None,
) -> str:
    """The digest of what was said of what was `shown`; without `sealed_at`, of what is signed."""
    assert act.person is not None  # verdicts come from people
    return sealed_digest(
        examination=examination.public_id,
        examiner=act.person,
        given_at=given_at,
        sealed_at=sealed_at,
        photos=examination.photos_digest,
        shown=[each.as_sealed() for each in shown],
        verdict=said.verdict,
        findings=[each.as_sealed() for each in found],
        testimony=said.testimony,
        **said.words(),
    )


def conclude(db: Database, act: Act, reference: str) -> Moved | None:
    """Draw the conclusion on each exhibit; None while a verdict is still due."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.SUBMITTED or unsealed(tx, testbuy.id):
            return None
        drawn = concluding.draw(tx, act, testbuy)
        if unsealed(tx, testbuy.id):
            note(tx, act, testbuy, "quorum not reached", waiting=VERDICT)
            return None
        overall = verdicts.overall(drawn)
        if overall not in verdicts.COUNTERFEITS:
            superseding.outvote(tx, act, testbuy)
        return move(
            tx,
            act,
            testbuy,
            Move.JUDGE,
            reasons=[reason for each in drawn for reason in each.reasons],
            facts={"conclusion": overall},
            changes={"conclusion": overall},
        )


def judge_again(
    db: Database, act: Act, reference: str, *, version: int | None, reason: str, supersedes: bool
) -> Moved:
    """Ask for a second verdict by somebody else; `supersedes`: it takes the place of the first."""
    if not reason.strip():
        raise Refused("Say why a second verdict is needed.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        if supersedes and testbuy.stage in superseding.AFTER:
            return superseding.examine_anew(tx, act, testbuy, reason.strip())
        return reopen(tx, act, testbuy, reason.strip(), supersedes=supersedes)


def reopen(tx: Transaction, act: Act, testbuy: TestBuy, reason: str, *, supersedes: bool) -> Moved:
    """Judge a test buy that `find` gave again, in the caller's transaction."""
    resting = referral_of(tx, testbuy.id)
    if resting is not None and resting.state in OPEN:
        raise Refused(
            f"{resting.reference} rests on this verdict. Withdraw the referral first.",
            stage=testbuy.stage,
        )
    if resting is not None:
        raise Refused(
            f"{resting.reference} was sent on this verdict, and is not judged again here. "
            "Tell the agency what is in doubt, and record what it answers.",
            stage=testbuy.stage,
        )
    moved = move(
        tx,
        act,
        testbuy,
        Move.JUDGE_AGAIN,
        reasons=[reason],
        facts={"supersedes": supersedes},
        changes={"conclusion": None},
    )
    for exhibit in exhibits_of(tx, testbuy.id):
        follows = last_examination(tx, exhibit.id)
        open_examination(tx, act, testbuy, exhibit, follows=follows, supersedes=supersedes)
    return moved


def _supersede(tx: Transaction, act: Act, examination: Examination) -> list[Verdict]:
    """Mark every earlier verdict on the exhibit as superseded; its text stays as it was sealed."""
    superseded = [
        earlier
        for earlier in verdicts_on(tx, examination.exhibit_id)
        if earlier.examination_id != examination.id and earlier.superseded_at is None
    ]
    for earlier in superseded:
        change_one(tx, Verdict, earlier.id, superseded_at=act.now)
    return superseded
