"""Captures before an order: when they are due, what is recorded, what they stand for."""

from dataclasses import replace

import pytest

from casework.buying import ending, ordering
from casework.intake import capturing
from casework.intake.capturing import Seen
from casework.shots.shotcheck import missing
from connectors.browsing import Visit
from evidence import webarchive
from evidence.webarchive import Exchange
from rules.capturing import Captured, PageKind, standing
from rules.lifecycle import EarlyEnd, Move, Stage
from storage.tables import Notice, PageCapture, Route, SellerPicture
from tests.casework.programme_in import START, picture

SELLER = "https://shop.example/seller/1"


def visit(url, body=b"<h1>Article 1</h1> by Shop 1", code=200, problem=None):
    exchange = Exchange(
        url, "203.0.113.7", START, b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n" + body
    )
    return Visit(url, (exchange,), code, "text/html", body, problem)


def capture(programme, reference, *, stamp=None, picture=b"\x89PNG", **page):
    """What the step does, with pages that came as `page` says."""
    wanted = capturing.intend_captures(programme.db, programme.engine(), reference, SELLER)
    for each in wanted:
        seen = Seen(visit(each.url, **page), programme.now, picture)
        capturing.settle_captured(
            programme.db, programme.vault, programme.engine(), reference, each, seen, stamp
        )
    return wanted


def photo(url, body, code=200, problem=None):
    return replace(visit(url, body, code, problem), media_type="image/jpeg")


def settle_with_pictures(programme, reference, listing, *shown):
    seen = Seen(visit(listing.url), programme.now, b"\x89PNG", None, shown)
    capturing.settle_captured(
        programme.db, programme.vault, programme.engine(), reference, listing, seen
    )


def test_pictures_of_a_listing_are_kept_once_and_stand_in_its_archive(both):
    reference = both.bring(Stage.ASSIGNED)
    listing, _ = capturing.intend_captures(both.db, both.engine(), reference, SELLER)
    shown = (
        photo("https://img.example/1.jpg", picture("one")),
        photo("https://img.example/2.jpg", b"<html>gone</html>", 404),
        photo("https://img.example/3.jpg", picture("cut")[:500], problem="too slow"),
        photo("https://img.example/4.svg", b"<svg/>"),
    )
    settle_with_pictures(both, reference, listing, *shown)
    (row,) = both.of(SellerPicture, reference)
    assert (row.url, row.origin) == ("https://img.example/1.jpg", "listing")
    kept = webarchive.read(both.vault.read(both.of(PageCapture, reference)[0].warc_digest))
    assert {each.url for each in kept} == {listing.url, *(each.url for each in shown)}
    settle_with_pictures(both, reference, listing, photo("https://img.example/9.jpg", b""))
    assert len(both.of(SellerPicture, reference)) == 1


