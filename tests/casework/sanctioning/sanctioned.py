"""A shop's sanction brought to any state by the door, for the tests of it."""

from datetime import timedelta

from casework.sanctioning import objecting, sanctioning, telling_sellers
from rules.lifecycle import Stage
from rules.roles import Role
from rules.sanctions import SanctionKind
from storage.rows import one
from storage.tables import Sanction

SAID = {
    "clause": "Seller agreement of 1 March 2026, clause 5.2: no counterfeits",
    "reasons": "A watch bought from the shop was found to be counterfeit.",
    "objections_to": "The platform's appeals desk, by letter",
}


def propose(town, *references, kind=SanctionKind.SHOP_CLOSED, act=None, shop=None, **said):
    references = references or (town.bring(Stage.JUDGED),)
    return sanctioning.propose(
        town.db,
        act or town.act(Role.ANALYST),
        shop or town.row(references[0]).shop_id,
        kind=kind,
        resting=references,
        **{**SAID, **said},
    )


def sanction(town, reference):
    with town.db.read() as tx:
        return one(tx, Sanction, reference=reference)


def do(town, change, reference, act, **said):
    return change(town.db, act, reference, version=sanction(town, reference).version, **said)


def decide(town, reference, act=None):
    by = act or town.act(Role.APPROVER)
    do(town, sanctioning.decide, reference, by, reasons="The findings are plain.")


def notify(town, reference, act=None, days=15, **said):
    until = town.now.date() + timedelta(days=days)
    telling_sellers.notify(
        town.db,
        town.vault,
        act or town.act(Role.ANALYST),
        reference,
        version=sanction(town, reference).version,
        given_by="The platform's messages",
        objection_until=until,
        **said,
    )


def enforce(town, reference, act=None):
    do(town, sanctioning.enforce, reference, act or town.act(Role.ANALYST))


def in_force(town, *references, kind=SanctionKind.SHOP_CLOSED):
    reference = propose(town, *references, kind=kind)
    decide(town, reference)
    notify(town, reference)
    enforce(town, reference)
    return reference


def appeal(town, reference, act=None, document="我店商品有进货发票。".encode(), day=None):
    return objecting.record_appeal(
        town.db,
        town.vault,
        act or town.act(Role.LIAISON),
        reference,
        version=sanction(town, reference).version,
        received_on=day or town.now.date(),
        document=document,
    )


def decide_appeal(town, reference, *, lifted, act=None):
    by = act or town.act(Role.SUPERVISOR)
    do(town, objecting.decide_appeal, reference, by, lifted=lifted, reasons="Invoices fit.")
