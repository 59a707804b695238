"""Keys of the demonstration: what seals its evidence, and what opens what the police get.

Each says in its certificate that it is a demonstration's, so that nothing it signs is evidence.
"""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from casework.act import Act
from casework.programme import bootstrap
from casework.record import keys
from casework.settings import Settings
from casework.verdicts.stating import ORGANISATION
from evidence import signatures
from rules.roles import Role
from simulator.setting import BY_MAIL, POLICE

LAST = timedelta(days=30)
_POLICE = ((POLICE, "police"), (BY_MAIL, "police-by-mail"))


def sealing(home: Path, authority: str) -> dict[str, str]:
    """Make the signing key, fetch the authority's root; gives the settings that name both."""
    roots = home / "keys" / "timestamp-roots.pem"
    password = secrets.token_urlsafe()
    settings = Settings(home=home)
    db = settings.database()
    bootstrap.prepare(db)
    administrator = Act(Role.ADMINISTRATOR, datetime.now(UTC), secrets.token_bytes(32))
    keys.make(
        db, administrator, settings.signing_key, password, name="Demo evidence desk",
        organisation=ORGANISATION, lasts=LAST, demo=True,
    )  # fmt: skip
    db.close()
    roots.write_bytes(httpx.get(f"{authority}/root", trust_env=False).content)
    return {
        "TESTBUY_TIMESTAMP_URL": f"{authority}/stamp",
        "TESTBUY_TIMESTAMP_ROOTS": str(roots),
        "TESTBUY_SIGNING_PASSWORD": password,
    }


def police(home: Path) -> dict[str, bytes]:
    """Certificates (PEM) of the simulated police by name; their keys lie with the outside world."""
    outside = home / "outside"
    outside.mkdir(parents=True, exist_ok=True)
    certificates: dict[str, bytes] = {}
    for name, file in _POLICE:
        made = signatures.make(name, "Simulated police", datetime.now(UTC), LAST, demo=True)
        (outside / f"{file}.pem").write_bytes(made.pem)
        (outside / f"{file}-key.pem").write_bytes(
            made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        certificates[name] = made.pem
    return certificates
