"""A request under a key is done once, and answered the same for as long as its key is kept.

The change and its answer are committed in one transaction: after a crash the same key finds both or
neither. Two at once take turns by the key's row. A refusal changes nothing and keeps no key: the
same request is judged anew. Owns the keys; leaves what is done to who calls.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import Refused
from storage import ledger
from storage.rows import add_if_absent, change, one, remove, table_of
from storage.session import Database
from storage.tables import ApiAnswer

KEPT = timedelta(hours=48)
"""How long an answer is kept at least: twice the day that clients are promised."""
_answers = table_of(ApiAnswer).c


class KeyReused(Refused):
    """Another request was made under this key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the token's number, its key, what is to be done, and the rest of it as text."""

    token: int
    key: str
    did: str
    body: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.did}\n{self.body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answered:
    """The HTTP code and the JSON of an answer; `again`: it was given before."""

    code: int
    body: str
    again: bool = False


def once(db: Database, act: Act, asked: Asked, do: Callable[[Database], Answered]) -> Answered:
    """Do it, or give the answer of the first time. Raises KeyReused, and what `do` raises.

    `do` is given the database to make its change with, in this transaction. Which token acted is
    noted in the programme's ledger.
    """
    with db.together() as joined:
        tx, own = joined.tx, (_answers.token_id == asked.token, _answers.key == asked.key)
        remove(
            tx, ApiAnswer, _answers.token_id == asked.token, _answers.answered_at < act.now - KEPT
        )
        new = add_if_absent(
            tx,
            ApiAnswer,
            token_id=asked.token,
            key=asked.key,
            request_digest=asked.digest,
            code=0,
            body="",
            answered_at=act.now,
        )
        if not new:
            first = one(tx, ApiAnswer, *own)
            assert first is not None  # it was there a moment ago, and its row is held
            if first.request_digest != asked.digest:
                raise KeyReused(
                    "This Idempotency-Key was used for another request. Use a new key for a new "
                    "request, and the same body with the same key."
                )
            return Answered(first.code, first.body, again=True)
        answered = do(joined)
        change(tx, ApiAnswer, *own, code=answered.code, body=answered.body)
        facts = {"what": "done by token", "token": asked.token, "did": asked.did, "by": act.by}
        ledger.append(tx, PROGRAMME_LEDGER, facts, act.now)
        return answered
