"""Looking for planted words in whatever was written: bytes, databases, whole folders.

A word is looked for as text in several encodings, escaped as JSON has it, as base64 at any offset,
and in what is compressed; in a SQLite database row by row too, because a long value is cut into
pages, and its log of changes lies beside it.
"""

import base64
import gzip
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path


def in_bytes(data: bytes, words: Iterable[str]) -> set[str]:
    """Those of `words` that are in `data`, in any form."""
    found: set[str] = set()
    plain = data.lower()
    for word in words:
        exact, folded = _forms(word)
        if any(form in data for form in exact) or any(form in plain for form in folded):
            found.add(word)
    for opened in _opened(data):
        found |= in_bytes(opened, words)
    return found


@cache
def _forms(word: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """As exact bytes, and as bytes in small letters."""
    said = word.encode()
    coded = []
    for offset in range(3):
        # The letters at both ends depend on what stands beside the word.
        whole = base64.b64encode(b"\0" * offset + said)
        coded.append(whole[-(-offset * 4 // 3) : len(whole) - (4 if whole.endswith(b"=") else 0)])
    texts = [word.lower().encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be")]
    texts += [json.dumps(word.lower())[1:-1].encode(), said.lower().hex().encode()]
    return (
        word.upper().encode(),
        said.hex().encode(),
        *(form for form in coded if len(form) > 6),
    ), tuple(set(texts))


def _opened(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(data)
    elif data[:1] == b"\x78":
        with suppress(zlib.error):
            yield zlib.decompress(data)


def in_database(file: Path, words: Iterable[str]) -> list[str]:
    """Each word found in a SQLite database, with the table and column it is in."""
    found = []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        db.text_factory = bytes
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            asked = db.execute(f'SELECT * FROM "{table.decode()}"')
            columns = [each[0] for each in asked.description]
            for row in asked:
                for column, value in zip(columns, row, strict=True):
                    told = value if isinstance(value, bytes) else str(value).encode()
                    found += [
                        f"{word!r} in {file.name}, {table.decode()}.{column}"
                        for word in in_bytes(told, words)
                    ]
    return sorted(set(found))


def in_folder(folder: Path, words: Iterable[str]) -> list[str]:
    """Each word found in a name or the bytes of a file of a folder, with the file."""
    found = []
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        found += [f"{word!r} in the name {name}" for word in in_bytes(name.encode(), words)]
        if not file.is_file():
            continue
        data = file.read_bytes()
        found += [f"{word!r} in {name}" for word in in_bytes(data, words)]
        if data[:15] == b"SQLite format 3":
            found += in_database(file, words)
    return found
