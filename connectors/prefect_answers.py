"""What Prefect answers, and what it means: runs, refusals, a server that is away or busy.

Owns the error family of Prefect's client and the reading of an answer. Leaves the calls to
`connectors.prefect_api`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

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


def seconds(header: str | None) -> float | None:
    """What a Retry-After header asks for; None where it gives no number."""
    try:
        return float(header) if header else None
    except ValueError:
        return None


def reason(response: httpx.Response) -> str:
    """Why the server said no, in its own words."""
    try:
        body = response.json()
    except ValueError:
        return response.text[:300]
    if isinstance(body, dict):
        return str(
            body.get("detail") or body.get("exception_detail") or body.get("exception_message")
        )
    return str(body)[:300]


def part(answer: Any, key: str) -> Any:
    """A part of an answer; raises PrefectProtocolError where there is none."""
    try:
        return answer[key]
    except (TypeError, KeyError, IndexError) as error:
        raise PrefectProtocolError(f"Prefect's answer has no {key!r}.") from error


def flow_run(answer: Any) -> FlowRunRef:
    """A run as the server tells it; raises PrefectProtocolError."""
    state = part(answer, "state")
    return FlowRunRef(
        id=str(part(answer, "id")),
        state_name=part(state, "name"),
        state_type=part(state, "type"),
        state_message=part(state, "message") or "",
        name=part(answer, "name"),
        deployment_id=part(answer, "deployment_id"),
        tags=tuple(part(answer, "tags")),
    )
