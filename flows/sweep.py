"""What the clock owes: runs that were lost, looks outside, deadlines, wake-ups left lying."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from casework import dispatch, sweeping
from tasks.office import office
from tasks.ordering import follow_orders
from tasks.sending import ask_agencies
from tasks.tracking import follow_parcels


@flow(name="sweep")
def sweep() -> State[Any]:
    """One round: it asks about everything under way and wakes only what has changed."""
    desk = office()
    orders = follow_orders()
    parcels = follow_parcels()
    referrals = ask_agencies()
    lost = sweeping.redrive_lost(desk.db, desk.act(), desk.lost_after, desk.prefect)
    overdue = sweeping.wake_overdue(desk.db, desk.act())
    woken = dispatch.dispatch_due(desk.db, desk.prefect, desk.clock) if desk.prefect else 0
    return Completed(
        name="Swept",
        message=(
            f"Asked about {orders} orders, {parcels} parcels, {referrals} referrals; "
            f"{lost} lost runs owed again, {overdue} deadlines passed, {woken} runs created."
        ),
    )
