"""The authenticator's work in a real browser: by keys, undone, kept, two at one examination."""

import hashlib
import io
import json
import re
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from casework.examinations import examining, references
from casework.examinations.references import NewEntry
from casework.verdicts import judging
from evidence.photos import PREVIEW_EDGE
from rules.audience import Region
from rules.references import ReferenceKind
from rules.roles import Role
from rules.verdicts import Aspect, FindingCode
from rules.verdicts import Verdict as Word
from storage.rows import every
from storage.tables import (
    Draft,
    Examination,
    PendingVerdict,
    Photo,
    PhotoRequest,
    ShownPhoto,
    Verdict,
)
from tests.portal.small_world import TESTIMONY, World, csrf, picture, seal, send

PHOTOGRAPHED = (2000, 1500)
"""Pixels of `picture`."""
SUSPECT, GENUINE = "[data-view=suspect] .viewer", "[data-view=genuine] .viewer"
SAID = {
    "verdict": "counterfeit",
    "finding": ["contents:workmanship_rough"],
    "confidence": "high",
    "method": "Comparison",
    "reasons": "The edges are rough.",
    "no_conflict": "yes",
    **TESTIMONY,
}


@pytest.fixture
def address(world: World) -> str:
    return f"/examinations/{world.examinations[world.testbuys['examined']]}"


def library(world: World) -> None:
    """A product with a genuine photo of I01 and a tell in words."""
    act = world.act(Role.AUTHENTICATOR, "product")
    watch = {"brand": "Swarovski", "category": "watches", "name": "Aura"}
    number = references.add_product(world.db, act, **watch)
    whole, tell = (
        NewEntry(ReferenceKind.GENUINE_PHOTO, "Front", shot="I01", region=Region(0, 0, 99, 99)),
        NewEntry(ReferenceKind.KNOWN_TELL, "Glue", "Glue over the edge."),
    )
    for word, entry, photo in (("a", whole, picture("genuine")), ("b", tell, None)):
        act = world.act(Role.AUTHENTICATOR, word)
        files = references.filed(world.db, world.vault, photo)
        references.add_entry(world.db, act, number, entry, files)


def colleague(world: World) -> None:
    """The other authenticator gets the brand, too."""
    number = world.people["other authenticator"]
    grants = {"roles": ["authenticator"], "brands": ["Swarovski"]}
    send(world.client(Role.ADMINISTRATOR), f"/people/{number}/grants", **grants)


def shot_of(page: Page, viewer: str) -> str:
    return hashlib.sha256(page.locator(viewer).screenshot()).hexdigest()


@pytest.mark.parametrize(
    ("like", "sealed"),
    [({}, "Sealed by you"), ({"locale": "zh-CN", "color_scheme": "dark"}, "由您封存")],
    ids=["english-by-day", "chinese-by-night"],
)
def test_a_verdict_by_keys_alone(world: World, page_of, address: str, like, sealed) -> None:
    """From the queue to the seal and on, without the mouse; counts what is pressed."""
    library(world)
    page = page_of(Role.AUTHENTICATOR, **like)
    pressed = 0

    def press(*keys: str) -> None:
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
            pressed += 1

    page.goto("/examinations")
    press("n")
    page.wait_for_url(f"**{address}")
    page.locator(".live").wait_for()
    expect(page.locator("[data-view=suspect] [data-caption]")).to_contain_text("I01")
    expect(page.locator("[data-view=genuine] [data-caption]")).to_contain_text("Front")
    page.locator(f"{SUSPECT} .maskboard").wait_for(state="attached")
    page.locator(f"{GENUINE} .marked").wait_for(state="attached")
    page.wait_for_timeout(300)
    before = shot_of(page, GENUINE)
    press("+", "+", "ArrowRight")
    page.wait_for_timeout(600)
    assert shot_of(page, GENUINE) != before, "the genuine photo does not zoom along"
    press("o", "c", "3", "i", "Escape", "y", "v", "1", "w", "3", "r")
    page.keyboard.type("The edges are rough.")
    expect(page.locator("[name='severity:contents:workmanship_rough']")).to_have_value("critical")
    assert page.evaluate("document.activeElement.name") == "reasons", "focus is lost"
    press("Control+Enter")
    page.wait_for_url("**did=given")
    assert page.locator("[data-left]").inner_text()
    world.now += timedelta(seconds=10)
    press("q")
    page.get_by_text(sealed).wait_for()
    with world.db.read() as tx:
        verdict = every(tx, Verdict)[-1]
        assert every(tx, PendingVerdict) == every(tx, Draft) == []
        shown = every(tx, ShownPhoto, verdict_id=verdict.id)
    assert (verdict.value, verdict.confidence) == (Word.COUNTERFEIT, "high")
    assert len([row for row in shown if row.entry_id]) == 2
    # What docs/journeys.md says of a verdict; the reasons are typed on top.
    assert pressed == 17


