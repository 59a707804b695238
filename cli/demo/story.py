"""What the demonstration tells of its test buys: the story, and what the control room shows.

Owns the files that are left: `story.json`, `control_room.json`, `ledgers.json`, dossiers and
bundles. Leaves playing to `cli.demo.playing`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casework.outcomes.outcome import outcome
from cli.demo.outcomes import outcomes
from connectors.prefect_api import PrefectApi
from rules.lifecycle import Stage
from rules.referral import ReferralState
from simulator import aftermath, plot
from simulator.stories import Story
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import (
    Agency,
    Brand,
    Listing,
    MoveRecord,
    Notice,
    OrderAttempt,
    Referral,
    ReferralTestBuy,
    Shop,
    TestBuy,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A referral as a story tells it."""

    reference: str
    agency: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A test buy as it stands. `listing_id` is the platform's own number of the listing.

    `operator`, `seizures` and `claims` are as `cli.demo.outcomes` tells them.
    """

    reference: str
    listing_id: str
    shop: str
    operator: dict[str, Any] | None
    brand: str
    stage: Stage
    waiting_name: str
    outcome: str
    conclusion: str | None
    moves: tuple[dict[str, str], ...]
    order_attempts: int
    referral: Told | None
    seizures: tuple[dict[str, Any], ...]
    claims: tuple[dict[str, Any], ...]
    flow_runs: int
    second_sellers: tuple[str, ...]

    def entry(self) -> dict[str, Any]:
        """Its entry in `story.json`."""
        told = asdict(self)
        for name in ("listing_id", "waiting_name", "second_sellers"):
            del told[name]
        return told


def read(db: Database) -> list[Line]:
    """Every test buy, oldest first."""
    came = outcomes(db)
    with db.read() as tx:
        shops = {row.id: row for row in every(tx, Shop)}
        brands = {row.id: row.name for row in every(tx, Brand)}
        listings = {row.id: row.platform_listing_id for row in every(tx, Listing)}
        agencies = {row.id: row.name for row in every(tx, Agency)}
        referrals = {
            row.id: row for row in every(tx, Referral) if row.state is not ReferralState.WITHDRAWN
        }
        resting = {
            row.testbuy_id: referrals[row.referral_id]
            for row in every(tx, ReferralTestBuy)
            if row.referral_id in referrals
        }
        moves: dict[int, list[dict[str, str]]] = defaultdict(list)
        for row in every(tx, MoveRecord, order_by=table_of(MoveRecord).c.id):
            moves[row.testbuy_id].append(
                {"move": row.move, "at": row.moved_at.isoformat(), "by_role": row.by_role}
            )
        attempts = Counter(row.testbuy_id for row in every(tx, OrderAttempt))
        lines: list[Line] = []
        for row in every(tx, TestBuy, order_by=table_of(TestBuy).c.id):
            referral, shop = resting.get(row.id), shops[row.shop_id]
            # An operator that was opened since is told of at the next reading.
            of_it = came.get(shop.operator_id or 0)
            lines.append(
                Line(
                    reference=row.reference,
                    listing_id=listings[row.listing_id],
                    shop=shop.name,
                    operator=of_it.operator if of_it else None,
                    brand=brands[row.brand_id],
                    stage=row.stage,
                    waiting_name=row.waiting_name,
                    outcome=outcome(row, referral.state if referral else None),
                    conclusion=row.conclusion,
                    moves=tuple(moves[row.id]),
                    order_attempts=attempts[row.id],
                    referral=Told(referral.reference, agencies[referral.agency_id], referral.state)
                    if referral
                    else None,
                    seizures=of_it.seizures if of_it else (),
                    claims=of_it.claims if of_it else (),
                    flow_runs=row.flow_runs,
                    second_sellers=of_it.second_sellers if of_it else (),
                )
            )
        return lines


def told(each: Story, line: Line | None, late: Collection[str]) -> bool:
    """Whether a story has come to its end; `late`: references that were escalated."""
    return (
        line is not None
        and (line.outcome, line.conclusion) == (each.outcome, each.conclusion)
        and (each.waiting is None or line.waiting_name == each.waiting)
        and (not each.must_escalate or line.reference in late)
        and aftermath.told(
            plot.operator_name(each),
            line.second_sellers,
            [claim["state"] for claim in line.claims],
            line.referral.state if line.referral else None,
        )
    )


def overdue(db: Database) -> list[dict[str, str]]:
    """Reminders and escalations that were sent: `reference`, `what`, `to_role`."""
    with db.read() as tx:
        notices = every(tx, Notice, order_by=table_of(Notice).c.id)
    split = ((notice, notice.key.split(":")) for notice in notices)
    return [
        {"reference": parts[0], "what": parts[1], "to_role": notice.to_role or ""}
        for notice, parts in split
        if len(parts) > 1 and parts[1] in ("reminded", "escalated")
    ]


def control_room(prefect: PrefectApi, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """For each test buy: its wait, and how many of its runs Prefect lists under that state.

    `listed` must be 1. A line without a reference counts a wait's runs against its test buys, among
    all runs: a sweep that ended in a wait's name would be listed there too.
    """
    told: list[dict[str, Any]] = [
        {
            "reference": line.reference,
            "state": line.waiting_name,
            "listed": prefect.count(
                tags=[f"testbuy:{line.reference}"], state_name=line.waiting_name
            ),
            "expected": 1,
        }
        for line in lines
    ]
    waits = Counter(line.waiting_name for line in lines)
    told += [
        {
            "reference": None,
            "state": name,
            "listed": prefect.count(state_name=name),
            "expected": number,
        }
        for name, number in sorted(waits.items())
    ]
    return told


def write(
    out: Path, lines: Sequence[Line], room: Mapping[str, Any], ledgers: Mapping[str, Any]
) -> None:
    """Write the three JSON files into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    told = {
        "story": [line.entry() for line in lines],
        "control_room": room,
        "ledgers": ledgers,
    }
    for name, content in told.items():
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        (out / f"{name}.json").write_text(text, "utf-8")


def download(out: Path, lines: Sequence[Line], fetch: Callable[[str], bytes | None]) -> list[str]:
    """Keep each test buy's dossier and bundle in `out`; gives those that were not to be had."""
    lacking: list[str] = []
    for folder, page in (("dossiers", "dossier.pdf"), ("bundles", "bundle.zip")):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for line in lines:
            data = fetch(f"/testbuys/{line.reference}/{page}")
            if data is None:
                lacking.append(f"{page} of {line.reference}")
            else:
                name = f"{line.reference}{Path(page).suffix}"
                (out / folder / name).write_bytes(data)
    return lacking
