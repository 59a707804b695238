"""Civil claims through the portal: the cat-food case, rights, stale forms, papers, exports."""

import csv
import io
import re
import subprocess

import httpx
import pytest

from casework.flags import flagging
from casework.suing import claiming
from casework.suing.claiming import Before
from rules.claims import ClaimMove
from rules.roles import Role
from storage.rows import every, one
from storage.tables import Claim, ClaimStep, Look, OutcomeReview, Photo, Proceeding
from tests.portal import claimed_world
from tests.portal.claimed_world import FENGXIAN, LONGGANG, PDF, say, version
from tests.portal.small_world import World, send
from tests.portal.test_superseded_page import superseded


@pytest.fixture
def sued(world: World) -> World:
    """The world with an operator, the judged claim of the cat-food case and one being prepared."""
    link(world, world.testbuys["judged"])
    claimed_world.furnish(world)
    return world


def link(world: World, testbuy: str) -> None:
    """The shop of a test buy gets the operator OP-0001."""
    flagging.link_shop(
        world.db, world.act(Role.ANALYST, "link"), shop_id=world.row(testbuy).shop_id,
        operator=None, new_operator_name="Chen trading", basis="One phone number",
    )  # fmt: skip


def told(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))


def test_the_cat_food_case_is_told_by_its_page_and_its_court(sued: World) -> None:
    claim, auditor = sued.testbuys["claim"], sued.client(Role.AUDITOR)
    page = told(auditor.get(f"/claims/{claim}"))
    for said in (
        "Fengxian District People's Court", "(2017) 沪0120民初6274号", "CNY 2,670,000.00",
        "20 Jul 2017: CNY 120,000.00 , 4.5 % of what was claimed", "apology", "not granted",
        "10 Mar 2017", "25 Apr 2017", "the loss was not shown", "Chen Trading Co",
    ):  # fmt: skip
        assert said in page.replace("&#39;", "'"), said
    assert 'method="post"' not in auditor.get(f"/claims/{claim}").text.partition("<main")[2]
    court = told(auditor.get("/claims/courts"))
    assert "4.5 %" in court and "One judgment: it says nothing about the next." in court
    assert "1 is not final." in court
    for moved in ("become_final",):
        say(sued.client(Role.COUNSEL), claim, "steps", move=moved, happened_on="2017-09-01")
    assert "is not final" not in told(auditor.get("/claims/courts"))
    with sued.db.read() as tx:
        (running,) = every(tx, Proceeding)
    assert str(running.ended_on) == "2017-09-01"
    money = {"received_on": "2017-10-01", "amount": "120000"}
    say(sued.client(Role.COUNSEL), claim, "payments", **money)
    gone = {"to": "consumer_fund", "amount": "120000.01", "allocated_on": "2017-11-01"}
    counsel = sued.client(Role.COUNSEL)
    refused = send(counsel, f"/claims/{claim}/allocations", version=version(counsel, claim), **gone)
    assert refused.status_code == 409 and "more than was recovered" in refused.text
    say(counsel, claim, "allocations", **gone | {"amount": "120000"}, said="Fund for consumers")
    page = told(auditor.get(f"/claims/{claim}"))
    assert "CNY 120,000.00 came in; CNY 120,000.00 of it was allocated." in page
    assert "consumer fund" in page and "Fund for consumers" in page


def test_a_claim_appears_where_its_operator_and_its_proceedings_do(sued: World) -> None:
    claim, counsel = sued.testbuys["claim"], sued.client(Role.COUNSEL)
    operator = sued.client(Role.ANALYST).get("/operators/OP-0001").text
    assert f'href="/claims/{claim}"' in operator and "CNY 120,000.00" in operator
    assert "/claims?against=" not in operator
    begins = re.findall(
        r'href="(/claims\?against=OP-0001)"', counsel.get("/operators/OP-0001").text
    )
    assert '<option value="OP-0001" selected>' in counsel.get(begins[0]).text
    assert f'href="/claims/{claim}"' in sued.client(Role.LIAISON).get("/docket").text
    found = sued.client(Role.ANALYST).get(f"/search?q={claim.lower()}")
    assert (found.status_code, found.headers["location"]) == (303, f"/claims/{claim}")
    assert sued.client(Role.CLERK).get(f"/search?q={claim}").status_code == 200
    kept = sued.client(Role.COUNSEL).get("/retention").text
    assert f'href="/claims/{claim}"' in kept and "says how it ended." in kept
    assert 'action="/proceedings/end"' not in kept


