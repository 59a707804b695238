"""Disposal and return: a clerk asks, somebody else approves, and a custody entry carries it out.

Owns the requests and the way from asking to the end, and asks `rules.disposal` anew at each step,
because a hold, a claim or a new verdict may have come between. What is destroyed has a certificate
and a witness who signs; a return is signed for by who takes it. Documents and signatures reach the
vault before the transaction that names them. Leaves holds to `casework.custody.holds` and what
follows for an asset to `casework.keeping.assets`.
"""

from dataclasses import dataclass

from casework.act import Act
from casework.custody import holds
from casework.custody.custody import exhibit_of, last_entry, mismatch, open_hand_over, record
from casework.custody.sides import holding
from casework.custody.signing import Signature, keep_certificate, keep_signature, vouched_by
from casework.errors import NotFound, Refused, Stale, ensure
from casework.keeping import assets
from casework.keeping.retaining import retention_of
from casework.move import note
from casework.telling.notifying import tell
from evidence.vault import Vault
from rules.decision import Decision
from rules.disposal import APPROVES, ASKS, HANDED_OVER, TAKER, Way, may_approve, may_dispose
from rules.holders import Holder, HolderKind, Method
from rules.notices import NoticeKind
from storage.rows import add, change, one, table_of
from storage.session import Database, Transaction
from storage.tables import Disposal, Exhibit, TestBuy

IN_HAND = (HolderKind.PERSON, HolderKind.PLACE)
"""Holders from whom an exhibit may be disposed of: it is with us."""

