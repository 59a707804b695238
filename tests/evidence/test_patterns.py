"""What a seller's picture is compared by, made from pictures whose pattern is known."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from evidence.patterns import inside, pattern_of
from rules import likeness
from rules.likeness import Way


def noise(seed, size=(700, 500)):
    cells = np.random.default_rng(seed).integers(0, 256, (12, 12), np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("seed", range(20))
def test_a_mirror_turns_the_pattern_exactly_equal_neighbours_too(seed):
    picture = noise(seed)
    # Half of it of one grey: every second step has equal neighbours.
    picture.paste(128, (0, 0, 700, 250))
    turned = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert likeness.way(pattern_of(turned), pattern_of(picture)) is Way.MIRRORED
    assert likeness.apart(pattern_of(turned), likeness.mirrored(pattern_of(picture))) <= 8


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_a_plain_border_is_cut_off(ground):
    picture = ImageOps.autocontrast(noise(3))
    framed = Image.new("L", (1008, 900), ground)
    framed.paste(picture, (100, 300))
    left, top, right, bottom = inside(framed)
    assert (abs(left - 100), abs(top - 300)) <= (8, 8)
    assert (abs(right - 800), abs(bottom - 800)) <= (8, 8)
    assert likeness.way(pattern_of(framed), pattern_of(picture)) is Way.STRAIGHT


def test_what_shows_nothing_has_no_pattern():
    assert pattern_of(Image.new("L", (600, 600), 255)) is None
    dot = Image.new("L", (600, 600), 255)
    dot.paste(0, (300, 300, 303, 303))
    assert inside(dot) == (0, 0, 600, 600), "a dot on white is no picture with a border"
