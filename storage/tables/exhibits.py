"""What came out of the parcel and what was photographed: exhibits, custody, photos,
waivers, and what a clerk confirmed by eye.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.holders import HolderKind, Method, Vouched
from rules.pictures import Whose
from rules.shots import Proof
from storage.tables.columns import Table, identity, instant, json_list, refers_to, whole, word


class Exhibit(Table, table=True):
    """A thing kept as evidence, referred to as `AS/1`, in a bag of its own: no two share a seal.

    `seal_number` is the seal it is under now; earlier ones stand in its custody entries. A part
    `AS/1/1` names the exhibit it was split from. `kit_id` is the kit its first seal is out of, None
    where it is out of none that who bagged it had received.
    """

    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id")
    part_of: int | None = refers_to("exhibit.id", optional=True)
    reference: str = Field(unique=True)
    kind: str
    description: str
    seal_number: str = Field(unique=True)
    kit_id: int | None = refers_to("kit.id", optional=True, index=False)
    created_at: datetime = instant()


class CustodyEntry(Table, table=True):
    """A change of hands of an exhibit, or of its seal or place in one holder's hands.

    `from_holder` and `to_holder` are names, of the kinds beside them. The giver read `seal_out` at
    `given_at`, the taker `seal_in` at `handed_at`; the offsets are each side's local time, the
    weights what each side read, None where nobody said. Who has an account is vouched for by it,
    others by `…_signature`: the digest of strokes on glass or of a scanned receipt in the vault.
    `photos` are public ids, of both sides; `hand_over_id` is what the giver opened, where one did.
    `seal_intact` is the taker's word.
    `place_id` is the row of the storage place it was put into; older entries name places in words.
    `is_intake`: the clerk took the exhibit into the store, which happens once.
    """

    __table_args__ = (
        sa.UniqueConstraint("exhibit_id", "seq"),
        sa.CheckConstraint("weight_grams > 0", name="weighs_something"),
        sa.CheckConstraint("place_id IS NULL OR to_kind = 'place'", name="place_takes_it"),
    )
    id: int = identity()
    exhibit_id: int = refers_to("exhibit.id", index=False)
    seq: int
    is_intake: bool = False
    from_kind: HolderKind = word(HolderKind)
    from_holder: str
    to_kind: HolderKind = word(HolderKind)
    to_holder: str
    method: Method = word(Method)
    place: str
    purpose: str
    seal_out: str
    seal_in: str = Field(index=True)
    condition: str
    seal_intact: bool = True
    given_weight_grams: int | None = None
    weight_grams: int | None = None
    tracking_number: str | None = Field(default=None, index=True)
    place_id: int | None = refers_to("storage_place.id", optional=True)
    given_at: datetime = instant()
    given_offset_minutes: int | None = None
    handed_at: datetime = instant()
    utc_offset_minutes: int | None = None
    from_vouched: Vouched = word(Vouched)
    to_vouched: Vouched = word(Vouched)
    from_signature: str | None = None
    to_signature: str | None = None
    photos: list[str] = json_list()
    hand_over_id: int | None = refers_to("hand_over.id", optional=True, index=False)
    by_person: int = refers_to("person.id", index=False)


class HandOver(Table, table=True):
    """A hand-over that the giver opened; the taker's side makes a custody entry of it.

    `to_person` is who must confirm where the taker has an account. One that is neither completed
    nor withdrawn is open; an exhibit has one of these at most. `consigned_to` is the rights holder
    whose receiving desk it goes to. `photos` are public ids, of the seal going out; the offset is
    the giver's local time. `customs_letter` is the digest of the document in the vault, without
    which nothing crosses a border.
    """

    __table_args__ = (
        sa.CheckConstraint("weight_grams > 0", name="weighs_something"),
        sa.CheckConstraint("completed_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        sa.Index(
            "ix_hand_over_open_to",
            "to_person",
            sqlite_where=sa.text("completed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL AND withdrawn_at IS NULL"),
        ),
        sa.Index(
            "ix_hand_over_consigned",
            "consigned_to",
            sqlite_where=sa.text("consigned_to IS NOT NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("consigned_to IS NOT NULL AND withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint(
            "NOT crosses_border OR customs_letter IS NOT NULL", name="customs_letter_at_a_border"
        ),
    )
    id: int = identity()
    exhibit_id: int = refers_to("exhibit.id")
    opened_by: int = refers_to("person.id", index=False)
    from_kind: HolderKind = word(HolderKind)
    from_holder: str
    to_kind: HolderKind = word(HolderKind)
    to_holder: str
    to_person: int | None = refers_to("person.id", optional=True, index=False)
    method: Method = word(Method)
    place: str
    purpose: str
    seal_out: str
    condition: str
    weight_grams: int | None = None
    tracking_number: str | None = Field(default=None, index=True)
    consigned_to: int | None = refers_to("rights_holder.id", optional=True, index=False)
    photos: list[str] = json_list()
    crosses_border: bool = False
    customs_letter: str | None = None
    opened_at: datetime = instant()
    utc_offset_minutes: int | None = None
    completed_at: datetime | None = instant(optional=True)
    withdrawn_at: datetime | None = instant(optional=True)


class SealMismatch(Table, table=True):
    """A seal that was read where another one was due: nothing was taken in, and this stays."""

    id: int = identity()
    exhibit_id: int = refers_to("exhibit.id")
    due: str
    read: str
    found_by: int = refers_to("person.id", index=False)
    found_at: datetime = instant()


class Photo(Table, table=True):
    """A photo or document received for a shot, whatever the gates said of it.

    `dhash` is the likeness code as a signed 64-bit number. Where and when the device says it was
    taken is kept apart, in `PhotoCapture`. `exhibit_id`: whose seal a receiving desk photographed.
    `to_confirm`: a clerk is to compare it with what is on record (`storage.confirmations`).
    """

    __table_args__ = (
        sa.Index("ix_photo_testbuy_shot", "testbuy_id", "shot"),
        sa.Index(
            "ix_photo_for_supervisor",
            "id",
            sqlite_where=sa.text("kept_for_supervisor = 1 AND accepted = 0"),
            postgresql_where=sa.text("kept_for_supervisor = true AND accepted = false"),
        ),
        sa.Index(
            "ix_photo_to_confirm",
            "id",
            sqlite_where=sa.text("to_confirm = 1"),
            postgresql_where=sa.text("to_confirm = true"),
        ),
    )
    id: int = identity()
    public_id: str = Field(unique=True)
    testbuy_id: int = refers_to("testbuy.id", index=False)
    exhibit_id: int | None = refers_to("exhibit.id", optional=True, index=False)
    shot: str
    digest: str = Field(index=True)
    size: int = whole()
    media_type: str
    width: int
    height: int
    readable: bool
    accepted: bool
    kept_for_supervisor: bool = False
    to_confirm: bool = False
    reasons: list[str] = json_list()
    remarks: list[str] = json_list()
    sharpness: float | None = None
    dhash: int | None = whole(optional=True, index=True)
    barcode: str | None = None
    challenge_found: bool | None = None
    preview_digest: str | None = None
    close_digest: str | None = None
    original_name: str
    received_by: int = refers_to("person.id", index=False)
    received_at: datetime = instant()


class PhotoCapture(Table, table=True):
    """What the device wrote into the photo about its taking."""

    photo_id: int = refers_to("photo.id", primary_key=True, index=False)
    taken_at_local: str | None = None
    utc_offset_minutes: int | None = None
    device: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    names_person: bool = False


class PhotoBand(Table, table=True):
    """One of four 16-bit parts of a photo's likeness code, so that near ones are found by index.

    `band` holds its place too. Everything is in the key: a search reads the index alone.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    band: int = Field(primary_key=True)
    dhash: int = whole(primary_key=True)
    photo_id: int = refers_to("photo.id", primary_key=True, index=False)


