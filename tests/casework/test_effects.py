"""Outside effects: intended once, asked about by key, answered by a person, never repeated."""

import pytest

from casework.buying import ordering
from casework.programme import programme
from casework.referring import sending
from rules.lifecycle import EarlyEnd, Stage
from rules.money import Money
from rules.referral import ReferralState
from rules.roles import Role
from storage.rows import change, table_of
from storage.tables import AccountEntry, AttemptState, OrderAttempt, Wakeup


@pytest.fixture
def asked_twice(on_sqlite):
    """The programme, where an unknown outcome is asked about twice before a person is."""
    for name in ("order_asks", "referral_asks"):
        programme.set_policy(on_sqlite.db, on_sqlite.act(Role.ADMINISTRATOR), name, 2)
    return on_sqlite


def unknown_order(town):
    reference = town.bring(Stage.ASSIGNED)
    for _ in range(2):
        intent = ordering.intend_order(town.db, town.engine(), reference)
        ordering.settle_unknown(town.db, town.engine(), reference, intent.attempt_id)
    return reference, intent


def answer(town, reference, number, paid=None, role=Role.ANALYST):
    return ordering.answer_for_order(
        town.db,
        town.act(role),
        reference,
        version=town.version(reference),
        order_number=number,
        paid_minor=paid,
    )


def test_an_order_intended_twice_has_one_key_and_is_fresh_once(both):
    reference = both.bring(Stage.ASSIGNED)
    first = ordering.intend_order(both.db, both.engine(), reference)
    second = ordering.intend_order(both.db, both.engine(), reference)
    assert (first.key, first.fresh, second.fresh) == (second.key, True, False)
    assert second.limit == Money(10_001, "CNY")


def test_an_unknown_order_is_asked_about_and_then_put_before_an_analyst(asked_twice):
    town = asked_twice
    reference = town.bring(Stage.ASSIGNED)
    intent = ordering.intend_order(town.db, town.engine(), reference)
    ordering.settle_unknown(town.db, town.engine(), reference, intent.attempt_id)
    assert town.row(reference).waiting_name == "Waiting for order"
    ordering.settle_unknown(town.db, town.engine(), reference, intent.attempt_id)
    row = town.row(reference)
    assert (row.waiting_name, row.waiting_role) == ("Waiting for order answer", Role.ANALYST)


def test_the_analyst_finds_the_order(asked_twice):
    town = asked_twice
    reference, intent = unknown_order(town)
    for paid in (-1, 0, 10_002):
        with town.refuses():
            answer(town, reference, "M-1", paid)
    assert answer(town, reference, "M-1", 9_900).stage is Stage.ORDERED
    (attempt,) = town.of(OrderAttempt, reference)
    assert (attempt.key, attempt.state, attempt.order_number) == (
        intent.key,
        AttemptState.PLACED,
        "M-1",
    )
    assert [entry.amount_minor for entry in town.of(AccountEntry, reference)] == [-9_900]
    with town.refuses("unknown outcome"):
        answer(town, reference, "M-1")


def test_the_analyst_finds_none_and_the_next_order_has_another_key(asked_twice):
    town = asked_twice
    reference, intent = unknown_order(town)
    answer(town, reference, None)
    row = town.row(reference)
    assert (row.stage, row.waiting_name) == (Stage.ASSIGNED, "Waiting for order")
    again = ordering.intend_order(town.db, town.engine(), reference)
    assert again.fresh and again.key != intent.key


def test_a_late_unknown_does_not_undo_what_a_person_found(asked_twice):
    """A run was asking while the analyst looked it up."""
    town = asked_twice
    reference, intent = unknown_order(town)
    answer(town, reference, "M-1", 9_900)
    ordering.settle_unknown(town.db, town.engine(), reference, intent.attempt_id)
    (attempt,) = town.of(OrderAttempt, reference)
    assert attempt.state is AttemptState.PLACED
    assert town.row(reference).waiting_name == "Waiting for parcel"


def test_an_order_is_settled_once(both):
    reference = both.bring(Stage.ASSIGNED)
    intent = ordering.intend_order(both.db, both.engine(), reference)
    arguments = (reference, intent.attempt_id, "M-1", Money(9_000, "CNY"))
    assert ordering.settle_placed(both.db, both.engine(), *arguments).stage is Stage.ORDERED
    assert ordering.settle_placed(both.db, both.engine(), *arguments) is None
    assert len(both.of(AccountEntry, reference)) == 1


