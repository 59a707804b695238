"""The programme's own numbers, kept as rows so that they can be dated and edited."""

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from rules.access import SecondFactorPolicy
from rules.lifecycle import Stage
from storage.prepared import Prepared
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import DeadlinePolicy, Policy

_deadlines = table_of(DeadlinePolicy)
_patience = Prepared(
    sa.select(_deadlines.c.remind_after_seconds).where(
        _deadlines.c.stage == sa.bindparam("of_stage")
    )
)


@dataclass(frozen=True, slots=True)
class Policies:
    """Numbers and words a `policy` row may override by name.

    `quorum`: sealed verdicts a conclusion needs. `order_attempts`: how often a test buy may try to
    buy. `cooling_off_days`: rest of a persona between two buys. `claim_minutes`: how long an
    authenticator's claim lasts. `undo_seconds`: how long a verdict can be undone before it is
    sealed; 0 seals at once. `order_asks`, `referral_asks`: how often an unknown outcome is
    asked about before a person is. `ask_again_seconds`: how long an outside system is left alone
    before it is asked again. `weight_grams`, `weight_permille`: what two weighings of a sealed
    exhibit may differ by, the larger of both. `photo_megabytes`,
    `video_megabytes`: the largest picture or document, and the largest video, that is taken.
    `second_factor`: whether those who approve, judge or refer must have one (`required`) or may
    (`offered`). `uploads_a_minute`, `upload_megabytes_a_minute`: what one person may send.
    `digest_hour`: from which hour of the day (UTC) people are written to of all that waits.
    `mail_megabytes`: the largest encrypted package that goes to an agency by mail.
    """

    quorum: int = 1
    order_attempts: int = 2
    cooling_off_days: int = 30
    claim_minutes: int = 15
    undo_seconds: int = 10
    order_asks: int = 3
    referral_asks: int = 3
    ask_again_seconds: int = 20
    weight_grams: int = 5
    weight_permille: int = 20
    photo_megabytes: int = 100
    video_megabytes: int = 2000
    second_factor: SecondFactorPolicy = SecondFactorPolicy.REQUIRED
    uploads_a_minute: int = 600
    upload_megabytes_a_minute: int = 6000
    digest_hour: int = 6
    mail_megabytes: int = 15


def read(tx: Transaction) -> Policies:
    """The policies in force."""
    stored = {row.name: row.value for row in every(tx, Policy)}
    kinds: dict[str, type[Any]] = {each.name: type(each.default) for each in fields(Policies)}
    known = {name: kinds[name](value) for name, value in stored.items() if name in kinds}
    return Policies(**known)


def remind_after(tx: Transaction, stage: Stage) -> int | None:
    """Seconds a test buy may wait at `stage` before somebody is reminded; None: for ever."""
    row = _patience.row(tx, {"of_stage": stage})
    return row.remind_after_seconds if row else None


def deadline(tx: Transaction, stage: Stage) -> DeadlinePolicy | None:
    """The deadline row of a stage."""
    return one(tx, DeadlinePolicy, _deadlines.c.stage == stage)
