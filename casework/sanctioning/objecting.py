"""A seller's appeal: recorded with its day and in the seller's words, decided by somebody else.

Owns that whoever decides had no part in the sanction, and that an appeal is decided once, with
reasons. The document is kept bit for bit in the vault; the ledger holds its digest. Leaves the
sanction's states to `casework.outcomes.sanctions`.
"""

from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.outcomes.sanctions import advance, deciders_of, hold_sanction, known, open_appeal
from evidence.media import HEAD, paper_of, suffix_of
from evidence.vault import Vault
from rules import sanctions as rules_sanctions
from rules.sanctions import SanctionMove
from storage import ledger
from storage.rows import add, change, every, one, table_of
from storage.session import Database
from storage.tables import SanctionAppeal

_PLAIN = "text/plain"


def record_appeal(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    version: int,
    received_on: date,
    document: bytes,
) -> int:
    """Keep a seller's appeal as it came (PDF, JPEG, PNG or plain text); gives its number.

    One that came after the last day is recorded, too: whoever decides it says what that means.
    """
    ensure(rules_sanctions.may(SanctionMove.APPEAL, _state(db, reference), frozenset({act.role})))
    if received_on > act.now.date():
        raise Refused("An appeal can't have come in the future. Correct the day.")
    kind = _kind(document)
    digest = vault.put(document).digest
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        if row.notified_at is None or received_on < row.notified_at.date():
            raise Refused("The seller was told later than that. Correct the day.")
        number = len(every(tx, SanctionAppeal, sanction_id=row.id)) + 1
        advance(tx, act, row, SanctionMove.APPEAL)
        add(
            tx,
            SanctionAppeal,
            sanction_id=row.id,
            number=number,
            received_on=received_on,
            digest=digest,
            media_type=kind,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        body = {"what": "appeal recorded", "appeal": number, "digest": digest, "by": act.by}
        ledger.append(tx, reference, body, act.now)
        return number


def decide_appeal(
    db: Database, act: Act, reference: str, *, version: int, lifted: bool, reasons: str
) -> None:
    """Somebody with no part in the sanction upholds or lifts it, and says why."""
    if not reasons.strip():
        raise Refused("Say why; the seller is given the reasons.")
    step = SanctionMove.LIFT if lifted else SanctionMove.UPHOLD
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        appeal = open_appeal(tx, row)
        if appeal is None:
            raise Refused(f"No appeal against {reference} waits for a decision.")
        ensure(rules_sanctions.may(step, row.state, frozenset({act.role})))
        assert act.person is not None  # whoever may is signed in
        ensure(rules_sanctions.may_judge(deciders_of(tx, row), act.person))
        appeals = table_of(SanctionAppeal).c
        decided = change(
            tx,
            SanctionAppeal,
            appeals.id == appeal.id,
            appeals.decided_at.is_(None),
            decided_at=act.now,
            decided_by=act.person,
            lifted=lifted,
            reasons=reasons.strip(),
        )
        assert decided  # the sanction is held, and an appeal is decided under that alone
        advance(tx, act, row, step, reasons.strip())


def appeal_document(
    db: Database, vault: Vault, reference: str, number: int
) -> tuple[bytes, str, str]:
    """An appeal as it came, with a name and its media type; NotFound where there is none."""
    with db.read() as tx:
        row = one(tx, SanctionAppeal, sanction_id=known(tx, reference).id, number=number)
    if row is None:
        raise NotFound("There is no such appeal.")
    suffix = "txt" if row.media_type == _PLAIN else suffix_of(row.media_type)
    name = f"{reference}-appeal-{number}.{suffix}"
    return vault.read(row.digest), name, row.media_type


def _state(db: Database, reference: str) -> rules_sanctions.SanctionState:
    with db.read() as tx:
        return known(tx, reference).state


def _kind(document: bytes) -> str:
    if not document.strip():
        raise Refused("The appeal is empty: add the seller's document, or their words.")
    if paper := paper_of(document[:HEAD]):
        return paper
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(
            "This is no PDF, JPEG, PNG or plain text. Scan the paper, then add it."
        ) from None
    return _PLAIN
