"""The printed sheet: its code is read off the rendered page, by machine and as text."""

import subprocess

import pytest
from PIL import Image

from evidence.barcodes import read
from evidence.challenge import sheet


@pytest.mark.parametrize("code", ["K3X9QZ", "AAAAAA"])
def test_the_code_is_read_off_the_printed_sheet(tmp_path, code):
    (tmp_path / "sheet.pdf").write_bytes(sheet(code))
    subprocess.run(["pdftoppm", "-r", "60", "-png", "sheet.pdf", "page"], cwd=tmp_path, check=True)
    (page,) = tmp_path.glob("page*.png")
    assert [found.text for found in read(Image.open(page).convert("RGB"))] == [code]
    said = subprocess.run(
        ["pdftotext", "sheet.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert code in said.stdout.split()
    assert sheet(code) == sheet(code)
