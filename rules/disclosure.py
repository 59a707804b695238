"""What a court must be told unasked: the kinds of lines a disclosure schedule has.

Owns the words (domain: section 6, last item). Leaves finding them on record to
`casework.record.disclosing`, and how a line is worded in a language to `evidence.words`.
"""

from enum import StrEnum

from rules.verdicts import COUNTERFEITS, Verdict


class Disclosure(StrEnum):
    """A kind of line, whomever it speaks for."""

    COUNTERFEIT_BUY = "counterfeit_buy"
    OTHER_BUY = "other_buy"
    UNDECIDED_BUY = "undecided_buy"
    ABANDONED_BUY = "abandoned_buy"
    DECLINED_BUY = "declined_buy"
    SUPERSEDED_VERDICT = "superseded_verdict"
    DIFFERING_VERDICT = "differing_verdict"
    WAIVER = "waiver"
    REFUSED_PHOTO = "refused_photo"
    DISAGREEING_COMPARISON = "disagreeing_comparison"
    CORRECTION = "correction"
    CODE_CORRECTION = "code_correction"
    CONDUCT_WARNING = "conduct_warning"
    PACKAGE_CORRECTION = "package_correction"
    PACKAGE_WAIVER = "package_waiver"
    LINK_REJECTED = "link_rejected"
    LINK_WITHDRAWN = "link_withdrawn"
    LINK_IN_DOUBT = "link_in_doubt"
    SANCTION_ENDED = "sanction_ended"
    OBJECTION = "objection"
    REFERRAL_ENDED = "referral_ended"
    REFERRAL_DAY = "referral_day"
    REFERRAL_NUMBER = "referral_number"
    MADE_UP_ORDERS = "made_up_orders"
    MADE_UP_FIGURE = "made_up_figure"
    CLAIM_ENDED = "claim_ended"
    JUDGMENT = "judgment"
    CLAIM_CORRECTION = "claim_correction"
    CLAIM_DAY = "claim_day"
    CLAIM_DOCKET = "claim_docket"
    CLAIM_STEP = "claim_step"
    RAID_DAY = "raid_day"
    DIFFERING_SOURCES = "differing_sources"


def kind_of_buy(conclusion: Verdict | None, *, declined: bool, abandoned: bool) -> Disclosure:
    """The kind of a test buy's own line. OTHER: genuine, grey market or inconclusive."""
    if declined:
        return Disclosure.DECLINED_BUY
    if abandoned:
        return Disclosure.ABANDONED_BUY
    if conclusion is None:
        return Disclosure.UNDECIDED_BUY
    if conclusion in COUNTERFEITS:
        return Disclosure.COUNTERFEIT_BUY
    return Disclosure.OTHER_BUY