def test_a_definite_no_ends_the_test_buy(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    intent = ordering.intend_order(town.db, town.engine(), reference)
    why = EarlyEnd.PAYMENT_REFUSED
    arguments = (reference, intent.attempt_id, "payment_refused", why)
    ordering.settle_refused(town.db, town.engine(), *arguments)
    assert town.row(reference).early_end is why
    assert town.of(OrderAttempt, reference)[0].state is AttemptState.REFUSED


def test_a_referral_intended_twice_has_one_key_and_is_fresh_once(both):
    reference = both.refer()
    assert sending.intend_sending(both.db, both.engine(), reference) is None
    both.approve_referral(reference)
    first = sending.intend_sending(both.db, both.engine(), reference)
    second = sending.intend_sending(both.db, both.engine(), reference)
    assert (first.key, first.fresh, second.fresh) == (second.key, True, False)


def test_an_unknown_sending_is_asked_about_and_then_put_before_a_liaison(asked_twice):
    town = asked_twice
    reference = town.refer()
    town.approve_referral(reference)
    sending.intend_sending(town.db, town.engine(), reference)
    sending.settle_sending_unknown(town.db, town.engine(), reference)
    assert town.row(reference).waiting_name == "Waiting for sending"
    sending.settle_sending_unknown(town.db, town.engine(), reference)
    row = town.row(reference)
    assert (row.waiting_name, row.waiting_role) == ("Waiting for sending answer", Role.LIAISON)
    town.send(reference)
    assert town.stage(reference) is Stage.REFERRED


def test_nobody_goes_on_asking_once_a_person_is_asked(asked_twice):
    town = asked_twice
    reference = town.bring(Stage.ASSIGNED)
    intent = ordering.intend_order(town.db, town.engine(), reference)

    def owed_after_an_unknown_answer():
        with town.db.write() as tx:
            change(tx, Wakeup, table_of(Wakeup).c.finished_at.is_(None), finished_at=town.now)
        hold = town.take(reference)
        run = town.engine(hold=hold)
        ordering.settle_unknown(town.db, run, reference, intent.attempt_id)
        return [each.cause for each in town.of(Wakeup, reference) if each.finished_at is None]

    assert owed_after_an_unknown_answer() == ["ask about the order"]
    assert owed_after_an_unknown_answer() == []


@pytest.mark.parametrize("asked", [0, 2])
def test_a_liaison_says_that_the_agency_has_it(asked_twice, asked):
    """By hand, where the agency has no interface; and after an interface that never answered."""
    town = asked_twice
    reference = town.refer()
    town.approve_referral(reference)
    for _ in range(asked):
        sending.intend_sending(town.db, town.engine(), reference)
        sending.settle_sending_unknown(town.db, town.engine(), reference)
    row = town.referral(reference)
    liaison = town.act(Role.LIAISON)
    sending.record_sent(town.db, liaison, row.reference, version=row.version, number="L-9")
    assert town.stage(reference) is Stage.REFERRED
    sent = town.referral(reference)
    assert (sent.state, sent.agency_number) == (ReferralState.SENT, "L-9")
    assert sending.intend_sending(town.db, town.engine(), reference) is None


def test_only_a_liaison_says_so_of_an_approved_referral_with_its_number(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    row = town.referral(reference)

    def say(role=Role.LIAISON, number="L-9", version=None):
        version = version or town.referral(reference).version
        sending.record_sent(town.db, town.act(role), row.reference, version=version, number=number)

    with town.refuses("to send it must be approved"):
        say()
    town.approve_referral(reference)
    with town.refuses("Only a liaison"):
        say(Role.ANALYST)
    with town.refuses("Type the number"):
        say(number=" ")
    with town.refuses("changed meanwhile"):
        say(version=row.version)


def test_a_referral_is_settled_once(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    assert town.send(reference).stage is Stage.REFERRED
    again = sending.settle_sent(
        town.db, town.engine(), reference, number="A-2", bundle_digest="sha256:" + "1" * 64
    )
    assert again is None
    assert town.referral(reference).agency_number == "A-1"


def test_the_same_answer_of_an_agency_twice_is_one(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    town.answer(reference, ReferralState.ACCEPTED)
    version = town.referral(reference).version
    town.answer(reference, ReferralState.ACCEPTED)
    assert town.referral(reference).version == version
    with town.refuses("accepted"):
        town.answer(reference, ReferralState.DECLINED)
