"""Idempotency keys: a request that changes something is done once, however often it is sent.

The answer of the first time is given again, byte for byte, with `Idempotent-Replayed: true`; the
keeping of it is `casework.once`.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from casework.act import Act
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
    do: Callable[[Database, Act], BaseModel],
    code: int = 200,
) -> Response:
    """Do it under `key`, or give the answer of the first time.

    `do` is given the database to make its change with and the act, which is drawn before the
    transaction: it reads grants, and nothing else may be asked for while SQLite's lock is held.
    """
    token, who = visitor(request).token, act(request)
    assert token is not None  # the gate lets nobody in without one
    asked = Asked(
        token,
        key,
        f"{request.method} {request.url.path}",
        body.model_dump_json() if body is not None else "",
    )
    answered = once(
        database(request),
        who,
        asked,
        lambda db: Answered(code, do(db, who).model_dump_json()),
    )
    again = {"idempotent-replayed": "true"} if answered.again else {}
    return Response(answered.body, answered.code, again, "application/json")
