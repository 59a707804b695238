"""The rounds that the clock makes: how one ends, and how long the control room keeps it.

A round that found nothing new ends in a state that says so. Owns which runs are deleted: finished
ones of the clock's own deployments and those nobody took in time. What a test buy waits for is a
finished run too, so no other deployment's run is touched. Leaves the events and logs of what is
deleted to Prefect's own clearing (`cli.processes.prefect`).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Completed

from connectors.prefect_answers import PrefectError
from connectors.prefect_api import PAGE_DELETED, PrefectApi
from flows.continued import PASSED_ON

NOTHING_NEW = "Nothing new"

CLOCK = ("sweep/sweep", "mail/mail", "anchor/anchor")
"""The deployments of `prefect.yaml` that have a schedule."""

KEPT_NOTHING_NEW, KEPT = timedelta(hours=1), timedelta(days=7)
"""How long after its end a round is kept that found nothing new, and any other."""

MISSED_AFTER = timedelta(minutes=15)
"""A round that no worker took in so long is made up for by the next."""

AT_ONCE = 10
"""Calls of each kind in one sweep: of a backlog the next ones take the rest."""

log = logging.getLogger("testbuy.flows")


def ended(name: str, said: str, *, new: bool) -> State[Any]:
    """The end of a round that did something `new`, under its `name`, or of one that did not."""
    return Completed(name=name if new else NOTHING_NEW, message=said)


def needless(why: str) -> State[Any]:
    """The end of a round beside another one."""
    return Completed(name=PASSED_ON, message=why)


def clear(prefect: PrefectApi, now: datetime, keep: Callable[[], None]) -> int:
    """Delete the clock's runs that nobody needs any more; gives how many.

    `keep` is called before each question to Prefect: this may take long, and holds on to the duty.
    """
    quiet = (NOTHING_NEW, PASSED_ON)
    gone = 0
    try:
        for delete in (
            partial(prefect.delete_ended, CLOCK, now - KEPT_NOTHING_NEW, names=quiet),
            partial(prefect.delete_ended, CLOCK, now - KEPT),
            partial(prefect.delete_untaken, CLOCK, now - MISSED_AFTER),
        ):
            for _ in range(AT_ONCE):
                keep()
                deleted = delete()
                gone += deleted
                if deleted < PAGE_DELETED:
                    break
    except PrefectError as error:
        log.warning("old runs stay until the next sweep: %s", error)
    return gone
