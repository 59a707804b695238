"""Disposal and return through the door, on both databases: two people, papers, the last holder."""

from dataclasses import replace

import pytest

from casework.custody import handing_over, resealing, storing
from casework.custody.signing import Signature
from casework.errors import NotFound, Refused, Stale
from casework.keeping import disposing, retaining
from casework.verdicts import judging
from casework.views.custody import who_held
from evidence.digests import sha256_of
from rules.custody import Whereabouts
from rules.disposal import TAKER, Way
from rules.holders import Holder, HolderKind
from rules.roles import Role
from rules.verdicts import Verdict
from tests.casework.custody.test_handing_over import entries, give, rules_broken, strokes, taking
from tests.casework.keeping.keeping import (
    PAPER,
    WITNESS,
    approved,
    ask,
    carry_out,
    cleared,
    disposal,
    period,
)

WAYS = {
    Way.DESTROYED: "",
    Way.TO_SELLER: "Li's shop",
    Way.TO_OWNER: "Li Na",
    Way.TO_RIGHTS_HOLDER: "Swarovski AG",
    Way.TO_POLICE: "Luohu police",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_ends_with_its_holder_and_custody_holds(on_sqlite, way):
    town = on_sqlite
    _, exhibit = cleared(town)
    number = approved(town, exhibit, way, WAYS[way])
    before = town.now
    town.later(minutes=5)
    carry_out(town, exhibit, certificate=PAPER if way is Way.DESTROYED else None)
    last = entries(town, exhibit)[-1]
    assert (last.to_kind, last.to_holder) == (TAKER[way], WAYS[way] or "destroyed")
    assert (last.to_vouched, town.vault.read(last.to_signature)) == ("glass", WITNESS.data)
    assert "signed by Wu Witness" in last.condition
    assert rules_broken(town, exhibit) == set()
    held = who_held(town.db, exhibit.reference, town.now)
    if way is Way.DESTROYED:
        assert (held.state, held.holder) == (Whereabouts.DISPOSED, None)
        assert disposal(town, number).certificate == sha256_of(PAPER)
    else:
        assert held.holder == Holder(TAKER[way], WAYS[way])
    assert who_held(town.db, exhibit.reference, before).holder.name == "Clerk"


def test_on_both_databases_it_is_asked_for_approved_and_carried_out(both):
    town = both
    _, exhibit = cleared(town)
    number = approved(town, exhibit)
    carry_out(town, exhibit)
    row = disposal(town, number)
    assert row.carried_out_at == town.now and row.ended_at is None
    with town.refuses("was disposed of on", Stale):
        disposing.end(town.db, town.act(Role.CLERK), number, reason="No")


def test_after_the_end_nothing_more_is_done_with_it(on_sqlite):
    town = on_sqlite
    _, exhibit = cleared(town)
    approved(town, exhibit, Way.TO_OWNER, "Li Na")
    carry_out(town, exhibit)
    clerk, ref = town.act(Role.CLERK), exhibit.reference
    seal = exhibit.seal_number
    for attempt in (
        lambda: ask(town, exhibit),
        lambda: carry_out(town, exhibit),
        lambda: give(town, clerk, exhibit, to_person=town.people["supervisor"]),
        lambda: resealing.reseal(town.db, clerk, ref, seal="NEW", purpose="why"),
        lambda: storing.take_in(
            town.db, clerk, ref, seal_number=seal, place="Shelf", condition="intact"
        ),
        lambda: storing.fetch(
            town.db, clerk, ref, seal_number=seal, condition="intact", purpose="why"
        ),
        lambda: handing_over.take_from_outside(
            town.db, town.vault, clerk, ref, taking(exhibit), signature=WITNESS
        ),
    ):
        with town.refuses():
            attempt()


def test_two_people_are_needed_and_the_asker_is_not_the_second(both):
    town = both
    _, exhibit = cleared(town)
    with town.refuses("Only a clerk asks"):
        ask(town, exhibit, act=town.act(Role.SUPERVISOR))
    number = ask(town, exhibit)
    with town.refuses("asked for a disposal of"):
        ask(town, exhibit)
    with town.refuses("No approved disposal"):
        carry_out(town, exhibit)
    with town.refuses("somebody else must approve"):
        disposing.approve(town.db, town.act(Role.APPROVER, "clerk"), number)
    with town.refuses("Only an approver"):
        disposing.approve(town.db, town.act(Role.ANALYST), number)
    with town.refuses("no such disposal", NotFound):
        disposing.approve(town.db, town.act(Role.APPROVER), 99)
    disposing.approve(town.db, town.act(Role.SUPERVISOR), number)
    with town.refuses("approved already"):
        disposing.approve(town.db, town.act(Role.APPROVER), number)


def test_it_is_declined_or_withdrawn_with_a_reason(both):
    town = both
    _, exhibit = cleared(town)
    number = ask(town, exhibit)
    with town.refuses("Only who asked"):
        disposing.end(town.db, town.act(Role.ANALYST), number, reason="No")
    disposing.end(town.db, town.act(Role.APPROVER), number, reason="Keep it.")
    assert disposal(town, number).ended_because == "Declined: Keep it."
    with town.refuses("Declined: Keep it", Stale):
        disposing.approve(town.db, town.act(Role.APPROVER), number)
    number = approved(town, exhibit)
    disposing.end(town.db, town.act(Role.CLERK), number, reason="A mistake.")
    assert disposal(town, number).ended_because == "Withdrawn: A mistake."
    with town.refuses("No approved disposal"):
        carry_out(town, exhibit)


def test_retention_is_asked_about_again_at_each_step(both):
    town = both
    reference, exhibit = cleared(town)
    administrator = town.act(Role.ADMINISTRATOR)
    retaining.set_period(town.db, administrator, period(months=36))
    with town.refuses("kept until 2029-11-02"):
        ask(town, exhibit)
    retaining.set_period(town.db, administrator, period())
    number = ask(town, exhibit)
    judging.judge_again(
        town.db, town.act(Role.ANALYST), reference, version=None, reason="In doubt", supersedes=True
    )
    with town.refuses("until the new examination"):
        disposing.approve(town.db, town.act(Role.APPROVER), number)


def test_papers_are_asked_for(on_sqlite):
    town = on_sqlite
    _, exhibit = cleared(town)
    approved(town, exhibit)
    for papers, said in (
        ({"certificate": None}, "needs its certificate"),
        ({"signature": None}, "A witness signs"),
        ({"signature": replace(WITNESS, name="clerk")}, "your own witness"),
        ({"certificate": b"hello"}, "not a picture or PDF"),
        ({"condition": " "}, "in what condition"),
        ({"signature": Signature(" ", strokes(), on_glass=True)}, "name of who signs"),
    ):
        with town.refuses(said):
            carry_out(town, exhibit, **papers)
    with pytest.raises(Refused, match="does not match"):
        carry_out(town, exhibit, seal_number="OTHER")
    carry_out(town, exhibit)


def test_a_return_names_who_gets_it_and_is_signed_for(on_sqlite):
    town = on_sqlite
    _, exhibit = cleared(town)
    with town.refuses("Name who gets it"):
        ask(town, exhibit, Way.TO_OWNER)
    with town.refuses("Nobody gets"):
        ask(town, exhibit, Way.DESTROYED, "Li Na")
    approved(town, exhibit, Way.TO_OWNER, "Li Na")
    with town.refuses("signs for it"):
        carry_out(town, exhibit, signature=None)


def test_only_what_is_here_is_disposed_of(both):
    town = both
    _, exhibit = cleared(town)
    give(town, town.act(Role.CLERK), exhibit, to_person=town.people["supervisor"])
    with town.refuses("being handed over"):
        ask(town, exhibit)
    handing_over.take(town.db, town.act(Role.SUPERVISOR), exhibit.reference, taking(exhibit))
    approved(town, exhibit)
    with town.refuses("with Supervisor"):
        carry_out(town, exhibit)


def test_a_counterfeit_goes_back_to_no_seller_and_becomes_no_asset(both):
    town = both
    _, exhibit = cleared(town, Verdict.GREY_MARKET)
    with town.refuses("it is grey market"):
        ask(town, exhibit, Way.ASSET)
    ask(town, exhibit, Way.TO_SELLER, "Li's shop")
    assert entries(town, exhibit)[-1].to_kind is HolderKind.PERSON
