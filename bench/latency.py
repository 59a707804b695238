"""From a person's change to the next flow run's first line: server, worker and dispatcher live.

The change is a request, one after another, each waited for: it
leaves a wake-up as a sealed verdict does. The first line is the lease taken, as its row tells.
"""

import secrets
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from bench import Row, life
from casework import requesting
from casework.act import Act
from casework.dispatch import Dispatcher
from cli.installation import PROJECT
from cli.loopback import free_port
from cli.prefect_processes import api_url, prefect_server, register_deployments, worker
from cli.processes import Stack
from connectors.prefect_api import PrefectApi
from rules.roles import Role
from storage.rows import one, table_of
from storage.session import Database
from storage.tables import RequestedVia, Route, TestBuy

CHANGES = 30
GOAL_P50_S, GOAL_P99_S = 1.0, 3.0


def rows() -> list[Row]:
    """The median and the 99th percentile, in seconds."""
    with tempfile.TemporaryDirectory() as name, Stack(Path(name)) as stack:
        home = Path(name)
        people = life.prepare(home / "testbuy.db")
        api = api_url(free_port())
        port = int(api.rpartition(":")[2].removesuffix("/api"))
        stack.start(prefect_server(port, home))
        env = {"TESTBUY_HOME": name, "TESTBUY_PREFECT_API_URL": api}
        stack.start(worker(home, api, project=PROJECT, env=env))
        register_deployments(home, api, project=PROJECT)
        db = Database.in_folder(home)
        with PrefectApi(api) as prefect:
            dispatcher = Dispatcher(db, prefect, lambda: datetime.now(UTC))
            dispatcher.start()
            waits = sorted(_wait(db, people, flag) for flag in range(1, CHANGES + 1))
            dispatcher.stop()
        db.close()
    cuts = quantiles(waits, n=100, method="inclusive")
    return [
        Row("change to next flow run, p50", cuts[49], GOAL_P50_S, "s, the goal"),
        Row("change to next flow run, p99", cuts[98], GOAL_P99_S, "s, the goal"),
    ]


def _wait(db: Database, people: dict[Role, int], flag: int) -> float:
    began_at = time.monotonic()
    analyst = Act(Role.ANALYST, datetime.now(UTC), secrets.token_bytes(32), people[Role.ANALYST])
    reference = requesting.request(
        db,
        analyst,
        flag_id=flag,
        purpose="Confirm the suspicion",
        campaign=None,
        via=RequestedVia.PORTAL,
        route=Route.BY_HAND,
    ).reference
    while True:
        with db.read() as tx:
            row = one(tx, TestBuy, table_of(TestBuy).c.reference == reference)
        assert row is not None
        if row.fence:
            return time.monotonic() - began_at
        if time.monotonic() - began_at > 60:
            raise TimeoutError(f"{reference} got no flow run within a minute")
        time.sleep(0.005)
