"""The small world with something on every page: what lists, cards and forms look like when in use.

Built through the portal's own forms, so that a page nobody can fill shows here first.
"""

import re
from datetime import date, timedelta

import httpx

from casework.custody import certifying
from casework.examinations import examining
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import capturing
from casework.intake.capturing import Seen
from casework.keeping import retaining
from casework.people import access
from casework.programme import programme
from casework.sanctioning import deciding
from casework.verdicts import judging
from connectors.browsing import Visit
from evidence.webarchive import Exchange
from rules.referral import ReferralState
from rules.retention import Period
from rules.roles import Role
from rules.verdicts import Testimony, Verdict
from storage.rows import add, every, one, table_of
from storage.tables import (
    Agency,
    Examination,
    Identifier,
    Notice,
    Operator,
    RaidPlace,
    Referral,
    SignOnBinding,
)
from tests.portal import claimed_world, small_world
from tests.portal.small_world import UNLINKED, World, sellers_picture, send

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
    claimed_world.furnish(world)
    _sanctions(world)
    _brushing(world)
    _examination(world)
    _superseded(world)
    _raids(world)
    _links(world)
    _at_agency(world)
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
    with world.db.write() as tx:
        add(
            tx, SignOnBinding, person_id=world.people[Role.BUYER], issuer="https://id.example",
            subject="buyer", bound_at=world.now, refused_at=world.now,
        )  # fmt: skip
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
                text="TB-2026-000003 is waiting for verdict and overdue.",
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
    _sent(world.client(Role.BUYER), "/kits/K-000001/confirm", condition="complete, unopened")
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
    _sent(analyst, f"/shops/{shop}/link", **link, seen=UNLINKED)
    sales = {"period_start": "2026-10-01", "period_end": "2026-10-31", "units": "412"}
    _sent(analyst, f"/shops/{shop}/sales", **sales, amount="41200", currency="CNY", source="Taobao")
    _package(analyst)
    drafted = _sent(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    address = drafted.headers["location"].split("?")[0]
    world.testbuys["referral"] = address.rpartition("/")[2]
    _sent(liaison, f"{address}/level", level_reason="The procurator asks who bought it.")
    _sent(world.client(Role.COUNSEL), "/holds", subject="OP-0001", reason="The court asked")


def _at_agency(world: World) -> None:
    """Another agency has a referral: it acknowledged it under a number that was misread, accepted,
    and asks for more.
    """
    setting_up, day = world.act(Role.ADMINISTRATOR, "another agency"), str(world.now.date())
    programme.add_agency(world.db, setting_up, name="Luohu police", jurisdiction="CN")
    reference = world.testbuys["referral at an agency"] = "RF-2026-000002"
    here, sent = f"/referrals/{reference}", {"state": ReferralState.SENT, "sent_at": world.now}
    with world.db.write() as tx:
        # It was drafted, approved and sent by flow runs, which are not here.
        owner, agency = one(tx, Operator, reference="OP-0001"), one(tx, Agency, name="Luohu police")
        assert owner and agency
        about = {"operator_id": owner.id, "agency_id": agency.id, "grounds": [], "key": "luohu"}
        days = {"drafted_at": world.now, "changed_at": world.now}
        add(tx, Referral, reference=reference, version=1, **about, **sent, **days)
    liaison = world.client(Role.LIAISON)

    def say(form: str, **fields: object) -> None:
        (version, *_) = re.findall(r'name="version" value="(\d+)"', liaison.get(here).text)
        _sent(liaison, f"{here}/{form}", version=version, **fields)

    told = {"answered_on": day, "agency_number": "LH-2026-17"}
    say("answer", state="acknowledged", **told)
    say("answer", state="accepted", **told)
    asked = {"said": "The invoices of the account", "until": day}
    say("step", step="ask_material", happened_on=day, **asked)
    say("corrections", corrects="1", right_number="LH-2026-71", reason="Misread.")


def _links(world: World) -> None:
    """Liu's own shop and the one registered by Wang, and a proposal; see domain: section 1."""
    analyst, day = world.client(Role.ANALYST), str(world.now.date())
    reference = world.testbuys["judged"]
    own = world.row(reference).shop_id
    others = [each for each in range(1, 6) if each != own]
    photo = {"exhibit": "PB/3", "seen_on": day, "confidence": "certain"}
    told = {"sender_name": "Chen", "phone": "138 0755 2016", "courier": "SF"}
    _sent(world.client(Role.CLERK), f"/testbuys/{reference}/parcel", **told, **photo)
    said = {"seen_on": day, "confidence": "probable", "said_by": "Chat of 1 November"}
    address = {"kind": "return_address", "value": "1 Renmin Road South, Luohu"}
    for shop in (own, others[0]):
        _sent(analyst, f"/shops/{shop}/identifiers", **address, **said)
    phone = {"kind": "phone", "value": "+86 138 0755 2016"}
    name = {"kind": "sender_name", "value": "CHEN"}
    for shop, fact in ((others[0], phone), (others[1], name)):
        _sent(analyst, f"/shops/{shop}/identifiers", **fact, **said)
    for each in ("judged", "assigned"):
        file = {"picture": ("p.jpg", sellers_picture(each), "image/jpeg")}
        _sent(
            analyst, f"/testbuys/{world.testbuys[each]}/sellers-pictures", origin="chat", files=file
        )
    _sent(analyst, f"/shops/{others[1]}/opened", opened_on="2026-09-12")
    with world.db.read() as tx:
        recorded = [row for row in every(tx, Identifier) if row.kind in ("phone", "return_address")]
    for row in recorded:
        _sent(analyst, f"/shops/{row.shop_id}/identifiers/confirm", identifier=row.id)
    wrong = {"kind": "exif_device", "value": "Phone X", **said}
    _sent(analyst, f"/shops/{own}/identifiers", **wrong)
    with world.db.read() as tx:
        newest = every(tx, Identifier, order_by=table_of(Identifier).c.id.desc(), limit=1)[0].id
    last = {"identifier": newest, "seen": "recorded", "reason": "Another photo"}
    _sent(analyst, f"/shops/{own}/identifiers/withdraw", **last)
    here = "/operators/OP-0001"
    for who, role in (("Chen Hao", "controller"), ("Li Na", "nominee")):
        _sent(analyst, f"{here}/persons", name=who, role=role, source="Business register")
    handle = {"platform": "WeChat", "handle": "chen_trading", "source": "Chat", "seen_on": day}
    _sent(analyst, f"{here}/handles", **handle)


def _sanctions(world: World) -> None:
    """One of each kind: proposed, decided, and a closing that was appealed and upheld."""
    analyst, approver = world.client(Role.ANALYST), world.client(Role.APPROVER)
    reference = world.testbuys["judged"]
    shop = world.row(reference).shop_id
    for kind in ("warned", "listing_removed", "shop_closed"):
        proposed = _sent(
            analyst,
            f"/shops/{shop}/sanction",
            kind=kind,
            testbuys=reference,
            clause="Seller agreement, version of 1 March 2026, clause 5.2",
            reasons="A watch bought from the shop was found to be counterfeit.",
            objections_to="Appeals desk of the platform, in writing",
        )
        address = proposed.headers["location"].split("?")[0]
        world.testbuys[f"sanction {kind}"] = address.rpartition("/")[2]
        if kind == "warned":
            continue
        _sent(approver, f"{address}/decide", version="1", reasons="The findings are plain.")
        if kind == "listing_removed":
            continue
        until = str(world.now.date() + timedelta(days=15))
        given = {"given_by": "the platform's messages", "objection_until": until}
        _sent(analyst, f"{address}/notice", version="2", **given)
        _sent(analyst, f"{address}/enforce", version="3")
        came = {"received_on": str(world.now.date()), "words": "我店商品有进货发票。"}
        _sent(world.client(Role.LIAISON), f"{address}/appeal", version="4", **came)
        supervisor = world.client(Role.SUPERVISOR)
        _sent(supervisor, f"{address}/uphold", version="5", reasons="The invoices are of 2019.")
        flag = world.row(reference).flag_id
        again = {"flag": flag, "purpose": "Confirm what buyers complain about", "route": "by_hand"}
        bought = _sent(analyst, f"{address}/follow-up", version="6", **again)
        world.testbuys["follow-up"] = bought.headers["location"].split("?")[0].rpartition("/")[2]


def _brushing(world: World) -> None:
    """A case with two sources that differ, settled by somebody else."""
    analyst = world.client(Role.ANALYST)
    shop = world.row(world.testbuys["judged"]).shop_id
    said = "Many orders of one minute, none of which was shipped."
    opened = _sent(analyst, f"/shops/{shop}/brushing", reasons=said)
    address = opened.headers["location"].split("?")[0]
    period = {"period_start": "2026-10-01", "period_end": "2026-10-31"}
    worth = {"amount_low": "10000", "amount_high": "25000", "currency": "CNY"}
    for source in ("Risk team, by the waybills", "Platform audit"):
        orders = {"orders_low": "100", "orders_high": "240"}
        _sent(analyst, f"{address}/estimate", **period, **orders, **worth, source=source)


def _package(analyst: httpx.Client) -> None:
    """What the operator's packages say, one of each kind, and one that was corrected."""
    here = "/operators/OP-0001/package"
    told = {"kind": "safety", "text": "Nickel above the limit", "source": "Laboratory report 7"}
    _sent(analyst, f"{here}/harm", **told)
    told["text"] = "Nickel, twice the limit"
    _sent(analyst, f"{here}/harm", **told, corrects="1", reason="The laboratory corrected it.")
    refunds = {"kind": "refunds", "text": "Buyers were refunded", "source": "Taobao"}
    _sent(analyst, f"{here}/harm", **refunds, figure="1250.50", currency="CNY")
    place = {"kind": "collection_point", "address": "Canal Road 7, Fengxian", "source": "Waybill"}
    _sent(analyst, f"{here}/premises", **place, happens="A courier collects", hour="22:00")
    knew = {"kind": "earlier_notice", "text": "Warned once", "known_on": "2026-09-01"}
    _sent(analyst, f"{here}/knowledge", **knew, testbuy="", source="Notice 2026-5")
    mark = {"brand": "Swarovski", "registration": "384001", "classes": "14", "territory": "CN"}
    signs = {"signatory": "Anna Berger", "authority": "Power of attorney"}
    until = {"valid_until": "2031-03-01", "source": "Register extract"}
    _sent(analyst, f"{here}/rights", **mark, **signs, **until)
    paper = {"document": ("undertaking.pdf", b"%PDF-1.7 signed", "application/pdf")}
    will = {"rights_holder": "Swarovski AG", "person": "Anna Berger", "position": "Counsel"}
    given = {"given_on": "2026-10-01", "source": "Letter"}
    _sent(analyst, f"{here}/undertaking", files=paper, **will, **given)


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
    product = {"brand": "Swarovski", "category": "watches", "name": "Crystal watch"}
    _sent(world.client(Role.AUTHENTICATOR), "/references", **product)
    clerk = world.client(Role.CLERK)
    _sent(clerk, "/exhibits/PB/2/dispose", way="destroyed", reason="Not needed any more")


def _superseded(world: World) -> None:
    """The other brand's was judged anew by a third examiner: word is owed of the first verdict."""
    reference = world.testbuys["other brand"]
    world.people["third authenticator"] = access.create_person(
        world.db, world.act(Role.ADMINISTRATOR, "third"), "Third Authenticator",
        "third.authenticator@example.org", None, [Role.AUTHENTICATOR], ["Royal Canin"],
    )  # fmt: skip
    judging.judge_again(
        world.db, world.act(Role.ANALYST, "doubt"), reference, version=None,
        reason="The first saw photos alone", supersedes=True,
    )  # fmt: skip
    with world.db.read() as tx:
        order = table_of(Examination).c.id
        anew = every(tx, Examination, testbuy_id=world.row(reference).id, order_by=order)[-1]
    expert = world.act(Role.AUTHENTICATOR, "judge anew", "third authenticator")
    examining.claim(world.db, expert, anew.public_id)
    judging.seal(
        world.db, expert, anew.public_id, verdict=Verdict.GENUINE, findings=[], confidence="high",
        method="By eye and by touch", reasons="As it should be.", limits="None.",
        conflict_statement="None.", no_conflict=True,
        testimony=Testimony("Eight years at the bench", "Letter of 4 May 2026", "Two bags"),
    )  # fmt: skip


def _raids(world: World) -> None:
    """The source case's raid with two accounts of it, and one that is planned."""
    liaison, day = world.client(Role.LIAISON), str(world.now.date())
    plan = {"referral": "", "operator": "OP-0001", "agency": "Fengxian police"}
    for which, on in (("raid", "2016-08-10"), ("planned raid", day)):
        answer = _sent(liaison, "/raids", **plan, planned_on=on)
        world.testbuys[which] = answer.headers["location"].split("?")[0].rpartition("/")[2]
    _sent(liaison, f"/raids/{world.testbuys['planned raid']}/places", kind="warehouse", address="B")
    here = f"/raids/{world.testbuys['raid']}"
    _sent(liaison, f"{here}/carried-out", version="1", on="2016-08-10")
    for kind, address in (
        ("business", "12 Dongmen Road, Luohu"),
        ("residence", "Flat 1203, 8 Cuizhu Road, Luohu"),
    ):
        _sent(liaison, f"{here}/places", kind=kind, address=address)
    with world.db.read() as tx:
        place = max(row.id for row in every(tx, RaidPlace))
    times = {"from_at": "2016-08-10T09:00", "to_at": "2016-08-10T13:30", "utc_offset": "480"}
    _sent(liaison, f"{here}/places/times", place=place, **times)
    _sent(liaison, f"{here}/participants", role="police", organisation="Luohu police")
    _sent(liaison, f"{here}/persons", place=place, name="Liu Yi", met_as="controller")
    _sent(liaison, f"{here}/persons/fate", person="1", fate="detained", as_of="2016-08-10")
    for kind, name, on in (
        ("agency_list", "Seizure list 2016-88", "2016-08-10"),
        ("press", "City evening paper", "2016-08-12"),
    ):
        _sent(liaison, f"{here}/sources", kind=kind, name=name, said_on=on)
    goods = {"kind": "goods", "description": "Watches", "brand": "Swarovski", "unit": "pieces"}
    worth = {"amount": "2000000", "currency": "CNY", "value_of": "all", "value_precision": "about"}
    worth |= {"basis": "estimate", "at_place": place}
    of_list = {"source": "1", "precision": "exactly"}
    _sent(liaison, f"{here}/lines", **of_list, **goods, quantity="152", **worth)
    correct = {"corrects": "1", "reason": "Two figures were turned round."}
    _sent(
        liaison, f"{here}/lines/correct", **correct, **goods, precision="exactly", quantity="125",
        **worth,
    )  # fmt: skip
    seals = goods | {"kind": "seal", "description": "Counterfeit seals", "brand": ""}
    _sent(liaison, f"{here}/lines", **of_list, **seals, quantity="2")
    _sent(liaison, f"{here}/lines", source="2", **goods, precision="over", quantity="125")
    _sent(liaison, f"{here}/figures", version="2", source="1", reason="It is signed by both.")
    other = {"version": "3", "right_on": "2016-08-09", "reason": "The list is of the ninth."}
    _sent(liaison, f"{here}/corrections", **other)
    sample = {"line": "2", "examined": "25", "fake": "25", "drawn": "at_random"}
    examiner = {"examiner": "Swarovski, authority of 1 March", "examined_on": "2016-09-01"}
    _sent(liaison, f"{here}/samples", **sample, **examiner)
    paper = {"paper": ("list.pdf", b"%PDF-1.7 the list", "application/pdf")}
    _sent(liaison, f"{here}/papers", kind="seizure_list", title="Seizure list", files=paper)
    photo = {"paper": ("room.jpg", sellers_picture("room"), "image/jpeg")}
    _sent(liaison, f"{here}/papers", kind="photo", title="Store room", files=photo)
    second = {"name": "Zhao Min", "basis": "Her stock lay in the same room."}
    shop = {"platform_1": "taobao", "shop_number_1": "S77", "shop_name_1": "Bright Harbour"}
    listing = {"in_shop_1": "1", "listing_number_1": "L77", "title_1": "Crystal watch"}
    listing |= {"url_1": "https://shop.example/77", "brand_1": "Swarovski"}
    listing |= {"category_1": "watches", "price_1": "129", "listing_currency_1": "CNY"}
    _sent(liaison, f"{here}/found", **second, **shop, **listing)
