"""The inbox: what waits for each role, its number, where it is done, and what is not shown."""

import re
from datetime import date, timedelta

import pytest

from casework.clock import deadlines
from casework.custody import certifying
from casework.telling import notifying
from casework.views import inbox as views
from casework.views.inbox import Reader
from portal.permissions import PERMISSIONS, Anyone
from rules.notices import NoticeKind
from rules.roles import PERSONS, Role
from storage.inbox import MOST
from storage.rows import every
from storage.tables import Notice
from tests.portal.small_world import SHOP, World, send

LINE = re.compile(
    r'<li(?: data-row="[^"]*")?(?: class="is-late")?>\s*<div class="(?:subject|what)"'
)


def look(world: World, person: str, *roles: Role) -> views.Inbox:
    return views.inbox(world.db, reader(world, person, *roles))


def reader(world: World, person: str, *roles: Role) -> Reader:
    return Reader(world.people[person], frozenset(roles or (Role(person),)), world.now)


def kinds(inbox: views.Inbox) -> list[tuple[str, str]]:
    return [(e.kind, e.subject) for e in (*inbox.late, *inbox.waiting, *inbox.notices)]


def test_each_kind_is_for_roles_that_may_open_its_page() -> None:
    """A line that leads to a page its reader may not see would be a dead end."""
    for source in views.SOURCES:
        allowed = PERMISSIONS[source.route]
        assert isinstance(allowed, Anyone) or source.roles <= set(allowed), source.kind


def test_what_waits_is_shown_to_its_own_role_alone(world: World) -> None:
    requested, examined = world.testbuys["requested"], world.testbuys["examined"]
    assert ("request", requested) in kinds(look(world, Role.APPROVER))
    assert ("task", world.testbuys["assigned"]) in kinds(look(world, Role.BUYER))
    assert ("decision", world.testbuys["judged"]) in kinds(look(world, Role.ANALYST))
    mine = ("examination", world.examinations[examined])
    assert kinds(look(world, Role.AUTHENTICATOR)) == [mine]
    other = world.examinations[world.testbuys["other brand"]]
    assert kinds(look(world, "other authenticator", Role.AUTHENTICATOR)) == [("examination", other)]
    assert {kind for kind, _ in kinds(look(world, Role.COUNSEL))} == {"threshold", "period"}
    for nobodys in ("other buyer", Role.AUDITOR, Role.ENGINEER, Role.DESK):
        roles = (Role.BUYER,) if nobodys == "other buyer" else (Role(nobodys),)
        assert kinds(look(world, nobodys, *roles)) == [], nobodys


def test_nobody_is_asked_to_approve_what_they_asked_for(world: World) -> None:
    both = look(world, Role.ANALYST, Role.ANALYST, Role.APPROVER)
    assert "request" not in both.counts


@pytest.mark.parametrize("role", sorted(PERSONS))
def test_the_number_is_that_of_the_lines(world: World, role: Role) -> None:
    for reference in world.testbuys.values():
        world.now += timedelta(days=30)
        deadlines.mind(world.db, world.act(Role.PROGRAMME, f"late {reference}"), reference)
    number, more = views.count(world.db, reader(world, role))
    page = world.client(role).get("/").text
    assert len(LINE.findall(page)) == number
    assert not more


def test_more_than_a_hundred_are_told_as_that(world: World) -> None:
    with world.db.write() as tx:
        for number in range(MOST + 3):
            act = world.act(Role.PROGRAMME, str(number))
            notifying.tell(tx, act, NoticeKind.OTHER, f"n{number}", "Hm.", to_role=Role.ENGINEER)
    assert views.count(world.db, reader(world, Role.ENGINEER)) == (MOST, True)
    page = world.client(Role.ENGINEER).get("/").text
    assert len(LINE.findall(page)) == MOST
    assert "most urgent hundred" in page


