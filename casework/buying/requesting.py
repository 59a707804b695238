"""From a flag to an authorised test buy: request, adoption, approval, refusal.

A campaign's approval authorises every buy inside its limits; everything else asks a person who did
not ask for it. A request from the control room, which knows no persons, has an unverified
requester and waits for adoption where no campaign covers it.
"""

from collections.abc import Collection

from casework.act import Act
from casework.buying import covered
from casework.errors import NotFound, Refused, Stale, ensure
from casework.move import Moved, find, move, note, opened
from casework.shots.shotlists import newest
from rules import authorisation
from rules.decision import Decision
from rules.flags import FlagKind
from rules.lifecycle import Move, Stage, may
from rules.money import Money
from rules.roles import Role
from rules.waiting import ADOPTION, APPROVAL
from storage import testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Campaign,
    Flag,
    Listing,
    RequestedVia,
    RoleGrant,
    Route,
    TestBuy,
)


def request(
    db: Database,
    act: Act,
    *,
    flag_id: int,
    purpose: str,
    campaign: str | None,
    via: RequestedVia,
    route: Route,
) -> Moved:
    """Launch a test buy of the flagged listing; it waits for its authorisation.

    Refused where the flag is already being bought: one listing has one running test buy.
    """
    with db.write() as tx:
        return request_in(
            tx, act, flag_id=flag_id, purpose=purpose, campaign=campaign, via=via, route=route
        )


def request_in(
    tx: Transaction,
    act: Act,
    *,
    flag_id: int,
    purpose: str,
    campaign: str | None,
    via: RequestedVia,
    route: Route,
    besides: Collection[int] = (),
) -> Moved:
    """The same in the caller's transaction, among its first statements.

    `besides`: concluded test buys of the listing that this one is to follow.
    """
    if not purpose.strip():
        raise Refused("Say what the test buy is for.")
    ensure(may(Move.REQUEST, None, act.role))
    flag = one(tx, Flag, id=flag_id, lock=True)
    if flag is None:
        raise NotFound(f"There is no flag {flag_id}.")
    # Two flags may point at one listing: its row makes their requests take turns.
    listing = one(tx, Listing, id=flag.listing_id, lock=True)
    if flag.dismissed_at is not None:
        raise Refused(covered.was_dismissed(flag))
    if flag.kind is not FlagKind.COUNTERFEIT:
        raise Refused(covered.NOT_BY_BUYING)
    if bought := covered.running(tx, flag.listing_id, besides):
        raise Stale(covered.already_bought(bought), stage=bought.stage)
    assert listing is not None  # a foreign key holds it
    chosen = _campaign_named(tx, campaign)
    number = testbuys.next_number(tx, f"TB-{act.now.year}")
    reference = f"TB-{act.now.year}-{number:06d}"
    unverified = act.person is None
    add(
        tx,
        TestBuy,
        reference=reference,
        flag_id=flag.id,
        shop_id=flag.shop_id,
        listing_id=flag.listing_id,
        brand_id=listing.brand_id,
        category_id=listing.category_id,
        campaign_id=chosen.id if chosen else None,
        purpose=purpose.strip(),
        price_minor=flag.price_minor,
        currency=flag.currency,
        route=route,
        requested_via=via,
        requested_by=act.person,
        requested_at=act.now,
        shot_list_version=newest(tx, listing.category_id),
        challenge_code=act.token(f"challenge:{reference}", 6).upper(),
        stage=Stage.REQUESTED,
        version=1,
        changed_at=act.now,
        waiting_name=(ADOPTION if unverified and chosen is None else APPROVAL).name,
        waiting_role=(ADOPTION if unverified and chosen is None else APPROVAL).role,
        waiting_since=act.now,
    )
    return opened(tx, act, find(tx, act, reference), [purpose.strip()])


