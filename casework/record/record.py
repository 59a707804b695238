"""All that is on record about a test buy, read in one view, for whoever prints or packs it.

Owns which rows belong to a test buy. Leaves out who its buyer is: nobody who reads this record
needs to know, and what is not read can't be printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.buying.chatting import Said, Warned, chat_of, warnings_of
from casework.buying.follow_ups import Followed, followed
from casework.custody.certifying import certificates_of, kit_card
from casework.custody.kits import SealFrom, seals_from
from casework.errors import NotFound
from casework.examinations.findings import SealedVerdict, names_of, sealed_of
from casework.gauge.brushing import taken_out
from casework.gauge.gauging import sales_of
from casework.keeping.kept import Kept, kept
from casework.photographs.masking import picture_of
from casework.privacy.releases import Standing, standing
from casework.privacy.tracing import (
    ComparedByEye,
    HandOver,
    compared_by_eye,
    custody_told,
    rows_covered,
)
from casework.record.disclosing import DisclosureLine, schedule
from casework.record.particulars import Particulars, particulars
from evidence.ledger import Entry
from rules.audience import Given, Level, Picture, in_package
from rules.brushing import Estimate
from rules.roles import Role
from rules.sales import SalesRecord
from rules.shots import SHOTS, place_of
from storage import ledger, testbuys
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Agency,
    Brand,
    Conclusion,
    Exhibit,
    Flag,
    Listing,
    Mask,
    MoveRecord,
    NotaryCertificate,
    Operator,
    OrderAttempt,
    PageCapture,
    Parcel,
    Photo,
    PhotoCapture,
    Referral,
    ReferralTestBuy,
    RightsHolder,
    Shop,
    TestBuy,
    Waiver,
)


@dataclass(frozen=True, slots=True)
class Record:
    """The rows of one test buy."""

    testbuy: TestBuy
    flag: Flag
    shop: Shop
    listing: Listing
    brand: str
    operator: Operator | None
    moves: Sequence[MoveRecord]
    attempts: Sequence[OrderAttempt]
    parcels: Sequence[Parcel]
    exhibits: Sequence[Exhibit]
    custody: Sequence[HandOver]
    photos: Sequence[Photo]
    captures: dict[int, PhotoCapture]
    waivers: Sequence[Waiver]
    compared: Sequence[ComparedByEye]
    verdicts: Sequence[SealedVerdict]
    conclusions: Sequence[Conclusion]
    referral: Referral | None
    agency: Agency | None
    chain: tuple[Entry, ...]
    rights_holder: str
    disclosed: tuple[DisclosureLine, ...]
    sales: dict[int, list[SalesRecord]]
    made_up: dict[int, list[Estimate]]
    """What may be made up of them, by shop."""
    captures_of_pages: Sequence[PageCapture]
    chat: Sequence[Said]
    conduct_warnings: Sequence[Warned]
    notary_certificates: Sequence[NotaryCertificate]
    kit_card: str | None
    standing: Standing | None
    """The level of the referral it rests in."""
    particulars: Particulars
    seals: tuple[SealFrom, ...]
    people: dict[int, str]
    """Who handed signed statements in, by number."""
    kept: Kept
    followed: Followed | None
    """The sanction it was bought after."""
    masked: frozenset[int]
    """The photos that a person marked; the preview of each is its masked copy."""
    pictures: dict[int, Picture]
    """What decides who is given what of each photo."""
    level: Level = Level.REDACTED

    @property
    def shown(self) -> list[Photo]:
        """The accepted photos that don't identify the buyer, in the order of the shots."""
        shown = [each for each in self.photos if each.accepted and identifies_nobody(each)]
        return sorted(shown, key=lambda photo: (place_of(photo.shot), photo.id))

    @property
    def packed(self) -> list[Photo]:
        """The photos whose original a package of this level holds for every eye."""
        return [
            photo
            for photo in self.shown
            if Given.ORIGINAL in in_package(self.level, self.pictures[photo.id])
        ]

    def why_withheld(self, photo: Photo) -> str:
        """Why its original is not packed for every eye, by the name of its words."""
        picture = self.pictures[photo.id]
        if picture.identifies_buyer:
            return "buyer"
        if picture.hides:
            return "masked"
        return "place" if picture.names_place else "level"


def identifies_nobody(photo: Photo) -> bool:
    """Whether a photo may go to people who must not learn who the buyer is."""
    return Role.AUTHENTICATOR in SHOTS[photo.shot].audience


