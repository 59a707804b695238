"""What lies before the camera for each photograph of the shot list.

Owns the arrangement of goods and props on the table, one function a shot. Authenticators see most
of these photographs, so no scene knows the test buy's reference, the exhibit's number or who buys:
what is not here can't be drawn. Leaves to others: light, noise and the file.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageDraw

from simulator import props
from simulator.goods import goods, inside, retail_box
from simulator.light import blank, lay

# where the mark and the finest work are, in shares of the goods' side
MARKS = {
    "watch": (0.28, 0.26),
    "cat food": (0.27, 0.07),
    "shoes": (0.06, 0.1),
    "perfume": (0.27, 0.48),
}
WORKMANSHIP = {
    "watch": (0.5, 0.4),
    "cat food": (0.34, 0.68),
    "shoes": (0.3, 0.08),
    "perfume": (0.32, 0.14),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One photograph being arranged; `photo` is the bare table and is drawn upon.

    `lot` names what is the same in all photographs of one test buy; it seeds, and is never drawn.
    """

    chance: random.Random
    photo: Image.Image
    subject: str
    brand: str
    lot: str
    challenge: str | None
    tracking_number: str | None
    seal_number: str | None

    def near(self, x: float, y: float, reach: float = 0.03) -> tuple[float, float]:
        return x + self.chance.uniform(-reach, reach), y + self.chance.uniform(-reach, reach)

    def tilt(self, most: float) -> float:
        return self.chance.uniform(-most, most)

    def thing(self, side: int) -> Image.Image:
        """The goods: the same thing in each photograph of one test buy, whatever the size."""
        return goods(self.subject, self.brand, random.Random(f"goods/{self.lot}"), side)

    def box(self, width: int, height: int) -> Image.Image:
        layer, pen = blank(width, height)
        retail_box(pen, self.brand, random.Random(f"box/{self.lot}"), width, height)
        return layer

    def lay(self, thing: Image.Image, x: float, y: float, most: float = 6, lift: int = 18) -> None:
        lay(self.photo, thing, self.near(x, y), turn=self.tilt(most), lift=lift)


def _unopened(scene: Scene) -> None:
    scene.lay(props.parcel(scene.chance, 1500, 1080), 0.42, 0.44, 5, lift=60)
    if scene.tracking_number is not None:
        lay(scene.photo, props.waybill(scene.tracking_number, 760), (0.36, 0.34), lift=4)
    scene.lay(props.card(scene.challenge, 760), 0.78, 0.76, 4)


def _waybill(scene: Scene) -> None:
    scene.lay(props.parcel(scene.chance, 2500, 1900), 0.5, 0.5, 2, lift=0)
    number = scene.tracking_number or "NONE"
    lay(scene.photo, props.waybill(number, 1500), scene.near(0.5, 0.5), turn=scene.tilt(1.5))


def _sender(scene: Scene) -> None:
    scene.lay(props.parcel(scene.chance, 2300, 1700), 0.62, 0.6, 2, lift=0)
    label = props.waybill(scene.tracking_number or "NONE", 2000)
    lay(scene.photo, label.crop((0, 820, 1040, 1480)).resize((1560, 990)), (0.45, 0.5), lift=6)


def _tape(scene: Scene) -> None:
    scene.lay(props.parcel(scene.chance, 2900, 1500), 0.5, 0.62, 7, lift=0)
    scene.lay(props.card(scene.challenge, 520), 0.16, 0.16)


def _weighed(scene: Scene) -> None:
    grams = random.Random(f"grams/{scene.lot}").uniform(180, 900)
    scene.lay(props.scales(grams), 0.5, 0.52, 3, lift=50)
    scene.lay(props.parcel(scene.chance, 760, 540), 0.5, 0.42, 12, lift=40)


def _open(scene: Scene) -> None:
    scene.lay(props.parcel(scene.chance, 1900, 1500), 0.5, 0.5, 4, lift=60)
    hollow, pen = blank(1640, 1240)
    pen.rectangle((0, 0, 1639, 1239), (92, 66, 44), (70, 48, 30), 16)
    for _ in range(150):
        x, y = scene.chance.uniform(0, 1600), scene.chance.uniform(0, 1200)
        shred = (x, y, x + scene.chance.uniform(-220, 220), y + scene.chance.uniform(-90, 90))
        pen.line(shred, (224, 206, 168), 16)
    hollow.alpha_composite(scene.box(820, 640), (420, 300))
    lay(scene.photo, hollow, (0.5, 0.5), turn=scene.tilt(4), lift=0)


