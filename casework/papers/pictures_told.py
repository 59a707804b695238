"""How the report of a referral tells facts that stand for a seller's picture.

Owns that pictures which look alike are told as one thing that shops share, and the words for where
the picture lies that proves a fact. Leaves which pictures go along to
`casework.papers.sellers_shown`, everything else about links to `casework.papers.linked`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.views.linking import IdentifierLine
from evidence.words import Words
from rules import likeness
from rules.linkage import Key


@dataclass(frozen=True, slots=True)
class Beside:
    """Where a seller's picture is: its file in the package, its name in the inner bag, its digest.

    `copy`: the file is a copy without metadata.
    """

    digest: str
    file: str | None = None
    inner: str | None = None
    copy: bool = False


def put_alike_together(by_key: dict[Key, list[IdentifierLine]]) -> frozenset[int]:
    """Pictures that look alike are one thing that shops share; gives the identifiers mirrored."""
    keys = {likeness.read(key.normal): key for key in by_key}
    near = likeness.neighbours(pattern for pattern in keys if pattern is not None)
    mirrored = set[int]()
    while near:
        first = min(near, key=lambda pattern: by_key[keys[pattern]][0].row.id)
        group, more = {first}, {first}
        while more := {other for each in more for other in near[each]} - group:
            group |= more
        for pattern in sorted(group - {first}, key=lambda each: by_key[keys[each]][0].row.id):
            lines = by_key.pop(keys[pattern])
            if likeness.way(first, pattern) is likeness.Way.MIRRORED:
                mirrored |= {line.row.id for line in lines}
            by_key[keys[first]] += lines
        near = {pattern: others for pattern, others in near.items() if pattern not in group}
    return frozenset(mirrored)


def where(beside: Beside, value: str, words: Words) -> Iterator[str]:
    """Where the picture lies; its digest, where the fact is not told by it."""
    if beside.file:
        yield words.say("report.copy" if beside.copy else "report.picture", name=beside.file)
    if beside.inner:
        yield words.say("report.picture_inner", name=beside.inner)
    if not beside.file and not beside.inner:
        yield words.say("report.picture_held")
    if beside.digest != value:
        yield words.say("report.picture_digest", digest=beside.digest)
