"""The shots of a test buy: what each must show, which move it gates, and who may see it.

Owns the default list (domain: section 4), the full and the short list a category chooses from, and
what is still missing for a move. Leaves what a category changes of its list to `rules.shotlists`,
and judging one photo to `rules.gates`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from rules.lifecycle import Move
from rules.roles import Role


class ShotKind(StrEnum):
    """What is handed in for a shot; the gates depend on it."""

    PHOTOGRAPH = "photograph"
    SCREEN = "screen"
    DOCUMENT = "document"
    VIDEO = "video"


class Medium(StrEnum):
    """What a file is by its content."""

    PICTURE = "picture"
    DOCUMENT = "document"
    VIDEO = "video"


class Proof(StrEnum):
    """What a shot must show that can be read and compared."""

    CHALLENGE = "challenge"
    SEAL = "seal"
    WAYBILL = "waybill"


STAFF: frozenset[Role] = frozenset(
    {
        Role.ANALYST,
        Role.APPROVER,
        Role.BUYER,
        Role.CLERK,
        Role.SUPERVISOR,
        Role.LIAISON,
        Role.COUNSEL,
        Role.AUDITOR,
    }
)
"""May see shots that identify the buyer."""

EVERY_EYE: frozenset[Role] = STAFF | {Role.AUTHENTICATOR}
"""May see shots of the goods."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot: `gates` are the moves that wait for it, `audience` the roles that may see it.

    `once_only`: it cannot be taken again once the moment is past (a seal once opened).
    """

    code: str
    title: str
    instruction: str
    kind: ShotKind
    required: bool
    gates: frozenset[Move]
    audience: frozenset[Role]
    once_only: bool
    shows: frozenset[Proof]
    example: str = ""


_BUYING = frozenset({Move.PLACE_ORDER})
_OPENING = frozenset({Move.RECEIVE, Move.DOCUMENT})
_DOCUMENTING = frozenset({Move.DOCUMENT})
_SENDING = frozenset({Move.SUBMIT})
_NOTHING: frozenset[Move] = frozenset()


def _shot(
    code: str, title: str, instruction: str, gates: frozenset[Move], *shows: Proof,
    kind: ShotKind = ShotKind.PHOTOGRAPH, audience: frozenset[Role] = EVERY_EYE,
    once_only: bool = False,
) -> Shot:  # fmt: skip
    required, named = code.endswith("*"), code.rstrip("*")
    return Shot(
        named, title, instruction, kind, required, gates, audience, once_only, frozenset(shows)
    )


def _screen(
    code: str, title: str, instruction: str, gates: frozenset[Move], *, once_only: bool = False
) -> Shot:
    kind = ShotKind.SCREEN
    return _shot(code, title, instruction, gates, kind=kind, audience=STAFF, once_only=once_only)


# A star behind the code marks a required shot, as in the protocol.
DEFAULT_SHOTS: tuple[Shot, ...] = (
    _screen("P01*", "Listing", "Capture the listing with its address and a clock.", _BUYING),
    _screen("P02*", "Price", "Capture price, stock and sales count.", _BUYING),
    _screen("P03*", "Seller page", "Capture the seller's page.", _BUYING),
    _screen("P04", "Chat", "Capture the whole chat with the seller.", _NOTHING),
    _screen(
        "P05*", "Checkout", "Capture checkout, payee and total before paying.", _BUYING,
        once_only=True,
    ),
    _screen("P06*", "Order confirmation", "Capture the order with its number.", _BUYING),
    _screen("P07*", "Payment proof", "Capture the proof of payment.", _BUYING),
    _screen("P08", "Tracking", "Capture the tracking page at delivery.", _NOTHING),
    _shot(
        "R01*", "Unopened parcel", "Show all sides, with the card that bears your code.", _OPENING,
        Proof.CHALLENGE, audience=STAFF, once_only=True,
    ),
    _shot(
        "R02*", "Shipping label", "Fill the picture with the label; its print must be legible.",
        _OPENING, Proof.WAYBILL, audience=STAFF, once_only=True,
    ),
    _shot(
        "R03", "Sender", "Show customs form or sender's details.", _OPENING, audience=STAFF,
        once_only=True,
    ),
    _shot("R04*", "Seals and tape", "Show seals and tape before opening.", _OPENING,
          once_only=True),
    _shot("R05", "Weight", "Show the unopened parcel on a scale, reading visible.", _DOCUMENTING,
          once_only=True),
    _shot(
        "U01*", "Unboxing", "Film the opening in one take.", _DOCUMENTING, kind=ShotKind.VIDEO,
        audience=STAFF, once_only=True,
    ),
    _shot("U02*", "First look inside", "Show the inside as you first see it.", _DOCUMENTING,
          once_only=True),
    _shot("U03*", "Contents", "Lay out everything, with a scale.", _DOCUMENTING),
    _shot("U04", "Papers", "Show both sides of every paper.", _DOCUMENTING),
    _shot("U05*", "Retail packaging", "Show all sides of the retail packaging.", _DOCUMENTING),
    _shot("U06*", "Codes on the box", "Show barcode, lot and serial on the box.", _DOCUMENTING),
    _shot("U07", "Tags and labels", "Show tags and labels.", _DOCUMENTING),
    _shot("U08", "Security code", "Show hologram or code, and what its scan says.", _DOCUMENTING),
    _shot("I01*", "Whole exhibit", "Show the whole of it, with a scale.", _DOCUMENTING),
    _shot("I02*", "Trade mark", "Show the trade mark close up.", _DOCUMENTING),
    _shot("I03", "Serial", "Show serial number or engraving.", _DOCUMENTING),
    _shot("I04*", "Workmanship", "Show seams, edges or finish close up.", _DOCUMENTING),
    _shot("I05*", "Colour", "Show the colour beside a neutral card.", _DOCUMENTING),
    _shot("I06", "Inside", "Show inside, movement or contents.", _DOCUMENTING),
    _shot("I07", "Beside genuine", "Show the suspect beside a genuine one.", _DOCUMENTING),
    _shot("I08", "Weight and size", "Show weight and dimensions.", _DOCUMENTING),
    _shot("B01*", "Open bag", "Show the exhibit in its open bag, your code alone on its tag.",
          _DOCUMENTING),
    _shot("B02*", "Sealed bag", "Show the sealed bag, seal number legible.", _DOCUMENTING,
          Proof.SEAL),
    _shot("B03", "Storage place", "Show the bag in its storage place.", _DOCUMENTING),
    _shot("T01*", "Seal going out", "Show the seal as it leaves, number legible.", _SENDING,
          Proof.SEAL),
    _shot("T02*", "Seal coming in", "Show the seal as it arrives, number legible.", _NOTHING,
          Proof.SEAL, once_only=True),
    _shot("T03", "Seal on return", "Show the new seal for the way back.", _NOTHING, Proof.SEAL),
    _shot("D01", "Document", "Hand in an invoice, letter or certificate: PDF, scan or photo.",
          _NOTHING, kind=ShotKind.DOCUMENT, audience=STAFF),
)  # fmt: skip

ADDED = re.compile(r"[UI][5-9][0-9]")
"""How a category numbers shots of its own: from U50 at the unboxing, from I50 of the exhibit."""


class _Shots(dict[str, Shot]):
    """The default shots by code; and for the code of a category's own shot, what all those are.

    Who may see a photo hangs on its shot alone, wherever the list is not at hand: own shots are
    photographs of the goods, for every eye, and gate the documentation. Iterating gives defaults.
    """

    def __missing__(self, code: str) -> Shot:
        if not ADDED.fullmatch(code):
            raise KeyError(code)
        return _shot(code, "Own shot", "Photograph what the category asks for.", _DOCUMENTING)


SHOTS: dict[str, Shot] = _Shots({shot.code: shot for shot in DEFAULT_SHOTS})
assert len(SHOTS) == len(DEFAULT_SHOTS), "a shot has one meaning"

_PHASES = "PRUIBTD"


def place_of(code: str) -> tuple[int, str]:
    """Where a shot stands in the order in which they are taken, for sorting."""
    return _PHASES.index(code[0]), code


@dataclass(frozen=True, slots=True)
class Wording:
    """How a category words a shot in one language; empty where the default's words do."""

    title: str = ""
    instruction: str = ""
    example: str = ""


