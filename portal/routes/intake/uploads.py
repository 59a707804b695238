"""Photos and videos in parts, from a phone whose connection breaks: tus 1.0, with whose task it is.

Owns the protocol (creation, expiration, termination; docs/portal.md): headers in, headers out. What
counts as whole, and what becomes of it, is `casework.intake.uploads`. No request holds a file in
memory.
"""

import base64
import binascii
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from casework.errors import TooMany
from casework.filing import largest_upload
from casework.intake import uploads
from evidence.spool import Gone, OffsetMoved, Overlong, Upload
from portal import uploads as meter
from portal.numbers import number_of
from portal.visit import act, addressed, database, part, spool, vault, visitor

router = APIRouter(prefix="/tasks/{reference}/uploads")
VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
CONTENT = "application/offset+octet-stream"
_CHUNK = 1 << 20
"""Bytes that are gathered before they are written."""


@router.options("", name="task_upload_terms")
def terms(request: Request) -> Response:
    """What the protocol's client may ask for here."""
    uploads.ensure_task(*addressed(request))
    most = str(largest_upload(database(request)))
    return _said(204, {"tus-version": VERSION, "tus-extension": EXTENSIONS, "tus-max-size": most})


@router.post("", name="task_upload_begin")
def begin(request: Request) -> Response:
    """Begin an upload, or find the one that broke off; `Upload-Offset` says how far it is."""
    reference = part(request, "reference")
    uploads.ensure_task(database(request), act(request), reference)
    if no := _other_version(request):
        return no
    length = _number(request, "upload-length")
    told = _metadata(request.headers.get("upload-metadata", ""))
    if length is None or told is None or not {"shot", "digest"} <= told.keys():
        return _no(400, "bad_request", "Upload-Length, and shot and digest as metadata, are due.")
    try:
        upload = uploads.begin(
            database(request),
            spool(request),
            act(request),
            reference,
            shot=told["shot"],
            digest=told["digest"],
            length=length,
            name=told.get("filename", ""),
        )
    except uploads.TooLarge as large:
        return _no(413, "too_large", *large.reasons)
    except uploads.NoRoom as full:
        return _no(507, "disk_full", *full.reasons)
    location = f"{request.url.path}/{uploads.public_id(upload)}"
    offset = spool(request).offset(upload)
    return _said(
        201, {"location": location, "upload-offset": str(offset), "upload-expires": _end(upload)}
    )


@router.api_route("/{upload_id}", methods=["GET", "HEAD"], name="task_upload")
def look(request: Request) -> Response:
    """How far an upload is and what became of it; one that is whole is taken in, if it was not."""
    upload = _find(request)
    if no := _other_version(request):
        return no
    return _state(request, upload)


@router.patch("/{upload_id}", name="task_upload_add")
async def add(request: Request) -> Response:
    """Take more bytes where the last ones ended; the last ones make it a photo."""
    upload = await run_in_threadpool(_find, request)
    if no := _other_version(request):
        return no
    if request.headers.get("content-type", "") != CONTENT:
        return _no(415, "bad_request", f"Bytes come as {CONTENT}.")
    offset = _number(request, "upload-offset")
    if offset is None:
        return _no(400, "bad_request", "Upload-Offset says where the bytes begin.")
    kept = spool(request)
    if offset != (stands := await run_in_threadpool(kept.offset, upload)):
        return _conflict(stands)
    try:
        await run_in_threadpool(_count, request, upload, offset)
    except TooMany:
        await meter.hear_out(request)
        raise
    try:
        async for chunk in _chunks(request):
            offset = await run_in_threadpool(kept.append, upload, offset, chunk)
    except OffsetMoved as moved:
        return _conflict(moved.offset)
    except Overlong:
        return _no(413, "too_large", f"The upload was begun for {upload.length:,} bytes.")
    except Gone:
        raise uploads.gone() from None
    return await run_in_threadpool(_added, request, upload)


@router.delete("/{upload_id}", name="task_upload_end")
def end(request: Request) -> Response:
    """Give an upload up; a photo that was taken in stays."""
    upload = _find(request)
    if no := _other_version(request):
        return no
    spool(request).remove(upload)
    return _said(204, {})


def _count(request: Request, upload: Upload, offset: int) -> None:
    """All parts of an upload count as one file; what they hold counts like any other upload."""
    told = request.headers.get("content-length", "")
    size = min(int(told), upload.length) if told.isdigit() else upload.length - offset
    meter.count(request, visitor(request).person_id, size, upload=upload.key, whole=upload.length)


def _added(request: Request, upload: Upload) -> Response:
    state = _state(request, upload)
    return _said(204, dict(state.headers)) if state.status_code == 200 else state


def _state(request: Request, upload: Upload) -> Response:
    kept = spool(request)
    try:
        offset = kept.offset(upload)
        answer = kept.answer(upload)
        if answer is None and offset == upload.length:
            answer = uploads.take_in(database(request), vault(request), kept, act(request), upload)
    except uploads.OtherBytes as other:
        return _no(460, "digest", *other.reasons)
    except OffsetMoved as moved:
        offset, answer = moved.offset, kept.answer(upload)
    except Gone:
        raise uploads.gone() from None
    headers = {
        "tus-resumable": VERSION,
        "cache-control": "no-store",
        "upload-offset": str(offset),
        "upload-length": str(upload.length),
        "upload-expires": _end(upload),
    }
    body = {"offset": offset, "length": upload.length, "shot": upload.shot, "answer": answer}
    return JSONResponse(body, headers=headers)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """What comes, a megabyte at a time; what came before a connection broke counts too."""
    gathered = bytearray()
    try:
        async for piece in request.stream():
            gathered += piece
            if len(gathered) >= _CHUNK:
                yield bytes(gathered)
                gathered.clear()
    except ClientDisconnect:
        pass
    if gathered:
        yield bytes(gathered)


def _find(request: Request) -> Upload:
    reference = part(request, "reference")
    uploads.ensure_task(database(request), act(request), reference)
    return uploads.find(spool(request), act(request), reference, part(request, "upload_id"))


def _other_version(request: Request) -> Response | None:
    if request.headers.get("tus-resumable") == VERSION:
        return None
    return _no(412, "bad_request", f"This speaks tus {VERSION}.", tus_version=VERSION)


def _number(request: Request, header: str) -> int | None:
    return number_of(request.headers.get(header))


def _metadata(text: str) -> dict[str, str] | None:
    """`name base64, name base64`; None where it can't be read."""
    told: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return told


def _end(upload: Upload) -> str:
    whole = upload.begun_at.replace(microsecond=0) + timedelta(seconds=1)
    return format_datetime(whole + uploads.KEPT, usegmt=True)


def _conflict(offset: int) -> Response:
    reason = f"The upload stands at {offset}: go on from there."
    answer = _no(409, "offset", reason)
    answer.headers["upload-offset"] = str(offset)
    return answer


def _no(code: int, error: str, *reasons: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"error": error, "reasons": reasons}
    return JSONResponse(body, code, {"tus-resumable": VERSION, **named})


def _said(code: int, headers: dict[str, str]) -> Response:
    kept = {name: value for name, value in headers.items() if not name.startswith("content-")}
    return Response(status_code=code, headers={"tus-resumable": VERSION, **kept})
