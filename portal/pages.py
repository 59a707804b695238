"""Making a page: the templates, what all of them may use, and how values are written for people."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.proving import to_sign
from portal.assets import address
from portal.badge import Badge
from portal.icons import icon
from portal.languages import COOKIE, LANGUAGES, catalogue, chosen
from portal.permissions import PERMISSIONS, permits
from portal.visit import Failed, database, now, settings
from rules.lifecycle import WAY
from rules.money import Money

FOLDER = Path(__file__).parent

DONE = {
    "requested": "The test buy was requested.",
    "imported": "The flags were imported.",
    "adopted": "You took the request over; an approver decides it now.",
    "approved": "Approved.",
    "sent": "Recorded: the agency has it.",
    "not_sent": "Recorded: the agency has nothing of it.",
    "send_again": "It will be sent again.",
    "declined": "Declined.",
    "abandoned": "The test buy was ended.",
    "photo": "The photo is kept; its frame says what its gate found.",
    "order": "The order is recorded.",
    "tracking": "The tracking number is recorded.",
    "order_failed": "The order's failure is recorded.",
    "received": "The parcel is recorded as received.",
    "documented": "The exhibits are recorded.",
    "again": "A second verdict was asked for.",
    "closed": "The test buy is closed.",
    "linked": "The shop is linked.",
    "sales": "The sales record is kept.",
    "drafted": "The referral is drafted.",
    "withdrawn": "Withdrawn.",
    "answer": "The answer is recorded.",
    "receipt": "The receipt is recorded.",
    "review": "The review is recorded.",
    "level_asked": "Recorded; two people who did not ask must agree.",
    "level_agreed": "Your agreement is recorded.",
    "translated": "The translation stands beside the message.",
    "certificate": "The certificate is kept; compare its fingerprint with the agency.",
    "opening_asked": "Recorded; a supervisor or approver decides.",
    "opening_agreed": "You agreed: the two of you may read what opens the commitment.",
    "opening_erased": "Erased. The commitment stays, and nobody can open it any more.",
    "opened": "The campaign is requested; an approver decides it.",
    "taken_in": "The exhibit is taken in.",
    "hold": "The hold stands; nothing under it is disposed of.",
    "lifted": "The hold is lifted.",
    "disposal_asked": "Asked for; somebody else approves it.",
    "disposed": "It is carried out and on record.",
    "given_away": "The asset is given away.",
    "stored": "It lies there now.",
    "fetched": "You hold it now.",
    "place_closed": "The place is closed.",
    "handing_over": "The hand-over is open; it counts when the other side has confirmed it.",
    "handed_over": "Both sides are recorded; the exhibit has changed hands.",
    "kit": "The kit is numbered.",
    "kit_given": "The kit is handed over once its buyer has confirmed it.",
    "kit_received": "You have the kit. Bag what you buy in its bags.",
    "confirmed": "What you saw in the photo is recorded.",
    "compared": "What you saw in the two photos is recorded.",
    "masked": "The masked copy is made; it is what others get.",
    "waived": "The shot is waived.",
    "claimed": "The examination is yours for 15 minutes.",
    "none_free": "Nothing is free to claim at this moment.",
    "given": "Your verdict is given. Until it is sealed, it can be undone.",
    "undone": "Undone: nothing was sealed, and what you wrote is still here.",
    "released": "The examination is given back.",
    "sealed": "The verdict is sealed.",
    "signed": "The signed statement is kept beside the others.",
    "asked": "Another photo was asked for.",
    "code": "The code is recorded.",
    "price": "The price is on record.",
    "lead": "Your decision on the lead is recorded.",
    "person": "The account is open.",
    "saved": "Saved.",
    "read": "The notice is put away.",
    "password": "Your password is changed; your other log-ins are ended.",
    "log_in_ended": "The log-in is ended.",
    "log_ins_ended": "The log-ins of this person are ended.",
    "second_factor": "Your second factor is set up.",
    "second_factor_reset": "The second factor is taken away; the next log-in sets up a new one.",
    "everywhere": "You are logged out everywhere.",
    "message": "The message is on its way.",
    "out": "You are logged out.",
}
"""What a page says after a form was taken; `?did=` in the address chooses."""


def environment(language: str) -> Environment:
    """The templates with their filters, speaking `language`; an unknown name is an error."""
    env = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    install = env.install_gettext_translations  # type: ignore[attr-defined] # added by i18n
    install(catalogue(language), newstyle=True)
    env.filters |= {
        "when": when,
        "day": day,
        "words": words,
        "local": local,
        "short": short,
        "size": size,
    }
    env.globals |= {"static": address, "icon": icon, "LANGUAGES": LANGUAGES}
    env.globals |= {"WAY": WAY, "money": lambda minor, currency: Money(minor, currency).format()}
    return env


def page(request: Request, template: str, *, code: int = 200, **context: Any) -> HTMLResponse:
    """A page from `template`, with what every page shows."""
    who = getattr(request.state, "visitor", None)
    roles = who.roles if who else frozenset()
    moment = now(request)
    language = speaks(request)
    env: Environment = request.app.state.templates[language]
    html = env.get_template(template).render(
        request_id=getattr(request.state, "request_id", ""),
        path=request.url.path,
        inbox=Badge(request, who),
        language=language,
        visitor=who,
        csrf=who.csrf_token if who else "",
        may=lambda route: permits(route, roles),
        may_route=lambda route: route in PERMISSIONS and permits(route, roles),
        now=moment,
        age=lambda since: length(moment - since),
        failed=getattr(request.state, "failed", None) or Failed(""),
        to_prove=lambda: to_sign(database(request), who.person_id) if who else frozenset(),
        problem=getattr(request.state, "fault", None),
        done=DONE.get(request.query_params.get("did", "")),
        prefect_ui_url=settings(request).prefect_ui_url.rstrip("/"),
        **context,
    )
    return HTMLResponse(html, code)


def speaks(request: Request) -> str:
    """The language of this request's page."""
    who = getattr(request.state, "visitor", None)
    accepts = request.headers.get("accept-language", "")
    return chosen(who.language if who else None, request.cookies.get(COOKIE), accepts)