def adopt(db: Database, act: Act, reference: str, *, version: int) -> Moved:
    """A signed-in analyst takes over a request from the control room and becomes its requester."""
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only a signed-in analyst can adopt a request.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        if testbuy.stage is not Stage.REQUESTED or testbuy.requested_by is not None:
            raise Refused(f"{reference} needs no adoption: its requester is known.")
        change_one(tx, TestBuy, testbuy.id, requested_by=act.person)
        return note(tx, act, testbuy, "adopted", waiting=APPROVAL)


def authorise_by_campaign(db: Database, act: Act, reference: str) -> Moved | None:
    """Authorise a requested test buy that its campaign covers; None where a person must decide."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.REQUESTED:
            return None
        campaign = _campaign_of(tx, testbuy, lock=True)
        if campaign is None or not (cover := _cover(tx, act, testbuy, campaign)).allowed:
            waiting = APPROVAL if testbuy.requested_by else ADOPTION
            if waiting.name != testbuy.waiting_name:
                note(tx, act, testbuy, "not covered by its campaign", waiting=waiting)
            return None
        return _authorise(tx, act, testbuy, campaign, cover.reasons, by=campaign.approved_by)


def why_not_covered(tx: Transaction, act: Act, testbuy: TestBuy) -> tuple[str, ...]:
    """The reasons why a person must decide, as the approvals page prints them."""
    campaign = _campaign_of(tx, testbuy)
    if campaign is None:
        return ("It was requested outside any campaign.",)
    return _cover(tx, act, testbuy, campaign).reasons


def approve(db: Database, act: Act, reference: str, *, version: int) -> Moved:
    """An approver authorises a request of somebody else's."""
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        _ensure_other_person(tx, act, testbuy)
        return move(
            tx,
            act,
            testbuy,
            Move.AUTHORISE,
            reasons=["Approved by a person who did not ask for it."],
            changes={"authorised_by": act.person, "campaign_id": None},
        )


def decline(db: Database, act: Act, reference: str, *, version: int, reason: str) -> Moved:
    """An approver refuses a request, with the reason."""
    if not reason.strip():
        raise Refused("Say why the request is declined.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        return move(tx, act, testbuy, Move.DECLINE, reasons=[reason.strip()])


def _authorise(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    campaign: Campaign,
    reasons: tuple[str, ...],
    by: int | None,
) -> Moved:
    # The rule sums over the campaign's other test buys, so its row was locked first; the CHECK
    # constraints of the row refuse once more what would overrun it.
    change_one(
        tx,
        Campaign,
        campaign.id,
        buys=campaign.buys + 1,
        committed_minor=campaign.committed_minor + testbuy.price_minor,
    )
    return move(tx, act, testbuy, Move.AUTHORISE, reasons=reasons, changes={"authorised_by": by})


def _ensure_other_person(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    assert act.person is not None  # an approver is signed in
    grants = every(tx, RoleGrant, table_of(RoleGrant).c.person_id == act.person)
    roles = frozenset(grant.role for grant in grants)
    ensure(authorisation.by_person(testbuy.requested_by, act.person, roles), testbuy.stage)


def _campaign_named(tx: Transaction, name: str | None) -> Campaign | None:
    if not name:
        return None
    campaign = one(tx, Campaign, name=name)
    if campaign is None:
        raise NotFound(f"There is no campaign “{name}”. Choose one of the list, or none.")
    return campaign


def _campaign_of(tx: Transaction, testbuy: TestBuy, *, lock: bool = False) -> Campaign | None:
    if testbuy.campaign_id is None:
        return None
    return one(tx, Campaign, id=testbuy.campaign_id, lock=lock)


def _cover(tx: Transaction, act: Act, testbuy: TestBuy, campaign: Campaign) -> Decision:
    price = Money(testbuy.price_minor, testbuy.currency)
    asked = covered.purchase(tx, price, testbuy.brand_id, testbuy.category_id, testbuy.requested_by)
    return covered.cover(asked, campaign, act.now)
