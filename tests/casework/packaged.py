"""Rows of a package for the tests' worlds: what a referral must say besides its test buys."""

from datetime import date

from casework.outcomes.referrals import known
from casework.referring import furnishing, gating
from rules.completeness import Item, ItemState
from rules.package import (
    Harm,
    HarmKind,
    Knowledge,
    KnowledgeKind,
    Premises,
    PremisesKind,
    Rights,
    Undertaking,
)
from rules.roles import Role
from storage.rows import every, one
from storage.tables import Brand, Operator, ReferralTestBuy, TestBuy

PAPER = b"%PDF-1.7 the undertaking, signed"
ADDRESS = "Room 1203, Canal Building, Luohu"


def harm(**said):
    about = {"kind": HarmKind.SAFETY, "text": "Nickel above the limit", "figure": None}
    return Harm(**about | {"currency": None, "source": "Laboratory report 7"} | said)


def premises(**said):
    about = {"kind": PremisesKind.WAREHOUSE, "address": ADDRESS, "happens": "Goods are packed"}
    return Premises(**about | {"hour": "22:00 every night", "source": "The waybill"} | said)


def knowledge(**said):
    about = {"kind": KnowledgeKind.EARLIER_NOTICE, "text": "Warned by the platform"}
    about |= {"known_on": date(2026, 1, 5), "testbuy": None, "source": "Notice 2026-5"}
    return Knowledge(**about | said)


def rights(**said):
    about = {"brand": "Swarovski", "registration": "384001", "classes": "14", "territory": "CN"}
    about |= {"valid_until": date(2031, 3, 1), "signatory": "Anna Berger"}
    about |= {"authority": "Power of attorney of 2 March 2026", "source": "Register extract"}
    return Rights(**about | said)


def undertaking(**said):
    about = {"rights_holder": "Swarovski AG", "person": "Anna Berger", "position": "Counsel"}
    return Undertaking(**about | {"given_on": date(2026, 1, 7), "source": "Letter"} | said)


def record(town, said, operator="OP-0001", **more):
    """Record a row as an analyst; gives its number."""
    act = more.pop("act", None) or town.act(Role.ANALYST)
    return furnishing.record(town.db, town.vault, act, operator, said, **more)


def say_all(town, operator="OP-0001", brand="Swarovski"):
    """All that a package must say, each once."""
    record(town, harm(), operator)
    record(town, premises(), operator)
    record(town, knowledge(), operator)
    record(town, rights(brand=brand), operator)
    holder = f"{brand} AG"
    record(town, undertaking(rights_holder=holder), operator, document=PAPER)


def lacking(town, referral):
    """The items that a referral's package lacks and nobody waived."""
    with town.db.read() as tx:
        read = gating.readings(tx, known(tx, referral), town.act(Role.ANALYST).now)
    return [each.item for each in read if each.state is ItemState.MISSING]


def still(town, referral, item):
    """The keys of what an item lacks and nobody let go."""
    with town.db.read() as tx:
        read = gating.readings(tx, known(tx, referral), town.act(Role.ANALYST).now)
    return [lack.key for each in read if each.item is item for lack in each.open]


def complete(town, referral):
    """Record what a drafted referral's package lacks; its scale, which a test may be about, is
    waived by the supervisor where nothing is known of it.
    """
    with town.db.read() as tx:
        row = known(tx, referral)
        (operator,) = every(tx, Operator, id=row.operator_id)
        links = every(tx, ReferralTestBuy, referral_id=row.id)
        bought = [one(tx, TestBuy, id=each.testbuy_id) for each in links]
        brands = {one(tx, Brand, id=each.brand_id).name for each in bought}
    rows = {Item.HARM: harm, Item.PREMISES: premises, Item.KNOWLEDGE: knowledge}
    for item in lacking(town, referral):
        if item in rows:
            record(town, rows[item](), operator.reference)
        elif item is Item.RIGHTS:
            for brand in sorted(brands):
                record(town, rights(brand=brand), operator.reference)
        elif item is Item.UNDERTAKING:
            for brand in sorted(brands):
                said = undertaking(rights_holder=f"{brand} AG")
                record(town, said, operator.reference, document=PAPER)
        elif item in (Item.SALES, Item.GENUINE_PRICE):
            with town.db.read() as tx:
                version = known(tx, referral).version
            waiving = {"version": version, "reason": "The platform was asked twice."}
            of = still(town, referral, item)
            gating.waive(town.db, town.act(Role.SUPERVISOR), referral, item, of=of, **waiving)
