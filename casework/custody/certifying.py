"""Notaries' certificates as evidence, and the numbered card that stands for a challenge code.

Owns both rows. A certificate's document is kept bit for bit in the vault before the row names it.
Leaves what a photo shows of a card to `casework.photographs.confirming`.
"""

from collections.abc import Sequence
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import ensure_own, find, note
from evidence.vault import Vault
from rules.lifecycle import Stage
from rules.roles import Role
from storage import testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import KitCard, NotaryCertificate, NotaryCheck, TestBuy

_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"))
_HANDING_IN = frozenset({Role.CLERK, Role.LIAISON})
_CHECKING = frozenset({Role.COUNSEL, Role.SUPERVISOR})
_BEFORE_PARCEL = (Stage.ASSIGNED, Stage.ORDERED)


def hand_in_certificate(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    office: str,
    number: str,
    issued_on: date,
    covers: str,
    data: bytes,
) -> str:
    """Keep a notary's certificate (PDF or scan) about a test buy; gives its digest."""
    if act.role not in _HANDING_IN or act.person is None:
        raise Refused("A notary's certificate is handed in by a clerk or a liaison.")
    if not (office.strip() and number.strip() and covers.strip()):
        raise Refused("Name the notary's office, the certificate's number and what it covers.")
    if issued_on > act.now.date():
        raise Refused("A certificate can't be issued in the future. Correct the date.")
    kind = next((kind for sign, kind in _KINDS if data.startswith(sign)), None)
    if kind is None:
        raise Refused("This is no PDF, JPEG or PNG. Scan the certificate, then hand it in again.")
    with db.read() as tx:
        if testbuys.by_reference(tx, reference) is None:
            find(tx, act, reference)  # says that there is none
    digest = vault.put(data).digest
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if one(tx, NotaryCertificate, testbuy_id=testbuy.id, digest=digest):
            raise Refused("This very document is kept for this test buy already.")
        certificate = add(
            tx,
            NotaryCertificate,
            testbuy_id=testbuy.id,
            office=office.strip(),
            number=number.strip(),
            issued_on=issued_on,
            covers=covers.strip(),
            digest=digest,
            media_type=kind,
            handed_in_by=act.person,
            handed_in_at=act.now,
        )
        facts = {"certificate": certificate, "digest": digest}
        note(tx, act, testbuy, "notary certificate", facts, wake=False)
    return digest


def check_certificate(
    db: Database, act: Act, reference: str, number: int, *, in_order: bool, remark: str
) -> None:
    """Counsel or a supervisor says whether a certificate is in order, and how that was checked.

    A later word stands beside an earlier one. Nobody checks what they handed in themselves.
    """
    if act.role not in _CHECKING or act.person is None:
        raise Refused("A notary's certificate is checked by counsel or a supervisor.")
    remark = remark.strip()
    if not remark:
        raise Refused("Say how you checked the certificate and what you found.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        certificate = one(tx, NotaryCertificate, id=number, testbuy_id=testbuy.id)
        if certificate is None:
            raise NotFound(f"There is no such certificate about {reference}.")
        if certificate.handed_in_by == act.person:
            raise Refused("You handed this certificate in. Somebody else checks it.")
        last = checks_of(tx, certificate.id)[-1:]
        same = (act.person, in_order, remark)
        if last and (last[0].checked_by, last[0].in_order, last[0].remark) == same:
            raise Refused("This is recorded already; nothing needs to be done.")
        check = add(
            tx,
            NotaryCheck,
            certificate_id=certificate.id,
            in_order=in_order,
            remark=remark,
            checked_by=act.person,
            checked_at=act.now,
        )
        if certificate.checked_at is None:
            change_one(tx, NotaryCertificate, certificate.id, checked_at=act.now)
        facts = {"certificate": certificate.id, "check": check, "in_order": in_order}
        note(tx, act, testbuy, "notary certificate checked", facts, wake=False)


def checks_of(tx: Transaction, certificate_id: int) -> Sequence[NotaryCheck]:
    """What was found of a certificate, oldest first; the last word counts."""
    rows = table_of(NotaryCheck).c
    return every(tx, NotaryCheck, rows.certificate_id == certificate_id, order_by=rows.id)


def certificates_of(tx: Transaction, testbuy: TestBuy) -> Sequence[NotaryCertificate]:
    """The certificates about a test buy, oldest first."""
    rows = table_of(NotaryCertificate).c
    return every(tx, NotaryCertificate, rows.testbuy_id == testbuy.id, order_by=rows.id)


def record_kit_card(db: Database, act: Act, reference: str, *, number: str) -> None:
    """A numbered card lies in the photos instead of the challenge code.

    Only before the parcel is there: a number first told afterwards proves no “not before”.
    """
    number = number.strip()
    if not number or len(number) > 40:
        raise Refused("Type the number printed on the kit card.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if act.role is Role.BUYER:
            ensure_own(act, testbuy)
        elif act.role is not Role.CLERK:
            raise Refused(f"A kit card is recorded by the buyer or a clerk; you act as {act.role}.")
        if testbuy.stage not in _BEFORE_PARCEL:
            raise Refused(
                "A kit card is recorded once a buyer is assigned and before the parcel is here. "
                "Use the challenge code.",
                stage=testbuy.stage,
            )
        if one(tx, KitCard, testbuy_id=testbuy.id):
            raise Refused("A kit card is recorded for this test buy already; it stays.")
        if one(tx, KitCard, number=number):
            raise Refused("This card belongs to another test buy. Take a card of your own kit.")
        assert act.person is not None
        card = add(
            tx,
            KitCard,
            testbuy_id=testbuy.id,
            number=number,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        note(tx, act, testbuy, "kit card recorded", {"card": card}, wake=False)


def kit_card(tx: Transaction, testbuy: TestBuy) -> str | None:
    """The number of a test buy's kit card, or None."""
    card = one(tx, KitCard, testbuy_id=testbuy.id)
    return card.number if card else None
