"""The raid of the source case (domain: section 1), by the door, for tests about raids."""

from datetime import UTC, date, datetime

from casework.flags import flagging
from casework.raiding import raid_lines, raid_places, raids
from casework.raiding.raid_lines import NewLine
from rules.holders import ExhibitKind
from rules.money import Money
from rules.raids import MetAs, PlaceKind, TakesPart
from rules.roles import Role
from rules.seizures import Basis, Precision, SourceKind, Value, ValueOf

DAY = date(2016, 8, 10)
TIMES = (datetime(2016, 8, 10, 1, tzinfo=UTC), datetime(2016, 8, 10, 5, 30, tzinfo=UTC))
WORTH = Value(Money(200_000_000, "CNY"), ValueOf.ALL, Precision.ABOUT, Basis.ESTIMATE)
WATCHES = NewLine(
    ExhibitKind.GOODS, "Watches", "Swarovski", 125, Precision.EXACTLY, "pieces", WORTH
)
SEALS = NewLine(ExhibitKind.SEAL, "Counterfeit seals", None, 2, Precision.EXACTLY, "pieces")
OVER = NewLine(ExhibitKind.GOODS, "Watches", None, 125, Precision.OVER, "pieces")


def operator(town, name="Liu", shop=1):
    """Who controls the shop; gives the reference."""
    return flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(shop).id, operator=None,
        new_operator_name=name, basis="He runs it.",
    )  # fmt: skip


def planned(town, **others):
    """A raid on Liu; gives its reference."""
    said = {"agency": "Luohu police", "referral": None, "planned_on": DAY} | others
    if "operator" not in said:
        said["operator"] = operator(town)
    return raids.plan(town.db, town.act(Role.LIAISON), **said)


def carried_out(town, **others):
    """The same, carried out on its day."""
    reference = planned(town, **others)
    raids.carry_out(town.db, town.act(Role.LIAISON), reference, version=1, on=DAY)
    return reference


def source(town, reference, kind=SourceKind.AGENCY_LIST, name="Seizure list 2016-88", said_on=DAY):
    return raid_lines.add_source(
        town.db, town.act(Role.LIAISON), reference, kind=kind, name=name, said_on=said_on
    )


def record(town, reference, of, line=WATCHES, act=None):
    return raid_lines.record(
        town.db, act or town.act(Role.LIAISON), reference, source=of, line=line
    )


def whole(town):
    """All that is known of the raid; gives its reference and the two sources' numbers."""
    reference, liaison = carried_out(town), town.act(Role.LIAISON)
    for kind, address in (
        (PlaceKind.BUSINESS, "12 Dongmen Road, Luohu"),
        (PlaceKind.RESIDENCE, "Flat 1203, 8 Cuizhu Road, Luohu"),
    ):
        place = raid_places.add_place(town.db, liaison, reference, kind=kind, address=address)
        raid_places.record_times(town.db, liaison, reference, place, times=TIMES)
    raid_places.add_person(
        town.db, town.act(Role.LIAISON), reference, place=place, name="Liu Yi",
        met_as=MetAs.CONTROLLER,
    )  # fmt: skip
    raids.add_participant(
        town.db, town.act(Role.LIAISON), reference, role=TakesPart.POLICE,
        organisation="Luohu police, economic crime",
    )  # fmt: skip
    police = source(town, reference)
    press = source(town, reference, SourceKind.PRESS, "City paper", date(2016, 8, 12))
    for of, line in ((police, WATCHES), (police, SEALS), (press, OVER)):
        record(town, reference, of, line)
    return reference, police, press
