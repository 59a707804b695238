"""Erasing one value that tells who or where somebody of an operator is, with its salt.

Owns who may, when not, and what follows in the same transaction: the row stays and says nothing,
an identifier no longer compares with any other, and a ledger is told the row's number and the
digest of the reason. The commitments in the ledgers stay; nobody can open them any more. Leaves
what can be erased and its list to `casework.views.erasure`.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.operators.linking import LINKS_LEDGER
from casework.operators.operators import reference_of
from casework.operators.proposing import propose
from casework.outcomes.claims import append, hold_claim, rewrite
from casework.outcomes.referrals import rewrite as rewrite_referral
from casework.privacy import standing
from casework.referring.furnishing import drafts_with
from evidence.digests import sha256_of
from rules.erasure import LEFT, Erasable, is_personal, may_erase
from rules.identifiers import IdentifierKind, IdentifierState, normal_form
from storage import codes as turns
from storage import ledger
from storage.keeping import needed_for
from storage.linking import survivor
from storage.rows import change, change_one, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimParty,
    ExternalHandle,
    Identifier,
    Operator,
    OperatorPerson,
    PremisesAddress,
    PremisesRow,
    Raid,
    RaidPerson,
    RaidPlace,
    Shop,
)

How = Callable[[Transaction, Act, int, Mapping[str, object]], None]
"""Erases the row of a number; the facts go into the ledger it belongs to."""

_shops = table_of(Shop).c
_GONE = "This was erased already; nothing needs to be done."


def erase(
    db: Database,
    act: Act,
    what: Erasable,
    number: int,
    *,
    reason: str,
    also: Collection[str] = (),
) -> None:
    """An administrator erases one value by the number of its row, with the salt that opens it.

    `also`: the texts, as `casework.privacy.standing` names them, in which it is covered at once.
    Refused while a legal hold or open proceedings need it, NotFound where there is no such row,
    Stale where it was erased meanwhile.
    """
    ensure(may_erase(act.role))
    if act.person is None:
        raise Refused("Only an administrator erases what tells who or where somebody is.")
    if not reason.strip():
        raise Refused("Say why it is erased; the ledger keeps the digest of it.")
    facts: dict[str, object] = {"row": number, "because": sha256_of(reason.strip().encode())}
    with db.write() as tx:
        turns.take_turn(tx)  # whoever records, confirms or joins by an identifier waits, or came
        # Holds first all that it is about: whoever lays a hold on any of it waits, or came.
        if texts := standing.cover(tx, act, what, number, also):
            facts["covered"] = list(texts)
        _HOW[what](tx, act, number, {"what": "erased", "of": what, **facts})


def _identifier(tx: Transaction, act: Act, number: int, facts: Mapping[str, object]) -> None:
    known = one(tx, Identifier, id=number)
    if known is None:
        raise NotFound("There is no such identifier.")
    if not is_personal(known.kind):
        raise Refused("A number on goods tells of no person. Correct it on its exhibit.")
    owner = _free_shop(tx, known.shop_id)
    row = one(tx, Identifier, id=number, lock=True)
    assert row is not None  # identifiers are never removed
    if not row.value:
        raise Stale(_GONE)
    emptied: dict[str, object] = {"value": "", "normal": "", "salt": b""}
    if row.state is not IdentifierState.WITHDRAWN:
        emptied |= {
            "state": IdentifierState.WITHDRAWN,
            "withdrawn_by": act.person,
            "withdrawn_at": act.now,
        }
    if row.state is not IdentifierState.WITHDRAWN or row.value in row.withdrawn_because:
        emptied["withdrawn_because"] = LEFT
    change_one(tx, Identifier, number, **emptied)
    if row.kind is IdentifierKind.REGISTRANT:
        _clear_registrant(tx, row)
    # What it had joined is left to persons: nobody can look any more whether it did so rightly.
    propose(tx, act, [row.shop_id])
    _tell(tx, act, owner, {**facts, "kind": row.kind, "shop": row.shop_id})


def _clear_registrant(tx: Transaction, row: Identifier) -> None:
    """The shop's own column says the same as the identifier that came with it."""
    shop = one(tx, Shop, id=row.shop_id)
    said = shop.registrant if shop else None
    if said and normal_form(IdentifierKind.REGISTRANT, said) == row.normal:
        change_one(tx, Shop, row.shop_id, registrant=None)


def _registrant(tx: Transaction, act: Act, number: int, facts: Mapping[str, object]) -> None:
    owner = _free_shop(tx, number)
    if not change(tx, Shop, _shops.id == number, _shops.registrant.is_not(None), registrant=None):
        raise Stale(_GONE)
    _tell(tx, act, owner, facts)