def test_a_crash_between_the_pictures_and_the_capture_keeps_them_once(both, monkeypatch):
    reference = both.bring(Stage.ASSIGNED)
    shown = photo("https://img.example/1.jpg", picture("one"))
    (listing, _) = capturing.intend_captures(both.db, both.engine(), reference, SELLER)
    with monkeypatch.context() as broken:
        broken.setattr(webarchive, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle_with_pictures(both, reference, listing, shown)
    assert len(both.of(SellerPicture, reference)) == 1
    (listing, _) = capturing.intend_captures(both.db, both.engine(), reference, SELLER)
    settle_with_pictures(both, reference, listing, shown)
    assert len(both.of(SellerPicture, reference)) == 1
    assert both.of(PageCapture, reference)[0].warc_digest


def lacking(programme, reference):
    with programme.db.read() as tx:
        return {shot.code for shot in missing(tx, programme.row(reference), Move.PLACE_ORDER)}


def test_both_pages_are_kept_once_and_stand_for_the_buyers_captures(both):
    reference = both.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    assert lacking(both, reference) == {"P01", "P05", "P07"}
    wanted = capture(both, reference, stamp=lambda data: b"stamp of " + data)
    assert [(each.what, each.subject) for each in wanted] == [
        (PageKind.LISTING, "Article 1"),
        (PageKind.SELLER, "Shop 1"),
    ]
    rows = both.of(PageCapture, reference)
    assert all(row.complete and row.names_subject and row.fetched_at == both.now for row in rows)
    for row in rows:
        assert row.stamp == b"stamp of " + row.warc_digest.encode()
        kept = webarchive.read(both.vault.read(row.warc_digest))
        assert kept[0].url == row.url
    assert lacking(both, reference) == {"P05", "P07"}
    assert capture(both, reference) == (), "a second run captures nothing"
    assert capturing.shop_to_capture(both.db, reference) is None
    chain = tuple(both.ledger(reference))
    bodies = b"".join(entry.body for entry in chain)
    assert rows[0].warc_digest.encode() in bodies and b"shop.example" not in bodies


@pytest.mark.parametrize(
    "page",
    [
        {"picture": None},
        {"body": b"<h1>Prove that you are no robot</h1>"},
        {"problem": "too slow"},
        {"code": 403},
        {"code": 404},
    ],
)
def test_a_poor_capture_stands_for_nothing_and_blocks_nothing(on_sqlite, page):
    reference = on_sqlite.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    capture(on_sqlite, reference, **page)
    assert lacking(on_sqlite, reference) == {"P01", "P05", "P07"}
    assert all(row.fetched_at and row.warc_digest for row in on_sqlite.of(PageCapture, reference))
    on_sqlite.carry_on(reference, Stage.ORDERED)


def test_nothing_is_captured_once_an_order_may_be_placed(both):
    """A page seen afterwards, kept as one seen before, would be a false statement."""
    reference = both.bring(Stage.ASSIGNED)
    assert capturing.shop_to_capture(both.db, reference) == "S1"
    assert ordering.intend_order(both.db, both.engine(), reference) is not None
    assert capturing.shop_to_capture(both.db, reference) is None
    assert capture(both, reference) == ()
    assert both.of(PageCapture, reference) == []


def test_a_visit_that_crashes_is_given_up_in_the_end(both):
    reference = both.bring(Stage.ASSIGNED)
    for _ in range(capturing.MOST_VISITS):
        assert len(capturing.intend_captures(both.db, both.engine(), reference, SELLER)) == 2
    assert capturing.intend_captures(both.db, both.engine(), reference, SELLER) == ()
    assert {row.problem for row in both.of(PageCapture, reference)} == {"given up"}
    assert ordering.intend_order(both.db, both.engine(), reference) is not None


def test_a_second_answer_changes_nothing(both):
    reference = both.bring(Stage.ASSIGNED)
    listing, _ = capturing.intend_captures(both.db, both.engine(), reference, SELLER)
    for body in (b"Article 1", b"another page"):
        capturing.settle_captured(
            both.db,
            both.vault,
            both.engine(),
            reference,
            listing,
            Seen(visit(listing.url, body), both.now),
        )
    row = both.of(PageCapture, reference)[0]
    assert webarchive.read(both.vault.read(row.warc_digest))[0].payload == b"Article 1"


def test_an_unknown_address_and_a_failing_stamp_are_recorded(both):
    reference = both.bring(Stage.ASSIGNED)
    (listing,) = capturing.intend_captures(both.db, both.engine(), reference, None)

    def away(_):
        raise TimeoutError

    capturing.settle_captured(
        both.db,
        both.vault,
        both.engine(),
        reference,
        listing,
        Seen(visit(listing.url), both.now),
        away,
    )
    rows = {row.what: row for row in both.of(PageCapture, reference)}
    assert rows[PageKind.SELLER].problem == "no address known"
    assert rows[PageKind.LISTING].warc_digest and rows[PageKind.LISTING].stamp is None


def test_a_page_gone_to_the_machine_is_told_to_an_analyst_once(both):
    reference = both.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    listing, _ = capturing.intend_captures(both.db, both.engine(), reference, SELLER)
    seen = Seen(visit(listing.url, code=410), both.now)
    args = (both.db, both.vault, both.engine(), reference, listing, seen)
    assert capturing.settle_captured(*args)
    for _ in range(2):
        capturing.tell_gone(both.db, both.engine(), reference, listing)
    assert len([each for each in both.all(Notice) if each.key.startswith("page gone")]) == 1
    assert both.stage(reference) is Stage.ASSIGNED


def test_another_order_gets_captures_of_its_own(on_sqlite):
    """What a page said before the first order says nothing of the second."""
    reference = on_sqlite.bring(Stage.ORDERED, route=Route.BY_HAND)
    on_sqlite.later(days=3)
    ending.order_failed(
        on_sqlite.db,
        on_sqlite.buyer(reference),
        reference,
        version=on_sqlite.version(reference),
        how=EarlyEnd.SELLER_CANCELLED,
        note="",
    )
    assert on_sqlite.stage(reference) is Stage.ASSIGNED
    capture(on_sqlite, reference)
    assert {row.attempt for row in on_sqlite.of(PageCapture, reference)} == {2}


@pytest.mark.parametrize(
    ("change", "shots"),
    [
        ({}, {"P01", "P02"}),
        ({"what": PageKind.SELLER}, {"P03"}),
        ({"http_code": 404}, set()),
        ({"complete": False}, set()),
        ({"pictured": False}, set()),
        ({"names_subject": False}, set()),
    ],
)
def test_the_rule(change, shots):
    good = {
        "what": PageKind.LISTING,
        "http_code": 200,
        "complete": True,
        "pictured": True,
        "names_subject": True,
    }
    assert standing(Captured(**good | change)) == shots
