"""Examination statements: the PDF of a sealed verdict, for its examiner and for staff.

Owns who is given one, and what of statements and signed copies goes into a bundle. Leaves what it
says to `casework.verdicts.stating`, taking signed copies in to `casework.custody.scans`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from casework.examinations.findings import SealedVerdict, sealed_in
from casework.record.record import Record
from casework.record.seals import Seals
from casework.verdicts.stating import stated
from evidence import statement
from evidence.typesetting import can_set
from evidence.vault import Vault
from evidence.words import languages_for, words_of
from rules.audience import Level, scan_goes_along
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import BrandGrant, Examination, StatementScan, TestBuy

_REASON = "Made by the test-buy programme from a sealed verdict"
_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: an authenticator for their own verdict, or staff on the page of a test buy."""

    examiner: int | None = None
    testbuy: str | None = None
    originals: bool = True
    """Whether they may have what tells where a picture was taken."""


def statement_pdf(
    db: Database, vault: Vault, reader: Reader, public_id: str, now: datetime,
    language: str, seals: Seals,
) -> bytes:  # fmt: skip
    """The statement of an examination's verdict, signed where there is a key; raises NotFound."""
    with db.read() as tx:
        sealed = _readable(tx, reader, public_id)
        words = words_of(language)
        content = stated(tx, vault, sealed, words, demo_authority=seals.is_demo)
    return seals.signed(statement.render(content, fonts=seals.fonts), now, _REASON)


def signed_copy(db: Database, vault: Vault, reader: Reader, public_id: str, number: int) -> tuple[
    bytes, str, str
]:  # fmt: skip
    """The bytes of a signed copy handed back, its name and media type; raises NotFound."""
    with db.read() as tx:
        sealed = _readable(tx, reader, public_id)
        for place, scan in enumerate(sealed.scans, 1):
            if scan.id == number and scan.names_place and not reader.originals:
                raise NotFound("This copy says where it was photographed. Ask an analyst for it.")
            if scan.id == number:
                return vault.read(scan.digest), _name(public_id, place, scan), scan.media_type
    raise NotFound("There is no such signed statement for you.")


def contents(
    tx: Transaction, vault: Vault, record: Record, seals: Seals
) -> list[statement.Statement]:
    """The statements of a record's verdicts, in each language its package is read in.

    Where a language has no face here the English one goes along alone: no package waits for fonts.
    """
    jurisdiction = record.agency.jurisdiction if record.agency else None
    return [
        stated(tx, vault, sealed, words_of(language), demo_authority=seals.is_demo)
        for sealed in record.verdicts
        for language in languages_for(jurisdiction)
        if can_set(language, seals.fonts)
    ]


def packed(
    vault: Vault, records: Sequence[Record], stated: Sequence[statement.Statement], now: datetime,
    seals: Seals, level: Level,
) -> Mapping[str, bytes]:  # fmt: skip
    """What goes under `statements/` of a bundle: each statement, and its signed copies."""
    files = {
        name: seals.signed(statement.render(each, fonts=seals.fonts), now, _REASON)
        for name, each in named(stated).items()
    }
    return files | {
        name: vault.read(digest) for name, digest in copies_along(records, level).items()
    }


def named(stated: Sequence[statement.Statement]) -> dict[str, statement.Statement]:
    """The statements by the names they have in a bundle."""
    return {f"{each.reference}.{each.language}.pdf": each for each in stated}


def copies_along(records: Sequence[Record], level: Level) -> dict[str, str]:
    """The signed copies that go along at a level: the digest of each by its name."""
    return {
        name: digest
        for record in records
        for sealed in record.verdicts
        for name, digest in _copies(sealed, level)
    }


def _copies(sealed: SealedVerdict, level: Level) -> Iterator[tuple[str, str]]:
    for place, scan in enumerate(sealed.scans, 1):
        if scan_goes_along(level, names_place=scan.names_place):
            yield _name(sealed.examination.public_id, place, scan), scan.digest


def _name(public_id: str, place: int, scan: StatementScan) -> str:
    return f"{public_id}-signed-{place}.{_ENDINGS.get(scan.media_type, 'bin')}"


def _readable(tx: Transaction, reader: Reader, public_id: str) -> SealedVerdict:
    examination = one(tx, Examination, public_id=public_id)
    sealed = sealed_in(tx, examination) if examination else None
    if examination is None or sealed is None or not _theirs(tx, reader, examination, sealed):
        raise NotFound("There is no such statement for you.")
    return sealed


def _theirs(
    tx: Transaction, reader: Reader, examination: Examination, sealed: SealedVerdict
) -> bool:
    if reader.examiner is not None:
        granted = one(tx, BrandGrant, person_id=reader.examiner, brand_id=examination.brand_id)
        return granted is not None and sealed.verdict.sealed_by == reader.examiner
    testbuy = one(tx, TestBuy, id=examination.testbuy_id)
    return testbuy is not None and testbuy.reference == reader.testbuy
