"""What a civil claim rests on: test buys, the numbered list of evidence, proofs of lost goodwill.

Owns the list, drawn from the operator's exhibits, sealed verdicts and papers, each line with its
digest. An exhibit or verdict that is listed makes the claim rest on its test buy, so that the claim
is looked at again when the verdict is superseded.
"""

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.outcomes.claims import filed
from casework.suing.claiming import change_said
from evidence.digests import sha256_of
from evidence.vault import Vault
from rules.pleading import EvidenceKind
from rules.verdicts import COUNTERFEITS
from storage import testbuys
from storage.linking import survivor
from storage.rows import add, add_if_absent, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimEvidence,
    ClaimProof,
    ClaimTestBuy,
    Examination,
    Exhibit,
    GoodwillProof,
    Photo,
    Shop,
    TestBuy,
    Verdict,
)


def add_testbuy(db: Database, act: Act, reference: str, *, version: int, testbuy: str) -> None:
    """Let the claim rest on a test buy of the operator that ended in a counterfeit."""

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        found = testbuys.by_reference(tx, testbuy.strip().upper())
        if found is None:
            raise NotFound(f"There is no test buy {testbuy}. Check the reference.")
        if not _rest(tx, row, found):
            raise Refused("The claim rests on this test buy already.")
        return {"testbuy": found.reference}

    change_said(db, act, reference, version, "test buy added", do)


def list_evidence(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    version: int,
    proves: str,
    exhibit: str | None = None,
    verdict: int | None = None,
    data: bytes | None = None,
) -> None:
    """Put an exhibit (`AS/1`), a sealed verdict (its number) or a document on the list."""
    if not proves.strip():
        raise Refused("Say what this evidence is to prove.")
    if sum(each is not None for each in (exhibit, verdict, data)) != 1:
        raise Refused("Name one exhibit, one verdict, or hand in one document.")
    document = filed(vault, data)

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        line: dict[str, object] = {"kind": EvidenceKind.DOCUMENT, "digest": document}
        if exhibit is not None:
            line = _exhibit(tx, row, exhibit.strip().upper())
        elif verdict is not None:
            line = _verdict(tx, row, verdict)
        if one(tx, ClaimEvidence, claim_id=row.id, digest=line["digest"]):
            raise Refused("This stands in the list of evidence already.")
        rows = table_of(ClaimEvidence).c
        last = every(tx, ClaimEvidence, claim_id=row.id, order_by=rows.number.desc(), limit=1)
        number = last[0].number + 1 if last else 1
        add(tx, ClaimEvidence, claim_id=row.id, number=number, proves=proves.strip(), **line)
        return {"evidence": number, "kind": line["kind"], "digest": line["digest"]}

    change_said(db, act, reference, version, "evidence listed", do)


def show_proof(
    db: Database, act: Act, reference: str, *, version: int, proof: int, said: str
) -> None:
    """Say what shows one of the proofs of lost goodwill."""
    if not said.strip():
        raise Refused("Say what shows it, such as its number in the list of evidence.")

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        if one(tx, GoodwillProof, id=proof) is None:
            raise NotFound("There is no such proof on the checklist.")
        if not add_if_absent(tx, ClaimProof, claim_id=row.id, proof_id=proof, said=said.strip()):
            raise Refused("This proof is on the claim already.")
        return {"proof": proof, "said": sha256_of(said.strip().encode())}

    change_said(db, act, reference, version, "proof shown", do)


def lines_of(tx: Transaction, exhibit: Exhibit) -> list[str]:
    """What the digest of a listed exhibit is over now: its reference, its seal, its photos."""
    of_it = {"testbuy_id": exhibit.testbuy_id, "accepted": True}
    photos = every(tx, Photo, **of_it, order_by=table_of(Photo).c.id)
    return [exhibit.reference, exhibit.seal_number, *(each.digest for each in photos)]


def _rest(tx: Transaction, row: Claim, testbuy: TestBuy) -> bool:
    """Let the claim rest on a test buy; says whether it did not yet."""
    shop = one(tx, Shop, id=testbuy.shop_id)
    if shop is None or shop.operator_id != survivor(tx, row.operator_id):
        raise Refused(f"{testbuy.reference} was bought from another operator's shop.")
    if testbuy.conclusion not in COUNTERFEITS:
        raise Refused(f"{testbuy.reference} was not concluded to be a counterfeit.")
    return add_if_absent(tx, ClaimTestBuy, claim_id=row.id, testbuy_id=testbuy.id)


def _exhibit(tx: Transaction, row: Claim, reference: str) -> dict[str, object]:
    found = one(tx, Exhibit, reference=reference)
    if found is None:
        raise NotFound(f"There is no exhibit {reference}. Check the label.")
    _rest(tx, row, _of(tx, found.testbuy_id))
    digest = sha256_of("\n".join(lines_of(tx, found)).encode())
    return {"kind": EvidenceKind.EXHIBIT, "exhibit_id": found.id, "digest": digest}


def _verdict(tx: Transaction, row: Claim, number: int) -> dict[str, object]:
    found = one(tx, Verdict, id=number)
    examination = one(tx, Examination, id=found.examination_id) if found else None
    if found is None or examination is None:
        raise NotFound("There is no such verdict.")
    if found.superseded_at is not None:
        raise Refused("A later verdict took the place of this one. List that one.")
    _rest(tx, row, _of(tx, examination.testbuy_id))
    return {"kind": EvidenceKind.VERDICT, "verdict_id": found.id, "digest": found.digest}


def _of(tx: Transaction, number: int) -> TestBuy:
    found = one(tx, TestBuy, id=number)
    assert found is not None  # a foreign key holds it
    return found
