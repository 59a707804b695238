"""Sending an approved referral, once and never twice: intended, handed over, settled.

A sending that surely reached nobody is taken back and put before the liaison with the reason. One
of which nobody knows stays intended until the agency tells, by key, or the liaison who asked it.
"""

from dataclasses import dataclass, replace

from casework.act import Act
from casework.errors import Refused
from casework.move import Moved, find, look_again, move, note
from casework.outcomes.referrals import (
    advance,
    hold_operator,
    hold_referral,
    known,
    members_of,
    referral_of,
    rewrite,
    wait_all,
    wake_held,
)
from casework.referring import following, gating
from rules.delivery import Delivery
from rules.lifecycle import Move, Stage
from rules.referral import ReferralMove, ReferralState
from rules.roles import Role
from rules.waiting import SENDING, SENDING_ANSWER, SENDING_DECISION
from storage import ledger, mails, policies, testbuys
from storage.rows import change_one, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Operator,
    Referral,
)


@dataclass(frozen=True, slots=True)
class SendIntent:
    """A referral to send, by `way`.

    Not `fresh`: it was intended before, so it may have been sent; ask by key first.
    """

    reference: str
    key: str
    agency: str
    operator: str
    grounds: tuple[str, ...]
    testbuys: tuple[str, ...]
    fresh: bool
    way: Delivery


def intend_sending(db: Database, act: Act, reference: str) -> SendIntent | None:
    """The approved referral this test buy's run has to send; None where there is none.

    Of the test buys a referral rests on, the oldest one's run sends it. What its package said when
    it was approved may have been withdrawn, or have run out, since: a liaison decides then.
    """
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if testbuy.stage is not Stage.JUDGED or row is None:
            return None
        members = members_of(tx, row.id)
        if row.state is not ReferralState.APPROVED or members[0].id != testbuy.id:
            return None
        if row.unsent_because is not None:
            return None  # a liaison decides what comes next
        intent = intent_of(tx, row)
        if intent.fresh:
            if why := gating.gone(tx, row, act.now):
                take_back(tx, act, hold_referral(tx, act, row.reference, None), why)
                return None
            change_one(tx, Referral, row.id, intended_at=act.now, intended_way=intent.way)
        return intent


def intent_of(tx: Transaction, row: Referral) -> SendIntent:
    """What would be sent of a referral as it stands now; nothing is intended by asking."""
    agency = one(tx, Agency, table_of(Agency).c.id == row.agency_id)
    operator = one(tx, Operator, table_of(Operator).c.id == row.operator_id)
    assert agency and operator  # foreign keys hold them
    return SendIntent(
        reference=row.reference,
        key=row.key,
        agency=agency.name,
        operator=operator.name,
        grounds=tuple(row.grounds),
        testbuys=tuple(member.reference for member in members_of(tx, row.id)),
        fresh=row.intended_at is None,
        way=(row.intended_at and row.intended_way) or agency.delivery,
    )


def settle_sent(
    db: Database,
    act: Act,
    reference: str,
    *,
    number: str,
    bundle_digest: str,
) -> Moved | None:
    """Record that the agency has the referral: every test buy it rests on is referred now."""
    with db.write() as tx:
        seen = testbuys.by_reference(tx, reference)
        row = referral_of(tx, seen.id) if seen else None
        if row is None:
            return None
        hold_operator(tx, row.operator_id)
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if row is None or row.state is not ReferralState.APPROVED:
            return None
        return bring(tx, act, row, number, bundle_digest).get(reference)


def record_sent(db: Database, act: Act, referral: str, *, version: int, number: str) -> str:
    """A liaison says that the agency has an approved referral, under its own number.

    For agencies without an interface, and for a sending whose outcome stayed unknown.
    """
    _ensure_liaison(act)
    if not number.strip():
        raise Refused("Type the number the agency gave it, or what its receipt says.")
    with db.write() as tx:
        hold_operator(tx, known(tx, referral).operator_id)
        row = hold_referral(tx, act, referral, version)
        # Sending is the programme's move; the liaison's word stands for the agency's receipt.
        programme = Act(Role.PROGRAMME, act.now, act.seed)
        _forget_mail(tx, act, row)
        handed = {"what": "handed over", "by": act.by}
        if row.packed_digest is not None:
            handed["bundle"] = row.packed_digest
        ledger.append(tx, referral, handed, act.now)
        bring(tx, programme, row, number.strip(), row.packed_digest)
        following.note(tx, act, row, ReferralMove.SEND, act.now.date(), number=number)
        return referral


def bring(
    tx: Transaction, act: Act, row: Referral, number: str | None, bundle_digest: str | None
) -> dict[str, Moved]:
    """Bring a referral and every test buy it rests on to the agency; gives who moved.

    `number` is None where it went by mail: the agency gives its own later.
    """
    changes = {
        "sent_at": act.now,
        "bundle_digest": bundle_digest,
        "agency_number": number,
        "unsent_because": None,
    }
    advance(tx, act, row, ReferralMove.SEND, changes)
    said = "Mailed to the agency, encrypted to its certificate."
    if number is not None:
        said = f"Sent to the agency as {number}."
    moved = {}
    for member in members_of(tx, row.id):
        own = act.hold is not None and act.hold.reference == member.reference
        actor = act if own else replace(act, hold=None)
        present = find(tx, actor, member.reference)
        if present.stage is Stage.JUDGED:
            moved[member.reference] = move(
                tx,
                actor,
                present,
                Move.REFER,
                reasons=[said],
                facts={"referral": row.reference, "bundle": bundle_digest},
            )
    wake_held(tx, act, row, "referral sent")
    return moved


