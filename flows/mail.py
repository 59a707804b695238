"""What the clock owes to people: mails of what is new in their inbox, and of all that waits."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from casework.clock import duties
from casework.errors import LeaseLost
from flows.rounds import ended, needless
from tasks.mailing import send_mails
from tasks.office import office


@flow(name="mail")
def mail() -> State[Any]:
    """One round of mails, by one run at a time; a server that is away is asked by the next."""
    desk = office()
    held = duties.take(desk.db, "mail", str(flow_run.id), desk.lease, desk.clock)
    if held is None:
        return needless("Another run is sending.")
    try:
        sent, said = send_mails(held.keep)
        return ended("Mailed", said, new=sent)
    except LeaseLost as lost:
        return needless(str(lost))
    finally:
        held.give_back()
