"""Where the points of an operator's picture stand, in the units of an SVG.

Four columns: persons, the operator, shops, and what shops share. The same facts give the same
picture: nothing is measured in a browser, nothing is drawn by chance. Leaves which points there are
to `casework.views.graph`, colours and words to the template.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from casework.views.graph import Graph

BOX, TALL, GAP = 200, 46, 22
_COLUMNS = (0, 270, 540, 860)
"""The left edges of the four columns; a box is as wide as `BOX`."""
_SIGNS = 22
"""Half-width signs that a box holds of a name or a value."""


@dataclass(frozen=True, slots=True)
class Box:
    """A point: its left upper corner, and the name cut to what the box holds, with the whole."""

    x: int
    y: int
    name: str
    whole: str
    of: object

    @property
    def left(self) -> str:
        """The middle of its left edge, as a path begins or ends there."""
        return f"{self.x} {self.y + TALL // 2}"

    @property
    def right(self) -> str:
        """The middle of its right edge."""
        return f"{self.x + BOX} {self.y + TALL // 2}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes, as an SVG path; `sure`: it is confirmed."""

    path: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture: boxes by column, and the lines between them."""

    height: int
    operator: Box
    persons: tuple[Box, ...]
    shops: tuple[Box, ...]
    shared: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(graph: Graph) -> Drawing:
    """The picture of an operator."""
    tallest = max(len(graph.persons), len(graph.shops), len(graph.shared), 1)
    height = tallest * (TALL + GAP) - GAP
    persons = _column(0, height, [(each.name, each) for each in graph.persons])
    (operator,) = _column(1, height, [(graph.operator.name, graph.operator)])
    shops = _column(2, height, [(each.shop.name, each) for each in graph.shops])
    shared = _column(3, height, [(each.value, each) for each in graph.shared])
    lines = [
        Line(_curve(box.right, operator.left), not each.ended)
        for box, each in zip(persons, graph.persons, strict=True)
    ]
    at = {each.shop.id: box for box, each in zip(shops, graph.shops, strict=True)}
    lines += [
        Line(_curve(operator.right, at[each.shop.id].left), sure=True)
        for each in graph.shops
        if not each.proposed
    ]
    lines += [
        Line(_curve(at[number].right, box.left), number in each.sure)
        for box, each in zip(shared, graph.shared, strict=True)
        for number in each.shops
        if number in at
    ]
    return Drawing(height, operator, persons, shops, shared, tuple(lines))


def _column(place: int, height: int, points: Sequence[tuple[str, object]]) -> tuple[Box, ...]:
    taken = len(points) * (TALL + GAP) - GAP
    top = (height - taken) // 2
    return tuple(
        Box(_COLUMNS[place], top + number * (TALL + GAP), _cut(name), name, of)
        for number, (name, of) in enumerate(points)
    )


def _curve(start: str, end: str) -> str:
    """A line that leaves and arrives level."""
    middle = (int(start.split()[0]) + int(end.split()[0])) // 2
    return f"M{start} C{middle} {start.split()[1]} {middle} {end.split()[1]} {end}"


def _cut(text: str) -> str:
    """The text, cut where the box ends; a Chinese sign is as wide as two others."""
    taken = 0
    for place, sign in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if taken > _SIGNS:
            return text[: max(place - 1, 1)] + "…"
    return text
