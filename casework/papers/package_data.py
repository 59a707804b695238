"""The rows of a package as data: what a bundle's `testbuy.json` holds under `package`.

Owns the names. Leaves what is covered in it to `casework.papers.reported`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from casework.outcomes.package_rows import PackageRows
from rules.completeness import ItemReading
from rules.package import RowKind, Said
from storage.tables import PackageWaiver


def as_data(
    rows: PackageRows, items: Sequence[ItemReading], waivers: Sequence[PackageWaiver]
) -> dict[str, Any]:
    """The rows as a bundle's `testbuy.json` holds them, each with its source and document."""
    return {
        kind.value: [
            {name: _plain(value) for name, value in fields_of(row.said)}
            | {"document": row.document, "recorded_at": row.recorded_at.isoformat()}
            for row in rows.of(kind)
        ]
        for kind in RowKind
    } | {
        "told": [
            {
                "sanction": each.sanction.reference,
                "measure": each.sanction.kind.value,
                "shop": each.shop.name,
                "told_on": each.told_on.isoformat(),
                "given_by": each.given_by,
                "clause": each.sanction.clause,
                "notices": list(each.notices),
                "bought_since": [
                    {"testbuy": row.reference, "conclusion": row.conclusion} for row in each.bought
                ],
            }
            for each in rows.told
        ],
        "civil": [
            {"kind": each.kind.value, "name": each.name, "since": each.opened_at.isoformat()}
            for each in rows.civil
        ],
        "items": {each.item.value: each.state.value for each in items},
        "waivers": [
            {
                "item": each.part.value,
                "of": [name for _, name in each.lacked if name],
                "reason": each.reason,
                "waived_as": each.waived_as.value,
                "waived_at": each.waived_at.isoformat(),
            }
            for each in waivers
        ],
    }


def fields_of(said: Said) -> Iterator[tuple[str, Any]]:
    """What a row says, by name."""
    return ((field.name, getattr(said, field.name)) for field in fields(said))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