def test_the_list_is_narrowed_in_its_address_and_walked_by_its_rows(sued: World) -> None:
    counsel, act = sued.client(Role.COUNSEL), sued.act(Role.COUNSEL, "many")
    for _ in range(51):
        claiming.prepare(sued.db, act, "OP-0001", Before("Luohu", "Shenzhen", "CN", "CNY"))
    first = counsel.get("/claims?court=Luohu").text
    assert "Fengxian District People&#39;s Court" not in first.partition("<tbody")[2]
    assert first.count('href="/claims/CL-') == 50
    (on,) = re.findall(r'href="(/claims\?court=Luohu&(?:amp;)?older=\d+)"', first)
    assert counsel.get(on.replace("&amp;", "&")).text.count('href="/claims/CL-') == 1
    claim, other = sued.testbuys["claim"], sued.testbuys["claim prepared"]
    for asked, holds in (
        ("state=judged", True), ("words=6274", True), ("words=op-0001&state=judged", True),
        ("campaign=A+hundred+in+a+month", True), ("state=prepared&court=Luohu", False),
        (f"words={claim}", True), ("words=100%25", False), ("state=nonsense&words=6274", True),
    ):  # fmt: skip
        page = counsel.get(f"/claims?{asked}").text
        assert (f'href="/claims/{claim}"' in page) is holds, asked
        assert f'href="/claims/{other}"' not in page, asked
    assert "No claim fits." in counsel.get("/claims?words=100%25").text


def test_a_form_of_before_is_refused_and_one_sent_twice_counts_once(sued: World) -> None:
    claim = sued.testbuys["claim prepared"]
    one_, other = sued.client(Role.COUNSEL), sued.client(Role.COUNSEL)
    shown = version(one_, claim)
    party = {"role": "consumer", "name": "A buyer"}
    say(other, claim, "parties", **party)
    stale = send(one_, f"/claims/{claim}/parties", version=shown, role="consumer", name="Another")
    assert stale.status_code == 409 and "was changed meanwhile" in stale.text
    page = one_.get(f"/claims/{claim}").text
    (form,) = re.findall(
        rf'<form method="post" action="/claims/{claim}/reliefs".*?</form>', page, re.S
    )
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields = hidden | {"kind": "injunction"}
    answers = [one_.post(f"/claims/{claim}/reliefs", data=fields) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert one_.get(f"/claims/{claim}").text.count("injunction</") <= 2


def test_who_has_no_right_is_refused_and_the_preparer_does_not_approve(sued: World) -> None:
    claim = sued.testbuys["claim prepared"]
    for role in (Role.CLERK, Role.AUTHENTICATOR, Role.BUYER, Role.DESK, Role.ENGINEER):
        for address in ("/claims", f"/claims/{claim}", "/claims.csv", "/claims/courts"):
            assert sued.client(role).get(address).status_code == 403, (role, address)
    for role in (Role.LIAISON, Role.ANALYST, Role.AUDITOR, Role.APPROVER):
        browser = sued.client(role)
        assert browser.get(f"/claims/{claim}").status_code == 200
        answer = send(browser, f"/claims/{claim}/parties", version="1", role="consumer", name="X")
        assert answer.status_code == 403, role
    counsel = sued.client(Role.COUNSEL)
    assert send(counsel, f"/claims/{claim}/approve", version="1").status_code == 403
    approver = sued.client(Role.APPROVER)
    say(approver, claim, "approve")
    refused = send(
        counsel, f"/claims/{claim}/steps", version=version(counsel, claim), move="file",
        happened_on="2026-11-02", files={"paper": PDF},
    )  # fmt: skip
    assert refused.status_code == 409
    assert refused.text.count("Goodwill is claimed and a proof is missing") >= 5
    for proof in range(2, 7):
        say(approver, claim, "waivers", proof=str(proof), reason="The press told it all.")
    say(counsel, claim, "steps", move="file", happened_on="2026-11-02", files={"paper": PDF})
    with sued.db.read() as tx:
        assert one(tx, Claim, reference=claim).state == "filed"


def test_a_paper_comes_back_bit_for_bit_and_others_do_not(sued: World) -> None:
    claim, counsel = sued.testbuys["claim"], sued.client(Role.COUNSEL)
    page = counsel.get(f"/claims/{claim}").text
    papers = set(re.findall(rf'href="(/claims/{claim}/papers/[0-9a-f]{{64}})"', page))
    assert papers
    for address in papers:
        answer = counsel.get(address)
        assert answer.content == PDF[1] and answer.headers["content-type"] == "application/pdf"
    with sued.db.read() as tx:
        photo = every(tx, Photo)[0].digest.removeprefix("sha256:")
    assert sued.vault.size_of(f"sha256:{photo}")
    for wrong in (photo, "0" * 64, "photo"):
        assert counsel.get(f"/claims/{claim}/papers/{wrong}").status_code == 404


def test_the_export_holds_minor_units_a_currency_no_names_and_no_formula(sued: World) -> None:
    act = sued.act(Role.COUNSEL, "formula")
    court = Before("=HYPERLINK(1)", "+86", "CN", "JPY")
    claiming.prepare(sued.db, act, "OP-0001", court)
    answer = sued.client(Role.AUDITOR).get("/claims.csv")
    assert "Chen" not in answer.text and "Harbour" not in answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["currency"] for row in rows] == ["CNY", "CNY", "JPY"]
    first = rows[0]
    assert (first["claimed_minor"], first["awarded_minor"]) == ("267000000", "12000000")
    assert first["announced_on"] == "2017-04-25" and first["docketed_on"] == "2017-03-10"
    assert rows[2]["court"] == "'=HYPERLINK(1)" and rows[2]["city"] == "'+86"
    narrowed = sued.client(Role.AUDITOR).get("/claims.csv?state=judged").text
    assert narrowed.count("CL-2026-") == 1


