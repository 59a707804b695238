"""What the rows tell of things that are stuck or were never set up.

Each look reads one kind of row and gives what it found. Owns when something counts as stuck.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cli.doctor.finding import Finding, troubled, well
from evidence import ledger as chains
from rules.roles import Role
from rules.waiting import ORDER_ANSWER, SENDING_ANSWER, SENDING_DECISION
from storage import ledger, mails
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Agency,
    AttemptState,
    Brand,
    BrandGrant,
    Buyer,
    Campaign,
    Duty,
    OrderAttempt,
    Person,
    Persona,
    RoleGrant,
    Shop,
    TestBuy,
    ThresholdRow,
    Wakeup,
)
from storage.wakeups import UNENDED_AFTER, UNSENT_AFTER

UNSWEPT_AFTER = timedelta(minutes=5)
UNMAILED_AFTER = timedelta(minutes=15)
SPOT = 20
"""How many of the test buys changed last have their ledger verified."""

SHOWN = 5


def unsent_wakeups(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Wake-ups long due that nobody brings to Prefect, or whose runs never end."""
    rows = table_of(Wakeup).c
    open_ones = every(tx, Wakeup, rows.finished_at.is_(None), rows.due_at <= now)
    unsent = [w for w in open_ones if not w.dispatched_at and w.due_at < now - UNSENT_AFTER]
    if unsent:
        state = f"{len(unsent)} due for over 2 minutes and not brought to Prefect"
        yield troubled("wake-ups", state, "are portal and Prefect up? testbuy up")
    endless = [w for w in open_ones if w.dispatched_at and w.dispatched_at < now - UNENDED_AFTER]
    if endless:
        state = f"{len(endless)} whose flow run has not ended after 5 minutes"
        mend = "see the worker's log and Prefect's list of runs; the sweep tries again"
        yield troubled("wake-ups", state, mend)
    if not unsent and not endless:
        yield well("wake-ups", "none is stuck")


