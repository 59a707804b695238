"""Civil claims brought to any step through the door, for the tests of what becomes of them."""

from datetime import date

from casework.flags import flagging
from casework.suing import awarding, claiming, grounding, pleading, suing
from casework.suing.claiming import Before
from casework.suing.suing import Step
from casework.verdicts import reviewing
from rules.claims import ClaimMove
from rules.lifecycle import Stage
from rules.pleading import HeadKind, PartyRole, ReliefKind
from rules.roles import Role
from storage.rows import one
from storage.tables import (
    CauseOfAction,
    Claim,
    ClaimCause,
    ClaimHead,
    ClaimParty,
    ClaimRelief,
    GoodwillProof,
    Operator,
    Shop,
)

PAPER = b"%PDF-1.7 a paper of the court"
LONGGANG = Before("Longgang District People's Court", "Shenzhen", "CN", "CNY")
CLAIMED = ((HeadKind.DAMAGES, 100_000_000), (HeadKind.REASONABLE_EXPENSES, 40_000_000))


def counterfeit(town, flag=1):
    """A test buy judged counterfeit, and the reference of the operator of its shop."""
    reference = town.bring(Stage.JUDGED, flag)
    with town.db.read() as tx:
        shop = one(tx, Shop, id=town.row(reference).shop_id)
    if shop.operator_id is None:
        flagging.link_shop(
            town.db, town.act(Role.ANALYST), shop_id=shop.id, operator=None,
            new_operator_name="Liu", basis="His own name.",
        )  # fmt: skip
    with town.db.read() as tx:
        shop = one(tx, Shop, id=shop.id)
        return reference, one(tx, Operator, id=shop.operator_id).reference


def row(town, reference):
    with town.db.read() as tx:
        return one(tx, Claim, reference=reference)


def of(town, table, reference):
    """The rows of `table` of one claim."""
    return sorted(
        (each for each in town.all(table) if each.claim_id == row(town, reference).id),
        key=lambda each: getattr(each, "id", 0),
    )


def seen(town, reference):
    return {"version": row(town, reference).version}


def prepare(town, operator, before=LONGGANG):
    return claiming.prepare(town.db, town.act(Role.COUNSEL), operator, before)


def cause(town, name="breach of the no-fakes clause"):
    with town.db.read() as tx:
        return one(tx, CauseOfAction, name=name).id


def plead(town, reference, testbuy, *, heads=CLAIMED, reliefs=(ReliefKind.APOLOGY,)):
    """Say all that a claim must say, resting on `testbuy`."""
    counsel = town.act(Role.COUNSEL)
    for role, name in (
        (PartyRole.PLATFORM, "The Platform Ltd"),
        (PartyRole.DEFENDANT, "Canary Liu"),
    ):
        pleading.add_party(
            town.db, counsel, reference, **seen(town, reference), role=role, name=name,
            address="12 Canary Road",
        )  # fmt: skip
    pleading.add_cause(
        town.db, counsel, reference, **seen(town, reference), cause=cause(town), said=None
    )
    own = of(town, ClaimCause, reference)[0].id
    for kind, amount in heads:
        pleading.add_head(
            town.db, counsel, reference, **seen(town, reference), claim_cause=own, kind=kind,
            claimed_minor=amount,
        )  # fmt: skip
    for kind in reliefs:
        pleading.add_relief(
            town.db, counsel, reference, **seen(town, reference), kind=kind, said="In the paper"
        )
    grounding.add_testbuy(town.db, counsel, reference, **seen(town, reference), testbuy=testbuy)
    grounding.list_evidence(
        town.db, town.vault, counsel, reference, **seen(town, reference),
        proves="That the shop sold it.", data=PAPER,
    )  # fmt: skip
    claiming.record_agreement(
        town.db, town.vault, counsel, reference, **seen(town, reference), clause="No fakes, 4.2",
        clause_version="2016-03", accepted_on=date(2016, 3, 1), data=b"%PDF-1.7 accepted",
    )  # fmt: skip


def approve(town, reference, person="approver"):
    suing.approve(town.db, town.act(Role.APPROVER, person), reference, **seen(town, reference))


def step(town, reference, move, on=None, act=None, **told):
    """One step, with a paper, on the day it is."""
    told = {"paper": PAPER, "on": on or town.now.date(), **told}
    if move is ClaimMove.DOCKET:
        told.setdefault("docket_number", "(2017) 粤0307民初17号")
    suing.step(
        town.db, town.vault, act or town.act(Role.COUNSEL), reference, move, Step(**told),
        **seen(town, reference),
    )  # fmt: skip


def judge(town, reference, *amounts, on=None, granted=False, paper=PAPER):
    """A judgment that awards `amounts` under the heads in their order."""
    heads = [each.id for each in of(town, ClaimHead, reference)]
    reliefs = [each.id for each in of(town, ClaimRelief, reference)]
    return awarding.judge(
        town.db, town.vault, town.act(Role.COUNSEL), reference, **seen(town, reference),
        judged_on=on or town.now.date(), awarded=dict(zip(heads, amounts, strict=True)),
        granted=frozenset(reliefs if granted else ()), reasons="Liable, but the loss is not shown.",
        paper=paper,
    )  # fmt: skip


def filed(town, flag=1, **said):
    """A claim that a court has; gives its reference and the test buy it rests on."""
    testbuy, operator = counterfeit(town, flag)
    reference = prepare(town, operator, said.pop("before", LONGGANG))
    plead(town, reference, testbuy, **said)
    approve(town, reference)
    step(town, reference, ClaimMove.FILE)
    return reference, testbuy


def heard(town, **said):
    """A claim that was docketed, announced and heard."""
    reference, testbuy = filed(town, **said)
    for move in (ClaimMove.DOCKET, ClaimMove.ANNOUNCE, ClaimMove.HEAR):
        step(town, reference, move)
    return reference, testbuy


def defendant(town, reference):
    return next(
        each.id for each in of(town, ClaimParty, reference) if each.role is PartyRole.DEFENDANT
    )


def proof(town, number=0):
    return sorted(town.all(GoodwillProof), key=lambda each: each.id)[number].id


def decide(town, review, role=Role.COUNSEL):
    return reviewing.record_outcome_review(
        town.db, town.act(role), review, decision="Canary: the claim goes on on the other goods."
    )