def _emptied(
    table: type[OperatorPerson] | type[ExternalHandle] | type[RaidPlace] | type[RaidPerson],
    column: str,
    owner_of: Callable[[Transaction, Any, int], str],
    **salt: bytes,
) -> How:
    """Empties one column of a row, and what opens its commitment; its owner's ledger is told."""

    def erase_it(tx: Transaction, act: Act, number: int, facts: Mapping[str, object]) -> None:
        owner, rows = owner_of(tx, table, number), table_of(table).c
        if not change(tx, table, rows.id == number, rows[column] != "", **{column: ""}, **salt):
            raise Stale(_GONE)
        ledger.append(tx, owner, {**facts, "by": act.by}, act.now)

    return erase_it


def _premises(tx: Transaction, act: Act, number: int, facts: Mapping[str, object]) -> None:
    reference = _of_operator(tx, PremisesRow, number)
    if not remove(tx, PremisesAddress, table_of(PremisesAddress).c.premises_id == number):
        raise Stale(_GONE)
    ledger.append(tx, reference, {**facts, "by": act.by}, act.now)
    owner = one(tx, Operator, reference=reference)
    assert owner is not None  # the row is its own
    for draft in drafts_with(tx, owner, None):
        rewrite_referral(tx, act, draft, {})


def _party(tx: Transaction, act: Act, number: int, facts: Mapping[str, object]) -> None:
    """Name and address at one go: the address without the name is still somebody's."""
    party = one(tx, ClaimParty, id=number)
    known = one(tx, Claim, id=party.claim_id) if party else None
    if known is None:
        raise NotFound("There is no such party. Counsel may have taken it out.")
    row = hold_claim(tx, known.reference, None)
    _ensure_free(tx, row.operator_id)
    rows = table_of(ClaimParty).c
    if not change(tx, ClaimParty, rows.id == number, rows.name != "", name="", address=None):
        raise Stale(_GONE)
    rewrite(tx, act, row, {})
    append(tx, act, row.reference, facts)


def _free_shop(tx: Transaction, shop_id: int) -> int | None:
    """The operator of a shop; Refused where one of them is bound."""
    shop = one(tx, Shop, id=shop_id)
    if shop is None:
        raise NotFound("There is no such shop.")
    _ensure_free(tx, shop.operator_id, shop_id)
    return shop.operator_id


def _of_operator(
    tx: Transaction,
    table: type[OperatorPerson] | type[ExternalHandle] | type[PremisesRow],
    number: int,
) -> str:
    """The operator a row was recorded about, free; gives its reference."""
    row = one(tx, table, id=number)
    if row is None:
        raise NotFound("There is no such entry.")
    _ensure_free(tx, row.operator_id)
    return reference_of(tx, row.operator_id)


def _of_raid(tx: Transaction, table: type[RaidPlace] | type[RaidPerson], number: int) -> str:
    row = one(tx, table, id=number)
    raid = one(tx, Raid, id=row.raid_id) if row else None
    if raid is None:
        raise NotFound("There is no such entry.")
    _ensure_free(tx, raid.operator_id)
    return raid.reference


def _ensure_free(tx: Transaction, operator_id: int | None, shop_id: int | None = None) -> None:
    last = survivor(tx, operator_id) if operator_id is not None else None
    if bound := needed_for(tx, last, shop_id):
        raise Refused(
            f"This is needed under {bound}. Erase it once that is lifted or has ended; "
            "counsel knows when."
        )


def _tell(tx: Transaction, act: Act, owner: int | None, facts: Mapping[str, object]) -> None:
    """Into the operator's ledger; into that of links where the shop has none."""
    subject = reference_of(tx, owner) if owner is not None else LINKS_LEDGER
    ledger.append(tx, subject, {**facts, "by": act.by}, act.now)


_HOW: Mapping[Erasable, How] = {
    Erasable.IDENTIFIER: _identifier,
    Erasable.REGISTRANT: _registrant,
    Erasable.PERSON: _emptied(OperatorPerson, "name", _of_operator),
    Erasable.HANDLE: _emptied(ExternalHandle, "handle", _of_operator),
    Erasable.PREMISES: _premises,
    Erasable.PLACE: _emptied(RaidPlace, "address", _of_raid, salt=b""),
    Erasable.MET: _emptied(RaidPerson, "name", _of_raid, salt=b""),
    Erasable.PARTY: _party,
}
