"""What every command needs of the terminal and of the home folder: options, refusals, output."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from casework.act import Act
from rules.roles import Role

if TYPE_CHECKING:
    from storage.session import Database

# What people typed is never markup.
console = Console(highlight=False, markup=False)

Home = Annotated[
    Path,
    typer.Option("--home", envvar="TESTBUY_HOME", help="The folder of this installation's data."),
]
HOME = Path("var")


def act(role: Role) -> Act:
    """What is done here and now: the command line knows roles and no persons."""
    return Act(role, datetime.now(UTC), secrets.token_bytes(32))


def ready(home: Path) -> "Database":
    """The database of a home folder, brought to its newest schema."""
    from casework import bootstrap
    from casework.settings import Settings

    home.mkdir(parents=True, exist_ok=True)
    db = Settings(home=home).database()
    bootstrap.prepare(db)
    return db


def fail(*reasons: str) -> NoReturn:
    """Say why, and end with code 1."""
    console.print(*reasons, style="red")
    raise typer.Exit(1)
