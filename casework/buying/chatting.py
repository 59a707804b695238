"""The chat with the seller, and the warnings that the buyer's own words raise.

Owns recording messages and translations, raising conduct warnings, and what people say to them.
Nothing here is ever changed or removed. The ledger holds numbers, and a salted commitment to each
text. Leaves which words warn to `rules.conduct`, and their list to `casework.programme.phrasing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import ensure_own, find, note
from casework.telling.notifying import tell
from evidence.digests import salted
from rules import conduct
from rules.notices import NoticeKind
from rules.roles import Role
from storage.rows import add, change, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    ChatMessage,
    ChatTranslation,
    ClockSource,
    ConductPhrase,
    ConductRemark,
    ConductWarning,
    Side,
    TestBuy,
)

LONGEST = 4000
READ = "en"
"""How languages begin that every reader of a package is taken to have."""
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message that was recorded; `warned` are the words that raised a warning."""

    message_id: int
    warned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A message with the translations that stand beside it."""

    message: ChatMessage
    translations: Sequence[ChatTranslation]


@dataclass(frozen=True, slots=True)
class Warned:
    """A conduct warning, the message it is about, and what people said to it."""

    warning: ConductWarning
    message: ChatMessage
    remarks: Sequence[ConductRemark]


def record_message(
    db: Database,
    act: Act,
    reference: str,
    *,
    said_by: Side,
    language: str,
    text: str,
    said_at: datetime,
    utc_offset_minutes: int | None = None,
    clock: ClockSource | None = None,
) -> Recorded:
    """The buyer records one message of the chat, as it was written, in its language.

    `utc_offset_minutes`: by how much the clock was ahead of UTC that the time was written by, and
    `clock` who said so; None: it was written in UTC.
    """
    text = text.strip()
    if not text:
        raise Refused("Paste what was written.")
    if len(text) > LONGEST:
        raise Refused(f"Record at most {LONGEST} characters at once; divide the message.")
    if not language.strip():
        raise Refused("Say in which language it was written, as zh or en.")
    if said_at > act.now + _AHEAD:
        raise Refused(
            "This was said in the future. Correct the time, or the clock it is written by."
        )
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        _ensure_may_record(act, testbuy)
        assert act.person is not None  # chats are recorded by people
        salt = act.salt(f"chat:{reference}:{said_at.isoformat()}")
        message_id = add(
            tx,
            ChatMessage,
            testbuy_id=testbuy.id,
            said_by=said_by,
            language=language.strip()[:20],
            text=text,
            salt=salt,
            said_at=said_at,
            utc_offset_minutes=utc_offset_minutes,
            clock=clock,
            recorded_by=act.person,
            recorded_at=act.now,
            to_translate=not language.strip().lower().startswith(READ),
        )
        facts = {"message": message_id, "from": said_by, "text": salted(text, salt)}
        note(tx, act, testbuy, "chat message recorded", facts, wake=False)
        found = _warn(tx, act, testbuy, message_id, text) if said_by is Side.BUYER else ()
        return Recorded(message_id, found)


def add_translation(
    db: Database, act: Act, message_id: int, *, language: str, text: str, translator: str
) -> str:
    """A translation, with who made it, beside the message; gives the test buy's reference."""
    if not (language.strip() and text.strip() and translator.strip()):
        raise Refused("A translation needs its language, its text and who translated.")
    with db.write() as tx:
        message = one(tx, ChatMessage, id=message_id)
        if message is None:
            raise NotFound("There is no such message.")
        testbuy = find(tx, act, _reference(tx, message.testbuy_id))
        _ensure_may_record(act, testbuy)
        assert act.person is not None
        add(
            tx,
            ChatTranslation,
            message_id=message_id,
            language=language.strip()[:20],
            text=text.strip(),
            translator=translator.strip()[:200],
            recorded_by=act.person,
            recorded_at=act.now,
        )
        rows = table_of(ChatMessage).c
        first = (rows.id == message_id, rows.translated_at.is_(None))
        change(tx, ChatMessage, *first, translated_at=act.now)
        facts = {"message": message_id, "text": salted(text.strip(), message.salt)}
        note(tx, act, testbuy, "chat message translated", facts, wake=False)
        return testbuy.reference


