"""The board among many: which rows in which order, and no page that costs more for their number."""

import shutil
from datetime import UTC, datetime
from functools import partial

import pytest

from bench.crowd import fill
from rules.lifecycle import Stage
from rules.roles import PERSONS, Role
from storage import boards, flagged, inbox, searching, tallies, walks
from storage.flagged import FlagChoice
from storage.rows import change, every, one, table_of
from storage.session import Database
from storage.tables import SearchKind, StageTally, TestBuy
from storage.walks import Filter, Order

FEW, MANY = 3_000, 12_000
LATE = datetime(2030, 1, 1, tzinfo=UTC)
FILTERS = {
    "nothing": (Filter(), Order.NEWEST),
    "stage": (Filter(stage=Stage.SUBMITTED), Order.NEWEST),
    "brand": (Filter(brand=3), Order.NEWEST),
    "brand and stage": (Filter(brand=3, stage=Stage.CLOSED), Order.NEWEST),
    "wait": (Filter(waiting="Waiting for verdict"), Order.NEWEST),
    "owner": (Filter(owner=7), Order.NEWEST),
    "owner and stage": (Filter(owner=7, stage=Stage.SUBMITTED), Order.NEWEST),
    "shop": (Filter(shops=(8,)), Order.NEWEST),
    "operator": (Filter(shops=(8, 9, 10)), Order.NEWEST),
    "buyer": (Filter(buyer=5), Order.NEWEST),
    "longest": (Filter(), Order.LONGEST),
    "longest of a brand": (Filter(brand=3), Order.LONGEST),
    "late": (Filter(late_at=LATE), Order.LATEST),
    "late of an owner": (Filter(late_at=LATE, owner=7), Order.LATEST),
    "since": (Filter(since=datetime(2025, 11, 1, tzinfo=UTC)), Order.NEWEST),
    "until": (Filter(until=datetime(2021, 1, 1, tzinfo=UTC), brand=3), Order.NEWEST),
    "none there is": (Filter(brand=3, stage=Stage.REFERRED), Order.NEWEST),
    "rare together": (Filter(owner=7, campaign=None, waiting="Held", brand=8), Order.NEWEST),
}


@pytest.fixture(scope="module")
def crowds(migrated_file, tmp_path_factory):
    """Two databases, one of four times as many test buys as the other."""
    made = {}
    for count in (FEW, MANY):
        folder = tmp_path_factory.mktemp(f"crowd{count}")
        shutil.copyfile(migrated_file, folder / "testbuy.db")
        made[count] = Database.in_folder(folder)
        fill(made[count], count)
        settle_papers(made[count], 5)
    yield made
    for db in made.values():
        db.close()


def settle_papers(db, left):
    """A photo, a certificate, a chat and a warning of each test buy; all but those of the first
    are settled.

    None waits for anybody in a crowd of ended test buys, and they are as many as those.
    """
    done = f"CASE WHEN id > {left} THEN requested_at END"
    each = {
        "photo (public_id, testbuy_id, shot, digest, size, media_type, width, height, readable, "
        "accepted, kept_for_supervisor, to_confirm, reasons, remarks, original_name, received_by, "
        "received_at)": "'p' || id, id, 'R01', 'd' || id, 1, 'image/jpeg', 1, 1, 1, 1, 0, "
        f"id <= {left}, '[]', '[]', 'a', 1, requested_at",
        "notary_certificate (testbuy_id, office, number, issued_on, covers, digest, media_type, "
        "handed_in_by, handed_in_at, checked_at)": "id, 'O', id, '2026-01-01', 'C', 'd', "
        f"'application/pdf', 1, requested_at, {done}",
        "chat_message (testbuy_id, said_by, language, text, salt, said_at, recorded_by, "
        "recorded_at, to_translate, translated_at)": "id, 'seller', 'zh', 'T', x'00', "
        f"requested_at, 1, requested_at, 1, {done}",
        "conduct_warning (testbuy_id, message_id, matched, rule_version, verified, raised_at, "
        "remarked_at)": f"id, id, '[]', 'v', 1, requested_at, {done}",
    }
    with db.write() as tx:
        for table, values in each.items():
            tx.exec_driver_sql(f"INSERT INTO {table} SELECT {values} FROM testbuy")


@pytest.mark.parametrize("kind", ["confirm", "certificate", "translation", "conduct"])
def test_the_settled_leave_those_that_wait(crowds, kind):
    """Without them the costs above would be those of empty tables."""
    with crowds[FEW].read() as tx:
        assert inbox.counts(tx, inbox.Reader(7, PERSONS, LATE), [kind]) == {kind: 5}
        assert len(inbox.lines(tx, inbox.Reader(7, PERSONS, LATE), kind)) == 5


