"""The receiving desk: in under a seal and its photo, back under another, seen by nobody else."""

from dataclasses import replace

import pytest

from casework.custody import handing_over, resealing
from casework.custody.custody import NewExhibit
from casework.custody.sides import Giving, Taking
from casework.custody.signing import Signature
from casework.errors import NotFound, Refused
from casework.examinations import examining
from casework.intake import desk
from casework.programme import programme
from casework.views.custody import exhibit_page, who_held
from casework.views.desk import desk as desk_view
from casework.views.desk import desk_exhibit
from casework.views.exhibits import handed_to, to_confirm
from rules.custody import Broken
from rules.holders import Holder, HolderKind
from rules.lifecycle import Stage
from rules.roles import Role
from rules.shots import Proof
from rules.verdicts import Verdict
from storage.tables import CustodyEntry, Exhibit, HandOver, Notice, Photo, SealMismatch
from tests.casework.custody.test_handing_over import strokes
from tests.casework.programme_in import picture

CARRIER = Holder(HolderKind.CARRIER, "SF Express")
OWNER = Holder(HolderKind.RIGHTS_HOLDER, "Swarovski AG")


def ready(town):
    """A test buy whose exhibit is with the clerk, sealed and photographed for the desk (T01)."""
    programme.set_category(
        town.db, town.act(Role.ADMINISTRATOR), name="watches", shot_list="short", physical=True
    )
    reference = town.bring(Stage.DOCUMENTED)
    town.hand_over(reference)
    town.take_in(reference)
    town.later(minutes=5)
    taken = town.photograph(reference, "T01", act=town.act(Role.CLERK))
    assert town.run(reference).stage is Stage.SUBMITTED
    (exhibit,) = town.of(Exhibit, reference)
    return reference, exhibit, (taken.public_id,)


def giving(exhibit, **others):
    said = {"seal_out": exhibit.seal_number, "purpose": "to be examined", "place": "the office"}
    return Giving(**said | {"condition": "seal intact"} | others)


def send(town, exhibit, act=None, **others):
    act = act or town.act(Role.CLERK)
    handing_over.give(town.db, town.vault, act, exhibit.reference, giving(exhibit, **others))


def courier_signs(town, exhibit, act):
    said = Taking(exhibit.seal_number, "seal intact", "the counter")
    glass = Signature("Wu", strokes(), on_glass=True)
    handing_over.sign(town.db, town.vault, act, exhibit.reference, said, glass)


def consigned(town):
    reference, exhibit, photos = ready(town)
    send(town, exhibit, to=CARRIER, tracking_number="SF9", to_desk=True, photos=photos)
    courier_signs(town, exhibit, town.act(Role.CLERK))
    town.later(days=2)
    return reference, exhibit


def shoot(town, exhibit, shot, person="desk"):
    return desk.photograph(
        town.db, town.vault, town.act(Role.DESK, person), exhibit.reference,
        shot=shot, data=picture(f"{shot} {town.now}"), name="a.jpg",
    )  # fmt: skip


def receive(town, exhibit, *photos, person="desk", **others):
    seal, number = others.pop("seal", exhibit.seal_number), others.pop("tracking_number", "SF9")
    said = Taking(seal, "seal intact", "the desk", weight_grams=400, utc_offset_minutes=60)
    desk.receive(
        town.db, town.act(Role.DESK, person), exhibit.reference, said,
        intact=others.pop("intact", True), photos=photos, tracking_number=number,
    )  # fmt: skip


def last(town, exhibit):
    mine = [row for row in town.all(CustodyEntry) if row.exhibit_id == exhibit.id]
    return max(mine, key=lambda row: row.seq)


def on_desk(town):
    """The states of what a desk sees; apart, of what went back."""
    view = desk_view(town.db, town.people["desk"])
    return [each.state for each in view.lines], [each.state for each in view.back.rows]


def broken(town, exhibit):
    return {each.rule for each in exhibit_page(town.db, exhibit.reference).breaks}


