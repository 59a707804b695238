"""The key that signs dossiers and bundles: made or brought in, kept in the home folder, replaced.

Owns the key's file and the record of its certificate. A certificate that has signed stays on record
when its key is replaced, so that old seals can be checked for ever; the old key's file is taken
away. Leaves signing to `evidence.signatures`.
"""

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from casework.act import Act
from casework.errors import Refused
from evidence import signatures
from evidence.disk import sync
from evidence.signatures import Signer, SigningError
from rules.roles import Role
from storage import ledger
from storage.rows import add, change, every, one, table_of
from storage.session import Database
from storage.tables import SigningCertificate

_certificates = table_of(SigningCertificate)


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of the certificate's DER bytes, as `openssl x509 -fingerprint -sha256` has it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def make(
    db: Database, act: Act, file: Path, password: str, *, name: str, organisation: str,
    lasts: timedelta, demo: bool = False,
) -> Signer:  # fmt: skip
    """Make a key with a certificate signed by itself, and sign with it from now on."""
    try:
        signer = signatures.make(name, organisation, act.now, lasts, demo=demo)
        _begin(db, act, file, signer, password)
    except SigningError as error:
        raise Refused(str(error)) from error
    return signer


def bring_in(db: Database, act: Act, file: Path, data: bytes, password: str) -> Signer:
    """Take over a key and its certificate from a PKCS#12 file, and sign with it from now on."""
    try:
        signer = signatures.load(data, password)
        if not signer.certificate.not_valid_before_utc <= act.now < _ends(signer):
            raise Refused("The certificate is not valid today. Have a new one issued.")
        _begin(db, act, file, signer, password)
    except SigningError as error:
        raise Refused(str(error)) from error
    return signer


def current(file: Path, password: str) -> Signer | None:
    """The signer in `file`; None where there is no key. Raises Refused where it can't be opened."""
    try:
        return signatures.load(file.read_bytes(), password)
    except FileNotFoundError:
        return None
    except SigningError as error:
        raise Refused(
            f"{error} The password is read from TESTBUY_SIGNING_PASSWORD.",
        ) from error


def on_record(db: Database) -> Sequence[SigningCertificate]:
    """Every certificate that signs or has signed, the newest first."""
    with db.read() as tx:
        return every(tx, SigningCertificate, order_by=_certificates.c.id.desc())


def days_left(signer: Signer, now: datetime) -> int:
    """Whole days until the certificate ends; below 0 once it has."""
    return (_ends(signer) - now).days


def _ends(signer: Signer) -> datetime:
    return signer.certificate.not_valid_after_utc


def _begin(db: Database, act: Act, file: Path, signer: Signer, password: str) -> None:
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator decides which key signs.")
    kept = signatures.to_pkcs12(signer, password)
    mark = fingerprint(signer.certificate)
    # Written before anything is recorded, so that a file that can't be written changes nothing, and
    # named after it, so that no key ever signs whose certificate is not on record. Broken off
    # between, the file holds the key before, whose certificate is on record too; `doctor` says so.
    aside = _aside(file, kept)
    try:
        _record(db, act, signer, mark)
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    sync(file.parent)


def _record(db: Database, act: Act, signer: Signer, mark: str) -> None:
    with db.write() as tx:
        # Two who replace the key at once: the second sees what the first recorded.
        ledger.take_turn(tx, ledger.PROGRAMME)
        known = one(tx, SigningCertificate, fingerprint=mark)
        if known is not None and known.retired_at is not None:
            raise Refused("This certificate was retired. Have another one issued.")
        before = every(tx, SigningCertificate, _certificates.c.retired_at.is_(None))
        retired = [each.fingerprint for each in before if each.fingerprint != mark]
        if known is None:
            add(
                tx,
                SigningCertificate,
                fingerprint=mark,
                subject=signer.subject,
                issuer=signer.certificate.issuer.rfc4514_string(),
                serial=f"{signer.certificate.serial_number:x}",
                pem=signer.certificate.public_bytes(Encoding.PEM).decode(),
                demo=signer.is_demo,
                not_after=_ends(signer),
                added_at=act.now,
            )
        for each in retired:
            change(tx, SigningCertificate, _certificates.c.fingerprint == each, retired_at=act.now)
        facts = {"what": "signing key", "by": act.by, "certificate": mark, "retired": retired}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def _aside(file: Path, data: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".signing-")
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)
