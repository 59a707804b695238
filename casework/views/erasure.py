"""What of an operator, a raid, a claim or a shop can be erased: by row, kind and number alone.

An administrator erases without reading: no value, name or address is on this page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from casework.errors import NotFound
from casework.privacy import standing
from rules.erasure import Erasable, Standing, is_personal
from storage import written
from storage.keeping import needed_for
from storage.linking import family, survivor
from storage.rows import every, one, table_of
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

_shops, _identifiers = table_of(Shop).c, table_of(Identifier).c


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """A row that holds such a value, or held it. `kind`: the row's own word; `about`: whose."""

    what: Erasable
    number: int
    kind: StrEnum | None
    about: str
    erased: bool


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """What can be erased about `about`. `bound`: why nothing is now, a sentence; "" else."""

    about: str
    lines: tuple[ErasureLine, ...]
    bound: str


@dataclass(frozen=True, slots=True)
class ErasureText:
    """A text in which a value stands or stood, by column and row; `about`: under what it is seen.

    `mention`: its number once the value was erased. `covered`: it stands there no more.
    """

    key: str
    about: str
    standing: Standing
    mention: int | None
    covered: bool


@dataclass(frozen=True, slots=True)
class ErasureValue:
    """One value of `about`, and where it stands besides."""

    about: str
    line: ErasureLine
    bound: str
    texts: tuple[ErasureText, ...]


def erasure_value(db: Database, about: str, what: Erasable, number: int) -> ErasureValue:
    """Where one value stands in texts: looked for while it is there, as kept once it was erased.

    NotFound where `about` has no such value.
    """
    view = erasure_page(db, about)
    line = next((each for each in view.lines if (each.what, each.number) == (what, number)), None)
    if line is None and what is Erasable.REGISTRANT:
        # A shop whose registrant was erased and stood nowhere else has no line any more.
        line = ErasureLine(what, number, None, str(number), True)
    if line is None:
        raise NotFound("There is no such entry.")
    with db.read() as tx:
        texts = _left(tx, what, number) if line.erased else _standing(tx, what, number)
        return ErasureValue(view.about, line, view.bound, tuple(texts))


def erasure_page(db: Database, about: str) -> ErasurePage:
    """Everything of an operator (OP-…), raid (RA-…), claim (CL-…) or shop (its number).

    NotFound where there is nothing of that name.
    """
    asked = about.strip().upper()
    with db.read() as tx:
        if asked.startswith("RA-") and (raid := one(tx, Raid, reference=asked)):
            lines, owner, shop = _of_raid(tx, raid), raid.operator_id, None
        elif asked.startswith("CL-") and (claim := one(tx, Claim, reference=asked)):
            lines, owner, shop = _of_claim(tx, claim), claim.operator_id, None
        elif asked.startswith("OP-") and (operator := one(tx, Operator, reference=asked)):
            lines, owner, shop = _of_operator(tx, operator), operator.id, None
        elif asked.isascii() and asked.isdigit() and (found := _shop(tx, asked)):
            lines, owner, shop = _of_shop(tx, found), found.operator_id, found.id
        else:
            raise NotFound(
                f"There is nothing called {asked[:40]}. Write the reference of an operator, a raid "
                "or a claim, or the number of a shop."
            )
        last = survivor(tx, owner) if owner is not None else None
        needed = needed_for(tx, last, shop)
        bound = f"Nothing of it is erased while it is needed for {needed}." if needed else ""
        return ErasurePage(asked, tuple(lines), bound)


def _shop(tx: Transaction, asked: str) -> Shop | None:
    return one(tx, Shop, id=int(asked)) if len(asked) < 10 else None


def _of_shop(tx: Transaction, shop: Shop) -> Iterator[ErasureLine]:
    about = str(shop.id)
    rows = every(tx, Identifier, shop_id=shop.id, order_by=_identifiers.id)
    for row in rows:
        if is_personal(row.kind):
            yield ErasureLine(Erasable.IDENTIFIER, row.id, row.kind, about, not row.value)
    if shop.registrant or standing.left(tx, Erasable.REGISTRANT, shop.id):
        yield ErasureLine(Erasable.REGISTRANT, shop.id, None, about, not shop.registrant)


def _of_operator(tx: Transaction, operator: Operator) -> Iterator[ErasureLine]:
    members = family(tx, operator.id)
    named = {
        each.id: each.reference
        for each in every(tx, Operator, table_of(Operator).c.id.in_(members))
    }
    for row in every(tx, OperatorPerson, table_of(OperatorPerson).c.operator_id.in_(members)):
        about = named[row.operator_id]
        yield ErasureLine(Erasable.PERSON, row.id, row.role, about, not row.name)
    for row in every(tx, ExternalHandle, table_of(ExternalHandle).c.operator_id.in_(members)):
        about = named[row.operator_id]
        yield ErasureLine(Erasable.HANDLE, row.id, None, about, not row.handle)
    for row in every(tx, PremisesRow, table_of(PremisesRow).c.operator_id.in_(members)):
        if not row.withdrawn:
            gone = one(tx, PremisesAddress, premises_id=row.id) is None
            about = named[row.operator_id]
            yield ErasureLine(Erasable.PREMISES, row.id, row.kind, about, gone)
    last = survivor(tx, operator.id)
    for shop in every(tx, Shop, operator_id=last, order_by=_shops.id):
        yield from _of_shop(tx, shop)


def _of_raid(tx: Transaction, raid: Raid) -> Iterator[ErasureLine]:
    for row in every(tx, RaidPlace, raid_id=raid.id, order_by=table_of(RaidPlace).c.id):
        gone = not row.address
        yield ErasureLine(Erasable.PLACE, row.id, row.kind, raid.reference, gone)
    for row in every(tx, RaidPerson, raid_id=raid.id, order_by=table_of(RaidPerson).c.id):
        gone = not row.name
        yield ErasureLine(Erasable.MET, row.id, row.met_as, raid.reference, gone)


def _of_claim(tx: Transaction, claim: Claim) -> Iterator[ErasureLine]:
    for row in every(tx, ClaimParty, claim_id=claim.id, order_by=table_of(ClaimParty).c.id):
        yield ErasureLine(Erasable.PARTY, row.id, row.role, claim.reference, not row.name)


def _standing(tx: Transaction, what: Erasable, number: int) -> Iterator[ErasureText]:
    for each in standing.mentions_of(tx, what, number):
        yield ErasureText(each.key, each.whose.about, each.standing, None, False)


def _left(tx: Transaction, what: Erasable, number: int) -> Iterator[ErasureText]:
    for row in standing.left(tx, what, number):
        if place := written.place_of(row.place):
            now = standing.mention_at(tx, place, row.row)
            covered = row.covered_at is not None
            yield ErasureText(now.key, now.whose.about, now.standing, row.id, covered)
