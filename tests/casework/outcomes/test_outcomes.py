"""The word for what became of a test buy."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from casework.outcomes.outcome import OUTCOMES, outcome
from rules.lifecycle import EarlyEnd, Move, Stage
from rules.referral import ReferralState
from rules.verdicts import Verdict
from rules.waiting import ON_ENTRY


def standing(stage, conclusion=None, waiting="Waiting", early_end=None):
    return SimpleNamespace(
        stage=stage, conclusion=conclusion, waiting_name=waiting, early_end=early_end
    )


@pytest.mark.parametrize(
    ("row", "referral", "word"),
    [
        (standing(Stage.SUBMITTED), None, "in_progress"),
        (standing(Stage.JUDGED, Verdict.COUNTERFEIT, "Held"), None, "held"),
        (
            standing(Stage.JUDGED, Verdict.COUNTERFEIT, "Waiting for referral approval"),
            ReferralState.DRAFTED,
            "in_progress",
        ),
        (standing(Stage.REFERRED, Verdict.COUNTERFEIT), ReferralState.SENT, "awaiting_agency"),
        (standing(Stage.CLOSED, Verdict.COUNTERFEIT), ReferralState.ACCEPTED, "accepted"),
        (standing(Stage.CLOSED, Verdict.COUNTERFEIT), ReferralState.DECLINED, "declined_by_agency"),
        (standing(Stage.CLOSED, Verdict.COUNTERFEIT), None, "closed"),
        (standing(Stage.CLOSED, Verdict.GENUINE), None, "cleared"),
        (standing(Stage.CLOSED, Verdict.GREY_MARKET), None, "grey_market"),
        (standing(Stage.DECLINED), None, "declined"),
        *((standing(Stage.ABANDONED, early_end=why), None, why.value) for why in EarlyEnd),
    ],
)
def test_each_ending_has_its_word(row, referral, word):
    assert outcome(row, referral) == word
    assert word in OUTCOMES


def test_the_glossary_lists_every_word_of_the_programme():
    text = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text("utf-8")
    listed = set(re.findall(r"`([a-z_]+)`", text))
    words = {*OUTCOMES, *Verdict, *Stage, *Move}
    assert words <= listed, words - listed
    assert all(wait.name in text for wait in ON_ENTRY.values())
