"""Screen captures of a phone: the listing, the shop, the checkout, the payment, the tracking.

Owns the `P` shots. They hold no EXIF, as a phone's screen captures hold none.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime

from PIL import Image, ImageDraw

from simulator.goods import INK, WHITE, goods
from simulator.light import Colour, font, shade

SIZE = (1170, 2532)
GREY: Colour = (122, 126, 134)
RULE: Colour = (232, 233, 237)

TITLES = {
    "P01": "Listing",
    "P02": "Price and stock",
    "P03": "Shop",
    "P04": "Messages",
    "P05": "Checkout",
    "P06": "Order placed",
    "P07": "Payment receipt",
    "P08": "Track parcel",
}

# what each screen lists: (label, key into the facts)
ROWS = {
    "P01": ("title", "price", "shop", "listing"),
    "P02": ("price", "stock", "sales", "shop"),
    "P03": ("shop", "listing", "sales", "since"),
    "P05": ("title", "payee", "price", "delivery", "total"),
    "P06": ("order", "total", "payee", "at"),
    "P07": ("total", "payee", "order", "method", "at"),
    "P08": ("tracking", "order", "carrier", "at"),
}


def screen(
    shot: str,
    chance: random.Random,
    subject: str,
    taken_at: datetime,
    facts: Mapping[str, str],
) -> Image.Image:
    """The capture for one of `TITLES`; `facts` overrides what is made up."""
    accent = chance.choice(((230, 74, 40), (20, 110, 190), (16, 128, 96), (150, 52, 140)))
    said = _facts(chance, subject, taken_at) | dict(facts)
    image = Image.new("RGB", SIZE, (246, 247, 249))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 300), accent)
    pen.text((70, 70), taken_at.strftime("%H:%M"), WHITE, font(48), "lm")
    pen.rounded_rectangle((1010, 50, 1090, 88), 10, None, WHITE, 4)
    pen.rectangle((1016, 56, 1016 + chance.randint(20, 66), 82), WHITE)
    for bar in range(4):
        pen.rectangle((900 + bar * 20, 88 - 9 * bar - 8, 912 + bar * 20, 88), WHITE)
    pen.rounded_rectangle((60, 160, 1110, 260), 50, shade(accent, 1.25))
    pen.text((110, 210), said["url"], WHITE, font(38), "lm")
    pen.text((70, 370), TITLES[shot], INK, font(76), "lm")
    if shot == "P04":
        _chat(pen, accent, said)
        return image
    top = 440
    if shot in ("P01", "P02", "P05"):
        side = {"P01": 1030, "P02": 700, "P05": 430}[shot]
        panel = shade(accent, 1.0)
        pen.rounded_rectangle((70, top, 1100, top + side + 40), 40, _pale(panel))
        thing = goods(subject, said["brand"], chance, side)
        image.paste(thing, (585 - side // 2, top + 20), thing)
        top += side + 90
    if shot == "P03":
        top = _shop_window(image, pen, chance, subject, said, top)
    if shot in ("P06", "P07"):
        reach = 120 if shot == "P06" else 90
        pen.ellipse((585 - reach, top + 20, 585 + reach, top + 20 + 2 * reach), (40, 160, 90))
        tick = (535, top + 20 + reach, 575, top + 60 + reach, 645, top - 20 + reach)
        pen.line(tick, WHITE, 22, joint="curve")
        top += 2 * reach + 110
    if shot == "P08":
        top = _journey(pen, accent, top)
    _rows(pen, accent, [(name, said[name]) for name in ROWS[shot]], top)
    pen.rounded_rectangle((70, 2330, 1100, 2450), 60, accent)
    action = {"P01": "Buy now", "P02": "Buy now", "P03": "Follow", "P05": "Pay"}.get(shot, "Done")
    pen.text((585, 2390), action, WHITE, font(54), "mm")
    return image


def _pale(colour: Colour) -> Colour:
    red, green, blue = ((part + 5 * 255) // 6 for part in colour)
    return red, green, blue


def _facts(chance: random.Random, subject: str, taken_at: datetime) -> dict[str, str]:
    price = chance.randint(180, 900)
    return {
        "brand": "BRAND",
        "title": f"New {subject}, original quality, gift box",
        "price": f"CNY {price}.00",
        "total": f"CNY {price + 12}.00",
        "delivery": "CNY 12.00",
        "shop": "Crystal Corner",
        "payee": "Crystal Corner",
        "listing": f"L-{chance.randint(10**7, 10**8)}",
        "order": "M" + "".join(chance.choices("0123456789", k=16)),
        "stock": f"{chance.randint(20, 400)} pieces",
        "sales": f"{chance.randint(300, 4000)} sold",
        "since": f"open since {chance.randint(2012, 2024)}",
        "method": "card ending 4471",
        "tracking": "KX" + "".join(chance.choices("0123456789", k=12)),
        "carrier": "Simulated Express",
        "url": "market.example/listing",
        "at": taken_at.strftime("%Y-%m-%d %H:%M"),
    }


def _rows(pen: ImageDraw.ImageDraw, accent: Colour, rows: list[tuple[str, str]], top: int) -> None:
    pen.rounded_rectangle((70, top, 1100, top + 40 + 150 * len(rows)), 40, WHITE, RULE, 3)
    for row, (name, value) in enumerate(rows):
        y = top + 35 + row * 150
        size = 52 if len(value) < 34 else 40
        pen.text((120, y + 26), name.capitalize(), GREY, font(36), "lm")
        loud = name in ("price", "total")
        pen.text((120, y + 88), value, accent if loud else INK, font(72 if loud else size), "lm")
        if row:
            pen.line((120, y - 10, 1050, y - 10), RULE, 3)


def _shop_window(
    image: Image.Image,
    pen: ImageDraw.ImageDraw,
    chance: random.Random,
    subject: str,
    said: Mapping[str, str],
    top: int,
) -> int:
    for place in range(4):
        x, y = 70 + (place % 2) * 525, top + (place // 2) * 540
        pen.rounded_rectangle((x, y, x + 505, y + 520), 36, WHITE, RULE, 3)
        thing = goods(subject, said["brand"], chance, 400)
        image.paste(thing, (x + 52, y + 20), thing)
        price = f"CNY {chance.randint(90, 900)}.00"
        pen.text((x + 252, y + 470), price, INK, font(44), "mm")
    return top + 1110


def _chat(pen: ImageDraw.ImageDraw, accent: Colour, said: Mapping[str, str]) -> None:
    talk = (
        (False, "Welcome to our shop!"),
        (True, "Hello, is this in stock?"),
        (False, "Yes, we send it today."),
        (True, "Does it come with the box?"),
        (False, "Box and papers, all included."),
        (False, f"Today only {said['price']}"),
        (True, "Thank you, I will order one."),
    )
    for row, (mine, words) in enumerate(talk):
        wide = 90 + font(46).getlength(words)
        left = 1100 - wide if mine else 70
        y = 470 + row * 230
        box = (left, y, left + wide, y + 150)
        pen.rounded_rectangle(box, 60, accent if mine else WHITE, RULE, 2)
        pen.text((left + 45, y + 75), words, WHITE if mine else INK, font(46), "lm")


def _journey(pen: ImageDraw.ImageDraw, accent: Colour, top: int) -> int:
    steps = ("Delivered to the addressee", "Out for delivery", "Sorting centre", "Handed in")
    pen.line((130, top + 50, 130, top + 50 + 220 * 3), shade(accent, 1.2), 10)
    for row, words in enumerate(steps):
        y = top + 50 + row * 220
        reach = 30 if row == 0 else 18
        pen.ellipse((130 - reach, y - reach, 130 + reach, y + reach), accent)
        pen.text((210, y), words, INK if row == 0 else GREY, font(56), "lm")
    return top + 860
