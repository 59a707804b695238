"""What rests on a verdict beside referrals, so that it is looked at again when that is superseded.

Owns the words and when each holds. Leaves referrals, which have reviews of their own, and marking
to `casework.verdicts.superseding`, which finds the claims and sanctions that rest on a test buy.
"""

from enum import StrEnum

from rules.verdicts import Verdict


class RestsOn(StrEnum):
    """What became of a test buy by a verdict."""

    CLOSING = "closing"
    SHOP_CLEARED = "shop_cleared"
    SOURCE_TOLD = "source_told"
    CLAIM = "claim"
    SANCTION = "sanction"


def resting(
    verdict: Verdict, *, closed: bool, shop_cleared: bool, source_told: bool
) -> tuple[RestsOn, ...]:
    """What rests on a verdict that a later one takes the place of.

    `closed`: the test buy has ended by it. A shop is cleared, and a flag's source told that it was
    wrong, by a genuine exhibit alone.
    """
    genuine = verdict is Verdict.GENUINE
    holds = {
        RestsOn.CLOSING: closed,
        RestsOn.SHOP_CLEARED: genuine and shop_cleared,
        RestsOn.SOURCE_TOLD: genuine and source_told,
    }
    return tuple(each for each, is_so in holds.items() if is_so)
