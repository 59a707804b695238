"""Signatures: a key with its certificate, and what it signs so that stock tools can check it.

Owns keys as PKCS#12, detached CMS signatures (checked by `openssl cms -verify`), PAdES signatures
in PDFs (checked by `pdfsig`), and the files of a bundle's `signatures/` folder. Leaves where a key
lies to the caller, time stamps to `timestamps`, and whether a certificate is to be trusted to
whoever checks: they bring its authority.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs7,
    pkcs12,
)
from cryptography.x509.oid import NameOID

DEMO = "DEMONSTRATION ONLY - NOT EVIDENCE"
"""Stands in the subject of every certificate that a demonstration made."""

Seal = Callable[[bytes], Mapping[str, bytes]]
"""Given the bytes of tagmanifest-sha256.txt, the files of `signatures/` by name."""

Stamp = Callable[[bytes], bytes | None]
"""Given data, an authority's time stamp of it (RFC 3161 response, DER); None: not to be had now."""

DigestStamp = Callable[[bytes, str], bytes]
"""Given a digest and its algorithm's name, the authority's stamp of it, verified; raises."""

_KEY_BITS = 3072
_MARGIN = timedelta(minutes=5)


class SigningError(ValueError):
    """A key can't be opened or used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs, its certificate, and the certificates between it and its authority."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def subject(self) -> str:
        """Who signs, as the certificate says."""
        return self.certificate.subject.rfc4514_string()

    @property
    def is_demo(self) -> bool:
        """Whether a demonstration made the certificate, so that nothing it signs is evidence."""
        return is_demo(self.certificate)

    @property
    def pem(self) -> bytes:
        """The certificate and its chain, without the key."""
        return b"".join(each.public_bytes(Encoding.PEM) for each in (self.certificate, *self.chain))


def is_demo(certificate: x509.Certificate) -> bool:
    """Whether subject or issuer bears the mark of a demonstration."""
    return any(
        DEMO in str(attribute.value)
        for name in (certificate.subject, certificate.issuer)
        for attribute in name
    )


def make(
    name: str, organisation: str, now: datetime, lasts: timedelta, *, demo: bool = False
) -> Signer:
    """A new RSA key with a certificate signed by itself, good from now on for `lasts`.

    For a certificate that others trust, have an authority issue one and `load` it.
    """
    key = rsa.generate_private_key(65537, _KEY_BITS)
    parts = [
        x509.NameAttribute(NameOID.COMMON_NAME, name),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
    ]
    if demo:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO))
    try:
        subject = x509.Name(parts)
    except ValueError as error:
        raise SigningError("A name in a certificate has 1 to 64 characters.") from error
    public = key.public_key()
    usage = dict.fromkeys(
        (
            "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _MARGIN)
        .not_valid_after(now + lasts)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_cert_sign=True, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Signer(certificate, key)


def load(data: bytes, password: str) -> Signer:
    """The signer in a PKCS#12 file. Raises SigningError where it can't be opened or can't sign."""
    try:
        opened = pkcs12.load_pkcs12(data, password.encode() or None)
    except ValueError as error:
        raise SigningError(
            "The key can't be opened. Is it PKCS#12 (.p12, .pfx), and is its password right?"
        ) from error
    if opened.cert is None or opened.key is None:
        raise SigningError("The file lacks a key or its certificate. Export both into one file.")
    if not isinstance(opened.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SigningError("The key is neither RSA nor elliptic. Have one of these kinds issued.")
    certificate = opened.cert.certificate
    if certificate.public_key() != opened.key.public_key():
        raise SigningError("The certificate is of another key. Export the pair that belongs.")
    chain = tuple(each.certificate for each in opened.additional_certs)
    return Signer(certificate, opened.key, chain)


def to_pkcs12(signer: Signer, password: str) -> bytes:
    """The signer as a PKCS#12 file under `password`. Raises SigningError for an empty one."""
    if not password:
        raise SigningError("A signing key is kept under a password. Choose one.")
    return pkcs12.serialize_key_and_certificates(
        b"testbuy", signer.key, signer.certificate, signer.chain,
        BestAvailableEncryption(password.encode()),
    )  # fmt: skip


def sign_detached(signer: Signer, data: bytes) -> bytes:
    """A detached CMS signature over `data` (DER, .p7s), with the certificates in it."""
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(data)
        .add_signer(signer.certificate, signer.key, hashes.SHA256())
    )
    for each in signer.chain:
        builder = builder.add_certificate(each)
    options = [
        pkcs7.PKCS7Options.DetachedSignature,
        pkcs7.PKCS7Options.Binary,
        pkcs7.PKCS7Options.NoCapabilities,
    ]
    return builder.sign(Encoding.DER, options)


def sign_pdf(
    pdf: bytes,
    signer: Signer,
    *,
    reason: str,
    now: datetime,
    stamp: DigestStamp | None = None,
) -> bytes:
    """`pdf` with a PAdES signature added at its end: its bytes before stay as they are.

    It certifies that nothing may be changed after it, and names `now` as its time. `stamp` gives
    an authority's stamp of the signature (PAdES B-T). Raises SigningError.
    """
    # Imported where it is used: it takes a second, and pages that sign nothing need not wait.
    from asn1crypto import keys as asn1_keys
    from asn1crypto import tsp
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))

    class Dated(signers.PdfSigner):
        """Writes the caller's time, not the machine's."""

        def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
            session = super().init_signing_session(*arguments, **named)
            session.system_time = now
            return session

    class Asked(TimeStamper):
        """Takes its stamps from the caller, who bounds the asking and verifies the answer."""

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            assert stamp is not None
            return tsp.TimeStampResp.load(stamp(message_digest, md_algorithm))["time_stamp_token"]

    key = signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple(map(as_asn1, signer.chain))
    pen = signers.SimpleSigner(
        as_asn1(signer.certificate), asn1_keys.PrivateKeyInfo.load(key), store
    )
    about = signers.PdfSignatureMetadata(
        field_name="Signature",
        reason=reason,
        name=signer.subject,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    stamper = Asked() if stamp else None
    out = BytesIO()
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        Dated(about, pen, timestamper=stamper).sign_pdf(writer, output=out)
    except Exception as error:
        raise SigningError(f"The PDF was not signed: {error}.") from error
    return out.getvalue()


def seal(signer: Signer, stamp: Stamp | None = None, authority: bytes | None = None) -> Seal:
    """What fills a bundle's `signatures/`: the signature, its certificates, and a time stamp.

    `authority` are the stamping authority's certificates (PEM), put beside its stamp. Without a
    stamp to be had the bundle is signed alone; nothing says that it was stamped.
    """

    def files(tagmanifest: bytes) -> Mapping[str, bytes]:
        made = {
            "tagmanifest-sha256.txt.p7s": sign_detached(signer, tagmanifest),
            "signer.pem": signer.pem,
        }
        if signer.is_demo:
            made["NOTICE.txt"] = f"{DEMO}: {signer.subject}\n".encode()
        stamped = stamp(tagmanifest) if stamp else None
        if stamped is not None:
            made["tagmanifest-sha256.txt.tsr"] = stamped
            if authority:
                made["timestamp-authority.pem"] = authority
        return made

    return files
