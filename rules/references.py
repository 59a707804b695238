"""The reference library: what an entry may be, and who may write in it.

Owns the words. Leaves the rows to `casework.examinations.references`.
"""

from enum import StrEnum

from rules.decision import Decision


class ReferenceKind(StrEnum):
    """What an entry shows: a genuine piece, a feature of it, or what counterfeits get wrong."""

    GENUINE_PHOTO = "genuine_photo"
    SECURITY_FEATURE = "security_feature"
    KNOWN_TELL = "known_tell"


def check(kind: ReferenceKind, *, title: str, text: str, has_photo: bool) -> Decision:
    """Whether an entry says enough to be of use beside a suspect."""
    objections: list[str] = []
    if not title.strip():
        objections.append("Give the entry a title.")
    if kind is ReferenceKind.GENUINE_PHOTO and not has_photo:
        objections.append("A genuine photo needs its picture: choose the file.")
    if kind is not ReferenceKind.GENUINE_PHOTO and not text.strip():
        objections.append("Say in words what to look for.")
    return Decision.unless(objections)
