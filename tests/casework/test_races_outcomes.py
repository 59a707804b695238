"""Two processes at what becomes of a verdict: one wins, and the other is told what to do."""

from casework.operators import linking
from casework.operators.membership import mark_of
from evidence import ledger as chains
from rules.claims import ClaimMove
from rules.lifecycle import Stage
from rules.package import RowKind
from rules.pleading import Struck
from rules.referral import ReferralMove, ReferralState
from rules.sanctions import SanctionState
from storage.rows import table_of
from storage.tables import (
    ClaimPayment,
    ClaimStep,
    ClaimStrike,
    FoundSeller,
    HarmRow,
    MovedShop,
    Operator,
    OperatorChange,
    Proceeding,
    ReferralCorrection,
    ReferralStep,
    Sanction,
    SanctionAppeal,
    Shop,
)
from tests.casework.operators.test_linking import link, owners, record
from tests.casework.racing import LOST, WON, words
from tests.casework.raiding.raiding import carried_out
from tests.casework.referring import test_correcting as at_agency
from tests.casework.sanctioning.sanctioned import appeal, in_force, sanction
from tests.casework.suing import suits
from tests.casework.suing.test_claims import pay
from tests.casework.suing.test_correcting import step_of
from tests.casework.suing.test_striking import ask

ROUNDS = 4


def told(came):
    """What whoever lost was told."""
    (reasons,) = [reasons for word, reasons in came if word == LOST]
    return " ".join(reasons)


def whole(town, *subjects):
    assert all(chains.verify(town.ledger(each), each).ok for each in subjects)


def test_operators_are_merged_once_whichever_way(both, race):
    """Twice the same way, and crosswise: each would send the other's shops away."""
    town = both
    for turn in range(0, ROUNDS, 2):
        one, other = link(town, turn + 1, f"Liu {turn}"), link(town, turn + 2, f"Wang {turn}")
        crosswise = (other, one) if turn else (one, other)
        came = race(("merge", one, other), ("merge", *crosswise))
        assert words(came) == [WON, LOST], came
        assert "was merged into" in told(came)
        first, second = owners(town, turn + 1, turn + 2)
        assert first == second is not None
        merged = [row for row in town.all(Operator) if row.merged_into_id is not None]
        assert len(merged) == turn // 2 + 1
        whole(town, one, other)


def test_two_confirmations_that_join_the_same_shops_make_one_operator(both, race):
    town = both
    for turn in range(2):
        shops = (2 * turn + 1, 2 * turn + 2)
        numbers = [record(town, shop, value=f"+86 138-0000-{turn:04d}") for shop in shops]
        came = race(*(("confirm", each) for each in numbers))
        assert words(came) == [WON, WON], came
        first, second = owners(town, *shops)
        assert first == second is not None
        assert len(town.all(OperatorChange)) == turn + 1
    whole(town, linking.LINKS_LEDGER)


def test_the_same_confirmation_twice_is_one(both, race):
    town = both
    number = record(town, 1)
    came = race(("confirm", number), ("confirm", number, "both"))
    assert words(came) == [WON, LOST] and "confirmed already" in told(came)


def test_a_referral_is_not_approved_on_a_row_that_is_withdrawn(both, race):
    town = both
    for flag in (1, 2, 3):
        reference = town.refer(flag, shop=flag)
        drafted = town.referral(reference)
        row = max(town.all(HarmRow), key=lambda each: each.id)
        (owner,) = [each for each in town.all(Operator) if each.id == row.operator_id]
        (approved, said), (withdrawn, _) = came = race(
            ("approve_referral", drafted.reference, drafted.version, "liaison"),
            ("withdraw_row", owner.reference, RowKind.HARM, row.id),
        )
        state = town.referral(reference).state
        if approved == WON:
            # What is withdrawn after the approval is not sent (`casework.referring.gating.gone`).
            assert state is ReferralState.APPROVED, came
        else:
            assert withdrawn == WON and state is ReferralState.DRAFTED
            assert "changed" in " ".join(said) or "No harm" in " ".join(said)
        whole(town, drafted.reference, owner.reference)


