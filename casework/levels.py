"""Levels of a package: who asks for one, who agrees, and what then goes into it.

The full level needs the yes of two people, neither of whom asked. Owns the releases, agencies'
certificates, and the originals, copies and inner bag of a level. What is given of each photo is
`rules.audience`'s to say; what else goes along is `casework.packing`'s.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from casework.masking import latest
from casework.move import find, note
from casework.record import Record
from casework.referrals import hold_referral
from evidence import envelope
from evidence.envelope import Sealed
from rules.audience import Given, Level, in_package
from rules.roles import Role
from storage import ledger, testbuys
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    AgencyCertificate,
    Photo,
    Referral,
    Release,
    ReleaseApproval,
    TestBuy,
)

ASKERS = frozenset({Role.LIAISON, Role.ANALYST})
APPROVERS = frozenset({Role.SUPERVISOR, Role.APPROVER, Role.LIAISON})
NEEDED = 2
"""How many people agree to the full level."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that goes along in place of an original: a mask's or a preview, and what it shows."""

    shot: str
    digest: str
    made_from: str
    masked: bool


def ask(db: Database, act: Act, subject: str, *, reason: str) -> int:
    """Ask for the full level of a test buy (`TB-…`) or referral (`RF-…`); the release's number."""
    if act.role not in ASKERS or act.person is None:
        raise Refused("Only a liaison or analyst asks for a package of the full level.")
    if not reason.strip():
        raise Refused("Say who needs the full package and why; it is kept on record.")
    with db.write() as tx:
        about, row = _held(tx, act, subject)
        number = add(
            tx,
            Release,
            level=Level.FULL,
            **about,
            reason=reason.strip(),
            asked_by=act.person,
            asked_at=act.now,
        )
        _tell(tx, act, row, "full package asked for", {"release": number, "level": Level.FULL})
        return number


def approve(db: Database, act: Act, number: int) -> int:
    """One person's yes; gives how many are still needed."""
    if act.role not in APPROVERS or act.person is None:
        raise Refused("Only a supervisor, approver or liaison agrees to a full package.")
    with db.read() as tx:
        subject = _subject(tx, _release(tx, number))
    with db.write() as tx:
        # The subject is held, so that approvals of one release take turns.
        _, row = _held(tx, act, subject)
        release = _release(tx, number)
        if release.asked_by == act.person:
            raise Refused("You asked for this package; two others must agree to it.")
        given = _approvals(tx, number)
        if any(each.person_id == act.person for each in given):
            raise Refused("You agreed already; a second person must agree as well.")
        if len(given) >= NEEDED:
            raise Refused("Two people agreed already; nothing needs to be done.")
        yes = {"release_id": number, "person_id": act.person, "role": act.role}
        add(tx, ReleaseApproval, **yes, approved_at=act.now)
        left = NEEDED - len(given) - 1
        _tell(tx, act, row, "full package approved", {"release": number, "still_needed": left})
        return left


def level_of(tx: Transaction, subject: str) -> Level:
    """The level at which a test buy or referral may be packed now: redacted until two agreed."""
    about, _ = _known(tx, subject)
    releases = table_of(Release).c
    asked = every(tx, Release, *(releases[name] == number for name, number in about.items()))
    agreed = any(len(_approvals(tx, each.id)) >= NEEDED for each in asked)
    return Level.FULL if agreed else Level.REDACTED


def originals_for(tx: Transaction, level: Level, record: Record) -> list[Photo]:
    """The accepted photos whose originals are packed openly."""
    return _given(level, record, Given.ORIGINAL)


def sealed_for(level: Level, record: Record) -> list[Photo]:
    """The accepted photos whose originals go into the inner bag alone."""
    return _given(level, record, Given.SEALED_ORIGINAL)


def masked_for(tx: Transaction, level: Level, record: Record) -> list[Copy]:
    """The copies that are packed, each naming its original's digest."""
    copies: list[Copy] = []
    for photo in _given(level, record, Given.MASKED):
        mask = latest(tx, photo.id)
        assert mask is not None  # the rule has just been told so
        copies.append(Copy(photo.shot, mask.digest, mask.made_from, masked=True))
    for photo in _given(level, record, Given.PREVIEW):
        if photo.preview_digest is not None:
            copies.append(Copy(photo.shot, photo.preview_digest, photo.digest, masked=False))
    return copies


