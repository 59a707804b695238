"""The facts of a test buy as a bundle's `testbuy.json` tells them, for programs to read.

Owns which rows of the record are told. Leaves what is printed for people to
`casework.papers.printing`, and what else is packed to `casework.papers.dossiers`.
"""

from typing import Any

from casework.papers import asked, valuing
from casework.papers.printing import outcome_of
from casework.record import particulars
from casework.record.record import Record


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
        **particulars.as_data(record.particulars, testbuy.reference),
        **asked.as_data(record),
        **valuing.as_data(record),
        "seals": [each.as_data() for each in record.seals],
        "withheld": [
            photo.digest for photo in record.photos if photo.accepted and photo not in record.packed
        ],
    }
