"""The demonstration's programme: brands, agencies, accounts, buyers, deadlines, and who acts.

Owns the set-up, done as an administrator does it. Leaves who there is to `simulator.cast`.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from casework.act import Act
from casework.gauge import pricing
from casework.people import access
from casework.programme import programme
from casework.referring import agencies
from casework.referring.agencies import Stated
from casework.shots import relisting
from cli.demo import library
from evidence.vault import Vault
from rules.delivery import Delivery
from rules.lifecycle import Stage
from rules.money import Money
from rules.roles import Role
from rules.shotlists import Change
from rules.shots import Wording
from simulator.cast import BRANDS, CAST, PERSONAS_EACH, REGIONS, Member, personas
from simulator.people.authenticator import Authenticator
from simulator.people.buyer import Buyer
from simulator.people.court import Counsel
from simulator.people.desk import Approver, CampaignApprover, LinkingAnalyst, WatchingAnalyst
from simulator.people.person import Company, Person
from simulator.people.raiding import RaidingLiaison
from simulator.people.store import Clerk, ForeignLiaison, Supervisor
from simulator.setting import AGENCIES, BY_FOLDER, BY_MAIL, MAIL_ADDRESS
from storage.rows import one
from storage.session import Database
from storage.tables import Agency

IN_A_HURRY = (timedelta(seconds=8), timedelta(seconds=40))
"""When a verdict is reminded of, and when somebody above is told."""

UNDO_SECONDS = 2
"""How long a verdict can be undone: the stories would wait ten seconds for each otherwise."""

PRICES = (
    ("Swarovski", "Crystal watch", 289_000, "CNY"),
    ("Royal Canin", "Indoor cat food", 16_900, "CNY"),
    ("Nordlauf", "Trail runner", 89_900, "CNY"),
)
"""Brand, product as listings name it, and price of the genuine article in minor units."""
PRICES_FROM = date(2026, 1, 1)
_AGREED = "As agreed with the agency."

PARTS: dict[str, tuple[type[Person], ...]] = {
    "analyst": (LinkingAnalyst, WatchingAnalyst),
    "approver": (CampaignApprover, Approver),
    "buyer": (Buyer,),
    "clerk": (Clerk,),
    "supervisor": (Supervisor,),
    "authenticator": (Authenticator,),
    "liaison": (RaidingLiaison, ForeignLiaison),
    "counsel": (Counsel,),
}
"""What the first, the second, ... of a role do; the last goes for all further ones."""


def set_up(
    db: Database, vault: Vault, portal_url: str, certificates: Mapping[str, bytes]
) -> dict[str, str]:
    """Open everything the stories need; gives log-in addresses by name, and by role of the first.

    The addresses log in for a day. `certificates` (PEM): those of agencies, by name.
    """
    act = _act()
    for rights_holder, brand in BRANDS:
        programme.add_brand(db, act, rights_holder=rights_holder, brand=brand)
    _open_agencies(db, certificates)
    _choose_shots(db)
    for brand, product, minor, currency in PRICES:
        pricing.add_price(
            db, _act(), brand=brand, product=product, amount=Money(minor, currency),
            source="the rights holder's price list (simulated)", verified=False,
            valid_from=PRICES_FROM,
        )  # fmt: skip
    remind, escalate = IN_A_HURRY
    programme.set_deadline(db, act, Stage.SUBMITTED, remind_after=remind, escalate_after=escalate)
    programme.set_policy(db, act, "undo_seconds", UNDO_SECONDS)
    links: dict[str, str] = {}
    shelved: set[str] = set()
    for member in CAST:
        person = access.create_person(
            db, _act(), member.name, member.email, None, [Role(member.role)], member.brands
        )
        for brand in member.brands:
            if brand not in shelved:
                library.fill(db, vault, person, brand)
                shelved.add(brand)
        if member.region:
            _enrol(db, person, member, member.region)
        token = access.make_link(db, _act(), person, timedelta(days=1))
        links[member.name] = f"{portal_url}/link/{token}"
        links.setdefault(member.role, links[member.name])
    return links


def people(links: dict[str, str], company: Company) -> Iterator[Person]:
    """Everybody who acts, ready to."""
    met: dict[str, int] = {}
    for member in CAST:
        parts = PARTS.get(member.role)
        if parts:
            place = met.get(member.role, 0)
            met[member.role] = place + 1
            part = parts[min(place, len(parts) - 1)]
            yield part(member.name, links[member.name], company)


def _open_agencies(db: Database, certificates: Mapping[str, bytes]) -> None:
    """Each takes its referrals by another way, as it has agreed with the programme."""
    for name, jurisdiction in AGENCIES:
        programme.add_agency(db, _act(), name=name, jurisdiction=jurisdiction)
        if name in certificates:
            agencies.add_certificate(db, _act(), agency=name, data=certificates[name])
    row, seen = _agency(db, BY_MAIL)
    stated = Stated(row.name, row.jurisdiction, MAIL_ADDRESS, row.needs, row.needs_exhibit)
    agencies.set_agency(db, _act(), row.id, stated, seen=seen, reason=_AGREED)
    for name, way in ((BY_FOLDER, Delivery.FOLDER), (BY_MAIL, Delivery.MAIL)):
        row, seen = _agency(db, name)
        agencies.set_delivery(db, _act(), row.id, way, seen=seen, reason=_AGREED)


def _agency(db: Database, name: str) -> tuple[Agency, str]:
    """What is on record of an agency, and the mark of it."""
    with db.read() as tx:
        row = one(tx, Agency, name=name)
    assert row is not None  # it was added before
    return row, agencies.mark_of(row)


def _choose_shots(db: Database) -> None:
    """What two categories ask for beyond the list they begin with."""
    relisting.change(db, _act(), "watches", Change.REQUIRE, shot="I06")
    relisting.change(
        db,
        _act(),
        "pet food",
        Change.ADD,
        Change.REQUIRE,
        shot="U51",
        english=Wording(
            "Batch stamp", "Show the batch stamp so that it can be read.", "the dots on the seam"
        ),
        chinese=Wording("批次章", "拍摄批次章，须清晰可读。", "封口处的喷码"),
    )


def _enrol(db: Database, person: int, member: Member, region: str) -> None:
    programme.enrol_buyer(
        db,
        _act(),
        person_id=person,
        region=region,
        capacity=PERSONAS_EACH,
        advance_minor=2_000_000,
        currency=REGIONS[region],
    )
    for facts in personas(member):
        programme.add_persona(
            db,
            _act(),
            buyer_id=person,
            label=facts.label,
            recipient=facts.recipient,
            address=facts.address,
            region=region,
            max_exposure=1,
        )


def _act() -> Act:
    return Act(Role.ADMINISTRATOR, datetime.now(UTC), secrets.token_bytes(32))
