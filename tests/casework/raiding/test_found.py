"""A second seller found in a raid: operator, shops and flags at once, and a test buy from one."""

from dataclasses import replace

import pytest

from casework.errors import NotFound
from casework.operators import merging
from casework.raiding import found
from casework.raiding.found import Finding, FoundListing, FoundShop
from casework.views.raid import raid_page
from casework.views.raids import raids_of_operator
from rules.lifecycle import Stage
from rules.money import Money
from rules.roles import Role
from storage import ledger
from storage.rows import one
from storage.tables import Flag, FoundSeller, Listing, Operator, Shop
from tests.casework.raiding.raiding import carried_out, operator, planned

SHOP = FoundShop("taobao", "S77", "Bright Harbour", "Wang Er")
LISTING = FoundListing(
    0, "L77", "https://shop.example/77", "Crystal watch", "Swarovski", "watches",
    Money(12_900, "CNY"),
)  # fmt: skip
FINDING = Finding(None, "Zhao", "Her stock lay in the same room.", (SHOP,), (LISTING,))


def tell(town, reference, finding=FINDING, act=None):
    return found.record_found(town.db, act or town.act(Role.LIAISON), reference, finding)


def shop_of(town, number):
    with town.db.read() as tx:
        return one(tx, Shop, platform="taobao", platform_shop_id=number)


def test_operator_shop_and_flag_are_there_at_once_with_the_raid_as_source(both):
    town = both
    reference = carried_out(town)
    second = tell(town, reference)
    shop = shop_of(town, "S77")
    (flag,) = town.all(Flag, Flag.source == reference)
    assert (flag.source, flag.shop_id, flag.signals) == (reference, shop.id, [found.SIGNAL])
    assert shop.link_basis == f"{FINDING.basis} ({reference})" and shop.region == "CN"
    with town.db.read() as tx:
        row = one(tx, Operator, reference=second)
        assert shop.operator_id == row.id and row.name == "Zhao"
        assert raids_of_operator(tx, [row.id]).found_at == (reference,)
        # The first operator is another one: nothing of theirs moved.
        first = one(tx, Operator, name="Liu")
        assert first.id != row.id and raids_of_operator(tx, [first.id]).found_at == ()
        told = [entry.body for entry in ledger.chain(tx, second)]
    assert any(b"found at a raid" in body and reference.encode() in body for body in told)
    (seen,) = raid_page(town.db, reference).seconds
    assert (seen.operator.reference, [each.id for each in seen.shops], seen.flags) == (
        second, [shop.id], 1,
    )  # fmt: skip


def test_a_test_buy_is_launched_from_such_a_flag_and_goes_its_way(both):
    town = both
    reference = carried_out(town)
    tell(town, reference)
    (flag,) = town.all(Flag, Flag.source == reference)
    bought = town.bring(Stage.JUDGED, flag.id)
    assert town.row(bought).flag_id == flag.id and town.stage(bought) is Stage.JUDGED


def test_an_operator_on_record_can_be_the_second_seller(both):
    town = both
    reference, known = carried_out(town), operator(town, "Zhao", shop=3)
    finding = replace(
        FINDING, operator=known, name=None, shops=(FoundShop("taobao", "S3", "Shop 3"), SHOP)
    )
    assert tell(town, reference, finding) == known
    assert shop_of(town, "S3").link_basis == "He runs it."
    assert shop_of(town, "S77").operator_id == shop_of(town, "S3").operator_id
    with town.refuses("on record as found"):
        tell(town, reference, replace(finding, listings=()))
    assert len(town.all(FoundSeller)) == 1


def test_whoever_the_raid_was_against_is_no_second_seller_under_another_reference(both):
    town = both
    reference, known = carried_out(town), operator(town, "Zhao", shop=3)
    merging.merge(town.db, town.act(Role.ANALYST), known, "OP-0001", reason="One man.")
    with town.refuses("this is no second seller"):
        tell(town, reference, replace(FINDING, operator=known, name=None))


def test_a_shop_nobody_linked_becomes_theirs_and_its_held_test_buys_look_again(both):
    town = both
    held = town.bring(Stage.ASSIGNED, 4)
    reference = carried_out(town)
    second = tell(town, reference, replace(FINDING, shops=(FoundShop("taobao", "S4", "Any"),)))
    shop = shop_of(town, "S4")
    with town.db.read() as tx:
        assert one(tx, Operator, id=shop.operator_id).reference == second
    # What its name is on record as stays.
    assert shop.name == "Shop 4"
    said = [entry.body for entry in town.ledger(held)]
    assert b"operator's shops changed" in said[-1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"basis": " "}, "what was found of them"),
        ({"name": ""}, "Name a new operator"),
        ({"operator": "OP-0001"}, "Name a new operator"),
        ({"operator": "OP-0001", "name": None}, "no second seller"),
        ({"operator": "OP-9999", "name": None}, "no operator OP-9999"),
        ({"shops": (replace(SHOP, number="S1"),)}, "is linked to OP-0001"),
        ({"shops": ()}, "which of the shops"),
        ({"listings": (replace(LISTING, brand="Nobody"),)}, "brand and category"),
        ({"listings": (replace(LISTING, url="ftp://x"),)}, "starts with https"),
        ({"listings": (LISTING, LISTING)}, "flagged with this raid"),
    ],
)
def test_one_thing_wrong_and_nothing_of_it_is_there(on_sqlite, changes, said):
    """Operator, shops and flags come in one transaction: `refuses` compares every table."""
    reference = carried_out(on_sqlite)
    with on_sqlite.refuses(said):
        tell(on_sqlite, reference, replace(FINDING, **changes))


def test_only_a_liaison_and_only_after_the_raid(on_sqlite):
    town = on_sqlite
    reference = planned(town)
    with town.refuses("Record first"):
        tell(town, reference)
    with town.refuses("Only a liaison"):
        tell(town, reference, act=town.act(Role.ANALYST))
    with town.refuses(kind=NotFound):
        tell(town, "RA-1999-000001")
    assert town.all(Listing, Listing.platform_listing_id == "L77") == []
