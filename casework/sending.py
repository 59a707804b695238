"""Sending an approved referral, once and never twice: intended, handed over, settled."""

from dataclasses import dataclass, replace

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.move import Moved, find, look_again, move, note
from casework.referring import advance, hold_operator, members_of, referral_of, wake_held
from rules.lifecycle import Move, Stage
from rules.referral import ReferralMove, ReferralState
from rules.roles import Role
from rules.waiting import SENDING_ANSWER
from storage import ledger, policies, testbuys
from storage.rows import change, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Operator,
    Referral,
)

_referrals = table_of(Referral)


@dataclass(frozen=True, slots=True)
class SendIntent:
    """A referral to send.

    Not `fresh`: it was intended before, so it may have been sent; ask by key first.
    """

    reference: str
    key: str
    agency: str
    operator: str
    grounds: tuple[str, ...]
    testbuys: tuple[str, ...]
    fresh: bool


def intend_sending(db: Database, act: Act, reference: str) -> SendIntent | None:
    """The approved referral this test buy's run has to send; None where there is none.

    Of the test buys a referral rests on, the oldest one's run sends it.
    """
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if testbuy.stage is not Stage.JUDGED or row is None:
            return None
        members = members_of(tx, row.id)
        if row.state is not ReferralState.APPROVED or members[0].id != testbuy.id:
            return None
        agency = one(tx, Agency, table_of(Agency).c.id == row.agency_id)
        operator = one(tx, Operator, table_of(Operator).c.id == row.operator_id)
        assert agency and operator  # foreign keys hold them
        fresh = row.intended_at is None
        if fresh:
            change(tx, Referral, _referrals.c.id == row.id, intended_at=act.now)
        return SendIntent(
            reference=row.reference,
            key=row.key,
            agency=agency.name,
            operator=operator.name,
            grounds=tuple(row.grounds),
            testbuys=tuple(member.reference for member in members),
            fresh=fresh,
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
        return _sent(tx, act, row, number, bundle_digest).get(reference)


def record_sent(db: Database, act: Act, referral: str, *, version: int, number: str) -> str:
    """A liaison says that the agency has an approved referral, under its own number.

    For agencies without an interface, and for a sending whose outcome stayed unknown.
    """
    if act.role is not Role.LIAISON or act.person is None:
        raise Refused("Only a liaison records that a referral was handed over.")
    if not number.strip():
        raise Refused("Type the number the agency gave it, or what its receipt says.")
    with db.write() as tx:
        row = one(tx, Referral, _referrals.c.reference == referral)
        if row is None:
            raise NotFound(f"There is no referral {referral}. Check the reference.")
        hold_operator(tx, row.operator_id)
        row = one(tx, Referral, _referrals.c.id == row.id, lock=True)
        assert row is not None  # referrals are never removed
        if row.version != version:
            raise Stale(f"{referral} was changed meanwhile and is {row.state} now. Look again.")
        # Sending is the programme's move; the liaison's word stands for the agency's receipt.
        programme = Act(Role.PROGRAMME, act.now, act.seed)
        ledger.append(tx, referral, {"what": "handed over", "by": act.by}, act.now)
        _sent(tx, programme, row, number.strip(), None)
        return referral


def _sent(
    tx: Transaction, act: Act, row: Referral, number: str, bundle_digest: str | None
) -> dict[str, Moved]:
    """Bring a referral and every test buy it rests on to the agency; gives who moved."""
    changes = {"sent_at": act.now, "bundle_digest": bundle_digest, "agency_number": number}
    advance(tx, act, row, ReferralMove.SEND, changes)
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
                reasons=[f"Sent to the agency as {number}."],
                facts={"referral": row.reference, "bundle": bundle_digest},
            )
    wake_held(tx, act, row.operator_id)
    return moved


def settle_sending_unknown(db: Database, act: Act, reference: str) -> None:
    """Record that nobody knows yet whether the agency has it; in the end the liaison is asked."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        assert row is not None  # it was just sent
        change(tx, Referral, _referrals.c.id == row.id, asked=row.asked + 1)
        exhausted = row.asked + 1 >= policies.read(tx).referral_asks
        waiting = SENDING_ANSWER if exhausted else None
        facts = {"referral": row.reference}
        note(tx, act, testbuy, "referral outcome unknown", facts, waiting=waiting)
        if not exhausted:
            look_again(tx, act, testbuy, "ask about the referral")


def put_off_sending(db: Database, act: Act, reference: str) -> None:
    """The agency is away and surely has nothing: try again after a while."""
    with db.write() as tx:
        look_again(tx, act, find(tx, act, reference), "agency away")
