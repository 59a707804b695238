"""The words that warn in a buyer's message: added and ended by an administrator, from a day on.

Owns the list's changes, each in the programme's ledger: what raised a warning, or did not, must be
told later. Words once said are not judged anew. Leaves matching to `rules.conduct`, and warnings to
`casework.buying.chatting`.
"""

from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused
from rules.roles import Role
from storage import ledger
from storage.rows import add_if_absent, change_one, every, one, table_of
from storage.session import Database
from storage.tables import ConductPhrase


def set_phrase(
    db: Database,
    act: Act,
    *,
    words: str,
    language: str,
    valid_from: date,
    valid_until: date | None,
    source: str,
    verified: bool,
) -> None:
    """Add words that warn, from a day on."""
    _ensure_administrator(act)
    if not words.strip() or not source.strip():
        raise Refused("Give the words, and the source that says they warn.")
    if not language.strip():
        raise Refused("Say in which language they are, as zh or en.")
    if valid_until is not None and valid_until < valid_from:
        raise Refused("They can't end before they begin. Correct the days.")
    with db.write() as tx:
        added = add_if_absent(
            tx,
            ConductPhrase,
            words=words.strip(),
            language=language.strip(),
            valid_from=valid_from,
            valid_until=valid_until,
            source=source.strip(),
            verified=verified,
        )
        if not added:
            raise Refused("These words are in the list from that day on already.")
        facts = {"what": "words that warn added", "phrase": words.strip(), "verified": verified}
        days = {"from": valid_from.isoformat()}
        ledger.append(tx, ledger.PROGRAMME, {**facts, **days, "by": act.by}, act.now)


def end_phrase(db: Database, act: Act, phrase_id: int, *, last_day: date) -> None:
    """Words warn for the last time on `last_day`; what they warned of before stays."""
    _ensure_administrator(act)
    if last_day < act.now.date():
        raise Refused("Words that have warned can't be taken back. Give today or a later day.")
    with db.write() as tx:
        phrase = one(tx, ConductPhrase, id=phrase_id, lock=True)
        if phrase is None:
            raise NotFound("There are no such words in the list.")
        if last_day < phrase.valid_from:
            raise Refused("They can't end before they begin. Give a later day.")
        if phrase.valid_until is not None and phrase.valid_until < act.now.date():
            raise Refused("These words have ended already. Add them anew, from a day on.")
        change_one(tx, ConductPhrase, phrase_id, valid_until=last_day)
        facts = {"what": "words that warn ended", "phrase": phrase.words}
        days = {"until": last_day.isoformat()}
        ledger.append(tx, ledger.PROGRAMME, {**facts, **days, "by": act.by}, act.now)


def phrases(db: Database) -> list[ConductPhrase]:
    """The whole list, by language, the newest of each first."""
    rows = table_of(ConductPhrase).c
    with db.read() as tx:
        order = (rows.language, rows.valid_from.desc(), rows.id)
        return list(every(tx, ConductPhrase, order_by=order))


def _ensure_administrator(act: Act) -> None:
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator changes the words that warn.")
