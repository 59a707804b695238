"""The way of a raid: planned, carried out or called off; and the words for what is met there.

Owns who may do what to a raid. Leaves what was seized, and what sources say of it, to
`rules.seizures`.
"""

from enum import StrEnum

from rules.decision import Decision
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


def may_record(role: Role) -> Decision:
    """Whether somebody acting as `role` records anything of a raid."""
    if role is not RECORDS:
        return Decision.no("Only a liaison records what is planned with an agency and its raids.")
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
