"""The photographs of a test buy, drawn: `draw(shot, ...)` gives the bytes a phone would upload.

Owns the file: its size, its EXIF, its faults. Everything is seeded: the same arguments give the
same bytes. Leaves to others: what lies on the table (`scenes`), and who takes a photograph when.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Mapping
from datetime import datetime

from PIL import Image, ImageEnhance, ImageFilter, TiffImagePlugin

from simulator.light import dim, ground, noise
from simulator.scenes import SCENES, Scene
from simulator.screens import TITLES, screen

# every scene is composed at this size; another one is scaled at the end
DRAWN_AT = (2400, 1800)
PHONES = (("Google", "Pixel 5"), ("Apple", "iPhone 11"), ("samsung", "SM-G991B"))
BRANDS = {"watch": "SWAROVSKI", "cat food": "ROYAL CANIN", "shoes": "NORDLAUF"}


def draw(
    shot: str,
    *,
    seed: int,
    reference: str,
    challenge: str | None = None,
    tracking_number: str | None = None,
    seal_number: str | None = None,
    taken_at: datetime,
    subject: str = "watch",
    brand: str | None = None,
    size: tuple[int, int] = DRAWN_AT,
    facts: Mapping[str, str] | None = None,
    fault: str | None = None,
) -> bytes:
    """One shot: JPEG with EXIF, or PNG without for the screen captures `P01` to `P08`.

    `taken_at` is aware; its own offset goes into the EXIF. `facts` names what a screen shows
    (`price`, `order`, `shop`, `url`, ... see `screens`). `fault` spoils the photograph: `blurred`,
    `dark` or `small`. `ValueError` for a shot that is not on the list.
    """
    chance = random.Random(f"{seed}/{reference}/{shot}")
    brand = brand or BRANDS.get(subject, "MAISON")
    out = io.BytesIO()
    if shot in TITLES:
        # the same shop, price and order number on every screen of one test buy
        chance = random.Random(f"screens/{seed}/{reference}")
        shown = screen(shot, chance, subject, taken_at, {"brand": brand, **(facts or {})})
        shown.save(out, "PNG", compress_level=2)
        return out.getvalue()
    if shot not in SCENES:
        raise ValueError(f"no shot {shot!r}")
    photo = ground(chance, DRAWN_AT)
    SCENES[shot](
        Scene(
            chance,
            photo,
            subject,
            brand,
            hashlib.sha256(reference.encode()).hexdigest(),
            challenge,
            tracking_number,
            seal_number,
        )
    )
    dim(chance, photo)
    if size != DRAWN_AT:
        photo = photo.resize(size, Image.Resampling.BICUBIC)
    photo = noise(chance, _spoilt(photo, fault))
    photo.save(out, "JPEG", quality=86, exif=_exif(seed, reference, taken_at))
    return out.getvalue()


def _spoilt(photo: Image.Image, fault: str | None) -> Image.Image:
    if fault == "blurred":
        return photo.filter(ImageFilter.BoxBlur(24))
    if fault == "dark":
        return ImageEnhance.Brightness(photo).enhance(0.08)
    if fault == "small":
        return photo.reduce(3)
    return photo


def _exif(seed: int, reference: str, taken_at: datetime) -> Image.Exif:
    chance = random.Random(f"phone/{seed}/{reference}")
    make, model = chance.choice(PHONES)
    local, zone = taken_at.strftime("%Y:%m:%d %H:%M:%S"), taken_at.strftime("%z")
    offset = f"{zone[:3]}:{zone[3:5]}"
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = make, model, local
    exif.get_ifd(0x8769).update(
        {
            0x829A: TiffImagePlugin.IFDRational(1, 120),
            0x8827: chance.choice((50, 80, 100)),
            0x9003: local,
            0x9004: local,
            0x9010: offset,
            0x9011: offset,
        }
    )
    if chance.random() < 0.4:
        second = round(chance.random() * 60, 2)
        latitude, longitude = (22.0, 32.0, second), (114.0, 7.0, 60 - second)
        exif.get_ifd(0x8825).update({1: "N", 2: latitude, 3: "E", 4: longitude})
    return exif
