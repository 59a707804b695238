"""What only the right reader opens: the encrypted inner bag, and the commitment to the buyer.

Owns both formats. The inner bag is a BagIt bag in a stored zip, as CMS EnvelopedData (AES-256) to
the agency's certificate: `openssl cms -decrypt` opens it. The commitment is the SHA-256 of a text
of three lines, so that `sha256sum` checks it. Leaves to `casework` who may have either.
"""

import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from evidence.digests import MIN_SALT, PREFIX, DigestError, parse, sha256_of
from evidence.ledger import canonical

MOST_BYTES = 512 << 20
"""The inner bag is encrypted at one go in memory; more than this is refused."""

_DOMAIN = b"testbuy buyer identity v1"
_LEAST_KEY = 2048
_DATE = (1980, 1, 1, 0, 0, 0)


class EnvelopeError(ValueError):
    """The bag can't be closed for this reader; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One file for the inner bag: a name without folders, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """What a certificate says of whom one encrypts to."""

    pem: str
    subject: str
    issuer: str
    fingerprint: str
    not_after: datetime


def recipient(data: bytes, now: datetime) -> x509.Certificate:
    """The agency's certificate (PEM or DER), where one can encrypt to it; else EnvelopeError."""
    certificate = _certificate(data)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_KEY:
        raise EnvelopeError(
            "The inner bag needs a certificate with an RSA key of 2048 bits or more. "
            "Ask the agency for one."
        )
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise EnvelopeError("The certificate is not valid today. Ask the agency for a valid one.")
    return certificate


def reader(certificate: x509.Certificate) -> Reader:
    """What `certificate` says, and the certificate alone as PEM."""
    return Reader(
        certificate.public_bytes(Encoding.PEM).decode(),
        certificate.subject.rfc4514_string() or "no name",
        certificate.issuer.rfc4514_string() or "no name",
        fingerprint(certificate),
        certificate.not_valid_after_utc,
    )


def read(pem: bytes) -> Reader:
    """What a kept certificate says, also once it has expired."""
    return reader(_certificate(pem))


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 over the certificate's DER, as `openssl x509 -fingerprint -sha256` says it."""
    return PREFIX + certificate.fingerprint(SHA256()).hex()


def _certificate(data: bytes) -> x509.Certificate:
    is_pem = b"-----BEGIN" in data
    try:
        load = x509.load_pem_x509_certificate if is_pem else x509.load_der_x509_certificate
        certificate = load(data)
        certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise EnvelopeError(
            "This is no certificate. Give the agency's certificate as PEM or DER."
        ) from error
    return certificate


def bag(files: Iterable[Sealed]) -> bytes:
    """The zip before encryption; the same files in any order give the same bytes."""
    content = {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"}
    manifest = []
    total = 0
    for file in sorted(files, key=lambda each: each.name):
        path = f"data/{file.name}"
        if PurePosixPath(file.name).name != file.name or path in content:
            raise EnvelopeError(f"{file.name!r} can't be a name in the inner bag.")
        total += len(file.data)
        if total > MOST_BYTES:
            raise EnvelopeError(
                f"The inner bag would hold more than {MOST_BYTES >> 20} MB. "
                "Hand the originals over on a drive, and name them by their digests."
            )
        content[path] = file.data
        manifest.append(f"{parse(sha256_of(file.data))}  {path}\n")
    if not manifest:
        raise EnvelopeError("There is nothing to put into the inner bag.")
    content["manifest-sha256.txt"] = "".join(manifest).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in sorted(content.items()):
            entry = zipfile.ZipInfo(path, _DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def seal(files: Iterable[Sealed], certificate: x509.Certificate) -> bytes:
    """The inner bag as CMS EnvelopedData in DER: AES-256, its key to the certificate alone.

    Each call draws a key of its own, so that no two calls give the same bytes.
    """
    return (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(bag(files))
        .add_recipient(certificate)
        .set_content_encryption_algorithm(AES256)
        .encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )


def opening(identity: Mapping[str, str], salt: bytes) -> bytes:
    """The exact bytes a commitment is the SHA-256 of: domain, salt in hex, canonical JSON.

    Three lines, each ended; whoever is given them checks them with `sha256sum`.
    """
    if len(salt) < MIN_SALT:
        raise DigestError(f"A commitment needs at least {MIN_SALT} bytes of salt.")
    return b"\n".join((_DOMAIN, salt.hex().encode(), canonical(identity), b""))


def commitment(opened: bytes) -> str:
    """The digest that is printed and packed in place of the buyer's identity."""
    return sha256_of(opened)


def identity_in(opened: bytes) -> dict[str, str]:
    """What an opening says."""
    return json.loads(opened.split(b"\n")[2])
