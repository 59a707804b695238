"""What no machine read in a photo, compared by a clerk: challenge code, seal number, waybill.

Owns what each is compared with and the clerk's word on it. Leaves telling what was read to
`rules.gates`, and taking photos to `casework.intake.photographing`.
"""

from collections.abc import Sequence
from datetime import datetime

from casework.act import Act
from casework.custody.certifying import kit_card
from casework.errors import NotFound, Refused, Stale
from casework.move import find, note
from rules.roles import Role
from rules.shots import Proof
from storage import confirmations
from storage.confirmations import unread
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Confirmation, CustodyEntry, Exhibit, OrderAttempt, Parcel, Photo, TestBuy

NAMES = {
    Proof.CHALLENGE: "challenge code",
    Proof.SEAL: "seal number",
    Proof.WAYBILL: "waybill's number",
}
"""What people call each."""


def confirm(
    db: Database,
    act: Act,
    public_id: str,
    *,
    proof: Proof,
    compared_with: str,
    agrees: bool,
    remark: str,
) -> str:
    """A clerk says whether a photo shows what it should; gives the test buy's reference.

    `compared_with` is the code or number the clerk was shown. A later word corrects an earlier one.
    """
    if act.role is not Role.CLERK or act.person is None:
        raise Refused("Only a clerk confirms what no machine read.")
    if not agrees and not remark.strip():
        raise Refused("Say what the photo shows instead; the dossier prints it.")
    photos, testbuys = table_of(Photo).c, table_of(TestBuy).c
    with db.write() as tx:
        photo = one(tx, Photo, photos.public_id == public_id)
        owner = one(tx, TestBuy, testbuys.id == photo.testbuy_id) if photo else None
        if photo is None or owner is None:
            raise NotFound("There is no such photo.")
        testbuy = find(tx, act, owner.reference)
        if not photo.accepted or proof not in unread(photo):
            raise Refused(f"This photo's {NAMES[proof]} needs nobody to confirm it.")
        expected = expected_of(tx, testbuy, proof, photo.received_at)
        if expected is None:
            raise Refused(f"No {NAMES[proof]} is on record yet to compare the photo with.")
        if compared_with != expected:
            raise Stale(
                f"The {NAMES[proof]} on record was changed meanwhile. "
                "Nothing of yours was saved: look at the photo again."
            )
        last = confirmations_of(tx, photo.id, proof)[-1:]
        if last and (last[0].agrees, last[0].compared_with) == (agrees, expected):
            raise Refused("This is recorded already; nothing needs to be done.")
        add(
            tx,
            Confirmation,
            testbuy_id=testbuy.id,
            photo_id=photo.id,
            proof=proof,
            agrees=agrees,
            compared_with=expected,
            note=remark.strip(),
            confirmed_by=act.person,
            confirmed_at=act.now,
        )
        confirmations.look_over(tx, testbuy)
        facts = {"shot": photo.shot, "digest": photo.digest, "proof": proof, "agrees": agrees}
        note(tx, act, testbuy, "photo compared by eye", facts, wake=False)
        return testbuy.reference


def expected_of(
    tx: Transaction, testbuy: TestBuy, proof: Proof, at: datetime | None = None
) -> str | None:
    """The code or number that a photo of the test buy must show; None where none is known yet.

    `at` is when the photo came: an exhibit was under the seal of that time, which a later one does
    not unmake. Before it was bagged it is the first.
    """
    if proof is Proof.CHALLENGE:
        # A numbered card lies there instead, where one was recorded before the parcel came.
        return kit_card(tx, testbuy) or testbuy.challenge_code
    if proof is Proof.WAYBILL:
        return _tracking_number(tx, testbuy.id)
    exhibits = table_of(Exhibit).c
    bagged = every(tx, Exhibit, exhibits.testbuy_id == testbuy.id, order_by=exhibits.id)
    return ", ".join(_seal_at(tx, exhibit, at) for exhibit in bagged) or None


def _seal_at(tx: Transaction, exhibit: Exhibit, at: datetime | None) -> str:
    if at is None:
        return exhibit.seal_number
    entries = table_of(CustodyEntry).c
    rows = every(tx, CustodyEntry, exhibit_id=exhibit.id, order_by=entries.seq)
    under = [row.seal_in for row in rows if row.handed_at <= at]
    return under[-1] if under else (rows[0].seal_in if rows else exhibit.seal_number)


def confirmations_of(tx: Transaction, photo_id: int, proof: Proof) -> Sequence[Confirmation]:
    """What clerks said of a photo, oldest first; the last word counts."""
    rows = table_of(Confirmation).c
    return every(tx, Confirmation, rows.photo_id == photo_id, rows.proof == proof, order_by=rows.id)


def _tracking_number(tx: Transaction, testbuy_id: int) -> str | None:
    attempts, parcels = table_of(OrderAttempt), table_of(Parcel)
    query = (
        parcels.select()
        .with_only_columns(parcels.c.tracking_number)
        .join(attempts, attempts.c.id == parcels.c.order_attempt_id)
        .where(attempts.c.testbuy_id == testbuy_id)
        .order_by(parcels.c.id.desc())
    )
    return tx.execute(query).scalars().first()
