"""Signs that nobody sees, at each door: told at the field and where they stand, shown on pages."""

import html
import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from casework.flags import flagging
from casework.flags.feed import read_feed
from flows.launch import Launch
from portal.api.models import Delivered, Line, MaybeText, Text
from portal.fields import LINES, Fields, Invalid
from portal.pages import environment
from rules.roles import Role
from storage.tables import Flag, OperatorPerson, SeizureLine, Shop
from tests.portal.small_world import World, send, sent
from tests.portal.test_api import api, post
from tests.portal.test_raid_pages import raid  # noqa: F401 - a fixture

PORTAL = Path(__file__).parents[2] / "portal"
TURNED = "Li\u202egnaW"


def read(**sent):
    return Fields(FormData(sent))


def test_a_form_tells_which_sign_stands_where():
    form = read(name=TURNED, reason="It is so.\r\nTruly.", organisation="Wang\u200b\r\nLi")
    form.text("name")
    assert form.text("reason") == "It is so.\r\nTruly."
    assert form.maybe("organisation") == "Wang Li"
    with pytest.raises(Invalid) as told:
        form.check()
    assert told.value.errors == {
        "name": "This holds U+202E RIGHT-TO-LEFT OVERRIDE after “Li”, which nobody sees. "
        "Delete it, or type this anew."
    }


def test_rows_of_a_table_are_read_the_same_way():
    form = read(seal_number="S\u2066 1")
    assert form.ticked("seal_number") and "U+2066" in form.errors["seal_number"]


def test_what_somebody_else_wrote_is_kept_to_the_sign():
    form = read(text="fa\u200bke\u202e", code="")
    assert form.quoted("text", limit=100) == "fa\u200bke\u202e"
    assert form.quoted("code", limit=100, required=False) == "" and not form.errors
    form.quoted("code", limit=100)
    assert form.errors == {"code": "Fill this in."}


@pytest.mark.parametrize("kind", [Line, Text, MaybeText])
def test_a_request_of_the_interface_is_refused_with_the_sign_it_holds(kind):
    typed = TypeAdapter(kind)
    with pytest.raises(ValidationError, match=r"U\+202E RIGHT-TO-LEFT OVERRIDE after “Li”"):
        typed.validate_python(TURNED)
    assert typed.validate_python("\ufeffWang\u200b") == "Wang"


@pytest.mark.parametrize("kind", [Line, Text])
def test_what_is_nothing_but_unseen_is_missing(kind):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python("\u200b")


def test_what_is_delivered_is_kept():
    assert TypeAdapter(Delivered).validate_python(TURNED) == TURNED


def test_the_control_rooms_form_refuses_too():
    with pytest.raises(ValidationError, match=r"U\+202E"):
        Launch(flags="F1", purpose=f"Confirm {TURNED}")


def test_a_page_shows_the_sign_wherever_a_name_is_printed():
    page = environment("en").from_string(
        "{{ name }}|{{ _('Of %(name)s', name=name) }}|<a title=\"{{ name }}\">|{{ '<b>' }}|{{ 7 }}"
    )
    seen = "Li‹U+202E›gnaW"
    assert page.render(name=TURNED) == f'{seen}|Of {seen}|<a title="{seen}">|&lt;b&gt;|7'


def test_every_field_of_several_lines_is_known_and_no_route_reads_a_form_by_itself():
    areas = re.compile(r"\b_?area\(\w+, (?:old, )?\"(\w+)\"|<textarea name=\"(\w+)\"")
    found: set[str] = set()
    for file in (PORTAL / "templates").rglob("*.html"):
        if file.name != "styleguide.html":
            found |= {one or other for one, other in areas.findall(file.read_text("utf-8"))}
    assert found - {"list"} <= LINES  # flags' numbers, one a line, are compared and not kept
    for file in (PORTAL / "routes").rglob("*.py"):
        assert not re.search(r"_form\.|request\.form|form\.getlist", file.read_text("utf-8")), file


FEED = {
    "flag_id": "U1", "source": "their feed", "model": "logo", "model_version": "3", "score": 0.9,
    "signals": ["far below market"], "platform": "taobao", "shop_id": "S99", "shop_name": TURNED,
    "listing_id": "L99", "listing_url": "https://shop.example/99", "title": "Wa\u200btch",
    "brand": "Swarovski\u200b", "category": "watches", "price_minor": 9_900, "currency": "CNY",
    "seen_at": "2026-11-01T08:00:00Z", "registrant": "Wang\u2066 Li",
}  # fmt: skip