@pytest.fixture(scope="module")
def interleaved(migrated_file, tmp_path_factory):
    """One shop with many in one stretch, one with some far apart, one with a few."""
    folder = tmp_path_factory.mktemp("interleaved")
    shutil.copyfile(migrated_file, folder / "testbuy.db")
    db = Database.in_folder(folder)
    fill(db, FEW)
    with db.write() as tx:
        rows = table_of(TestBuy).c
        change(tx, TestBuy, rows.shop_id.in_((8, 9, 10)), shop_id=12)
        change(tx, TestBuy, rows.id.between(1200, 1500), shop_id=8)
        change(tx, TestBuy, rows.id % 29 == 0, shop_id=9)
        change(tx, TestBuy, rows.id.in_((3, 1300, 1301, 2990)), shop_id=10)
    yield db
    db.close()


def steps(db, work):
    """What SQLite's machine did for it, in hundreds of steps."""
    count = 0

    def counted():
        nonlocal count
        count += 1

    with db.read() as tx:
        work(tx)  # statements are prepared once
        tx.connection.driver_connection.set_progress_handler(counted, 100)
        work(tx)
        tx.connection.driver_connection.set_progress_handler(None, 100)
    return count


@pytest.mark.parametrize("name", FILTERS)
def test_a_page_costs_no_more_among_more_of_them(crowds, monkeypatch, name):
    """Catches a filter or an order that no index serves: its cost would rise with their number."""
    monkeypatch.setattr(walks, "LOOKED", 40)
    chosen, order = FILTERS[name]
    few, many = (
        steps(crowds[count], lambda tx: boards.page(tx, chosen, order, 50)) for count in (FEW, MANY)
    )
    assert many <= few * 1.25 + 15, (few, many)


@pytest.mark.parametrize("name", FILTERS)
def test_pages_forth_and_back_show_each_of_them_once(crowds, monkeypatch, name):
    """Catches a key that skips or repeats, and looking that stops before the end without a word."""
    monkeypatch.setattr(walks, "LOOKED", 500)
    chosen, order = FILTERS[name]
    found, key = [], None
    with crowds[FEW].read() as tx:
        while True:
            page = boards.page(tx, chosen, order, 60, after=key)
            found += page.rows
            if not page.more:
                break
            key = page.upto or page.rows[-1].key(order)
        wanted = [row for row in every(tx, TestBuy) if _fits(row, chosen, order)]
        if order is Order.NEWEST:
            wanted.sort(key=lambda row: -row.id)
        else:
            by = "waiting_since" if order is Order.LONGEST else "late_from"
            wanted.sort(key=lambda row: (getattr(row, by), row.id))
        assert [row.id for row in found] == [row.id for row in wanted]
        if len(found) > 60:
            back = boards.page(tx, chosen, order, 20, before=found[40].key(order))
            assert [row.id for row in back.rows] == [row.id for row in found[20:40]]


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        (Filter(shops=(8, 9, 10)), Order.NEWEST),
        (Filter(shops=(8, 9, 10), stage=Stage.CLOSED), Order.NEWEST),
        (Filter(shops=(8, 9, 10, 11), brand=3, waiting="Held"), Order.NEWEST),
        (Filter(shops=(8, 9, 10)), Order.LONGEST),
        (Filter(shops=(8, 9, 10), late_at=LATE), Order.LATEST),
    ],
    ids=["all", "of a stage", "hardly any", "longest", "late"],
)
def test_several_shops_of_one_operator_are_one_list(interleaved, monkeypatch, chosen, order):
    """Catches a shop that is looked through less far than the others: its rows would be missing.

    The steps that are taken along each of them must not end before the page does.
    """
    monkeypatch.setattr(walks, "LOOKED", 40)
    with interleaved.read() as tx:
        found, key = [], None
        while True:
            page = boards.page(tx, chosen, order, 15, after=key)
            found += page.rows
            if not page.more:
                break
            key = page.upto or page.rows[-1].key(order)
        wanted = {row.id for row in every(tx, TestBuy) if _fits(row, chosen, order)}
    ids = [row.id for row in found]
    assert len(ids) == len(set(ids)) and set(ids) == wanted
    assert wanted or chosen.brand
    if order is Order.NEWEST:
        assert ids == sorted(ids, reverse=True)


def _fits(row, chosen, order):
    pairs = (
        (chosen.stage, row.stage),
        (chosen.brand, row.brand_id),
        (chosen.waiting, row.waiting_name),
        (chosen.owner, row.requested_by),
        (chosen.buyer, row.buyer_id),
    )
    return (
        all(wanted is None or wanted == is_ for wanted, is_ in pairs)
        and (chosen.shops is None or row.shop_id in chosen.shops)
        and (chosen.since is None or row.requested_at >= chosen.since)
        and (chosen.until is None or row.requested_at < chosen.until)
        and (order is not Order.LONGEST or row.waiting_role is not None)
        and (order is not Order.LATEST or row.late_from is not None)
    )


