"""data/testbuy.json of a bundle: the facts of a test buy as data, for programs rather than readers.

Leaves putting a bundle together to `casework.dossiers`, what people read to `casework.printing`.
"""

from typing import Any

from casework.printing import outcome_of
from casework.record import Record
from rules.kits import KitPartKind


def facts_of(record: Record) -> dict[str, Any]:
    """Names, stages, verdicts, conclusions and seals, and the digests of what is withheld."""
    testbuy = record.testbuy
    names = {exhibit.id: exhibit.reference for exhibit in record.exhibits}
    return {
        "reference": testbuy.reference,
        "brand": record.brand,
        "shop": record.shop.name,
        "operator": record.operator.name if record.operator else None,
        "listing": {"title": record.listing.title, "url": record.listing.url},
        "stage": testbuy.stage,
        "conclusion": testbuy.conclusion,
        "outcome": outcome_of(record),
        "moves": [
            {"move": move.move, "at": move.moved_at.isoformat(), "by_role": move.by_role}
            for move in record.moves
        ],
        "verdicts": [
            {
                "exhibit": sealed.exhibit,
                "examination": sealed.examination.public_id,
                "verdict": sealed.verdict.value,
                "digest": sealed.verdict.digest,
                "superseded": sealed.verdict.superseded_at is not None,
            }
            for sealed in record.verdicts
        ],
        "conclusions": [
            {
                "exhibit": names[each.exhibit_id],
                "conclusion": each.value,
                "reasons": list(each.reasons),
                "concluded_at": each.concluded_at.isoformat(),
            }
            for each in record.conclusions
        ],
        "seals": [
            {
                "exhibit": each.exhibit,
                "seal": each.seal,
                "bagged_at": each.at.isoformat(),
                "kit": each.kit.kit.number if each.kit else None,
                "seal_bags": str(each.kit.parts[KitPartKind.SEAL_BAGS]) if each.kit else None,
            }
            for each in record.seals
        ],
        "withheld": [
            photo.digest for photo in record.photos if photo.accepted and photo not in record.packed
        ],
    }
