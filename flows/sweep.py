"""What the clock owes: runs that were lost, looks outside, deadlines, wake-ups, old names."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from casework.clock import dispatch, duties, sweeping
from casework.clock.duties import Held
from casework.errors import LeaseLost
from casework.intake import uploads
from casework.mails import outgoing
from casework.verdicts import pending
from flows import continued, rounds
from flows.rounds import ended, needless
from tasks.office import Office, office
from tasks.ordering import follow_orders
from tasks.sending import ask_agencies
from tasks.telling import tell_webhooks
from tasks.tracking import follow_parcels


@flow(name="sweep")
def sweep() -> State[Any]:
    """One round, by one run at a time: an earlier one that is still busy makes it needless."""
    desk = office()
    held = duties.take(desk.db, "sweep", str(flow_run.id), desk.lease, desk.clock)
    if held is None:
        return needless("Another run is sweeping.")
    try:
        new, said = _round(desk, held)
        return ended("Swept", said, new=new)
    except LeaseLost as lost:
        return needless(str(lost))
    finally:
        held.give_back()


def _round(desk: Office, held: Held) -> tuple[bool, str]:
    """Ask about everything under way, and wake only what has changed: whether any of it was new,
    and what was done.
    """
    orders = follow_orders(held.keep)
    parcels = follow_parcels(held.keep)
    referrals = ask_agencies(held.keep)
    act = desk.act()
    sealed = pending.settle(desk.db, act.now, act.seed)
    lost = sweeping.redrive_lost(desk.db, desk.act(), desk.lost_after, desk.prefect)
    whole, old = uploads.tidy(desk.db, desk.vault, desk.spool, desk.act_of_buyer, desk.clock())
    overdue = sweeping.wake_overdue(desk.db, desk.act())
    woken = dispatch.dispatch_due(desk.db, desk.prefect, desk.clock) if desk.prefect else 0
    renamed = continued.mend(desk)
    told = tell_webhooks(held.keep)
    cleared = outgoing.clear_withdrawn(desk.db, desk.act(), desk.outgoing)
    if desk.prefect:
        rounds.clear(desk.prefect, desk.clock(), held.keep)
    new = sealed + lost + whole + old + overdue + woken + renamed + told + cleared > 0
    return new, (
        f"Asked about {orders} orders, {parcels} parcels, {referrals} referrals; "
        f"{sealed} verdicts sealed, {lost} lost runs owed again, {overdue} deadlines passed, "
        f"{woken} runs created, {renamed} renamed; {whole} uploads taken in, {old} given up; "
        f"{told} messages brought to webhooks; {cleared} withdrawn packages taken away."
    )
