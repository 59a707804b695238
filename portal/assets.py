"""The portal's own files: each under an address that carries its digest, kept by browsers for good.

Owns `/static`: addresses (`address`), how long an answer may be kept, and packing. Only files that
every visitor may read stand here, so packing tells nobody anything; pages carry a token and are
never packed. Leaves which files there are to `portal/static`.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
"""An address without a digest: kept, and asked about each time (a script that imports another)."""
A_DAY = "public, max-age=86400"
"""What others wrote and we ship, where a script of ours loads it by its plain address."""
_PACKED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})


def address(name: str) -> str:
    """/static/portal.css?v=0123456789ab. Raises FileNotFoundError where there is no such file."""
    file = FOLDER / name
    return f"/static/{name}?v={_digest(file, file.stat().st_mtime_ns)}"


@lru_cache(maxsize=256)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _packed(file: Path, _changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)


class Assets(StaticFiles):
    """The files under `portal/static`."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, packed where the browser takes that, with how long it may be kept."""
        answer = await super().get_response(path, scope)
        if answer.status_code not in {200, 304}:
            return answer
        file = FOLDER / path
        changed = file.stat().st_mtime_ns
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("v", [""])[0]
        named = asked == _digest(file, changed)
        plain = A_DAY if path.startswith("vendor/") else ASK_AGAIN
        answer.headers["cache-control"] = FOR_GOOD if named else plain
        if file.suffix not in _PACKED:
            return answer
        answer.headers["vary"] = "accept-encoding"
        takes = Headers(scope=scope).get("accept-encoding", "")
        if answer.status_code == 304 or "gzip" not in takes:
            return answer
        kept = {name: answer.headers[name] for name in ("cache-control", "vary", "content-type")}
        kept["etag"] = f'"{_digest(file, changed)}-gzip"'
        kept["content-encoding"] = "gzip"
        body = b"" if scope["method"] == "HEAD" else _packed(file, changed)
        return Response(body, headers=kept)
