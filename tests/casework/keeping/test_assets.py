"""Genuine exhibits that become assets, on both databases, and their way back."""

import pytest

from casework.custody import holds
from casework.errors import NotFound, Refused
from casework.flags import flagging
from casework.keeping import assets, retaining
from casework.operators import proceedings
from casework.verdicts import judging
from casework.views.custody import who_held
from rules.disposal import Way
from rules.holders import Holder, HolderKind
from rules.lifecycle import Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage.tables import Asset, Notice, Operator, OutcomeReview, ProceedingKind
from tests.casework.custody.test_handing_over import entries, rules_broken
from tests.casework.keeping.keeping import WITNESS, approved, carry_out, cleared


def made(town):
    reference, exhibit = cleared(town)
    approved(town, exhibit, Way.ASSET)
    carry_out(town, exhibit, keeper="The showroom", certificate=None, signature=None)
    town.later(days=1)
    return reference, exhibit


def supersede(town, reference, verdict):
    judging.judge_again(
        town.db, town.act(Role.ANALYST), reference, version=None, reason="In doubt", supersedes=True
    )
    town.seal(reference, verdict, expert="other expert")


def take_back(town, exhibit, **others):
    said = {"seal_number": exhibit.seal_number, "condition": "intact", "place": "the showroom"}
    assets.take_back(town.db, town.act(Role.CLERK), exhibit.reference, **said | others)


def give_away(town, number="A-00001"):
    clerk = town.act(Role.CLERK)
    assets.give_away(town.db, town.vault, clerk, number, signature=WITNESS, place="here")


def test_a_genuine_exhibit_becomes_an_asset_with_its_cost(both):
    town = both
    _, exhibit = made(town)
    (asset,) = town.all(Asset)
    assert (asset.number, asset.cost_minor, asset.currency) == ("A-00001", 9_900, "CNY")
    assert asset.keeper == "The showroom"
    held = who_held(town.db, exhibit.reference, town.now)
    assert held.holder == Holder(HolderKind.ASSET, "A-00001")
    assert rules_broken(town, exhibit) == set()


def test_it_needs_to_be_said_who_has_it(on_sqlite):
    town = on_sqlite
    _, exhibit = cleared(town)
    approved(town, exhibit, Way.ASSET)
    with town.refuses("who has the asset"):
        carry_out(town, exhibit, keeper=" ")


def test_a_superseded_verdict_takes_it_back(both):
    town = both
    reference, exhibit = made(town)
    with town.refuses("was not recalled"):
        take_back(town, exhibit)
    supersede(town, reference, Verdict.COUNTERFEIT)
    (asset,) = town.all(Asset)
    assert asset.recalled_at == town.now and asset.returned_at is None
    said = [row for row in town.all(Notice) if row.key == "A-00001:recalled"]
    assert [row.to_role for row in said] == [Role.CLERK]
    with town.refuses("no asset any more"):
        give_away(town)
    with pytest.raises(Refused, match="does not match"):
        take_back(town, exhibit, seal_number="BROKEN")
    take_back(town, exhibit)
    assert town.all(Asset)[0].returned_at == town.now
    assert entries(town, exhibit)[-1].to_holder == "Clerk"
    assert rules_broken(town, exhibit) == set()
    with town.refuses("no asset of ours"):
        take_back(town, exhibit)


def test_one_that_was_given_away_is_put_before_a_supervisor(both):
    town = both
    reference, exhibit = made(town)
    give_away(town)
    with town.refuses("not here any more"):
        give_away(town)
    assert who_held(town.db, exhibit.reference, town.now).holder == Holder(
        HolderKind.OWNER, "Wu Witness"
    )
    supersede(town, reference, Verdict.COUNTERFEIT)
    (said,) = [row for row in town.all(Notice) if row.key == "A-00001:recalled"]
    assert said.to_role is Role.SUPERVISOR and "given to Wu Witness" in said.text
    with town.refuses("no asset of ours"):
        take_back(town, exhibit)


def test_a_second_verdict_that_it_is_genuine_leaves_it_an_asset(both):
    town = both
    reference, _ = made(town)
    judging.judge_again(
        town.db, town.act(Role.ANALYST), reference, version=None, reason="In doubt", supersedes=True
    )
    with town.refuses("Another verdict"):
        give_away(town)
    town.seal(reference, Verdict.GENUINE, expert="other expert")
    assert town.all(Asset)[0].recalled_at is None
    hold = holds.place(town.db, town.act(Role.SUPERVISOR), reference, reason="The court.")
    with town.refuses(f"Legal hold {hold} "):
        give_away(town)
    with town.refuses("no asset A-9", NotFound):
        give_away(town, "A-9")
    assert town.stage(reference) is Stage.CLOSED


def test_open_proceedings_keep_an_asset(both):
    town = both
    reference, _ = made(town)
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.row(reference).shop_id, operator=None,
        new_operator_name="Li", basis="One account.",
    )  # fmt: skip
    (operator,) = town.all(Operator)
    proceedings.open_proceeding(
        town.db, town.act(Role.LIAISON), operator.reference,
        kind=ProceedingKind.ADMINISTRATIVE, name="C 7",
    )  # fmt: skip
    with town.refuses("must still be kept"):
        give_away(town)
    assert town.all(Asset)[0].gone_at is None


def test_reviews_after_a_superseded_verdict_keep_the_exhibit(both):
    """And the period begins anew when the last is decided."""
    town = both
    reference, _ = made(town)
    town.later(days=30)
    supersede(town, reference, Verdict.COUNTERFEIT)
    town.run(reference)
    open_reviews = [each for each in town.of(OutcomeReview, reference) if each.decided_at is None]
    assert open_reviews
    with town.db.read() as tx:
        kept = retaining.retention_of(tx, town.row(reference), town.now)
    assert kept.exhibit_from is None
    assert "the review after a superseded verdict is decided" in kept.sentence
