"""Campaigns: opened by one person, approved by another, withdrawn with what is not yet bought."""

from collections.abc import Sequence
from datetime import datetime

from casework.act import Act
from casework.buying.attempts import OPEN_ATTEMPT
from casework.buying.ending import give_up
from casework.errors import NotFound, Refused, Stale
from casework.move import Moved, find, note
from rules.lifecycle import EarlyEnd, Stage
from rules.money import Money
from rules.roles import Role
from storage import ledger, testbuys
from storage.rows import add_if_absent, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Campaign, TestBuy

_campaigns = table_of(Campaign)
NOT_YET_BOUGHT = (Stage.REQUESTED, Stage.AUTHORISED, Stage.ASSIGNED)


def open_campaign(
    db: Database,
    act: Act,
    *,
    name: str,
    purpose: str,
    brands: Sequence[str],
    categories: Sequence[str],
    max_price_minor: int,
    currency: str,
    max_buys: int,
    budget_minor: int,
    opens_at: datetime,
    closes_at: datetime,
) -> None:
    """An analyst asks for a campaign; it authorises nothing until it is approved."""
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only a signed-in analyst opens a campaign.")
    if not name.strip() or not purpose.strip():
        raise Refused("A campaign needs a name and a purpose.")
    if not brands or not categories:
        raise Refused("Name the brands and the categories it covers: none named covers none.")
    if min(max_price_minor, max_buys, budget_minor) <= 0 or closes_at <= opens_at:
        raise Refused("The limits must be above zero, and it must close after it opens.")
    limit = Money(max_price_minor, currency)
    with db.write() as tx:
        new = add_if_absent(
            tx,
            Campaign,
            name=name.strip(),
            purpose=purpose.strip(),
            brands=list(brands),
            categories=list(categories),
            max_price_minor=limit.minor,
            currency=limit.currency,
            max_buys=max_buys,
            budget_minor=budget_minor,
            opens_at=opens_at,
            closes_at=closes_at,
            requested_by=act.person,
        )
        if not new:
            raise Refused(f"There is a campaign “{name}” already. Choose another name.")
        _append(tx, act, "campaign opened", name.strip())


def approve(db: Database, act: Act, name: str) -> None:
    """An approver who did not ask for it approves a campaign."""
    if act.role is not Role.APPROVER or act.person is None:
        raise Refused("Only an approver approves a campaign.")
    with db.write() as tx:
        waiting = _running(tx, name, (Stage.REQUESTED,))
        campaign = _find(tx, name)
        if campaign.requested_by == act.person:
            raise Refused("You asked for this campaign; somebody else must approve it.")
        if campaign.approved_by is not None or campaign.withdrawn_at is not None:
            raise Stale(f"“{name}” was decided on already.")
        change_one(tx, Campaign, campaign.id, approved_by=act.person, approved_at=act.now)
        _append(tx, act, "campaign approved", name)
        for testbuy in waiting:
            note(tx, act, testbuy, "campaign approved", {"campaign": name})


def withdraw(db: Database, act: Act, name: str, reason: str) -> tuple[str, ...]:
    """Withdraw a campaign's budget; gives the test buys not yet ordered, which the programme ends.

    A test buy whose order may be under way is left as it is: what was bought is evidence.
    """
    if act.role not in {Role.APPROVER, Role.ANALYST}:
        raise Refused("Only an analyst or approver withdraws a campaign.")
    if not reason.strip():
        raise Refused("Say why the campaign is withdrawn.")
    with db.write() as tx:
        running = _running(tx, name, NOT_YET_BOUGHT)
        campaign = _find(tx, name)
        if campaign.withdrawn_at is not None:
            raise Stale(f"“{name}” was withdrawn already.")
        change_one(
            tx,
            Campaign,
            campaign.id,
            withdrawn_at=act.now,
            withdrawal_reason=reason.strip(),
        )
        _append(tx, act, "campaign withdrawn", name)
        for testbuy in running:
            note(tx, act, testbuy, "budget withdrawn", {"campaign": name})
        return tuple(testbuy.reference for testbuy in running)


def heed_withdrawal(db: Database, act: Act, reference: str) -> Moved | None:
    """End a test buy not yet ordered whose campaign was withdrawn; None for every other."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.campaign_id is None or testbuy.stage not in NOT_YET_BOUGHT:
            return None
        campaign = one(tx, Campaign, _campaigns.c.id == testbuy.campaign_id)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        under_way = attempt is not None and attempt.state in OPEN_ATTEMPT
        if campaign is None or campaign.withdrawn_at is None or under_way:
            return None
        reason = f"The campaign {campaign.name} was withdrawn: {campaign.withdrawal_reason}"
        return give_up(tx, act, testbuy, EarlyEnd.BUDGET_WITHDRAWN, reason)


def _running(tx: Transaction, name: str, stages: Sequence[Stage]) -> Sequence[TestBuy]:
    """The campaign's test buys at `stages`, locked before the campaign, as everywhere."""
    rows = table_of(TestBuy)
    named = _campaigns.select().with_only_columns(_campaigns.c.id)
    return every(
        tx,
        TestBuy,
        rows.c.campaign_id.in_(named.where(_campaigns.c.name == name)),
        rows.c.stage.in_(stages),
        order_by=rows.c.id,
        lock=True,
    )


def _find(tx: Transaction, name: str) -> Campaign:
    campaign = one(tx, Campaign, _campaigns.c.name == name, lock=True)
    if campaign is None:
        raise NotFound(f"There is no campaign “{name}”.")
    return campaign


def _append(tx: Transaction, act: Act, what: str, name: str) -> None:
    ledger.append(tx, ledger.PROGRAMME, {"what": what, "campaign": name, "by": act.by}, act.now)
