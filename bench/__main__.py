"""`python -m bench [part …]`: run all parts, or those named, and print one table."""

import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import Row

# Each part is imported when it is its turn: what others import must not weigh on its figures.


def _life() -> list[Row]:
    from bench import life

    return life.rows()


def _latency() -> list[Row]:
    from bench import latency

    return latency.rows()


def _starting() -> list[Row]:
    from bench import starting

    return starting.rows()


def _evidence() -> list[Row]:
    from bench import evidence

    photo = Path(sys.argv[-1]) if sys.argv[-1].lower().endswith((".jpg", ".jpeg")) else None
    return [
        Row(name, value, reference, words.partition(" x ")[0].rpartition(",")[0].split(" ", 1)[-1])
        for name, value, reference, words in evidence.rows(photo)
    ]


def _anchors() -> list[Row]:
    from bench import anchors

    return anchors.rows()


def _board() -> list[Row]:
    from bench import board

    return board.rows()


def _verdicts() -> list[Row]:
    from bench import verdicts

    return verdicts.rows()


PARTS: dict[str, Callable[[], list[Row]]] = {
    "life": _life,
    "verdicts": _verdicts,
    "latency": _latency,
    "starting": _starting,
    "evidence": _evidence,
    "anchors": _anchors,
    "board": _board,
}


def main() -> None:
    """Print the table; parts are named on the command line, all of them where none is."""
    wanted = [word for word in sys.argv[1:] if word in PARTS] or list(PARTS)
    table = Table(box=None, pad_edge=False)
    for column in ("name", "value", "reference", "ratio", "unit, reference"):
        table.add_column(
            column, justify="left" if column in ("name", "unit, reference") else "right"
        )
    for part in wanted:
        for row in PARTS[part]():
            ratio = f"{row.value / row.reference:.2f}" if row.reference else "-"
            table.add_row(row.name, f"{row.value:.4g}", f"{row.reference:.4g}", ratio, row.unit)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
