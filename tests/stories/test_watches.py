"""The source case as its people live it, in their browsers, over real processes.

Told by the documents that the programme is modelled on: one operator, two shops, one of them in
another's name; a test buy each; a referral to a police station; a raid at business and residence
with 125 watches and 2 seals; a second seller; a claim with two causes of action; an award that goes
to a fund. What the documents leave open is invented.
"""

import re

import pytest

from storage.rows import one
from storage.tables import Referral, Shop
from tests.stories import packages, steps
from tests.stories.house import (
    ANALYST,
    APPROVER,
    BUYERS,
    COUNSEL,
    LIAISON,
    WATCH_OF_LIU,
    WATCH_OF_WANG,
    House,
)
from tests.stories.steps import today

pytestmark = pytest.mark.long

EXAMINER = "Elena Moser"
FINDINGS = {
    "packaging:packaging_inconsistent": "major",
    "contents:workmanship_rough": "major",
    "contents:colour_abnormal": "major",
}
PHONE = "+86 755 2010 0810"
LIST, PAPER = "Seizure list 0810", "Shenzhen evening paper"


def test_the_watches_from_the_parcel_to_the_fund(house: House, hand_of, paper, poppler, tmp_path):
    operator = _joined_by_what_the_parcels_tell(house, hand_of)
    examiner = hand_of(EXAMINER)
    for _ in (WATCH_OF_LIU, WATCH_OF_WANG):
        steps.judge(examiner, "counterfeit", FINDINGS, "Packaging inconsistent, colour abnormal.")
    referral = _referred(house, hand_of, operator, paper)
    raid = _raided(house, hand_of, referral)
    _a_second_seller_was_found(house, hand_of, raid)
    _sued(house, hand_of, operator, paper)
    _the_package_is_read(house, referral, operator, poppler("pdftotext"), tmp_path)


def _joined_by_what_the_parcels_tell(house: House, hand_of) -> str:
    """Liu's shop is his by its register; Wang's is joined by the phone on both labels."""
    analyst = hand_of(ANALYST)
    analyst.open("/operators")
    own = _shop(house, WATCH_OF_LIU)
    by_register = "The shop is registered in his name."
    analyst.say(f"/shops/{own.id}/link", new_operator_name="Liu", basis=by_register)
    for listing in (WATCH_OF_LIU, WATCH_OF_WANG):
        shop = _shop(house, listing)
        analyst.open(f"/testbuys/{house.testbuys[listing]}/parcel")
        analyst.say("/parcel", sender_name="Liu", phone=PHONE, confidence="certain")
        analyst.open(f"/shops/{shop.id}")
        row = analyst.page.locator(".fact", has_text=PHONE)
        assert "recorded" in row.inner_text()
        identifier = row.get_attribute("id").rpartition("-")[2]
        said = analyst.say(
            "/identifiers/confirm", having=f"[name=identifier][value='{identifier}']"
        )
    assert "Brilliant Gifts Corner" in said and "Registrant Wang" in said
    operator = re.search(r"Liu (OP-\d{4})", said)[1]
    for name, role in (("Liu", "controller"), ("Wang", "nominee")):
        analyst.open(f"/operators/{operator}")
        analyst.say("/persons", name=name, role=role, source="Business register")
    said = analyst.open(f"/operators/{operator}")
    assert "Crystal Time Flagship" in said and "Brilliant Gifts Corner" in said
    return operator


def _shop(house: House, listing: str) -> Shop:
    with house.db.read() as tx:
        shop = one(tx, Shop, id=house.row(house.testbuys[listing]).shop_id)
    assert shop is not None
    return shop


