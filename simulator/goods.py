"""The goods themselves, drawn on transparent layers: a watch, cat food, shoes, perfume, a carton.

Owns how each looks at any size, so that a close-up is the same thing drawn larger.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

from simulator.light import Colour, blank, font, shade

WHITE: Colour = (250, 249, 246)
INK: Colour = (34, 34, 40)


def goods(subject: str, brand: str, chance: random.Random, side: int) -> Image.Image:
    """The thing bought, on a square layer of `side` pixels."""
    layer, pen = blank(side, side)
    DRAWN.get(subject, _carton)(pen, brand, chance, side)
    return layer


def _watch(pen: ImageDraw.ImageDraw, brand: str, chance: random.Random, side: int) -> None:
    unit = side / 100
    strap = chance.choice(((46, 42, 48), (122, 74, 48), (32, 48, 78), (150, 36, 52)))
    metal = chance.choice(((206, 208, 214), (214, 178, 104), (222, 178, 158)))
    dial = chance.choice(((28, 44, 84), (238, 236, 230), (24, 26, 30), (24, 82, 78)))
    on_dial = INK if sum(dial) > 400 else WHITE
    for top, bottom in ((0, 30), (70, 100)):
        band = (36 * unit, top * unit, 64 * unit, bottom * unit)
        pen.rounded_rectangle(band, 4 * unit, strap)
        for x in (38.5, 61.5):
            for y in range(int(top) + 3, int(bottom) - 2, 3):
                stitch = (x * unit, y * unit, x * unit, (y + 1.4) * unit)
                pen.line(stitch, shade(strap, 1.9), max(1, round(0.5 * unit)))
    for y in (8, 13, 18):
        pen.ellipse((49 * unit, (y + 74) * unit, 51 * unit, (y + 76) * unit), shade(strap, 0.4))
    pen.rounded_rectangle((78 * unit, 47 * unit, 84 * unit, 53 * unit), unit, shade(metal, 0.85))
    middle = 50 * unit

    def disc(radius: float, colour: Colour) -> None:
        reach = radius * unit
        pen.ellipse((middle - reach, middle - reach, middle + reach, middle + reach), colour)

    def spoke(angle: float, near: float, far: float, colour: Colour, width: float) -> None:
        x, y = math.sin(angle) * unit, -math.cos(angle) * unit
        ends = (middle + x * near, middle + y * near, middle + x * far, middle + y * far)
        pen.line(ends, colour, max(1, round(width * unit)))

    for step in range(8):
        disc(31 - step * 0.4, shade(metal, 0.7 + 0.045 * step))
    stones = 60
    for stone in range(stones):
        angle = math.tau * stone / stones
        x = middle + math.sin(angle) * 28.4 * unit
        y = middle - math.cos(angle) * 28.4 * unit
        glint = (225, 238, 250) if stone % 3 else (255, 255, 255)
        reach = 1.15 * unit
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), glint, shade(metal, 0.55))
    disc(26.4, shade(metal, 0.6))
    sweep = chance.uniform(0, 360)
    reach = 25.5 * unit
    face = (middle - reach, middle - reach, middle + reach, middle + reach)
    for part in range(60):
        glow = 0.92 + 0.16 * abs(math.sin(math.radians(part * 6 + sweep)))
        pen.pieslice(face, part * 6, part * 6 + 7, shade(dial, glow))
    for mark in range(60):
        near, width = (21.0, 0.9) if mark % 5 == 0 else (23.4, 0.25)
        spoke(math.tau * mark / 60, near, 24.6, on_dial, width)
    small = (middle - 5.5 * unit, middle + 7 * unit, middle + 5.5 * unit, middle + 18 * unit)
    pen.ellipse(small, shade(dial, 0.82), shade(metal, 0.9), max(1, round(0.4 * unit)))
    pen.text((middle, middle - 11 * unit), brand, on_dial, font(round(3.4 * unit)), "mm")
    pen.text((middle, middle - 7.6 * unit), "SWISS MADE", on_dial, font(round(1.5 * unit)), "mm")
    hour = chance.uniform(9.6, 10.4)
    spoke(math.tau * hour / 12, -2, 13, metal, 1.5)
    spoke(math.tau * (hour % 1), -3, 20, metal, 1.0)
    spoke(math.tau * chance.random(), -5, 22, (206, 48, 56), 0.35)
    disc(1.3, shade(metal, 0.8))


def _cat_food(pen: ImageDraw.ImageDraw, brand: str, chance: random.Random, side: int) -> None:
    unit = side / 100
    body = chance.choice(((196, 36, 52), (38, 92, 148), (88, 60, 130), (36, 122, 92)))
    outline = [(20, 6), (80, 6), (78, 14), (83, 50), (80, 95), (20, 95), (17, 50), (22, 14)]
    pen.polygon([(x * unit, y * unit) for x, y in outline], body)
    for strip in range(20, 80, 2):
        tone = shade(body, 0.75 if strip % 4 else 1.2)
        pen.rectangle((strip * unit, 6 * unit, (strip + 1.2) * unit, 11 * unit), tone)
    for fold in range(5):
        x = (24 + fold * 13) * unit
        pen.line((x, 14 * unit, x + 3 * unit, 94 * unit), shade(body, 1.12), round(1.1 * unit))
    pen.rounded_rectangle((25 * unit, 17 * unit, 75 * unit, 30 * unit), 2 * unit, WHITE)
    pen.text((50 * unit, 23 * unit), brand, body, font(round(6.4 * unit)), "mm")
    pen.ellipse((29 * unit, 33 * unit, 71 * unit, 75 * unit), shade(WHITE, 0.97))
    fur = chance.choice(((150, 146, 150), (222, 160, 92), (74, 66, 64)))
    for ear in (-1, 1):
        tip = [(50 + ear * 15, 36), (50 + ear * 4, 45), (50 + ear * 16, 52)]
        pen.polygon([(x * unit, y * unit) for x, y in tip], fur)
    pen.ellipse((34 * unit, 41 * unit, 66 * unit, 70 * unit), fur)
    for eye in (-1, 1):
        x = 50 + eye * 7
        pen.ellipse(((x - 3) * unit, 50 * unit, (x + 3) * unit, 57 * unit), (196, 220, 110))
        pen.ellipse(((x - 0.9) * unit, 50.5 * unit, (x + 0.9) * unit, 56.5 * unit), INK)
        for whisker in (-1, 0, 1):
            start = ((50 + eye * 4) * unit, 61 * unit)
            end = ((50 + eye * 20) * unit, (61 + whisker * 3) * unit)
            pen.line((start, end), WHITE, max(1, round(0.35 * unit)))
    nose = [(48, 59), (52, 59), (50, 61.6)]
    pen.polygon([(x * unit, y * unit) for x, y in nose], (214, 112, 122))
    for _ in range(46):
        x, y = chance.uniform(24, 74), chance.uniform(80, 92)
        kibble = (x * unit, y * unit, (x + 3) * unit, (y + 2.4) * unit)
        brown = shade((158, 100, 56), chance.uniform(0.8, 1.25))
        pen.ellipse(kibble, brown, (92, 54, 28))
    pen.text((50 * unit, 77.5 * unit), "Adult 2 kg", WHITE, font(round(3.6 * unit)), "mm")


def _shoes(pen: ImageDraw.ImageDraw, brand: str, chance: random.Random, side: int) -> None:
    unit = side / 100
    upper = chance.choice(((240, 240, 238), (44, 62, 110), (186, 52, 54), (60, 66, 62)))
    trim = chance.choice(((220, 92, 40), (36, 36, 42), (66, 150, 130)))
    for top in (8, 52):

        def at(points: Sequence[tuple[float, float]], top: int = top) -> list[tuple[float, float]]:
            return [(x * unit, (top + y) * unit) for x, y in points]

        shape = [(8, 6), (12, 2), (28, 2), (34, 9), (52, 13), (70, 21), (88, 25), (93, 33), (8, 33)]
        pen.polygon(at(shape), upper)
        pen.polygon(at([(70, 21), (88, 25), (93, 33), (68, 33)]), shade(upper, 0.86))
        pen.polygon(at([(8, 6), (16, 9), (17, 33), (8, 33)]), trim)
        for stripe in (30, 38, 46):
            band = [(stripe, 33), (stripe + 4, 33), (stripe + 10, 14), (stripe + 7, 13)]
            pen.polygon(at(band), trim)
        for lace in range(6):
            x, y = 36 + lace * 6, 9 + lace * 2.3
            ends = at([(x, y), (x + 7, y + 3.4)])
            pen.line(ends, shade(WHITE, 0.9), max(1, round(1.2 * unit)))
        sole = at([(6, 32), (95, 32), (94, 38), (90, 40), (8, 40)])
        pen.polygon(sole, WHITE)
        pen.line(at([(6, 35), (95, 35)]), trim, max(1, round(0.8 * unit)))
        for tread in range(8, 92, 3):
            pen.line(at([(tread, 38), (tread + 1.5, 40)]), INK, max(1, round(0.5 * unit)))
        pen.text(at([(20, 25)])[0], brand, shade(INK, 1.2), font(round(3 * unit)), "lm")
        for stitch in range(20, 66, 2):
            pen.line(
                at([(stitch, 30), (stitch + 1, 30)]), shade(upper, 0.6), max(1, round(unit / 3))
            )


def _perfume(pen: ImageDraw.ImageDraw, brand: str, chance: random.Random, side: int) -> None:
    unit = side / 100
    liquid = chance.choice(((236, 190, 120), (226, 156, 170), (150, 190, 214), (176, 200, 140)))
    cap = chance.choice(((32, 32, 36), (204, 170, 96), (210, 212, 216)))
    for line in range(38, 62):
        glow = 0.7 + 0.5 * math.sin((line - 36) / 26 * math.pi)
        pen.line((line * unit, 4 * unit, line * unit, 24 * unit), shade(cap, glow), round(unit) + 1)
    pen.rectangle((43 * unit, 24 * unit, 57 * unit, 30 * unit), (216, 196, 140))
    pen.rounded_rectangle((20 * unit, 30 * unit, 80 * unit, 97 * unit), 7 * unit, (226, 234, 238))
    for line in range(25, 76):
        glow = 0.82 + 0.3 * math.sin((line - 25) / 50 * math.pi)
        bar = (line * unit, 40 * unit, (line + 1) * unit, 91 * unit)
        pen.rectangle(bar, shade(liquid, glow))
    pen.line((30 * unit, 34 * unit, 30 * unit, 90 * unit), WHITE, round(2 * unit))
    pen.line((25 * unit, 40 * unit, 75 * unit, 40 * unit), shade(liquid, 0.75), round(unit))
    pen.rectangle((33 * unit, 52 * unit, 67 * unit, 78 * unit), WHITE, (188, 160, 96), round(unit))
    pen.text((50 * unit, 61 * unit), brand, INK, font(round(5 * unit)), "mm")
    pen.text((50 * unit, 67 * unit), "EAU DE PARFUM", INK, font(round(2.4 * unit)), "mm")
    pen.text((50 * unit, 72 * unit), "50 ml  1.7 fl.oz", INK, font(round(2 * unit)), "mm")


def _carton(pen: ImageDraw.ImageDraw, brand: str, chance: random.Random, side: int) -> None:
    retail_box(pen, brand, chance, side, side)


def retail_box(
    pen: ImageDraw.ImageDraw, brand: str, chance: random.Random, width: int, height: int
) -> None:
    """The brand's own packaging, filling a layer of `width` by `height`."""
    body = chance.choice(((22, 48, 92), (250, 248, 240), (20, 20, 24), (128, 22, 44)))
    gold = (204, 170, 96)
    on_body = INK if sum(body) > 400 else gold
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 14, body, shade(body, 0.6), 4)
    inset = width // 18
    frame = (inset, inset, width - inset, height - inset)
    pen.rectangle(frame, None, on_body, max(2, width // 220))
    pen.text((width / 2, height * 0.42), brand, on_body, font(max(12, width // 9)), "mm")
    line = (width * 0.3, height * 0.53, width * 0.7, height * 0.53)
    pen.line(line, on_body, max(2, width // 300))
    words = "authentic · original · since 1895"
    pen.text((width / 2, height * 0.6), words, on_body, font(max(9, width // 26)), "mm")
    for diamond in range(7):
        x, y, reach = width * (0.26 + 0.08 * diamond), height * 0.78, width / 50
        corners = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
        pen.polygon(corners, on_body)


def inside(subject: str, chance: random.Random, side: int) -> Image.Image:
    """What is inside the goods: wheels of a movement, or the contents poured out."""
    layer, pen = blank(side, side)
    unit = side / 100
    if subject == "watch":
        plate = (2 * unit, 2 * unit, 98 * unit, 98 * unit)
        pen.ellipse(plate, (186, 188, 194), (120, 122, 128), 12)
        for stripe in range(8, 92, 2):
            half = math.sqrt(45**2 - (stripe - 50) ** 2) if 5 < stripe < 95 else 0
            ends = (stripe * unit, (50 - half) * unit, stripe * unit, (50 + half) * unit)
            pen.line(ends, (204, 206, 212), round(unit))
        metals = ((206, 172, 96), (170, 172, 180))
        for turn in range(8):
            angle, far = math.tau * turn / 8 + chance.random() / 2, chance.uniform(18, 30)
            middle = ((50 + far * math.sin(angle)) * unit, (50 + far * math.cos(angle)) * unit)
            wheel(pen, middle, chance.uniform(7, 14) * unit, metals[turn % 2])
            x, y, reach = *middle, 2 * unit
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), (196, 30, 82), INK, 4)
        wheel(pen, (50 * unit, 50 * unit), 15 * unit, metals[0])
        return layer
    if subject == "cat food":
        for _ in range(420):
            angle, far = chance.uniform(0, math.tau), 44 * math.sqrt(chance.random())
            x, y = 50 + far * math.sin(angle), 50 + far * math.cos(angle)
            wide = chance.uniform(3, 5.5)
            kibble = (x * unit, y * unit, (x + wide) * unit, (y + wide * 0.8) * unit)
            pen.ellipse(kibble, shade((164, 108, 62), chance.uniform(0.7, 1.3)), (88, 52, 28), 3)
        return layer
    if subject == "perfume":
        for ring in range(24):
            reach = (48 - 2 * ring) * unit
            dish = (50 * unit - reach, 50 * unit - reach, 50 * unit + reach, 50 * unit + reach)
            tone = (232, 238, 242) if ring < 3 else (226, 156 + 3 * ring, 120 + ring)
            pen.ellipse(dish, tone, shade(tone, 0.93), 4)
        return layer
    pen.rectangle((4 * unit, 10 * unit, 96 * unit, 90 * unit), (196, 178, 150))
    for thread in range(4, 96, 2):
        pen.line((thread * unit, 10 * unit, thread * unit, 90 * unit), (168, 150, 122), 5)
    for thread in range(10, 90, 2):
        pen.line((4 * unit, thread * unit, 96 * unit, thread * unit), (214, 198, 172), 4)
    pen.rectangle((36 * unit, 42 * unit, 64 * unit, 58 * unit), WHITE, (150, 130, 100), 5)
    words = f"LOT {chance.randint(1000, 9999)}"
    pen.text((50 * unit, 50 * unit), words, INK, font(round(4.4 * unit)), "mm")
    return layer


def wheel(
    pen: ImageDraw.ImageDraw, middle: tuple[float, float], reach: float, colour: Colour
) -> None:
    """A toothed wheel."""
    x, y = middle
    teeth = [
        (
            x + math.sin(math.tau * step / 72) * reach * (1 if step % 4 < 2 else 0.9),
            y + math.cos(math.tau * step / 72) * reach * (1 if step % 4 < 2 else 0.9),
        )
        for step in range(72)
    ]
    pen.polygon(teeth, colour, shade(colour, 0.5))
    for share, tone in ((0.7, 0.75), (0.6, 1.1), (0.18, 0.4)):
        near = reach * share
        pen.ellipse((x - near, y - near, x + near, y + near), shade(colour, tone))


Draughtsman = Callable[[ImageDraw.ImageDraw, str, random.Random, int], None]
DRAWN: dict[str, Draughtsman] = {
    "watch": _watch,
    "cat food": _cat_food,
    "shoes": _shoes,
    "perfume": _perfume,
}
