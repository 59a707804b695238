"""Which language the pages speak to a person: theirs to say, kept with their account.

Before anybody has logged in the choice is the browser's, in a cookie. Leaves the switch to
`base.html` and which of several wishes counts to `portal.languages`.
"""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from casework.people import access
from portal.fields import fields
from portal.languages import COOKIE, LANGUAGES
from portal.visit import database, inside, part, settings, visitor

router = APIRouter()
_YEAR = 365 * 24 * 3600


@router.post("/language", name="language")
def language(request: Request) -> Response:
    """Keep the visitor's language, and go back to the page the form names."""
    form = fields(request)
    chosen = form.option("language", tuple(LANGUAGES))
    form.check()
    access.choose_language(database(request), visitor(request).person_id, chosen)
    return _remembered(request, chosen, inside(form.raw("next")))


@router.get("/language/{code}", name="language_of_browser")
def language_of_browser(request: Request) -> Response:
    """Speak to this browser in another language; one that nobody speaks here changes nothing."""
    answer_at = inside(request.query_params.get("next", "/log-in"))
    code = part(request, "code")
    if code not in LANGUAGES:
        return RedirectResponse(answer_at, 303)
    return _remembered(request, code, answer_at)


def _remembered(request: Request, chosen: str, address: str) -> Response:
    # The log-in page speaks it too, before it is known whose account this is.
    response = RedirectResponse(address, 303)
    response.set_cookie(
        COOKIE,
        chosen,
        max_age=_YEAR,
        httponly=True,
        samesite="lax",
        secure=settings(request).secure_cookies,
    )
    return response
