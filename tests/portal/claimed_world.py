"""Civil claims of the full world: one judged, one that waits for its approval, a campaign of suits.

Made through the portal's own forms. The judged one is the cat-food case by its figures (domain:
section 1): RMB 2.67 m and a public apology asked for, RMB 120,000 awarded by the Fengxian court.
"""

import re

import httpx

from rules.roles import Role
from tests.portal.small_world import World, send

PDF = ("paper.pdf", b"%PDF-1.7 a paper of the court", "application/pdf")
FENGXIAN = {"court": "Fengxian District People's Court", "city": "Shanghai"}
LONGGANG = {"court": "Longgang District People's Court", "city": "Shenzhen"}


def furnish(world: World) -> None:
    """After an operator `OP-0001` is known; adds what it makes to the world's references."""
    counsel = world.client(Role.COUNSEL)
    window = {"opens_on": "2026-11-01", "closes_on": "2026-11-30"}
    sent(counsel, "/claims/campaigns", name="A hundred in a month", target="100", **window)
    world.testbuys["claim"] = judged(world, counsel)
    world.testbuys["claim prepared"] = prepared(world, counsel)


def sent(browser: httpx.Client, address: str, /, **fields: object) -> httpx.Response:
    """Send a form of a claim with the version that its page shows."""
    answer = send(browser, address, **fields)
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))
    assert answer.status_code == 303, (address, answer.status_code, told[:600])
    return answer


def say(browser: httpx.Client, claim: str, form: str, /, **fields: object) -> httpx.Response:
    """Send one form of a claim's page, with the version it shows."""
    return sent(browser, f"/claims/{claim}/{form}", version=version(browser, claim), **fields)


def version(browser: httpx.Client, claim: str) -> str:
    """The mark of what a claim's page shows now."""
    found = re.search(r'name="version" value="(\d+)"', browser.get(f"/claims/{claim}").text)
    assert found, "no form on the page carries a version"
    return found[1]


def prepare(counsel: httpx.Client, court: dict[str, str], **others: str) -> str:
    """A claim against the operator; its reference."""
    said = {"operator": "OP-0001", "jurisdiction": "CN", "currency": "CNY", **court, **others}
    answer = sent(counsel, "/claims", **said)
    return answer.headers["location"].split("?")[0].rpartition("/")[2]


def plead(world: World, counsel: httpx.Client, claim: str) -> None:
    """Parties, a cause, an amount, an apology, evidence and the agreement."""
    for role, name in (("platform", "Platform Ltd"), ("defendant", "Chen Trading Co")):
        say(counsel, claim, "parties", role=role, name=name, address="12 Harbour Road")
    say(counsel, claim, "causes", cause="1", said="Clause 4.2")
    page = counsel.get(f"/claims/{claim}").text
    (under,) = re.findall(r'<select id="under".*?value="(\d+)"', page, re.S)
    say(counsel, claim, "heads", under=under, kind="damages", amount="2670000")
    say(counsel, claim, "reliefs", kind="apology", said="On the first page of a paper")
    say(counsel, claim, "evidence", proves="What the shop sold", verdict=_verdict(page))
    say(counsel, claim, "evidence", proves="The notary saw it", files={"paper": PDF})
    agreed = {"clause": "No fakes, 4.2", "clause_version": "2016-03", "accepted_on": "2016-03-01"}
    say(counsel, claim, "agreement", **agreed, files={"paper": PDF})


def judged(world: World, counsel: httpx.Client) -> str:
    claim = prepare(counsel, FENGXIAN, campaign="A hundred in a month")
    plead(world, counsel, claim)
    approver = world.client(Role.APPROVER)
    say(approver, claim, "approve")
    say(counsel, claim, "steps", move="file", happened_on="2017-03-01", files={"paper": PDF})
    number = {"docket_number": "(2017) 沪0120民初6274号"}
    say(counsel, claim, "steps", move="docket", happened_on="2017-03-10", **number)
    say(counsel, claim, "steps", move="announce", happened_on="2017-04-25", said="The court's site")
    say(counsel, claim, "steps", move="hear", happened_on="2017-05-17", said="Both were heard")
    page = counsel.get(f"/claims/{claim}").text
    (head,) = re.findall(r'name="head" value="(\d+)"', page)
    say(
        counsel, claim, "judgment", judged_on="2017-07-20", head=head, files={"paper": PDF},
        reasons="The clause was broken; the loss was not shown.", **{f"awarded_{head}": "120000"},
    )  # fmt: skip
    return claim


def prepared(world: World, counsel: httpx.Client) -> str:
    claim = prepare(counsel, LONGGANG)
    plead(world, counsel, claim)
    say(counsel, claim, "causes", cause="2")
    page = counsel.get(f"/claims/{claim}").text
    under = re.findall(r'<select id="under".*?</select>', page, re.S)[0]
    say(
        counsel, claim, "heads", under=re.findall(r'value="(\d+)"', under)[-1], kind="goodwill",
        amount="1000000",
    )  # fmt: skip
    say(counsel, claim, "proofs", proof="1", said="Evidence 2")
    return claim


def _verdict(page: str) -> str:
    return re.findall(r'<select id="evidence-verdict".*?value="(\d+)"', page, re.S)[0]
