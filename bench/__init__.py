"""What the programme costs, each figure beside a reference measured in the same run."""

from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table; `unit` also names the reference."""

    name: str
    value: float
    reference: float
    unit: str
