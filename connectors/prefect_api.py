"""Prefect's REST API, as much of it as the programme uses: flow runs and their states.

Owns the addresses and the payloads. Leaves what an answer means to `connectors.prefect_answers`,
and to others which runs are due (casework), what a run does (flows), and when to try again:
nothing here repeats a call by itself. A call that may have been received is safe to repeat only
where it bears a key.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx

from connectors import prefect_answers as answers
from connectors.prefect_answers import (
    FlowRunRef,
    PrefectBusy,
    PrefectError,
    PrefectProtocolError,
    PrefectRefused,
    PrefectUnreachable,
    StateType,
)

#: Prefect answers at most this many runs at once (its setting `server.api.default_limit`).
PAGE = 200


class PrefectApi:
    """A client of one Prefect server; close it, or use it as a context manager.

    `url` ends in `/api`. `auth` is the server's PREFECT_SERVER_API_AUTH_STRING (`user:password`).
    `timeout` bounds connecting, sending and each wait for bytes, in seconds. May be shared by
    threads.
    """

    def __init__(self, url: str, *, auth: str | None = None, timeout: float = 10.0) -> None:
        headers = {}
        if auth:
            headers["Authorization"] = "Basic " + base64.b64encode(auth.encode()).decode()
        self._http = httpx.Client(
            base_url=url.rstrip("/") + "/",
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 3.0)),
            # The server is named by its address; a proxy of the machine's has no part in it.
            trust_env=False,
        )
        self._deployments: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def health(self) -> bool:
        """Whether the server answers that it is well; never raises a PrefectError."""
        try:
            return self._ask("GET", "health") is True
        except PrefectError:
            return False

    def deployment_id(self, name: str) -> str:
        """The id of a deployment, by `flow/deployment`; remembered for the client's life.

        Raises PrefectRefused where no such deployment is registered.
        """
        if name not in self._deployments:
            answer = self._ask("GET", f"deployments/name/{quote(name)}")
            self._deployments[name] = str(answers.part(answer, "id"))
        return self._deployments[name]

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
            answer = self._ask(
                "POST", f"deployments/{self.deployment_id(deployment)}/create_flow_run", body
            )
        except PrefectRefused:
            # A deployment that was deleted and registered anew has another id.
            self._deployments.pop(deployment, None)
            raise
        return answers.flow_run(answer)

    def flow_run(self, flow_run_id: str) -> FlowRunRef:
        """One run; raises PrefectRefused where there is none of that id."""
        return answers.flow_run(self._ask("GET", f"flow_runs/{quote(flow_run_id, safe='')}"))

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
        answer = self._ask("POST", "flow_runs/count", self._filter(tags, state_name, deployment))
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
        answer = self._ask("POST", f"flow_runs/{quote(flow_run_id, safe='')}/set_state", body)
        if answers.part(answer, "status") != "ACCEPT":
            details = answer.get("details") or {}
            reason = details.get("reason") if isinstance(details, dict) else None
            raise PrefectRefused(
                f"Prefect did not take the state {name!r}: {reason or answer['status']}"
            )

    def _search(
        self, wanted: Mapping[str, Any], sort: str, limit: int, offset: int = 0
    ) -> list[FlowRunRef]:
        body = {**wanted, "sort": sort, "limit": limit, "offset": offset}
        answer = self._ask("POST", "flow_runs/filter", body)
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

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            response = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise PrefectUnreachable(
                f"Prefect does not answer at {self._http.base_url}"
                f" ({type(error).__name__}). Is its server running?"
            ) from error
        except httpx.HTTPError as error:
            raise PrefectProtocolError(f"Prefect's answer can't be read: {error}") from error
        code = response.status_code
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise PrefectBusy(
                f"Prefect answered {code} to {method} {path}. Try again later.",
                answers.seconds(response.headers.get("Retry-After")),
            )
        if code >= httpx.codes.BAD_REQUEST:
            raise PrefectRefused(
                f"Prefect refused {method} {path} ({code}): {answers.reason(response)}"
            )
        try:
            return response.json()
        except ValueError as error:
            raise PrefectProtocolError(
                f"The server at {self._http.base_url} answered {method} {path} with {code} and"
                " no JSON. Is this Prefect's address, and does it end in /api?"
            ) from error
