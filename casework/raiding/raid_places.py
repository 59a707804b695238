"""Where a raid searched, whom one met there, and what became of them.

Addresses and names stand in their rows alone, so that they can be erased; the ledger holds salted
commitments to them. What became of somebody is only ever added to.
"""

from datetime import UTC, date, datetime, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.raiding.raids import ensure_day, recording, seizing, tell
from evidence.digests import salted
from rules.raids import Fate, MetAs, PlaceKind, RaidState
from storage.rows import add, change, one, table_of
from storage.session import Database, Transaction
from storage.tables import Raid, RaidPerson, RaidPersonFate, RaidPlace

_places = table_of(RaidPlace).c


def add_place(
    db: Database,
    act: Act,
    reference: str,
    *,
    kind: PlaceKind,
    address: str,
) -> int:
    """Name a place that is to be searched, or was; gives its number."""
    if not address.strip():
        raise Refused("Write the address of the place.")
    with db.write() as tx:
        row = recording(tx, act, reference)
        if row.state is RaidState.CALLED_OFF:
            raise Refused("The raid was called off. Plan another.")
        salt = act.salt(f"place:{reference}:{address}")
        number = add(
            tx,
            RaidPlace,
            raid_id=row.id,
            kind=kind,
            address=address.strip(),
            salt=salt,
            added_by=act.person,
            added_at=act.now,
        )
        facts = {"place": number, "kind": kind, "address": salted(address.strip(), salt)}
        tell(tx, act, reference, "place named", facts)
        return number


def record_times(
    db: Database, act: Act, reference: str, place: int, *, times: tuple[datetime, datetime]
) -> None:
    """From when to when a place was searched; recorded once."""
    with db.write() as tx:
        row = seizing(tx, act, reference)
        begin, end = times
        if not begin <= end <= act.now:
            raise Refused("A search ends after it began, and not in the future. Correct the times.")
        assert row.carried_out_on is not None  # a check of the table holds it
        # The raid's day is the place's own; in UTC it begins up to a day earlier.
        if begin.astimezone(UTC).date() < row.carried_out_on - timedelta(days=1):
            raise Refused(
                f"The raid was on {row.carried_out_on.isoformat()}: nothing was searched before. "
                "Correct the times."
            )
        known = place_of(tx, row, place)
        moved = change(
            tx,
            RaidPlace,
            _places.id == known.id,
            _places.from_at.is_(None),
            from_at=begin,
            to_at=end,
        )
        if not moved:
            raise Stale("It is recorded already from when to when this place was searched.")
        tell(
            tx,
            act,
            reference,
            "place searched",
            {"place": place, "from": begin.isoformat(), "to": end.isoformat()},
        )


def add_person(
    db: Database, act: Act, reference: str, *, place: int, name: str, met_as: MetAs
) -> int:
    """Name somebody who was met at a place of the raid; gives the row's number."""
    if not name.strip():
        raise Refused("Write the name of whom was met.")
    with db.write() as tx:
        row = seizing(tx, act, reference)
        at = place_of(tx, row, place)
        salt = act.salt(f"met:{reference}:{name}")
        number = add(
            tx,
            RaidPerson,
            raid_id=row.id,
            place_id=at.id,
            name=name.strip(),
            salt=salt,
            met_as=met_as,
            added_by=act.person,
            added_at=act.now,
        )
        facts = {"met": number, "as": met_as, "place": place, "name": salted(name.strip(), salt)}
        tell(tx, act, reference, "person met", facts)
        return number


def record_fate(
    db: Database, act: Act, reference: str, *, person: int, fate: Fate, as_of: date
) -> None:
    """What became of somebody who was met, as of a day; what was said before stays."""
    with db.write() as tx:
        row = seizing(tx, act, reference)
        met = one(tx, RaidPerson, id=person, raid_id=row.id)
        if met is None:
            raise NotFound(f"Nobody of that number was met in {reference}.")
        ensure_day(act, row, as_of)
        if one(tx, RaidPersonFate, met_id=person, fate=fate, as_of=as_of):
            raise Refused("This is recorded already; nothing needs to be done.")
        made = {"recorded_by": act.person, "recorded_at": act.now}
        add(tx, RaidPersonFate, met_id=person, fate=fate, as_of=as_of, **made)
        facts = {"met": person, "fate": fate, "as_of": as_of.isoformat()}
        tell(tx, act, reference, "what became of a person met", facts)


def place_of(tx: Transaction, row: Raid, place: int) -> RaidPlace:
    """A place of this raid by its number; NotFound where it is another's."""
    found = one(tx, RaidPlace, id=place, raid_id=row.id)
    if found is None:
        raise NotFound(f"{row.reference} has no place of that number. Name the place first.")
    return found