def settle_not_sent(db: Database, act: Act, reference: str, why: str) -> None:
    """Record that a fresh sending surely reached nobody: the liaison decides what comes next."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if row is None:
            return
        row = hold_referral(tx, act, row.reference, None)
        if row.state is ReferralState.APPROVED:  # else a liaison has handed it over meanwhile
            take_back(tx, act, row, why)


def record_not_sent(db: Database, act: Act, referral: str, *, version: int, reason: str) -> str:
    """A liaison who asked the agency says that it has nothing, after an unknown outcome.

    Not while a run may still be sending: what it sends would arrive after the liaison's word.
    """
    _ensure_liaison(act)
    if not reason.strip():
        raise Refused("Say whom at the agency you asked, and what they said.")
    with db.write() as tx:
        row = hold_referral(tx, act, referral, version)
        sender = members_of(tx, row.id)[0]
        unknown = sender.waiting_name == SENDING_ANSWER.name
        if row.state is not ReferralState.APPROVED or row.intended_at is None or not unknown:
            raise Refused(f"Whether the agency has {referral} is not in doubt; it is {row.state}.")
        if sender.lease_until is not None and sender.lease_until > act.now:
            raise Refused(f"{referral} is being asked about just now. Try again in a minute.")
        take_back(tx, act, row, reason.strip())
        return referral


def send_again(db: Database, act: Act, referral: str, *, version: int) -> str:
    """A liaison lets a referral that surely reached nobody be sent once more, under its key."""
    _ensure_liaison(act)
    with db.write() as tx:
        row = hold_referral(tx, act, referral, version)
        if row.state is not ReferralState.APPROVED or row.unsent_because is None:
            raise Refused(f"{referral} waits for no decision on its sending; it is {row.state}.")
        rewrite(tx, act, row, {"unsent_because": None, "asked": 0})
        ledger.append(tx, referral, {"what": "send again", "by": act.by}, act.now)
        wait_all(tx, act, row, "referral sent again", SENDING)
        return referral


def settle_sending_unknown(db: Database, act: Act, reference: str) -> None:
    """Record that nobody knows yet whether the agency has it; in the end the liaison is asked."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if row is None or row.state is not ReferralState.APPROVED:
            return  # a liaison has said meanwhile what became of it
        change_one(tx, Referral, row.id, asked=row.asked + 1)
        exhausted = row.asked + 1 >= policies.read(tx).referral_asks
        facts = {"referral": row.reference}
        if exhausted and testbuy.waiting_name != SENDING_ANSWER.name:
            rewrite(tx, act, row, {})
            note(tx, act, testbuy, "referral outcome unknown", facts, waiting=SENDING_ANSWER)
        else:
            note(tx, act, testbuy, "referral outcome unknown", facts)
        if not exhausted:
            look_again(tx, act, testbuy, "ask about the referral")


def put_off_sending(db: Database, act: Act, reference: str, *, fresh: bool) -> None:
    """The agency is away: try again after a while.

    A `fresh` sending has surely reached nobody, and is taken back until then.
    """
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if fresh and row is not None and row.state is ReferralState.APPROVED:
            change_one(tx, Referral, row.id, intended_at=None, intended_way=None)
        look_again(tx, act, testbuy, "agency away")


def take_back(
    tx: Transaction,
    act: Act,
    row: Referral,
    why: str,
    *,
    packed_digest: str | None = None,
    what: str = "not sent",
) -> None:
    """Nobody has it, for a reason that a person reads: a liaison decides what comes next."""
    mails.forget_package(tx, row.id)
    back = {"intended_at": None, "intended_way": None, "unsent_because": why}
    rewrite(tx, act, row, back | {"packed_digest": packed_digest})
    ledger.append(tx, row.reference, {"what": what, "by": act.by}, act.now)
    wait_all(tx, act, row, f"referral {what}", SENDING_DECISION, wake=False)


def _forget_mail(tx: Transaction, act: Act, row: Referral) -> None:
    """Owe no mail of what a liaison has handed over; Refused while one is being sent."""
    mail = mails.package_of(tx, row.id)
    if mail is None or mail.sent_at is not None or mail.given_up_at is not None:
        return
    if mail.claimed_until is not None and mail.claimed_until > act.now:
        raise Refused(
            f"{row.reference} is being mailed to the agency just now. Try again in five minutes."
        )
    mails.forget_package(tx, row.id)


def _ensure_liaison(act: Act) -> None:
    if act.role is not Role.LIAISON or act.person is None:
        raise Refused("Only a liaison says what became of handing a referral over.")
