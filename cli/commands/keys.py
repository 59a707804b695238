"""`testbuy keys`: the key that signs dossiers and bundles."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, present, ready
from rules.roles import Role

app = typer.Typer(help="The key that signs dossiers and bundles.", no_args_is_help=True)

Password = Annotated[
    str,
    typer.Option(
        envvar="TESTBUY_SIGNING_PASSWORD", prompt=True, hide_input=True, help="Guards the key."
    ),
]


@app.command("make")
def make(
    name: str,
    organisation: str,
    password: Password,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")] = 730,
    home: Home = HOME,
) -> None:
    """Make a key with a certificate signed by itself; it signs from now on."""
    from casework.record import keys
    from casework.settings import Settings

    file = Settings(home=home).signing_key
    try:
        signer = keys.make(
            ready(home), act(Role.ADMINISTRATOR), file, password, name=name,
            organisation=organisation, lasts=timedelta(days=days),
        )  # fmt: skip
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"{signer.subject} signs from now on, for {days} days.")
    console.print(
        "Whoever checks a signature needs its certificate by another way than the bundle: "
        "testbuy keys show --certificate."
    )


@app.command("import")
def bring_in(file: Path, password: Password, home: Home = HOME) -> None:
    """Take over a key and its certificate from a PKCS#12 file (.p12, .pfx)."""
    from casework.record import keys
    from casework.settings import Settings

    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}.")
    target = Settings(home=home).signing_key
    try:
        signer = keys.bring_in(ready(home), act(Role.ADMINISTRATOR), target, data, password)
    except Refused as refused:
        fail(*refused.reasons)
    left = keys.days_left(signer, datetime.now(UTC))
    console.print(f"{signer.subject} signs from now on, for {left} days.")


@app.command("show")
def show(
    certificate: Annotated[
        bool, typer.Option("--certificate", help="Print the certificates themselves (PEM).")
    ] = False,
    home: Home = HOME,
) -> None:
    """Show every certificate that signs or has signed, the newest first."""
    from casework.record import keys

    found = keys.on_record(present(home))
    if not found:
        fail("No key signs here. Make one with testbuy keys make, or testbuy keys import.")
    now = datetime.now(UTC)
    for each in found:
        if certificate:
            console.print(each.pem.strip(), soft_wrap=True)
            continue
        days = (each.not_after - now).days
        state = f"retired {each.retired_at:%Y-%m-%d}" if each.retired_at else "signs"
        valid = f"valid until {each.not_after:%Y-%m-%d} ({days} days)"
        if days < 0:
            valid = f"EXPIRED on {each.not_after:%Y-%m-%d}: make or import a new one"
        mark = "DEMONSTRATION ONLY, its signatures are no evidence; " if each.demo else ""
        console.print(f"{each.subject}\n  {mark}{state}; {valid}")
        console.print(f"  issued by {each.issuer}, serial {each.serial}")
        console.print(f"  sha256 {each.fingerprint}", soft_wrap=True)
