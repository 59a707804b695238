"""Where a value that is erased stands besides: found in every text, covered where that may be.

Owns what is looked for, what may be done at each place, and keeping the places that stay. A text
is covered where its row may change: the ledgers hold digests of what people wrote, which stay.
Files in the vault are not read: pictures and papers are evidence. Leaves the value's own row to
`casework.privacy.erasing`, and which columns hold words to `storage.written`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from evidence.digests import sha256_of
from rules.covering import SIGN, covered, stands_in
from rules.erasure import Erasable, Standing, may_erase, spellings, standing
from rules.identifiers import IdentifierKind
from storage import codes as turns
from storage import ledger, written
from storage.keeping import lock_over, needed_for
from storage.linking import survivor
from storage.rows import add_if_absent, change, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    ClaimParty,
    ErasureMention,
    ExternalHandle,
    Identifier,
    OperatorPerson,
    PremisesAddress,
    Raid,
    RaidPerson,
    RaidPlace,
    Shop,
)
from storage.written import Place, Whose

_rows = table_of(ErasureMention).c
_RAID = "RA-"
_HAS = {
    Erasable.PERSON: (OperatorPerson, ("name",)),
    Erasable.HANDLE: (ExternalHandle, ("handle",)),
    Erasable.PLACE: (RaidPlace, ("address",)),
    Erasable.MET: (RaidPerson, ("name",)),
    Erasable.PARTY: (ClaimParty, ("name", "address")),
    Erasable.IDENTIFIER: (Identifier, ("value",)),
    Erasable.REGISTRANT: (Shop, ("registrant",)),
    Erasable.PREMISES: (PremisesAddress, ("address",)),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A text in which the value stands: its column and row, under what it is seen, what may be."""

    place: Place
    row: int
    whose: Whose
    standing: Standing

    @property
    def key(self) -> str:
        """As a form names it."""
        return f"{self.place.name}:{self.row}"


def words_of(tx: Transaction, what: Erasable, number: int) -> frozenset[str]:
    """What is looked for of a row that can be erased; nothing once it was."""
    table, columns = _HAS[what]
    row = one(tx, table, next(iter(table_of(table).primary_key)) == number)
    values = [value for column in columns if row and (value := getattr(row, column))]
    phone = isinstance(row, Identifier) and row.kind is IdentifierKind.PHONE
    return spellings(values, phone=phone)


def mentions_of(tx: Transaction, what: Erasable, number: int) -> tuple[Mention, ...]:
    """Each text besides its own row in which the value stands."""
    words = words_of(tx, what, number)
    if not words:
        return ()
    table, columns = _HAS[what]
    own = {(f"{table_of(table).name}.{column}", number) for column in columns}
    return tuple(
        mention_at(tx, place, row)
        for place, row in written.bearing(tx, lambda text: stands_in(text, words))
        if (place.name, row) not in own
    )


def mention_at(tx: Transaction, place: Place, row: int) -> Mention:
    """A place as it stands now."""
    whose = written.whose(tx, place.table, row)
    return Mention(
        place, row, whose, standing(place.name, fixed=place.fixed, bound=_bound(tx, whose))
    )


def hold_all(tx: Transaction, wheres: Collection[Whose]) -> None:
    """Keep a hold of the same moment from coming over what is erased or covered: raids, shops,
    operators and test buys at one go, in the order of all (docs/adr/0004).
    """
    for raid in sorted({each.about for each in wheres if each.about.startswith(_RAID)}):
        one(tx, Raid, reference=raid, lock=True)
    shops = {shop for each in wheres for shop in each.shops}
    lock_over(tx, shops, {operator for each in wheres for operator in each.operators})


def cover(
    tx: Transaction, act: Act, what: Erasable, number: int, keys: Collection[str]
) -> Sequence[str]:
    """Hold what the value is about and cover it in the texts that `keys` name; keep where it stays.

    Gives what was done.

    Stale where a text named holds it no longer, or must not be changed any more.
    """
    found = mentions_of(tx, what, number)
    chosen = [each for each in found if each.key in keys and each.standing is Standing.COVERABLE]
    own = written.whose(tx, table_of(_HAS[what][0]), number)
    hold_all(tx, [own, *(each.whose for each in chosen)])
    if len(chosen) < len(set(keys)) or any(_bound(tx, each.whose) for each in chosen):
        raise Stale("Where it stands is not as you saw it. Look at the list again.")
    words = words_of(tx, what, number)
    for each in chosen:
        written.rewrite(tx, each.place, each.row, lambda text: covered(text, words))
    for each in found:
        if each not in chosen and each.standing is not Standing.ALONE:
            said = {"place": each.place.name, "row": each.row, "found_at": act.now}
            add_if_absent(tx, ErasureMention, what=what, erased=number, **said)
    return [each.key for each in chosen]


def left(tx: Transaction, what: Erasable, number: int) -> Sequence[ErasureMention]:
    """Where an erased value stood when it was erased, and was not covered."""
    return every(tx, ErasureMention, what=what, erased=number, order_by=_rows.id)


def blank(db: Database, act: Act, mention: int, *, reason: str) -> None:
    """Cover a whole text in which an erased value stands: which part of it, nobody knows any more.

    Refused where the text must stay, Stale where it was covered meanwhile.
    """
    ensure(may_erase(act.role))
    if not reason.strip():
        raise Refused("Say why it is covered; the ledger keeps the digest of it.")
    with db.write() as tx:
        turns.take_turn(tx)  # whose shops are whose stays so
        row = one(tx, ErasureMention, id=mention, lock=True)
        place = written.place_of(row.place) if row else None
        if row is None or place is None:
            raise NotFound("There is no such entry.")
        if row.covered_at is not None:
            raise Stale("This was covered already; nothing needs to be done.")
        hold_all(tx, [mention_at(tx, place, row.row).whose])
        if mention_at(tx, place, row.row).standing is not Standing.COVERABLE:
            raise Refused("This text must stay as it is. The page of what was erased says why.")
        written.rewrite(tx, place, row.row, lambda text: SIGN if text.strip() else text)
        done = {"covered_at": act.now, "covered_by": act.person}
        change(tx, ErasureMention, _rows.id == mention, **done)
        because = sha256_of(reason.strip().encode())
        body = {"what": "text covered", "place": row.place, "row": row.row, "because": because}
        ledger.append(tx, ledger.PROGRAMME, {**body, "by": act.by}, act.now)


def _bound(tx: Transaction, whose: Whose) -> bool:
    """Whether any side that it is about is needed: a link's text is of two shops."""
    owners = {survivor(tx, each) for each in whose.operators}
    return any(needed_for(tx, each) for each in owners) or any(
        needed_for(tx, None, each) for each in whose.shops
    )
