"""Flows as small as can be, for the tests of the worker."""

import time
from pathlib import Path

from prefect import flow
from prefect.states import Completed, State


@flow(log_prints=False)
def errand(reference: str, trace: str = "") -> State:
    if trace:
        with Path(trace).open("a") as file:
            file.write(f"{time.time()}\n")
    return Completed(name="Waiting for parcel", message=f"{reference} waits for its parcel.")


@flow
def failing() -> None:
    raise ValueError("the shop is closed")


@flow
def leaving() -> None:
    raise SystemExit(3)


@flow
def slow(seconds: float, trace: str) -> None:
    time.sleep(seconds)
    Path(trace).write_text("done")
