"""Where an erased value stands besides, on both databases: found, covered, kept with the reason."""

import pytest

from casework.auditing import verifying
from casework.custody import holds
from casework.errors import NotFound, Stale
from casework.operators import linking, merging, persons
from casework.operators.linking import NewIdentifier
from casework.operators.persons import NewPerson
from casework.privacy import erasing, standing
from casework.raiding import raids
from casework.views.erasure import erasure_page, erasure_value
from rules.covering import SIGN
from rules.erasure import Erasable, Standing
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.lifecycle import Stage
from rules.linkage import PersonRole, ProposalState
from rules.roles import Role
from storage import written
from storage.rows import change, one, table_of
from storage.tables import (
    ErasureMention,
    Identifier,
    LinkProposal,
    MovedShop,
    OperatorPerson,
    Raid,
    Shop,
    TestBuy,
)
from tests import canary
from tests.casework.programme_in import START, dump
from tests.casework.raiding import raiding

WHO, PHONE = "Canary Wardson", "139 0042 7788"


def erase(town, what, number, also=(), reason="They asked."):
    admin = town.act(Role.ADMINISTRATOR)
    erasing.erase(town.db, admin, what, number, reason=reason, also=also)


def person(town, operator, name=WHO, source="The register"):
    said = NewPerson(name, PersonRole.NOMINEE, source)
    return persons.add_person(town.db, town.act(Role.ANALYST), operator, said)


def phone(town, shop, value=PHONE, said_by="a waybill"):
    new = NewIdentifier(IdentifierKind.PHONE, value, START.date(), Confidence.CERTAIN, said_by)
    return linking.record(town.db, town.act(Role.ANALYST), town.shop(shop).id, new)


def found(town, what, number):
    with town.db.read() as tx:
        return {each.key: each for each in standing.mentions_of(tx, what, number)}


def whole(town):
    checks = verifying.check_everything(town.db, town.vault)
    return [problem for each in checks for problem in each.problems] == []


def called_off(town, operator, why):
    """A raid of the operator that was called off because of something."""
    reference = raiding.planned(town, operator=operator)
    with town.db.read() as tx:
        row = one(tx, Raid, reference=reference)
    raids.call_off(town.db, town.act(Role.LIAISON), reference, version=row.version, reason=why)
    return reference, f"raid.called_off_because:{row.id}"


def test_it_is_found_in_every_text_and_covered_where_the_row_may_change(both):
    town = both
    operator = raiding.operator(town)
    first = person(town, operator)
    other = person(town, operator, source="canary  WARDSON said so")
    taken = person(town, operator, name="Somebody", source="A letter")
    why = "This is Canary-Wardson again."
    persons.take_out_person(town.db, town.act(Role.ANALYST), taken, reason=why)
    _, because = called_off(town, operator, "CANARY WARDSON was warned.")
    hold = holds.place(town.db, town.act(Role.COUNSEL), operator, reason=f"{WHO} is tried.")
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="It is over.")
    places = found(town, Erasable.PERSON, first)
    assert {key: each.standing for key, each in places.items()} == {
        f"operator_person.name:{other}": Standing.ALONE,
        f"operator_person.source:{other}": Standing.COVERABLE,
        f"operator_person.withdrawn_because:{taken}": Standing.COVERABLE,
        because: Standing.COVERABLE,
        f"legal_hold.reason:{hold}": Standing.SEALED,
    }
    assert places[because].whose.about == "RA-2026-000001"
    assert places[f"operator_person.source:{other}"].whose.about == operator
    also = [key for key, each in places.items() if each.standing is Standing.COVERABLE]
    erase(town, Erasable.PERSON, first, also)
    assert whole(town)
    with town.db.read() as tx:
        assert one(tx, OperatorPerson, id=other).source == f"{SIGN} said so"
        assert one(tx, OperatorPerson, id=taken).withdrawn_because == f"This is {SIGN} again."
        assert one(tx, Raid, id=1).called_off_because == f"{SIGN} was warned."
    (kept,) = town.all(ErasureMention)
    assert (kept.place, kept.row, kept.covered_at) == ("legal_hold.reason", hold, None)
    assert WHO not in repr(kept)
    erase(town, Erasable.PERSON, other)
    # The sealed row is all that is left.
    assert canary.in_bytes(repr(dump(town.db)).encode(), [WHO]) == {WHO}
    assert [
        each.place for each in town.all(ErasureMention, table_of(ErasureMention).c.erased == other)
    ] == ["legal_hold.reason"]


