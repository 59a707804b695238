"""Writing to people, in one round: the one step of the flow `mail`."""

from collections.abc import Callable

from prefect import task

from casework.mails import mailing
from tasks.office import office


@task(name="send mails")
def send_mails(keep: Callable[[], None]) -> str:
    """Send what is owed; says what was done, and why the rest waits."""
    desk = office()
    if desk.mail is None:
        return "Mails go nowhere from here."
    server = desk.mail()
    try:
        done = mailing.send_all(desk.db, server, desk.writes_as, desk.act, keep)
    finally:
        server.close()
    said = f"{done.sent} sent, {done.refused} refused."
    return f"{said} The rest waits: {done.stopped}" if done.stopped else said
