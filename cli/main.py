"""`testbuy`: what an operator types."""

import os
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from casework.act import Act
from casework.errors import Refused
from rules.lifecycle import Stage
from rules.roles import PERSONS, Role

if TYPE_CHECKING:
    from storage.session import Database

app = typer.Typer(
    name="testbuy",
    help="Run a test-buy programme: from a flagged shop to a police referral.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)

Home = Annotated[
    Path,
    typer.Option("--home", envvar="TESTBUY_HOME", help="The folder of this installation's data."),
]
HOME = Path("var")


def _act(role: Role) -> Act:
    return Act(role, datetime.now(UTC), secrets.token_bytes(32))


@app.command()
def up(
    home: Home = HOME,
    host: Annotated[
        str, typer.Option(help="The address people reach the portal at.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The portal's port.")] = 8400,
    prefect_port: Annotated[int, typer.Option(help="Prefect's port, on loopback.")] = 8401,
    cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM), with --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key (PEM).")] = None,
) -> None:
    """Start everything for real use, and stay up until Ctrl-C."""
    from cli.installation import Installation
    from cli.processes import ProcessError, Stack

    if (cert is None) != (key is None):
        _fail("--cert and --key go together.")
    if host not in ("127.0.0.1", "localhost") and cert is None:
        _fail("Beyond this machine the portal needs --cert and --key, or a proxy that has them.")
    installation = Installation(
        home, host=host, port=port, prefect_port=prefect_port, cert=cert, key=key
    )
    try:
        with Stack(installation.home) as stack:
            installation.start(stack, lambda step: console.print(f"  starting {step}"))
            console.print(f"\nPortal   {installation.portal_url}")
            console.print(f"Prefect  {installation.prefect_ui_url}")
            console.print("Stop with Ctrl-C.")
            signal.pause()
    except ProcessError as error:
        _fail(str(error))
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
    from cli import demo as played

    raise typer.Exit(played.run(home, out, exit_when_done, seed))


@app.command("create-user")
def create_user(
    name: str,
    email: str,
    roles: Annotated[list[Role], typer.Option("--role", help="May be given several times.")],
    brands: Annotated[list[str] | None, typer.Option("--brand", help="For authenticators.")] = None,
    home: Home = HOME,
) -> None:
    """Open an account and print an address that logs it in for a day."""
    from datetime import timedelta

    from casework import access
    from casework.settings import Settings

    if not frozenset(roles) <= PERSONS:
        _fail("Nobody is granted the programme's own role.")
    db = _ready(home)
    act = _act(Role.ADMINISTRATOR)
    try:
        person = access.create_person(db, act, name, email, None, roles, brands or [])
        token = access.make_link(db, act, person, timedelta(days=1))
    except Refused as refused:
        _fail(*refused.reasons)
    portal = Settings(home=home).public_url or "http://127.0.0.1:8400"
    console.print(f"{name} may log in for a day by {portal}/link/{token}", soft_wrap=True)


@app.command("add-brand")
def add_brand(rights_holder: str, brand: str, home: Home = HOME) -> None:
    """Take a brand into the programme; flags of other brands are rejected."""
    from casework import programme

    act = _act(Role.ADMINISTRATOR)
    programme.add_brand(_ready(home), act, rights_holder=rights_holder, brand=brand)
    console.print(f"{brand} of {rights_holder} is in the programme.")


@app.command("add-agency")
def add_agency(
    name: str,
    jurisdiction: Annotated[str, typer.Argument(help="The country's two letters.")],
    home: Home = HOME,
) -> None:
    """Take in an agency that gets the referrals of a jurisdiction."""
    from casework import programme

    act = _act(Role.ADMINISTRATOR)
    programme.add_agency(_ready(home), act, name=name, jurisdiction=jurisdiction.upper())
    console.print(f"{name} gets the referrals of {jurisdiction.upper()}.")


@app.command("set-deadline")
def set_deadline(
    stage: Stage,
    remind_days: Annotated[float, typer.Argument(help="Days until somebody is reminded.")],
    escalate_days: Annotated[float, typer.Argument(help="Days until somebody above is told.")],
    home: Home = HOME,
) -> None:
    """Set how long a stage may wait."""
    from datetime import timedelta

    from casework import programme

    try:
        programme.set_deadline(
            _ready(home),
            _act(Role.ADMINISTRATOR),
            stage,
            remind_after=timedelta(days=remind_days),
            escalate_after=timedelta(days=escalate_days),
        )
    except Refused as refused:
        _fail(*refused.reasons)
    console.print(
        f"{stage}: reminded after {remind_days:g} days, escalated after {escalate_days:g}."
    )


@app.command("import-flags")
def import_flags(file: Path, home: Home = HOME) -> None:
    """Import a feed of flagged shops (CSV or JSON lines)."""
    from casework import flagging
    from casework.feed import read_feed

    try:
        data = file.read_bytes()
    except OSError as error:
        _fail(f"{file} can't be read: {error.strerror}.")
    try:
        read = read_feed(file.name, data)
    except Refused as refused:
        _fail(*refused.reasons)
    done = flagging.import_flags(_ready(home), _act(Role.ANALYST), read.rows)
    for each in sorted((*read.rejected, *done.rejected), key=lambda each: each.line):
        console.print(f"line {each.line}: {each.reason}")
    rejected = len(read.rejected) + len(done.rejected)
    console.print(f"{done.imported} imported, {done.known} known before, {rejected} rejected")
    if done.stopped:
        _fail(done.stopped)
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
    from casework import launching
    from storage.tables import RequestedVia, Route

    lines = launching.launch_each(
        _ready(home),
        _act(Role.PROGRAMME),
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
    from casework import summaries

    try:
        found = summaries.summary(_ready(home), reference, datetime.now(UTC))
    except Refused as refused:
        _fail(*refused.reasons)
    console.print(f"[bold]{found.reference}[/]  {found.strip}  {found.stage}\n{found.headline}")
    for line in found.moves:
        console.print(f"  {line}")


@app.command()
def doctor(home: Home = HOME) -> None:
    """Say what runs, what is stuck and what is misconfigured, each with what mends it."""
    from cli import doctor as examined

    findings = examined.examine(home, datetime.now(UTC))
    table = Table(box=None, pad_edge=False)
    for column in ("", "what", "state", "mend it with"):
        table.add_column(column)
    for finding in findings:
        table.add_row("ok" if finding.well else "!", finding.what, finding.state, finding.mend)
    console.print(table)
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


def _ready(home: Path) -> "Database":
    from casework import bootstrap
    from casework.settings import Settings

    home.mkdir(parents=True, exist_ok=True)
    db = Settings(home=home).database()
    bootstrap.prepare(db)
    return db


def _fail(*reasons: str) -> NoReturn:
    console.print(*reasons, style="red")
    raise typer.Exit(1)


def main() -> None:
    """Run the command; no stack trace reaches a person unless TESTBUY_TRACE asks for it."""
    try:
        app()
    except Exception as error:
        if os.environ.get("TESTBUY_TRACE"):
            raise
        console.print(f"Something broke: {type(error).__name__}: {error}", style="red")
        console.print(
            "Nothing half-done was kept. Run it again with TESTBUY_TRACE=1 for the trace."
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
