"""Recording what a referral's package says besides its test buys; a later row corrects an earlier.

Owns the rows and what they do to a draft: whoever approves must have seen them, so that the draft's
form of before is stale. The ledger holds numbers and digests; an address is salted there, and its
text stands in a row of its own. Leaves what a row must say to `rules.package`, reading to
`casework.outcomes.package_rows`.
"""

import json
from dataclasses import asdict, fields
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.outcomes.package_rows import TABLES, recorded
from casework.outcomes.referrals import drafts_about, hold_operator, rewrite
from evidence.digests import salted, sha256_of
from evidence.media import HEAD, PDF, paper_of
from evidence.vault import Vault
from rules import package
from rules.package import RowKind, Said
from rules.referral import ReferralState
from rules.roles import Role
from storage import ledger
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    Operator,
    PremisesAddress,
    Referral,
    ReferralTestBuy,
    RightsHolder,
    Shop,
    TestBuy,
)

RECORDERS = frozenset({Role.ANALYST, Role.LIAISON})
"""Who records rows of a package."""

_KINDS: dict[type, RowKind] = {
    package.Harm: RowKind.HARM,
    package.Premises: RowKind.PREMISES,
    package.Knowledge: RowKind.KNOWLEDGE,
    package.Rights: RowKind.RIGHTS,
    package.Undertaking: RowKind.UNDERTAKING,
}
_NOT_COPIED = frozenset({"id", "corrects_id", "reason", "withdrawn", "recorded_by", "recorded_at"})


def record(
    db: Database,
    vault: Vault,
    act: Act,
    operator: str,
    said: Said,
    *,
    document: bytes | None = None,
    corrects: int | None = None,
    reason: str = "",
) -> int:
    """Record a row about an operator, or in the place of the row `corrects`; gives its number.

    `document`: a PDF that shows it; a correction without one keeps that of the row before.
    """
    kind = _KINDS[type(said)]
    _ensure_recorder(act)
    if lacking := package.unsaid(said):
        raise Refused(f"The row is not whole: say {' and '.join(lacking)}.")
    _ensure_possible(act, said)
    if corrects is not None and not reason.strip():
        raise Refused("Say why the row is corrected; the reason stands beside both.")
    if document is not None and paper_of(document[:HEAD]) != PDF:
        raise Refused("This is no PDF. Scan the document to one, then hand it in again.")
    if kind is RowKind.UNDERTAKING and document is None and corrects is None:
        raise Refused("Hand in the undertaking itself, signed, as a PDF.")
    digest = vault.put(document).digest if document is not None else None
    with db.write() as tx:
        owner = _held(tx, operator)
        before = _standing(tx, kind, corrects, owner) if corrects is not None else None
        columns = _columns(tx, owner, said)
        number = add(
            tx,
            TABLES[kind],
            **columns,
            source=said.source.strip(),
            document=digest or (before.document if before else None),
            corrects_id=corrects,
            reason=reason.strip(),
            recorded_by=act.person,
            recorded_at=act.now,
        )
        facts: dict[str, object] = {"said": _digest(said)}
        if isinstance(said, package.Premises) and said.address is not None:
            address, salt = said.address.strip(), act.salt(f"premises:{operator}")
            add(tx, PremisesAddress, premises_id=number, address=address, salt=salt)
            facts["address"] = salted(address, salt)
        if digest:
            facts["document"] = digest
        _tell(tx, act, owner, kind, number, corrects, facts)
        return number


