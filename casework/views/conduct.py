"""Chat and notaries' certificates, as the people who record them see them."""

from dataclasses import dataclass

from casework.buying.chatting import Said, chat_of
from casework.custody.certifying import certificates_of, checks_of, kit_card
from casework.errors import NotFound
from casework.views.testbuy import find
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import ChatMessage, NotaryCertificate, NotaryCheck, TestBuy

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


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """A certificate, who handed it in, and each check of it with who checked, the last one last."""

    row: NotaryCertificate
    handed_in_by: str
    checks: tuple[tuple[NotaryCheck, str], ...]


def staff_chat(db: Database, reference: str) -> StaffChat:
    """The chat of `reference`; NotFound where there is no such test buy."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        return StaffChat(reference, testbuy.buyer_id is not None, chat_of(tx, testbuy))


def to_translate(db: Database) -> tuple[ToTranslate, ...]:
    """The oldest messages in another language than our pages' that have no translation."""
    messages = table_of(ChatMessage).c
    with db.read() as tx:
        rows = every(
            tx,
            ChatMessage,
            messages.to_translate.is_(True),
            messages.translated_at.is_(None),
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


def certificates(db: Database, reference: str) -> tuple[CertificateLine, ...]:
    """The certificates about `reference`; NotFound where there is no such test buy."""
    with db.read() as tx:
        rows = [(row, checks_of(tx, row.id)) for row in certificates_of(tx, find(tx, reference))]
        people = names(
            tx,
            [row.handed_in_by for row, _ in rows]
            + [check.checked_by for _, checks in rows for check in checks],
        )
        return tuple(
            CertificateLine(
                row,
                people.get(row.handed_in_by, ""),
                tuple((check, people.get(check.checked_by, "")) for check in checks),
            )
            for row, checks in rows
        )
