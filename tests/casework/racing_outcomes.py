"""What a side of a race does to what becomes of a verdict: operators, rows, claims, sanctions."""

from dataclasses import replace

from casework.flags import flagging
from casework.operators import linking, merging
from casework.privacy import erasing, standing
from casework.referring import correcting, furnishing
from casework.sanctioning import objecting, sanctioning
from casework.suing import awarding, striking
from rules.roles import Role
from rules.sanctions import SanctionKind
from tests.casework.raiding.test_found import FINDING, SHOP, tell
from tests.casework.sanctioning.sanctioned import SAID
from tests.casework.suing import suits


def merge(town, first, other):
    merging.merge(town.db, town.act(Role.ANALYST), first, other, reason="One hand packs for both.")


def confirm(town, number, person="analyst"):
    linking.confirm(town.db, town.act(Role.ANALYST, person), number)


def withdraw_row(town, operator, kind, number):
    by = town.act(Role.ANALYST)
    furnishing.withdraw(town.db, by, operator, kind, number, reason="It was another's.")


def pay(town, reference, version, amount):
    awarding.record_payment(
        town.db, town.vault, town.act(Role.COUNSEL), reference, version=version,
        received_on=town.now.date(), amount_minor=amount, paper=suits.PAPER,
    )  # fmt: skip


def decide_strike(town, reference, version, strike, person, agreed):
    striking.decide(
        town.db, town.act(Role.APPROVER, person), reference, version=version, strike=strike,
        agreed=agreed, said=None if agreed else "The bank confirms it.",
    )  # fmt: skip


def decide_correction(town, reference, version, correction, person, agreed):
    correcting.decide(
        town.db, town.act(Role.APPROVER, person), reference, version=version,
        correction=correction, agreed=agreed, said=None if agreed else "It is on their stamp.",
    )  # fmt: skip


def link_seen(town, shop, seen, operator, basis, person="analyst"):
    return flagging.link_shop(
        town.db, town.act(Role.ANALYST, person), shop_id=shop, seen=seen, operator=operator,
        new_operator_name=None if operator else "Zhao", basis=basis,
    )  # fmt: skip


def erase(town, what, number, also, person):
    by = town.act(Role.ADMINISTRATOR, person)
    erasing.erase(town.db, by, what, number, reason="They asked.", also=also)


def blank(town, mention, person):
    standing.blank(town.db, town.act(Role.ADMINISTRATOR, person), mention, reason="They asked.")


def propose(town, shop, testbuy, person="analyst"):
    return sanctioning.propose(
        town.db, town.act(Role.ANALYST, person), shop, kind=SanctionKind.WARNED,
        resting=[testbuy], **SAID,
    )  # fmt: skip


def hear(town, reference, version, person, lifted):
    objecting.decide_appeal(
        town.db, town.act(Role.APPROVER, person), reference,
        version=version, lifted=lifted, reasons="Invoices fit.",
    )  # fmt: skip


def find_second(town, raid, number, name="Zhao"):
    shops = (replace(SHOP, number=number),)
    return tell(town, raid, replace(FINDING, name=name, shops=shops))
