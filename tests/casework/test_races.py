"""Two processes at once: one wins, the other is Refused; nobody meets the database's own errors."""

from collections import Counter

from casework.buying import ending, ordering
from casework.custody import holds, placing, storing
from casework.examinations import examining
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.people import access
from casework.programme import programme
from casework.referring import answering, referring
from casework.verdicts import judging, pending
from evidence import ledger as chains
from rules.disposal import Way
from rules.holders import HolderKind
from rules.lifecycle import EarlyEnd, Stage, may_end
from rules.referral import ReferralState
from rules.roles import Role
from storage import ledger
from storage.rows import remove
from storage.tables import (
    AccountEntry,
    Campaign,
    Examination,
    ExaminationState,
    Exhibit,
    Flag,
    Lead,
    PendingVerdict,
    Photo,
    Referral,
    Route,
    Verdict,
)
from tests.casework import packaged
from tests.casework.custody.test_handing_over import entries
from tests.casework.keeping.keeping import approved, ask, cleared, disposal, operator_of
from tests.casework.programme_in import feed, picture
from tests.casework.racing import LOST, WON, link, words
from tests.casework.verdicts.test_pending import SAID

ROUNDS = 20


def give_up(town, *references):
    for reference in references:
        if (stage := town.stage(reference)) not in (Stage.ABANDONED, Stage.DECLINED):
            why = next(each for each in EarlyEnd if may_end(each, stage).allowed)
            ending.abandon(town.db, town.engine(), reference, version=None, why=why, note="")


def more_shops(town, region, *numbers):
    """Flags on further shops in `region`; gives the flags' numbers."""
    header, line = feed().decode().splitlines()[:2]
    place = line.removesuffix("CN") + region
    lines = [place.replace("F1,", f"F{each},").replace("S1,", f"S{each},") for each in numbers]
    rows = read_feed("f.csv", "\n".join([header, *lines]).encode()).rows
    flagging.import_flags(town.db, town.act(Role.ANALYST), rows)
    found = {flag.source_flag_id: flag.id for flag in town.all(Flag)}
    return [found[f"F{number}"] for number in numbers]


def enrol(town, region, capacity):
    """A buyer alone in `region`; gives their number."""
    person = access.create_person(
        town.db, town.engine(), f"Buyer {region}", f"{region}@example.org", None, [Role.BUYER]
    )
    programme.enrol_buyer(
        town.db, town.act(Role.ADMINISTRATOR), person_id=person, region=region,
        capacity=capacity, advance_minor=0, currency="CNY",
    )  # fmt: skip
    return person


def add_persona(town, person, region, label):
    programme.add_persona(
        town.db, town.act(Role.ADMINISTRATOR), buyer_id=person, label=label, recipient="Q",
        address="A", region=region, max_exposure=99,
    )  # fmt: skip


def test_a_hold_against_the_approval_and_the_carrying_out_of_a_disposal(both, race):
    """Whichever comes second sees the first: nothing held is approved or carried out."""
    town = both
    reference, exhibit = cleared(town)
    subjects = (exhibit.reference, reference, operator_of(town, reference))
    for turn in range(12):
        number = ask(town, exhibit, Way.ASSET)
        told = (("place_hold", subjects[turn % 3]), ("approve_disposal", number))
        (held, hold), (word, _) = came = race(*told)
        assert held == WON, came
        row = disposal(town, number)
        assert row.hold_id == hold
        assert (row.approved_at is not None) is (word == WON)
        holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    approved(town, exhibit, Way.ASSET)
    told = (
        ("place_hold", subjects[2]),
        ("carry_out_disposal", exhibit.reference, exhibit.seal_number),
    )
    came = race(*told)
    last = entries(town, exhibit)[-1]
    assert (last.to_kind is HolderKind.ASSET) is (came[1][0] == WON)
    assert (disposal(town, number + 1).ended_at is None) is (came[1][0] == WON)


def test_storing_against_closing_the_place(both, race):
    town = both
    _, exhibit = cleared(town)
    for turn in range(8):
        supervisor = town.act(Role.SUPERVISOR)
        name = placing.add_place(town.db, supervisor, site=f"S{turn}", roles=[Role.CLERK])
        number = placing.number_of(town.db, name)
        seal = exhibit.seal_number
        came = race(("store", exhibit.reference, seal, name), ("close_place", number))
        assert words(came) == [WON, LOST]
        stored = entries(town, exhibit)[-1].to_kind is HolderKind.PLACE
        assert stored is (came[0][0] == WON)
        if stored:
            storing.fetch(
                town.db, town.act(Role.CLERK), exhibit.reference, seal_number=seal,
                condition="intact", purpose="to look",
            )  # fmt: skip


