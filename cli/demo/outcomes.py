"""What came of an operator, for `story.json`: its shops, what was seized, and the civil claims.

Owns the shape of these entries. Leaves reading the raids and claims to `casework.views`.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from casework.views.claims import Asked, ClaimLine, every_claim
from casework.views.raid import raid_page
from casework.views.raids import every_raid
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import ClaimAllocation, Operator, Shop


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of one operator. A seizure is what one source says; no two of them are ever added up."""

    operator: dict[str, Any]
    seizures: tuple[dict[str, Any], ...]
    second_sellers: tuple[str, ...]
    claims: tuple[dict[str, Any], ...]


def outcomes(db: Database) -> dict[int, Outcomes]:
    """By the operator's number."""
    seizures: dict[int, list[dict[str, Any]]] = defaultdict(list)
    seconds: dict[int, list[str]] = defaultdict(list)
    claims: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in every_raid(db):
        page = raid_page(db, line.raid.reference)
        for account in page.accounts:
            seizures[line.raid.operator_id] += [
                {
                    "raid": line.raid.reference,
                    "source": account.source.name,
                    "kind": row.kind,
                    "description": row.description,
                    "precision": row.precision,
                    "quantity": row.quantity,
                    "unit": row.unit,
                    "value": {"minor": row.value_minor, "currency": row.currency}
                    if row.value_minor
                    else None,
                    "basis": row.basis,
                }
                for shown in account.lines
                if not shown.superseded_by
                for row in [shown.line]
            ]
        seconds[line.raid.operator_id] += [each.operator.name for each in page.seconds]
    for line in every_claim(db, Asked()):
        claims[line.claim.operator_id].append(_claim(db, line))
    with db.read() as tx:
        shops = every(tx, Shop, order_by=table_of(Shop).c.id)
        return {
            row.id: Outcomes(
                {
                    "name": row.name,
                    "reference": row.reference,
                    "shops": [shop.name for shop in shops if shop.operator_id == row.id],
                },
                tuple(seizures[row.id]),
                tuple(seconds[row.id]),
                tuple(claims[row.id]),
            )
            for row in every(tx, Operator)
        }


def _claim(db: Database, line: ClaimLine) -> dict[str, Any]:
    row = line.claim
    with db.read() as tx:
        went = every(tx, ClaimAllocation, claim_id=row.id, order_by=table_of(ClaimAllocation).c.id)
    return {
        "reference": row.reference,
        "court": row.court,
        "state": row.state,
        "causes": list(line.causes),
        "claimed_minor": line.claimed.minor,
        "awarded_minor": line.awarded.minor if line.awarded else None,
        "currency": row.currency,
        "allocated": [
            {"to": each.to, "said": each.said, "amount_minor": each.amount_minor} for each in went
        ],
    }