def _referred(house: House, hand_of, operator: str, paper) -> str:
    liaison = hand_of(LIAISON)
    referral = steps.drafted(liaison, "Liu", 2)
    said = liaison.open(f"/referrals/{referral}")
    assert "met, CNY 2,002,000.00 of CNY 50,000.00" in said
    assert "CNY 14,464,450.00" in said, "at the genuine price"
    # The gate: nobody approves what lacks its rights, its undertaking, its places.
    assert "Its package is not complete: approval waits." in said
    assert not liaison.offers("/approve")
    steps.furnish(hand_of(ANALYST), operator, "Swarovski", "Swarovski", paper)
    said = steps.refer(liaison, referral)
    assert re.search(r"accepted, .* acknowledged, ", said), said  # the newest first
    (receipt,) = [each for each in house.receipts() if each["reference"] == referral]
    with house.db.read() as tx:
        row = one(tx, Referral, reference=referral)
    assert (row.bundle_digest, row.agency_number) == (receipt["bundle_digest"], receipt["number"])
    return referral


def _raided(house: House, hand_of, referral: str) -> str:
    """Business and residence; what the list and a newspaper say stands side by side."""
    liaison = hand_of(LIAISON)
    liaison.open("/raids")
    said = liaison.say("/raids", referral=referral, planned_on=str(today()))
    raid = re.search(r"RA-\d{4}-\d{6}", said)[0]
    for kind, address in (("business", "19 Nanji Lane"), ("residence", "8 Cuiyin Court")):
        liaison.say("/places", kind=kind, address=address)
    liaison.say("/participants", organisation="Swarovski", role="rights_holder")
    liaison.say("/carried-out", on=str(today()))
    for kind, name in (("agency_list", LIST), ("press", PAPER)):
        liaison.say("/sources", kind=kind, name=name, said_on=str(today()))
    watches = {"kind": "goods", "description": "Watches", "unit": "pieces", "quantity": "125"}
    liaison.say(
        "/lines", source=LIST, **watches, precision="exactly", value_precision="about",
        amount="2000000", currency="CNY", value_of="all", basis="estimate",
    )  # fmt: skip
    seals = {"kind": "seal", "description": "Counterfeit seals", "unit": "pieces", "quantity": "2"}
    liaison.say("/lines", source=LIST, **seals, precision="exactly")
    said = liaison.say("/lines", source=PAPER, **watches, precision="over")
    assert "their figures are never added up" in said
    accounts = [each.inner_text() for each in liaison.page.locator("article.account").all()]
    assert [LIST in accounts[0], PAPER in accounts[1]] == [True, True]
    assert "over 125 pieces" in accounts[1] and "over 125" not in accounts[0]
    assert "about CNY 2,000,000.00" in accounts[0] and "2 pieces" in accounts[0]
    said = liaison.say("/figures", source=LIST, reason="Counted piece by piece.")
    assert f"took the figures of {LIST}" in said
    said = liaison.say(
        "/samples", line="Watches", examined="25", fake="25", drawn="at_random",
        examiner="The rights holder's laboratory", examined_on=str(today()),
    )  # fmt: skip
    assert "at least 90" in said, said
    said = steps.take_step(liaison, referral, "file", file_number="Criminal file 0810")
    way = ("criminal file opened", "raid", "action planned", "accepted", "acknowledged")
    assert re.search("".join(f"{each}, .*" for each in way), said), said
    said = liaison.open("/raids")
    assert "125 pieces" in said and LIST in said and "over 125" not in said
    return raid


def _a_second_seller_was_found(house: House, hand_of, raid: str) -> None:
    """An operator of their own, with a shop and a flag that a test buy can be launched from."""
    liaison = hand_of(LIAISON)
    liaison.open(f"/raids/{raid}")
    said = liaison.say(
        "/found", name="Huang", basis="Order slips in the next room.",
        platform_1="Meridian Market", shop_number_1="S-90", shop_name_1="Starlight Hour",
        in_shop_1="1", listing_number_1="L-90", title_1="Crystal watch, white strap",
        url_1="https://market.example/L-90", brand_1="Swarovski", category_1="watches",
        price_1="429.00",
    )  # fmt: skip
    assert re.search(r"Huang OP-\d{4}", said) and "1 flag raised" in said
    assert "not said to be the same operator" in said
    said = hand_of(ANALYST).open("/flags")
    assert "Starlight Hour" in said and raid in said


