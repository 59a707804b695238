"""The search for canaries finds each where it may be: one that finds nothing lets all through."""

import base64
import gzip
import json
import sqlite3
import zlib
from contextlib import closing

import pytest

from tests import canary

WORD, OTHER = "Zoë Quagmire", "77 Kanarienweg"


@pytest.mark.parametrize(
    "data",
    [
        f"it is {WORD}.".encode(),
        WORD.upper().encode(),
        WORD.encode("utf-16-le"),
        b"\0" + WORD.encode("utf-16-be"),
        json.dumps({"name": WORD}).encode(),
        *(base64.b64encode(b"x" * before + WORD.encode() + b"yy") for before in range(4)),
        WORD.encode().hex().encode(),
        gzip.compress(f"x {WORD}".encode(), mtime=0),
        zlib.compress(f"x {WORD}".encode()),
        gzip.compress(zlib.compress(WORD.encode()), mtime=0),
    ],
)
def test_a_word_is_found_in_each_form(data):
    assert canary.in_bytes(data, [WORD, OTHER]) == {WORD}


def test_other_words_are_not_found():
    text = b"Zo Quagmire, Kanarienweg 77, nothing" * 99
    for data in (text, base64.b64encode(text), gzip.compress(text, mtime=0)):
        assert canary.in_bytes(data, [WORD, OTHER]) == set()


def test_a_long_value_in_a_database_its_log_and_a_files_name(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker.log").write_text(f"ERROR {OTHER}")
    (tmp_path / f"{OTHER}.txt").touch()
    file = tmp_path / "p.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE run (parameters TEXT, result BLOB)")
        # Longer than a page, so that the word lies across two of them in one of these rows.
        for start in range(4000, 4110):
            told = "a" * start + WORD + "b" * 9000
            db.execute("INSERT INTO run VALUES (?, ?)", (told, zlib.compress(WORD.encode())))
        db.commit()
        found = canary.in_folder(tmp_path, [WORD, OTHER])
    assert f"{WORD!r} in p.db, run.parameters" in found
    assert f"{WORD!r} in p.db, run.result" in found
    assert f"{WORD!r} in p.db-wal" in found
    assert f"{OTHER!r} in logs/worker.log" in found
    assert f"{OTHER!r} in the name {OTHER}.txt" in found
