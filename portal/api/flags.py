"""Flags in."""

import json
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from casework.act import Act
from casework.flags import flagging
from casework.flags.feed import read_feed
from portal.api.keys import Key, answer_once
from portal.api.models import Asked, Delivered, Told, problems
from rules.flags import FlagKind
from storage.session import Database

router = APIRouter(prefix="/api/v1/flags", tags=["Flags"])
AT_ONCE = 500


class NewFlag(Asked):
    """A detection's word that a listing may be counterfeit, as a line of a feed has it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "flag_id": "F17",
                    "source": "vision",
                    "model": "logo",
                    "model_version": "3",
                    "score": 0.93,
                    "signals": ["price far below market"],
                    "platform": "taobao",
                    "shop_id": "S17",
                    "shop_name": "Glitter Harbour",
                    "listing_id": "L17",
                    "listing_url": "https://shop.example/17",
                    "title": "Crystal watch",
                    "brand": "Swarovski",
                    "category": "watches",
                    "price_minor": 45000,
                    "currency": "CNY",
                    "seen_at": "2026-11-01T08:00:00Z",
                    "kind": "counterfeit",
                }
            ]
        },
    )
    flag_id: Delivered = Field(description="The source's own number; a source uses each once.")
    source: Delivered
    model: Delivered = Field(description="The model or rule that raised it.")
    model_version: Delivered
    score: float = Field(ge=0, le=1, allow_inf_nan=False)
    signals: list[Delivered] = Field(min_length=1, max_length=50)
    platform: Delivered
    shop_id: Delivered
    shop_name: Delivered
    listing_id: Delivered
    listing_url: Delivered = Field(description="Starts with https:// or http://.")
    title: Delivered
    brand: Delivered = Field(description="A brand of the programme, by its name.")
    category: Delivered = Field(description="A category of the programme, by its name.")
    price_minor: int = Field(gt=0, lt=10**15, strict=True)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    seen_at: datetime = Field(description="ISO 8601 with a zone.")
    kind: FlagKind = Field(
        default=FlagKind.COUNTERFEIT,
        description="What it is about; only a suspicion of counterfeits is bought from.",
    )
    registrant: Delivered | None = None
    region: Delivered | None = None


class NewFlags(Asked):
    """One flag or many."""

    flags: list[NewFlag] = Field(min_length=1, max_length=AT_ONCE)


class RejectedFlag(Told):
    """A flag that was not taken; `index` counts from 0."""

    index: int
    flag_id: str
    reason: str = Field(examples=["The brand “Acme” is not in the programme."])


class FlagsTaken(Told):
    """What became of them. A flag known before is not imported twice."""

    imported: int
    known: int
    rejected: list[RejectedFlag]


@router.post("", name="api_flags_add", response_model=FlagsTaken, responses=problems(409, 413, 507))
def add_flags(request: Request, body: NewFlags, key: Key) -> Response:
    """Hand in flags.

    Each is taken or rejected by itself, and those taken are kept in one transaction. Up to 500 at
    once.
    """
    lines = [each.model_dump(mode="json", exclude_none=True) for each in body.flags]

    def do(db: Database, who: Act) -> FlagsTaken:
        read = read_feed("api.jsonl", "\n".join(map(json.dumps, lines)).encode())
        done = flagging.import_flags(db, who, read.rows)
        rejected = sorted((*read.rejected, *done.rejected), key=lambda each: each.line)
        return FlagsTaken(
            imported=done.imported,
            known=done.known,
            rejected=[
                RejectedFlag(
                    index=each.line - 1,
                    flag_id=body.flags[each.line - 1].flag_id,
                    reason=each.reason,
                )
                for each in rejected
            ],
        )

    return answer_once(request, key, body, do)
