"""Anchors on both databases, stamped by a real authority over a socket."""

import base64
import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from cryptography import x509

from casework.act import Act
from casework.clock import anchoring
from connectors.http import Timeouts
from connectors.timestamping import HttpTimestamping
from evidence import ledger as chains
from evidence import merkle
from rules.roles import Role
from storage import anchors, ledger
from storage.rows import add, every
from storage.session import Database
from storage.tables import AnchoredHead, LedgerRow
from tests.connectors.conftest import running

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with running("timestamping", tmp_path_factory.mktemp("authority")) as server:
        yield server


@pytest.fixture(scope="module")
def roots(authority) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(root_of(authority)))


def root_of(server) -> bytes:
    return httpx.get(f"{server.url}/root", trust_env=False).content


def asked(server) -> HttpTimestamping:
    quick = Timeouts(connect_s=0.5, read_s=5, total_s=5)
    return HttpTimestamping(f"{server.url}/stamp", timeouts=quick)


def act(minutes: int = 0) -> Act:
    return Act(Role.PROGRAMME, NOW + timedelta(minutes=minutes), b"s" * 32)


def append(db: Database, subject: str, what: str) -> None:
    with db.write() as tx:
        ledger.append(tx, subject, {"what": what}, NOW)


def proofs(db: Database, *subjects: str) -> dict:
    with db.read() as tx:
        return json.loads(anchoring.proofs(tx, subjects) or b"{}")


def problems(db: Database, roots=()) -> list[str]:
    with db.read() as tx:
        return anchoring.problems(tx, roots)


@pytest.fixture
def db(both) -> Database:
    append(both.db, "TB-A", "one")
    append(both.db, "TB-B", "one")
    return both.db


def test_an_anchor_takes_what_moved_and_holds_the_one_before(db) -> None:
    first = anchoring.make(db, act())
    assert first is not None
    assert anchoring.make(db, act(1)) is None
    append(db, "TB-B", "two")
    second = anchoring.make(db, act(2))
    assert second is not None
    assert (second.size, second.previous) == (2, first.root)
    told = proofs(db, "TB-A", "TB-B")["anchors"]
    assert [each["number"] for each in told] == [first.id, second.id]
    for each in told:
        (proof,) = each["proofs"]
        path = [bytes.fromhex(step) for step in proof["path"]]
        root = merkle.root_from(proof["leaf"].encode(), proof["index"], each["size"], path)
        assert root is not None
        assert each["root"] == f"sha256:{root.hex()}"
    assert problems(db) == []
    assert proofs(db, "TB-NONE") == {}


def test_stamps_are_checked_by_openssl_with_the_exported_files(
    db, authority, roots, tmp_path
) -> None:
    anchoring.make(db, act())
    assert anchoring.stamp_pending(db, asked(authority), roots, NOW) == (1, None)
    assert anchoring.stamp_pending(db, asked(authority), roots, NOW) == (0, None)
    assert anchoring.export(db, tmp_path) == 2
    assert anchoring.export(db, tmp_path) == 0
    (tmp_path / "ca.pem").write_bytes(httpx.get(f"{authority.url}/root", trust_env=False).content)
    (statement,) = tmp_path.glob("anchor-*.json")
    words = ["openssl", "ts", "-verify", "-data", statement, "-in", statement.with_suffix(".tsr")]
    done = subprocess.run([*words, "-CAfile", tmp_path / "ca.pem"], capture_output=True, text=True)
    assert "Verification: OK" in done.stdout
    told = proofs(db, "TB-A")["anchors"][0]
    assert base64.b64decode(told["stamp"]) == statement.with_suffix(".tsr").read_bytes()
    assert told["statement"] == statement.read_text()
    assert problems(db, roots) == []


@pytest.mark.parametrize("kind", ["unavailable_503", "reset_before_commit", "html", "cut_answer"])
def test_an_authority_that_is_away_is_asked_again(on_sqlite, authority, roots, kind: str) -> None:
    append(on_sqlite.db, "TB-A", "one")
    anchoring.make(on_sqlite.db, act())
    authority.misbehave(kind, "/stamp", times=3)
    done, why = anchoring.stamp_pending(on_sqlite.db, asked(authority), roots, NOW)
    assert done == 0
    assert why
    authority.misbehave("unavailable_503", "/nowhere")
    while anchoring.stamp_pending(on_sqlite.db, asked(authority), roots, NOW)[0] == 0:
        pass
    assert problems(on_sqlite.db, roots) == []


