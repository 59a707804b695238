"""Hand-overs through the door, on both databases: two sides, the right seal, and one holder."""

import io

import pytest
from PIL import Image

from casework.custody import custody, handing_over, resealing, storing
from casework.custody.custody import NewExhibit
from casework.custody.handing_over import Giving, Taking
from casework.custody.signing import Signature
from casework.errors import NotFound, Refused
from casework.views.custody import exhibit_page, who_held
from evidence.digests import sha256_of
from rules.custody import Broken, Whereabouts
from rules.holders import Holder, HolderKind
from rules.lifecycle import Stage
from rules.roles import Role
from storage.rows import one
from storage.tables import CustodyEntry, Exhibit, HandOver, SealMismatch

CARRIER = Holder(HolderKind.CARRIER, "SF Express")
POLICE = Holder(HolderKind.POLICE, "Officer Lin, Luohu police")


def strokes(colour=0) -> bytes:
    out = io.BytesIO()
    Image.new("L", (60, 20), colour).save(out, "PNG")
    return out.getvalue()


def bagged(town):
    reference = town.bring(Stage.DOCUMENTED)
    town.later(days=1)
    (exhibit,) = town.of(Exhibit, reference)
    return reference, exhibit


def giving(exhibit, **others):
    said = {
        "seal_out": exhibit.seal_number,
        "purpose": "to the store",
        "place": "the office",
        "condition": "seal intact",
        "weight_grams": 400,
    }
    return Giving(**said | others)


def taking(exhibit, **others):
    said = {"seal_in": exhibit.seal_number, "condition": "seal intact", "place": "the desk"}
    return Taking(**said | others)


def give(town, act, exhibit, **others):
    return handing_over.give(town.db, town.vault, act, exhibit.reference, giving(exhibit, **others))


def rules_broken(town, exhibit):
    page = exhibit_page(town.db, exhibit.reference)
    return {each.rule for each in page.breaks}


def entries(town, exhibit):
    rows = town.all(CustodyEntry)
    return sorted((row for row in rows if row.exhibit_id == exhibit.id), key=lambda row: row.seq)


def bagger(town, exhibit):
    return Holder(HolderKind.PERSON, entries(town, exhibit)[0].to_holder)


def test_a_buyer_hands_over_and_the_clerk_takes_in(both):
    town = both
    reference, exhibit = bagged(town)
    buyer = town.buyer(reference)
    give(town, buyer, exhibit, to_person=town.people["clerk"])
    town.later(minutes=5)
    at = town.now
    assert who_held(town.db, exhibit.reference, at).holder == bagger(town, exhibit)
    storing.take_in(
        town.db, town.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
        place="Shelf 3", condition="seal intact", weight_grams=401,
    )  # fmt: skip
    assert who_held(town.db, exhibit.reference, at).holder.name == "Clerk"
    assert rules_broken(town, exhibit) == set()
    (hand_over,) = town.all(HandOver)
    assert hand_over.completed_at == at


def test_a_take_in_without_the_givers_side_is_found(both):
    town = both
    reference, exhibit = bagged(town)
    town.take_in(reference)
    assert rules_broken(town, exhibit) == {Broken.ONE_SIDED}


def test_nobody_confirms_for_the_other_side(both):
    town = both
    reference, exhibit = bagged(town)
    buyer = town.buyer(reference)
    with town.refuses("not with you"):
        give(town, town.act(Role.CLERK), exhibit, to_person=town.people["supervisor"])
    with town.refuses("hold it already"):
        give(town, buyer, exhibit, to_person=buyer.person)
    for stranger in ("auditor", "supervisor"):
        with town.refuses("no open account", NotFound):
            give(town, buyer, exhibit, to_person=town.people[stranger])
    give(town, buyer, exhibit, to_person=town.people["clerk"])
    handing_over.take(town.db, town.act(Role.CLERK), exhibit.reference, taking(exhibit))
    clerk = town.act(Role.CLERK)
    give(town, clerk, exhibit, to_person=town.people["supervisor"])
    for act in (buyer, clerk):
        with town.refuses("Nobody confirms for the other side"):
            handing_over.take(town.db, act, exhibit.reference, taking(exhibit))
    with town.refuses("handed to Supervisor"):
        town.take_in(reference)
    with pytest.raises(Refused, match="confirms as themselves"):
        handing_over.sign(
            town.db, town.vault, clerk, exhibit.reference, taking(exhibit),
            Signature("Supervisor", strokes(), on_glass=True),
        )  # fmt: skip
    with town.refuses("being handed over"):
        give(town, clerk, exhibit, to_person=town.people["supervisor"])
    with town.refuses("Only who opened"):
        handing_over.withdraw(town.db, town.act(Role.SUPERVISOR), exhibit.reference)
    handing_over.take(town.db, town.act(Role.SUPERVISOR), exhibit.reference, taking(exhibit))
    assert rules_broken(town, exhibit) == set()