def read(tx: Transaction, reference: str, level: Level = Level.REDACTED) -> Record:
    """The record of `reference`, for a package of `level`; raises NotFound."""
    testbuy = testbuys.by_reference(tx, reference)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    shop = _required(tx, Shop, testbuy.shop_id)
    brand = _required(tx, Brand, testbuy.brand_id)
    attempts = _of(tx, OrderAttempt, testbuy.id)
    exhibits = _of(tx, Exhibit, testbuy.id)
    photos, masked = _with_masks(tx, _of(tx, Photo, testbuy.id))
    parcels, captures = table_of(Parcel), table_of(PhotoCapture)
    taken = every(tx, PhotoCapture, captures.c.photo_id.in_([photo.id for photo in photos]))
    referral = _referral(tx, testbuy.id)
    sales = sales_of(tx, shop.operator_id) if shop.operator_id else {}
    verdicts = sealed_of(tx, testbuy.id)
    return Record(
        testbuy=testbuy,
        flag=_required(tx, Flag, testbuy.flag_id),
        shop=shop,
        listing=_required(tx, Listing, testbuy.listing_id),
        brand=brand.name,
        operator=_required(tx, Operator, shop.operator_id) if shop.operator_id else None,
        moves=_of(tx, MoveRecord, testbuy.id),
        attempts=rows_covered(tx, testbuy, OrderAttempt, "outcome"),
        parcels=every(tx, Parcel, parcels.c.order_attempt_id.in_([each.id for each in attempts])),
        exhibits=exhibits,
        custody=custody_told(tx, testbuy, exhibits),
        photos=photos,
        captures={each.photo_id: each for each in taken},
        waivers=rows_covered(tx, testbuy, Waiver, "reason"),
        compared=compared_by_eye(tx, testbuy, photos),
        verdicts=verdicts,
        people=names_of(tx, verdicts),
        kept=kept(tx, testbuy, shop),
        followed=followed(tx, testbuy.id),
        conclusions=_of(tx, Conclusion, testbuy.id),
        referral=referral,
        agency=_required(tx, Agency, referral.agency_id) if referral else None,
        chain=tuple(ledger.chain(tx, reference)),
        rights_holder=_required(tx, RightsHolder, brand.rights_holder_id).name,
        disclosed=schedule(tx, shop),
        sales=sales,
        made_up=taken_out(tx, sales),
        captures_of_pages=_of(tx, PageCapture, testbuy.id),
        chat=chat_of(tx, testbuy),
        conduct_warnings=warnings_of(tx, testbuy),
        notary_certificates=certificates_of(tx, testbuy),
        kit_card=kit_card(tx, testbuy),
        standing=standing(tx, referral.reference) if referral else None,
        particulars=particulars(tx, testbuy, exhibits, list(sales)),
        seals=seals_from(tx, exhibits),
        masked=masked,
        pictures={photo.id: picture_of(tx, photo) for photo in photos},
        level=level,
    )


def _with_masks(tx: Transaction, photos: Sequence[Photo]) -> tuple[Sequence[Photo], frozenset[int]]:
    """The photos, the masked copy in place of the preview where there is one, and which those are.

    Whoever prints or packs a record meets no preview that shows what a person masked.
    """
    masks = table_of(Mask)
    kept = every(
        tx, Mask, masks.c.photo_id.in_([each.id for each in photos]), order_by=masks.c.version
    )
    copies = {each.photo_id: each.digest for each in kept if each.photo_id}
    shown: list[Any] = list(photos)  # rows are named tuples, typed as their table
    return [
        each._replace(preview_digest=copies[each.id]) if each.id in copies else each
        for each in shown
    ], frozenset(copies)


def _of(tx: Transaction, table: type, testbuy_id: int) -> Sequence:
    rows = table_of(table)
    return every(tx, table, rows.c.testbuy_id == testbuy_id, order_by=rows.c.id)


def _required(tx: Transaction, table: type, number: int):  # noqa: ANN202 - a row of `table`
    row = one(tx, table, table_of(table).c.id == number)
    assert row is not None  # a foreign key holds it
    return row


def _referral(tx: Transaction, testbuy_id: int) -> Referral | None:
    links, referrals = table_of(ReferralTestBuy), table_of(Referral)
    resting = links.select().with_only_columns(links.c.referral_id)
    found = every(
        tx,
        Referral,
        referrals.c.id.in_(resting.where(links.c.testbuy_id == testbuy_id)),
        order_by=referrals.c.id.desc(),
        limit=1,
    )
    return found[0] if found else None
