"""A programme in a database of either kind: built once for each kind, copied for each test.

On PostgreSQL the programme is connected as its restricted role (`storage.roles`): every test here
shows a grant that was forgotten, and an UPDATE of what only grows. `owner` is the tables' owner.
"""

import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evidence.vault import Vault
from storage import roles
from storage.session import Database
from tests.casework.programme_in import Programme, build
from tests.casework.racing import side
from tests.conftest import RESTRICTED, roomy_memory


@pytest.fixture(scope="session")
def built_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory):
    """A SQLite file with the programme in it, and its people."""
    folder = tmp_path_factory.mktemp("programme")
    shutil.copyfile(migrated_file, folder / "testbuy.db")
    with closing(Database.in_folder(folder)) as db:
        people = build(db, folder / "vault")
    return folder / "testbuy.db", people


@pytest.fixture(scope="session")
def built_postgresql(postgresql, tmp_path_factory: pytest.TempPathFactory):
    """The name of a PostgreSQL database with the programme in it, and its people."""
    name = postgresql.create("migrated")
    with closing(Database(postgresql.url(name))) as db:
        people = build(db, tmp_path_factory.mktemp("programme") / "vault")
        with db.write() as tx:
            roles.grant(tx, RESTRICTED)
    return name, people


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is room: syncing hundreds of files a test takes seconds."""
    with tempfile.TemporaryDirectory(dir=roomy_memory()) as folder:
        yield Path(folder)


@pytest.fixture
def on_sqlite(built_file, quick: Path) -> Iterator[Programme]:
    """The programme in a SQLite file of its own."""
    file, people = built_file
    shutil.copyfile(file, quick / "testbuy.db")
    with closing(Database.in_folder(quick)) as db:
        yield Programme(db, Vault(quick / "vault"), people=dict(people))


@pytest.fixture
def on_postgresql(postgresql, built_postgresql, quick: Path) -> Iterator[Programme]:
    """The programme in a PostgreSQL database of its own."""
    template, people = built_postgresql
    name = postgresql.create(template)
    owner = Database(postgresql.url(name))
    with closing(owner), closing(Database(postgresql.restricted_url(name))) as db:
        yield Programme(db, Vault(quick / "vault"), people=dict(people), owner=owner)
    postgresql.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest) -> Programme:
    """The programme in a database of either kind."""
    return request.getfixturevalue(f"on_{request.param}")


@pytest.fixture(scope="session")
def sides():
    """Two processes that wait for each other before they do as they are told."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(2)
    pairs = [spawn.Pipe() for _ in range(2)]
    racers = [
        spawn.Process(target=side, args=(number, theirs, barrier), daemon=True)
        for number, (_, theirs) in enumerate(pairs, 1)
    ]
    for racer in racers:
        racer.start()
    yield [ours for ours, _ in pairs]
    for ours, _ in pairs:
        ours.send(None)
    for racer in racers:
        racer.join(timeout=60)


@pytest.fixture
def race(both, sides):
    """`race(one, other)`, each (function, *arguments): gives what came of each; none may break."""
    url = both.db.engine.url.render_as_string(hide_password=False)

    def run(*told):
        for ours, (name, *arguments) in zip(sides, told, strict=True):
            ours.send((url, str(both.vault.root), both.people, name, arguments))
        came = [ours.recv() for ours in sides]
        broken = [what for word, what in came if word == "broke"]
        assert not broken, broken[0]
        return came

    both.waives = True
    return run
