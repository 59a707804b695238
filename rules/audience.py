"""Who is given what of a photo: its original, a copy with masks, a plain preview, or nothing.

The one place that decides it, for pages and for packages, from a shot's audience and from what was
done to the photo. Owns the levels of a package and what a mask may cover. Leaves finding and
destroying pixels to `evidence.masking`, and the shots themselves to `rules.shots`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.roles import Role
from rules.shots import Shot


class MaskKind(StrEnum):
    """What a mask covers."""

    RECIPIENT = "recipient"
    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT = "account"
    PLACE = "place"
    BARCODE = "barcode"
    PERSON = "person"


class Maskable(StrEnum):
    """What a person masks: a photo of ours, or a picture that a seller showed or sent."""

    PHOTO = "photo"
    SELLERS = "seller's picture"


class Level(StrEnum):
    """How much a package says of the buyer: `full` is the police's, `redacted` everybody else's."""

    FULL = "full"
    REDACTED = "redacted"


class Beside(StrEnum):
    """What a package holds beside what was handed in for shots."""

    CAPTURE = "capture"
    CHAT = "chat"
    CERTIFICATE = "certificate"


class Given(StrEnum):
    """What a reader gets of a photo, or of what stands beside the photos."""

    ORIGINAL = "original"
    SEALED_ORIGINAL = "original in the inner bag"
    MASKED = "masked copy"
    PREVIEW = "preview"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Picture:
    """What decides about a photo. `masked`: a person marked it, or said there is nothing to mask.

    `names_place`: its metadata says where it was taken, which may be the buyer's home, or by whom.
    `hides`: the person who marked it covered something. `drawn`: it is a picture; of a film or a
    document there is no copy, and nobody can cover a part of it.
    """

    shot: Shot
    masked: bool
    names_place: bool
    hides: bool = False
    drawn: bool = True

    @property
    def identifies_buyer(self) -> bool:
        """Whether its shot is one that authenticators never see."""
        return Role.AUTHENTICATOR not in self.shot.audience


ORIGINALS: frozenset[Role] = frozenset(
    {Role.ANALYST, Role.SUPERVISOR, Role.LIAISON, Role.AUDITOR, Role.BUYER}
)
"""Roles that may have the bytes the device handed over; buyers only their own."""

MASKERS: Mapping[Maskable, frozenset[Role]] = {
    Maskable.PHOTO: frozenset({Role.BUYER, Role.CLERK}),
    Maskable.SELLERS: frozenset({Role.ANALYST}),
}
"""Roles that mark what must be masked; buyers only on their own photos."""

COPIES: frozenset[Given] = frozenset({Given.MASKED, Given.PREVIEW})
"""What holds no metadata and is drawn anew: it may be looked at by its reader, never more."""

PARTS = 10_000
"""A region's edges are whole parts of 10,000 of the oriented picture's width and height."""

MOST_REGIONS = 40


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A rectangle in a picture as a person sees it; edges from 0 to `PARTS`."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= PARTS and 0 <= self.top < self.bottom <= PARTS):
            raise ValueError("A region must lie inside the picture and cover some of it.")


def on_page(roles: frozenset[Role], picture: Picture) -> Given:
    """The most that a person with `roles` may see of a photo that is theirs to see.

    Whether it is theirs (a buyer's own, an authenticator's examination) is told by the rows.
    """
    seeing = roles & picture.shot.audience
    if seeing & ORIGINALS:
        return Given.ORIGINAL
    if seeing - {Role.AUTHENTICATOR}:
        return Given.PREVIEW
    if seeing:
        return Given.MASKED if picture.masked else Given.PREVIEW
    return Given.NOTHING


def of_seller_on_page(roles: frozenset[Role], *, masked: bool) -> Given:
    """What a person who may see sellers' pictures sees of one: the whole only to mask it anew."""
    return Given.MASKED if masked and not roles & MASKERS[Maskable.SELLERS] else Given.PREVIEW


def in_package(level: Level, picture: Picture) -> frozenset[Given]:
    """What goes along of an accepted photo, film or document; its digest is named in any case.

    Redacted: never an original. A photo that identifies the buyer goes along only as a copy that a
    person masked, a film or a document not at all. Full: every original, those that tell who or
    where the buyer is encrypted.
    """
    copy = Given.MASKED if picture.masked else Given.PREVIEW
    hidden = not picture.drawn or (picture.identifies_buyer and not picture.masked)
    shown = frozenset[Given]() if hidden else frozenset({copy})
    if level is Level.REDACTED:
        return shown or frozenset({Given.NOTHING})
    bagged = picture.identifies_buyer or picture.names_place or picture.hides
    return frozenset({*shown, Given.SEALED_ORIGINAL if bagged else Given.ORIGINAL})


def beside(level: Level, what: Beside) -> frozenset[Given]:
    """What goes along of a capture, the chat or a notary's certificate (ADR 11).

    A capture shows what any visitor sees. The chat is never withheld, whomever it speaks for: the
    buyer's account is covered in it, and the whole lies in the inner bag. A certificate names who
    appeared before the notary, so that it goes into the inner bag or is named by its digest.
    """
    if what is Beside.CAPTURE:
        return frozenset({Given.ORIGINAL})
    shown = {Given.MASKED} if what is Beside.CHAT else set[Given]()
    if level is Level.FULL:
        return frozenset({*shown, Given.SEALED_ORIGINAL})
    return frozenset(shown or {Given.NOTHING})


def of_seller(
    level: Level, *, fetched: bool, public: bool, masked: bool, hides: bool
) -> frozenset[Given]:
    """What goes along of a picture that a seller showed or sent.

    `fetched`: by a machine, as any visitor may. `public`: of a listing, so that a copy without
    metadata may be seen; its file passed through a person's device. What was sent to the buyer may
    show their name and address, so that it goes along only as a copy that a person `masked`, or
    said needs no mask. `hides`: the mask covers something; the whole is then the police's alone.
    """
    if fetched and not hides:
        return frozenset({Given.ORIGINAL})
    copy = Given.MASKED if masked else Given.PREVIEW
    shown = frozenset({copy}) if public or masked else frozenset[Given]()
    if level is Level.FULL:
        return shown | {Given.SEALED_ORIGINAL}
    return shown or frozenset({Given.NOTHING})


def scan_goes_along(level: Level, *, names_place: bool) -> bool:
    """Whether a signed statement goes into a package, bit for bit as it was handed in.

    It names its examiner, who testifies, and no buyer. Where its metadata says where the paper was
    photographed, only the police get it; its digest is named in any case.
    """
    return level is Level.FULL or not names_place
