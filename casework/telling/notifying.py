"""Telling a role or a person something: the one way a notice is left.

A notice is committed with what it tells of, and is at once the intent of the mails that follow: who
they go to is found when they are written (`casework.mails.mailing`). Leaves what is shown of it to
`casework.views.inbox`.
"""

from casework.act import Act
from casework.errors import NotFound
from rules.notices import ASKING, NoticeKind
from rules.roles import Role
from storage import inbox
from storage.inbox import Reader
from storage.rows import add_if_absent
from storage.session import Database, Transaction
from storage.tables import Notice, TestBuy


def tell(
    tx: Transaction,
    act: Act,
    kind: NoticeKind,
    key: str,
    text: str,
    *,
    to_role: Role | None = None,
    to_person: int | None = None,
    testbuy: TestBuy | None = None,
    about: str | None = None,
) -> bool:
    """Leave a notice, once for each `key`; says whether it is new.

    `about` is the reference that a mail may name, the test buy's where nothing is said. To an
    authenticator it is an examination's public id, and the text names nothing else either.
    """
    if about is None:
        about = testbuy.reference if testbuy else ""
    return add_if_absent(
        tx,
        Notice,
        key=key,
        kind=kind,
        about=about,
        shown=kind not in ASKING,
        to_role=to_role,
        to_person=to_person,
        testbuy_id=testbuy.id if testbuy else None,
        text=text,
        created_at=act.now,
    )


def put_away(db: Database, reader: Reader, number: int) -> None:
    """Mark a notice as read, for everybody it is to; NotFound for one to others."""
    with db.write() as tx:
        if not inbox.put_away(tx, reader, number):
            raise NotFound("There is no such notice for you.")