def test_a_text_about_two_shops_is_needed_where_either_of_them_is(on_sqlite):
    town = on_sqlite
    liu = raiding.operator(town)
    number = person(town, liu)
    for shop, value in ((1, PHONE), (2, "+86 139-0042-7788")):
        phone(town, shop, value)
    (proposal,) = town.all(LinkProposal)
    said = {"state": ProposalState.REJECTED, "version": proposal.version}
    merging.answer(
        town.db, town.act(Role.ANALYST), proposal.id, **said, reason=f"{WHO} sold the phone."
    )
    key = f"link_proposal.reason:{proposal.id}"
    assert found(town, Erasable.PERSON, number)[key].standing is Standing.COVERABLE
    wang = raiding.operator(town, "Wang", shop=2)
    hold = holds.place(town.db, town.act(Role.COUNSEL), wang, reason="The court asked.")
    assert found(town, Erasable.PERSON, number)[key].standing is Standing.BOUND
    with town.refuses("not as you saw it", Stale):
        erase(town, Erasable.PERSON, number, [key])
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    erase(town, Erasable.PERSON, number, [key])
    assert town.all(LinkProposal)[0].reason == f"{SIGN} sold the phone."


@pytest.mark.parametrize(
    "written_as",
    [
        PHONE,
        "13900427788",
        "+86 139-0042-7788",
        "1390042\u201177\u200b88",
        "\uff11\uff13\uff19 0042 7788",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(on_sqlite, written_as):
    town = on_sqlite
    operator = raiding.operator(town)
    number = phone(town, 1)
    _, key = called_off(town, operator, f"He rang from {written_as} twice.")
    assert key in found(town, Erasable.IDENTIFIER, number)
    erase(town, Erasable.IDENTIFIER, number, [key])
    said = town.all(Raid)[0].called_off_because
    assert SIGN in said and said.endswith(" twice.") and "0042" not in said


def test_a_longer_word_that_holds_the_name_is_another(on_sqlite):
    town = on_sqlite
    operator = raiding.operator(town)
    number = person(town, operator, name="Liu Li")
    called_off(town, operator, "Liu Lianying and Saliu Li were met.")
    assert found(town, Erasable.PERSON, number) == {}


def test_texts_of_two_keys_and_of_lists_are_read_and_covered(both):
    """What shops rested on before, under two keys, and reasons kept as a list."""
    town = both
    operator = raiding.operator(town)
    number = person(town, operator)
    row = town.row(town.bring(Stage.JUDGED))
    (moved,) = town.all(MovedShop)
    with town.db.write() as tx:
        rows = table_of(MovedShop).c
        change(tx, MovedShop, rows.change_id == moved.change_id, basis_after=f"{WHO} told us")
        testbuys = table_of(TestBuy).c
        change(tx, TestBuy, testbuys.id == row.id, waiting_reasons=["One.", f"See {WHO}."])
    keys = {f"moved_shop.basis_after:{moved.change_id}", f"testbuy.waiting_reasons:{row.id}"}
    assert set(found(town, Erasable.PERSON, number)) == keys
    erase(town, Erasable.PERSON, number, keys)
    assert town.all(MovedShop)[0].basis_after == f"{SIGN} told us"
    (again,) = town.all(TestBuy, table_of(TestBuy).c.id == row.id)
    assert list(again.waiting_reasons) == ["One.", f"See {SIGN}."]


def test_what_another_hold_needs_stays_and_is_covered_once_it_is_lifted(both):
    town = both
    mine, other = raiding.operator(town), raiding.operator(town, "Wang", 2)
    number = person(town, mine)
    _, key = called_off(town, other, f"{WHO} had told him.")
    hold = holds.place(town.db, town.act(Role.COUNSEL), other, reason="The court asked.")
    assert found(town, Erasable.PERSON, number)[key].standing is Standing.BOUND
    with town.refuses("not as you saw it", Stale):
        erase(town, Erasable.PERSON, number, [key])
    erase(town, Erasable.PERSON, number)
    (kept,) = town.all(ErasureMention)
    admin = town.act(Role.ADMINISTRATOR)
    with town.refuses("must stay as it is"):
        standing.blank(town.db, admin, kept.id, reason="They asked.")
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="The court is done.")
    standing.blank(town.db, admin, kept.id, reason="They asked.")
    assert town.all(Raid)[0].called_off_because == SIGN
    with town.refuses("covered already", Stale):
        standing.blank(town.db, admin, kept.id, reason="They asked.")
    view = erasure_value(town.db, mine, Erasable.PERSON, number)
    assert [(each.key, each.covered) for each in view.texts] == [(key, True)] and whole(town)


def test_only_an_administrator_covers_and_says_why(on_sqlite):
    town = on_sqlite
    operator = raiding.operator(town)
    number = person(town, operator)
    called_off(town, operator, f"{WHO} again.")
    erase(town, Erasable.PERSON, number)
    (kept,) = town.all(ErasureMention)
    for role in (Role.ANALYST, Role.COUNSEL, Role.SUPERVISOR):
        with town.refuses("Only an administrator"):
            standing.blank(town.db, town.act(role), kept.id, reason="x")
    admin = town.act(Role.ADMINISTRATOR)
    with town.refuses("Say why"):
        standing.blank(town.db, admin, kept.id, reason=" ")
    with town.refuses("no such", NotFound):
        standing.blank(town.db, admin, 9999, reason="x")
    assert SIGN not in town.all(Raid)[0].called_off_because


def test_a_text_that_is_no_mention_is_not_covered(on_sqlite):
    """A form that names another text changes none, and erases nothing."""
    town = on_sqlite
    operator = raiding.operator(town)
    number = person(town, operator)
    _, key = called_off(town, operator, "The weather.")
    for wrong in (key, "person.name:1", "ledger.body:1", "x"):
        with town.refuses("not as you saw it", Stale):
            erase(town, Erasable.PERSON, number, [wrong])
    assert town.all(OperatorPerson)[0].name == WHO and erasure_page(town.db, operator)
    assert town.all(Raid)[0].called_off_because == "The weather."


def test_names_by_which_others_know_a_shop_stay(on_sqlite):
    town = on_sqlite
    operator = raiding.operator(town)
    shop = town.shop(1)
    with town.db.write() as tx:
        change(tx, Shop, table_of(Shop).c.id == shop.id, name=f"{WHO}'s watches")
    number = person(town, operator)
    (only,) = found(town, Erasable.PERSON, number).values()
    assert (only.standing, only.whose.shops) == (Standing.PUBLISHED, {shop.id})


def test_an_identifier_that_was_withdrawn_for_the_number_it_holds(both):
    """Its own reason goes with it, in whatever spelling the analyst wrote the number."""
    town = both
    number = phone(town, 1)
    linking.withdraw(
        town.db, town.act(Role.ANALYST), number, seen=IdentifierState.RECORDED,
        reason="13900427788 is a forwarder's.",
    )  # fmt: skip
    keys = set(found(town, Erasable.IDENTIFIER, number))
    assert keys == {f"identifier.withdrawn_because:{number}"}
    erase(town, Erasable.IDENTIFIER, number, keys)
    with town.db.read() as tx:
        assert "139" not in repr(one(tx, Identifier, id=number))


def test_every_column_that_holds_words_is_a_place_and_no_number_is():
    names = {each.name for each in written.places()}
    assert {"claim_cause.said", "finding.note", "chat_message.text", "draft.form"} <= names
    assert {"moved_shop.basis_before", "sanction.reasons", "notice.text"} <= names
    assert not {each for each in names if each.endswith(("digest", "currency", ".reference"))}
    unknown = written.NO_WORDS - set(Identifier.metadata.tables)
    assert not unknown
