"""Where an exhibit is and what may be done about it, for its page."""

from dataclasses import dataclass

from casework.custody import last_entry
from casework.errors import NotFound
from casework.views.places import open_names
from rules.holders import HolderKind
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import Exhibit, Photo, StoragePlace


@dataclass(frozen=True, slots=True)
class Keeping:
    """An exhibit's keeping. `place` is None where it lies in no place of the list; `lies`: it was
    put into one, so that it is fetched and not handed over; `photos` are of shot B03.
    """

    place: StoragePlace | None
    lies: bool
    said_to_be: str
    places: tuple[str, ...]
    photos: tuple[str, ...]


def keeping(db: Database, reference: str, role: Role | None, person: int) -> Keeping:
    """What the page of an exhibit says of its keeping to `person` in `role`; raises NotFound."""
    photos = table_of(Photo).c
    with db.read() as tx:
        exhibit = one(tx, Exhibit, reference=reference.strip().upper())
        if exhibit is None:
            raise NotFound(f"There is no exhibit {reference}. Check the label.")
        last = last_entry(tx, exhibit.id)
        place = one(tx, StoragePlace, id=last.place_id) if last and last.place_id else None
        shown = every(
            tx, Photo, photos.testbuy_id == exhibit.testbuy_id, photos.shot == "B03",
            photos.accepted, order_by=photos.id.desc(),
        )  # fmt: skip
        return Keeping(
            place=place,
            lies=last is not None and last.to_kind is HolderKind.PLACE,
            said_to_be=last.place if last else "",
            places=tuple(open_names(tx, role, person)),
            photos=tuple(each.public_id for each in shown),
        )
