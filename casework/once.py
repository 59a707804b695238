"""A request under a key is done once, and answered the same for as long as its key is kept.

A program's request, under a key it drew (`once`), or a form, under the key it was shown with
(`form_once`). The change and its answer are committed in one transaction: after a crash the same
key finds both or neither. Two at once take turns by the key's row. A refusal changes nothing and
keeps no key: the same request is judged anew. Owns the keys; leaves what is done to who calls.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.act import Act
from casework.errors import Refused
from storage import ledger
from storage.rows import add_if_absent, change, one, remove, table_of
from storage.session import Database
from storage.tables import ApiAnswer, FormAnswer

KEPT = timedelta(hours=48)
"""How long an answer is kept at least: twice the day that clients are promised."""
_NONCE = 12
_answers, _forms = table_of(ApiAnswer).c, table_of(FormAnswer).c


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
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
        return answered


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: the log-in it was shown to, the key it was shown with, and a digest of what it says.

    The digest is made under the key, so that it tells nobody what was said.
    """

    log_in: int
    key: str
    digest: bytes

    @property
    def key_digest(self) -> str:
        return hashlib.sha256(f"{self.log_in}\0{self.key}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FormAnswered:
    """The HTTP code of an answer to a form, where it leads, or the page it is."""

    code: int
    location: str | None
    body: bytes


def form_once(
    db: Database,
    now: datetime,
    sent: Sent,
    do: Callable[[Database], FormAnswered],
    stands: Callable[[Database, datetime], bool] | None = None,
) -> FormAnswered:
    """Do it, or give the answer of the first time. Raises what `do` raises.

    `stands`, where what was done can be taken back: whether what was done at that moment is still
    there; else it is not answered as done.

    Unlike a program's, a form that says something else under its key is new: somebody went back
    and wrote another thing. What it says last is what is compared.
    """
    with db.together() as joined:
        tx, own = joined.tx, _forms.key_digest == sent.key_digest
        remove(tx, FormAnswer, _forms.answered_at < now - KEPT)
        empty = {"sent": b"", "code": 0, "body": b"", "answered_at": now}
        add_if_absent(tx, FormAnswer, key_digest=sent.key_digest, **empty)
        first = one(tx, FormAnswer, own, lock=True)
        assert first is not None  # it is there by now
        same = bool(first.code) and hmac.compare_digest(first.sent, sent.digest)
        if same and (stands is None or stands(joined, first.answered_at)):
            return FormAnswered(first.code, first.location, _opened(sent, first.body))
        answered = do(joined)
        kept = {"code": answered.code, "location": answered.location, "answered_at": now}
        body = _closed(sent, answered.body)
        change(tx, FormAnswer, own, sent=sent.digest, body=body, **kept)
        return answered


def _cipher(sent: Sent) -> AESGCM:
    return AESGCM(hmac.digest(sent.key.encode(), b"answer", hashlib.sha256))


def _closed(sent: Sent, body: bytes) -> bytes:
    if not body:
        return b""
    # Made of what is closed: one key closes several pages where its form is written anew.
    nonce = hmac.digest(sent.key.encode(), b"nonce" + body, hashlib.sha256)[:_NONCE]
    return nonce + _cipher(sent).encrypt(nonce, body, sent.key_digest.encode())


def _opened(sent: Sent, closed: bytes) -> bytes:
    if not closed:
        return b""
    nonce, rest = closed[:_NONCE], closed[_NONCE:]
    return _cipher(sent).decrypt(nonce, rest, sent.key_digest.encode())
