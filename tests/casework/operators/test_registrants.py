"""The registrant that a feed names: an identifier of the new shop by itself, once, unconfirmed."""

from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.privacy import erasing
from rules.erasure import Erasable
from rules.identifiers import IdentifierKind, IdentifierState, Strength
from rules.linkage import CROWD, ProposalState
from rules.roles import Role
from storage.tables import Category, Identifier, LinkProposal
from tests import canary
from tests.casework.programme_in import dump

WEAKLY = CROWD[Strength.WEAK]
HEAD = (
    "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
    "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region"
)
ROW = (
    "{n},wardwatch,m,1,0.9,price,taobao,R{n},Shop {n},L{n},https://example.org/{n},Watch,"
    "Swarovski,{category},100,CNY,2026-01-04T08:00:00Z,{registrant},CN"
)


def imported(town, *registrants, first=1):
    category = town.all(Category)[0].name
    lines = [
        ROW.format(n=number, registrant=each, category=category)
        for number, each in enumerate(registrants, first)
    ]
    read = read_feed("f.csv", "\n".join([HEAD, *lines]).encode())
    assert read.rejected == ()
    done = flagging.import_flags(town.db, town.act(Role.ANALYST), read.rows)
    assert done.rejected == ()
    return done.imported


def named(town):
    return [row for row in town.all(Identifier) if row.kind is IdentifierKind.REGISTRANT]


def test_a_new_shops_registrant_is_an_unconfirmed_identifier_once(both):
    town = both
    assert imported(town, "Canary Ward", "", "?!") == 3
    (row,) = named(town)
    assert (row.value, row.state, row.said_by) == (
        "Canary Ward", IdentifierState.RECORDED, "wardwatch",
    )  # fmt: skip
    assert row.confirmed_at is None
    imported(town, "Canary Ward", "Somebody later", "")
    assert len(named(town)) == 1


def test_two_shops_of_one_registrant_are_proposed_and_not_joined(both):
    town = both
    imported(town, "Canary Ward", "CANARY WARD")
    (proposed,) = town.all(LinkProposal)
    assert proposed.state is ProposalState.OPEN


def test_a_name_that_a_crowd_bears_proposes_nothing_more(on_sqlite):
    """Else a feed of shops with one common name costs the square of them in proposals."""
    town = on_sqlite
    imported(town, *["Zhang Wei"] * (WEAKLY + 5))
    assert len(named(town)) == WEAKLY + 5
    asked = {number for row in town.all(LinkProposal) for number in (row.shop_id, row.other_id)}
    first = sorted(row.shop_id for row in named(town))[:WEAKLY]
    assert asked == set(first)
    assert len(town.all(LinkProposal)) == WEAKLY * (WEAKLY - 1) // 2


def test_what_was_erased_does_not_come_back_with_the_next_feed(both):
    town = both
    imported(town, "Canary Ward")
    (row,) = named(town)
    erasing.erase(
        town.db, town.act(Role.ADMINISTRATOR), Erasable.IDENTIFIER, row.id, reason="He asked."
    )
    imported(town, "Canary Ward")
    assert canary.in_bytes(repr(dump(town.db)).encode(), ["Canary Ward"]) == set()