_disposals = table_of(Disposal)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What the clerk who carries it out says. `signature`: of the witness of a destruction, or of
    who takes the exhibit. `keeper` is who has the asset from then on.
    """

    seal_number: str
    condition: str
    place: str
    certificate: bytes | None = None
    signature: Signature | None = None
    keeper: str = ""


def ask(
    db: Database, act: Act, exhibit_reference: str, *, way: Way, recipient: str, reason: str
) -> int:
    """A clerk asks that an exhibit be disposed of; gives the number of the request."""
    if act.role is not ASKS or act.person is None:
        raise Refused("Only a clerk asks that an exhibit be disposed of.")
    if not reason.strip():
        raise Refused("Say why it is disposed of.")
    if (way in HANDED_OVER) is not bool(recipient.strip()):
        raise Refused(
            "Name who gets it." if way in HANDED_OVER else "Nobody gets what is destroyed or kept."
        )
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        _ensure_in_hand(tx, exhibit)
        if open_disposal(tx, exhibit.id) is not None:
            raise Refused(f"Somebody asked for a disposal of {exhibit_reference} already.")
        if act.person in holds.lifters(tx, exhibit):
            raise Refused("You lifted a legal hold on it; somebody else asks for its disposal.")
        ensure(decision(tx, act, testbuy, exhibit, way))
        number = add(
            tx,
            Disposal,
            exhibit_id=exhibit.id,
            way=way,
            recipient=recipient.strip(),
            reason=reason.strip(),
            asked_by=act.person,
            asked_at=act.now,
        )
        _note(tx, act, testbuy, exhibit, "disposal asked for", number, way)
        for role in sorted(APPROVES):
            tell(
                tx,
                act,
                NoticeKind.DISPOSAL_ASKED,
                f"disposal:{number}:{role}",
                f"{exhibit.reference}: its disposal is asked for. Decide it under Approvals.",
                to_role=role,
                testbuy=testbuy,
                about=exhibit.reference,
            )
        return number


def approve(db: Database, act: Act, number: int) -> None:
    """An approver or supervisor who did not ask for it approves an open disposal."""
    if act.role not in APPROVES or act.person is None:
        raise Refused("Only an approver or supervisor approves a disposal.")
    with db.write() as tx:
        exhibit, testbuy, asked = _held(tx, act, number)
        ensure(may_approve(asked.asked_by, act.person))
        if asked.approved_by is not None:
            raise Refused("It is approved already.")
        ensure(decision(tx, act, testbuy, exhibit, asked.way))
        approved = {"approved_by": act.person, "approved_at": act.now}
        _change(tx, asked, _disposals.c.approved_at.is_(None), **approved)
        _note(tx, act, testbuy, exhibit, "disposal approved", number, asked.way)


def end(db: Database, act: Act, number: int, *, reason: str) -> None:
    """An approver declines a disposal, or who asked for it withdraws it."""
    if not reason.strip():
        raise Refused("Say why it is not to be.")
    with db.write() as tx:
        exhibit, testbuy, asked = _held(tx, act, number)
        own = act.person is not None and act.person == asked.asked_by
        if not own and (act.role not in APPROVES or act.person is None):
            raise Refused("Only who asked for it withdraws it; an approver or supervisor declines.")
        word = "withdrawn" if own else "declined"
        because = f"{word.title()}: {reason.strip()}"
        _change(tx, asked, ended_at=act.now, ended_because=because)
        _note(tx, act, testbuy, exhibit, f"disposal {word}", number, asked.way)


def carry_out(
    db: Database, vault: Vault, act: Act, exhibit_reference: str, said: CarriedOut
) -> None:
    """The clerk who holds the exhibit carries out what was approved; its custody ends with it."""
    if act.role is not ASKS or act.person is None:
        raise Refused("Only a clerk carries a disposal out.")
    if not said.condition.strip() or not said.place.strip():
        raise Refused("Say in what condition the bag is, and where this is done.")
    signature = keep_signature(vault, said.signature) if said.signature else None
    certificate = keep_certificate(vault, said.certificate) if said.certificate else None
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        holder = holding(tx, act, exhibit)
        asked = open_disposal(tx, exhibit.id)
        if asked is None or asked.approved_at is None:
            raise Refused(
                f"No approved disposal of {exhibit_reference} is open. Ask for one first."
            )
        ensure(decision(tx, act, testbuy, exhibit, asked.way))
        _ensure_papers(asked.way, holder, said)
        wrong = mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, said.seal_number)
        if wrong is None:
            signs = said.signature.name.strip() if said.signature else ""
            done = {"carried_out_by": act.person, "carried_out_at": act.now}
            papers = {"certificate": certificate, "signature": signature, "witness": signs or None}
            _change(tx, asked, **done, **papers)
            name = asked.recipient or "destroyed"
            if asked.way is Way.ASSET:
                name = assets.make(tx, act, testbuy, exhibit, asked.id, keeper=said.keeper)
            vouched = {
                "to_vouched": vouched_by(said.signature),
                "to_signature": signature,
            } if signature else {}  # fmt: skip
            signed = f"; signed by {signs}" if signs else ""
            record(
                tx,
                act,
                exhibit,
                giver=holder,
                taker=Holder(TAKER[asked.way], name),
                method=Method.IN_PERSON if asked.way in HANDED_OVER else Method.IN_PLACE,
                place=said.place.strip(),
                purpose=asked.way.replace("_", " "),
                seal_out=exhibit.seal_number,
                seal_in=exhibit.seal_number,
                condition=f"{said.condition.strip()}{signed}",
                **vouched,
            )
            facts = {"certificate": certificate, "signature": signature}
            _note(tx, act, testbuy, exhibit, "disposed of", asked.id, asked.way, **facts)
    if wrong:
        raise wrong


def decision(tx: Transaction, act: Act, testbuy: TestBuy, exhibit: Exhibit, way: Way) -> Decision:
    """Whether an exhibit may be disposed of now, with every objection."""
    return may_dispose(
        way,
        act.now.date(),
        retention=retention_of(tx, testbuy, act.now),
        holds=holds.standing(tx, exhibit),
        conclusion=assets.conclusion_on(tx, testbuy, exhibit),
    )


def open_disposal(tx: Transaction, exhibit_id: int) -> Disposal | None:
    """The disposal of an exhibit that is neither carried out nor ended."""
    return one(tx, Disposal, exhibit_id=exhibit_id, carried_out_at=None, ended_at=None)


def _held(tx: Transaction, act: Act, number: int) -> tuple[Exhibit, TestBuy, Disposal]:
    """An open disposal with its exhibit and test buy, which is locked; raises NotFound, Stale."""
    asked = one(tx, Disposal, id=number)
    about = one(tx, Exhibit, id=asked.exhibit_id) if asked else None
    if about is None:
        raise NotFound("There is no such disposal.")
    exhibit, testbuy = exhibit_of(tx, act, about.reference)
    asked = one(tx, Disposal, id=number)
    assert asked is not None  # it was there before it was locked, and none is removed
    if asked.ended_because is not None:
        raise Stale(f"{exhibit.reference}: {asked.ended_because}")
    if asked.carried_out_at is not None:
        raise Stale(f"{exhibit.reference} was disposed of on {asked.carried_out_at:%Y-%m-%d}.")
    return exhibit, testbuy, asked


def _change(tx: Transaction, asked: Disposal, *where: object, **columns: object) -> None:
    still = (_disposals.c.carried_out_at.is_(None), _disposals.c.ended_at.is_(None))
    if not change(tx, Disposal, _disposals.c.id == asked.id, *still, *where, **columns):
        raise Stale("This disposal was changed at the same moment. Look at it again.")


def _ensure_in_hand(tx: Transaction, exhibit: Exhibit) -> None:
    last = last_entry(tx, exhibit.id)
    if last is None or last.to_kind not in IN_HAND:
        where = Holder(last.to_kind, last.to_holder) if last else "nobody"
        raise Refused(f"{exhibit.reference} is with {where}. Only what is here is disposed of.")
    if open_hand_over(tx, exhibit.id) is not None:
        raise Refused(f"{exhibit.reference} is being handed over. Complete or withdraw that first.")


def _ensure_papers(way: Way, holder: Holder, said: CarriedOut) -> None:
    if way is Way.ASSET:
        if not said.keeper.strip():
            raise Refused("Say who has the asset from now on.")
        return
    if way is Way.DESTROYED and not said.certificate:
        raise Refused("A destruction needs its certificate. Scan it first.")
    if said.signature is None:
        raise Refused(
            "A witness signs for having seen it destroyed."
            if way is Way.DESTROYED
            else "Who takes it signs for it, on glass or on a receipt."
        )
    if said.signature.name.strip().casefold() == holder.name.casefold():
        raise Refused("You can't sign for the other side, nor be your own witness.")


def _note(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    exhibit: Exhibit,
    what: str,
    number: int,
    way: Way,
    **facts: object,
) -> None:
    said = {"exhibit": exhibit.reference, "disposal": number, "way": way}
    note(tx, act, testbuy, what, said | facts, wake=False)
