"""Hand-overs: two sides, each confirmed by itself, and no exhibit out of somebody's hands between.

Owns opening, completing and withdrawing a hand-over. The giver opens it with the seal going out;
it counts only when the taker has said what came in. People with an account confirm as themselves,
and nobody for the other side; carriers, police, laboratories and a rights holder's desk sign by
name, on glass or on a receipt, before the person who hands over. A carrier holds a consignment
under its tracking number until somebody takes it in from there. Signatures and letters reach the
vault before the transaction that names them.
"""

from casework.act import Act
from casework.custody.custody import (
    exhibit_of,
    giver_said,
    last_entry,
    mismatch,
    open_hand_over,
    person_holder,
    record,
)
from casework.custody.sides import (
    Giving,
    Taking,
    ensure_giving,
    ensure_handles,
    ensure_offset,
    ensure_photographed,
    ensure_reach,
    holding,
    owner_of,
    seal_photos,
    taker_of,
)
from casework.custody.signing import Signature, keep_letter, keep_signature, vouched_by
from casework.errors import Refused
from casework.move import note
from casework.telling.notifying import tell
from evidence.vault import Vault
from rules.holders import OUTSIDE, Holder, HolderKind, Method, Vouched
from rules.notices import NoticeKind
from rules.roles import Role
from storage.rows import add, change_one, one
from storage.session import Database, Transaction
from storage.tables import Exhibit, HandOver, Person


def give(db: Database, vault: Vault, act: Act, exhibit_reference: str, said: Giving) -> int:
    """Open a hand-over; only who holds the exhibit does. Gives the hand-over's number."""
    ensure_handles(act)
    ensure_giving(said)
    letter = keep_letter(vault, said.customs_letter, crosses_border=said.crosses_border)
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        ensure_reach(tx, act, exhibit, testbuy)
        giver = holding(tx, act, exhibit)
        taker = taker_of(tx, act, testbuy, said)
        carried = taker.kind is HolderKind.CARRIER
        shot = "T03" if act.role is Role.DESK else "T01"
        photos = seal_photos(tx, testbuy, exhibit, shot, said.photos)
        last = last_entry(tx, exhibit.id)
        if last and (said.to_desk or act.role is Role.DESK):
            ensure_photographed(tx, testbuy, shot, photos, last.handed_at)
        if wrong := mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, said.seal_out):
            number = 0
        else:
            number = add(
                tx,
                HandOver,
                exhibit_id=exhibit.id,
                opened_by=act.person,
                from_kind=giver.kind,
                from_holder=giver.name,
                to_kind=taker.kind,
                to_holder=taker.name,
                to_person=said.to_person,
                method=Method.BY_CARRIER if carried else Method.IN_PERSON,
                place=said.place.strip(),
                purpose=said.purpose.strip(),
                seal_out=said.seal_out.strip(),
                condition=said.condition.strip(),
                weight_grams=said.weight_grams,
                tracking_number=said.tracking_number.strip() if said.tracking_number else None,
                crosses_border=said.crosses_border,
                customs_letter=letter,
                consigned_to=owner_of(tx, testbuy).id if said.to_desk else None,
                photos=[photo.public_id for photo in photos],
                opened_at=act.now,
                utc_offset_minutes=said.utc_offset_minutes,
            )
            facts: dict[str, object] = {"exhibit": exhibit.reference, "hand_over": number}
            if photos:
                facts["photos"] = [photo.digest for photo in photos]
            if letter:
                facts["customs_letter"] = letter
            note(tx, act, testbuy, "hand-over opened", facts, wake=False)
            if said.to_person is not None:
                tell(
                    tx,
                    act,
                    NoticeKind.HAND_OVER,
                    f"hand-over:{number}",
                    f"{exhibit.reference} is being handed to you. Confirm it once you have it.",
                    to_person=said.to_person,
                    testbuy=testbuy,
                    about=exhibit.reference,
                )
    if wrong:
        raise wrong
    return number


def take(db: Database, act: Act, exhibit_reference: str, said: Taking) -> None:
    """The taker with an account completes the hand-over that was opened to them."""
    ensure_handles(act)
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        opened = _opened(tx, exhibit)
        if opened.to_person is None or opened.to_person != act.person:
            raise Refused(
                f"{exhibit_reference} is being handed to {opened.to_holder}. "
                "Nobody confirms for the other side."
            )
        wrong = mismatch(tx, act, testbuy, exhibit, opened.seal_out, said.seal_in)
        if wrong is None:
            _complete(tx, act, exhibit, opened, said, to_vouched=Vouched.ACCOUNT)
            note(tx, act, testbuy, "handed over", _facts(exhibit, opened))
    if wrong:
        raise wrong


