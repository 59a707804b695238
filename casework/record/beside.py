"""What is looked at beside the photos of a test buy: chat, captures and certificates.

Owns comparing these rows with what the ledger noted of them, both ways, and which of their files
the vault must have. Leaves the list of looks to `casework.record.looks`.
"""

from collections.abc import Iterator

from casework.buying.chatting import chat_of, warnings_of
from casework.custody.certifying import certificates_of, checks_of
from casework.record.noted import Kept
from evidence.digests import salted
from storage.rows import every
from storage.tables import PageCapture

SAID = "Every message of the chat is one the ledger noted, and none is gone"
KEPT = "Every capture and certificate is one the ledger noted, and none is gone"


def said(kept: Kept) -> list[str]:
    """Messages, translations and warnings against the ledger's commitments to them."""
    noted: set[tuple[object, ...]] = set()
    for facts in kept.noted():
        number, what = facts.get("message"), facts.get("what")
        if what == "chat message recorded":
            noted.add((number, str(facts["from"]), facts["text"]))
        elif what == "chat message translated":
            noted.add((number, "translation", facts["text"]))
        elif what == "conduct warning":
            noted.add((number, "warning", facts["warning"]))
    there: set[tuple[object, ...]] = set()
    for each in chat_of(kept.tx, kept.testbuy):
        message = each.message
        there.add((message.id, str(message.said_by), salted(message.text, message.salt)))
        for beside in each.translations:
            there.add((message.id, "translation", salted(beside.text, message.salt)))
    for warned in warnings_of(kept.tx, kept.testbuy):
        there.add((warned.message.id, "warning", warned.warning.id))
    return [
        *(f"Message {one[0]} ({one[1]}) is not what the ledger noted." for one in there - noted),
        *(f"Message {one[0]} ({one[1]}) is gone or was changed." for one in noted - there),
    ]


def captured(kept: Kept) -> list[str]:
    """Captures and certificates against the digests that the ledger noted."""
    noted: set[str] = set()
    checks: set[tuple[object, ...]] = set()
    for facts in kept.noted():
        if facts.get("what") == "page captured":
            noted |= {str(facts[each]) for each in ("warc", "picture") if facts.get(each)}
        elif facts.get("what") == "notary certificate":
            noted.add(str(facts["digest"]))
        elif facts.get("what") == "notary certificate checked":
            checks.add((facts["check"], facts["certificate"], facts["in_order"]))
    there = {digest for _, digest in files(kept)}
    return [
        *(f"The ledger notes no {digest}." for digest in sorted(there - noted)),
        *(f"{digest} is no longer on record." for digest in sorted(noted - there)),
        *_checks(kept, checks),
    ]


def _checks(kept: Kept, noted: set[tuple[object, ...]]) -> Iterator[str]:
    """Checks of certificates; and that none is put by as checked which nobody checked."""
    there: set[tuple[object, ...]] = set()
    for certificate in certificates_of(kept.tx, kept.testbuy):
        rows = checks_of(kept.tx, certificate.id)
        there |= {(row.id, certificate.id, row.in_order) for row in rows}
        if (certificate.checked_at is not None) != bool(rows):
            yield f"Whether certificate {certificate.number} was checked is told two ways."
    for number, *_ in sorted(there ^ noted, key=str):
        yield f"Check {number} of a certificate is not what the ledger noted."


def files(kept: Kept) -> Iterator[tuple[str, str]]:
    """What is in the vault beside the photos: how it is called, and its digest."""
    for each in every(kept.tx, PageCapture, testbuy_id=kept.testbuy.id):
        for digest in filter(None, (each.warc_digest, each.picture_digest)):
            yield f"{each.what} page", digest
    for each in certificates_of(kept.tx, kept.testbuy):
        yield f"certificate {each.number}", each.digest
