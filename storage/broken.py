"""Which unique key a driver complains of: the one place that reads a driver's words for it.

Leaves what is made of it to `storage.session`. What a trigger refuses is an IntegrityError too, and
names no key.
"""

import re

from sqlmodel import SQLModel

_SQLITE = re.compile(r"UNIQUE constraint failed: (.+)")
_SQLITE_INDEX = re.compile(r"index '(\w+)'")
_UNIQUE_VIOLATION = "23505"


def unique_key(error: BaseException | None) -> tuple[str, tuple[str, ...]] | None:
    """The table and the columns of the unique key that is taken; None where it is another fault."""
    if getattr(error, "sqlstate", None) == _UNIQUE_VIOLATION:
        return _named(str(getattr(getattr(error, "diag", None), "constraint_name", "")))
    told = _SQLITE.search(str(error))
    if told is None:
        return None
    if index := _SQLITE_INDEX.match(told[1]):
        return _named(index[1])
    pairs = [each.strip().split(".") for each in told[1].split(",")]
    return pairs[0][0], tuple(pair[-1] for pair in pairs)


def _named(name: str) -> tuple[str, tuple[str, ...]] | None:
    """The table and columns of a constraint or index by its name."""
    for table in SQLModel.metadata.tables.values():
        for key in (*table.constraints, *table.indexes):
            if key.name == name:
                return table.name, tuple(column.name for column in key.columns)  # type: ignore[union-attr]
    return None
