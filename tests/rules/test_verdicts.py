"""What a verdict must rest on, and what several add up to in any order."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.verdicts import (
    WORST_FIRST,
    Aspect,
    Conclusion,
    Finding,
    FindingCode,
    SealedVerdict,
    Severity,
    Testimony,
    Verdict,
    check,
    check_testimony,
    conclude,
    overall,
)

AT = datetime(2026, 1, 15, tzinfo=UTC)
C, G, N = Verdict.COUNTERFEIT, Verdict.GENUINE, Verdict.INCONCLUSIVE
MIXED = Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS


def _finding(
    aspect: Aspect, severity: Severity, code: FindingCode = FindingCode.MATERIAL
) -> Finding:
    return Finding(code, aspect, severity)


MINOR = _finding(Aspect.CONTENTS, Severity.MINOR)
CONTENTS = _finding(Aspect.CONTENTS, Severity.MAJOR)
PACKAGING = _finding(Aspect.PACKAGING, Severity.CRITICAL)
SUBSTITUTED = _finding(Aspect.CONTENTS, Severity.MINOR, FindingCode.CONTENTS_SUBSTITUTED)


def _check(verdict: Verdict, *findings: Finding, **said: object):
    words = {"reasons": "Seen.", "limits": "", "conflict_of_interest": False} | said
    return check(verdict, findings, **words)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("verdict", "findings", "allowed"),
    [
        (C, (CONTENTS,), True),
        (C, (PACKAGING,), True),
        (C, (MINOR,), False),
        (C, (), False),
        (G, (), True),
        (G, (MINOR,), True),
        (G, (CONTENTS,), False),
        (MIXED, (CONTENTS,), True),
        (MIXED, (CONTENTS, _finding(Aspect.PACKAGING, Severity.MINOR)), True),
        (MIXED, (CONTENTS, PACKAGING), False),
        (MIXED, (MINOR,), False),
        (MIXED, (_finding(Aspect.CODE, Severity.MAJOR),), False),
        (Verdict.GREY_MARKET, (PACKAGING,), True),
        (Verdict.GREY_MARKET, (SUBSTITUTED,), False),
        (Verdict.ALTERED_GENUINE, (MINOR,), True),
        (Verdict.ALTERED_GENUINE, (), False),
    ],
)
def test_a_verdict_rests_on_findings_that_bear_it(
    verdict: Verdict, findings: tuple[Finding, ...], allowed: bool
) -> None:
    assert _check(verdict, *findings).allowed is allowed


def test_inconclusive_states_its_limits() -> None:
    assert not _check(N, limits="  ").allowed
    assert _check(N, limits="The serial is out of focus.").allowed


@pytest.mark.parametrize("conflict", [True, None])
def test_no_verdict_without_a_stated_absence_of_conflict(conflict: bool | None) -> None:
    for verdict in Verdict:
        said = _check(verdict, CONTENTS, limits="x", conflict_of_interest=conflict)
        assert "conflict of interest" in said.reasons[0]


def test_no_verdict_without_reasons() -> None:
    assert not _check(C, CONTENTS, reasons=" \n").allowed


def _sealed(*said: tuple[int, Verdict]) -> list[SealedVerdict]:
    return [SealedVerdict(verdict, examiner, AT) for examiner, verdict in said]


@pytest.mark.parametrize(
    ("said", "quorum", "value", "needs_another"),
    [
        ([], 1, None, True),
        ([(1, C)], 1, C, False),
        ([(1, C)], 2, None, True),
        ([(1, C), (1, C)], 2, None, True),
        ([(1, C), (2, C)], 2, C, False),
        ([(1, C), (2, G)], 2, N, True),
        ([(1, C), (2, G)], 1, N, True),
        ([(1, C), (2, G), (3, C)], 2, C, False),
        ([(1, C), (2, G), (3, MIXED)], 2, N, True),
        ([(1, N)], 1, N, True),
        ([(1, N), (2, C)], 1, C, False),
        ([(1, N), (2, C)], 2, N, True),
        ([(1, C), (1, G)], 1, N, True),
        ([(1, C), (1, G), (2, C)], 1, N, True),
        ([(1, C), (2, C), (3, G), (4, G)], 2, N, True),
    ],
)
def test_the_conclusion_over_an_exhibit(
    said: list[tuple[int, Verdict]], quorum: int, value: Verdict | None, needs_another: bool
) -> None:
    conclusion = conclude(_sealed(*said), quorum)
    assert (conclusion.value, conclusion.needs_another) == (value, needs_another)
    assert conclusion.reasons


def test_dissent_is_told() -> None:
    reasons = conclude(_sealed((1, C), (2, G), (3, C)), 1).reasons
    assert any("otherwise" in reason for reason in reasons)


verdicts = st.lists(
    st.builds(
        SealedVerdict,
        st.sampled_from(list(Verdict)),
        st.integers(1, 4),
        st.just(AT),
        st.booleans(),
    ),
    max_size=7,
)


@given(verdicts, st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_of_verdicts_changes_nothing(
    given_: list[SealedVerdict], quorum: int, chance
) -> None:
    turned = list(given_)
    chance.shuffle(turned)
    assert conclude(turned, quorum) == conclude(given_, quorum)


@given(verdicts, st.integers(1, 3))
def test_superseded_verdicts_count_for_nothing(given_: list[SealedVerdict], quorum: int) -> None:
    standing = [sealed for sealed in given_ if not sealed.superseded]
    assert conclude(standing, quorum) == conclude(given_, quorum)


@given(verdicts, st.integers(1, 3))
def test_a_deciding_value_has_its_quorum_of_persons(
    given_: list[SealedVerdict], quorum: int
) -> None:
    value = conclude(given_, quorum).value
    if value not in (None, N):
        behind = {s.examiner_id for s in given_ if s.verdict is value and not s.superseded}
        assert len(behind) >= quorum


def test_a_quorum_of_nobody_is_no_quorum() -> None:
    with pytest.raises(ValueError, match="quorum"):
        conclude([], 0)


def _concluded(*values: Verdict | None) -> list[Conclusion]:
    return [Conclusion(value, (), value is None) for value in values]


def test_the_worst_exhibit_speaks_for_the_test_buy() -> None:
    assert set(WORST_FIRST) == set(Verdict)
    assert overall(_concluded(G, C, N)) is C
    assert overall(_concluded(G, Verdict.GREY_MARKET)) is Verdict.GREY_MARKET
    assert overall(_concluded(G, N)) is N
    assert overall(_concluded(G)) is G


def test_no_result_while_an_exhibit_has_none() -> None:
    assert overall(_concluded(G, None)) is None
    assert overall([]) is None


TOLD = Testimony("Twelve years", "Letter of 2 January", "Two pieces", "S-1, whole")


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("qualification", "qualification"),
        ("authority", "authority"),
        ("reference_samples", "reference samples"),
        ("seals_seen", "seals"),
    ],
)
def test_an_examiner_says_who_they_are_and_what_they_compared_with(missing, said):
    assert check_testimony(TOLD, "Employed there.", physical=True).allowed
    decided = check_testimony(replace(TOLD, **{missing: " "}), "None.", physical=True)
    assert not decided.allowed and len(decided.reasons) == 1 and said in decided.reasons[0]


def test_photographs_have_no_seals_to_see_and_interest_is_always_stated():
    assert check_testimony(replace(TOLD, seals_seen=""), "None.", physical=False).allowed
    decided = check_testimony(Testimony("", "", ""), "", physical=True)
    assert len(decided.reasons) == 5
