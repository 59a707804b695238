"""Codes on the goods: recorded as they were read, corrected by later rows, put on their exhibit.

Owns who records what and when, and that a serial raises its leads in the same transaction. A code
read before the exhibits are bagged waits for its exhibit: the only one gets it, of several a clerk
says which. Leaves what machines read to `casework.intake.machine_codes`, the comparison to
`rules.codes`, leads to `casework.operators.leads`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.examinations.examining import ensure_open, entitled
from casework.move import ensure_own, note
from casework.operators import membership
from casework.operators.leads import hold, raise_for
from evidence.digests import sha256_of
from rules.codes import (
    LONGEST,
    CodeKind,
    CodeSource,
    ScanResult,
    key,
    links,
    written,
)
from rules.lifecycle import Stage
from rules.roles import Role
from storage import codes as kept
from storage import testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Examination,
    Exhibit,
    ExhibitCode,
    Photo,
    TestBuy,
)

RECORDERS = frozenset({Role.CLERK, Role.SUPERVISOR})
"""Who records, corrects and places codes in the store."""

_UNBOXED = (Stage.RECEIVED, Stage.DOCUMENTED, Stage.SUBMITTED)
_codes, _exhibits = table_of(ExhibitCode).c, table_of(Exhibit).c


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as somebody read it; `photo` is the public id of the photo it was read from.

    `scan_result` is what a verification code's scan said, `scans` how often it had been scanned.
    """

    kind: CodeKind
    text: str
    photo: str | None = None
    scan_result: ScanResult | None = None
    scans: int | None = None


def record(db: Database, act: Act, exhibit_reference: str, code: NewCode) -> int:
    """A clerk writes down a code on an exhibit; gives the number of its row."""
    if act.role not in RECORDERS:
        raise Refused(f"A code on an exhibit is recorded by a clerk; you act as {act.role}.")
    with db.write() as tx:
        kept.take_turn(tx)
        exhibit, owner = _exhibit(tx, exhibit_reference)
        testbuy = hold(tx, act, owner.reference, [key(code.text)])
        return _record(tx, act, testbuy, exhibit, code, CodeSource.CLERK)


def record_on_task(db: Database, act: Act, reference: str, code: NewCode) -> int:
    """The buyer writes down a code on what came out of the parcel."""
    if act.role is not Role.BUYER:
        raise Refused("Only the buyer writes down codes on this page.")
    with db.write() as tx:
        kept.take_turn(tx)
        testbuy = hold(tx, act, reference, [key(code.text)])
        ensure_own(act, testbuy)
        if testbuy.stage not in _UNBOXED:
            raise Refused(
                "Codes are written down once the parcel is here, until the verdict.",
                stage=testbuy.stage,
            )
        return _record(tx, act, testbuy, only_exhibit(tx, testbuy), code, CodeSource.BUYER)


def state(db: Database, act: Act, public_id: str, code: NewCode) -> None:
    """An authenticator states a code on what they examine, and is told nothing of leads."""
    with db.write() as tx:
        kept.take_turn(tx)
        examination = one(tx, Examination, public_id=public_id)
        owner = one(tx, TestBuy, id=examination.testbuy_id) if examination else None
        if examination is None or owner is None:
            raise NotFound(f"There is no examination {public_id} in your queue.")
        testbuy = hold(tx, act, owner.reference, [key(code.text)])
        examination, _ = entitled(tx, act, public_id)
        ensure_open(tx, examination, testbuy, act)
        if examination.claimed_by != act.person:
            raise Refused("Claim the examination first.")
        exhibit = one(tx, Exhibit, id=examination.exhibit_id)
        _record(tx, act, testbuy, exhibit, code, CodeSource.AUTHENTICATOR)


