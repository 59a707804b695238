"""Analysts and approvers: campaigns, launches, links between shops, what is held, what is late."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from simulator.aftermath import LABELS, WAIVED
from simulator.people import sanctioning
from simulator.people.packages import furnish, let_go
from simulator.people.person import Company, Person
from simulator.plot import CAMPAIGNS, STORIES, operator_name
from simulator.setting import sender_of, shop_name
from simulator.stories import Story

_LISTED = re.compile(r"/listings/([\w-]+)")
_OVERDUE = re.compile(r"(TB-\d{4}-\d{6}) Late with somebody else Waiting for verdict")


class Analyst(Person):
    """Launches the test buys of their own stories; the subclasses share out the other duties."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._done: set[str] = set()
        self._left = [story for story in STORIES if story.launched == name]

    def launch(self) -> bool:
        """Launch the next flag."""
        if not self._left:
            return False
        offered = {
            found[1]: form
            for form in self.open("/flags").forms
            if form.action.endswith("/launch") and (found := _LISTED.search(form.before))
        }
        for story in self._left:
            form, campaign = offered.get(story.listing_id), story.campaign or ""
            if form is None or campaign not in form.options["campaign"]:
                continue
            route = "interface" if story.interface else "by_hand"
            page = self.send(form, purpose=story.purpose, campaign=campaign, route=route)
            if page.taken:
                self._left.remove(story)
            return True
        return False

    def once(self, what: str) -> bool:
        """Whether something was not done yet; from now on it was."""
        first = what not in self._done
        self._done.add(what)
        return first

    def held(self, waits: dict[str, str]) -> dict[str, Story]:
        """Held test buys and their stories."""
        found = {ref: self.story(ref) for ref, wait in waits.items() if wait.startswith("Held")}
        return {reference: story for reference, story in found.items() if story}


class LinkingAnalyst(Analyst):
    """Asks for the campaigns, links shops to operators, records sales told by letter."""

    def act_once(self) -> bool:
        if "campaigns" not in self._done:
            return self._campaign()
        if self._link() or self._sales(self.held(self.waiting())):
            return True
        return self.launch()

    def _campaign(self) -> bool:
        page = self.open("/campaigns")
        form = page.form("/campaigns")
        if form is None:
            return False
        today = datetime.now(UTC).date()
        for name, categories, price, buys, budget in CAMPAIGNS:
            if name not in page.text:
                self.send(
                    form,
                    name=name,
                    purpose="Find out which of the flagged shops sell counterfeits",
                    brands=form.options["brands"],
                    categories=list(categories),
                    max_price=price,
                    max_buys=buys,
                    budget=budget,
                    opens_on=(today - timedelta(days=1)).isoformat(),
                    closes_on=(today + timedelta(days=90)).isoformat(),
                )
                return True
        return not self.once("campaigns")

    def _link(self) -> bool:
        due = [story for story in STORIES if story.link and f"link {story.key}" not in self._done]
        if not due:
            return False
        page = self.open("/operators")
        for story in due:
            link, name = story.link, shop_name(story.listing_id)
            form = next(
                (
                    form
                    for form in page.forms
                    if form.action.endswith("/link") and name in form.before
                ),
                None,
            )
            if link is None or form is None:
                continue
            if link.name:
                sent = self.send(form, new_operator_name=link.name, operator="", basis=link.basis)
            else:
                known = re.search(rf"{re.escape(operator_name(story))} (OP-\d+)", page.text)
                if known is None:
                    continue
                sent = self.send(form, operator=known[1], basis=link.basis)
            return sent.taken and self.once(f"link {story.key}")
        return False

    def _sales(self, held: dict[str, Story]) -> bool:
        for story in held.values():
            if not story.sales_by_letter or f"sales {story.key}" in self._done:
                continue
            page, name = self.open("/operators"), shop_name(story.listing_id)
            link = next(form for form in page.forms if name in form.before)
            form = page.form(link.action.replace("/link", "/sales"))
            if form is None:
                continue
            today = datetime.now(UTC).date()
            sent = self.send(
                form,
                period_start=(today - timedelta(days=180)).isoformat(),
                period_end=(today - timedelta(days=5)).isoformat(),
                units="164",
                amount=story.sales_by_letter,
                source="The platform's order records, told by letter",
            )
            return sent.taken and self.once(f"sales {story.key}")
        return False


