"""The reference library: what genuine goods look like, and what gives counterfeits away."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.references import ReferenceKind
from storage.tables.columns import Table, identity, instant, refers_to, word


class Product(Table, table=True):
    """A product of a brand, under its category: what entries of the library are about."""

    __table_args__ = (sa.UniqueConstraint("brand_id", "category_id", "name"),)
    id: int = identity()
    brand_id: int = refers_to("brand.id", index=False)
    category_id: int = refers_to("category.id", index=False)
    name: str
    added_by: int = refers_to("person.id", index=False)
    added_at: datetime = instant()


class ReferenceEntry(Table, table=True):
    """A version of an entry of the library; never edited, a later version takes its place.

    `number` counts the entries of a product, `version` the versions of one. `shot` is the shot it
    stands beside (None: any). `digest` is the original's, `preview_digest` and `close_digest`
    those of the small and the large copy. The region's edges are parts of 10,000, all of them or
    none. `withdrawn`: this version takes the entry out of use.
    """

    __table_args__ = (
        sa.UniqueConstraint("product_id", "number", "version"),
        sa.CheckConstraint("(digest IS NULL) = (preview_digest IS NULL)", name="copy_of_photo"),
        sa.CheckConstraint("(digest IS NULL) = (close_digest IS NULL)", name="close_of_photo"),
    )
    id: int = identity()
    public_id: str = Field(unique=True)
    product_id: int = refers_to("product.id", index=False)
    number: int
    version: int
    kind: ReferenceKind = word(ReferenceKind)
    title: str
    text: str
    shot: str | None = None
    digest: str | None = None
    preview_digest: str | None = None
    close_digest: str | None = None
    left: int | None = None
    top: int | None = None
    right: int | None = None
    bottom: int | None = None
    withdrawn: bool = False
    added_by: int = refers_to("person.id", index=False)
    added_at: datetime = instant()