def sign(
    db: Database,
    vault: Vault,
    act: Act,
    exhibit_reference: str,
    said: Taking,
    signature: Signature,
) -> None:
    """The taker without an account signs before the giver, who completes the hand-over with it."""
    ensure_handles(act)
    digest = keep_signature(vault, signature)
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        ensure_reach(tx, act, exhibit, testbuy)
        opened = _opened(tx, exhibit)
        if opened.to_person is not None:
            raise Refused(f"{opened.to_holder} has an account and confirms as themselves.")
        if opened.opened_by != act.person:
            raise Refused("The signature is given before the person who hands over.")
        wrong = mismatch(tx, act, testbuy, exhibit, opened.seal_out, said.seal_in)
        if wrong is None:
            vouched = vouched_by(signature)
            _complete(
                tx, act, exhibit, opened, said, to_vouched=vouched, to_signature=digest,
                signed_by=signature.name.strip(),
            )  # fmt: skip
            facts = _facts(exhibit, opened) | {"signature": digest}
            note(tx, act, testbuy, "handed over", facts)
    if wrong:
        raise wrong


def take_from_outside(
    db: Database,
    vault: Vault,
    act: Act,
    exhibit_reference: str,
    said: Taking,
    *,
    tracking_number: str | None = None,
    signature: Signature | None = None,
) -> None:
    """A person with an account takes an exhibit from a carrier, the police, a laboratory or a desk.

    A carrier is vouched for by the tracking number the consignment went out under, anybody else by
    a signature. Another seal or tracking number than the one due is refused, the seal recorded.
    """
    ensure_handles(act)
    digest = keep_signature(vault, signature) if signature else None
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        ensure_reach(tx, act, exhibit, testbuy)
        last, person = last_entry(tx, exhibit.id), one(tx, Person, id=act.person)
        assert last is not None and person is not None
        if last.to_kind not in OUTSIDE:
            raise Refused(
                f"{exhibit_reference} is with {Holder(last.to_kind, last.to_holder)}, who hands it "
                "over as themselves."
            )
        carried = last.to_kind is HolderKind.CARRIER
        number = (tracking_number or "").strip()
        if carried and number != last.tracking_number:
            raise Refused(
                "It did not go out under this tracking number. Compare it with the waybill."
            )
        if not carried and signature is None:
            raise Refused(f"{last.to_holder} signs for handing it over, on glass or on a receipt.")
        wrong = mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, said.seal_in)
        if wrong is None:
            vouched = Vouched.TRACKING if carried else vouched_by(signature)
            record(
                tx,
                act,
                exhibit,
                giver=Holder(last.to_kind, last.to_holder),
                taker=person_holder(person),
                method=Method.BY_CARRIER if carried else Method.IN_PERSON,
                place=said.place.strip(),
                purpose="taken over",
                seal_out=exhibit.seal_number,
                seal_in=said.seal_in.strip(),
                condition=said.condition.strip(),
                weight_grams=said.weight_grams,
                tracking_number=number or None,
                utc_offset_minutes=said.utc_offset_minutes,
                from_vouched=vouched,
                from_signature=digest,
            )
            note(tx, act, testbuy, "taken over", {"exhibit": exhibit.reference})
    if wrong:
        raise wrong


def withdraw(db: Database, act: Act, exhibit_reference: str) -> None:
    """The giver takes an open hand-over back: the exhibit never left them."""
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        ensure_reach(tx, act, exhibit, testbuy)
        opened = _opened(tx, exhibit)
        if opened.opened_by != act.person:
            raise Refused("Only who opened a hand-over withdraws it.")
        change_one(tx, HandOver, opened.id, withdrawn_at=act.now)
        note(tx, act, testbuy, "hand-over withdrawn", _facts(exhibit, opened), wake=False)


def _opened(tx: Transaction, exhibit: Exhibit) -> HandOver:
    opened = open_hand_over(tx, exhibit.id)
    if opened is None:
        raise Refused(f"Nobody is handing {exhibit.reference} over. The giver opens it first.")
    return opened


def _complete(
    tx: Transaction,
    act: Act,
    exhibit: Exhibit,
    opened: HandOver,
    said: Taking,
    signed_by: str = "",
    **vouched: object,
) -> None:
    if not said.condition.strip():
        raise Refused("Say in what condition it came.")
    ensure_offset(said.utc_offset_minutes)
    signed = f"; signed by {signed_by}" if signed_by else ""
    record(
        tx,
        act,
        exhibit,
        giver=Holder(opened.from_kind, opened.from_holder),
        taker=Holder(opened.to_kind, opened.to_holder),
        method=opened.method,
        place=said.place.strip() or opened.place,
        purpose=opened.purpose,
        seal_in=said.seal_in.strip(),
        condition=f"{opened.condition}; {said.condition.strip()}{signed}",
        weight_grams=said.weight_grams,
        tracking_number=opened.tracking_number,
        utc_offset_minutes=said.utc_offset_minutes,
        **(giver_said(opened) | vouched),
    )
    change_one(tx, HandOver, opened.id, completed_at=act.now)


def _facts(exhibit: Exhibit, opened: HandOver) -> dict[str, object]:
    return {"exhibit": exhibit.reference, "hand_over": opened.id}
