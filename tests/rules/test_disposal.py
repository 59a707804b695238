"""What may be disposed of, and by whom: every way against holds, retention and conclusion."""

from datetime import UTC, date, datetime

import pytest

from rules.disposal import TAKER, Standing, Way, may_approve, may_dispose, may_lift
from rules.holders import ENDS, HolderKind
from rules.retention import Retention
from rules.roles import PERSONS, Role
from rules.verdicts import Verdict

TODAY = date(2030, 1, 1)
OVER = Retention(date(2029, 1, 1), date(2029, 1, 1), ())
LATE = date(2030, 1, 2)
HOLD = Standing(3, "TB-1", "Ada Counsel", datetime(2026, 11, 2, tzinfo=UTC), "The court asked.")


def asked(way, retention=OVER, holds=(), conclusion=Verdict.GENUINE):
    return may_dispose(way, TODAY, retention=retention, holds=holds, conclusion=conclusion)


@pytest.mark.parametrize("way", Way)
def test_a_hold_or_time_not_yet_up_stops_every_way(way):
    assert asked(way).allowed
    stopped = asked(way, holds=[HOLD])
    assert not stopped.allowed
    assert "Legal hold 3 on TB-1 stands, placed by Ada Counsel" in stopped.reasons[0]
    for early in (Retention(LATE, LATE, ()), Retention(None, None, ("Unknown.",))):
        assert not asked(way, retention=early).allowed
        assert len(asked(way, retention=early, holds=[HOLD]).reasons) == 2


@pytest.mark.parametrize("conclusion", [None, *Verdict])
def test_only_what_is_genuine_becomes_an_asset_or_goes_back_to_its_seller(conclusion):
    asset, seller = (
        asked(way, conclusion=conclusion).allowed for way in (Way.ASSET, Way.TO_SELLER)
    )
    assert asset is (conclusion is Verdict.GENUINE)
    assert seller is (conclusion in (Verdict.GENUINE, Verdict.GREY_MARKET))
    assert asked(Way.DESTROYED, conclusion=conclusion).allowed


def test_nobody_approves_what_they_asked_for():
    assert not may_approve(7, 7).allowed and may_approve(7, 8).allowed


@pytest.mark.parametrize("role", sorted(PERSONS))
def test_who_lifts_a_hold(role):
    assert may_lift(role, [7], 8).allowed is (role in {Role.COUNSEL, Role.SUPERVISOR})
    assert not may_lift(role, [7], 7).allowed
    assert not may_lift(role, [], None).allowed


def test_each_way_has_a_taker_after_whom_custody_ends_or_goes_on():
    assert TAKER.keys() == set(Way)
    assert {TAKER[way] for way in (Way.DESTROYED, Way.TO_OWNER, Way.TO_SELLER)} == ENDS
    assert TAKER[Way.ASSET] is HolderKind.ASSET
