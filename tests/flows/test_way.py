"""A test buy's whole way over real processes: Prefect, its worker, marketplace, carrier, agency."""

import logging
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from casework.telling import webhooks
from evidence import webarchive
from flows.continued import PASSED_ON
from flows.rounds import CLOCK, NOTHING_NEW
from rules.capturing import PageKind
from rules.lifecycle import EarlyEnd, Stage
from rules.referral import ReferralState
from rules.roles import Role
from rules.webhooks import Event
from storage.rows import every, one, table_of
from storage.tables import OrderAttempt, PageCapture, Parcel, Photo, Wakeup, WebhookDelivery
from tests import canary
from tests.flows.conftest import ask, patiently
from tests.flows.programme import CANARIES, DEAR, WAY, Programme, feed, until
from tests.receiver import Receiver

SHOTS = ("R01", "R02"), ("U02", "I01", "I02", "B02")


@pytest.fixture(scope="module")
def running(programme: Programme) -> Programme:
    """The programme at work: a worker takes its runs, and wake-ups are dispatched."""
    programme.stack.start(programme.worker("way-worker"))
    programme.dispatch()
    return programme


@pytest.fixture(scope="module")
def sweep(create, reached):
    """Run the sweep as a flow, as its schedule does, to its end."""

    def run() -> str:
        while True:
            done = reached(create("sweep/sweep", {}, f"sweep-{time.time()}"))
            # Its own schedule may be sweeping just now, which makes this one needless.
            if done.state_name != PASSED_ON:
                assert done.state_name in ("Swept", NOTHING_NEW)
                return done.state_message

    return run


@pytest.fixture
def listed(api, running):
    """`listed(reference)`: the names of the states of a test buy's runs, those continued apart."""

    def names(reference: str) -> list[str]:
        runs = patiently(api.flow_runs, tags=[f"testbuy:{reference}"])
        return [run.state_name for run in runs if run.state_name != "Continued"]

    return names


def open_wakeups(programme: Programme) -> int:
    with programme.db.read() as tx:
        return len(every(tx, Wakeup, table_of(Wakeup).c.finished_at.is_(None)))


def test_from_request_to_accepted_referral(running, api, listed, sweep, prefect):
    reference = running.request(WAY)

    def waits_for(name: str) -> None:
        running.wait(reference, name)
        until(lambda: listed(reference) == [name], lambda: f"{listed(reference)}")

    waits_for("Waiting for parcel")
    running.photograph(reference, *SHOTS[0])
    running.receive(reference)
    waits_for("Waiting for photos")
    running.photograph(reference, *SHOTS[1])
    running.document(reference)
    waits_for("Waiting for intake")
    running.take_in(reference)
    waits_for("Waiting for verdict")
    running.judge(reference)
    waits_for("Waiting for referral approval")
    running.approve_referral(reference)
    waits_for("Waiting for agency")
    until(lambda: _accepted(running, reference, sweep))
    waits_for("Closed")

    testbuy = running.row(reference)
    assert testbuy.stage is Stage.CLOSED
    assert testbuy.flow_runs <= 8
    runs = patiently(api.flow_runs, tags=[f"testbuy:{reference}"])
    assert len(runs) == testbuy.flow_runs, "runs that did nothing"
    assert [run.state_name for run in runs] == ["Closed"] + ["Continued"] * (len(runs) - 1)
    assert {run.name for run in runs} == {reference}
    assert set(runs[0].tags) >= {f"testbuy:{reference}", "brand:Swarovski", "stage:referred"}
    artifact = httpx.get(
        f"{prefect.api_url}/artifacts/{reference.lower()}/latest", trust_env=False
    ).json()
    assert "**closed**" in artifact["data"]
    assert f"https://portal.example/testbuys/{reference}" in artifact["data"]
    _captured_before(running, testbuy.id)
    (order,) = running.outside.orders_of(reference)
    (receipt,) = running.outside.referrals_of(reference)
    assert running.referral(reference).bundle_digest == receipt["bundle_digest"]
    until(lambda: open_wakeups(running) == 0)
    with running.db.read() as tx:
        parcels = every(tx, Parcel)
        (photo, *_) = every(tx, Photo, testbuy_id=testbuy.id)
    # What was planted is there to be told: in the programme's own rows and photos.
    kept = f"{canary.in_database(running.home / 'testbuy.db', CANARIES)}"
    kept += f"{canary.in_bytes(running.vault.read(photo.digest), CANARIES)}"
    assert [word for word in CANARIES if word not in kept] == []
    numbers = (
        str(order["order_number"]),
        "buyer@example.org",
        *(each.tracking_number for each in parcels),
    )
    private = (*CANARIES, *filter(None, numbers))
    assert _told_to_prefect(prefect.home, running.home, words=private) == []


