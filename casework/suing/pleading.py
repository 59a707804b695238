"""Who sues whom, on which causes, and for what: the parts of a civil claim that counsel words.

Owns adding each; they are taken out again by `casework.suing.claiming`. Leaves what must be there
to `rules.pleading`.
"""

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.suing.claiming import change_said
from rules.pleading import HeadKind, PartyRole, ReliefKind
from storage.rows import add, add_if_absent, one
from storage.session import Database, Transaction
from storage.tables import CauseOfAction, Claim, ClaimCause, ClaimHead, ClaimParty, ClaimRelief


def add_party(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    role: PartyRole,
    name: str,
    address: str | None,
) -> None:
    """Name who sues or is sued. The ledger holds the row's number, never the name."""
    if not name.strip():
        raise Refused("Name the party.")

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        said = {"role": role, "name": name.strip(), "address": (address or "").strip() or None}
        if one(tx, ClaimParty, claim_id=row.id, role=role, name=name.strip()):
            raise Refused("This party is on the claim already.")
        return {"party": add(tx, ClaimParty, claim_id=row.id, **said), "role": role}

    change_said(db, act, reference, version, "party added", do)


def add_cause(
    db: Database, act: Act, reference: str, *, version: int, cause: int, said: str | None
) -> None:
    """Ground the claim on a cause of the list; what is particular about it in words beside."""

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        if one(tx, CauseOfAction, id=cause) is None:
            raise NotFound("There is no such cause of action. Choose one from the list.")
        about = {"claim_id": row.id, "cause_id": cause, "said": (said or "").strip() or None}
        if not add_if_absent(tx, ClaimCause, **about):
            raise Refused("The claim is grounded on this cause already.")
        return {"cause": cause}

    change_said(db, act, reference, version, "cause added", do)


def add_head(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    claim_cause: int,
    kind: HeadKind,
    claimed_minor: int,
) -> None:
    """Claim an amount, in minor units of the claim's currency, under one of its causes."""
    if claimed_minor <= 0:
        raise Refused("Write an amount above zero.")

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        if one(tx, ClaimCause, id=claim_cause, claim_id=row.id) is None:
            raise NotFound("The claim has no such cause. Add the cause first.")
        about = {"claim_id": row.id, "claim_cause_id": claim_cause, "kind": kind}
        if not add_if_absent(tx, ClaimHead, **about, claimed_minor=claimed_minor):
            raise Refused("An amount of this kind is claimed under this cause already.")
        return {"head": kind, "claimed": claimed_minor, "currency": row.currency}

    change_said(db, act, reference, version, "head added", do)


def add_relief(
    db: Database, act: Act, reference: str, *, version: int, kind: ReliefKind, said: str | None
) -> None:
    """Ask for something beyond money."""

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        about = {"claim_id": row.id, "kind": kind, "said": (said or "").strip() or None}
        if not add_if_absent(tx, ClaimRelief, **about):
            raise Refused("This relief is asked for already.")
        return {"relief": kind}

    change_said(db, act, reference, version, "relief added", do)
