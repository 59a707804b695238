"""The colours, by computation: what is written can be read by day and by night."""

import re
from itertools import product

import pytest

from portal.assets import FOLDER

CSS = (FOLDER / "tokens.css").read_text()
PAIR = re.compile(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
PLAIN, _, ASKED_FOR = CSS.partition("@media (prefers-contrast: more)")
GROUNDS = ("paper", "surface", "sunken", "loss-ground", "late-ground", "done-ground")
WRITTEN = ("ink", "quiet", "accent", "loss", "late")


def tokens(text: str) -> dict[str, tuple[str, str]]:
    return {name: (day, night) for name, day, night in PAIR.findall(text)}


def light(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_wcag_says_it_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize("asked", [False, True], ids=["plain", "more contrast"])
def test_every_text_stands_out_from_every_ground(scheme, asked):
    """Catches a colour shifted by eye: text on any ground of ours has at least 7 : 1."""
    colours = tokens(PLAIN) | (tokens(ASKED_FOR) if asked else {})
    pairs = [*product(WRITTEN, GROUNDS), ("on-accent", "accent")]
    faint = {
        f"{text} on {ground}": round(ratio, 2)
        for text, ground in pairs
        if (ratio := contrast(colours[text][scheme], colours[ground][scheme])) < 7
    }
    assert faint == {}


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
def test_edges_of_fields_can_be_seen(scheme):
    """A field's edge is `--quiet`; WCAG asks 3 : 1 of what one must find to use it."""
    colours = tokens(PLAIN)
    for ground in GROUNDS:
        assert contrast(colours["quiet"][scheme], colours[ground][scheme]) >= 3, ground


def test_no_other_file_names_a_colour_for_text():
    """A colour outside the tokens knows neither night nor high contrast. Paper and photos stay as
    they are: what is signed, scanned or judged is white, black or grey at any hour."""
    allowed = {"#fff", "#000", "#8a8a8a", "#ffd54a"}
    for file in sorted(FOLDER.glob("*.css")):
        if file.name == "tokens.css":
            continue
        named = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"/\*.*?\*/", "", file.read_text())))
        assert named <= allowed, file.name
