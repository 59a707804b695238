"""Kits, exhibits at a receiving desk, and brands, as a search finds them.

Kits are found by their own number or by a bag's or card's that lies in them; a desk finds what is
consigned to it and nothing else. Leaves test buys and what belongs to them to
`casework.views.searching`.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from casework.custody.kits import kits_of
from casework.custody.sides import desks_of
from casework.views import desk
from casework.views.hits import SHOWN, Hit, Reach
from rules.searching import fits
from storage import searching
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import Brand, BrandGrant, Exhibit, HandOver, Kit


def kits(tx: Transaction, asked: str, reach: Reach) -> Iterator[Hit]:
    """Kits that are, or hold, a printed number; a buyer's own alone where they have no more."""
    upper = asked.upper()
    if reach.kits:
        if row := one(tx, Kit, number=upper):
            yield Hit("Kits", row.number, f"/kits#{row.number}", "number", exact=True)
        for row in searching.kits_holding(tx, asked, SHOWN):
            yield Hit("Kits", row.number, f"/kits#{row.number}", "bag or card in it")
    elif reach.tasks:
        for facts in kits_of(tx, reach.person):
            number = facts.kit.number
            if number == upper:
                yield Hit("Kits", number, "/tasks", "number", exact=True)
            elif any(part.holds(asked) for part in facts.parts.values()):
                yield Hit("Kits", number, "/tasks", "bag or card in it")


def desk_exhibits(tx: Transaction, asked: str, person: int) -> Iterator[Hit]:
    """What is consigned to a person's own desk: by its label, its parcel, its seal while here."""
    desks = desks_of(tx, person)
    found = [(one(tx, Exhibit, reference=asked.upper()), "reference")]
    found += [(one(tx, Exhibit, seal_number=asked), "seal")]
    consigned = table_of(HandOver).c.consigned_to.in_([each.id for each in desks])
    for sent in every(tx, HandOver, consigned, tracking_number=asked, limit=SHOWN):
        found.append((one(tx, Exhibit, id=sent.exhibit_id), "tracking number"))
    for exhibit, matched in found:
        line = desk.visible_to(tx, exhibit, desks) if exhibit else None
        # Before it came, a seal is read off the bag: finding it by number would say it is right.
        if line is None or (matched == "seal" and line.seal is None):
            continue
        yield Hit(
            "Exhibits", line.exhibit, f"/desk/{line.exhibit}", matched, line.brand, exact=True
        )


def brands(tx: Transaction, words: Sequence[str], reach: Reach) -> Iterator[Hit]:
    """Brands by name: their test buys on the board, or an authenticator's own library."""
    if not (reach.testbuys or reach.examinations):
        return
    granted = {row.brand_id for row in every(tx, BrandGrant, person_id=reach.person)}
    fitting = (
        row
        for row in every(tx, Brand, order_by=table_of(Brand).c.name)
        if (reach.testbuys or row.id in granted) and fits(words, row.name)
    )
    for row, _ in zip(fitting, range(SHOWN), strict=False):
        address = f"/board?brand={quote(row.name)}" if reach.testbuys else "/references"
        yield Hit("Brands", row.name, address, "name")
