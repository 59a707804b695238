"""A step at an agency on its right day and under its right number, once a second person agrees."""

from datetime import timedelta

import pytest

from casework.keeping import retaining
from casework.people import access
from casework.raiding import raids
from casework.record import disclosing
from casework.referring import answering, correcting, following, sending
from casework.referring.correcting import Right
from casework.views import inbox
from casework.views import referrals as views
from casework.views.feedback import feedback_of
from evidence.words import words_of
from rules.disclosure import Disclosure
from rules.referral import ReferralMove, ReferralState
from rules.roles import Role
from storage import ledger
from storage.tables import Proceeding, ReferralCorrection, ReferralStep
from tests.casework.referring.test_following import step

M = ReferralMove
TYPED, RIGHT = "LH-2026-17", "LH-2026-71"
DAY = timedelta(days=1)


@pytest.fixture
def at_agency(both):
    """A referral that its agency has had for forty days, and its test buy."""
    reference = both.refer()
    both.approve_referral(reference)
    both.send(reference)
    both.later(days=40)
    return both, reference


def answer(town, reference, state, on=None, number=TYPED):
    row = town.referral(reference)
    answering.record_answer(
        town.db, town.act(Role.LIAISON), row.reference, version=row.version, state=state,
        agency_number=number, reason="", answered_on=on or town.now.date(),
    )  # fmt: skip


def ask(town, reference, number, *, on=None, to=None, reason="Canary: misread.", act=None):
    row = town.referral(reference)
    correcting.ask(
        town.db, act or town.act(Role.LIAISON), row.reference, version=row.version, step=number,
        right=Right(on, to), reason=reason,
    )  # fmt: skip
    return town.all(ReferralCorrection)[-1].id


def decide(town, reference, correction, agreed=True, said=None, act=None):
    row = town.referral(reference)
    correcting.decide(
        town.db, act or town.act(Role.APPROVER), row.reference, version=row.version,
        correction=correction, agreed=agreed, said=said,
    )  # fmt: skip


def correct(town, reference, number, **right):
    decide(town, reference, ask(town, reference, number, **right))


def step_of(town, move):
    """The number of the last step of a kind that is on record."""
    return [each.id for each in town.all(ReferralStep) if each.move is move][-1]


def counting(town, reference):
    with town.db.read() as tx:
        steps = following.steps_of(tx, town.referral(reference).id)
    return [(each.move, each.happened_on, each.number) for each in steps]


def waiting(town, person="approver"):
    reader = inbox.Reader(town.people[person], frozenset({Role.APPROVER}), town.now)
    return inbox.inbox(town.db, reader).counts.get("referral_correction", 0)


def said(town, kind, language="en"):
    """What the next package tells of the corrections, as it words it."""
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, town.shop(1))
    return [each.sentence(words_of(language)) for each in lines if each.kind is kind]


def test_the_day_of_an_answer_is_corrected_by_a_second_person_and_told(at_agency):
    town, reference = at_agency
    today = town.now.date()
    answer(town, reference, ReferralState.ACKNOWLEDGED, today - 30 * DAY)
    answer(town, reference, ReferralState.ACCEPTED, today - DAY)
    accepted, right = step_of(town, M.ACCEPT), today - 20 * DAY
    row = town.referral(reference)
    asked = ask(town, reference, accepted, on=right)
    assert counting(town, reference)[1][1] == today - DAY, "until a second person agrees"
    assert waiting(town) == 1 and said(town, Disclosure.REFERRAL_DAY) == []
    decide(town, reference, asked)
    assert waiting(town) == 0
    assert counting(town, reference) == [
        (M.ACKNOWLEDGE, today - 30 * DAY, TYPED), (M.ACCEPT, right, TYPED),
    ]  # fmt: skip
    with town.db.read() as tx:
        told = feedback_of(tx, row.agency_id, town.now)
    assert (told.accepted, told.median) == (1, 20)
    (line,) = [each for each in views.every_referral(town.db) if each.line.referral.id == row.id]
    assert line.days[M.ACCEPT] == right
    page = views.referral(town.db, row.reference, town.now)
    assert [(each.move, each.id in page.counting) for each in page.steps] == [
        (M.ACKNOWLEDGE, True), (M.ACCEPT, False), (M.ACCEPT, True),
    ]  # fmt: skip
    (line,) = said(town, Disclosure.REFERRAL_DAY)
    assert "the acceptance was recorded on" in line and "Canary: misread." in line
    (line,) = said(town, Disclosure.REFERRAL_DAY, "zh")
    assert "受理原记为" in line
    with town.db.read() as tx:
        bodies = b"".join(each.body for each in ledger.chain(tx, row.reference))
    assert b"Canary" not in bodies and b'"step corrected"' in bodies
    with town.refuses("counts no more"):
        ask(town, reference, accepted, on=right)
    correct(town, reference, step_of(town, M.ACCEPT), on=right + DAY)
    assert counting(town, reference)[1][1] == right + DAY, "a correction is corrected itself"


