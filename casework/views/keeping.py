"""Where an exhibit is and what may be done about it, for its page."""

from dataclasses import dataclass
from datetime import datetime

from casework.custody.custody import last_entry
from casework.custody.holds import standing
from casework.errors import NotFound
from casework.keeping.assets import asset_of
from casework.keeping.disposing import IN_HAND, open_disposal
from casework.keeping.retaining import retention_of
from casework.views.places import open_names
from rules.disposal import Standing
from rules.holders import HolderKind
from rules.retention import Retention
from rules.roles import Role
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import Asset, Disposal, Exhibit, Photo, StoragePlace, TestBuy


@dataclass(frozen=True, slots=True)
class Keeping:
    """An exhibit's keeping. `place` is None where it lies in no place of the list; `lies`: it was
    put into one, so that it is fetched and not handed over; `photos` are of shot B03. `disposal` is
    the open one, `past` are those that ended.
    """

    place: StoragePlace | None
    lies: bool
    said_to_be: str
    places: tuple[str, ...]
    photos: tuple[str, ...]
    retention: Retention
    holds: tuple[Standing, ...]
    disposal: Disposal | None
    people: dict[int, str]
    past: tuple[Disposal, ...]
    asset: Asset | None
    in_hand: bool


def keeping(db: Database, reference: str, role: Role | None, person: int, now: datetime) -> Keeping:
    """What the page of an exhibit says of its keeping to `person` in `role`; raises NotFound."""
    photos, disposals = table_of(Photo).c, table_of(Disposal).c
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
        owner = one(tx, TestBuy, id=exhibit.testbuy_id)
        assert owner is not None  # a foreign key holds it
        asked = every(tx, Disposal, exhibit_id=exhibit.id, order_by=disposals.id)
        opened = open_disposal(tx, exhibit.id)
        return Keeping(
            place=place,
            lies=last is not None and last.to_kind is HolderKind.PLACE,
            said_to_be=last.place if last else "",
            places=tuple(open_names(tx, role, person)),
            photos=tuple(each.public_id for each in shown),
            retention=retention_of(tx, owner, now),
            holds=tuple(standing(tx, exhibit)),
            disposal=opened,
            people=names(tx, [n for each in asked for n in (each.asked_by, each.approved_by)]),
            past=tuple(each for each in asked if opened is None or each.id != opened.id),
            asset=asset_of(tx, exhibit.id),
            in_hand=last is not None and last.to_kind in IN_HAND,
        )
