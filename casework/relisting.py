"""Making another version of a category's shot list.

Each change is a version, recorded with its time, and stands in the programme's ledger. Leaves what
may be changed to `rules.shotlists`, and reading the lists to `casework.shotlists`.
"""

from dataclasses import replace

from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused, ensure
from casework.shotlists import Versioned, list_at, newest, no_category
from rules.roles import Role
from rules.shotlists import Change, ListChange, may
from rules.shots import UNCHANGED, Wording
from storage import ledger
from storage.rows import add, one
from storage.session import Database, Transaction
from storage.tables import Category, ShotListChange


def change(
    db: Database,
    act: Act,
    category: str,
    *kinds: Change,
    shot: str,
    english: Wording = UNCHANGED,
    chinese: Wording = UNCHANGED,
    reason: str = "",
) -> Versioned:
    """Make the changes `kinds` of one shot, each a version; gives the list as it is then.

    Counts for test buys launched from now on. Words and reason go with the first change.
    """
    with db.write() as tx:
        row = one(tx, Category, name=category.strip(), lock=True)
        if row is None:
            raise NotFound(no_category(category))
        said = (english, chinese, reason)
        for kind in kinds:
            _change(tx, act, row, ListChange(0, kind, shot.strip(), *said))
            said = (UNCHANGED, UNCHANGED, "")
        return list_at(tx, row, newest(tx, row.id))


def rebase(tx: Transaction, act: Act, category: Category, base: str) -> None:
    """Choose another base list for a category that is held; nothing where it is this one."""
    if list_at(tx, category, newest(tx, category.id)).listed.name != base:
        _change(tx, act, category, ListChange(0, Change.BASE, base))


def _change(tx: Transaction, act: Act, category: Category, wanted: ListChange) -> None:
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator sets the programme up.")
    present = newest(tx, category.id)
    ensure(may(list_at(tx, category, present).listed, wanted))
    made = replace(wanted, version=present + 1)
    english, chinese = made.english, made.chinese
    add(
        tx,
        ShotListChange,
        category_id=category.id,
        version=made.version,
        change=made.change,
        shot=made.shot,
        title=english.title,
        instruction=english.instruction,
        example=english.example,
        title_zh=chinese.title,
        instruction_zh=chinese.instruction,
        example_zh=chinese.example,
        reason=made.reason.strip(),
        made_at=act.now,
        made_by=act.person,
    )
    body = {"what": "shot list changed", "of": category.name, "version": made.version}
    body |= {"change": made.change, "shot": made.shot, "by": act.by}
    ledger.append(tx, PROGRAMME_LEDGER, body, act.now)