def test_a_payment_recorded_twice_is_one(both, race):
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 10_000, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    for turn in range(ROUNDS):
        version = suits.row(town, reference).version
        came = race(*[("pay", reference, version, 1_000 + turn)] * 2)
        assert words(came) == [WON, LOST] and "changed meanwhile" in told(came)
        assert len(town.all(ClaimPayment)) == turn + 1
    whole(town, reference)


def test_a_strike_is_decided_once(both, race):
    """One strikes and one leaves it: the money counts or does not, as the one decision says."""
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 10_000, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    for turn in range(ROUNDS):
        pay(town, reference, 1_000 + turn)
        payment = max(each.id for each in town.all(ClaimPayment))
        strike = ask(town, reference, Struck.PAYMENT, payment)
        version = suits.row(town, reference).version
        came = race(
            ("decide_strike", reference, version, strike, "approver", True),
            ("decide_strike", reference, version, strike, "other approver", turn % 2 == 1),
        )
        assert words(came) == [WON, LOST] and "changed meanwhile" in told(came), came
        (decided,) = town.all(ClaimStrike, table_of(ClaimStrike).c.id == strike)
        (paid,) = town.all(ClaimPayment, table_of(ClaimPayment).c.id == payment)
        assert decided.decided_at and decided.agreed is (paid.struck_at is not None)
        assert suits.row(town, reference).version == version + 1
    whole(town, reference)


def test_a_docket_number_is_corrected_once(both, race):
    """Two approvers strike, or one leaves it: one docketing counts, and all bear its number."""
    town = both
    reference, _ = suits.heard(town)
    for turn in range(ROUNDS):
        before = suits.row(town, reference).docket_number
        docketed = step_of(town, reference, ClaimMove.DOCKET)
        strike = ask(town, reference, Struck.STEP, docketed, docket_number=f"No. {turn}")
        version = suits.row(town, reference).version
        came = race(
            ("decide_strike", reference, version, strike, "approver", True),
            ("decide_strike", reference, version, strike, "other approver", turn % 2 == 1),
        )
        assert words(came) == [WON, LOST] and "changed meanwhile" in told(came), came
        (decided,) = town.all(ClaimStrike, table_of(ClaimStrike).c.id == strike)
        later = town.all(ClaimStep, table_of(ClaimStep).c.corrects_id == docketed)
        number = f"No. {turn}" if decided.agreed else before
        assert [each.docket_number for each in later] == [number] * bool(decided.agreed)
        row = suits.row(town, reference)
        (named,) = town.all(Proceeding, table_of(Proceeding).c.id == row.proceeding_id)
        assert (row.docket_number, named.name) == (number, f"{row.court}, {number}")
        assert row.version == version + 1
    whole(town, reference)


def test_two_analysts_who_link_one_shop_do_not_overwrite_each_other(both, race):
    """Whoever comes second is told whose it is by now, and why; nothing of theirs is written."""
    town = both
    ours = (link(town, 3, "Liu"), link(town, 4, "Wang"))
    for number in (1, 2):
        shop = town.shop(number)
        seen = mark_of(shop)
        came = race(
            ("link_seen", shop.id, seen, ours[0], "One phone"),
            ("link_seen", shop.id, seen, ours[1], "One bank account", "both"),
        )
        assert words(came) == [WON, LOST], came
        winner = next(said for word, said in came if word == WON)
        basis = "One phone" if winner == ours[0] else "One bank account"
        assert f"{winner} by now, because {basis}" in told(came)
        assert owners(town, number) == [owner_of(town, winner)]
        assert len([each for each in town.all(MovedShop) if each.shop_id == shop.id]) == 1
    # Shown as linked, too; and a new name of whoever came second opens no operator.
    seen, known = mark_of(town.shop(1)), len(town.all(Operator))
    came = race(
        ("link_seen", town.shop(1).id, seen, ours[0], "The register"),
        ("link_seen", town.shop(1).id, seen, None, "The register says Zhao", "both"),
    )
    assert words(came) == [WON, LOST], came
    assert len(town.all(Operator)) == known + (came[1][0] == WON)
    whole(town, *ours)


