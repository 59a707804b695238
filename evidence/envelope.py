"""What only the right reader opens: the encrypted inner bag, and the commitment to the buyer.

Owns both formats. The inner bag is a BagIt bag in a stored zip, as CMS EnvelopedData (AES-256) to
the agency's certificate: `openssl cms -decrypt` opens it. The commitment is the SHA-256 of a text
of three lines, so that `sha256sum` checks it. Leaves to `casework` who may have either.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding

from evidence.digests import MIN_SALT, PREFIX, DigestError, sha256_of
from evidence.ledger import canonical

MOST_BYTES = 1 << 30
"""openssl holds what it decrypts in memory, and no more than 1.5 GB of it; more is refused."""

_CHUNK = 1 << 20
_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
# Object identifiers and algorithms as they stand in DER.
_DATA = bytes.fromhex("06092a864886f70d010701")
_ENVELOPED = bytes.fromhex("06092a864886f70d010703")
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")

_DOMAIN = b"testbuy buyer identity v1"
_LEAST_KEY = 2048
_DATE = (1980, 1, 1, 0, 0, 0)


class EnvelopeError(ValueError):
    """The bag can't be closed for this reader; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One file for the inner bag: a name without folders, and its bytes, or what gives `length`
    bytes in chunks.
    """

    name: str
    data: bytes = b""
    chunks: Callable[[], Iterator[bytes]] | None = None
    length: int = 0

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.length if self.chunks else len(self.data)


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
    out = BytesIO()
    _write_bag(out, files)
    return out.getvalue()


def seal(files: Iterable[Sealed], certificate: x509.Certificate) -> bytes:
    """The inner bag as CMS EnvelopedData in DER: AES-256, its key to the certificate alone.

    Each call draws a key of its own, so that no two calls give the same bytes.
    """
    out = BytesIO()
    seal_into(out, files, certificate)
    return out.getvalue()


def seal_into(out: BinaryIO, files: Iterable[Sealed], certificate: x509.Certificate) -> None:
    """The same as `seal`, written to `out`; memory holds a chunk, however long a film is."""
    with tempfile.TemporaryFile() as plain:
        _write_bag(plain, files)
        size = plain.tell()
        plain.seek(0)
        encrypt_into(out, plain, size, certificate)


def encrypt_into(out: BinaryIO, plain: BinaryIO, size: int, certificate: x509.Certificate) -> None:
    """Write the `size` bytes of `plain` to `out` as CMS EnvelopedData in DER, a chunk at a time."""
    public = certificate.public_key()
    assert isinstance(public, RSAPublicKey)  # `recipient` takes no other
    key, start = AESGCM.generate_key(256), AESGCM.generate_key(128)
    out.write(_head(certificate, public.encrypt(key, PKCS1v15()), start, size))
    cipher = Cipher(AES256(key), CBC(start)).encryptor()
    padding = PKCS7(128).padder()
    while chunk := plain.read(_CHUNK):
        out.write(cipher.update(padding.update(chunk)))
    out.write(cipher.update(padding.finalize()) + cipher.finalize())


def _write_bag(out: BinaryIO, files: Iterable[Sealed]) -> None:
    manifest, names, total = [], set[str](), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:

        def put(path: str, data: Iterable[bytes], size: int) -> str:
            entry = zipfile.ZipInfo(path, _DATE)
            entry.external_attr = 0o644 << 16
            entry.file_size = size
            digest = hashlib.sha256()
            with archive.open(entry, "w") as file:
                for chunk in data:
                    digest.update(chunk)
                    file.write(chunk)
            return digest.hexdigest()

        put("bagit.txt", [_BAGIT], len(_BAGIT))
        for file in sorted(files, key=lambda each: each.name):
            if PurePosixPath(file.name).name != file.name or file.name in names:
                raise EnvelopeError(f"{file.name!r} can't be a name in the inner bag.")
            names.add(file.name)
            total += file.size
            if total > MOST_BYTES:
                raise EnvelopeError(
                    f"The inner bag would hold more than {MOST_BYTES >> 20} MB. "
                    "Hand the originals over on a drive, and name them by their digests."
                )
            data = file.chunks() if file.chunks else [file.data]
            manifest.append(f"{put(f'data/{file.name}', data, file.size)}  data/{file.name}\n")
        if not manifest:
            raise EnvelopeError("There is nothing to put into the inner bag.")
        listed = "".join(manifest).encode()
        put("manifest-sha256.txt", [listed], len(listed))


def _head(certificate: x509.Certificate, wrapped: bytes, start: bytes, size: int) -> bytes:
    """All of the envelope before its encrypted content (RFC 5652, section 6), lengths and all."""
    padded = (size // 16 + 1) * 16
    serial = certificate.serial_number
    number = _der(0x02, serial.to_bytes(serial.bit_length() // 8 + 1, "big"))
    reader = _der(0x30, certificate.issuer.public_bytes() + number)
    recipient_info = _der(0x30, _der(0x02, b"\0") + reader + _RSA + _der(0x04, wrapped))
    content = _DATA + _der(0x30, _AES_256_CBC + _der(0x04, start)) + _der_head(0x80, padded)
    enveloped = _der(0x02, b"\0") + _der(0x31, recipient_info)
    enveloped += _der_head(0x30, len(content) + padded) + content
    explicit = _der_head(0x30, len(enveloped) + padded) + enveloped
    info = _ENVELOPED + _der_head(0xA0, len(explicit) + padded) + explicit
    return _der_head(0x30, len(info) + padded) + info


def _der(tag: int, content: bytes) -> bytes:
    return _der_head(tag, len(content)) + content


def _der_head(tag: int, length: int) -> bytes:
    if length < 0x80:
        return bytes((tag, length))
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits


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
