"""Which exhibits wait for the store, lie at a desk or went back: the conditions of lists."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from rules.holders import HolderKind
from rules.lifecycle import Stage
from storage.rows import table_of
from storage.tables import CustodyEntry, Exhibit, HandOver, TestBuy

_exhibits, _entries = table_of(Exhibit).c, table_of(CustodyEntry).c
_later = table_of(CustodyEntry).alias("later").c
_given, _again = table_of(HandOver).c, table_of(HandOver).alias("again").c
_testbuys = table_of(TestBuy).c


def gone_back(desks: Sequence[str]) -> Any:
    """Of hand-overs that consigned an exhibit to a desk: it came, and lies with none of `desks`."""
    latest = ~sa.exists().where(_later.exhibit_id == _entries.exhibit_id, _later.seq > _entries.seq)
    elsewhere = sa.exists().where(
        _entries.exhibit_id == _given.exhibit_id,
        latest,
        sa.not_(
            sa.and_(_entries.to_kind == HolderKind.RIGHTS_HOLDER, _entries.to_holder.in_(desks))
        ),
        sa.not_(
            sa.and_(_entries.to_kind == HolderKind.CARRIER, _entries.hand_over_id == _given.id)
        ),
    )
    return sa.and_(_given.completed_at.is_not(None), elsewhere)


def consigned(numbers: Sequence[int]) -> tuple[Any, ...]:
    """Of hand-overs: the newest that consigned its exhibit, where it was to one of these desks."""
    newer = sa.exists().where(
        _again.exhibit_id == _given.exhibit_id,
        _again.consigned_to.is_not(None),
        _again.withdrawn_at.is_(None),
        _again.id > _given.id,
    )
    return _given.consigned_to.in_(numbers), _given.withdrawn_at.is_(None), ~newer


def to_take_in() -> tuple[Any, ...]:
    """Of exhibits: bagged, and taken in by no clerk; a part came in with its whole."""
    documented = sa.select(_testbuys.id).where(_testbuys.stage == Stage.DOCUMENTED)
    taken_in = sa.exists().where(_entries.exhibit_id == _exhibits.id, _entries.is_intake)
    return _exhibits.part_of.is_(None), _exhibits.testbuy_id.in_(documented), ~taken_in
