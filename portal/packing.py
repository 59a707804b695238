"""A page that travels compressed, where the browser takes it.

Only for pages in which nothing comes out of the address asked for: what somebody else can have
reflected beside a secret lets its length tell of the secret. Owns the encoding of the answer alone.
"""

import gzip

from fastapi import Request
from fastapi.responses import HTMLResponse


def packed(request: Request, answer: HTMLResponse) -> HTMLResponse:
    """The same page, compressed where the browser says that it reads gzip."""
    answer.headers["vary"] = "Accept-Encoding"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    answer.body = gzip.compress(bytes(answer.body), compresslevel=6, mtime=0)
    answer.headers["content-encoding"] = "gzip"
    answer.headers["content-length"] = str(len(answer.body))
    return answer
