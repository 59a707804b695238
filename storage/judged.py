"""What examinations hold and what was said in them, across their tables, prepared once.

Leaves what follows from it to `casework.examinations.examined` and
`casework.examinations.findings`.
"""

from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa

from storage.prepared import Prepared
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Examination, ExaminationPhoto, Photo, Verdict

_verdicts, _photos = table_of(Verdict), table_of(Photo)
_examinations, _links = table_of(Examination).c, table_of(ExaminationPhoto).c

_of_exhibit = Prepared(
    sa.select(_verdicts)
    .join(table_of(Examination), _examinations.id == _verdicts.c.examination_id)
    .where(_examinations.exhibit_id == sa.bindparam("exhibit"))
    .order_by(_verdicts.c.id)
)
_held = Prepared(
    sa.select(_photos)
    .join(table_of(ExaminationPhoto), _links.photo_id == _photos.c.id)
    .where(_links.examination_id == sa.bindparam("examination"))
    .order_by(_photos.c.shot, _photos.c.id)
)


def verdicts_on(tx: Transaction, exhibit_id: int) -> Sequence[Verdict]:
    """The sealed verdicts on an exhibit, superseded ones among them, oldest first."""
    return cast("Sequence[Verdict]", _of_exhibit.rows(tx, {"exhibit": exhibit_id}))


def photos_in(tx: Transaction, examination_id: int) -> Sequence[Photo]:
    """The photos of an examination's frozen set, by shot."""
    return cast("Sequence[Photo]", _held.rows(tx, {"examination": examination_id}))