def test_each_finding_of_each_aspect_has_its_two_keys(world: World, page_of, address: str) -> None:
    """A letter that is some button's key as well is the finding's while a chord waits for one."""
    page = page_of(Role.AUTHENTICATOR)
    page.goto("/examinations")
    page.keyboard.press("n")
    page.locator(".live").wait_for()
    pressed = [f"{aspect}{finding}" for aspect in "pkod" for finding in "abcdefghijkl"]
    for aspect, finding in pressed:
        page.keyboard.press(aspect)
        page.keyboard.press(finding)
        page.keyboard.press("2")
    assert page.url.endswith(address), "a letter of a chord pressed a button"
    ticked = page.locator("[data-aspect] [name=finding]:checked")
    expect(ticked).to_have_count(len(Aspect) * len(FindingCode))
    assert len(pressed) == len(Aspect) * len(FindingCode), "a finding without a key"


def test_the_examiner_gets_the_pixels_that_were_photographed(
    world: World, page_of, address: str
) -> None:
    """The close copy is laid over the small one, is named by the page, and is what is sealed."""
    library(world)
    page = page_of(Role.AUTHENTICATOR)
    page.goto("/examinations")
    page.keyboard.press("n")
    page.locator("[data-view=suspect] figure[data-now][data-shows=close]").wait_for()
    page.locator("[data-view=genuine] figure[data-now][data-shows=close]").wait_for()
    client = world.client(Role.AUTHENTICATOR)
    for side in ("suspect", "genuine"):
        figure = page.locator(f"[data-view={side}] figure[data-now]")
        small, close = (
            Image.open(io.BytesIO(client.get(figure.get_attribute(f"data-{which}")).content))
            for which in ("photo", "close")
        )
        assert max(small.size) <= PREVIEW_EDGE
        assert close.size == PHOTOGRAPHED
        assert not close.getexif()
    seal(client, address, **SAID)
    world.now += timedelta(seconds=11)
    client.get("/examinations")
    with world.db.read() as tx:
        shown = {row.digest for row in every(tx, ShownPhoto) if row.photo_id}
        photos = [row for row in every(tx, Photo) if row.close_digest in shown]
    assert len(photos) == len(shown) > 1


def test_what_was_typed_is_there_again(world: World, page_of, address: str) -> None:
    """Closed, logged out, opened in two pages: the newest saving counts, and the other is told."""
    send(world.client(Role.AUTHENTICATOR), f"{address}/claim")
    page = page_of(Role.AUTHENTICATOR)
    page.goto(address)
    page.locator(".live").wait_for()
    page.locator("[name=reasons]").fill("Half a sen")
    expect(page.locator("[data-saved]")).to_have_text("✓")
    page.locator("[data-view=suspect] figure[data-shows=close]").wait_for()
    page.locator("details.me > summary").click()
    page.locator("form[action='/log-out'] button").click()
    page.wait_for_url("**/log-in*")
    first, second = page_of(Role.AUTHENTICATOR), page_of(Role.AUTHENTICATOR)
    for each in (first, second):
        each.goto(address)
        expect(each.locator("[name=reasons]")).to_have_value("Half a sen")
        each.locator(".live").wait_for()
    first.locator("[name=reasons]").fill("Half a sentence")
    expect(first.locator("[data-saved]")).to_have_text("✓")
    second.locator("[name=limits]").fill("No inside.")
    expect(second.locator("[data-overtaken]")).to_be_visible()
    first.goto(address)
    expect(first.locator("[name=limits]")).to_have_value("No inside.")
    expect(first.locator("[name=reasons]")).to_have_value("Half a sen")


def test_two_authenticators_at_one_examination(world: World, page_of, address: str) -> None:
    """The second finds a clear page, and loses nothing of what they had written."""
    colleague(world)
    browser = world.client(Role.AUTHENTICATOR)
    send(browser, f"{address}/claim")
    page = page_of(Role.AUTHENTICATOR)
    page.goto(address)
    page.locator("[name=reasons]").fill("Written before the claim lapsed.")
    expect(page.locator("[data-saved]")).to_have_text("✓")
    world.now += timedelta(minutes=16)
    other = world.client("other authenticator")
    taken = send(other, "/examinations/next")
    assert taken.headers["location"] == address
    assert "Written before" not in other.get(address).text
    page.locator("[name=reasons]").fill("Written before the claim lapsed. And after.")
    expect(page.locator("[data-saved]")).to_have_text("✓")
    page.goto(address)
    until = (world.now + timedelta(minutes=15)).strftime("%H:%M")
    notice = page.get_by_text(f"Held by a colleague until {until}.")
    expect(notice).to_contain_text("What you wrote here is kept.")
    assert "Other Authenticator" not in page.content()
    send(other, f"{address}/release")
    page.goto(address)
    page.get_by_role("button", name="Claim it").click()
    expect(page.locator("[name=reasons]")).to_have_value(
        "Written before the claim lapsed. And after."
    )


