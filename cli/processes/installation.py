"""One installation: its home folder, and the processes that serve it.

Owns which processes there are, in which order they start, and what each is told. Leaves starting,
watching and ending them to `cli.processes.stack`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casework.programme import bootstrap
from casework.settings import Settings
from cli.processes.loopback import free_port
from cli.processes.prefect import api_url, prefect_server, register_deployments, worker
from cli.processes.process import Process, python_module
from cli.processes.stack import Stack
from storage.session import Database

PROJECT = Path(__file__).resolve().parents[2]
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - names them, binds nothing


@dataclass
class Installation:
    """The set of one home folder; ports of 0 are chosen at the start.

    `public_url` is where people reach the portal, where that is not its own host and port (a proxy,
    a name). `portals` is how many processes serve it. `env` is what doors and flows are told beyond
    their places: the outside systems' addresses.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 0
    prefect_port: int = 0
    cert: Path | None = None
    key: Path | None = None
    public_url: str | None = None
    portals: int = 1
    env: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home = self.home.resolve()
        self.port = self.port or free_port()
        self.prefect_port = self.prefect_port or free_port()

    @property
    def portal_url(self) -> str:
        """Where this machine opens the portal."""
        host = "127.0.0.1" if self.host in EVERY_ADDRESS else self.host
        return f"{'https' if self.cert else 'http'}://{host}:{self.port}"

    @property
    def reached_at(self) -> str:
        """Where people open the portal: what log-in links begin with."""
        return (self.public_url or self.portal_url).rstrip("/")

    @property
    def prefect_api_url(self) -> str:
        """Prefect's REST API; on loopback alone."""
        return api_url(self.prefect_port)

    @property
    def prefect_ui_url(self) -> str:
        """The control room."""
        return self.prefect_api_url.removesuffix("/api")

    @property
    def db(self) -> Database:
        """The database, opened anew."""
        return Settings(home=self.home).database()

    def start(self, stack: Stack, tell: Callable[[str], None]) -> None:
        """Make the data ready and start everything; `tell` is told each step in a few words."""
        self.home.mkdir(parents=True, exist_ok=True)
        tell("database")
        db = self.db
        bootstrap.prepare(db)
        db.close()
        Settings(home=self.home).vault().sweep_leftovers()
        settings = self._settings()
        tell("Prefect's server and the portal")
        # Side by side: the portal needs Prefect only for the first wake-up, and waits for it.
        stack.start(prefect_server(self.prefect_port, self.home), self._portal(settings))
        tell("worker")
        stack.start(worker(self.home, self.prefect_api_url, project=PROJECT, env=settings))
        tell("deployments")
        register_deployments(self.home, self.prefect_api_url, project=PROJECT)

    def _portal(self, settings: Mapping[str, str]) -> Process:
        arguments = ["--host", self.host, "--port", str(self.port)]
        arguments += ["--processes", str(self.portals)]
        if self.cert and self.key:
            arguments += ["--cert", str(self.cert), "--key", str(self.key)]
        return python_module(
            "portal",
            "portal",
            arguments,
            log=self.home / "logs" / "portal.log",
            env=settings,
            ready=f"{self.portal_url}/health",
            address=self.reached_at,
            cwd=PROJECT,
        )

    def _settings(self) -> dict[str, str]:
        return {
            "TESTBUY_HOME": str(self.home),
            "TESTBUY_PUBLIC_URL": self.reached_at,
            "TESTBUY_PREFECT_API_URL": self.prefect_api_url,
            "TESTBUY_PREFECT_UI_URL": self.prefect_ui_url,
            **self.env,
        }
