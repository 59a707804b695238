"""Who has a kit: a question over all hand-overs of kits at once."""

import sqlalchemy as sa

from storage.rows import table_of
from storage.session import Transaction
from storage.tables import KitAnswer, KitGiving

_givings = table_of(KitGiving)
_later, _answers = _givings.alias("later"), table_of(KitAnswer).c


def holders(tx: Transaction) -> set[int]:
    """The persons to whom a kit was handed last, confirmed or not; withdrawn ones don't count."""
    later = sa.exists().where(_later.c.kit_id == _givings.c.kit_id, _later.c.id > _givings.c.id)
    withdrawn = sa.exists().where(
        _answers.giving_id == _givings.c.id, _answers.confirmed.is_(False)
    )
    query = sa.select(_givings.c.to_person).where(~later, ~withdrawn).distinct()
    return set(tx.execute(query).scalars())
