"""Categories and their shot lists at the administrator's page: the command's rule, seen ahead."""

import json
import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Page

from casework.shots import relisting, shotlists
from evidence.digests import sha256_of
from rules.roles import Role
from rules.shotlists import Change
from storage.rows import every, one
from storage.tables import Category, LedgerRow, ShotListChange
from tests.portal.small_world import World, send

WHY = "The goods bear no mark"
STAMP = {
    "shot": "i50", "title": "Batch stamp", "instruction": "Show the stamp.", "required": "yes",
    "title_zh": "批次章", "instruction_zh": "拍摄批次章。",
}  # fmt: skip


def _at(world: World, name: str = "watches") -> str:
    with world.db.read() as tx:
        row = one(tx, Category, name=name)
    assert row is not None
    return f"/categories/{row.id}"


def _list(world: World, name: str = "watches") -> shotlists.Versioned:
    (found,) = shotlists.lists(world.db, name)
    return found


def _told(world: World) -> list[dict[str, object]]:
    with world.db.read() as tx:
        rows = every(tx, LedgerRow, subject="programme")
    return [json.loads(row.body)["facts"] for row in rows]


def test_a_list_is_changed_for_a_reason_and_test_buys_under_way_keep_theirs(world: World) -> None:
    boss, at = world.client(Role.ADMINISTRATOR), _at(world)
    wanted = {"shot:I02": "optional", "shot:I06": "required", "shot:P01": "required"}
    said = {"version": "1", "reason": WHY, **wanted}
    assert send(boss, f"{at}/shots", **said | {"reason": " "}).status_code == 422
    assert send(world.client(Role.COUNSEL), f"{at}/shots", **said).status_code == 403
    assert send(boss, f"{at}/shots", **said).status_code == 303
    now = _list(world)
    assert now.version == 3 and now.listed.relaxed == (("I02", WHY),)
    assert "I06" in now.listed.required and "I02" in now.listed.optional
    assert world.row(world.testbuys["assigned"]).shot_list_version == 1
    with world.db.read() as tx:
        made = every(tx, ShotListChange)
    assert {(row.shot, row.made_by, row.reason) for row in made} == {
        (code, world.people[Role.ADMINISTRATOR], WHY) for code in ("I02", "I06")
    }
    kept = [body for body in _told(world) if body["what"] == "shot list changed"]
    assert [body["reason"] for body in kept] == [sha256_of(WHY.encode())] * 2
    page = world.client(Role.AUDITOR).get(at).text
    assert "4 with version 1" in page and page.count(WHY) == 3  # the shot's own row, two versions
    assert "Person Administrator" in page and f"{at}/shots" not in page


def test_what_the_command_refuses_the_page_refuses_and_changes_nothing(world: World) -> None:
    boss, at = world.client(Role.ADMINISTRATOR), _at(world)
    for wanted, why in (
        ({"shot:I06": "required", "shot:R01": "optional"}, "is always required"),
        ({"shot:I06": "required", "shot:I02": "not_asked"}, "never taken off the list"),
        ({"shot:I02": "required"}, "like this already"),
    ):
        for where in ("shots", "look"):
            answer = send(boss, f"{at}/{where}", version="1", reason=WHY, **wanted)
            assert answer.status_code == 409 and why in answer.text, (where, wanted)
    assert (
        send(boss, f"{at}/shots", version="1", reason=WHY, **{"shot:I02": "x"}).status_code == 422
    )
    assert _list(world).version == 1
    relisting.change(
        world.db, world.act(Role.ADMINISTRATOR, "meanwhile"), "watches", Change.REQUIRE, shot="U03"
    )
    late = send(boss, f"{at}/shots", version="1", reason=WHY, **{"shot:I06": "required"})
    assert late.status_code == 409 and "at version 2 by now" in late.text
    assert "I06" not in _list(world).listed.required


def test_looking_ahead_says_what_would_be_asked_and_changes_nothing(world: World) -> None:
    boss, at = world.client(Role.ADMINISTRATOR), _at(world)
    seen = send(boss, f"{at}/look", version="1", **{"shot:I06": "required"})
    assert seen.status_code == 200
    asked = seen.text.partition('id="asked"')[2]
    assert "so version 2 would ask" in asked and "11 required shots" in asked
    assert re.search(r'name="shot:I06" value="required" checked', seen.text)
    assert _list(world).version == 1


def test_a_category_is_added_once_and_gets_shots_and_words_of_its_own(world: World) -> None:
    boss = world.client(Role.ADMINISTRATOR)
    perfume = {"name": "perfume", "shot_list": "full", "physical": "yes"}
    assert send(world.client(Role.AUDITOR), "/categories", **perfume).status_code == 403
    answer = send(boss, "/categories", **perfume)
    at = _at(world, "perfume")
    assert answer.headers["location"].startswith(at)
    again = send(boss, "/categories", **perfume | {"shot_list": "short"})
    assert again.status_code == 409 and "There is a category perfume already" in again.text
    assert _list(world, "perfume").listed.name == "full"
    assert send(boss, f"{at}/own", **STAMP | {"title_zh": ""}).status_code == 409
    assert send(boss, f"{at}/own", **STAMP).status_code == 303
    made = _list(world, "perfume")
    assert made.version == 3 and "I50" in made.listed.required and made.basis == "physical"
    words = {"shot": "I01", "title": "Whole bottle", "title_zh": "整瓶"}
    assert send(boss, f"{at}/words", **words).status_code == 303
    assert _set(boss, at, shot_list="short").status_code == 422
    assert _set(boss, at, shot_list="short", reason="Bought in mass").status_code == 303
    now = _list(world, "perfume")
    assert (now.version, now.listed.name, now.basis) == (5, "short", "photographs")
    page = world.client(Role.AUDITOR).get(at).text
    for word in ("Batch stamp", "Whole bottle", "Bought in mass", "the short list as its base"):
        assert word in page, word
    assert "整瓶" in boss.get(at, headers={"accept-language": "zh"}).text
    assert "perfume" in boss.get("/categories").text


def _set(boss: httpx.Client, at: str, **said: str) -> httpx.Response:
    return send(boss, at, **said)


def test_the_browser_shows_ahead_what_is_chosen_and_saves_it(
    world: World, page_of: Callable[..., Page]
) -> None:
    tab = page_of(Role.ADMINISTRATOR)
    tab.goto(_at(world))
    tab.get_by_role("radiogroup", name="I06 Inside").get_by_label("required").check()
    tab.locator("#asked", has_text="so version 2 would ask").wait_for()
    assert tab.locator("#asked .order", has_text="I06").count() == 1
    tab.locator("#reason").fill(WHY)
    tab.get_by_role("button", name="Make it the list").click()
    tab.get_by_text("it counts for test buys launched from now on").wait_for()
    assert "I06" in _list(world).listed.required
