"""The simulated police agency: `python -m simulator.agency --world FILE --ledger FILE`.

Owns the referrals received. What became of one follows from the world's decision for its operator
and the time since the receipt. The bundle's digest is checked; the bundle itself is not kept.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulator.ledger import Entry
from simulator.server import No, Parts, Start, key_of, now, serve

BLOCK = 1024 * 1024


class _Agency:
    def __init__(self, start: Start) -> None:
        self._start = start
        self._by_key: dict[str, Entry] = {entry["key"]: entry for entry in start.ledger.entries}
        # Who was told of an acknowledgement; after a restart everybody counts as told.
        self._acknowledged = set(self._by_key)

    async def receive(self, request: Request) -> JSONResponse:
        key = key_of(request)
        async with request.form(max_files=1, max_part_size=8 * BLOCK) as form:
            bundle = form.get("bundle")
            try:
                reference, digest = str(form["reference"]), str(form["bundle_digest"])
                summary: dict[str, Any] = dict(json.loads(str(form["summary"])))
            except (KeyError, ValueError, TypeError) as error:
                raise No(400, "bad_request", "The referral lacks a part.") from error
            if not isinstance(bundle, UploadFile):
                raise No(400, "bad_request", "The referral lacks its bundle.")
            found, size = await _digest(bundle)
        if found != digest:
            raise No(422, "digest_mismatch", "The bundle is not the one the digest names.")
        known = self._by_key.get(key)
        if known is None:
            self._register(key, reference, digest, size, summary)
        elif (known["reference"], known["bundle_digest"]) != (reference, digest):
            raise No(409, "key_reused", "This key belongs to another referral.")
        return JSONResponse(_told(self._by_key[key]))

    def _register(
        self, key: str, reference: str, digest: str, size: int, summary: dict[str, Any]
    ) -> None:
        conduct = self._start.world.agency
        decision = conduct.by_operator.get(str(summary.get("operator")), conduct.decision)
        chance = random.Random(f"{self._start.seed}/{len(self._start.ledger.entries)}")
        entry: Entry = {
            "did": "receipt",
            "number": f"LH-{now().year}-{chance.randrange(10**6):06d}",
            "key": key,
            "reference": reference,
            "bundle_digest": digest,
            "bundle_bytes": size,
            "summary": summary,
            "decision": asdict(decision),
            "at": now().isoformat(),
        }
        self._start.ledger.append(entry)
        self._by_key[key] = entry

    async def by_key(self, request: Request) -> JSONResponse:
        entry = self._by_key.get(request.path_params["key"])
        if entry is None:
            raise No(404, "no_such_referral", "No referral came under this key so far.")
        told = _told(entry)
        if told["state"] != "received" and entry["key"] not in self._acknowledged:
            self._acknowledged.add(entry["key"])
            told = _told(entry, decided=not entry["decision"]["in_turn"])
        return JSONResponse(told)


async def _digest(bundle: UploadFile) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := await bundle.read(BLOCK):
        digest.update(block)
        size += len(block)
    return f"sha256:{digest.hexdigest()}", size


def _told(entry: Entry, *, decided: bool = True) -> dict[str, Any]:
    decision = entry["decision"]
    received_at = datetime.fromisoformat(entry["at"])
    state, reason, code, changed_at = "received", None, None, received_at
    acknowledged_at = received_at + timedelta(seconds=decision["acknowledge_s"])
    decided_at = received_at + timedelta(seconds=decision["decide_s"])
    if acknowledged_at <= now():
        state, changed_at = "acknowledged", acknowledged_at
    if decided and decided_at <= now() and decision["state"] != "acknowledged":
        state, reason, changed_at = decision["state"], decision["reason"], decided_at
        code = decision["reason_code"]
    return {
        "number": entry["number"],
        "key": entry["key"],
        "reference": entry["reference"],
        "state": state,
        "reason": reason,
        "reason_code": code,
        "received_at": received_at.isoformat(),
        "changed_at": changed_at.isoformat(),
    }


def build(start: Start) -> Parts:
    """The routes of the contract."""
    agency = _Agency(start)
    return Parts(
        [
            Route("/referrals", agency.receive, methods=["POST"]),
            Route("/referrals/by-key/{key:path}", agency.by_key),
        ]
    )


if __name__ == "__main__":
    serve("agency", build)
