"""Search: what a number, a name or a few words lead to, for a person of certain roles.

Exact numbers are looked up by their own indexes; names and titles by their words
(`storage.searching`). What somebody may not open is not found either, and nobody is found by a
buyer's name: only an administrator searches for people.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from casework.views.examinations import visible_to
from casework.views.finds import brands, desk_exhibits, kits
from casework.views.hits import SHOWN, Hit, Reach
from rules.codes import key as code_key
from rules.searching import fits, words_of
from storage import searching, testbuys
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    CustodyEntry,
    Examination,
    Exhibit,
    ExhibitCode,
    Flag,
    HandOver,
    Listing,
    Operator,
    OrderAttempt,
    Parcel,
    Person,
    Raid,
    Referral,
    SearchKind,
    Shop,
    TestBuy,
)

_LONGEST, _ADDRESS = 200, 4000
_TASKS = 200


@dataclass(frozen=True, slots=True)
class Found:
    """Hits by kind, in the order of the page. `common`: words that too many bear to look at all."""

    asked: str
    hits: tuple[Hit, ...]
    common: bool = False

    @property
    def straight(self) -> str | None:
        """The one page that was asked for by its number, where there is just one."""
        addresses = {hit.address for hit in self.hits if hit.exact}
        return addresses.pop() if len(addresses) == 1 else None

    @property
    def kinds(self) -> dict[str, list[Hit]]:
        """The hits, grouped."""
        grouped: dict[str, list[Hit]] = {}
        for hit in self.hits:
            grouped.setdefault(hit.kind, []).append(hit)
        return grouped


def search(db: Database, text: str, reach: Reach) -> Found:
    """What `text` leads to within `reach`."""
    asked = " ".join(text.split())[:_LONGEST].replace("\x00", "")
    if not asked:
        return Found("", ())
    with db.read() as tx:
        hits = [*_numbers(tx, asked, reach), *_at_address(tx, text.strip()[:_ADDRESS], reach)]
        common = False
        # The words of an address are no words that anybody asks for.
        if not any(hit.exact or hit.matched == "address" for hit in hits):
            named, common = _names(tx, asked, reach)
            hits += named
    return Found(asked, tuple(dict.fromkeys(hits)), common)


def _numbers(tx: Transaction, asked: str, reach: Reach) -> Iterator[Hit]:
    upper = asked.upper()
    if reach.testbuys:
        yield from _testbuys(tx, asked, _open)
        yield from _by_reference(tx, upper)
        yield from _shops_and_listings(tx, asked)
    elif reach.tasks:
        yield from _testbuys(tx, asked, _task_of(reach.person))
    if reach.exhibits or reach.testbuys:
        yield from _exhibits(tx, asked, upper, by_itself=reach.exhibits)
    yield from kits(tx, asked, reach)
    if reach.desk:
        yield from desk_exhibits(tx, asked, reach.person)
    if reach.referrals and (row := one(tx, Referral, reference=upper)):
        yield Hit(
            "Referrals", row.reference, f"/referrals/{row.reference}", "reference", exact=True
        )
    if reach.raids and (row := one(tx, Raid, reference=upper)):
        yield Hit("Raids", row.reference, f"/raids/{row.reference}", "reference", exact=True)
    if reach.claims and (row := one(tx, Claim, reference=upper)):
        yield Hit("Claims", row.reference, f"/claims/{row.reference}", "reference", exact=True)
    if reach.operators and (row := one(tx, Operator, reference=upper)):
        yield _operator(row, "reference", exact=True)
    if reach.flags:
        for row in every(tx, Flag, source_flag_id=asked, limit=SHOWN):
            about = f"{row.source}, score {row.score:.2f}"
            address = f"/flags?number={quote(asked)}"
            yield Hit("Flags", row.source_flag_id, address, "flag number", about, exact=True)
    if reach.examinations and visible_to(tx, reach.person, asked.lower()):
        address = f"/examinations/{asked.lower()}"
        yield Hit("Examinations", asked.lower(), address, "number", exact=True)
    if reach.people and (row := one(tx, Person, email=asked.lower())):
        yield Hit("People", row.name, "/people", "e-mail", row.email)


Opener = Callable[[TestBuy], str | None]
"""Where a test buy opens for who asks; None where it does not."""


def _open(row: TestBuy) -> str | None:
    return f"/testbuys/{row.reference}"


def _task_of(person: int) -> Opener:
    return lambda row: f"/tasks/{row.reference}" if row.buyer_id == person else None


def _testbuys(tx: Transaction, asked: str, opener: Opener) -> Iterator[Hit]:
    """A test buy by its own reference, its order, its parcel."""

    def hit(row: TestBuy | None, matched: str) -> Iterator[Hit]:
        if row is not None and (address := opener(row)):
            yield Hit("Test buys", row.reference, address, matched, row.stage.value, exact=True)

    yield from hit(testbuys.by_reference(tx, asked.upper()), "reference")
    for attempt in every(tx, OrderAttempt, order_number=asked, limit=SHOWN):
        yield from hit(one(tx, TestBuy, id=attempt.testbuy_id), "order number")
    for parcel in every(tx, Parcel, tracking_number=asked, limit=SHOWN):
        ordered = one(tx, OrderAttempt, id=parcel.order_attempt_id)
        yield from hit(ordered and one(tx, TestBuy, id=ordered.testbuy_id), "tracking number")


def _by_reference(tx: Transaction, upper: str) -> Iterator[Hit]:
    """Test buys whose reference begins so, codes on their goods, and their examinations."""
    rows = table_of(TestBuy).c
    whole = len("TB-2026-000000")
    if upper.startswith("TB-20") and len(upper) < whole:
        # Digits are ordered alike everywhere, so that a beginning is a span of whole references.
        first, last = (upper + digit * (whole - len(upper)) for digit in "09")
        span = rows.reference.between(first[:7] + "-" + first[8:], last[:7] + "-" + last[8:])
        for row in every(tx, TestBuy, span, order_by=rows.reference.desc(), limit=SHOWN):
            if row.reference.startswith(upper):
                yield _testbuy(row, "reference")
    for code in every(tx, ExhibitCode, key=code_key(upper), limit=SHOWN):
        row = one(tx, TestBuy, id=code.testbuy_id)
        if row:
            address = f"/testbuys/{row.reference}"
            yield Hit("Codes on goods", row.reference, address, f"{code.kind} {code.text}")
    examination = one(tx, Examination, public_id=upper.lower())
    row = one(tx, TestBuy, id=examination.testbuy_id) if examination else None
    if row:
        yield _testbuy(row, "examination", exact=True)


def _shops_and_listings(tx: Transaction, asked: str) -> Iterator[Hit]:
    for shop in every(tx, Shop, platform_shop_id=asked, limit=SHOWN):
        yield _shop(shop, "shop number")
    for listing in every(tx, Listing, platform_listing_id=asked, limit=SHOWN):
        yield _listing(tx, listing, "listing number")


def _at_address(tx: Transaction, url: str, reach: Reach) -> Iterator[Hit]:
    """Listings by a pasted address; to a buyer their own tasks there."""
    if not (reach.testbuys or reach.tasks) or "." not in url:
        return
    numbers = searching.at_address(tx, url, SHOWN)
    if reach.testbuys:
        for row in every(tx, Listing, table_of(Listing).c.id.in_(numbers)):
            yield _listing(tx, row, "address")
        return
    own = table_of(TestBuy).c.listing_id.in_(numbers)
    for row in every(tx, TestBuy, own, buyer_id=reach.person, limit=SHOWN):
        yield Hit("Test buys", row.reference, f"/tasks/{row.reference}", "address", row.stage.value)


def _exhibits(tx: Transaction, asked: str, upper: str, *, by_itself: bool) -> Iterator[Hit]:
    """Exhibits by reference, by a seal they were ever under, by a consignment.

    `by_itself`: the person may open an exhibit's own page; else its test buy's is where it stands.
    """

    def hit(row: Exhibit | None, matched: str) -> Iterator[Hit]:
        if row is None:
            return
        address = f"/exhibits/{row.reference}"
        if not by_itself:
            owner = one(tx, TestBuy, id=row.testbuy_id)
            address = f"/testbuys/{owner.reference}" if owner else "/board"
        yield Hit("Exhibits", row.reference, address, matched, row.description, exact=True)

    yield from hit(one(tx, Exhibit, reference=upper), "reference")
    yield from hit(one(tx, Exhibit, seal_number=asked), "seal")
    for entry in every(tx, CustodyEntry, seal_in=asked, limit=SHOWN):
        yield from hit(one(tx, Exhibit, id=entry.exhibit_id), "seal")
    for entry in every(tx, CustodyEntry, tracking_number=asked, limit=SHOWN):
        yield from hit(one(tx, Exhibit, id=entry.exhibit_id), "tracking number")
    for opened in every(tx, HandOver, tracking_number=asked, limit=SHOWN):
        yield from hit(one(tx, Exhibit, id=opened.exhibit_id), "tracking number")


def _names(tx: Transaction, asked: str, reach: Reach) -> tuple[list[Hit], bool]:
    """Hits by words, and whether a word was too common to look at all that bears it."""
    words = words_of(asked)
    if not words:
        return [], False
    hits: list[Hit] = [*brands(tx, words, reach)]
    common = False
    if reach.testbuys:
        shops, cut = searching.bearing(tx, SearchKind.SHOP, words)
        listings, cut_too = searching.bearing(tx, SearchKind.LISTING, words)
        common = cut or cut_too
        hits += [_shop(row, "name") for row in _fitting(tx, Shop, shops, words, "name")]
        found = _fitting(tx, Listing, listings, words, "title")
        hits += [_listing(tx, row, "title") for row in found]
    elif reach.tasks:
        hits += _own_tasks(tx, words, reach.person)
    if reach.operators:
        numbers, cut = searching.bearing(tx, SearchKind.OPERATOR, words)
        common = common or cut
        hits += [_operator(row, "name") for row in _fitting(tx, Operator, numbers, words, "name")]
    if reach.people:
        named = [row for row in every(tx, Person) if fits(words, f"{row.name} {row.email}")]
        hits += [Hit("People", row.name, "/people", "name", row.email) for row in named[:SHOWN]]
    return hits, common


def _fitting(
    tx: Transaction, table: type, numbers: Sequence[int], words: Sequence[str], column: str
) -> list:
    rows = every(tx, table, table_of(table).c.id.in_(numbers)) if numbers else ()
    fitting = [row for row in rows if fits(words, getattr(row, column))]
    return sorted(fitting, key=lambda row: -row.id)[:SHOWN]


def _own_tasks(tx: Transaction, words: Sequence[str], person: int) -> Iterator[Hit]:
    """A buyer's newest test buys by the title and the shop that the task shows."""
    newest = table_of(TestBuy).c.id.desc()
    for row in every(tx, TestBuy, buyer_id=person, order_by=newest, limit=_TASKS):
        listing, shop = one(tx, Listing, id=row.listing_id), one(tx, Shop, id=row.shop_id)
        if listing and shop and fits(words, f"{listing.title} {shop.name}"):
            yield Hit("Test buys", row.reference, f"/tasks/{row.reference}", "title or shop",
                      listing.title)  # fmt: skip


def _testbuy(row: TestBuy, matched: str, *, exact: bool = False) -> Hit:
    address = f"/testbuys/{row.reference}"
    return Hit("Test buys", row.reference, address, matched, row.stage.value, exact)


def _shop(row: Shop, matched: str) -> Hit:
    return Hit("Shops", row.name, f"/board?shop={row.id}", matched, row.platform)


def _operator(row: Operator, matched: str, *, exact: bool = False) -> Hit:
    address = f"/board?operator={row.reference}"
    return Hit("Operators", row.name, address, matched, row.reference, exact)


def _listing(tx: Transaction, row: Listing, matched: str) -> Hit:
    newest = table_of(TestBuy).c.id.desc()
    bought = every(tx, TestBuy, listing_id=row.id, order_by=newest, limit=1)
    address = f"/testbuys/{bought[0].reference}" if bought else f"/board?shop={row.shop_id}"
    about = bought[0].reference if bought else "not bought yet"
    return Hit("Listings", row.title, address, matched, about)
