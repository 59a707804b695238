"""A step on its right day, a docketing under its right number, once a second person agrees."""

from datetime import timedelta

import pytest

from casework.keeping import retaining
from casework.outcomes import claims
from casework.record import disclosing
from casework.suing import litigation
from casework.suing.claiming import Before
from casework.views import claim as claim_views
from casework.views import claims as claims_views
from casework.views import courts
from casework.views.docket import docket
from evidence.words import words_of
from rules.claims import ClaimMove, ClaimState
from rules.disclosure import Disclosure
from rules.pleading import Struck
from rules.roles import Role
from storage import ledger
from storage.tables import ClaimStep, ClaimStrike, Judgment, Proceeding
from tests.casework.suing import suits
from tests.casework.suing.test_claims import allocate, pay, settle_up, state
from tests.casework.suing.test_striking import ask, decide, rows, struck, waiting

M = ClaimMove
DAY = timedelta(days=1)
NUMBER, RIGHT = "(2017) 粤0307民初17号", "(2017) 粤0307民初71号"


def step_of(town, reference, move):
    """The number of the last step of a kind that is on record."""
    return [each.id for each in suits.of(town, ClaimStep, reference) if each.move is move][-1]


def standing(town, reference):
    with town.db.read() as tx:
        steps = claims.steps_of(tx, suits.row(town, reference).id)
    return [(each.move.value, each.happened_on) for each in steps if each.state != "prepared"][1:]


def test_a_day_of_the_court_is_corrected_by_a_second_person_and_told(both):
    """Docketing, announcement and hearing were put down three days late; the judgment follows."""
    town = both
    reference, _ = suits.filed(town)
    filed, late = town.now.date(), town.now.date() + timedelta(days=5)
    town.later(days=9)
    for move in (ClaimMove.DOCKET, ClaimMove.ANNOUNCE, ClaimMove.HEAR):
        suits.step(town, reference, move, on=late)
    suits.judge(town, reference, 5, 0)
    judged, right = town.now.date(), late - timedelta(days=3)
    hearing = step_of(town, reference, ClaimMove.HEAR)
    with town.refuses("comes before it is dated"):
        ask(town, reference, Struck.STEP, hearing, on=right)
    with town.refuses("the day on record"):
        ask(town, reference, Struck.STEP, hearing, on=late)
    with town.refuses("write on which day it happened"):
        ask(town, reference, Struck.STEP, step_of(town, reference, ClaimMove.DOCKET))
    with town.refuses("A judgment is struck as one"):
        ask(town, reference, Struck.STEP, step_of(town, reference, ClaimMove.JUDGE), on=right)
    for move in (ClaimMove.DOCKET, ClaimMove.ANNOUNCE, ClaimMove.HEAR):
        number = step_of(town, reference, move)
        strike = ask(town, reference, Struck.STEP, number, "Canary: misread.", on=right)
        assert (move.value, late) in standing(town, reference), "until a second person agrees"
        assert waiting(town) == 1
        decide(town, reference, strike)
        assert waiting(town) == 0
    assert standing(town, reference) == [
        ("file", filed), ("docket", right), ("announce", right), ("hear", right),
        ("judge", judged),
    ]  # fmt: skip
    assert state(town, reference) is ClaimState.JUDGED
    days = claims_views.days_of(town.db, suits.row(town, reference).id)
    assert (days[ClaimMove.DOCKET], days[ClaimMove.HEAR]) == (right, right)
    page = claim_views.claim(town.db, reference)
    moves = [(each.move.value, each.id in page.counting) for each in page.steps][3:9]
    assert moves == [
        ("docket", False), ("docket", True), ("announce", False), ("announce", True),
        ("hear", False), ("hear", True),
    ]  # fmt: skip
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, town.shop(1))
        bodies = b"".join(each.body for each in ledger.chain(tx, reference))
    said = [each for each in lines if each.kind is Disclosure.CLAIM_DAY]
    assert f"a hearing was recorded on {late} and happened on {right}: Canary" in " ".join(
        each.sentence(words_of("en")) for each in said
    )
    assert len(said) == 3 and str(right) in said[0].sentence(words_of("zh"))
    assert b"Canary" not in bodies and b'"step corrected"' in bodies
    # A corrected day is corrected again; the one that was struck is not.
    with town.refuses("struck already"):
        ask(town, reference, Struck.STEP, hearing, on=right)
    again = step_of(town, reference, ClaimMove.HEAR)
    decide(town, reference, ask(town, reference, Struck.STEP, again, on=judged))
    assert ("hear", judged) in standing(town, reference)
    # A judgment that is struck later takes no correction of before along.
    struck(town, reference, Struck.JUDGMENT, rows(town, Judgment)[0].id)
    assert [move for move, _ in standing(town, reference)][-1] == "hear"
    assert state(town, reference) is ClaimState.DOCKETED


