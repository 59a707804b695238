"""The small world with something on every page: what lists, cards and forms look like when in use.

Built through the portal's own forms, so that a page nobody can fill shows here first.
"""

import re
from datetime import date, timedelta

import httpx

from casework import capturing, certifying, deciding, examining, flagging, judging, retaining
from casework.capturing import Seen
from casework.feed import read_feed
from connectors.browsing import Visit
from evidence.webarchive import Exchange
from rules.retention import Period
from rules.roles import Role
from rules.verdicts import Testimony, Verdict
from storage.rows import add
from storage.tables import Notice
from tests.portal import small_world
from tests.portal.small_world import World, send

BRIEF = {"place": "the office", "condition": "seal intact", "utc_offset": "480"}
SAID = {"said_at": "2026-11-02 08:00"}
SITE = {"site": "Store A", "room": "room 2", "roles": ["clerk"]}


def furnish(world: World) -> World:
    """Give `world` a campaign, a referral, kits, places, chats, prices, leads and so on."""
    world.settings = world.settings.model_copy(update={"development": True})
    _test_buys(world)
    _programme(world)
    _papers(world)
    _exhibits(world)
    _outcome(world)
    _examination(world)
    world.now += timedelta(days=2)
    return world


def _sent(client: httpx.Client, address: str, /, **fields: object) -> httpx.Response:
    answer = send(client, address, **fields)
    assert answer.status_code == 303, (address, answer.status_code, _told(answer.text))
    return answer


def _told(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))[:600]


def _test_buys(world: World) -> None:
    """One ordered and one that ended early, beside the small world's own."""
    world.testbuys["ordered"] = small_world._assigned(world, 6)
    small_world.photograph(world, world.testbuys["ordered"], small_world.BEFORE_ORDER)
    buyer = world.client(Role.BUYER)
    reference = world.testbuys["ordered"]
    order = {"order_number": "240-6617", "currency": "CNY", "paid": "99.50", "carrier": "SF"}
    version = str(world.row(reference).version)
    _sent(buyer, f"/tasks/{reference}/order", version=version, **order, tracking_number="SF1090277")
    world.testbuys["bagged"] = small_world.bagged(world, 7)
    _capture(world, world.testbuys["assigned"])
    for which, who, words in (
        ("ordered", "seller", "亲，原单正品，放心拍。"),
        ("ordered", "buyer", "Is it a dupe, or the real one?"),
    ):
        there, language = world.testbuys[which], "zh" if who == "seller" else "en"
        said = {"said_by": who, "language": language, "text": words}
        _sent(world.client(Role.CLERK), f"/testbuys/{there}/chat", **SAID, **said)
    _flags(world)


def _flags(world: World) -> None:
    lines = [small_world.FEED]
    for number in range(8, 13):
        shop = f"Lucky Corner {number % 3}"
        lines.append(
            f"F{number},vision,logo,3,0.8{number % 10},price far below market,taobao,S{number},"
            f"{shop},"
            f"L{number},https://shop.example/{number},Crystal watch rose gold {number},Swarovski,"
            f"watches,{9000 + number},CNY,2026-11-01T08:00:00Z,Li Na,CN"
        )
    read = read_feed("feed.csv", "\n".join(lines).encode())
    flagging.import_flags(world.db, world.act(Role.ANALYST, "more flags"), read.rows)


def _programme(world: World) -> None:
    analyst, approver = world.client(Role.ANALYST), world.client(Role.APPROVER)
    day = world.now.date()
    covers = {"brands": ["Swarovski"], "categories": ["watches"], "currency": "CNY"}
    limits = {"max_price": "200", "max_buys": "40", "budget": "8000"}
    when = {"opens_on": str(day), "closes_on": str(day + timedelta(days=60))}
    for name in ("Crystal winter", "Watches before New Year"):
        fields = {"name": name, "purpose": "Confirm what buyers complain about"}
        _sent(analyst, "/campaigns", **fields, **covers, **limits, **when)
    _sent(approver, "/campaigns/approve", name="Crystal winter")
    price = {"brand": "Swarovski", "product": "Crystal watch", "amount": "2190", "currency": "CNY"}
    _sent(
        analyst,
        "/prices",
        **price,
        valid_from="2026-01-01",
        source="Price list 2026",
        verified="yes",
    )
    words = {"words": "dupe", "language": "en", "valid_from": str(day), "source": "Counsel, 2026"}
    _sent(world.client(Role.ADMINISTRATOR), "/phrases", **words)
    _sent(
        world.client(Role.CLERK),
        f"/testbuys/{world.testbuys['ordered']}/chat",
        **SAID,
        said_by="buyer",
        language="en",
        text="So no dupe?",
    )
    with world.db.write() as tx:
        for role in (Role.ANALYST, Role.SUPERVISOR, Role.AUTHENTICATOR, Role.BUYER, Role.CLERK):
            add(
                tx,
                Notice,
                key=f"shown {role}",
                to_role=role,
                to_person=world.people[role],
                text="A verdict has waited for nine days; its deadline was four days ago.",
                created_at=world.now - timedelta(hours=5),
            )


