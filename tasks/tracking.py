"""The carrier's part: where the parcels under way are."""

from collections.abc import Callable

from prefect import get_run_logger

from casework.buying import buying
from casework.errors import Refused
from casework.operators import waybills
from connectors.errors import ConnectorError
from storage import watching
from tasks.office import office


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
            # Before the state: a parcel that has arrived is not asked about again.
            waybills.keep_answer(desk.db, desk.act(), parcel.reference, tracking.sender)
            if tracking.state != parcel.state:
                buying.note_parcel(
                    desk.db,
                    desk.act(),
                    parcel.reference,
                    parcel.parcel_id,
                    state=tracking.state,
                    changed_at=tracking.changed_at,
                )
        except (ConnectorError, Refused) as error:
            get_run_logger().warning("%s: %s", parcel.reference, error)
    return len(parcels)
