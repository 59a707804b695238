"""Flags that an analyst sets aside: with a reason, for good, and on the programme's ledger."""

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from rules.roles import Role
from storage import ledger
from storage.rows import change_one, every, one
from storage.session import Database
from storage.tables import Flag, TestBuy


def dismiss(db: Database, act: Act, flag_id: int, reason: str) -> None:
    """Set a flag aside that nothing was bought from. Its source may raise another one."""
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only a signed-in analyst dismisses a flag.")
    if not reason.strip():
        raise Refused("Say why the flag is dismissed.")
    with db.write() as tx:
        flag = one(tx, Flag, id=flag_id, lock=True)
        if flag is None:
            raise NotFound(f"There is no flag {flag_id}.")
        if flag.dismissed_at is not None:
            raise Stale("This flag was dismissed already.")
        bought = every(tx, TestBuy, flag_id=flag_id, limit=1)
        if bought:
            raise Stale(f"{bought[0].reference} was requested from this flag already.")
        change_one(
            tx,
            Flag,
            flag_id,
            dismissed_at=act.now,
            dismissed_by=act.person,
            dismissed_because=reason.strip(),
        )
        facts = {"what": "flag dismissed", "flag": flag_id, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
