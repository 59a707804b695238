"""Tables for spreadsheets: CSV that one opens as it was meant, and in which no cell is a formula.

Owns the marks and the escaping. A number stays a number; a text that a spreadsheet would reckon
with begins with an apostrophe (CWE-1236). The mark before the first byte lets it read Chinese.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that some spreadsheet takes for a formula, also in the wide signs of Chinese
and Japanese keyboards."""


_SIGNS = "=+\\-@＝＋－＠"
_UNSEEN = "\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BEGINS = re.compile(rf"(?:^|(?<=[;\t\r\n]))[{_UNSEEN}]*(?=[{_SIGNS}])")
"""Where a cell begins, also for a program that parts cells by semicolons or tabs, as spreadsheets
do where the comma is the decimal sign: quotes don't keep a text together there."""


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula, wherever it lets a cell begin."""
    safe = _BEGINS.sub(lambda found: f"'{found[0]}", text)
    return f"'{safe}" if safe.startswith(FORMULAS) else safe


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The table as a file to keep; None is an empty cell."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(header)
    for row in rows:
        table.writerow([_cell(value) for value in row])
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(
        "\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers
    )


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value if isinstance(value, int) else plain(str(value))
