"""What a carrier answers of a parcel's sender: kept by itself, once, and never brought back."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from casework.buying import buying
from casework.operators import waybills
from casework.privacy import erasing
from connectors.carrier import CarrierUnreachable, Sender, Tracking
from rules.erasure import Erasable
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Identifier, OrderAttempt, Parcel, Route
from tasks import tracking
from tests.casework.intake.test_codes import noted
from tests.casework.operators.test_goods import write_down
from tests.casework.operators.test_linking import proposals, withdraw

SENDER = Sender("Liu Wei", "深圳市罗湖区人民南路1号", "138 1234 5678")


def keep(town, reference, sender=SENDER):
    return waybills.keep_answer(town.db, town.engine(), reference, sender)


def test_an_answer_is_the_shops_with_the_carrier_and_the_test_buy_as_its_source(both):
    town = both
    reference = town.bring(Stage.ORDERED, 1)
    numbers = keep(town, reference)
    rows = town.all(Identifier)
    assert tuple(row.id for row in rows) == numbers
    assert [row.kind for row in rows] == [
        IdentifierKind.SENDER_NAME, IdentifierKind.RETURN_ADDRESS, IdentifierKind.PHONE,
    ]  # fmt: skip
    assert {(row.said_by, row.testbuy_id, row.recorded_by, row.state) for row in rows} == {
        ("carrier's answer", town.row(reference).id, None, IdentifierState.RECORDED)
    }
    assert {row.confidence for row in rows} == {Confidence.PROBABLE}
    (told,) = noted(town, reference, "parcel's leads recorded")
    assert "Liu" not in str(told) and "1234" not in str(told)
    assert b"Liu" not in b"".join(each.body for each in town.ledger("links"))


def test_the_same_answer_again_is_recorded_once_and_a_new_one_besides(both):
    town = both
    reference = town.bring(Stage.ORDERED, 1)
    keep(town, reference)
    assert keep(town, reference) == ()
    assert keep(town, reference, Sender("LIU  wei", None, "+86 138-1234-5678")) == ()
    assert len(noted(town, reference, "parcel's leads recorded")) == 1
    assert len(keep(town, reference, Sender("Wang", None, None))) == 1
    assert "Wang" in {row.value for row in town.all(Identifier)}


def test_what_was_taken_out_or_erased_does_not_come_back_with_the_next_answer(both):
    town = both
    reference = town.bring(Stage.ORDERED, 1)
    name, address, phone = keep(town, reference)
    withdraw(town, name, IdentifierState.RECORDED)
    reason = {"reason": "She asked."}
    erasing.erase(town.db, town.act(Role.ADMINISTRATOR), Erasable.IDENTIFIER, phone, **reason)
    assert keep(town, reference) == ()
    assert {row.id for row in town.all(Identifier)} == {name, address, phone}


@pytest.mark.parametrize("value", ["", " ", "***", "* **-*", "、", "x" * 301])
def test_what_is_masked_whole_or_no_line_of_a_label_is_left(on_sqlite, value):
    town = on_sqlite
    assert keep(town, town.bring(Stage.ORDERED, 1), Sender(value, value, value)) == ()
    assert town.all(Identifier) == []


def test_an_answer_meets_what_a_person_wrote_down_of_another_shop(both):
    town = both
    by_hand, by_carrier = town.bring(Stage.RECEIVED, 1), town.bring(Stage.ORDERED, 2)
    write_down(town, by_hand)
    keep(town, by_carrier)
    (proposal,) = proposals(town)
    assert {proposal.shop_id, proposal.other_id} == {town.shop(1).id, town.shop(2).id}
    # A person who reads the same off the label adds a source of their own.
    assert len(write_down(town, by_hand, waybills.Told(IdentifierKind.COURIER, "SF"))) == 1
    keep(town, by_hand)
    assert {row.said_by for row in town.all(Identifier) if row.shop_id == proposal.shop_id} == {
        "", "carrier's answer",
    }  # fmt: skip


def test_nobody_but_the_programme_says_what_a_carrier_answered(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED, 1)
    for role in (Role.ANALYST, Role.CLERK):
        with town.refuses("recorded by the programme"):
            waybills.keep_answer(town.db, town.act(role), reference, SENDER)


class Carrier:
    """Answers as told; counts the questions."""

    def __init__(self, state="delivered"):
        self.state, self.asked = state, 0

    def track(self, number):
        self.asked += 1
        if self.state is None:
            raise CarrierUnreachable("no answer")
        return Tracking(number, self.state, datetime(2026, 11, 2, tzinfo=UTC), SENDER, ())


@pytest.fixture
def follow(monkeypatch):
    """The task over a town and a carrier, outside of Prefect."""
    logger = SimpleNamespace(warning=lambda *_: None)
    monkeypatch.setattr(tracking, "get_run_logger", lambda: logger)

    def run(town, carrier):
        desk = SimpleNamespace(db=town.db, carrier=carrier, act=town.engine)
        monkeypatch.setattr(tracking, "office", lambda: desk)
        return tracking.follow_parcels(lambda: None)

    return run


def parcel_of(town, reference):
    (attempt,) = town.of(OrderAttempt, reference)
    return next(row for row in town.all(Parcel) if row.order_attempt_id == attempt.id)


def test_a_crash_between_sender_and_state_loses_neither_and_records_both_once(
    both, follow, monkeypatch
):
    """A parcel that has arrived is not asked about again, so that the sender must come first."""
    town, carrier = both, Carrier()
    reference = town.bring(Stage.ORDERED, 1, route=Route.BY_HAND)
    with monkeypatch.context() as broken:
        broken.setattr(buying, "note_parcel", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            follow(town, carrier)
    assert len(town.all(Identifier)) == 3
    assert follow(town, carrier) == 1
    assert len(town.all(Identifier)) == 3
    assert parcel_of(town, reference).state == "delivered"
    assert follow(town, carrier) == 0


def test_a_carrier_that_never_answers_records_nothing_and_is_asked_again(on_sqlite, follow):
    town, carrier = on_sqlite, Carrier(None)
    town.bring(Stage.ORDERED, 1, route=Route.BY_HAND)
    assert follow(town, carrier) == follow(town, carrier) == 1
    assert town.all(Identifier) == []