def _laid_out(scene: Scene) -> None:
    scene.lay(scene.box(760, 620), 0.22, 0.32)
    scene.lay(scene.thing(900), 0.56, 0.38, 14)
    scene.lay(props.papers(scene.chance, scene.brand, 520), 0.85, 0.36, 9)
    scene.lay(props.ruler(), 0.5, 0.88, 1)


def _papers(scene: Scene) -> None:
    scene.lay(props.papers(scene.chance, scene.brand, 860), 0.27, 0.5, 7)
    scene.lay(props.papers(scene.chance, "Guarantee", 860), 0.72, 0.5, 7)


def _packaging(scene: Scene) -> None:
    scene.lay(scene.box(1240, 900), 0.36, 0.4, 8, lift=60)
    scene.lay(scene.box(620, 820), 0.82, 0.56, 12, lift=60)


def _lot(scene: Scene) -> None:
    scene.lay(scene.box(2300, 1700), 0.5, 0.3, 3, lift=0)
    label, pen = blank(1500, 720)
    pen.rectangle((0, 0, 1499, 719), props.WHITE, (150, 150, 150), 3)
    numbers = random.Random(f"lot/{scene.lot}")
    lot, serial = numbers.randint(10**5, 10**6), numbers.randint(10**8, 10**9)
    code = props.line_code(f"{lot}{serial}", 1300, 300)
    label.paste(code.convert("RGBA"), (100, 60))
    pen.text((100, 470), f"LOT {lot}", props.INK, props.font(90), "lm")
    pen.text((100, 600), f"S/N {serial}", props.INK, props.font(90), "lm")
    lay(scene.photo, label, scene.near(0.5, 0.66), turn=scene.tilt(2), lift=4)


def _stamp(scene: Scene) -> None:
    scene.lay(scene.thing(1500), 0.5, 0.36, 6, lift=20)
    seam, pen = blank(1700, 420)
    pen.rectangle((0, 0, 1699, 419), (214, 208, 196), (150, 146, 138), 3)
    for x in range(20, 1700, 26):
        pen.line((x, 30, x, 390), (196, 190, 178), 4)
    batch = random.Random(f"stamp/{scene.lot}").randint(1000, 9999)
    pen.text((850, 210), f"05.2028  {batch}", props.INK, props.font(150), "mm")
    lay(scene.photo, seam, scene.near(0.5, 0.78), turn=scene.tilt(3), lift=6)


def _tags(scene: Scene) -> None:
    for x, colour in ((0.2, props.PAPER), (0.5, (28, 36, 60)), (0.8, (206, 178, 110))):
        scene.lay(props.tag(scene.brand, colour, 560), x, 0.5, 16)


def _security(scene: Scene) -> None:
    scene.lay(scene.box(1900, 1500), 0.46, 0.5, 5, lift=24)
    lay(scene.photo, props.hologram(scene.brand, 700), scene.near(0.33, 0.5), turn=scene.tilt(10))
    printed = random.Random(f"security/{scene.lot}").randrange(10**12)
    address = f"https://verify.example/{printed:012d}"
    code = props.symbol(address, zxingcpp.BarcodeFormat.QRCode, 16).convert("RGBA")
    lay(scene.photo, code, scene.near(0.72, 0.5), turn=scene.tilt(5), lift=4)


def _overall(scene: Scene) -> None:
    scene.lay(scene.thing(1300), 0.5, 0.42, 10, lift=36)
    scene.lay(props.ruler(), 0.5, 0.91, 1)


