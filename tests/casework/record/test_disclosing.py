"""The schedule holds every kind of line, of every test buy of the operator."""

from datetime import timedelta

from casework.buying import ending, requesting
from casework.intake import codes
from casework.intake.codes import NewCode
from casework.record.disclosing import as_data, schedule
from evidence.words import words_of
from rules.brushing import BrushingState
from rules.claims import ClaimMove, ClaimState
from rules.codes import CodeKind
from rules.disclosure import Disclosure
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.lifecycle import EarlyEnd, Stage
from rules.linkage import ProposalState
from rules.pictures import Origin
from rules.pleading import HeadKind, Struck
from rules.raids import RaidState
from rules.referral import DeclineReason, ReferralMove, ReferralState
from rules.roles import Role
from rules.sanctions import SanctionGround, SanctionKind, SanctionMove, SanctionState
from rules.seizures import SourceKind
from rules.shots import Proof
from rules.verdicts import Verdict
from storage.rows import add, change, table_of
from storage.tables import (
    Brushing,
    BrushingEstimate,
    CauseOfAction,
    ChatMessage,
    Claim,
    ClaimCause,
    ClaimHead,
    ClaimPayment,
    ClaimStep,
    ClaimStrike,
    ConductWarning,
    Confirmation,
    Exhibit,
    Identifier,
    Judgment,
    JudgmentHead,
    LinkProposal,
    Photo,
    Raid,
    RaidCorrection,
    RaidSource,
    Referral,
    ReferralCorrection,
    ReferralStep,
    Resemblance,
    Sanction,
    SanctionAppeal,
    SanctionStep,
    SellerPicture,
    Shop,
    Side,
    TestBuy,
    Waiver,
)
from storage.tables import Verdict as VerdictRow
from tests.casework import packaged


def lines(town, shop=1):
    with town.db.read() as tx:
        return schedule(tx, town.shop(shop))


def link(town, *shops):
    """All shops under one operator."""
    with town.db.write() as tx:
        operator = town.shop(shops[0]).operator_id
        for shop in shops[1:]:
            change(
                tx,
                Shop,
                table_of(Shop).c.id == town.shop(shop).id,
                operator_id=operator,
                link_basis="one registrant",
            )


