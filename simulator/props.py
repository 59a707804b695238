"""Everything around the goods: parcel, waybill, cards, ruler, scales, papers, bags, labels.

Owns how each looks on a transparent layer. Barcodes and QR codes are real ones.
"""

from __future__ import annotations

import random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from simulator.goods import INK, WHITE
from simulator.light import Colour, blank, font, shade

PAPER: Colour = (246, 244, 238)
CARDBOARD: Colour = (188, 146, 100)


def symbol(text: str, kind: zxingcpp.BarcodeFormat, scale: int) -> Image.Image:
    """`text` as a real barcode with its quiet zone, `scale` pixels a module."""
    made = zxingcpp.create_barcode(text, kind)
    pixels = np.array(zxingcpp.write_barcode_to_image(made, scale))
    return Image.fromarray(pixels).convert("L")


def line_code(text: str, width: int, height: int) -> Image.Image:
    """`text` in Code 128, at most `width` wide in whole pixels a module."""
    narrow = symbol(text, zxingcpp.BarcodeFormat.Code128, 1)
    scale = max(1, width // narrow.width)
    return narrow.resize((narrow.width * scale, height), Image.Resampling.NEAREST)


def parcel(chance: random.Random, width: int, height: int) -> Image.Image:
    """An unopened carton seen from above, taped along its middle."""
    layer, pen = blank(width, height)
    board = shade(CARDBOARD, chance.uniform(0.88, 1.1))
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 10, board)
    for x in range(0, width, 9):
        pen.line((x, 0, x, height), shade(board, 0.97 if x % 2 else 1.03), 2)
    for _ in range(14):
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        crease = (x, y, x + chance.uniform(-90, 90), y + chance.uniform(-40, 40))
        pen.line(crease, shade(board, 0.86), 3)
    middle = height // 2
    pen.rectangle((0, middle - 55, width, middle + 55), shade(board, 1.2))
    pen.line((0, middle, width, middle), shade(board, 0.6), 5)
    for x in range(30, width, 260):
        pen.text((x, middle - 26), "FRAGILE", (196, 48, 40), font(44), "lm")
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 10, None, shade(board, 0.55), 6)
    for arrow in (0, 70):
        x, y = width - 190 + arrow, height - 60
        pen.line((x, y, x, y - 70), INK, 9)
        pen.polygon([(x - 22, y - 62), (x + 22, y - 62), (x, y - 100)], INK)
    return layer


def waybill(tracking_number: str, width: int = 1000) -> Image.Image:
    """The carrier's label with the tracking number as Code 128 and as text."""
    height = round(width * 0.74)
    layer, pen = blank(width, height)
    part = width / 100
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 12, WHITE, (120, 120, 120), 3)
    pen.rectangle((0, 0, width, 11 * part), (206, 42, 46))
    pen.text((4 * part, 5.5 * part), "SIMULATED EXPRESS", WHITE, font(round(5 * part)), "lm")
    pen.text((96 * part, 5.5 * part), "STANDARD", WHITE, font(round(3.4 * part)), "rm")
    code = line_code(tracking_number, round(92 * part), round(21 * part))
    layer.paste(code.convert("RGBA"), (round(50 * part - code.width / 2), round(13 * part)))
    pen.text((50 * part, 38 * part), tracking_number, INK, font(round(5.4 * part)), "mm")
    pen.line((0, 43 * part, width, 43 * part), INK, 3)
    pen.line((50 * part, 43 * part, 50 * part, height), INK, 3)
    said = (
        (3, "FROM", ("Crystal Trading", "Shop 1182, Dongmen", "Luohu, Shenzhen")),
        (53, "TO", ("Collection desk 7", "12 Jiabin Road", "Shenzhen 518000")),
    )
    for x, title, lines in said:
        pen.text((x * part, 47 * part), title, (206, 42, 46), font(round(3.2 * part)), "lm")
        for row, words in enumerate(lines):
            at = (x * part, (53 + row * 6) * part)
            pen.text(at, words, INK, font(round(3.9 * part)), "lm")
    return layer


