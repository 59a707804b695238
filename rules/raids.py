"""The way of a raid: planned, carried out or called off; and the words for what is met there.

Owns who may do what to a raid, and of which referrals one can come. Leaves what was seized, and
what sources say of it, to `rules.seizures`.
"""

from collections.abc import Sequence
from enum import StrEnum

from rules.decision import Decision
from rules.referral import TAKEN, ReferralState
from rules.roles import Role


class RaidState(StrEnum):
    """Where a raid stands."""

    PLANNED = "planned"
    CARRIED_OUT = "carried_out"
    CALLED_OFF = "called_off"


class PlaceKind(StrEnum):
    """What is searched (domain: section 6, places to search)."""

    BUSINESS = "business"
    RESIDENCE = "residence"
    WAREHOUSE = "warehouse"
    WORKSHOP = "workshop"
    VEHICLE = "vehicle"
    OTHER = "other"


class TakesPart(StrEnum):
    """In which role an organisation takes part."""

    POLICE = "police"
    MARKET_REGULATOR = "market_regulator"
    CUSTOMS = "customs"
    PROSECUTOR = "prosecutor"
    NOTARY = "notary"
    RIGHTS_HOLDER = "rights_holder"
    PLATFORM = "platform"


class MetAs(StrEnum):
    """As what somebody was met at a place; a suspicion, no finding."""

    CONTROLLER = "controller"
    SELLER = "seller"
    NOMINEE = "nominee"
    PRODUCER = "producer"
    SEAL_MAKER = "seal_maker"
    STAFF = "staff"
    FAMILY = "family"
    OTHER = "other"


class Fate(StrEnum):
    """What became of somebody who was met."""

    LET_GO = "let_go"
    QUESTIONED = "questioned"
    DETAINED = "detained"
    ON_BAIL = "on_bail"
    ARRESTED = "arrested"


class PaperKind(StrEnum):
    """What is handed in about a raid."""

    SEIZURE_LIST = "seizure_list"
    PHOTO = "photo"
    DECISION = "decision"
    APPRAISAL = "appraisal"
    PRESS = "press"
    OTHER = "other"


RECORDS = Role.LIAISON
"""Who plans raids with the agency and records what came of them (domain: section 2)."""


LEADING: frozenset[ReferralState] = TAKEN - {ReferralState.CLOSED}
"""Where a referral stands that a raid can be planned on: its agency accepted it, and is not done.

An agency that acts of its own accord needs none: such a raid names operator and agency.
"""


def may_record(role: Role) -> Decision:
    """Whether somebody acting as `role` records anything of a raid."""
    if role is not RECORDS:
        return Decision.no("Only a liaison records what is planned with an agency and its raids.")
    return Decision.yes()


def may_lead(referral: str, state: ReferralState) -> Decision:
    """Whether a raid can be planned on a referral that stands so."""
    if state in LEADING:
        return Decision.yes()
    if state in (ReferralState.SENT, ReferralState.ACKNOWLEDGED):
        return Decision.no(
            f"{referral} is {state}: record on its page that the agency accepted it, then plan the "
            "raid. Where the agency acts of its own accord, name operator and agency instead."
        )
    if state in (ReferralState.DRAFTED, ReferralState.APPROVED):
        return Decision.no(
            f"{referral} is {state}: no agency has accepted it yet. Where one acts of its own "
            "accord, name operator and agency instead."
        )
    return Decision.no(
        f"{referral} is {state}: nothing comes of it any more. Name operator and agency instead."
    )


def may_close(planned: Sequence[str]) -> Decision:
    """Whether a referral can be closed, by the raids that are still `planned` on it."""
    if planned:
        return Decision.no(
            f"{planned[0]} is still planned on it. "
            "Record first that it was carried out or called off."
        )
    return Decision.yes()


def may_end(state: RaidState, role: Role) -> Decision:
    """Whether a raid in `state` can be carried out or called off; both are final."""
    if not (recording := may_record(role)).allowed:
        return recording
    if state is RaidState.CARRIED_OUT:
        return Decision.no("The raid was carried out already.")
    if state is RaidState.CALLED_OFF:
        return Decision.no("The raid was called off. Plan another.")
    return Decision.yes()


def may_seize(state: RaidState) -> Decision:
    """Whether anything can have been seized, or anybody met, in a raid that stands so."""
    if state is RaidState.CARRIED_OUT:
        return Decision.yes()
    if state is RaidState.CALLED_OFF:
        return Decision.no("The raid was called off: nothing was seized and nobody was met.")
    return Decision.no("Record first that the raid was carried out, and on which day.")
