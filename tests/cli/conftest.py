"""A command as an operator types it, in a home folder of its own."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casework.act import Act
from casework.programme import bootstrap, programme
from cli.main import app
from rules.roles import Role
from storage.session import Database


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command in a fresh home folder; gives its exit code and what it said."""
    with closing(Database.in_folder(tmp_path)) as db:
        bootstrap.prepare(db)
        boss = Act(Role.ADMINISTRATOR, datetime.now(UTC), bytes(32))
        programme.add_brand(db, boss, rights_holder="Swarovski AG", brand="Swarovski")
    monkeypatch.setenv("COLUMNS", "200")

    def type_in(*words: str) -> tuple[int, str]:
        told = CliRunner().invoke(app, [*words, "--home", str(tmp_path)])
        assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
        return told.exit_code, " ".join(told.output.split())

    return type_in
