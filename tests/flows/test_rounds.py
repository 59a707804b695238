"""Which runs of the clock the control room keeps, at Prefect itself."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest

from connectors import prefect_api
from connectors.prefect_answers import PrefectRefused
from flows import rounds
from flows.continued import PASSED_ON
from flows.rounds import CLOCK, KEPT, KEPT_NOTHING_NEW, MISSED_AFTER, NOTHING_NEW
from tests.flows.conftest import patiently

SOON = timedelta(minutes=1)


@pytest.fixture
def ended(create, set_state, deployments):
    """`ended(deployment, state_type, name)`: a run that ended so just now; its id."""

    def end(deployment: str, state_type: str, name: str, **parameters: str) -> str:
        run = create(deployment, parameters, f"ended-{time.time_ns()}")
        set_state(run.id, state_type, name)
        return run.id

    return end


@pytest.fixture
def left(api):
    """`left(runs)`: those Prefect still has."""

    def there(run: str) -> bool:
        try:
            return bool(patiently(api.flow_run, run).id)
        except PrefectRefused:
            return False

    return lambda runs: [run for run in runs if there(run)]


def clear(api, now: datetime, wanted: int = 0) -> None:
    """Clear as sweeps do, until `wanted` runs are gone: one that finds Prefect busy does less."""
    gone = rounds.clear(api, now, lambda: None)
    deadline = time.monotonic() + 60
    while gone < wanted:
        assert time.monotonic() < deadline, f"{gone} of {wanted} are gone"
        gone += rounds.clear(api, now, lambda: None)


def test_the_clocks_deployments_are_those_with_a_schedule(prefect, deployments):
    """One that was missing here would pile up its runs for ever."""
    every = httpx.post(f"{prefect.api_url}/deployments/filter", json={}, trust_env=False).json()
    ours = [each for each in every if each["work_pool_name"] == "testbuy"]
    assert {f"{each['name']}/{each['name']}" for each in ours if each["schedules"]} == set(CLOCK)


def test_rounds_go_by_what_they_found_and_what_a_test_buy_waits_for_stays(api, ended, left):
    quiet = [
        ended("sweep/sweep", "COMPLETED", NOTHING_NEW),
        ended("mail/mail", "COMPLETED", PASSED_ON),
    ]
    busy = [
        ended("sweep/sweep", "COMPLETED", "Swept"),
        ended("anchor/anchor", "CRASHED", "Crashed"),
    ]
    waiting = [
        ended("testbuy/testbuy", "COMPLETED", name, reference="TB-2026-000001")
        for name in ("Waiting for parcel", PASSED_ON, NOTHING_NEW)
    ]
    every = [*quiet, *busy, *waiting]
    now = datetime.now(UTC)
    clear(api, now + KEPT_NOTHING_NEW - SOON)
    assert left(every) == every
    clear(api, now + KEPT_NOTHING_NEW + SOON, 2)
    assert left(every) == [*busy, *waiting]
    clear(api, now + KEPT + SOON, 2)
    assert left(every) == waiting
    clear(api, now + timedelta(days=3650))
    assert left(every) == waiting


def test_rounds_nobody_took_in_time_are_made_up_for_by_the_next(
    prefect, api, create, left, deployments
):
    missed = [create(name, {}, f"missed-{name}").id for name in CLOCK]
    owed = create("testbuy/testbuy", {"reference": "TB-2026-000002"}, "owed").id
    now = datetime.now(UTC)
    clear(api, now + MISSED_AFTER - SOON)
    assert left([*missed, owed]) == [*missed, owed]
    clear(api, now + MISSED_AFTER + SOON, len(missed))
    assert left([*missed, owed]) == [owed]
    httpx.delete(f"{prefect.api_url}/flow_runs/{owed}", trust_env=False).raise_for_status()


def test_a_backlog_goes_in_several_calls_and_the_duty_is_held_meanwhile(api, ended, monkeypatch):
    # Prefect's own limit is 50 a call.
    for module in (prefect_api, rounds):
        monkeypatch.setattr(module, "PAGE_DELETED", 2)
    every = [ended("mail/mail", "COMPLETED", NOTHING_NEW) for _ in range(5)]
    # A sweep that finds Prefect busy leaves the rest to the next one: here all is one sweep's.
    for question in ("delete_ended", "delete_untaken"):
        monkeypatch.setattr(api, question, partial(patiently, getattr(api, question)))
    kept = []
    now = datetime.now(UTC) + KEPT_NOTHING_NEW + SOON
    assert rounds.clear(api, now, lambda: kept.append(1)) == len(every)
    assert len(kept) == 3 + 1 + 1, "each question is announced, and no more is asked than there is"
