"""A day as a sentence on record has it, 2026-11-24, in the reader's way of writing.

Owns the two ways; they are those of `portal.wording`. Leaves which fact of a sentence is a day to
`portal.sentences`.
"""

import re
from datetime import date

DAY = re.compile(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d)?((?: UTC)?)")
"""A day, with the time of day in UTC where it has one."""


def written(fact: str, *, english: bool) -> str | None:
    """24 Nov 2026, 09:30 UTC; 2026年11月24日 09:30 UTC. None where the fact is no such day."""
    found = DAY.fullmatch(fact)
    if found is None:
        return None
    said, time, zone = found.groups("")
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    if english:
        return f"{day:%-d %b %Y}{',' if time else ''}{time}{zone}"
    return f"{day.year}年{day.month}月{day.day}日{time}{zone}"
