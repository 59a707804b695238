"""Making another version of a category's shot list.

Each change is a version, recorded with its time, and stands in the programme's ledger: made one by
one (`change`), or many shots at once as a page shows them (`arrange`), by the same rule. Leaves
what may be changed to `rules.shotlists`, and reading the lists to `casework.shots.shotlists`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.shots.shotlists import Versioned, as_if, list_at, newest, no_category
from evidence.digests import sha256_of
from rules.roles import Role
from rules.shotlists import Asked, Change, ListChange, may, toward
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


def arrange(
    db: Database, act: Act, category: int, *, seen: int, wanted: Mapping[str, Asked], reason: str
) -> Versioned:
    """Ask for shots as `wanted` says, each change a version for the one reason; gives the list.

    Stale where the list is no longer at the version `seen`. Counts for test buys launched from now
    on.
    """
    if not reason.strip():
        raise Refused(
            "Say why; it stands beside each change, and dossiers print it of a relaxed shot."
        )
    with db.write() as tx:
        row = one(tx, Category, id=category, lock=True)
        if row is None:
            raise NotFound("There is no such category.")
        for each in _toward(tx, row, seen, wanted, reason):
            _change(tx, act, row, each)
        return list_at(tx, row, newest(tx, row.id))


def look_ahead(db: Database, category: int, *, seen: int, wanted: Mapping[str, Asked]) -> Versioned:
    """The list that `arrange` would make, refused as that would be; nothing is changed."""
    with db.read() as tx:
        row = one(tx, Category, id=category)
        if row is None:
            raise NotFound("There is no such category.")
        made = _toward(tx, row, seen, wanted, "to be said")
        for number, each in enumerate(made):
            ensure(may(as_if(tx, row, seen, made[:number]).listed, each))
        return as_if(tx, row, seen, made)


def rebase(tx: Transaction, act: Act, category: Category, base: str, reason: str = "") -> None:
    """Choose another base list for a category that is held; nothing where it is this one."""
    if list_at(tx, category, newest(tx, category.id)).listed.name != base:
        _change(tx, act, category, ListChange(0, Change.BASE, base, reason=reason))


def _toward(
    tx: Transaction, category: Category, seen: int, wanted: Mapping[str, Asked], reason: str
) -> Sequence[ListChange]:
    present = newest(tx, category.id)
    if present != seen:
        raise Stale(
            f"The shot list of {category.name} is at version {present} by now, and you saw version "
            f"{seen}. Look at it again."
        )
    try:
        made = toward(list_at(tx, category, present).listed, wanted, reason)
    except ValueError as error:
        raise Refused(str(error)) from error
    if not made:
        raise Refused("Every shot is asked for like this already. Change one first.")
    return made


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
    if made.reason.strip():
        body["reason"] = sha256_of(made.reason.strip().encode())
    ledger.append(tx, ledger.PROGRAMME, body, act.now)