def test_without_a_script_a_verdict_is_given_and_undone(world: World, address: str) -> None:
    browser = world.client(Role.AUTHENTICATOR)
    send(browser, f"{address}/claim")
    given = seal(browser, address, **SAID)
    assert given.headers["location"] == f"{address}?did=given"
    page = browser.get(address).text
    assert 'http-equiv="refresh"' in page and f"{address}/undo" in page
    assert "being sealed" in browser.get("/examinations").text
    assert send(browser, f"{address}/undo").headers["location"] == f"{address}?did=undone"
    again = browser.get(address).text
    assert "The edges are rough.</textarea>" in again, "what was written is gone"
    assert re.search(r'value="contents:workmanship_rough" checked', again)
    seal(browser, address, **SAID)
    world.now += timedelta(seconds=10)
    assert "Sealed by you" in browser.get("/examinations").text
    late = send(browser, f"{address}/undo")
    assert late.status_code == 409 and "supersedes" in late.text


@pytest.mark.parametrize("seen", [None, "", " ", "sha256:" + 64 * "0"])
def test_no_verdict_without_the_digest_of_what_was_shown(
    world: World, address: str, seen: str | None
) -> None:
    """The page asks what the API asks: else nobody could tell what such a verdict is about."""
    browser = world.client(Role.AUTHENTICATOR)
    send(browser, f"{address}/claim")
    said = SAID if seen is None else SAID | {"seen": seen}
    refused = send(browser, f"{address}/seal", **said)
    assert refused.status_code == 409, refused.text
    assert "The edges are rough.</textarea>" in refused.text, "what was written is gone"
    with world.db.read() as tx:
        assert every(tx, PendingVerdict) == []


def test_a_photo_asked_for_comes_back_marked_for_who_asked(world: World, address: str) -> None:
    reference = world.testbuys["examined"]
    browser = world.client(Role.AUTHENTICATOR)
    send(browser, f"{address}/claim")
    send(browser, f"{address}/ask", shot="I03", note="The engraving, please")
    photo = {"photo": ("i03.jpg", picture("engraving"))}
    handed = send(world.client(Role.BUYER), f"/tasks/{reference}/photos", shot="I03", files=photo)
    assert 'data-accepted="yes"' in handed.text
    judging.submit(world.db, world.act(Role.PROGRAMME, "again"), reference)
    with world.db.read() as tx:
        assert every(tx, PhotoRequest)[0].photo_id is not None
        last = every(tx, Examination, testbuy_id=world.row(reference).id)[-1]
    colleague(world)
    for person, told in ((Role.AUTHENTICATOR, True), ("other authenticator", False)):
        page = world.client(person).get(f"/examinations/{last.public_id}").text
        assert ("new since you asked" in page.lower()) is told, person
        assert ("The engraving, please" in page) is told, person


def _neutral(text: str, *ids: str) -> str:
    """A page without what differs between any two examinations."""
    for each in ids:
        text = text.replace(each, "ID")
    text = re.sub(r"/photos/[a-z2-7]+(/\w+)?\?v=[0-9a-f]+", r"PHOTO\1", text)
    text = re.sub(r'(data-board|value)="[a-z2-7]{22}"', r"\1", text)
    text = re.sub(r'(name="once" value)="[^"]+"', r"\1", text)
    return re.sub(r"sha256:[0-9a-f]{64}|TOKEN|Request <code>\w+", "", text)


