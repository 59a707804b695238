"""What a file is, told by its first bytes and by nothing its name says.

Owns the signatures: pictures, PDF, and the containers of video. Nothing is decoded here. Leaves
decoding pictures to `decoding` and `heic`; documents and video are kept as they come.
"""

from dataclasses import dataclass

from rules.shots import Medium

HEAD = 4096
"""Bytes at a file's beginning that tell what it is."""

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
PICTURES: dict[str, str] = {JPEG: "jpg", PNG: "png", WEBP: "webp", HEIC: "heic"}
"""The media types of pictures and how their files' names end; likewise below."""
PDF = "application/pdf"
DOCUMENTS: dict[str, str] = {PDF: "pdf"}
_FILMS = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_NO_VIDEO_BRANDS = frozenset({b"avif", b"avis", b"M4A ", b"M4B ", b"crx "})
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide"})


class UnknownType(ValueError):  # noqa: N818 - says what is the matter
    """The bytes are of no type that is taken; they are refused and not stored."""

    def __init__(self) -> None:
        super().__init__(
            "This file is no picture (JPEG, PNG, WebP, HEIC), PDF or video, whatever its name "
            "says, and was not kept. Send the file as the device made it."
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is."""

    media_type: str
    medium: Medium


def suffix_of(media_type: str) -> str:
    """How the name of a file of that type ends, without the dot."""
    return {**PICTURES, **DOCUMENTS, **_FILMS}.get(media_type, "bin")


def kind_of(head: bytes) -> Kind:
    """What begins with `head`; UnknownType for anything else."""
    for medium, tell in (
        (Medium.PICTURE, _picture),
        (Medium.DOCUMENT, _document),
        (Medium.VIDEO, _video),
    ):
        if media_type := tell(head):
            return Kind(media_type, medium)
    raise UnknownType


def paper_of(head: bytes) -> str | None:
    """The media type of a paper that was scanned (PDF, JPEG, PNG); None for anything else."""
    found = _document(head) or _picture(head)
    return found if found in (PDF, JPEG, PNG) else None


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    brands = _brands(head)
    if brands[:1] and brands[0] in _HEIC_BRANDS and not _NO_VIDEO_BRANDS & set(brands):
        return HEIC
    return None


def _document(head: bytes) -> str | None:
    return PDF if head.startswith(b"%PDF-") else None


def _video(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video/x-msvideo"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        # The kind of document stands within the first element of the container.
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    brands = _brands(head)
    if not brands or brands[0] in _NO_VIDEO_BRANDS | _HEIC_BRANDS:
        return None
    return "video/quicktime" if brands[0] == b"qt  " else "video/mp4"


def _brands(head: bytes) -> list[bytes]:
    """The major and the compatible brands of an ISO container; none for anything else."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
