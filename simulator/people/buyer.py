"""A mystery buyer: buys as an ordinary customer, photographs, bags, and reports what went wrong."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta, timezone

import httpx

from simulator.film import unboxing
from simulator.people.pages import Form, Page
from simulator.people.person import REFERENCE, Company, Person
from simulator.pictures import draw
from simulator.plot import story_of
from simulator.stories import Story

_LISTED = re.compile(r"/listings/([\w-]+)")
_PARCEL = re.compile(r"\b(KX\d+): ([a-z ]+?)(?: |$)")
_CODE = re.compile(r'<div class="code">.*?<strong>(\w+)</strong>', re.DOTALL)
_KIT = re.compile(r"Your kits .*?SB-(\d{8}) to SB-(\d{8})")
_WHOLE = (0, 10**8 - 1)
_SHENZHEN = timezone(timedelta(hours=8))
_AFTER_ORDERING = ("P06", "P07", "P08")


class Buyer(Person):
    """Goes through the tasks on their phone, one step at each look."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._orders: dict[str, dict[str, object]] = {}
        self._handed: set[tuple[str, str]] = set()
        self._codes: dict[str, str] = {}
        self._tracking: dict[str, str] = {}
        self._bags: dict[str, str] = {}
        self._kit = _WHOLE
        self._shop = httpx.Client(base_url=company.marketplace_url, timeout=20, trust_env=False)

    def close(self) -> None:
        super().close()
        self._shop.close()

    def act_once(self) -> bool:
        page = self.open("/tasks")
        if found := _KIT.search(page.text):
            self._kit = (int(found[1]), int(found[2]))
        if kit := page.form("/confirm"):
            return self.send(kit, utc_offset="480").taken
        for href, _text in page.links:
            if href.startswith("/tasks/") and REFERENCE.search(href) and self._step(href[7:]):
                return True
        return False

    def _step(self, reference: str) -> bool:
        page = self.open(f"/tasks/{reference}")
        if found := _LISTED.search(page.text):
            self.company.listing_of[reference] = found[1]
        if found := _CODE.search(page.source):
            self._codes[reference] = found[1]
        story = story_of(self.company.listing_of.get(reference, ""))
        if story is None or story.buyer.idle:
            return False
        capture = next((form for form in page.forms if _asks_for_shot(form)), None)
        order, receive = page.form("/order"), page.form("/receive")
        if order:
            return self._buy(reference, story, page, capture, order)
        if receive and not self._arrived(reference, page):
            return False
        if page.form("/document") and story.buyer.gives_up:
            return self._give_up(page, story.buyer.gives_up)
        if capture:
            return self._photograph(reference, story, capture)
        if receive:
            return self.send(receive).taken
        if give := page.form("/give"):
            return self._hand_over(reference, give)
        document = page.form("/document")
        if document is None:
            return False
        kinds, blank = document.fields["kind"], ["", ""]
        bagged = self.send(
            document,
            kind=kinds,
            description=[story.buyer.exhibit, *blank],
            seal_number=[self._bag(reference), *blank],
        )
        return bagged.taken

    def _buy(
        self, reference: str, story: Story, page: Page, capture: Form | None, form: Form
    ) -> bool:
        if story.buyer.gives_up == "buyer_withdrew":
            return self._give_up(page, story.buyer.gives_up)
        if capture and capture.value("shot") not in _AFTER_ORDERING:
            return self._photograph(reference, story, capture)
        order = self._orders.get(reference) or self._order(reference, story, page)
        if capture:
            return self._photograph(reference, story, capture)
        paid = f"{int(str(order['paid_minor'])) / 100:.2f}"
        return self.send(form, order_number=str(order["order_number"]), paid=paid).taken

    def _order(self, reference: str, story: Story, page: Page) -> dict[str, object]:
        """Buy in the shop, as any customer does."""
        offer = self._shop.get(f"/listings/{story.listing_id}").raise_for_status().json()
        shipping = re.search(r"Ship to (.+?) Your code", page.text)
        answer = self._shop.post(
            "/orders",
            headers={"Idempotency-Key": f"customer-{reference}"},
            json={
                "listing_id": story.listing_id,
                "limit_minor": offer["price_minor"],
                "currency": offer["currency"],
                "ship_to": {"name": "", "address": shipping[1] if shipping else "", "country": ""},
            },
        )
        self._orders[reference] = answer.raise_for_status().json()
        return self._orders[reference]

    def _arrived(self, reference: str, page: Page) -> bool:
        """Whether the parcel is here; a tracking number that the shop gave is passed on."""
        parcel = _PARCEL.search(page.text)
        if parcel:
            self._tracking[reference] = parcel[1]
            return parcel[2] == "delivered"
        form = page.form("/tracking")
        if form and reference in self._orders:
            told = self._shop.get(f"/orders/by-key/customer-{reference}").json()
            if told.get("tracking_number"):
                number, carrier = told["tracking_number"], told["carrier"]
                self.send(form, carrier=carrier, tracking_number=number)
        return False

    def _photograph(self, reference: str, story: Story, form: Form) -> bool:
        shot = form.value("shot")
        fault = dict(story.buyer.faults).get(shot)
        again = (reference, shot) in self._handed
        if again and fault and shot.startswith("R"):
            # It can't be taken again: the supervisor has it.
            return False
        if shot == "U01":
            return self._film(reference, story, form)
        data = draw(
            shot,
            seed=self.company.seed + again,
            reference=reference,
            challenge=self._codes.get(reference),
            tracking_number=self._tracking.get(reference),
            seal_number=self._bag(reference),
            taken_at=datetime.now(_SHENZHEN),
            subject=story.buyer.subject,
            facts=self._facts(reference, story),
            fault=None if again else fault,
        )
        screen = shot.startswith("P")
        name, media_type = (
            (f"Screen_{shot}.png", "image/png") if screen else (f"IMG_{shot}.jpg", "image/jpeg")
        )
        page = self.upload(form, name, data, media_type)
        self._handed.add((reference, shot))
        return page.taken

    def _film(self, reference: str, story: Story, form: Form) -> bool:
        data = unboxing(
            seed=self.company.seed,
            reference=reference,
            taken_at=datetime.now(_SHENZHEN),
            subject=story.buyer.subject,
        )
        page = self.upload(form, "VID_U01.avi", data, "video/x-msvideo")
        self._handed.add((reference, "U01"))
        return page.taken

    def _facts(self, reference: str, story: Story) -> dict[str, str]:
        order = self._orders.get(reference, {})
        facts = {"url": f"market.example/listings/{story.listing_id}"}
        if order:
            facts["order"] = str(order["order_number"])
            facts["price"] = facts["total"] = f"{int(str(order['paid_minor'])) / 100:.2f}"
        return facts

    def _bag(self, reference: str) -> str:
        """The bag for a test buy: any that is left in the kit."""
        while reference not in self._bags:
            seed = self.company.seed + len(self._bags)
            bag = seal_of(seed, reference, self._kit)
            if bag not in self._bags.values():
                self._bags[reference] = bag
        return self._bags[reference]

    def _hand_over(self, reference: str, form: Form) -> bool:
        """Bring the bag to the office, and name the clerk who stands there."""
        clerk = next((each for each in form.options["to_person"] if each.isdigit()), None)
        if clerk is None:
            return False
        seal = self._bag(reference)
        where = "The programme's office, the counter"
        said = {"to_person": clerk, "seal_out": seal, "place": where, "utc_offset": "480"}
        return self.send(form, **said).taken

    def _give_up(self, page: Page, why: str) -> bool:
        form = page.form("/withdraw")
        note = {
            "buyer_withdrew": "I recognised the seller: a neighbour of mine.",
            "wrong_parcel": "The parcel holds a phone case instead.",
            "empty_parcel": "Nothing but newspaper in the parcel.",
        }[why]
        return form is not None and self.send(form, why=why, note=note).taken


def _asks_for_shot(form: Form) -> bool:
    """The form that asks for the shot that is due, not one where a photo is offered."""
    due = "shot" not in form.options and form.value("shot") != "T01"
    return form.action.endswith("/photos") and due


def seal_of(seed: int, reference: str, kit: tuple[int, int] = _WHOLE) -> str:
    """The number on the bag the buyer takes from the kit for a test buy.

    Bags lie in a kit in no order: numbers in a row would count the test buys for whoever sees them.
    """
    first, last = kit
    return f"SB-{random.Random(f'seal/{seed}/{reference}').randint(first, last):08d}"