def test_a_withdrawn_hand_over_leaves_it_with_the_giver(both):
    town = both
    reference, exhibit = bagged(town)
    buyer = town.buyer(reference)
    give(town, buyer, exhibit, to_person=town.people["clerk"])
    handing_over.withdraw(town.db, buyer, exhibit.reference)
    with town.refuses("Nobody is handing"):
        handing_over.take(town.db, town.act(Role.CLERK), exhibit.reference, taking(exhibit))
    assert who_held(town.db, exhibit.reference, town.now).holder == bagger(town, exhibit)


def test_a_wrong_seal_is_refused_at_each_side_and_recorded(both):
    town = both
    reference, exhibit = bagged(town)
    buyer = town.buyer(reference)
    with pytest.raises(Refused, match="does not match"):
        give(town, buyer, exhibit, to_person=town.people["clerk"], seal_out="X1")
    give(town, buyer, exhibit, to_person=town.people["clerk"])
    clerk = town.act(Role.CLERK)
    with pytest.raises(Refused, match="does not match"):
        handing_over.take(town.db, clerk, exhibit.reference, taking(exhibit, seal_in="X2"))
    assert [row.read for row in town.all(SealMismatch)] == ["X1", "X2"]
    assert len(entries(town, exhibit)) == 1
    assert [each.read for each in exhibit_page(town.db, exhibit.reference).mismatches] == [
        "X1",
        "X2",
    ]


def test_a_consignment_is_the_carriers_until_its_in_seal(both):
    town = both
    reference, exhibit = bagged(town)
    buyer = town.buyer(reference)
    with town.refuses("tracking number"):
        give(town, buyer, exhibit, to=CARRIER)
    give(town, buyer, exhibit, to=CARRIER, tracking_number="SF77")
    glass = strokes()
    handing_over.sign(
        town.db, town.vault, buyer, exhibit.reference, taking(exhibit),
        Signature("Courier Wu", glass, on_glass=True),
    )  # fmt: skip
    sent = town.now
    town.later(days=2)
    answer = who_held(town.db, exhibit.reference, town.now)
    assert (answer.holder, answer.tracking_number) == (CARRIER, "SF77")
    clerk = town.act(Role.CLERK)
    said = {"seal_number": exhibit.seal_number, "place": "Shelf 3", "condition": "intact"}
    with town.refuses("comes from SF Express"):
        storing.take_in(town.db, clerk, exhibit.reference, **said)
    storing.take_in(town.db, clerk, exhibit.reference, tracking_number="SF77", **said)
    assert who_held(town.db, exhibit.reference, sent).holder == CARRIER
    assert rules_broken(town, exhibit) == set()
    signed = entries(town, exhibit)[1]
    assert signed.to_signature == sha256_of(glass)
    assert town.vault.read(signed.to_signature) == glass


