"""Shot lists of categories as versions, and the one that a test buy keeps.

A test buy keeps the version it was launched under. Version 1 is the base list the category began
with and has no row; every later version is one change. Owns reading them; leaves making one to
`casework.shots.relisting`, and what list the changes make to `rules.shotlists`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from evidence.words import Words
from rules.shotlists import ListChange, made_of
from rules.shots import Shot, ShotList, Wording
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Category, ShotListChange, TestBuy

_changes = table_of(ShotListChange).c
_NEWEST = _changes.version.desc()
FIRST = 1


@dataclass(frozen=True, slots=True)
class Versioned:
    """A category's list at a version; `since` None for the first, which has no date.

    `basis` is that of its examinations today.
    """

    category: str
    version: int
    since: datetime | None
    listed: ShotList
    basis: str


def list_of(tx: Transaction, testbuy: TestBuy) -> Versioned:
    """The shot list that a test buy was launched under."""
    category = one(tx, Category, id=testbuy.category_id)
    assert category is not None  # a foreign key holds it
    return list_at(tx, category, testbuy.shot_list_version)


def named(tx: Transaction, testbuy: TestBuy, code: str) -> Shot | None:
    """A shot that may be handed in for a test buy: of its list, or any default one."""
    return list_of(tx, testbuy).listed.find(code)


def title(listed: ShotList, code: str, words: Words) -> str:
    """A shot's title in the language, in the category's words where it has any."""
    own = listed.worded(code)
    wording = own and (own.chinese if words.language == "zh" else own.english)
    if wording and wording.title:
        return wording.title
    return words.term(code)


def newest(tx: Transaction, category_id: int) -> int:
    """The version that test buys launched now are given."""
    last = every(tx, ShotListChange, category_id=category_id, order_by=_NEWEST, limit=1)
    return last[0].version if last else FIRST


def lists(db: Database, category: str | None = None) -> tuple[Versioned, ...]:
    """The lists in force, of every category or of one; NotFound where there is none such."""
    with db.read() as tx:
        rows = every(tx, Category, order_by=table_of(Category).c.name)
        wanted = [row for row in rows if category in (None, row.name)]
        if not wanted:
            raise NotFound(no_category(category or ""))
        return tuple(list_at(tx, row, newest(tx, row.id)) for row in wanted)


def list_at(tx: Transaction, category: Category, version: int) -> Versioned:
    """A category's list as it was at a version."""
    return as_if(tx, category, version, ())


def as_if(
    tx: Transaction, category: Category, version: int, further: Sequence[ListChange]
) -> Versioned:
    """The list that further changes of a version would make; `since` is the version's own time."""
    rows = changes_of(tx, category.id)
    changes = _made([row for row in rows if row.version <= version])
    since = changes[-1].made_at if changes else None
    listed = made_of(category.shot_list, [*changes, *further])
    return Versioned(category.name, version + len(further), since, listed, category.basis)


def changes_of(tx: Transaction, category_id: int) -> Sequence[ShotListChange]:
    """Every change of a category's list as it was recorded, the first one first."""
    return every(tx, ShotListChange, category_id=category_id, order_by=_changes.version)


def _made(rows: Sequence[ShotListChange]) -> list[ListChange]:
    return [
        ListChange(
            row.version,
            row.change,
            row.shot,
            Wording(row.title, row.instruction, row.example),
            Wording(row.title_zh, row.instruction_zh, row.example_zh),
            row.reason,
            row.made_at,
        )
        for row in rows
    ]


def no_category(name: str) -> str:
    """What is said where no category has this name."""
    return (
        f"There is no category “{name}”. See them on the page of categories, or with "
        "testbuy shots list."
    )
