"""What a photo's metadata says of its taking: time, zone, device and its number, place, people.

Owns reading these from a decoded header. They are claims of the device, not facts: they are
kept apart from the original, never shown to authenticators, and never written back. Leaves to
`rules` whether a time is plausible.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_DEVICE_LENGTH = 100
_FARTHEST = 14 * 60
"""Minutes: no zone is farther from UTC, so that a larger offset is a lie that moves the time."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A device's claims; None where it makes none or an unreadable one.

    `taken_at_local` is a naive local time; without `utc_offset_minutes` its zone is unknown.
    `place` is (latitude, longitude) in degrees. `names_person`: a photographer or owner is named,
    or a packet of another kind may name one or a place. `serial` is the camera's number,
    `image_id` the picture's, both as they stand: what counts as one is for `rules.pictures` to say.
    """

    taken_at_local: datetime | None = None
    utc_offset_minutes: int | None = None
    device: str | None = None
    place: tuple[float, float] | None = None
    names_person: bool = False
    serial: str | None = None
    image_id: str | None = None


_OWNERS = (ExifTags.Base.Artist, ExifTags.Base.XPAuthor, ExifTags.Base.Copyright)
_XMP = (b"dc:creator", b"dc:rights", b"exif:GPS", b"photoshop:City", b"Iptc4xmp", b"OwnerName")
_IPTC = 0x0404
_SERIAL = re.compile(rb"aux:SerialNumber(?:=[\"']|>)([^<\"']{1,80})")


def capture_of(exif: Image.Exif, xmp: bytes = b"", resources: Mapping[int, object] = {}) -> Capture:
    """The claims in `exif`. Damaged fields count as absent; nothing is raised.

    `xmp` and `resources` (Photoshop's, with IPTC among them) are looked at for names alone.
    """
    details = _folder(exif, ExifTags.IFD.Exif)
    base = ExifTags.Base
    # DateTime (0x0132) is left out: it is the time of the last change, not of the taking.
    moment = _moment(details.get(base.DateTimeOriginal))
    offset = _offset(details.get(base.OffsetTimeOriginal))
    if moment is None:
        moment = _moment(details.get(base.DateTimeDigitized))
        offset = _offset(details.get(base.OffsetTimeDigitized))
    return Capture(
        taken_at_local=moment,
        utc_offset_minutes=offset if moment else None,
        device=_device(_text(exif.get(base.Make)), _text(exif.get(base.Model))),
        place=_place(_folder(exif, ExifTags.IFD.GPSInfo)),
        names_person=any(_named(exif.get(tag)) for tag in _OWNERS)
        or _named(details.get(base.CameraOwnerName))
        or any(word in xmp for word in _XMP)
        or _IPTC in resources,
        serial=_number(details.get(base.BodySerialNumber))
        or _number(exif.get(base.CameraSerialNumber))
        or _serial_in(xmp),
        image_id=_number(details.get(base.ImageUniqueID)),
    )


def _named(value: Any) -> bool:
    return bool(value.strip(b"\0 ") if isinstance(value, bytes) else _text(value))


def _folder(exif: Image.Exif, which: int) -> dict[int, Any]:
    try:
        return exif.get_ifd(which)
    except Exception:  # damaged EXIF raises nearly anything; it then says nothing
        return {}


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    printable = "".join(sign if sign.isprintable() else " " for sign in value.split("\0")[0])
    return " ".join(printable.split())


def _number(value: Any) -> str | None:
    return _text(value)[:_DEVICE_LENGTH] or None


def _serial_in(xmp: bytes) -> str | None:
    """The camera's number where an editor moved it into XMP (Adobe's `aux` namespace)."""
    found = _SERIAL.search(xmp)
    return _number(found[1]) if found else None


def _device(make: str, model: str) -> str | None:
    if model.casefold().startswith(make.casefold()):
        make = ""
    return f"{make} {model}".strip()[:_DEVICE_LENGTH] or None


def _moment(value: Any) -> datetime | None:
    try:
        # EXIF knows no zone; the caller keeps it apart as "local, zone unknown".
        moment = datetime.strptime(_text(value), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    # No camera's clock says other years; near the ends of the calendar zones can't be reckoned.
    return moment if 1900 <= moment.year < 3000 else None


def _offset(value: Any) -> int | None:
    found = _OFFSET.fullmatch(_text(value))
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if int(found[3]) > 59 or minutes > _FARTHEST:
        return None
    return -minutes if found[1] == "-" else minutes


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    tags = ExifTags.GPS
    latitude = _degrees(gps.get(tags.GPSLatitude), _text(gps.get(tags.GPSLatitudeRef)), "S", 90)
    longitude = _degrees(gps.get(tags.GPSLongitude), _text(gps.get(tags.GPSLongitudeRef)), "W", 180)
    # Phones without a fix write 0, 0: a place in the sea off Ghana that nobody photographs from.
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude


def _degrees(value: Any, side: str, negative: str, limit: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(found) or not 0 <= found <= limit:
        return None
    return round(-found if side.upper() == negative else found, 6)
