"""Which shots a machine's capture of a page stands for, and when.

Owns that rule alone. A capture is always kept; whether it takes the place of the buyer's own screen
captures is another question. Leaves fetching to `connectors.browsing`.
"""

from dataclasses import dataclass
from enum import StrEnum

OK = 200
GONE = frozenset({404, 410})
"""What a web server answers for a page that is not there."""


class PageKind(StrEnum):
    """Which page was captured before the order."""

    LISTING = "listing"
    SELLER = "seller"


STANDS_FOR: dict[PageKind, frozenset[str]] = {
    PageKind.LISTING: frozenset({"P01", "P02"}),
    PageKind.SELLER: frozenset({"P03"}),
}
"""A listing's page shows its address, price, stock and sales; a seller's page the seller."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What a capture holds.

    `complete`: no limit cut it short. `pictured`: a browser's picture of the whole page is kept.
    `names_subject`: the page names the listing, or the shop, that was asked for.
    """

    what: PageKind
    http_code: int | None
    complete: bool
    pictured: bool
    names_subject: bool


def standing(captured: Captured) -> frozenset[str]:
    """The shots that a capture stands for; none where the buyer must capture the page.

    A shop's wall against robots answers 200 too: only a page that names what was asked for, whole,
    with a picture of what a person sees, takes the place of a person's capture.
    """
    good = (
        captured.http_code == OK
        and captured.complete
        and captured.pictured
        and captured.names_subject
    )
    return STANDS_FOR[captured.what] if good else frozenset()
