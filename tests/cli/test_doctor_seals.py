"""Keys, stamps, anchors and the database's role: each made wrong, and `doctor` must name it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from casework.act import Act
from casework.clock import anchoring
from casework.programme import bootstrap
from casework.record import keys
from casework.settings import Settings
from cli.doctor import examining
from cli.doctor.finding import Finding, troubled, well
from cli.main import app
from connectors.timestamping import HttpTimestamping
from evidence import signatures
from rules.roles import Role
from storage import ledger, roles
from storage.session import Database
from tests.conftest import RESTRICTED
from tests.connectors.conftest import running

NOW = datetime.now(UTC)
ADMINISTRATOR = Act(Role.ADMINISTRATOR, NOW, bytes(32))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with running("timestamping", tmp_path_factory.mktemp("authority")) as server:
        yield server


@pytest.fixture
def home(migrated_file, tmp_path, monkeypatch) -> Path:
    (tmp_path / "testbuy.db").write_bytes(migrated_file.read_bytes())
    monkeypatch.setenv("TESTBUY_SIGNING_PASSWORD", "a word")
    return tmp_path


def lines(home: Path, what: str, at: datetime = NOW) -> list[Finding]:
    found = [each for each in examining.examine(home, at) if each.what == what]
    assert all(each.mend for each in found if not each.well)
    return found


def only(home: Path, what: str, at: datetime = NOW) -> Finding:
    (found,) = lines(home, what, at)
    return found


def key(home: Path, days: int = 400, *, demo: bool = False) -> None:
    with closing(Database.in_folder(home)) as db:
        keys.make(
            db, ADMINISTRATOR, Settings(home=home).signing_key, "a word", name="Desk",
            organisation="A Marketplace", lasts=timedelta(days=days, minutes=1), demo=demo,
        )  # fmt: skip


def test_the_signing_key_is_there_or_gone_or_can_not_be_opened(home, monkeypatch):
    assert "unsigned" in only(home, "signing key").state
    key(home)
    found = only(home, "signing key")
    assert found.well
    assert "for another 400 days" in found.state
    monkeypatch.setenv("TESTBUY_SIGNING_PASSWORD", "another")
    found = only(home, "signing key")
    assert not found.well
    assert "can't be opened" in found.state
    (home / "keys" / "signing.p12").unlink()
    found = only(home, "signing key")
    assert not found.well
    assert "on record to sign" in found.state


@pytest.mark.parametrize(
    ("later", "is_well", "said"),
    [
        (timedelta(days=369), True, "for another 31 days"),
        (timedelta(days=371), False, "expires in 29 days"),
        (timedelta(days=401), False, "EXPIRED"),
        (timedelta(days=-2), False, "not valid yet"),
    ],
)
def test_a_key_that_ends(home, later, is_well, said):
    key(home)
    found = only(home, "signing key", NOW + later)
    assert (found.well, said in found.state) == (is_well, True)


def test_a_key_of_a_demonstration_and_one_that_others_read(home):
    key(home, demo=True)
    assert "no" not in [each.state for each in lines(home, "signing key") if each.well]
    assert "demonstration" in only(home, "signing key").state
    (home / "keys" / "signing.p12").chmod(0o644)
    assert {"chmod" in each.mend for each in lines(home, "signing key")} == {True, False}


def test_a_key_that_was_retired_or_never_recorded(home):
    file = home / "keys" / "signing.p12"
    key(home)
    before = file.read_bytes()
    key(home, days=500)
    file.write_bytes(before)
    assert "which was retired" in only(home, "signing key").state
    stranger = signatures.make("Somebody", "Else", NOW, timedelta(days=90))
    file.write_bytes(signatures.to_pkcs12(stranger, "a word"))
    assert "not on record" in only(home, "signing key").state


@pytest.fixture
def configured(home, authority, monkeypatch) -> Path:
    roots = home / "roots.pem"
    roots.write_bytes(httpx.get(f"{authority.url}/root", trust_env=False).content)
    monkeypatch.setenv("TESTBUY_TIMESTAMP_URL", f"{authority.url}/stamp")
    monkeypatch.setenv("TESTBUY_TIMESTAMP_ROOTS", str(roots))
    return home


def test_an_authority_that_answers_and_one_that_is_not_configured(home, configured, monkeypatch):
    found = only(home, "time stamps")
    assert found.well
    assert "1.3.6.1.4.1.99999.1" in found.state
    assert only(home, "clock", datetime.now(UTC)).well
    monkeypatch.delenv("TESTBUY_TIMESTAMP_URL")
    assert "none is configured" in only(home, "time stamps").state
    assert lines(home, "clock") == []


def test_an_authority_that_is_away_or_a_stranger_or_refuses(home, configured, monkeypatch):
    monkeypatch.setenv("TESTBUY_TIMESTAMP_POLICY", "1.2.3.4")
    assert "unaccepted_policy" in only(home, "time stamps").state
    monkeypatch.delenv("TESTBUY_TIMESTAMP_POLICY")
    stranger = signatures.make("Somebody", "Else", NOW, timedelta(days=90))
    (home / "roots.pem").write_bytes(stranger.pem)
    assert "no valid stamp" in only(home, "time stamps").state
    (home / "roots.pem").write_bytes(b"no certificate")
    assert "can't be read" in only(home, "time stamps").state
    monkeypatch.delenv("TESTBUY_TIMESTAMP_ROOTS")
    assert "No authority is trusted" in only(home, "time stamps").state
    monkeypatch.setenv("TESTBUY_TIMESTAMP_URL", "http://127.0.0.1:9/")
    assert "can't be reached" in only(home, "time stamps").state
    monkeypatch.setenv("TESTBUY_TIMESTAMP_URL", "ftp://nowhere")
    assert not only(home, "time stamps").well


@pytest.mark.parametrize(("off", "said"), [(-600, "behind"), (600, "ahead of")])
def test_a_clock_that_is_off(configured, off, said):
    found = only(configured, "clock", datetime.now(UTC) + timedelta(seconds=off))
    assert not found.well
    assert f"{said} the authority's" in found.state


def test_anchors_that_are_late_unstamped_or_still_in_the_house(home, authority, monkeypatch):
    assert "no anchor yet" in only(home, "anchors").state
    with closing(Database.in_folder(home)) as db:

        def write(at: datetime) -> None:
            with db.write() as tx:
                ledger.append(tx, "TB-1", {"what": "noted"}, at)

        write(NOW)
        assert only(home, "anchors", NOW + timedelta(minutes=29)).well
        late = only(home, "anchors", NOW + timedelta(minutes=31))
        assert not late.well
        assert "31 minutes ago" in late.state
        anchoring.make(db, Act(Role.PROGRAMME, NOW, bytes(32)))
        assert "yet to come" in only(home, "anchors", NOW - timedelta(minutes=5)).state
        afterwards = NOW + timedelta(minutes=40)
        assert "has not left the database" in only(home, "anchors", afterwards).state
        anchoring.export(db, home / "anchors")
        found = only(home, "anchors", NOW + timedelta(hours=5))
        assert found.well
        assert "5 hours ago" in found.state
        url = f"{authority.url}/stamp"
        monkeypatch.setenv("TESTBUY_TIMESTAMP_URL", url)
        assert "1 wait for a time stamp, for 10 minutes" in only(
            home, "anchors", NOW + timedelta(minutes=10)
        ).state  # fmt: skip
        waits = only(home, "anchors", NOW + timedelta(hours=3))
        assert not waits.well
        assert "for 3 hours" in waits.state
        roots = httpx.get(f"{authority.url}/root", trust_env=False).content
        (home / "roots.pem").write_bytes(roots)
        monkeypatch.setenv("TESTBUY_TIMESTAMP_ROOTS", str(home / "roots.pem"))
        believed = Settings(home=home).timestamp_authorities()
        assert anchoring.stamp_pending(db, HttpTimestamping(url), believed, NOW) == (1, None)
        assert only(home, "anchors", NOW + timedelta(hours=3)).well


def test_the_role_that_the_programme_is(home, postgresql, monkeypatch):
    assert lines(home, "database role") == []
    name = postgresql.create("migrated")
    with closing(Database(postgresql.url(name))) as owner:
        bootstrap.restrict(owner, ADMINISTRATOR, RESTRICTED)
        with owner.read() as tx:
            (entry,) = ledger.chain(tx, "programme")
        assert b'"role":"testbuy_app"' in entry.body
        monkeypatch.setenv("TESTBUY_DATABASE_URL", owner.url)
        assert "superuser" in only(home, "database role").state
        monkeypatch.setenv("TESTBUY_DATABASE_URL", postgresql.restricted_url(name))
        assert only(home, "database role").well
        assert only(home, "triggers").well
        with owner.write() as tx:
            tx.exec_driver_sql(f"GRANT DELETE ON ledger TO {RESTRICTED}")
            tx.exec_driver_sql("ALTER TABLE verdict DISABLE TRIGGER keeps_verdict_update")
        found = only(home, "database role")
        assert not found.well
        assert "testbuy_app may change or empty what only grows: ledger" in found.state
        assert "keeps_verdict_update" in only(home, "triggers").state
        with owner.write() as tx:
            roles.grant(tx, RESTRICTED)
        assert only(home, "database role").well
    postgresql.drop(name)


def test_the_owner_grants_by_a_command_which_says_what_it_did(home, postgresql, monkeypatch):
    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["database", "grant", *words, "--home", str(home)])
        return done.exit_code, " ".join(done.output.split())

    code, told = said("testbuy_app")
    assert code == 1
    assert "SQLite knows no roles" in told
    name = postgresql.create("template0")
    monkeypatch.setenv("TESTBUY_DATABASE_URL", postgresql.restricted_url(name))
    code, told = said("testbuy_app")
    assert code == 1
    assert "Whoever owns the tables runs testbuy database grant testbuy_app" in told
    monkeypatch.setenv("TESTBUY_DATABASE_URL", postgresql.url(name))
    code, told = said("nobody_yet")
    assert code == 1
    assert "CREATE ROLE nobody_yet LOGIN" in told
    code, told = said("testbuy_app")
    assert code == 0
    assert "never change or remove" in told
    assert "verdict.superseded_at" in told
    postgresql.drop(name)


@pytest.mark.parametrize(("finding", "code"), [(well("a", "b"), 0), (troubled("a", "b", "c"), 1)])
def test_the_exit_status_is_for_scripts(home, monkeypatch, finding, code):
    monkeypatch.setattr(examining, "examine", lambda *_: [finding])
    assert CliRunner().invoke(app, ["doctor", "--home", str(home)]).exit_code == code
