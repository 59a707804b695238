"""Verdicts that were given and can still be undone, for the seconds a policy allows.

Owns the row between giving a verdict and sealing it. It takes effect by whoever comes by first once
its time is over (the page's own next request, a dispatcher's round, the sweep, anybody's queue),
exactly once: the row is removed in the transaction that seals. A crash in between leaves the row,
and the next one seals it. A verdict that can't be sealed any more is told to its examiner, whose
draft stays. Leaves sealing itself to `casework.verdicts.judging`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import Refused
from casework.examinations import drafts, showing
from casework.examinations.examined import pending_on
from casework.examinations.examining import entitled
from casework.people import access
from casework.people.proving import GivenProof
from casework.verdicts import judging
from casework.verdicts.judgement import Judgement, read
from rules.roles import Role
from storage import policies
from storage.rows import add, add_if_absent, change_one, every, one, remove, table_of
from storage.session import Database, DatabaseFull, Transaction
from storage.tables import Examination, ExaminationState, Notice, PendingVerdict, Verdict

log = logging.getLogger("testbuy.verdicts")
_pending = table_of(PendingVerdict).c
_ROUND, _TOGETHER = 50, 10
"""How many are sealed at one call, and how many of them by one commit where that is dear."""

_LATE = (
    "The verdict is sealed; it is not undone any more. Ask the programme for a second look that "
    "supersedes it."
)


@dataclass(frozen=True, slots=True)
class Given:
    """What an examiner learns of their pressing. `takes_effect_at` None: it is sealed already."""

    examination: str
    takes_effect_at: datetime | None


def undo_seconds(db: Database) -> int:
    """How long a verdict that is given now can be undone; 0: it is sealed at once."""
    with db.read() as tx:
        return policies.read(tx).undo_seconds


def give(
    db: Database,
    act: Act,
    public_id: str,
    judgement: Judgement,
    *,
    seen: str | None = None,
    form: Mapping[str, Sequence[str]] | None = None,
    proof: GivenProof | None = None,
) -> Given:
    """Give a verdict: it is sealed once the time to undo it is over.

    `seen` is the digest that the page named of what it showed; Stale where that is no longer what
    it shows, and Refused where the form names none. `form` is kept as the draft, so that undoing
    loses nothing. The `proof` is taken in the transaction of the verdict, under the judgement's
    digest: one is never there without the other. Raises Refused for whatever would keep the verdict
    from being sealed now.
    """
    with db.write(short=True) as tx:
        examination, testbuy = entitled(tx, act, public_id)
        before = pending_on(tx, examination.id)
        shown = showing.on_page(tx, examination)
        if before and before.person_id == act.person:
            same = (judgement.written(), showing.written(shown))
            if (before.judgement, before.shown) == same:
                return Given(public_id, before.takes_effect_at)  # the same form, sent once more
            raise Refused(
                "Another verdict of yours on this examination is being sealed. Undo it first; this "
                "one was not taken."
            )
        found = judging.ensure_sealable(tx, act, examination, testbuy, judgement)
        showing.ensure_seen(shown, seen)
        lasts = timedelta(seconds=policies.read(tx).undo_seconds)
        said = judging.digest_of(act, examination, judgement, shown, found, given_at=act.now)
        if not lasts:
            judging.seal_in(tx, act, examination, testbuy, judgement, shown, given_at=act.now)
            _sign(tx, act, proof, examination, said)
            return Given(public_id, None)
        if form is not None:
            drafts.put(tx, act, examination, form)
        add(
            tx,
            PendingVerdict,
            examination_id=examination.id,
            person_id=act.person,
            judgement=judgement.written(),
            shown=showing.written(shown),
            given_at=act.now,
            takes_effect_at=act.now + lasts,
        )
        _sign(tx, act, proof, examination, said)
        return Given(public_id, act.now + lasts)


def stands(db: Database, public_id: str, given_at: datetime) -> bool:
    """Whether the verdict that was given at this moment waits for its seal or has it."""
    with db.read() as tx:
        examination = one(tx, Examination, public_id=public_id)
        if examination is None:
            return False
        same = {"examination_id": examination.id, "given_at": given_at}
        return any(one(tx, table, **same) is not None for table in (PendingVerdict, Verdict))


def undo(db: Database, act: Act, public_id: str) -> None:
    """Take a verdict back before it takes effect; the claim lasts as long as a new one."""
    with db.write(short=True) as tx:
        examination, _ = entitled(tx, act, public_id)
        row = pending_on(tx, examination.id)
        if row is None or row.person_id != act.person:
            sealed = examination.state is ExaminationState.SEALED
            raise Refused(_LATE if sealed else "There is no verdict of yours to undo here.")
        if row.takes_effect_at <= act.now:
            raise Refused(_LATE)
        remove(tx, PendingVerdict, _pending.id == row.id)
        until = act.now + timedelta(minutes=policies.read(tx).claim_minutes)
        change_one(tx, Examination, examination.id, claimed_until=until)


def settle(db: Database, now: datetime, seed: bytes) -> int:
    """Seal every verdict whose time to undo is over; gives how many."""
    with db.read() as tx:
        order = _pending.takes_effect_at
        due = every(
            tx, PendingVerdict, _pending.takes_effect_at <= now, order_by=order, limit=_ROUND
        )
    settled = 0
    for some in (due[first : first + _TOGETHER] for first in range(0, len(due), _TOGETHER)):
        with db.batch() as together:
            settled += sum(_settle(together, row, now, seed) for row in some)
    return settled


def _sign(
    tx: Transaction, act: Act, proof: GivenProof | None, examination: Examination, judgement: str
) -> None:
    """Last of all, so that a verdict that is refused uses up no code."""
    if proof is not None:
        what = f"verdict on {examination.public_id}"
        proof.sign(tx, what, {"judgement": judgement}, act.now)


def _settle(db: Database, row: PendingVerdict, now: datetime, seed: bytes) -> bool:
    with db.read() as tx:
        examination = one(tx, Examination, id=row.examination_id)
    assert examination is not None  # a foreign key holds it
    chance = Act(Role.PROGRAMME, now, seed).token(f"settle:{row.id}", 52).encode()[:32]
    try:
        act = access.acting(db, row.person_id, Role.AUTHENTICATOR, now, chance)
        return _seal(db, act, row, examination.public_id)
    except Refused as refused:
        _give_up(db, row, examination, refused, now)
        return False
    except DatabaseFull:
        raise
    except Exception:
        # One row that can't be read must not keep every other verdict from its seal.
        log.exception("verdict %s on %s can't be sealed", row.id, examination.public_id)
        return False


def _seal(db: Database, act: Act, row: PendingVerdict, public_id: str) -> bool:
    with db.write() as tx:
        examination, testbuy = entitled(tx, act, public_id)
        # Whoever removes the row seals; the test buy is held, so that others wait and find none.
        if remove(tx, PendingVerdict, _pending.id == row.id) != 1:
            return False
        judgement, shown = read(row.judgement), showing.read(tx, row.shown)
        judging.seal_in(tx, act, examination, testbuy, judgement, shown, given_at=row.given_at)
        return True


def _give_up(
    db: Database, row: PendingVerdict, examination: Examination, why: Refused, now: datetime
) -> None:
    """Tell the examiner that a verdict was not sealed, once; what they typed is their draft."""
    with db.write() as tx:
        if remove(tx, PendingVerdict, _pending.id == row.id) != 1:
            return
        add_if_absent(
            tx,
            Notice,
            key=f"{examination.public_id}:{row.id}:not sealed",
            to_person=row.person_id,
            text=(
                f"Your verdict in examination {examination.public_id} was not sealed. "
                + " ".join(why.reasons)
            ),
            created_at=now,
        )
