"""`testbuy tokens`: what other systems act with through the API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, present
from rules.roles import Role
from rules.scopes import Scope

app = typer.Typer(help="Tokens of the API.", no_args_is_help=True)


@app.command("make")
def make(
    owner: Annotated[str, typer.Argument(help="The e-mail address of whom it acts for.")],
    name: Annotated[str, typer.Argument(help="Which system will use it.")],
    scopes: Annotated[list[Scope], typer.Option("--scope", help="What it is for; repeat it.")],
    days: Annotated[int, typer.Option(help="How long it is valid.", min=1)] = 180,
    home: Home = HOME,
) -> None:
    """Make a token and print it, once: only its digest is kept."""
    from casework.people import tokens

    try:
        made = tokens.make_token(
            present(home), act(Role.ADMINISTRATOR), name=name, scopes=scopes,
            valid_for=timedelta(days=days), owner=owner,
        )  # fmt: skip
    except Refused as refused:
        fail(*refused.reasons)
    console.print(made.token, soft_wrap=True)


@app.command("list")
def show(home: Home = HOME) -> None:
    """Show every token: whose it is, what it is for, and when it was used."""
    from casework.people import tokens

    found = tokens.every_token(present(home), datetime.now(UTC))
    if not found:
        fail("There is no token. Make one with testbuy tokens make.")
    table = Table(box=None, pad_edge=False)
    for column in ("number", "token", "used by", "owner", "scopes", "last used", "state"):
        table.add_column(column)
    for each in found:
        row = each.token
        table.add_row(
            str(row.id), f"{row.hint}…", row.name, each.email, " ".join(row.scopes),
            f"{row.used_at:%Y-%m-%d %H:%M}" if row.used_at else "never", each.state,
        )  # fmt: skip
    console.print(table)


@app.command("revoke")
def revoke(
    number: Annotated[int, typer.Argument(help="As testbuy tokens list prints it.")],
    home: Home = HOME,
) -> None:
    """End a token at once."""
    from casework.people import tokens

    try:
        tokens.revoke_token(present(home), act(Role.ADMINISTRATOR), number)
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"Token {number} opens nothing any more.")
