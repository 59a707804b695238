"""`testbuy agencies` and `testbuy open-commitment`: what is encrypted, and what is opened.

Owns the output, and writing the opening to a file that only its owner reads. The command line knows
no persons: what two people must agree to is agreed on the portal's pages.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, present
from rules.roles import Role

app = typer.Typer()
agencies_app = typer.Typer(
    help="Agencies, and the certificates their inner bags are encrypted to.", no_args_is_help=True
)
app.add_typer(agencies_app, name="agencies")


@agencies_app.command("certificate")
def certificate(
    agency: Annotated[str, typer.Argument(help="Its name, as testbuy agencies show prints it.")],
    file: Annotated[Path, typer.Argument(help="Its certificate (PEM or DER).")],
    home: Home = HOME,
) -> None:
    """Keep an agency's certificate, in the place of the one before."""
    from casework.referring import agencies

    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}.")
    try:
        said = agencies.add_certificate(
            present(home), act(Role.ADMINISTRATOR), agency=agency, data=data
        )
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"{said.subject}, valid until {said.not_after:%Y-%m-%d}, counts for {agency}.")
    console.print(f"  {said.fingerprint}", soft_wrap=True)
    console.print("Compare this fingerprint with the agency by another way than the file came by.")


@agencies_app.command("show")
def show(home: Home = HOME) -> None:
    """Show every agency with its certificates, the one that counts first."""
    from casework.views import agencies

    now = datetime.now(UTC)
    for row in agencies.agencies(present(home), now):
        console.print(f"{row.agency.name} ({row.agency.jurisdiction})", soft_wrap=True)
        for place, each in enumerate(row.certificates):
            state = "counts" if place == 0 else "replaced"
            until = f"valid until {each.said.not_after:%Y-%m-%d}"
            if each.said.not_after < now:
                until = f"EXPIRED on {each.said.not_after:%Y-%m-%d}: ask the agency for another"
            console.print(f"  {state}: {each.said.subject}; {until}", soft_wrap=True)
            console.print(f"    {each.said.fingerprint}", soft_wrap=True)
        if not row.certificates:
            console.print("  no certificate: only redacted packages can go to it")


@app.command("open-commitment")
def open_commitment(
    reference: Annotated[str, typer.Argument(help="The test buy, as TB-2026-000017.")],
    out: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    home: Home = HOME,
) -> None:
    """Write the file that opens the commitment to a buyer, once two people agreed on the pages."""
    from casework.privacy import opening

    target = out or Path(f"{reference}-opening.txt")
    if target.exists():
        fail(f"{target} is there already. Name another file with --out.")
    if not target.parent.is_dir():
        fail(f"There is no folder {target.parent}.")
    try:
        opened = opening.opened_by_command(present(home), act(Role.ADMINISTRATOR), reference)
    except Refused as refused:
        fail(*refused.reasons)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(opened.data)
    except OSError as error:
        fail(f"{target} can't be written: {error.strerror}. The reading is recorded all the same.")
    console.print(f"{target} opens the commitment of {reference}. Hand it to nobody else.")
    console.print("Check it, here or wherever it goes, against buyer_commitment in the package:")
    console.print(f"  sha256sum {target}", soft_wrap=True)
    console.print(f"  {opened.commitment.removeprefix('sha256:')}", soft_wrap=True)
    console.print("Its third line says who bought; the second is the salt.")