def test_arrivals_are_counted_behind_the_newest_that_was_shown(crowds):
    with crowds[FEW].read() as tx:
        assert boards.newer(tx, Filter(), FEW - 4, 100) == 4
        assert boards.newer(tx, Filter(), 0, 100) == 100
        assert boards.newer(tx, Filter(brand=3, stage=Stage.REFERRED), 0, 100) == 0
        assert boards.newer(tx, Filter(shops=()), 0, 100) == 0


@pytest.mark.parametrize("kind", inbox.SELECTS)
def test_an_inbox_costs_no_more_among_more_test_buys(crowds, kind):
    """Its number stands on every page. Held and ordered test buys are many, one's own are few."""
    for roles in (frozenset({Role.ANALYST}), frozenset({Role.BUYER}), PERSONS):
        asks = partial(_counted, inbox.Reader(7, roles, LATE), kind)
        few, many = (steps(crowds[count], asks) for count in (FEW, MANY))
        assert many <= few * 1.25 + 15, roles


def _counted(reader, kind, tx):
    return inbox.counts(tx, reader, [kind])


def test_flags_cost_no_more_among_more_test_buys(crowds):
    few, many = (
        steps(crowds[count], lambda tx: flagged.page(tx, FlagChoice(), 50)) for count in (FEW, MANY)
    )
    assert many <= few * 1.25 + 15, (few, many)


@pytest.mark.parametrize(
    "where",
    [
        {"listing_id": 5},
        {"reference": "TB-2026-000007"},
    ],
)
def test_a_launch_and_a_reference_are_looked_up_by_an_index(crowds, where):
    few, many = (
        steps(crowds[count], lambda tx: every(tx, TestBuy, **where)) for count in (FEW, MANY)
    )
    assert many <= few + 5


def test_stages_are_counted_as_they_move(database, add_testbuy, now):
    with database.write() as tx:
        first = add_testbuy(tx, "TB-2026-000001")
        add_testbuy(tx, "TB-2026-000002")
        assert tallies.stage_counts(tx)[Stage.REQUESTED] == 2
        change(tx, TestBuy, table_of(TestBuy).c.id == first, stage=Stage.AUTHORISED)
        change(tx, TestBuy, table_of(TestBuy).c.id == first, purpose="another")
        brand = one(tx, TestBuy, id=first).brand_id
    with database.read() as tx:
        for counts in (tallies.stage_counts(tx), tallies.stage_counts(tx, brand)):
            assert counts[Stage.REQUESTED] == counts[Stage.AUTHORISED] == 1
        assert tallies.stage_counts(tx, brand + 1)[Stage.REQUESTED] == 0
    with database.write() as tx:
        tx.execute(table_of(TestBuy).delete().where(table_of(TestBuy).c.id == first))
        assert tallies.stage_counts(tx)[Stage.AUTHORISED] == 0
        assert tallies.missing(tx) == []


def test_a_lost_trigger_is_told_and_put_back_with_a_new_count(sqlite_database, add_testbuy, now):
    with sqlite_database.write() as tx:
        tx.exec_driver_sql("DROP TRIGGER tallies_insert")
        add_testbuy(tx, "TB-2026-000001")
        assert tallies.missing(tx) == ["tallies_insert"]
        assert every(tx, StageTally) == []
        tallies.install(tx)
        assert tallies.stage_counts(tx)[Stage.REQUESTED] == 1


def test_words_are_found_by_their_beginning_on_both_databases(database):
    with database.write() as tx:
        searching.keep(tx, SearchKind.SHOP, 4, "Glitter Harbour 施华洛旗舰店")
        searching.keep(tx, SearchKind.SHOP, 9, "Glitzy Harbour")
        searching.keep(tx, SearchKind.LISTING, 5, "Glitter watch")
        found = {
            asked: searching.bearing(tx, SearchKind.SHOP, asked)[0]
            for asked in (("harbour",), ("glit",), ("glitt", "harbour"), ("旗舰",), ("arbour",))
        }
    assert found == {
        ("harbour",): [9, 4],
        ("glit",): [9, 4],
        ("glitt", "harbour"): [4],
        ("旗舰",): [4],
        ("arbour",): [],
    }


def test_a_common_word_is_looked_at_up_to_its_bound(sqlite_database, monkeypatch):
    with sqlite_database.write() as tx:
        for number in range(searching.LOOKED + 20):
            searching.keep(tx, SearchKind.LISTING, number, "watch" if number else "watch rare")
        found, common = searching.bearing(tx, SearchKind.LISTING, ("watch",))
        assert len(found) == searching.LOOKED and common
        assert searching.bearing(tx, SearchKind.LISTING, ("watch", "rare")) == ([0], False)
