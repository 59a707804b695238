"""`testbuy places`: the shelves that exhibits lie on."""

from typing import Annotated

import typer
from rich.table import Table

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, present, ready
from rules.roles import Role

app = typer.Typer(help="The places that exhibits lie in.", no_args_is_help=True)


@app.command("add")
def add(
    site: str,
    room: Annotated[str, typer.Option(help="The room or cage.")] = "",
    shelf: Annotated[str, typer.Option(help="The shelf or drawer.")] = "",
    roles: Annotated[
        list[Role] | None, typer.Option("--role", help="Everybody in this role may enter it.")
    ] = None,
    people: Annotated[
        list[str] | None, typer.Option("--person", help="Who has this e-mail may enter it.")
    ] = None,
    home: Home = HOME,
) -> None:
    """Add a place; say who may enter it by --role or --person."""
    from casework.custody import placing

    try:
        name = placing.add_place(
            ready(home), act(Role.ADMINISTRATOR), site=site, room=room, shelf=shelf,
            roles=roles or [], people=people or [],
        )  # fmt: skip
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"Exhibits may be put into {name} from now on.")


@app.command("list")
def show(home: Home = HOME) -> None:
    """Show every place, who may enter it, and how many exhibits lie there."""
    from casework.views import places

    found = places.places(present(home))
    if not found:
        fail("No place is on the list. Add one with testbuy places add.")
    table = Table(box=None, pad_edge=False)
    for column in ("place", "exhibits", "who may enter", "state"):
        table.add_column(column, justify="right" if column == "exhibits" else "left")
    for each in found:
        closed = each.place.closed_at
        state = f"closed {closed:%Y-%m-%d}" if closed else "open"
        table.add_row(each.place.name, str(each.exhibits), ", ".join(each.enters), state)
    console.print(table)


@app.command("close")
def close(
    place: Annotated[str, typer.Argument(help="Its name, as testbuy places list prints it.")],
    reason: Annotated[str, typer.Option(help="Why it is closed.")],
    home: Home = HOME,
) -> None:
    """Close an empty place for good."""
    from casework.custody import placing

    try:
        number = placing.number_of(present(home), place)
        placing.close_place(present(home), act(Role.ADMINISTRATOR), number, reason=reason)
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"{place} is closed.")
