"""`testbuy database`: what the owner of the database does, who is not the programme."""

import typer

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, ready
from rules.roles import Role

app = typer.Typer(help="The database's schema and the programme's role.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """The database's schema and the programme's role."""


@app.command("grant")
def grant(role: str, home: Home = HOME) -> None:
    """As the tables' owner: bring the schema up to date, and let ROLE add but not change.

    Do it again after each new version. The programme then connects as ROLE.
    """
    from casework.programme import bootstrap

    db = ready(home)
    try:
        granted = bootstrap.restrict(db, act(Role.ADMINISTRATOR), role)
    except Refused as refused:
        fail(*refused.reasons)
    finally:
        db.close()
    filled = ", ".join(f"{table}.{column}" for table, column in granted.fills)
    console.print(f"The schema is the newest, and its triggers are in place. {role} may")
    for line in (
        f"read and add to, never change or remove, {len(granted.adds)} tables: "
        + ", ".join(granted.adds),
        f"fill in, once: {filled}",
        f"read, add, change and remove rows in {len(granted.free)} tables",
        "make, alter or drop nothing: no table, no trigger, no function",
    ):
        console.print(f"  - {line}", soft_wrap=True)
    console.print(
        f"From now on start the programme as that role: TESTBUY_DATABASE_URL=postgresql+psycopg://"
        f"{role}@HOST/NAME. testbuy doctor says whether it does.",
        soft_wrap=True,
    )
