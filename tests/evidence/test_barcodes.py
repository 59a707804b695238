import csv
import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from evidence.barcodes import Barcode, code128_png, compare, qr_png, qr_svg, read
from evidence.photos import examine

NUMBER = "SF1234567890123"


def waybill(tilt=0, size=(4032, 3024)):
    code = Image.open(BytesIO(code128_png(NUMBER))).convert("L")
    code = code.resize((code.width * 2, code.height), Image.Resampling.NEAREST)
    sheet = Image.new("L", size, 235)
    code = code.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=235)
    sheet.paste(code, ((size[0] - code.width) // 2, (size[1] - code.height) // 2))
    return sheet


def small(tilt):
    """The label as it lies in a reduced picture, with less table around it."""
    return waybill(tilt, (2400, 2000)).reduce(2)


def test_what_is_drawn_is_read_back():
    for drawn in (qr_png("https://desk.example/t/ABC"), code128_png(NUMBER)):
        (found,) = read(Image.open(BytesIO(drawn)))
        assert found.text in ("https://desk.example/t/ABC", NUMBER)
    assert qr_svg("x").lstrip().startswith("<") and "<svg" in qr_svg("x")


def test_real_labels_are_read(real_data):
    hits = wrong = 0
    with (real_data / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "barcode"]
    for row in rows:
        truth = row["ground_truth"].split(" | ")[0]
        if not truth.startswith("{"):
            continue
        text = json.loads(truth).get("text")
        kind = json.loads(truth).get("symbology", "")
        if kind not in ("Code128", "Code39", "ITF", "QRCode") or not text:
            continue
        facts = examine(
            (real_data / row["file"]).read_bytes(), look_for_barcodes=True, expected=text
        )
        answer = compare(text, facts.barcodes)
        hits += answer == "match"
        wrong += answer == "other"
    assert hits >= 20 and wrong <= 1, (hits, wrong)


@pytest.mark.parametrize(("tilt", "shade"), [(8, 1), (17, 0.45), (32, 1), (63, 1), (201, 0.45)])
def test_a_waybill_at_any_angle_is_found_when_it_is_expected(tilt, shade):
    """A label as a phone sees it: on a table, in light or in half a shadow."""
    seen = small(tilt)
    if shade < 1:
        across = np.linspace(shade, 1, seen.width)
        seen = Image.fromarray((np.asarray(seen) * across).astype(np.uint8))
    assert compare(NUMBER, read(seen, expected=NUMBER)) == "match"


def test_without_something_expected_there_is_one_pass():
    assert read(small(tilt=32)) == ()


def test_corners_that_a_turn_adds_hide_no_code_in_a_dark_picture():
    """White ones would: the reader tells black from white by the tones of a whole line."""
    dark = small(tilt=32).point(lambda tone: tone * 2 // 5)
    assert compare(NUMBER, read(dark, expected=NUMBER)) == "match"


def test_the_whole_picture_is_decoded_only_when_the_reduced_one_does_not_do():
    calls = []

    def whole():
        calls.append(1)
        return waybill()

    assert compare(NUMBER, read(waybill().reduce(2), expected=NUMBER, whole=whole)) == "match"
    assert calls == []
    blank = Image.new("L", (2016, 1512), 255)
    assert compare(NUMBER, read(blank, expected=NUMBER, whole=whole)) == "match"
    assert calls == [1]


def test_intake_finds_fine_bars_in_the_whole_picture():
    code = Image.open(BytesIO(code128_png(NUMBER))).convert("L")
    fine = code.resize((code.width // 2, code.height), Image.Resampling.BOX)
    sheet = Image.new("L", (4032, 3024), 235)
    sheet.paste(fine, (500, 500))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=95)
    facts = examine(out.getvalue(), look_for_barcodes=True, expected=NUMBER)
    assert compare(NUMBER, facts.barcodes) == "match"


@pytest.mark.parametrize(
    ("expected", "read_text", "answer"),
    [
        ("SF 1234-5678", "sf12345678", "match"),
        ("051000000675", "0051000000675", "match"),
        ("0051000000675", "0051000000675", "match"),
        ("SF12345678", "SF12345679", "other"),
        ("SF1234", "SF12345678", "other"),
        ("\x1d420123", "420123", "match"),
        ("", "SF1", "other"),
    ],
)
def test_what_counts_as_the_same_number(expected, read_text, answer):
    assert compare(expected, [Barcode("Code 128", read_text)]) == answer


def test_nothing_read_is_neither_match_nor_other():
    assert compare("SF1", []) == "none"