def _sued(house: House, hand_of, operator: str, paper) -> None:
    """Two causes of action, RMB 1.4 million; what is awarded goes to a fund."""
    counsel = hand_of(COUNSEL)
    counsel.open("/claims")
    said = counsel.say(
        "/claims", operator=operator, court="Longgang District People's Court", city="Shenzhen"
    )  # fmt: skip
    claim = re.search(r"CL-\d{4}-\d{6}", said)[0]
    for role, name in (
        ("platform", "Meridian Market"), ("rights_holder", "Swarovski"), ("defendant", "Liu"),
    ):  # fmt: skip
        counsel.say("/parties", role=role, name=name)
    breach, goodwill = "breach of the no-fakes clause", "loss of goodwill"
    for cause in (breach, goodwill):
        counsel.say("/causes", cause=cause)
    for under, kind, amount in (
        (breach, "damages", "900000"),
        (goodwill, "goodwill", "450000"),
        (breach, "reasonable_expenses", "50000"),
    ):
        said = counsel.say("/heads", under=under, kind=kind, amount=amount)
    assert "CNY 1,400,000.00" in said
    counsel.say(
        "/agreement", file=paper, clause="4.2, no counterfeits", clause_version="2025-03",
        accepted_on="2025-03-01",
    )  # fmt: skip
    for which in ("[name=exhibit]", "[name=verdict]"):
        counsel.say("/evidence", having=which, proves="Sold as genuine in a shop of the defendant")
    proof = counsel.page.locator("form[action$='/proofs']")
    while proof.count():
        counsel.say("/proofs", said="312 complaints about both shops in a year")
    approver = hand_of(APPROVER)
    approver.open(f"/claims/{claim}")
    approver.say("/approve")
    steps.court_steps(counsel, claim, paper, "(2026) 0307 civil 1180")
    heads = [
        each.get_attribute("name")
        for each in counsel.page.locator("form[action$='/judgment'] [name^=awarded_]").all()
    ]
    awarded = dict(zip(heads, ("260000", "100000", "40000"), strict=True))
    said = counsel.say(
        "/judgment", file=paper, judged_on=str(today()), reasons="Broken knowingly.", **awarded
    )  # fmt: skip
    assert "CNY 400,000.00, 28.6 % of what was claimed" in said
    said = steps.recover(counsel, claim, "400000")
    assert "CNY 400,000.00 came in; CNY 400,000.00 of it was allocated." in said
    assert "Consumer protection fund" in said and f"{claim} recovered" in said


def _the_package_is_read(house: House, referral: str, operator: str, pdftotext, folder) -> None:
    """By whoever got it, with tools of their own."""
    package = house.package(referral)
    bag = packages.unpack(package, folder / "package")
    packages.judge(package, bag, house.roots)
    summary = packages.text_of(pdftotext, bag / f"data/documents/referral-{referral}.en.pdf")
    for sentence in (
        f"Liu ({operator}), suspected of controlling these shops: Crystal Time Flagship, "
        "Brilliant Gifts Corner; registered in the name of Liu, Wang",
        "test buys concluded counterfeit: 2",
        "Threshold met: art. 214, selling (sales)",
        "met, CNY 2,002,000.00 of CNY 50,000.00.",
        "Unit 6, Block B, 19 Nanji Lane, Luohu",
        "Flat 1203, 8 Cuiyin Court, Luohu",
        "3 March 2025: Told by the platform that such goods may not be offered",
        "Swarovski 384001",
        "Anna Berger, Examiner, will examine what is seized and testify",
    ):
        assert sentence in summary, (sentence, summary)
    told = [house.testbuys[each] for each in (WATCH_OF_LIU, WATCH_OF_WANG)]
    dossiers = [*bag.glob("data/*.pdf"), *bag.glob("data/documents/dossier-*.pdf")]
    read = " ".join(packages.text_of(pdftotext, each) for each in dossiers)
    assert all(reference in read for reference in told)
    assert "packaging inconsistent" in read and "colour abnormal" in read
    assert not any(buyer in read or buyer in summary for buyer in BUYERS)
