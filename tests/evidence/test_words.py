import json
import re
import string
from pathlib import Path

import pytest

import evidence.words
from casework.outcomes import OUTCOMES
from evidence.words import LANGUAGES, WordsError, words_of
from rules.codes import CodeKind, CodeSource, LeadKind, LeadState, ScanResult
from rules.disclosure import Disclosure
from rules.lifecycle import Move, Stage
from rules.referral import ReferralState
from rules.roles import Role
from rules.shots import SHOTS, Proof
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
    assert set(bare) <= {"disclosure.conduct_warning", "remark.refused_photo"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_ours_has_its_term(language):
    words = words_of(language)
    enums = (Stage, Move, Role, Verdict, Aspect, FindingCode, Severity, ReferralState, Proof)
    on_goods = (CodeKind, CodeSource, LeadKind, LeadState, ScanResult)
    for enum in (*enums, *on_goods, AttemptState, RequestedVia, Route, Disclosure):
        assert all(words.term(member.value) for member in enum)
    assert all(words.term(word) for word in (*OUTCOMES, *SHOTS))


def test_what_is_missing_is_an_error_and_not_a_blank():
    with pytest.raises(WordsError, match="nonsense"):
        words_of("zh").term("nonsense")
    with pytest.raises(WordsError, match="waiver"):
        words_of("zh").say("disclosure.waiver", shot="U01")
    with pytest.raises(WordsError, match="xx"):
        words_of("xx")
