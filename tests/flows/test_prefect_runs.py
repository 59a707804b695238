"""The REST client against Prefect itself: what only the real server can say."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.prefect_answers import PrefectRefused


def test_runs_are_found_by_tag_state_and_deployment(api, create, tiny_worker, reached):
    first = create("errand/errand", {"reference": "TB-1"}, "find-1", ["testbuy:TB-1", "brand:a"])
    second = create("errand/errand", {"reference": "TB-2"}, "find-2", ["testbuy:TB-2", "brand:a"])
    for run in (first, second):
        reached(run)
    found = api.flow_runs(tags=["testbuy:TB-1", "brand:a"])
    assert [run.id for run in found] == [first.id]
    assert set(found[0].tags) == {"testbuy:TB-1", "brand:a"}
    both = api.flow_runs(tags=["brand:a"], deployment="errand/errand")
    assert {run.id for run in both} == {first.id, second.id}
    assert len(api.flow_runs(tags=["brand:a"], limit=1)) == 1
    assert api.count(tags=["brand:a"], state_name="Waiting for parcel") == 2
    assert api.flow_runs(tags=["brand:a"], deployment="slow/slow") == []


def test_completed_runs_are_found_by_name_and_by_when_they_ended(
    api, create, set_state, tiny_worker, reached
):
    errand = "errand/errand"
    runs = [
        create(errand, {"reference": f"TB-{n}"}, f"completed-{n}", name=f"TB-{n}") for n in (4, 5)
    ]
    for run in runs:
        reached(run)
    names = ("TB-4", "TB-5")
    found = api.completed_runs(errand, but_named=(), names=names)
    assert {run.id for run in found} == {run.id for run in runs}
    set_state(runs[0].id, "COMPLETED", "Continued")
    (left,) = api.completed_runs(errand, but_named=("Continued",), names=names)
    assert left.id == runs[1].id
    now = datetime.now(UTC)
    assert runs[1].id in {
        run.id for run in api.completed_runs(errand, but_named=(), after=now - timedelta(hours=1))
    }
    assert api.completed_runs(errand, but_named=(), after=now + timedelta(hours=1)) == []
    assert api.completed_runs("slow/slow", but_named=(), names=names) == []


def test_a_run_that_is_done_can_be_renamed_so_that_the_list_shows_each_wait_once(
    api, create, set_state, tiny_worker, reached
):
    run = create("errand/errand", {"reference": "TB-3"}, "rename-1", ["testbuy:TB-3"])
    reached(run)
    set_state(run.id, "COMPLETED", "Continued", "by the next run")
    assert api.flow_run(run.id).state_name == "Continued"
    assert api.flow_run(run.id).state_message == "by the next run"
    assert api.count(tags=["testbuy:TB-3"], state_name="Waiting for parcel") == 0
    assert api.count(tags=["testbuy:TB-3"], state_name="Continued") == 1


def test_what_prefect_refuses_is_refused(api, tiny_worker):
    with pytest.raises(PrefectRefused):
        api.deployment_id("errand/other")
    with pytest.raises(PrefectRefused, match="reference"):
        api.create_flow_run("errand/errand", {}, "refused-1")
    with pytest.raises(PrefectRefused):
        api.flow_run("00000000-0000-4000-8000-000000000000")


def test_the_server_is_well(api):
    assert api.health()
