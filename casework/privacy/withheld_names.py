"""What a paper for a seller must not name: the buyer, the persona, the order, other shops, a score.

Owns looking for them in what people typed, before anything is printed, and saying what was found by
its kind alone. Leaves what else a seller is told to `casework.sanctioning.telling_sellers`.
"""

from collections.abc import Iterator, Sequence

from casework.errors import Refused
from rules.signs import bare
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Flag,
    OrderAttempt,
    Parcel,
    Person,
    Persona,
    PersonaUse,
    Shop,
    TestBuy,
)

_SHORTEST = 2
"""Chinese names have two characters; one alone would be found everywhere."""


def ensure_unnamed(
    tx: Transaction, shop: Shop, members: Sequence[TestBuy], texts: Sequence[str]
) -> None:
    """Refused where a text names what must stay withheld, with the kind of each thing it names."""
    said = bare("\n".join(texts)).casefold()
    found = {
        kind: None
        for kind, name in _withheld(tx, shop, members)
        if len(name.strip()) >= _SHORTEST and bare(name).strip().casefold() in said
    }
    if found:
        raise Refused(
            *(f"It names {kind}. The seller must not learn that: leave it out." for kind in found)
        )


def _withheld(tx: Transaction, shop: Shop, members: Sequence[TestBuy]) -> Iterator[tuple[str, str]]:
    for testbuy in members:
        yield "a test buy", testbuy.reference
        yield "a challenge code", testbuy.challenge_code
        flag = one(tx, Flag, id=testbuy.flag_id)
        assert flag is not None  # a foreign key holds it
        yield "the score of a flag", f"{flag.score:g}"
        yield from _buyer(tx, testbuy)
        for attempt in every(tx, OrderAttempt, testbuy_id=testbuy.id):
            if attempt.order_number:
                yield "an order", attempt.order_number
            for parcel in every(tx, Parcel, order_attempt_id=attempt.id):
                yield "a parcel", parcel.tracking_number
    if shop.operator_id is not None:
        others = every(tx, Shop, table_of(Shop).c.id != shop.id, operator_id=shop.operator_id)
        for other in others:
            if other.name.casefold() != shop.name.casefold():
                yield "another shop", other.name


def _buyer(tx: Transaction, testbuy: TestBuy) -> Iterator[tuple[str, str]]:
    if testbuy.buyer_id is not None:
        person = one(tx, Person, id=testbuy.buyer_id)
        assert person is not None  # a foreign key holds it
        yield "the buyer", person.name
    used = {use.persona_id for use in every(tx, PersonaUse, testbuy_id=testbuy.id)}
    if testbuy.persona_id is not None:
        used.add(testbuy.persona_id)
    for number in sorted(used):
        persona = one(tx, Persona, id=number)
        assert persona is not None  # a foreign key holds it
        for name in (persona.label, persona.recipient, persona.address):
            yield "a persona", name
