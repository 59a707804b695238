"""Ended test buys whose exhibits may be disposed of, for the tests of what becomes of them."""

from casework.custody import handing_over
from casework.custody.signing import Signature
from casework.flags import flagging
from casework.keeping import disposing, retaining
from casework.keeping.disposing import CarriedOut
from casework.verdicts import judging
from rules.disposal import Way
from rules.lifecycle import Stage
from rules.retention import ANY, Period
from rules.roles import Role
from rules.verdicts import Verdict
from storage.rows import one
from storage.tables import Disposal, Exhibit, Operator, Shop
from tests.casework.custody.test_handing_over import giving, strokes
from tests.casework.programme_in import START

WITNESS = Signature("Wu Witness", strokes(), on_glass=True)
PAPER = b"%PDF-1.7 certificate"


def period(**others):
    said = {
        "jurisdiction": ANY, "outcome": "cleared", "months": 0, "evidence_months": 36,
        "valid_from": START.date(), "valid_until": None, "source": "counsel", "verified": True,
    }  # fmt: skip
    return Period(**said | others)


def operator_of(town, reference):
    """The operator of the test buy's shop, made where there is none."""
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.row(reference).shop_id, operator=None,
        new_operator_name="Li", basis="One account.",
    )  # fmt: skip
    with town.db.read() as tx:
        shop = one(tx, Shop, id=town.row(reference).shop_id)
        return one(tx, Operator, id=shop.operator_id).reference


def cleared(town, verdict=Verdict.GENUINE, flag=1):
    """A test buy that ended, with custody that holds, and a period that is over at once."""
    reference = town.bring(Stage.DOCUMENTED, flag)
    (exhibit,) = town.of(Exhibit, reference)
    handing_over.give(
        town.db, town.vault, town.buyer(reference), exhibit.reference,
        giving(exhibit, to_person=town.people["clerk"]),
    )  # fmt: skip
    town.later(minutes=5)
    town.take_in(reference)
    judging.submit(town.db, town.engine(), reference)
    town.carry_on(reference, Stage.JUDGED, verdict)
    town.run(reference)
    assert town.stage(reference) is Stage.CLOSED
    retaining.set_period(town.db, town.act(Role.ADMINISTRATOR), period())
    retaining.set_period(town.db, town.act(Role.ADMINISTRATOR), period(outcome="grey_market"))
    town.later(days=1)
    return reference, exhibit


def ask(town, exhibit, way=Way.DESTROYED, recipient="", act=None):
    act = act or town.act(Role.CLERK)
    return disposing.ask(
        town.db, act, exhibit.reference, way=way, recipient=recipient, reason="Not needed."
    )


def approved(town, exhibit, way=Way.DESTROYED, recipient=""):
    number = ask(town, exhibit, way, recipient)
    disposing.approve(town.db, town.act(Role.APPROVER), number)
    return number


def carry_out(town, exhibit, act=None, **others):
    said = {
        "seal_number": exhibit.seal_number, "condition": "seal intact", "place": "the yard",
        "certificate": PAPER, "signature": WITNESS,
    }  # fmt: skip
    act = act or town.act(Role.CLERK)
    disposing.carry_out(town.db, town.vault, act, exhibit.reference, CarriedOut(**said | others))


def disposal(town, number):
    return next(row for row in town.all(Disposal) if row.id == number)
