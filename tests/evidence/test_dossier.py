import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.dossier import DossierError, Remark, Row, leading, render
from evidence.fonts import CJK_FONTS
from evidence.typesetting import can_set

_spec = importlib.util.spec_from_file_location(
    "sample_dossier", Path(__file__).with_name("sample_dossier.py")
)
assert _spec and _spec.loader
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
sample = _module.sample

NOWHERE = Path("/nowhere")


def poppler(tool):
    if shutil.which(tool) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{tool} is missing: install poppler-utils")
        pytest.skip(f"{tool} is not installed")
    return tool


def pages_of(document, folder):
    file = folder / "dossier.pdf"
    file.write_bytes(document)
    tool = poppler("pdftotext")
    text = subprocess.run([tool, "-layout", file, "-"], capture_output=True, text=True, check=True)
    return text.stdout.split("\f")[:-1]


def test_page_one_tells_what_happened(tmp_path):
    content = sample()
    first = pages_of(render(content), tmp_path)[0]
    flat = " ".join(first.split())
    for said in (content.reference, content.title, content.conclusion, *content.summary):
        assert said in flat
    for stage in content.stages:
        assert stage in flat
    assert "no legal advice" in flat and "not before" in flat and "not after" in flat


def test_page_one_shows_the_picture_that_tells_most_beside_the_facts(tmp_path):
    """The one with most frames; without any the trade mark; the lower half is never empty."""
    content = sample()
    first = pages_of(render(content), tmp_path)[0]
    flat = " ".join(first.split())
    lead = content.photos[leading(content.photos)]
    assert lead.shot == "I04" and f"I04 {lead.title}" in flat
    assert "2 workmanship rough (major)" in flat
    for row in content.glance:
        assert row.label in flat and row.value.split()[0] in flat
    for line in content.gauge:
        assert line.limb in flat and line.state in flat
    many = tuple(replace(content.gauge[1], limb=f"limb {n}") for n in range(9))
    short = pages_of(render(sample(gauge=(*many, content.gauge[0]))), tmp_path)
    assert "9 limbs, told one by one below" in short[0] and "limb 3" not in short[0]
    assert all(f"limb {n}" in "".join(short[1:]) for n in range(9))
    plain = tuple(replace(photo, frames=()) for photo in content.photos)
    assert plain[leading(plain)].shot == "I02"
    assert leading(()) is None and pages_of(render(sample(photos=())), tmp_path)


def test_each_frame_is_numbered_and_has_its_legend(tmp_path):
    """Every shot with its frames' words; a finding about the whole photo is told, not drawn."""
    content = sample()
    text = "\n".join(pages_of(render(content), tmp_path))
    flat = " ".join(text.split())
    for photo in content.photos:
        for frame in photo.frames:
            assert f"{frame.number} {frame.says}" in flat
    (verdict,) = content.verdicts
    for said in (verdict.qualification, verdict.authority, verdict.interest, verdict.seals_seen,
                 verdict.reference_samples, verdict.employer, verdict.examination,
                 verdict.signed[0].told):  # fmt: skip
        assert said in flat
    # A number at each frame drawn and one in each legend; I04 stands on page one as well.
    plain = tuple(replace(each, frames=()) for each in content.photos)
    before = "\n".join(pages_of(render(sample(photos=plain)), tmp_path)).split()
    added = [flat.split().count(number) - before.count(number) for number in "123"]
    assert added == [2, 6, 1]


def test_the_own_head_stands_beside_the_root_over_it(tmp_path):
    content = sample()
    text = "\n".join(pages_of(render(content), tmp_path))
    for digest in (content.ledger_head, content.anchor.head, content.anchor.root):
        digits = digest.removeprefix("sha256:")
        assert digits[:32] in text and digits[32:] in text
    beside = next(line for line in text.splitlines() if "Merkle root" in line)
    assert "Head, entry 31" in beside
    assert "Head under the root, entry 29" in " ".join(text.split())
    other = replace(content.anchor, head_root="sha256:" + "a" * 64)
    assert "a" * 32 in "\n".join(pages_of(render(sample(anchor=other)), tmp_path))
    for none in (None, replace(content.anchor, head=None, entry=None, head_root=None)):
        assert "none yet" in "\n".join(pages_of(render(sample(anchor=none)), tmp_path))


def test_every_page_has_reference_count_and_evidence_set(tmp_path):
    content = sample()
    pages = pages_of(render(content), tmp_path)
    assert len(pages) >= 6
    for number, page in enumerate(pages, 1):
        assert content.reference in page and content.evidence_set in page
        assert f"page {number} of {len(pages)}" in page


