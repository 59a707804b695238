"""Rules of the house that no linter knows. Each test says why the rule is there."""

import ast
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import storage.tables  # noqa: F401 - fills the metadata
from storage.tables.columns import Table

ROOT = Path(__file__).parents[1]
FLOORS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
DOORS = {"portal", "flows", "cli", "simulator"}

CLOCK_AND_CHANCE = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "os.urandom",
    "uuid.uuid1",
    "uuid.uuid4",
    "random",
    "secrets",
}
BUILDS_A_CLOCK = {
    "tasks/office.py": "hands the clock and the seeds of a flow run to all that is done in it",
}

LONG = {
    "connectors/marketplace.py": "one contract and its client, read beside docs/connectors.md",
    "evidence/dossier.py": "every part of a dossier as a type, read beside its template",
    "evidence/verify.py": "runs alone on a bundle, with nothing but the standard library",
    "portal/permissions.py": "one row a route, read and compared as one table",
    "flows/worker.py": "one Prefect worker type, read as a whole",
    "storage/tables/__init__.py": "every table by its name, and nothing else",
    "storage/triggers.py": "every table that is held, and what holds it on either database",
    "simulator/plot.py": "every story of the demonstration, told one after the other",
    "simulator/marketplace.py": "one server with every misbehaviour it can show",
}
"""Files over 300 lines, each with its reason. Generated revisions are not read, so not counted."""


def modules():
    for floor in FLOORS:
        yield from sorted((ROOT / floor).rglob("*.py"))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


MODULES = {name_of(path): path.read_text() for path in modules()}
TREES = {name: ast.parse(text, name) for name, text in MODULES.items()}


def called(tree):
    """The full dotted names a module uses, as its imports give them."""
    origin = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                origin[bound] = alias.name if alias.asname else bound
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                origin[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, *rest = ast.unparse(node).split(".")
            if first in origin:
                yield ".".join([origin[first], *rest])


def uses(tree, forbidden):
    return {
        name
        for name in called(tree)
        if any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)
    }


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime\ndatetime.now()", {"datetime.datetime.now"}),
        ("import datetime as d\nd.datetime.now()", {"datetime.datetime.now"}),
        ("import time as t\nt.time()", {"time.time"}),
        ("from time import time", {"time.time"}),
        ("from random import choice", {"random.choice"}),
        ("import time\ntime.monotonic()", set()),
        ("now = act.now\nmoved.random = 1", set()),
    ],
)
def test_the_search_for_clocks_and_chance_finds_them(source, found):
    """A search that finds nothing would let everything through."""
    assert uses(ast.parse(source), CLOCK_AND_CHANCE) == found


def test_every_module_says_what_it_owns():
    """A newcomer reads the first lines of a file to know whether to read on."""
    assert [name for name, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_no_file_is_named_after_nothing():
    """A file named utils gathers whatever has no home; name it after what it owns."""
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    parts = {name: set(re.split(r"[/_.]", name)) for name in MODULES}
    assert [name for name in MODULES if parts[name] & vague] == []


def test_only_doors_read_the_clock_or_draw_chance():
    """What takes `now` and a seed can be repeated, by a test and by whoever doubts a dossier."""
    found = {
        name: used
        for name, tree in TREES.items()
        if name.partition("/")[0] not in DOORS and name not in BUILDS_A_CLOCK
        if (used := uses(tree, CLOCK_AND_CHANCE))
    }
    assert found == {}


def test_raw_sql_stays_in_storage():
    """Whoever changes a table finds every statement that must follow in one folder."""
    raw = {"sqlalchemy.text", "sqlalchemy.sql.text"}
    found = [
        name
        for name, tree in TREES.items()
        if not name.startswith("storage/")
        if uses(tree, raw) or "exec_driver_sql" in MODULES[name]
    ]
    assert found == []


def test_tables_keep_to_the_glossary():
    """One word per concept: test buy, exhibit, photo, stage or state, digest."""
    others = {"case", "item", "image", "status", "checksum"}
    names = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.tables.values()
        for column in table.columns
    }
    assert names
    assert {name for name in names if set(re.split(r"[._]", name)) & others} == set()


def test_files_over_300_lines_have_a_reason():
    """A file that is read at one go is understood; a longer one must be worth it."""
    long = {name for name, text in MODULES.items() if text.count("\n") > 300}
    long = {name for name in long if "/versions/" not in name}
    assert long - LONG.keys() == set(), "shorten it, or give the reason here"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_address_and_hashes_every_package(name):
    """The lock must give the same bytes from any index, and tell nobody which one we use."""
    text = (ROOT / name).read_text()
    assert re.findall(r"\w+://\S+", text) == []
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    pins = [line for line in lines if not line.startswith(" ")]
    assert len(pins) > 50
    assert [line for line in pins if not re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==", line)] == []
    unhashed = [
        one
        for one, after in pairwise([*lines, ""])
        if one in pins and "--hash=sha256:" not in after
    ]
    assert unhashed == []


def test_the_portal_starts_without_prefect():
    """Importing Prefect takes a second and 80 MB, and a page needs none of it."""
    script = "import sys, portal.app; sys.exit('prefect' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr or "portal.app imports prefect"
