"""When a person gets mail; and mails that could not be delivered, for an administrator."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.mails import mailing
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, number, visitor
from rules.notices import MailWhen

router = APIRouter()


@router.get("/inbox/settings", name="inbox_settings")
def inbox_settings(request: Request) -> HTMLResponse:
    """The visitor's choice, and the address they are written to at."""
    person = mailing.chosen(database(request), visitor(request).person_id)
    hour = mailing.daily_hour(database(request))
    return page(
        request, "telling/inbox_settings.html", person=person, choices=list(MailWhen), hour=hour
    )


@router.post("/inbox/settings", name="inbox_settings_save")
@again(inbox_settings)
def inbox_settings_save(request: Request) -> Response:
    """Keep the choice."""
    form = fields(request)
    when = form.word("mail_when", MailWhen)
    form.check()
    mailing.choose(database(request), visitor(request).person_id, when)
    return done("/inbox/settings", "mail_when")


@router.get("/mails", name="mails")
def mails(request: Request) -> HTMLResponse:
    """What could not be delivered, to whom, and why."""
    return page(request, "telling/mails.html", rows=mailing.given_up(database(request)))


@router.post("/mails/{mail_id}/again", name="mail_again")
@again(mails)
def mail_again(request: Request) -> Response:
    """Send it once more: address or server is mended."""
    mailing.try_again(database(request), act(request), number(request, "mail_id"))
    return done("/mails", "mail_again")


@router.post("/mails/{mail_id}/aside", name="mail_aside")
@again(mails)
def mail_aside(request: Request) -> Response:
    """Let it be."""
    mailing.put_aside(database(request), act(request), number(request, "mail_id"))
    return done("/mails", "mail_aside")