def test_what_is_late_goes_to_the_role_above_at_the_exact_moment(world: World) -> None:
    """Reminded after five days, the analyst told after ten: once, and not a second sooner."""
    reference = world.testbuys["examined"]
    began = world.row(reference).waiting_since
    mind = world.act(Role.PROGRAMME, "mind")

    def at(after: timedelta) -> dict[NoticeKind, int]:
        world.now = began + after
        for _ in range(2):
            deadlines.mind(world.db, type(mind)(mind.role, world.now, mind.seed), reference)
        with world.db.read() as tx:
            told = [row.kind for row in every(tx, Notice, testbuy_id=world.row(reference).id)]
        return {kind: told.count(kind) for kind in (NoticeKind.REMINDED, NoticeKind.ESCALATED)}

    second = timedelta(seconds=1)
    reminded, escalated = NoticeKind.REMINDED, NoticeKind.ESCALATED
    assert at(timedelta(days=5) - second) == {reminded: 0, escalated: 0}
    assert not look(world, Role.AUTHENTICATOR).late
    assert at(timedelta(days=5)) == {reminded: 1, escalated: 0}
    (late,) = look(world, Role.AUTHENTICATOR).late
    assert late.due_at == began + timedelta(days=5)
    assert at(timedelta(days=10) - second) == {reminded: 1, escalated: 0}
    assert "escalated" not in look(world, Role.ANALYST).counts
    assert at(timedelta(days=10)) == {reminded: 1, escalated: 1}
    (line,) = [each for each in look(world, Role.ANALYST).late if each.kind == "escalated"]
    assert (line.subject, line.role, line.due_at) == (
        reference,
        Role.AUTHENTICATOR,
        began + timedelta(days=5),
    )
    page = world.client(Role.ANALYST).get("/").text
    assert "5 days late" in page and "Waiting for verdict, authenticator" in page
    assert at(timedelta(days=40)) == {reminded: 1, escalated: 1}
    assert "escalated" not in look(world, Role.LIAISON).counts


def test_a_late_buyer_is_reminded_and_no_other_buyer_learns_of_it(world: World) -> None:
    reference = world.testbuys["assigned"]
    world.now += timedelta(days=2)
    deadlines.mind(world.db, world.act(Role.PROGRAMME, "mind"), reference)
    with world.db.read() as tx:
        (told,) = every(tx, Notice, kind=NoticeKind.REMINDED)
    assert told.to_person == world.people[Role.BUYER]
    assert reference in world.client(Role.BUYER).get("/").text
    assert reference not in world.client("other buyer").get("/").text


def test_a_notice_to_a_role_reaches_nobody_of_another_brand(world: World) -> None:
    """Notices to authenticators and buyers are of a test buy, which only some of them may know."""
    examined = world.row(world.testbuys["other brand"])
    with world.db.write() as tx:
        for role in (Role.AUTHENTICATOR, Role.BUYER, Role.DESK):
            act = world.act(Role.PROGRAMME, role)
            text = f"{examined.reference} from {SHOP}"
            notifying.tell(tx, act, NoticeKind.OTHER, role, text, to_role=role, testbuy=examined)
    for person, role in (
        (Role.AUTHENTICATOR, Role.AUTHENTICATOR),
        (Role.DESK, Role.DESK),
        ("other buyer", Role.BUYER),
    ):
        assert "notice" not in look(world, person, role).counts, person
        assert send(world.client(person), "/notices/1/read").status_code == 404
    told = world.client("other authenticator")
    page = told.get("/").text
    assert "beyond its time" in page
    assert examined.reference not in page and SHOP not in page
    assert send(told, "/notices/1/read").status_code in (303, 404)
    assert examined.reference not in told.get("/inbox/past").text


def test_a_notice_is_put_away_and_stands_among_the_past(world: World) -> None:
    with world.db.write() as tx:
        for number in range(views.PAST + 1):
            act, key = world.act(Role.PROGRAMME, str(number)), f"n{number}"
            notifying.tell(tx, act, NoticeKind.OTHER, key, f"<b>{key}</b>", to_role=Role.CLERK)
    clerk = world.client(Role.CLERK)
    assert "&lt;b&gt;n50&lt;/b&gt;" in clerk.get("/").text
    for line in reversed(look(world, Role.CLERK).notices):
        notifying.put_away(world.db, reader(world, Role.CLERK), line.number)
    assert "n50" not in clerk.get("/").text
    first = clerk.get("/inbox/past").text
    assert "&lt;b&gt;n50&lt;/b&gt;" in first and "Person Clerk" in first and "n0&lt;" not in first
    older = re.search(r'href="(/inbox/past\?older=\d+)"', first)
    assert older and "&lt;b&gt;n0&lt;/b&gt;" in clerk.get(older[1]).text
    assert "n50" not in world.client(Role.ANALYST).get("/inbox/past").text


