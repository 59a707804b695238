"""Files of the pages themselves: style, scripts, what others wrote and we ship.

Owns how long a browser keeps them and that text travels compressed. They hold nothing secret. Ours
are asked for again each time and answered 304; what lies under `vendor/` changes with its version
alone and is kept for a day.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

_KEPT = "public, max-age=86400"


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = _KEPT if path.startswith("vendor") else "no-cache"
        return answer


def files(folder: Path) -> ASGIApp:
    """The application that answers with the files of `folder`."""
    return GZipMiddleware(_Files(directory=folder), minimum_size=1024)
