"""How an agency takes referrals: over its interface, as a sealed folder, or by encrypted mail.

Owns the ways and what an agency's record must hold for each. Leaves making and handing over to
`casework.mails.outgoing` and `casework.mails.mailed`.
"""

from email.errors import MessageError
from email.headerregistry import Address
from enum import StrEnum

from rules.decision import Decision


class Delivery(StrEnum):
    """The way a referral goes to an agency."""

    INTERFACE = "interface"
    FOLDER = "folder"
    MAIL = "mail"


def address_of(contact: str) -> str | None:
    """The e-mail address that `contact` is; None where it is none, or holds more than one."""
    try:
        address = Address(addr_spec=contact.strip())
    except (ValueError, IndexError, MessageError):
        return None
    return address.addr_spec if address.username and address.domain else None


def may_take(way: Delivery, agency: str, *, contact: str, certificate: bool) -> Decision:
    """Whether referrals may go to `agency` by `way`; `certificate`: one to encrypt to is there."""
    objections: list[str] = []
    if way is Delivery.MAIL and not certificate:
        objections.append(
            f"{agency} has no valid certificate on record, and a mail must be encrypted to one. "
            "Add its certificate first, or choose a folder."
        )
    if way is Delivery.MAIL and address_of(contact) is None:
        objections.append(
            f"The contact of {agency} is no e-mail address, and a mail must go to one. "
            "Have it put on record first, or choose a folder."
        )
    return Decision.unless(objections)


def fits_mail(size: int, most_megabytes: int) -> Decision:
    """Whether an encrypted package of `size` bytes may go by mail."""
    if size <= most_megabytes * 1_000_000:
        return Decision.yes()
    return Decision.no(
        f"The package has {-(-size // 1_000_000)} MB, and a mail carries {most_megabytes} at most. "
        "Choose the folder for this agency, send it again, and hand the folder over."
    )
