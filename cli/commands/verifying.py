"""`testbuy verify` and `testbuy tamper-table`: is what is kept, or was handed over, untouched?

Owns the output and the exit status: 0 all is well, 1 something is wrong, 2 it can't be told. Opens
the database as it is: bringing it up to date would put back a trigger whose absence is to be told.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.terminal import HOME, Home, console
from evidence.tampering import ROOTS, SIGNATURE, STAMP

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from storage.session import Database

app = typer.Typer()
WRONG, CANNOT_TELL = 1, 2
_BY_OPENSSL = frozenset({SIGNATURE, STAMP, ROOTS})
"""What the program inside a bundle leaves to openssl is judged here by `evidence.sealcheck`."""


@app.command("verify")
def verify(
    what: Annotated[
        str | None, typer.Argument(help="A bundle (.zip or folder), or a test buy (TB-…).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The whole vault, all ledgers and all test buys.")
    ] = False,
    head: Annotated[
        list[str] | None, typer.Option(help="A ledger head got by another way (bundles).")
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="Who may sign (PEM; bundles).")] = None,
    tsa_ca: Annotated[Path | None, typer.Option(help="Who may stamp (PEM; bundles).")] = None,
    home: Home = HOME,
) -> None:
    """Check a bundle, a test buy, or everything. Exit status: 0 well, 1 wrong, 2 can't tell."""
    if (what is None) is not everything:
        _cannot("Name a bundle or a test buy, or give --all.")
    if what is not None and (what.endswith(".zip") or Path(what).exists()):
        raise typer.Exit(_bundle(Path(what), tuple(head or ()), ca, tsa_ca))
    raise typer.Exit(_kept(home, what))


@app.command("tamper-table")
def tamper_table() -> None:
    """Print every kind of tampering and which check catches it; each row is a test."""
    from evidence.tampering import CHANGES

    table = Table(box=None, pad_edge=False)
    for column in ("where", "change", "caught by"):
        table.add_column(column)
    for change in CHANGES:
        forged = ", and all sums made anew" if change.forged else ""
        table.add_row(change.where, change.what + forged, "; ".join(change.caught_by))
    console.print(table)


def _bundle(path: Path, heads: tuple[str, ...], ca: Path | None, tsa_ca: Path | None) -> int:
    from evidence.sealcheck import judge
    from evidence.verify import UnreadableBundleError
    from evidence.verify import verify as checks_of

    missing = [str(each) for each in (ca, tsa_ca) if each is not None and not each.is_file()]
    if missing:
        _cannot(f"There is no file {', '.join(missing)}.")
    # pyHanko tells in its log, in its own words, what is told below in ours.
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    signers, stampers = _certificates(ca), _certificates(tsa_ca or ca)
    wrong, open_checks = False, False
    with _progress() as bar:
        task = bar.add_task("reading every file", total=None)
        try:
            for check in checks_of(path, heads, without=_BY_OPENSSL):
                bar.update(task, description=check.name, total=18, completed=check.number)
                wrong |= bool(check.problems)
                open_checks |= bool(check.unchecked)
                _tell(check.name, check.found, check.problems, check.unchecked)
            for seal in judge(path, datetime.now(UTC), signers=signers, stampers=stampers):
                wrong |= bool(seal.problems)
                open_checks |= bool(seal.unchecked)
                _tell(seal.name, seal.found, seal.problems, seal.unchecked)
        except UnreadableBundleError as error:
            _cannot(str(error))
    return _ended(wrong, open_checks)


def _certificates(file: Path | None) -> "list[Certificate]":
    from cryptography.x509 import load_pem_x509_certificates

    if file is None:
        return []
    try:
        return load_pem_x509_certificates(file.read_bytes())
    except ValueError:
        _cannot(f"{file} holds no certificates. Give them as PEM.")


def _kept(home: Path, reference: str | None) -> int:
    from casework.auditing import verifying
    from casework.errors import NotFound
    from casework.settings import Settings
    from storage.session import DatabaseTrouble

    db = _as_it_is(home)
    settings = Settings(home=home)
    vault, authorities = settings.vault(), settings.timestamp_authorities()
    wrong = False
    try:
        with _progress() as bar:
            task = bar.add_task("checking", total=None)

            def step(name: str, done: int, total: int) -> None:
                bar.update(task, description=name, completed=done, total=total)

            found: Iterable[verifying.Found] = (
                verifying.check_everything(
                    db, vault, step, authorities=authorities, exported=settings.home / "anchors"
                )
                if reference is None
                else verifying.check_testbuy(db, vault, reference, authorities=authorities)
            )
            for each in found:
                wrong |= bool(each.problems)
                _tell(each.name, each.looked_at, each.problems)
    except NotFound as error:
        _cannot(*error.reasons)
    except DatabaseTrouble as error:
        _cannot(f"The database can't be read: {str(error.orig).splitlines()[0]}")
    finally:
        db.close()
    return _ended(wrong, False)


def _as_it_is(home: Path) -> "Database":
    from casework.settings import Settings
    from cli.environment import wrong_settings
    from storage import migrations

    if wrong := wrong_settings(home):
        _cannot(*map(str, wrong))
    settings = Settings(home=home)
    file = settings.database_url.removeprefix("sqlite:///")
    if settings.database_url.startswith("sqlite:///") and not Path(file).is_file():
        _cannot(f"There is no installation in {home}. Name its folder with --home or TESTBUY_HOME.")
    db = settings.database()
    if not migrations.is_current(db):
        _cannot("The database has another schema than this program. Run the program it belongs to.")
    return db


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)


def _tell(name: str, found: str, problems: Iterable[str], unchecked: str = "") -> None:
    told = list(problems)
    word = "WRONG" if told else "open " if unchecked else "ok   "
    console.print(f"{word} {name}: {found or unchecked}", soft_wrap=True)
    for line in _lines(told):
        console.print(f"      - {line}", soft_wrap=True, style="red")


def _lines(problems: list[str]) -> Iterator[str]:
    yield from problems[:100]
    if len(problems) > 100:
        yield f"and {len(problems) - 100} more"


def _ended(wrong: bool, open_checks: bool) -> int:
    if wrong:
        console.print("Something is wrong. Change nothing, and keep everything as it is.")
        return WRONG
    if open_checks:
        console.print("Nothing is wrong as far as could be told; see what is open.")
        return CANNOT_TELL
    console.print("All is well.")
    return 0


def _cannot(*reasons: str) -> NoReturn:
    console.print(*reasons, style="red", soft_wrap=True)
    raise typer.Exit(CANNOT_TELL)
