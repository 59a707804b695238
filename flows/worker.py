"""A Prefect worker that runs flow runs in threads of its own, already-imported process.

Owns: taking scheduled runs from one work pool, running their flows here, and stopping in order.
Leaves to others: what the flows do, and driving on a test buy whose run died (the sweep does that,
because the row still says what is due). A stock process, Docker or Kubernetes worker can take the
place of this one by another `work_pool` in `prefect.yaml`: nothing in a flow knows who runs it.

Its limits: `kill -9` takes all its runs at once (the next worker on this machine marks them
Crashed), one running run cannot be cancelled, and a deployment's own `job_variables` are ignored,
because the environment is the process's.

    python -m flows.worker --pool testbuy --limit 4 --poll 0.5
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc
import anyio.to_thread
from prefect import Flow
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import Abort
from prefect.flow_engine import run_flow
from prefect.states import Crashed
from prefect.workers.base import (
    BaseJobConfiguration,
    BaseVariables,
    BaseWorker,
    BaseWorkerResult,
)
from pydantic import PrivateAttr

from flows.entrypoints import FlowNotLoadedError, Flows, entrypoints
from flows.whereabouts import Whereabouts

if TYPE_CHECKING:
    from uuid import UUID

WORKER_TYPE = "testbuy-thread"

#: Printed once the pool is there and runs are being taken: the sign a supervisor waits for.
READY = "Taking flow runs from work pool"

#: Seconds between the worker's signs of life to the server; Prefect calls a worker offline after
#: three missed ones.
SYNC_SECONDS = 15.0

#: The longest pause between two polls of a server that does not answer, in seconds.
SLOWEST_POLL = 5.0

logger = logging.getLogger("prefect.workers.testbuy")


class ThreadConfiguration(BaseJobConfiguration):
    """A run's configuration: all that a thread needs is where its deployment's flow is."""

    _entrypoint: str | None = PrivateAttr(default=None)

    @property
    def entrypoint(self) -> str:
        if self._entrypoint is None:
            raise FlowNotLoadedError("The run belongs to no deployment with an entrypoint.")
        return self._entrypoint

    def prepare_for_flow_run(
        self,
        flow_run: FlowRun,
        deployment: Any = None,
        flow: Any = None,
        work_pool: Any = None,
        worker_name: str | None = None,
        worker_id: UUID | None = None,
    ) -> None:
        super().prepare_for_flow_run(flow_run, deployment, flow, work_pool, worker_name, worker_id)
        self._entrypoint = getattr(deployment, "entrypoint", None)


class ThreadResult(BaseWorkerResult):
    """Prefect's shape of a run's end: `status_code` 0 where the engine told the server of it."""


class ThreadWorker(BaseWorker[ThreadConfiguration, BaseVariables, ThreadResult]):
    """Runs at most `limit` flow runs at once, each in a thread."""

    type = WORKER_TYPE
    job_configuration = ThreadConfiguration
    _description = "Runs flow runs in threads of one process that has imported the flows already."

    def __init__(self, pool: str, *, flows: Flows, limit: int, name: str | None = None) -> None:
        # A run prefetched before its time would hold a thread while it waits for it.
        super().__init__(pool, limit=limit, name=name, prefetch_seconds=0)
        self._flows = flows
        self._threads = anyio.CapacityLimiter(limit)
        self.running: set[UUID] = set()

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ThreadConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> ThreadResult:
        flow = self._flows[configuration.entrypoint]
        here = Whereabouts.own()
        if task_status is not None:
            task_status.started(str(here))
        self.running.add(flow_run.id)
        try:
            code = await anyio.to_thread.run_sync(
                partial(_run_to_its_end, flow, flow_run), limiter=self._threads
            )
        finally:
            self.running.remove(flow_run.id)
        return ThreadResult(identifier=str(here), status_code=code)

    @property
    def has_pool(self) -> bool:
        """Whether the server has answered at least once, so that runs can be taken."""
        return self._work_pool is not None

    async def declare_limits(self, slots: Mapping[str, int]) -> None:
        """Create or change global concurrency limits, by name and number of slots."""
        for name, limit in slots.items():
            await self.client.upsert_global_concurrency_limit_by_name(name, limit)

    async def abandon_running(self) -> None:
        """Tell the server that the runs still going on here end with this process."""
        state = Crashed(message="The worker was stopped and did not wait longer for this run.")
        for run_id in list(self.running):
            try:
                # One that has just ended may still be tidying up in its thread.
                run = await self.client.read_flow_run(run_id)
                if run.state is None or not run.state.is_final():
                    await self.client.set_flow_run_state(run_id, state, force=True)
            except Exception as error:
                logger.warning("Flow run %s stays Running in Prefect: %r", run_id, error)

    async def crash_orphans(self) -> None:
        """Mark as Crashed the pool's runs whose worker died on this machine.

        Without this they would stay Running for ever: nobody else knows that the process is gone.
        """
        runs = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(
                    type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
                )
            ),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[self._work_pool_name])),
            limit=200,
        )
        orphans = [run for run in runs if Whereabouts.parse(run.infrastructure_pid).is_gone()]
        for run in orphans:
            await self.client.set_flow_run_state(
                run.id, Crashed(message="The worker died during this run."), force=True
            )
            logger.warning("Flow run %s was left by a dead worker: now Crashed", run.id)


def _run_to_its_end(flow: Flow[..., Any], flow_run: FlowRun) -> int:
    """0 where the engine has told the server how the run ended, 1 where it could not."""
    try:
        run_flow(flow, flow_run=flow_run, return_type="state")
    except Abort as refusal:
        # The server did not let the run start (cancelled, or another worker has it).
        logger.info("Flow run %s was not run: %s", flow_run.id, refusal)
    except Exception:
        logger.exception("Flow run %s broke off", flow_run.id)
        return 1
    except BaseException as end:
        # SystemExit and its like: the engine reports the crash and raises it again, and in the
        # event loop it would end the worker.
        logger.error("Flow run %s ended by %r", flow_run.id, end)  # noqa: TRY400
    return 0


async def serve(
    worker: ThreadWorker, *, poll: float, slots: Mapping[str, int], grace: float
) -> None:
    """Take and run flow runs until SIGTERM or SIGINT, then wait `grace` seconds for running ones.

    Ends the process itself where runs outlast the grace, since their threads can't be ended.
    `slots`: global concurrency limits to declare first (an undeclared one lets everybody in).
    """
    stop = anyio.Event()
    async with anyio.create_task_group() as signals:
        signals.start_soon(_stop_on_signal, stop)
        async with worker:
            # Runs live in a task group of the worker's own: leaving this one does not touch them.
            async with anyio.create_task_group() as services:
                services.start_soon(_keep_in_touch, worker)
                services.start_soon(_take_runs, worker, poll, slots)
                await stop.wait()
                # Prefect's own clearing up has no bound where its server hangs.
                latest_end = threading.Timer(grace + 4, os._exit, (0,))
                latest_end.daemon = True
                latest_end.start()
                services.cancel_scope.cancel()
            with anyio.move_on_after(grace):
                while worker.limiter.borrowed_tokens:
                    await anyio.sleep(0.05)
            if worker.running:
                logger.warning("%d runs outlast the stop", len(worker.running))
                with anyio.move_on_after(3):
                    await worker.abandon_running()
                logging.shutdown()
                os._exit(0)
        signals.cancel_scope.cancel()


async def _stop_on_signal(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            stop.set()


async def _keep_in_touch(worker: ThreadWorker) -> None:
    while True:
        try:
            await worker.sync_with_backend()
        except Exception as error:
            logger.warning("No contact with Prefect: %r", error)
        await anyio.sleep(SYNC_SECONDS if worker.has_pool else 1.0)


async def _take_runs(worker: ThreadWorker, poll: float, slots: Mapping[str, int]) -> None:
    prepared = False
    pause = poll
    while True:
        try:
            if prepared:
                await worker.get_and_submit_flow_runs()
            elif worker.has_pool:
                await worker.declare_limits(slots)
                await worker.crash_orphans()
                print(f"{READY} {worker.work_pool.name!r}.", flush=True)  # noqa: T201
                prepared = True
            pause = poll
        except Exception as error:
            # A server that is away for a while is no reason to leave: runs go on without it.
            pause = min(pause * 2, SLOWEST_POLL)
            logger.warning("Prefect did not answer, next try in %.1f s: %r", pause, error)
        await anyio.sleep(pause)


def _slots(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not name or not number.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not like marketplace=4")
    return name, int(number)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="flows.worker", description="Runs flow runs in threads of one process."
    )
    parser.add_argument("--pool", default="testbuy", help="work pool, created where missing")
    parser.add_argument("--name", help="the worker's name in Prefect's pages")
    parser.add_argument("--limit", type=int, default=4, help="runs at once")
    parser.add_argument("--poll", type=float, default=0.5, help="seconds between polls")
    parser.add_argument("--grace", type=float, default=10.0, help="seconds to wait at the end")
    parser.add_argument(
        "--slots",
        type=_slots,
        action="append",
        default=[],
        metavar="NAME=SLOTS",
        help="a global concurrency limit to declare first; may be repeated",
    )
    options = parser.parse_args(arguments)
    flows = Flows()
    try:
        for entrypoint in entrypoints(Path("prefect.yaml")):
            flows[entrypoint]
    except (OSError, FlowNotLoadedError) as error:
        print(f"The worker can't start. {error}", file=sys.stderr)  # noqa: T201
        return 1
    worker = ThreadWorker(options.pool, flows=flows, limit=options.limit, name=options.name)
    anyio.run(
        partial(serve, worker, poll=options.poll, slots=dict(options.slots), grace=options.grace)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
