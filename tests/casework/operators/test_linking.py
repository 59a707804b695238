"""Identifiers through the door, on both databases: what they join, propose, and take back."""

from datetime import date

import pytest

from casework.errors import NotFound, Stale
from casework.flags import flagging
from casework.operators import linking, merging
from casework.operators.linking import NewIdentifier
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.linkage import ProposalState
from rules.roles import Role
from storage import ledger
from storage.tables import (
    Identifier,
    LinkProposal,
    Operator,
    OperatorChange,
    ProposalEvidence,
)

PHONE, ADDRESS, NAME = (
    IdentifierKind.PHONE,
    IdentifierKind.RETURN_ADDRESS,
    IdentifierKind.SENDER_NAME,
)


def record(town, shop, kind=PHONE, value="138 1234 5678", act=None, said_by="waybill of SF 1"):
    new = NewIdentifier(kind, value, date(2026, 10, 30), Confidence.CERTAIN, said_by)
    act = act or town.act(Role.ANALYST)
    return linking.record(town.db, act, town.shop(shop).id, new)


def confirm(town, number, act=None):
    linking.confirm(town.db, act or town.act(Role.ANALYST), number)


def confirmed(town, shop, kind=PHONE, value="138 1234 5678"):
    number = record(town, shop, kind, value)
    confirm(town, number)
    return number


def withdraw(town, number, seen=IdentifierState.CONFIRMED, reason="Another number."):
    linking.withdraw(town.db, town.act(Role.ANALYST), number, seen=seen, reason=reason)


def owners(town, *shops):
    return [town.shop(each).operator_id for each in shops]


def link(town, shop, name):
    return flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(shop).id, operator=None,
        new_operator_name=name, basis=f"{name} registered it.",
    )  # fmt: skip


def proposals(town, state=ProposalState.OPEN):
    return [row for row in town.all(LinkProposal) if row.state is state]


def answer(town, row, state=ProposalState.REJECTED, act=None, version=None, reason="By chance."):
    merging.answer(
        town.db, act or town.act(Role.ANALYST), row.id, state=state,
        version=row.version if version is None else version, reason=reason,
    )  # fmt: skip


def test_a_phone_confirmed_on_two_shops_gives_them_one_operator(both):
    town = both
    confirmed(town, 1)
    record(town, 2, value="+86 138-1234-5678")
    assert owners(town, 1, 2) == [None, None]
    assert len(proposals(town)) == 1
    confirm(town, 2)
    first, second = owners(town, 1, 2)
    assert first == second is not None
    assert proposals(town) == []
    (change,) = town.all(OperatorChange)
    assert (change.by_person, change.kind) == (None, "link")
    assert "confirmed identifier" in town.shop(2).link_basis


def test_no_ledger_holds_a_number_name_or_reason(both):
    town = both
    confirmed(town, 1)
    other = confirmed(town, 2)
    withdraw(town, other, reason="Mrs Zhao answered it.")
    with town.db.read() as tx:
        operators = [row.reference for row in town.all(Operator)]
        bodies = [
            entry.body
            for subject in (linking.LINKS_LEDGER, *operators)
            for entry in ledger.chain(tx, subject)
        ]
    told = b" ".join(bodies)
    for what in ("recorded", "confirmed", "withdrawn"):
        assert f"identifier {what}".encode() in told
    assert b"shop linked" in told
    assert b"change undone" in told
    assert not any(word in body for body in bodies for word in (b"1381234", b"Zhao", b"waybill"))


def test_a_fact_that_joins_two_operators_merges_them_and_renames_none(both):
    town = both
    liu, wang = link(town, 1, "Liu"), link(town, 2, "Wang")
    confirmed(town, 1)
    confirmed(town, 2)
    rows = {row.reference: row for row in town.all(Operator)}
    assert {row.name for row in rows.values()} == {"Liu", "Wang"}
    assert rows[wang].merged_into_id == rows[liu].id
    assert rows[liu].merged_into_id is None
    assert owners(town, 1, 2) == [rows[liu].id] * 2
    assert town.shop(2).link_basis == "Wang registered it."


def test_withdrawing_what_joined_them_gives_them_back(both):
    town = both
    link(town, 1, "Liu")
    link(town, 2, "Wang")
    before = [town.shop(each) for each in (1, 2)]
    confirmed(town, 1)
    number = confirmed(town, 2)
    assert len(set(owners(town, 1, 2))) == 1
    withdraw(town, number)
    assert [town.shop(each) for each in (1, 2)] == before
    assert [row.merged_into_id for row in town.all(Operator)] == [None, None]
    confirmed(town, 2)
    assert len(set(owners(town, 1, 2))) == 1


def test_another_fact_that_joins_them_keeps_them_together(both):
    town = both
    for shop in (1, 2):
        confirmed(town, shop)
        confirmed(town, shop, ADDRESS, "深圳市罗湖区人民南路1号")
    together = owners(town, 1, 2)
    withdraw(town, 1)
    assert owners(town, 1, 2) == together


