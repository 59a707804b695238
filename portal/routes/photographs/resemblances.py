"""Photos that look like one of another test buy or like a seller's picture, side by side, for a
person to compare.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.photographs import resembling
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, vault
from rules.pictures import Whose

router = APIRouter(prefix="/alike")
ANSWERS = ("another_picture", "the_same_picture")
"""What a person may say of two photos that look alike."""
WHOSE = ("another_picture", Whose.OURS, Whose.SELLERS)
"""What a person may say of a photo and a seller's picture that look alike."""


@router.get("", name="resemblances")
def resemblances(request: Request) -> HTMLResponse:
    """What nobody has compared yet; of one seller's picture alone where it is asked for."""
    db, asked = database(request), request.query_params.get("picture")
    rows = () if asked else resembling.waiting(db)
    return page(
        request, "photographs/resemblances.html", rows=rows, answers=ANSWERS,
        sellers=resembling.pictures_waiting(db, asked), whose=WHOSE, asked=asked,
    )  # fmt: skip


@router.post("", name="resemblance_settle")
@again(resemblances)
def resemblance_settle(request: Request) -> Response:
    """Say whether the two are the same picture."""
    form = fields(request)
    of_seller = bool(form.maybe("picture", limit=20))
    pair = form.number("picture" if of_seller else "pair")
    answer = form.option("answer", WHOSE if of_seller else ANSWERS)
    remark = form.maybe("remark") or ""
    form.check()
    db, who = database(request), act(request)
    if of_seller:
        whose = None if answer == WHOSE[0] else Whose(answer)
        resembling.settle_picture(db, vault(request), who, pair, whose=whose, remark=remark)
    else:
        resembling.settle(db, who, pair, same=answer == ANSWERS[1], remark=remark)
    return done("/alike", "compared")
