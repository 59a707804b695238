"""One side of a race: a process that does what it is told at the moment the other does."""

import itertools
import traceback
from datetime import timedelta
from pathlib import Path

from casework.buying import assigning, buying, campaigns, ending, ordering, requesting
from casework.custody import holds, placing, storing
from casework.errors import Refused
from casework.examinations import examining
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import codes, photographing
from casework.keeping import disposing
from casework.referring import answering, referring
from casework.verdicts import pending
from evidence.vault import Vault
from rules.codes import CodeKind
from rules.lifecycle import EarlyEnd
from rules.money import Money
from rules.roles import Role
from rules.verdicts import Verdict
from storage.session import Database
from storage.tables import Brand
from tests.casework import racing_outcomes
from tests.casework.programme_in import LEASE, START, Programme, feed, leases

WON, LOST = "done", "refused"


def decline(town, reference, version):
    act = town.act(Role.APPROVER, "other approver")
    requesting.decline(town.db, act, reference, version=version, reason="No")


def approve(town, reference, version, person="approver"):
    requesting.approve(town.db, town.act(Role.APPROVER, person), reference, version=version)


def authorise(town, reference):
    return requesting.authorise_by_campaign(town.db, town.engine(), reference) is not None


def assign(town, reference):
    return assigning.assign(town.db, town.engine(), reference) is not None


def claim(town, public_id, expert):
    examining.claim(town.db, town.act(Role.AUTHENTICATOR, expert), public_id)


def seal(town, public_id, expert):
    act = town.act(Role.AUTHENTICATOR, expert)
    examining.claim(town.db, act, public_id)
    town.seal_claimed(public_id, Verdict.COUNTERFEIT, act)


def record_order(town, reference, version):
    buying.record_order(
        town.db,
        town.buyer(reference),
        reference,
        version=version,
        order_number="1",
        paid_minor=9_000,
        currency="CNY",
        carrier=None,
        tracking_number=None,
    )


def abandon(town, reference, version):
    ending.abandon(
        town.db,
        town.act(Role.ANALYST),
        reference,
        version=version,
        why=EarlyEnd.BUDGET_WITHDRAWN,
        note="",
    )


def approve_referral(town, referral, version, liaison):
    answering.approve(town.db, town.act(Role.LIAISON, liaison), referral, version=version)


def withdraw_referral(town, referral, version):
    act = town.act(Role.LIAISON)
    answering.withdraw(town.db, act, referral, version=version, reason="Wait")


def settle(town, reference, attempt_id, number):
    paid = Money(9_000, "CNY")
    moved = ordering.settle_placed(town.db, town.engine(), reference, attempt_id, number, paid)
    return moved is not None


def take(town, reference, holder, seconds):
    town.now = START
    town.later(seconds=seconds)
    return leases.take(town.db, town.engine(), reference, holder, LEASE) is not None


def consider(town, reference):
    return referring.consider(town.db, town.engine(), reference)


def link(town, shop, operator):
    flagging.link_shop(
        town.db,
        town.act(Role.ANALYST),
        shop_id=shop,
        operator=operator,
        new_operator_name=None,
        basis="One bank account.",
    )


def record_sales(town, shop, amount):
    town.record_sales(shop, amount, source=f"source {amount}")


def open_campaign(town, name):
    town.open_campaign(name)


def withdraw(town, name):
    campaigns.withdraw(town.db, town.act(Role.APPROVER), name, "No money")


def record_code(town, exhibit, text):
    act = town.act(Role.CLERK)
    codes.record(town.db, act, exhibit, codes.NewCode(CodeKind.SERIAL, text))


def request(town, flag):
    return town.request(flag)


def import_feed(town, backwards):
    """A feed no one has imported yet, from either end."""
    lines = feed().decode().replace("taobao,S", "jd,S").replace("\nF", f"\n{town.feeds}F")
    header, *rest = lines.splitlines()
    town.feeds += 1
    found = read_feed("f.csv", "\n".join([header, *(rest[::-1] if backwards else rest)]).encode())
    return flagging.import_flags(town.db, town.act(Role.ANALYST), found.rows).imported


def photograph(town, reference, shot, data):
    return photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot=shot, data=data, name="a.jpg"
    )


def settle_verdicts(town):
    return pending.settle(town.db, town.now + timedelta(seconds=10), bytes(32))


def undo_verdict(town, public_id):
    pending.undo(town.db, town.act(Role.AUTHENTICATOR, "expert"), public_id)


def place_hold(town, subject):
    return holds.place(town.db, town.act(Role.SUPERVISOR), subject, reason="The court.")


def approve_disposal(town, number):
    disposing.approve(town.db, town.act(Role.APPROVER), number)


def carry_out_disposal(town, reference, seal):
    said = disposing.CarriedOut(seal, "intact", "here", keeper="The showroom")
    disposing.carry_out(town.db, town.vault, town.act(Role.CLERK), reference, said)


def store(town, reference, seal, place):
    said = {"seal_number": seal, "place": place, "condition": "intact"}
    storing.store(town.db, town.act(Role.CLERK), reference, **said)


def close_place(town, number):
    placing.close_place(town.db, town.act(Role.SUPERVISOR), number, reason="Moved")


def words(came):
    """How it ended for both sides, in the order of the alphabet."""
    return sorted(word for word, _ in came)


def side(number, pipe, barrier):
    """Do what the pipe says: (database URL, vault, people, function, arguments); say what came."""
    town = None
    while (told := pipe.recv()) is not None:
        url, vault, people, name, arguments = told
        if town is None or town.db.url != url:
            if town is not None:
                town.db.close()
            chance = itertools.count(number * 1_000_000)
            town = Programme(Database(url), Vault(Path(vault)), people=people, chance=chance)
            town.feeds = 0
            town.all(Brand)
        barrier.wait(timeout=120)
        try:
            told = globals().get(name) or getattr(racing_outcomes, name)
            pipe.send((WON, told(town, *arguments)))
        except Refused as refused:
            pipe.send((LOST, refused.reasons))
        except Exception:
            pipe.send(("broke", traceback.format_exc()))
