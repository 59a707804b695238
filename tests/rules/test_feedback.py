"""What a station made of earlier referrals: counted, its undecided ones said so."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.feedback import Handled, feedback
from rules.referral import DeclineReason

TODAY = date(2026, 11, 20)


def sent(ago, accepted_after=None, **said):
    day = TODAY - timedelta(days=ago)
    accepted = None if accepted_after is None else day + timedelta(days=accepted_after)
    return Handled(day, accepted, **said)


def test_the_median_is_of_those_accepted_and_the_others_are_counted():
    told = feedback(
        [
            sent(90, 10), sent(80, 4), sent(70, 31), sent(60), sent(12),
            sent(50, declined=True, reason=DeclineReason.EVIDENCE),
            sent(40, declined=True, reason=DeclineReason.EVIDENCE),
            sent(30, declined=True),
        ],
        TODAY,
    )  # fmt: skip
    assert (told.sent, told.accepted, told.median, told.shortest, told.longest) == (8, 3, 10, 4, 31)
    assert (told.open, told.waiting) == (2, 60)
    assert told.declined == ((DeclineReason.EVIDENCE, 2), (None, 1))


def test_without_any_nothing_is_claimed():
    told = feedback([], TODAY)
    assert (told.median, told.shortest, told.waiting, told.declined) == (None, None, None, ())


@given(st.lists(st.tuples(st.integers(0, 400), st.none() | st.integers(0, 400), st.booleans())))
def test_every_referral_is_counted_once(cases):
    told = feedback(
        [sent(ago, days, declined=no and days is None) for ago, days, no in cases], TODAY
    )
    assert told.accepted + told.open + sum(n for _, n in told.declined) == told.sent == len(cases)
