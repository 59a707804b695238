"""Choosing buyer and persona for an authorised test buy.

The rule is `rules.assignment`; here its facts are read under the lock of the buyers' rows, so that
two runs at once can't give one persona to two shops of one operator, or a buyer too many tasks.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from casework.act import Act
from casework.buying.attempts import OPEN_ATTEMPT
from casework.buying.buyers import own_wait
from casework.buying.commitments import commit
from casework.errors import NotFound, Refused
from casework.move import Moved, find, look_again, move, note
from casework.telling.notifying import tell
from rules import assignment
from rules.decision import Decision
from rules.lifecycle import Move, Stage
from rules.notices import NoticeKind
from rules.roles import Role
from rules.waiting import BUYER, ORDER, SUCCESSOR
from storage import personas, policies, testbuys
from storage.rows import add, change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Buyer, Persona, PersonaUse, Shop, TestBuy

TRY_AGAIN = timedelta(hours=1)
"""Personas cool off and buyers finish tasks, and nobody tells; a new buyer or persona does."""

_buyers = table_of(Buyer)
_personas = table_of(Persona)


def assign(db: Database, act: Act, reference: str) -> Moved | None:
    """Assign an authorised test buy; None where it is not authorised or nobody fits yet.

    Why nobody fits is kept with the wait.
    """
    with db.write() as tx:
        shop = _shop_held(tx, reference)
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.AUTHORISED:
            return None
        done = _assign(tx, act, testbuy, shop)
        return done if isinstance(done, Moved) else None


def reassign(db: Database, act: Act, reference: str) -> None:
    """Give a test buy not yet ordered another buyer and persona, where its own can't buy.

    Links are found later than personas are assigned, and buyers leave. Where nobody fits it waits
    for a buyer.
    """
    with db.write() as tx:
        shop = _shop_held(tx, reference)
        testbuy = find(tx, act, reference)
        if _unordered(tx, testbuy):
            _reassign(tx, act, testbuy, shop)


def try_again(db: Database, act: Act, reference: str, *, version: int) -> None:
    """As an analyst, look at once for a buyer of a test buy that waits for one.

    Raises Refused with the reasons where nobody fits; those stay with the wait.
    """
    if act.role is not Role.ANALYST:
        raise Refused(f"Only an analyst looks for another buyer; you act as {act.role}.")
    with db.write() as tx:
        shop = _shop_held(tx, reference)
        testbuy = find(tx, act, reference, version)
        if testbuy.waiting_name not in (BUYER.name, SUCCESSOR.name):
            raise Refused(f"{reference} waits for no buyer to be found.", stage=testbuy.stage)
        if testbuy.stage is Stage.AUTHORISED:
            done = _assign(tx, act, testbuy, shop)
        elif _unordered(tx, testbuy):
            done = _reassign(tx, act, testbuy, shop)
        else:
            done = _succeed(tx, act, testbuy, shop)
    if isinstance(done, Decision):
        raise Refused(*done.reasons, stage=testbuy.stage)


def _assign(tx: Transaction, act: Act, testbuy: TestBuy, shop: Shop) -> Moved | Decision:
    chosen = _choose(tx, act, testbuy, shop)
    if isinstance(chosen, Decision):
        _say_why(tx, act, testbuy, shop, chosen)
        return chosen
    _expose(tx, act, testbuy, chosen.persona_id)
    return move(
        tx,
        act,
        testbuy,
        Move.ASSIGN,
        reasons=chosen.reasons,
        facts={
            "buyer": chosen.buyer_id,
            "persona": chosen.persona_id,
            "identity": commit(tx, act, testbuy, chosen.buyer_id),
        },
        changes={"buyer_id": chosen.buyer_id, "persona_id": chosen.persona_id},
        waiting=ORDER,
    )


def _reassign(tx: Transaction, act: Act, testbuy: TestBuy, shop: Shop) -> Decision | None:
    able = testbuy.buyer_id in personas.able_buyers(tx)
    clash = clashes(tx, testbuy)
    # One that waits for a buyer has had its persona taken back: it is chosen for anew.
    if able and not clash and testbuy.waiting_name != BUYER.name:
        if testbuy.waiting_name == SUCCESSOR.name:
            note(tx, act, testbuy, "buyer back", waiting=ORDER)
        return None
    if testbuys.last_attempt(tx, testbuy.id) is None:
        _unexpose(tx, testbuy)
    chosen = _choose(tx, act, testbuy, shop)
    if isinstance(chosen, Decision):
        if testbuy.waiting_name != BUYER.name:
            what = "persona known to the operator" if clash else "buyer gone"
            note(tx, act, testbuy, what, waiting=BUYER, because=chosen.reasons)
        _say_why(tx, act, testbuy, shop, chosen)
        return chosen
    _expose(tx, act, testbuy, chosen.persona_id)
    new = {"buyer_id": chosen.buyer_id, "persona_id": chosen.persona_id}
    change_one(tx, TestBuy, testbuy.id, **new)
    facts = {
        "buyer": chosen.buyer_id,
        "persona": chosen.persona_id,
        "identity": commit(tx, act, testbuy, chosen.buyer_id),
    }
    note(tx, act, testbuy, "assigned anew", facts, waiting=ORDER)
    return None


def _succeed(tx: Transaction, act: Act, testbuy: TestBuy, shop: Shop) -> Decision | None:
    """Another buyer carries on what was ordered under the persona it has."""
    buyers = every(tx, Buyer, order_by=_buyers.c.person_id, lock=True)
    found = assignment.successor(
        _need(act, shop), _buyer_facts(tx, buyers), seed=f"{testbuy.reference}:{testbuy.version}"
    )
    if isinstance(found, Decision):
        _say_why(tx, act, testbuy, shop, found)
        return found
    change_one(tx, TestBuy, testbuy.id, buyer_id=found)
    facts = {"buyer": found, "identity": commit(tx, act, testbuy, found)}
    note(tx, act, testbuy, "given to another buyer", facts, waiting=own_wait(testbuy))
    return None


def _say_why(tx: Transaction, act: Act, testbuy: TestBuy, shop: Shop, refusal: Decision) -> None:
    """Keep why nobody fits with the wait, tell who opens accounts, and look again after a while."""
    if list(refusal.reasons) != (testbuy.waiting_reasons or []):
        # No word on what is waited for: forms that were shown stay good.
        change_one(tx, TestBuy, testbuy.id, waiting_reasons=list(refusal.reasons))
        region = shop.region or "any region"
        tell(
            tx,
            act,
            NoticeKind.BUYERS_WANTED,
            f"buyers wanted:{region}:{act.now:%Y-%m-%d}",
            f"Test buys wait for a buyer in {region} and nobody fits: {refusal.reasons[-1]}",
            to_role=Role.ADMINISTRATOR,
            about=region,
        )
    look_again(tx, act, testbuy, "nobody fits yet", TRY_AGAIN)


def _unordered(tx: Transaction, testbuy: TestBuy) -> bool:
    attempt = testbuys.last_attempt(tx, testbuy.id)
    under_way = attempt is not None and attempt.state in OPEN_ATTEMPT
    return testbuy.stage is Stage.ASSIGNED and not under_way


def clashes(tx: Transaction, testbuy: TestBuy) -> bool:
    """Whether the persona of a test buy has met another shop of the operator, as known today."""
    shop = one(tx, Shop, id=testbuy.shop_id)
    if shop is None or shop.operator_id is None:
        return False
    return any(
        persona_id == testbuy.persona_id and shop_id != shop.id
        for persona_id, shop_id, _ in personas.uses(tx, shop.id, shop.operator_id)
    )


def _shop_held(tx: Transaction, reference: str) -> Shop:
    """The shop of a test buy, held before it, so that no link is made meanwhile."""
    seen = testbuys.by_reference(tx, reference)
    if seen is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    shop = one(tx, Shop, id=seen.shop_id, lock=True)
    assert shop is not None  # a foreign key holds it
    return shop


def _choose(
    tx: Transaction, act: Act, testbuy: TestBuy, shop: Shop
) -> assignment.Assignment | Decision:
    buyers = every(tx, Buyer, order_by=_buyers.c.person_id, lock=True)
    return assignment.choose(
        _need(act, shop),
        _buyer_facts(tx, buyers),
        _persona_facts(tx, shop),
        assignment.AssignmentPolicy(cooling_off=timedelta(days=policies.read(tx).cooling_off_days)),
        seed=testbuy.reference,
    )


def _need(act: Act, shop: Shop) -> assignment.Need:
    return assignment.Need(
        shop_id=shop.id, operator_id=shop.operator_id, region=shop.region, at=act.now
    )


def _unexpose(tx: Transaction, testbuy: TestBuy) -> None:
    """The persona was never shown to the shop after all."""
    assert testbuy.persona_id is not None  # assigned means that somebody buys
    uses = table_of(PersonaUse).c
    if remove(
        tx,
        PersonaUse,
        uses.testbuy_id == testbuy.id,
        uses.persona_id == testbuy.persona_id,
    ):
        change_one(tx, Persona, testbuy.persona_id, exposure=_personas.c.exposure - 1)


def _expose(tx: Transaction, act: Act, testbuy: TestBuy, persona_id: int) -> None:
    change_one(
        tx,
        Persona,
        persona_id,
        exposure=_personas.c.exposure + 1,
        last_used_at=act.now,
    )
    add(
        tx,
        PersonaUse,
        persona_id=persona_id,
        testbuy_id=testbuy.id,
        shop_id=testbuy.shop_id,
        used_at=act.now,
    )


def _buyer_facts(tx: Transaction, buyers: Sequence[Buyer]) -> list[assignment.Buyer]:
    open_tasks, may_act = personas.open_tasks(tx), personas.may_act(tx)
    return [
        assignment.Buyer(
            buyer_id=buyer.person_id,
            region=buyer.region,
            active=buyer.active,
            open_testbuys=open_tasks.get(buyer.person_id, 0),
            capacity=buyer.capacity,
            may_act=buyer.person_id in may_act,
        )
        for buyer in buyers
    ]


def _persona_facts(tx: Transaction, shop: Shop) -> list[assignment.Persona]:
    shops_used: dict[int, set[int]] = defaultdict(set)
    operators_used: dict[int, set[int]] = defaultdict(set)
    for persona_id, shop_id, operator_id in personas.uses(tx, shop.id, shop.operator_id):
        shops_used[persona_id].add(shop_id)
        # Links are found later than buys: the operator is the shop's of today, not of then.
        if operator_id is not None:
            operators_used[persona_id].add(operator_id)
    return [
        assignment.Persona(
            persona_id=persona.id,
            buyer_id=persona.buyer_id,
            active=persona.active,
            region=persona.region,
            exposure=persona.exposure,
            max_exposure=persona.max_exposure,
            last_used_at=persona.last_used_at,
            shops_used=frozenset(shops_used[persona.id]),
            operators_used=frozenset(operators_used[persona.id]),
        )
        for persona in every(tx, Persona, order_by=_personas.c.id)
    ]
