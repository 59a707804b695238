"""Where the installation's data and the outside systems are; variables begin with TESTBUY_."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Self

from cryptography import x509
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from evidence.fonts import CJK_FONTS
from evidence.vault import Vault
from storage.session import Database


class Settings(BaseSettings):
    """What every door is told at its start.

    An outside system whose address is empty is not there: its orders and referrals go by hand, and
    anchors are exported without a stamp. `timestamp_policy`: the only one (OID) under which stamps
    are taken. `signing_password` opens the signing key; `second_factor_key`: 32 bytes in base64,
    with which second factors are enciphered instead of a file in the home folder; `fonts`: the
    folder with typefaces for Chinese.
    `lease_seconds`: how long a flow run holds its test buy, longer than its outside calls together;
    a crashed run's test buy is free again after it. `lost_after_seconds`: a run that was created
    this long ago and holds no lease was lost; longer than a lease. `capture_pages`: listing and
    seller page are captured before an order; `capture_allow`: private networks that may be visited
    for it, with commas between; `capture_browser`: the path of Chromium, for pictures of pages.
    `webhook_allow`: private networks that webhooks may lie in, for development: there also without
    encryption.
    """

    model_config = SettingsConfigDict(env_prefix="TESTBUY_", extra="ignore")

    home: Path = Path("var")
    database_url: str = ""
    prefect_api_url: str = ""
    prefect_auth: str | None = None
    public_url: str = ""
    marketplace_url: str = ""
    marketplace_token: str | None = None
    carrier_url: str = ""
    carrier_token: str | None = None
    agency_url: str = ""
    agency_token: str | None = None
    capture_pages: bool = True
    capture_allow: str = ""
    capture_browser: str = ""
    webhook_allow: str = ""
    timestamp_url: str = ""
    timestamp_roots: Path | None = None
    timestamp_policy: str = Field(default="", pattern=r"^([0-2](\.\d+)+)?$")
    fonts: Path = CJK_FONTS
    signing_password: str = Field(default="", repr=False)
    second_factor_key: str = Field(default="", repr=False)
    lease_seconds: float = Field(default=60, gt=0)
    lost_after_seconds: float = Field(default=90, gt=0)

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        for network in (*self.capture_networks, *self.webhook_networks):
            ip_network(network)
        self.database_url = self.database_url or f"sqlite:///{self.home / 'testbuy.db'}"
        return self

    @property
    def capture_networks(self) -> tuple[str, ...]:
        """The private networks that a capture may visit."""
        return tuple(part.strip() for part in self.capture_allow.split(",") if part.strip())

    @property
    def webhook_networks(self) -> tuple[str, ...]:
        """The private networks that webhooks may lie in, without encryption too."""
        return tuple(part.strip() for part in self.webhook_allow.split(",") if part.strip())

    @property
    def lease(self) -> timedelta:
        """How long a flow run holds its test buy."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def lost_after(self) -> timedelta:
        """After which time a created run without a lease counts as lost."""
        return timedelta(seconds=self.lost_after_seconds)

    def timestamp_authorities(self) -> tuple[x509.Certificate, ...]:
        """The certificates (PEM) of those whose time stamps are believed."""
        if self.timestamp_roots is None:
            return ()
        return tuple(x509.load_pem_x509_certificates(self.timestamp_roots.read_bytes()))

    @property
    def signing_key(self) -> Path:
        """Where the key that signs dossiers and bundles lies (PKCS#12)."""
        return self.home / "keys" / "signing.p12"

    def database(self) -> Database:
        """The database, opened."""
        return Database(self.database_url)

    def vault(self) -> Vault:
        """The folder of originals."""
        return Vault(self.home / "vault")
