"""The simulated carrier: `python -m simulator.carrier --world FILE --ledger FILE`.

Owns parcels. The marketplace hands them in (`POST /parcels`); where a parcel is follows from its
fate and the time since then, so that nothing is forgotten over a restart.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulator.ledger import Entry
from simulator.server import No, Parts, Start, now, serve

PLACES = {
    "announced": "Shenzhen, Luohu collection point",
    "in_transit": "Guangzhou sorting centre",
    "delivered": "delivered to the addressee",
    "lost": None,
    "refused": "refused at the door",
    "returned": "back with the sender",
}

# fate: (state, entered after that many times `then_s`); the hand-in itself is `announced`
FATES = {
    "ships": (("in_transit", 0.4), ("delivered", 1.0)),
    "lost": (("in_transit", 0.4), ("lost", 1.0)),
    "refused_parcel": (("in_transit", 0.4), ("refused", 1.0), ("returned", 2.0)),
}


class _Carrier:
    def __init__(self, start: Start) -> None:
        self._ledger = start.ledger
        self._parcels: dict[str, Entry] = {
            entry["tracking_number"]: entry for entry in start.ledger.entries
        }

    async def hand_in(self, request: Request) -> JSONResponse:
        try:
            wish: dict[str, Any] = json.loads(await request.body())
            number, sender, fate = wish["tracking_number"], dict(wish["sender"]), wish["fate"]
            entry = {"did": "hand_in", "tracking_number": number, "sender": sender, "fate": fate}
            entry |= {"then_s": float(wish["then_s"]), "at": now().isoformat()}
        except (ValueError, KeyError, TypeError) as error:
            raise No(400, "bad_request", "The parcel is not as the carrier wants it.") from error
        if fate not in FATES:
            raise No(400, "bad_request", f"The carrier knows no fate {fate!r}.")
        if number not in self._parcels:
            self._ledger.append(entry)
            self._parcels[number] = entry
        return JSONResponse({"tracking_number": number}, 201)

    async def track(self, request: Request) -> JSONResponse:
        parcel = self._parcels.get(request.path_params["tracking_number"])
        if parcel is None:
            raise No(404, "no_such_parcel", "No parcel has this tracking number.")
        events = _events(parcel, now())
        return JSONResponse(
            {
                "tracking_number": parcel["tracking_number"],
                "state": events[-1]["state"],
                "changed_at": events[-1]["at"],
                "sender": parcel["sender"],
                "events": events,
            }
        )


def _events(parcel: Entry, until: datetime) -> list[dict[str, str | None]]:
    handed_in_at = datetime.fromisoformat(parcel["at"])
    told: list[dict[str, str | None]] = []
    for state, share in (("announced", 0.0), *FATES[parcel["fate"]]):
        at = handed_in_at + timedelta(seconds=share * parcel["then_s"])
        if at <= until:
            told.append({"state": state, "place": PLACES[state], "at": at.isoformat()})
    return told


def build(start: Start) -> Parts:
    """The routes of the contract, and the counter where sellers hand parcels in."""
    carrier = _Carrier(start)
    return Parts(
        [
            Route("/parcels", carrier.hand_in, methods=["POST"]),
            Route("/parcels/{tracking_number}", carrier.track),
        ]
    )


if __name__ == "__main__":
    serve("carrier", build)
