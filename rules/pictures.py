"""Seller's pictures: where they come from, which are compared, and what their metadata tells.

Owns which pictures can say anything about a shop, how sure the word of each is, and what counts as
a device's own number. Our own people's photos are never among them. Leaves how alike two are to
`rules.likeness`, and what follows to `rules.linkage`.
"""

import re
from enum import StrEnum

from rules.identifiers import MASK, Confidence


class Origin(StrEnum):
    """Where a seller's picture is from. SCREEN: a person cut it out of a capture of a screen."""

    LISTING = "listing"
    CHAT = "chat"
    INVOICE = "invoice"
    SCREEN = "screen"


class Whose(StrEnum):
    """Whose picture it is that our own photo and a seller's both show, as a person says.

    OURS: it is no seller's, and says nothing of a shop. SELLERS: ours was taken of it, off a screen
    or a print, and shows no goods.
    """

    OURS = "our_own_photo"
    SELLERS = "picture_of_the_seller"


class LeftOut(StrEnum):
    """Why a picture is kept and compared with none."""

    SMALL = "too_small"
    PLAIN = "too_plain"
    UNREADABLE = "unreadable"


LEAST_EDGE = 200
"""Pixels: what is smaller on a page is a sign, a button or a thumbnail of something else. A choice
of this programme.
"""

HANDED_IN = (Origin.CHAT, Origin.LISTING, Origin.INVOICE)
"""What a person may say of a file."""

SCREENS = frozenset({"P01", "P02", "P03", "P04"})
"""Shots out of which a seller's picture may be cut: listing, price, seller's page and chat."""


def confidence(origin: Origin, *, by_machine: bool) -> Confidence:
    """How sure it is that the shop shows this picture.

    A file that a machine fetched from the listing is the seller's; of one that was handed in, a
    person says so; one cut out of a screen is a picture of a picture.
    """
    if by_machine:
        return Confidence.CERTAIN
    return Confidence.POSSIBLE if origin is Origin.SCREEN else Confidence.PROBABLE


def left_out(width: int, height: int, *, readable: bool, flat: bool) -> LeftOut | None:
    """Why a picture of so many pixels is compared with none; None where it is compared."""
    if not readable:
        return LeftOut.UNREADABLE
    if min(width, height) < LEAST_EDGE:
        return LeftOut.SMALL
    return LeftOut.PLAIN if flat else None


METADATA = "metadata of a seller's picture"
"""Who says which device took it: the identifier's source, beside the test buy."""

_LEAST_DIGITS = 4
"""A word, or a model's name, has fewer."""

_HEX_ID = re.compile(r"[0-9a-fA-F]{32}")


def own_number(serial: str | None) -> str | None:
    """A serial number that can be one device's; None for fillers such as 0000000 or “none”."""
    plain = re.sub(r"[\s\-]", "", serial or "")
    several = len(set(plain.casefold())) > 2
    return plain if several and sum(map(str.isdigit, plain)) >= _LEAST_DIGITS else None


def unique_id(image_id: str | None) -> str | None:
    """An image's unique id: 128 bits in hexadecimal (Exif 2.32, ImageUniqueID).

    Some makers write the number of a camera's module there, which all phones of a model share.
    """
    plain = (image_id or "").strip()
    return plain.lower() if _HEX_ID.fullmatch(plain) and len(set(plain)) > 2 else None


def told(device: str | None, serial: str | None, image_id: str | None) -> tuple[str, ...]:
    """What the metadata of a picture tells, each as an identifier's value; empty where nothing.

    Without a serial number the device stands with a masked one: thousands own that model.
    """
    number, unique = own_number(serial), unique_id(image_id)
    values = []
    if device or number:
        values.append(f"{device or ''} {number or MASK}".strip())
    if unique:
        values.append(f"image {unique}")
    return tuple(values)
