"""Somebody leaves or comes back while their test buy moves on: no deadlock (ADR 4)."""

import threading

import pytest

from casework.buying import assigning, requesting
from casework.examinations import examining
from casework.people import access, proving
from casework.people.proving import signing
from casework.programme import programme
from casework.verdicts import pending
from casework.verdicts.judgement import Judgement
from rules.roles import Role
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict
from storage.session import Database
from tests.portal import small_world
from tests.portal.small_world import World

WITHIN = 10
"""Seconds in which a thread must have come as far as the other waits for."""
ROUGH = small_world.NewFinding(
    Aspect.CONTENTS, FindingCode.WORKMANSHIP_ROUGH, Severity.CRITICAL, "Rough edges."
)
JUDGED = Judgement(
    Verdict.COUNTERFEIT, (ROUGH,), "high", "Comparison", "The edges are rough and misplaced.",
    "The inside was not seen.", "None.", True, Testimony("a", "b", "c"),
)  # fmt: skip


@pytest.fixture
def home(postgresql_database, tmp_path, monkeypatch):
    """A home folder whose database is PostgreSQL's."""
    there = classmethod(lambda _cls, _home: Database(postgresql_database.url))
    monkeypatch.setattr(Database, "in_folder", there)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def both(*works):
    """Run them at once; what each raised, or None."""
    raised = dict.fromkeys(range(len(works)))

    def run(number):
        try:
            works[number]()
        except Exception as error:
            raised[number] = repr(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in raised]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(raised.values())


def test_an_account_is_closed_while_a_verdict_on_its_test_buy_is_signed(home, monkeypatch):
    world = small_world.build(home)
    examination = world.examinations[world.testbuys["examined"]]
    examining.claim(world.db, world.act(Role.AUTHENTICATOR, "claim"), examination)
    device = world.device(Role.AUTHENTICATOR)
    closing, signs = threading.Event(), threading.Event()
    heed, sign = access.leaving.heed, proving.GivenProof.sign

    def heeding(*told):
        closing.set()
        signs.wait(1)
        heed(*told)

    def signing_now(*told):
        signs.set()
        return sign(*told)

    monkeypatch.setattr(access.leaving, "heed", heeding)
    monkeypatch.setattr(proving.GivenProof, "sign", signing_now)

    def close():
        administrator = world.act(Role.ADMINISTRATOR, "close")
        access.set_active(world.db, administrator, world.people[Role.BUYER], False)

    def judge():
        closing.wait(WITHIN)
        person, code = world.people[Role.AUTHENTICATOR], world.code(device)
        with signing(world.db, world.strongbox, person, "", code, world.now) as proof:
            act = world.act(Role.AUTHENTICATOR, "give")
            pending.give(world.db, act, examination, JUDGED, proof=proof)

    assert both(close, judge) == [None, None]
    world.close()


def test_a_buyer_comes_back_while_one_is_looked_for(home, monkeypatch):
    world = World(home)
    small_world._people(world)
    small_world._flags(world)
    reference = small_world._request(world, 1)
    approver = world.act(Role.APPROVER, "approve")
    requesting.approve(world.db, approver, reference, version=world.row(reference).version)
    buyer = world.people[Role.BUYER]

    def leave(word, on_leave):
        administrator = world.act(Role.ADMINISTRATOR, word)
        programme.set_on_leave(world.db, administrator, buyer, on_leave=on_leave)

    leave("off", on_leave=True)
    assert assigning.assign(world.db, world.act(Role.PROGRAMME, "none"), reference) is None
    coming, looking = threading.Event(), threading.Event()
    heed, find = programme.leaving.heed, assigning.find

    def heeding(*told):
        coming.set()
        looking.wait(1)
        heed(*told)

    def finding(*told):
        row = find(*told)
        coming.wait(1)
        looking.set()
        return row

    monkeypatch.setattr(programme.leaving, "heed", heeding)
    monkeypatch.setattr(assigning, "find", finding)
    assert both(
        lambda: leave("back", on_leave=False),
        lambda: assigning.assign(world.db, world.act(Role.PROGRAMME, "look"), reference),
    ) == [None, None]
    world.close()
