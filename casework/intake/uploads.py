"""Photos and videos that come in parts: begun, continued where they broke off, taken in once.

Owns whose uploads are whose, how large they may be, and that a whole one becomes a photo exactly
once, however often that is asked for. Leaves the bytes on their way to `evidence.spool`, and
judging and keeping a photo to `casework.intake.photographing`.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.filing import MEGABYTE
from casework.intake.photographing import take_photo
from casework.photographs.photographers import ensure_may_photograph
from casework.shots.shotlists import named
from evidence.digests import DigestError, digest_of, parse
from evidence.spool import Gone, Spool, Upload
from evidence.vault import Vault
from rules.roles import Role
from rules.shots import ShotKind
from storage import policies, testbuys
from storage.session import Database, Transaction
from storage.tables import TestBuy

log = logging.getLogger("testbuy.uploads")

KEPT = timedelta(days=7)
"""An upload that is not whole by then is taken away; the phone has the photo and begins again."""
AT_ONCE = 200
"""Uploads that one person may have open."""
_SPARE = 200 * MEGABYTE
"""Bytes of the disk that uploads leave free, for the database and everybody else."""


class TooLarge(Refused):
    """The file is larger than the programme's policies take."""


class NoRoom(Refused):
    """The disk could not hold the whole file; nothing was begun."""


class OtherBytes(Refused):
    """What came is not what the phone took the digest of; it must be sent anew from the start."""


def ensure_task(db: Database, act: Act, reference: str) -> None:
    """Raises NotFound unless the test buy is this buyer's own."""
    with db.read() as tx:
        _own(tx, act, reference)


def begin(
    db: Database,
    spool: Spool,
    act: Act,
    reference: str,
    *,
    shot: str,
    digest: str,
    length: int,
    name: str,
) -> Upload:
    """Open an upload of `length` bytes for a shot; the same photo for the same shot has one alone.

    Raises NotFound for somebody else's task; Refused for a shot or stage at which no photo is
    taken, TooLarge, NoRoom.
    """
    try:
        parse(digest)
    except DigestError as error:
        raise Refused(str(error)) from error
    with db.read() as tx:
        testbuy = _own(tx, act, reference)
        wanted = named(tx, testbuy, shot)
        if wanted is None:
            raise Refused(f"There is no shot {shot}. Choose one of the list.")
        ensure_may_photograph(tx, act, testbuy, shot)
        in_force = policies.read(tx)
    film = wanted.kind is ShotKind.VIDEO
    megabytes = in_force.video_megabytes if film else in_force.photo_megabytes
    if not 0 < length <= megabytes * MEGABYTE:
        raise TooLarge(f"{shot} takes files of at most {megabytes:,} MB, and none without bytes.")
    upload = Upload(
        _key(act, reference, shot, digest, length), _person(act), reference, shot, digest, length,
        "".join(sign for sign in name if sign.isprintable())[:200], act.now,
    )  # fmt: skip
    try:
        there = spool.find(upload.key)
    except Gone:
        _ensure_room(spool, upload)
        return spool.begin(upload)
    if spool.answer(there) is None:
        return there
    # It was taken in before, and is offered once more: the photo's own row answers for both.
    spool.remove(there)
    return spool.begin(upload)


def find(spool: Spool, act: Act, reference: str, upload_id: str) -> Upload:
    """The person's own upload for a task; NotFound for anybody else's, or one taken away."""
    try:
        parse(f"sha256:{upload_id}")
        upload = spool.find(f"{_person(act)}-{upload_id}")
    except (DigestError, Gone):
        raise gone() from None
    if upload.reference != reference:
        raise gone()
    return upload


def public_id(upload: Upload) -> str:
    """What an upload is called in its address; it names nobody."""
    return upload.key.partition("-")[2]


def take_in(db: Database, vault: Vault, spool: Spool, act: Act, upload: Upload) -> dict[str, Any]:
    """Make a photo of an upload whose bytes are all there; gives what became of it.

    Repeated after a crash, or by two at once, it gives the same answer: `photo` (its public id),
    `accepted`, `kept_for_supervisor`, `reasons`, `remarks`; or `refused`, the reasons for which
    nothing was kept. Raises OtherBytes where the digest is another than the phone's.
    """
    with spool.turn(upload):
        if answer := spool.answer(upload):
            return answer
        with spool.open(upload) as data:
            if digest_of(data) != upload.digest:
                spool.restart(upload)
                raise OtherBytes("The file did not arrive as it was sent. It is sent anew.")
            try:
                taken = take_photo(
                    db, vault, act, upload.reference,
                    shot=upload.shot, data=data, name=upload.name,
                )  # fmt: skip
            except Refused as no:
                answer = {"refused": list(no.reasons)}
            else:
                answer = asdict(taken) | {"photo": taken.public_id, "digest": upload.digest}
        spool.close(upload, answer)
        return answer


def tidy(
    db: Database,
    vault: Vault,
    spool: Spool,
    acting: Callable[[int], Act],
    now: datetime,
) -> tuple[int, int]:
    """Take in what is whole and was left by a crash, take away what is too old; gives how many.

    `acting` gives the act of a buyer by their number: the photo is theirs, whoever carries it in.
    """
    taken = removed = 0
    spool.clear(now - KEPT)
    for upload in spool.all():
        try:
            if spool.answer(upload) is None and spool.offset(upload) == upload.length:
                take_in(db, vault, spool, acting(upload.person), upload)
                taken += 1
            elif upload.begun_at + KEPT < now:
                spool.remove(upload)
                removed += 1
        except (Gone, OtherBytes):
            continue
        except Exception:
            # One file that can't be taken in, or a full disk, must not stop the clock for the rest.
            log.exception("the upload of shot %s of %s waits", upload.shot, upload.reference)
    return taken, removed


def gone() -> NotFound:
    """There is no such upload for this person."""
    return NotFound("There is no such upload, or not any more. Begin it again.")


def _own(tx: Transaction, act: Act, reference: str) -> TestBuy:
    testbuy = testbuys.by_reference(tx, reference)
    if testbuy is None or act.role is not Role.BUYER or testbuy.buyer_id != act.person:
        raise NotFound(f"There is no test buy {reference}.")
    return testbuy


def _ensure_room(spool: Spool, upload: Upload) -> None:
    open_now = [each for each in spool.of(upload.person) if spool.answer(each) is None]
    if len(open_now) >= AT_ONCE:
        raise Refused(f"You have {AT_ONCE} uploads under way. Let them end before you begin more.")
    owed = sum(each.length - spool.offset(each) for each in open_now)
    if spool.room() < owed + upload.length + _SPARE:
        raise NoRoom("The disk has no room for the whole file now. Keep it; it is sent later.")


def _key(act: Act, reference: str, shot: str, digest: str, length: int) -> str:
    said = "\0".join((reference, shot, digest, str(length)))
    return f"{_person(act)}-{hashlib.sha256(said.encode()).hexdigest()}"


def _person(act: Act) -> int:
    assert act.person is not None  # uploads come from people
    return act.person
