"""The liaison who goes along on a raid: places, what each source says was seized, who was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from simulator.aftermath import FILED, SEARCHES, Account, CaseStep, Search, Seized
from simulator.people.pages import Form
from simulator.people.person import Company
from simulator.people.store import Liaison, record_step
from simulator.sheets import sheet

_RAID = re.compile(r"RA-\d{4}-\d{6}")
Entries = dict[str, str | list[str]]
Step = tuple[str, Callable[[Form], Entries]] | CaseStep
"""The end of a form's address on the raid's page, and what is filled in; or a referral's step."""


class RaidingLiaison(Liaison):
    """Approves referrals as every liaison, and records the raid that an accepted one led to."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._raids: dict[str, tuple[str, str, list[Step]]] = {}

    def act_once(self) -> bool:
        return super().act_once() or any(self._raid(search) for search in SEARCHES)

    def _raid(self, search: Search) -> bool:
        """Plan it, or take the next step of the one that was planned."""
        if search.operator not in self._raids:
            return self._plan(search)
        referral, address, left = self._raids[search.operator]
        if not left:
            return False
        taken = self._take(search, referral, address, left[0])
        if taken:
            left.pop(0)
        return taken

    def _take(self, search: Search, referral: str, address: str, step: Step) -> bool:
        if isinstance(step, CaseStep):
            return record_step(self, self.open(f"/referrals/{referral}"), step)
        ending, filled = step
        form = self.open(address).form(ending)
        if form is None:
            return False
        entered = filled(form)
        if form.files:
            lines = [f"{line.quantity} x {line.what}" for line in search.accounts[0].lines]
            data = sheet("Public security bureau", "List of what was seized", lines)
            return self.upload(form, "seizure-list.png", data, "image/png", **entered).taken
        return self.send(form, **entered).taken

    def _plan(self, search: Search) -> bool:
        accepted = [
            row[0]
            for row in self.open("/referrals").rows
            if len(row) > 2 and row[1] == "accepted" and row[2] == search.operator
        ]
        form = self.open("/raids").form("/raids") if accepted else None
        if form is None:
            return False
        page = self.send(form, referral=accepted[0], planned_on=_today())
        if found := _RAID.search(page.text):
            self._raids[search.operator] = (accepted[0], f"/raids/{found[0]}", list(_steps(search)))
        return page.taken


def _steps(search: Search) -> Iterator[Step]:
    for kind, address in search.places:
        yield "/places", _always(kind=kind, address=address)
    for role, organisation in search.took_part:
        yield "/participants", _always(role=role, organisation=organisation)
    yield "/carried-out", _always(on=_today())
    yield "/persons", _always(name=search.operator, met_as="controller")
    for account in search.accounts:
        yield "/sources", _always(kind=account.kind, name=account.name, said_on=_today())
        for line in account.lines:
            yield "/lines", _line(account, line)
    first = search.accounts[0]
    yield "/papers", _of(first, kind="seizure_list", title=first.name)
    name, why = search.taken
    yield "/figures", lambda form: {"source": form.choice("source", name), "reason": why}
    yield "/samples", _always(
        examined=str(search.sample), fake=str(search.sample), drawn="at_random",
        examiner="The rights holder's laboratory", examined_on=_today(),
    )  # fmt: skip
    second, (shop, shop_name) = search.second, search.second.shop
    listing, title, brand, category, price = second.listing
    yield "/found", _always(
        name=second.name, basis=second.basis, platform_1=search.platform, shop_number_1=shop,
        shop_name_1=shop_name, in_shop_1="1", listing_number_1=listing, title_1=title,
        url_1=f"https://market.example/listings/{listing}", brand_1=brand, category_1=category,
        price_1=price,
    )  # fmt: skip
    yield FILED


def _line(account: Account, line: Seized) -> Callable[[Form], Entries]:
    said: Entries = {
        "kind": line.kind, "description": line.what, "quantity": str(line.quantity),
        "precision": line.precision, "unit": "pieces",
    }  # fmt: skip
    if line.amount:
        said |= {
            "amount": line.amount, "currency": "CNY", "value_of": "all",
            "value_precision": line.value_precision, "basis": line.basis,
        }  # fmt: skip
    return lambda form: {**said, "source": form.choice("source", account.name)}


def _of(account: Account, **said: str) -> Callable[[Form], Entries]:
    return lambda form: {**said, "source": form.choice("source", account.name)}


def _always(**said: str) -> Callable[[Form], Entries]:
    return lambda _: dict(said)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
