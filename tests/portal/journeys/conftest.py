"""Browsers as each role has them, and the table of journeys once all of them have run."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.portal.journeys import recorder
from tests.portal.phone import PHONE


@pytest.fixture
def page_of(
    page_of: Callable[..., Page], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """The portal as a person sees it, in the language and the colours of their role.

    JOURNEYS_PICTURES names a folder that each journey's last page is drawn into.
    """
    opened: list[Page] = []

    def open_as(person: str, **like: Any) -> Page:
        opened.append(page_of(person, **recorder.browser_of(person), **like))
        return opened[-1]

    yield open_as
    if folder := os.environ.get("JOURNEYS_PICTURES"):
        for page in opened:
            page.screenshot(path=Path(folder) / f"{request.node.name}.png", full_page=True)


@pytest.fixture
def phone_like() -> dict[str, Any]:
    """The buyer's phone."""
    return PHONE | recorder.browser_of("buyer")


def pytest_sessionfinish(exitstatus: int) -> None:
    """Only a run in which every journey passed is written down."""
    if os.environ.get("JOURNEYS") == "write" and exitstatus == pytest.ExitCode.OK:
        recorder.written()
