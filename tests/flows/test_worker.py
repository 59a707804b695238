"""The worker as a real process at a real Prefect server."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import yaml

from cli.processes.prefect import register_deployments
from tests.flows.conftest import ask

PROJECT = Path(__file__).parents[2]


def wait_until(condition, seconds=90.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_run_ends_in_the_state_its_flow_names(create, tiny_worker, reached, tmp_path):
    trace = tmp_path / "trace"
    created_at = time.time()
    run = create(
        "errand/errand",
        {"reference": "TB-2026-000017", "trace": str(trace)},
        "wake-1:1",
        tags=["testbuy:TB-2026-000017"],
    )
    end = reached(run)
    assert (end.state_type, end.state_name) == ("COMPLETED", "Waiting for parcel")
    assert end.state_message == "TB-2026-000017 waits for its parcel."
    first_line_s = float(trace.read_text()) - created_at
    assert first_line_s < 5, "the worker polls each 0.5 s and imports nothing for a run"

    again = create(
        "errand/errand", {"reference": "TB-2026-000017", "trace": str(trace)}, "wake-1:1"
    )
    assert again.id == run.id
    assert again.state_name == "Waiting for parcel"


def test_parameters_left_out_take_their_defaults(create, tiny_worker, reached):
    run = create("errand/errand", {"reference": "TB-2026-000018"}, "wake-2:1")
    assert reached(run).state_message.startswith("TB-2026-000018")


def test_a_flow_that_raises_does_not_take_the_worker_along(create, prefect, tiny_worker, reached):
    failing = create("failing/failing", {}, "wake-3:1")
    leaving = create("leaving/leaving", {}, "wake-4:1")
    assert reached(failing).state_type == "FAILED"
    assert "the shop is closed" in reached(failing).state_message
    assert reached(leaving).state_type == "CRASHED"
    after = create("errand/errand", {"reference": "TB-2026-000019"}, "wake-5:1")
    assert reached(after).state_type == "COMPLETED"
    assert prefect.stack.alive()[tiny_worker]


def test_a_stop_waits_for_the_running_run(api, create, prefect, tiny_worker, reached, tmp_path):
    run = create("slow/slow", {"seconds": 1.5, "trace": str(tmp_path / "trace")}, "wake-6:1")
    reached(run, "RUNNING")
    os.kill(prefect.stack.pid(tiny_worker), signal.SIGTERM)
    wait_until(lambda: not prefect.stack.alive()[tiny_worker])
    assert prefect.stack.ended_with(tiny_worker) == 0
    assert (tmp_path / "trace").read_text() == "done"
    assert api.flow_run(run.id).state_type == "COMPLETED"
    prefect.stack.restart(tiny_worker)


def test_a_stop_does_not_wait_for_ever(api, create, prefect, tiny_worker, reached, tmp_path):
    run = create("slow/slow", {"seconds": 60, "trace": str(tmp_path / "trace")}, "wake-7:1")
    reached(run, "RUNNING")
    os.kill(prefect.stack.pid(tiny_worker), signal.SIGINT)
    wait_until(lambda: not prefect.stack.alive()[tiny_worker])
    assert prefect.stack.ended_with(tiny_worker) == 0
    end = api.flow_run(run.id)
    assert end.state_type == "CRASHED"
    assert "stopped" in end.state_message
    prefect.stack.restart(tiny_worker)


def test_runs_of_a_killed_worker_are_crashed_by_the_next_one(
    api, create, prefect, tiny_worker, reached, tmp_path
):
    run = create("slow/slow", {"seconds": 60, "trace": str(tmp_path / "trace")}, "wake-8:1")
    reached(run, "RUNNING")
    os.kill(prefect.stack.pid(tiny_worker), signal.SIGKILL)
    wait_until(lambda: not prefect.stack.alive()[tiny_worker])
    assert prefect.stack.ended_with(tiny_worker) == -signal.SIGKILL
    prefect.stack.restart(tiny_worker)
    assert reached(run).state_type == "CRASHED"


def test_the_worker_outlives_its_server(create, prefect, tiny_worker, reached):
    os.kill(prefect.stack.pid("prefect-server"), signal.SIGKILL)
    time.sleep(1.5)
    prefect.stack.restart("prefect-server")
    run = create("errand/errand", {"reference": "TB-2026-000020"}, "wake-9:1")
    assert reached(run).state_name == "Waiting for parcel"
    assert prefect.stack.alive()[tiny_worker]


def test_the_worker_declares_the_limits_it_is_given(prefect, tiny_worker):
    limit = httpx.get(f"{prefect.api_url}/v2/concurrency_limits/marketplace").json()
    assert (limit["limit"], limit["active"]) == (4, True)


def test_the_worker_does_not_start_with_a_flow_it_cannot_import(prefect, tmp_path):
    (tmp_path / "broken.py").write_text("import no_such_module\n")
    (tmp_path / "prefect.yaml").write_text(
        "deployments: [{name: broken, entrypoint: 'broken.py:broken'}]\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "flows.worker", "--pool", "tiny"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PREFECT_API_URL": prefect.api_url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "broken.py:broken" in done.stderr
    assert "no_such_module" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_projects_deployments_register_with_the_stock_command(prefect, api, tmp_path):
    shutil.copy(PROJECT / "prefect.yaml", tmp_path)
    deployments = yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
    for deployment in deployments:
        path, name = deployment["entrypoint"].split(":")
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(
            f"from prefect import flow\n@flow\ndef {name}() -> None: ...\n"
        )
    httpx.post(f"{prefect.api_url}/work_pools/", json={"name": "testbuy", "type": "process"})
    register_deployments(prefect.home, prefect.api_url, project=tmp_path)
    for name in ("testbuy", "launch", "intake", "sweep", "mail", "anchor"):
        assert api.deployment_id(f"{name}/{name}")
    sweep = httpx.get(f"{prefect.api_url}/deployments/name/sweep/sweep").json()
    assert sweep["schedules"][0]["schedule"]["interval"] == 60
    (step,) = sweep["pull_steps"]
    assert step["prefect.deployments.steps.set_working_directory"]["directory"] == str(tmp_path)


def test_the_server_writes_the_runs_of_a_schedule(prefect, tiny_worker) -> None:
    """Nobody else starts the sweep, the mails and the anchors: without it what lies stays lying."""
    found = ask(prefect.api_url, "GET", "deployments/name/errand/errand").json()
    here = f"deployments/{found['id']}/schedules"
    # A day apart, so that the worker takes none of them here.
    steady = [{"active": True, "schedule": {"interval": 86_400}}]
    made = ask(prefect.api_url, "POST", here, steady).json()

    def written() -> bool:
        wanted = {"state": {"type": {"any_": ["SCHEDULED"]}}}
        asked = {"flow_runs": wanted, "limit": 200}
        found = ask(prefect.api_url, "POST", "flow_runs/filter", asked).json()
        return any(run["auto_scheduled"] for run in found)

    wait_until(written, seconds=90)
    for each in made:
        ask(prefect.api_url, "DELETE", f"{here}/{each['id']}")