def test_the_police_sign_and_give_back_by_a_receipt(both):
    town = both
    reference, exhibit = bagged(town)
    town.take_in(reference)
    clerk = town.act(Role.CLERK)
    give(town, clerk, exhibit, to=POLICE, purpose="to the police")
    with town.refuses("not a picture"):
        handing_over.sign(
            town.db, town.vault, clerk, exhibit.reference, taking(exhibit),
            Signature("Lin", b"<svg>", on_glass=True),
        )  # fmt: skip
    with town.refuses("Write the name"):
        handing_over.sign(
            town.db, town.vault, clerk, exhibit.reference, taking(exhibit),
            Signature(" ", strokes(), on_glass=True),
        )  # fmt: skip
    handing_over.sign(
        town.db, town.vault, clerk, exhibit.reference, taking(exhibit, utc_offset_minutes=480),
        Signature("Lin", b"\xff\xd8\xff receipt", on_glass=False),
    )  # fmt: skip
    assert who_held(town.db, exhibit.reference, town.now).holder == POLICE
    town.later(days=9)
    clerk = town.act(Role.CLERK)
    with town.refuses("signs for handing it over"):
        handing_over.take_from_outside(
            town.db, town.vault, clerk, exhibit.reference, taking(exhibit)
        )
    handing_over.take_from_outside(
        town.db, town.vault, clerk, exhibit.reference, taking(exhibit),
        signature=Signature("Lin", strokes(9), on_glass=True),
    )  # fmt: skip
    assert rules_broken(town, exhibit) == {Broken.ONE_SIDED}  # the intake's alone
    assert entries(town, exhibit)[2].utc_offset_minutes == 480


def test_nothing_crosses_a_border_without_a_customs_letter(both):
    town = both
    reference, exhibit = bagged(town)
    buyer = town.buyer(reference)
    abroad = {"to": CARRIER, "tracking_number": "SF1", "crosses_border": True}
    with town.refuses("customs letter"):
        give(town, buyer, exhibit, **abroad)
    letter = b"%PDF-1.7 letter"
    give(town, buyer, exhibit, **abroad, customs_letter=letter)
    (hand_over,) = town.all(HandOver)
    assert town.vault.read(hand_over.customs_letter) == letter


def test_a_part_has_a_seal_of_its_own_and_the_rest_a_new_one(both):
    town = both
    reference, exhibit = bagged(town)
    town.take_in(reference)
    clerk = town.act(Role.CLERK)
    part = NewExhibit("hologram", "Its hologram", "P-1", weight_grams=2)
    with town.refuses("a seal each"):
        resealing.split(town.db, clerk, exhibit.reference, part, seal="P-1")
    with town.refuses("taken by another"):
        resealing.split(town.db, clerk, exhibit.reference, part, seal=exhibit.seal_number)
    assert resealing.split(town.db, clerk, exhibit.reference, part, seal="R-1") == (
        f"{exhibit.reference}/1"
    )
    with town.refuses("a part already"):
        resealing.split(
            town.db, clerk, f"{exhibit.reference}/1", NewExhibit("label", "x", "P-2"), seal="R-2"
        )
    with town.db.read() as tx:
        whole = one(tx, Exhibit, id=exhibit.id)
        split = one(tx, Exhibit, part_of=exhibit.id)
        assert not custody.exhibits_outside(tx, exhibit.testbuy_id)
    assert (whole.seal_number, split.seal_number, split.kind) == ("R-1", "P-1", "hologram")
    assert rules_broken(town, split) == set()
    assert rules_broken(town, whole) == {Broken.ONE_SIDED}


def test_a_seal_that_was_broken_closes_no_bag_again(both):
    town = both
    reference, exhibit = bagged(town)
    town.take_in(reference)
    clerk = town.act(Role.CLERK)
    resealing.reseal(town.db, clerk, exhibit.reference, seal="R-1", purpose="looked inside")
    with town.refuses("taken by another"):
        resealing.reseal(
            town.db, clerk, exhibit.reference, seal=exhibit.seal_number, purpose="again"
        )


def test_who_held_it_before_it_was_an_exhibit(both):
    town = both
    before = town.now
    town.later(days=3)
    _, exhibit = bagged(town)
    answer = who_held(town.db, exhibit.reference, before)
    assert (answer.state, answer.holder) == (Whereabouts.NOT_YET, None)
    with pytest.raises(NotFound):
        who_held(town.db, "ZZ/99", before)
