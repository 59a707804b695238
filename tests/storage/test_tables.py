"""What the database itself refuses, whoever writes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from storage.rows import add, every, one, table_of
from storage.tables import AttemptState, Campaign, OrderAttempt, Person, Route
from storage.tables.columns import Table

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def person(database, now):
    with database.write() as tx:
        return add(tx, Person, name="A", email="a@example.org", created_at=now)


def test_a_time_without_a_zone_is_refused(database):
    naive = datetime(2026, 11, 2, 9, 30)
    with pytest.raises(sa.exc.StatementError, match="without a zone"), database.write() as tx:
        add(tx, Person, name="A", email="a@example.org", created_at=naive)


def test_a_time_comes_back_as_the_same_moment_in_utc(database):
    here = datetime(2026, 11, 2, 17, 30, 0, 123456, tzinfo=CHINA)
    with database.write() as tx:
        add(tx, Person, name="A", email="a@example.org", created_at=here)
        found = one(tx, Person).created_at
    assert found == here and found.tzinfo is UTC


def test_times_of_different_zones_are_compared_as_moments(database, person, now):
    created = table_of(Person).c.created_at
    with database.read() as tx:
        assert one(tx, Person, created == now.astimezone(CHINA))
        assert not every(tx, Person, created > now.astimezone(CHINA))


def test_every_enum_has_a_check_of_its_own(database):
    words = {
        (table.name, column.name)
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Enum)
    }
    with database.read() as tx:
        checks = {
            (table, check["name"])
            for table in {table for table, _ in words}
            for check in sa.inspect(tx).get_check_constraints(table)
        }
    assert {(table, f"ck_{table}_{column}") for table, column in words} <= checks


@pytest.mark.parametrize("word", ["lost", "REQUESTED", ""])
def test_a_word_outside_its_enum_is_refused_even_in_raw_sql(database, add_testbuy, word):
    with database.write() as tx:
        add_testbuy(tx, "TB-1")
    with pytest.raises(sa.exc.IntegrityError, match="ck_testbuy_stage"), database.write() as tx:
        tx.execute(sa.text("UPDATE testbuy SET stage = :word"), {"word": word})


def test_enum_values_are_stored_not_names(database, add_testbuy):
    with database.write() as tx:
        add_testbuy(tx, "TB-1")
        row = tx.exec_driver_sql("SELECT stage, route FROM testbuy").one()
    assert tuple(row) == ("requested", "by_hand")


@pytest.mark.parametrize(
    "change", ["stage = 'abandoned'", "early_end = 'listing_gone'", "price_minor = 0"]
)
def test_a_test_buy_says_why_it_was_abandoned_and_has_a_price(database, add_testbuy, change):
    with database.write() as tx:
        add_testbuy(tx, "TB-1")
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        tx.exec_driver_sql(f"UPDATE testbuy SET {change}")


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("committed_minor = 1001", "inside_budget"),
        ("committed_minor = -1", "inside_budget"),
        ("buys = 3", "inside_buys"),
        ("buys = -1", "inside_buys"),
        ("approved_by = requested_by", "approver_is_not_requester"),
    ],
)
def test_a_campaign_stays_inside_its_limits(database, person, now, change, check):
    with database.write() as tx:
        add(
            tx,
            Campaign,
            name="C",
            purpose="p",
            max_price_minor=1000,
            currency="CNY",
            max_buys=2,
            budget_minor=1000,
            opens_at=now,
            closes_at=now,
            requested_by=person,
        )
        tx.exec_driver_sql("UPDATE campaign SET buys = 2, committed_minor = 1000")
    with pytest.raises(sa.exc.IntegrityError, match=check), database.write() as tx:
        tx.exec_driver_sql(f"UPDATE campaign SET {change}")


LIVE = set(AttemptState) - {AttemptState.REFUSED, AttemptState.DEAD}


@pytest.mark.parametrize("first", AttemptState)
@pytest.mark.parametrize("second", AttemptState)
def test_a_test_buy_has_one_live_order_attempt(sqlite_database, add_testbuy, now, first, second):
    db = sqlite_database
    assert attempts_fit(db, add_testbuy, now, first, second) == (not {first, second} <= LIVE)


def test_a_test_buy_has_one_live_order_attempt_on_both_databases(database, add_testbuy, now):
    placed, dead = AttemptState.PLACED, AttemptState.DEAD
    assert not attempts_fit(database, add_testbuy, now, placed, placed)
    assert attempts_fit(database, add_testbuy, now, dead, placed)


def attempts_fit(db, add_testbuy, now, *states):
    try:
        with db.write() as tx:
            testbuy = add_testbuy(tx, "TB-1")
            for number, state in enumerate(states, 1):
                add(
                    tx,
                    OrderAttempt,
                    testbuy_id=testbuy,
                    number=number,
                    key=f"k{number}",
                    route=Route.BY_HAND,
                    state=state,
                    salt=b"",
                    intended_at=now,
                )
    except sa.exc.IntegrityError:
        return False
    return True
