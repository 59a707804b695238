"""Whether people can be written to: what `doctor` says of the mail server."""

from collections.abc import Iterator
from contextlib import closing

from casework.mails import mailing
from casework.settings import Settings
from cli.doctor.finding import Finding, troubled, well
from connectors.mail import MailUnreachable


def server(settings: Settings) -> Iterator[Finding]:
    """Connects, encrypts and logs in as for a mail; hands nothing over."""
    with closing(mailing.server_of(settings)) as post:
        try:
            if settings.smtp_host:
                post.check()
        except MailUnreachable as error:
            mend = "look at the variables TESTBUY_SMTP_…, and ask who keeps the mail server"
            yield troubled("mail server", str(error), mend)
            return
    if not settings.smtp_host:
        where = settings.home / "mail"
        yield well("mail server", f"none is configured: mails are left as files in {where}")
        return
    yield well("mail server", f"{settings.smtp_host}:{settings.smtp_port} takes mails")
    if not settings.public_url:
        mend = "name the address people use in TESTBUY_PUBLIC_URL"
        yield troubled("mail server", "mails carry no links: nobody knows our address", mend)
