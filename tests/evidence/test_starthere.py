"""The bundle's first page: it opens anywhere, leads to every file, and says only what is known."""

import json
import re
import subprocess
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evidence import starthere
from evidence.bundle import write
from tests.evidence.golden_example import REFERENCE, golden
from tests.evidence.sample_dossier import sample


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.to = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.add(tag)
        self.to += [given[name] for name in ("href", "src") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        assert not [name for name in given if name.startswith("on")]


@pytest.fixture(params=[starthere.ENGLISH, starthere.CHINESE])
def unpacked(request, tmp_path):
    content = golden(tmp_path)
    shown = sample()
    made = [replace(p, digest=c.made_from) for p, c in zip(shown.photos, content.previews)]  # noqa: B905
    pages = replace(shown, photos=tuple(made))
    front = lambda index: starthere.render([pages], index, request.param)  # noqa: E731
    target = tmp_path / "bundle.zip"
    write(target, replace(content, front=front))
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path)
    return tmp_path / REFERENCE


def test_it_needs_no_network_and_no_script_and_every_link_leads_to_a_file(unpacked):
    text = (unpacked / "START-HERE.html").read_bytes().decode("utf-8")
    assert text.index('<meta charset="utf-8">') < 200
    page = Links(text)
    assert not page.tags & {"script", "link", "iframe", "object", "base", "form"}
    assert "url(" not in text and "@import" not in text
    for address in page.to:
        assert not re.match(r"[a-z]+:|//|/", address) and "\\" not in address
        if address.startswith("#"):
            assert address[1:] in page.ids
        else:
            assert (unpacked / address).is_file(), address
    index = json.loads((unpacked / "data/index.json").read_text())
    rows = index["photos"] + index["previews"] + index["documents"]
    assert {row["name"] for row in rows} <= set(page.to)
    assert len(set(page.ids)) == len(page.ids)


def test_it_is_listed_in_the_tag_manifest(unpacked):
    assert "START-HERE.html" in (unpacked / "tagmanifest-sha256.txt").read_text()


def test_the_buyer_has_a_role_and_no_name_and_a_draft_says_that_it_is_one(unpacked):
    text = (unpacked / "START-HERE.html").read_text("utf-8")
    chinese = "zh-CN" in text
    assert ("买家（以身份称呼" if chinese else "The buyer (named by role") in text
    assert text.count("草稿，由" if chinese else "DRAFT, for") == 1 + len(sample().verdicts)


def test_what_people_wrote_is_never_markup(tmp_path):
    content = golden(tmp_path)
    evil = '<script>alert(1)</script>" onload="x'
    pages = sample(title=evil, shop=evil, summary=(evil,))
    write(tmp_path / "b.zip", replace(content, front=lambda i: starthere.render([pages], i, "en")))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        page = Links(archive.read(f"{REFERENCE}/START-HERE.html").decode())
    assert "script" not in page.tags


def test_every_word_is_there_in_both_languages():
    english, chinese = starthere._WORDS.values()
    assert english.keys() == chinese.keys()
    places = {k: set(re.findall(r"\{\w+\}", v)) for k, v in english.items()}
    assert places == {k: set(re.findall(r"\{\w+\}", v)) for k, v in chinese.items()}


def test_a_browser_opens_it_from_the_disk(unpacked, tmp_path, chromium):
    shot = tmp_path / "page.png"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--screenshot={shot}"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1200,3000"]
    page = (unpacked / "START-HERE.html").as_uri()
    subprocess.run([*command, page], check=True, capture_output=True, timeout=90)
    assert shot.stat().st_size > 50_000
