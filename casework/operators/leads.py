"""Leads: two exhibits of different shops that bear the same serial number, until a person decides.

Owns raising a lead in the transaction that puts the serial on an exhibit, telling the analysts, and
the decision. A lead is how a person is asked about the identifiers that serials are
(`casework.operators.goods`): confirmed, it confirms them, and what that joins is joined. It is told
to no authenticator, who must not know what else is on record of an operator. Leaves which codes
count to `rules.codes`, and recording them to `casework.intake.codes`.
"""

from collections.abc import Iterable

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import find, note
from casework.operators import goods, membership
from casework.telling.notifying import tell
from rules.codes import LeadKind, LeadState, links
from rules.notices import NoticeKind
from rules.roles import Role
from storage import codes, testbuys
from storage.rows import add_if_absent, change_one, one
from storage.session import Database, Transaction
from storage.tables import Exhibit, ExhibitCode, Lead, TestBuy

DECIDERS = frozenset({Role.ANALYST})
"""Who is told of a lead and decides on it."""


def hold(
    tx: Transaction, act: Act, reference: str, keys: Iterable[str], version: int | None = None
) -> TestBuy:
    """The test buy `reference`, held, with every other that a serial of `keys` would link it to.

    The transaction has taken its turn (`storage.codes`); test buys are held by their numbers
    (docs/adr/0004). Raises what `casework.move.find` does.
    """
    owner = testbuys.by_reference(tx, reference)
    if owner is None:
        return find(tx, act, reference)
    wanted = {owner.id: reference}
    wanted |= {twin.testbuy_id: twin.testbuy for twin in codes.twins(tx, owner, keys)}
    held = {
        number: find(tx, act, wanted[number], version if number == owner.id else None)
        for number in sorted(wanted)
    }
    return held[owner.id]


def raise_for(tx: Transaction, act: Act, testbuy: TestBuy, code: ExhibitCode) -> None:
    """Raise what leads a code on an exhibit of the held `testbuy` gives; each pair once."""
    if code.exhibit_id is None:
        return
    goods.keep(tx, act, testbuy, code)
    if not links(code.kind, code.key):
        return
    exhibit = one(tx, Exhibit, id=code.exhibit_id)
    assert exhibit is not None  # a foreign key holds it
    for twin in codes.twins(tx, testbuy, [code.key]):
        (first, first_code), (second, second_code) = sorted(
            ((exhibit.id, code.id), (twin.exhibit_id, twin.code_id))
        )
        pair = {"kind": LeadKind.SAME_SERIAL, "exhibit_id": first, "other_id": second}
        rests_on = {"code_id": first_code, "other_code_id": second_code}
        if not add_if_absent(tx, Lead, **pair, **rests_on, found_at=act.now, state=LeadState.OPEN):
            continue
        lead = one(tx, Lead, **pair)
        other = one(tx, TestBuy, id=twin.testbuy_id)
        assert lead is not None
        assert other is not None
        facts = {"lead": lead.id, "kind": lead.kind, "exhibits": [exhibit.reference, twin.exhibit]}
        for each in sorted((testbuy, other), key=lambda each: each.id):
            note(tx, act, each, "lead raised", facts, wake=False)
        _tell(tx, act, lead, testbuy, other)


def decide(db: Database, act: Act, number: int, *, state: LeadState, reason: str) -> None:
    """An analyst confirms or dismisses a lead, with the reason that is printed; once."""
    if act.role not in DECIDERS or act.person is None:
        raise Refused("Only an analyst decides on a lead.")
    if state is LeadState.OPEN:
        raise Refused("Confirm the lead or dismiss it.")
    if not reason.strip():
        raise Refused("Say why; the reason is kept and printed in both dossiers.")
    with db.write() as tx:
        codes.take_turn(tx)
        lead = one(tx, Lead, id=number)
        if lead is None:
            raise NotFound("There is no such lead.")
        owners = [_owner(tx, exhibit) for exhibit in (lead.exhibit_id, lead.other_id)]
        # Shops and operators before test buys: confirmed, it may join them (docs/adr/0004).
        membership.hold(tx, [each.shop_id for each in owners])
        held = [find(tx, act, each.reference) for each in sorted(owners, key=lambda each: each.id)]
        lead = one(tx, Lead, id=number)
        assert lead is not None
        if lead.state is not LeadState.OPEN:
            raise Refused(f"This lead is {lead.state} already; nothing of yours was saved.")
        change_one(
            tx, Lead, number, state=state, reason=reason.strip(),
            decided_by=act.person, decided_at=act.now,
        )  # fmt: skip
        for testbuy in held:
            note(tx, act, testbuy, f"lead {state}", {"lead": number}, wake=False)
        if state is LeadState.CONFIRMED:
            goods.confirm(tx, act, (lead.code_id, lead.other_code_id))


def _tell(tx: Transaction, act: Act, lead: Lead, *linked: TestBuy) -> None:
    first, second = sorted(each.reference for each in linked)
    for role in sorted(DECIDERS):
        tell(
            tx,
            act,
            NoticeKind.LEAD,
            f"lead:{lead.id}:{role}",
            f"Exhibits of {first} and {second}, bought from two shops, bear the same serial "
            "number. Look at them under Leads.",
            to_role=role,
            testbuy=linked[0],
            about=f"{first}, {second}",
        )


def _owner(tx: Transaction, exhibit_id: int) -> TestBuy:
    exhibit = one(tx, Exhibit, id=exhibit_id)
    owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
    assert owner is not None  # foreign keys hold both
    return owner
