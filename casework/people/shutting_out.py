"""Shutting somebody out: log-ins, and what was handed out that would begin another, all at once.

Owns what ends together (ADR 13 has the table): whoever ends a person's log-ins for safety's sake
ends their log-in links and invitations too, else whoever has one of those is in again. Tokens of
the API act for other systems; they end where the account does, where it is asked for, and, of
those that seal verdicts, where the proof is taken away that they were made by.
"""

from datetime import datetime

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.people import log_ins
from rules.roles import Role
from rules.scopes import Scope
from storage import ledger
from storage.rows import change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import ApiToken, Invitation, LogInLink, Person


def shut_out(tx: Transaction, person_id: int, *, but: str | None = None) -> int:
    """End every log-in of a person but the one with the token `but`, every link, every invitation.

    Gives how many log-ins. The person's row is held: a log-in that is just beginning waits, and
    then looks once more at what it rests on.
    """
    if one(tx, Person, id=person_id, lock=True) is None:
        raise NotFound("There is no account with this number.")
    remove(tx, LogInLink, table_of(LogInLink).c.person_id == person_id)
    remove(tx, Invitation, table_of(Invitation).c.person_id == person_id)
    return log_ins.end_all(tx, person_id, but=but)


def revoke_tokens(
    tx: Transaction, person_id: int, by: str, why: str, now: datetime, *, sealing: bool = False
) -> int:
    """Revoke a person's live tokens, or only those that seal verdicts; gives how many.

    `by` and `why` stand in the ledger. The row names whoever did it, where that was a person.
    """
    live = every(tx, ApiToken, person_id=person_id, revoked_at=None, lock=True)
    ended = [each for each in live if Scope.VERDICTS_WRITE in each.scopes or not sealing]
    number = by.removeprefix("person:")
    who = int(number) if number.isdigit() else None
    for each in ended:
        change_one(tx, ApiToken, each.id, revoked_at=now, revoked_by=who)
        facts = {"what": "api token revoked", "token": each.id, "because": why, "by": by}
        ledger.append(tx, ledger.PROGRAMME, facts, now)
    return len(ended)


def everywhere(db: Database, person_id: int, now: datetime, *, tokens: bool) -> None:
    """A person ends all that lets anybody in as them; `tokens`: those of the API, too."""
    by = f"person:{person_id}"
    with db.write() as tx:
        count = shut_out(tx, person_id)
        _note(tx, person_id, count, by, now, tokens=tokens)


def of(db: Database, act: Act, person_id: int, *, tokens: bool) -> None:
    """An administrator does it for a person."""
    if act.role is not Role.ADMINISTRATOR:
        raise Refused(f"Only an administrator ends others' log-ins; you act as {act.role}.")
    with db.write() as tx:
        count = shut_out(tx, person_id)
        _note(tx, person_id, count, act.by, act.now, tokens=tokens)


def _note(
    tx: Transaction, person_id: int, count: int, by: str, now: datetime, *, tokens: bool
) -> None:
    facts = {"what": "log-ins ended", "of": person_id, "count": count, "by": by}
    ledger.append(tx, ledger.PROGRAMME, facts, now)
    if tokens:
        revoke_tokens(tx, person_id, by, "log-ins ended", now)