def test_everything_handed_in_is_printed(tmp_path):
    content = sample()
    text = "\n".join(pages_of(render(content), tmp_path))
    flat = " ".join(text.split())
    for photo in content.photos:
        digits = photo.digest.removeprefix("sha256:")
        assert photo.shot in text and photo.title in flat
        assert f"{digits[:8]} … {digits[56:]}" in flat
    for verdict in content.verdicts:
        assert all(
            part in flat
            for part in (verdict.verdict, verdict.examiner, verdict.reasons, verdict.limits)
        )
        assert all(finding.code in flat for finding in verdict.findings)
    for remark in content.remarks:
        assert remark.kind in flat
    assert all(move.move in flat for move in content.moves)
    assert content.referral.reference in flat and "unknown" in flat
    assert all(order.order_number in flat for order in content.orders)


def test_digests_in_the_index_can_be_copied_whole(tmp_path):
    content = sample()
    file = tmp_path / "dossier.pdf"
    file.write_bytes(render(content))
    text = subprocess.run(
        [poppler("pdftotext"), "-raw", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "\u200b" not in text
    lines = set(re.findall(r"\b[0-9a-f]{32}\b", text))
    for entry in content.index:
        digits = entry.digest.removeprefix("sha256:")
        assert {digits[:32], digits[32:]} <= lines


def test_a_sign_that_nobody_sees_is_printed_by_its_number(tmp_path):
    file = tmp_path / "dossier.pdf"
    file.write_bytes(render(replace(sample(), shop="Li\u202egnaW")))
    text = subprocess.run(
        [poppler("pdftotext"), "-raw", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Li‹U+202E›gnaW" in text and "\u202e" not in text


def test_it_is_pdf_a_3b_and_the_same_bytes_each_time(tmp_path):
    first, second = render(sample()), render(sample())
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    assert b"<pdfaid:part>3</pdfaid:part>" in first
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in first
    file = tmp_path / "dossier.pdf"
    file.write_bytes(first)
    info = subprocess.run([poppler("pdfinfo"), file], capture_output=True, text=True, check=True)
    assert "A4" in info.stdout and "TB-2026-000017" in info.stdout
    fonts = subprocess.run([poppler("pdffonts"), file], capture_output=True, text=True, check=True)
    assert {line.split()[-5] for line in fonts.stdout.splitlines()[2:]} == {"yes"}


def test_previews_lie_in_the_file_byte_for_byte(tmp_path):
    content = sample()
    file = tmp_path / "dossier.pdf"
    file.write_bytes(render(content))
    subprocess.run([poppler("pdfimages"), "-all", file, tmp_path / "i"], check=True)
    inside = {path.read_bytes() for path in tmp_path.glob("i-*.jpg")}
    assert inside == {photo.preview for photo in content.photos}


def test_an_empty_test_buy_says_so_in_words(tmp_path):
    bare = sample(
        stage_index=3, early_end="lost in transit", orders=(), custody=(), verdicts=(), photos=(),
        remarks=(), referral=None, gauge=(), index=(), evidence_set=None, moves=(),
    )  # fmt: skip
    flat = " ".join("\n".join(pages_of(render(bare), tmp_path)).split())
    for said in (
        "Ended early: lost in transit", "No order is on record", "No verdict is on record",
        "No hand-over is on record", "None is on record", "was not referred", "No photo was kept",
        "There is no evidence",
    ):  # fmt: skip
        assert said in flat


def test_text_is_never_taken_for_commands(tmp_path):
    nasty = 'A #panic("x") $1$ *b* <y> @z \\ "q" [r] // s'
    flat = " ".join("\n".join(pages_of(render(sample(conclusion=nasty)), tmp_path)).split())
    assert "#panic" in flat and "$1$ *b* <y> @z" in flat


def test_chinese_is_set_where_its_font_is_and_refused_where_it_is_not(tmp_path):
    content = sample(shop="水晶手表专营店", rows=(Row("店铺", "深圳市罗湖区"),))
    with pytest.raises(DossierError, match="fonts-noto-cjk"):
        render(content, fonts=NOWHERE)
    assert can_set("en", NOWHERE) and not can_set("zh", NOWHERE)
    assert can_set("zh") is CJK_FONTS.is_dir()
    if not CJK_FONTS.is_dir():
        pytest.skip("fonts-noto-cjk is not installed")
    assert "水晶手表专营店" in "\n".join(pages_of(render(content), tmp_path))


def test_a_sign_no_font_has_is_refused_not_left_out():
    with pytest.raises(DossierError, match="could not be displayed"):
        render(sample(conclusion="Counterfeit \U00013000"))


def test_a_damaged_preview_and_a_time_without_zone_are_refused():
    content = sample()
    broken = replace(content.photos[0], preview=b"\xff\xd8\xffnothing")
    with pytest.raises(DossierError):
        render(sample(photos=(broken,)))
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(DossierError, match="zone"):
        render(sample(remarks=(Remark("waiver", naive, "x"),)))


def test_long_unbroken_words_stay_on_the_page(tmp_path):
    long = "x" * 400
    text = "\n".join(pages_of(render(sample(rows=(Row("Listing", long),))), tmp_path))
    assert text.count("x") >= 400
