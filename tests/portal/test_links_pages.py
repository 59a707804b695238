"""The source case's operator through the pages: Liu's own shop, and the one registered by Wang."""

import re
from datetime import timedelta

from rules.identifiers import IdentifierKind
from rules.roles import Role
from storage.rows import change, one, table_of
from storage.tables import Identifier, LinkProposal, Operator, Photo, Shop
from tests.portal.small_world import UNLINKED, World, send

PHONE, ADDRESS = "138 0755 2016", "深圳市罗湖区人民南路 1 号"


def _taken(answer):
    assert answer.status_code == 303, (answer.status_code, re.sub(r"<[^>]+>", " ", answer.text))
    return answer


def _between(world: World, shop: int, other: int) -> list[LinkProposal]:
    """What was proposed of these two; the registrant that all shops have lapsed as a crowd's."""
    stands = table_of(LinkProposal).c.state != "lapsed"
    rows = world.rows(LinkProposal, stands)
    return [row for row in rows if {row.shop_id, row.other_id} == {shop, other}]


def _shop(world: World, number: int) -> Shop:
    (row,) = world.rows(Shop, table_of(Shop).c.id == number)
    return row


def _told(world: World) -> None:
    """The clerk writes down what one parcel tells, the analyst what is known of the other shop."""
    reference = world.testbuys["judged"]
    row = world.row(reference)
    photos = table_of(Photo).c
    label = world.rows(Photo, photos.testbuy_id == row.id, photos.shot == "R02")[0]
    _taken(
        send(
            world.client(Role.CLERK),
            f"/testbuys/{reference}/parcel",
            phone=PHONE,
            return_address=ADDRESS,
            sender_name="刘",
            courier="SF",
            parcel_seal="Ruby tape 07",
            photo=label.public_id,
            seen_on=str(world.now.date()),
            confidence="certain",
        )
    )


def _other(world: World) -> int:
    return next(row.id for row in world.rows(Shop) if row.id != _sold_by(world))


def _sold_by(world: World) -> int:
    return world.row(world.testbuys["judged"]).shop_id


def _record(world: World, shop: int, kind: str, value: str):
    return send(
        world.client(Role.ANALYST), f"/shops/{shop}/identifiers", kind=kind, value=value,
        seen_on=str(world.now.date()), confidence="certain", said_by="the chat of 1 November",
    )  # fmt: skip


