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

# What people typed is never markup, and no name of a little picture.
console = Console(highlight=False, markup=False, emoji=False)

Home = Annotated[
    Path,
    typer.Option("--home", envvar="TESTBUY_HOME", help="The folder of this installation's data."),
]
HOME = Path("var")


def act(role: Role) -> Act:
    """What is done here and now: the command line knows roles and no persons."""
    return Act(role, datetime.now(UTC), secrets.token_bytes(32))


def ready(home: Path) -> "Database":
    """The database of a home folder, brought to its newest schema; made where there is none."""
    from casework.programme import bootstrap
    from casework.settings import Settings
    from cli.environment import wrong_settings
    from storage.migrations import MigrationError

    if wrong := wrong_settings(home):
        fail(*map(str, wrong))
    home.mkdir(parents=True, exist_ok=True)
    db = Settings(home=home).database()
    try:
        bootstrap.prepare(db)
    except MigrationError as error:
        db.close()
        fail(str(error))
    return db


def present(home: Path) -> "Database":
    """The database of an installation that is there: looking in a wrong folder makes none."""
    from casework.settings import Settings
    from cli.environment import wrong_settings

    if not wrong_settings(home):
        url = Settings(home=home).database_url
        file = Path(url.removeprefix("sqlite:///"))
        if url.startswith("sqlite:///") and not file.is_file():
            fail(
                f"There is no installation in {home}. Name its folder with --home or TESTBUY_HOME, "
                "or begin one with testbuy up."
            )
    return ready(home)


def fail(*reasons: str) -> NoReturn:
    """Say why, and end with code 1."""
    console.print(*reasons, style="red")
    raise typer.Exit(1)
