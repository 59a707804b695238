"""Launching test buys and reading how they stand. Never who buys."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from casework.act import Act
from casework.buying import launching
from casework.views.testbuy import TestBuyPage, testbuy_page
from casework.views.testbuys import Asked as Wanted
from casework.views.testbuys import listed
from portal.api.keys import Key, answer_once
from portal.api.models import CHANGES, Asked, Line, Money, Reference, Told, problems
from portal.paging import KEY, key_of, written_key
from portal.visit import database, now, visitor
from rules.lifecycle import EarlyEnd, Move, Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage.boards import BoardLine
from storage.session import Database
from storage.tables import RequestedVia, Route, TestBuy
from storage.walks import Order

router = APIRouter(prefix="/api/v1/testbuys", tags=["Test buys"])
MOST = 100
"""Test buys of one page."""
Day = Annotated[date, Field(lt=date(date.max.year, 1, 1))]
"""A day that another one follows."""


class Launch(Asked):
    """Which flag to buy from, and what for."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "source": "vision",
                    "flag_id": "F17",
                    "purpose": "Confirm the suspicion",
                    "route": "by_hand",
                }
            ]
        },
    )
    source: Line = Field(description="The flag's source.")
    flag_id: Line = Field(description="The source's own number of the flag.")
    purpose: Line
    campaign: Line | None = Field(
        default=None, description="The campaign that covers it; without one a person decides."
    )
    route: Route = Field(description="`by_hand`: a buyer orders; `interface`: the marketplace's.")


class Launched(Told):
    """The test buy that was requested. It waits for its authorisation."""

    reference: str = Field(examples=["TB-2026-000017"])
    stage: Stage
    version: int


class WaitingFor(Told):
    """Whom a test buy waits for: a role, never a person. `due_at` in the past: late."""

    name: str = Field(examples=["Waiting for verdict"])
    role: Role | None
    since: datetime
    due_at: datetime | None


class TestBuyLine(Told):
    """A test buy in a list."""

    reference: str = Field(examples=["TB-2026-000017"])
    stage: Stage
    early_end: EarlyEnd | None
    conclusion: Verdict | None
    shop: str
    brand: str
    price: Money
    requested_at: datetime
    changed_at: datetime
    waiting_for: WaitingFor


class TestBuys(Told):
    """Some test buys. `next`: the cursor of the next page, null at the end.

    A page may hold fewer than `limit`, or none, and lead on all the same: filters that fit few
    test buys together are looked for a bounded way at a time.
    """

    testbuys: list[TestBuyLine]
    next: str | None = Field(examples=["1017"])


class Moved(Told):
    """A move that was made; by which role, never by whom."""

    move: Move
    to: Stage
    version: int
    at: datetime
    by_role: Role
    reasons: list[str]


class ExhibitLine(Told):
    """An exhibit; who held it when is told by `/exhibits/{exhibit}/holder`."""

    reference: str = Field(examples=["AS/1"])
    kind: str


class TestBuyTold(TestBuyLine):
    """One test buy. `version` rises with each move."""

    version: int
    purpose: str
    platform: str
    category: str
    campaign: str | None
    requested_via: RequestedVia
    route: Route
    operator: str | None = Field(examples=["OP-0001"])
    exhibits: list[ExhibitLine]
    referral: str | None = Field(examples=["RF-2026-000003"])
    moves: list[Moved]


@router.post(
    "",
    name="api_testbuy_launch",
    status_code=201,
    response_model=Launched,
    responses=problems(*CHANGES),
)
def launch_testbuy(request: Request, body: Launch, key: Key) -> Response:
    """Request a test buy of a flagged listing.

    Inside its campaign's limits the campaign's approval covers it; outside, an approver decides.
    A listing that is being bought already is refused.
    """

    def do(db: Database, who: Act) -> Launched:
        moved = launching.launch_named(
            db,
            who,
            source=body.source,
            flag=body.flag_id,
            purpose=body.purpose,
            campaign=body.campaign,
            route=body.route,
            via=RequestedVia.API,
        )
        return Launched.model_validate(moved)

    return answer_once(request, key, body, do, code=201)


@router.get("", name="api_testbuys", response_model=TestBuys, responses=problems())
def list_testbuys(
    request: Request,
    stage: Stage | None = None,
    brand: Line | None = None,
    waiting: Annotated[Line | None, Query(description="The name of a wait, word for word.")] = None,
    late: Annotated[
        bool, Query(description="Only those whose wait is overdue, the latest first.")
    ] = False,
    since: Annotated[
        Day | None, Query(description="Requested on this day (UTC) or after it.")
    ] = None,
    until: Annotated[
        Day | None, Query(description="Requested on this day (UTC) or before it.")
    ] = None,
    operator: Annotated[Line | None, Query(examples=["OP-0001"])] = None,
    campaign: Line | None = None,
    mine: Annotated[bool, Query(description="Only what the token's owner asked for.")] = False,
    order: Annotated[
        Literal["newest", "longest"],
        Query(description="`newest` first, or who has been waited for the `longest`."),
    ] = "newest",
    cursor: Annotated[
        str | None,
        Query(pattern=KEY, description="`next` of the page before, with the same filters."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> TestBuys:
    """List test buys, the newest first, a page at a time: as the board shows them."""
    wanted = Wanted(
        stage=stage,
        brand=brand,
        waiting=waiting,
        late=late,
        since=since,
        until=until,
        owner="mine" if mine else None,
        operator=operator,
        campaign=campaign,
        order=Order(order),
    )
    found = listed(
        database(request),
        wanted,
        visitor(request).person_id,
        now(request),
        after=key_of(cursor),
        limit=limit,
    )
    return TestBuys(
        testbuys=[TestBuyLine(**_line(row, row.shop, row.brand)) for row in found.rows],
        next=written_key(found.next) if found.next else None,
    )


@router.get("/{reference}", name="api_testbuy", response_model=TestBuyTold, responses=problems(404))
def read_testbuy(request: Request, reference: Reference) -> TestBuyTold:
    """Read one test buy with its moves."""
    view = testbuy_page(database(request), reference)
    return _told(view)


def _line(row: BoardLine | TestBuy, shop: str, brand: str) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "stage": row.stage,
        "early_end": row.early_end,
        "conclusion": row.conclusion,
        "shop": shop,
        "brand": brand,
        "price": Money(amount_minor=row.price_minor, currency=row.currency),
        "requested_at": row.requested_at,
        "changed_at": row.changed_at,
        "waiting_for": WaitingFor(
            name=row.waiting_name,
            role=row.waiting_role,
            since=row.waiting_since,
            due_at=row.due_at,
        ),
    }


def _told(view: TestBuyPage) -> TestBuyTold:
    row = view.testbuy
    return TestBuyTold.model_validate(
        {
            **_line(row, view.shop.name, view.brand),
            "version": row.version,
            "purpose": row.purpose,
            "platform": view.shop.platform,
            "category": view.category.name,
            "campaign": view.campaign,
            "requested_via": row.requested_via,
            "route": row.route,
            "operator": view.operator.reference if view.operator else None,
            "exhibits": [
                {"reference": each.exhibit.reference, "kind": each.exhibit.kind}
                for each in view.exhibits
            ],
            "referral": view.referral.reference if view.referral else None,
            "moves": [
                Moved(
                    move=each.move,
                    to=each.target,
                    version=each.version,
                    at=each.moved_at,
                    by_role=each.by_role,
                    reasons=each.reasons,
                )
                for each in view.moves
            ],
        }
    )