def test_a_hearing_that_did_not_happen_leaves_the_claim_where_it_was(both):
    town = both
    reference, testbuy = suits.heard(town)
    decide(
        town, reference, ask(town, reference, Struck.STEP, step_of(town, reference, ClaimMove.HEAR))
    )
    assert state(town, reference) is ClaimState.ANNOUNCED
    number = step_of(town, reference, ClaimMove.ANNOUNCE)
    strike = ask(town, reference, Struck.STEP, number)
    decide(town, reference, strike, agreed=False, said="It hung at the court.")
    assert state(town, reference) is ClaimState.ANNOUNCED
    decide(town, reference, ask(town, reference, Struck.STEP, number))
    assert state(town, reference) is ClaimState.DOCKETED
    assert [move for move, _ in standing(town, reference)] == ["file", "docket"]
    suits.step(town, reference, ClaimMove.HEAR)
    suits.judge(town, reference, 5, 0)
    assert [move for move, _ in standing(town, reference)][-2:] == ["hear", "judge"]
    shop = town.shop(1)
    assert shop.id == town.row(testbuy).shop_id
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, shop)
    said = [each.sentence(words_of("en")) for each in lines if each.kind is Disclosure.CLAIM_STEP]
    assert any("a hearing of" in each and "did not happen and is struck" in each for each in said)
    assert len(said) == 2


def test_a_step_that_a_struck_judgment_took_along_is_not_corrected(both):
    """Asked for before; by the decision it counts no more."""
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 5, 0)
    suits.step(town, reference, ClaimMove.APPEAL, party=suits.defendant(town, reference))
    suits.step(town, reference, ClaimMove.HEAR)
    strike = ask(town, reference, Struck.STEP, step_of(town, reference, ClaimMove.HEAR))
    struck(town, reference, Struck.JUDGMENT, rows(town, Judgment)[0].id)
    with town.refuses("counts no more"):
        decide(town, reference, strike)
    assert rows(town, ClaimStrike)[0].agreed is None
    suits.judge(town, reference, 9, 0)
    number = rows(town, Judgment)[-1].id
    with town.refuses("Only a step happens on another day"):
        ask(town, reference, Struck.JUDGMENT, number, on=town.now.date())


def correct(town, reference, move, **instead):
    """The last step of a kind is something else, says counsel, and an approver agrees."""
    number = step_of(town, reference, move)
    decide(town, reference, ask(town, reference, Struck.STEP, number, **instead))


def said(town, reference, kind, language="en"):
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, town.shop(1))
    own = [each for each in lines if each.reference == reference and each.kind is kind]
    return [each.sentence(words_of(language)) for each in own]


def at(town, reference):
    """The state of a claim, the name of its proceedings and the day they ended on."""
    (own,) = [each for each in rows(town, Proceeding) if reference in each.name] or [
        each for each in rows(town, Proceeding)
        if each.id == suits.row(town, reference).proceeding_id
    ]  # fmt: skip
    return state(town, reference), own.name, own.ended_on


def recover(town, reference):
    pay(town, reference, 700)
    allocate(town, reference, 700)
    settle_up(town, reference, M.RECOVER)


WAY = (
    ("docketed", lambda town, it: suits.step(town, it, M.DOCKET)),
    ("judged", lambda town, it: suits.judge(town, it, 5, 0)),
    ("appealed", lambda town, it: suits.step(town, it, M.APPEAL, party=suits.defendant(town, it))),
    ("judged_on_appeal", lambda town, it: suits.judge(town, it, 700, 0)),
    ("final", lambda town, it: suits.step(town, it, M.BECOME_FINAL)),
    ("recovered", recover),
    ("closed", lambda town, it: settle_up(town, it, M.CLOSE)),
)
"""How a filed claim comes to each later state."""


