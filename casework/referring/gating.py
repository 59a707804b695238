"""The gate before approval: what a referral's package lacks, and letting an item go.

Owns the facts that `rules.completeness` reads, over the test buys the referral rests on and all
shops of its operator, and the row of a waiver, which freezes what it lets go. Leaves the table of
items to the rule, and the rows of the package to `casework.outcomes.package_rows`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.examinations.examined import verdicts_on
from casework.gauge.gauging import sales_of
from casework.gauge.pricing import worth
from casework.outcomes.package_rows import PackageRows, rows_of
from casework.outcomes.referrals import (
    authors_of,
    hold_operator,
    hold_referral,
    known,
    members_of,
    rewrite,
)
from casework.shots.shotcheck import PHYSICAL
from evidence.digests import sha256_of
from rules import completeness
from rules.completeness import WHOLE, Item, ItemReading, Lack, Waived
from rules.package import Rights, Undertaking
from rules.referral import OPEN
from rules.sales import SalesRecord
from storage import ledger
from storage.linking import survivor
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Brand,
    Examination,
    Exhibit,
    PackageWaiver,
    Referral,
    RightsHolder,
    Shop,
    TestBuy,
    Verdict,
)


def readings(tx: Transaction, row: Referral, now: datetime) -> tuple[ItemReading, ...]:
    """How a referral's package stands on each item, as of `now`."""
    members, rows = members_of(tx, row.id), rows_of(tx, row.operator_id)
    agency = one(tx, Agency, id=row.agency_id)
    assert agency is not None  # a foreign key holds it
    shops = every(tx, Shop, operator_id=survivor(tx, row.operator_id), order_by=table_of(Shop).c.id)
    photographed = on_photographs(tx, members) if agency.needs_exhibit else []
    lacking: dict[Item, Sequence[Lack]] = {
        Item.RIGHTS: _without_rights(tx, members, rows, now),
        Item.LINKS: [_shop(shop) for shop in shops if not (shop.link_basis or "").strip()],
        Item.VERDICTS: [_testbuy(each.reference) for each in members if not _verdicts(tx, each)],
        Item.EXAMINATION: [_testbuy(each) for each in photographed],
        **_scale(tx, row.operator_id, members, shops),
        Item.UNDERTAKING: _without_undertaking(tx, members, rows),
    }
    for item, said in (
        (Item.KNOWLEDGE, rows.knowledge or rows.told),
        (Item.HARM, rows.harm),
        (Item.PREMISES, rows.premises),
    ):
        lacking[item] = () if said else (WHOLE,)
    return completeness.readings(lacking, waivers_of(tx, row.id))


def gone(tx: Transaction, row: Referral, now: datetime) -> str:
    """What an approved referral's package said and lacks now, in words; "" for nothing.

    A shop that was linked since, with its sales, is the next referral's.
    """
    shops = (Item.LINKS, Item.SALES, Item.GENUINE_PRICE)
    said = [each for each in readings(tx, row, now) if each.item not in shops]
    whole = completeness.may_approve(said)
    if whole.allowed:
        return ""
    return " ".join(["The package is not whole any more.", *whole.reasons])


def waivers_of(tx: Transaction, referral_id: int) -> list[Waived]:
    """What was let go of a referral's package, the oldest first."""
    kept = every(tx, PackageWaiver, referral_id=referral_id, order_by=table_of(PackageWaiver).c.id)
    return [
        Waived(
            each.id,
            each.part,
            each.reason,
            each.waived_by,
            tuple(Lack(*lack) for lack in each.lacked),
        )
        for each in kept
    ]


