"""What came of the flags of each source, counted in the database.

A flag counts once, by the newest test buy that was requested from it; a test buy that followed a
sanction says nothing of the flag it was launched from, and is left out. Flags that say something
else than a suspicion of counterfeits are none of these. Leaves what a share of them says to
`rules.statistics`.
"""

from typing import NamedTuple

import sqlalchemy as sa

from rules.flags import FlagKind
from rules.lifecycle import Stage
from rules.verdicts import COUNTERFEITS, Verdict
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Flag, FollowUp, TestBuy

_flags, _testbuys, _follows = table_of(Flag).c, table_of(TestBuy).c, table_of(FollowUp).c


class Counted(NamedTuple):
    """One source, model and version. `bought`: flags that a test buy was requested from.

    `others`: concluded otherwise (grey market); `ended`: abandoned or declined before a conclusion.
    """

    source: str
    model: str
    version: str
    flags: int
    bought: int
    counterfeit: int
    genuine: int
    inconclusive: int
    others: int
    ended: int


def counts(tx: Transaction) -> list[Counted]:
    """Every source with its models and their versions, by name."""
    newest = (
        sa.select(_testbuys.flag_id, sa.func.max(_testbuys.id).label("testbuy_id"))
        .where(~sa.exists().where(_follows.testbuy_id == _testbuys.id))
        .group_by(_testbuys.flag_id)
        .subquery()
    )
    said = _testbuys.conclusion
    fake = said.in_(sorted(COUNTERFEITS))
    genuine, unclear = said == Verdict.GENUINE, said == Verdict.INCONCLUSIVE
    other = said.is_not(None) & ~fake & ~genuine & ~unclear
    ended = said.is_(None) & _testbuys.stage.in_([Stage.ABANDONED, Stage.DECLINED])
    by = (_flags.source, _flags.model, _flags.model_version)
    query = (
        sa.select(
            *by,
            sa.func.count(),
            sa.func.count(_testbuys.id),
            *(_how_many(each) for each in (fake, genuine, unclear, other, ended)),
        )
        .select_from(table_of(Flag))
        .outerjoin(newest, newest.c.flag_id == _flags.id)
        .outerjoin(table_of(TestBuy), _testbuys.id == newest.c.testbuy_id)
        .where(_flags.kind == FlagKind.COUNTERFEIT)
        .group_by(*by)
        .order_by(*by)
    )
    return [Counted(*row) for row in tx.execute(query)]


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
