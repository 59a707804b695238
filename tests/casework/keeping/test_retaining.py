"""Retention through the door, on both databases: what is read, edited, and waited for."""

from datetime import date

from casework.keeping import retaining
from casework.operators import proceedings
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.retention import EndedBy
from rules.roles import Role
from storage.tables import Proceeding, ProceedingKind, RetentionRow
from tests.casework.keeping.keeping import cleared, period


def kept(town, reference):
    with town.db.read() as tx:
        return retaining.retention_of(tx, town.row(reference), town.now)


def test_it_is_unknown_until_the_test_buy_has_ended(both):
    reference = both.bring(Stage.DOCUMENTED)
    assert "until the test buy has ended" in kept(both, reference).sentence
    reference, _ = cleared(both, flag=2)
    found = kept(both, reference)
    assert found.exhibit_from == both.row(reference).changed_at.date()
    assert found.evidence_from == date(2029, 11, 2)


def test_a_referral_keeps_it_until_its_proceedings_have_ended(both):
    town = both
    reference = town.refer()
    referral = town.approve_referral(reference) and town.referral(reference).reference
    town.send(reference)
    assert f"the agency has decided on {referral}" in kept(town, reference).sentence
    town.answer(reference, ReferralState.ACCEPTED)
    town.run(reference)
    assert town.stage(reference) is Stage.CLOSED
    assert f"the proceedings after {referral} have ended" in kept(town, reference).sentence
    said = {"ended_on": date(2026, 11, 1), "how": EndedBy.CONVICTED}
    with town.refuses("Only a liaison or counsel"):
        proceedings.end_referral(town.db, town.act(Role.CLERK), referral, **said)
    with town.refuses("in the future"):
        proceedings.end_referral(
            town.db,
            town.act(Role.LIAISON),
            referral,
            ended_on=date(2030, 1, 1),
            how=EndedBy.OTHER,
            said="S",
        )
    proceedings.end_referral(town.db, town.act(Role.LIAISON), referral, **said)
    assert kept(town, reference).exhibit_from == date(2029, 11, 2)
    with town.refuses("on record already"):
        proceedings.end_referral(town.db, town.act(Role.LIAISON), referral, **said)


def test_a_declined_referral_has_ended_when_it_was_declined(both):
    town = both
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    town.later(days=40)
    town.answer(reference, ReferralState.DECLINED, "Too small")
    town.run(reference)
    assert kept(town, reference).exhibit_from == date(2029, 12, 12)


def test_open_proceedings_keep_what_they_rest_on(both):
    town = both
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    town.answer(reference, ReferralState.DECLINED, "Too small")
    town.run(reference)
    operator = "OP-0001"
    number = proceedings.open_proceeding(
        town.db, town.act(Role.LIAISON), operator, kind=ProceedingKind.ADMINISTRATIVE,
        name="Luohu 7/26",
    )  # fmt: skip
    assert "until Luohu 7/26 has ended" in kept(town, reference).sentence
    end = {"ended_on": town.now.date(), "how": EndedBy.OTHER}
    with town.refuses("in words how"):
        proceedings.end_proceeding(town.db, town.act(Role.LIAISON), number, **end, said=" ")
    end |= {"said": "He left the country."}
    proceedings.end_proceeding(town.db, town.act(Role.LIAISON), number, **end)
    assert kept(town, reference).exhibit_from is not None
    with town.refuses("on record already"):
        proceedings.end_proceeding(town.db, town.act(Role.LIAISON), number, **end)
    (ended,) = town.all(Proceeding)
    assert (ended.ended_how, ended.ended_said) == (EndedBy.OTHER, "He left the country.")


def test_periods_are_edited_as_rows(both):
    town, administrator = both, both.act(Role.ADMINISTRATOR)
    retaining.set_period(town.db, administrator, period(months=3))
    retaining.set_period(town.db, administrator, period(months=6))
    rows = [row for row in town.all(RetentionRow) if row.outcome == "cleared"]
    assert [row.months for row in rows] == [6]
    with town.refuses("is no outcome"):
        retaining.set_period(town.db, administrator, period(outcome="happy"))
    with town.refuses("Only an administrator"):
        retaining.set_period(town.db, town.act(Role.CLERK), period())
    with town.refuses("rests on"):
        retaining.set_period(town.db, administrator, period(source=" "))
