"""The simulated time-stamp authority: `python -m simulator.timestamping --world … --ledger FILE`.

Owns its keys, made at the first start in a folder beside its ledger; `GET /root` gives the
certificate to believe. Its stamps are openssl's own, so that `openssl ts -verify` accepts them.
"""

from __future__ import annotations

import asyncio
import subprocess

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.authority import Authority
from simulator.server import No, Parts, Start, serve


def build(start: Start) -> Parts:
    """The one address that is asked, and the root to believe."""
    folder = start.ledger.path.with_suffix(".authority")
    authority = Authority(folder)
    turn = asyncio.Lock()

    async def stamp(request: Request) -> Response:
        query = await request.body()
        try:
            async with turn:
                answer = await asyncio.to_thread(authority.answer, query)
        except subprocess.CalledProcessError as error:
            raise No(400, "bad_request", "This is no time-stamp query.") from error
        start.ledger.append({"did": "stamp", "bytes": len(query)})
        return Response(answer, media_type="application/timestamp-reply")

    async def root(_: Request) -> Response:
        return Response(authority.root, media_type="application/x-pem-file")

    return Parts([Route("/stamp", stamp, methods=["POST"]), Route("/root", root)])


if __name__ == "__main__":
    serve("timestamping", build)
