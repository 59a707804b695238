"""One real Prefect server for all tests of flows, and what runs at it.

Small flows of `tiny.py` with a worker of their own, for tests of the worker; the programme's flows
with the simulator's servers, for tests of the whole way.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.processes.loopback import free_port
from cli.processes.prefect import api_url, prefect_server, register_deployments, worker
from cli.processes.stack import Stack
from connectors.prefect_answers import FlowRunRef, PrefectBusy
from connectors.prefect_api import PrefectApi
from tests.flows.programme import Outside, Programme, start_outside

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Prefect:
    """A running server: the address of its API, and the stack and home folder it runs in."""

    api_url: str
    stack: Stack
    home: Path


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    """A real Prefect server; the only one of the whole test run."""
    home = tmp_path_factory.mktemp("home")
    port = free_port()
    with Stack(home) as stack:
        stack.start(prefect_server(port, home))
        yield Prefect(api_url(port), stack, home)


@pytest.fixture(scope="session")
def prefect_api_url(prefect: Prefect) -> str:
    return prefect.api_url


@pytest.fixture(scope="session")
def api(prefect: Prefect) -> Iterator[PrefectApi]:
    with PrefectApi(prefect.api_url) as client:
        yield client


@pytest.fixture(scope="session")
def tiny_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder of its own, with small flows in place of the programme's."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(Path(__file__).with_name("tiny.py"), folder)
    (folder / "prefect.yaml").write_text(
        "pull:\n"
        "- prefect.deployments.steps.set_working_directory:\n"
        '    directory: "{{ $TESTBUY_PROJECT }}"\n'
        "deployments:\n"
        + "".join(
            f"- {{name: {name}, entrypoint: 'tiny.py:{name}', work_pool: {{name: tiny}}}}\n"
            for name in ("errand", "failing", "leaving", "slow")
        )
    )
    return folder


@pytest.fixture(scope="session")
def tiny_worker(prefect: Prefect, tiny_project: Path) -> str:
    """A worker that serves the tiny flows, which are registered: its name in the stack."""
    process = worker(
        prefect.home,
        prefect.api_url,
        project=tiny_project,
        env={"PYTHONPATH": str(PROJECT)},
        pool="tiny",
        slots={"marketplace": 4},
        grace=3,
    )
    prefect.stack.start(process)
    register_deployments(prefect.home, prefect.api_url, project=tiny_project)
    return process.name


def patiently(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Make a call of the API again while Prefect's SQLite store is busy, as its callers must."""
    for _ in range(240):
        try:
            return call(*arguments, **options)
        except PrefectBusy:
            time.sleep(0.25)
    pytest.fail("Prefect stayed busy for a minute")


def ask(api_url: str, method: str, path: str, body: object = None) -> httpx.Response:
    """Ask Prefect what its client has no call for, again while its SQLite store is busy."""
    address = f"{api_url}/{path}"
    for _ in range(240):
        answer = httpx.request(method, address, json=body, trust_env=False, timeout=30)
        if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
            return answer.raise_for_status()
        time.sleep(0.25)
    pytest.fail("Prefect stayed busy for a minute")


@pytest.fixture(scope="session")
def create(api: PrefectApi) -> Callable[..., FlowRunRef]:
    """`api.create_flow_run`, made patiently."""
    return partial(patiently, api.create_flow_run)


@pytest.fixture(scope="session")
def set_state(api: PrefectApi) -> Callable[..., None]:
    """`api.set_state`, made patiently."""
    return partial(patiently, api.set_state)


@pytest.fixture(scope="session")
def reached(api: PrefectApi) -> Callable[..., FlowRunRef]:
    """`reached(run, *state_types)`: the run once it is in one of them; without any, at its end."""

    def wait(run: FlowRunRef, *state_types: str, seconds: float = 120) -> FlowRunRef:
        wanted = state_types or ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        deadline = time.monotonic() + seconds
        while (now := patiently(api.flow_run, run.id)).state_type not in wanted:
            assert time.monotonic() < deadline, f"still {now.state_name} after {seconds} s"
            time.sleep(0.05)
        return now

    return wait


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The simulator's marketplace, carrier and agency as real processes."""
    folder = tmp_path_factory.mktemp("outside")
    with Stack(folder) as stack:
        yield start_outside(stack, folder)


@pytest.fixture(scope="session")
def deployments(prefect: Prefect) -> None:
    """The programme's own deployments, registered; tests start their runs, no schedule does."""
    pool = {"name": "testbuy", "type": "testbuy-thread"}
    httpx.post(f"{prefect.api_url}/work_pools/", json=pool, trust_env=False)
    register_deployments(prefect.home, prefect.api_url, project=PROJECT)
    # Runs that pile up while no worker serves the pool would be a later test's to carry out.
    every = httpx.post(f"{prefect.api_url}/deployments/filter", json={}, trust_env=False)
    for each in every.raise_for_status().json():
        if each["schedules"]:
            pause = f"{prefect.api_url}/deployments/{each['id']}/pause_deployment"
            httpx.post(pause, trust_env=False).raise_for_status()


@pytest.fixture(scope="module")
def programme(
    prefect: Prefect, outside: Outside, deployments: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Programme]:
    """A programme with a database of its own, and nobody at work in it yet.

    Its references are of its own too, since all programmes share one Prefect server.
    """
    home = tmp_path_factory.mktemp("programme")
    number = int(home.name.removeprefix("programme"))
    built = Programme(home, outside, prefect.api_url, references_from=number * 1000)
    with Stack(built.home) as built.stack:
        yield built
    built.close()
