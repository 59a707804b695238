"""The words of custody: what an exhibit is, who may hold it, how it changes hands, and how each
side is vouched for. Leaves what follows from them to `rules.custody`.
"""

from dataclasses import dataclass
from enum import StrEnum


class ExhibitKind(StrEnum):
    """What an exhibit is."""

    GOODS = "goods"
    PACKAGING = "packaging"
    LABEL = "label"
    SEAL = "seal"
    HOLOGRAM = "hologram"
    TOOL = "tool"
    DOCUMENT = "document"
    DEVICE = "device"


class HolderKind(StrEnum):
    """Who or what may hold an exhibit; PARCEL is where it came from, DISPOSED where it ended."""

    PARCEL = "parcel"
    PERSON = "person"
    PLACE = "place"
    CARRIER = "carrier"
    POLICE = "police"
    LABORATORY = "laboratory"
    RIGHTS_HOLDER = "rights_holder"
    ASSET = "asset"
    DISPOSED = "disposed"


OUTSIDE: frozenset[HolderKind] = frozenset(
    {HolderKind.CARRIER, HolderKind.POLICE, HolderKind.LABORATORY, HolderKind.RIGHTS_HOLDER}
)
"""Holders that may be without an account: they sign on glass or on a receipt."""


KEPT: frozenset[HolderKind] = frozenset({HolderKind.PLACE, HolderKind.ASSET, HolderKind.DISPOSED})
"""Where nobody takes an exhibit in from anew: it lies with us already, or its custody ended."""


class Method(StrEnum):
    """How an entry came about. IN_PLACE changes the seal or the place, under one holder's eyes."""

    IN_PERSON = "in_person"
    BY_CARRIER = "by_carrier"
    IN_PLACE = "in_place"


class Vouched(StrEnum):
    """How a side of a hand-over is vouched for; NOBODY: it is not."""

    ACCOUNT = "account"
    GLASS = "glass"
    RECEIPT = "receipt"
    TRACKING = "tracking"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds, by kind and name."""

    kind: HolderKind
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.kind.replace('_', ' ')})"
