"""Listing and seller page, captured by machine before an order is placed.

Owns which captures are due and what is recorded of each. The row is committed before the visit, so
that a page which brings the visitor down is not visited for ever. A capture that fails is recorded
and holds up nothing: the buyer's own screen captures stand. Leaves visiting to the tasks, and what
a capture stands for to `rules.capturing`.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from casework.act import Act
from casework.move import find, note
from casework.operators.sellers_pictures import Fetched, keep_fetched
from casework.shots.shotcheck import attempt_to_come
from casework.telling.notifying import tell
from connectors.browsing import Visit
from evidence import webarchive
from evidence.vault import Vault
from evidence.webarchive import Exchange
from rules.capturing import GONE, OK, PageKind
from rules.lifecycle import Stage
from rules.notices import NoticeKind
from rules.roles import Role
from storage import testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import AttemptState, Listing, PageCapture, Shop, TestBuy

MOST_VISITS = 3
"""Visits of a page that a crash cut off, after which it is given up."""

_DUE_AT = (None, AttemptState.DEAD)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to capture; `subject` is what it must name to be that page."""

    capture_id: int
    what: PageKind
    url: str
    subject: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit brought: the visit, and a picture or why there is none.

    `shown`: the visits of the pictures that the page names as its article's.
    """

    visit: Visit
    at: datetime
    picture: bytes | None = None
    picture_problem: str | None = None
    shown: tuple[Visit, ...] = ()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All that went over the wire, the page's own first."""
        return self.visit.exchanges + tuple(
            exchange for each in self.shown for exchange in each.exchanges
        )

    @property
    def pictures(self) -> tuple[Fetched, ...]:
        """The pictures that came whole."""
        return tuple(
            Fetched(each.url, each.body)
            for each in self.shown
            if each.problem is None and each.http_code == OK and each.body
        )


def shop_to_capture(db: Database, reference: str) -> str | None:
    """The platform's number of the shop, where captures before an order are due; else None."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        if testbuy is None or not _due(tx, testbuy):
            return None
        rows = every(tx, PageCapture, testbuy_id=testbuy.id, attempt=attempt_to_come(tx, testbuy))
        if len(rows) == len(PageKind) and all(row.fetched_at for row in rows):
            return None
        return _shop(tx, testbuy).platform_shop_id


def listing_number(db: Database, reference: str) -> str:
    """The platform's number of the listing of a test buy."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        listing = one(tx, Listing, id=testbuy.listing_id) if testbuy else None
        assert listing is not None  # the caller carries the test buy
        return listing.platform_listing_id


def intend_captures(
    db: Database, act: Act, reference: str, seller_url: str | None
) -> tuple[Wanted, ...]:
    """The pages to visit now, their rows committed; none where nothing is due.

    `seller_url` None: nobody knows the address of the seller's page, which is recorded.
    """
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if not _due(tx, testbuy):
            return ()
        attempt = attempt_to_come(tx, testbuy)
        listing, shop = one(tx, Listing, id=testbuy.listing_id), _shop(tx, testbuy)
        assert listing is not None  # a foreign key holds it
        wanted = []
        for what, url, subject in (
            (PageKind.LISTING, listing.url, listing.title),
            (PageKind.SELLER, seller_url, shop.name),
        ):
            row = _row(tx, act, testbuy, attempt, what, url or "")
            if row.fetched_at:
                continue
            if not row.url or row.asked >= MOST_VISITS:
                problem = "given up" if row.url else "no address known"
                change_one(tx, PageCapture, row.id, fetched_at=act.now, problem=problem)
                facts = {"capture": row.id, "page": what, "problem": problem}
                note(tx, act, testbuy, "page not captured", facts, wake=False)
                continue
            change_one(tx, PageCapture, row.id, asked=row.asked + 1)
            wanted.append(Wanted(row.id, what, row.url, subject))
        return tuple(wanted)


def settle_captured(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    wanted: Wanted,
    seen: Seen,
    stamp: Callable[[bytes], bytes | None] | None = None,
) -> bool:
    """Record what a visit brought; says whether the page is gone.

    `stamp` gives a time stamp over the WARC's digest. Where it fails the capture is kept without.
    """
    visit = seen.visit
    warc = picture = stamped = None
    # Before the capture is settled: once it is, nobody visits the page again.
    keep_fetched(db, vault, act, reference, seen.pictures)
    if seen.exchanges:
        warc = vault.put(webarchive.write(seen.exchanges, seen.at)).digest
        stamped = _stamped(stamp, warc)
    if seen.picture:
        picture = vault.put(seen.picture).digest
    gone = visit.problem is None and visit.http_code in GONE
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        row = one(tx, PageCapture, id=wanted.capture_id)
        assert row is not None  # captures are never removed
        if row.fetched_at:
            return gone
        change_one(
            tx,
            PageCapture,
            row.id,
            fetched_at=seen.at,
            http_code=visit.http_code,
            problem=visit.problem,
            complete=visit.problem is None,
            names_subject=visit.http_code == OK and names(visit, wanted.subject),
            warc_digest=warc,
            picture_digest=picture,
            picture_problem=seen.picture_problem,
            stamp=stamped,
        )
        digests = {"warc": warc, "picture": picture, "problem": visit.problem}
        facts = {"capture": row.id, "page": wanted.what, "attempt": row.attempt, **digests}
        kept = {name: value for name, value in facts.items() if value is not None}
        note(tx, act, testbuy, "page captured" if warc else "page not captured", kept, wake=False)
    return gone


def tell_gone(db: Database, act: Act, reference: str, wanted: Wanted) -> None:
    """Tell an analyst that a page seemed gone to the machine; the buyer looks with own eyes."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        tell(
            tx,
            act,
            NoticeKind.PAGE_GONE,
            f"page gone:{wanted.capture_id}",
            f"{reference}: the {wanted.what} page was gone when it was captured before the "
            "order. If it is gone for people too, end the test buy: the listing is gone.",
            to_role=Role.ANALYST,
            testbuy=testbuy,
        )


def names(visit: Visit, subject: str) -> bool:
    """Whether the page that came holds `subject` as a reader would see it."""
    text = html.unescape(visit.body.decode("utf-8", "replace"))
    return bool(subject.strip()) and _plain(subject) in _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold().strip()


def _due(tx: Transaction, testbuy: TestBuy) -> bool:
    """Before an order alone: what is captured once one may be placed is no capture before it."""
    if testbuy.stage is not Stage.ASSIGNED:
        return False
    last = testbuys.last_attempt(tx, testbuy.id)
    return (last.state if last else None) in _DUE_AT


def _row(
    tx: Transaction, act: Act, testbuy: TestBuy, attempt: int, what: PageKind, url: str
) -> PageCapture:
    rows = table_of(PageCapture).c
    which = (rows.testbuy_id == testbuy.id, rows.attempt == attempt, rows.what == what)
    if found := one(tx, PageCapture, *which):
        return found
    number = add(
        tx,
        PageCapture,
        testbuy_id=testbuy.id,
        attempt=attempt,
        what=what,
        url=url[:2000],
        intended_at=act.now,
    )
    made = one(tx, PageCapture, id=number)
    assert made is not None
    return made


def _shop(tx: Transaction, testbuy: TestBuy) -> Shop:
    shop = one(tx, Shop, id=testbuy.shop_id)
    assert shop is not None  # a foreign key holds it
    return shop


def _stamped(stamp: Callable[[bytes], bytes | None] | None, digest: str) -> bytes | None:
    if stamp is None:
        return None
    try:
        return stamp(digest.encode())
    except Exception:  # whatever the authority does, the capture stands
        return None
