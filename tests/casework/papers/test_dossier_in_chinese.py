"""The Chinese dossier: no word of ours in English, whatever a test buy went through."""

import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from casework.buying import ending
from casework.clock import anchoring
from casework.custody import scans, storing
from casework.examinations.findings import Mark, photos_of
from casework.intake import photographing
from casework.papers import dossiers
from casework.record.record import read
from casework.shots.shotlists import list_of
from evidence import words
from evidence.fonts import CJK_FONTS
from rules.audience import Region
from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from rules.verdicts import Testimony
from storage.tables import Examination, Exhibit, Route
from tests.casework.programme_in import ROUGH, UNBOXED

FOLDER = Path(words.__file__).parent / "templates"
NAMES = (
    "sha256sum",
    "SHA-256",
    "VERIFY.txt",
    "statements/",
    "data/anchors.json",
    "TRIPS",
    "UTC",
    "sha256:",
)


def english():
    """Every word of our own English texts, of three letters and more."""
    told = json.loads((FOLDER / "words.en.json").read_text("utf-8"))
    recorded = json.loads((FOLDER / "recorded.zh.json").read_text("utf-8"))
    texts = [text for group in told.values() for text in (*group, *group.values())]
    found = re.findall("[a-z]{3,}", " ".join([*texts, *recorded]).lower().replace("_", " "))
    return frozenset(found)


def rich(town):
    """A test buy with all that is printed: two orders, a waiver, a refused photo, a referral."""
    town.record_sales(1)
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    town.photograph(reference, "P01", "P05", "P07")
    town.order(reference, "0001")
    ending.order_failed(
        town.db, town.act(Role.ANALYST), reference, version=town.version(reference),
        how=EarlyEnd.SELLER_CANCELLED, note="卖家取消了订单",
    )  # fmt: skip
    town.run(reference)
    town.photograph(reference, "P01", "P05", "P07", word="again")
    town.order(reference, "0002")
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(out, "JPEG")
    refused = photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot="R01", data=out.getvalue(),
        name="R01.jpg",
    )  # fmt: skip
    assert not refused.accepted
    town.carry_on(reference, Stage.RECEIVED)
    photographing.waive(
        town.db, town.act(Role.SUPERVISOR), reference, shot="U02", reason="已经打开"
    )
    town.photograph(reference, *(shot for shot in UNBOXED if shot != "U02"))
    town.document(reference)
    (exhibit,) = town.of(Exhibit, reference)
    storing.take_in(
        town.db, town.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
        place="三号柜", condition="完好",
    )  # fmt: skip
    town.run(reference)
    with town.db.read() as tx:
        photo = photos_of(tx, town.of(Examination, reference)[-1].id)[0]
    rough = replace(
        ROUGH, note="毛刺", marks=(Mark(photo.public_id, Region(1000, 1000, 4000, 4000)),)
    )
    town.seal(
        reference, findings=[rough], method="目测", reasons="做工粗糙", limits="仅照片",
        conflict_statement="受雇于权利人", testimony=Testimony("十二年", "授权书", "两件", ""),
    )  # fmt: skip
    town.run(reference)
    public_id = town.examination(reference)
    scans.hand_in(
        town.db, town.vault, town.act(Role.CLERK), public_id, b"%PDF-1.4", testbuy=reference
    )
    anchoring.make(town.db, town.engine())
    return reference


def typed(town, reference):
    """What people, platforms and configuration say in a record, in their own words."""
    with town.db.read() as tx:
        record = read(tx, reference)
        category = list_of(tx, record.testbuy).category
    said = [
        reference, record.listing.title, record.listing.url, record.shop.name,
        record.shop.platform, record.flag.source.capitalize(), record.flag.source,
        record.flag.model, *record.flag.signals, record.testbuy.purpose, record.brand,
        record.rights_holder, record.testbuy.challenge_code, "Clerk", "Expert",
        category, town.examination(reference),
        *(each.reference for each in record.exhibits),
        *(each.seal_number for each in record.exhibits),
    ]  # fmt: skip
    if record.operator:
        said += [record.operator.reference]
    if record.referral and record.agency:
        said += [record.referral.reference, record.agency.name]
    return sorted({*said, *NAMES}, key=len, reverse=True)


def test_no_word_of_ours_is_left_in_english(on_sqlite, tmp_path, poppler):
    if not CJK_FONTS.is_dir():
        pytest.skip("fonts-noto-cjk is not installed")
    town = on_sqlite
    reference = rich(town)
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossiers.dossier_pdf(town.db, town.vault, reference, town.now, "zh"))
    command = [poppler("pdftotext"), "-raw", pdf, "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    for said in typed(town, reference):
        # A line may break within an address or a number.
        text = re.sub(r"\s*".join(map(re.escape, said.replace(" ", ""))), " ", text)
    text = re.sub(r"\b[0-9a-f]{8,}\b", " ", text)
    for whole in ("卖家取消", "销售假冒注册商标的商品", "试购项目", "装袋封存", "像素"):
        assert whole in "".join(text.split()), whole
    left = {each for each in re.findall("[a-z]{3,}", text.lower()) if each in english()}
    assert left == set()
