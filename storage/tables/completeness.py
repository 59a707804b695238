"""What a referral's package lacks and was let go."""

from datetime import datetime

import sqlalchemy as sa

from rules.completeness import Item
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, word


class PackageWaiver(Table, table=True):
    """That a referral goes out without an item, with the reason that is printed in its package."""

    __table_args__ = (
        sa.UniqueConstraint("referral_id", "part"),
        sa.CheckConstraint("reason <> ''", name="says_why"),
    )
    id: int = identity()
    referral_id: int = refers_to("referral.id", index=False)
    part: Item = word(Item)
    reason: str
    waived_by: int = refers_to("person.id", index=False)
    waived_as: Role = word(Role)
    waived_at: datetime = instant()