UNCHANGED = Wording()


@dataclass(frozen=True, slots=True)
class Own:
    """A shot as a category words it, or one it added."""

    code: str
    english: Wording
    chinese: Wording


@dataclass(frozen=True, slots=True)
class ShotList:
    """What a product category asks for: shot codes, in the order they are taken.

    `own`: shots in the category's own words. `relaxed`: shots it made optional, each with why.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    own: tuple[Own, ...] = ()
    relaxed: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        codes = self.required + self.optional
        named = {each.code for each in self.own}
        if unknown := [code for code in codes if code not in SHOTS and code not in named]:
            raise ValueError(f"shot list {self.name} names unknown shots: {', '.join(unknown)}")
        if len(set(codes)) != len(codes):
            raise ValueError(f"shot list {self.name} names a shot twice")
        if not self.required:
            raise ValueError(f"shot list {self.name} requires nothing, so it would prove nothing")

    def find(self, code: str) -> Shot | None:
        """A shot of the list or of the defaults, in the category's English words."""
        own = self.worded(code)
        if own is None:
            return SHOTS.get(code)
        english = own.english
        changed = {"title": english.title, "instruction": english.instruction}
        changed = {name: text for name, text in changed.items() if text}
        return replace(SHOTS[code], example=english.example, **changed)

    def shot(self, code: str) -> Shot:
        """The same, of a code that a photo bears."""
        return self.find(code) or SHOTS[code]

    def worded(self, code: str) -> Own | None:
        """The category's own words for a shot, where it has any."""
        return next((each for each in self.own if each.code == code), None)


FULL = ShotList(
    "full",
    tuple(shot.code for shot in DEFAULT_SHOTS if shot.required),
    tuple(shot.code for shot in DEFAULT_SHOTS if not shot.required),
)
# For buying in mass, where an examination of photographs is to come: what ties the goods to the
# order and the parcel, and what shows them; the rest is offered. Dossiers say so (docs/adr/0010).
SHORT = ShotList(
    "short",
    ("P01", "P05", "P07", "R01", "R02", "U02", "I01", "I02", "B02", "T01"),
    ("P04", "U01", "U05", "I03", "I04", "D01"),
)
SHOT_LISTS: dict[str, ShotList] = {listed.name: listed for listed in (FULL, SHORT)}


def missing(
    shot_list: ShotList,
    accepted: Collection[str],
    move: Move,
    *,
    by_interface: bool,
    travels: bool,
    waived: Collection[str],
) -> tuple[Shot, ...]:
    """The required shots that `move` still waits for, in the order they are taken.

    `by_interface`: the order goes through the marketplace's interface, whose own records stand for
    the P shots. `travels`: the exhibit itself goes to the rights holder; an examination of
    photographs needs no T shot.
    """
    needed = (shot_list.shot(code) for code in shot_list.required)
    return tuple(
        shot
        for shot in needed
        if move in shot.gates
        and shot.code not in accepted
        and shot.code not in waived
        and not (by_interface and shot.code.startswith("P"))
        and (travels or not shot.code.startswith("T"))
    )