class WatchingAnalyst(Analyst):
    """Adopts requests of the control room, asks for second verdicts, closes, rings the late, and
    has a shop sanctioned.
    """

    def act_once(self) -> bool:
        waits = self.waiting()
        for reference, wait in waits.items():
            if wait.startswith("Waiting for adoption"):
                return self._press(reference, "/adopt")
        held = self.held(waits)
        for reference, story in held.items():
            if story.second and f"second {story.key}" not in self._done:
                again = {"reason": story.second.reason, "supersedes": "yes"}
                taken = self._press(reference, "/judge-again", **again)
                return taken and self.once(f"second {story.key}")
            if story.closed_with:
                return self._press(reference, "/close", note=story.closed_with)
        if furnish(self) or any(self._label(reference) for reference in waits):
            return True
        if sanctioning.propose_and_tell(self):
            return True
        return self._ring() or self.launch()

    def _label(self, reference: str) -> bool:
        """Write down what a parcel's label tells, and bear it out on the shop's page."""
        story = self.story(reference)
        if story is None or story.key not in LABELS or f"label {story.key}" in self._done:
            return False
        page = self.open(f"/testbuys/{reference}/parcel")
        if f"written {story.key}" not in self._done:
            form = page.form("/parcel")
            if form is None or not any(form.options["photo"]):
                return False
            sender = sender_of(story.listing_id)
            told = {"sender_name": sender.name, "phone": sender.phone, "confidence": "certain"}
            return self.send(form, **told).taken and self.once(f"written {story.key}")
        shop = next(href for href, _ in page.links if re.fullmatch(r"/shops/\d+", href))
        form = self.open(shop).form("/identifiers/confirm")
        if form is None:
            return not self.once(f"label {story.key}")
        return self.send(form).taken

    def _press(self, reference: str, ending: str, **entered: str) -> bool:
        form = self.open(f"/testbuys/{reference}").form(ending)
        return form is not None and self.send(form, **entered).taken

    def _ring(self) -> bool:
        page = self.open("/")
        for reference in _OVERDUE.findall(page.text):
            story = self.story(reference)
            if story:
                self.company.rung.add(story.key)
        form = page.form("/read")
        return form is not None and self.send(form).taken


class CampaignApprover(Person):
    """Approves campaigns, and withdraws the one whose budget is needed elsewhere."""

    def act_once(self) -> bool:
        page = self.open("/campaigns")
        form = page.form("/campaigns/approve")
        if form:
            return self.send(form).taken
        if any(
            wait.startswith("Waiting for order") and (story := self.story(reference)) and
            story.withdrawn
            for reference, wait in self.waiting().items()
        ):  # fmt: skip
            for form in page.forms:
                if form.action.endswith("/withdraw") and form.value("name") == CAMPAIGNS[-1][0]:
                    return self.send(form, reason="The budget went to the autumn campaign.").taken
        return False


class Approver(Person):
    """Decides requests that no campaign covers, and sanctions; lets claims be filed; agrees."""

    def act_once(self) -> bool:
        if any(self._file(claim) for claim in sorted(self.company.prepared)):
            return True
        page = self.open("/approvals")
        for form in page.forms:
            found = re.search(r"/testbuys/([\w-]+)/(approve|decline)$", form.action)
            story = self.story(found[1]) if found else None
            if not found or not story or story.campaign or story.approval != found[2]:
                # What a campaign covers is authorised by itself in a moment.
                continue
            if found[2] == "approve":
                return self.send(form).taken
            reason = "No complaint, no sign in the listing: not worth a purchase."
            return self.send(form, reason=reason).taken
        return self.agree() or let_go(self) or sanctioning.decide(self)

    def _file(self, claim: str) -> bool:
        """Approve a claim that counsel told of; a proof that is missing is waived first."""
        page = self.open(claim)
        waiver = page.form("/waivers")
        if waiver is not None:
            return self.send(waiver, reason=WAIVED).taken
        form = page.form("/approve")
        return form is not None and self.send(form).taken
