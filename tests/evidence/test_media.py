"""What a file is, by its first bytes."""

import pytest

from evidence.media import UnknownType, kind_of
from rules.shots import Medium


def iso(major, *others):
    brands = major + b"\0\0\0\0" + b"".join(others)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + b"\0\0\0\x08mdat"


@pytest.mark.parametrize(
    ("head", "media_type", "medium"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", Medium.PICTURE),
        (b"\x89PNG\r\n\x1a\n", "image/png", Medium.PICTURE),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", Medium.PICTURE),
        (iso(b"heic", b"mif1"), "image/heic", Medium.PICTURE),
        (iso(b"mif1", b"heic"), "image/heic", Medium.PICTURE),
        (b"%PDF-1.7\n", "application/pdf", Medium.DOCUMENT),
        (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo", Medium.VIDEO),
        (iso(b"isom", b"mp42"), "video/mp4", Medium.VIDEO),
        (iso(b"qt  "), "video/quicktime", Medium.VIDEO),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime", Medium.VIDEO),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm", Medium.VIDEO),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "video/x-matroska", Medium.VIDEO),
    ],
)
def test_a_known_type_is_told_by_content(head, media_type, medium):
    kind = kind_of(head)
    assert (kind.media_type, kind.medium) == (media_type, medium)


@pytest.mark.parametrize(
    "head", [b"", b"MZ", b"<svg", b"GIF89a", b"RIFF\0\0\0\0WAVE", iso(b"avif", b"mif1"),
             iso(b"mif1", b"avif"), iso(b"M4A "), b"PK\x03\x04", b"\0\0\0\x10"],
)  # fmt: skip
def test_anything_else_is_turned_away(head):
    with pytest.raises(UnknownType, match="was not kept"):
        kind_of(head)
