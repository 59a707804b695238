"""Choosing buyer and persona for an authorised test buy.

The rule is `rules.assignment`; here its facts are read under the lock of the buyers' rows, so that
two runs at once can't give one persona to two shops of one operator, or a buyer too many tasks.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from casework.act import Act
from casework.attempts import OPEN_ATTEMPT
from casework.errors import NotFound
from casework.move import Moved, find, look_again, move, note
from casework.opening import commit
from rules import assignment
from rules.decision import Decision
from rules.lifecycle import Move, Stage
from rules.waiting import BUYER, ORDER
from storage import personas, policies, testbuys
from storage.rows import add, change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Buyer, Persona, PersonaUse, Shop, TestBuy

TRY_AGAIN = timedelta(hours=1)
"""Personas cool off and buyers finish tasks, and nobody tells; a new buyer or persona does."""

_buyers = table_of(Buyer)
_personas = table_of(Persona)


def assign(db: Database, act: Act, reference: str) -> Moved | None:
    """Assign an authorised test buy; None where it is not authorised or nobody fits yet."""
    with db.write() as tx:
        shop = _shop_held(tx, reference)
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.AUTHORISED:
            return None
        chosen = _choose(tx, act, testbuy, shop)
        if not isinstance(chosen, assignment.Assignment):
            look_again(tx, act, testbuy, "nobody fits yet", TRY_AGAIN)
            return None
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


def reassign(db: Database, act: Act, reference: str) -> None:
    """Give a test buy not yet ordered another persona, where its own one has met the operator.

    Links are found later than personas are assigned. Where nobody fits it waits for a buyer.
    """
    with db.write() as tx:
        shop = _shop_held(tx, reference)
        testbuy = find(tx, act, reference)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if testbuy.stage is not Stage.ASSIGNED or (attempt and attempt.state in OPEN_ATTEMPT):
            return
        if not clashes(tx, testbuy):
            return
        if attempt is None:
            _unexpose(tx, testbuy)
        chosen = _choose(tx, act, testbuy, shop)
        if not isinstance(chosen, assignment.Assignment):
            if testbuy.waiting_name != BUYER.name:
                note(tx, act, testbuy, "persona known to the operator", waiting=BUYER)
            look_again(tx, act, testbuy, "nobody fits yet", TRY_AGAIN)
            return
        _expose(tx, act, testbuy, chosen.persona_id)
        change_one(
            tx,
            TestBuy,
            testbuy.id,
            buyer_id=chosen.buyer_id,
            persona_id=chosen.persona_id,
        )
        facts = {
            "buyer": chosen.buyer_id,
            "persona": chosen.persona_id,
            "identity": commit(tx, act, testbuy, chosen.buyer_id),
        }
        note(tx, act, testbuy, "assigned anew", facts, waiting=ORDER)


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
        assignment.Need(
            shop_id=shop.id, operator_id=shop.operator_id, region=shop.region, at=act.now
        ),
        _buyer_facts(tx, buyers),
        _persona_facts(tx, shop),
        assignment.AssignmentPolicy(cooling_off=timedelta(days=policies.read(tx).cooling_off_days)),
        seed=testbuy.reference,
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
    open_tasks = personas.open_tasks(tx)
    return [
        assignment.Buyer(
            buyer_id=buyer.person_id,
            region=buyer.region,
            active=buyer.active,
            open_testbuys=open_tasks.get(buyer.person_id, 0),
            capacity=buyer.capacity,
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
