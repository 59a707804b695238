"""Erasing through the door, on both databases: gone everywhere, chains whole, nothing re-joined."""

import pytest

from casework.auditing import verifying
from casework.custody import holds
from casework.errors import NotFound, Stale
from casework.operators import linking, merging, persons
from casework.operators.linking import NewIdentifier
from casework.operators.persons import NewHandle, NewPerson
from casework.privacy import erasing, standing
from casework.raiding import raid_places
from casework.suing import pleading, suing
from casework.suing.suing import Step
from casework.views.erasure import erasure_page
from casework.views.linking import shop_page
from casework.views.operator import operator_page
from evidence.digests import sha256_of
from rules.claims import ClaimMove
from rules.erasure import LEFT, Erasable
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.linkage import PersonRole, ProposalState
from rules.pleading import PartyRole
from rules.raids import MetAs, PlaceKind
from rules.roles import Role
from storage import written
from storage.rows import change, one, table_of
from storage.tables import (
    ClaimParty,
    ExternalHandle,
    Identifier,
    LinkProposal,
    Operator,
    OperatorPerson,
    RaidPlace,
    Shop,
)
from tests import canary
from tests.casework import packaged
from tests.casework.programme_in import START, dump
from tests.casework.raiding import raiding
from tests.casework.suing import suits

WORD = "Canaryward 88"
PHONE = "139 0042 7788"


def erase(town, what, number, *, act=None, reason="Mr Zhao asked for it."):
    erasing.erase(
        town.db, act or town.act(Role.ADMINISTRATOR), what, number, reason=reason
    )  # fmt: skip


def record(town, shop, kind=IdentifierKind.PHONE, value=PHONE, said_by="waybill of SF 1"):
    new = NewIdentifier(kind, value, START.date(), Confidence.CERTAIN, said_by)
    return linking.record(town.db, town.act(Role.ANALYST), town.shop(shop).id, new)


def confirmed(town, shop, **said):
    number = record(town, shop, **said)
    linking.confirm(town.db, town.act(Role.ANALYST), number)
    return number


def left(town, *words):
    """Those of the words that stand in any table."""
    return canary.in_bytes(repr(dump(town.db)).encode(), words)


def of(town, table, number):
    with town.db.read() as tx:
        return one(tx, table, id=number)


def whole(town):
    """Every ledger follows from its first entry, read as the verifying command reads it."""
    checks = verifying.check_everything(town.db, town.vault)
    return [problem for each in checks for problem in each.problems] == []


def last(town, subject):
    return town.ledger(subject)[-1].body


def person(town, operator):
    said = NewPerson(WORD, PersonRole.NOMINEE, "The register")
    return Erasable.PERSON, persons.add_person(town.db, town.act(Role.ANALYST), operator, said)


def handle(town, operator):
    said = NewHandle("WeChat", WORD, "A chat", START.date())
    return Erasable.HANDLE, persons.add_handle(town.db, town.act(Role.ANALYST), operator, said)


def premises(town, operator):
    said = packaged.premises(address=WORD)
    return Erasable.PREMISES, packaged.record(town, said, operator)


def place(town, operator):
    reference = raiding.planned(town, operator=operator)
    liaison = town.act(Role.LIAISON)
    number = raid_places.add_place(
        town.db, liaison, reference, kind=PlaceKind.RESIDENCE, address=WORD
    )
    return Erasable.PLACE, number


def met(town, operator):
    reference = raiding.carried_out(town, operator=operator)
    liaison = town.act(Role.LIAISON)
    there = raid_places.add_place(
        town.db, liaison, reference, kind=PlaceKind.BUSINESS, address="12 Dongmen Road"
    )
    number = raid_places.add_person(
        town.db, town.act(Role.LIAISON), reference, place=there, name=WORD, met_as=MetAs.CONTROLLER
    )
    return Erasable.MET, number


def party(town, operator):
    reference = suits.prepare(town, operator)
    pleading.add_party(
        town.db, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
        role=PartyRole.DEFENDANT, name="Liu", address=WORD,
    )  # fmt: skip
    return Erasable.PARTY, town.all(ClaimParty)[-1].id


def identifier(town, operator):
    return Erasable.IDENTIFIER, confirmed(town, 1, kind=IdentifierKind.RETURN_ADDRESS, value=WORD)


MADE = [identifier, person, handle, premises, place, met, party]


@pytest.mark.parametrize("make", MADE)
def test_the_value_is_in_no_table_and_every_chain_still_holds(both, make):
    town = both
    what, number = make(town, raiding.operator(town))
    assert left(town, WORD) == {WORD}
    erase(town, what, number)
    assert left(town, WORD, WORD.casefold(), "Mr Zhao") == set()
    assert whole(town)
    with town.refuses("erased already", Stale):
        erase(town, what, number)


