"""Which pages and files are recorded when somebody is shown them.

Owns the list: originals of photos, what leaves as a file, what tells who a buyer is, the pages of
what is worked on, and the lists that tell of people. Small copies inside a page are not recorded
one by one; the page is, and so is a photo that is opened by itself. What a script loads ahead (the
next photos, a buyer's tasks for the time without a connection) was not looked at. Leaves writing to
`casework.auditing.seen`, and the moment to `portal.envelope`: after the answer is made, before its
first byte leaves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.requests import Request as AnyRequest

from casework.auditing import seen
from portal.visit import Visitor, database, now

LOOKED_AT: Mapping[str, tuple[str, str]] = {
    "photo_original": ("public_id", "original of a photo"),
    "photo": ("public_id", "photo by itself"),
    "photo_close": ("public_id", "photo by itself, closer"),
    "photo_masked": ("public_id", "masked photo by itself"),
    "testbuy": ("reference", "page of a test buy"),
    "task": ("reference", "page of a buyer's task"),
    "exhibit": ("exhibit", "page of an exhibit"),
    "operator": ("operator", "page of an operator"),
    "place": ("place_id", "page of a place"),
    "people": ("", "page of people"),
    "waivers": ("", "page of waivers"),
    "resemblances": ("", "page of photos alike"),
    "conduct": ("", "page of conduct"),
    "places": ("", "page of places"),
    "dossier": ("reference", "dossier"),
    "bundle": ("reference", "bundle"),
    "identity": ("reference", "commitment to a buyer"),
    "identity_opening": ("reference", "identity of a buyer"),
    "chat": ("reference", "chat with a seller"),
    "sellers_pictures": ("reference", "pictures of a seller"),
    "sellers_picture": ("public_id", "picture of a seller"),
    "sellers_picture_masked": ("public_id", "masked picture of a seller"),
    "capture_warc": ("reference", "captured page"),
    "capture_picture": ("reference", "picture of a captured page"),
    "certificate_file": ("reference", "notary's certificate"),
    "statement": ("public_id", "examination statement"),
    "statement_signed_copy": ("public_id", "signed statement"),
    "examination": ("public_id", "page of an examination"),
    "examination_statement": ("public_id", "examination statement"),
    "examination_signed_copy": ("public_id", "signed statement"),
    "referral": ("reference", "page of a referral"),
    "claim": ("reference", "page of a claim"),
    "claim_paper": ("reference", "paper of a claim"),
    "claim_petition": ("reference", "petition of a claim"),
    "superseded_letter": ("reference", "letter about a superseded verdict"),
    "raid": ("reference", "page of a raid"),
    "raid_paper_file": ("reference", "document of a raid"),
    "brushing": ("reference", "page of made-up orders"),
    "sanction": ("reference", "page of a sanction"),
    "sanction_appeal_document": ("reference", "appeal of a seller"),
    "package_rows": ("operator", "what packages about an operator say"),
    "package_document": ("operator", "document of a package"),
    "package_preview": ("reference", "preview of a package"),
    "package_dossier": ("reference", "dossier of a package, as a preview"),
    "api_testbuy": ("reference", "test buy, by a program"),
    "api_referral": ("reference", "referral, by a program"),
    "api_examination": ("public_id", "examination, by a program"),
}
"""Route, the part of its address that names the subject ("": the address itself), and the words for
what is looked at.
"""

WHERE_OPENED = frozenset({"photo", "photo_close", "photo_masked", "task"})
"""Recorded where a person opened them; pages and scripts ask for them, too."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What will have been looked at once the answer leaves."""

    who: Visitor
    route: str
    subject: str
    again: bool = False
    """It is shown under a form that was refused, so that its code is no success."""


def note(request: Request, who: Visitor) -> None:
    """Remember with the request what it is about to show, where that is recorded."""
    _note(request, who, request.scope["route"].name)


def note_again(request: Request, show: Callable[..., object]) -> None:
    """Remember that a refused form shows its page, `show`, once more: that is a look like any."""
    routes = (each for each in request.app.routes if isinstance(each, APIRoute))
    shown = next((each.name for each in routes if each.endpoint is show), None)
    if shown is not None and request.state.visitor is not None:
        _note(request, request.state.visitor, shown, again=True)


def write(request: AnyRequest, code: int) -> None:
    """Record the look, where the answer shows anything."""
    noted: Noted | None = getattr(request.state, "noted", None)
    # 304: the browser has it, and shows it.
    if noted is not None and (code < 300 or code == 304 or noted.again):
        who = noted.who
        seen.record(
            database(request),  # pyright: ignore[reportArgumentType] - the same, by its base class
            who.person_id,
            who.role,
            noted.route,
            noted.subject,
            now(request),  # pyright: ignore[reportArgumentType]
        )


def _note(request: Request, who: Visitor, route: str, *, again: bool = False) -> None:
    if route in WHERE_OPENED and not again and not _opened(request):
        return
    if route in LOOKED_AT:
        part = LOOKED_AT[route][0]
        subject = request.path_params.get(part, "") if part else request.url.path
        request.state.noted = Noted(who, route, subject, again)


def _opened(request: Request) -> bool:
    """Whether a person opened this address, as browsers say it; older ones by what they take."""
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("accept", "")
