"""The web archive: exact bytes, digests that hold, and an outside tool that reads it."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from evidence import webarchive
from evidence.webarchive import Exchange, WebArchiveError

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
REQUEST = b"GET /l HTTP/1.1\r\nHost: shop.example\r\nX-odd:  two  blanks\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nserver:a\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


def exchange(response=CHUNKED, **others):
    return Exchange("https://shop.example/l", "203.0.113.7", AT, REQUEST, response, **others)


@pytest.mark.parametrize(
    "response",
    [
        CHUNKED,
        b"",
        b"no header at all",
        b"HTTP/1.1 200 OK\n\nbare newlines",
        b"HTTP/1.1 200 OK\r\n folded\r\n\r\n\xff\x00",
    ],
)
def test_every_byte_comes_back(response):
    """A header written anew (order, blanks, chunks) would not be what the shop sent."""
    kept = webarchive.read(webarchive.write([exchange(response)], AT))
    assert [(each.kind, each.block) for each in kept] == [
        ("response", response),
        ("request", REQUEST),
    ]


def test_the_same_exchanges_give_the_same_bytes():
    cut = exchange(truncated="time")
    assert webarchive.write([cut], AT) == webarchive.write([cut], AT)
    assert webarchive.read(webarchive.write([cut], AT))[0].truncated == "time"


def test_an_outside_tool_finds_every_digest_right(tmp_path):
    """`warcio check` knows nothing of our writer."""
    file = tmp_path / "page.warc.gz"
    file.write_bytes(webarchive.write([exchange(), exchange(b"HTTP/1.1 404 X\r\n\r\ngone")], AT))
    said = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(file)],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stdout
    assert said.stdout.count("digest pass") == 5, said.stdout


def test_any_changed_byte_is_found():
    """Unpacked, one byte changed, packed again: only the digests can tell."""
    import gzip

    whole = webarchive.write([exchange()], AT)
    plain = gzip.decompress(whole)
    for word in (b"abc", b"two  blanks", b"server:a"):
        forged = plain.replace(word, word.swapcase() if word != b"two  blanks" else b"two\t blanks")
        assert forged != plain
        with pytest.raises(WebArchiveError):
            webarchive.read(gzip.compress(forged))
    for bad in (b"", whole[:-30], whole[: len(whole) // 2], b"junk"):
        with pytest.raises(WebArchiveError):
            webarchive.read(bad)
