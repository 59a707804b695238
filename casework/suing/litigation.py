"""Around civil claims: campaigns of suits, and the words counsel keeps for causes and proofs.

Owns opening a litigation campaign, and adding and checking causes of action and proofs of lost
goodwill: rows with a source, each shown as not verified until counsel has checked it.
"""

from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused
from rules.roles import Role
from storage import ledger
from storage.rows import add_if_absent, change_one, one
from storage.session import Database
from storage.tables import CauseOfAction, GoodwillProof, LitigationCampaign

LISTS = {"cause": CauseOfAction, "proof": GoodwillProof}
"""The two lists of words, by what a form calls them."""


def open_campaign(
    db: Database, act: Act, *, name: str, target: int, opens_on: date, closes_on: date
) -> None:
    """Counsel opens a campaign: so many suits to be filed within a window of days."""
    if act.role is not Role.COUNSEL or act.person is None:
        raise Refused("Only counsel opens a litigation campaign.")
    if not name.strip():
        raise Refused("A campaign needs a name.")
    if target < 1 or closes_on < opens_on:
        raise Refused("It needs at least one suit, and its last day is not before its first.")
    with db.write() as tx:
        said = {"target": target, "opens_on": opens_on, "closes_on": closes_on}
        made = {"opened_by": act.person, "opened_at": act.now}
        if not add_if_absent(tx, LitigationCampaign, name=name.strip(), **said, **made):
            raise Refused(f"There is a campaign “{name}” already. Choose another name.")
        body = {"what": "litigation campaign opened", "target": target, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, body, act.now)


def add_word(db: Database, act: Act, which: str, *, name: str, source: str) -> None:
    """Add a cause of action, or a proof of lost goodwill, with what it rests on."""
    table = _list(act, which)
    if not name.strip() or not source.strip():
        raise Refused("Write the words and what they rest on.")
    with db.write() as tx:
        said = {"name": name.strip(), "source": source.strip(), "verified": False}
        if not add_if_absent(tx, table, **said):
            raise Refused("These words are on the list already.")
        body = {"what": "words of claims added", "list": which, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, body, act.now)


def verify_word(db: Database, act: Act, which: str, number: int) -> None:
    """Counsel says that a line was checked against the law; it is shown without its warning."""
    table = _list(act, which)
    with db.write() as tx:
        row = one(tx, table, id=number, lock=True)
        if row is None:
            raise NotFound("There is no such line.")
        if row.verified:
            raise Refused("This line was checked already.")
        change_one(tx, table, number, verified=True)
        body = {"what": "words of claims checked", "list": which, "line": number, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, body, act.now)


def _list(act: Act, which: str) -> type[CauseOfAction] | type[GoodwillProof]:
    if act.role is not Role.COUNSEL or act.person is None:
        raise Refused("Only counsel keeps the words of claims.")
    table = LISTS.get(which)
    if table is None:
        raise NotFound("There is no such list.")
    return table
