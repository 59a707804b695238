import json
import re
import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import evidence.words
from casework.outcomes.outcome import OUTCOMES
from casework.photographs.resembling import REMARK
from evidence.decoding import too_many_pixels
from evidence.heic import _ADVICE as ADVICE
from evidence.words import LANGUAGES, WordsError, words_of
from rules.claims import ClaimState
from rules.codes import CodeKind, CodeSource, LeadKind, LeadState, ScanResult
from rules.disclosure import Disclosure
from rules.gates import GatePolicy, Seen, TimeLine, judge
from rules.holders import ExhibitKind
from rules.identifiers import KINDS, Confidence, IdentifierKind
from rules.lifecycle import Move, Stage
from rules.linkage import PersonRole
from rules.money import Money
from rules.pleading import (
    CAUSES,
    PROOFS,
    AllocatedTo,
    EvidenceKind,
    HeadKind,
    PartyRole,
    ReliefKind,
)
from rules.referral import ReferralState
from rules.roles import Role
from rules.sales import SalesRecord
from rules.shots import SHOTS, Medium, Proof
from rules.thresholds import DEFAULT_THRESHOLDS, gauge
from rules.verdicts import Aspect, FindingCode, Severity, Verdict
from storage.tables import AttemptState, RequestedVia, Route

FOLDER = Path(evidence.words.__file__).parent / "templates"
READ = {each: json.loads((FOLDER / f"words.{each}.json").read_text("utf-8")) for each in LANGUAGES}


@pytest.mark.parametrize("group", ["label", "sentence", "term"])
def test_no_language_lacks_a_text_or_a_fact_of_one(group):
    english, chinese = READ["en"][group], READ["zh"][group]
    assert english.keys() == chinese.keys()

    def facts(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {key: facts(text) for key, text in english.items()} == {
        key: facts(text) for key, text in chinese.items()
    }
    assert all(text.strip() for text in (*english.values(), *chinese.values()))
    bare = {k: t for k, t in chinese.items() if not re.search("[\u4e00-\u9fff]", t)}
    assert set(bare) <= {
        "disclosure.conduct_warning", "remark.refused_photo", "gauge.limb", "frame", "colon",
            "report.place", "report.place_at", "report.registration", "report.figure",
            "report.at_hour", "report.known", "report.bought", "report.flagged", "report.genuine",
            "report.borne",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_ours_has_its_term(language):
    words = words_of(language)
    enums = (Stage, Move, Role, Verdict, Aspect, FindingCode, Severity, ReferralState, Proof)
    on_goods = (CodeKind, CodeSource, LeadKind, LeadState, ScanResult)
    for enum in (*enums, *on_goods, AttemptState, RequestedVia, Route, Disclosure):
        assert all(words.term(member.value) for member in enum)
    assert all(words.term(word) for word in (*OUTCOMES, *SHOTS))
    assert all(words.term(f"aspect.{each}") for each in Aspect)
    assert all(words.term(f"sureness.{each}") for each in Confidence)
    assert all(words.term(f"person_role.{each}") for each in PersonRole)
    assert all(words.term(f"identifier.{each}") for each in IdentifierKind)
    of_claims = {"party": PartyRole, "head": HeadKind, "relief": ReliefKind, "claim": ClaimState}
    of_claims |= {"allocated": AllocatedTo, "evidence": EvidenceKind}
    for group, enum in of_claims.items():
        assert all(words.term(f"{group}.{each}") for each in enum)
    for name in (*(cause for cause, _ in CAUSES), *PROOFS):
        assert (words.known(name) == name) is (language == "en")
    assert all(words.term(f"kind.{each}") for each in ExhibitKind)


def test_what_is_missing_is_an_error_and_not_a_blank():
    with pytest.raises(WordsError, match="nonsense"):
        words_of("zh").term("nonsense")
    with pytest.raises(WordsError, match="waiver"):
        words_of("zh").say("disclosure.waiver", shot="U01")
    with pytest.raises(WordsError, match="xx"):
        words_of("xx")


def _sold(minor):
    amount, taken = Money(minor, "CNY"), datetime(2026, 7, 1, tzinfo=UTC)
    return SalesRecord(1, date(2026, 1, 1), date(2026, 6, 1), amount, "platform", taken)


def test_what_our_programs_recorded_is_told_in_chinese_and_what_people_typed_is_not():
    """Every sentence that a gate can record, two in a row, offences and grounds."""
    words, told = words_of("zh"), set[str]()
    usual = Seen(
        4000, 150.0, 120.0, 0.0, 0.0, False, True, datetime(2026, 11, 3), 0, True, True, "match",
        None, datetime(2026, 11, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    opened = datetime(2026, 11, 2, tzinfo=UTC)
    for shot in SHOTS.values():
        for change in (
            {"medium": Medium.DOCUMENT}, {"medium": Medium.VIDEO}, {"medium": Medium.PICTURE},
            {"readable": False}, {"metadata": False}, {"long_edge": 10}, {"flat": True},
            {"sharpness": 1.0}, {"mean_luma": 1.0}, {"mean_luma": 250.0},
            {"exact_repeat_of": "TB-2026-000001 R01"}, {"taken_at_local": None},
            {"taken_at_local": datetime(2020, 1, 1)}, {"taken_at_local": datetime(2030, 1, 1)},
            {"taken_at_local": datetime(2026, 11, 2, 1)}, {"utc_offset_minutes": None},
            {"challenge_found": None, "seal_found": None, "barcode": None}, {"barcode": "other"},
        ):  # fmt: skip
            line = TimeLine(opened, opened + timedelta(hours=6))
            gate = judge(shot, replace(usual, **change), line, GatePolicy())
            told |= {*gate.reasons, *gate.remarks, " ".join(gate.reasons)}
    told |= {f"{unreadable} {ADVICE}" for unreadable in (too_many_pixels(),)} | {REMARK}
    readings = [
        gauge(DEFAULT_THRESHOLDS, {1: sales}, opened, country, known)
        for sales in ([], [_sold(6_000_000)], [_sold(100)])
        for country in ("CN", "US")
        for known in (None, True)
    ]
    told |= {kind.why for kind in KINDS.values()}
    told |= {row.offence for row in DEFAULT_THRESHOLDS} | {
        reason for each in readings for reason in each.reasons
    }
    left = {
        text: english
        for text in told
        if (english := set(re.findall("[a-z]{2,}", words.recorded(text))))
    }
    assert len(told) > 40 and left == {}
    typed = "The buyer was ill. It is not sharp, she says."
    assert words.recorded(typed) == words_of("en").recorded(typed) == typed
    assert words.known("seller_cancelled") == "卖家取消"
    assert words.known("Cancelled by the seller") == "Cancelled by the seller"