def test_a_consignment_comes_in_and_goes_back(both):
    town = both
    reference, exhibit = consigned(town)
    assert on_desk(town) == (["on its way"], [])
    expert, number = town.act(Role.AUTHENTICATOR), town.examination(reference)
    examining.claim(town.db, expert, number)
    with town.refuses("the thing itself"):
        town.seal_claimed(number, Verdict.COUNTERFEIT, expert)
    with town.refuses("Photograph the bag first: T02"):
        receive(town, exhibit)
    arrived = shoot(town, exhibit, "T02")
    assert arrived.accepted, arrived.reasons
    with town.refuses("under this tracking number"):
        receive(town, exhibit, arrived.public_id, tracking_number="SF8")
    receive(town, exhibit, arrived.public_id)
    entry, hand_over = last(town, exhibit), town.all(HandOver)[-1]
    assert (entry.hand_over_id, entry.photos) == (hand_over.id, [arrived.public_id])
    assert (entry.utc_offset_minutes, entry.weight_grams) == (60, 400)
    assert on_desk(town) == (["here"], [])
    assert who_held(town.db, exhibit.reference, town.now).holder == OWNER
    town.seal_claimed(number, Verdict.COUNTERFEIT, expert)
    town.later(hours=3)
    early = shoot(town, exhibit, "T03")
    town.later(minutes=1)
    me = town.act(Role.DESK)
    resealing.reseal(town.db, me, exhibit.reference, seal="NEW-1", purpose="for the way back")
    (exhibit,) = town.of(Exhibit, reference)
    clerk = {"to_person": town.people["clerk"]}
    for photos in ((), (early.public_id,)):
        with town.refuses("T03"):
            send(town, exhibit, me, photos=photos, **clerk)
    town.later(minutes=1)
    me, leaving = town.act(Role.DESK), shoot(town, exhibit, "T03")
    send(town, exhibit, me, photos=(leaving.public_id,), **clerk)
    assert town.all(HandOver)[-1].photos == [leaving.public_id]
    assert on_desk(town) == (["leaving"], [])
    assert [each.opened.from_holder for each in handed_to(town.db, town.people["clerk"])] == [
        OWNER.name
    ]
    said = Taking("NEW-1", "seal intact", "the office")
    handing_over.take(town.db, town.act(Role.CLERK), exhibit.reference, said)
    assert who_held(town.db, exhibit.reference, town.now).holder.name == "Clerk"
    assert broken(town, exhibit) == set()
    due = {row.shot.code: row.expected for row in to_confirm(town.db) if row.proof is Proof.SEAL}
    assert (due["B02"], due["T02"], due["T03"]) == (f"SEAL-{reference}",) * 2 + ("NEW-1",)
    assert on_desk(town) == ([], ["back"])


def test_from_hand_to_hand_the_desk_completes_what_the_clerk_opened(on_sqlite):
    town = on_sqlite
    _, exhibit, photos = ready(town)
    with town.refuses("Photograph the bag first: T01"):
        send(town, exhibit, to_desk=True)
    send(town, exhibit, to_desk=True, photos=photos, weight_grams=401, utc_offset_minutes=480)
    town.later(minutes=1)
    arrived = shoot(town, exhibit, "T02")
    receive(town, exhibit, arrived.public_id, tracking_number=None)
    entry = last(town, exhibit)
    assert (entry.from_vouched, entry.to_vouched) == ("account", "account")
    assert (entry.given_weight_grams, entry.given_offset_minutes) == (401, 480)
    assert entry.photos == [*photos, arrived.public_id]
    assert broken(town, exhibit) == set()
    assert town.all(HandOver)[-1].completed_at == town.now


@pytest.mark.parametrize("fault", ["another seal", "torn"])
def test_a_seal_that_is_wrong_or_torn_is_on_record(on_sqlite, fault):
    town = on_sqlite
    _, exhibit = consigned(town)
    arrived = shoot(town, exhibit, "T02")
    if fault == "torn":
        receive(town, exhibit, arrived.public_id, intact=False)
        assert broken(town, exhibit) == {Broken.SEAL_BROKEN}
        assert who_held(town.db, exhibit.reference, town.now).holder == OWNER
        (told,) = [each for each in town.all(Notice) if each.to_role is Role.SUPERVISOR]
        assert exhibit.reference in told.text
        return
    with pytest.raises(Exception, match="does not match"):
        receive(town, exhibit, arrived.public_id, seal="OTHER")
    assert [row.read for row in town.all(SealMismatch)] == ["OTHER"]
    assert who_held(town.db, exhibit.reference, town.now).holder == CARRIER


