"""What tests of deliveries share: an agency with a certificate, an address, and a way chosen."""

import json
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.referring import agencies
from casework.referring.agencies import Stated
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.tables import Agency, LedgerRow

POLICE = "Luohu police"
ADDRESS = "desk@police.example"


def agency_of(town) -> Agency:
    with town.db.read() as tx:
        row = one(tx, Agency, name=POLICE)
    assert row is not None
    return row


def told_in(town, subject: str) -> list[dict]:
    """What the ledger of a subject holds."""
    with town.db.read() as tx:
        rows = every(tx, LedgerRow, subject=subject, order_by=table_of(LedgerRow).c.id)
    return [json.loads(row.body)["facts"] for row in rows]


def choose(town, way, *, seen=None, reason="As agreed", act=None):
    row = agency_of(town)
    act = act or town.act(Role.LIAISON)
    seen = seen or agencies.mark_of(row)
    agencies.set_delivery(town.db, act, row.id, way, seen=seen, reason=reason)


def give_certificate(town) -> Path:
    """A certificate made by openssl goes on record; gives the file of its key."""
    # openssl dates it from now, which may be after the programme's own clock.
    town.now = max(town.now, datetime.now(UTC) + timedelta(minutes=1))
    folder = Path(tempfile.mkdtemp())
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=Police"
    files = ["-keyout", folder / "key.pem", "-out", folder / "police.pem"]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    data = (folder / "police.pem").read_bytes()
    agencies.add_certificate(town.db, town.act(Role.LIAISON), agency=POLICE, data=data)
    return folder / "key.pem"


def put_contact(town, contact: str) -> None:
    row = agency_of(town)
    stated = Stated(row.name, row.jurisdiction, contact, row.needs, row.needs_exhibit)
    agencies.set_agency(
        town.db, town.act(Role.ADMINISTRATOR), row.id, stated,
        seen=agencies.mark_of(row), reason="It said so",
    )  # fmt: skip
