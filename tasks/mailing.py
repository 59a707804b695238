"""Writing to people, in one round: the one step of the flow `mail`."""

from collections.abc import Callable

from casework.mails import mailing
from tasks.office import office


def send_mails(keep: Callable[[], None]) -> tuple[bool, str]:
    """Send what is owed: whether anything was, what was done, and why the rest waits."""
    desk = office()
    if desk.mail is None:
        return False, "Mails go nowhere from here."
    server = desk.mail()
    try:
        done = mailing.send_all(desk.db, server, desk.writes_as, desk.act, keep)
    finally:
        server.close()
    said = f"{done.sent} sent, {done.refused} refused."
    if done.stopped:
        return True, f"{said} The rest waits: {done.stopped}"
    return bool(done.sent or done.refused), said
