"""Photos: the preview to look at, and the original for those entitled to it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from casework.errors import NotFound
from casework.views.photos import photo_file
from portal.visit import database, part, vault, visitor

router = APIRouter(prefix="/photos/{public_id}")
# A frozen photo never changes; other people on the device must still not find it in a cache.
_CACHE = {"cache-control": "private, no-store"}


@router.get("", name="photo")
def photo(request: Request) -> Response:
    """The preview, without any metadata."""
    who = visitor(request)
    file = photo_file(
        database(request), who.person_id, who.roles, part(request, "public_id"), original=False
    )
    if file.preview is None:
        raise NotFound("This file can't be drawn. Its original is kept as it came.")
    data = vault(request).read(file.preview)
    return Response(data, media_type="image/jpeg", headers=_CACHE)


@router.get("/original", name="photo_original")
def photo_original(request: Request) -> Response:
    """The bytes the device handed over."""
    who = visitor(request)
    public_id = part(request, "public_id")
    file = photo_file(database(request), who.person_id, who.roles, public_id, original=True)
    kept = vault(request)
    kept.verify(file.digest)
    suffix = file.media_type.rpartition("/")[2].removeprefix("x-")
    headers = _CACHE | {
        "content-disposition": f'attachment; filename="{public_id}.{suffix}"',
        "content-length": str(kept.size_of(file.digest)),
    }
    return StreamingResponse(kept.chunks(file.digest), media_type=file.media_type, headers=headers)
