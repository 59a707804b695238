"""Opening the commitment that stands for a test buy's buyer: one person asks, two agree.

Owns who may ask and who agrees, and that what opens it can be erased. Leaves the commitment to
`casework.buying.commitments`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.buying.commitments import kept_commitment
from casework.custody import holds
from casework.errors import NotFound, Refused
from casework.move import find, note
from casework.telling.notifying import tell
from rules.notices import NoticeKind
from rules.roles import Role
from storage.rows import add, change, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Exhibit,
    IdentityCommitment,
    IdentityOpening,
    OpeningReading,
    OpeningRequest,
    TestBuy,
)

APPROVERS = frozenset({Role.SUPERVISOR, Role.APPROVER})
"""Roles that agree to an opening a liaison asked for."""

_requests = table_of(OpeningRequest)


@dataclass(frozen=True, slots=True)
class Opened:
    """The exact bytes that open a commitment, and the commitment they are the SHA-256 of."""

    data: bytes
    commitment: str


def ask(db: Database, act: Act, reference: str, *, reason: str) -> int:
    """A liaison asks that the buyer's identity be opened; gives the request's number."""
    if act.role is not Role.LIAISON or act.person is None:
        raise Refused("Only a liaison asks that a buyer's identity be opened.")
    if not reason.strip():
        raise Refused("Say who asks for the buyer's identity and why; it is kept on record.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        kept = kept_commitment(tx, testbuy)
        if kept is None:
            raise Refused(f"{reference} has no buyer whose identity could be opened.")
        pending = every(
            tx,
            OpeningRequest,
            _requests.c.commitment_id == kept.id,
            _requests.c.approved_at.is_(None),
        )
        if any(each.asked_by == act.person for each in pending):
            raise Refused("You asked for this already; a supervisor or approver decides it.")
        number = add(
            tx,
            OpeningRequest,
            commitment_id=kept.id,
            reason=reason.strip(),
            asked_by=act.person,
            asked_at=act.now,
        )
        facts = {"commitment": kept.commitment, "request": number}
        note(tx, act, testbuy, "opening of identity asked for", facts, wake=False)
        text = (
            f"{reference}: a liaison asks that the buyer's identity be opened. "
            "Read why on its page, then agree or let it be."
        )
        for role in sorted(APPROVERS):
            _notice(tx, act, testbuy, f"opening:{number}:{role}", text, to_role=role)
        return number


def approve(db: Database, act: Act, number: int) -> None:
    """A supervisor or approver, who did not ask, agrees that the identity be opened."""
    if act.role not in APPROVERS or act.person is None:
        raise Refused("Only a supervisor or approver agrees that a buyer's identity be opened.")
    with db.read() as tx:
        request, kept, owner = _request(tx, number)
    with db.write() as tx:
        testbuy = find(tx, act, owner.reference)
        request, kept, owner = _request(tx, number)
        if act.person in (request.asked_by, kept.buyer_id):
            raise Refused("Whoever asked for it, or is meant by it, does not agree to it.")
        if request.approved_by is not None:
            raise Refused("Somebody agreed to this already; nothing needs to be done.")
        change(
            tx,
            OpeningRequest,
            _requests.c.id == number,
            _requests.c.approved_by.is_(None),
            approved_by=act.person,
            approved_at=act.now,
        )
        facts = {"commitment": kept.commitment, "request": number, "asked_by": request.asked_by}
        note(tx, act, testbuy, "opening of identity approved", facts, wake=False)
        text = (
            f"{owner.reference}: the opening of the buyer's identity is agreed to; you may read it."
        )
        _notice(tx, act, testbuy, f"opening:{number}:agreed", text, to_person=request.asked_by)


def opened(db: Database, act: Act, number: int, *, of: str | None = None) -> bytes:
    """The bytes that open the commitment, for the two who opened it, once both have said so.

    `of`: the test buy that the reader named; a request of another one is not found under it.
    Each reading stands in the ledger. Their SHA-256 is the commitment in the package.
    """
    with db.read() as tx:
        owner = _request(tx, number)[2]
    if of is not None and owner.reference != of:
        raise NotFound("There is no opened identity for you under this number.")
    with db.write() as tx:
        testbuy = find(tx, act, owner.reference)
        request, kept, owner = _request(tx, number)
        if request.approved_by is None or act.person not in (request.asked_by, request.approved_by):
            raise NotFound("There is no opened identity for you under this number.")
        secret = _secret(tx, kept)
        _mark_read(tx, act, request)
        facts = {"commitment": kept.commitment, "request": number}
        note(tx, act, testbuy, "identity opened", facts, wake=False)
        return secret


def opened_by_command(db: Database, act: Act, reference: str) -> Opened:
    """The same for the operator, who has no account: of the request two people last agreed on.

    The command line hands out nothing that the two have not decided on the pages.
    """
    if act.role is not Role.ADMINISTRATOR or act.person is not None:
        raise Refused("People open an identity on the test buy's page; this is the operator's way.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        kept = every(tx, IdentityCommitment, testbuy_id=testbuy.id)
        agreed = every(
            tx,
            OpeningRequest,
            _requests.c.commitment_id.in_([each.id for each in kept]),
            _requests.c.approved_at.is_not(None),
            order_by=(_requests.c.approved_at.desc(), _requests.c.id.desc()),
            limit=1,
        )
        if not agreed:
            raise Refused(
                f"Nobody has agreed that the buyer's identity in {reference} be opened. A liaison "
                f"asks for it at /testbuys/{reference}/identity, a supervisor or approver agrees."
            )
        request, commitment, _ = _request(tx, agreed[0].id)
        secret = _secret(tx, commitment)
        _mark_read(tx, act, request)
        facts = {"commitment": commitment.commitment, "request": request.id}
        note(tx, act, testbuy, "identity opened", facts, wake=False)
        return Opened(secret, commitment.commitment)


def erase(db: Database, act: Act, reference: str) -> int:
    """Erase name and salt of a test buy's commitments; they stay valid and can't be opened."""
    if act.role not in APPROVERS or act.person is None:
        raise Refused("Only a supervisor or approver erases what opens a commitment.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        openings = table_of(IdentityOpening).c
        kept = every(tx, IdentityCommitment, testbuy_id=testbuy.id)
        _ensure_erasable(tx, act, testbuy, kept)
        erased = sum(
            remove(tx, IdentityOpening, openings.commitment_id == each.id) for each in kept
        )
        if not erased:
            raise Refused(f"Nothing of {reference} can be opened; nothing needs to be erased.")
        note(tx, act, testbuy, "opening of identity erased", {"erased": erased}, wake=False)
        return erased


def _mark_read(tx: Transaction, act: Act, request: OpeningRequest) -> None:
    add(tx, OpeningReading, request_id=request.id, read_by=act.person, read_at=act.now)


def _ensure_erasable(
    tx: Transaction, act: Act, testbuy: TestBuy, kept: Sequence[IdentityCommitment]
) -> None:
    """What is on hold, or was asked for, can still be asked for; nobody erases their own."""
    if any(each.buyer_id == act.person for each in kept):
        raise Refused("It is your own identity. Another supervisor or approver decides it.")
    for exhibit in every(tx, Exhibit, testbuy_id=testbuy.id):
        if standing := holds.standing(tx, exhibit):
            raise Refused(*(f"{each.sentence} Have it lifted first." for each in standing))
    numbers = [each.id for each in kept]
    for request in every(tx, OpeningRequest, _requests.c.commitment_id.in_(numbers)):
        if not every(tx, OpeningReading, request_id=request.id, limit=1):
            raise Refused(
                f"Somebody asked that the identity in {testbuy.reference} be opened and has not "
                "read it yet. It is erased after that."
            )


def _secret(tx: Transaction, kept: IdentityCommitment) -> bytes:
    secret = one(tx, IdentityOpening, commitment_id=kept.id)
    if secret is None:
        raise Refused("The opening was erased. Nobody can open this commitment any more.")
    return bytes(secret.opened)


def _notice(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    key: str,
    text: str,
    *,
    to_role: Role | None = None,
    to_person: int | None = None,
) -> None:
    kind = NoticeKind.IDENTITY_ASKED if to_role else NoticeKind.IDENTITY_AGREED
    tell(tx, act, kind, key, text, to_role=to_role, to_person=to_person, testbuy=testbuy)


def _request(tx: Transaction, number: int) -> tuple[OpeningRequest, IdentityCommitment, TestBuy]:
    request = one(tx, OpeningRequest, id=number)
    kept = one(tx, IdentityCommitment, id=request.commitment_id) if request else None
    owner = one(tx, TestBuy, id=kept.testbuy_id) if kept else None
    if request is None or kept is None or owner is None:
        raise NotFound("There is no such request.")
    return request, kept, owner
