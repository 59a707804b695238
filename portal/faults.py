"""What a person is told when something was not done: what happened, what was kept, what to do.

Owns the mapping from refusals and faults to pages and codes. A form that can be shown again comes
back with what was entered; a caller that asks for JSON gets `error`, `reasons`, `request_id`.
"""

import errno
from dataclasses import replace
from math import ceil
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from casework.errors import NotFound, Refused, Stale, TooMany, taken
from casework.once import KeyReused
from evidence.errors import PackageError
from evidence.vault import VaultError, VaultFull
from portal import looks, problems
from portal.bearer import NoToken, OutOfScope
from portal.envelope import TooLarge
from portal.fields import Invalid, returned
from portal.gate import NotPermitted, NotSignedIn, SecondFactorOwed
from portal.pages import page, wording_of
from portal.problems import Fault
from portal.visit import Failed, wants_json
from portal.wayback import led_back
from rules.access import Owed
from storage.session import DatabaseFull, Taken

NOTHING_CHANGED = "Nothing was changed."
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def answer(request: Request, fault: Fault) -> Response:
    """The fault as the caller asked for it."""
    request_id = getattr(request.state, "request_id", "")
    if problems.speaks(request):
        return problems.problem(request_id, fault)
    if wants_json(request):
        body = {"error": fault.error, "reasons": fault.reasons, "request_id": request_id}
        return JSONResponse(body, fault.code)
    return page(request, "fault.html", code=fault.code, fault=_told(request, fault))


def _told(request: Request, fault: Fault) -> Fault:
    """The fault in the page's language. JSON stays English: programs read it."""
    tell = wording_of(request).told
    return replace(
        fault,
        title=tell(fault.title),
        reasons=tuple(map(tell, fault.reasons)),
        kept=tell(fault.kept),
        advice=tell(fault.advice),
    )


def unexpected(request: Request) -> Response:
    """The answer to an exception nobody thought of."""
    return answer(
        request,
        Fault(
            500,
            "unexpected",
            "Something broke on our side",
            ("The page could not be made.",),
            "What was saved before is safe; this last step may not have been done.",
            "Look whether it was done before you try again. If it happens again, "
            "give the request id to the operations engineer.",
        ),
    )


