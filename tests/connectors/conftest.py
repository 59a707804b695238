"""Real simulator processes on free loopback ports, and a world for them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from simulator.world import (
    AgencyConduct,
    Behaviour,
    Decision,
    Listing,
    Sales,
    Sender,
    Shop,
    World,
    dump,
)

ATTEMPTS = {
    "L-ships": (Behaviour("ships", 0.1, 0.2),),
    "L-never": (Behaviour("never_ships"),),
    "L-cancels": (Behaviour("cancels", 0.1), Behaviour("ships", 0.1, 0.2)),
    "L-refunds": (Behaviour("refunds", 0.1),),
    "L-payment": (Behaviour("payment_refused"),),
    "L-gone": (Behaviour("listing_gone"),),
    "L-lost": (Behaviour("lost", 0.1, 0.2),),
    "L-refused": (Behaviour("refused_parcel", 0.1, 0.2),),
}

WORLD = World(
    platform="Simulated Market",
    carrier="Simulated Express",
    shops=(
        Shop(
            "S-1",
            "Crystal Corner",
            "Wang",
            "Liu",
            "2015-03-01",
            Sender("Liu", "Luohu, Shenzhen", "+86 755 0000 0001"),
            (Sales("2016-06-01", "2016-06-30", 40, 3_200_000),),
        ),
        Shop("S-2", "Quiet", "Liu", "Liu", "2015-04-01", Sender("L", "X", "1"), tells_sales=False),
    ),
    listings=(
        Listing("L-away", "S-1", "Watch", "Swarovski", "watch", 1, "CNY", gone=True),
        *(
            Listing(name, "S-1", "Watch", "Swarovski", "watch", 45_000, "CNY", attempts=attempts)
            for name, attempts in ATTEMPTS.items()
        ),
    ),
    agency=AgencyConduct(
        decision=Decision("accepted", 0.2, 0.4),
        by_operator={
            "Zhao": Decision(
                "declined", 0.1, 0.2, "Below the threshold.", reason_code="below_threshold"
            ),
            "Deng": Decision("accepted", 0.1, 0.2, in_turn=True),
        },
    ),
)


@dataclass(frozen=True)
class Server:
    url: str
    process: subprocess.Popen[str]

    def misbehave(self, kind: str, path: str = "/", times: int = 1) -> None:
        wish = {"next": kind, "path": path, "times": times}
        httpx.post(f"{self.url}/misbehave", json=wish, trust_env=False).raise_for_status()

    def ledger(self, did: str) -> list[dict[str, object]]:
        entries = httpx.get(f"{self.url}/ledger", trust_env=False).json()
        return [entry for entry in entries if entry["did"] == did]


@contextmanager
def running(name: str, folder: Path, *more: str) -> Iterator[Server]:
    world, ledger = folder / "world.json", folder / f"{name}.jsonl"
    dump(WORLD, world)
    command = [sys.executable, "-m", f"simulator.{name}", "--world", world, "--ledger", ledger]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [*map(str, command), *more], stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        try:
            assert process.stdout is not None
            yield Server(json.loads(process.stdout.readline())["listening"], process)
        finally:
            process.kill()


@dataclass(frozen=True)
class Servers:
    marketplace: Server
    carrier: Server
    agency: Server
    folder: Path


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as stack:
        carrier = stack.enter_context(running("carrier", folder))
        agency = stack.enter_context(running("agency", folder))
        marketplace = stack.enter_context(
            running("marketplace", folder, "--carrier-url", carrier.url)
        )
        yield Servers(marketplace, carrier, agency, folder)


@pytest.fixture
def start_server():
    """A factory for servers of a test's own: `start_server(name, folder, *arguments)`."""
    return running
