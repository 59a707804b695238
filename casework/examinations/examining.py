"""Examinations: opened over a frozen set of photos, claimed, given back, withdrawn.

An examination is an opaque id; who works on it learns nothing else of the test buy.
"""

from collections.abc import Sequence
from datetime import timedelta

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.examinations.examined import (
    conclusion_due,
    pending_on,
    standing_examiners,
    unsealed,
)
from casework.move import find, move, note
from casework.shots.shotcheck import category_of
from casework.shots.shotlists import named
from casework.telling.announcing import announce
from evidence.digests import sha256_of
from rules import shots
from rules.lifecycle import Move, Stage
from rules.roles import Role
from rules.waiting import ANOTHER_PHOTO
from rules.webhooks import Event
from storage import policies
from storage.grants import roles_of
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    BrandGrant,
    Examination,
    ExaminationPhoto,
    ExaminationState,
    Exhibit,
    Person,
    Photo,
    PhotoRequest,
    TestBuy,
)
from storage.took_part import took_part

_examinations = table_of(Examination)
_photos = table_of(Photo)


def claim(db: Database, act: Act, public_id: str) -> None:
    """Take an examination for a while, so that no two authenticators work on it."""
    with db.write(short=True) as tx:
        examination, testbuy = entitled(tx, act, public_id)
        ensure_open(tx, examination, testbuy, act)
        if act.person in standing_examiners(tx, examination.exhibit_id):
            raise Refused("Your own verdict on it stands already; somebody else must look now.")
        until = act.now + timedelta(minutes=policies.read(tx).claim_minutes)
        change_one(
            tx,
            Examination,
            examination.id,
            claimed_by=act.person,
            claimed_until=until,
        )


def claim_next(db: Database, act: Act, offered: Sequence[str]) -> str | None:
    """Claim the first of the `offered` examinations that is still free; None: none is."""
    for public_id in offered:
        try:
            claim(db, act, public_id)
        except Refused:
            continue
        return public_id
    return None


def release(db: Database, act: Act, public_id: str) -> None:
    """Give a claimed examination back to the queue."""
    with db.write() as tx:
        examination, _ = entitled(tx, act, public_id)
        if pending_on(tx, examination.id):
            raise Refused("Your verdict on it is being sealed. Undo it first.")
        change(
            tx,
            Examination,
            _examinations.c.id == examination.id,
            _examinations.c.claimed_by == act.person,
            claimed_by=None,
            claimed_until=None,
        )


def give_back(tx: Transaction, act: Act, person_id: int) -> None:
    """Give back the claims of a person who may no longer examine what they claimed.

    A verdict they have given already is sealed or not as their grants are then.
    """
    claimed = every(tx, Examination, claimed_by=person_id, state=ExaminationState.OPEN)
    person = one(tx, Person, id=person_id, active=True)
    examines = person is not None and Role.AUTHENTICATOR in roles_of(tx, person_id)
    granted = {grant.brand_id for grant in every(tx, BrandGrant, person_id=person_id)}
    for each in claimed:
        lapsed = each.claimed_until is None or each.claimed_until <= act.now
        kept = examines and each.brand_id in granted
        if kept or lapsed or pending_on(tx, each.id):
            continue
        owner = one(tx, TestBuy, id=each.testbuy_id)
        assert owner is not None  # a foreign key holds it
        change_one(tx, Examination, each.id, claimed_by=None, claimed_until=None)
        note(tx, act, owner, "claim given back", {"examination": each.public_id}, wake=False)


def ask_photo(db: Database, act: Act, public_id: str, *, shot: str, note: str) -> None:
    """Ask for one more photo: the examination is withdrawn and another follows with the photo."""
    if not note.strip():
        raise Refused("Say what the photo should show.")
    with db.write() as tx:
        examination, testbuy = entitled(tx, act, public_id)
        ensure_open(tx, examination, testbuy, act)
        wanted = named(tx, testbuy, shot)
        if wanted is None or Role.AUTHENTICATOR not in wanted.audience:
            raise Refused(f"You are shown no shot {shot}. Choose one of the goods.")
        assert act.person is not None  # requests come from people
        _ensure_nothing_pending(tx, testbuy, "This can't be asked for at this moment. ")
        _withdraw(tx, act, testbuy)
        add(
            tx,
            PhotoRequest,
            testbuy_id=testbuy.id,
            examination_id=examination.id,
            shot=shot,
            note=note.strip(),
            asked_by=act.person,
            asked_at=act.now,
        )
        move(
            tx,
            act,
            testbuy,
            Move.ASK_PHOTO,
            reasons=[f"The authenticator asks for {shot}: {note.strip()}"],
            waiting=ANOTHER_PHOTO,
        )


