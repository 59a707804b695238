"""Who vouches for a certificate, at a given time, and how that is told.

Owns the authorities believed (none but those named by whoever checks), the chain up to one of them,
and the mark of a demonstration. An authority counts no longer than its own certificate is valid.
Nobody is asked over the network. Leaves what was signed to `sealcheck`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import ValidationContext

from evidence.signatures import DEMO, is_demo


def context(
    roots: Sequence[x509.Certificate], signed: cms.SignedData, at: datetime
) -> ValidationContext:
    """What a certificate is checked against: authorities, what came along with it, a time."""
    others = [each.chosen for each in signed["certificates"] if each.name == "certificate"]
    return ValidationContext(
        trust_roots=[as_asn1(root) for root in roots],
        other_certs=others,
        moment=at,
        # Revocation lists of that time are not in a bundle; nobody is asked over the network.
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def last(signed: cms.SignedData, now: datetime) -> datetime:
    """The last time at which all certificates that came along were valid, at most `now`."""
    certificates: Any = signed["certificates"]
    ends = [each.chosen.not_valid_after for each in certificates]
    return min([now, *ends])


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko reads it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def who(certificate: asn1_x509.Certificate, path: Any) -> str:
    """Its subject, then who vouches for whom up to the authority; marked where it is for trying."""
    chain = chain_of(certificate, path)
    names = [each.subject.human_friendly for each in chain]
    issuer = certificate.issuer.human_friendly
    if len(names) == 1 and issuer != names[0]:
        names.append(f"{issuer} (not named as an authority)")
    demo = any(is_demo(x509.load_der_x509_certificate(each.dump())) for each in chain)
    told = ", vouched for by ".join(names)
    return f"{told} [{DEMO}]" if demo else told


def chain_of(certificate: asn1_x509.Certificate, path: Any) -> list[asn1_x509.Certificate]:
    """The certificate and those that vouch for it, up to the authority named."""
    others = reversed(list(path)) if path is not None else ()
    return [certificate, *(each for each in others if each.dump() != certificate.dump())]


def valid(chain: Sequence[asn1_x509.Certificate], at: datetime) -> bool:
    """Whether each was valid then."""
    return all(each.not_valid_before <= at <= each.not_valid_after for each in chain)


def told_time(at: datetime) -> str:
    """A time as it is printed, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
