"""The valuation at the genuine price: the row of the offer's day with its source, or unknown."""

import json
import zipfile
from datetime import date

import pytest

from casework.errors import NotFound
from casework.gauge import pricing
from casework.gauge.gauging import gauge
from casework.papers import dossiers
from casework.papers.printing import printed
from casework.papers.valuing import as_data
from casework.record.record import read
from casework.views.referrals import referral
from rules.lifecycle import Stage
from rules.money import Money
from rules.roles import Role
from tests.casework.gauge import test_brushing


def add_price(town, product="Article 1", minor=189_000, since="2026-01-01", **others):
    said = {
        "brand": "Swarovski", "product": product, "amount": Money(minor, "CNY"),
        "source": "Price list 2026", "verified": True, "valid_from": date.fromisoformat(since),
    }  # fmt: skip
    role = others.pop("role", Role.ANALYST)
    pricing.add_price(town.db, town.act(role), **said | others)


def valued(town, reference):
    with town.db.read() as tx:
        record = read(tx, reference)
    said = printed(record, town.vault, (), town.now)
    return as_data(record)["valuations"], {row.label: row.value for row in said.valuations}


@pytest.fixture
def counterfeit(both):
    """A test buy of a shop with an operator, ten pieces and 60,000 yuan of sales on record."""
    return both, both.refer()


def test_the_other_valuation_is_told_with_its_source(counterfeit, tmp_path):
    town, reference = counterfeit
    add_price(town)
    data, told = valued(town, reference)
    assert data["at_counterfeit_price_minor"] == 6_000_000
    assert data["at_genuine_price_minor"] == 1_890_000
    assert (data["pieces"], data["shops_without_pieces_or_price"]) == (10, 0)
    assert data["genuine_price"]["source"] == "Price list 2026"
    assert "CNY 18,900.00" in told["At the genuine price"]
    assert "CNY 1,890.00" in told["The genuine article"]
    assert "Price list 2026" in told["The genuine article"]
    row = town.referral(reference)
    (both_ways,) = referral(town.db, row.reference, town.now).worth
    assert both_ways.paid == Money(6_000_000, "CNY")
    assert both_ways.genuine.total == Money(1_890_000, "CNY")
    # The genuine price meets no threshold: it is told beside the gauge and never counted in it.
    with town.db.read() as tx:
        limbs = gauge(tx, row.operator_id, "CN", town.now).limbs
    assert not any("18,900" in limb.sentence for limb in limbs)
    target = tmp_path / "b.zip"
    dossiers.write_bundle(town.db, town.vault, reference, target, town.now)
    with zipfile.ZipFile(target) as packed:
        facts = json.loads(packed.read(f"{reference}/data/testbuy.json"))
    assert facts["valuations"] == data


def test_without_a_price_it_stays_unknown(counterfeit):
    town, reference = counterfeit
    add_price(town, "Article 2")
    data, told = valued(town, reference)
    assert data["at_genuine_price_minor"] is None and data["genuine_price"] is None
    assert told["At the genuine price"].startswith("Unknown")
    assert told["The genuine article"].startswith("Unknown")


def test_the_day_of_the_offer_counts(on_sqlite):
    """The flag saw the offer on 1 November 2026."""
    town = on_sqlite
    reference = town.bring(Stage.REQUESTED)
    add_price(town, minor=100, since="2026-11-02")
    assert valued(town, reference)[0]["genuine_price"] is None
    add_price(town, minor=300, since="2026-10-01", verified=False)
    add_price(town, minor=200, since="2026-11-01", source="A shop", verified=False)
    data, told = valued(town, reference)
    assert data["genuine_price"]["amount_minor"] == 200
    assert "unverified" in told["The genuine article"]


def test_pieces_that_nobody_counted_are_no_lower_bound(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    add_price(town)
    town.later(days=1)
    town.record_sales(1, units=None, source="letter")
    data, _ = valued(town, reference)
    assert data["at_genuine_price_minor"] is None
    assert data["at_counterfeit_price_minor"] == 6_000_000


def test_the_price_paid_is_told_with_what_may_be_made_up(on_sqlite):
    """The sum as recorded alone would say that all of it was sold."""
    town = on_sqlite
    reference = town.refer()
    data, told = valued(town, reference)
    assert "made up" not in told["At the counterfeit's price"]
    assert data["without_made_up_orders_minor"] is None
    recorded = data["at_counterfeit_price_minor"]
    test_brushing.estimate(town, test_brushing.open_case(town), 500_000, 600_000, "CNY")
    data, told = valued(town, reference)
    low, high = (Money(recorded - each, "CNY").format() for each in (600_000, 500_000))
    assert f"{low} to {high} without orders" in told["At the counterfeit's price"]
    assert data["at_counterfeit_price_minor"] == recorded
    assert data["without_made_up_orders_minor"] == [recorded - 600_000, recorded - 500_000]


def test_who_adds_a_price_and_what_is_none(on_sqlite):
    town = on_sqlite
    for role in (Role.LIAISON, Role.APPROVER, Role.BUYER):
        person = "Bao Yun" if role is Role.BUYER else None
        with town.refuses("analyst"):
            pricing.add_price(
                town.db, town.act(role, person), brand="Swarovski", product="P",
                amount=Money(1, "CNY"), source="S", verified=False, valid_from=date(2026, 1, 1),
            )  # fmt: skip
    with town.refuses("source"):
        add_price(town, source=" ")
    with town.refuses("above zero"):
        add_price(town, minor=0)
    with town.refuses(kind=NotFound):
        add_price(town, brand="Nobody's")
    add_price(town, role=Role.ADMINISTRATOR)
    with town.refuses("already"):
        add_price(town)
    assert [line.price.product for line in pricing.prices(town.db, "Swarovski")] == ["Article 1"]
