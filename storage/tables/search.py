"""The words by which shops, listings and operators are found."""

from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from storage.tables.columns import Table, word


class SearchKind(StrEnum):
    """What a word names."""

    SHOP = "shop"
    LISTING = "listing"
    OPERATOR = "operator"
    ADDRESS = "address"
    """The whole address of a listing, as one key (`rules.addresses`)."""


class SearchWord(Table, table=True):
    """A word of a name or title (`rules.searching`) as UTF-8 bytes, and what bears it by number.

    Bytes, because both databases order them alike, so that a beginning of a word is a range of the
    key. Everything is in the key: a search reads the index alone.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    kind: SearchKind = word(SearchKind, primary_key=True)
    word: bytes = Field(sa_type=sa.LargeBinary, primary_key=True)
    number: int = Field(primary_key=True)
