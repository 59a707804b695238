"""One test buy from end to end, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from casework.buying.follow_ups import Followed, followed, followed_by
from casework.buying.ordering import ANSWERED_FOR
from casework.errors import NotFound
from casework.examinations.findings import Found, sealed_of
from casework.record.code_lines import CodeLine, LeadLine, codes_of, leads_of
from casework.shots.shotcheck import PHYSICAL, missing, open_requests
from casework.shots.shotlists import list_at
from rules import shots
from rules.lifecycle import Move, Stage
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    Campaign,
    Category,
    Conclusion,
    CustodyEntry,
    Exhibit,
    Flag,
    Listing,
    MoveRecord,
    Operator,
    OrderAttempt,
    Parcel,
    Photo,
    PhotoRequest,
    Referral,
    ReferralTestBuy,
    Shop,
    StatementScan,
    TestBuy,
    Verdict,
    Waiver,
)

Row = TypeVar("Row")

NEXT_MOVE: dict[Stage, Move] = {
    Stage.ASSIGNED: Move.PLACE_ORDER,
    Stage.ORDERED: Move.RECEIVE,
    Stage.RECEIVED: Move.DOCUMENT,
    Stage.DOCUMENTED: Move.SUBMIT,
}
"""The move whose shots are taken at a stage."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A shot's place on the contact sheet: its photos, newest first, or why there is none.

    `own`: the category's own words for it, where it has any.
    """

    shot: shots.Shot
    photos: tuple[Photo, ...]
    required: bool
    due: bool
    waiver: Waiver | None
    request: PhotoRequest | None
    own: shots.Own | None = None

    @property
    def accepted(self) -> Photo | None:
        """The newest photo that passed its gates."""
        return next((photo for photo in self.photos if photo.accepted), None)


@dataclass(frozen=True, slots=True)
class ExhibitFacts:
    """An exhibit with its custody, in order."""

    exhibit: Exhibit
    custody: Sequence[CustodyEntry]


@dataclass(frozen=True, slots=True)
class VerdictFacts:
    """A sealed verdict with its findings, the signed statements of it, and its examination."""

    verdict: Verdict
    exhibit: str
    findings: Sequence[Found]
    scans: Sequence[StatementScan]
    examination: str


@dataclass(frozen=True, slots=True)
class TestBuyPage:
    """Everything staff may know of a test buy. `people` gives names by number."""

    testbuy: TestBuy
    left_from: Stage | None
    flag: Flag
    shop: Shop
    listing: Listing
    operator: Operator | None
    brand: str
    category: Category
    campaign: str | None
    moves: Sequence[MoveRecord]
    frames: tuple[Frame, ...]
    attempts: Sequence[OrderAttempt]
    parcels: Sequence[Parcel]
    exhibits: tuple[ExhibitFacts, ...]
    verdicts: tuple[VerdictFacts, ...]
    conclusions: Sequence[Conclusion]
    waivers: Sequence[Waiver]
    referral: Referral | None
    people: dict[int, str]
    codes: tuple[CodeLine, ...]
    leads: tuple[LeadLine, ...]
    follows: Followed | None
    followed_by: tuple[str, ...]

    @property
    def order_to_answer(self) -> OrderAttempt | None:
        """The last order, where an analyst may say what became of it."""
        last = self.attempts[-1] if self.attempts else None
        before_parcel = self.testbuy.stage in (Stage.ASSIGNED, Stage.ORDERED)
        return last if last and last.state in ANSWERED_FOR and before_parcel else None


def testbuy_page(db: Database, reference: str) -> TestBuyPage:
    """The page of `reference`; NotFound where there is none."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        moves = every(
            tx,
            MoveRecord,
            table_of(MoveRecord).c.testbuy_id == testbuy.id,
            order_by=table_of(MoveRecord).c.version,
        )
        shop = must(one(tx, Shop, table_of(Shop).c.id == testbuy.shop_id))
        waivers = every(tx, Waiver, table_of(Waiver).c.testbuy_id == testbuy.id)
        attempts = every(
            tx,
            OrderAttempt,
            table_of(OrderAttempt).c.testbuy_id == testbuy.id,
            order_by=table_of(OrderAttempt).c.number,
        )
        exhibits = exhibits_of(tx, testbuy.id)
        verdicts = _verdicts(tx, testbuy.id)
        operators, campaigns = table_of(Operator).c, table_of(Campaign).c
        campaign = one(tx, Campaign, campaigns.id == testbuy.campaign_id)
        people = names(
            tx,
            [
                testbuy.requested_by,
                testbuy.authorised_by,
                testbuy.buyer_id,
                *(record.by_person for record in moves),
                *(waiver.waived_by for waiver in waivers),
                *(each.verdict.sealed_by for each in verdicts),
                *(scan.handed_in_by for each in verdicts for scan in each.scans),
            ],
        )
        return TestBuyPage(
            testbuy=testbuy,
            left_from=moves[-1].source if moves else None,
            flag=must(one(tx, Flag, table_of(Flag).c.id == testbuy.flag_id)),
            shop=shop,
            listing=must(one(tx, Listing, table_of(Listing).c.id == testbuy.listing_id)),
            operator=one(tx, Operator, operators.id == shop.operator_id),
            brand=must(one(tx, Brand, table_of(Brand).c.id == testbuy.brand_id)).name,
            category=category_of(tx, testbuy),
            campaign=campaign.name if campaign else None,
            moves=moves,
            frames=frames(tx, testbuy, waivers),
            attempts=attempts,
            parcels=_parcels(tx, attempts),
            exhibits=exhibits,
            verdicts=verdicts,
            conclusions=every(
                tx,
                Conclusion,
                table_of(Conclusion).c.testbuy_id == testbuy.id,
                order_by=table_of(Conclusion).c.id,
            ),
            waivers=waivers,
            referral=_referral(tx, testbuy.id),
            people=people,
            codes=codes_of(tx, testbuy.id),
            leads=leads_of(tx, [each.exhibit.id for each in exhibits]),
            follows=followed(tx, testbuy.id),
            followed_by=tuple(each.reference for each in followed_by(tx, testbuy.id)),
        )


