"""Making a page: the templates, what all of them may use, and what is said after a form.

Leaves how values are written for people to `portal.wording`.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from casework.people.proving import to_sign
from portal.assets import address
from portal.badge import Badge
from portal.browsers import in_app
from portal.drawings import drawing
from portal.icons import icon
from portal.languages import COOKIE, LANGUAGES, catalogue, chosen
from portal.once import with_keys
from portal.permissions import PERMISSIONS, permits
from portal.visit import Failed, database, now, settings
from portal.wayback import SAID, page_address
from portal.wording import Wording, age
from rules.lifecycle import WAY
from rules.signs import UNSEEN, visible

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
    "buyer_found": "A buyer has it now.",
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
    "brushing": "The case is open; record what sources say of how many.",
    "sanction": "The sanction is proposed; somebody else decides it.",
    "sanction_decided": "Decided. The seller is given the notice next.",
    "sanction_told": "Recorded: the seller was given the notice.",
    "sanction_in_force": "Recorded: it is in force.",
    "sanction_appeal": "The appeal is kept as it came; somebody else decides it.",
    "sanction_upheld": "Decided: the sanction stands.",
    "sanction_lifted": "The sanction is lifted.",
    "sanction_reopened": "The sanction is over.",
    "level_asked": "Recorded; two people who did not ask must agree.",
    "level_agreed": "Your agreement is recorded.",
    "translated": "The translation stands beside the message.",
    "certificate": "The certificate is kept; compare its fingerprint with the agency.",
    "opening_asked": "Recorded; a supervisor or approver decides.",
    "opening_agreed": "You agreed: the two of you may read what opens the commitment.",
    "opening_erased": "Erased. The commitment stays, and nobody can open it any more.",
    "value_erased": "Erased. The entry stays; nobody can open what it committed to.",
    "text_covered": "Covered. Nobody can read that text any more.",
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
    "answered": "Your answer to the proposal is recorded.",
    "identifier": "The identifier is recorded; somebody confirms it.",
    "identifier_confirmed": "The identifier is confirmed; what it joins is joined.",
    "identifier_withdrawn": "The identifier is withdrawn; what rested on it alone is undone.",
    "merged": "The operators are merged.",
    "split": "The shops are split off.",
    "change_undone": "Undone: the shops are whose they were before.",
    "taken_out": "Taken out; the entry stays with your reason.",
    "parcel": "What the parcel tells is recorded.",
    "sellers_picture": "The picture is kept; what looks like it in other shops is proposed.",
    "saved": "Saved.",
    "relisted": "The list is changed; it counts for test buys launched from now on.",
    "read": "The notice is put away.",
    "password": "Your password is changed; your other log-ins are ended.",
    "log_in_ended": "The log-in is ended.",
    "log_ins_ended": "The log-ins of this person are ended.",
    "second_factor": "Your second factor is set up.",
    "second_factor_reset": "The second factor is taken away; the next log-in sets up a new one.",
    "sign_on_undone": "The binding is undone; the next single sign-on binds the account anew.",
    "everywhere": "You are logged out everywhere.",
    "message": "The message is on its way.",
    "mail_when": "Saved. It counts from the next mail on.",
    "mail_again": "It is sent again within a minute or two.",
    "mail_aside": "Put aside; nobody is written to again of this.",
    "woken": "Its flow run is owed now; the dispatcher has it begun in moments.",
    "step": "The step is recorded in the referral's time line.",
    "item_waived": "Waived; the reason is printed in the package.",
    "package_row": "Recorded. A draft that rests on it must be looked at again.",
    "package_row_withdrawn": "Withdrawn; what it said stays on record.",
    "out": "You are logged out.",
    "raid_planned": "The raid is planned.",
    "seizure": "The line is recorded.",
    "seizure_list": "The list is recorded.",
    "second_seller": "The second seller is on record; a test buy can be launched from each flag.",
}
"""What a page says after a form was taken; `?did=` in the address chooses."""


def _seen(value: Any) -> Any:
    """What a page prints: no sign in it that nobody sees, whoever wrote it (docs/adr/0052)."""
    if not isinstance(value, str):
        return value
    said = visible(value)
    return Markup(said) if isinstance(value, Markup) else said  # noqa: S704 - was so before


def _exact(said: object) -> Markup:
    """A text that goes back with its form as it came: signs that nobody sees by their numbers in
    HTML, which a browser reads as the signs themselves. It has no way to write the controls from
    U+0080 to U+009F so, and they stay marked.
    """
    text = str(escape(said))
    return Markup(UNSEEN.sub(lambda sign: _number(sign[0]), text))  # noqa: S704 - escaped before


def _number(sign: str) -> str:
    return sign if "\x7f" <= sign <= "\x9f" else f"&#{ord(sign)};"


@cache
def environment(language: str, *, development: bool = False) -> Environment:
    """The templates with their filters, speaking `language`; an unknown name is an error.

    Made once a process; a template is read once, in `development` again as soon as its file
    changes.
    """
    env = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        auto_reload=development,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    install = env.install_gettext_translations  # type: ignore[attr-defined] # added by i18n
    install(catalogue(language), newstyle=True)
    wording = Wording(language)
    env.filters |= wording.filters() | {"exact": _exact}
    env.globals |= {"static": address, "icon": icon, "drawing": drawing, "LANGUAGES": LANGUAGES}
    env.globals |= wording.marks()
    env.globals |= {"WAY": WAY, "money": wording.money, "wording": wording}
    # Between two sentences: Chinese full stops bring their own space.
    env.globals["gap"] = " " if wording.english else ""
    return env


def page(request: Request, template: str, *, code: int = 200, **context: Any) -> HTMLResponse:
    """A page from `template`, with what every page shows."""
    who = getattr(request.state, "visitor", None)
    roles = who.roles if who else frozenset()
    moment = now(request)
    language = speaks(request)
    env: Environment = request.app.state.templates[language]
    wording = wording_of(request)
    html = env.get_template(template).render(
        request_id=getattr(request.state, "request_id", ""),
        path=request.url.path,
        page_address=page_address(request),
        inbox=Badge(request, who),
        language=language,
        in_app_browser=in_app(request.headers.get("user-agent", "")),
        here_address=str(request.url) if request.method == "GET" else "",
        visitor=who,
        csrf=who.csrf_token if who else "",
        may=lambda route: permits(route, roles),
        may_route=lambda route: route in PERMISSIONS and permits(route, roles),
        now=moment,
        age=age(wording, moment),
        failed=getattr(request.state, "failed", None) or Failed(""),
        to_prove=lambda: to_sign(database(request), who.person_id) if who else frozenset(),
        problem=getattr(request.state, "fault", None),
        done=_told(wording, DONE.get(request.query_params.get(SAID, ""))),
        prefect_ui_url=settings(request).prefect_ui_url.rstrip("/"),
        **context,
    )
    return HTMLResponse(with_keys(html) if who else html, code)


def speaks(request: Request) -> str:
    """The language of this request's page."""
    who = getattr(request.state, "visitor", None)
    accepts = request.headers.get("accept-language", "")
    return chosen(who.language if who else None, request.cookies.get(COOKIE), accepts)


def wording_of(request: Request) -> Wording:
    """How values and sentences are written on this request's page."""
    env: Environment = request.app.state.templates[speaks(request)]
    wording = env.globals["wording"]
    assert isinstance(wording, Wording)
    return wording


def _told(wording: Wording, said: str | None) -> str | None:
    return None if said is None else wording.told(said)


def done(address: str, did: str = "") -> RedirectResponse:
    """Go on to a page of ours after a form was taken."""
    sign = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{sign}{SAID}={did}" if did else address, 303)


def again(show: Callable[[Request], Response]) -> Callable[[Any], Any]:
    """The page that is shown again, with what was entered, where a form is not taken."""

    def mark(handler: Any) -> Any:
        handler.show_again = show
        return handler

    return mark
