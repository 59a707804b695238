"""What was kept beside the photos, as files: captured pages, their stamps, notaries' documents."""

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from casework.errors import NotFound
from casework.views import captures as views
from casework.views.conduct import certificate
from evidence.media import suffix_of
from portal.visit import database, number, part, vault

router = APIRouter(prefix="/testbuys/{reference}")
_CACHE = {"cache-control": "private, no-store"}


@router.get("/captures/{capture_id}/page.warc.gz", name="capture_warc")
def capture_warc(request: Request) -> Response:
    """The page as it came over the wire, every request and answer of the visit."""
    row = views.capture(database(request), part(request, "reference"), _number(request))
    name = f"{part(request, 'reference')}-{row.what}-{row.id}.warc.gz"
    return _file(request, row.warc_digest, "application/gzip", name)


@router.get("/captures/{capture_id}/picture.png", name="capture_picture")
def capture_picture(request: Request) -> Response:
    """The whole page as a browser showed it."""
    row = views.capture(database(request), part(request, "reference"), _number(request))
    return _file(request, row.picture_digest, "image/png")


@router.get("/captures/{capture_id}/stamp.tsr", name="capture_stamp")
def capture_stamp(request: Request) -> Response:
    """The time stamp as the authority gave it."""
    row = views.capture(database(request), part(request, "reference"), _number(request))
    if row.stamp is None:
        raise NotFound("No time stamp of this capture is kept.")
    name = f"{part(request, 'reference')}-{row.what}-{row.id}.tsr"
    headers = _CACHE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(row.stamp, media_type="application/timestamp-reply", headers=headers)


@router.get("/certificates/{certificate_id}", name="certificate_file")
def certificate_file(request: Request) -> Response:
    """A notary's document, bit for bit as it was handed in."""
    reference = part(request, "reference")
    row = certificate(database(request), reference, number(request, "certificate_id"))
    name = f"{reference}-notary-{row.id}.{suffix_of(row.media_type)}"
    return _file(request, row.digest, row.media_type, name)


def _number(request: Request) -> int:
    return number(request, "capture_id")


def _file(
    request: Request, digest: str | None, media_type: str, name: str | None = None
) -> Response:
    """A file of the vault, checked against its digest before the first byte goes out."""
    if digest is None:
        raise NotFound("Nothing of this kind was kept; the page of the test buy says why.")
    kept = vault(request)
    kept.verify(digest)
    headers = _CACHE | {"content-length": str(kept.size_of(digest))}
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return StreamingResponse(kept.chunks(digest), media_type=media_type, headers=headers)
