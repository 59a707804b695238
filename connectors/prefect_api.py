"""Prefect's REST API, as much of it as the programme uses: flow runs and their states.

Owns the addresses and the payloads. Leaves the calls to `connectors.prefect_calls`, what an answer
means to `connectors.prefect_answers`, and to others which runs are due (casework), what a run does
(flows), and when to try again: nothing here repeats a call by itself. A call that may have been
received is safe to repeat only where it bears a key.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors import prefect_answers as answers
from connectors.prefect_answers import FlowRunRef, PrefectProtocolError, PrefectRefused, StateType
from connectors.prefect_calls import PrefectCalls

#: Prefect answers at most this many runs at once (its setting `server.api.default_limit`).
PAGE = 200

#: Prefect deletes at most this many runs a call (its `BULK_OPERATION_LIMIT`).
PAGE_DELETED = 50

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


class PrefectApi(PrefectCalls):
    """A client of one Prefect server for flow runs."""

    def create_flow_run(
        self,
        deployment: str,
        parameters: Mapping[str, Any],
        idempotency_key: str,
        tags: Sequence[str] = (),
        name: str | None = None,
    ) -> FlowRunRef:
        """Schedule a run of `flow/deployment` for now; Prefect invents a name where none is given.

        A key that was used before gives back its first run, whatever became of it (also a
        crashed one). So the call may be repeated with its key, and a re-drive needs a new key.
        """
        body: dict[str, Any] = {
            "parameters": dict(parameters),
            "idempotency_key": idempotency_key,
            "tags": list(tags),
        }
        if name is not None:
            body["name"] = name
        try:
            answer = self.ask(
                "POST", f"deployments/{self.deployment_id(deployment)}/create_flow_run", body
            )
        except PrefectRefused:
            # A deployment that was deleted and registered anew has another id.
            self.forget(deployment)
            raise
        return answers.flow_run(answer)

    def flow_run(self, flow_run_id: str) -> FlowRunRef:
        """One run; raises PrefectRefused where there is none of that id."""
        return answers.flow_run(self.ask("GET", f"flow_runs/{quote(flow_run_id, safe='')}"))

    def flow_runs(
        self,
        *,
        tags: Sequence[str] = (),
        state_name: str | None = None,
        deployment: str | None = None,
        limit: int = PAGE,
    ) -> list[FlowRunRef]:
        """Runs that bear all `tags`, stand in `state_name`, and come from `flow/deployment`.

        Newest first, at most `limit` of them, and never more than PAGE.
        """
        wanted = self._filter(tags, state_name, deployment)
        return self._search(wanted, "EXPECTED_START_TIME_DESC", min(limit, PAGE))

    def completed_runs(
        self,
        deployment: str,
        *,
        but_named: Sequence[str],
        after: datetime | None = None,
        names: Sequence[str] = (),
    ) -> list[FlowRunRef]:
        """All completed runs of `flow/deployment` whose state is not `but_named`.

        Of those that ended `after` a time or that bear one of the `names`, where given. In pages:
        a run that ends meanwhile may be missed or told twice, and is told by the next call.
        """
        states = {"type": {"any_": ["COMPLETED"]}, "name": {"not_any_": list(but_named)}}
        wanted = self._filter((), None, deployment)
        wanted["flow_runs"]["state"] = states
        if after is not None:
            wanted["flow_runs"]["end_time"] = {"after_": after.isoformat()}
        if names:
            wanted["flow_runs"]["name"] = {"any_": list(names)}
        found: list[FlowRunRef] = []
        while True:
            page = self._search(wanted, "END_TIME_DESC", PAGE, offset=len(found))
            found += page
            if len(page) < PAGE:
                return found

    def count(
        self,
        *,
        tags: Sequence[str] = (),
        state_name: str | None = None,
        deployment: str | None = None,
    ) -> int:
        """How many runs `flow_runs` would find, had it no limit."""
        answer = self.ask("POST", "flow_runs/count", self._filter(tags, state_name, deployment))
        if not isinstance(answer, int):
            raise PrefectProtocolError("Prefect answered a count with no number.")
        return answer

    def set_state(
        self,
        flow_run_id: str,
        type: StateType,  # noqa: A002 - Prefect's own word for it
        name: str,
        message: str = "",
        *,
        force: bool = True,
    ) -> None:
        """Put a run into a state of one's own naming; `force` passes over Prefect's own rules.

        Without force, a state that Prefect does not take raises PrefectRefused with its reason.
        """
        body = {"state": {"type": type, "name": name, "message": message}, "force": force}
        answer = self.ask("POST", f"flow_runs/{quote(flow_run_id, safe='')}/set_state", body)
        if answers.part(answer, "status") != "ACCEPT":
            details = answer.get("details") or {}
            reason = details.get("reason") if isinstance(details, dict) else None
            raise PrefectRefused(
                f"Prefect did not take the state {name!r}: {reason or answer['status']}"
            )

    def delete_ended(
        self, deployments: Sequence[str], before: datetime, *, names: Sequence[str] = ()
    ) -> int:
        """Delete runs of `deployments` that ended `before`; in a state of one of `names`, if any.

        Gives how many; at most PAGE_DELETED, so that there may be more.
        """
        state: dict[str, Any] = {"type": {"any_": list(ENDED)}}
        if names:
            state["name"] = {"any_": list(names)}
        return self._delete(
            deployments, {"state": state, "end_time": {"before_": before.isoformat()}}
        )

    def delete_untaken(self, deployments: Sequence[str], before: datetime) -> int:
        """Delete runs of `deployments` that were due `before` and that no worker has taken.

        Gives how many; at most PAGE_DELETED, so that there may be more.
        """
        due = {"before_": before.isoformat()}
        state = {"type": {"any_": ["SCHEDULED"]}}
        return self._delete(deployments, {"state": state, "next_scheduled_start_time": due})

    def _delete(self, deployments: Sequence[str], wanted: Mapping[str, Any]) -> int:
        ids = [self.deployment_id(each) for each in deployments]
        body = {"flow_runs": {**wanted, "deployment_id": {"any_": ids}}, "limit": PAGE_DELETED}
        return len(answers.part(self.ask("POST", "flow_runs/bulk_delete", body), "deleted"))

    def _search(
        self, wanted: Mapping[str, Any], sort: str, limit: int, offset: int = 0
    ) -> list[FlowRunRef]:
        body = {**wanted, "sort": sort, "limit": limit, "offset": offset}
        answer = self.ask("POST", "flow_runs/filter", body)
        if not isinstance(answer, list):
            raise PrefectProtocolError("Prefect answered a search for flow runs with no list.")
        return [answers.flow_run(entry) for entry in answer]

    def _filter(
        self, tags: Sequence[str], state_name: str | None, deployment: str | None
    ) -> dict[str, Any]:
        flow_runs: dict[str, Any] = {}
        if tags:
            flow_runs["tags"] = {"all_": list(tags)}
        if state_name is not None:
            flow_runs["state"] = {"name": {"any_": [state_name]}}
        if deployment is not None:
            flow_runs["deployment_id"] = {"any_": [self.deployment_id(deployment)]}
        return {"flow_runs": flow_runs}
