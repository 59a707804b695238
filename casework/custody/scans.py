"""Signed statements handed back: the examination statement, signed or chopped, as it came.

Owns which bytes count, who may hand one in, and the record of it. Several may come for one verdict
and each is kept beside the statement that the programme made; none takes its place. Leaves making
that one to `casework.verdicts.statements`, and what goes along in a package to `rules.audience`.
"""

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.filing import file
from casework.move import find, note
from evidence.media import HEAD, UnknownType, kind_of
from evidence.vault import Vault
from rules.roles import Role
from rules.shots import Medium
from storage import policies
from storage.rows import add, one
from storage.session import Database, Transaction
from storage.tables import BrandGrant, Examination, StatementScan, TestBuy, Verdict


def hand_in(
    db: Database, vault: Vault, act: Act, public_id: str, data: bytes, *, testbuy: str | None = None
) -> str:
    """Keep a signed statement (PDF, scan or photo) of an examination's verdict; gives its digest.

    The authenticator who sealed the verdict hands it in, or a clerk for them on the page of
    `testbuy`.
    """
    if act.role not in (Role.AUTHENTICATOR, Role.CLERK) or act.person is None:
        raise Refused("A signed statement is handed in by its authenticator, or by a clerk.")
    try:
        medium = kind_of(data[:HEAD]).medium
    except UnknownType as unknown:
        raise Refused(str(unknown)) from unknown
    if medium is Medium.VIDEO:
        raise Refused("A signed statement is a PDF, a scan or a photo of the paper, no video.")
    with db.read() as tx:
        _, owner = _own(tx, act, public_id, testbuy)
        in_force = policies.read(tx)
    filed = file(vault, data, in_force, expected=None)
    with db.write() as tx:
        owner = find(tx, act, owner.reference)
        verdict, _ = _own(tx, act, public_id, testbuy)
        if one(tx, StatementScan, verdict_id=verdict.id, digest=filed.digest):
            raise Refused("This very file is kept for this verdict already.")
        add(
            tx,
            StatementScan,
            verdict_id=verdict.id,
            digest=filed.digest,
            media_type=filed.seen.media_type,
            size=filed.size,
            names_place=filed.seen.capture.place is not None or filed.seen.capture.names_person,
            handed_in_by=act.person,
            handed_in_as=act.role,
            handed_in_at=act.now,
        )
        facts = {"examination": public_id, "verdict": verdict.digest, "digest": filed.digest}
        note(tx, act, owner, "signed statement handed in", facts, wake=False)
    return filed.digest


def _own(tx: Transaction, act: Act, public_id: str, testbuy: str | None) -> tuple[Verdict, TestBuy]:
    """The verdict and its test buy, where they are theirs who act; NotFound tells no more."""
    examination = one(tx, Examination, public_id=public_id)
    verdict = one(tx, Verdict, examination_id=examination.id) if examination else None
    owner = one(tx, TestBuy, id=examination.testbuy_id) if examination else None
    theirs = owner is not None and owner.reference == testbuy
    if examination and act.role is Role.AUTHENTICATOR:
        granted = one(tx, BrandGrant, person_id=act.person, brand_id=examination.brand_id)
        theirs = bool(granted) and (verdict is None or verdict.sealed_by == act.person)
    if not theirs or owner is None:
        raise NotFound(f"There is no examination {public_id} for you.")
    if verdict is None:
        raise Refused("No verdict is sealed in this examination: there is nothing to sign yet.")
    return verdict, owner