@pytest.mark.parametrize("way", ["file", "interface"])
def test_a_feed_with_such_signs_is_taken_kept_as_it_came_and_shown_with_them(
    world: World, way: str
) -> None:
    if way == "file":
        read = read_feed("feed.jsonl", json.dumps(FEED).encode())
        done = flagging.import_flags(world.db, world.act(Role.ANALYST), read.rows)
        assert (done.imported, done.rejected) == (1, ())
    else:
        taken = post(api(world, Role.ANALYST), "/flags", "odd", flags=[FEED])
        assert taken.json()["imported"] == 1, taken.text
    (shop,) = [each for each in world.rows(Shop) if each.platform_shop_id == "S99"]
    assert (shop.name, shop.registrant) == (TURNED, "Wang\u2066 Li")
    assert any(each.source_flag_id == "U1" for each in world.rows(Flag))
    page = world.client(Role.ANALYST).get(f"/shops/{shop.id}").text
    assert "Li‹U+202E›gnaW" in page and "Wang‹U+2066› Li" in page
    assert "\u202e" not in page and "\u2066" not in page
    # It is found by what is seen of it.
    assert "Wa‹U+200B›tch" in world.client(Role.ANALYST).get("/flags").text


def test_a_typed_name_comes_back_with_the_sign_to_be_deleted(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    shop = world.rows(Shop)[0].id
    reference = flagging.link_shop(
        world.db, world.act(Role.ANALYST), shop_id=shop, operator=None, new_operator_name="Liu",
        basis="He runs it.",
    )  # fmt: skip
    said = {"role": "seller", "source": "A letter", "since": "", "until": ""}
    answer = send(analyst, f"/operators/{reference}/persons", name=TURNED, **said)
    assert answer.status_code == 422
    assert "holds U+202E RIGHT-TO-LEFT OVERRIDE after “Li”" in answer.text
    assert 'value="Li‹U+202E›gnaW"' in answer.text and not world.rows(OperatorPerson)
    again = send(analyst, f"/operators/{reference}/persons", name="Li‹U+202E›gnaW", **said)
    assert again.status_code == 422 and "Delete ‹U+202E›" in again.text
    assert (
        send(analyst, f"/operators/{reference}/persons", name="王小明", **said).status_code == 303
    )
    assert [each.name for each in world.rows(OperatorPerson)] == ["王小明"]


def test_somebody_elses_words_come_back_with_a_refused_form_as_they_were(world: World) -> None:
    reference = world.testbuys["judged"]
    clerk = world.client(Role.CLERK)
    said = {"said_by": "seller", "language": "en", "text": f"Call {TURNED}\x1d & co", "said_at": ""}
    answer = send(clerk, f"/testbuys/{reference}/chat", **said)
    assert answer.status_code == 422
    shown = re.search(r'<textarea[^>]*name="text"[^>]*>([^<]*)</textarea>', answer.text)
    assert shown
    # Browsers read the reference as the control it names; html.unescape leaves it out.
    assert html.unescape(shown[1].replace("&#29;", "\x1d")) == said["text"]
    assert "\u202e" not in answer.text, "it turns nothing of the page round"


def test_a_list_that_was_looked_at_is_recorded_whatever_it_holds(world: World, raid: str) -> None:  # noqa: F811
    liaison = world.client(Role.LIAISON)
    text = "kind,description,quantity,unit\ngoods,Wa\u200btch\u200e,2,pieces\n"
    looked = send(liaison, f"{raid}/lists", source="1", files={"list": ("a.csv", text.encode())})
    hidden = dict(re.findall(r'name="(digest|text)" value="([^"]*)"', looked.text))
    assert "Wa‹U+200B›tch" in looked.text and hidden, looked.text[-3000:]
    sent(
        liaison, f"{raid}/lists/import", source="1", digest=hidden["digest"],
        text=html.unescape(hidden["text"]),
    )  # fmt: skip
    (line,) = world.rows(SeizureLine)
    assert line.description == "Wa\u200btch\u200e"
