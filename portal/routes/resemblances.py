"""Photos that look like one of another test buy, side by side, for a person to compare."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.photographs import resembling
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database

router = APIRouter(prefix="/alike")
ANSWERS = ("another_picture", "the_same_picture")
"""What a person may say of two photos that look alike."""


@router.get("", name="resemblances")
def resemblances(request: Request) -> HTMLResponse:
    """What nobody has compared yet."""
    return page(
        request, "resemblances.html", rows=resembling.waiting(database(request)), answers=ANSWERS
    )


@router.post("", name="resemblance_settle")
@again(resemblances)
def resemblance_settle(request: Request) -> Response:
    """Say whether the two are the same picture."""
    form = fields(request)
    pair, answer = form.number("pair"), form.option("answer", ANSWERS)
    remark = form.maybe("remark") or ""
    form.check()
    resembling.settle(
        database(request), act(request), pair, same=answer == ANSWERS[1], remark=remark
    )
    return done("/alike", "compared")
