"""What runs, what is stuck and what is misconfigured, each with what mends it.

Owns looking at one installation from outside and at its database; changes nothing. Leaves what the
rows of test buys tell to `rows`, what Prefect tells to `clock`, and mending to people.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from casework.settings import Settings
from cli.doctor import clock, mail, seals
from cli.doctor.finding import Finding, troubled, well
from cli.doctor.rows import ROUNDS
from cli.environment import wrong_settings
from cli.processes.listing import Listed, listed
from cli.processes.loopback import answers
from evidence.typesetting import can_set
from storage import migrations, roles, triggers
from storage.session import Database, DatabaseTrouble

ENOUGH_FREE = 2 * 1024**3
"""Bytes that must be free beside the vault: some 400 photos."""

UP = "testbuy up"


def examine(home: Path, now: datetime) -> list[Finding]:
    """Everything that is looked at, the well beside the unwell, in the order to mend it."""
    processes = listed(home)
    wrong = wrong_settings(home)
    if wrong:
        # The database is not looked at: where it is can't be known.
        settings = [
            troubled("settings", f"{each.variable}: {each.why}", each.mend) for each in wrong
        ]
        return [*settings, *_processes(processes), *_vault(home / "vault")]
    settings = Settings(home=home)
    return [
        *_processes(processes),
        *clock.schedules(settings, processes, now),
        *_secure(settings.public_url, processes),
        *_vault(home / "vault"),
        _fonts(settings.fonts),
        *seals.authority(settings, now),
        *mail.server(settings),
        *_database(settings, now),
    ]


def _processes(processes: list[Listed]) -> Iterator[Finding]:
    if not processes:
        yield troubled("processes", "nothing runs from this folder", UP)
    for process in processes:
        what = f"process {process.name}"
        if not process.alive:
            mend = f"read {process.log}, end the others (Ctrl-C), then {UP}"
            yield troubled(what, f"process {process.pid} has ended", mend)
        elif process.health and not answers(process.health):
            mend = f"read {process.log}; if it stays so, restart {UP}"
            yield troubled(what, f"runs and does not answer at {process.health}", mend)
        else:
            yield well(what, f"runs as process {process.pid}")


def _secure(public_url: str, processes: list[Listed]) -> Iterator[Finding]:
    portals = [each for each in processes if each.name == "portal"]
    addresses = [address for each in portals for address in (each.health, each.address) if address]
    for url in [public_url, *addresses]:
        parts = urlsplit(url)
        if parts.hostname and parts.scheme == "http" and not _is_loopback(parts.hostname):
            mend = "testbuy up --cert FILE --key FILE, or a proxy that encrypts"
            yield troubled("address", f"{url} is reached beyond this machine in clear", mend)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _vault(root: Path) -> Iterator[Finding]:
    present = next(folder for folder in (root, *root.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=present) as probe:
            probe.write(b"probe")
    except OSError as error:
        mend = f"give this user the right to write to {present}, or free room on its disk"
        yield troubled("vault", f"{root} can't be written: {error.strerror}", mend)
    else:
        yield well("vault", f"{root} can be written")
    usage = shutil.disk_usage(present)
    state = f"{usage.free / 1024**3:.1f} GB of {usage.total / 1024**3:.0f} GB are free"
    if usage.free < ENOUGH_FREE:
        yield troubled("disk", state, f"free at least {ENOUGH_FREE / 1024**3:.0f} GB of {present}")
    else:
        yield well("disk", state)
    leftovers = len(list((root / ".incoming").glob("*")))
    if leftovers:
        state = f"{leftovers} unfinished files of broken-off uploads, or uploads under way"
        yield troubled("leftovers", state, f"if they stay, {UP} removes them at its start")


def _fonts(folder: Path) -> Finding:
    if can_set("zh", folder):
        return well("fonts", "Chinese can be set")
    state = f"no Chinese typeface in {folder}: dossiers with Chinese can't be made"
    return troubled("fonts", state, "apt install fonts-noto-cjk, or name a folder in TESTBUY_FONTS")


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    file = settings.database_url.removeprefix("sqlite:///")
    if settings.database_url.startswith("sqlite:///") and not Path(file).is_file():
        # Opening it would make an empty one.
        yield troubled("database", f"there is none at {file}", UP)
        return
    db = settings.database()
    try:
        current = True
        for found in _schema(db):
            yield found
            current = current and (found.well or found.what != "database")
        if not current:
            return
        with db.read() as tx:
            yield from seals.signing_key(settings, tx, now)
            yield from seals.anchors(settings, tx, now)
            for look in ROUNDS:
                yield from look(tx, now)
    except DatabaseTrouble as error:
        reason = str(error.orig).splitlines()[0]
        mend = "is TESTBUY_DATABASE_URL right and its server running? Restore a backup if not"
        yield troubled("database", f"can't be read: {reason}", mend)
    finally:
        db.close()


def _schema(db: Database) -> Iterator[Finding]:
    if not migrations.is_current(db):
        at = migrations.revision(db) or "before the first"
        yield troubled("database", f"its schema is {at}, not the newest", UP)
        return
    yield well("database", "reachable, its schema is the newest")
    with db.read() as tx:
        missing = triggers.missing(tx)
        beyond = list(roles.powers(tx))
        who = roles.current(tx) if not db.is_sqlite else ""
    if missing:
        mend = f"find out who removed or changed them; {UP}, as the owner, installs them again"
        yield troubled("triggers", f"missing or changed: {', '.join(missing)}", mend)
    else:
        yield well("triggers", f"all there, on {len(triggers.HELD)} tables that only grow")
    for power in beyond:
        mend = (
            "as the owner: testbuy database grant ROLE; then name that role in TESTBUY_DATABASE_URL"
        )
        yield troubled("database role", f"{who} {power}", mend)
    if who and not beyond:
        yield well("database role", f"{who} adds to what only grows, and can't change it")
