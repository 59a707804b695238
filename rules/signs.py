"""Signs that nobody sees: which a typed word may hold, and how those of others are shown.

Owns what of a typed text is dropped, what is refused and where it stands, what stands in the place
of such a sign on a page or paper, and the form in which two texts are compared. A joiner or a
selector that changes what its neighbours look like (Indic, Arabic and Mongolian letters, Chinese
signs, emoji) belongs to the text. Leaves calling this to where texts come in and go out
(docs/adr/0052).
"""

import re
import unicodedata

_ZWNJ, _ZWJ, _KEYCAP = "\u200c", "\u200d", "\u20e3"
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5"
    "\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ud800-\\udfff"
    "\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3"
    "\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]"
)
"""Controls, joiners, selectors, tags, blanks that are no space; a tab and a line's end are seen."""

_MARK = re.compile("\u2039U\\+[0-9A-F]{4,6}\u203a")
_DROPPED = re.compile("[\\xad\\u200b\\u2060\\ufeff]")
"""What copying leaves behind, and what changes nothing of what is seen wherever it stands."""
_BREAKS = re.compile("[\\x85\\u2028\\u2029]")
_ONE_LINE = re.compile("[\\t\\r\\n\\x0b\\x0c\\x85\\u2028\\u2029]+")
_AT_ENDS = re.compile("\\A[\\s\\u061c\\u200c\\u200e\\u200f]+|[\\s\\u061c\\u200c\\u200e\\u200f]+\\Z")
_BEFORE = 12
_JOINING = re.compile(
    "[\\u0620-\\u06ff\\u0700-\\u077f\\u07c0-\\u07ff\\u0840-\\u08ff\\u1807-\\u18aa\\ua840-\\ua873"
    "\\ufb50-\\ufdff\\ufe70-\\ufefc]"
)
"""Scripts whose letters join: Arabic, Syriac, N'Ko, Mandaic, Mongolian, Phags-pa."""
_HAN = re.compile("[\\u3400-\\u9fff\\uf900-\\ufaff\\U00020000-\\U0003ffff]")
_TONES = re.compile("[\\ufe0f\\U0001f3fb-\\U0001f3ff]")
_VIRAMA = 9
"""The combining class of what takes an Indic letter's vowel away."""


def tidied(text: str, *, lines: bool = False) -> str:
    """A typed text without what changes nothing of it, and without blanks at its ends; its lines
    made one unless it may have several.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _DROPPED.sub("", text)
    text = _BREAKS.sub("\n", text) if lines else _ONE_LINE.sub(" ", text)
    return _AT_ENDS.sub("", text)


def complaint(text: str) -> str | None:
    """Which sign of a typed text nobody sees, where it stands and what to do; None without one."""
    if text.isascii() and text.isprintable():
        return None
    if mark := _MARK.search(text):
        return f"Delete {mark[0]}: it stands for a sign that nobody sees."
    for found in UNSEEN.finditer(text):
        if not _belongs(text, found.start()):
            before = text[max(0, found.start() - _BEFORE) : found.start()]
            sign = _called(found[0])
            if not before:
                return f"This begins with {sign}, which nobody sees. Delete it, or type this anew."
            return (
                f"This holds {sign} after “{visible(before)}”, which nobody sees. "
                "Delete it, or type this anew."
            )
    return None


def visible(text: str) -> str:
    """A text of others as it is shown: each sign that nobody sees by its number, as ‹U+202E›."""
    if (text.isascii() and text.isprintable()) or UNSEEN.search(text) is None:
        return text
    return UNSEEN.sub(
        lambda found: found[0] if _belongs(text, found.start()) else f"‹{_number(found[0])}›", text
    )


def bare(text: str) -> str:
    """A text as it is compared: without signs that nobody sees, whether they belong to it or not.

    Two that look the same but for such a sign are the same; what is stored stays as it came.
    """
    return text if text.isascii() and text.isprintable() else UNSEEN.sub("", text)


def _belongs(text: str, at: int) -> bool:
    """Whether the sign at this place changes what its neighbours look like."""
    sign, before = text[at], text[at - 1 : at]
    after = text[at + 1 : at + 2]
    if not before:
        return False
    if sign in (_ZWNJ, _ZWJ):
        return _joins(sign, text[:at], after)
    if "\ufe0e" <= sign <= "\ufe0f":
        return unicodedata.category(before) in ("So", "Sm", "Po", "Pd") or after == _KEYCAP
    if "\ufe00" <= sign <= "\ufe02" or "\U000e0100" <= sign <= "\U000e01ef":
        return _HAN.fullmatch(before) is not None
    return "\u180b" <= sign <= "\u180f" and "\u1820" <= before <= "\u18aa"


def _joins(sign: str, before: str, after: str) -> bool:
    if _VIRAMA in (unicodedata.combining(before[-1]), after and unicodedata.combining(after)):
        return True
    letter = next((each for each in reversed(before) if unicodedata.category(each) != "Mn"), "")
    if _JOINING.fullmatch(letter):
        return sign == _ZWJ or _JOINING.fullmatch(after) is not None
    pictured = next((each for each in reversed(before) if not _TONES.fullmatch(each)), "")
    pair = (pictured, after)
    return sign == _ZWJ and all(each and unicodedata.category(each) == "So" for each in pair)


def _number(sign: str) -> str:
    return f"U+{ord(sign):04X}"


def _called(sign: str) -> str:
    return f"{_number(sign)} {unicodedata.name(sign, '')}".strip()