def _confirm_all(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    for row in world.rows(Identifier, table_of(Identifier).c.state == "recorded"):
        if row.kind in ("phone", "return_address"):
            send(analyst, f"/shops/{row.shop_id}/identifiers/confirm", identifier=row.id)


def test_the_parcel_and_the_chat_join_two_shops_and_the_page_shows_fact_by_fact(world: World):
    _told(world)
    shop, other = _sold_by(world), _other(world)
    _taken(_record(world, other, "phone", "+86 13807552016"))
    _taken(_record(world, other, "return_address", "深圳市罗湖区人民南路1号"))
    asked = world.client(Role.AUDITOR).get("/proposals").text
    assert "One operator?" in asked and "13807552016" in asked and "R02" in asked
    assert "Record the answer" not in asked
    _confirm_all(world)
    assert _shop(world, shop).operator_id == _shop(world, other).operator_id is not None
    page = world.client(Role.COUNSEL).get("/operators/OP-0001").text
    for word in ("return address", PHONE, world.testbuys["judged"], "photo R02", "the chat of"):
        assert word in page, word
    drawn = re.search(r'<figure class="card ties".*?</figure>', page, re.S)[0]
    assert drawn.count('class="tie"') == 6
    assert "It shares a confirmed identifier" in page


def test_a_proposal_is_answered_on_its_page_once_and_a_stale_form_is_refused(world: World):
    shop, other = _sold_by(world), _other(world)
    _taken(_record(world, shop, "sender_name", "Liu Wei"))
    _taken(_record(world, other, "sender_name", "LIU WEI"))
    analyst = world.client(Role.ANALYST)
    (row,) = _between(world, shop, other)
    said = {"proposal": row.id, "version": row.version, "state": "rejected", "reason": "By chance"}
    _taken(_record(world, other, "enclosed_document", "card 7"))
    _taken(_record(world, shop, "enclosed_document", "card 7"))
    stale = send(analyst, "/proposals", **said)
    assert stale.status_code == 409 and "Further evidence came meanwhile" in stale.text
    assert send(world.client(Role.AUDITOR), "/proposals", **said).status_code == 403
    _taken(send(analyst, "/proposals", **said | {"version": row.version + 1}))
    (answered,) = _between(world, shop, other)
    assert answered.state == "rejected"
    assert f'id="proposal-{row.id}"' not in analyst.get("/proposals").text
    assert "By chance" in analyst.get(f"/shops/{shop}").text


def test_merge_split_undo_persons_and_handles_on_the_operators_page(world: World):
    analyst = world.client(Role.ANALYST)
    shop, other = _sold_by(world), _other(world)
    for number, name in ((shop, "Liu"), (other, "Wang")):
        link = {"operator": "", "new_operator_name": name, "basis": f"{name} registered it"}
        _taken(send(analyst, f"/shops/{number}/link", **link, seen=UNLINKED))
    here = "/operators/OP-0001"
    _taken(send(analyst, f"{here}/merge", other="OP-0002", reason="One hand packs for both"))
    page = analyst.get(here).text
    assert "OP-0002 was merged into OP-0001" in page
    assert "was merged into" in analyst.get("/operators/OP-0002").text
    assert "OP-0002" not in re.sub(r"#.*", "", analyst.get("/operators").text.split("<h2>")[-1])
    for shops in ("", "9" * 5000):  # Python reads no number of more than 4,300 digits
        wrong = send(analyst, f"{here}/split", reason="x", name="", to="", shops=shops)
        assert wrong.status_code == 422 and "Tick at least one shop." in wrong.text
    change = world.rows(Operator)[1]
    assert change.merged_into_id is not None
    number = re.findall(r'name="change" value="(\d+)"', page)[0]
    assert send(world.client(Role.LIAISON), f"{here}/undo", change=number).status_code == 403
    _taken(send(analyst, f"{here}/undo", change=number, reason="Another Wang"))
    assert _shop(world, other).operator_id == change.id
    person = {"name": "Liu Wei", "role": "controller", "source": "police file 7", "since": ""}
    _taken(send(analyst, f"{here}/persons", **person, until=""))
    handle = {
        "platform": "WeChat",
        "handle": "liu_watches",
        "source": "chat",
        "seen_on": "2026-11-01",
    }
    _taken(send(analyst, f"{here}/handles", **handle))
    page = world.client(Role.AUDITOR).get(here).text
    assert "Liu Wei" in page and "controller" in page and "liu_watches" in page
    assert "Take the entry out" not in page
    _taken(send(analyst, f"{here}/persons/end", row=1, until="2026-11-01"))
    again = send(analyst, f"{here}/persons/end", row=1, until="2026-11-01")
    assert again.status_code == 409
    _taken(send(analyst, f"{here}/handles/take-out", row=1, reason="Another seller's"))
    assert "Another seller" in analyst.get(here).text


def test_a_shop_that_opens_after_anothers_closure_is_proposed_as_a_reappearance(world: World):
    shop, other = _sold_by(world), _other(world)
    with world.db.write() as tx:
        closed = world.now - timedelta(days=40)
        change(tx, Shop, table_of(Shop).c.id == shop, closed_at=closed)
    analyst = world.client(Role.ANALYST)
    opened = (world.now - timedelta(days=29)).date()
    _taken(send(analyst, f"/shops/{other}/opened", opened_on=str(opened)))
    for number in (shop, other):
        _taken(_record(world, number, "phone", PHONE))
    asked = analyst.get("/proposals").text
    assert "Reappearance?" in asked and "11 days after" in asked
    _confirm_all(world)
    page = analyst.get("/operators/OP-0001").text
    assert "Reappearances" in page and "11 days after" in page


def test_what_a_parcel_tells_waits_for_the_parcel_and_stays_from_those_who_examine(world: World):
    _told(world)
    early = world.testbuys["requested"]
    clerk = world.client(Role.CLERK)
    assert "No parcel is here yet" in clerk.get(f"/testbuys/{early}/parcel").text
    said = {"phone": "1", "seen_on": str(world.now.date()), "confidence": "certain"}
    refused = send(clerk, f"/testbuys/{early}/parcel", **said, exhibit="PB/1")
    assert refused.status_code == 409 and "No parcel is here yet" in refused.text
    there = world.testbuys["judged"]
    unshown = send(clerk, f"/testbuys/{there}/parcel", **said)
    assert unshown.status_code == 422 and "Choose the photo or the exhibit" in unshown.text
    foreign = send(clerk, f"/testbuys/{there}/parcel", **said, exhibit="PB/1")
    assert foreign.status_code == 409 and "not one of this test buy" in foreign.text
    for role in (Role.AUTHENTICATOR, Role.BUYER, Role.ENGINEER, Role.APPROVER):
        person = world.client(role)
        for page in (f"/testbuys/{there}/parcel", f"/shops/{_sold_by(world)}", "/proposals"):
            assert person.get(page).status_code in (403, 404)
    expert = world.client(Role.AUTHENTICATOR)
    for number in world.examinations.values():
        assert PHONE not in expert.get(f"/examinations/{number}").text
    with world.db.read() as tx:
        row = one(tx, Identifier, kind=IdentifierKind.PHONE)
    assert row is not None and row.recorded_by == world.people[Role.CLERK]
