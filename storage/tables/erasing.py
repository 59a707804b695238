"""Where an erased value still stands in what people wrote: places and numbers, never the value."""

from datetime import datetime

import sqlalchemy as sa

from rules.erasure import Erasable
from storage.tables.columns import Table, identity, instant, refers_to, word


class ErasureMention(Table, table=True):
    """A text in which an erased value stood when it was erased, and may stand still.

    `what` and `erased` name the row that was erased, `place` (`table.column`) and `row` the text.
    Nobody can look for the value again; only that the text was covered is recorded, once.
    """

    __table_args__ = (sa.UniqueConstraint("what", "erased", "place", "row"),)
    id: int = identity()
    what: Erasable = word(Erasable)
    erased: int
    place: str
    row: int
    found_at: datetime = instant()
    covered_at: datetime | None = instant(optional=True)
    covered_by: int | None = refers_to("person.id", optional=True, index=False)
