"""What a referral's package lacks and was let go."""

from datetime import datetime

import sqlalchemy as sa

from rules.completeness import Item
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, json_list, refers_to, word


class PackageWaiver(Table, table=True):
    """That a referral goes out without what lacked of an item, with the reason that is printed.

    `lacked`: pairs of key and name, as they were when it was given. It covers nothing else.
    """

    __table_args__ = (sa.CheckConstraint("reason <> ''", name="says_why"),)
    id: int = identity()
    referral_id: int = refers_to("referral.id")
    part: Item = word(Item)
    lacked: list[list[str]] = json_list()
    reason: str
    waived_by: int = refers_to("person.id", index=False)
    waived_as: Role = word(Role)
    waived_at: datetime = instant()
