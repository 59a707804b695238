"""Photos: the copy to look at, the original for those entitled to it, and marking what to hide."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from casework.errors import NotFound
from casework.photographs import masking
from casework.photographs.masking import Marked
from casework.views.masks import masks_page
from casework.views.photos import photo_file
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.picturing import picture, small_picture
from portal.visit import act, database, part, vault, visitor
from rules.audience import PARTS, MaskKind, Region

router = APIRouter(prefix="/photos/{public_id}")
# An original stays out of every cache: it may name its place.
_CACHE = {"cache-control": "private, no-store"}


@router.get("", name="photo")
def photo(request: Request) -> Response:
    """A copy without any metadata: the masked one for those who are to see no more."""
    return _copy(request, masked=False)


@router.get("/masked", name="photo_masked")
def photo_masked(request: Request) -> Response:
    """The masked copy, as others get it."""
    return _copy(request, masked=True)


@router.get("/small", name="photo_small")
def photo_small(request: Request) -> Response:
    """The same copy as a list shows it; of a masked photo it is drawn from the masked copy."""
    who = visitor(request)
    file = photo_file(database(request), who.person_id, who.roles, part(request, "public_id"))
    if file.shown is None:
        raise _not_drawn()
    return small_picture(request, file.shown, {"x-made-from": file.made_from})


@router.get("/close", name="photo_close")
def photo_close(request: Request) -> Response:
    """The copy that examiners look at, with all the pixels a copy has."""
    who = visitor(request)
    file = photo_file(database(request), who.person_id, who.roles, part(request, "public_id"))
    return _drawn(request, file.close, file.made_from)


@router.get("/original", name="photo_original")
def photo_original(request: Request) -> Response:
    """The bytes the device handed over."""
    who = visitor(request)
    public_id = part(request, "public_id")
    file = photo_file(database(request), who.person_id, who.roles, public_id)
    if file.original is None:
        raise NotFound("There is no such photo for you.")
    kept = vault(request)
    kept.verify(file.original)
    suffix = file.media_type.rpartition("/")[2].removeprefix("x-")
    headers = _CACHE | {
        "content-disposition": f'attachment; filename="{public_id}.{suffix}"',
        "content-length": str(kept.size_of(file.original)),
    }
    return StreamingResponse(
        kept.chunks(file.original), media_type=file.media_type, headers=headers
    )


@router.get("/masks", name="photo_masks")
def photo_masks(request: Request) -> HTMLResponse:
    """The photo with its marks, or with those that are proposed."""
    view = masks_page(database(request), vault(request), act(request), part(request, "public_id"))
    return page(request, "intake/masks.html", view=view, kinds=list(MaskKind))


@router.post("/masks", name="photo_mark")
@again(photo_masks)
def photo_mark(request: Request) -> Response:
    """Mark what the photo must not show, or say that there is nothing."""
    form = fields(request)
    seen, nothing = form.number("seen"), form.raw("nothing") == "yes"
    marks = _marks(form)
    form.check()
    public_id = part(request, "public_id")
    masking.mark(
        database(request),
        vault(request),
        act(request),
        public_id,
        seen=seen,
        regions=marks,
        nothing=nothing,
    )
    return done(f"/photos/{public_id}/masks", "masked")


def _copy(request: Request, *, masked: bool) -> Response:
    who = visitor(request)
    public_id = part(request, "public_id")
    file = photo_file(database(request), who.person_id, who.roles, public_id, masked=masked)
    return _drawn(request, file.shown, file.made_from)


def _drawn(request: Request, copy: str | None, made_from: str) -> Response:
    if copy is None:
        raise _not_drawn()
    return picture(request, copy, {"x-made-from": made_from})


def _not_drawn() -> NotFound:
    return NotFound("This file can't be drawn. Its original is kept as it came.")


def _marks(form: Fields) -> list[Marked]:
    """The rows with a kind; edges are percents of the picture with at most two decimals."""
    marks: list[Marked] = []
    names = ("kind", "left", "top", "right", "bottom")
    for kind, *edges in zip(*(form.ticked(name) for name in names), strict=False):
        if not kind:
            continue
        try:
            left, top, right, bottom = (round(float(edge) * PARTS / 100) for edge in edges)
            marks.append(Marked(MaskKind(kind), Region(left, top, right, bottom)))
        except (ValueError, OverflowError):
            form.errors["kind"] = (
                "Give each marked row four numbers from 0 to 100, right beyond left and bottom "
                "below top, or set it to “not used”."
            )
    return marks
