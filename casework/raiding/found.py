"""A second seller found in a raid: an operator of its own, its shops, and flags on its listings.

All of it in one transaction, with the raid as its source. That two operators were found at the same
raid makes them no one operator: the row says so and links nothing else. A test buy is launched from
such a flag as from any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import Refused
from casework.flags.feed import FlagRow
from casework.flags.flagging import keep_flag, keep_shop
from casework.operators import membership
from casework.operators.operators import chosen
from casework.operators.proposing import recompute
from casework.raiding.raids import seizing, tell
from evidence.digests import sha256_of
from rules.linkage import OperatorChangeKind
from rules.money import Money
from storage import codes as turns
from storage import ledger
from storage.linking import survivor
from storage.rows import add_if_absent, every, one
from storage.session import Database, Transaction
from storage.tables import Agency, Brand, Category, FoundSeller, Operator, Raid, Shop

SIGNAL = "found at a raid"
"""What such a flag says instead of a detection's signals."""
_MODEL, _VERSION = "a person's word", "1"


@dataclass(frozen=True, slots=True)
class FoundShop:
    """A shop as it was learnt of: the number its platform knows it by, and its registrant."""

    platform: str
    number: str
    name: str
    registrant: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class FoundListing:
    """A listing of the shop at this place in the list of shops, from 0."""

    shop: int
    number: str
    url: str
    title: str
    brand: str
    category: str
    price: Money


@dataclass(frozen=True, slots=True)
class Finding:
    """A second seller: an operator on record (`OP-0002`) or the name of a new one.

    `basis`: what was found of them in the raid, in words; it stands beside the link of each shop.
    """

    operator: str | None
    name: str | None
    basis: str
    shops: tuple[FoundShop, ...]
    listings: tuple[FoundListing, ...]


def record_found(db: Database, act: Act, reference: str, finding: Finding) -> str:
    """Open operator, shops and flags with the raid as their source; gives the operator's reference.

    A shop that is another operator's already is not taken from it: that is an analyst's to decide.
    """
    if not finding.basis.strip():
        raise Refused("Say what was found of them in the raid; the link of each shop rests on it.")
    if bool(finding.operator) == bool((finding.name or "").strip()):
        raise Refused("Name a new operator, or one on record by its reference; not both.")
    for listing in finding.listings:
        if not listing.url.startswith(("https://", "http://")):
            raise Refused(f"The address “{listing.url[:80]}” starts with https:// or http://.")
    with db.write() as tx:
        turns.take_turn(tx)
        row = seizing(tx, act, reference)
        kept = _kept(tx, act, row, finding.shops)
        operator = _operator(tx, act, row, finding)
        about = {"raid_id": row.id, "operator_id": operator.id, "basis": finding.basis.strip()}
        if not add_if_absent(tx, FoundSeller, **about, found_by=act.person, found_at=act.now):
            raise Refused(f"{operator.reference} is on record as found at this raid already.")
        shops = [kept[shop.platform, shop.number] for shop in finding.shops]
        _link(tx, act, row, operator, shops, finding.basis)
        flags = _flags(tx, act, row, finding, shops)
        facts = {"operator": operator.reference, "shops": [shop.id for shop in shops]}
        facts |= {"flags": flags, "basis": sha256_of(finding.basis.strip().encode())}
        tell(tx, act, reference, "second seller found", facts)
        told = {"what": "found at a raid", "raid": reference, "by": act.by}
        ledger.append(tx, operator.reference, told, act.now)
        return operator.reference


def _operator(tx: Transaction, act: Act, row: Raid, finding: Finding) -> Operator:
    named = finding.operator.strip().upper() if finding.operator else None
    found = one(tx, Operator, id=chosen(tx, act, named, finding.name))
    assert found is not None  # it was just chosen
    # Whoever the raid was against may have been merged into another since.
    if found.id == survivor(tx, row.operator_id):
        raise Refused(f"{row.reference} was against {found.reference}: this is no second seller.")
    return found


def _kept(
    tx: Transaction, act: Act, row: Raid, shops: Sequence[FoundShop]
) -> dict[tuple[str, str], Shop]:
    """The shops, by platform and number, opened in one order where they were not known (ADR 4)."""
    agency = one(tx, Agency, id=row.agency_id)
    assert agency is not None  # a foreign key holds it
    return {
        (shop.platform, shop.number): keep_shop(
            tx,
            act,
            platform=shop.platform,
            shop_id=shop.number,
            name=shop.name,
            registrant=shop.registrant,
            region=shop.region or agency.jurisdiction,
            said_by=row.reference,
        )
        for shop in sorted(shops, key=lambda shop: (shop.platform, shop.number))
    }


def _link(
    tx: Transaction, act: Act, row: Raid, operator: Operator, shops: list[Shop], basis: str
) -> None:
    """Bring shops that nobody linked to the operator; those it has stay as they are."""
    wanted = [shop.id for shop in shops]
    held = [each for each in membership.hold(tx, wanted, [operator.id]) if each.id in wanted]
    for shop in held:
        if shop.operator_id not in (None, operator.id):
            other = one(tx, Operator, id=shop.operator_id)
            assert other is not None  # a foreign key holds it
            raise Refused(
                f"The shop {shop.platform_shop_id} on {shop.platform} is linked to "
                f"{other.reference}. Name that operator, or have an analyst link the shop to "
                "another first."
            )
    linked = f"{basis.strip()} ({row.reference})"
    loose = [(shop, linked) for shop in held if shop.operator_id is None]
    if loose:
        kind = OperatorChangeKind.LINK
        membership.record(tx, act, kind, operator.id, None, linked, loose)
        recompute(tx, act, wanted)
        membership.look_again(tx, act, wanted)


def _flags(tx: Transaction, act: Act, row: Raid, finding: Finding, shops: list[Shop]) -> list[str]:
    brands = {each.name: each.id for each in every(tx, Brand)}
    categories = {each.name: each.id for each in every(tx, Category)}
    told: list[str] = []
    for number, listing in enumerate(finding.listings, start=1):
        if not 0 <= listing.shop < len(shops):
            raise Refused(f"Say which of the shops listing {listing.number} is in.")
        if listing.brand not in brands or listing.category not in categories:
            raise Refused(f"Choose brand and category of listing {listing.number} from the lists.")
        shop = shops[listing.shop]
        flag = FlagRow(
            line=number,
            flag_id=f"{shop.platform}:{shop.platform_shop_id}:{listing.number}",
            source=row.reference,
            model=_MODEL,
            model_version=_VERSION,
            score=1.0,
            signals=(SIGNAL,),
            platform=shop.platform,
            shop_id=shop.platform_shop_id,
            shop_name=shop.name,
            listing_id=listing.number,
            listing_url=listing.url,
            title=listing.title,
            brand=listing.brand,
            category=listing.category,
            price=listing.price,
            seen_at=act.now,
            registrant=shop.registrant,
            region=shop.region,
        )
        if not keep_flag(tx, act, flag, brands[listing.brand], categories[listing.category]):
            raise Refused(f"Listing {listing.number} is flagged with this raid as source already.")
        told.append(flag.flag_id)
    return told
