"""Time stamps of a time-stamp authority (RFC 3161): asking for one, and reading what came back.

Owns the request, and whether an answer is a stamp of what was asked about. Leaves sending to
`connectors`. An answer is kept as it came: a strict reader refuses encodings that `openssl ts`
accepts (certificates out of order), and then openssl decides. The authority's certificate is judged
at the time of the stamp: that it has expired since takes nothing from it.
"""

import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

_OPENSSL_S = 30


class NoStamp(ValueError):  # noqa: N818 - says what came
    """The answer is no stamp of this data by this authority; the message says why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp says. `read_by` names the reader that verified it; `at` is aware UTC.

    `accuracy` is how far `at` may be off; None where the authority does not say.
    """

    at: datetime
    serial: int
    policy: str
    read_by: str
    accuracy: timedelta | None = None


def request(data: bytes, *, policy: str = "") -> bytes:
    """The request (DER) for a stamp of the SHA-256 of `data`, with a nonce of its own.

    `policy` is the only one under which a stamp is wanted; without it any is.
    """
    return request_for(hashlib.sha256(data).digest(), "sha256", policy=policy)


def request_for(digest: bytes, algorithm: str, *, policy: str = "") -> bytes:
    """The same for what a digest is known of."""
    drawn = TimestampRequestBuilder().data(digest).cert_request(cert_request=True).build()
    asked = tsp.TimeStampReq.load(drawn.as_bytes())
    asked["message_imprint"] = {
        "hash_algorithm": {"algorithm": algorithm},
        "hashed_message": digest,
    }
    if policy:
        asked["req_policy"] = policy
    return asked.dump()


def answered(answer: bytes, query: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """The stamp in `answer`, which must be the answer to `query` (both DER), and to no other.

    Its nonce and policy are those asked with; how accurate its time is, an authority may leave to
    its policy (RFC 3161, 2.4.2). Raises NoStamp.
    """
    asked = tsp.TimeStampReq.load(query)
    said = _said(answer)
    if said["nonce"].native != asked["nonce"].native:
        was = "has none" if said["nonce"].native is None else "has another one"
        raise NoStamp(f"It answers another question: a nonce was sent with this one, and it {was}.")
    wanted = asked["req_policy"].native
    if wanted and said["policy"].dotted != asked["req_policy"].dotted:
        raise NoStamp(
            f"It was made under the policy {said['policy'].dotted}, not under the one asked for, "
            f"{asked['req_policy'].dotted}."
        )
    return _verified(answer, said, asked["message_imprint"], roots)


def read(answer: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """The stamp in a kept `answer` (DER), verified over `data` up to one of `roots`.

    Raises NoStamp where it is of other data, by somebody else, or nothing at all.
    """
    asked = tsp.TimeStampReq.load(request(data))
    return _verified(answer, _said(answer), asked["message_imprint"], roots)


class _Answer(tsp.TimeStampResp):
    """As RFC 3161 has it: a refusal holds no token."""

    _fields = [  # noqa: RUF012 - asn1crypto's way of saying it
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def _said(answer: bytes) -> Any:
    """What a granted answer says (TSTInfo), unverified."""
    try:
        whole = _Answer.load(answer, strict=True)
        status = whole["status"]
        word, why = status["status"].native, status["status_string"].native or []
        why = [*why, *sorted(status["fail_info"].native or ())]
        said = None
        if word == "granted":
            said = whole["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
            said.native  # noqa: B018 - reads all of it: what can't be read shows here
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoStamp("What came is no answer of a time-stamp authority.") from error
    if word != "granted":
        told = f": {'; '.join(why)}" if why else ""
        raise NoStamp(f"The authority did not grant the stamp ({word}{told}).")
    if not isinstance(said, tsp.TSTInfo):
        raise NoStamp("What came is no answer of a time-stamp authority.")
    return said


def _accuracy(said: Any) -> timedelta | None:
    accuracy = said["accuracy"].native
    if not accuracy:
        return None
    seconds, millis, micros = (accuracy[unit] or 0 for unit in ("seconds", "millis", "micros"))
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def _verified(answer: bytes, said: Any, imprint: Any, roots: Sequence[x509.Certificate]) -> Stamp:
    if not roots:
        raise NoStamp("No authority is trusted. Name its certificates, or the stamp says nothing.")
    digest: bytes = imprint["hashed_message"].native
    kinds = [
        each["hash_algorithm"]["algorithm"].native for each in (imprint, said["message_imprint"])
    ]
    if kinds[0] != kinds[1] or said["message_imprint"]["hashed_message"].native != digest:
        raise NoStamp("It is no valid stamp of this data: it stamps something else.")
    at = said["gen_time"].native.astimezone(UTC)
    try:
        response = decode_timestamp_response(answer)
    except ValueError:
        _verify_by_openssl(answer, digest, at, roots)
        reader = "openssl ts"
    else:
        builder = VerifierBuilder(roots=list(dict.fromkeys(roots)))
        try:
            builder.build().verify(response, digest)
        except (VerificationError, ValueError) as error:
            raise NoStamp(f"It is no valid stamp of this data: {error}.") from error
        reader = "rfc3161-client"
    serial, policy = said["serial_number"].native, said["policy"].dotted
    return Stamp(at, serial, policy, reader, _accuracy(said))


def _verify_by_openssl(
    answer: bytes, digest: bytes, at: datetime, roots: Sequence[x509.Certificate]
) -> None:
    with tempfile.TemporaryDirectory(prefix="stamp-") as folder:
        here = Path(folder)
        (here / "answer.tsr").write_bytes(answer)
        pem = b"".join(each.public_bytes(Encoding.PEM) for each in roots)
        (here / "roots.pem").write_bytes(pem)
        words = (
            "openssl", "ts", "-verify", "-digest", digest.hex(), "-in", "answer.tsr",
            "-CAfile", "roots.pem", "-attime", str(int(at.timestamp())),
        )  # fmt: skip
        try:
            verified = subprocess.run(
                words, cwd=here, capture_output=True, timeout=_OPENSSL_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoStamp("It can't be read, and openssl can't be asked.") from error
    if verified.returncode:
        raise NoStamp("It is no valid stamp of this data: neither reader accepts it.")
