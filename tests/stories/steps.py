"""Steps that both stories take at the portal, each by whoever may."""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from tests.stories.hands import Hand

SECONDS = 120
"""How long the clock's own work is waited for, on a machine many times slower."""


def today() -> date:
    return datetime.now(UTC).date()


def until(arrived: Callable[[], str | None], what: str) -> str:
    """What `arrived` gives, once it gives anything."""
    end = time.monotonic() + SECONDS
    while not (found := arrived()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.5)
    return found


def judge(examiner: Hand, verdict: str, findings: dict[str, str], reasons: str) -> None:
    """Take the next examination and seal a verdict, each finding with how grave it is."""
    examiner.open("/examinations")
    page = examiner.page
    with page.expect_navigation(wait_until="load"):
        page.locator("form[action='/examinations/next'] button").first.click()
    page.locator(".live").wait_for()
    for name, severity in findings.items():
        row = page.locator(f".finding:has(input[value='{name}'])")
        if not row.is_visible():
            row.locator("xpath=ancestor::details/summary").click()
        row.locator("label").click()
        row.locator("select").select_option(severity)
    statement = page.locator("details.more:has([name=qualification])")
    if statement.get_attribute("open") is None:
        statement.locator("summary").click()
    for name, said in (
        ("conflict_statement", "Employed by the rights holder; no other interest."),
        ("qualification", "Eleven years at the quality desk"),
        ("authority", "Letter of authority of 2 January 2026"),
        ("reference_samples", "Two pieces of the current range"),
        ("reasons", reasons),
    ):
        page.locator(f"#verdict [name={name}]").fill(said)
    page.locator("label:has([name=no_conflict])").click()
    page.locator(f"label:has([name=verdict][value={verdict}])").click()
    page.locator("label:has([name=confidence][value=high])").click()
    with page.expect_navigation(url=re.compile("did=given"), wait_until="load"):
        page.locator(".sealing button").click()


def drafted(liaison: Hand, operator: str, testbuys: int) -> str:
    """The referral about an operator, once the programme has drafted it with all that is ready."""

    def found() -> str | None:
        liaison.open("/referrals")
        for row in liaison.page.locator("main tbody tr").all():
            cells = row.locator("td").all_inner_texts()
            if cells[2] == operator and cells[4].strip() == str(testbuys):
                return cells[0].strip()
        return None

    return until(found, f"a referral about {operator}")


def furnish(analyst: Hand, operator: str, holder: str, brand: str, paper: Path) -> None:
    """Record what a package must say besides its test buys."""
    here = f"/operators/{operator}/package"
    analyst.open(here)
    analyst.say(
        "/package/harm", kind="refunds", text="71 buyers sent the goods back", figure="31204",
        currency="CNY", source="The platform's refunds of a year",
    )  # fmt: skip
    for kind, address in (
        ("business", "Unit 6, Block B, 19 Nanji Lane, Luohu"),
        ("residence", "Flat 1203, 8 Cuiyin Court, Luohu"),
    ):
        analyst.say(
            "/package/premises", kind=kind, address=address, happens="Goods are packed",
            hour="22:00 every night", source="Field observation of 3 November",
        )  # fmt: skip
    analyst.say(
        "/package/knowledge", kind="earlier_notice", known_on="2025-03-03",
        text="Told by the platform that such goods may not be offered", source="Notice 2025-17",
    )  # fmt: skip
    analyst.say(
        "/package/rights", brand=brand, registration="384001", classes="14", territory="CN",
        valid_until="2034-05-01", signatory="Anna Berger", authority="Power of attorney",
        source="Register extract",
    )  # fmt: skip
    analyst.say(
        "/package/undertaking", file=paper, rights_holder=holder, given_on="2025-06-02",
        person="Anna Berger", position="Examiner", source="Letter",
    )  # fmt: skip


def refer(liaison: Hand, referral: str) -> str:
    """Approve the referral, and wait for the agency's answer; gives what its page says then."""
    here = f"/referrals/{referral}"
    liaison.open(here)
    liaison.say("/approve")

    def accepted() -> str | None:
        said = liaison.open(here)
        return said if f"{referral} accepted" in said else None

    return until(accepted, f"the agency's answer to {referral}")


def take_step(liaison: Hand, referral: str, step: str, **said: str) -> str:
    """Record what the agency did next, today."""
    liaison.open(f"/referrals/{referral}")
    return liaison.say("/step", step=step, happened_on=str(today()), **said)


def court_steps(counsel: Hand, claim: str, paper: Path, docket: str) -> None:
    """From the filing to the hearing."""
    for move, said in (
        ("file", {}),
        ("docket", {"docket_number": docket}),
        ("announce", {"said": "On the court's board"}),
        ("hear", {"said": "Both sides were heard."}),
    ):
        counsel.open(f"/claims/{claim}")
        file = paper if move == "file" else None
        which = f"[name=move][value={move}]"
        counsel.say("/steps", having=which, file=file, happened_on=str(today()), **said)


def recover(counsel: Hand, claim: str, amount: str) -> str:
    """The judgment becomes final, is paid, and goes to the fund; gives what the page says."""
    counsel.say("/steps", having="[name=move][value=become_final]", happened_on=str(today()))
    counsel.say("/payments", received_on=str(today()), amount=amount)
    counsel.say(
        "/allocations", to="consumer_fund", amount=amount, allocated_on=str(today()),
        said="Consumer protection fund",
    )  # fmt: skip
    return counsel.say("/end", having="[name=move][value=recover]", on=str(today()))
