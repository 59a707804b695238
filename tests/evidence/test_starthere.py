"""The bundle's first page: it opens anywhere, leads to every file, and says only what is known."""

import itertools
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
    pages = replace(shown, photos=tuple(made), rows=())
    said = {"chat": content.chat["testbuys"], "withheld": content.withheld}
    front = lambda index: starthere.render([pages], index, request.param, **said)  # noqa: E731
    target = tmp_path / "bundle.zip"
    write(target, replace(content, front=front, language=request.param))
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


class Outline(HTMLParser):
    """Elements with their attributes, in order."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def all(self, tag):
        return [given for name, given in self.found if name == tag]


def test_whoever_hears_the_page_instead_of_seeing_it_finds_the_way(unpacked):
    text = (unpacked / "START-HERE.html").read_text("utf-8")
    page = Outline(text)
    assert page.all("html")[0]["lang"] in ("en", "zh-CN") and "<title>" in text
    assert [len(page.all(tag)) for tag in ("h1", "header", "nav", "main")] == [1, 1, 1, 1]
    assert page.all("nav")[0]["aria-label"] and page.all("main")[0]["id"] == "content"
    skip = next(given for given in page.all("a"))
    assert skip["href"] == "#content", "the first link leads past the contents"
    ids = {given["id"] for _, given in page.found if "id" in given}
    for section in page.all("section"):
        assert section["aria-labelledby"] in ids
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), "a level is skipped"
    pictures = [given["alt"] for given in page.all("img")]
    assert pictures and all(pictures) and len(set(pictures)) == len(pictures)
    assert all(given.get("scope") in ("row", "col") for given in page.all("th"))
    for _, given in page.found:
        if "tabindex" in given:
            assert given["role"] == "region" and given["aria-label"]
    spoken = [given["lang"] for given in page.all("p") if "lang" in given]
    assert spoken.count("zh") == 3 and spoken.count("en") == 3


def test_it_tells_films_captures_chat_and_what_is_withheld(unpacked):
    text = (unpacked / "START-HERE.html").read_text("utf-8")
    for told in ("data/videos/U01.mp4", "data/captures/listing.warc.gz", "假一赔十", "it names a"):
        assert told in text
    chinese = "zh-CN" in text
    english, zh = starthere._WORDS.values()
    other = english if chinese else zh
    # No label of the other language is left; VERIFY.txt and the like are names.
    labels = {word for name, word in other.items() if len(word) > 3 and name != "digest"}
    left = [word for word in labels if f">{word}<" in text]
    assert left == []


def test_it_is_listed_in_the_tag_manifest(unpacked):
    assert "START-HERE.html" in (unpacked / "tagmanifest-sha256.txt").read_text()


def test_the_buyer_has_a_role_and_no_name_and_a_draft_says_that_it_is_one(unpacked):
    text = (unpacked / "START-HERE.html").read_text("utf-8")
    chinese = "zh-CN" in text
    assert ("购买人（以身份称呼" if chinese else "The buyer (named by role") in text
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