def done(address: str, did: str = "") -> RedirectResponse:
    """Go on to a page of ours after a form was taken."""
    return RedirectResponse(f"{address}?did={did}" if did else address, 303)


def again(show: Callable[[Request], Response]) -> Callable[[Any], Any]:
    """The page that is shown again, with what was entered, where a form is not taken."""

    def mark(handler: Any) -> Any:
        handler.show_again = show
        return handler

    return mark


def when(moment: datetime | None) -> str:
    """24 Nov 2026, 08:12 UTC."""
    return moment.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC") if moment else "–"


def local(moment: datetime, minutes: int) -> str:
    """17:12 UTC+08:00: the same moment by a clock so many minutes ahead of UTC."""
    hours, rest = divmod(abs(minutes), 60)
    there = moment.astimezone(UTC) + timedelta(minutes=minutes)
    return f"{there:%H:%M} UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def day(value: date | datetime | None) -> str:
    """24 Nov 2026."""
    return value.strftime("%-d %b %Y") if value else "–"


def length(span: timedelta) -> str:
    """How long in the largest fitting unit: "3 days", "2 hours", "40 seconds"."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size_of in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size_of:
            count = seconds // size_of
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def words(value: object) -> str:
    """A word of an enum as people read it: `grey_market` is "grey market"."""
    return str(value).replace("_", " ") if value is not None else "–"


def short(digest: str | None) -> str:
    """The first and last eight characters of a digest."""
    if not digest:
        return "–"
    name = digest.removeprefix("sha256:")
    return f"{name[:8]}…{name[-8:]}" if len(name) > 20 else name


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
