"""Web pages kept as WARC: the exact bytes of each request and of its response, one gzip a record.

Owns writing and reading back, with every digest checked. The payload of a record is what follows
the header's blank line, as it came over the wire: a body in chunks keeps its chunks. The same
exchanges give the same bytes. Leaves fetching to `connectors.browsing`.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from warcio.archiveiterator import ArchiveIterator
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from evidence.digests import sha256_of

_END = b"\r\n\r\n"
_SOFTWARE = "testbuy-engine pre-buy capture"


class WebArchiveError(Exception):
    """The archive is damaged or is none; the message says where."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, bit for bit; `truncated` is WARC's word for a cut one.

    `ip` is the address that answered, `at` when the request was sent.
    """

    url: str
    ip: str
    at: datetime
    request: bytes
    response: bytes
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One record as read back, its digests found right."""

    kind: str
    url: str
    date: str
    block: bytes
    truncated: str | None

    @property
    def payload(self) -> bytes:
        """What follows the header."""
        return _split(self.block)[1]


class _AsSent(StatusAndHeaders):
    """A header as it came over the wire, which warcio would otherwise write anew."""

    def __init__(self, head: bytes) -> None:
        super().__init__("as sent", [], protocol="HTTP/1.1")
        self._head = head

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._head


def write(exchanges: Sequence[Exchange], at: datetime) -> bytes:
    """The archive of `exchanges`, begun at `at`."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    builder = RecordBuilder(warc_version="1.1")
    info = f"software: {_SOFTWARE}\r\nformat: WARC File Format 1.1\r\n".encode()
    writer.write_record(
        builder.create_warc_record(
            "",
            "warcinfo",
            payload=BytesIO(info),
            length=len(info),
            warc_headers_dict=_headers("warcinfo", "", at, info),
        )
    )
    for number, exchange in enumerate(exchanges):
        place = f"{number}:{exchange.url}"
        answer = _headers("response", place, exchange.at, exchange.response)
        answer["WARC-IP-Address"] = exchange.ip
        if exchange.truncated:
            answer["WARC-Truncated"] = exchange.truncated
        asked = _headers("request", place, exchange.at, exchange.request)
        asked["WARC-Concurrent-To"] = answer["WARC-Record-ID"]
        for kind, headers, block in (
            ("response", answer, exchange.response),
            ("request", asked, exchange.request),
        ):
            head, payload = _split(block)
            writer.write_record(
                builder.create_warc_record(
                    exchange.url,
                    kind,
                    payload=BytesIO(payload),
                    length=len(payload),
                    warc_headers_dict=headers,
                    http_headers=_AsSent(head),
                )
            )
    return out.getvalue()


def read(data: bytes) -> tuple[Kept, ...]:
    """The request and response records of an archive; WebArchiveError where a digest is wrong."""
    kept: list[Kept] = []
    try:
        for record in ArchiveIterator(BytesIO(data), no_record_parse=True):
            block = record.content_stream().read()
            headers = record.rec_headers
            place = f"{record.rec_type} record {len(kept) + 1}"
            _check(headers, block, place, payload=record.rec_type != "warcinfo")
            if record.rec_type != "warcinfo":
                kept.append(
                    Kept(
                        record.rec_type,
                        headers.get_header("WARC-Target-URI") or "",
                        headers.get_header("WARC-Date") or "",
                        block,
                        headers.get_header("WARC-Truncated"),
                    )
                )
    except WebArchiveError:
        raise
    except Exception as error:  # a damaged archive raises nearly anything
        raise WebArchiveError(f"The archive can't be read: {error}.") from error
    if not kept:
        raise WebArchiveError("The archive holds no request and no response.")
    return tuple(kept)


def _check(headers: StatusAndHeaders, block: bytes, place: str, *, payload: bool) -> None:
    if str(len(block)) != headers.get_header("Content-Length"):
        raise WebArchiveError(f"The {place} is cut short.")
    if headers.get_header("WARC-Block-Digest") != sha256_of(block):
        raise WebArchiveError(f"The bytes of the {place} are not those of its digest.")
    if payload and headers.get_header("WARC-Payload-Digest") != sha256_of(_split(block)[1]):
        raise WebArchiveError(f"The payload of the {place} is not that of its digest.")


def _split(block: bytes) -> tuple[bytes, bytes]:
    head, end, payload = block.partition(_END)
    return head + end, payload


def _headers(kind: str, place: str, at: datetime, block: bytes) -> dict[str, str]:
    moment = at.astimezone(UTC)
    seed = f"{kind}\n{place}\n{moment.isoformat()}\n".encode() + block
    name = uuid.UUID(bytes=hashlib.sha256(seed).digest()[:16], version=4)
    headers = {
        "WARC-Record-ID": f"<urn:uuid:{name}>",
        "WARC-Date": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Block-Digest": sha256_of(block),
    }
    if kind != "warcinfo":
        headers["WARC-Payload-Digest"] = sha256_of(_split(block)[1])
    return headers
