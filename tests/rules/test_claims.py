"""The claim's moves, walked over every state and role; days, money and what must be said."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.claims import (
    CLAIM_MOVES,
    OVER,
    PENDING,
    UNFILED,
    ClaimMove,
    ClaimState,
    may,
    may_allocate,
    may_approve,
    may_change,
    may_close,
    may_have_happened,
    may_strike_payment,
    moves_from,
    standing,
)
from rules.pleading import HeadKind, PartyRole, Proof, Said, is_complete, is_proved
from rules.roles import Role
from rules.suits import progress

# The way, written a second time by hand: from, moves and where they lead, who.
DRAWN = """
- prepare>prepared
prepared approve>approved withdraw>withdrawn
approved send_back>prepared file>filed withdraw>withdrawn
filed docket>docketed withdraw>withdrawn settle>settled dismiss>dismissed
docketed announce>announced hear>heard judge>judged withdraw>withdrawn settle>settled dismiss>dismissed
announced hear>heard judge>judged withdraw>withdrawn settle>settled dismiss>dismissed
heard hear>heard judge>judged withdraw>withdrawn settle>settled dismiss>dismissed
judged appeal>appealed become_final>final strike_judgment>docketed
appealed hear>appealed withdraw_appeal>judged judge_on_appeal>judged_on_appeal strike_judgment>docketed
judged_on_appeal become_final>final strike_judgment_on_appeal>appealed
final recover>recovered close>closed strike_judgment>docketed strike_judgment_on_appeal>appealed
recovered close>closed reopen>final strike_judgment>docketed strike_judgment_on_appeal>appealed
closed reopen>final strike_judgment>docketed strike_judgment_on_appeal>appealed
"""  # noqa: E501
UNDOING = {"reopen", "strike_judgment", "strike_judgment_on_appeal"}
OF_APPROVERS = {"approve", *UNDOING}
PAPERS = {"file", "judge", "judge_on_appeal", "settle", "dismiss"}
WAY = {
    (None if source == "-" else source, *step.split(">"))
    for source, *steps in map(str.split, DRAWN.strip().splitlines())
    for step in steps
}


def test_the_table_is_the_way_drawn() -> None:
    assert {(rule.source, rule.move, rule.target) for rule in CLAIM_MOVES} == WAY
    assert {rule.move for rule in CLAIM_MOVES if rule.document} == PAPERS
    assert {rule.move for rule in CLAIM_MOVES if rule.role is Role.APPROVER} == OF_APPROVERS
    assert {rule.role for rule in CLAIM_MOVES} == {Role.APPROVER, Role.COUNSEL}


@pytest.mark.parametrize("state", [None, *ClaimState])
def test_what_is_not_in_the_table_is_refused_with_a_reason(state: ClaimState | None) -> None:
    for move, role in itertools.product(ClaimMove, Role):
        decision = may(move, state, frozenset({role}))
        who = Role.APPROVER if move in OF_APPROVERS else Role.COUNSEL
        ways = {(source, step) for source, step, _ in WAY}
        assert decision.allowed is ((state, move) in ways and role is who)
        assert decision.allowed or decision.reasons
        assert state is None or (move in moves_from(state)) is ((state, move) in ways)


@pytest.mark.parametrize(
    ("moves", "kept"),
    [
        ("file hear judge", "file hear judge"),
        ("file hear judge become_final strike_judgment", "file hear"),
        ("file judge appeal judge_on_appeal strike_judgment_on_appeal", "file judge appeal"),
        ("file judge strike_judgment judge strike_judgment judge", "file judge"),
        ("judge appeal judge_on_appeal strike_judgment_on_appeal strike_judgment", ""),
    ],
)
def test_a_struck_judgment_takes_with_it_what_followed_it(moves: str, kept: str) -> None:
    steps = [ClaimMove(each) for each in moves.split()]
    assert " ".join(steps[each] for each in standing(steps)) == kept


def test_every_claim_can_come_to_an_end_and_what_is_over_stays_so() -> None:
    for state in ClaimState:
        assert (set(moves_from(state)) <= UNDOING) is (state in OVER)
        reached, before = {state}, set()
        while reached != before:
            before, reached = reached, reached | {t for s, _, t in WAY if s in reached}
        assert reached & OVER
    assert not PENDING & UNFILED and not PENDING & OVER


def test_nobody_approves_what_they_put_anything_into() -> None:
    for own in ({1}, {1, 3}, {3, 1}):
        assert not may_approve(own, 1).allowed
    for others in (set(), {2}, {2, 3}):
        assert may_approve(others, 1).allowed


@pytest.mark.parametrize("state", ClaimState)
def test_what_it_says_is_changed_by_counsel_while_it_is_prepared(state: ClaimState) -> None:
    for role in Role:
        allowed = may_change(state, {role}).allowed
        assert allowed is (state is ClaimState.PREPARED and role is Role.COUNSEL)


DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(on=DAYS, last=st.none() | DAYS, today=DAYS)
def test_a_step_is_neither_to_come_nor_before_the_one_before(
    on: date, last: date | None, today: date
) -> None:
    allowed = may_have_happened(on, last, today).allowed
    assert allowed is (on <= today and (last is None or last <= on))


@given(payments=st.lists(st.integers(1, 10**9), max_size=6), data=st.data())
def test_allocations_never_exceed_payments_in_whatever_order(
    payments: list[int], data: st.DataObject
) -> None:
    recovered, allocated = sum(payments), 0
    for _ in range(6):
        amount = data.draw(st.integers(-5, recovered + 5))
        decision = may_allocate(amount, recovered, allocated)
        assert decision.allowed is (amount > 0 and allocated + amount <= recovered)
        allocated += amount if decision.allowed else 0
        assert 0 <= allocated <= recovered
        assert may_close(recovered, allocated).allowed is (allocated == recovered)


WHOLE = Said((PartyRole.PLATFORM, PartyRole.DEFENDANT), 1, (HeadKind.DAMAGES,), 0, 1, True)


def test_each_thing_missing_is_named() -> None:
    assert is_complete(WHOLE).allowed
    apology_alone = Said(WHOLE.parties, 1, (), 1, 1, True)
    assert is_complete(apology_alone).allowed
    assert len(is_complete(Said((), 0, (), 0, 0, False)).reasons) == 6
    for said, words in (
        (Said((PartyRole.PLATFORM,), 1, (HeadKind.DAMAGES,), 0, 1, True), "name a defendant"),
        (Said((PartyRole.DEFENDANT,), 1, (HeadKind.DAMAGES,), 0, 1, True), "name the plaintiffs"),
        (Said(WHOLE.parties, 0, (HeadKind.DAMAGES,), 0, 1, True), "cause of action"),
        (Said(WHOLE.parties, 1, (), 0, 1, True), "asks for nothing"),
        (Said(WHOLE.parties, 1, (HeadKind.DAMAGES,), 0, 0, True), "evidence"),
        (Said(WHOLE.parties, 1, (HeadKind.DAMAGES,), 0, 1, False), "acceptance"),
    ):
        (reason,) = is_complete(said).reasons
        assert words in reason


def test_goodwill_asks_for_each_proof_or_its_waiver_and_an_empty_list_is_no_yes() -> None:
    goodwill = (HeadKind.DAMAGES, HeadKind.GOODWILL)
    here, waived = Proof("refunds", present=True, waived=False), Proof("press", False, waived=True)
    missing = Proof("a survey", present=False, waived=False)
    assert is_proved((HeadKind.DAMAGES,), [missing]).allowed
    assert is_proved(goodwill, [here, waived]).allowed
    (reason,) = is_proved(goodwill, [here, missing, waived]).reasons
    assert "a survey" in reason
    assert not is_proved(goodwill, []).allowed


@given(
    target=st.integers(1, 200), opens=DAYS, length=st.integers(0, 60), today=DAYS,
    filed=st.lists(DAYS, max_size=20),
)  # fmt: skip
def test_a_campaign_counts_what_was_filed_in_its_window(
    target: int, opens: date, length: int, today: date, filed: list[date]
) -> None:
    closes = opens + timedelta(days=length)
    found = progress(target, opens, closes, filed, today)
    early = sum(day < opens for day in filed)
    assert found.filed + found.late + early == len(filed)
    assert found.met is (found.missing == 0)
    assert 0 <= found.days_left <= length + 1
    assert (found.days_left == 0) is (today > closes)


def test_a_hundred_sellers_in_a_month() -> None:
    opens, closes = date(2017, 3, 1), date(2017, 3, 31)
    filed = [opens, *[date(2017, 3, 15)] * 10, closes, date(2017, 4, 1), date(2017, 2, 28)]
    found = progress(100, opens, closes, filed, date(2017, 3, 20))
    assert (found.filed, found.late, found.missing, found.days_left) == (12, 1, 88, 12)
    assert progress(12, opens, closes, filed, closes).met


AMOUNTS = st.integers(0, 50)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_no_payment_is_struck_of_which_more_was_spent_than_would_be_left(
    amount: int, others: int, allocated: int
) -> None:
    may_go = may_strike_payment(amount, amount + others, allocated).allowed
    assert may_go is (allocated <= others)