def find(tx: Transaction, reference: str) -> TestBuy:
    """The test buy's row; NotFound where there is none."""
    testbuy = one(tx, TestBuy, table_of(TestBuy).c.reference == reference)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}.")
    return testbuy


def category_of(tx: Transaction, testbuy: TestBuy) -> Category:
    """The test buy's category."""
    return must(one(tx, Category, table_of(Category).c.id == testbuy.category_id))


def frames(tx: Transaction, testbuy: TestBuy, waivers: Sequence[Waiver]) -> tuple[Frame, ...]:
    """The contact sheet: every shot of the category's list, and any other that has a photo."""
    category = category_of(tx, testbuy)
    listed = list_at(tx, category, testbuy.shot_list_version).listed
    photos = every(
        tx,
        Photo,
        table_of(Photo).c.testbuy_id == testbuy.id,
        order_by=table_of(Photo).c.id.desc(),
    )
    by_shot: dict[str, list[Photo]] = {}
    for photo in photos:
        by_shot.setdefault(photo.shot, []).append(photo)
    waived = {waiver.shot: waiver for waiver in waivers}
    asked = {request.shot: request for request in open_requests(tx, testbuy.id)}
    move = NEXT_MOVE.get(testbuy.stage)
    due = {shot.code for shot in missing(tx, testbuy, move)} if move else set()
    wanted = {*listed.required, *listed.optional, *by_shot, *asked}
    if category.basis != PHYSICAL:
        # Nothing travels, so no seal is photographed on the way.
        wanted -= {code for code in wanted if code.startswith("T") and code not in by_shot}
    return tuple(
        Frame(
            listed.shot(code),
            tuple(by_shot.get(code, ())),
            code in listed.required,
            code in due or code in asked,
            waived.get(code),
            asked.get(code),
            listed.worded(code),
        )
        for code in sorted(wanted, key=shots.place_of)
    )


def exhibits_of(tx: Transaction, testbuy_id: int) -> tuple[ExhibitFacts, ...]:
    """The exhibits of a test buy with their custody."""
    entries = table_of(CustodyEntry).c
    return tuple(
        ExhibitFacts(
            exhibit,
            every(tx, CustodyEntry, entries.exhibit_id == exhibit.id, order_by=entries.seq),
        )
        for exhibit in every(
            tx,
            Exhibit,
            table_of(Exhibit).c.testbuy_id == testbuy_id,
            order_by=table_of(Exhibit).c.id,
        )
    )


def must(row: Row | None) -> Row:
    """The row that a foreign key promises."""
    assert row is not None
    return row


def _parcels(tx: Transaction, attempts: Sequence[OrderAttempt]) -> Sequence[Parcel]:
    numbers = [attempt.id for attempt in attempts]
    parcels = table_of(Parcel).c
    return every(tx, Parcel, parcels.order_attempt_id.in_(numbers), order_by=parcels.id)


def _verdicts(tx: Transaction, testbuy_id: int) -> tuple[VerdictFacts, ...]:
    return tuple(
        VerdictFacts(
            each.verdict, each.exhibit, each.findings, each.scans, each.examination.public_id
        )
        for each in sealed_of(tx, testbuy_id)
    )


def _referral(tx: Transaction, testbuy_id: int) -> Referral | None:
    links, referrals = table_of(ReferralTestBuy).c, table_of(Referral).c
    numbers = [
        link.referral_id for link in every(tx, ReferralTestBuy, links.testbuy_id == testbuy_id)
    ]
    found = every(tx, Referral, referrals.id.in_(numbers), order_by=referrals.id.desc(), limit=1)
    return found[0] if found else None
