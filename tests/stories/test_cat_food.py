"""The cat food as its people live it: bag and verification code check out, the contents do not.

Told by public reports: RMB 2.67 million and an apology claimed, RMB 120,000 awarded by the court of
Fengxian, which is 4.5 %, and no apology. What they leave open is invented.
"""

import re

import pytest

from tests.stories import packages, steps
from tests.stories.house import ANALYST, APPROVER, BUYERS, COUNSEL, LIAISON, House
from tests.stories.steps import today

pytestmark = pytest.mark.long

EXAMINER = "Camille Roux"
OPERATOR = "Operator of Happy Paws Store"
CONCLUSION = "genuine packaging with counterfeit contents"
REASONS = "Bag and verification code check out; the kibble is not ours."


def test_the_cat_food_from_the_verdict_to_the_award(
    house: House, hand_of, paper, poppler, tmp_path
):
    steps.judge(
        hand_of(EXAMINER),
        "genuine_packaging_counterfeit_contents",
        {"contents:contents_substituted": "critical"},
        REASONS,
    )
    liaison = hand_of(LIAISON)
    referral = steps.drafted(liaison, OPERATOR, 1)
    said = liaison.open(f"/referrals/{referral}")
    assert "met, CNY 486,000.00 of CNY 50,000.00" in said
    operator = re.search(r"OP-\d{4}", said)[0]
    steps.furnish(hand_of(ANALYST), operator, "Royal Canin", "Royal Canin", paper)
    steps.refer(liaison, referral)
    _sued(hand_of, operator, paper)
    _the_package_is_read(house, referral, poppler("pdftotext"), tmp_path)


def _sued(hand_of, operator: str, paper) -> None:
    counsel = hand_of(COUNSEL)
    counsel.open("/claims")
    said = counsel.say(
        "/claims", operator=operator, court="Fengxian District People's Court", city="Shanghai"
    )  # fmt: skip
    claim = re.search(r"CL-\d{4}-\d{6}", said)[0]
    for role, name in (("platform", "Meridian Market"), ("defendant", "He Jun")):
        counsel.say("/parties", role=role, name=name)
    breach = "breach of the no-fakes clause"
    counsel.say("/causes", cause=breach)
    counsel.say("/heads", under=breach, kind="damages", amount="2670000")
    counsel.say("/reliefs", kind="apology", said="In a paper read in the whole country")
    counsel.say(
        "/agreement", file=paper, clause="4.2, no counterfeits", clause_version="2025-03",
        accepted_on="2025-03-01",
    )  # fmt: skip
    counsel.say("/evidence", having="[name=verdict]", proves=REASONS)
    assert not counsel.offers("/approve"), "who prepared it does not approve it"
    approver = hand_of(APPROVER)
    approver.open(f"/claims/{claim}")
    approver.say("/approve")
    steps.court_steps(counsel, claim, paper, "(2026) 0120 civil 6274")
    (head,) = (
        each.get_attribute("name")
        for each in counsel.page.locator("form[action$='/judgment'] [name^=awarded_]").all()
    )
    said = counsel.say(
        "/judgment", file=paper, judged_on=str(today()), reasons="The loss shown is a part.",
        **{head: "120000"},
    )  # fmt: skip
    assert "CNY 120,000.00, 4.5 % of what was claimed" in said
    assert "apology: In a paper read in the whole country not granted" in said
    assert f"{claim} recovered" in steps.recover(counsel, claim, "120000")
    said = counsel.open("/claims/courts")
    assert "Fengxian District People's Court" in said and "4.5" in said


def _the_package_is_read(house: House, referral: str, pdftotext: str, folder) -> None:
    package = house.package(referral)
    bag = packages.unpack(package, folder / "package")
    packages.judge(package, bag, house.roots)
    summary = packages.text_of(pdftotext, bag / f"data/documents/referral-{referral}.en.pdf")
    assert f"{OPERATOR} (OP-" in summary and "He Jun" in summary
    assert "met, CNY 486,000.00 of CNY 50,000.00." in summary
    dossiers = [*bag.glob("data/*.pdf"), *bag.glob("data/documents/dossier-*.pdf")]
    read = " ".join(packages.text_of(pdftotext, each) for each in dossiers)
    assert CONCLUSION in read.lower() and REASONS in read
    # What is genuine is told beside what is not.
    assert "contents substituted" in read and "packaging inconsistent" not in read
    assert not any(buyer in read or buyer in summary for buyer in BUYERS)