def open_examination(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    exhibit: Exhibit,
    *,
    follows: Examination | None,
    supersedes: bool = False,
) -> str:
    seen = every(
        tx,
        Photo,
        testbuy_id=testbuy.id,
        accepted=True,
        order_by=_photos.c.id,
    )
    shown = [photo for photo in seen if Role.AUTHENTICATOR in shots.SHOTS[photo.shot].audience]
    # A withdrawn examination leads on to what it followed itself: nobody judged in it.
    sealed_before = follows and follows.state is ExaminationState.SEALED
    number = (follows.id if follows else 0) + 1
    public_id = act.token(f"examination:{exhibit.reference}:{number}")
    digests = "\n".join(photo.digest for photo in shown)
    examination_id = add(
        tx,
        Examination,
        public_id=public_id,
        testbuy_id=testbuy.id,
        exhibit_id=exhibit.id,
        brand_id=testbuy.brand_id,
        basis=category_of(tx, testbuy).basis,
        state=ExaminationState.OPEN,
        follows_id=(follows.id if sealed_before else follows.follows_id) if follows else None,
        supersedes=supersedes or bool(follows and not sealed_before and follows.supersedes),
        photos_digest=sha256_of(digests.encode()),
        opened_at=act.now,
    )
    for photo in shown:
        add(tx, ExaminationPhoto, examination_id=examination_id, photo_id=photo.id)
    tell(tx, act, Event.EXAMINATION_OPENED, public_id, testbuy.brand_id)
    return public_id


def tell(tx: Transaction, act: Act, event: Event, public_id: str, brand_id: int) -> None:
    """Owe word of an examination, by its id and nothing else, to webhooks of its brand."""
    announce(tx, act, event, {"examination": public_id}, brand_id=brand_id)


def withdraw_open(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """Take back what authenticators have not sealed yet, because the test buy ends early.

    Raises Refused where a verdict is sealed and its conclusion is not drawn: to end the test buy
    now would throw a verdict away that somebody is convicted or cleared on.
    """
    if conclusion_due(tx, testbuy):
        raise Refused(
            "A verdict is sealed, and what follows from it is not drawn yet. "
            "Wait for the conclusion, then decide.",
            stage=testbuy.stage,
        )
    _ensure_nothing_pending(tx, testbuy, "A verdict on it is being sealed. ")
    if _withdraw(tx, act, testbuy):
        note(tx, act, testbuy, "examinations withdrawn", wake=False)


def entitled(tx: Transaction, act: Act, public_id: str) -> tuple[Examination, TestBuy]:
    """The examination and its test buy, held, if its brand is granted to the one who acts.

    The test buy is locked first, as every change of it does, then the examination is read again.
    """
    examination = one(tx, Examination, public_id=public_id)
    if (
        examination is None
        or act.role is not Role.AUTHENTICATOR
        or not one(
            tx,
            BrandGrant,
            person_id=act.person,
            brand_id=examination.brand_id,
        )
    ):
        raise NotFound(f"There is no examination {public_id} in your queue.")
    owner = one(tx, TestBuy, id=examination.testbuy_id)
    assert owner is not None  # a foreign key holds it
    testbuy = find(tx, act, owner.reference)
    present = one(tx, Examination, id=examination.id)
    assert present is not None  # examinations are never removed
    return present, testbuy


def ensure_open(tx: Transaction, examination: Examination, testbuy: TestBuy, act: Act) -> None:
    """Raises Stale unless the one who acts may work on it; it tells nothing of the test buy."""
    if examination.state is not ExaminationState.OPEN:
        raise Stale(f"This examination is {examination.state} already. Take the next one.")
    anew = examination.supersedes or examination.follows_id is not None
    stages = {Stage.SUBMITTED, Stage.REFERRED, Stage.CLOSED} if anew else {Stage.SUBMITTED}
    if testbuy.stage not in stages:
        raise Stale("This examination is not wanted any more. Take the next one.")
    if act.person in took_part(tx, testbuy.id):
        # Their role of then is over; what they knew of it then is not.
        raise Refused("You had another part in this matter; somebody else must examine it.")
    taken = examination.claimed_until and examination.claimed_until > act.now
    pending = pending_on(tx, examination.id)
    if pending and pending.person_id == act.person:
        raise Refused("Your verdict on it is being sealed. Undo it first.")
    if pending or (taken and examination.claimed_by != act.person):
        raise Stale("Somebody else is working on this examination. Take the next one.")


def _ensure_nothing_pending(tx: Transaction, testbuy: TestBuy, why: str) -> None:
    if any(pending_on(tx, each.id) for each in unsealed(tx, testbuy.id)):
        raise Refused(f"{why}Try again in half a minute.", stage=testbuy.stage)


def _withdraw(tx: Transaction, act: Act, testbuy: TestBuy) -> int:
    for each in unsealed(tx, testbuy.id):
        tell(tx, act, Event.EXAMINATION_WITHDRAWN, each.public_id, each.brand_id)
    return change(
        tx,
        Examination,
        _examinations.c.testbuy_id == testbuy.id,
        _examinations.c.state == ExaminationState.OPEN,
        state=ExaminationState.WITHDRAWN,
        claimed_until=None,
    )
