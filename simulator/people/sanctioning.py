"""A shop's sanction by the portal's pages: proposed, decided, told, objected to, and bought again.

Owns what each of four people does next, by what the list of sanctions says. Each step is one
function for one role; it gives whether anything was done.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from simulator.people.pages import Form, Page
from simulator.people.person import Person
from simulator.plot import CAMPAIGN, STORIES
from simulator.sanctions import MEASURE
from simulator.setting import shop_name, title_of

_SHOP = re.compile(r"/shops/\d+")
_FIRST, _AGAIN = (
    next(story for story in STORIES if story.key == key)
    for key in (MEASURE.story, MEASURE.follow_up)
)


def propose_and_tell(analyst: Person) -> bool:
    """The analyst's part: the proposal, the notice, the closing, and the buy after it."""
    page, state = _stands(analyst)
    match state:
        case None:
            return _propose(analyst)
        case "decided":
            until = datetime.now(UTC).date() + timedelta(days=MEASURE.days_to_object)
            said = {"given_by": MEASURE.given_by, "objection_until": until.isoformat()}
            return _sent(analyst, page.form("/notice"), **said)
        case "notified":
            return _sent(analyst, page.form("/enforce"))
        case "in force" | "appealed" | "upheld":
            return _buy_again(analyst, page)
        case _:
            return False


def decide(approver: Person) -> bool:
    """The approver's part."""
    page, state = _stands(approver)
    form = page.form("/decide") if state == "proposed" else None
    return _sent(approver, form, reasons=MEASURE.decided)


def record_objection(counsel: Person) -> bool:
    """Counsel writes down what the seller sent."""
    page, state = _stands(counsel)
    form = page.form("/appeal") if state == "in force" else None
    on = datetime.now(UTC).date().isoformat()
    return _sent(counsel, form, received_on=on, words=MEASURE.objection)


def uphold(supervisor: Person) -> bool:
    """A third person decides the objection."""
    page, state = _stands(supervisor)
    form = page.form("/uphold") if state == "appealed" else None
    return _sent(supervisor, form, reasons=MEASURE.upheld)


def _stands(person: Person) -> tuple[Page, str | None]:
    """The sanction's page and its state; the list's page and None where there is none yet."""
    page = person.open("/sanctions")
    name = shop_name(_FIRST.listing_id)
    for row in page.rows:
        if len(row) > 3 and row[3].startswith(name):
            return person.open(f"/sanctions/{row[0]}"), row[1]
    return page, None


def _propose(analyst: Person) -> bool:
    """Once what was bought from the shop is concluded to be counterfeit."""
    known = analyst.company.listing_of.items()
    bought = next((ref for ref, listing in known if listing == _FIRST.listing_id), None)
    if bought is None:
        return False
    links = analyst.open(f"/testbuys/{bought}/parcel").links
    shop = next((href for href, _ in links if _SHOP.fullmatch(href)), None)
    form = analyst.open(f"{shop}/sanction").form("/sanction") if shop else None
    return _sent(
        analyst, form, kind=MEASURE.kind, clause=MEASURE.clause, reasons=MEASURE.reasons,
        objections_to=MEASURE.objections_to,
    )  # fmt: skip


def _buy_again(analyst: Person, page: Page) -> bool:
    """From the flag of the operator's other shop, once that is linked to it."""
    form, title = page.form("/follow-up"), title_of(_AGAIN.listing_id)
    offered = form.labels.get("flag", []) if form else []
    if form is None or any(title in row for row in page.rows):
        return False
    if not any(title in label for label in offered) or CAMPAIGN not in form.options["campaign"]:
        return False
    return _sent(
        analyst, form, flag=form.choice("flag", title), purpose=_AGAIN.purpose, campaign=CAMPAIGN,
        route="interface",
    )  # fmt: skip


def _sent(person: Person, form: Form | None, **entered: str) -> bool:
    return form is not None and person.send(form, **entered).taken
