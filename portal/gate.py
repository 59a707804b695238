"""The one dependency every route passes: the form is read, the person known, the right checked.

Routes of the API ask for a token instead (`portal.bearer`), and for no form's token.

Owns the check of sessions, of the second factor they owe, of permissions and of cross-site
requests. A form must carry its session's token (`csrf`; a script sends it as the header
`X-CSRF-Token`), and the browser, where it says so, must come from our own pages. `Origin: null` is
what browsers send from pages that keep their referrer to themselves, as ours do; it counts as
silence, and the token decides.
"""

import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from casework.errors import TooMany
from casework.filing import largest_upload
from casework.people import access
from casework.people.access import SignedIn
from portal import looks, uploads
from portal.bearer import bearer
from portal.permissions import PERMISSIONS, WHILE_OWED, Anyone, Permission
from portal.scopes import SCOPES
from portal.visit import API, DOOR_COOKIE, SESSION_COOKIE, Visitor, database, now, settings
from rules.access import Owed
from rules.roles import Role

UPLOAD_ROUTES = frozenset(
    {
        "task_photo",
        "task_sign",
        "desk_photo",
        "desk_sign",
        "testbuy_photo",
        "scan_photo",
        "codes_in_photo",
        "import_flags",
        "launch_look",
        "raid_list_look",
        "raid_paper",
        "exhibit_give",
        "exhibit_sign",
        "exhibit_take_back",
        "disposal_carry_out",
        "asset_give",
        "examination_signed",
        "entry_add",
        "entry_revise",
        "statement_signed",
        "certificate_hand_in",
        "sellers_picture_hand_in",
        "task_sellers_picture",
        "claim_agreement",
        "claim_evidence",
        "claim_judge",
        "claim_payment",
        "claim_step",
    }
)
TWO_FILES = frozenset({"disposal_carry_out"})
"""Routes whose form has two files: the certificate, and a scanned receipt."""

VIDEO_ROUTES = frozenset({"task_photo", "task_upload_add", "testbuy_photo"})
PLAIN_FORM_LIMIT = 1024 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(Exception):  # noqa: N818 - the answer is a page, not a fault
    """Nobody is signed in, and the route asks for somebody."""


class SecondFactorOwed(Exception):  # noqa: N818 - the answer is a page, not a fault
    """The person's log-in still owes a code, or the second factor must be set up first."""

    def __init__(self, owed: Owed) -> None:
        super().__init__(owed)
        self.owed = owed


class NotPermitted(Exception):  # noqa: N818
    """The person may not use the route; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def read_form(request: Request) -> AsyncIterator[None]:
    """Read the form, up to the limit of its route; a visitor without any cookie sends none."""
    request.state.form = FormData()
    if request.method in _SAFE or not request.cookies or request.url.path.startswith(API):
        yield
        return
    route = request.scope["route"].name
    limit = settings(request).upload_limit if route in UPLOAD_ROUTES else PLAIN_FORM_LIMIT
    if route in VIDEO_ROUTES:
        # The log-in is looked at before the body is read: strangers send no gigabytes.
        limit = max(limit, await run_in_threadpool(_video_limit, request))
    request.state.body_limit = limit
    if route in UPLOAD_ROUTES:
        try:
            await run_in_threadpool(_count_upload, request, limit)
        except TooMany:
            # Nobody has asked yet whether the page of this form is theirs to see.
            request.state.unread = True
            await uploads.hear_out(request)
            raise
    try:
        files = 2 if route in TWO_FILES else 1
        form = await request.form(max_files=files, max_fields=500)
    except OSError:
        # No room to hold the upload. A client that is still sending must hear the answer.
        while (await request.receive()).get("more_body"):
            pass
        raise
    request.state.form = form
    try:
        yield
    finally:
        await form.close()


def _count_upload(request: Request, limit: int) -> None:
    """Count what a signed-in person is about to send; a length that is not told is the longest."""
    token = request.cookies.get(SESSION_COOKIE)
    person = access.signed_in(database(request), token, now(request)) if token else None
    if person is None:
        return
    told = request.headers.get("content-length", "")
    uploads.count(request, person.person_id, int(told) if told.isdigit() else limit)


def _video_limit(request: Request) -> int:
    """What a signed-in person's video may have, with room for the form around it; else 0."""
    token = request.cookies.get(SESSION_COOKIE)
    person = access.signed_in(database(request), token, now(request)) if token else None
    if person is None or person.owed:
        return 0
    return largest_upload(database(request)) + PLAIN_FORM_LIMIT


def admit(request: Request, _form: Annotated[None, Depends(read_form)]) -> None:
    """Let the request in, with `request.state.visitor` set, or raise what keeps it out."""
    route = request.scope["route"].name
    permission = PERMISSIONS[route]
    if route in SCOPES:
        person = bearer(request, SCOPES[route])
        role = _role(permission, person.roles, None)
        request.state.visitor = replace(person, role=role)
        looks.note(request, request.state.visitor)
        return
    token = request.cookies.get(SESSION_COOKIE)
    person = access.signed_in(database(request), token, now(request)) if token else None
    request.state.visitor = None
    if person is not None:
        request.state.visitor = _visitor(person, None)
    if permission is not Anyone.PUBLIC:
        if person is None:
            raise NotSignedIn
        if person.owed and route not in WHILE_OWED[person.owed]:
            raise SecondFactorOwed(person.owed)
    if request.method not in _SAFE:
        expected = person.csrf_token if person else request.cookies.get(DOOR_COOKIE)
        _same_site(request, expected)
    if person is not None and permission is not Anyone.PUBLIC:
        role = _role(permission, person.roles, request.state.form.get("as_role"))
        request.state.visitor = _visitor(person, role)
        looks.note(request, request.state.visitor)


def _visitor(person: SignedIn, role: Role | None) -> Visitor:
    return Visitor(
        person.person_id,
        person.name,
        # Nothing is shown or done for a role before the log-in is whole.
        frozenset() if person.owed else person.roles,
        person.csrf_token,
        role,
        person.language,
        person.log_in,
        person.owed,
    )


def _role(permission: Permission, granted: frozenset[Role], wished: object) -> Role | None:
    if isinstance(permission, Anyone):
        return None
    fitting = [role for role in permission if role in granted]
    if not fitting:
        needed = " or ".join(permission)
        raise NotPermitted(f"This page is for the role of {needed}, which you are not granted.")
    return next((role for role in fitting if role.value == wished), fitting[0])


def _same_site(request: Request, expected: str | None) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotPermitted("The form was sent from another site. Open the page here and try again.")
    origin = request.headers.get("origin", "null")
    ours = {
        f"{request.url.scheme}://{request.url.netloc}",
        settings(request).public_url.rstrip("/"),
    }
    if origin not in {"null", *ours}:
        raise NotPermitted("The form was sent from another site. Open the page here and try again.")
    sent = request.state.form.get("csrf") or request.headers.get("x-csrf-token")
    if (
        not expected
        or not isinstance(sent, str)
        or not hmac.compare_digest(sent.encode(), expected.encode())
    ):
        raise NotPermitted(
            "The form belongs to an earlier log-in. Open the page again and send it once more."
        )