@pytest.mark.parametrize("until", [state for state, _ in WAY])
def test_every_day_and_the_number_are_corrected_in_each_later_state(both, until):
    """Each step was put down a day late; each next one five days after. The state stays."""
    town = both
    reference, _ = suits.filed(town)
    days = [town.now.date()]
    for name, come in WAY:
        town.later(days=5)
        days.append(town.now.date())
        come(town, reference)
        if name == until:
            break
    moves = {
        M.FILE: 0, M.DOCKET: 1, M.APPEAL: 3, M.BECOME_FINAL: 5, M.CLOSE: 7,
    }  # fmt: skip
    before = at(town, reference)
    wrong = standing(town, reference)
    for move, place in moves.items():
        if place < len(days):
            correct(town, reference, move, on=days[place] - timedelta(days=1))
    correct(town, reference, M.DOCKET, docket_number=RIGHT)
    right = standing(town, reference)
    assert [move for move, _ in right] == [move for move, _ in wrong]
    assert [
        (move, (was - now).days) for (move, was), (_, now) in zip(wrong, right, strict=True)
    ] == [(move, 1 if move in moves else 0) for move, _ in right]
    ended = before[2] - timedelta(days=1) if before[2] else None
    assert at(town, reference) == (ClaimState(until), f"{suits.LONGGANG.court}, {RIGHT}", ended)
    assert before[:2] == (ClaimState(until), f"{suits.LONGGANG.court}, {NUMBER}")
    assert suits.row(town, reference).docket_number == RIGHT


def test_a_day_stays_between_the_steps_and_the_money_beside_it(both):
    town = both
    reference, testbuy = suits.filed(town)
    for _, come in WAY[:5]:
        town.later(days=5)
        come(town, reference)
    final = town.now.date()
    town.later(days=5)
    paid = town.now.date()
    pay(town, reference, 700)
    town.later(days=5)
    settle_up(town, reference, M.RECOVER)
    allocate(town, reference, 700)
    town.later(days=5)
    settle_up(town, reference, M.CLOSE)
    days = dict(standing(town, reference))
    day = timedelta(days=1)
    for move, on, why in (
        (M.FILE, days["docket"] + day, f"after it is dated {days['docket']}"),
        (M.APPEAL, days["judge"] - day, f"before it is dated {days['judge']}"),
        (M.APPEAL, final, f"after it is dated {days['judge_on_appeal']}"),
        (M.BECOME_FINAL, paid + day, f"after it is dated {paid}"),
        (M.RECOVER, paid - day, f"before it is dated {paid}"),
        (M.CLOSE, days["recover"] - day, f"before it is dated {days['recover']}"),
        (M.CLOSE, town.now.date() + day, "has not come yet"),
    ):
        with town.refuses(why):
            ask(town, reference, Struck.STEP, step_of(town, reference, move), on=on)
    for move in (M.FILE, M.APPEAL, M.BECOME_FINAL, M.CLOSE):
        with town.refuses("This step stands"):
            ask(town, reference, Struck.STEP, step_of(town, reference, move))
    # What was asked for is looked at again once somebody decides.
    filing = step_of(town, reference, M.FILE)
    asked = ask(town, reference, Struck.STEP, filing, on=days["docket"] - day)
    correct(town, reference, M.DOCKET, on=days["docket"] - 2 * day)
    with town.refuses(f"after it is dated {days['docket'] - 2 * day}"):
        decide(town, reference, asked)
    correct(town, reference, M.BECOME_FINAL, on=final - day)
    assert at(town, reference)[2] == final - day
    with town.db.read() as tx:
        (kept,) = retaining.basis_of(tx, town.row(testbuy)).rests
    assert kept.ended_on == final - day


def test_an_instalment_that_came_later_does_not_hold_back_the_days_before_it(both):
    town = both
    reference, _ = suits.filed(town)
    for name, come in WAY[:5]:
        town.later(days=5)
        come(town, reference)
        assert state(town, reference) == name
    town.later(days=5)
    pay(town, reference, 300)
    first = town.now.date()
    town.later(days=5)
    settle_up(town, reference, M.RECOVER)
    town.later(days=5)
    pay(town, reference, 400)
    with town.refuses(f"before it is dated {first}"):
        ask(town, reference, Struck.STEP, step_of(town, reference, M.RECOVER), on=first - DAY)
    correct(town, reference, M.RECOVER, on=first + DAY)
    assert dict(standing(town, reference))["recover"] == first + DAY


@pytest.mark.parametrize("move", [M.WITHDRAW, M.SETTLE, M.DISMISS])
def test_an_ends_day_is_corrected_and_the_proceedings_ended_on_it(both, move):
    town = both
    reference, _ = suits.filed(town)
    town.later(days=9)
    suits.step(town, reference, move, said="Canary: they agreed.")
    ended, right = at(town, reference)[2], town.now.date() - timedelta(days=4)
    assert ended == town.now.date()
    correct(town, reference, move, on=right)
    assert at(town, reference)[2] == right
    (line,) = said(town, reference, Disclosure.CLAIM_DAY)
    assert f"was recorded on {ended} and happened on {right}" in line and "struck." not in line
    (line,) = said(town, reference, Disclosure.CLAIM_DAY, "zh")
    assert str(right) in line and "struck." not in line
    if move is M.SETTLE:
        pay(town, reference, 3, on=right)