def test_a_superseded_verdict_puts_its_claim_under_review_until_counsel_decides(
    world: World,
) -> None:
    link(world, world.testbuys["judged"])
    counsel = world.client(Role.COUNSEL)
    claim = claimed_world.prepare(counsel, LONGGANG)
    claimed_world.plead(world, counsel, claim)
    reference = superseded(world)
    assert reference == world.testbuys["judged"]
    page = counsel.get(f"/claims/{claim}").text
    assert "Under review." in page
    for role in (Role.LIAISON, Role.ANALYST, Role.COUNSEL):
        listed = world.client(role).get("/superseded").text
        assert f'href="/claims/{claim}"' in listed and "A civil claim rests on it." in listed
    with world.db.read() as tx:
        (review,) = every(tx, OutcomeReview, about=claim)
    word = {"review": str(review.id), "decision": "Withdraw that amount."}
    assert send(world.client(Role.LIAISON), "/superseded/review", **word).status_code == 409
    assert f"/claims/{claim}" in counsel.get("/").text
    approver = world.client(Role.APPROVER)
    refused = send(approver, f"/claims/{claim}/approve", version=version(approver, claim))
    assert refused.status_code == 409 and "Decide the review first" in refused.text
    assert send(counsel, "/superseded/review", **word).status_code == 303
    page = counsel.get(f"/claims/{claim}").text
    assert "Under review." not in page and "Withdraw that amount." in page
    assert f'href="/claims/{claim}"' not in counsel.get("/").text.partition("<main")[2]


