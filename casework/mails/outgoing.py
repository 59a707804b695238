"""Packages on their way out beside an interface: a sealed folder, or a file encrypted for a mail.

Owns what lies under `outgoing/`: each thing is there whole or not at all, and is written once, so
that a step that is repeated after a crash finds what it wrote, and that it goes with a referral
that is withdrawn. Leaves the package itself to `casework.papers.dossiers`, and what becomes of the
referral to `casework.referring.sending` and `casework.mails.mailed`, but for its folder lying
ready.
"""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate

from casework.act import Act
from casework.errors import Refused
from casework.move import find
from casework.outcomes.referrals import hold_referral, referral_of
from casework.papers.dossiers import REASON, Package
from casework.papers.levels import recipient_of
from casework.record.seals import NONE, Seals
from casework.referring.sending import SendIntent, take_back
from casework.verdicts.stating import ORGANISATION
from evidence import envelope, receipt
from evidence.digests import digest_of_file, parse
from evidence.disk import sync
from evidence.words import languages_for
from rules.referral import ReferralState
from storage import ledger
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, Referral

TAKEN_OUT = "taken out of outgoing"
SUMS, RECEIPT = "SHA256SUMS", "receipt.pdf"
_REFERENCE = re.compile(r"RF-\d{4}-\d{6}")


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A package that only the agency's key opens: the file, its digest and its size in bytes."""

    path: Path
    digest: str
    size: int