def waive(
    db: Database,
    act: Act,
    referral: str,
    item: Item,
    *,
    version: int,
    of: Collection[str],
    reason: str,
) -> None:
    """A second person lets go what the package lacks of an item; the reason is printed in it.

    `of`: the keys of what they were shown as lacking. Where that is not all of it by now, they look
    again.
    """
    if not reason.strip():
        raise Refused("Say why it is waived; the reason is printed in the package.")
    with db.write() as tx:
        hold_operator(tx, known(tx, referral).operator_id)
        row = hold_referral(tx, act, referral, version)
        if row.state not in OPEN or row.approved_by is not None:
            raise Refused(
                f"{referral} is {row.state}: what it lacks is waived while it is drafted."
            )
        reading = next((each for each in readings(tx, row, act.now) if each.item is item), None)
        if reading is None:
            raise NotFound("There is no such item.")
        ensure(completeness.may_waive(reading, act.role, act.person, authors_of(tx, row)))
        if {lack.key for lack in reading.open} != set(of):
            raise Stale("What lacks is not what was shown any more. Look at it again.")
        number = add(
            tx,
            PackageWaiver,
            referral_id=row.id,
            part=item,
            lacked=[[lack.key, lack.name] for lack in reading.open],
            reason=reason.strip(),
            waived_by=act.person,
            waived_as=act.role,
            waived_at=act.now,
        )
        # Who approves must have read it.
        rewrite(tx, act, row, {})
        facts: dict[str, object] = {"what": "item waived", "item": item, "waiver": number}
        facts |= {"of": [lack.key for lack in reading.open], "by": act.by}
        facts["reason"] = sha256_of(reason.strip().encode())
        ledger.append(tx, referral, facts, act.now)


def _shop(shop: Shop) -> Lack:
    return Lack(f"shop {shop.id}", shop.name)


def _testbuy(reference: str) -> Lack:
    return Lack(reference, reference)


def _named(rows: Iterable[Brand] | Iterable[RightsHolder]) -> list[Lack]:
    """Each once, by name; the names of brands and of rights holders are their own."""
    return [Lack(name, name) for name in sorted({row.name for row in rows})]


def _without_rights(
    tx: Transaction, members: Sequence[TestBuy], rows: PackageRows, now: datetime
) -> list[Lack]:
    """The brands of the test buys that have no registration in force."""
    in_force = {
        row.said.brand
        for row in rows.rights
        if isinstance(row.said, Rights) and row.said.valid_until >= now.date()
    }
    return _named(each for each in _brands(tx, members) if each.name not in in_force)


def _without_undertaking(
    tx: Transaction, members: Sequence[TestBuy], rows: PackageRows
) -> list[Lack]:
    given = {
        row.said.rights_holder for row in rows.undertaking if isinstance(row.said, Undertaking)
    }
    ids = {brand.rights_holder_id for brand in _brands(tx, members)}
    holders = every(tx, RightsHolder, table_of(RightsHolder).c.id.in_(ids))
    return _named(each for each in holders if each.name not in given)


def _brands(tx: Transaction, members: Iterable[TestBuy]) -> Sequence[Brand]:
    return every(tx, Brand, table_of(Brand).c.id.in_({each.brand_id for each in members}))


def _verdicts(tx: Transaction, testbuy: TestBuy) -> list[Verdict]:
    """The verdicts that stand on the exhibits of a test buy."""
    return [
        verdict
        for exhibit in every(tx, Exhibit, testbuy_id=testbuy.id)
        for verdict in verdicts_on(tx, exhibit.id)
        if verdict.superseded_at is None
    ]


def on_photographs(tx: Transaction, members: Sequence[TestBuy]) -> list[str]:
    """The test buys of which no verdict rests on the exhibit itself."""
    found: list[str] = []
    for each in members:
        ids = {verdict.examination_id for verdict in _verdicts(tx, each)}
        examined = every(tx, Examination, table_of(Examination).c.id.in_(ids))
        if not any(examination.basis == PHYSICAL for examination in examined):
            found.append(each.reference)
    return found


def _scale(
    tx: Transaction, operator_id: int, members: Sequence[TestBuy], shops: Sequence[Shop]
) -> dict[Item, list[Lack]]:
    """The shops without a sales record; the currencies without a valuation at the genuine price."""
    sales = sales_of(tx, operator_id)
    silent = [_shop(shop) for shop in shops if not _with_source(sales.get(shop.id, []))]
    currencies = sorted({each.currency for each in members})
    unvalued = [
        Lack(currency, currency)
        for currency in currencies
        if worth(tx, operator_id, currency).genuine.total is None
    ]
    return {Item.SALES: silent, Item.GENUINE_PRICE: unvalued}


def _with_source(records: Sequence[SalesRecord]) -> bool:
    return any(record.source.strip() for record in records)