def withdraw(
    db: Database, act: Act, operator: str, kind: RowKind, number: int, *, reason: str
) -> int:
    """Say that a row no longer stands, with the reason; gives the number of the row that says so.

    It and what it said stay on record.
    """
    _ensure_recorder(act)
    if not reason.strip():
        raise Refused("Say why the row no longer stands.")
    with db.write() as tx:
        owner = _held(tx, operator)
        before = _standing(tx, kind, number, owner)
        same = {
            column.name: getattr(before, column.name)
            for column in table_of(TABLES[kind]).columns
            if column.name not in _NOT_COPIED
        }
        last = add(
            tx,
            TABLES[kind],
            **same,
            corrects_id=number,
            reason=reason.strip(),
            withdrawn=True,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        _tell(tx, act, owner, kind, last, number, {"withdrawn": True})
        return last


def _ensure_recorder(act: Act) -> None:
    if act.role not in RECORDERS or act.person is None:
        raise Refused("Only an analyst or a liaison records what a package says.")


def _ensure_possible(act: Act, said: Said) -> None:
    today = act.now.date()
    if isinstance(said, package.Knowledge) and said.known_on > today:
        raise Refused("What the operator knew can't lie in the future. Correct the day.")
    if isinstance(said, package.Undertaking) and said.given_on > today:
        raise Refused("An undertaking can't be given in the future. Correct the day.")
    if isinstance(said, package.Harm) and said.currency is not None and said.figure is None:
        raise Refused("A currency belongs to an amount. Write the amount, or neither.")


def _held(tx: Transaction, operator: str) -> Operator:
    """The operator, locked as referrals lock it; NotFound where there is none."""
    found = one(tx, Operator, reference=operator)
    if found is None:
        raise NotFound(f"There is no operator {operator}.")
    hold_operator(tx, found.id)
    return found


def _standing(tx: Transaction, kind: RowKind, number: int, owner: Operator) -> Any:
    """The row that a form names, if it still stands; else Stale, or NotFound."""
    row = recorded(tx, kind, number)
    if row is None or row.withdrawn or getattr(row, "operator_id", owner.id) != owner.id:
        raise NotFound(f"There is no such row about {owner.reference}.")
    if one(tx, TABLES[kind], corrects_id=number):
        raise Stale("This row was corrected meanwhile. Look at what stands now.")
    return row


def _columns(tx: Transaction, owner: Operator, said: Said) -> dict[str, object]:
    """What a row says as its table holds it, names and references told by numbers."""
    columns = {
        field.name: value.strip() if isinstance(value := getattr(said, field.name), str) else value
        for field in fields(said)
        if field.name != "source"
    }
    match said:
        case package.Harm():
            return {**columns, "operator_id": owner.id}
        case package.Premises():
            del columns["address"]
            return {**columns, "operator_id": owner.id}
        case package.Knowledge():
            del columns["testbuy"]
            shows = _testbuy(tx, owner, said.testbuy) if said.testbuy else None
            return {**columns, "operator_id": owner.id, "testbuy_id": shows}
        case package.Rights():
            del columns["brand"]
            return {**columns, "brand_id": _named(tx, Brand, said.brand)}
        case package.Undertaking():
            del columns["rights_holder"]
            holder = _named(tx, RightsHolder, said.rights_holder)
            return {**columns, "operator_id": owner.id, "rights_holder_id": holder}


def _named(tx: Transaction, table: type[Brand] | type[RightsHolder], name: str) -> int:
    row = one(tx, table, name=name.strip())
    if row is None:
        raise NotFound(f"{name} is not known to the programme. Choose it from the list.")
    return row.id


def _testbuy(tx: Transaction, owner: Operator, reference: str) -> int:
    row = one(tx, TestBuy, reference=reference.strip().upper())
    shop = one(tx, Shop, id=row.shop_id) if row else None
    if row is None or shop is None or shop.operator_id != owner.id:
        raise NotFound(f"{reference} is no test buy of this operator. Check the reference.")
    return row.id


def _digest(said: Said) -> str:
    """Of what was typed, an address apart."""
    told = {name: str(value) for name, value in asdict(said).items() if name != "address"}
    return sha256_of(json.dumps(told, ensure_ascii=False, sort_keys=True).encode())


def _tell(
    tx: Transaction,
    act: Act,
    owner: Operator,
    kind: RowKind,
    number: int,
    corrects: int | None,
    facts: dict[str, object],
) -> None:
    """Into the ledger; what was shown of drafts that rest on it is stale from now on."""
    body = {"what": "package row", "kind": kind, "row": number, **facts, "by": act.by}
    if corrects is not None:
        body["corrects"] = corrects
    about_brand = kind is RowKind.RIGHTS
    ledger.append(tx, ledger.PROGRAMME if about_brand else owner.reference, body, act.now)
    for row in drafts_with(tx, owner, recorded(tx, kind, number).brand_id if about_brand else None):
        rewrite(tx, act, row, {})


def drafts_with(tx: Transaction, owner: Operator, brand_id: int | None) -> list[Referral]:
    """The drafts about the operator and its family, or with a test buy of the brand."""
    if brand_id is None:
        return [*drafts_about(tx, [owner.id])]
    rows = table_of(Referral).c
    drafted = rows.state == ReferralState.DRAFTED
    links, bought = table_of(ReferralTestBuy), table_of(TestBuy)
    of_brand = bought.select().with_only_columns(bought.c.id).where(bought.c.brand_id == brand_id)
    resting = links.select().with_only_columns(links.c.referral_id)
    resting = resting.where(links.c.testbuy_id.in_(of_brand))
    return [*every(tx, Referral, drafted, rows.id.in_(resting), order_by=rows.id)]
