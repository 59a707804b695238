"""Prefect's REST API, as much of it as the programme uses: flow runs and their states.

Owns the addresses, the payloads and what each answer means to a caller. Leaves to others which
runs are due (casework), what a run does (flows), and when to try again: nothing here repeats a
call by itself. A call that may have been received is safe to repeat only where it bears a key.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self
from urllib.parse import quote

import httpx

from connectors.errors import ConnectorError

StateType = Literal[
    "SCHEDULED",
    "PENDING",
    "RUNNING",
    "COMPLETED",
    "FAILED",
    "CANCELLED",
    "CRASHED",
    "PAUSED",
    "CANCELLING",
]

#: Prefect answers at most this many runs at once (its setting `server.api.default_limit`).
PAGE = 200


class PrefectError(ConnectorError):
    """Prefect could not do what was asked."""


class PrefectUnreachable(PrefectError):  # noqa: N818 - named as in the other families
    """No answer: the server is away, or went away during the call. Its outcome is unknown."""


class PrefectBusy(PrefectError):  # noqa: N818 - named as in the other families
    """The server is overloaded or broke on the call (429, 5xx): repeat it later, with its key.

    `retry_after` is what the server asked for, in seconds, or None. On its SQLite store Prefect
    answers 503 while only a handful of runs are active.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PrefectRefused(PrefectError):  # noqa: N818 - named as in the other families
    """The server understood and said no (4xx, or a state it would not take): do not repeat."""


class PrefectProtocolError(PrefectError):
    """The answer is not what Prefect's API promises: another server, or another version of it."""


@dataclass(frozen=True, slots=True)
class FlowRunRef:
    """One flow run as Prefect last told it; `id` is a UUID in text."""

    id: str
    state_name: str
    state_type: StateType
    state_message: str = ""
    name: str = ""
    deployment_id: str | None = None
    tags: tuple[str, ...] = field(default=())


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
            self._deployments[name] = str(_part(answer, "id"))
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
        return _flow_run(answer)

    def flow_run(self, flow_run_id: str) -> FlowRunRef:
        """One run; raises PrefectRefused where there is none of that id."""
        return _flow_run(self._ask("GET", f"flow_runs/{quote(flow_run_id, safe='')}"))

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
        if _part(answer, "status") != "ACCEPT":
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
        return [_flow_run(entry) for entry in answer]

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
                _seconds(response.headers.get("Retry-After")),
            )
        if code >= httpx.codes.BAD_REQUEST:
            raise PrefectRefused(f"Prefect refused {method} {path} ({code}): {_reason(response)}")
        try:
            return response.json()
        except ValueError as error:
            raise PrefectProtocolError(
                f"The server at {self._http.base_url} answered {method} {path} with {code} and"
                " no JSON. Is this Prefect's address, and does it end in /api?"
            ) from error


def _seconds(header: str | None) -> float | None:
    try:
        return float(header) if header else None
    except ValueError:
        return None


def _reason(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.text[:300]
    if isinstance(body, dict):
        return str(
            body.get("detail") or body.get("exception_detail") or body.get("exception_message")
        )
    return str(body)[:300]


def _part(answer: Any, key: str) -> Any:
    try:
        return answer[key]
    except (TypeError, KeyError, IndexError) as error:
        raise PrefectProtocolError(f"Prefect's answer has no {key!r}.") from error


def _flow_run(answer: Any) -> FlowRunRef:
    state = _part(answer, "state")
    return FlowRunRef(
        id=str(_part(answer, "id")),
        state_name=_part(state, "name"),
        state_type=_part(state, "type"),
        state_message=_part(state, "message") or "",
        name=_part(answer, "name"),
        deployment_id=_part(answer, "deployment_id"),
        tags=tuple(_part(answer, "tags")),
    )