def test_weak_and_unconfirmed_ones_are_proposed_with_their_evidence(both):
    town = both
    confirmed(town, 1, NAME, "Liu Wei")
    confirmed(town, 2, NAME, "LIU  wei")
    (proposal,) = proposals(town)
    assert {row.identifier_id for row in town.all(ProposalEvidence)} == {1, 2}
    assert owners(town, 1, 2) == [None, None]
    answer(town, proposal, ProposalState.ACCEPTED, reason="The same hand on both labels.")
    first, second = owners(town, 1, 2)
    assert first == second is not None
    assert town.shop(1).link_basis == "The same hand on both labels."
    with town.refuses("accepted already", Stale):
        answer(town, proposal)


def test_a_rejected_pair_is_proposed_again_by_new_evidence_alone(both):
    town = both
    for shop in (1, 2):
        record(town, shop, NAME, "Liu Wei")
    answer(town, proposals(town)[0])
    record(town, 1, NAME, "Liu Wei", said_by="waybill of SF 2")
    assert proposals(town) == []
    record(town, 2)
    assert proposals(town) == []
    record(town, 1)
    (again,) = proposals(town)
    answer(town, again)
    confirm(town, 1)
    assert proposals(town) == []
    confirm(town, 2)
    assert len(proposals(town)) == 1


def test_a_proposal_whose_evidence_goes_lapses(both):
    town = both
    record(town, 1, NAME, "Liu Wei")
    number = record(town, 2, NAME, "Liu Wei")
    withdraw(town, number, seen=IdentifierState.RECORDED)
    assert proposals(town) == []
    (gone,) = proposals(town, ProposalState.LAPSED)
    with town.refuses("lapsed already", Stale):
        answer(town, gone)


def test_two_at_once_the_second_is_refused(both):
    town = both
    record(town, 1, NAME, "Liu Wei")
    record(town, 2, NAME, "Liu Wei")
    (seen,) = proposals(town)
    record(town, 2, NAME, "Liu Wei", said_by="the chat")
    with town.refuses("Further evidence", Stale):
        answer(town, seen)
    confirm(town, 1)
    with town.refuses("confirmed already", Stale):
        confirm(town, 1)
    with town.refuses("confirmed by now", Stale):
        withdraw(town, 1, seen=IdentifierState.RECORDED)
    withdraw(town, 1)
    with town.refuses("withdrawn by now", Stale):
        withdraw(town, 1, seen=IdentifierState.WITHDRAWN)


@pytest.mark.parametrize("kind", [IdentifierKind.ADMISSION, IdentifierKind.POLICE_FINDING])
def test_an_admission_or_finding_is_confirmed_by_another(both, kind):
    town = both
    number = record(town, 1, kind, "Liu Wei controls both")
    with town.refuses("Somebody else"):
        confirm(town, number)
    confirm(town, number, town.act(Role.ANALYST, "both"))
    assert town.all(Identifier)[0].state is IdentifierState.CONFIRMED


def test_only_those_with_the_right_record_confirm_and_answer(both):
    town = both
    for role in (Role.CLERK, Role.AUDITOR, Role.SUPERVISOR, Role.AUTHENTICATOR):
        with town.refuses("Only an analyst"):
            record(town, 1, act=town.act(role))
    liaison = town.act(Role.LIAISON)
    with town.refuses("what the police found"):
        record(town, 1, act=liaison)
    number = record(town, 1, IdentifierKind.POLICE_FINDING, "Liu", act=liaison)
    with town.refuses("Only an analyst"):
        confirm(town, number, liaison)
    record(town, 2, IdentifierKind.POLICE_FINDING, "Liu", act=liaison)
    (row,) = proposals(town)
    with town.refuses("Only an analyst"):
        answer(town, row, act=town.act(Role.AUDITOR))
    with town.refuses("Say why"):
        answer(town, row, reason=" ")
    with town.refuses("Accept the proposal or reject it"):
        answer(town, row, ProposalState.LAPSED)
    with town.refuses(kind=NotFound):
        confirm(town, 99)
    for said in ("waybill of SF 1", " "):
        with town.refuses("Say where|letters or digits|on record already"):
            record(town, 1, IdentifierKind.SENDER_NAME, "…", said_by=said)
    with town.refuses("on the exhibit"):
        record(town, 1, IdentifierKind.SERIAL, "SN 1")


def test_the_same_from_the_same_source_is_one(both):
    record(both, 1)
    with both.refuses("on record already"):
        record(both, 1, value="13812345678")
    record(both, 1, said_by="another waybill")
    assert len(both.all(Identifier)) == 2


def test_the_day_a_shop_opened(both):
    act = both.act(Role.ANALYST)
    linking.set_opened(both.db, act, both.shop(1).id, date(2026, 9, 1))
    assert both.shop(1).opened_on == date(2026, 9, 1)
    with both.refuses("in the future"):
        linking.set_opened(both.db, act, both.shop(1).id, date(2027, 1, 1))
    with both.refuses("Only an analyst"):
        linking.set_opened(both.db, both.act(Role.CLERK), both.shop(1).id, date(2026, 1, 1))
