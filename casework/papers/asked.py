"""Which shots a test buy asked for, as its dossier tells it: the list and what came of it.

Owns the wording. Leaves the lists to `casework.shots.shotlists`, and the photos to the record.
"""

from collections import Counter
from typing import Any

from casework.record.record import Record
from casework.shots.shotcheck import PHYSICAL
from casework.shots.shotlists import title
from evidence import goods
from evidence.words import Words
from rules.shots import place_of
from storage.tables import Route


def shot_list(record: Record, words: Words) -> goods.ShotList:
    """The list a test buy was launched under, with what is on record for each of its shots."""
    kept = record.particulars.shots
    listed = kept.listed
    accepted = Counter(photo.shot for photo in record.photos if photo.accepted)
    waived = {waiver.shot for waiver in record.waivers}
    rows: list[goods.AskedShot] = []
    for code in sorted((*listed.required, *listed.optional), key=place_of):
        if accepted[code]:
            state = words.say("asked.accepted", count=accepted[code])
        elif code in waived:
            state = words.term("waiver")
        elif code.startswith("P") and record.testbuy.route is Route.INTERFACE:
            state = words.say("asked.interface")
        elif code.startswith("T") and kept.basis != PHYSICAL:
            state = words.say("asked.stays")
        else:
            state = words.say("asked.none")
        need = words.say("asked.required" if code in listed.required else "asked.optional")
        rows.append(goods.AskedShot(code, title(listed, code, words), need, state))
    reasons = tuple(
        words.say("asked.relaxed", shot=code, reason=reason) for code, reason in listed.relaxed
    )
    return goods.ShotList(
        category=kept.category,
        base=words.say(f"asked.base.{listed.name}"),
        version=kept.version,
        since=kept.since,
        rows=tuple(rows),
        notes=reasons,
    )


def as_data(record: Record) -> dict[str, Any]:
    """The list as a bundle's `testbuy.json` holds it."""
    kept = record.particulars.shots
    listed = kept.listed
    return {
        "shot_list": {
            "category": kept.category,
            "base": listed.name,
            "version": kept.version,
            "since": kept.since.isoformat() if kept.since else None,
            "required": list(listed.required),
            "optional": list(listed.optional),
            "relaxed": [{"shot": code, "reason": reason} for code, reason in listed.relaxed],
        }
    }
