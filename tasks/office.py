"""What a flow run works with: the database, the vault, the outside systems, the clock and chance.

Prefect hands a flow nothing but JSON, so each worker process opens its office once, from the
environment, and every run of it works there.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509

from casework import letters
from casework.act import Act, Hold
from casework.mails import mailing
from casework.record import seals
from casework.record.seals import Seals
from casework.settings import Settings
from connectors.agency import Agency, HttpAgency
from connectors.browsing import Browsing, HttpBrowsing
from connectors.carrier import Carrier, HttpCarrier
from connectors.mail import Mail
from connectors.marketplace import HttpMarketplace, Marketplace
from connectors.prefect_api import PrefectApi
from connectors.timestamping import HttpTimestamping, Timestamping
from connectors.webhooks import HttpPosting, Posting
from evidence.spool import Spool
from evidence.vault import Vault
from rules.roles import Role
from storage.session import Database


@dataclass(frozen=True, slots=True)
class Office:
    """The collaborators of a flow run; an outside system that is not configured is None."""

    db: Database
    vault: Vault
    spool: Spool
    bundles: Path
    outgoing: Path
    marketplace: Marketplace | None
    carrier: Carrier | None
    agency: Agency | None
    prefect: PrefectApi | None
    timestamping: Timestamping | None
    timestamp_roots: tuple[x509.Certificate, ...]
    timestamp_policy: str
    anchors: Path
    seals: Callable[[], Seals]
    public_url: str
    lease: timedelta
    lost_after: timedelta
    clock: Callable[[], datetime]
    writes_as: letters.Office
    browsing: Browsing | None = None
    mail: Callable[[], Mail] | None = None
    """Opens where mails are handed over, for a round of them; close it after."""
    posting: Posting | None = None
    """Who brings messages to webhooks."""
    stamp: Callable[[bytes], bytes | None] | None = None
    """Gives a time stamp over some bytes; None where no time-stamp authority is configured."""

    def act(self, hold: Hold | None = None) -> Act:
        """The programme acting now, under `hold` where a run carries a test buy."""
        return Act(Role.PROGRAMME, self.clock(), secrets.token_bytes(32), hold=hold)

    def act_of_buyer(self, person: int) -> Act:
        """A buyer's act that a crash cut short, ended for them."""
        return Act(Role.BUYER, self.clock(), secrets.token_bytes(32), person)


@cache
def office() -> Office:
    """This process's office, opened from the environment at the first call."""
    return open_office(Settings())


def open_office(settings: Settings) -> Office:
    """Open the collaborators that `settings` name."""
    return Office(
        db=settings.database(),
        vault=settings.vault(),
        spool=Spool(settings.home / "uploads"),
        bundles=settings.home / "bundles",
        outgoing=settings.home / "outgoing",
        marketplace=HttpMarketplace(settings.marketplace_url, token=settings.marketplace_token)
        if settings.marketplace_url
        else None,
        carrier=HttpCarrier(settings.carrier_url, token=settings.carrier_token)
        if settings.carrier_url
        else None,
        agency=HttpAgency(settings.agency_url, token=settings.agency_token)
        if settings.agency_url
        else None,
        prefect=PrefectApi(settings.prefect_api_url, auth=settings.prefect_auth)
        if settings.prefect_api_url
        else None,
        timestamping=HttpTimestamping(settings.timestamp_url) if settings.timestamp_url else None,
        timestamp_roots=settings.timestamp_authorities(),
        timestamp_policy=settings.timestamp_policy,
        anchors=settings.home / "anchors",
        # Opened each time: a key may be replaced while the worker runs.
        seals=lambda: seals.of(settings),
        stamp=lambda data: seals.of(settings).stamp(data),
        public_url=settings.public_url,
        lease=settings.lease,
        lost_after=settings.lost_after,
        clock=_now,
        writes_as=letters.Office(
            settings.smtp_sender, settings.public_url, settings.home / "outgoing"
        ),
        browsing=HttpBrowsing(
            _now, allowed=settings.capture_networks, browser=settings.capture_browser
        )
        if settings.capture_pages
        else None,
        mail=lambda: mailing.server_of(settings),
        posting=HttpPosting(allowed=settings.webhook_networks),
    )


def _now() -> datetime:
    return datetime.now(UTC)
