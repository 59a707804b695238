"""The portal's own files: each under an address that carries its digest, kept by browsers for good.

Owns `/static`: addresses (`address`), also of the scripts that a script imports by `/static/…`, how
long an answer may be kept, and packing. Only files that
every visitor may read stand here, so packing tells nobody anything; pages carry a token and are
never packed. Leaves which files there are to `portal/static`.
"""

import gzip
import hashlib
import re
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
"""An address without a digest: kept, and asked about each time."""
A_DAY = "public, max-age=86400"
"""What others wrote and we ship, where a script of ours loads it by its plain address."""
_PACKED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})


_IMPORT = re.compile(r'(?m)^(import [^"\n]*)"/static/([\w/]+\.js)";$')


def address(name: str) -> str:
    """/static/portal.css?v=0123456789ab. Raises FileNotFoundError where there is no such file."""
    return f"/static/{name}?v={_digest(_version(FOLDER / name))}"


Version = tuple[Path, int, tuple["Version", ...]]
"""A file, when it was changed, and the same of what it imports: what a cached answer rests on."""


def _version(file: Path) -> Version:
    changed = file.stat().st_mtime_ns
    return file, changed, tuple(_version(FOLDER / name) for name in _imports(file, changed))


@lru_cache(maxsize=256)
def _imports(file: Path, _changed: int) -> tuple[str, ...]:
    own = file.suffix == ".js" and "vendor" not in file.parts
    return tuple(name for _, name in _IMPORT.findall(file.read_text("utf-8"))) if own else ()


@lru_cache(maxsize=256)
def _content(version: Version) -> bytes:
    """The file's bytes; what it imports stands there by the address that may be kept for good."""
    file, _, imported = version
    if not imported:
        return file.read_bytes()
    named = _IMPORT.sub(lambda found: f'{found[1]}"{address(found[2])}";', file.read_text("utf-8"))
    return named.encode()


@lru_cache(maxsize=256)
def _digest(version: Version) -> str:
    return hashlib.sha256(_content(version)).hexdigest()[:12]


@lru_cache(maxsize=256)
def _packed(version: Version) -> bytes:
    return gzip.compress(_content(version), 9, mtime=0)


class Assets(StaticFiles):
    """The files under `portal/static`."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, packed where the browser takes that, with how long it may be kept."""
        answer = await super().get_response(path, scope)
        if answer.status_code not in {200, 304}:
            return answer
        version = _version(FOLDER / path)
        digest = _digest(version)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("v", [""])[0]
        plain = A_DAY if path.startswith("vendor/") else ASK_AGAIN
        answer.headers["cache-control"] = FOR_GOOD if asked == digest else plain
        packs = Path(path).suffix in _PACKED
        if packs:
            answer.headers["vary"] = "accept-encoding"
        packed = packs and "gzip" in Headers(scope=scope).get("accept-encoding", "")
        _, _, imports = version
        if answer.status_code == 304 or not (packed or imports):
            return answer
        kept = {name: answer.headers[name] for name in ("cache-control", "vary", "content-type")}
        kept["etag"] = f'"{digest}{"-gzip" if packed else ""}"'
        if packed:
            kept["content-encoding"] = "gzip"
        body = _packed(version) if packed else _content(version)
        return Response(b"" if scope["method"] == "HEAD" else body, headers=kept)
