"""`testbuy prices`: what genuine articles cost, with the source of each price."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, present, ready
from rules.money import MoneyError, parse
from rules.roles import Role

app = typer.Typer(help="What genuine articles cost: dated, with a source.", no_args_is_help=True)


@app.command()
def add(
    brand: Annotated[str, typer.Argument(help="A brand of the programme.")],
    product: Annotated[str, typer.Argument(help="As listings name it, word for word.")],
    amount: Annotated[str, typer.Argument(help="As 1890.00")],
    currency: Annotated[str, typer.Argument(help="Its three letters, as CNY.")],
    source: Annotated[str, typer.Option(help="Who says so: a price list, a shop, a letter.")],
    valid_from: Annotated[
        str, typer.Option("--from", help="The day from which it counts, as 2026-11-24.")
    ] = "",
    verified: Annotated[
        bool, typer.Option("--verified", help="Somebody checked it at its source.")
    ] = False,
    home: Home = HOME,
) -> None:
    """Add the price of a genuine article; earlier offers keep the price of their day."""
    from casework.gauge import pricing

    try:
        day = date.fromisoformat(valid_from) if valid_from else datetime.now(UTC).date()
    except ValueError:
        fail("Write the day like 2026-11-24.")
    try:
        price = parse(amount, currency.upper())
        pricing.add_price(
            ready(home), act(Role.ADMINISTRATOR), brand=brand, product=product, amount=price,
            source=source, verified=verified, valid_from=day,
        )  # fmt: skip
    except MoneyError as error:
        fail(str(error))
    except Refused as refused:
        fail(*refused.reasons)
    state = "verified" if verified else "unverified"
    console.print(f"{brand}, {product}: {price} from {day} on, by {source} ({state}).")


@app.command("list")
def show(
    brand: Annotated[str | None, typer.Argument(help="One brand; all without.")] = None,
    home: Home = HOME,
) -> None:
    """Show every price on record."""
    from casework.gauge import pricing

    try:
        lines = pricing.prices(present(home), brand)
    except Refused as refused:
        fail(*refused.reasons)
    if not lines:
        fail("No price is on record. Add one with testbuy prices add.")
    for line in lines:
        price = line.price
        state = "verified" if price.verified else "unverified"
        said = f"{price.amount} from {price.valid_from} on, {price.source} ({state})"
        console.print(f"{line.brand}  {price.product}: {said}", soft_wrap=True)
