"""Every text that people or other systems wrote into a row, walked without knowing the nouns.

Owns which columns hold words, which of them a row may change, and to whose shop and operator a row
belongs by its foreign keys. A column that is new holds words until `NO_WORDS` says it does not.
Leaves what is looked for, and who may cover it, to `casework.privacy.standing`.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import AutoString

from storage.session import Transaction
from storage.tables import Identifier
from storage.triggers import HELD

_TABLES = Identifier.metadata.tables
_HELD = frozenset(held.table for held in HELD)

NO_WORDS = frozenset(
    {
        # Own people, buyers and agencies, whose data goes by other ways.
        "agency", "agency_certificate", "buyer", "log_in", "log_in_link", "invitation", "person",
        "persona", "sign_on", "sign_on_binding", "second_factor", "recovery_code", "tries",
        # Digests, keys, closed bytes, numbers of ours.
        "account_entry", "anchor", "anchor_stamp", "anchored_head", "api_token", "counter", "duty",
        "examination", "form_answer", "kit", "kit_card", "kit_part", "ledger", "look", "mask",
        "order_attempt", "parcel", "pending_verdict", "search_word", "seizure_import",
        "shown_photo", "signing_certificate", "statement_scan", "wakeup", "webhook",
        "webhook_delivery",
        # The programme's own settings.
        "brand", "deadline_policy", "erasure_mention", "policy", "product", "rights_holder",
        "threshold",
    }
)  # fmt: skip
"""Tables in which nobody writes of somebody."""

_NUMBERS = frozenset(
    {
        "acceptance_digest", "agency_number", "attached", "brands", "bundle_digest",
        "challenge_code", "close_digest", "commitment", "currency", "digest", "flow_run_id",
        "jurisdiction", "key", "language", "lease_holder", "made_from", "media_type",
        "message_id", "normal", "packed_digest", "picture_digest", "platform",
        "platform_listing_id", "platform_shop_id", "preview_digest", "public_id",
        "reference", "region", "request_digest", "rule_version", "shot", "source_flag_id",
        "verdict_ids", "warc_digest",
    }
)  # fmt: skip
"""Columns in which no word of a person stands, wherever they are called so."""


class Place(NamedTuple):
    """A column that holds words. `fixed`: the database lets nobody change its rows."""

    name: str
    table: sa.Table
    column: sa.Column[Any]
    fixed: bool


class Whose(NamedTuple):
    """To what a row belongs: the reference it is seen under ("" for none), and the numbers of all
    operators and shops that it is about: a link is about two.
    """

    about: str
    operators: frozenset[int]
    shops: frozenset[int]


@cache
def places() -> tuple[Place, ...]:
    """Each column that holds words, in a table whose rows have a number."""
    return tuple(
        Place(f"{table.name}.{column.name}", table, column, table.name in _HELD)
        for table in _TABLES.values()
        if table.name not in NO_WORDS and isinstance(_number_of(table).type, sa.Integer)
        for column in table.columns
        if isinstance(column.type, sa.JSON | AutoString)
        if column.name not in _NUMBERS and not column.foreign_keys
    )


def place_of(name: str) -> Place | None:
    """The place of this name; None where there is none."""
    return next((each for each in places() if each.name == name), None)


def bearing(tx: Transaction, has: Callable[[str], bool]) -> Iterator[tuple[Place, int]]:
    """Each place and number of a row whose text `has` what is looked for. Reads every text."""
    by_table: dict[sa.Table, list[Place]] = {}
    for place in places():
        by_table.setdefault(place.table, []).append(place)
    streamed = {"yield_per": 1000}
    for table, columns in by_table.items():
        number = _number_of(table)
        query = sa.select(number, *(each.column for each in columns)).order_by(number)
        for row in tx.execute(query, execution_options=streamed):
            for place, said in zip(columns, row[1:], strict=True):
                if any(map(has, _texts(said))):
                    yield place, row[0]


def rewrite(tx: Transaction, place: Place, row: int, anew: Callable[[str], str]) -> bool:
    """Put each text of a row as `anew` says it; False where nothing of it changed."""
    keys = list(place.table.primary_key)
    found = sa.select(place.column, *keys).where(_number_of(place.table) == row).with_for_update()
    changed = False
    for said, *own in tx.execute(found).all():
        other = _anew(said, anew)
        if other != said:
            this = [key == value for key, value in zip(keys, own, strict=True)]
            tx.execute(sa.update(place.table).where(*this).values({place.column.name: other}))
            changed = True
    return changed


def whose(tx: Transaction, table: sa.Table, row: int) -> Whose:
    """To what a row belongs, by following its foreign keys up; "" where to the programme alone."""
    above: set[tuple[str, int]] = set()
    _climb(tx, table, row, above)
    operators, shops = (
        frozenset(number for of, number in above if of == name) for name in ("operator", "shop")
    )
    return Whose(_about(tx, table, row), operators, shops)


def _climb(tx: Transaction, table: sa.Table, row: int, above: set[tuple[str, int]]) -> None:
    """Add a row, and by every foreign key all it belongs to, each by its table and number."""
    if (table.name, row) in above:
        return
    above.add((table.name, row))
    found = tx.execute(sa.select(table).where(_number_of(table) == row)).mappings().first()
    if found is None:
        return
    for column in table.columns:
        key, value = next(iter(column.foreign_keys), None), found[column.name]
        if key is not None and value is not None and key.column.table.name in _UPWARDS:
            _climb(tx, key.column.table, value, above)


def _about(tx: Transaction, table: sa.Table, row: int) -> str:
    """The reference of a row, or of what is nearest above it; a shop without one by its number."""
    found = tx.execute(sa.select(table).where(_number_of(table) == row)).mappings().first()
    if found is None:
        return ""
    if about := found.get("reference") or found.get("about"):
        return str(about)
    for up in _UPWARDS:
        for column in table.columns:
            key, value = next(iter(column.foreign_keys), None), found[column.name]
            if key is not None and value is not None and key.column.table.name == up:
                return _about(tx, key.column.table, value)
    return str(row) if table.name == "shop" else ""


_UPWARDS = (
    "exhibit", "photo", "seller_picture", "finding", "verdict", "examination", "chat_message",
    "disposal", "raid_person", "raid_place", "raid_source", "seizure_line", "raid", "claim_head",
    "claim", "judgment", "claim_payment", "sanction", "referral", "brushing", "testbuy",
    "legal_hold", "listing", "shop", "operator_change", "link_proposal", "premises",
    "operator", "flag",
)  # fmt: skip
"""What a row belongs to, what is nearest first."""


def _number_of(table: sa.Table) -> sa.Column[Any]:
    """What a row is called by; several rows of one change of shops share theirs."""
    return next(iter(table.primary_key))


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for name, value in said.items():
            yield from _texts(name)
            yield from _texts(value)
    elif isinstance(said, list):
        for each in said:
            yield from _texts(each)


def _anew(said: Any, anew: Callable[[str], str]) -> Any:
    if isinstance(said, str):
        return anew(said)
    if isinstance(said, dict):
        return {_anew(name, anew): _anew(value, anew) for name, value in said.items()}
    return [_anew(each, anew) for each in said] if isinstance(said, list) else said