def card(challenge: str | None, width: int = 640) -> Image.Image:
    """The kit card: the challenge code as text and as QR, and nothing that names the test buy."""
    height = round(width * 0.62)
    layer, pen = blank(width, height)
    part = width / 100
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 16, WHITE, (24, 84, 96), 6)
    pen.rectangle((3, 3, width - 4, 12 * part), (24, 84, 96))
    pen.text((50 * part, 6.4 * part), "KIT CARD", WHITE, font(round(6 * part)), "mm")
    if challenge is None:
        return layer
    narrow = symbol(challenge, zxingcpp.BarcodeFormat.QRCode, 1)
    scale = max(1, round(44 * part) // narrow.width)
    square = narrow.resize((narrow.width * scale, narrow.width * scale), Image.Resampling.NEAREST)
    layer.paste(square.convert("RGBA"), (round(3 * part), round(14 * part)))
    half, text = 73 * part, font(min(round(9 * part), round(70 * part / max(1, len(challenge)))))
    pen.text((half, 24 * part), "challenge code", (90, 96, 104), font(round(4.4 * part)), "mm")
    pen.text((half, 36 * part), challenge, INK, text, "mm")
    return layer


def ruler(width: int = 1700) -> Image.Image:
    """A photographer's scale in centimetres with its black and white bar."""
    layer, pen = blank(width, 130)
    pen.rectangle((0, 0, width - 1, 129), (252, 252, 250), (90, 90, 90), 2)
    step = width / 17
    for tick in range(171):
        x = tick * step / 10
        length = 60 if tick % 10 == 0 else 42 if tick % 5 == 0 else 26
        pen.line((x, 0, x, length), INK, 3)
    for mark in range(17):
        pen.text((mark * step + 8, 66), str(mark), INK, font(34), "lm")
        pen.rectangle((mark * step, 96, (mark + 1) * step, 129), INK if mark % 2 else WHITE)
    return layer


def scales(grams: float, width: int = 1300) -> Image.Image:
    """Kitchen scales with their display."""
    height = round(width * 0.86)
    layer, pen = blank(width, height)
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 90, (214, 218, 222), (130, 134, 140), 6)
    pen.rounded_rectangle((50, 50, width - 50, height * 0.74), 70, (236, 239, 242))
    display = (width * 0.3, height * 0.79, width * 0.7, height * 0.95)
    pen.rounded_rectangle(display, 16, (168, 196, 160), (60, 70, 60), 5)
    at = (width * 0.66, height * 0.87)
    pen.text(at, f"{grams:.1f} g", (20, 34, 24), font(width // 12), "rm")
    return layer


def papers(chance: random.Random, title: str, width: int = 760) -> Image.Image:
    """A printed leaflet; its words are only lines but for the title."""
    height = round(width * 1.36)
    layer, pen = blank(width, height)
    pen.rectangle((0, 0, width - 1, height - 1), PAPER, (196, 192, 182), 3)
    pen.text((width / 2, 80), title, (40, 52, 88), font(width // 12), "mm")
    pen.line((60, 140, width - 60, 140), (40, 52, 88), 4)
    for row in range(18):
        y = 190 + row * 40
        if y > height - 180:
            break
        x = 60.0
        while x < width - 120:
            word = chance.uniform(24, 92)
            pen.rectangle((x, y, min(x + word, width - 60), y + 11), (92, 92, 98))
            x += word + 14
    pen.ellipse((width - 240, height - 210, width - 80, height - 50), None, (190, 40, 46), 9)
    pen.text((width - 160, height - 130), "QC PASS", (190, 40, 46), font(32), "mm")
    return layer


def tag(text: str, colour: Colour, width: int = 420) -> Image.Image:
    """A hang tag with its string hole."""
    height = round(width * 1.7)
    layer, pen = blank(width, height)
    outline = [(width * 0.25, 0), (width * 0.75, 0), (width, height * 0.16), (width, height)]
    pen.polygon([*outline, (0, height), (0, height * 0.16)], colour)
    hole = width / 2, height * 0.09, width / 13
    box = (hole[0] - hole[2], hole[1] - hole[2], hole[0] + hole[2], hole[1] + hole[2])
    pen.ellipse(box, (60, 50, 44), WHITE, 7)
    ink = INK if sum(colour) > 400 else PAPER
    pen.text((width / 2, height * 0.36), text, ink, font(width // 8), "mm")
    for row in range(5):
        y = height * (0.48 + 0.06 * row)
        pen.rectangle((width * 0.18, y, width * (0.82 - 0.09 * row), y + 9), ink)
    return layer


def hologram(text: str, side: int = 620) -> Image.Image:
    """A rainbow security sticker."""
    ramp = np.linspace(0, 255 * 3, side)[None, :] + np.linspace(0, 255 * 2, side)[:, None]
    hue = (ramp % 256).astype(np.uint8)
    bright = np.full_like(hue, 228)
    rings = np.where((ramp // 24).astype(int) % 2, 120, 80).astype(np.uint8)
    layer = Image.merge("HSV", [Image.fromarray(each) for each in (hue, rings, bright)])
    layer = layer.convert("RGBA")
    pen = ImageDraw.Draw(layer)
    for ring in range(6):
        inset = 30 + ring * 42
        box = (inset, inset, side - inset, side - inset)
        pen.ellipse(box, None, (255, 255, 255, 255) if ring % 2 else (90, 90, 110, 255), 6)
    pen.text((side / 2, side / 2), text, INK, font(side // 9), "mm")
    return layer


def colour_card(width: int = 820) -> Image.Image:
    """A colour reference with its neutral greys."""
    height = round(width * 0.72)
    layer, pen = blank(width, height)
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 18, (26, 26, 28))
    fields = (
        "#735244",
        "#c29682",
        "#627a9d",
        "#576c43",
        "#8580b1",
        "#67bdaa",
        "#d67e2c",
        "#505ba6",
        "#c15a63",
        "#5e3c6c",
        "#9dbc40",
        "#e0a32e",
        "#383d96",
        "#469449",
        "#af363c",
        "#e7c71f",
        "#bb5695",
        "#0885a1",
        "#f3f3f2",
        "#c8c8c8",
        "#a0a0a0",
        "#7a7a79",
        "#555555",
        "#343434",
    )
    step = (width - 40) / 6
    for place, field in enumerate(fields):
        x, y = 26 + (place % 6) * step, 24 + (place // 6) * (height - 40) / 4
        pen.rectangle((x, y, x + step - 14, y + (height - 40) / 4 - 14), field)
    return layer


def exhibit_label(word: str, below: str, width: int = 620) -> Image.Image:
    """The label that is tied to an exhibit: a word, and a line below it."""
    layer, pen = blank(width, width // 2)
    pen.rectangle((0, 0, width - 1, width // 2 - 1), (250, 226, 120), INK, 5)
    pen.text((24, 40), "EXHIBIT", INK, font(34), "lm")
    pen.text((width / 2, 140), word, INK, font(120), "mm")
    pen.text((24, width // 2 - 44), below, INK, font(40), "lm")
    return layer


def bag(seal_number: str | None, content: Image.Image, *, closed: bool) -> Image.Image:
    """A tamper-evident bag with something in it; the seal number is printed and barcoded.

    Its form stays blank: what it is filled in with goes on the tag inside the store.
    """
    width, height = 1280, 1560
    layer, pen = blank(width, height)
    pen.rounded_rectangle(
        (0, 0, width - 1, height - 1), 20, (222, 230, 236, 235), (150, 160, 170), 6
    )
    inside_at = ((width - content.width) // 2, 330 + (960 - content.height) // 2)
    layer.paste(content, inside_at, content)
    gloss = Image.new("RGBA", (width, height))
    shine = ImageDraw.Draw(gloss)
    for x, wide in ((90, 70), (330, 26), (860, 110), (1120, 30)):
        corners = [(x, 300), (x + wide, 300), (x + wide - 160, height - 40), (x - 160, height - 40)]
        shine.polygon(corners, (255, 255, 255, 46))
    layer.alpha_composite(gloss)
    pen.rectangle((0, 0, width, 130), (206, 32, 40) if closed else (236, 238, 240))
    words = "SEALED · VOID IF OPENED · SEALED" if closed else "peel off and press to close"
    pen.text((width / 2, 64), words, WHITE if closed else (150, 60, 60), font(56), "mm")
    pen.rectangle((30, 150, width - 30, 318), WHITE, INK, 4)
    if seal_number is not None:
        code = line_code(seal_number, 620, 100)
        layer.paste(code.convert("RGBA"), (48, 184))
        size = min(84, 900 // max(1, len(seal_number)))
        pen.text((width - 60, 234), seal_number, (190, 30, 38), font(size), "rm")
    pen.rectangle((30, height - 230, width - 30, height - 30), WHITE, INK, 4)
    pen.text((60, height - 180), "Exhibit ________", INK, font(56), "lm")
    pen.text((60, height - 92), "Sealed by ____________  Date ________", INK, font(40), "lm")
    return layer