@pytest.mark.parametrize("make", MADE)
def test_the_ledger_is_told_the_row_and_the_digest_of_the_reason(on_sqlite, make):
    town = on_sqlite
    operator = raiding.operator(town)
    what, number = make(town, operator)
    about = {Erasable.PLACE: "RA-2026-000001", Erasable.MET: "RA-2026-000001"}
    about |= {Erasable.PARTY: "CL-2026-000001"}
    erase(town, what, number)
    body = last(town, about.get(what, operator))
    assert f'"because":"{sha256_of(b"Mr Zhao asked for it.")}"'.encode() in body
    assert f'"of":"{what}"'.encode() in body and f'"row":{number}'.encode() in body


@pytest.mark.parametrize("make", MADE)
def test_whatever_holds_a_value_is_known_to_be_its_operators(on_sqlite, make):
    """By that it is locked: a hold of the same moment comes before the erasing, or after it."""
    town = on_sqlite
    operator = raiding.operator(town)
    what, number = make(town, operator)
    with town.db.read() as tx:
        owner = one(tx, Operator, reference=operator)
        whose = written.whose(tx, table_of(standing._HAS[what][0]), number)
    assert owner.id in whose.operators


def test_the_salt_is_gone_with_the_value_and_the_row_stays(both):
    town = both
    operator = raiding.operator(town)
    made = [make(town, operator) for make in (identifier, place, party, person, handle)]
    for what, number in made:
        erase(town, what, number)
    (_, address), (_, room), (_, sued), (_, name), (_, handled) = made
    row = of(town, Identifier, address)
    assert (row.value, row.normal, row.salt, row.state) == ("", "", b"", "withdrawn")
    assert row.withdrawn_because == LEFT and row.confirmed_at is not None
    assert (of(town, RaidPlace, room).address, of(town, RaidPlace, room).salt) == ("", b"")
    assert (of(town, ClaimParty, sued).name, of(town, ClaimParty, sued).address) == ("", None)
    assert of(town, OperatorPerson, name).name == of(town, ExternalHandle, handled).handle == ""


def test_what_an_erased_identifier_joined_stays_and_it_joins_nothing_more(both):
    town = both
    first, second = confirmed(town, 1), confirmed(town, 2)
    assert town.shop(1).operator_id == town.shop(2).operator_id is not None
    erase(town, Erasable.IDENTIFIER, first)
    assert town.shop(1).operator_id == town.shop(2).operator_id is not None
    # A third shop with the number comes to the second alone; nothing else of the first goes, too.
    confirmed(town, 3)
    erase(town, Erasable.IDENTIFIER, second)
    another = record(town, 2, kind=IdentifierKind.COURIER, value="SF")
    linking.withdraw(
        town.db, town.act(Role.ANALYST), another, seen=IdentifierState.RECORDED, reason="YTO."
    )
    assert town.shop(1).operator_id == town.shop(2).operator_id == town.shop(3).operator_id
    shop = town.shop(2).id
    assert all(line.shared == () for line in shop_page(town.db, shop).lines if not line.row.value)


def test_what_was_proposed_lapses_and_two_erased_ones_share_nothing(both):
    town = both
    numbers = [record(town, 1), record(town, 2)]
    (proposed,) = town.all(LinkProposal)
    assert proposed.state is ProposalState.OPEN
    for number in numbers:
        erase(town, Erasable.IDENTIFIER, number)
    (proposed,) = town.all(LinkProposal)
    assert proposed.state is ProposalState.LAPSED
    record(town, 1, kind=IdentifierKind.SENDER_NAME, value="Wang Er")
    assert len(town.all(LinkProposal)) == 1
    with town.refuses("withdrawn already", Stale):
        linking.confirm(town.db, town.act(Role.ANALYST), numbers[0])


def test_an_identifier_withdrawn_before_is_erased_with_a_reason_that_says_it(both):
    town = both
    one_of, other = record(town, 1), record(town, 2)
    for number, why in ((one_of, f"{PHONE} is a forwarder's."), (other, "A forwarder's.")):
        linking.withdraw(
            town.db, town.act(Role.ANALYST), number, seen=IdentifierState.RECORDED, reason=why
        )
        erase(town, Erasable.IDENTIFIER, number)
    assert left(town, PHONE) == set()
    assert of(town, Identifier, one_of).withdrawn_because == LEFT
    assert of(town, Identifier, other).withdrawn_because == "A forwarder's."


