"""`testbuy keys` as an operator types it, and openssl as whoever checks."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def keys(home: Path, *words: str, password: str = "a word") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "keys", *words, "--home", str(home)],
        cwd=PROJECT, capture_output=True, text=True, timeout=60,
        env=os.environ | {"TESTBUY_SIGNING_PASSWORD": password, "COLUMNS": "200"},
    )  # fmt: skip


def test_a_key_is_made_shown_and_replaced(tmp_path: Path) -> None:
    made = keys(tmp_path, "make", "Evidence desk", "A Marketplace", "--days", "30")
    assert made.returncode == 0, made.stdout + made.stderr
    file = tmp_path / "keys" / "signing.p12"
    assert file.stat().st_mode & 0o777 == 0o600
    words = ["openssl", "pkcs12", "-in", file, "-passin", "pass:a word", "-nokeys"]
    assert "Evidence desk" in subprocess.run(words, capture_output=True, text=True).stdout
    issued = tmp_path / "issued.p12"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-out", "c",
         "-days", "3", "-subj", "/CN=From an authority"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        ["openssl", "pkcs12", "-export", "-inkey", "k", "-in", "c", "-out", issued,
         "-passout", "pass:a word"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    assert keys(tmp_path, "import", str(issued)).returncode == 0
    shown = keys(tmp_path, "show").stdout
    assert shown.index("From an authority") < shown.index("Evidence desk")
    assert "signs; valid until" in shown
    assert "retired 20" in shown
    pem = keys(tmp_path, "show", "--certificate").stdout
    assert pem.count("BEGIN CERTIFICATE") == 2


def test_what_can_not_be_opened_changes_nothing(tmp_path: Path) -> None:
    keys(tmp_path, "make", "Evidence desk", "A Marketplace")
    before = (tmp_path / "keys" / "signing.p12").read_bytes()
    wrong = tmp_path / "wrong.p12"
    wrong.write_bytes(b"no key")
    refused = keys(tmp_path, "import", str(wrong))
    assert refused.returncode == 1
    assert "can't be opened" in refused.stdout
    assert keys(tmp_path, "make", "N", "O", password="").returncode != 0
    assert (tmp_path / "keys" / "signing.p12").read_bytes() == before
    assert keys(tmp_path, "show").stdout.count("signs") == 1


def test_no_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    assert "testbuy" in keys(tmp_path / "home", "show").stdout