def test_a_name_that_came_last_is_mended_by_the_sweep(running, api, listed, sweep, set_state):
    """As when the engine of a continued run names its state after the next run has marked it."""
    reference = running.request("L-26")
    running.wait(reference, "Waiting for parcel")
    running.photograph(reference, "R01", "R02")
    running.receive(reference)
    running.wait(reference, "Waiting for photos")
    until(lambda: listed(reference) == ["Waiting for photos"], lambda: f"{listed(reference)}")
    runs = patiently(api.flow_runs, tags=[f"testbuy:{reference}"])
    (continued,) = (run for run in runs if run.state_name == "Continued")
    set_state(continued.id, "COMPLETED", "Waiting for parcel")
    assert sorted(listed(reference)) == ["Waiting for parcel", "Waiting for photos"]
    sweep()
    until(lambda: listed(reference) == ["Waiting for photos"], lambda: f"{listed(reference)}")


@pytest.mark.parametrize("deployment", CLOCK)
def test_a_round_that_finds_nothing_says_so_and_complains_of_nothing(
    running, create, reached, prefect, deployment
):
    """There are thousands a day: what says more is kept for a week, and each complaint is read."""
    rounds = []

    def quiet() -> bool:
        rounds.append(reached(create(deployment, {}, f"quiet-{time.time()}")))
        return rounds[-1].state_name == NOTHING_NEW

    until(quiet, lambda: f"{[each.state_message for each in rounds]}")

    def logged() -> list[tuple[int, str]]:
        wanted = {"flow_run_id": {"any_": [rounds[-1].id]}}
        found = ask(prefect.api_url, "POST", "logs/filter", {"logs": wanted}).json()
        return [(each["level"], each["message"]) for each in found]

    # Logs come some seconds after the run's end, its last line last.
    until(lambda: any("Finished in state" in said for _, said in logged()), logged)
    assert [said for level, said in logged() if level >= logging.WARNING] == []


def test_a_webhook_is_told_by_the_sweep_where_no_portal_runs(running, sweep):
    with Receiver() as receiver:
        act = running.act(Role.ANALYST)
        hook = webhooks.subscribe(
            running.db, act, url=receiver.url, events=[Event.TESTBUY_MOVED], plain=True
        )
        owed = webhooks.try_out(running.db, running.act(Role.ANALYST), hook.public_id)
        until(lambda: sweep() and [came.id for came in receiver.came] == [owed])
        sweep()
    assert [came.id for came in receiver.came] == [owed]
    with running.db.read() as tx:
        (row,) = every(tx, WebhookDelivery, public_id=owed)
    assert row.delivered_at is not None and row.attempt == 1
    webhooks.remove(running.db, running.act(Role.ANALYST), hook.public_id)


def _captured_before(programme: Programme, testbuy: int) -> None:
    """The seller's page is on loopback and was kept; the flagged listing's host is nowhere."""
    with programme.db.read() as tx:
        kept = {row.what: row for row in every(tx, PageCapture, testbuy_id=testbuy)}
        (attempt,) = every(tx, OrderAttempt, testbuy_id=testbuy)
    seller, listing = kept[PageKind.SELLER], kept[PageKind.LISTING]
    page = webarchive.read(programme.vault.read(seller.warc_digest))[0]
    assert page.payload.startswith(b"<!doctype html>") and seller.complete
    assert (listing.problem, listing.warc_digest) == ("away", None)
    assert max(row.fetched_at for row in kept.values()) <= attempt.intended_at


def _accepted(programme: Programme, reference: str, sweep) -> bool:
    sweep()
    return programme.referral(reference).state is ReferralState.ACCEPTED


def _told_to_prefect(*homes: Path, words: Sequence[str]) -> list[str]:
    """Where `words` are in all that Prefect keeps, the server and the worker printed and logged.

    Prefect's database holds run names, parameters, states with their messages, results, artifacts,
    tags and logs; it is read table by table, and every file byte by byte.
    """
    folders = [home / name for home in homes for name in ("prefect", "logs")]
    assert any((folder / "prefect.db").is_file() for folder in folders)
    assert any((folder / "way-worker.log").is_file() for folder in folders)
    return [hit for folder in folders if folder.is_dir() for hit in canary.in_folder(folder, words)]


