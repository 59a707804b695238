"""Bringing messages to webhooks: claim one, send it, settle.

An attempt is counted and its claim committed before the call. A crash in between lets the claim
lapse, and the same message is sent again under the same id: at least once, and the receiver tells
repeats by the id. What fails is tried with growing pauses for a day, then an administrator is told.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from connectors.webhooks import GONE, Message, Posted, Posting
from rules.roles import Role
from rules.webhooks import pause_after
from storage import deliveries
from storage.deliveries import Owed
from storage.rows import add_if_absent, change_one, one
from storage.session import Database, Transaction
from storage.tables import Notice, Webhook

CLAIM = timedelta(seconds=60)
"""Longer than a call can last: a claim that lapses was left by a crash."""
ROUND = timedelta(seconds=20)
"""How long the sweep sends at a time: it comes by again, and has more to do than this."""

log = logging.getLogger("testbuy.webhooks")


def deliver_one(db: Database, posting: Posting, clock: Callable[[], datetime]) -> bool:
    """Send one message that is due, if there is any; gives whether one was sent."""
    now = clock()
    with db.read() as tx:
        if deliveries.nothing_due(tx, now):
            return False
    with db.write() as tx:
        owed = deliveries.claim(tx, now, CLAIM)
    if owed is None:
        return False
    posted = posting.post(Message(owed.url, owed.secret, owed.public_id, owed.body, now))
    with db.write() as tx:
        _settle(tx, owed, posted, clock())
    return True


def deliver_due(
    db: Database, posting: Posting, clock: Callable[[], datetime], keep: Callable[[], None]
) -> int:
    """Send what is due, one after another, for `ROUND` at most; gives how many messages.

    `keep` is called before each.
    """
    sent, over = 0, clock() + ROUND
    keep()
    while clock() < over and deliver_one(db, posting, clock):
        sent += 1
        keep()
    return sent


def _settle(tx: Transaction, owed: Owed, posted: Posted, now: datetime) -> None:
    if posted.taken:
        deliveries.settle(tx, owed, delivered_at=now, settled_at=now, answer=posted.answer)
        return
    log.warning("webhook message %s, attempt %d: %s", owed.public_id, owed.attempt, posted.answer)
    pause = pause_after(owed.attempt)
    gone = posted.code == GONE
    if gone and _moved(tx, owed):
        # It was the old address that is gone: the new one is told at once.
        deliveries.settle(tx, owed, due_at=now, answer=posted.answer)
        return
    if pause is not None and not gone:
        deliveries.settle(tx, owed, due_at=now + pause, answer=posted.answer)
        return
    if not deliveries.settle(tx, owed, settled_at=now, answer=posted.answer):
        return
    host = urlsplit(owed.url).hostname
    if gone:
        because = "It answered that it is gone (HTTP 410)."
        change_one(tx, Webhook, owed.webhook_id, active=False, off_because=because)
        text = f"The webhook at {host} was switched off: it answered that it is gone."
    else:
        text = f"The webhook at {host} took nothing for a day: {posted.answer}. Look at Webhooks."
    add_if_absent(
        tx,
        Notice,
        key=f"webhook:{owed.webhook_id}:{now:%Y-%m-%d}",
        to_role=Role.ADMINISTRATOR,
        text=text,
        created_at=now,
    )


def _moved(tx: Transaction, owed: Owed) -> bool:
    """Whether the webhook has another address than the message went to; it is held meanwhile."""
    webhook = one(tx, Webhook, id=owed.webhook_id, lock=True)
    return webhook is not None and webhook.url != owed.url


class Deliveries:
    """Threads that send while their process lives; any number of processes may run them."""

    def __init__(
        self,
        db: Database,
        posting: Posting,
        clock: Callable[[], datetime],
        *,
        every_seconds: float = 0.5,
        threads: int = 2,
    ) -> None:
        self._work = (db, posting, clock)
        self._every = every_seconds
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"webhooks-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Begin sending."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way and end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=15)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = self._every
            try:
                if deliver_one(*self._work):
                    pause = 0.0
            except Exception:
                # The thread outlives a database that is away or locked; the messages are rows.
                log.exception("sending to webhooks failed; trying again")