def test_an_agencys_number_is_corrected_wherever_it_was_carried_on(at_agency):
    town, reference = at_agency
    answer(town, reference, ReferralState.ACKNOWLEDGED)
    answer(town, reference, ReferralState.ACCEPTED)
    step(town, reference, M.FILE, number=TYPED)
    assert town.referral(reference).agency_number == TYPED
    correct(town, reference, step_of(town, M.ACKNOWLEDGE), to=RIGHT)
    assert [number for _, _, number in counting(town, reference)] == [RIGHT, RIGHT, TYPED]
    assert town.referral(reference).agency_number == RIGHT
    (line,) = said(town, Disclosure.REFERRAL_NUMBER)
    assert f"the acknowledgement was recorded as {TYPED} and is {RIGHT}" in line


def test_the_number_of_a_criminal_file_is_its_own(at_agency):
    town, reference = at_agency
    answer(town, reference, ReferralState.ACCEPTED, town.now.date() - DAY)
    step(town, reference, M.FILE, number="(2016) 0810")
    correct(town, reference, step_of(town, M.FILE), to="(2016) 0801", on=town.now.date() - DAY)
    row = town.referral(reference)
    (line,) = [each for each in views.every_referral(town.db) if each.line.referral.id == row.id]
    assert (line.file_number, row.agency_number) == ("(2016) 0801", TYPED)
    assert line.days[M.FILE] == town.now.date() - DAY
    assert len(said(town, Disclosure.REFERRAL_NUMBER)) == 1
    assert len(said(town, Disclosure.REFERRAL_DAY)) == 1


def test_the_number_of_a_handing_over_is_a_step_of_its_own(both):
    town, reference = both, both.refer()
    town.approve_referral(reference)
    row = town.referral(reference)
    by = town.act(Role.LIAISON)
    sending.record_sent(town.db, by, row.reference, version=row.version, number=TYPED)
    handed = step_of(town, M.SEND)
    with town.refuses("dated by its record"):
        ask(town, reference, handed, on=town.now.date() - DAY)
    correct(town, reference, handed, to=RIGHT)
    assert town.referral(reference).agency_number == RIGHT
    answer(town, reference, ReferralState.ACKNOWLEDGED, number="LH-9")
    correct(town, reference, step_of(town, M.SEND), to="LH-70")
    assert town.referral(reference).agency_number == "LH-9", "the last that it gave"


def test_proceedings_that_ended_with_the_closing_follow_its_day(at_agency):
    town, reference = at_agency
    answer(town, reference, ReferralState.ACCEPTED)
    town.run(reference)
    town.later(days=60)
    step(town, reference, M.CLOSE, words="Nothing was found.")
    right = town.now.date() - 10 * DAY
    with town.db.read() as tx:
        before = retaining.retention_of(tx, town.row(reference), town.now).evidence_from
    correct(town, reference, step_of(town, M.CLOSE), on=right)
    (ended,) = town.all(Proceeding)
    assert (ended.ended_on, ended.ended_said) == (right, "Nothing was found.")
    with town.db.read() as tx:
        after = retaining.retention_of(tx, town.row(reference), town.now).evidence_from
    assert before and after and (before - after).days == 10


