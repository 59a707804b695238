"""Idempotency keys: a request that changes something is done once, however often it is sent.

The answer of the first time is given again, byte for byte, with `Idempotent-Replayed: true`; the
keeping of it is `casework.once`.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from casework.once import Answered, Asked, once
from portal.visit import act, database, visitor
from storage.session import Database

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Drawn by you for this one request, and sent again with it after a fault. "
        "Kept for 24 hours at least.",
        examples=["0b5e7f3c-launch-F17"],
    ),
]


def answer_once(
    request: Request,
    key: str,
    body: BaseModel | None,
    do: Callable[[Database], BaseModel],
    code: int = 200,
) -> Response:
    """Do it under `key`, or give the answer of the first time."""
    token = visitor(request).token
    assert token is not None  # the gate lets nobody in without one
    asked = Asked(
        token,
        key,
        f"{request.method} {request.url.path}",
        body.model_dump_json() if body is not None else "",
    )
    answered = once(
        database(request),
        act(request),
        asked,
        lambda db: Answered(code, do(db).model_dump_json()),
    )
    again = {"idempotent-replayed": "true"} if answered.again else {}
    return Response(answered.body, answered.code, again, "application/json")
