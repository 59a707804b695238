"""Chat and notaries' certificates, as the people who record them see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.certifying import certificates_of, kit_card
from casework.chatting import Said, chat_of
from casework.errors import NotFound
from casework.views.testbuy import find
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import ChatMessage, ChatTranslation, NotaryCertificate, TestBuy

_TO_TRANSLATE = 100


@dataclass(frozen=True, slots=True)
class BuyersChat:
    """A buyer's chat with the seller of one test buy, its code and its kit card."""

    reference: str
    stage: str
    code: str
    kit_card: str | None
    chat: tuple[Said, ...]


def buyers_chat(db: Database, person_id: int, reference: str) -> BuyersChat:
    """The chat of the buyer's own test buy; NotFound for anybody else's."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        if testbuy.buyer_id != person_id:
            raise NotFound(f"There is no test buy {reference}.")
        return BuyersChat(
            reference,
            testbuy.stage,
            testbuy.challenge_code,
            kit_card(tx, testbuy),
            chat_of(tx, testbuy),
        )


@dataclass(frozen=True, slots=True)
class StaffChat:
    """The chat of a test buy as a clerk or supervisor records and translates it."""

    reference: str
    has_buyer: bool
    chat: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ToTranslate:
    """A message that nobody has translated, and the test buy it belongs to."""

    reference: str
    message: ChatMessage


def staff_chat(db: Database, reference: str) -> StaffChat:
    """The chat of `reference`; NotFound where there is no such test buy."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        return StaffChat(reference, testbuy.buyer_id is not None, chat_of(tx, testbuy))


def to_translate(db: Database) -> tuple[ToTranslate, ...]:
    """The oldest messages in another language than our pages' that have no translation."""
    messages, beside = table_of(ChatMessage).c, table_of(ChatTranslation)
    with db.read() as tx:
        done = beside.select().with_only_columns(beside.c.message_id)
        rows = every(
            tx,
            ChatMessage,
            messages.language.not_like("en%"),
            messages.id.not_in(done),
            order_by=messages.id,
            limit=_TO_TRANSLATE,
        )
        owners = {row.testbuy_id for row in rows}
        found = every(tx, TestBuy, table_of(TestBuy).c.id.in_(owners)) if owners else ()
        references = {each.id: each.reference for each in found}
        return tuple(ToTranslate(references[row.testbuy_id], row) for row in rows)


def certificate(db: Database, reference: str, number: int) -> NotaryCertificate:
    """One certificate about `reference`; NotFound for another test buy's."""
    with db.read() as tx:
        row = one(tx, NotaryCertificate, id=number, testbuy_id=find(tx, reference).id)
    if row is None:
        raise NotFound(f"There is no such certificate about {reference}.")
    return row


def certificates(db: Database, reference: str) -> Sequence[NotaryCertificate]:
    """The certificates about `reference`; NotFound where there is no such test buy."""
    with db.read() as tx:
        return certificates_of(tx, find(tx, reference))
