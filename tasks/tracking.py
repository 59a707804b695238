"""The carrier's part: where the parcels under way are."""

from collections.abc import Callable

from prefect import get_run_logger

from casework import buying
from connectors.errors import ConnectorError
from rules.lifecycle import EarlyEnd
from storage import watching
from tasks.office import office

DEAD = {"lost": EarlyEnd.LOST_IN_TRANSIT, "refused": EarlyEnd.PARCEL_REFUSED}
"""Parcel states after which nothing will arrive any more."""


def follow_parcels(keep: Callable[[], None]) -> int:
    """Ask the carrier about every parcel under way; gives how many were asked about.

    `keep` is called before each question: this may take long, and holds on to the duty.
    """
    desk = office()
    if desk.carrier is None:
        return 0
    with desk.db.read() as tx:
        parcels = watching.open_parcels(tx)
    for parcel in parcels:
        keep()
        try:
            tracking = desk.carrier.track(parcel.tracking_number)
        except ConnectorError as error:
            get_run_logger().warning("%s: %s", parcel.reference, error)
            continue
        act = desk.act()
        new = buying.note_parcel(
            desk.db, act, parcel.parcel_id, state=tracking.state, changed_at=tracking.changed_at
        )
        how = DEAD.get(tracking.state)
        if new and how:
            text = f"The carrier says that the parcel was {tracking.state}."
            buying.order_failed(desk.db, act, parcel.reference, version=None, how=how, note=text)
    return len(parcels)