def doubts(town):
    """What speaks for an operator beside its test buys, one of each kind."""
    now, day = town.now, town.now.date()
    person, operator = town.act(Role.ANALYST).person, town.shop(1).operator_id
    recorded = {"recorded_by": person, "recorded_at": now}
    with town.db.write() as tx:
        pair = {"shop_id": town.shop(1).id, "other_id": town.shop(7).id}
        decided = {"decided_by": person, "decided_at": now, "reason": "Two families."}
        add(tx, LinkProposal, **pair, state=ProposalState.REJECTED, raised_at=now, **decided)
        went = {"withdrawn_at": now, "withdrawn_because": "Another person's."}
        add(
            tx, Identifier, shop_id=town.shop(1).id, kind=IdentifierKind.PHONE, value="1",
            normal="1", salt=b"0", confidence=Confidence.PROBABLE, seen_on=day, said_by="A letter",
            state=IdentifierState.WITHDRAWN, **went, **recorded,
        )  # fmt: skip
        sanction = add(
            tx, Sanction, reference="SA-1", shop_id=town.shop(1).id, kind=SanctionKind.WARNED,
            ground=SanctionGround.COUNTERFEIT, state=SanctionState.LIFTED, version=1, clause="C",
            reasons="R", objections_to="O", proposed_by=person, proposed_at=now, changed_at=now,
        )  # fmt: skip
        lifted = {"move": SanctionMove.LIFT, "state": SanctionState.LIFTED}
        add(
            tx, SanctionStep, sanction_id=sanction, number=1, **lifted, said="The invoices fit.",
            by_role=Role.SUPERVISOR, at=now,
        )  # fmt: skip
        appeal = {"number": 1, "received_on": day, "digest": "sha256:1", "media_type": "text/plain"}
        heard = {"decided_at": now, "decided_by": town.people["approver"], "lifted": False}
        upheld = {"reasons": "The invoices are of another year."}
        add(tx, SanctionAppeal, sanction_id=sanction, **appeal, **heard, **upheld, **recorded)
        for number, state in enumerate((ReferralState.DECLINED, ReferralState.WITHDRAWN)):
            ended = add(
                tx, Referral, reference=f"RF-{number}", operator_id=operator, agency_id=1,
                state=state, version=1, key=f"k{number}", grounds=[], drafted_at=now,
                answer="Too little." if number else None, changed_at=now,
            )  # fmt: skip
            if state is ReferralState.DECLINED:
                why = {"words": "Nobody knows.", "decline_reason": DeclineReason.EVIDENCE}
                step = add(
                    tx, ReferralStep, referral_id=ended, happened_on=day, number="", **why,
                    move=ReferralMove.DECLINE_BY_AGENCY, **recorded,
                )  # fmt: skip
                right = {"instead_on": day - timedelta(days=1), "instead_number": "LH-71"}
                asked = {"reason": "Misread.", "asked_by": person, "asked_at": now}
                yes = {"decided_at": now, "decided_by": town.people["approver"], "agreed": True}
                about = {"referral_id": ended, "step_id": step}
                add(tx, ReferralCorrection, **about, **right, **asked, **yes)
        case = add(
            tx, Brushing, reference="BR-1", shop_id=town.shop(1).id, state=BrushingState.OPEN,
            version=1, reasons="Hundreds in a minute.", opened_by=person, opened_at=now,
        )  # fmt: skip
        orders = {"period_start": day, "period_end": day, "orders_low": 100, "orders_high": 240}
        for worth in ({}, {"amount_low_minor": 1, "amount_high_minor": 200, "currency": "CNY"}):
            add(
                tx, BrushingEstimate, brushing_id=case, **orders, **worth, source="Risk team",
                **recorded,
            )  # fmt: skip
        court = {"court": "The court C", "city": "S", "jurisdiction": "CN", "currency": "CNY"}
        about = {"operator_id": operator, "version": 1, "prepared_by": person, **court}
        about |= {"prepared_at": now, "changed_at": now}
        lost = add(tx, Claim, reference="CL-1", state=ClaimState.DISMISSED, **about)
        dismissed = {"move": ClaimMove.DISMISS, "state": ClaimState.DISMISSED}
        add(tx, ClaimStep, claim_id=lost, **dismissed, happened_on=day, said="No.", **recorded)
        judged = add(tx, Claim, reference="CL-2", state=ClaimState.JUDGED, **about)
        word = add(tx, CauseOfAction, name="a cause of its own", source="S", verified=False)
        cause = add(tx, ClaimCause, claim_id=judged, cause_id=word)
        head = {"claim_cause_id": cause, "kind": HeadKind.DAMAGES, "claimed_minor": 2500}
        head_id = add(tx, ClaimHead, claim_id=judged, **head)
        said = {"instance": 1, "judged_on": day, "reasons": "Little was shown.", "digest": "d"}
        judgment = add(tx, Judgment, claim_id=judged, **said, **recorded)
        add(tx, JudgmentHead, judgment_id=judgment, head_id=head_id, awarded_minor=100)
        paid = {"received_on": day, "amount_minor": 9, "struck_at": now, **recorded}
        payment = {
            "what": Struck.PAYMENT,
            "payment_id": add(tx, ClaimPayment, claim_id=judged, **paid),
        }
        asked = {"reason": "Nine, not nineteen.", "asked_by": person, "asked_at": now}
        agreed = {"decided_at": now, "decided_by": town.people["approver"], "agreed": True}
        add(tx, ClaimStrike, claim_id=judged, **payment, **asked, **agreed)
        heard = {"move": ClaimMove.HEAR, "state": ClaimState.HEARD, "happened_on": day}
        docketed = {"move": ClaimMove.DOCKET, "state": ClaimState.DOCKETED, "happened_on": day}
        docketed |= {"docket_number": "No. 17"}
        for told, instead in (
            (heard, {"instead_on": day - timedelta(days=1)}),
            (heard, {}),
            (docketed, {"instead_on": day, "instead_number": "No. 71"}),
        ):
            step = add(tx, ClaimStep, claim_id=judged, **told, **recorded)
            wrong = {"what": Struck.STEP, "step_id": step, **instead}
            add(tx, ClaimStrike, claim_id=judged, **wrong, **asked, **agreed)
        raid = add(
            tx, Raid, reference="RA-1", operator_id=operator, agency_id=1, version=2,
            state=RaidState.CARRIED_OUT, planned_on=day, carried_out_on=day, planned_by=person,
            planned_at=now, ended_by=person, changed_at=now,
        )  # fmt: skip
        days = {"recorded_on": day - timedelta(days=9), "instead_on": day}
        add(tx, RaidCorrection, raid_id=raid, **days, **asked, **agreed)
        for name in ("List 1", "A paper"):
            source = {"kind": SourceKind.PRESS, "name": name, "said_on": day}
            add(tx, RaidSource, raid_id=raid, **source, **recorded)


