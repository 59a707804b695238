"""The flows of `prefect.yaml`, imported once each.

Owns the way from an entrypoint to a flow object. Leaves running it to the worker.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow


class FlowNotLoadedError(Exception):
    """A deployment's entrypoint leads to no flow that this worker can run."""


class Flows:
    """The flows this process has imported, by entrypoint (`flows/testbuy.py:testbuy`).

    An entrypoint's path is relative to the working directory and imported as a module of it, so
    that flows share their modules with everything else in the process.
    """

    def __init__(self) -> None:
        self._by_entrypoint: dict[str, Flow[..., Any]] = {}

    def __getitem__(self, entrypoint: str) -> Flow[..., Any]:
        if entrypoint not in self._by_entrypoint:
            self._by_entrypoint[entrypoint] = _import_flow(entrypoint)
        return self._by_entrypoint[entrypoint]


def _import_flow(entrypoint: str) -> Flow[..., Any]:
    path, _, name = entrypoint.rpartition(":")
    module_name = ".".join(Path(path).with_suffix("").parts)
    try:
        flow = getattr(importlib.import_module(module_name), name)
    except Exception as error:
        raise FlowNotLoadedError(
            f"The flow {entrypoint!r} can't be imported: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(flow, Flow) or flow.isasync or flow.isgenerator:
        raise FlowNotLoadedError(f"{entrypoint!r} is not a plain (synchronous) flow.")
    return flow


def entrypoints(prefect_yaml: Path) -> list[str]:
    """The entrypoints of all deployments in a `prefect.yaml`, in its order."""
    deployments = yaml.safe_load(prefect_yaml.read_text("utf-8")).get("deployments") or []
    return [deployment["entrypoint"] for deployment in deployments]