def sweeps(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Whether the clock's own work is done: without it nothing lost is found again."""
    done = one(tx, Duty, table_of(Duty).c.name == "sweep")
    if done and done.held_until < now - UNSWEPT_AFTER:
        state = f"the last one ended at {done.held_until:%Y-%m-%d %H:%M} UTC"
        yield troubled("sweep", state, "are worker and Prefect up? testbuy up")


def unknown_outcomes(tx: Transaction, _now: datetime) -> Iterator[Finding]:
    """Orders and referrals that may or may not have arrived, and referrals that surely did not."""
    attempts, rows = table_of(OrderAttempt), table_of(TestBuy)
    unknown = every(tx, OrderAttempt, attempts.c.state == AttemptState.UNKNOWN)
    ids = [attempt.testbuy_id for attempt in unknown]
    for testbuy in every(tx, TestBuy, rows.c.id.in_(ids), limit=SHOWN):
        state = f"nobody knows whether {testbuy.reference} was ordered"
        if testbuy.waiting_name != ORDER_ANSWER.name:
            state += "; it is still asked about"
        yield troubled("order", state, f"the page /testbuys/{testbuy.reference}")
    unsent = rows.c.waiting_name == SENDING_DECISION.name
    for testbuy in every(tx, TestBuy, unsent, limit=SHOWN):
        state = f"the referral of {testbuy.reference} could not be sent"
        yield troubled("referral", state, "the page /referrals, which says why")
    asked = rows.c.waiting_name == SENDING_ANSWER.name
    for testbuy in every(tx, TestBuy, asked, limit=SHOWN):
        state = f"nobody knows whether the agency has the referral of {testbuy.reference}"
        yield troubled("referral", state, "the page /referrals, after asking the agency")


def overdue(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Test buys whose deadline has passed."""
    rows = table_of(TestBuy).c
    late = every(tx, TestBuy, rows.due_at < now, order_by=rows.due_at)
    for testbuy in late[:SHOWN]:
        state = f"{testbuy.reference} is overdue: {testbuy.waiting_name.lower()}"
        yield troubled("deadline", state, f"the page /testbuys/{testbuy.reference}")
    if len(late) > SHOWN:
        yield troubled("deadline", f"{len(late) - SHOWN} more are overdue", "the page /board")


def campaigns(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Campaigns that authorise nothing because nobody has approved them."""
    rows = table_of(Campaign).c
    waiting = (rows.approved_by.is_(None), rows.withdrawn_at.is_(None), rows.closes_at > now)
    for campaign in every(tx, Campaign, *waiting):
        state = f"“{campaign.name}” waits for an approver"
        yield troubled("campaign", state, "the page /campaigns")


def people(tx: Transaction, _now: datetime) -> Iterator[Finding]:
    """Brands nobody may judge, and buyers who have nobody to be."""
    active = {person.id for person in every(tx, Person, table_of(Person).c.active.is_(True))}
    judges = {
        grant.person_id
        for grant in every(tx, RoleGrant, table_of(RoleGrant).c.role == Role.AUTHENTICATOR)
    }
    granted = {
        grant.brand_id for grant in every(tx, BrandGrant) if grant.person_id in judges & active
    }
    for brand in every(tx, Brand):
        if brand.id not in granted:
            yield troubled("brand", f"nobody may judge {brand.name}", "the page /people")
    usable = Counter(
        persona.buyer_id
        for persona in every(tx, Persona, table_of(Persona).c.active.is_(True))
        if persona.exposure < persona.max_exposure
    )
    for buyer in every(tx, Buyer, table_of(Buyer).c.active.is_(True)):
        if not usable[buyer.person_id]:
            state = f"buyer {buyer.person_id} has no persona that may still be used"
            yield troubled("buyer", state, "the page /people")


def agencies(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Regions with shops and no agency, and thresholds in use that counsel has not checked."""
    covered = {agency.jurisdiction for agency in every(tx, Agency)}
    regions = {shop.region for shop in every(tx, Shop) if shop.region}
    for region in sorted(regions - covered):
        state = f"no agency takes referrals of shops in {region}"
        yield troubled("agency", state, f"testbuy add-agency NAME {region}")
    rows = table_of(ThresholdRow).c
    unverified = Counter(
        row.jurisdiction
        for row in every(tx, ThresholdRow, rows.verified.is_(False))
        if row.jurisdiction in covered and (row.valid_until is None or row.valid_until > now.date())
    )
    for jurisdiction, number in sorted(unverified.items()):
        state = f"{number} thresholds of {jurisdiction} in use are unverified"
        yield troubled("thresholds", state, "have counsel check them against the law in force")


def ledgers(tx: Transaction, _now: datetime) -> Iterator[Finding]:
    """The chains of the test buys changed last."""
    rows = table_of(TestBuy).c
    latest = every(tx, TestBuy, order_by=(rows.changed_at.desc(), rows.id.desc()), limit=SPOT)
    damaged = [
        testbuy.reference
        for testbuy in latest
        if not chains.verify(ledger.chain(tx, testbuy.reference), testbuy.reference).ok
    ]
    for reference in damaged:
        mend = "keep the database as it is, tell an auditor, restore a backup beside it"
        yield troubled("ledger", f"the chain of {reference} is broken", mend)
    if not damaged:
        yield well("ledger", f"{len(latest)} chains verified")


def unsent_mails(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Mails that no server takes, and those that were given up."""
    number, why = mails.waiting(tx, now - UNMAILED_AFTER)
    if number:
        state = f"{number} wait for over 15 minutes: {why or 'nobody has tried to send them'}"
        yield troubled("mail", state, "is the mail server up, and the worker? testbuy up")
    if refused := mails.given_up(tx, SHOWN):
        state = f"could not be delivered: {refused[0].given_up_because}"
        yield troubled("mail", state, "the page /mails")


ROUNDS: tuple[Callable[[Transaction, datetime], Iterator[Finding]], ...] = (
    ledgers,
    unsent_wakeups,
    sweeps,
    unsent_mails,
    unknown_outcomes,
    overdue,
    campaigns,
    people,
    agencies,
)
"""Every look at the rows, the gravest first."""
