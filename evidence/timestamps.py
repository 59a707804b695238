"""Time stamps of a time-stamp authority (RFC 3161): asking for one, and reading what came back.

Owns the request, and whether an answer is a stamp of the data asked about. Leaves sending to
`connectors`. An answer is kept as it came: a strict reader refuses encodings that `openssl ts`
accepts (certificates out of order), and then openssl decides.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
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
    """What a stamp says. `read_by` names the reader that verified it; `at` is aware UTC."""

    at: datetime
    serial: int | None
    policy: str | None
    read_by: str


def request(data: bytes, *, nonce: bool = True) -> bytes:
    """The request (DER) for a stamp of the SHA-256 of `data`, with the authority's certificate."""
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=nonce).cert_request(cert_request=True).build().as_bytes()


def read(answer: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """The stamp in `answer` (DER), verified over `data` up to one of `roots`.

    Raises NoStamp where it is of other data, by somebody else, or nothing at all.
    """
    if not roots:
        raise NoStamp("No authority is trusted. Name its certificates, or the stamp says nothing.")
    try:
        response = decode_timestamp_response(answer)
    except ValueError:
        return _read_by_openssl(answer, data, roots)
    if response.status != 0 and response.status != 1:
        raise NoStamp(f"The authority refused the request (status {response.status}).")
    builder = VerifierBuilder()
    for each in roots:
        builder = builder.add_root_certificate(each)
    try:
        builder.build().verify_message(response, data)
    except (VerificationError, ValueError) as error:
        raise NoStamp(f"It is no valid stamp of this data: {error}.") from error
    said = response.tst_info
    policy = said.policy.dotted_string if said.policy else None
    return Stamp(said.gen_time.astimezone(UTC), said.serial_number, policy, "rfc3161-client")


def _read_by_openssl(answer: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    with tempfile.TemporaryDirectory(prefix="stamp-") as folder:
        here = Path(folder)
        (here / "answer.tsr").write_bytes(answer)
        (here / "data").write_bytes(data)
        pem = b"".join(each.public_bytes(Encoding.PEM) for each in roots)
        (here / "roots.pem").write_bytes(pem)

        def ran(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["openssl", "ts", *words], cwd=here, capture_output=True, text=True,
                timeout=_OPENSSL_S, check=False,
            )  # fmt: skip

        try:
            verified = ran("-verify", "-data", "data", "-in", "answer.tsr", "-CAfile", "roots.pem")
            shown = ran("-reply", "-in", "answer.tsr", "-text")
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoStamp("It can't be read, and openssl can't be asked.") from error
    if verified.returncode:
        raise NoStamp("It is no valid stamp of this data: neither reader accepts it.")
    lines = (line.partition(": ") for line in shown.stdout.splitlines())
    fields = {name.strip(): value.strip() for name, _, value in lines}
    moment = datetime.strptime(fields["Time stamp"], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    return Stamp(moment, int(fields["Serial number"], 16), fields.get("Policy OID"), "openssl ts")