def test_a_stranger_stamps_nothing(on_sqlite, authority, roots, tmp_path) -> None:
    append(on_sqlite.db, "TB-A", "one")
    anchoring.make(on_sqlite.db, act())
    with running("timestamping", tmp_path) as stranger:
        done, why = anchoring.stamp_pending(on_sqlite.db, asked(stranger), roots, NOW)
    assert done == 0
    assert "no valid stamp" in why


def _looked_after(db: Database, minutes: int) -> int:
    with db.read() as tx:
        return anchors.look_after(tx, act(minutes).now, anchoring.MOST)


def _held(db: Database) -> list[tuple[str, int]]:
    """What the newest anchor holds."""
    with db.read() as tx:
        newest = anchors.last(tx)
        return [(row.subject, row.seq) for row in every(tx, AnchoredHead, anchor_id=newest.id)]


def test_an_anchor_looks_at_what_was_written_since_and_at_everything_once_a_day(db) -> None:
    first = anchoring.make(db, act())
    assert _looked_after(db, 30) == 0, "a change that is under way may still be committed"
    assert _looked_after(db, 61) == first.through > 0
    append(db, "TB-B", "two")
    assert anchoring.make(db, act(70)).size == 2
    assert _held(db) == [("TB-B", 2)]
    # A number that came late, as of a restored or a falsely numbered entry.
    with db.write() as tx:
        entry = chains.link("TB-C", 1, chains.genesis("TB-C"), {"what": "one"}, NOW)
        fields = {name: getattr(entry, name) for name in ("subject", "seq", "prev", "hash", "body")}
        add(tx, LedgerRow, id=-7, **fields)
    assert anchoring.make(db, act(140)) is None
    assert anchoring.make(db, act(24 * 60)).size == 2
    assert _held(db) == [("TB-C", 1)]


def test_a_change_that_was_overtaken_is_in_the_next_anchor(on_postgresql) -> None:
    """Numbers are given in the order of writing; here the lower one is committed last."""
    db = on_postgresql.db
    with db.write() as slow:
        ledger.append(slow, "TB-slow", {"what": "one"}, NOW)
        append(db, "TB-quick", "one")
        first = anchoring.make(db, act())
    assert ("TB-quick", 1) in _held(db)
    assert ("TB-slow", 1) not in _held(db)
    with db.read() as tx:
        numbers = {row.subject: row.id for row in every(tx, LedgerRow)}
    assert numbers["TB-slow"] < numbers["TB-quick"] <= first.through
    anchoring.make(db, act(10))
    assert _held(db) == [("TB-slow", 1)]


def test_what_is_more_than_one_anchor_takes_is_taken_by_the_next(db, monkeypatch) -> None:
    monkeypatch.setattr(anchoring, "MOST", 1)
    seen = []
    for minutes in range(100, 200):
        if anchoring.make(db, act(minutes)) is None:
            break
        seen += _held(db)
    with db.read() as tx:
        assert {subject for subject, _ in seen} == set(ledger.subjects(tx))
    assert len(seen) == len(set(seen))
    append(db, "TB-A", "two")
    assert anchoring.make(db, act(300)).size == 2
    assert problems(db) == []


def _loose(db: Database, *statements: str) -> None:
    """What somebody does who owns the database: the triggers go first."""
    with db.write() as tx:
        names = tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in names.scalars().all():
            tx.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            tx.execute(sa.text(statement))


