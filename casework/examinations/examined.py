"""What examinations a test buy has, and what was said in them: read, never changed.

Owns the questions that other moves ask of examinations and verdicts. Leaves opening, claiming and
withdrawing them to `casework.examinations.examining`, and sealing to `casework.verdicts.judging`.
"""

from collections.abc import Sequence

from rules.lifecycle import Stage
from storage import judged
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Conclusion,
    Examination,
    ExaminationState,
    Exhibit,
    PendingVerdict,
    TestBuy,
    Verdict,
)

_examinations = table_of(Examination)
_verdicts = table_of(Verdict)
_NEWEST = _examinations.c.id.desc()


def conclusion_due(tx: Transaction, testbuy: TestBuy) -> bool:
    """Whether a standing verdict on a submitted test buy has entered no conclusion yet.

    Once another photo is asked for it has left that stage: the photo may never come, and somebody
    must be able to end the test buy then.
    """
    if testbuy.stage is not Stage.SUBMITTED:
        return False
    of_testbuy = _examinations.select().with_only_columns(_examinations.c.id)
    standing = every(
        tx,
        Verdict,
        _verdicts.c.examination_id.in_(of_testbuy.where(_examinations.c.testbuy_id == testbuy.id)),
        _verdicts.c.superseded_at.is_(None),
    )
    drawn = every(tx, Conclusion, table_of(Conclusion).c.testbuy_id == testbuy.id)
    concluded = {number for each in drawn for number in each.verdict_ids}
    return any(verdict.id not in concluded for verdict in standing)


def pending_on(tx: Transaction, examination_id: int) -> PendingVerdict | None:
    """The verdict on an examination that was given and can still be undone."""
    return one(tx, PendingVerdict, examination_id=examination_id)


def exhibits_of(tx: Transaction, testbuy_id: int) -> Sequence[Exhibit]:
    """The exhibits of a test buy, in the order they were bagged."""
    return every(tx, Exhibit, testbuy_id=testbuy_id, order_by=table_of(Exhibit).c.id)


def unsealed(tx: Transaction, testbuy_id: int) -> Sequence[Examination]:
    """The open examinations of a test buy."""
    return every(
        tx,
        Examination,
        testbuy_id=testbuy_id,
        state=ExaminationState.OPEN,
    )


def last_examination(tx: Transaction, exhibit_id: int) -> Examination | None:
    """The newest examination of an exhibit, whatever became of it."""
    found = every(
        tx,
        Examination,
        exhibit_id=exhibit_id,
        order_by=_NEWEST,
        limit=1,
    )
    return found[0] if found else None


def verdicts_on(tx: Transaction, exhibit_id: int) -> Sequence[Verdict]:
    """The sealed verdicts on an exhibit, superseded ones among them, oldest first."""
    return judged.verdicts_on(tx, exhibit_id)


def standing_examiners(tx: Transaction, exhibit_id: int) -> frozenset[int]:
    """Whose word on an exhibit counts already: a quorum is of different people."""
    return frozenset(
        verdict.sealed_by
        for verdict in verdicts_on(tx, exhibit_id)
        if verdict.superseded_at is None
    )
