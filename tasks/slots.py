"""Slots at an outside system: how many calls may be under way there at once, over all workers.

Owns how long a call waits for one. Leaves how many there are to whoever declares the limits.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from prefect.concurrency.sync import concurrency

from connectors.errors import Unreachable

WAIT_SECONDS = 8.0
"""With a task's two retries still well within the lease that a run holds on its test buy."""

HELD_SECONDS = 60
"""The shortest Prefect grants, renewed while the worker lives: a killed one's slot comes free."""


@contextmanager
def slot(system: str) -> Iterator[None]:
    """Hold one of the slots of `system`; raises Unreachable where none came free in time."""
    with ExitStack() as held:
        try:
            held.enter_context(
                concurrency(system, timeout_seconds=WAIT_SECONDS, lease_duration=HELD_SECONDS)
            )
        except TimeoutError as error:
            raise Unreachable(f"Every slot at the {system} is taken.") from error
        yield