def test_each_kind_planted_is_in_the_schedule(both, monkeypatch):
    town = both
    counterfeit = town.refer()
    link(town, 1, 2, 3, 4, 5, 6)
    genuine = town.bring(Stage.JUDGED, 2, Verdict.GENUINE)
    grey = town.bring(Stage.JUDGED, 3, Verdict.GREY_MARKET)
    declined = town.request(4)
    requesting.decline(
        town.db,
        town.act(Role.APPROVER),
        declined,
        version=town.version(declined),
        reason="Too dear.",
    )
    gone = town.bring(Stage.ASSIGNED, 5)
    ending.abandon(
        town.db,
        town.act(Role.ANALYST),
        gone,
        version=town.version(gone),
        why=EarlyEnd.LISTING_GONE,
        note="Sold out.",
    )
    open_one = town.request(6)
    elsewhere = town.request(7)
    row = town.row(counterfeit)
    supervisor, clerk = town.act(Role.SUPERVISOR), town.act(Role.CLERK)
    town.later(minutes=1)
    exhibit = town.of(Exhibit, counterfeit)[0].reference
    lot = codes.record(town.db, clerk, exhibit, NewCode(CodeKind.LOT, "L-7"))
    codes.correct(
        town.db, clerk, lot, NewCode(CodeKind.LOT, "L-1"), reason="A one read as a seven."
    )
    photos = town.of(Photo, counterfeit)
    with town.db.write() as tx:
        change(
            tx, Photo, table_of(Photo).c.id == photos[0].id, accepted=False, reasons=["Blurred."]
        )
        shown = {"shop_id": town.shop(1).id, "testbuy_id": row.id}
        resting = add(
            tx, Identifier, **shown, kind=IdentifierKind.PHOTO_REUSE, value="sha256:9",
            normal="~0", salt=b"0", confidence=Confidence.PROBABLE, seen_on=town.now.date(),
            said_by="", state=IdentifierState.RECORDED, recorded_at=town.now,
        )  # fmt: skip
        of_seller = {"digest": "sha256:9", "media_type": "image/jpeg", "width": 9, "height": 9}
        picture = add(
            tx, SellerPicture, public_id="p", **shown, **of_seller, origin=Origin.CHAT,
            pattern="~0", received_at=town.now, identifier_id=resting,
        )  # fmt: skip
        alike = {"photo_id": photos[1].id, "picture_id": picture, "distance": 3}
        add(tx, Resemblance, **alike, found_at=town.now)
        add(
            tx, Waiver, testbuy_id=row.id, shot="R05", reason="It was open already.",
            waived_by=supervisor.person, waived_at=town.now,
        )  # fmt: skip
        for number, agrees in enumerate((False, True)):
            add(
                tx, Confirmation, testbuy_id=row.id, photo_id=photos[1].id, proof=Proof.SEAL,
                agrees=agrees, compared_with="S", note=f"word {number}",
                confirmed_by=clerk.person, confirmed_at=town.now,
            )  # fmt: skip
        change(
            tx, VerdictRow, table_of(VerdictRow).c.sealed_by > 0,
            table_of(VerdictRow).c.value == Verdict.GENUINE, superseded_at=town.now,
        )  # fmt: skip
        message = add(
            tx, ChatMessage, testbuy_id=row.id, said_by=Side.BUYER, language="en",
            text="Is it a replica?", said_at=town.now, recorded_by=clerk.person,
            recorded_at=town.now, salt=b"0" * 16,
        )  # fmt: skip
        add(
            tx, ConductWarning, testbuy_id=row.id, message_id=message, matched=["replica"],
            rule_version="1", verified=False, raised_at=town.now,
        )  # fmt: skip
        change(tx, TestBuy, table_of(TestBuy).c.reference == grey, conclusion=Verdict.INCONCLUSIVE)
    number = packaged.record(town, packaged.harm(text="Lead"))
    packaged.record(town, packaged.harm(), corrects=number, reason="Wrong metal")
    doubts(town)
    found = {(line.reference, line.kind) for line in lines(town)}
    assert found == {
        ("OP-0001", Disclosure.PACKAGE_CORRECTION),
        ("OP-0001", Disclosure.LINK_REJECTED),
        ("OP-0001", Disclosure.LINK_WITHDRAWN),
        ("SA-1", Disclosure.SANCTION_ENDED),
        ("SA-1", Disclosure.OBJECTION),
        ("RF-0", Disclosure.REFERRAL_ENDED),
        ("RF-0", Disclosure.REFERRAL_DAY),
        ("RF-0", Disclosure.REFERRAL_NUMBER),
        ("RF-1", Disclosure.REFERRAL_ENDED),
        ("BR-1", Disclosure.MADE_UP_ORDERS),
        ("BR-1", Disclosure.MADE_UP_FIGURE),
        ("CL-1", Disclosure.CLAIM_ENDED),
        ("CL-2", Disclosure.JUDGMENT),
        ("CL-2", Disclosure.CLAIM_CORRECTION),
        ("CL-2", Disclosure.CLAIM_DAY),
        ("CL-2", Disclosure.CLAIM_DOCKET),
        ("CL-2", Disclosure.CLAIM_STEP),
        ("OP-0001", Disclosure.LINK_IN_DOUBT),
        ("RA-1", Disclosure.RAID_DAY),
        ("RA-1", Disclosure.DIFFERING_SOURCES),
        (town.referral(counterfeit).reference, Disclosure.PACKAGE_WAIVER),
        (counterfeit, Disclosure.COUNTERFEIT_BUY),
        (counterfeit, Disclosure.WAIVER),
        (counterfeit, Disclosure.REFUSED_PHOTO),
        (counterfeit, Disclosure.DISAGREEING_COMPARISON),
        (counterfeit, Disclosure.CORRECTION),
        (counterfeit, Disclosure.CODE_CORRECTION),
        (counterfeit, Disclosure.CONDUCT_WARNING),
        (genuine, Disclosure.OTHER_BUY),
        (genuine, Disclosure.SUPERSEDED_VERDICT),
        (grey, Disclosure.OTHER_BUY),
        (grey, Disclosure.DIFFERING_VERDICT),
        (declined, Disclosure.DECLINED_BUY),
        (gone, Disclosure.ABANDONED_BUY),
        (open_one, Disclosure.UNDECIDED_BUY),
    }
    assert {kind for _, kind in found} == set(Disclosure)
    assert elsewhere not in {line.reference for line in lines(town)}
    for language in ("en", "zh"):
        told = as_data(lines(town), words_of(language))["lines"]
        assert len(told) == len(lines(town))
        assert all(each["sentence"] and each["at"] and each["reference"] for each in told)
    said = " ".join(line.sentence(words_of("en")) for line in lines(town))
    assert "It was open already." in said and "Blurred." in said and "listing gone" in said
    assert "from “L-7” to “L-1”: A one read as a seven." in said
    assert "The court C awarded CNY 1.00 of CNY 25.00 claimed: Little was shown." in said
    assert "(phone) was withdrawn: Another person's." in said
    assert "A sanction (warning) is lifted: The invoices fit." in said
    day = town.now.date()
    objected = f"The seller objected on {day} (document sha256:1) and was told no: The invoices"
    assert objected in said
    assert "A referral to Luohu police was declined for want of evidence: Nobody knows." in said
    assert "A referral to Luohu police was withdrawn: Too little." in said
    assert "Orders of Shop 1 may be made up (open): Hundreds in a minute." in said
    figure = f"From {day} to {day}, 100–240 orders of Shop 1 may be made up"
    assert f"{figure} (worth CNY 0.01 – CNY 2.00), says Risk team." in said
    assert f"{figure} (worth –), says Risk team." in said


def test_a_shop_of_nobody_known_has_its_own_test_buys_alone(on_sqlite):
    first, second = on_sqlite.request(1), on_sqlite.request(2)
    assert [line.reference for line in lines(on_sqlite, 1)] == [first]
    assert [line.reference for line in lines(on_sqlite, 2)] == [second]
