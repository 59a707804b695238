"""The real worker, which kills or stops itself at a named point of a named test buy's run, once.

`crashes.json` in the home folder says where: `{"TB-2026-000003": "placed order:before"}`; by the
referral's reference where a point knows no other (`mail call`, `mail sent`). Each
point is a collaborator that is wrapped here, so that the code under test knows nothing of it. A
point in the database dies with its transaction open (`before`: written, not committed) or just
committed (`after`). A marker file makes it once.

The process imports everything first and then forks the worker, again each time that one was
killed: what a supervisor does, without the seconds of importing.

    python tests/flows/crashing.py <arguments of flows.worker>
"""

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from casework.buying import ordering
from casework.clock import leases
from casework.mails import mailed, mailing, outgoing
from casework.referring import sending
from connectors.agency import HttpAgency
from connectors.mail import SmtpMail
from connectors.marketplace import HttpMarketplace
from flows import entrypoints, worker
from storage.session import Database

HOME = Path(os.environ["TESTBUY_HOME"])
SIGNALS = {"before": signal.SIGKILL, "after": signal.SIGKILL, "stop": signal.SIGSTOP}
COMMITS = {
    "order intent": (ordering, "intend_order"),
    "placed order": (ordering, "settle_placed"),
    "referral intent": (sending, "intend_sending"),
    "sent referral": (sending, "settle_sent"),
    "folder ready": (outgoing, "settle_ready"),
    "mail owed": (mailed, "owe"),
    "mail sent": (mailed, "sent"),
    "lease release": (leases, "release"),
}
CALLS = {
    "purchase call": (HttpMarketplace, "place_order"),
    "referral call": (HttpAgency, "submit"),
    "sealed folder": (outgoing, "seal_folder"),
    "mail call": (SmtpMail, "send"),
}
CLAIM = timedelta(seconds=8)
"""How long a mail is a sender's who died: minutes, outside of tests."""

_at = threading.local()


def _die_if_due(point: str, when: str, arguments: Any) -> None:
    try:
        armed: dict[str, str] = json.loads((HOME / "crashes.json").read_text())
    except OSError:
        return
    told = " ".join(map(_told, arguments))
    for reference, wanted in armed.items():
        if wanted == f"{point}:{when}" and reference in told:
            marker = HOME / f"crashed-{reference}"
            try:
                marker.touch(exist_ok=False)
            except FileExistsError:
                return
            os.kill(os.getpid(), SIGNALS[when])


def _told(argument: Any) -> str:
    return str(argument["Subject"]) if isinstance(argument, EmailMessage) else repr(argument)


def _wrap_call(point: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        _die_if_due(point, "stop", arguments)
        _die_if_due(point, "before", arguments)
        result = call(*arguments, **options)
        _die_if_due(point, "after", arguments)
        return result

    return wrapped


def _wrap_commit(point: str, change: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(change)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        _at.point = (point, arguments)
        try:
            result = change(*arguments, **options)
        finally:
            _at.point = None
        _die_if_due(point, "after", arguments)
        return result

    return wrapped


def _wrap_write(write: Callable[..., Any]) -> Callable[..., Any]:
    @contextmanager
    def wrapped(db: Database) -> Iterator[Any]:
        with write(db) as tx:
            yield tx
            if point := getattr(_at, "point", None):
                _die_if_due(point[0], "before", point[1])

    return wrapped


def _install() -> None:
    for point, (owner, name) in COMMITS.items():
        setattr(owner, name, _wrap_commit(point, getattr(owner, name)))
    for point, (owner, name) in CALLS.items():
        setattr(owner, name, _wrap_call(point, getattr(owner, name)))
    Database.write = _wrap_write(Database.write)
    mailing.CLAIM = CLAIM


def _supervise(arguments: list[str]) -> int:
    child = 0
    told_to_stop = False

    def pass_on(number: int, _: Any) -> None:
        nonlocal told_to_stop
        told_to_stop = True
        if child:
            os.kill(child, number)

    while not told_to_stop:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(worker.main(arguments))
        (HOME / "pids").mkdir(exist_ok=True)
        (HOME / "pids" / arguments[arguments.index("--name") + 1]).write_text(str(child))
        signal.signal(signal.SIGTERM, pass_on)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended != -signal.SIGKILL:
            return abs(ended)
    return 0


if __name__ == "__main__":
    _install()
    known = entrypoints.Flows()
    for entrypoint in entrypoints.entrypoints(Path("prefect.yaml")):
        known[entrypoint]
    sys.exit(_supervise(sys.argv[1:]))
