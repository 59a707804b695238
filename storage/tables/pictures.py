"""Pictures that a seller showed or sent, apart from the photos that our own people take."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.pictures import LeftOut, Origin
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class SellerPicture(Table, table=True):
    """A picture of a listing, chat or invoice of a test buy's shop, kept bit for bit.

    `url`: where a machine found it. `photo_id` or `capture_id`: the capture of a screen that a
    person cut it out of, by `left` to `bottom` in ten-thousandths of it. `pattern` is what it is
    compared by, as `rules.likeness` writes it, `left_out` why there is none. `identifier_id`: the
    identifier that says the shop shows it, once another shop shows one like it.
    """

    __table_args__ = (
        sa.UniqueConstraint("testbuy_id", "digest"),
        sa.Index("ix_seller_picture_pattern_shop_id", "pattern", "shop_id"),
        sa.Index(
            "ix_seller_picture_unlinked",
            "pattern",
            sqlite_where=sa.text("identifier_id IS NULL"),
            postgresql_where=sa.text("identifier_id IS NULL"),
        ),
        sa.CheckConstraint(
            "(pattern IS NULL) = (left_out IS NOT NULL)", name="compared_or_says_why"
        ),
    )
    id: int = identity()
    public_id: str = Field(unique=True)
    testbuy_id: int = refers_to("testbuy.id", index=False)
    shop_id: int = refers_to("shop.id")
    origin: Origin = word(Origin)
    digest: str
    media_type: str
    width: int
    height: int
    preview_digest: str | None = None
    pattern: str | None = None
    left_out: LeftOut | None = word(LeftOut, optional=True)
    url: str = ""
    photo_id: int | None = refers_to("photo.id", optional=True, index=False)
    capture_id: int | None = refers_to("page_capture.id", optional=True, index=False)
    left: int | None = None
    top: int | None = None
    right: int | None = None
    bottom: int | None = None
    received_by: int | None = refers_to("person.id", optional=True, index=False)
    received_at: datetime = instant()
    identifier_id: int | None = refers_to("identifier.id", optional=True)


class PatternBand(Table, table=True):
    """One of four 16-bit parts of a coarse code that some seller's picture has: near ones by index.

    One row a code, however many shops show the picture. Everything is in the key.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    band: int = Field(primary_key=True)
    code: int = whole(primary_key=True)


class PatternOfCode(Table, table=True):
    """A pattern of some seller's picture under its coarse code, a signed 64-bit number."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    code: int = whole(primary_key=True)
    pattern: str = Field(primary_key=True)
