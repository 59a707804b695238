"""How much one person sends a minute: files and bytes.

Owns the counting, in the memory of each portal process: a limit against a script that has gone
wild, not a secret to be guessed, so that several processes may each allow it. Leaves the size of a
single file to the gate, and tries of passwords and codes to `casework.people.throttle`, which
counts in the database.
"""

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

from fastapi import Request

from casework.errors import TooMany
from casework.filing import MEGABYTE
from portal.visit import database, now
from storage import policies

WINDOW = timedelta(minutes=1)
_HEARD_OUT = 64 * 1024 * 1024


class Sent(NamedTuple):
    """What somebody began to send: when, how many bytes, and as part of which upload."""

    at: datetime
    size: int
    upload: object


class UploadMeter:
    """What each person began to send within the last minute."""

    def __init__(self) -> None:
        self._sent: dict[int, deque[Sent]] = {}
        self._turn = threading.Lock()

    def count(
        self,
        person_id: int,
        size: int,
        now: datetime,
        *,
        files: int,
        most: int,
        upload: str = "",
        whole: int = 0,
    ) -> None:
        """Count `size` bytes. Raises TooMany beyond `files` or `most` bytes a minute; one file
        alone is always taken.

        `upload` names one that comes in parts and has `whole` bytes: they are one file. What it
        sends anew beyond its own length is not taken as one file alone.
        """
        of = upload or object()
        with self._turn:
            sent = self._sent.setdefault(person_id, deque())
            while sent and now - sent[0].at >= WINDOW:
                sent.popleft()
            total = sum(each.size for each in sent)
            begun = {each.upload for each in sent}
            alone = begun <= {of} and total + size <= whole
            another = of not in begun and len(begun) >= files
            if sent and (another or (total + size > most and not alone)):
                raise TooMany(
                    f"You sent {len(begun)} files with {total // 1_000_000} MB within a minute. "
                    "Wait a minute, then send the rest; what was sent is kept.",
                    wait=sent[0].at + WINDOW - now,
                )
            sent.append(Sent(now, size, of))


def count(request: Request, person_id: int, size: int, *, upload: str = "", whole: int = 0) -> None:
    """Count what somebody is about to send by this request, under the policies in force."""
    with database(request).read() as tx:
        in_force = policies.read(tx)
    meter: UploadMeter = request.app.state.uploads
    meter.count(
        person_id,
        size,
        now(request),
        files=in_force.uploads_a_minute,
        most=in_force.upload_megabytes_a_minute * MEGABYTE,
        upload=upload,
        whole=whole,
    )


async def hear_out(request: Request) -> None:
    """Take what is still being sent, so that the sender hears the answer; a long one is cut off."""
    heard = 0
    while heard < _HEARD_OUT:
        message = await request.receive()
        heard += len(message.get("body", b""))
        if not message.get("more_body"):
            return
