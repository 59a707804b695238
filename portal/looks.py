"""Which pages and files are recorded when somebody is shown them.

Owns the list: originals of photos, what leaves as a file, what tells who a buyer is, and the pages
of test buys and examinations. Small copies inside a page are not recorded one by one; the page is.
Leaves writing to `casework.seen`, and the moment to `portal.envelope`: after the answer is made,
before its first byte leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import Request as AnyRequest

from casework import seen
from portal.visit import Visitor, database, now

LOOKED_AT: Mapping[str, tuple[str, str]] = {
    "photo_original": ("public_id", "original of a photo"),
    "testbuy": ("reference", "page of a test buy"),
    "dossier": ("reference", "dossier"),
    "bundle": ("reference", "bundle"),
    "identity": ("reference", "commitment to a buyer"),
    "identity_opening": ("reference", "identity of a buyer"),
    "chat": ("reference", "chat with a seller"),
    "capture_warc": ("reference", "captured page"),
    "capture_picture": ("reference", "picture of a captured page"),
    "certificate_file": ("reference", "notary's certificate"),
    "statement": ("public_id", "examination statement"),
    "statement_signed_copy": ("public_id", "signed statement"),
    "examination": ("public_id", "page of an examination"),
    "examination_statement": ("public_id", "examination statement"),
    "examination_signed_copy": ("public_id", "signed statement"),
    "referral": ("reference", "page of a referral"),
    "api_testbuy": ("reference", "test buy, by a program"),
    "api_referral": ("reference", "referral, by a program"),
    "api_examination": ("public_id", "examination, by a program"),
}
"""Route, the part of its address that names the subject, and the words for what is looked at."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What will have been looked at once the answer leaves."""

    who: Visitor
    route: str
    subject: str


def note(request: Request, who: Visitor) -> None:
    """Remember with the request what it is about to show, where that is recorded."""
    route = request.scope["route"].name
    if route in LOOKED_AT:
        subject = request.path_params.get(LOOKED_AT[route][0], "")
        request.state.noted = Noted(who, route, subject)


def write(request: AnyRequest, code: int) -> None:
    """Record the look, where the answer shows anything."""
    noted: Noted | None = getattr(request.state, "noted", None)
    if noted is not None and code < 300:
        who = noted.who
        seen.record(
            database(request),  # pyright: ignore[reportArgumentType] - the same, by its base class
            who.person_id,
            who.role,
            noted.route,
            noted.subject,
            now(request),  # pyright: ignore[reportArgumentType]
        )