def test_another_rights_holders_desk_finds_nothing(on_sqlite):
    town = on_sqlite
    reference, exhibit = consigned(town)
    stranger, me = town.act(Role.DESK, "cat desk"), town.act(Role.DESK)
    assert [each.exhibit for each in desk_view(town.db, me.person).lines] == [exhibit.reference]
    theirs = desk_view(town.db, stranger.person)
    assert (theirs.names, theirs.lines, theirs.back.rows) == (("Royal Canin AG",), (), ())
    with pytest.raises(NotFound):
        desk_exhibit(town.db, stranger.person, exhibit.reference)
    with town.refuses("There is no exhibit", NotFound):
        shoot(town, exhibit, "T02", "cat desk")
    with town.refuses("There is no exhibit", NotFound):
        receive(town, exhibit, person="cat desk")
    with town.refuses("There is no exhibit", NotFound):
        resealing.reseal(town.db, stranger, exhibit.reference, seal="N", purpose="x")
    with town.refuses("There is no exhibit", NotFound):
        send(town, exhibit, stranger, to_person=town.people["clerk"])
    with town.refuses("no such exhibit", NotFound):
        town.photograph(reference, "T02", act=stranger)
    with town.refuses("takes the photos T02 and T03"):
        town.photograph(reference, "I01", act=me)


def test_what_is_not_at_the_desk_is_not_the_desks_to_give(on_sqlite):
    town = on_sqlite
    _, exhibit = consigned(town)
    with town.refuses("is not at your desk"):
        send(town, exhibit, town.act(Role.DESK), to_person=town.people["clerk"])
    arrived = shoot(town, exhibit, "T02")
    receive(town, exhibit, arrived.public_id)
    with town.refuses("not on its way to you now"):
        receive(town, exhibit, arrived.public_id)


def test_a_buyer_sends_nothing_to_a_desk(on_sqlite):
    """The sender's name stands on the consignment, and the buyer's must not."""
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    with town.refuses("to the store first"):
        send(town, exhibit, town.buyer(reference), to_desk=True)


def test_a_desk_photographs_what_is_on_its_way_or_here_and_nothing_else(on_sqlite):
    town = on_sqlite
    _, exhibit = consigned(town)
    member = town.act(Role.DESK)

    def shoot(shot, word):
        return desk.photograph(
            town.db, town.vault, member, exhibit.reference, shot=shot, data=picture(word),
            name="seal.jpg",
        )  # fmt: skip

    with town.refuses("not at your desk"):
        shoot("T03", "early")
    taken = shoot("T02", "comes")
    assert taken.accepted
    assert {each.exhibit_id for each in town.all(Photo) if each.shot == "T02"} == {exhibit.id}
    said = Taking(exhibit.seal_number, "seal intact", "the desk")
    desk.receive(
        town.db, member, exhibit.reference, said, intact=True, photos=(taken.public_id,),
        tracking_number="SF9",
    )  # fmt: skip
    with town.refuses("not on its way to you"):
        shoot("T02", "late")


def test_buyers_and_desks_name_clerks_and_learn_nobody_else(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    buyer = town.buyer(reference)
    others = [number for name, number in town.people.items() if name != "clerk"]
    for number in others:
        with pytest.raises(Refused, match=r"no open account|hold it already") as refused:
            send(town, exhibit, buyer, to_person=number)
        assert "Person" not in str(refused.value)
    assert town.all(HandOver) == []


def test_to_a_buyer_exhibits_of_others_are_not_there(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    (exhibit,) = town.of(Exhibit, reference)
    mine = town.row(reference).buyer_id
    stranger = next(number for number in town.people.values() if number != mine)
    act = replace(town.buyer(reference), person=stranger)
    with pytest.raises(NotFound) as refused:
        send(town, exhibit, act, to_person=town.people["clerk"])
    assert str(refused.value) == f"There is no exhibit {exhibit.reference}. Check the label."


def test_a_seal_photo_stands_for_one_bag(on_sqlite):
    """Of two bags of a test buy, each needs a photo of its own."""
    town = on_sqlite
    reference, exhibit, photos = ready(town)
    send(town, exhibit, to=CARRIER, tracking_number="SF9", to_desk=True, photos=photos)
    handing_over.withdraw(town.db, town.act(Role.CLERK), exhibit.reference)
    part = resealing.split(
        town.db, town.act(Role.CLERK), exhibit.reference,
        NewExhibit("goods", "The strap", "S-PART"), seal="S-REST",
    )  # fmt: skip
    (strap,) = [each for each in town.of(Exhibit, reference) if each.reference == part]
    with town.refuses("of this exhibit"):
        send(town, strap, to=CARRIER, tracking_number="SF8", to_desk=True, photos=photos)
