"""What people are told, in which ways they may be told it, and when a failed mail is tried again.

Owns the kinds of notices, a person's choice of mail, and the pauses between attempts. Leaves
telling to `casework.telling.notifying`, and the words of mails to `casework.letters`.
"""

from datetime import timedelta
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about. OTHER: its text says it."""

    REMINDED = "reminded"
    ESCALATED = "escalated"
    LOOKS_ALIKE = "looks_alike"
    LEAD = "lead"
    CONDUCT = "conduct"
    LEVEL_ASKED = "level_asked"
    LEVEL_AGREED = "level_agreed"
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_AGREED = "identity_agreed"
    DISPOSAL_ASKED = "disposal_asked"
    HAND_OVER = "hand_over"
    KIT = "kit"
    SUPERSEDED = "superseded"
    REVIEW = "review"
    VERDICT_SUPERSEDED = "verdict_superseded"
    ASSET_RECALLED = "asset_recalled"
    ASSET_GONE = "asset_gone"
    SEAL_BROKEN = "seal_broken"
    PAGE_GONE = "page_gone"
    FLAG_WRONG = "flag_wrong"
    GREY_MARKET = "grey_market"
    BUYERS_WANTED = "buyers_wanted"
    LEFT_BEHIND = "left_behind"
    SANCTION = "sanction"
    OTHER = "other"


ASKING: frozenset[NoticeKind] = frozenset(
    {
        NoticeKind.REMINDED,
        NoticeKind.ESCALATED,
        NoticeKind.LOOKS_ALIKE,
        NoticeKind.LEAD,
        NoticeKind.CONDUCT,
        NoticeKind.LEVEL_ASKED,
        NoticeKind.IDENTITY_ASKED,
        NoticeKind.DISPOSAL_ASKED,
        NoticeKind.HAND_OVER,
        NoticeKind.KIT,
        NoticeKind.SUPERSEDED,
        NoticeKind.REVIEW,
        NoticeKind.ASSET_RECALLED,
    }
)
"""Kinds that ask for something to be done. The inbox shows that something, from its own row and as
long as it is to be done; the notice itself is sent and never listed."""


class MailWhen(StrEnum):
    """When a person is written to: of each notice and daily, once a day only, or not at all."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class MailKind(StrEnum):
    """One notice, the daily list of what waits, the address under which one sets a password, or a
    referral's package to an agency.
    """

    NOTICE = "notice"
    DAILY = "daily"
    INVITATION = "invitation"
    REFERRAL = "referral"


FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MOST_ATTEMPTS = 20
"""A mail that no server took so often, in some three days, is put before an administrator."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts (from 1) that no server took."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
