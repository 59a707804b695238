"""What is given to whom: masks, commitments to the buyer, releases, agencies' certificates."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.audience import Level, MaskKind
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, word


class Mask(Table, table=True):
    """A person's word on what a photo or a seller's picture must not show, and the copy made by it.

    A later version takes the place of an earlier one. Without regions it says that there is
    nothing to mask. `made_from` is the digest of the original, `digest` that of the copy.
    """

    __table_args__ = (
        sa.UniqueConstraint("photo_id", "version"),
        sa.UniqueConstraint("picture_id", "version"),
        sa.CheckConstraint("(photo_id IS NULL) <> (picture_id IS NULL)", name="of_one_picture"),
    )
    id: int = identity()
    photo_id: int | None = refers_to("photo.id", optional=True, index=False)
    picture_id: int | None = refers_to("seller_picture.id", optional=True, index=False)
    version: int
    digest: str = Field(index=True)
    made_from: str
    marked_by: int = refers_to("person.id", index=False)
    marked_at: datetime = instant()


class MaskRegion(Table, table=True):
    """A rectangle of a mask; its edges are parts of 10,000 of the picture as a person sees it."""

    id: int = identity()
    mask_id: int = refers_to("mask.id")
    kind: MaskKind = word(MaskKind)
    left: int
    top: int
    right: int
    bottom: int


class IdentityCommitment(Table, table=True):
    """What stands for a test buy's buyer in every package: `evidence.envelope.commitment`."""

    __table_args__ = (sa.UniqueConstraint("testbuy_id", "buyer_id"),)
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    buyer_id: int = refers_to("buyer.person_id", index=False)
    commitment: str = Field(unique=True)
    committed_at: datetime = instant()


class IdentityOpening(Table, table=True):
    """The exact bytes that open a commitment. Erased, they leave it valid and unopenable."""

    commitment_id: int = refers_to("identity_commitment.id", primary_key=True, index=False)
    opened: bytes = Field(sa_type=sa.LargeBinary)


class OpeningRequest(Table, table=True):
    """A liaison asks that a commitment be opened; somebody else must agree."""

    __table_args__ = (sa.CheckConstraint("approved_by <> asked_by", name="approver_is_not_asker"),)
    id: int = identity()
    commitment_id: int = refers_to("identity_commitment.id")
    reason: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
    approved_by: int | None = refers_to("person.id", optional=True, index=False)
    approved_at: datetime | None = instant(optional=True)


class OpeningReading(Table, table=True):
    """An opening was read on a request that two people agreed on; `read_by` None: the operator."""

    id: int = identity()
    request_id: int = refers_to("opening_request.id")
    read_by: int | None = refers_to("person.id", optional=True, index=False)
    read_at: datetime = instant()


class Release(Table, table=True):
    """Somebody asks for a package of a test buy or a referral at a level."""

    __table_args__ = (
        sa.CheckConstraint("(testbuy_id IS NULL) <> (referral_id IS NULL)", name="about_one_thing"),
    )
    id: int = identity()
    level: Level = word(Level)
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)
    referral_id: int | None = refers_to("referral.id", optional=True)
    reason: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()


class ReleaseApproval(Table, table=True):
    """One person's yes to a release; the full level needs two, from neither the asker."""

    release_id: int = refers_to("release.id", primary_key=True, index=False)
    person_id: int = refers_to("person.id", primary_key=True)
    role: Role = word(Role)
    approved_at: datetime = instant()


class AgencyCertificate(Table, table=True):
    """An agency's certificate, to which the inner bag is encrypted; the last one counts.

    `added_by` None: by the operator, at the command line.
    """

    id: int = identity()
    agency_id: int = refers_to("agency.id")
    pem: str
    fingerprint: str
    added_by: int | None = refers_to("person.id", optional=True, index=False)
    added_at: datetime = instant()
