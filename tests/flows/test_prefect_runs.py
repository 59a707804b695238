"""The REST client against Prefect itself: what only the real server can say."""

import pytest

from connectors.prefect_api import PrefectRefused


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
