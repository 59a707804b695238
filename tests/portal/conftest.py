"""The small world: built once, copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal.small_world import World, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world every test begins with."""
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(built: World, tmp_path: Path) -> Iterator[World]:
    """A copy of the world, to be changed."""
    home = tmp_path / "home"
    shutil.copytree(built.home, home)
    copy = World(
        home, dict(built.people), dict(built.testbuys), dict(built.examinations), built.now
    )
    yield copy
    copy.close()