def test_days_stay_between_the_steps_beside_them_when_asked_and_when_decided(at_agency):
    town, reference = at_agency
    today = town.now.date()
    answer(town, reference, ReferralState.ACKNOWLEDGED, today - 30 * DAY)
    with town.refuses("The step before it happened on"):
        answer(town, reference, ReferralState.ACCEPTED, today - 31 * DAY)
    answer(town, reference, ReferralState.ACCEPTED, today - 20 * DAY)
    step(town, reference, M.FILE, number="F-1", happened_on=today - 10 * DAY)
    accepted, filed = step_of(town, M.ACCEPT), step_of(town, M.FILE)
    for number, on, why in (
        (accepted, today - 31 * DAY, f"before it is dated {today - 30 * DAY}"),
        (accepted, today - 9 * DAY, f"after it is dated {today - 10 * DAY}"),
        (step_of(town, M.ACKNOWLEDGE), today - 41 * DAY, "before it is dated"),
        (filed, today + DAY, "has not come yet"),
        (filed, today - 10 * DAY, "the day on record"),
        (filed, None, "Write the right day"),
    ):
        with town.refuses(why):
            ask(town, reference, number, on=on)
    step(town, reference, M.INDICT)
    with town.refuses("has no number"):
        ask(town, reference, step_of(town, M.INDICT), to="I-1")
    later = ask(town, reference, accepted, on=today - 10 * DAY)
    earlier = ask(town, reference, filed, on=today - 15 * DAY)
    decide(town, reference, earlier)
    with town.refuses(f"after it is dated {today - 15 * DAY}"):
        decide(town, reference, later)
    assert town.all(ReferralCorrection)[0].agreed is None


def test_what_came_by_machine_and_the_day_of_a_raid_are_not_corrected_here(at_agency):
    town, reference = at_agency
    row = town.referral(reference)
    answering.record_told(
        town.db, town.engine(), row.reference, state=ReferralState.ACCEPTED, number="LH-7",
        reason="", reason_code=None,
    )  # fmt: skip
    accepted, by = step_of(town, M.ACCEPT), town.act(Role.LIAISON)
    page = views.referral(town.db, row.reference, town.now)
    assert accepted in page.counting and accepted not in page.dated | page.numbered
    with town.refuses("interface told this"):
        ask(town, reference, accepted, to=RIGHT)
    about = {"operator": None, "agency": None, "referral": row.reference}
    raid = raids.plan(town.db, by, **about, planned_on=town.now.date())
    raids.carry_out(town.db, by, raid, version=1, on=town.now.date())
    with town.refuses(f"{raid} says this day"):
        ask(town, reference, step_of(town, M.RAID), on=town.now.date() - DAY)


def test_nobody_corrects_alone_what_they_recorded_or_asked_for(at_agency):
    town, reference = at_agency
    answer(town, reference, ReferralState.ACKNOWLEDGED)
    number = step_of(town, M.ACKNOWLEDGE)
    with town.refuses("Only a liaison asks"):
        ask(town, reference, number, to=RIGHT, act=town.act(Role.APPROVER))
    with town.refuses("what is wrong"):
        ask(town, reference, number, to=RIGHT, reason=" ")
    for person in ("liaison", "other approver"):
        roles = [Role.LIAISON, Role.APPROVER]
        access.change_grants(town.db, town.act(Role.ADMINISTRATOR), town.people[person], roles, [])
    other = town.act(Role.LIAISON, "other approver")
    asked = ask(town, reference, number, to=RIGHT, act=other)
    with town.refuses("asked to have this corrected already"):
        ask(town, reference, number, to="LH-8")
    with town.refuses("Only an approver"):
        decide(town, reference, asked, act=town.act(Role.LIAISON))
    for person in ("liaison", "other approver"):
        with town.refuses("somebody else must decide"):
            decide(town, reference, asked, act=town.act(Role.APPROVER, person))
        assert waiting(town, person) == 0
    with town.refuses("why it stands"):
        decide(town, reference, asked, agreed=False)
    decide(town, reference, asked, agreed=False, said="It is on their stamp.")
    assert town.referral(reference).agency_number == TYPED
    with town.refuses("decided already"):
        decide(town, reference, asked, agreed=False, said="Again.")
    correct(town, reference, number, to=RIGHT)  # asked again, with another answer
    assert town.referral(reference).agency_number == RIGHT