def test_lists_and_campaigns_count_the_filing_that_stands(both):
    """Filed in the window by the record, and a day before it in truth: counted once, in neither."""
    town = both
    opens = town.now.date()
    window = {"opens_on": opens, "closes_on": opens + timedelta(days=30)}
    litigation.open_campaign(town.db, town.act(Role.COUNSEL), name="Hundred", target=3, **window)
    place = suits.LONGGANG
    before = Before(place.court, place.city, place.jurisdiction, place.currency, "Hundred")
    reference, _ = suits.filed(town, before=before)
    asked = claims_views.Asked()
    (line,) = courts.campaigns(town.db, opens)
    assert (line.courts, line.progress.filed) == (((place.court, 1),), 1)
    right = opens - timedelta(days=1)
    correct(town, reference, M.FILE, on=right)
    (own,) = claims_views.every_claim(town.db, asked)
    assert own.filed_on == right
    assert claims_views.days_of(town.db, own.claim.id)[M.FILE] == right
    (line,) = courts.campaigns(town.db, opens)
    assert (line.courts, line.progress.filed) == ((), 0)


def test_a_docket_number_is_corrected_by_a_second_person_and_told(both):
    town = both
    reference, _ = suits.heard(town)
    docketed = step_of(town, reference, M.DOCKET)
    day = dict(standing(town, reference))["docket"]
    with town.refuses("number on record"):
        ask(town, reference, Struck.STEP, docketed, docket_number=NUMBER)
    with town.refuses("Only a docketing has a number"):
        hearing = step_of(town, reference, M.HEAR)
        ask(town, reference, Struck.STEP, hearing, docket_number=RIGHT)
    strike = ask(town, reference, Struck.STEP, docketed, "Canary: misread.", docket_number=RIGHT)
    assert suits.row(town, reference).docket_number == NUMBER, "until a second person agrees"
    assert waiting(town) == 1
    decide(town, reference, strike, agreed=False, said="It is on the stamp.")
    assert suits.row(town, reference).docket_number == NUMBER
    assert said(town, reference, Disclosure.CLAIM_DOCKET) == []
    strike = ask(town, reference, Struck.STEP, docketed, "Canary: misread.", docket_number=RIGHT)
    decide(town, reference, strike)
    assert suits.row(town, reference).docket_number == RIGHT
    assert ("docket", day) in standing(town, reference)
    page = claim_views.claim(town.db, reference)
    told = [
        (each.docket_number, each.id in page.counting)
        for each in page.steps
        if each.move == "docket"
    ]
    assert told == [(NUMBER, False), (RIGHT, True)]
    for words, found in ((RIGHT, 1), (NUMBER, 0)):
        lines = docket(town.db, open_only=True, words=words, older=None).lines
        assert len(lines) == found, words
        asked = claims_views.Asked(words=words)
        assert len(list(claims_views.every_claim(town.db, asked))) == found, words
    (line,) = said(town, reference, Disclosure.CLAIM_DOCKET)
    assert f"was recorded as {NUMBER} and is {RIGHT}: Canary" in line
    (line,) = said(town, reference, Disclosure.CLAIM_DOCKET, "zh")
    assert f"案号原记为{NUMBER}，实为{RIGHT}" in line
    assert said(town, reference, Disclosure.CLAIM_DAY) == []
    with town.db.read() as tx:
        bodies = b"".join(each.body for each in ledger.chain(tx, reference))
    assert b"Canary" not in bodies and "粤".encode() not in bodies and b'"docket":"sha' in bodies
    # Day and number at one go; a number that was struck is not corrected again.
    with town.refuses("struck already"):
        ask(town, reference, Struck.STEP, docketed, docket_number="No. 1")
    correct(town, reference, M.DOCKET, docket_number=NUMBER, on=day - timedelta(days=0))
    assert suits.row(town, reference).docket_number == NUMBER
    # A judgment that is struck leaves the claim docketed under the number that counts.
    suits.judge(town, reference, 5, 0)
    correct(town, reference, M.DOCKET, docket_number=RIGHT)
    struck(town, reference, Struck.JUDGMENT, rows(town, Judgment)[0].id)
    assert at(town, reference)[:2] == (ClaimState.DOCKETED, f"{suits.LONGGANG.court}, {RIGHT}")