def test_a_leak_into_prefect_would_be_seen(running, create, reached, prefect):
    """The search finds what is told to Prefect by mistake, here a wish that names somebody."""
    leak = "Perpetua Leakwright"
    assert _told_to_prefect(prefect.home, running.home, words=[leak]) == []
    wish = {"flags": "F-none", "purpose": f"Look at {leak}", "campaign": "Autumn"}
    reached(create("launch/launch", {"launch": wish}, "launch-leak"))
    found = _told_to_prefect(prefect.home, running.home, words=[leak])
    assert f"{leak!r} in prefect.db, flow_run.parameters" in found


def test_launching_a_list_from_the_control_room(running, create, reached, prefect, listed):
    wish = {"flags": "F-L-27\nF-L-28\nF-none\n", "purpose": "Follow up", "campaign": "Autumn"}
    run = reached(create("launch/launch", {"launch": wish}, "launch-1"))
    assert run.state_name == "2 requested, 1 refused"
    table = httpx.get(f"{prefect.api_url}/artifacts/launch/latest", trust_env=False).json()["data"]
    assert table.count("TB-20") == 2
    assert "F-none" in table
    assert "No flag has this number." in table


def test_a_feed_pasted_in_the_control_room(running, create, reached, prefect):
    text = feed(["L-new"], "not a flag", "F-x,vision").decode()
    run = reached(create("intake/intake", {"feed": text}, "intake-1"))
    assert run.state_name == "1 imported, 0 known, 2 rejected"
    table = httpx.get(f"{prefect.api_url}/artifacts/intake/latest", trust_env=False).json()["data"]
    assert '"line": 3' in table
    assert '"line": 4' in table
    again = reached(create("intake/intake", {"feed": text}, "intake-2"))
    assert again.state_name == "0 imported, 1 known, 2 rejected"


def test_sellers_who_cancel_and_parcels_that_are_lost(running, sweep):
    cancelled, lost = running.request("L-cancels"), running.request("L-lost")
    for reference in (cancelled, lost):
        running.wait(reference, "Waiting for parcel")

    def abandoned() -> bool:
        sweep()
        return running.row(lost).stage is Stage.ABANDONED

    until(abandoned)
    assert running.row(lost).early_end is EarlyEnd.LOST_IN_TRANSIT
    until(lambda: len(running.outside.orders_of(cancelled)) == 2)
    running.wait(cancelled, "Waiting for parcel")
    rows = table_of(OrderAttempt)
    with running.db.read() as tx:
        attempts = every(tx, OrderAttempt, rows.c.testbuy_id == running.row(cancelled).id)
    assert [attempt.state for attempt in attempts] == ["dead", "placed"]
    assert len({attempt.key for attempt in attempts}) == 2


def test_an_order_given_up_is_cancelled_there_before_the_next(running):
    reference = running.request("L-29")
    running.wait(reference, "Waiting for parcel")
    running.give_up_order(reference)
    until(lambda: len(running.outside.orders_of(reference)) == 2)
    running.wait(reference, "Waiting for parcel")
    first, second = running.outside.orders_of(reference)
    changes = running.outside.changes_of(first["order_number"])
    assert [each["state"] for each in changes] == ["cancelled_by_buyer"]
    assert changes[0]["at"] < second["placed_at"], "two orders were alive at once"


def test_a_price_that_rose_is_put_before_an_analyst(running):
    reference = running.request(DEAR)
    running.wait(reference, "Waiting for decision")
    assert running.row(reference).stage is Stage.ASSIGNED
    assert running.outside.orders_of(reference) == []


def test_a_move_while_prefect_is_away(running, api, prefect):
    reference = running.request("L-away")
    running.wait(reference, "Waiting for parcel")
    running.waive_shots(reference)
    server = prefect.stack.pid("prefect-server")
    os.kill(server, signal.SIGSTOP)
    try:
        running.receive(reference)
        wakeups = table_of(Wakeup)
        with running.db.read() as tx:
            owed = one(
                tx,
                Wakeup,
                wakeups.c.testbuy_id == running.row(reference).id,
                wakeups.c.finished_at.is_(None),
            )
        assert owed is not None
        time.sleep(3)
        assert running.row(reference).waiting_name == "Waiting for photos", "the move is made"
        assert running.row(reference).flow_runs == 1
    finally:
        os.kill(server, signal.SIGCONT)
    until(lambda: running.row(reference).flow_runs == 2)
    with running.db.read() as tx:
        served = one(tx, Wakeup, wakeups.c.id == owed.id)
    assert served is not None
    assert served.attempt == 1
    assert served.finished_at is not None
    # The call that went unanswered and those after it had one key: there is one run for it.
    assert patiently(api.count, tags=[f"testbuy:{reference}"]) == 2
    again = patiently(
        api.create_flow_run, "testbuy/testbuy", {"reference": reference}, f"{owed.id}:1"
    )
    assert again.id == served.flow_run_id