def inner_bag(
    tx: Transaction, out: BinaryIO, now: datetime, files: Iterable[Sealed], agency: str
) -> bool:
    """Write `files`, which tell who or where the buyer is, encrypted to `agency`; False: none are.

    Refused where the agency's certificate is missing or can't be used.
    """
    wanted = {file.name: file for file in files}
    if not wanted:
        return False
    authority = one(tx, Agency, name=agency)
    certificates = table_of(AgencyCertificate).c
    kept = every(
        tx,
        AgencyCertificate,
        agency_id=authority.id if authority else 0,
        order_by=certificates.id.desc(),
        limit=1,
    )
    if not kept:
        raise Refused(
            f"{agency} has no certificate on record, so that nothing can be encrypted to it. "
            "Add its certificate, or send the redacted package."
        )
    try:
        envelope.seal_into(out, wanted.values(), envelope.recipient(kept[0].pem.encode(), now))
    except envelope.EnvelopeError as error:
        raise Refused(str(error)) from error
    return True


def add_certificate(db: Database, act: Act, *, agency: str, pem: str) -> str:
    """Keep an agency's certificate for inner bags; gives its fingerprint, to be compared aloud."""
    if act.role not in {Role.LIAISON, Role.ADMINISTRATOR} or act.person is None:
        raise Refused("Only a liaison or administrator adds an agency's certificate.")
    try:
        printed = envelope.fingerprint(envelope.recipient(pem.encode(), act.now))
    except envelope.EnvelopeError as error:
        raise Refused(str(error)) from error
    with db.write() as tx:
        authority = one(tx, Agency, name=agency)
        if authority is None:
            raise NotFound("There is no such agency. Choose it from the list.")
        kept = {"agency_id": authority.id, "pem": pem, "fingerprint": printed}
        add(tx, AgencyCertificate, **kept, added_by=act.person, added_at=act.now)
        facts = {"what": "certificate", "agency": authority.id, "fingerprint": printed}
        ledger.append(tx, PROGRAMME_LEDGER, {**facts, "by": act.by}, act.now)
    return printed


def _given(level: Level, record: Record, what: Given) -> list[Photo]:
    return [
        photo
        for photo in record.photos
        if photo.accepted and what in in_package(level, record.pictures[photo.id])
    ]


def _known(tx: Transaction, subject: str) -> tuple[dict[str, int], TestBuy | Referral]:
    row = testbuys.by_reference(tx, subject)
    if row is not None:
        return {"testbuy_id": row.id}, row
    referral = one(tx, Referral, reference=subject)
    if referral is None:
        raise NotFound(f"There is no test buy or referral {subject}. Check the reference.")
    return {"referral_id": referral.id}, referral


def _held(tx: Transaction, act: Act, subject: str) -> tuple[dict[str, int], TestBuy | Referral]:
    about, _ = _known(tx, subject)
    held = (
        find(tx, act, subject) if "testbuy_id" in about else hold_referral(tx, act, subject, None)
    )
    return about, held


def _tell(
    tx: Transaction, act: Act, row: TestBuy | Referral, what: str, facts: dict[str, object]
) -> None:
    """Into the ledger of what is released."""
    testbuy = testbuys.by_reference(tx, row.reference)
    if testbuy is not None:
        note(tx, act, testbuy, what, facts, wake=False)
    else:
        ledger.append(tx, row.reference, {"what": what, "by": act.by, **facts}, act.now)


def _release(tx: Transaction, number: int) -> Release:
    release = one(tx, Release, id=number)
    if release is None:
        raise NotFound("There is no such release.")
    return release


def _approvals(tx: Transaction, number: int) -> Sequence[ReleaseApproval]:
    return every(tx, ReleaseApproval, release_id=number)


def _subject(tx: Transaction, release: Release) -> str:
    table, number = (
        (TestBuy, release.testbuy_id) if release.testbuy_id else (Referral, release.referral_id)
    )
    row = one(tx, table, id=number)
    assert row is not None  # a foreign key holds it
    return row.reference