def correct(db: Database, act: Act, number: int, code: NewCode, *, reason: str) -> int:
    """A later row takes the place of code `number`; without a text it says that there is none."""
    if act.role not in RECORDERS or act.person is None:
        raise Refused("Only a clerk or supervisor corrects a code.")
    if not reason.strip():
        raise Refused("Say what was wrong with the code; the dossier prints it.")
    with db.write() as tx:
        kept.take_turn(tx)
        wrong, owner = _code(tx, number)
        # What the wrong code joined may come apart: shops and operators first (docs/adr/0004).
        membership.hold(tx, [owner.shop_id])
        testbuy = hold(tx, act, owner.reference, [key(code.text)])
        if not kept.standing(tx, _codes.id == number):
            raise Refused("This code was corrected already. Correct the newest one.")
        same = (wrong.kind, wrong.text, wrong.scan_result, wrong.scans)
        if same == (code.kind, written(code.text), code.scan_result, code.scans):
            raise Refused("This is what is on record already; nothing needs to be corrected.")
        exhibit = one(tx, Exhibit, id=wrong.exhibit_id) if wrong.exhibit_id else None
        photo = code.photo or _public_id(tx, wrong.photo_id)
        new = NewCode(code.kind, code.text, photo, code.scan_result, code.scans)
        return _record(
            tx, act, testbuy, exhibit, new, CodeSource.CLERK, corrects=number, reason=reason.strip()
        )


def place(db: Database, act: Act, number: int, exhibit_reference: str) -> None:
    """A clerk says which exhibit of its test buy bears a code; said once."""
    if act.role not in RECORDERS or act.person is None:
        raise Refused("Only a clerk or supervisor says which exhibit bears a code.")
    with db.write() as tx:
        kept.take_turn(tx)
        exhibit, owner = _exhibit(tx, exhibit_reference)
        code, _ = _code(tx, number)
        testbuy = hold(tx, act, owner.reference, [code.key])
        code, _ = _code(tx, number)
        if code.testbuy_id != owner.id:
            raise Refused(f"This code was read in another test buy than {exhibit_reference}'s.")
        if code.exhibit_id is not None:
            raise Refused("This code stands on an exhibit already. Correct it where it is wrong.")
        _place(tx, act, testbuy, code, exhibit)