def _papers(world: World) -> None:
    certifying.hand_in_certificate(
        world.db,
        world.vault,
        world.act(Role.CLERK, "notary"),
        world.testbuys["assigned"],
        office="Luohu Notary",
        number="2026-77",
        issued_on=date(2026, 11, 1),
        covers="The purchase",
        data=b"%PDF-1.7 the notary",
    )
    liaison = world.client(Role.LIAISON)
    identity = f"/testbuys/{world.testbuys['assigned']}/identity"
    _sent(liaison, identity, reason="People's court of Fengxian, file 2026-114")


def _capture(world: World, reference: str) -> None:
    act = world.act(Role.PROGRAMME, f"capture {reference}")
    for wanted in capturing.intend_captures(world.db, act, reference, "https://shop.example/s"):
        body = f"<h1>{wanted.subject}</h1>".encode()
        whole = b"HTTP/1.1 200 OK\r\n\r\n" + body
        seen = Exchange(wanted.url, "203.0.113.7", world.now, b"GET / HTTP/1.1\r\n\r\n", whole)
        visit = Visit(wanted.url, (seen,), 200, "text/html", body, None)
        capturing.settle_captured(
            world.db,
            world.vault,
            act,
            reference,
            wanted,
            Seen(visit, world.now, small_world.picture(f"page {wanted.url}"), None),
            lambda data: b"stamp of " + data[:8],
        )


def _exhibits(world: World) -> None:
    clerk, supervisor = world.client(Role.CLERK), world.client(Role.SUPERVISOR)
    for shelf in ("shelf 3", "shelf 4"):
        _sent(supervisor, "/places", **SITE, shelf=shelf)
    kit = {"seal_first": "SEAL-1", "seal_last": "SEAL-9", "colour_card": "CC-7"}
    cards = {"card_first": "C-100", "card_last": "C-119"}
    _sent(clerk, "/kits", **kit, **cards)
    _sent(clerk, "/kits", seal_first="SEAL-20", seal_last="SEAL-39")
    for number in ("K-000001", "K-000002"):
        to = {"to_person": world.people[Role.BUYER], "place": "the office", "utc_offset": "480"}
        _sent(clerk, f"/kits/{number}/give", **to)
    _sent(world.client(Role.BUYER), "/kits/K-000001/confirm", condition="complete")
    serial = {"code_kind": "serial", "code": "SN 4711-0815"}
    for exhibit in ("PB/1", "PB/3"):
        _sent(clerk, f"/exhibits/{exhibit}/code", **serial)
    seal = {"seal_number": "SEAL-3", "condition": "seal intact"}
    _sent(clerk, "/exhibits/PB/1/store", **seal, place="Store A, room 2, shelf 3")
    _hand_to_the_desk(world)


def _hand_to_the_desk(world: World) -> None:
    """PB/3 is on its way to the rights holder's receiving desk."""
    clerk, reference = world.client(Role.CLERK), world.testbuys["judged"]
    world.now += timedelta(minutes=1)
    photo = {"photo": ("t.jpg", small_world.picture("out to the desk"), "image/jpeg")}
    answer = send(clerk, f"/testbuys/{reference}/photos", shot="T01", files=photo)
    assert answer.status_code < 400, _told(answer.text)
    here = "/exhibits/PB/3"
    (out,) = re.findall(r'name="photos" value="([^"]+)" checked', clerk.get(here).text)
    to = {"seal_out": "SEAL-5", "purpose": "to be examined", "to_desk": "yes", "photos": out}
    _sent(clerk, f"{here}/give", **BRIEF, **to)


def _outcome(world: World) -> None:
    analyst, liaison = world.client(Role.ANALYST), world.client(Role.LIAISON)
    shop = world.row(world.testbuys["judged"]).shop_id
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    _sent(analyst, f"/shops/{shop}/link", **link)
    sales = {"period_start": "2026-10-01", "period_end": "2026-10-31", "units": "412"}
    _sent(analyst, f"/shops/{shop}/sales", **sales, amount="41200", currency="CNY", source="Taobao")
    drafted = _sent(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    address = drafted.headers["location"].split("?")[0]
    world.testbuys["referral"] = address.rpartition("/")[2]
    _sent(liaison, f"{address}/level", level_reason="The procurator asks who bought it.")
    _sent(world.client(Role.COUNSEL), "/holds", subject="OP-0001", reason="The court asked")


def _examination(world: World) -> None:
    """The other brand's is judged genuine, and it is asked that its exhibit be destroyed."""
    reference = world.testbuys["other brand"]
    expert = world.act(Role.AUTHENTICATOR, "judge it", "other authenticator")
    examining.claim(world.db, expert, world.examinations[reference])
    judging.seal(
        world.db,
        expert,
        world.examinations[reference],
        verdict=Verdict.GENUINE,
        findings=[],
        confidence="high",
        method="By eye",
        reasons="As it should be.",
        limits="Photos only.",
        conflict_statement="None.",
        no_conflict=True,
        testimony=Testimony("Ten years at the bench", "Letter of 1 March 2026", "One bag"),
    )
    judging.conclude(world.db, world.act(Role.PROGRAMME, "conclude it"), reference)
    deciding.decide(world.db, world.act(Role.PROGRAMME, "decide it"), reference)
    kept = Period("*", "cleared", 0, 36, world.now.date(), None, "counsel", verified=True)
    retaining.set_period(world.db, world.act(Role.ADMINISTRATOR, "period"), kept)
    clerk = world.client(Role.CLERK)
    _sent(clerk, "/exhibits/PB/2/dispose", way="destroyed", reason="Not needed any more")