def test_a_history_rewritten_whole_is_seen_by_a_stale_anchor(on_sqlite) -> None:
    """The chain is made anew from its first entry on, so that only the anchor tells.

    Later anchors did not look at it: they look at what was written since.
    """
    db = on_sqlite.db
    append(db, "TB-A", "one")
    append(db, "TB-A", "two")
    anchoring.make(db, act())
    append(db, "TB-B", "one")
    anchoring.make(db, act(90))
    assert _looked_after(db, 160) > 0
    _loose(db, "DELETE FROM ledger WHERE subject = 'TB-A'")
    append(db, "TB-A", "another one")
    append(db, "TB-A", "another two")
    with db.read() as tx:
        from evidence.ledger import verify

        assert verify(ledger.chain(tx, "TB-A"), "TB-A").ok
    (problem,) = [each for each in problems(db) if "TB-A" in each]
    assert "Entry 2 of the ledger of TB-A is not the one" in problem


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE anchored_head SET leaf = '{}' WHERE leaf_index = 1", "does not have the root"),
        ("UPDATE anchor SET previous = 'sha256:00'", "does not follow"),
        ('UPDATE anchor SET statement = \'{"root": "x"}\'', "names another root"),
        ("UPDATE anchor SET size = 9", "names another root, size or time"),
        ("UPDATE anchor SET made_at = '2026-11-01 00:00:00'", "names another root, size or time"),
        ("UPDATE anchor SET statement = 'no JSON'", "names another root, size or time"),
        ("UPDATE anchor_stamp SET answer = x'00'", "The stamp of anchor"),
        ("UPDATE anchor_stamp SET stamped_at = '2026-11-01 00:00:00'", "another time than its row"),
    ],
)
def test_a_changed_anchor_is_seen(on_sqlite, authority, roots, statement: str, told: str) -> None:
    append(on_sqlite.db, "TB-A", "one")
    anchoring.make(on_sqlite.db, act())
    anchoring.stamp_pending(on_sqlite.db, asked(authority), roots, NOW)
    assert problems(on_sqlite.db, roots) == []
    _loose(on_sqlite.db, statement)
    assert any(told in each for each in problems(on_sqlite.db, roots))


def test_a_file_that_was_exported_is_never_written_again(on_sqlite, tmp_path: Path) -> None:
    append(on_sqlite.db, "TB-A", "one")
    anchoring.make(on_sqlite.db, act())
    anchoring.export(on_sqlite.db, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text("as it was sent")
    anchoring.export(on_sqlite.db, tmp_path)
    assert file.read_text() == "as it was sent"


def test_a_clock_that_was_set_back_or_ran_ahead_is_seen(on_sqlite, authority, roots) -> None:
    db, real = on_sqlite.db, datetime.now(UTC)
    for number, off in enumerate((0, 3, -6)):
        append(db, "TB-A", str(number))
        made = Act(Role.PROGRAMME, real + timedelta(days=off), bytes(32))
        assert anchoring.make(db, made) is not None
    anchoring.stamp_pending(db, asked(authority), roots, NOW)
    back, ahead = sorted(problems(db, roots))
    assert "Anchor 3 is of an earlier time" in back
    assert "stamp of anchor 2" in ahead and "clock was ahead" in ahead


def test_an_anchor_that_left_the_house_can_not_be_taken_back(on_sqlite, tmp_path: Path) -> None:
    """The newest anchor and all it fixed removed: nothing inside the database tells."""
    db = on_sqlite.db
    append(db, "TB-A", "one")
    anchoring.make(db, act())
    append(db, "TB-A", "two")
    anchoring.make(db, act(10))
    anchoring.export(db, tmp_path)

    def told() -> list[str]:
        with db.read() as tx:
            return anchoring.problems(tx, folder=tmp_path)

    assert told() == []
    _loose(
        db,
        "DELETE FROM anchored_head WHERE anchor_id = 2",
        "DELETE FROM anchor WHERE id = 2",
        "DELETE FROM ledger WHERE subject = 'TB-A' AND seq = 2",
    )
    assert problems(db) == []
    assert told() == [
        "anchor-000002.json left the house, and the database has no such anchor any more."
    ]
    append(db, "TB-A", "another two")
    anchoring.make(db, act(20))
    assert "one was changed" in told()[0]


def test_a_disk_that_is_full_while_exporting_leaves_no_half_file(
    on_sqlite, tmp_path: Path, monkeypatch
) -> None:
    append(on_sqlite.db, "TB-A", "one")
    anchoring.make(on_sqlite.db, act())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(anchoring.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            anchoring.export(on_sqlite.db, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert anchoring.export(on_sqlite.db, tmp_path) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["anchor-000001.json"]


def test_two_at_once_make_one_chain_of_anchors_and_one_file_each(on_postgresql, tmp_path) -> None:
    db = on_postgresql.db
    ready, errors = threading.Barrier(2), []

    def run(number: int) -> None:
        try:
            for each in range(4):
                append(db, f"TB-{number}", str(each))
                ready.wait()
                anchoring.make(db, act(each))
                anchoring.export(db, tmp_path)
        except Exception as error:
            errors.append(error)
            ready.abort()

    threads = [threading.Thread(target=run, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with db.read() as tx:
        assert anchoring.problems(tx, folder=tmp_path) == []
        made = [f"anchor-{number:06d}.json" for number, _ in anchors.numbers(tx)]
    assert sorted(file.name for file in tmp_path.iterdir()) == made
