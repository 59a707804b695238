"""`testbuy`: what an operator types."""

import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from casework.errors import Refused
from cli.commands import (
    database,
    keys,
    places,
    prices,
    setting_up,
    shots,
    tokens,
    verifying,
    withholding,
)
from cli.terminal import HOME, Home, act, console, fail, present, ready
from rules.roles import Role

app = typer.Typer(
    name="testbuy",
    help="Run a test-buy programme: from a flagged shop to a police referral.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(setting_up.app)
app.add_typer(verifying.app)
app.add_typer(withholding.app)
app.add_typer(keys.app, name="keys")
app.add_typer(shots.app, name="shots")
app.add_typer(prices.app, name="prices")
app.add_typer(database.app, name="database")
app.add_typer(places.app, name="places")
app.add_typer(tokens.app, name="tokens")


@app.command()
def up(
    home: Home = HOME,
    host: Annotated[
        str, typer.Option(help="The address of this machine that the portal listens at.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The portal's port.", min=1, max=65535)] = 8400,
    prefect_port: Annotated[
        int, typer.Option(help="Prefect's port, on loopback.", min=1, max=65535)
    ] = 8401,
    cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM), with --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key (PEM).")] = None,
    public_url: Annotated[
        str | None,
        typer.Option(
            envvar="TESTBUY_PUBLIC_URL",
            help="Where people reach the portal, if not at host and port: log-in links begin so.",
        ),
    ] = None,
    portals: Annotated[
        int,
        typer.Option(
            min=0, max=64, help="How many processes serve the portal. 0: one a core, at most four."
        ),
    ] = 0,
) -> None:
    """Start everything for real use, and stay up until Ctrl-C."""
    import os
    from itertools import repeat

    from cli.processes import serving
    from cli.processes.installation import EVERY_ADDRESS, Installation
    from cli.processes.process import ProcessError
    from cli.processes.stack import Stack

    if (cert is None) != (key is None):
        fail("--cert and --key go together.")
    if host not in ("127.0.0.1", "localhost") and cert is None:
        fail("Beyond this machine the portal needs --cert and --key, or a proxy that has them.")
    if public_url and not public_url.startswith(("https://", "http://")):
        fail("Write --public-url whole, as https://testbuys.example.")
    installation = Installation(
        home,
        host=host,
        port=port,
        prefect_port=prefect_port,
        cert=cert,
        key=key,
        public_url=public_url,
        portals=portals or min(os.cpu_count() or 1, 4),
    )
    try:
        with Stack(installation.home) as stack:
            serving.check(installation)
            installation.start(stack, lambda step: console.print(f"  starting {step}"))
            console.print(f"\nPortal   {installation.reached_at}")
            console.print(f"Prefect  {installation.prefect_ui_url}")
            if host in EVERY_ADDRESS and not public_url:
                console.print(
                    "Log-in links are good on this machine only: name the address that people use "
                    "with --public-url."
                )
            console.print("Stop with Ctrl-C.")
            serving.watch(stack, console.print, repeat(serving.LOOKS_EVERY_S))
    except ProcessError as error:
        fail(str(error))
    except KeyboardInterrupt:
        console.print("Stopped.")


@app.command()
def demo(
    home: Annotated[
        Path | None, typer.Option(help="Keep the data here instead of a temporary folder.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to leave the story.")] = None,
    exit_when_done: Annotated[bool, typer.Option("--exit", help="End when all is told.")] = False,
    seed: Annotated[int, typer.Option(help="The simulated world's seed.")] = 17,
) -> None:
    """Play a programme with simulated people, shops, carrier and police."""
    from cli.demo import playing

    raise typer.Exit(playing.run(home, out, exit_when_done, seed))


@app.command("import-flags")
def import_flags(file: Path, home: Home = HOME) -> None:
    """Import a feed of flagged shops (CSV or JSON lines)."""
    from casework.flags import flagging
    from casework.flags.feed import read_feed

    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}.")
    try:
        read = read_feed(file.name, data)
    except Refused as refused:
        fail(*refused.reasons)
    done = flagging.import_flags(ready(home), act(Role.ANALYST), read.rows)
    for each in sorted((*read.rejected, *done.rejected), key=lambda each: each.line):
        console.print(f"line {each.line}: {each.reason}")
    rejected = len(read.rejected) + len(done.rejected)
    console.print(f"{done.imported} imported, {done.known} known before, {rejected} rejected")
    if done.stopped:
        fail(done.stopped)
    if rejected:
        raise typer.Exit(1)


@app.command()
def launch(
    flags: list[str],
    purpose: Annotated[str, typer.Option(help="What the test buys are for.")],
    campaign: Annotated[str | None, typer.Option(help="The campaign that covers them.")] = None,
    interface: Annotated[bool, typer.Option(help="Order through the marketplace.")] = False,
    home: Home = HOME,
) -> None:
    """Ask for a test buy of each flag, named as its source numbers it.

    The command line knows no persons: outside a campaign an analyst adopts the request first.
    """
    from casework.buying import launching
    from storage.tables import RequestedVia, Route

    lines = launching.launch_each(
        present(home),
        act(Role.PROGRAMME),
        flags,
        purpose=purpose,
        campaign=campaign,
        route=Route.INTERFACE if interface else Route.BY_HAND,
        via=RequestedVia.COMMAND,
    )
    for line in lines:
        console.print(f"{line.flag}: {line.reference or 'refused: ' + line.reason}")
    if any(line.reference is None for line in lines):
        raise typer.Exit(1)


@app.command()
def show(reference: str, home: Home = HOME) -> None:
    """Show where a test buy stands."""
    from casework.clock import summaries

    try:
        found = summaries.summary(present(home), reference, datetime.now(UTC))
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"{found.reference}  {found.strip}  {found.stage}\n{found.headline}")
    for line in found.moves:
        console.print(f"  {line}")


@app.command("who-held")
def who_held(
    exhibit: Annotated[str, typer.Argument(help="Its reference, as AS/1.")],
    at: Annotated[str, typer.Argument(help="A date (its end, UTC), or a time with its zone.")],
    home: Home = HOME,
) -> None:
    """Say who held an exhibit on a date."""
    from casework.views import custody
    from rules.custody import moment

    try:
        console.print(custody.who_held(present(home), exhibit, moment(at)).sentence)
    except Refused as refused:
        fail(*refused.reasons)
    except ValueError as error:
        fail(str(error))


@app.command()
def doctor(home: Home = HOME) -> None:
    """Say what runs, what is stuck and what is misconfigured, each with what mends it."""
    from cli.doctor import examining

    findings = examining.examine(home, datetime.now(UTC))
    table = Table(box=None, pad_edge=False)
    for column in ("", "what", "state", "mend it with"):
        table.add_column(column)
    for finding in findings:
        table.add_row("ok" if finding.well else "!", finding.what, finding.state, finding.mend)
    console.print(table)
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


def main() -> None:
    """Run the command; no stack trace reaches a person unless TESTBUY_TRACE asks for it."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a letter gets its number: saying what broke must not break.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception as error:
        if os.environ.get("TESTBUY_TRACE"):
            raise
        console.print(f"Something broke: {type(error).__name__}: {error}", style="red")
        console.print(
            "What it had recorded by then stays recorded. See what testbuy doctor finds, then run "
            "it again; with TESTBUY_TRACE=1 it shows the trace."
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