def remark(db: Database, act: Act, warning_id: int, *, text: str) -> str:
    """A supervisor says something to a warning, which stays; gives the test buy's reference."""
    if act.role is not Role.SUPERVISOR or act.person is None:
        raise Refused("Only a supervisor remarks on a conduct warning.")
    if not text.strip():
        raise Refused("Write what is to be said to this warning; the package prints it.")
    with db.write() as tx:
        warning = one(tx, ConductWarning, id=warning_id)
        if warning is None:
            raise NotFound("There is no such warning.")
        testbuy = find(tx, act, _reference(tx, warning.testbuy_id))
        values = {"warning_id": warning_id, "written_by": act.person, "written_at": act.now}
        remark_id = add(tx, ConductRemark, text=text.strip(), **values)
        rows = table_of(ConductWarning).c
        first = (rows.id == warning_id, rows.remarked_at.is_(None))
        change(tx, ConductWarning, *first, remarked_at=act.now)
        facts = {"warning": warning_id, "remark": remark_id}
        note(tx, act, testbuy, "conduct warning remarked on", facts, wake=False)
        return testbuy.reference


def chat_of(tx: Transaction, testbuy: TestBuy) -> tuple[Said, ...]:
    """The whole chat of a test buy, in the order it was said."""
    messages, beside = table_of(ChatMessage).c, table_of(ChatTranslation).c
    return tuple(
        Said(
            message,
            every(tx, ChatTranslation, beside.message_id == message.id, order_by=beside.id),
        )
        for message in every(
            tx,
            ChatMessage,
            messages.testbuy_id == testbuy.id,
            order_by=(messages.said_at, messages.id),
        )
    )


def warnings_of(tx: Transaction, testbuy: TestBuy) -> tuple[Warned, ...]:
    """The conduct warnings of a test buy, oldest first; every package discloses all of them."""
    rows = table_of(ConductWarning).c
    return tuple(
        _warned(tx, row)
        for row in every(tx, ConductWarning, rows.testbuy_id == testbuy.id, order_by=rows.id)
    )


def newest_warnings(db: Database, limit: int = 100) -> tuple[tuple[str, Warned], ...]:
    """The newest warnings of all test buys with the reference of each, for a supervisor."""
    with db.read() as tx:
        rows = table_of(ConductWarning).c
        found = every(tx, ConductWarning, order_by=rows.id.desc(), limit=limit)
        return tuple((_reference(tx, row.testbuy_id), _warned(tx, row)) for row in found)


def _warn(
    tx: Transaction, act: Act, testbuy: TestBuy, message_id: int, text: str
) -> tuple[str, ...]:
    listed = [
        conduct.Phrase(
            row.words, row.language, row.valid_from, row.valid_until, row.source, row.verified
        )
        for row in every(tx, ConductPhrase, order_by=table_of(ConductPhrase).c.id)
    ]
    phrases = conduct.in_force(listed, act.now.date())
    found = conduct.matched(text, phrases)
    if not found:
        return ()
    words = tuple(phrase.words for phrase in found)
    version = conduct.version_of(phrases)
    warning_id = add(
        tx,
        ConductWarning,
        testbuy_id=testbuy.id,
        message_id=message_id,
        matched=list(words),
        rule_version=version,
        verified=all(phrase.verified for phrase in found),
        raised_at=act.now,
    )
    facts = {"warning": warning_id, "message": message_id, "rule": version}
    note(tx, act, testbuy, "conduct warning", facts, wake=False)
    tell(
        tx,
        act,
        NoticeKind.CONDUCT,
        f"conduct:{warning_id}",
        f"{testbuy.reference}: a message of the buyer holds words that may suggest the "
        "offence to the seller. Read it under Conduct.",
        to_role=Role.SUPERVISOR,
        testbuy=testbuy,
    )
    return words


def _warned(tx: Transaction, warning: ConductWarning) -> Warned:
    message = one(tx, ChatMessage, id=warning.message_id)
    assert message is not None  # a foreign key holds it
    rows = table_of(ConductRemark).c
    return Warned(
        warning,
        message,
        every(tx, ConductRemark, rows.warning_id == warning.id, order_by=rows.id),
    )


def _reference(tx: Transaction, testbuy_id: int) -> str:
    testbuy = one(tx, TestBuy, id=testbuy_id)
    assert testbuy is not None  # a foreign key holds it
    return testbuy.reference


def _ensure_may_record(act: Act, testbuy: TestBuy) -> None:
    if act.role is Role.BUYER:
        ensure_own(act, testbuy)
    elif act.role not in {Role.CLERK, Role.SUPERVISOR}:
        raise Refused(f"The chat is recorded by the buyer or a clerk; you act as {act.role}.")
    if testbuy.buyer_id is None:
        raise Refused("Nobody buys yet, so that there is no chat.", stage=testbuy.stage)
