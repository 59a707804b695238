"""What analysts record for a referral's package, and what approvers let go of it.

Owns what is written into the forms of an operator's package, by what its referral's page says is
missing. Leaves which referral goes when to the liaisons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulator.people.pages import Form, Page
from simulator.people.person import Person

_OPERATOR = re.compile(r"\bOP-\d{4}\b")
_RIGHTS = re.compile(r"No registration in force is on record for (.+?): record one\.")
_HOLDERS = re.compile(r"No undertaking of (.+?) to examine and testify is on record")
_PAPER = b"%PDF-1.4\n% The undertaking, signed and chopped (simulated).\n%%EOF\n"
_SOURCE = "the programme's own file (simulated)"
_TOLD = {
    "No harm is on record": (
        "harm",
        {"kind": "refunds", "text": "Buyers sent the goods back and were refunded."},
    ),
    "No place to search is on record": (
        "premises",
        {
            "kind": "collection_point",
            "address": "Goods yard 7, ring road",
            "happens": "A courier collects what was sold that day",
            "hour": "22:00 every night",
        },
    ),
    "Nothing on record shows that the operator knew": (
        "knowledge",
        {
            "kind": "earlier_notice",
            "text": "The platform told the shop that such goods may not be offered.",
            "known_on": "2025-03-03",
        },
    ),
}
_SCALE = {"sales", "genuine_price"}


def furnish(person: Person) -> bool:
    """Record the next thing that a drafted referral's package lacks; says whether anything was."""
    return any(_furnish(person, page) for page in _drafted(person))


def let_go(person: Person) -> bool:
    """Waive what is not known of the scale, once nothing else is missing."""
    for page in _drafted(person):
        forms = [form for form in page.forms if form.action.endswith("/waive")]
        items = {form.value("item") for form in forms}
        if items and items <= _SCALE:
            why = "The platform was asked and has counted no more than what is on record."
            return person.send(forms[0], reason=why).taken
    return False


def _drafted(person: Person) -> Iterator[Page]:
    for row in person.open("/referrals").rows:
        if len(row) > 3 and row[1] == "drafted":
            yield person.open(f"/referrals/{row[0]}")


def _furnish(person: Person, referral: Page) -> bool:
    operator = _OPERATOR.search(referral.text)
    if operator is None or not _lacks(referral):
        return False
    page = person.open(f"/operators/{operator[0]}/package")
    for missing, (kind, said) in _TOLD.items():
        form = _new(page, kind)
        if missing in referral.text and form is not None:
            return person.send(form, **said, source=_SOURCE).taken
    form = _new(page, "rights")
    if form is not None and (brands := _RIGHTS.search(referral.text)):
        mark = {"brand": brands[1].split(", ")[0], "registration": "384001", "classes": "14, 25"}
        until = {"territory": "CN, UK", "valid_until": "2034-05-01"}
        signs = {"signatory": "The head of brand protection", "authority": "Power of attorney"}
        return person.send(form, **mark, **until, **signs, source="Register extract").taken
    form = _new(page, "undertaking")
    if form is not None and (holders := _HOLDERS.search(referral.text)):
        who = {"person": "The head of brand protection", "position": "Examiner"}
        given = {"rights_holder": holders[1].split(", ")[0], "given_on": "2025-06-02"}
        named = ("undertaking.pdf", _PAPER, "application/pdf")
        return person.upload(form, *named, **who, **given, source="Letter").taken
    return False


def _lacks(referral: Page) -> bool:
    told = any(missing in referral.text for missing in _TOLD)
    return told or bool(_RIGHTS.search(referral.text) or _HOLDERS.search(referral.text))


def _new(page: Page, kind: str) -> Form | None:
    """The form for a new row of a kind, none that corrects one."""
    forms = [form for form in page.forms if form.action.endswith(f"/package/{kind}")]
    return next((form for form in forms if "corrects" not in form.fields), None)