def test_approve_against_decline(both, race):
    for turn in range(ROUNDS):
        reference = both.request()
        told = (("approve", reference, 1), ("decline", reference, 1))
        assert words(race(*told[:: 1 if turn % 2 else -1])) == [WON, LOST]
        assert both.version(reference) == 2
        give_up(both, reference)


def test_the_last_place_of_a_campaign_goes_to_one(both, race):
    for turn in range(ROUNDS):
        name = both.open_campaign(f"C{turn}", buys=1)
        pair = [both.request(flag, campaign=name) for flag in (1, 2)]
        assert sorted(won for _, won in race(*(("authorise", each) for each in pair))) == [
            False,
            True,
        ]
        (campaign,) = [each for each in both.all(Campaign) if each.name == name]
        assert (campaign.buys, campaign.committed_minor) in {(1, 10_001), (1, 10_002)}
        stages = Counter(both.stage(each) for each in pair)
        assert stages == {Stage.AUTHORISED: 1, Stage.REQUESTED: 1}
        give_up(both, *pair)


def test_the_last_money_of_a_campaign_goes_to_one(both, race):
    for turn in range(ROUNDS // 4):
        name = both.open_campaign(f"C{turn}", budget=20_000)
        pair = [both.request(flag, campaign=name) for flag in (1, 2)]
        race(*(("authorise", each) for each in pair))
        (campaign,) = [each for each in both.all(Campaign) if each.name == name]
        assert campaign.buys == 1 and campaign.committed_minor <= campaign.budget_minor
        give_up(both, *pair)


def test_one_persona_never_meets_two_shops_of_one_operator(both, race):
    flags = more_shops(both, "DE", 21, 22)
    for number in (21, 22):
        flagging.link_shop(
            both.db,
            both.act(Role.ANALYST),
            shop_id=both.shop(number).id,
            operator="OP-0001" if number == 22 else None,
            new_operator_name="Liu",
            basis="One bank account.",
        )
    person = enrol(both, "DE", 1000)
    for turn in range(ROUNDS):
        add_persona(both, person, "DE", f"de-{turn}")
        pair = [both.request(flag) for flag in flags]
        for each in pair:
            both.approve(each)
        assert sorted(won for _, won in race(*(("assign", each) for each in pair))) == [
            False,
            True,
        ]
        give_up(both, *pair)


def test_a_buyer_is_given_no_more_than_they_carry(both, race):
    flags = more_shops(both, "FR", 31, 32)
    person = enrol(both, "FR", 1)
    for turn in range(ROUNDS):
        for label in "ab":
            add_persona(both, person, "FR", f"fr-{turn}{label}")
        pair = [both.request(flag) for flag in flags]
        for each in pair:
            both.approve(each)
        assert sorted(won for _, won in race(*(("assign", each) for each in pair))) == [
            False,
            True,
        ]
        give_up(both, *pair)


def test_an_examination_is_claimed_by_one(both, race):
    public_id = both.examination(both.bring(Stage.SUBMITTED))
    for _ in range(ROUNDS):
        came = race(("claim", public_id, "expert"), ("claim", public_id, "other expert"))
        assert words(came) == [WON, LOST]
        both.later(minutes=16)
        for expert in ("expert", "other expert"):
            examining.release(both.db, both.act(Role.AUTHENTICATOR, expert), public_id)


def test_an_examination_is_sealed_by_one_and_a_quorum_of_two_by_two(both, race):
    programme.set_policy(both.db, both.act(Role.ADMINISTRATOR), "quorum", 2)
    reference = both.bring(Stage.SUBMITTED)
    experts = {both.people[name]: name for name in ("expert", "other expert", "third expert")}
    last = None
    for turn in range(ROUNDS):
        pair = [name for name in experts.values() if name != last][:2]
        public_id = both.examination(reference)
        assert words(race(*(("seal", public_id, name) for name in pair))) == [WON, LOST]
        verdicts = both.all(Verdict)
        assert len(verdicts) == turn + 1
        last = experts[max(verdicts, key=lambda each: each.id).sealed_by]
        judging.conclude(both.db, both.engine(), reference)
        if both.stage(reference) is Stage.JUDGED:
            standing = [each for each in both.all(Verdict) if each.superseded_at is None]
            assert len({each.sealed_by for each in standing}) >= 2
            judging.judge_again(
                both.db, both.act(Role.ANALYST), reference, version=None, reason="Again",
                supersedes=True,
            )  # fmt: skip
    states = Counter(each.state for each in both.of(Examination, reference))
    assert states == {ExaminationState.SEALED: ROUNDS, ExaminationState.OPEN: 1}


def test_an_order_against_giving_up(both, race):
    for turn in range(ROUNDS):
        reference = both.bring(Stage.ASSIGNED, 1 + turn % 7, route=Route.BY_HAND)
        both.photograph(reference, "P01", "P05", "P07")
        version = both.version(reference)
        told = (("record_order", reference, version), ("abandon", reference, version))
        assert words(race(*told[:: 1 if turn % 2 else -1])) == [WON, LOST]
        ordered = both.stage(reference) is Stage.ORDERED
        assert len(both.of(AccountEntry, reference)) == ordered
        give_up(both, reference)
        both.later(days=40)


def test_a_referral_is_approved_by_one(both, race):
    reference = both.refer()
    for _ in range(ROUNDS):
        packaged.complete(both, both.referral(reference).reference)
        row = both.referral(reference)
        told = [
            ("approve_referral", row.reference, row.version, name)
            for name in ("liaison", "other liaison")
        ]
        assert words(race(*told)) == [WON, LOST]
        row = both.referral(reference)
        assert row.state is ReferralState.APPROVED
        answering.withdraw(
            both.db, both.act(Role.LIAISON), row.reference, version=row.version, reason="Wait"
        )
        referring.consider(both.db, both.engine(), reference)


def test_a_referral_is_withdrawn_while_a_run_considers_what_it_kept_waiting(both, race):
    """Both want the operator, its test buys and the referral; one order of locks lets them pass."""
    first, second = both.refer(), both.bring(Stage.JUDGED, 2)
    link(both, both.shop(2).id, "OP-0001")
    for turn in range(ROUNDS):
        both.approve_referral(first)
        row = both.referral(first)
        told = (("withdraw_referral", row.reference, row.version), ("consider", second))
        assert words(race(*told[:: 1 if turn % 2 else -1])) == [WON, WON]
        referring.consider(both.db, both.engine(), second)
        assert both.referral(first).reference == both.referral(second).reference
        row = both.referral(second)
        answering.withdraw(
            both.db, both.act(Role.LIAISON), row.reference, version=row.version, reason="Wait"
        )
        referring.consider(both.db, both.engine(), first)


def test_an_order_is_settled_once(both, race):
    programme.set_policy(both.db, both.act(Role.ADMINISTRATOR), "order_attempts", 99)
    reference = both.bring(Stage.ASSIGNED)
    for turn in range(ROUNDS):
        intent = ordering.intend_order(both.db, both.engine(), reference)
        told = [("settle", reference, intent.attempt_id, f"M-{turn}")] * 2
        assert sorted(won for _, won in race(*told)) == [False, True]
        assert len(both.of(AccountEntry, reference)) == turn + 1
        how = EarlyEnd.SELLER_CANCELLED
        ending.order_failed(both.db, both.engine(), reference, version=None, how=how, note="")


def test_a_lease_is_taken_by_one(both, race):
    reference = both.request()
    for turn in range(ROUNDS):
        told = [("take", reference, f"{turn}{side}", 61 * turn) for side in "ab"]
        assert sorted(won for _, won in race(*told)) == [False, True]
    assert both.row(reference).fence == ROUNDS


def test_two_counterfeits_of_one_operator_make_one_referral(both, race):
    """Each run holds its own test buy and wants the other's."""
    first, second = both.bring(Stage.JUDGED, 1), both.bring(Stage.JUDGED, 2)
    both.run(first)
    link(both, both.shop(2).id, "OP-0001")
    both.record_sales(1)
    for turn in range(ROUNDS):
        pair = (first, second) if turn % 2 else (second, first)
        came = race(*(("consider", each) for each in pair))
        assert len({referral for _, referral in came if referral}) == 1
        row = both.referral(first)
        assert row == both.referral(second)
        answering.withdraw(
            both.db, both.act(Role.LIAISON), row.reference, version=row.version, reason="Wait"
        )
    assert len(both.all(Referral)) == ROUNDS


def test_a_shop_is_linked_and_sales_recorded_while_runs_consider_its_counterfeits(both, race):
    first, second = both.bring(Stage.JUDGED, 1), both.bring(Stage.JUDGED, 2)
    both.run(first)
    both.run(second)
    shop = both.shop(2).id
    for turn in range(ROUNDS):
        both.later(seconds=1)
        other = (
            ("link", shop, f"OP-000{1 + turn % 2}"),
            ("record_sales", 1, 1000 + turn),
        )[turn // 2 % 2]
        came = race(("consider", second if turn % 3 else first), other)
        assert words(came) == [WON, WON]


def test_what_concerns_no_test_buy_is_written_by_two_at_once(both, race):
    """Both append to the programme's ledger, whose next number only one can have."""
    for turn in range(ROUNDS):
        came = race(("open_campaign", f"A{turn}"), ("open_campaign", f"B{turn}"))
        assert words(came) == [WON, WON]
    assert chains.verify(both.ledger("programme"), "programme").ok


def test_a_campaign_is_withdrawn_while_it_authorises(both, race):
    for turn in range(ROUNDS):
        name = both.open_campaign(f"C{turn}")
        reference = both.request(campaign=name)
        told = (("authorise", reference), ("withdraw", name))
        assert words(race(*told[:: 1 if turn % 2 else -1])) == [WON, WON]
        assert both.run(reference).early_end is EarlyEnd.BUDGET_WITHDRAWN


def test_two_flags_of_one_listing_are_bought_once(both, race):
    for turn in range(ROUNDS):
        told = (("request", 1), ("request", 9))
        came = race(*told[:: 1 if turn % 2 else -1])
        assert words(came) == [WON, LOST]
        give_up(both, *(reference for word, reference in came if word == WON))


def test_one_serial_recorded_twice_at_once_is_one_lead(both, race):
    """Each sees only what is committed: without a turn both would miss the other's serial."""
    first, second = both.bring(Stage.DOCUMENTED, 1), both.bring(Stage.DOCUMENTED, 2)
    exhibits = [both.of(Exhibit, each)[0].reference for each in (first, second)]
    for turn in range(ROUNDS):
        told = [("record_code", exhibit, f"SN-{turn}-77") for exhibit in exhibits]
        assert words(race(*told[:: 1 if turn % 2 else -1])) == [WON, WON]
        assert len(both.all(Lead)) == 1, turn
        with both.db.write() as tx:
            remove(tx, Lead)
    with both.db.read() as tx:
        for reference in (first, second):
            assert chains.verify(ledger.chain(tx, reference), reference).ok


def test_two_imports_of_one_feed_take_turns(both, race):
    for _ in range(5):
        came = race(("import_feed", False), ("import_feed", True))
        assert sum(count for _, count in came) == len(feed().splitlines()) - 1


def test_the_same_bytes_sent_twice_at_once_are_one_photo(both, race):
    """A phone on a bad line sends again while the first upload is still being measured."""
    reference = both.bring(Stage.ORDERED)
    for number in range(4):
        data = picture(f"twice {number}")
        one, other = race(*[("photograph", reference, "R01", data)] * 2)
        assert one == other, "both get the first answer"
        assert len([p for p in both.of(Photo, reference) if p.shot == "R01"]) == number + 1


def test_one_photo_sent_for_two_test_buys_at_once_does_for_one(both, race):
    """An exact repeat is refused, whoever looked while the other was not yet there."""
    references = both.bring(Stage.ORDERED), both.bring(Stage.ORDERED, 2)
    for number in range(4):
        data = picture(f"two {number}")
        came = race(*(("photograph", each, "R01", data) for each in references))
        accepted = [taken.accepted for _, taken in came]
        assert sorted(accepted) == [False, True]


def test_a_given_verdict_is_sealed_once_or_undone(both, race):
    """Two processes come by at the end of its time, then one against its examiner."""
    town = both
    for turn in range(4):
        reference = town.bring(Stage.SUBMITTED, flag=turn + 1)
        public_id = town.examination(reference)
        expert = town.act(Role.AUTHENTICATOR, "expert")
        examining.claim(town.db, expert, public_id)
        pending.give(town.db, expert, public_id, SAID)
        if turn % 2 == 0:
            came = race(("settle_verdicts",), ("settle_verdicts",))
            assert sorted(number for _, number in came) == [0, 1], came
            assert town.of(Examination, reference)[-1].state is ExaminationState.SEALED
            continue
        (_, sealed), (undone, _) = came = race(("settle_verdicts",), ("undo_verdict", public_id))
        assert (sealed == 1) is not (undone == WON), came
        state = town.of(Examination, reference)[-1].state
        assert (state is ExaminationState.SEALED) is (sealed == 1)
    assert town.all(PendingVerdict) == []
