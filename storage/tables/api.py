"""The API's tokens, and the answers that were given under a key: to programs, and to forms."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from storage.tables.columns import Table, identity, instant, json_list, refers_to


class ApiToken(Table, table=True):
    """What another system acts with in place of its owner; kept only as its digest.

    `hint` is how it begins, by which people tell tokens apart.
    """

    id: int = identity()
    name: str
    digest: str = Field(unique=True)
    hint: str
    person_id: int = refers_to("person.id")
    scopes: list[str] = json_list()
    created_at: datetime = instant()
    created_by: int | None = refers_to("person.id", optional=True, index=False)
    expires_at: datetime = instant()
    used_at: datetime | None = instant(optional=True)
    revoked_at: datetime | None = instant(optional=True)
    revoked_by: int | None = refers_to("person.id", optional=True, index=False)


class ApiAnswer(Table, table=True):
    """The first answer to a request under a key; committed with the change that it tells of.

    `request_digest` is over what was asked: another request under the same key is refused.
    """

    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)
    id: int = identity()
    token_id: int = refers_to("api_token.id", index=False)
    key: str
    request_digest: str
    code: int
    body: str
    answered_at: datetime = instant(index=True)


class FormAnswer(Table, table=True):
    """The first answer to a form under the key it was shown with; committed with the change.

    `body` is closed under that key, of which only the digest is kept: it may show a secret once.
    """

    id: int = identity()
    key_digest: str = Field(unique=True)
    sent: bytes = Field(sa_type=sa.LargeBinary)
    code: int
    location: str | None = None
    body: bytes = Field(sa_type=sa.LargeBinary)
    answered_at: datetime = instant(index=True)
