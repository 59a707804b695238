"""Drafts: what an examiner typed into a verdict's form, kept for them alone until it is sealed.

Owns the rows. A draft is nobody's word: it enters no ledger, and goes when the verdict is sealed.
The newest saving counts, from whichever page it comes; a page that was overtaken is told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import Refused, Stale
from casework.examinations.examining import entitled
from storage import policies
from storage.rows import add, change_one, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Draft, Examination, ExaminationState

LARGEST = 200_000
"""Characters of a draft: more than every field of the form can hold."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft: fields by name with their values, its version, and when it was saved."""

    form: dict[str, list[str]]
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Saving:
    """What became of a saving. `overtaken`: another page had saved since this one was opened."""

    version: int
    overtaken: bool
    claimed_until: datetime | None


def save(
    db: Database, act: Act, public_id: str, form: Mapping[str, Sequence[str]], *, version: int
) -> Saving:
    """Keep what was typed; `version` is the draft the page began with (0: none).

    Whoever still types keeps their claim. Raises Stale where there is nothing to type into any
    more: what was kept before stays.
    """
    with db.write(short=True) as tx:
        examination, _ = entitled(tx, act, public_id)
        if examination.state is not ExaminationState.OPEN:
            raise Stale(f"This examination is {examination.state} already. Take the next one.")
        before = put(tx, act, examination, form)
        until = _longer(tx, act, examination)
        return Saving(before + 1, before != version, until)


def put(
    tx: Transaction, act: Act, examination: Examination, form: Mapping[str, Sequence[str]]
) -> int:
    """Write the draft; gives the version before, 0 for none."""
    text = json.dumps({name: list(values) for name, values in form.items()}, ensure_ascii=False)
    if len(text) > LARGEST:
        raise Refused("This is more than a verdict may hold. Shorten it.")
    row = one(tx, Draft, examination_id=examination.id, person_id=act.person, lock=True)
    if row is None:
        told = {"examination_id": examination.id, "person_id": act.person}
        add(tx, Draft, **told, version=1, form=text, saved_at=act.now)
        return 0
    change_one(tx, Draft, row.id, version=row.version + 1, form=text, saved_at=act.now)
    return row.version


def of(tx: Transaction, examination_id: int, person_id: int) -> Kept | None:
    """A person's own draft on an examination."""
    row = one(tx, Draft, examination_id=examination_id, person_id=person_id)
    return Kept(json.loads(row.form), row.version, row.saved_at) if row else None


def drop(tx: Transaction, examination_id: int) -> None:
    """Remove every draft on an examination: its verdict is sealed."""
    remove(tx, Draft, table_of(Draft).c.examination_id == examination_id)


def _longer(tx: Transaction, act: Act, examination: Examination) -> datetime | None:
    """Until when the claim lasts now; one that is half over is begun anew."""
    until = examination.claimed_until
    if examination.claimed_by != act.person or until is None or until <= act.now:
        return None
    lasts = timedelta(minutes=policies.read(tx).claim_minutes)
    if until - act.now < lasts / 2:
        until = act.now + lasts
        change_one(tx, Examination, examination.id, claimed_until=until)
    return until
