"""Exhibits and unread photos for the clerk, and the shots a supervisor may let go."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.custody import storing
from casework.intake import photographing
from casework.photographs import confirming
from casework.views import exhibits as views
from casework.views.places import open_places
from casework.views.scanning import read_label
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import posted, turn
from portal.visit import act, database, visitor
from rules.shots import Proof

router = APIRouter()
ANSWERS = ("it_shows_it", "it_does_not")
"""What a clerk may say of a photo that no machine could read."""


@router.get("/exhibits", name="exhibits")
def exhibits(request: Request) -> HTMLResponse:
    """What is to be taken in or confirmed, one of these first, and any exhibit by its label."""
    db, who = database(request), visitor(request)
    about = views.number_of(db, posted(request, "exhibit"))
    asked = posted(request, "photo") or request.query_params.get("photo")
    find = read_label(request.query_params.get("find", "")[:400])
    return page(
        request,
        "custody/exhibits.html",
        waiting=views.to_take_in(db, turn(request, at=about)),
        places=open_places(db, who.role, who.person_id),
        unread=views.to_confirm(db, asked[:40] if asked else None),
        handed=views.handed_to(db, visitor(request).person_id),
        answers=ANSWERS,
        find=find,
        found=views.find_exhibits(db, find) if find else (),
    )


@router.post("/exhibits/take-in", name="exhibit_take_in")
@again(exhibits)
def exhibit_take_in(request: Request) -> Response:
    """Take an exhibit in under the seal it was bagged with."""
    form = fields(request)
    exhibit, seal_number = form.text("exhibit", limit=40), form.text("seal_number", limit=80)
    place, condition = form.text("place", limit=250), form.text("condition", limit=200)
    weight, tracking_number = form.maybe_number("weight", least=1), form.maybe("tracking_number")
    utc_offset = form.utc_offset()
    form.check()
    storing.take_in(
        database(request),
        act(request),
        exhibit,
        seal_number=seal_number,
        place=place,
        condition=condition,
        weight_grams=weight,
        tracking_number=tracking_number,
        utc_offset_minutes=utc_offset,
    )
    return done("/exhibits", "taken_in")


@router.post("/exhibits/confirm", name="exhibit_confirm")
@again(exhibits)
def exhibit_confirm(request: Request) -> Response:
    """Say whether a photo shows the code or number that no machine read in it."""
    form = fields(request)
    photo, proof = form.text("photo", limit=40), form.word("proof", Proof)
    expected, answer = form.text("expected", limit=2000), form.option("answer", ANSWERS)
    remark = form.maybe("remark") or ""
    form.check()
    confirming.confirm(
        database(request),
        act(request),
        photo,
        proof=proof,
        compared_with=expected,
        agrees=answer == ANSWERS[0],
        remark=remark,
    )
    return done("/exhibits", "confirmed")


@router.get("/waivers", name="waivers")
def waivers(request: Request) -> HTMLResponse:
    """Photos refused by their gate that can't be taken again."""
    return page(request, "custody/waivers.html", rows=views.kept_shots(database(request)))


@router.post("/waivers", name="waive")
@again(waivers)
def waive(request: Request) -> Response:
    """Let a shot go, with the reason that is printed."""
    form = fields(request)
    reference = form.text("testbuy", limit=40)
    shot, reason = form.text("shot", limit=8), form.text("reason")
    form.check()
    photographing.waive(database(request), act(request), reference, shot=shot, reason=reason)
    return done("/waivers", "waived")
