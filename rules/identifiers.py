"""Identifiers of shops: their kinds, what each carries and why, and how two are compared.

Owns the table of kinds and the normal forms. An identifier is a dated fact about one shop; two
shops with an equal normal form of one kind share it. Leaves what follows from sharing one to
`rules.linkage`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.signs import bare


class IdentifierKind(StrEnum):
    """What an identifier is."""

    RETURN_ADDRESS = "return_address"
    PHONE = "phone"
    PAYMENT_ACCOUNT = "payment_account"
    SENDER_NAME = "sender_name"
    SENDER_LABEL = "sender_label"
    PARCEL_SEAL = "parcel_seal"
    ENCLOSED_DOCUMENT = "enclosed_document"
    COURIER = "courier"
    POSTMARK = "postmark"
    PHOTO_REUSE = "photo_reuse"
    SERIAL = "serial"
    BATCH = "batch"
    EXIF_DEVICE = "exif_device"
    REGISTRANT = "registrant"
    ADMISSION = "admission"
    POLICE_FINDING = "police_finding"


class Strength(StrEnum):
    """What a kind can do. NONE: it describes a parcel and ties nobody."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


class Confidence(StrEnum):
    """How sure whoever recorded an identifier is of having read or heard it right."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class IdentifierState(StrEnum):
    """Whether somebody has borne an identifier out."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a kind carries, and why."""

    strength: Strength
    why: str


KINDS: Mapping[IdentifierKind, Weight] = {
    IdentifierKind.RETURN_ADDRESS: Weight(
        Strength.STRONG,
        "Goods come back to whoever sold them. Whoever confirms it has seen that it is no parcel "
        "station or forwarder.",
    ),
    IdentifierKind.PHONE: Weight(
        Strength.STRONG, "A number is one person's or one business's at a time."
    ),
    IdentifierKind.PAYMENT_ACCOUNT: Weight(
        Strength.STRONG, "The money goes to whoever opened the account."
    ),
    IdentifierKind.SENDER_NAME: Weight(
        Strength.WEAK, "Many bear one name, and a sender writes what they like."
    ),
    IdentifierKind.SENDER_LABEL: Weight(
        Strength.WEAK, "A label is bought or copied by anybody; it shows who packed, not who sells."
    ),
    IdentifierKind.PARCEL_SEAL: Weight(
        Strength.WEAK, "Tape and seals are bought by the roll; one shows who packed, not who sells."
    ),
    IdentifierKind.ENCLOSED_DOCUMENT: Weight(
        Strength.WEAK, "Cards and receipts are printed by the thousand and copied."
    ),
    IdentifierKind.COURIER: Weight(Strength.NONE, "Thousands of senders use one courier."),
    IdentifierKind.POSTMARK: Weight(
        Strength.NONE, "Everybody who posts in a place on a day has the same postmark."
    ),
    IdentifierKind.PHOTO_REUSE: Weight(
        Strength.WEAK, "Sellers copy each other's pictures of an article."
    ),
    IdentifierKind.SERIAL: Weight(
        Strength.STRONG,
        "A genuine serial number is made once. Whoever confirms the lead has seen that the goods "
        "come from one hand.",
    ),
    IdentifierKind.BATCH: Weight(
        Strength.WEAK, "Every piece of a lot bears its number, whoever sells it."
    ),
    IdentifierKind.EXIF_DEVICE: Weight(
        Strength.WEAK,
        "A serial number tells who took a picture, which others copy with all that it says; most "
        "files name a model alone, which thousands own: that asks nothing by itself.",
    ),
    IdentifierKind.REGISTRANT: Weight(
        Strength.WEAK, "Many bear one name, and a registrant may have lent theirs."
    ),
    IdentifierKind.ADMISSION: Weight(
        Strength.STRONG, "Somebody said so against their own interest; another person confirms it."
    ),
    IdentifierKind.POLICE_FINDING: Weight(
        Strength.STRONG, "An authority found it and answers for it; another person confirms it."
    ),
}
"""Every kind, by what it carries."""

NEEDS_ANOTHER = frozenset({IdentifierKind.ADMISSION, IdentifierKind.POLICE_FINDING})
"""Kinds that nobody confirms who recorded them: no paper of ours shows them again."""

FROM_CODES = frozenset({IdentifierKind.SERIAL, IdentifierKind.BATCH})
"""Kinds that come from codes recorded on exhibits; a lead asks about a serial, no proposal."""

PARCEL_KINDS = (
    IdentifierKind.SENDER_NAME,
    IdentifierKind.RETURN_ADDRESS,
    IdentifierKind.PHONE,
    IdentifierKind.SENDER_LABEL,
    IdentifierKind.PARCEL_SEAL,
    IdentifierKind.COURIER,
    IdentifierKind.POSTMARK,
    IdentifierKind.ENCLOSED_DOCUMENT,
)
"""What a waybill and a parcel tell."""

MASK = "*"
_CODES = {
    "CN": "86", "HK": "852", "MO": "853", "TW": "886", "SG": "65", "MY": "60", "TH": "66",
    "VN": "84", "JP": "81", "KR": "82", "IN": "91", "TR": "90", "GB": "44", "DE": "49", "FR": "33",
    "IT": "39", "ES": "34", "NL": "31", "PL": "48", "US": "1", "CA": "1", "AU": "61",
}  # fmt: skip
"""Country calling codes (ITU-T E.164) by the region of a shop."""

_BETWEEN_SIGNS = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_APART = re.compile(r"[^\w*]+")
_CHINESE_MOBILE = re.compile(r"86(1[3-9]\d{9})")


def normal_form(kind: IdentifierKind, value: str, region: str | None = None) -> str:
    """What two values of one kind are compared by; "" where nothing of it can be compared.

    Signs in one width and case (NFKC), spaces and punctuation alike, those that nobody sees
    left out. A phone number is its digits
    behind its country's; without a sign of it, the country is the shop's `region`. Signs that were
    masked stay as `*`.
    """
    plain = unicodedata.normalize("NFKC", bare(value)).casefold()
    if kind is IdentifierKind.PHONE:
        return _phone(plain, region)
    if kind in (IdentifierKind.PAYMENT_ACCOUNT, IdentifierKind.SERIAL, IdentifierKind.BATCH):
        return re.sub(r"[\s\-]+", "", plain)
    words = _APART.sub(" ", plain).strip()
    # What a carrier masks whole says nothing, and would be the same on every label.
    return _BETWEEN_SIGNS.sub("", words) if words.strip(f"{MASK} ") else ""


def _phone(plain: str, region: str | None) -> str:
    number = re.sub(r"[^0-9*+]", "", plain)
    abroad = number.startswith(("+", "00"))
    digits = re.sub(r"[^0-9*]", "", number)
    if abroad:
        return digits.removeprefix("00")
    code = _CODES.get(region or "", "")
    if code == "86" and _CHINESE_MOBILE.fullmatch(digits):
        return digits
    # Italy alone keeps the zero in front of a number of its own.
    own = digits if code == "39" else digits.removeprefix("0")
    return f"{code}{own}" if own.strip(MASK) else ""


def strength(kind: IdentifierKind, normal: str) -> Strength:
    """What an identifier carries: a masked one never more than a weak kind does."""
    known = KINDS[kind].strength
    return Strength.WEAK if known is Strength.STRONG and MASK in normal else known


def supports_only(kind: IdentifierKind, normal: str) -> bool:
    """Whether it is shown beside other evidence and proposes nothing alone: a camera's model, whose
    serial number is masked because the file does not tell it.
    """
    return kind is IdentifierKind.EXIF_DEVICE and MASK in normal