def _close_up(corners: Mapping[str, tuple[float, float]], share: float) -> Callable[..., None]:
    """A scene of one part of the goods, `share` of their width, filling the photograph.

    `corners` gives the part's upper left, in shares of the goods' side.
    """

    def close(scene: Scene) -> None:
        left, top = corners.get(scene.subject, (0.26, 0.25))
        width, height = scene.photo.size
        # drawn at half the size: the whole goods at full size would be a hundred megabytes
        full = round(width / share / 2)
        cut = (round(left * full), round(top * full))
        part = scene.thing(full).crop((*cut, cut[0] + width // 2, cut[1] + height // 2))
        part = part.rotate(scene.tilt(4), Image.Resampling.NEAREST)
        table = scene.photo.reduce(2)
        table.paste(part, (0, 0), part)
        scene.photo.paste(table.resize((width, height), Image.Resampling.BILINEAR))

    return close


def _engraving(scene: Scene) -> None:
    plate, pen = blank(1700, 1100)
    for row in range(0, 1100, 3):
        tone = 150 + (row * 37) % 50
        pen.rectangle((0, row, 1700, row + 3), (tone, tone, tone + 6))
    pen.ellipse((560, 120, 1140, 700), None, (96, 98, 104), 14)
    serial = random.Random(f"lot/{scene.lot}").randint(10**8, 10**9)
    for shift, tone in ((3, (226, 228, 232)), (0, (60, 62, 68))):
        pen.text((850 + shift, 400 + shift), scene.brand, tone, props.font(84), "mm")
        pen.text((850 + shift, 900 + shift), f"No. {serial}", tone, props.font(150), "mm")
    scene.lay(plate, 0.5, 0.5, 7, lift=30)


def _colour(scene: Scene) -> None:
    scene.lay(scene.thing(1100), 0.3, 0.5, 10)
    scene.lay(props.colour_card(980), 0.74, 0.52, 5)


def _inside(scene: Scene) -> None:
    within = inside(scene.subject, random.Random(f"inside/{scene.lot}"), 1560)
    scene.lay(within, 0.5, 0.5, 90, lift=30)


def _beside(scene: Scene) -> None:
    scene.lay(scene.thing(1080), 0.27, 0.46, 5)
    scene.lay(goods(scene.subject, scene.brand, random.Random("genuine"), 1080), 0.73, 0.46, 5)
    for x, words in ((0.27, "suspect"), (0.73, "genuine")):
        scene.lay(props.exhibit_label(words[:1].upper(), words, 420), x, 0.88, 3)


def _measured(scene: Scene) -> None:
    scene.lay(props.scales(random.Random(f"net/{scene.lot}").uniform(60, 200)), 0.4, 0.52, 3)
    scene.lay(scene.thing(640), 0.4, 0.4, 20)
    lay(scene.photo, props.ruler(1500), (0.84, 0.5), turn=90 + scene.tilt(2))


def _bagged(*, closed: bool, x: float = 0.5, most: float = 5.0) -> Callable[[Scene], None]:
    def bagged(scene: Scene) -> None:
        content = scene.thing(860)
        filled = props.bag(scene.seal_number, content, closed=closed)
        scene.lay(filled, x, 0.5, most, lift=26)
        if not closed:
            scene.lay(props.exhibit_label(scene.challenge or "-", "", 640), 0.84, 0.5)

    return bagged


def _stored(scene: Scene) -> None:
    pen = ImageDraw.Draw(scene.photo)
    width, height = scene.photo.size
    for x in range(0, width, 800):
        pen.rectangle((x, 0, x + 46, height), (88, 94, 104))
    filled = props.bag(scene.seal_number, scene.thing(860), closed=True)
    scene.lay(filled.reduce(2), 0.5, 0.62, 3)
    scene.lay(props.parcel(scene.chance, 560, 620), 0.19, 0.68, 1)
    scene.lay(props.parcel(scene.chance, 620, 460), 0.83, 0.72, 1)
    for y in (0.06, 0.92):
        pen.rectangle((0, y * height, width, y * height + 90), (120, 126, 136))
    shelf = f"SHELF {scene.chance.choice('ABCD')}-{scene.chance.randint(1, 40):02d}"
    pen.rectangle((900, 0.92 * height + 8, 1500, 0.92 * height + 84), props.WHITE)
    at = (1200, 0.92 * height + 46)
    pen.text(at, shelf, props.INK, props.font(64), "mm")


def _handed(words: str, x: float) -> Callable[[Scene], None]:
    """A sealed bag beside the form it travels with."""

    def handed(scene: Scene) -> None:
        _bagged(closed=True, x=x)(scene)
        form = props.papers(scene.chance, words, 700)
        scene.lay(form, 0.16 if x > 0.5 else 0.84, 0.5, 4)

    return handed


SCENES: dict[str, Callable[[Scene], None]] = {
    "R01": _unopened,
    "R02": _waybill,
    "R03": _sender,
    "R04": _tape,
    "R05": _weighed,
    "U02": _open,
    "U03": _laid_out,
    "U04": _papers,
    "U05": _packaging,
    "U06": _lot,
    "U07": _tags,
    "U08": _security,
    "U51": _stamp,
    "I01": _overall,
    "I02": _close_up(MARKS, 0.46),
    "I03": _engraving,
    "I04": _close_up(WORKMANSHIP, 0.36),
    "I05": _colour,
    "I06": _inside,
    "I07": _beside,
    "I08": _measured,
    "B01": _bagged(closed=False, x=0.42),
    "B02": _bagged(closed=True),
    "B03": _stored,
    "T01": _handed("Hand-over", 0.34),
    "T02": _handed("Taken in", 0.68),
    "T03": _handed("Return", 0.62),
}
