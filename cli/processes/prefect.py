"""Prefect's server and the worker as processes of one installation, and the registering of flows.

Owns the settings under which both run: everything in the home folder, loopback, no telemetry, no
setting of the user's own Prefect profile. Leaves supervising to `cli.processes.stack`, and what the
deployments are to `prefect.yaml`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cli.processes.process import Process, ProcessError, Said, python_module

#: Slots of the global concurrency limits that tasks take, by the outside system they call.
SLOTS = {"marketplace": 4, "agency": 1, "carrier": 8}


def api_url(port: int) -> str:
    """The address of the REST API of a Prefect server on this machine."""
    return f"http://127.0.0.1:{port}/api"


def client_environment(home: Path, prefect_api: str) -> dict[str, str]:
    """Settings for whatever talks to our Prefect server by Prefect's own library."""
    env = {
        "PREFECT_API_URL": prefect_api,
        "PREFECT_HOME": str((home / "prefect").resolve()),
        "DO_NOT_TRACK": "1",
    }
    if auth := os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        env["PREFECT_API_AUTH_STRING"] = auth
    return env


def prefect_server(port: int, home: Path) -> Process:
    """Prefect's server with its pages, on loopback, with SQLite in the home folder.

    PREFECT_API_DATABASE_CONNECTION_URL in the environment puts PostgreSQL in SQLite's place. The
    first start in a new home folder takes longer, because Prefect builds its database.
    """
    folder = (home / "prefect").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    database = os.environ.get(
        "PREFECT_API_DATABASE_CONNECTION_URL", f"sqlite+aiosqlite:///{folder / 'prefect.db'}"
    )
    return Process(
        name="prefect-server",
        argv=(
            sys.executable,
            "-m",
            "prefect",
            "server",
            "start",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ),
        env=client_environment(home, api_url(port))
        | {
            "PREFECT_API_DATABASE_CONNECTION_URL": database,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            # No run is ever paused: waiting is a row of ours.
            "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
            # By default each schedule is written an hour ahead: 120 sweeps that nobody asked for.
            "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT2M",
            # Marking runs late after 15 s, the default, locks SQLite against the runs themselves
            # (measured: 532 failed attempts in 4 minutes of a queue of 30), so they get later.
            "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "PT5M",
            # A run writes some 50 kB of events, which nothing here reads once they have passed.
            # Prefect's own deleting of runs stays off: what a test buy waits for is an ended run.
            "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,orphans",
            "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        },
        log=home / "logs" / "prefect-server.log",
        ready=f"{api_url(port)}/health",
        advice=(
            "Is there room on the disk, and is no other server using this home folder?"
            " Then start again."
        ),
    )


def worker(
    home: Path,
    prefect_api: str,
    *,
    project: Path,
    env: Mapping[str, str] | None = None,
    pool: str = "testbuy",
    limit: int = 4,
    poll: float = 0.5,
    slots: Mapping[str, int] = SLOTS,
    grace: float = 10.0,
) -> Process:
    """The worker of `flows/worker.py`, in the project's folder, where `prefect.yaml` is.

    `env` is how the flows get their settings (database, vault, addresses of the outside systems).
    """
    arguments = ["--pool", pool, "--name", "worker", "--limit", str(limit), "--poll", str(poll)]
    arguments += ["--grace", str(grace)]
    for name, number in slots.items():
        arguments += ["--slots", f"{name}={number}"]
    return python_module(
        "worker",
        "flows.worker",
        arguments,
        log=home / "logs" / "worker.log",
        env={
            **client_environment(home, prefect_api),
            "TESTBUY_PROJECT": str(project.resolve()),
            **(env or {}),
        },
        ready=Said("Taking flow runs from work pool"),
        cwd=project,
    )


def register_deployments(home: Path, prefect_api: str, *, project: Path) -> None:
    """`prefect deploy --all` in the project's folder; its work pool must exist.

    Raises ProcessError with what Prefect said where it did not register all of them.
    """
    env = {
        **os.environ,
        **client_environment(home, prefect_api),
        "TESTBUY_PROJECT": str(project.resolve()),
    }
    try:
        done = subprocess.run(
            (sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"),
            cwd=project,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProcessError("Registering the deployments took over 120 s. Try again.") from error
    if done.returncode != 0 or "Skipping deployment" in done.stdout:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise ProcessError(
            f"The deployments of {project / 'prefect.yaml'} could not be registered."
            f" Mend what Prefect names and start again:\n{tail}"
        )