def install(app: FastAPI) -> None:
    """Put every answer in its place."""

    @app.exception_handler(Taken)
    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused | Taken) -> Response:
        if isinstance(error, Taken):
            error = taken(error.table, error.columns)
        if isinstance(error, NotFound):
            if back := led_back(request):
                return back
            title, code, kind = "There is nothing here for you", 404, "not_found"
            advice = "Check the address, or go back to the list it came from."
        elif isinstance(error, Stale):
            title, code, kind = "Somebody else was faster", 409, "stale"
            advice = "The page shows how it stands now. Look again, then decide again."
        elif isinstance(error, TooMany):
            title, code, kind = "Too much in too short a time", 429, "too_many"
            advice = "Nothing is lost. Do it again after the time named above."
        elif isinstance(error, KeyReused):
            title, code, kind = "The key belongs to another request", 422, "key_reused"
            advice = "Draw a new key for each new request."
        else:
            title, code, kind = "This was not done", 409, "refused"
            advice = "Do what the reasons ask for, then try again."
        fault = Fault(code, kind, title, error.reasons, NOTHING_CHANGED, advice)
        response = _form_again(request, fault, returned(request, reasons=error.reasons))
        if isinstance(error, TooMany):
            response.headers["retry-after"] = str(max(1, ceil(error.wait.total_seconds())))
        return response

    @app.exception_handler(Invalid)
    def invalid(request: Request, error: Invalid) -> Response:
        plain = wants_json(request) or problems.speaks(request)
        said = "{}: {}".format if plain else wording_of(request).complaint
        reasons = tuple(said(name, text) for name, text in error.errors.items())
        fault = Fault(
            422,
            "invalid",
            "Something in the form needs another look",
            reasons,
            NOTHING_CHANGED,
            "Go back, mend the fields named above and send the form again.",
        )
        return _form_again(request, fault, returned(request, errors=error.errors))

    @app.exception_handler(NotSignedIn)
    def not_signed_in(request: Request, _error: NotSignedIn) -> Response:
        if wants_json(request):
            return _brief(request, "not_signed_in", "Log in first.", 401)
        wanted = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/log-in?next={quote(wanted)}", 303)

    @app.exception_handler(SecondFactorOwed)
    def second_factor_owed(request: Request, error: SecondFactorOwed) -> Response:
        if wants_json(request):
            reason = (
                "Give the code of your second factor first."
                if error.owed is Owed.CODE
                else "Set up your second factor first, on the page of your account."
            )
            return _brief(request, "second_factor_owed", reason, 403)
        wanted = request.url.path if request.method == "GET" else "/"
        page_of = {Owed.CODE: "/code", Owed.ENROLMENT: "/account/second-factor"}
        return RedirectResponse(f"{page_of[error.owed]}?next={quote(wanted)}", 303)

    @app.exception_handler(NotPermitted)
    def not_permitted(request: Request, error: NotPermitted) -> Response:
        advice = "Go back to your own pages. An administrator grants roles."
        fault = Fault(
            403, "not_permitted", "Not with your roles", (error.reason,), NOTHING_CHANGED, advice
        )
        return answer(request, fault)

    @app.exception_handler(NoToken)
    def no_token(request: Request, _error: NoToken) -> Response:
        fault = Fault(
            401,
            "no_token",
            "No live token came with the request",
            ("Send Authorization: Bearer with a token that is not expired or revoked.",),
            NOTHING_CHANGED,
            "A log-in of the portal does not count here. Make a token under /tokens.",
        )
        response = answer(request, fault)
        response.headers["www-authenticate"] = 'Bearer realm="testbuy"'
        return response

    @app.exception_handler(OutOfScope)
    def out_of_scope(request: Request, error: OutOfScope) -> Response:
        advice = "Make a token with this scope, if the owner's roles allow it."
        return answer(
            request,
            Fault(
                403, "out_of_scope", "Not with this token", (str(error),), NOTHING_CHANGED, advice
            ),
        )

    @app.exception_handler(TooLarge)
    def too_large(request: Request, error: TooLarge) -> Response:
        limit = f"{error.limit // (1024 * 1024)} MB"
        fault = Fault(
            413,
            "too_large",
            "The file is too large",
            (f"This form takes at most {limit}.",),
            "Nothing was stored; the original on your device is untouched.",
            "Send a smaller file: one photo at a time, as the camera saved it.",
        )
        return answer(request, fault)

    @app.exception_handler(VaultError)
    def vault_error(request: Request, error: VaultError) -> Response:
        full = isinstance(error, VaultFull)
        fault = Fault(
            507 if full else 500,
            "vault_full" if full else "vault",
            "The evidence disk is full" if full else "The vault could not give or take the file",
            (str(error),),
            "Nothing was stored; the original on your device is untouched.",
            "Keep the photo. Tell the operations engineer, and send it again afterwards.",
        )
        return answer(request, fault)

    @app.exception_handler(PackageError)
    def package_error(request: Request, error: PackageError) -> Response:
        fault = Fault(
            500,
            "package",
            "The dossier or bundle could not be made",
            (str(error),),
            "Nothing was changed; what is on record is safe.",
            "Do what the reason asks for, or give it to the operations engineer; then try again.",
        )
        return answer(request, fault)

    @app.exception_handler(OSError)
    def disk_full(request: Request, error: OSError) -> Response:
        if error.errno not in _NO_ROOM:
            raise error
        fault = Fault(
            507,
            "disk_full",
            "The disk for passing files is full",
            ("There was no room to hold the file while it was passed on.",),
            "Nothing was stored; the original on your device is untouched.",
            "Tell the operations engineer to make room in the folder for temporary files, "
            "and send it again afterwards.",
        )
        return answer(request, fault)

    @app.exception_handler(DatabaseFull)
    def database_full(request: Request, error: DatabaseFull) -> Response:
        fault = Fault(
            507,
            "database_full",
            "The database has no room",
            (str(error),),
            NOTHING_CHANGED,
            "Tell the operations engineer, and do it again when there is room.",
        )
        return answer(request, fault)

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        if problems.speaks(request):
            return answer(request, problems.invalid(error))
        return http(request, HTTPException(400))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, TooLarge):  # met while a JSON body was read
            return too_large(request, error.__cause__)
        if error.status_code == 404:
            title, reason = "There is no such page", "The address leads nowhere."
        elif error.status_code == 405:
            if back := led_back(request):
                return back
            title = "That can't be done here"
            reason = "The page does not take this kind of request."
        else:
            title, reason = "The request could not be read", "It was cut off or malformed."
        fault = Fault(
            error.status_code,
            "not_found" if error.status_code == 404 else "bad_request",
            title,
            (reason,),
            NOTHING_CHANGED,
            "Check the address, or start from your home page.",
        )
        response = answer(request, fault)
        if error.status_code == 405:
            response.headers["allow"] = problems.taken(request)
        return response


def _brief(request: Request, error: str, reason: str, code: int) -> Response:
    said = {"error": error, "reasons": [reason], "request_id": request.state.request_id}
    return JSONResponse(said, code)


def _form_again(request: Request, fault: Fault, failed: Failed) -> Response:
    show = getattr(request.scope["route"].endpoint, "show_again", None)
    unread = getattr(request.state, "unread", False)
    if show is None or unread or wants_json(request):
        return answer(request, fault)
    tell = wording_of(request).told
    request.state.failed = replace(
        failed,
        reasons=tuple(map(tell, failed.reasons)),
        errors={name: tell(error) for name, error in failed.errors.items()},
    )
    request.state.fault = _told(request, fault)
    try:
        response = show(request)
    except (Refused, NotPermitted):
        # What the form belongs to is no longer there for this person.
        return answer(request, fault)
    looks.note_again(request, show)
    response.status_code = fault.code
    return response
