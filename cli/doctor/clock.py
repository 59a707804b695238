"""Whether Prefect starts what the clock owes: what `doctor` says of schedules and worker."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import assert_never

from casework.clock import starting
from casework.clock.starting import Obstacle, Wrong
from casework.settings import Settings
from cli.doctor.finding import Finding, troubled, well
from cli.processes.listing import Listed
from connectors.prefect_clock import PrefectClock

UP = "testbuy up"


def schedules(settings: Settings, processes: Sequence[Listed], now: datetime) -> Iterator[Finding]:
    """Every schedule, the worker that takes its runs, and runs that nobody takes.

    Asks the server that runs from here, or else the one the settings name; without either, nothing.
    """
    servers = [each.health for each in processes if each.name == "prefect-server" and each.alive]
    api = next(filter(None, servers), "").removesuffix("/health") or settings.prefect_api_url
    if not api:
        return
    with closing(PrefectClock(api, auth=settings.prefect_auth)) as clock:
        found = starting.look(clock, now)
    logs = {each.name: str(each.log) for each in processes}
    for obstacle in found.obstacles:
        yield _told(obstacle, api.removesuffix("/api"), logs)
    hampered = {each.name for each in found.obstacles}
    for each in found.schedules:
        if each.deployment not in hampered:
            last = f"the last begun {_at(each.last_start)}" if each.last_start else "none yet"
            state = f"a run each {each.every.total_seconds():g} s, {last}"
            yield well(f"schedule {each.deployment}", state)


def _told(found: Obstacle, control_room: str, logs: dict[str, str]) -> Finding:
    read_server = f"read {logs.get('prefect-server', 'the log of its server')}; restart {UP}"
    read_worker = f"read {logs.get('worker', 'the log of the worker')}; restart {UP}"
    what, since = f"schedule {found.name}", _at(found.since)
    match found.wrong:
        case Wrong.AWAY:
            return troubled("schedules", found.why, f"read the server's log; restart {UP}")
        case Wrong.NONE:
            return troubled("schedules", "Prefect knows none: nothing is swept or mailed", UP)
        case Wrong.PAUSED:
            mend = f"switch it on at {control_room}/deployments, or restart {UP}, which does"
            return troubled(what, f"is paused; its last run began {since}", mend)
        case Wrong.UNWRITTEN:
            state = f"Prefect's scheduler writes no runs of it; the last began {since}"
            return troubled(what, state, read_server)
        case Wrong.UNSTARTED:
            assert found.every is not None
            state = f"is due each {found.every.total_seconds():g} s, and none began since {since}"
            mend = f"see what else is said here, then {control_room}/runs; {read_worker}"
            return troubled(what, state, mend)
        case Wrong.UNTAKEN:
            state = f"{found.number} are late, the first since {since}: no worker has taken them"
            return troubled("flow runs", state, f"{read_worker}; {control_room}/runs lists them")
        case Wrong.UNPOLLED:
            state = f"no worker has asked work pool {found.name} for runs since {since}"
            return troubled("worker", state, read_worker)
        case _:
            assert_never(found.wrong)


def _at(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else "its beginning"
