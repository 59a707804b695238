"""What a seller showed or sent: handed in, cut out of a screen, and looked at."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.operators import sellers_pictures
from casework.views import sellers_pictures as views
from portal.fields import fields
from portal.numbers import number_of
from portal.pages import again, done, page
from portal.picturing import picture
from portal.routes.buying.capture import task_chat
from portal.visit import act, database, part, vault
from rules.audience import PARTS, Region
from rules.pictures import HANDED_IN, Origin

router = APIRouter()
_EDGES = ("left", "top", "right", "bottom")


@router.get("/testbuys/{reference}/sellers-pictures", name="sellers_pictures")
def pictures(request: Request) -> HTMLResponse:
    """The pictures of a test buy's seller."""
    view = views.pictures_page(database(request), part(request, "reference"))
    return page(request, "operators/sellers_pictures.html", view=view, origins=HANDED_IN)


@router.post("/testbuys/{reference}/sellers-pictures", name="sellers_picture_hand_in")
@again(pictures)
def hand_in(request: Request) -> Response:
    """An analyst hands in what the seller showed or sent."""
    _keep(request)
    return done(f"/testbuys/{part(request, 'reference')}/sellers-pictures", "sellers_picture")


@router.post("/tasks/{reference}/sellers-pictures", name="task_sellers_picture")
@again(task_chat)
def task_hand_in(request: Request) -> Response:
    """The buyer hands in what the seller showed or sent."""
    _keep(request)
    return done(f"/tasks/{part(request, 'reference')}/chat", "sellers_picture")


@router.get("/testbuys/{reference}/sellers-pictures/cut", name="sellers_picture_cut_page")
def cut_page(request: Request) -> HTMLResponse:
    """A capture of a screen, to draw a frame round the seller's picture in it."""
    asked = request.query_params
    form = fields(request) if request.method == "POST" else None
    photo = form.raw("photo") if form else asked.get("photo", "")
    capture = form.raw("capture") if form else asked.get("capture", "")
    view, screen = views.screen(database(request), part(request, "reference"), photo, capture)
    return page(
        request, "operators/sellers_picture_cut.html", view=view, screen=screen, edges=_EDGES
    )


@router.post("/testbuys/{reference}/sellers-pictures/cut", name="sellers_picture_cut")
@again(cut_page)
def cut(request: Request) -> Response:
    """Cut the seller's picture out of a screen."""
    form = fields(request)
    photo, capture = form.maybe("photo", limit=40), form.maybe("capture", limit=20)
    region = _region([form.raw(name) for name in _EDGES])
    if region is None:
        form.errors["left"] = (
            "Draw a frame round the picture, or give four numbers from 0 to 100: right beyond left "
            "and bottom below top."
        )
    form.check()
    assert region is not None  # the form was checked
    reference = part(request, "reference")
    sellers_pictures.cut(
        database(request), vault(request), act(request), reference, photo=photo,
        capture=number_of(capture), region=region,
    )  # fmt: skip
    return done(f"/testbuys/{reference}/sellers-pictures", "sellers_picture")


@router.get("/sellers-pictures/{public_id}", name="sellers_picture")
def look(request: Request) -> Response:
    """A copy of a seller's picture without its metadata."""
    return picture(request, views.copy_of(database(request), part(request, "public_id")))


def _keep(request: Request) -> None:
    form = fields(request)
    origin, (_, data) = form.option("origin", HANDED_IN), form.upload("picture")
    form.check()
    sellers_pictures.hand_in(
        database(request), vault(request), act(request), part(request, "reference"),
        origin=Origin(origin), data=data,
    )  # fmt: skip


def _region(edges: list[str]) -> Region | None:
    """Percents with at most two decimals as a region; None for what is none."""
    try:
        left, top, right, bottom = (round(float(edge) * PARTS / 100) for edge in edges)
        return Region(left, top, right, bottom)
    except (ValueError, OverflowError):
        return None