def place_waiting(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """Put what was read before the bagging on the only exhibit; of several a clerk says which."""
    exhibit = only_exhibit(tx, testbuy)
    if exhibit is None:
        return
    for code in _waiting(tx, testbuy.id):
        _place(tx, act, testbuy, code, exhibit)


def hold_for_bagging(tx: Transaction, act: Act, reference: str, version: int) -> TestBuy:
    """The test buy, held, with those that the codes waiting for its exhibit link it to."""
    kept.take_turn(tx)
    owner = testbuys.by_reference(tx, reference)
    waiting = _waiting(tx, owner.id) if owner else ()
    keys = [code.key for code in waiting if links(code.kind, code.key)]
    return hold(tx, act, reference, keys, version)


def _record(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    exhibit: Exhibit | None,
    code: NewCode,
    source: CodeSource,
    **correction: Any,
) -> int:
    _ensure_whole(code, empty_will_do="corrects" in correction)
    photo = one(tx, Photo, public_id=code.photo) if code.photo else None
    if code.photo and (photo is None or photo.testbuy_id != testbuy.id):
        raise Refused("The photo the code was read from is not one of this test buy.")
    # Two people who read the same bear each other out, so both are kept.
    said = {"kind": code.kind, "text": written(code.text), "recorded_by": act.person}
    said |= {"scan_result": code.scan_result, "scans": code.scans}
    on = exhibit.id if exhibit else None
    for each in kept.standing(tx, _codes.testbuy_id == testbuy.id):
        same = all(getattr(each, name) == value for name, value in said.items())
        if same and each.exhibit_id == on and not correction:
            raise Refused("This code is on record already; nothing needs to be done.")
    photo_id = photo.id if photo else None
    return add_code(tx, act, testbuy, exhibit, code, source, photo_id=photo_id, **correction)


def add_code(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    exhibit: Exhibit | None,
    code: NewCode,
    source: CodeSource,
    *,
    photo_id: int | None,
    symbology: str | None = None,
    corrects: int | None = None,
    reason: str = "",
) -> int:
    """Insert a code and raise its leads; `exhibit` None: it waits for one."""
    assert act.person is not None  # codes and photos come from people
    text = written(code.text)
    number = add(
        tx,
        ExhibitCode,
        testbuy_id=testbuy.id,
        exhibit_id=exhibit.id if exhibit else None,
        brand_id=testbuy.brand_id,
        kind=code.kind,
        text=text,
        key=key(text),
        source=source,
        symbology=symbology,
        photo_id=photo_id,
        scan_result=code.scan_result,
        scans=code.scans,
        corrects_id=corrects,
        reason=reason,
        recorded_by=act.person,
        recorded_at=act.now,
    )
    facts: dict[str, Any] = {"code": number, "kind": code.kind, "source": source}
    facts |= {"digest": sha256_of(text.encode())} | ({"corrects": corrects} if corrects else {})
    facts |= {"exhibit": exhibit.reference} if exhibit else {}
    facts |= {"scan": code.scan_result, "scans": code.scans} if code.scan_result else {}
    what = "code corrected" if corrects else "code recorded"
    note(tx, act, testbuy, what, facts, wake=False)
    raise_for(tx, act, testbuy, _code(tx, number)[0])
    return number


def _place(
    tx: Transaction, act: Act, testbuy: TestBuy, code: ExhibitCode, exhibit: Exhibit
) -> None:
    change_one(tx, ExhibitCode, code.id, exhibit_id=exhibit.id)
    facts = {"code": code.id, "exhibit": exhibit.reference}
    note(tx, act, testbuy, "code placed", facts, wake=False)
    raise_for(tx, act, testbuy, _code(tx, code.id)[0])


def _ensure_whole(code: NewCode, *, empty_will_do: bool) -> None:
    if not key(code.text) and not (empty_will_do and not code.text.strip()):
        raise Refused("Type the code as it stands on the goods: letters and digits.")
    if len(code.text) > LONGEST:
        raise Refused(f"A code has at most {LONGEST} signs. Type the code alone.")
    if code.scan_result and code.kind is not CodeKind.VERIFICATION:
        raise Refused("Only a verification code has a scan's result. Choose that kind, or none.")
    counted = code.scan_result is ScanResult.ALREADY_SCANNED
    if code.scans is not None and not (counted and code.scans > 0):
        raise Refused("Say how often it was scanned only where the result is “already scanned”.")


def _waiting(tx: Transaction, testbuy_id: int) -> Sequence[ExhibitCode]:
    return kept.waiting(tx, testbuy_id)


def only_exhibit(tx: Transaction, testbuy: TestBuy) -> Exhibit | None:
    """The exhibit of a test buy that has just one."""
    bagged = every(tx, Exhibit, testbuy_id=testbuy.id, order_by=_exhibits.id)
    return bagged[0] if len(bagged) == 1 else None


def _exhibit(tx: Transaction, reference: str) -> tuple[Exhibit, TestBuy]:
    exhibit = one(tx, Exhibit, reference=reference.strip().upper())
    owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
    if exhibit is None or owner is None:
        raise NotFound(f"There is no exhibit {reference}. Check the label.")
    return exhibit, owner


def _code(tx: Transaction, number: int) -> tuple[ExhibitCode, TestBuy]:
    code = one(tx, ExhibitCode, id=number)
    owner = one(tx, TestBuy, id=code.testbuy_id) if code else None
    if code is None or owner is None:
        raise NotFound("There is no such code.")
    return code, owner


def _public_id(tx: Transaction, photo_id: int | None) -> str | None:
    photo = one(tx, Photo, id=photo_id) if photo_id else None
    return photo.public_id if photo else None
