"""Chat and notaries' certificates, as the people who record them see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.certifying import certificates_of, kit_card
from casework.chatting import Said, chat_of
from casework.errors import NotFound
from casework.views.testbuy import find
from storage.session import Database
from storage.tables import NotaryCertificate


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


def certificates(db: Database, reference: str) -> Sequence[NotaryCertificate]:
    """The certificates about `reference`; NotFound where there is no such test buy."""
    with db.read() as tx:
        return certificates_of(tx, find(tx, reference))
