"""Verdicts through casework, as the examiner's page gives them, beside the same writes bare.

A verdict is three transactions: what was typed is kept as a draft, the verdict is given, and once
it can't be undone any more it is sealed. Drafts and verdicts come from several examiners at once,
each a thread as in the portal; sealing is one thread's work, as it is the dispatcher's. Each test
buy has six photos, put there as rows. Ours and the bare writes take turns, round by round.
"""

import tempfile
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from bench import Row, life
from bench.bare import Bare, noted
from bench.clock import Clock
from casework.examinations import drafts, examining, showing
from casework.verdicts import pending
from rules.roles import Role
from storage.rows import add, one
from storage.session import Database
from storage.tables import Examination, Photo, TestBuy

ROUNDS, EACH, EXAMINERS = 12, 32, 8
VERDICTS = ROUNDS * EACH
UNDO = timedelta(seconds=10)
_FORM = {
    "reasons": [life.SAID.reasons], "limits": [life.SAID.limits], "method": [life.SAID.method],
    "verdict": [life.SAID.verdict.value], "finding-0-note": ["Rough."], "confidence": ["high"],
}  # fmt: skip


def rows() -> list[Row]:
    """Transactions a second and CPU each, of giving by several at once and of sealing."""
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "empty.db"
        people = life.prepare(file, VERDICTS)
        with closing(Database(f"sqlite:///{file}")) as db:
            claimed = _claimed(life.Bench(db, people))
        with life.copy_of(file, "noted.db") as db:
            written = noted(db)
            bench = life.Bench(db, people)
            for first in range(0, VERDICTS, EACH):
                _give(bench, claimed[first : first + EACH])
                _seal(bench)
        giving, sealing, bare = _measured(file, people, claimed, written)
    number = f"{EXAMINERS} at once"
    given = Row(
        f"drafts and verdicts given, {number}, a second",
        2 * VERDICTS / giving.wall_s,
        len(written) / bare.wall_s,
        "/s, bare sqlite3, goal 500",
    )
    sealed = VERDICTS / sealing.wall_s
    each = 1000 / VERDICTS
    return [
        given,
        Row("verdicts sealed, a second", sealed, len(written) / bare.wall_s, "/s, bare sqlite3"),
        Row(
            "verdict: draft, given, sealed, CPU",
            (giving.cpu_s + sealing.cpu_s) * each,
            bare.cpu_s * each,
            "ms, bare sqlite3",
        ),
    ]


def _measured(
    file: Path, people: dict[Role, int], claimed: Sequence[str], written: list[list[tuple]]
) -> tuple[Clock, Clock, Clock]:
    giving, sealing = Clock(), Clock()
    bare_file = file.with_name("bare.db")
    bare_file.write_bytes(file.read_bytes())
    with closing(Bare(bare_file)) as bare, life.copy_of(file, "timed.db") as db:
        bench = life.Bench(db, people)
        each = len(written) // ROUNDS
        for number in range(ROUNDS):
            with giving.running():
                _give(bench, claimed[number * EACH : (number + 1) * EACH])
            with sealing.running():
                _seal(bench)
            bare.write(written[number * each : (number + 1) * each])
        return giving, sealing, bare.clock


def _give(bench: life.Bench, claimed: Sequence[str]) -> None:
    """Type and give a verdict on each, by several threads at once."""
    left, failed = list(claimed), list[BaseException]()

    def examine() -> None:
        try:
            while left:
                _give_one(bench, left.pop())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=examine) for _ in range(EXAMINERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]


def _give_one(bench: life.Bench, public_id: str) -> None:
    drafts.save(bench.db, bench.act(Role.AUTHENTICATOR), public_id, _FORM, version=0)
    with bench.db.read() as tx:
        examination = one(tx, Examination, public_id=public_id)
        assert examination is not None
        seen = showing.digest_of(showing.on_page(tx, examination))
    act = bench.act(Role.AUTHENTICATOR)
    pending.give(bench.db, act, public_id, life.SAID, seen=seen, form=_FORM)


def _seal(bench: life.Bench) -> None:
    act = bench.act(life.me)
    assert pending.settle(bench.db, act.now + UNDO, act.seed) == EACH


def _claimed(bench: life.Bench) -> list[str]:
    """Examinations with photos, claimed by the one examiner there is; their ids."""
    # What only prepares waits for no disk.
    event.listen(bench.db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    claimed: list[str] = []
    for flag in range(1, VERDICTS + 1):
        _, public_id = bench.submit(flag, lambda reference: _photographed(bench, reference))
        examining.claim(bench.db, bench.act(Role.AUTHENTICATOR), public_id)
        claimed.append(public_id)
    return claimed


def _photographed(bench: life.Bench, reference: str) -> None:
    with bench.db.write() as tx:
        testbuy = one(tx, TestBuy, reference=reference)
        assert testbuy is not None
        for shot in life.SHOTS:
            digest = f"sha256:{reference}-{shot}".ljust(71, "0")
            add(
                tx, Photo, public_id=f"{reference}-{shot}", testbuy_id=testbuy.id, shot=shot,
                digest=digest, size=1, media_type="image/jpeg", width=1, height=1, readable=True,
                accepted=True, preview_digest=digest, original_name=shot,
                received_by=bench.people[Role.BUYER], received_at=life.NOW,
            )  # fmt: skip