def test_the_registrant_of_a_shop_goes_with_the_identifier_or_by_itself(both):
    town = both
    shops = table_of(Shop).c
    with town.db.write() as tx:
        for number in (1, 2):
            change(tx, Shop, shops.id == town.shop(number).id, registrant="Canary Ward")
    number = record(town, 1, kind=IdentifierKind.REGISTRANT, value="CANARY WARD")
    erase(town, Erasable.IDENTIFIER, number)
    assert town.shop(1).registrant is None and town.shop(2).registrant == "Canary Ward"
    erase(town, Erasable.REGISTRANT, town.shop(2).id)
    assert left(town, "Canary Ward") == set()


@pytest.mark.parametrize("make", MADE)
def test_nothing_is_erased_while_a_hold_stands(both, make):
    town = both
    operator = raiding.operator(town)
    what, number = make(town, operator)
    hold = holds.place(town.db, town.act(Role.COUNSEL), operator, reason="The court asked.")
    with town.refuses(f"legal hold {hold}"):
        erase(town, what, number)
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="The court is done.")
    erase(town, what, number)
    assert left(town, WORD) == set()


def test_a_hold_on_an_operator_that_was_merged_away_binds_what_the_other_has(both):
    town = both
    kept, gone = raiding.operator(town), raiding.operator(town, "Wang", 2)
    what, number = person(town, gone)
    holds.place(town.db, town.act(Role.COUNSEL), kept, reason="The court asked.")
    merging.merge(town.db, town.act(Role.ANALYST), kept, other=gone, reason="One man.")
    with town.refuses("legal hold"):
        erase(town, what, number)


def test_a_filed_claim_keeps_its_parties_until_it_has_ended(both):
    town = both
    reference, _ = suits.filed(town)
    party = suits.of(town, ClaimParty, reference)[-1]
    with town.refuses("open proceedings"):
        erase(town, Erasable.PARTY, party.id)
    suing.step(
        town.db, town.vault, town.act(Role.COUNSEL), reference, ClaimMove.WITHDRAW,
        Step(town.now.date(), paper=suits.PAPER, said="They settled."),
        **suits.seen(town, reference),
    )  # fmt: skip
    erase(town, Erasable.PARTY, party.id)
    assert of(town, ClaimParty, party.id).name == ""


def test_a_form_about_the_claim_or_the_package_is_stale_after_it(on_sqlite):
    town = on_sqlite
    what, number = party(town, raiding.operator(town))
    seen = suits.seen(town, "CL-2026-000001")
    erase(town, what, number)
    assert suits.seen(town, "CL-2026-000001") != seen


def test_only_an_administrator_with_a_reason_erases_what_there_is(on_sqlite):
    town = on_sqlite
    what, number = person(town, raiding.operator(town))
    for role in (Role.ANALYST, Role.SUPERVISOR, Role.COUNSEL, Role.LIAISON, Role.PROGRAMME):
        with town.refuses("Only an administrator"):
            erase(town, what, number, act=town.act(role))
    with town.refuses("Say why"):
        erase(town, what, number, reason="  ")
    for each in Erasable:
        with town.refuses("There is no such", NotFound):
            erase(town, each, 99_999)


def test_the_list_names_rows_and_no_value(both):
    town = both
    operator = raiding.operator(town)
    made = [make(town, operator) for make in MADE]
    pages = [
        erasure_page(town.db, each)
        for each in (operator.lower(), "RA-2026-000001", "RA-2026-000002", "CL-2026-000001")
    ]
    lines = {(line.what, line.number): line for each in pages for line in each.lines}
    assert set(made) <= set(lines) and not canary.in_bytes(repr(pages).encode(), [WORD])
    assert not any(line.erased for line in lines.values()) and {each.bound for each in pages} == {
        ""
    }
    for what, number in made:
        erase(town, what, number)
    again = {(line.what, line.number): line for line in erasure_page(town.db, operator).lines}
    assert all(again[each].erased for each in made if each in again) and len(again) >= 4
    alone = erasure_page(town.db, str(town.shop(1).id)).lines
    assert {line.what for line in alone} <= {Erasable.IDENTIFIER, Erasable.REGISTRANT}
    with pytest.raises(NotFound, match="Write the reference"):
        erasure_page(town.db, "OP-9999")


def test_no_row_of_the_file_holds_what_was_erased(on_sqlite, quick):
    town = on_sqlite
    operator = raiding.operator(town)
    made = [make(town, operator) for make in MADE]
    assert canary.in_database(quick / "testbuy.db", [WORD])
    for what, number in made:
        erase(town, what, number)
    assert canary.in_database(quick / "testbuy.db", [WORD]) == []


def test_the_operators_page_draws_nobody_for_an_erased_name(on_sqlite):
    town = on_sqlite
    operator = raiding.operator(town)
    what, number = person(town, operator)
    erase(town, what, number)
    with town.db.read() as tx:
        assert one(tx, OperatorPerson, id=number).role is PersonRole.NOMINEE
    assert WORD not in repr(operator_page(town.db, operator, town.now))
