"""Categories of goods as their keepers read them: the shot list, what it asks, what it began with.

Leaves what the lists are to `casework.shots.shotlists`, and changing them to
`casework.shots.relisting`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from casework.errors import NotFound
from casework.shots import shotlists
from casework.shots.shotlists import Versioned
from rules.shotlists import Asked, Change, asked, free, open_to
from rules.shots import DEFAULT_SHOTS, Own, Shot, ShotList, place_of
from storage import testbuys
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Category, ShotListChange


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category with its list in force, who made that version, and its test buys under way.

    `by`: None where the version began with the category or was made at the command line.
    """

    number: int
    version: Versioned
    by: str | None
    under_way: int


@dataclass(frozen=True, slots=True)
class ShotLine:
    """A shot as a category asks for it, and how its next version may.

    `relaxed`: why it was made optional, where it was.
    """

    shot: Shot
    own: Own | None
    asked: Asked
    open_to: tuple[Asked, ...]
    relaxed: str | None


@dataclass(frozen=True, slots=True)
class Phase:
    """The shots that are taken together, by the letter their codes begin with."""

    letter: str
    shots: tuple[ShotLine, ...]

    @property
    def required(self) -> tuple[ShotLine, ...]:
        """Those without which the test buy goes no further."""
        return tuple(line for line in self.shots if line.asked is Asked.REQUIRED)

    @property
    def optional(self) -> tuple[ShotLine, ...]:
        """Those the buyer may hand in."""
        return tuple(line for line in self.shots if line.asked is Asked.OPTIONAL)


@dataclass(frozen=True, slots=True)
class PastChange:
    """A version as it was recorded. `by`: None at the command line, which knows no persons."""

    version: int
    change: Change
    shot: str
    reason: str
    made_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """One category: every shot it asks for or might, its versions, the newest first.

    `under_way`: how many test buys keep which version. `own`: codes on the list that may be
    reworded. `next_own`: the numbers that the next shots of its own would bear.
    """

    number: int
    version: Versioned
    phases: tuple[Phase, ...]
    past: tuple[PastChange, ...]
    under_way: Mapping[int, int]
    own: tuple[str, ...]
    next_own: tuple[str, ...]


def categories(db: Database) -> tuple[CategoryLine, ...]:
    """Every category, by name."""
    with db.read() as tx:
        running = testbuys.under_way_by_list(tx)
        return tuple(
            CategoryLine(
                row.id,
                shotlists.list_at(tx, row, shotlists.newest(tx, row.id)),
                _maker(tx, row.id),
                sum(count for (number, _), count in running.items() if number == row.id),
            )
            for row in every(tx, Category, order_by=table_of(Category).c.name)
        )


def category(db: Database, number: int) -> CategoryPage:
    """One category; NotFound where there is none."""
    with db.read() as tx:
        row = one(tx, Category, id=number)
        if row is None:
            raise NotFound("There is no such category.")
        made = shotlists.changes_of(tx, row.id)
        version = shotlists.list_at(tx, row, shotlists.newest(tx, row.id))
        people = names(tx, [each.made_by for each in made])
        running = testbuys.under_way_by_list(tx, row.id)
        listed = version.listed
        return CategoryPage(
            row.id,
            version,
            phases(listed),
            tuple(_past(each, people) for each in reversed(made)),
            {kept: count for (_, kept), count in sorted(running.items())},
            tuple(sorted((*listed.required, *listed.optional), key=place_of)),
            tuple(free(listed, letter) for letter in "UI"),
        )


def phases(listed: ShotList) -> tuple[Phase, ...]:
    """All default shots and the list's own, in the order they are taken."""
    return tuple(
        Phase(letter, tuple(lines))
        for letter, lines in groupby(_lines(listed), lambda line: line.shot.code[0])
    )


def name_of(db: Database, number: int) -> str:
    """A category's name, as casework and the command line call it."""
    with db.read() as tx:
        row = one(tx, Category, id=number)
        if row is None:
            raise NotFound("There is no such category.")
        return row.name


def _lines(listed: ShotList) -> Iterator[ShotLine]:
    codes = {shot.code for shot in DEFAULT_SHOTS} | {*listed.required, *listed.optional}
    relaxed = dict(listed.relaxed)
    for code in sorted(codes, key=place_of):
        yield ShotLine(
            listed.shot(code),
            listed.worded(code),
            asked(listed, code),
            open_to(listed, code),
            relaxed.get(code),
        )


def _maker(tx: Transaction, category_id: int) -> str | None:
    made: Sequence[ShotListChange] = shotlists.changes_of(tx, category_id)
    last = made[-1].made_by if made else None
    return names(tx, [last])[last] if last else None


def _past(row: ShotListChange, people: Mapping[int, str]) -> PastChange:
    by = people.get(row.made_by) if row.made_by else None
    return PastChange(row.version, row.change, row.shot, row.reason, row.made_at, by)
