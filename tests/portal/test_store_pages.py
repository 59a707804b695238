"""Storage places on their pages: the clerk puts an exhibit away, everybody sees what lies where."""

import csv
import io

import pytest

from casework.examinations import examining
from casework.keeping import retaining
from casework.sanctioning import deciding
from casework.verdicts import judging
from rules.retention import Period
from rules.roles import Role
from rules.verdicts import Testimony, Verdict
from tests.portal.small_world import World, send

SITE = {"site": "Store A", "room": "room 2", "shelf": "shelf 3", "roles": ["clerk"]}
SHELF = "Store A, room 2, shelf 3"


@pytest.fixture
def exhibit(world: World) -> str:
    return "PB/1"


def test_an_exhibit_is_put_away_found_and_fetched(world: World, exhibit: str) -> None:
    clerk, supervisor = world.client(Role.CLERK), world.client(Role.SUPERVISOR)
    assert "No place is on the list yet" in clerk.get("/places").text
    assert send(supervisor, "/places", **SITE).status_code == 303
    assert send(clerk, "/places", **SITE).status_code == 403
    here, said = f"/exhibits/{exhibit}", {"seal_number": "SEAL-3", "condition": "seal intact"}
    assert send(clerk, f"{here}/store", **said, place=SHELF).status_code == 303
    page = clerk.get(here).text
    assert f'<a href="/places/1">{SHELF}</a>' in page and "Take it out" in page
    assert "Hand over</button>" not in page
    assert exhibit in clerk.get("/places/1").text
    refused = send(supervisor, "/places/1/close", reason="Moved")
    assert refused.status_code == 409 and f"still holds {exhibit}" in refused.text
    assert "may not enter" in send(supervisor, f"{here}/fetch", **said, purpose="look").text
    assert send(clerk, f"{here}/fetch", **said, purpose="to look").status_code == 303
    assert send(supervisor, "/places/1/close", reason="Moved").status_code == 303
    assert "closed" in clerk.get("/places").text


def test_taking_in_offers_the_places_and_puts_it_there(world: World) -> None:
    clerk = world.client(Role.CLERK)
    send(world.client(Role.SUPERVISOR), "/places", **SITE)
    answer = send(
        clerk, "/exhibits/take-in", exhibit="PB/1", seal_number="SEAL-3", place="Elsewhere",
        condition="seal intact",
    )  # fmt: skip
    assert answer.status_code == 409 and "no storage place Elsewhere" in answer.text


PNG = b"\x89PNG\r\n\x1a\n strokes"


@pytest.fixture
def cleared(world: World) -> str:
    """An exhibit of a test buy that ended as genuine, whose period is over."""
    reference = world.testbuys["examined"]
    public_id = world.examinations[reference]
    expert = world.act(Role.AUTHENTICATOR, "judge it")
    examining.claim(world.db, expert, public_id)
    judging.seal(
        world.db, expert, public_id, verdict=Verdict.GENUINE, findings=[], confidence="high",
        method="by eye", reasons="As it should be.", limits="Photos only.",
        conflict_statement="None.", no_conflict=True, testimony=Testimony("A", "B", "C"),
    )  # fmt: skip
    judging.conclude(world.db, world.act(Role.PROGRAMME, "conclude it"), reference)
    deciding.decide(world.db, world.act(Role.PROGRAMME, "decide it"), reference)
    kept = Period("*", "cleared", 0, 36, world.now.date(), None, "counsel", verified=True)
    retaining.set_period(world.db, world.act(Role.ADMINISTRATOR, "period"), kept)
    return "PB/1"


def _carried_out(answer_of, here: str, **said):
    papers = {"receipt": ("r.png", PNG, "image/png"), "certificate": ("c.pdf", b"%PDF-", "x/pdf")}
    seal = {"seal_number": "SEAL-3", "condition": "seal intact", "place": "the yard"}
    return send(answer_of, f"{here}/carry-out", **seal, **said, files=papers)


def test_a_disposal_is_asked_for_approved_on_the_approvals_page_and_carried_out(
    world: World, cleared: str
) -> None:
    clerk, approver = world.client(Role.CLERK), world.client(Role.APPROVER)
    here = f"/exhibits/{cleared}"
    assert cleared in clerk.get("/retention").text
    asked = send(clerk, f"{here}/dispose", way="destroyed", reason="Not needed any more")
    assert asked.status_code == 303, asked.text
    page = approver.get("/approvals").text
    assert "Not needed any more" in page and "/disposals/1/approve" in page
    assert send(clerk, "/disposals/1/approve").status_code == 403
    assert "No approved disposal" in _carried_out(clerk, here, name="Wu").text
    assert send(approver, "/disposals/1/approve").status_code == 303
    assert "/disposals/1/approve" not in approver.get("/approvals").text
    page = clerk.get(here).text
    assert "Carry it out" in page and 'data-signs="signature"' in page
    done = _carried_out(clerk, here, name="Wu")
    assert done.status_code == 303, done.text
    page = clerk.get(here).text
    assert "Nowhere any more" in page and "had been disposed of" in page and "signed by Wu" in page
    assert "It holds from the sealing until now" in page or "nobody vouches for the giver" in page
    assert cleared not in clerk.get("/retention").text


def test_a_hold_shows_wherever_it_stops_something_and_lapses_what_was_asked(
    world: World, cleared: str
) -> None:
    clerk, counsel = world.client(Role.CLERK), world.client(Role.COUNSEL)
    here = f"/exhibits/{cleared}"
    send(clerk, f"{here}/dispose", way="destroyed", reason="Not needed any more")
    assert send(clerk, "/holds", subject=cleared, reason="The court").status_code == 403
    placed = send(counsel, "/holds", subject=cleared, reason="The court asked")
    assert placed.status_code == 303, placed.text
    page = clerk.get(here).text
    assert "Legal hold 1 on PB/1 stands, placed by Person Counsel" in page
    assert "Lapsed: legal hold 1 was placed." in page
    refused = send(clerk, f"{here}/dispose", way="destroyed", reason="Again")
    assert refused.status_code == 409 and "placed by Person Counsel" in refused.text
    assert "legal hold 1" in clerk.get("/retention").text
    assert send(counsel, "/holds/1/lift", reason="Over").status_code == 303
    assert "No hold stands" in counsel.get("/holds").text


def test_an_asset_is_listed_and_exported(world: World, cleared: str) -> None:
    clerk = world.client(Role.CLERK)
    here = f"/exhibits/{cleared}"
    send(clerk, f"{here}/dispose", way="kept_as_asset", reason="A good watch")
    send(world.client(Role.SUPERVISOR), "/disposals/1/approve")
    seal = {"seal_number": "SEAL-3", "condition": "seal intact", "place": "here"}
    done = send(clerk, f"{here}/carry-out", **seal, keeper="=The showroom")
    assert done.status_code == 303, done.text
    assert "A-00001" in clerk.get("/assets").text
    table = clerk.get("/assets.csv")
    assert table.headers["content-type"].startswith("text/csv")
    head, row = list(csv.reader(io.StringIO(table.text.lstrip("\ufeff"))))
    line = dict(zip(head, row, strict=True))
    assert (line["asset"], line["exhibit"], line["order_cost"]) == ("A-00001", cleared, "90.00")
    assert (line["held_by"], line["state"]) == ("'=The showroom", "asset")
