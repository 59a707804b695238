"""Whether a schedule that starts nothing is found, at Prefect itself and a real worker."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from casework.clock import starting
from casework.clock.starting import GRACE, UNPOLLED_AFTER, Wrong
from casework.settings import Settings
from cli.doctor import clock as doctor_of_clock
from cli.processes.listing import listed
from connectors.prefect_answers import PrefectError
from connectors.prefect_clock import PrefectClock
from rules.roles import Role
from tests.flows.conftest import ask
from tests.flows.programme import until
from tests.portal import small_world
from tests.portal.small_world import World

SOON = timedelta(seconds=2)


@pytest.fixture(scope="module")
def clock(prefect) -> Iterator[PrefectClock]:
    with PrefectClock(prefect.api_url) as client:
        yield client


class Errand:
    """The tiny deployment whose schedule is looked at here."""

    def __init__(self, prefect, clock: PrefectClock) -> None:
        self._clock, self.prefect = clock, prefect
        self._id = self.call("GET", "deployments/name/errand/errand").json()["id"]

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        return ask(self.prefect.api_url, method, path, body)

    @contextmanager
    def each(self, seconds: float) -> Iterator[None]:
        """Its runs are due so often meanwhile."""
        steady = [{"active": True, "schedule": {"interval": seconds}}]
        made = self.call("POST", f"deployments/{self._id}/schedules", steady).json()
        try:
            yield
        finally:
            for each in made:
                self.call("DELETE", f"deployments/{self._id}/schedules/{each['id']}")

    def pause(self) -> None:
        """As a person does it in the control room."""
        self.call("POST", f"deployments/{self._id}/pause_deployment")

    def resume(self) -> None:
        self.call("POST", f"deployments/{self._id}/resume_deployment")

    def schedule(self) -> starting.Schedule:
        (found,) = (
            each for each in self._clock.schedules(datetime.now(UTC)) if each.deployment == "errand"
        )
        return found

    def obstacles(self, later: timedelta = timedelta(0)) -> set[Wrong]:
        """What is wrong with it or its pool, should nothing happen until then.

        Runs of others may lie about: other tests share the server.
        """
        while True:
            found = starting.look(self._clock, datetime.now(UTC) + later).obstacles
            if not any(each.wrong is Wrong.AWAY for each in found):
                return {each.wrong for each in found if each.name in ("errand", "tiny")}
            time.sleep(0.25)

    def told(self, later: timedelta = timedelta(0)) -> dict[str, tuple[bool, str, str]]:
        """What doctor says of it."""
        now = datetime.now(UTC) + later
        processes = listed(self.prefect.home)
        found = doctor_of_clock.schedules(Settings(home=self.prefect.home), processes, now)
        return {each.what: (each.well, each.state, each.mend) for each in found}


@pytest.fixture
def errand(prefect, clock, tiny_worker) -> Errand:
    return Errand(prefect, clock)


def test_a_schedule_whose_runs_are_begun_is_well(errand, create, reached):
    with errand.each(20):
        assert errand.obstacles() == set(), "nothing can have been begun yet"
        until(lambda: errand.schedule().next_due is not None, lambda: "no run is written")
        due = errand.schedule().next_due
        by_hand = reached(create("errand/errand", {"reference": "TB-1"}, f"hand-{time.time()}"))
        assert by_hand.state_type == "COMPLETED"
        assert errand.schedule().last_start is None, "a run by hand is none of its schedule's"
        until(lambda: errand.schedule().last_start is not None, lambda: "none is begun")
        assert errand.schedule().last_start >= due
        assert errand.obstacles() == set()
        ok, state, _ = errand.told()["schedule errand"]
        assert ok and state.startswith("a run each 20 s, the last begun 20")


def test_a_schedule_that_somebody_paused(errand):
    with errand.each(3600):
        try:
            errand.pause()
            assert errand.obstacles() == {Wrong.PAUSED}
            ok, state, mend = errand.told()["schedule errand"]
            assert not ok and "is paused" in state
            assert errand.prefect.api_url.removesuffix("api") + "deployments" in mend
        finally:
            errand.resume()
        assert errand.obstacles() == set()


def test_a_worker_that_hangs_and_the_runs_it_does_not_take(errand, create, reached, tiny_worker):
    pid = errand.prefect.stack.pid(tiny_worker)
    with errand.each(3600):
        assert errand.obstacles(UNPOLLED_AFTER / 2) == set()
        os.kill(pid, signal.SIGSTOP)
        try:
            owed = create("errand/errand", {"reference": "TB-2"}, f"untaken-{time.time()}")
            assert errand.obstacles() == set()
            assert errand.obstacles(UNPOLLED_AFTER + SOON) == {Wrong.UNPOLLED}
            told = errand.told(GRACE + SOON)
            ok, state, mend = told["worker"]
            assert not ok and "no worker has asked work pool tiny" in state and "worker.log" in mend
            ok, state, mend = told["flow runs"]
            assert not ok and "late" in state and "/runs" in mend
        finally:
            os.kill(pid, signal.SIGCONT)
        assert reached(owed).state_type == "COMPLETED"
        assert errand.obstacles() == set()


def test_a_scheduler_that_writes_no_runs(errand, monkeypatch):
    """As Prefect before 3.9.1 with SQLAlchemy 2.1: everything is up, and nothing ever begins."""
    stack = errand.prefect.stack
    monkeypatch.setenv("PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED", "false")
    stack.restart("prefect-server")
    try:
        with errand.each(60):
            until(lambda: not errand.obstacles(), lambda: "the worker has not come back")
            assert Wrong.UNWRITTEN in errand.obstacles(GRACE + SOON)
            assert Wrong.UNSTARTED not in errand.obstacles(GRACE + SOON)
            late = timedelta(seconds=60) + GRACE + SOON
            assert {Wrong.UNWRITTEN, Wrong.UNSTARTED} <= errand.obstacles(late)
            ok, state, mend = errand.told(late)["schedule errand"]
            assert not ok and "due each 60 s" in state and "/runs" in mend
    finally:
        monkeypatch.undo()
        stack.restart("prefect-server")


def test_a_server_that_is_away_is_said_to_be():
    with PrefectClock("http://127.0.0.1:9/api") as nobody:
        with pytest.raises(PrefectError):
            nobody.schedules(datetime.now(UTC))
        (found,) = starting.look(nobody, datetime.now(UTC)).obstacles
    assert found.wrong is Wrong.AWAY and "Is its server running?" in found.why


def test_the_engineers_page_tells_the_same(errand, tmp_path):
    built = small_world.build(tmp_path)
    world = World.of(tmp_path, built.facts())
    world.now = datetime.now(UTC)
    try:
        engineer = world.client(Role.ENGINEER)
        assert "schedules" not in engineer.get("/wakeups").text, "no control room is named"
        # Once it has begun: else it would bring its own wake-ups to Prefect.
        told = {"prefect_api_url": errand.prefect.api_url}
        world.app.state.settings = world.settings.model_copy(update=told)

        def page() -> str:
            text = engineer.get("/wakeups").text
            return " ".join(re.sub(r"<[^>]+>", "", text[text.index('id="schedules"') :]).split())

        with errand.each(3600):
            assert "errand, a run every 3600 seconds" in page()
            assert "errand is paused" not in page()
            errand.pause()
            try:
                assert "errand is paused: none of its runs begins." in page()
            finally:
                errand.resume()
            world.now += UNPOLLED_AFTER + timedelta(seconds=30)
            assert "No worker has asked for runs since" in page()
        told = {"prefect_api_url": "http://127.0.0.1:9/api"}
        world.app.state.settings = world.settings.model_copy(update=told)
        assert "Prefect does not answer" in page()
    finally:
        world.close()
