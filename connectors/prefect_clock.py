"""What Prefect tells of its own clock: schedules, runs nobody takes, when a worker last asked.

Owns the questions and the reading of the answers. Leaves what is wrong with them to
`casework.clock.starting`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors import prefect_answers as answers
from connectors.prefect_answers import PrefectProtocolError
from connectors.prefect_calls import PrefectCalls


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a deployment's runs are due, and which were; times are None where there is none.

    `active` is false where somebody paused the schedule or its deployment. `set_at`: when it was
    last registered or changed. `last_start`: when a run that it made was begun, of those still
    kept. `next_due`: when the first run is due that is written already, of those after `now`.
    """

    deployment: str
    pool: str
    every: timedelta
    active: bool
    set_at: datetime
    last_start: datetime | None
    next_due: datetime | None


class PrefectClock(PrefectCalls):
    """A client of one Prefect server for what becomes of its schedules."""

    def schedules(self, now: datetime) -> list[Schedule]:
        """Every schedule with a fixed interval, by its deployment's name."""
        every = self._list("deployments/filter", {"sort": "NAME_ASC"})
        return [
            self._schedule(each, schedule, now)
            for each in every
            for schedule in answers.part(each, "schedules")
            if "interval" in answers.part(schedule, "schedule")
        ]

    def polled_at(self, pool: str) -> datetime | None:
        """When a worker last asked `pool` for runs; None where none ever did."""
        queues = self._list(f"work_pools/{quote(pool, safe='')}/queues/filter", {})
        return max(filter(None, (_time(each, "last_polled") for each in queues)), default=None)

    def untaken(self, before: datetime) -> tuple[int, datetime | None]:
        """How many runs were due `before` and were taken by no worker, and since when the first."""
        state = {"type": {"any_": ["SCHEDULED"]}}
        due = {"before_": before.isoformat()}
        wanted = {"state": state, "next_scheduled_start_time": due}
        number = self.ask("POST", "flow_runs/count", {"flow_runs": wanted})
        if not isinstance(number, int):
            raise PrefectProtocolError("Prefect answered a count with no number.")
        first = self._first(wanted, "NEXT_SCHEDULED_START_TIME_ASC")
        return number, _time(first, "next_scheduled_start_time") if first else None

    def _schedule(
        self, deployment: Mapping[str, Any], schedule: Mapping[str, Any], now: datetime
    ) -> Schedule:
        own = {
            "deployment_id": {"any_": [answers.part(deployment, "id")]},
            "created_by": {"id_": [answers.part(schedule, "id")]},
        }
        begun = self._first({**own, "start_time": {"is_null_": False}}, "START_TIME_DESC")
        due = {"after_": now.isoformat()}
        ahead = {
            **own,
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "next_scheduled_start_time": due,
        }
        following = self._first(ahead, "NEXT_SCHEDULED_START_TIME_ASC")
        set_at = _time(schedule, "updated")
        if set_at is None:
            raise PrefectProtocolError("Prefect's schedule does not say when it was set.")
        return Schedule(
            deployment=answers.part(deployment, "name"),
            pool=answers.part(deployment, "work_pool_name"),
            every=timedelta(seconds=answers.part(answers.part(schedule, "schedule"), "interval")),
            active=answers.part(schedule, "active") and not answers.part(deployment, "paused"),
            set_at=set_at,
            last_start=_time(begun, "start_time") if begun else None,
            next_due=_time(following, "next_scheduled_start_time") if following else None,
        )

    def _first(self, wanted: Mapping[str, Any], sort: str) -> Any | None:
        body = {"flow_runs": dict(wanted), "sort": sort, "limit": 1}
        return next(iter(self._list("flow_runs/filter", body)), None)

    def _list(self, path: str, body: Mapping[str, Any]) -> list[Any]:
        answer = self.ask("POST", path, body)
        if not isinstance(answer, list):
            raise PrefectProtocolError(f"Prefect answered {path} with no list.")
        return answer


def _time(answer: Any, key: str) -> datetime | None:
    told = answers.part(answer, key)
    return datetime.fromisoformat(told) if told else None