def owner_of(town, reference):
    return next(each.id for each in town.all(Operator) if each.reference == reference)


def test_a_shop_has_one_sanction_of_a_kind(both, race):
    town = both
    testbuy = town.bring(Stage.JUDGED)
    shop = town.row(testbuy).shop_id
    came = race(("propose", shop, testbuy), ("propose", shop, testbuy, "both"))
    assert words(came) == [WON, LOST] and "has not ended" in told(came)
    assert len(town.all(Sanction)) == 1


def test_an_objection_is_decided_once(both, race):
    """One upholds and one lifts: the shop is either closed or open, and says so."""
    town = both
    testbuy = town.bring(Stage.JUDGED)
    reference = in_force(town, testbuy)
    for turn in range(ROUNDS):
        appeal(town, reference, document=b"We object %d" % turn)
        version = sanction(town, reference).version
        came = race(
            ("hear", reference, version, "other approver", False),
            ("hear", reference, version, "both", turn == ROUNDS - 1),
        )
        assert words(came) == [WON, LOST] and "changed meanwhile" in told(came), came
        state = sanction(town, reference).state
        closed = town.shop(1).closed_at is not None
        assert closed is (state is SanctionState.UPHELD)
        if state is SanctionState.LIFTED:
            break  # and there is nothing left to object to
    assert all(each.decided_at for each in town.all(SanctionAppeal))
    whole(town, reference)


def test_second_sellers_of_one_name_in_two_raids_are_two_operators_or_one_shop(both, race):
    """A name is no identifier; the shop itself is one seller's alone."""
    town = both
    raids = carried_out(town), carried_out(town, operator="OP-0001")
    came = race(("find_second", raids[0], "S77"), ("find_second", raids[1], "S78"))
    assert words(came) == [WON, WON]
    found = {row.operator_id for row in town.all(FoundSeller)}
    assert len(found) == 2
    came = race(("find_second", raids[0], "S90"), ("find_second", raids[1], "S90"))
    assert words(came) == [WON, LOST] and "is linked to" in told(came)
    assert len([row for row in town.all(Shop) if row.platform_shop_id == "S90"]) == 1
    assert len(town.all(Operator)) == 4


def test_a_step_at_an_agency_is_corrected_once(both, race):
    """Two approvers agree, or one leaves it: one step counts, and the referral bears its number."""
    town = both
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    town.answer(reference, ReferralState.ACKNOWLEDGED)
    for turn in range(ROUNDS):
        row = town.referral(reference)
        wrong = at_agency.step_of(town, ReferralMove.ACKNOWLEDGE)
        asked = at_agency.ask(town, reference, wrong, to=f"LH-1{turn}")
        version = town.referral(reference).version
        came = race(
            ("decide_correction", row.reference, version, asked, "approver", True),
            ("decide_correction", row.reference, version, asked, "other approver", turn % 2 == 1),
        )
        assert words(came) == [WON, LOST] and "changed meanwhile" in told(came), came
        (decided,) = town.all(ReferralCorrection, table_of(ReferralCorrection).c.id == asked)
        later = town.all(ReferralStep, table_of(ReferralStep).c.corrects_id == wrong)
        number = f"LH-1{turn}" if decided.agreed else row.agency_number
        assert [each.number for each in later] == [number] * bool(decided.agreed)
        row = town.referral(reference)
        assert (row.agency_number, row.version) == (number, version + 1)
    whole(town, row.reference)
