"""The mail that brings a referral's package: encrypted, in the agency's language.

It names the agency and the referral, and nobody else; what is told of the case is in the encrypted
file alone. It may come twice (docs/adr, "A mail may come twice"), and says how that is recognised.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from casework.letters import FOLDER, Office, headed

_SUBJECT = {"en": "Referral {reference}, encrypted", "zh": "移送 {reference}（已加密）"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What the mail says and brings; digests as `sha256:` and hex digits."""

    reference: str
    agency: str
    address: str
    packed: str
    attached: str
    data: bytes
    language: str


def letter(brought: Brought, message_id: str, now: datetime, office: Office) -> EmailMessage:
    """The mail to the agency. Raises MailRefused where its address is none."""
    file = f"{brought.reference}.p7m"
    facts = {
        "reference": brought.reference,
        "agency": brought.agency,
        "file": file,
        "packed": brought.packed.removeprefix("sha256:"),
        "attached": brought.attached.removeprefix("sha256:"),
    }
    subject = _SUBJECT[brought.language].format(**facts)
    mail = headed(subject, brought.agency, brought.address, message_id, now, office)
    text = (FOLDER / f"referral.{brought.language}.txt").read_text("utf-8")
    mail.set_content(text.format(**facts), cte="base64")
    mail.add_attachment(
        brought.data,
        maintype="application",
        subtype="pkcs7-mime",
        filename=file,
        params={"smime-type": "enveloped-data"},
    )
    return mail
