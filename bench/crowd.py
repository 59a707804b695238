"""A crowd of test buys put straight into a database, for what must cost the same among many.

They go past casework, with the triggers and indexes of their tables put back afterwards: no ledger,
no photo, and nothing of them is evidence. Stages are spread as in a programme that has run for
years: nearly all closed, some thousands under way, a few of those late.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from casework.programme import bootstrap
from storage import tallies
from storage.session import Database

BRANDS, SHOPS, LISTINGS = 40, 2_000, 20_000
START = datetime(2020, 1, 1, tzinfo=UTC)

_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
_STAGE = (
    "CASE WHEN i % 50 = 7 THEN 'submitted' WHEN i % 50 = 3 THEN 'assigned' "
    "WHEN i % 97 = 5 THEN 'judged' WHEN i % 211 = 9 THEN 'requested' "
    "WHEN i % 61 = 11 THEN 'declined' ELSE 'closed' END"
)
_WAIT = (
    "CASE WHEN i % 50 = 7 THEN 'Waiting for verdict' WHEN i % 50 = 3 THEN 'Waiting for order' "
    "WHEN i % 97 = 5 THEN 'Held' WHEN i % 211 = 9 THEN 'Waiting for approval' "
    "WHEN i % 61 = 11 THEN 'Declined' ELSE 'Closed' END"
)
_ROLE = (
    "CASE WHEN i % 50 = 7 THEN 'authenticator' WHEN i % 50 = 3 THEN 'buyer' "
    "WHEN i % 97 = 5 THEN 'analyst' WHEN i % 211 = 9 THEN 'approver' END"
)
_AT = "strftime('%Y-%m-%d %H:%M:%S.000000', '2020-01-01', '+' || (i * {apart}) || ' seconds')"


def fill(db: Database, count: int, people: int = 20) -> datetime:
    """Put `count` test buys into an empty migrated SQLite database; gives the time of the last.

    Their listings and flags are as many as LISTINGS at most, their owners `people`.
    """
    bootstrap.prepare(db)
    apart = max(1, 190_000_000 // count)
    at = _AT.format(apart=apart)
    listings = min(LISTINGS, count)
    with db.write() as tx:
        tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        run = tx.exec_driver_sql
        category = run("SELECT min(id) FROM category").scalar_one()
        _rows(run, "person", people, "id, name, email, active, created_at, mail_when",
              f"i, 'Person ' || i, 'p' || i || '@example.org', 1, {at}, 'never'")  # fmt: skip
        _rows(run, "role_grant", people, "person_id, role", "i, 'analyst'")
        _rows(run, "rights_holder", BRANDS, "id, name", "i, 'Holder ' || i")
        _rows(run, "brand", BRANDS, "id, rights_holder_id, name", "i, i, 'Brand ' || i")
        _rows(run, "shop", SHOPS, "id, platform, platform_shop_id, name",
              "i, 'market', 'S' || i, 'Shop ' || i")  # fmt: skip
        _rows(run, "listing", listings,
              "id, shop_id, platform_listing_id, url, title, brand_id, category_id",
              f"i, 1 + i % {SHOPS}, 'L' || i, 'https://shop.example/' || i, 'Watch ' || i, "
              f"1 + i % {BRANDS}, {category}")  # fmt: skip
        _rows(run, "flag", listings,
              "id, source, source_flag_id, kind, model, model_version, score, signals, shop_id, "
              "listing_id, price_minor, currency, seen_at, imported_at",
              f"i, 'vision', 'F' || i, 'counterfeit', 'm', '1', 0.9, '[]', 1 + i % {SHOPS}, i, "
              f"10000, 'CNY', {at}, {at}")  # fmt: skip
        _testbuys(run, count, listings, category, people, at)
        tallies.install(tx)
    return START + timedelta(seconds=apart * count)


def _testbuys(run: Any, count: int, listings: int, category: int, people: int, at: str) -> None:
    for name in tuple(_named(run, "trigger", "testbuy")):
        run(f"DROP TRIGGER {name}")
    indexes = _named(run, "index", "testbuy")
    for name in indexes:
        run(f"DROP INDEX {name}")
    running = f"({_ROLE}) IS NOT NULL"
    listing = f"1 + i % {listings}"
    _rows(run, "testbuy", count,
          "id, reference, flag_id, shop_id, listing_id, brand_id, category_id, "
          "shot_list_version, purpose, price_minor, currency, route, requested_via, "
          "requested_by, requested_at, challenge_code, stage, version, changed_at, waiting_name, "
          "waiting_role, waiting_since, due_at, late_from, fence, flow_runs",
          f"i, printf('TB-2026-%06d', i), {listing}, 1 + ({listing}) % {SHOPS}, {listing}, "
          f"1 + ({listing}) % {BRANDS}, {category}, 1, 'to see', 10000, 'CNY', 'by_hand', "
          f"'portal', 1 + i % {people}, {at}, 'ABC', {_STAGE}, 5, {at}, {_WAIT}, {_ROLE}, {at}, "
          f"CASE WHEN {running} THEN {at} END, CASE WHEN {running} AND i % 4 = 3 THEN {at} END, "
          "0, 0")  # fmt: skip
    for statement in indexes.values():
        run(statement)
    _rows(run, "move_record", count,
          "id, testbuy_id, version, move, source, target, moved_at, by_role, reasons",
          f"i, i, 5, 'close', 'judged', 'closed', {at}, 'analyst', '[]'")  # fmt: skip
    _rows(run, "order_attempt", count,
          "id, testbuy_id, number, key, route, state, asked, salt, order_number, paid_minor, "
          "currency, then_end, intended_at",
          "i, i, 1, 'k' || i, 'by_hand', 'placed', 0, x'00', 'M' || i, 9000, 'CNY', 0, "
          f"{at}")  # fmt: skip


def _named(run: Any, kind: str, table: str) -> dict[str, str]:
    """Triggers or indexes of a table with what makes them; those of a constraint stay."""
    query = (
        f"SELECT name, sql FROM sqlite_master WHERE type = '{kind}' AND tbl_name = '{table}' "
        "AND sql IS NOT NULL"
    )
    return {row.name: row.sql for row in run(query)}


def _rows(run: Any, table: str, count: int, columns: str, values: str) -> None:
    run(f"{_COUNT.format(count=count)} INSERT INTO {table} ({columns}) SELECT {values} FROM n")
