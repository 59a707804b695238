"""The conclusion on each exhibit, drawn from its sealed verdicts by the rule.

Owns the rows: a later one takes the place of an earlier one, and none is changed. What follows from
them is the caller's: `casework.verdicts.judging` the first time, `casework.verdicts.superseding`
anew.
"""

from casework.act import Act
from casework.examinations.examined import exhibits_of, last_examination, verdicts_on
from casework.examinations.examining import open_examination
from rules import verdicts
from storage import policies
from storage.rows import add
from storage.session import Transaction
from storage.tables import Conclusion, TestBuy


def draw(tx: Transaction, act: Act, testbuy: TestBuy) -> list[verdicts.Conclusion]:
    """A conclusion on each exhibit of a held test buy, all of whose examinations are sealed.

    Where the verdicts that stand are fewer than the quorum, another examination is opened instead:
    until it is sealed nobody can say.
    """
    quorum = policies.read(tx).quorum
    drawn: list[verdicts.Conclusion] = []
    for exhibit in exhibits_of(tx, testbuy.id):
        sealed = verdicts_on(tx, exhibit.id)
        conclusion = verdicts.conclude(
            [
                verdicts.SealedVerdict(
                    each.value, each.sealed_by, each.sealed_at, each.superseded_at is not None
                )
                for each in sealed
            ],
            quorum,
        )
        if conclusion.value is None:
            open_examination(tx, act, testbuy, exhibit, follows=last_examination(tx, exhibit.id))
            continue
        drawn.append(conclusion)
        add(
            tx,
            Conclusion,
            testbuy_id=testbuy.id,
            exhibit_id=exhibit.id,
            value=conclusion.value,
            reasons=list(conclusion.reasons),
            verdict_ids=[each.id for each in sealed],
            concluded_at=act.now,
        )
    return drawn
