"""What seals a package as it leaves: the signing key, and the authority that says when.

Owns bringing both together for dossiers and bundles. Without a key nothing is signed and nothing
says that it was. An authority that does not answer costs its stamp, never the package: the anchors
of the ledgers it holds are stamped by their own clock. Leaves keys to `casework.record.keys`.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from casework.errors import Refused
from casework.record import keys
from casework.settings import Settings
from connectors.timestamping import HttpTimestamping, Timestamping, TimestampingError
from evidence import signatures, timestamps
from evidence.fonts import CJK_FONTS
from evidence.signatures import Seal, Signer


@dataclass(frozen=True, slots=True)
class Seals:
    """The signer and the authority, each None where there is none; and where typefaces lie."""

    signer: Signer | None = None
    authority: Timestamping | None = None
    roots: tuple[x509.Certificate, ...] = ()
    policy: str = ""
    fonts: Path = CJK_FONTS

    @property
    def seal(self) -> Seal | None:
        """What fills a bundle's `signatures/`."""
        if self.signer is None:
            return None
        pem = b"".join(root.public_bytes(Encoding.PEM) for root in self.roots)
        return signatures.seal(self.signer, self.stamp, pem or None)

    @property
    def is_demo(self) -> bool:
        """Whether a demonstration's key signs."""
        return self.signer is not None and self.signer.is_demo

    def stamp(self, data: bytes) -> bytes | None:
        """The authority's stamp of `data` (DER); None where there is none to be had now."""
        if self.authority is None:
            return None
        try:
            return self._answer(timestamps.request(data, policy=self.policy))
        except (TimestampingError, timestamps.NoStamp):
            return None

    def signed(self, pdf: bytes, now: datetime, reason: str) -> bytes:
        """`pdf` with a signature, and a stamp of it where an authority is there.

        Raises Refused for a key that has expired: whoever checks would take what it signs for
        forged.
        """
        if self.signer is None:
            return pdf
        self.ensure_valid(now)
        sign = partial(signatures.sign_pdf, pdf, self.signer, reason=reason, now=now)
        if self.authority is not None:
            try:
                return sign(stamp=self._stamp_of_digest)
            except signatures.SigningError:
                # The authority is away, or no answer of its can be read: signed without a stamp.
                pass
        return sign()

    def ensure_valid(self, now: datetime) -> None:
        """Raise Refused where there is a key, and it has expired."""
        if self.signer and (ended := self.signer.certificate.not_valid_after_utc) < now:
            raise Refused(
                f"The certificate of the signing key expired on {ended:%Y-%m-%d}. An administrator "
                "makes or imports another: testbuy keys make, testbuy keys import."
            )

    def _stamp_of_digest(self, digest: bytes, algorithm: str) -> bytes:
        return self._answer(timestamps.request_for(digest, algorithm, policy=self.policy))

    def _answer(self, query: bytes) -> bytes:
        assert self.authority is not None
        answer = self.authority.ask(query)
        timestamps.answered(answer, query, self.roots)
        return answer


NONE = Seals()
"""Nothing is signed."""


def of(settings: Settings) -> Seals:
    """The seals that `settings` name. Raises Refused for a key that can't be opened."""
    return Seals(
        keys.current(settings.signing_key, settings.signing_password),
        HttpTimestamping(settings.timestamp_url) if settings.timestamp_url else None,
        settings.timestamp_authorities(),
        settings.timestamp_policy,
        settings.fonts,
    )
