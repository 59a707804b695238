"""Who had a part in a test buy, across the tables that tell, as one statement prepared once.

Asked at every claim, verdict and seal. Leaves what follows from it to
`casework.examinations.examining`.
"""

import sqlalchemy as sa

from rules.holders import HolderKind
from rules.roles import Role
from storage.prepared import Prepared
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import (
    Campaign,
    CustodyEntry,
    Exhibit,
    Mask,
    MoveRecord,
    Photo,
    TestBuy,
    Waiver,
)

_testbuys, _campaigns = table_of(TestBuy).c, table_of(Campaign).c
_moves, _photos = table_of(MoveRecord).c, table_of(Photo).c
_masks, _waivers = table_of(Mask).c, table_of(Waiver).c
_exhibits, _custody = table_of(Exhibit).c, table_of(CustodyEntry).c
_OF = sa.bindparam("testbuy")


def _of_campaign(person: sa.ColumnElement[int]) -> sa.Select:
    return (
        sa.select(person)
        .select_from(table_of(TestBuy))
        .join(table_of(Campaign), _campaigns.id == _testbuys.campaign_id)
        .where(_testbuys.id == _OF)
    )


_people = Prepared(
    sa.union(
        *(
            sa.select(person.label("person")).where(_testbuys.id == _OF)
            for person in (_testbuys.requested_by, _testbuys.authorised_by, _testbuys.buyer_id)
        ),
        *(_of_campaign(each) for each in (_campaigns.requested_by, _campaigns.approved_by)),
        sa.select(_moves.by_person).where(
            _moves.testbuy_id == _OF, _moves.by_role != Role.AUTHENTICATOR
        ),
        sa.select(_photos.received_by).where(
            _photos.testbuy_id == _OF, _photos.exhibit_id.is_(None)
        ),
        sa.select(_masks.marked_by)
        .select_from(table_of(Mask))
        .join(table_of(Photo), _photos.id == _masks.photo_id)
        .where(_photos.testbuy_id == _OF),
        sa.select(_waivers.waived_by).where(_waivers.testbuy_id == _OF),
        sa.select(_custody.by_person)
        .select_from(table_of(CustodyEntry))
        .join(table_of(Exhibit), _exhibits.id == _custody.exhibit_id)
        .where(
            _exhibits.testbuy_id == _OF,
            _custody.from_kind != HolderKind.RIGHTS_HOLDER,
            _custody.to_kind != HolderKind.RIGHTS_HOLDER,
        ),
    )
)


def took_part(tx: Transaction, testbuy_id: int) -> frozenset[int]:
    """Who asked for a test buy, let it be bought, bought it, moved it on, photographed it, held
    its goods or marked its photos, in whatever role then.

    What an authenticator or a receiving desk did is no such part: a photo asked for, a sample
    taken in.
    """
    found = _people.rows(tx, {"testbuy": testbuy_id})
    return frozenset(row.person for row in found if row.person is not None)
