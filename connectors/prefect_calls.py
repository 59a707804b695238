"""One call of Prefect's REST API, and what every client of it needs.

Owns the connection, the login and which error an answer is. Leaves what is asked to the clients
(`connectors.prefect_api`, `connectors.prefect_clock`), and when to try again to theirs.
"""

import base64
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

import httpx

from connectors import prefect_answers as answers
from connectors.prefect_answers import (
    PrefectBusy,
    PrefectError,
    PrefectProtocolError,
    PrefectRefused,
    PrefectUnreachable,
)


class PrefectCalls:
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
            return self.ask("GET", "health") is True
        except PrefectError:
            return False

    def deployment_id(self, name: str) -> str:
        """The id of a deployment, by `flow/deployment`; remembered for the client's life.

        Raises PrefectRefused where no such deployment is registered.
        """
        if name not in self._deployments:
            answer = self.ask("GET", f"deployments/name/{quote(name)}")
            self._deployments[name] = str(answers.part(answer, "id"))
        return self._deployments[name]

    def forget(self, deployment: str) -> None:
        """Ask for a deployment's id anew: one that was deleted and registered again has another."""
        self._deployments.pop(deployment, None)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer to one call, read as JSON; raises a PrefectError."""
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