def test_one_kind_alone_is_shown_by_its_address(world: World) -> None:
    world.now += timedelta(days=30)
    analyst = world.client("both")
    assert world.testbuys["judged"] in analyst.get("/?kind=decision").text
    assert world.testbuys["judged"] not in analyst.get("/?kind=request").text
    assert analyst.get("/?kind=nothing").status_code == 200


def test_a_photo_to_confirm_is_shown_first_and_is_gone_when_compared(world: World) -> None:
    """The page shows some of the oldest: a line must lead to its own photo, however many wait."""
    lines = [e for e in look(world, Role.CLERK).waiting if e.kind == "confirm"]
    last = lines[-1]
    clerk = world.client(Role.CLERK)
    page = clerk.get(last.address).text
    section = page.partition('id="to-confirm"')[2]
    (asked,) = re.findall(r"/exhibits\?photo=([^#]+)#", last.address)
    assert len(lines) > 1 and re.findall(r'name="photo" value="([^"]+)"', section)[0] == asked
    form = section.partition("</form>")[0]
    said = dict(re.findall(r'name="(photo|proof|expected)" value="([^"]*)"', form))
    assert send(clerk, "/exhibits/confirm", **said, answer="it_shows_it").status_code == 303
    left = [e for e in look(world, Role.CLERK).waiting if e.kind == "confirm"]
    assert left == lines[:-1]


def test_a_certificate_waits_for_a_check_by_somebody_else(world: World) -> None:
    reference = world.testbuys["assigned"]
    paper = {"office": "Luohu", "number": "7", "issued_on": date(2026, 11, 1), "covers": "A page"}
    clerk = world.act(Role.CLERK, "hand in")
    certifying.hand_in_certificate(
        world.db, world.vault, clerk, reference, **paper, data=b"%PDF-1.7 x"
    )
    mine = ("certificate", reference)
    for role in (Role.SUPERVISOR, Role.COUNSEL):
        assert mine in kinds(look(world, role))
    assert "certificate" not in look(world, Role.CLERK).counts
    # Whoever handed it in holds another role by now.
    assert "certificate" not in look(world, Role.CLERK, Role.SUPERVISOR).counts
    (line,) = [e for e in look(world, Role.COUNSEL).waiting if e.kind == "certificate"]
    counsel = world.client(Role.COUNSEL)
    assert "not checked" in counsel.get(line.address).text
    form = f"{line.address}/1/check"
    empty = send(counsel, form, answer="in_order", remark=" ")
    assert empty.status_code == 422 and mine in kinds(look(world, Role.SUPERVISOR))
    assert send(counsel, form, answer="not_in_order", remark="<b>No</b> such number").is_redirect
    page = world.client(Role.AUDITOR).get(line.address).text
    assert "not in order" in page and "&lt;b&gt;No&lt;/b&gt; such number" in page
    assert "Person Counsel" in page and "not checked" not in page
    for role in (Role.SUPERVISOR, Role.COUNSEL):
        assert "certificate" not in look(world, role).counts
    assert send(world.client(Role.CLERK), form, answer="in_order", remark="x").status_code == 403


def test_a_threshold_waits_for_counsel_until_it_is_checked(world: World) -> None:
    before = [e for e in look(world, Role.COUNSEL).waiting if e.kind == "threshold"]
    counsel = world.client(Role.COUNSEL)
    number = before[0].address.rpartition("-")[2]
    assert f'id="threshold-{number}"' in counsel.get("/frame").text
    assert send(counsel, f"/frame/thresholds/{number}/verify").is_redirect
    assert [e for e in look(world, Role.COUNSEL).waiting if e.kind == "threshold"] == before[1:]


def test_a_chat_waits_for_a_clerk_once_until_all_of_it_is_translated(world: World) -> None:
    reference = world.testbuys["assigned"]
    clerk = world.client(Role.CLERK)
    here = f"/testbuys/{reference}/chat"
    for language, text in (("en", "Real?"), ("zh", "正品"), ("ZH", "放心拍")):
        said = {"said_by": "seller", "language": language, "text": text}
        send(clerk, here, **said, said_at="2026-11-02 08:00")
    for message in (2, 3):
        waits = [e for e in look(world, Role.CLERK).waiting if e.kind == "translation"]
        assert [(e.subject, e.address) for e in waits] == [(reference, here)]
        made = {"language": "en", "text": "Genuine", "translator": "Ann"}
        assert send(clerk, "/translations", message=message, **made).is_redirect
    assert "translation" not in look(world, Role.CLERK).counts
    assert "Nothing waits for a translation" in clerk.get("/translations").text
