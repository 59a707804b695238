"""Codes on goods: how they are compared, what a machine's reading counts as, and what links shops.

Owns the kinds, the key two readings are compared by, and which codes are a lead. A genuine serial
number is made once: the same one on goods of two shops says that both were copied from one piece,
or come from one hand. A lot code is the same on every piece of its lot, an EAN on every piece of
its kind, and a verification code may be printed by the thousand: none of them links anybody. A key
is compared within one brand, because two makers may count alike. Leaves reading pictures to
`evidence` and what follows from a lead to people.
"""

import re
import unicodedata
from enum import StrEnum


class CodeKind(StrEnum):
    """What a code on goods is. BARCODE: an article number or another code that names no piece."""

    SERIAL = "serial"
    LOT = "lot"
    VERIFICATION = "verification"
    BARCODE = "barcode"


class CodeSource(StrEnum):
    """Who read it off the goods or off their photo."""

    CLERK = "clerk"
    BUYER = "buyer"
    MACHINE = "machine"
    AUTHENTICATOR = "authenticator"


class ScanResult(StrEnum):
    """What the maker's service said of a verification code, as a person recorded it."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    ALREADY_SCANNED = "already_scanned"


class LeadKind(StrEnum):
    """What a lead rests on."""

    SAME_SERIAL = "same_serial"


class LeadState(StrEnum):
    """Whether a person has looked at a lead, and what they made of it."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


SHOTS_WITH_CODES = ("U06", "U08", "I03")
"""The shots of codes: on the box, the security code, the serial or engraving."""

LONGEST = 500
"""Signs of the longest code that is kept; a longer one is no code of a piece."""

_LEAST = 4
_LABEL = re.compile(
    r"^(?:S/N|(?:SN|SERIAL|SERIALNO|SERIALNUMBER|NO|NR|LOT|LOTNO|BATCH|序列号|编号|批号)[:：])[:：.]*"
)
_LEFT_OUT = re.compile(r"[\s\-‐‑–_.·]+")
_ARTICLE_NUMBERS = ("EAN", "UPC")


def written(text: str) -> str:
    """A code as it is kept: signs that can't be seen stand by their number, as `\\x1D`."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02X}" for sign in text.strip())


def key(text: str) -> str:
    """What two readings are compared by: the same signs in whatever case, width and spacing.

    A label before it (`S/N`, `SN:`, `序列号：`) is left out; without its stroke or colon it may be
    a part of the number, and stays. A letter O and a zero differ: a copy may tell them apart.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(sign for sign in plain if sign.isprintable())
    packed = _LEFT_OUT.sub("", plain)
    return _LABEL.sub("", packed) or packed


def links(kind: CodeKind, key: str) -> bool:
    """Whether the same key on goods of two shops is a lead.

    Only a serial number is; and only one that can tell pieces apart: at least four signs, a digit
    among them, not one sign over and over, as in `0000`.
    """
    return (
        kind is CodeKind.SERIAL
        and len(key) >= _LEAST
        and any(sign.isdigit() for sign in key)
        and len(set(key)) > 1
    )


def article_number(text: str) -> bool:
    """Whether it is built like an EAN or UPC: a person then looks twice whether it is a serial."""
    digits = key(text)
    if len(digits) not in (8, 12, 13, 14) or not (digits.isascii() and digits.isdigit()):
        return False
    weighed = sum(int(each) * (3 if place % 2 else 1) for place, each in enumerate(digits[::-1]))
    return weighed % 10 == 0


def kind_read(shot: str, symbology: str, text: str) -> CodeKind:
    """What a machine's reading counts as until a person says otherwise.

    The shot says what was photographed: a code beside the serial number or engraving is the serial,
    one in the security code's picture a verification code. An article number is one wherever it
    stands, an address is a verification code, and nothing on the box is taken for a serial.
    """
    if symbology.upper().replace("-", "").startswith(_ARTICLE_NUMBERS):
        return CodeKind.BARCODE
    if shot == "U08" or text.lower().startswith(("http://", "https://")):
        return CodeKind.VERIFICATION
    return CodeKind.SERIAL if shot == "I03" else CodeKind.BARCODE