def test_a_second_look_is_like_a_first_one_and_shows_nothing_of_it(world: World) -> None:
    """Page, queue, JSON, draft, order of photos: nothing tells that somebody judged before."""
    colleague(world)
    first_of, again = world.testbuys["examined"], world.testbuys["judged"]
    own = world.client(Role.AUTHENTICATOR)
    judged = world.examinations[again]
    version = str(world.row(again).version)
    asked = send(
        world.client(Role.ANALYST),
        f"/testbuys/{again}/judge-again",
        version=version,
        reason="Twice",
    )
    assert asked.status_code == 303, asked.text
    with world.db.read() as tx:
        second = every(tx, Examination, testbuy_id=world.row(again).id)[-1].public_id
    first = world.examinations[first_of]
    other = world.client("other authenticator")
    pages = {}
    for public_id in (first, second):
        assert send(other, f"/examinations/{public_id}/claim").status_code == 303
        answer = other.get(f"/examinations/{public_id}")
        pages[public_id] = _neutral(answer.text.replace(csrf(other), "TOKEN"), first, second)
        assert "rough" not in re.sub(r"workmanship.rough", "", answer.text).lower()
        assert "Comparison with a reference sample" not in answer.text
        assert judged not in answer.text and "Twice" not in answer.text
        json_answer = other.post(
            f"/examinations/{public_id}/seal",
            data={"csrf": csrf(other)},
            headers={"accept": "application/json"},
        )
        assert json_answer.status_code == 422
        assert sorted(json.loads(json_answer.text)) == ["error", "reasons", "request_id"]
        send(other, f"/examinations/{public_id}/release")
    assert pages[first] == pages[second]
    lines = re.findall(r"<tr>(.*?)</tr>", other.get("/examinations").text)
    one_line, other_line = (
        _neutral(next(row for row in lines if each in row), each) for each in (first, second)
    )
    cells = re.compile(r"due [^<]+|[0-9.]+ (days|hours) late")
    assert cells.sub("", one_line) == cells.sub("", other_line)
    # Who judged first may not judge twice, and what the second one types is not theirs to see.
    assert send(own, f"/examinations/{second}/claim").status_code == 409
    examining.claim(world.db, world.act(Role.AUTHENTICATOR, "c", "other authenticator"), second)
    send(other, f"/examinations/{second}/draft", reasons="Quite another view")
    assert "Quite another view" in other.get(f"/examinations/{second}").text
    assert "Quite another view" not in own.get(f"/examinations/{second}").text


def test_pictures_stay_with_the_log_in_that_saw_them(world: World, address: str) -> None:
    """By digest and private; another log-in on the same device asks anew, and may be refused."""
    library(world)
    browser = world.client(Role.AUTHENTICATOR)
    page = browser.get(address).text
    pictures = set(re.findall(r'src="((?:/references)?/photos/[^"]+\?v=[^"]+)"', page))
    assert len(pictures) == 5
    for path in pictures:
        answer = browser.get(path)
        digest = hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["etag"] == f'"{digest}"' and f"v={digest[:16]}" in path
        assert answer.headers["cache-control"] == "private, max-age=43200, immutable"
        assert answer.headers["vary"] == "Cookie"
        again = browser.get(path.partition("?")[0], headers={"if-none-match": f'"{digest}"'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "private, no-cache"
        assert world.client("other authenticator").get(path).status_code == 404
    assert "no-cache" in browser.get("/static/bench.js").headers["cache-control"]


def test_the_first_load_is_light(world: World, address: str) -> None:
    """Everything but the pictures, as it travels: at most 150 kB."""
    browser = world.client(Role.AUTHENTICATOR)
    send(browser, f"{address}/claim")
    with browser.stream("GET", address) as answer:
        total = sum(len(piece) for piece in answer.iter_raw())
    page = browser.get(address)
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    files |= {f"/static/{name}.js" for name in ("viewers", "keys", "drafting", "frames")}
    files.add("/static/vendor/openseadragon/openseadragon.min.js")
    for path in files:
        with browser.stream("GET", path) as answer:
            assert answer.status_code == 200, path
            total += sum(len(piece) for piece in answer.iter_raw())
    assert 100_000 < total <= 150_000


def test_a_product_is_kept_by_its_own_people(world: World) -> None:
    """Added, a later version written, taken out of use; never by another brand's people."""
    own, stranger = world.client(Role.AUTHENTICATOR), world.client("other authenticator")
    watch = {"brand": "Swarovski", "category": "watches"}
    opened = send(own, "/references", **watch, name="Aura 5519")
    product = opened.headers["location"].partition("?")[0]
    assert (
        send(stranger, "/references", brand="Swarovski", category="watches", name="X").status_code
        == 404
    )
    entry = {"kind": "genuine_photo", "title": "Front", "shot": "I01"}
    assert send(own, f"{product}/entries", **entry).status_code == 409
    edges = {"left": "10", "top": "10", "right": "5", "bottom": "20"}
    assert send(own, f"{product}/entries", **entry, **edges).status_code == 422
    photo = {"photo": ("front.jpg", picture("genuine"))}
    assert send(own, f"{product}/entries", **entry, files=photo).status_code == 303
    later = entry | {"title": "Front, 2026", "version": "1"}
    assert send(own, f"{product}/entries/1/revise", **later).status_code == 303
    page = own.get(product).text
    assert "Front, 2026" in page and "1 earlier version" in page and "Person Authenticator" in page
    (address,) = set(re.findall(r'src="(/references/photos/[^"]+)"', page))
    assert own.get(address).headers["content-type"] == "image/jpeg"
    for path in (product, address):
        assert stranger.get(path).status_code == 404, path
        assert world.client(Role.ANALYST).get(path).status_code == 403, path
    assert send(stranger, f"{product}/entries/1/withdraw", version="2").status_code == 404
    assert send(own, f"{product}/entries/1/withdraw", version="2").status_code == 303
    assert "1 out of use" in own.get(product).text
