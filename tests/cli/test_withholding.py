"""`testbuy agencies` and `testbuy open-commitment` as an operator types them; openssl judges."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.act import Act
from casework.buying import commitments
from casework.privacy import opening
from rules.roles import Role
from storage import ledger
from storage.session import Database
from tests.casework.conftest import built_file  # noqa: F401 - the programme, built once
from tests.casework.programme_in import Programme

PROJECT = Path(__file__).parents[2]


def testbuy(home: Path, *words: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words, "--home", str(home)],
        cwd=at, capture_output=True, text=True, timeout=60,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "COLUMNS": "200"},
    )  # fmt: skip


@pytest.fixture
def town(built_file, tmp_path: Path) -> Programme:  # noqa: F811
    from evidence.vault import Vault

    file, people = built_file
    home = tmp_path / "home"
    home.mkdir()
    (home / "testbuy.db").write_bytes(file.read_bytes())
    db = Database.in_folder(home)
    return Programme(db, Vault(home / "vault"), people=dict(people))


def test_the_operator_opens_what_two_people_agreed_on(town: Programme, tmp_path: Path) -> None:
    from rules.lifecycle import Stage

    reference = town.bring(Stage.ASSIGNED)
    home = tmp_path / "home"
    with closing(town.db):
        number = opening.ask(town.db, town.act(Role.LIAISON), reference, reason="The court asks")
        early = testbuy(home, "open-commitment", reference, at=tmp_path)
        assert early.returncode == 1
        assert "supervisor or approver agrees" in early.stdout
        assert not list(tmp_path.glob("*opening*"))
        opening.approve(town.db, town.act(Role.SUPERVISOR), number)
        done = testbuy(home, "open-commitment", reference, at=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        file = tmp_path / f"{reference}-opening.txt"
        assert file.stat().st_mode & 0o777 == 0o600
        said = subprocess.run(["sha256sum", file], capture_output=True, text=True).stdout.split()[0]
        assert said in done.stdout
        with town.db.read() as tx:
            assert commitments.commitment_of(tx, town.row(reference)) == "sha256:" + said
            told = b"".join(entry.body for entry in ledger.chain(tx, reference)).decode()
        assert '"by":"administrator"' in told and told.count("identity opened") == 1
        # A file that is there is not written over.
        assert testbuy(home, "open-commitment", reference, at=tmp_path).returncode == 1
        opening.erase(town.db, town.act(Role.SUPERVISOR), reference)
        late = testbuy(home, "open-commitment", reference, "--out", "again.txt", at=tmp_path)
        assert late.returncode == 1 and "erased" in late.stdout
        assert not (tmp_path / "again.txt").exists()


def test_people_do_not_take_the_operators_way(town: Programme) -> None:
    with closing(town.db), town.refuses("operator's way"):
        act = town.act(Role.ADMINISTRATOR)
        assert act.person is not None
        opening.opened_by_command(town.db, act, "TB-2026-000001")


def test_an_agencys_certificate_by_command(town: Programme, tmp_path: Path) -> None:
    town.db.close()
    home, der = tmp_path / "home", tmp_path / "police.der"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=Luohu -outform DER"
    files = ["-keyout", tmp_path / "key", "-out", der]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    words = ("agencies", "certificate", "Luohu police")
    assert testbuy(home, *words, str(tmp_path / "none"), at=tmp_path).returncode == 1
    wrong = testbuy(home, *words, str(tmp_path / "key"), at=tmp_path)
    assert wrong.returncode == 1 and "no certificate" in wrong.stdout
    done = testbuy(home, *words, str(der), at=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    said = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-in", der, "-noout", "-fingerprint", "-sha256"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert said.partition("=")[2].strip().replace(":", "").lower() in done.stdout
    shown = testbuy(home, "agencies", "show", at=tmp_path).stdout
    assert "counts: CN=Luohu" in shown and "valid until" in shown
    assert Act(Role.ADMINISTRATOR, datetime.now(UTC), b"").by == "administrator"
