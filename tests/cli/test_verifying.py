"""`testbuy verify`: its exit status is what scripts rely on."""

import re
import shutil

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from cli.main import app
from cli.terminal import console
from evidence import tampering
from evidence.bundle import write
from evidence.vault import Vault
from evidence.verify import main as program
from storage.session import Database
from tests.evidence.golden_example import golden
from tests.evidence.sealing_with_openssl import authority


def said(*arguments):
    ran = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    return ran.exit_code, ran.output


@pytest.fixture
def home(migrated_file, tmp_path):
    shutil.copyfile(migrated_file, tmp_path / "testbuy.db")
    return tmp_path


def test_a_bundle_ends_with_0_1_or_2(tmp_path):
    file = tmp_path / "bundle.zip"
    write(file, golden(tmp_path))
    assert said(file)[0] == 0
    code, told = said(file, "--head", "sha256:" + "0" * 64)
    assert code == 1 and "no ledger ends in" in told
    file.write_bytes(file.read_bytes()[:5000])
    code, told = said(file)
    assert code == 2 and "cut off" in told
    assert said(tmp_path / "none.zip")[0] == 2
    assert said()[0] == 2


def test_a_sealed_bundles_signer_and_stamps_are_named_and_judged(tmp_path):
    """The same word as openssl's in the bundle's own program, and without openssl as well."""
    seal, stamp = authority(tmp_path)
    file = tmp_path / "bundle.zip"
    write(file, golden(tmp_path, seal=seal, stamp=stamp))
    ca, tsa = ("--ca", tmp_path / "ca.pem"), ("--tsa-ca", tmp_path / "tsa.pem")
    code, told = said(file, *ca, *tsa)
    words = " ".join(told.split())
    assert code == 0, told
    assert "Common Name: DEMO signer; judged at" in words and "the time of its stamp" in words
    assert "under policy 1.2.3.4.1 by Common Name: DEMO tsa" in words
    assert "The time stamp of the anchor of" in words
    assert program([str(file), *map(str, (*ca, *tsa))]) == 0
    code, told = said(file)
    assert code == 2 and "name the authority with --tsa-ca" in " ".join(told.split())
    code, told = said(file, "--ca", tmp_path / "tsa.pem", *tsa)
    assert code == 1 and "vouches for it" in " ".join(told.split())
    (tmp_path / "none.pem").write_text("no certificate")
    assert said(file, "--ca", tmp_path / "none.pem")[0] == 2


def test_all_finds_a_dropped_trigger_and_a_bit_in_the_vault_and_mends_neither(home):
    digest = Vault(home / "vault").put(b"kept").digest
    assert said("--all", "--home", home)[0] == 0
    db = Database.in_folder(home)
    with db.write() as tx:
        tx.execute(sa.text("DROP TRIGGER keeps_ledger_update"))
    db.close()
    file = Vault(home / "vault").path(digest)
    file.chmod(0o644)
    file.write_bytes(b"kepT")
    for _ in range(2):
        code, told = said("--all", "--home", home)
        assert code == 1 and "keeps_ledger_update" in told and digest in told


def test_what_is_not_there_cannot_be_told(home, tmp_path):
    assert said("TB-2026-000001", "--home", home)[0] == 2
    assert said("--all", "--home", tmp_path / "elsewhere")[0] == 2
    assert not (tmp_path / "elsewhere").exists()


def test_the_tamper_table_prints_every_row(monkeypatch):
    # Wide enough that no row is folded, whatever width the terminal had when it was opened.
    monkeypatch.setattr(console, "_width", 200)
    monkeypatch.setattr(console, "_height", 25)
    ran = CliRunner().invoke(app, ["tamper-table"])
    words = re.sub(r"\s+", " ", ran.output)
    assert ran.exit_code == 0
    for change in tampering.CHANGES:
        assert change.what in words and change.caught_by[0] in words
