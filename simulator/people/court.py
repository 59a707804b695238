"""Counsel: a campaign of suits, each claim up to where the money went, what a seller objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from simulator.aftermath import CAMPAIGN, SUITS, TAKEN, Suit
from simulator.people import sanctioning
from simulator.people.pages import Form, Page
from simulator.people.person import Company, Person
from simulator.sheets import sheet

_CLAIM = re.compile(r"CL-\d{4}-\d{6}")
Entries = dict[str, str | list[str]]
Find = Callable[[Page], Form | None]
Step = tuple[Find, Callable[[Form], Entries]]


class Counsel(Person):
    """Sues the operators of accepted referrals, and follows each claim to its end."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._campaign = False
        self._claims: dict[str, tuple[str, list[Step]]] = {}

    def act_once(self) -> bool:
        if not self._campaign:
            return self._open_campaign()
        return any(self._sue(suit) for suit in SUITS) or sanctioning.record_objection(self)

    def _open_campaign(self) -> bool:
        page = self.open("/claims/campaigns")
        form = page.form("/claims/campaigns")
        if CAMPAIGN in page.text:
            self._campaign = True
            return False
        if form is None:
            return False
        today = datetime.now(UTC).date()
        days = {"opens_on": today.isoformat(), "closes_on": str(today + timedelta(days=30))}
        return self.send(form, name=CAMPAIGN, target="100", **days).taken

    def _sue(self, suit: Suit) -> bool:
        """Prepare the claim, or take the next step of the one prepared."""
        if suit.operator not in self._claims:
            return self._prepare(suit)
        address, left = self._claims[suit.operator]
        if not left:
            return False
        find, filled = left[0]
        form = find(self.open(address))
        if form is None:
            # The approver has not decided yet: counsel tells what lies there.
            self.company.prepared.add(address)
            return False
        entered = filled(form)
        if form.files:
            data = sheet(suit.court, form.buttons[0], (suit.operator, suit.city, _today()))
            page = self.upload(form, "paper.png", data, "image/png", **entered)
        else:
            page = self.send(form, **entered)
        if page.taken:
            left.pop(0)
        return page.taken

    def _prepare(self, suit: Suit) -> bool:
        referrals = self.open("/referrals").rows
        if not any(
            len(row) > 2 and row[1] in TAKEN and row[2] == suit.operator for row in referrals
        ):
            return False
        form = self.open("/claims").form("/claims")
        if form is None:
            return False
        against = form.choice("operator", suit.operator)
        page = self.send(
            form, operator=against, court=suit.court, city=suit.city, campaign=suit.campaign
        )
        if page.taken and (found := _CLAIM.search(page.text)):
            self._claims[suit.operator] = (f"/claims/{found[0]}", list(_steps(suit)))
        return page.taken


def _steps(suit: Suit) -> Iterator[Step]:
    for role, name in suit.parties:
        yield _at("/parties"), _always(role=role, name=name)
    for cause in suit.causes:
        yield _at("/causes"), _chosen("cause", cause)
    for cause, kind, amount in suit.heads:
        yield _at("/heads"), _chosen("under", cause, kind=kind, amount=amount)
    for kind, said in suit.reliefs:
        yield _at("/reliefs"), _always(kind=kind, said=said)
    yield (
        _at("/agreement"),
        _always(clause="4.2, no counterfeits", clause_version="2025-03", accepted_on="2025-03-01"),
    )
    for part in ("exhibit", "verdict"):
        yield _listing(part), _always(proves=suit.proves)
    for proof, said in suit.goodwill:
        yield _beside("/proofs", proof), _always(said=said)
    yield _step("file"), _always(happened_on=_today())
    yield _step("docket"), _always(happened_on=_today(), docket_number="(2026) 0307 civil 1180")
    yield _step("announce"), _always(happened_on=_today(), said="On the court's board.")
    yield _step("hear"), _always(happened_on=_today(), said="Both sides were heard.")
    yield _at("/judgment"), lambda form: _judged(suit, form)
    yield _step("become_final"), _always(happened_on=_today())
    won = str(sum(int(each) for each in suit.awarded))
    yield _at("/payments"), _always(received_on=_today(), amount=won)
    yield (
        _at("/allocations"),
        _always(to="consumer_fund", amount=won, allocated_on=_today(), said=suit.fund),
    )
    yield _with("/end", "move", "recover"), _always(on=_today())


def _judged(suit: Suit, form: Form) -> Entries:
    heads = form.fields["head"]
    awarded: Entries = {
        f"awarded_{head}": amount for head, amount in zip(heads, suit.awarded, strict=True)
    }
    return {**awarded, "judged_on": _today(), "reasons": suit.reasons}


def _at(ending: str) -> Find:
    return lambda page: page.form(ending)


def _with(ending: str, name: str, value: str) -> Find:
    return lambda page: page.form_with(ending, name, value)


def _step(move: str) -> Find:
    return _with("/steps", "move", move)


def _listing(part: str) -> Find:
    def find(page: Page) -> Form | None:
        fit = (form for form in page.forms if form.action.endswith("/evidence"))
        return next((form for form in fit if part in form.options), None)

    return find


def _beside(ending: str, said: str) -> Find:
    def find(page: Page) -> Form | None:
        fit = (form for form in page.forms if form.action.endswith(ending))
        return next((form for form in fit if said in form.before), None)

    return find


def _chosen(name: str, label: str, **said: str) -> Callable[[Form], Entries]:
    return lambda form: {**said, name: form.choice(name, label)}


def _always(**said: str) -> Callable[[Form], Entries]:
    return lambda _: dict(said)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
