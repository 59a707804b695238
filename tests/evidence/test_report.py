"""The report of a referral as a PDF: pages, contents, digests, and that nothing leaves its page."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evidence import report as r
from evidence.dossier import Frame, GaugeLine
from evidence.fonts import CJK_FONTS
from evidence.typesetting import DossierError, can_set
from tests.evidence.sample_dossier import picture

DIGEST = "sha256:" + "0123456789abcdef" * 4
LONG = "Luohu-Shuibei-Jewellery-Trading-Company-Number-Seventeen-Second-Branch"
SHOPS = ("Liu's crystal watches", LONG)
PART = r.Part("Harm", (r.Entry("Safety", "Nickel above the limit.", "Source: Laboratory 7."),), "–")


def fact(shop, value="+86 138 1234 5678"):
    source = "The waybill; from the parcel of TB-2026-000017; photo R02; seen on 3 October 2026"
    return r.Fact("phone", shop, value, source, "confidence: certain", "by Ada Lovelace, 4 May")


def bought(number, rows=9):
    framed = r.Picture(
        "I04", "Workmanship", picture(number), (Frame("1", "rough", 0.2, 0.2, 1, 1),)
    )
    told = tuple(r.Row(f"Row {each}", f"value {each} of {number}") for each in range(rows))
    fixed = tuple(r.Row(name, DIGEST) for name in ("Evidence set", "Ledger", "Verdict on AS/1"))
    reference = f"TB-2026-{number:06d}"
    return r.Bought(reference, f"Watch {number}", "Counterfeit", framed, told, fixed)


def sample(**changes):
    """A report of two shops with all that is printed; `changes` replace fields."""
    said = {
        "reference": "RF-2026-000003",
        "agency": "Police of Luohu District (China)",
        "operator": "Liu",
        "organisation": "Test-buy programme",
        "generated_at": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "head": (r.Row("Referral", "RF-2026-000003"), r.Row("Agency", "Police of Luohu District")),
        "glance": (r.Row("Who", "Liu, suspected of controlling both shops"),),
        "who": (replace(PART, title="Shops"), r.Part("Persons", (), "Nobody is on record.")),
        "ties": (r.Tie("Phone", "Confirmed at 2.", tuple(map(fact, SHOPS))),),
        "alone": (fact(LONG, "6222-0000-1111-2222-3333-4444-5555-6666-7777-8888-9999"),),
        "history": ("On 4 May the two shops came together.",),
        "rights": replace(PART, title="Rights"),
        "testbuys": (bought(1), bought(2), bought(3)),
        "valuations": (r.Row("At the price paid", "CNY 2,000,000.00"),),
        "sold": (
            r.Sold(LONG, "1 January 2026 – 31 October 2026", "12,345", "CNY 1,234,567.89", LONG,
                   "counts"),
        ),
        "grounds": ("China, art. 214: met.",),
        "limbs": tuple(GaugeLine(f"art. {n}", "unknown", "no record of it.") for n in range(30)),
        "reasons": (),
        "made_up": (),
        "missing": ("There is no record of gains with a source.",),
        "parts": (PART, replace(PART, title="Conduct"), r.Part("Civil", (), "None.")),
        "disclosed": (
            r.Disclosed("TB-2026-000001", "refused photo", datetime(2026, 10, 1, tzinfo=UTC),
                        f"A photo was refused. Its digest: {DIGEST}"),
        ),
        "evidence_set": DIGEST,
        "ledgers": (r.Fixed("RF-2026-000003", 12, DIGEST), r.Fixed("TB-2026-000001", 1234, DIGEST)),
    }  # fmt: skip
    return r.Report(**said | changes)


def text_of(poppler, document, folder, *options):
    file = folder / "report.pdf"
    file.write_bytes(document)
    command = [poppler("pdftotext"), *options, file, "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def pages_of(poppler, document, folder):
    return text_of(poppler, document, folder, "-layout").split("\f")[:-1]


def test_the_contents_name_the_page_on_which_each_chapter_begins(tmp_path, poppler):
    pages = pages_of(poppler, r.render(sample()), tmp_path)
    lines = re.findall(r"^ *(\d+)? *(\S.*\S) {2,}(\d+)$", pages[1], re.M)
    chapters = [(number, title, int(page)) for number, title, page in lines if number]
    assert len(chapters) == 10
    for number, title, page in chapters:
        assert re.search(rf"^ *{number} +{re.escape(title)}", pages[page - 1], re.M), title
    for bought in sample().testbuys:
        (page,) = [int(page) for _, title, page in lines if title.startswith(bought.reference)]
        assert bought.title in pages[page - 1] and "value 8" in pages[page - 1]
    assert all(f"page {at} of {len(pages)}" in page for at, page in enumerate(pages, 1))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_leaves_its_page_or_is_cut(tmp_path, poppler, language):
    """Every word within the margins, whatever is long; judged by its box."""
    if not can_set(language):
        pytest.skip("fonts-noto-cjk is not installed")
    said = text_of(poppler, r.render(sample(language=language)), tmp_path, "-bbox")
    boxes = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<', said)
    assert len(boxes) > 300
    left, right, low = 25 / 25.4 * 72, 185 / 25.4 * 72, 283 / 25.4 * 72
    out = [each for each in boxes if float(each[0]) < left - 1 or float(each[1]) > right + 1]
    assert out == [] and all(float(each[2]) < low for each in boxes)
    assert LONG in re.sub(r"\s", "", text_of(poppler, r.render(sample()), tmp_path, "-raw"))


def test_two_test_buys_share_a_page_and_none_is_torn(tmp_path, poppler):
    """Each with its title, its last fact and its digests; a third begins on the next page."""
    whole = sample(testbuys=tuple(bought(number, rows=11) for number in (1, 2, 3)))
    pages = pages_of(poppler, r.render(whole), tmp_path)[2:]
    holding = [
        [n for n in (1, 2, 3) if f"Watch {n}" in page and f"value 10 of {n}" in page]
        for page in pages
    ]
    assert [each for each in holding if each] == [[1, 2], [3]]
    first = next(page for page, held in zip(pages, holding, strict=True) if held)
    assert "Watch 3" not in first and first.count("Verdict on AS/1") == 2


def test_every_digest_can_be_copied_and_the_heads_are_found_by_programs(tmp_path, poppler):
    document = r.render(sample())
    said = text_of(poppler, document, tmp_path, "-raw")
    digits = DIGEST.removeprefix("sha256:")
    assert said.count(digits[:32]) >= 3 * 3 + 3
    keywords = b" ".join(re.findall(rb"<pdf:Keywords>(.*?)</pdf:Keywords>", document)).decode()
    assert re.findall(r"([A-Z]{2}-\d+-\d+) (sha256:[0-9a-f]{64})", keywords) == [
        ("RF-2026-000003", DIGEST), ("TB-2026-000001", DIGEST),
    ]  # fmt: skip


def test_the_same_report_is_the_same_bytes(tmp_path):
    first, second = r.render(sample()), r.render(sample())
    assert first == second
    assert r.render(sample(operator="Wang", history=("Other.",))) != first


def test_a_report_of_nothing_says_so_everywhere(tmp_path, poppler):
    bare = sample(
        ties=(), alone=(), history=(), testbuys=(), sold=(), limbs=(), missing=(),
        made_up=(), grounds=(),
        reasons=("No threshold is on record for XX.",), disclosed=(), evidence_set=None,
    )  # fmt: skip
    said = " ".join(" ".join(pages_of(poppler, r.render(bare), tmp_path)).split())
    for nothing in (
        "No fact on record is shared", "rests on no test buy", "No sales record is on record",
        "No threshold is on record for XX.", "There is no evidence.",
    ):  # fmt: skip
        assert nothing in said


def test_a_chinese_report_without_its_typeface_is_refused():
    with pytest.raises(DossierError, match="fonts-noto-cjk"):
        r.render(sample(language="zh"), fonts=CJK_FONTS / "nowhere")