def test_campaigns_and_words_are_counsels(sued: World) -> None:
    counsel, auditor = sued.client(Role.COUNSEL), sued.client(Role.AUDITOR)
    page = told(auditor.get("/claims/campaigns"))
    assert "A hundred in a month" in page and "0 of 100 filed" in page
    window = {"opens_on": "2017-02-01", "closes_on": "2017-03-31"}
    assert (
        send(counsel, "/claims/campaigns", name="Twelve", target="1", **window).status_code == 303
    )
    claim = claimed_world.prepare(counsel, FENGXIAN, campaign="Twelve")
    claimed_world.plead(sued, counsel, claim)
    say(sued.client(Role.APPROVER), claim, "approve")
    say(counsel, claim, "steps", move="file", happened_on="2017-03-31", files={"paper": PDF})
    page = told(auditor.get("/claims/campaigns"))
    assert "1 of 1 filed" in page and "Fengxian District People" in page and "reached" in page
    refused = send(counsel, "/claims/campaigns", name="Twelve", target="1", **window)
    assert refused.status_code == 409
    assert send(auditor, "/claims/campaigns", name="B", target="1", **window).status_code == 403
    word = {"which": "proof", "name": "a survey of our own", "source": "Counsel, 2026"}
    assert send(counsel, "/claims/words", **word).status_code == 303
    listed = auditor.get("/claims/words").text
    assert "a survey of our own" in listed
    assert send(counsel, "/claims/words/proof/7/verify").status_code == 303
    assert send(counsel, "/claims/words/proof/7/verify").status_code == 409
    assert (
        auditor.get("/claims/words").text.count("not verified") == listed.count("not verified") - 1
    )


def test_a_payment_and_a_judgment_entered_wrongly_are_struck_by_a_second_person(
    sued: World,
) -> None:
    claim, counsel = sued.testbuys["claim"], sued.client(Role.COUNSEL)
    say(counsel, claim, "steps", move="become_final", happened_on="2017-09-01")
    say(counsel, claim, "payments", received_on="2017-09-20", amount="120000")
    page = counsel.get(f"/claims/{claim}").text
    assert "CNY 120,000.00 came in; CNY 0.00 of it was allocated." in page
    # The payment, the judgment, and five days of its steps.
    assert page.count("Ask to have it struck") == 7
    say(counsel, claim, "strikes", what="payment", number="1", reason="It was 12,000.")
    assert "An approver" not in told(counsel.get("/")) and "/strikes/decide" not in page
    approver = sued.client(Role.APPROVER)
    assert f'href="/claims/{claim}"' in approver.get("/").text
    page = told(approver.get(f"/claims/{claim}"))
    assert "asks to have this struck. It was 12,000." in page
    assert "CNY 120,000.00 came in; CNY 0.00" in page
    decided = {"strike": "1", "decision": "leave"}
    refused = send(
        approver, f"/claims/{claim}/strikes/decide", version=version(approver, claim), **decided
    )
    assert refused.status_code == 409 and "Say why it stands." in refused.text
    say(approver, claim, "strikes/decide", strike="1", decision="strike")
    text = sued.client(Role.AUDITOR).get(f"/claims/{claim}").text
    assert "CNY 0.00 came in" in text and "<s>20 Sep 2017: CNY 120,000.00 came in</s>" in text
    say(counsel, claim, "strikes", what="judgment", number="1", reason="Another claim's.")
    say(approver, claim, "strikes/decide", strike="2", decision="strike")
    page = told(counsel.get(f"/claims/{claim}"))
    assert "docketed" in page and "Struck judgment 20 Jul 2017: CNY 120,000.00" in page
    counsel.headers["accept-language"] = "zh"
    page = told(counsel.get(f"/claims/{claim}"))
    for word in ("已划销的判决", "划销一审判决", "已划销"):
        assert word in page, word


def test_a_hearings_day_is_corrected_on_the_claims_page(sued: World) -> None:
    """The cat-food claim was docketed on 10 March and announced on 25 April 2017."""
    claim, counsel = sued.testbuys["claim"], sued.client(Role.COUNSEL)
    approver, here = sued.client(Role.APPROVER), f"/claims/{claim}"
    with sued.db.read() as tx:
        row = one(tx, Claim, reference=claim)
        docketed = one(tx, ClaimStep, claim_id=row.id, move=ClaimMove.DOCKET)
    asked = {"what": "step", "number": str(docketed.id), "reason": "Canary: the stamp says so."}
    offered = counsel.get(here).text.partition('id="way"')[2]
    assert f'name="number" value="{docketed.id}"' in offered and "instead_on" in offered
    empty = send(counsel, f"{here}/strikes", version=version(counsel, claim), **asked)
    assert empty.status_code == 409 and "write on which day it happened" in empty.text
    say(counsel, claim, "strikes", **asked, instead_on="2017-03-08")
    page = told(approver.get(here))
    assert "It happened on 8 Mar 2017. Canary: the stamp says so." in page
    say(approver, claim, "strikes/decide", strike="1", decision="strike")
    page = told(counsel.get(here))
    assert "struck docketed · 10 Mar 2017" in page and "docketed · 8 Mar 2017" in page
    paper = counsel.get(f"{here}/petition.pdf?language=en").content
    shown = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True
    ).stdout.decode()
    assert "8 Mar" in shown and "10 Mar" not in shown


