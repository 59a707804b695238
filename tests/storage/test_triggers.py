"""What is written once stays as it was written: attacks on a migrated database that holds rows."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from evidence.ledger import genesis, link, verify
from rules.audience import Level, MaskKind
from rules.brushing import BrushingState
from rules.capturing import PageKind
from rules.claims import ClaimMove, ClaimState
from rules.codes import CodeKind, CodeSource
from rules.completeness import Item
from rules.holders import ExhibitKind, HolderKind, Method, Vouched
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.lifecycle import Move, Stage
from rules.package import HarmKind, KnowledgeKind, PremisesKind
from rules.pictures import Origin
from rules.pleading import AllocatedTo, HeadKind, ReliefKind, Struck
from rules.raids import Fate, MetAs, PaperKind, PlaceKind, RaidState, TakesPart
from rules.references import ReferenceKind
from rules.referral import ReferralMove, ReferralState
from rules.resting import RestsOn
from rules.roles import Role
from rules.sanctions import SanctionGround, SanctionKind, SanctionMove, SanctionState
from rules.seizures import Precision, SourceKind
from rules.shotlists import Change
from rules.shots import Proof
from rules.verdicts import Aspect, FindingCode, Severity
from rules.verdicts import Verdict as VerdictWord
from storage import ledger, migrations
from storage.rows import add, change, one, table_of
from storage.tables import (
    Agency,
    AgencyCertificate,
    Anchor,
    AnchoredHead,
    AnchorStamp,
    Brand,
    Brushing,
    BrushingEstimate,
    Buyer,
    CauseOfAction,
    ChatMessage,
    ChatTranslation,
    Claim,
    ClaimAllocation,
    ClaimCause,
    ClaimContributor,
    ClaimHead,
    ClaimPayment,
    ClaimProofWaiver,
    ClaimRelief,
    ClaimStep,
    ClaimStrike,
    ConductRemark,
    ConductWarning,
    Confirmation,
    CustodyEntry,
    Examination,
    ExaminationPhoto,
    ExaminationState,
    Exhibit,
    ExhibitCode,
    FiguresChoice,
    Finding,
    FindingMark,
    FollowUp,
    FoundSeller,
    GenuinePriceRow,
    GoodwillProof,
    HarmRow,
    HoldLift,
    Identifier,
    IdentityCommitment,
    Judgment,
    JudgmentHead,
    JudgmentRelief,
    Kit,
    KitAnswer,
    KitCard,
    KitGiving,
    KitPart,
    KnowledgeRow,
    LedgerRow,
    LegalHold,
    Listing,
    Look,
    LotSample,
    Mask,
    MaskRegion,
    MoveRecord,
    NotaryCertificate,
    NotaryCheck,
    OpeningReading,
    OpeningRequest,
    Operator,
    OutcomeReview,
    PackageWaiver,
    PageCapture,
    Person,
    Photo,
    PremisesRow,
    Product,
    Raid,
    RaidCorrection,
    RaidPaper,
    RaidParticipant,
    RaidPerson,
    RaidPersonFate,
    RaidPlace,
    RaidSource,
    ReferenceEntry,
    Referral,
    ReferralCorrection,
    ReferralReview,
    ReferralStep,
    Release,
    ReleaseApproval,
    RightsHolder,
    RightsRow,
    SalesSnapshot,
    Sanction,
    SanctionAppeal,
    SanctionNotice,
    SanctionStep,
    SanctionTestBuy,
    SealMismatch,
    SeizureImport,
    SeizureLine,
    SellerPicture,
    ShotListChange,
    ShownPhoto,
    Side,
    SigningCertificate,
    StatementScan,
    SupersededNotice,
    TestBuy,
    UndertakingRow,
    Verdict,
    Wakeup,
    WakeupAgain,
)
from storage.tables.columns import Instant
from storage.triggers import HELD

TABLES = [held.table for held in HELD]
VERDICT = table_of(Verdict).c


@pytest.fixture
def held(database, now, add_testbuy):
    """A migrated database with a row or more in every table that is held."""
    with database.write() as tx:
        fill(tx, now, add_testbuy(tx, "TB-1"))
    return database


def fill_library(tx, now, listing, person):
    added = {"added_by": person, "added_at": now}
    about = {"brand_id": listing.brand_id, "category_id": listing.category_id}
    product = add(tx, Product, **about, name="Watch", **added)
    entry = {"kind": next(iter(ReferenceKind)), "title": "T", "text": "", **added}
    add(tx, ReferenceEntry, public_id="r", product_id=product, number=1, version=1, **entry)


def fill_seals(tx, now):
    anchor = add(
        tx, Anchor, size=2, root="sha256:0", previous="-", statement="{}", through=0, made_at=now
    )
    head = {"subject": "TB-1", "seq": 1, "head": b"0" * 32, "leaf": "{}"}
    add(tx, AnchoredHead, anchor_id=anchor, leaf_index=1, **head)
    stamp = {"authority": "A", "answer": b"0", "stamped_at": now, "received_at": now}
    add(tx, AnchorStamp, anchor_id=anchor, **stamp)
    names = {"fingerprint": "0", "subject": "CN=A", "issuer": "CN=A", "serial": "1", "pem": "P"}
    add(tx, SigningCertificate, demo=False, not_after=now, added_at=now, **names)


def fill_disclosure(tx, now, testbuy, photo, person):
    made = {"digest": "sha256:1", "made_from": "sha256:0"}
    mask = add(tx, Mask, photo_id=photo, version=1, **made, marked_by=person, marked_at=now)
    edges = {"left": 0, "top": 0, "right": 1, "bottom": 1}
    add(tx, MaskRegion, mask_id=mask, kind=MaskKind.PHONE, **edges)
    add(tx, Buyer, person_id=person, region="CN", capacity=1)
    about = {"testbuy_id": testbuy, "buyer_id": person, "commitment": "sha256:2"}
    add(tx, IdentityCommitment, **about, committed_at=now)
    asked = {"reason": "R", "asked_by": person, "asked_at": now}
    release = add(tx, Release, level=Level.FULL, testbuy_id=testbuy, **asked)
    approval = {"person_id": person, "role": Role.APPROVER, "approved_at": now}
    add(tx, ReleaseApproval, release_id=release, **approval)
    agency = add(tx, Agency, name="P", jurisdiction="CN")
    kept = {"pem": "", "fingerprint": "", "added_by": person, "added_at": now}
    add(tx, AgencyCertificate, agency_id=agency, **kept)
    placed = {"placed_by": person, "placed_as": Role.COUNSEL, "placed_at": now}
    hold = add(tx, LegalHold, testbuy_id=testbuy, reason="R", **placed)
    lifted = {"lifted_by": person, "lifted_as": Role.COUNSEL, "lifted_at": now}
    add(tx, HoldLift, hold_id=hold, reason="R", **lifted)
    owed = {"id": "w", "testbuy_id": testbuy, "cause": "request", "due_at": now}
    add(tx, Wakeup, **owed, created_at=now)
    again = {"wakeup_id": "w", "attempt": 2, "why": "R", "asked_by": person, "asked_at": now}
    add(tx, WakeupAgain, testbuy_id=testbuy, **again)
    commitment = tx.execute(table_of(IdentityCommitment).select()).one()
    asking = add(tx, OpeningRequest, commitment_id=commitment.id, **asked)
    add(tx, OpeningReading, request_id=asking, read_at=now)
    seen = {"attempt": 1, "what": PageKind.LISTING, "url": "https://shop.example/1"}
    add(tx, PageCapture, testbuy_id=testbuy, **seen, intended_at=now)
    fill_pictures(tx, now, testbuy)


def fill_pictures(tx, now, testbuy):
    """A picture that no other shop shows yet, and an identifier that it may come to stand for."""
    shop = one(tx, TestBuy, id=testbuy).shop_id
    tells = {"kind": IdentifierKind.PHOTO_REUSE, "value": "V", "normal": "~", "salt": b"0"}
    sure = {"confidence": Confidence.CERTAIN, "seen_on": now.date(), "recorded_at": now}
    about = {"testbuy_id": testbuy, "shop_id": shop}
    add(tx, Identifier, **about, **tells, **sure, state=IdentifierState.RECORDED)
    bytes_of = {"digest": "sha256:0", "media_type": "image/jpeg", "width": 900, "height": 800}
    shown = {"origin": Origin.LISTING, "pattern": "~0", "received_at": now}
    add(tx, SellerPicture, public_id="s", **about, **bytes_of, **shown)


def fill_raid(tx, now, person):
    """What a raid came to, one row of each table; its operator and agency are there."""
    operator = tx.execute(table_of(Operator).select()).one()
    agency = tx.execute(table_of(Agency).select()).one()
    about = {"operator_id": operator.id, "agency_id": agency.id, "planned_on": now.date()}
    stands = {"state": RaidState.CARRIED_OUT, "carried_out_on": now.date(), "version": 2}
    stands |= {"ended_by": person}
    made = {"planned_by": person, "planned_at": now, "changed_at": now}
    raid = add(tx, Raid, reference="RA-1", **about, **stands, **made)
    days = {"recorded_on": now.date(), "instead_on": now.date() - timedelta(days=1)}
    add(tx, RaidCorrection, raid_id=raid, **days, reason="R", asked_by=person, asked_at=now)
    added = {"added_by": person, "added_at": now}
    recorded = {"recorded_by": person, "recorded_at": now}
    where = {"kind": PlaceKind.BUSINESS, "address": "A", "salt": b"0"}
    place = add(tx, RaidPlace, raid_id=raid, **where, **added)
    who = {"name": "N", "salt": b"0", "met_as": MetAs.SELLER}
    met = add(tx, RaidPerson, raid_id=raid, place_id=place, **who, **added)
    add(tx, RaidPersonFate, met_id=met, fate=Fate.LET_GO, as_of=now.date(), **recorded)
    add(tx, RaidParticipant, raid_id=raid, role=TakesPart.POLICE, organisation="O", **added)
    said = {"kind": SourceKind.PRESS, "name": "P", "said_on": now.date()}
    source = add(tx, RaidSource, raid_id=raid, **said, **recorded)
    of = {"raid_id": raid, "source_id": source}
    imported = {"imported_by": person, "imported_at": now}
    add(tx, SeizureImport, **of, digest="sha256:0", lines=1, **imported)
    goods = {"kind": ExhibitKind.GOODS, "description": "D", "quantity": 3, "unit": "pieces"}
    line = add(tx, SeizureLine, **of, **goods, precision=Precision.EXACTLY, **recorded)
    add(tx, FiguresChoice, **of, reason="R", chosen_by=person, chosen_at=now)
    file = {"kind": PaperKind.PHOTO, "title": "T", "digest": "sha256:0", "size": 1}
    handed = {"media_type": "image/jpeg", "handed_in_by": person, "handed_in_at": now}
    add(tx, RaidPaper, raid_id=raid, **file, **handed)
    drawn = {"lot": 3, "examined": 1, "fake": 1, "examiner": "E", "examined_on": now.date()}
    add(tx, LotSample, line_id=line, **drawn, **recorded)
    found = {"basis": "B", "found_by": person, "found_at": now}
    add(tx, FoundSeller, raid_id=raid, operator_id=operator.id, **found)


def fill_package(tx, now, operator, referral):
    person = tx.execute(table_of(Person).select()).first().id
    brand = tx.execute(table_of(Brand).select()).first().id
    holder = tx.execute(table_of(RightsHolder).select()).first().id
    said = {"source": "S", "recorded_by": person, "recorded_at": now}
    about, day = {"operator_id": operator, **said}, date(2026, 1, 1)
    add(tx, HarmRow, kind=HarmKind.SAFETY, text="T", **about)
    add(tx, PremisesRow, kind=PremisesKind.BUSINESS, happens="H", **about)
    add(tx, KnowledgeRow, kind=KnowledgeKind.CHAT, text="T", known_on=day, **about)
    who = {"person": "P", "position": "P", "given_on": day}
    add(tx, UndertakingRow, rights_holder_id=holder, **who, **about)
    let_go = {"reason": "R", "waived_by": person, "waived_as": Role.APPROVER, "waived_at": now}
    step = {"move": ReferralMove.RAID, "happened_on": day, "recorded_at": now}
    wrong = add(tx, ReferralStep, referral_id=referral, **step)
    asked = {"instead_number": "N", "reason": "R", "asked_by": person, "asked_at": now}
    add(tx, ReferralCorrection, referral_id=referral, step_id=wrong, **asked)
    add(tx, PackageWaiver, referral_id=referral, part=Item.HARM, **let_go)
    signs = {"signatory": "S", "authority": "A", "valid_until": day, **said}
    add(tx, RightsRow, brand_id=brand, registration="1", classes="14", territory="CN", **signs)


def fill_superseded(tx, now, testbuy, verdict):
    agency = tx.execute(table_of(Agency).select()).one()
    operator = add(tx, Operator, reference="OP-1", name="O", created_at=now)
    referral = add(
        tx,
        Referral,
        reference="RF-1",
        operator_id=operator,
        agency_id=agency.id,
        state=ReferralState.SENT,
        version=1,
        key="k",
        drafted_at=now,
        changed_at=now,
    )
    fill_package(tx, now, operator, referral)
    about = {"verdict_id": verdict, "testbuy_id": testbuy}
    add(tx, SupersededNotice, key="n", **about, agency_id=agency.id, text="T", created_at=now)
    add(tx, OutcomeReview, **about, rests=RestsOn.CLOSING, opened_at=now)
    add(tx, ReferralReview, referral_id=referral, verdict_id=verdict, opened_at=now)
    fill_claims(tx, now, operator)


def fill_claims(tx, now, operator):
    person = tx.execute(table_of(Person).select()).first().id
    court = {"court": "C", "city": "S", "jurisdiction": "CN", "currency": "CNY", "version": 1}
    made = {"prepared_by": person, "prepared_at": now, "changed_at": now}
    said = {"reference": "CL-1", "operator_id": operator, "state": ClaimState.JUDGED}
    of = {"claim_id": add(tx, Claim, **said, **court, **made)}
    recorded = {"recorded_by": person, "recorded_at": now}
    add(tx, ClaimContributor, **of, person_id=person)
    step = {"move": ClaimMove.JUDGE, "state": ClaimState.JUDGED, "happened_on": now.date()}
    add(tx, ClaimStep, **of, **step, **recorded)
    word = {"name": "W", "source": "S", "verified": False}
    proof = add(tx, GoodwillProof, **word)
    add(tx, ClaimProofWaiver, **of, proof_id=proof, reason="R", waived_by=person, waived_at=now)
    cause = add(tx, ClaimCause, **of, cause_id=add(tx, CauseOfAction, **word))
    head = {"claim_cause_id": cause, "kind": HeadKind.DAMAGES, "claimed_minor": 2}
    head_id, relief = (
        add(tx, ClaimHead, **of, **head),
        add(tx, ClaimRelief, **of, kind=ReliefKind.APOLOGY),
    )
    day = {"instance": 1, "judged_on": now.date(), "reasons": "R", "digest": "d"}
    judgment = add(tx, Judgment, **of, **day, **recorded)
    add(tx, JudgmentHead, judgment_id=judgment, head_id=head_id, awarded_minor=1)
    add(tx, JudgmentRelief, judgment_id=judgment, relief_id=relief, granted=True)
    paid = add(tx, ClaimPayment, **of, received_on=now.date(), amount_minor=1, **recorded)
    asked = {"reason": "R", "asked_by": person, "asked_at": now}
    add(tx, ClaimStrike, **of, what=Struck.PAYMENT, payment_id=paid, **asked)
    spent = {"to": AllocatedTo.COSTS, "amount_minor": 1, "allocated_on": now.date()}
    add(tx, ClaimAllocation, **of, **spent, **recorded)


def fill_sanctions(tx, now, shop, testbuy, person):
    sanction = add(
        tx,
        Sanction,
        reference="SA-1",
        shop_id=shop,
        kind=SanctionKind.WARNED,
        ground=SanctionGround.COUNTERFEIT,
        state=SanctionState.PROPOSED,
        version=1,
        clause="C",
        reasons="R",
        objections_to="O",
        proposed_by=person,
        proposed_at=now,
        changed_at=now,
    )
    add(tx, SanctionTestBuy, sanction_id=sanction, testbuy_id=testbuy, added_by=person)
    step = {"number": 1, "move": SanctionMove.PROPOSE, "state": SanctionState.PROPOSED}
    add(tx, SanctionStep, sanction_id=sanction, **step, by_role=Role.ANALYST, at=now)
    given = {"language": "en", "digest": "sha256:0", "given_by": "mail", "made_at": now}
    add(tx, SanctionNotice, sanction_id=sanction, **given)
    came = {"number": 1, "received_on": date(2026, 1, 1), "digest": "sha256:1"}
    add(
        tx,
        SanctionAppeal,
        sanction_id=sanction,
        **came,
        media_type="text/plain",
        recorded_by=person,
        recorded_at=now,
    )
    opened = {"state": BrushingState.OPEN, "version": 1, "opened_by": person, "opened_at": now}
    case = add(tx, Brushing, reference="BR-1", shop_id=shop, reasons="R", **opened)
    add(
        tx,
        BrushingEstimate,
        brushing_id=case,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 2, 1),
        orders_low=1,
        orders_high=2,
        source="S",
        recorded_by=person,
        recorded_at=now,
    )
    followed = {"launched_by": person, "launched_at": now}
    add(tx, FollowUp, testbuy_id=testbuy, sanction_id=sanction, **followed)


def fill(tx, now, testbuy):
    listing = tx.execute(table_of(Listing).select()).one()
    person = add(tx, Person, name="A", email="a@example.org", created_at=now)
    for event in range(3):
        ledger.append(tx, "TB-1", {"event": event}, now)
    ledger.append(tx, "TB-2", {"event": 0}, now)
    fill_seals(tx, now)
    add(tx, Look, person_id=person, route="dossier", subject="TB-1", looked_at=now)
    add(
        tx,
        MoveRecord,
        testbuy_id=testbuy,
        version=1,
        move=Move.REQUEST,
        target=Stage.REQUESTED,
        moved_at=now,
        by_role=Role.ANALYST,
    )
    add(
        tx,
        SalesSnapshot,
        shop_id=listing.shop_id,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 2, 1),
        amount_minor=1,
        currency="CNY",
        source="S",
        taken_at=now,
    )
    add(
        tx,
        GenuinePriceRow,
        brand_id=listing.brand_id,
        product="Watch",
        amount_minor=1,
        currency="CNY",
        source="S",
        verified=False,
        valid_from=date(2026, 1, 1),
        added_at=now,
    )
    made = {"version": 2, "change": Change.REQUIRE, "shot": "I06", "made_at": now}
    add(tx, ShotListChange, category_id=listing.category_id, **made)
    fill_what_was_said(tx, now, testbuy, person)
    exhibit = add(
        tx,
        Exhibit,
        testbuy_id=testbuy,
        reference="AS/1",
        kind="goods",
        description="",
        seal_number="S1",
        created_at=now,
    )
    add(
        tx,
        CustodyEntry,
        exhibit_id=exhibit,
        seq=1,
        from_kind=HolderKind.PARCEL,
        from_holder="parcel",
        to_kind=HolderKind.PERSON,
        to_holder="A",
        method=Method.IN_PLACE,
        place="",
        purpose="bag and tag",
        seal_out="S1",
        seal_in="S1",
        condition="sealed",
        given_at=now,
        handed_at=now,
        from_vouched=Vouched.ACCOUNT,
        to_vouched=Vouched.ACCOUNT,
        by_person=person,
    )
    add(tx, SealMismatch, exhibit_id=exhibit, due="S1", read="S2", found_by=person, found_at=now)
    examination = add(
        tx,
        Examination,
        public_id="e1",
        testbuy_id=testbuy,
        exhibit_id=exhibit,
        brand_id=listing.brand_id,
        basis="physical",
        state=ExaminationState.SEALED,
        photos_digest="sha256:0",
        opened_at=now,
    )
    photo = add(
        tx,
        Photo,
        public_id="p1",
        testbuy_id=testbuy,
        shot="I01",
        digest="sha256:0",
        size=1,
        media_type="image/jpeg",
        width=1,
        height=1,
        readable=True,
        accepted=True,
        original_name="",
        received_by=person,
        received_at=now,
    )
    add(tx, ExaminationPhoto, examination_id=examination, photo_id=photo)
    fill_disclosure(tx, now, testbuy, photo, person)
    add(
        tx,
        ExhibitCode,
        testbuy_id=testbuy,
        exhibit_id=exhibit,
        brand_id=listing.brand_id,
        kind=CodeKind.SERIAL,
        text="A1",
        key="A1",
        source=CodeSource.CLERK,
        recorded_by=person,
        recorded_at=now,
    )
    add(
        tx,
        Confirmation,
        testbuy_id=testbuy,
        photo_id=photo,
        proof=Proof.SEAL,
        agrees=True,
        compared_with="S1",
        note="",
        confirmed_by=person,
        confirmed_at=now,
    )
    words = (
        "confidence", "method", "reasons", "limits", "conflict_statement", "digest",
        "qualification", "authority", "reference_samples", "seals_seen",
    )  # fmt: skip
    verdict = add(
        tx,
        Verdict,
        examination_id=examination,
        value=VerdictWord.GENUINE,
        sealed_by=person,
        given_at=now,
        sealed_at=now,
        **dict.fromkeys(words, ""),
    )
    add(tx, ShownPhoto, verdict_id=verdict, photo_id=photo, digest="sha256:0")
    fill_library(tx, now, listing, person)
    fill_superseded(tx, now, testbuy, verdict)
    fill_raid(tx, now, person)
    fill_sanctions(tx, now, listing.shop_id, testbuy, person)
    finding = add(
        tx,
        Finding,
        verdict_id=verdict,
        aspect=next(iter(Aspect)),
        code=next(iter(FindingCode)),
        severity=next(iter(Severity)),
        note="",
    )
    edges = {"left": 0, "top": 0, "right": 10, "bottom": 10}
    add(tx, FindingMark, finding_id=finding, photo_id=photo, **edges)
    add(
        tx,
        StatementScan,
        verdict_id=verdict,
        digest="sha256:" + "5" * 64,
        media_type="application/pdf",
        size=5,
        names_place=False,
        handed_in_by=person,
        handed_in_as=Role.CLERK,
        handed_in_at=now,
    )


def fill_what_was_said(tx, now, testbuy, person):
    recorded = {"recorded_by": person, "recorded_at": now}
    message = add(
        tx,
        ChatMessage,
        testbuy_id=testbuy,
        said_by=Side.BUYER,
        language="en",
        text="Is it fake?",
        salt=b"0",
        said_at=now,
        **recorded,
    )
    add(
        tx,
        ChatTranslation,
        message_id=message,
        language="zh",
        text="T",
        translator="W",
        **recorded,
    )
    warning = add(
        tx,
        ConductWarning,
        testbuy_id=testbuy,
        message_id=message,
        matched=["fake"],
        rule_version="1",
        verified=False,
        raised_at=now,
    )
    add(tx, ConductRemark, warning_id=warning, text="T", written_by=person, written_at=now)
    add(tx, KitCard, testbuy_id=testbuy, number="K1", **recorded)
    kit = add(tx, Kit, number="K-1", prepared_by=person, prepared_at=now)
    add(tx, KitPart, kit_id=kit, kind="seal_bags", first="S1", last="S9")
    giving = {"kit_id": kit, "given_by": person, "to_person": person, "place": "P"}
    number = add(tx, KitGiving, **giving, given_at=now)
    answer = {"giving_id": number, "confirmed": True, "condition": "whole"}
    add(tx, KitAnswer, **answer, answered_by=person, answered_at=now)
    certificate = add(
        tx,
        NotaryCertificate,
        testbuy_id=testbuy,
        office="O",
        number="1",
        issued_on=date(2026, 1, 1),
        covers="C",
        digest="sha256:0",
        media_type="application/pdf",
        handed_in_by=person,
        handed_in_at=now,
    )
    said = {"in_order": True, "remark": "R", "checked_by": person, "checked_at": now}
    add(tx, NotaryCheck, certificate_id=certificate, **said)


def attack(db, *statements):
    """Run raw statements in a transaction; True where the last of them was refused."""
    try:
        with db.write() as tx:
            for statement in statements:
                tx.exec_driver_sql(statement)
    except sa.exc.IntegrityError:
        return True
    return False


def columns(table):
    return [column.name for column in TestBuy.metadata.tables[table].columns]


def test_no_column_of_a_held_row_can_be_changed(held):
    for table in TABLES:
        for column in columns(table):
            assert attack(held, f'UPDATE {table} SET "{column}" = "{column}"'), (table, column)


def test_no_held_row_can_be_removed(held):
    for table in TABLES:
        assert attack(held, f"DELETE FROM {table}"), table


def test_no_held_row_can_be_replaced(sqlite_database, now, add_testbuy):
    with sqlite_database.write() as tx:
        fill(tx, now, add_testbuy(tx, "TB-1"))
    for table in TABLES:
        replaced = attack(sqlite_database, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        assert replaced, table


def test_a_ledger_entry_can_not_be_replaced_by_way_of_a_connection_that_knows_no_pragma(
    sqlite_database, now
):
    with sqlite_database.write() as tx:
        ledger.append(tx, "TB-1", {"event": 0}, now)
        other = ledger.append(tx, "TB-2", {"event": 0}, now)
    insert = "INSERT OR REPLACE INTO ledger (subject, seq, prev, hash, body) VALUES (?, ?, ?, ?, ?)"
    last = link("TB-1", 1, genesis("TB-1"), {"event": 0}, now)
    with closing(sqlite3.connect(sqlite_database.engine.url.database)) as plain:
        for seq, prev, digest in [(1, last.prev, b"\1" * 32), (2, last.hash, other.hash)]:
            with pytest.raises(sqlite3.IntegrityError, match="does not follow"):
                plain.execute(insert, ("TB-1", seq, prev, digest, b"{}"))
        # The number of another subject's entry, which REPLACE would take away for it.
        taken = insert.replace("(subject", "(id, subject").replace("(?,", "(2, ?,")
        with pytest.raises(sqlite3.IntegrityError, match="does not follow"):
            plain.execute(taken, ("TB-1", 2, last.hash, b"\2" * 32, b"{}"))


def test_postgresql_refuses_truncate_and_a_replica_that_skips_triggers(
    postgresql_database, now, add_testbuy
):
    db = postgresql_database
    with db.write() as tx:
        fill(tx, now, add_testbuy(tx, "TB-1"))
    skipping = "SET LOCAL session_replication_role = replica"
    for table in TABLES:
        column = columns(table)[0]
        assert attack(db, f"TRUNCATE {table} CASCADE"), table
        assert attack(db, skipping, f"TRUNCATE {table} CASCADE"), table
        assert attack(db, skipping, f"DELETE FROM {table}"), table
        assert attack(db, skipping, f"UPDATE {table} SET {column} = {column}"), table
    values = "SELECT 'TB-1', 9, prev, sha256(body), body FROM ledger LIMIT 1"
    entry = f"INSERT INTO ledger (subject, seq, prev, hash, body) {values}"
    assert attack(db, skipping, entry)


def forge(db, **changed):
    """Add an entry 4 of TB-1 with something wrong with it; True where it was refused."""
    with db.read() as tx:
        *_, last = ledger.chain(tx, "TB-1")
    made = {"subject": "TB-1", "seq": 4, "prev": last.hash, "body": b"{}"} | changed
    digest = hashlib.sha256(b"\x01" + made["prev"] + made["body"]).digest()
    try:
        with db.write() as tx:
            tx.execute(table_of(LedgerRow).insert().values({"hash": digest} | made))
    except sa.exc.IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 3},
        {"seq": 5},
        {"seq": 0},
        {"subject": "TB-3", "seq": 2},
        {"prev": bytes(32)},
        {"prev": b"short"},
        {"hash": b"short"},
    ],
    ids=str,
)
def test_an_entry_that_does_not_follow_from_the_last_is_refused(held, wrong):
    assert forge(held, **wrong)


def test_postgresql_recomputes_the_hash_of_an_entry(postgresql_database, now):
    with postgresql_database.write() as tx:
        for event in range(3):
            ledger.append(tx, "TB-1", {"event": event}, now)
    assert forge(postgresql_database, hash=b"\1" * 32)


def test_the_chain_goes_on_after_attacks(held, now):
    forge(held, seq=9)
    with held.write() as tx:
        ledger.append(tx, "TB-1", {"event": "on"}, now)
        assert verify(ledger.chain(tx, "TB-1"), "TB-1").entries == 4
        assert verify(ledger.chain(tx, "TB-1"), "TB-1").ok


def supersede(db, **values):
    with db.write() as tx:
        change(tx, Verdict, VERDICT.id > 0, **values)


def test_a_verdict_is_superseded_once(held, now):
    supersede(held, superseded_at=now)
    for later in (None, now, now + timedelta(days=1)):
        with pytest.raises(sa.exc.IntegrityError, match="sealed verdict"):
            supersede(held, superseded_at=later)


def test_nothing_else_of_a_verdict_changes_when_it_is_superseded(held, now):
    for column in VERDICT:
        if column.name == "superseded_at":
            continue
        other: object = "another"
        if isinstance(column.type, sa.Integer):
            other = column + 1
        elif isinstance(column.type, sa.Enum):
            other = VerdictWord.COUNTERFEIT
        elif isinstance(column.type, Instant):
            other = now + timedelta(days=1)
        with pytest.raises(sa.exc.IntegrityError, match="sealed verdict"):
            supersede(held, **{"superseded_at": now, column.name: other})


ONCE = {
    SupersededNotice: {"acknowledged_at": "now", "acknowledged_by": "Sgt. Lin", "recorded_by": 1},
    ReferralReview: {"decided_at": "now", "decision": "The agency stops.", "decided_by": 1},
    OutcomeReview: {"decided_at": "now", "decision": "Told anew.", "decided_by": 1},
    OpeningRequest: {"approved_at": "now", "approved_by": 2},
    PageCapture: {"fetched_at": "now", "http_code": 200, "complete": True, "warc_digest": "w"},
}
"""Tables whose rows are closed once, and what closes one of them."""


@pytest.mark.parametrize("table", ONCE, ids=lambda table: table.__name__)
def test_a_row_is_closed_once_and_at_one_go(held, now, table):
    with held.write() as tx:
        add(tx, Person, name="B", email="b@example.org", created_at=now)
    said = {name: now if value == "now" else value for name, value in ONCE[table].items()}
    rows, (closes, *others) = table_of(table), said

    def refused(**values):
        try:
            with held.write() as tx:
                change(tx, table, rows.c.id > 0, **values)
        except sa.exc.IntegrityError:
            return True
        return False

    for name in others:
        assert refused(**{name: said[name]}), f"{name} without what closes the row"
    kept = next(c.name for c in rows.c if c.name.endswith("_at") and c.name != closes)
    assert refused(**said, **{kept: now + timedelta(days=1)}), "something else changed with it"
    assert not refused(**said)
    for name in said:
        assert refused(**{name: None})
    assert refused(**(said | {closes: now + timedelta(days=1)}))


def test_a_sellers_picture_is_said_to_be_shown_once_and_stays_as_it_came(held, now):
    with held.read() as tx:
        number = one(tx, Identifier).id

    def refused(**values):
        try:
            with held.write() as tx:
                change(tx, SellerPicture, table_of(SellerPicture).c.id > 0, **values)
        except sa.exc.IntegrityError:
            return True
        return False

    assert refused(pattern="~1")
    assert refused(digest="sha256:1", identifier_id=number), "another file with it"
    assert refused(received_at=now + timedelta(days=1), identifier_id=number)
    assert not refused(identifier_id=number)
    assert refused(identifier_id=None)
    assert refused(identifier_id=number)


def test_the_visits_of_a_page_are_only_counted_up_until_it_is_kept(held, now):
    def refused(**values):
        try:
            with held.write() as tx:
                change(tx, PageCapture, table_of(PageCapture).c.id > 0, **values)
        except sa.exc.IntegrityError:
            return True
        return False

    assert not refused(asked=2)
    assert refused(asked=1)
    assert refused(asked=3, url="https://elsewhere.example")
    assert refused(asked=3, warc_digest="sha256:1"), "a digest without the time of its visit"
    assert refused(asked=1, fetched_at=now), "closed with fewer visits than there were"
    assert not refused(asked=3, fetched_at=now)
    assert refused(asked=4)


def test_triggers_lost_by_a_rebuild_are_there_again_after_upgrade(held):
    rebuild = "always" if held.is_sqlite else "never"
    for table in TABLES:
        with migrations.migrating(held) as tx:
            operations = Operations(MigrationContext.configure(tx))
            with operations.batch_alter_table(table, recreate=rebuild) as batch:
                batch.add_column(sa.Column("added", sa.Integer()))
    if held.is_sqlite:
        with held.read() as tx:
            query = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
            left = set(tx.exec_driver_sql(query).scalars())
        assert not left & set(TABLES), "a rebuild loses them"
    migrations.upgrade(held)
    for table in TABLES:
        assert attack(held, f"DELETE FROM {table}"), table
        for column in [*columns(table), "added"]:
            assert attack(held, f'UPDATE {table} SET "{column}" = "{column}"'), (table, column)


def test_upgrading_again_changes_nothing(held):
    def everything():
        with held.read() as tx:
            if held.is_sqlite:
                query = "SELECT name, sql FROM sqlite_master ORDER BY name"
            else:
                query = "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
            return sorted(map(tuple, tx.exec_driver_sql(query)))

    before = everything()
    migrations.upgrade(held)
    assert everything() == before
