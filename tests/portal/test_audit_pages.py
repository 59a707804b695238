"""The auditor: overrides of every kind, and a test buy verified now."""

import csv
import io

from casework.intake import photographing
from casework.programme import programme
from casework.views import overrides
from rules.roles import Role
from tests.portal.small_world import World, send


def _waive(world: World, reference: str, shot: str, reason: str) -> None:
    supervisor = world.act(Role.SUPERVISOR, f"waive {reference} {shot}")
    photographing.waive(world.db, supervisor, reference, shot=shot, reason=reason)


def test_an_auditor_reads_where_a_persons_word_counted(world: World) -> None:
    reference = world.testbuys["assigned"]
    _waive(world, reference, "R02", "=The label was torn off")
    _waive(world, reference, "U02", "The box was open")
    programme.set_policy(world.db, world.act(Role.ADMINISTRATOR, "quorum"), "quorum", 2)
    judged = world.testbuys["judged"]
    asked = {"reason": "The photo is blurred", "version": str(world.row(judged).version)}
    analyst = world.client(Role.ANALYST)
    assert send(analyst, f"/testbuys/{judged}/judge-again", **asked).status_code == 303
    auditor = world.client(Role.AUDITOR)
    page = auditor.get("/overrides").text
    for told in ("The label was torn off", "The photo is blurred", "policy set: of quorum=2"):
        assert told in page, told
    assert "Person Supervisor" in page and "Person Approver" in page
    alone = auditor.get("/overrides?kind=waivers").text
    assert "The box was open" in alone and "blurred" not in alone
    for nobody in (Role.ANALYST, Role.ADMINISTRATOR, Role.BUYER):
        assert world.client(nobody).get("/overrides").status_code == 403
    table = list(csv.reader(io.StringIO(auditor.get("/overrides/waivers.csv").text)))
    assert [row[3] for row in table[1:]] == [
        "U02: The box was open",
        "R02: =The label was torn off",
    ]
    assert auditor.get("/overrides/nothing.csv").status_code == 404


def test_on_a_chinese_page_our_words_are_chinese_and_what_was_typed_is_not(world: World) -> None:
    _waive(world, world.testbuys["assigned"], "R02", "full")
    programme.set_policy(world.db, world.act(Role.ADMINISTRATOR, "quorum"), "quorum", 2)
    judged = world.testbuys["judged"]
    asked = {"reason": "The photo is blurred", "version": str(world.row(judged).version)}
    send(world.client(Role.ANALYST), f"/testbuys/{judged}/judge-again", **asked)
    auditor = world.client(Role.AUDITOR)
    auditor.cookies.set("testbuy_language", "zh")
    page = auditor.get("/overrides", headers={"accept-language": "zh"}).text
    main = page.partition("<main")[2]
    assert "R02: full" in main and "The photo is blurred" in main  # as they were typed
    assert "设定政策" in main and "quorum=2" in main
    for ours in ("policy set", "roles and brands granted", "entry ", "brand added", "of "):
        assert f">{ours}" not in main and f"{ours}:" not in main, ours


def test_pages_of_a_kind_join_without_gap_or_repeat(world: World) -> None:
    shots = ["R01", "R02", "U02", "I01", "I02", "B02"]
    for shot in shots:
        _waive(world, world.testbuys["assigned"], shot, f"No {shot}")
    seen, older = [], None
    while True:
        found = overrides.listed(world.db, "waivers", older, 2)
        seen += [line.told for line in found.lines]
        if (older := found.older) is None:
            break
    assert seen == [f"{shot}: No {shot}" for shot in reversed(shots)]


def test_a_test_buy_is_verified_now(world: World) -> None:
    reference = world.testbuys["judged"]
    auditor = world.client(Role.AUDITOR)
    assert "All is as it was recorded" in auditor.get(f"/testbuys/{reference}/verify").text
    (photo,) = [path for path in (world.home / "vault").rglob("*") if path.is_file()][:1]
    photo.chmod(0o600)
    photo.write_bytes(b"another picture")
    answers = [auditor.get(f"/testbuys/{each}/verify").text for each in world.testbuys.values()]
    assert any("found something wrong" in text for text in answers)
    assert auditor.get("/testbuys/TB-2026-999999/verify").status_code == 404
    assert world.client(Role.ANALYST).get(f"/testbuys/{reference}/verify").status_code == 403