class Resemblance(Table, table=True):
    """A photo that looks nearly the same as an earlier one of another test buy, or as a picture
    that was kept as a seller's before, until a person says.

    `distance`: the bits in which they differ, of two photos' codes or of two patterns' fine parts.
    `same`: the same picture, or not; of a seller's, `whose` it is.
    """

    __table_args__ = (
        sa.UniqueConstraint("photo_id", "earlier_id"),
        sa.UniqueConstraint("photo_id", "picture_id"),
        sa.CheckConstraint("(earlier_id IS NULL) <> (picture_id IS NULL)", name="of_one_other"),
        sa.CheckConstraint("whose IS NULL OR (same AND picture_id IS NOT NULL)", name="whose_one"),
        sa.Index(
            "ix_resemblance_unsettled",
            "id",
            sqlite_where=sa.text("same IS NULL"),
            postgresql_where=sa.text("same IS NULL"),
        ),
        sa.CheckConstraint("(same IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
    )
    id: int = identity()
    photo_id: int = refers_to("photo.id", index=False)
    earlier_id: int | None = refers_to("photo.id", optional=True)
    picture_id: int | None = refers_to("seller_picture.id", optional=True)
    distance: int
    found_at: datetime = instant()
    same: bool | None = None
    whose: Whose | None = word(Whose, optional=True)
    remark: str = ""
    settled_by: int | None = refers_to("person.id", optional=True, index=False)
    settled_at: datetime | None = instant(optional=True)


class Waiver(Table, table=True):
    """A shot that a supervisor let go, with the reason that is printed."""

    __table_args__ = (sa.UniqueConstraint("testbuy_id", "shot"),)
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    shot: str
    reason: str
    waived_by: int = refers_to("person.id", index=False)
    waived_at: datetime = instant()


class Confirmation(Table, table=True):
    """A clerk's word on what no machine read in a photo: whether it shows what it should.

    `compared_with` is the code or number as it was on record then. A later row corrects an earlier.
    """

    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id")
    photo_id: int = refers_to("photo.id")
    proof: Proof = word(Proof)
    agrees: bool
    compared_with: str
    note: str
    confirmed_by: int = refers_to("person.id", index=False)
    confirmed_at: datetime = instant()