def test_a_docket_number_is_corrected_on_the_claims_page(sued: World) -> None:
    """Both numbers stand on the page; petition, docket and list bear the one that counts."""
    claim, counsel = sued.testbuys["claim"], sued.client(Role.COUNSEL)
    approver, here = sued.client(Role.APPROVER), f"/claims/{claim}"
    wrong, right = "(2017) 沪0120民初6274号", "(2017) 沪0120民初6247号"
    with sued.db.read() as tx:
        row = one(tx, Claim, reference=claim)
        docketed = one(tx, ClaimStep, claim_id=row.id, move=ClaimMove.DOCKET)
        filed = one(tx, ClaimStep, claim_id=row.id, move=ClaimMove.FILE)
    assert told(counsel.get(here)).count(wrong) == 2, "in its head and at its step"
    asked = {"what": "step", "number": str(docketed.id), "reason": "Canary: two figures swapped."}
    of_filing = asked | {"number": str(filed.id), "instead_number": right}
    refused = send(counsel, f"{here}/strikes", version=version(counsel, claim), **of_filing)
    assert refused.status_code == 409 and "Only a docketing has a number" in refused.text
    say(counsel, claim, "strikes", **asked, instead_number=right)
    page = told(approver.get(here))
    assert f"The docket number is {right}. Canary: two figures swapped." in page
    assert "It happened on" not in page
    say(approver, claim, "strikes/decide", strike="1", decision="strike")
    page = told(counsel.get(here))
    assert (page.count(wrong), page.count(right)) == (1, 2)
    assert f"struck docketed · 10 Mar 2017, {wrong}" in page
    paper = counsel.get(f"{here}/petition.pdf?language=en").content
    shown = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True
    ).stdout.decode()
    assert "6247" in shown and "6274" not in shown
    for address in ("/docket", "/claims", "/claims.csv"):
        text = counsel.get(address).text
        assert right in text and wrong not in text, address


def test_pages_speak_chinese(sued: World) -> None:
    counsel = sued.client(Role.COUNSEL)
    counsel.headers["accept-language"] = "zh"
    page = told(counsel.get(f"/claims/{sued.testbuys['claim']}"))
    for word in ("一审已判决", "违反不售假条款", "损害赔偿", "赔礼道歉", "立案", "判赔"):
        assert word in page, word
    refused = send(
        counsel, f"/claims/{sued.testbuys['claim']}/steps",
        version=version(counsel, sued.testbuys["claim"]), move="docket", happened_on="2026-11-01",
    )  # fmt: skip
    assert "该诉讼一审已判决；要立案，须为已起诉。" in refused.text


def test_the_petition_is_linked_and_read_by_those_who_read_the_claim(sued: World) -> None:
    claim = sued.testbuys["claim"]
    for role in (Role.COUNSEL, Role.AUDITOR):
        reader = sued.client(role)
        page = reader.get(f"/claims/{claim}").text
        for language in ("en", "zh"):
            address = f"/claims/{claim}/petition.pdf?language={language}"
            assert f'href="{address}"' in page
            pdf = reader.get(address)
            assert pdf.headers["content-type"] == "application/pdf"
            assert pdf.content.startswith(b"%PDF") and "no-store" in pdf.headers["cache-control"]
    for nobody in (Role.CLERK, Role.BUYER, Role.AUTHENTICATOR, Role.DESK):
        assert sued.client(nobody).get(f"/claims/{claim}/petition.pdf").status_code == 403
    with sued.db.read() as tx:
        looks = [row.subject for row in every(tx, Look) if row.route == "claim_petition"]
    assert looks == [claim] * 4
    assert sued.client(Role.COUNSEL).get("/claims/CL-2026-999999/petition.pdf").status_code == 404