def seal_folder(
    db: Database, package: Package, intent: SendIntent, outgoing: Path, now: datetime,
    seals: Seals = NONE,
) -> Path:  # fmt: skip
    """The folder of a referral under `outgoing`: the bundle, its receipt sheet, and their sums.

    A second call finds the folder and writes nothing. Refused where that is not as it was written;
    OSError where the disk does not take it.
    """
    target = outgoing / intent.reference
    if target.is_dir():
        return _as_written(target, package)
    outgoing.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in outgoing.glob(f".{intent.reference}-*"):
        shutil.rmtree(left)  # a crash left it, or a run that lost its lease and lays it no more
    aside = Path(tempfile.mkdtemp(prefix=f".{intent.reference}-", dir=outgoing))
    try:
        bundle = aside / package.path.name
        shutil.copyfile(package.path, bundle)
        sheet = _sheet(db, package, intent, now, seals)
        (aside / RECEIPT).write_bytes(sheet)
        sums = "".join(
            f"{parse(digest_of_file(file))}  {file.name}\n" for file in (bundle, aside / RECEIPT)
        )
        (aside / SUMS).write_text(sums)
        for file in (bundle, aside / RECEIPT, aside / SUMS, aside):
            sync(file)
        _lay(aside, target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync(outgoing)
    return _as_written(target, package)


def settle_ready(db: Database, act: Act, reference: str, folder: str, digest: str) -> None:
    """Record that the sealed folder lies ready; a liaison hands it over and records the receipt."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = referral_of(tx, testbuy.id)
        if row is None:
            return
        row = hold_referral(tx, act, row.reference, None)
        if row.state is not ReferralState.APPROVED or row.unsent_because is not None:
            return  # a liaison has settled it meanwhile
        why = (
            f"The sealed folder is ready: {folder}. "
            "Hand it over, have its receipt signed, and record the receipt."
        )
        ledger.append(tx, row.reference, {"what": "packed", "bundle": digest}, act.now)
        take_back(tx, act, row, why, packed_digest=digest, what="folder ready")


def encrypt(
    db: Database, package: Package, intent: SendIntent, outgoing: Path, now: datetime
) -> Encrypted:
    """The bundle as CMS EnvelopedData to the agency's certificate, as a file under `outgoing`.

    Each encryption draws a key of its own; written once for a certificate, a repeated mail brings
    the same bytes. Raises Refused where nothing can be encrypted to the agency.
    """
    with db.read() as tx:
        reader = recipient_of(tx, now, intent.agency)
    target = outgoing / _named(intent.reference, reader)
    if not target.is_file():
        outgoing.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in outgoing.glob(f".{target.name}-*"):
            left.unlink(missing_ok=True)  # as with a folder
        # Of its own: a run that lost its lease would go on writing into what another has sent.
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=outgoing)
        aside = Path(name)
        try:
            with package.path.open("rb") as plain, os.fdopen(descriptor, "wb") as out:
                envelope.encrypt_into(out, plain, package.path.stat().st_size, reader)
                out.flush()
                os.fsync(out.fileno())
            try:
                os.link(aside, target)
            except OSError:
                if not target.is_file():
                    raise  # else another run was first, and that one's stays
        finally:
            aside.unlink(missing_ok=True)
        sync(outgoing)
    return Encrypted(target, digest_of_file(target), target.stat().st_size)


def encrypted_of(outgoing: Path, reference: str, digest: str) -> Path | None:
    """The encrypted package of a referral with this digest; None where it is not there."""
    for file in sorted(outgoing.glob(f"{reference}-*.p7m")):
        if digest_of_file(file) == digest:
            return file
    return None


def is_for(file: Path, reference: str, reader: Certificate) -> bool:
    """Whether an encrypted package is that of a referral to this certificate."""
    return file.name == _named(reference, reader)


def clear_withdrawn(db: Database, act: Act, outgoing: Path) -> int:
    """Take away what lies ready of referrals that were withdrawn; gives of how many.

    Nobody shall hand it over. A crash on the way leaves a half that the next call takes away; the
    ledger says once that it was, before anything is.
    """
    names = {
        found[0]
        for each in (outgoing.iterdir() if outgoing.is_dir() else ())
        if (found := _REFERENCE.search(each.name))
    }
    with db.read() as tx:
        rows = table_of(Referral).c
        gone = every(
            tx, Referral, rows.reference.in_(names), state=ReferralState.WITHDRAWN,
            order_by=rows.id,
        )  # fmt: skip
    for row in gone:
        with db.write() as tx:
            _tell_taken(tx, act, row.reference)
        whole = outgoing / row.reference
        if whole.is_dir():
            # Under its own name a folder is whole, so that nobody hands over what is left of it.
            whole.rename(Path(tempfile.mkdtemp(prefix=f".{row.reference}-", dir=outgoing)))
        for pattern in (f".{row.reference}-*", f"{row.reference}-*.p7m"):
            for left in outgoing.glob(pattern):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    return len(gone)


def _tell_taken(tx: Transaction, act: Act, reference: str) -> None:
    """Once: a referral is withdrawn for good, and whatever lies of it goes under the same word."""
    ledger.take_turn(tx, reference)
    if not any(TAKEN_OUT.encode() in each.body for each in ledger.chain(tx, reference)):
        ledger.append(tx, reference, {"what": TAKEN_OUT}, act.now)


def _named(reference: str, reader: Certificate) -> str:
    return f"{reference}-{parse(envelope.fingerprint(reader))[:16]}.p7m"


def _lay(aside: Path, target: Path) -> None:
    """Give a whole folder its name; where another run was first, that one's stays."""
    try:
        aside.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(aside)


def _as_written(folder: Path, package: Package) -> Path:
    """The folder, where its package is the referral's; what a person changed is not handed over."""
    bundle, listed = folder / package.path.name, folder / SUMS
    if bundle.is_file() and listed.is_file() and digest_of_file(bundle) == package.digest:
        line = f"{parse(package.digest)}  {bundle.name}\n"
        if line in listed.read_text("utf-8", "replace"):
            return folder
    raise Refused(
        f"The folder {folder.name} is not as it was written. "
        "Move it away, and send the referral again."
    )


def _sheet(
    db: Database, package: Package, intent: SendIntent, now: datetime, seals: Seals
) -> bytes:
    with db.read() as tx:
        agency = one(tx, Agency, name=intent.agency)
    content = receipt.Receipt(
        reference=intent.reference,
        agency=intent.agency,
        file=package.path.name,
        size=package.path.stat().st_size,
        digest=package.digest,
        organisation=ORGANISATION,
        made_at=now,
        demo_authority=seals.is_demo,
        language=languages_for(agency.jurisdiction if agency else None)[0],
    )
    return seals.signed(receipt.render(content, fonts=seals.fonts), now, REASON)
