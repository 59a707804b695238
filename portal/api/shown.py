"""What an examination shows to a rights holder's own system: copies of photos, and the library.

Owns how each is told with its digests, so that the client can make `shown_digest` itself, and the
pictures. Leaves what is shown, and the digest, to `casework.examinations.showing`.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from casework.errors import NotFound
from casework.views import examinations as views
from casework.views.photos import photo_file
from casework.views.suspect import ExaminedPhoto, Genuine
from portal.api.models import PublicId, Told, problems
from portal.visit import database, now, vault, visitor
from rules.references import ReferenceKind
from rules.roles import Role

router = APIRouter(prefix="/api/v1/examinations/{public_id}", tags=["Examinations"])
ORIGINAL = "The digest of what the copy was made from."
SHOWN = "The digest of the copy behind `href`, which names it as its `ETag`."


class PhotoTold(Told):
    """A photo of the frozen set; `href` gives a copy (JPEG) without metadata, masked if it is."""

    photo: str
    shot: str = Field(examples=["I02"])
    title: str
    href: str
    original: str = Field(description=ORIGINAL, examples=["sha256:" + "3f" * 32])
    shown: str = Field(description=SHOWN, examples=["sha256:" + "a1" * 32])


class Place(Told):
    """A place in an entry's picture; edges in parts of 10,000 of it."""

    left: int
    top: int
    right: int
    bottom: int


class ReferenceTold(Told):
    """An entry of the reference library of this brand and category, in the version in use.

    Without a picture `href` is null, and `original` and `shown` are the digest of its words.
    """

    reference: str
    product: str
    kind: ReferenceKind
    title: str
    text: str
    shot: str | None = Field(description="The shot it stands beside.")
    place: Place | None
    href: str | None
    original: str = Field(description=ORIGINAL)
    shown: str = Field(description=SHOWN)
    words: str = Field(description="The digest of kind, title, text and place.")


def photos_told(public_id: str, photos: tuple[ExaminedPhoto, ...]) -> list[PhotoTold]:
    """The photos of an examination in the order that its digest covers them."""
    return [
        PhotoTold(
            photo=each.public_id,
            shot=each.shot,
            title=each.title,
            href=f"/api/v1/examinations/{public_id}/photos/{each.public_id}",
            original=each.shown.original,
            shown=each.shown.copy,
        )
        for each in photos
    ]


def references_told(public_id: str, library: tuple[Genuine, ...]) -> list[ReferenceTold]:
    """The library beside them, likewise."""
    return [
        ReferenceTold(
            reference=each.entry.public_id,
            product=each.product,
            kind=each.entry.kind,
            title=each.entry.title,
            text=each.entry.text,
            shot=each.entry.shot,
            place=Place.model_validate(each.region) if each.region else None,
            href=f"/api/v1/examinations/{public_id}/references/{each.entry.public_id}"
            if each.version
            else None,
            original=each.shown.original,
            shown=each.shown.copy,
            words=each.shown.words,
        )
        for each in library
    ]


@router.get(
    "/photos/{photo}",
    name="api_examination_photo",
    response_class=Response,
    responses={
        **problems(404),
        200: {"description": "The copy.", "content": {"image/jpeg": {}}},
    },
)
def read_photo(request: Request, public_id: PublicId, photo: PublicId) -> Response:
    """A copy of a photo of the frozen set, without metadata; masked where somebody masked it."""
    person = visitor(request).person_id
    view = views.examination(database(request), person, public_id, now(request))
    if photo not in {each.public_id for each in view.photos}:
        raise NotFound("There is no such photo in this examination.")
    file = photo_file(database(request), person, frozenset({Role.AUTHENTICATOR}), photo)
    assert file.close is not None  # the view shows none that can't be drawn
    return _picture(request, file.close)


@router.get(
    "/references/{entry}",
    name="api_examination_reference",
    response_class=Response,
    responses={
        **problems(404),
        200: {"description": "The picture.", "content": {"image/jpeg": {}}},
    },
)
def read_reference(request: Request, public_id: PublicId, entry: PublicId) -> Response:
    """The picture of an entry of the library that this examination shows, without metadata."""
    person = visitor(request).person_id
    view = views.examination(database(request), person, public_id, now(request))
    for each in view.genuine:
        if each.entry.public_id == entry and each.entry.preview_digest:
            return _picture(request, each.shown.copy)
    raise NotFound("There is no such picture beside this examination.")


def _picture(request: Request, digest: str) -> Response:
    headers = {"cache-control": "private, no-store", "etag": f'"{digest}"'}
    return Response(vault(request).read(digest), media_type="image/jpeg", headers=headers)
