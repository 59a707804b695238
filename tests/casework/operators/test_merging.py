"""Operators merged, split and given back: nothing lost, nothing renamed, nothing set free."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.custody import holds
from casework.errors import Refused, Stale
from casework.flags import flagging
from casework.gauge.gauging import gauge
from casework.keeping import disposing
from casework.operators import merging, proceedings
from casework.papers.reported import reported
from casework.people import access
from casework.record import disclosing
from casework.record.record import read
from casework.referring import answering, referring
from rules.identifiers import IdentifierKind
from rules.lifecycle import Stage
from rules.linkage import ProposalState
from rules.referral import ReferralState
from rules.retention import EndedBy
from rules.roles import Role
from storage import linking as families
from storage.rows import one
from storage.tables import (
    Operator,
    OperatorChange,
    ProceedingKind,
    Referral,
    Shop,
)
from tests.casework import packaged
from tests.casework.keeping.keeping import approved, ask, carry_out, cleared
from tests.casework.operators.test_linking import (
    confirmed,
    link,
    owners,
    proposals,
    record,
    withdraw,
)
from tests.casework.programme_in import ENOUGH, SALES


def merge(town, first, other, act=None, reason="One hand packs for both."):
    return merging.merge(town.db, act or town.act(Role.ANALYST), first, other, reason=reason)


def split(town, operator, *shops, to=None, name="Wang alone", act=None, reason="She sells alone."):
    return merging.split(
        town.db, act or town.act(Role.ANALYST), operator, [town.shop(each).id for each in shops],
        to=to, name=None if to else name, reason=reason,
    )  # fmt: skip


def undo(town, number, act=None, reason="It was another Wang."):
    merging.undo(town.db, act or town.act(Role.ANALYST), number, reason=reason)


def membership(town):
    shops = {row.id: (row.operator_id, row.link_basis) for row in town.all(Shop)}
    return shops, {row.id: row.merged_into_id for row in town.all(Operator)}


def operator(town, reference):
    with town.db.read() as tx:
        return one(tx, Operator, reference=reference)


def newest(town):
    return max(row.id for row in town.all(OperatorChange))


def two(town):
    """Liu with shops 1 and 2, Wang with 3 and 4."""
    liu, wang = link(town, 1, "Liu"), link(town, 3, "Wang")
    for shop, to in ((2, liu), (4, wang)):
        flagging.link_shop(
            town.db, town.act(Role.ANALYST), shop_id=town.shop(shop).id, operator=to,
            new_operator_name=None, basis="One account.",
        )  # fmt: skip
    return liu, wang


def sell(town, shop, minor=ENOUGH // 2):
    start, end = SALES
    flagging.record_sales(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(shop).id, period_start=start,
        period_end=end, units=1, amount_minor=minor, currency="CNY", source="platform",
    )  # fmt: skip


def test_a_merge_keeps_every_field_of_both_and_is_undone_exactly(both):
    town = both
    liu, wang = two(town)
    rows, before = (operator(town, liu), operator(town, wang)), membership(town)
    number = merge(town, liu, wang)
    assert set(owners(town, 1, 2, 3, 4)) == {rows[0].id}
    assert operator(town, liu) == rows[0]
    assert operator(town, wang) == rows[1]._replace(merged_into_id=rows[0].id)
    with town.db.read() as tx:
        assert families.family(tx, rows[0].id) == (rows[0].id, rows[1].id)
        assert families.survivor(tx, rows[1].id) == rows[0].id
    with town.refuses("was merged into"):
        merge(town, wang, liu)
    undo(town, number)
    assert membership(town) == before
    with town.refuses("undone already"):
        undo(town, number)


def test_a_split_is_undone_exactly(both):
    town = both
    liu, _ = two(town)
    before = membership(town)
    new = split(town, liu, 2)
    assert owners(town, 1, 2) == [operator(town, liu).id, operator(town, new).id]
    assert town.shop(2).link_basis == "She sells alone."
    undo(town, newest(town))
    after = membership(town)
    after[1].pop(operator(town, new).id)
    assert after == before


def test_what_joined_them_does_not_join_them_again_after_a_split_or_an_undoing(both):
    town = both
    liu, _ = two(town)
    confirmed(town, 1)
    confirmed(town, 3)
    assert len(set(owners(town, 1, 3))) == 1
    undo(town, newest(town))
    apart = owners(town, 1, 3)
    assert len(set(apart)) == 2
    confirmed(town, 1, value="0755 8250 1234")
    assert owners(town, 1, 3) == apart
    assert len(proposals(town, ProposalState.REJECTED)) == 1
    # New evidence is another matter.
    confirmed(town, 3, value="0755-82501234")
    assert len(set(owners(town, 1, 3))) == 1
    split(town, liu, 3, 4)
    assert len(set(owners(town, 1, 3))) == 2
    confirmed(town, 3, IdentifierKind.PAYMENT_ACCOUNT, "6222 1")
    assert len(set(owners(town, 1, 3))) == 2


def test_facts_added_between_stay(both):
    town = both
    liu, wang = two(town)
    before = membership(town)
    number = merge(town, liu, wang)
    record(town, 4)
    link(town, 6, "Zhao")
    undo(town, number)
    shops, _ = membership(town)
    kept = {town.shop(each).id for each in (1, 2, 3, 4)}
    assert {each: shops[each] for each in kept} == {each: before[0][each] for each in kept}
    assert owners(town, 6) != [None]


def test_a_later_change_of_the_same_shops_is_undone_first(both):
    town = both
    liu, wang = two(town)
    number = merge(town, liu, wang)
    split(town, liu, 3)
    later = newest(town)
    with town.refuses(f"Undo change {later} first"):
        undo(town, number)
    undo(town, later)
    undo(town, number)
    assert owners(town, 1, 3) == [operator(town, liu).id, operator(town, wang).id]


def test_a_hold_on_an_absorbed_operator_keeps_holding(both):
    town = both
    reference, exhibit = cleared(town)
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    hold = holds.place(town.db, town.act(Role.SUPERVISOR), wang, reason="The court asked.")
    merge(town, liu, wang)
    with town.refuses(f"Legal hold {hold} on {wang} stands"):
        ask(town, exhibit)
    with town.refuses("was merged into"):
        holds.place(town.db, town.act(Role.SUPERVISOR), wang, reason="Again.")
    with town.refuses(f"legal hold {hold}"):
        split(town, liu, 1)
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    ask(town, exhibit)
    assert town.stage(reference) is Stage.CLOSED


def test_a_hold_on_the_survivor_holds_what_came_to_it_and_what_is_approved_is_not_carried_out(both):
    town = both
    _, exhibit = cleared(town)
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    holds.place(town.db, town.act(Role.SUPERVISOR), liu, reason="The court asked.")
    approved(town, exhibit)
    number = merge(town, liu, wang)
    with town.refuses("Legal hold"):
        carry_out(town, exhibit)
    # It was placed before and never on these shops alone: given back, they are as they were.
    undo(town, number)
    carry_out(town, exhibit)


def test_whoever_asked_for_a_disposal_does_not_lift_the_hold_of_an_absorbed_operator(both):
    town = both
    _, exhibit = cleared(town)
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    number = approved(town, exhibit)
    disposing.end(town.db, town.act(Role.APPROVER), number, reason="Not now.")
    hold = holds.place(town.db, town.act(Role.SUPERVISOR), wang, reason="The court asked.")
    merge(town, liu, wang)
    access.change_grants(
        town.db, town.act(Role.ADMINISTRATOR), town.people["clerk"],
        [Role.CLERK, Role.SUPERVISOR], [],
    )  # fmt: skip
    with town.refuses("somebody else lifts it"):
        holds.lift(town.db, town.act(Role.SUPERVISOR, "clerk"), hold, reason="Over.")


def test_what_was_placed_since_is_ended_before_a_merge_is_undone(both):
    town = both
    _, exhibit = cleared(town)
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    number = merge(town, liu, wang)
    town.later(minutes=1)
    hold = holds.place(town.db, town.act(Role.SUPERVISOR), liu, reason="The court asked.")
    with town.refuses(f"bound by legal hold {hold}\\."):
        undo(town, number)
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    claim = proceedings.open_proceeding(
        town.db, town.act(Role.LIAISON), liu, kind=ProceedingKind.ADMINISTRATIVE, name="Longgang 7"
    )
    with town.refuses("Longgang 7"):
        undo(town, number)
    with town.refuses("Longgang 7"):
        ask(town, exhibit)
    with town.refuses("was merged into"):
        proceedings.open_proceeding(
            town.db,
            town.act(Role.LIAISON),
            wang,
            kind=ProceedingKind.ADMINISTRATIVE,
            name="Longgang 8",
        )
    proceedings.end_proceeding(
        town.db, town.act(Role.LIAISON), claim, ended_on=town.now.date(), how=EndedBy.SETTLED
    )
    undo(town, number)
    ask(town, exhibit)


def test_proceedings_against_an_absorbed_operator_keep_its_exhibits(both):
    town = both
    _, exhibit = cleared(town)
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    proceedings.open_proceeding(
        town.db, town.act(Role.LIAISON), wang, kind=ProceedingKind.ADMINISTRATIVE, name="Longgang 7"
    )
    merge(town, liu, wang)
    with town.refuses("Longgang 7"):
        ask(town, exhibit)


def test_gauge_disclosure_and_referrals_are_of_all_shops(both):
    """Two halves of what refers: together they refer, and an open draft takes in the rest."""
    town = both
    liu, wang = link(town, 1, "Liu"), link(town, 2, "Wang")
    sell(town, 1)
    first = town.bring(Stage.JUDGED, 1)
    agency = "Luohu police"
    drafted = referring.draft(town.db, town.act(Role.ANALYST), operator=liu, agency=agency)
    sell(town, 2)
    second = town.bring(Stage.JUDGED, 2)
    with town.db.read() as tx:
        assert not gauge(tx, operator(town, liu).id, "CN", town.now).met
        assert not gauge(tx, operator(town, wang).id, "CN", town.now).met
    # The older one goes into the other: its draft stays its own, and is found.
    merge(town, wang, liu)
    with town.db.read() as tx:
        for each in (liu, wang):
            assert gauge(tx, operator(town, each).id, "CN", town.now).met
        lines = disclosing.schedule(tx, town.shop(1))
        assert {first, second} <= {line.reference for line in lines}
    town.run(second)
    assert [row.reference for row in town.all(Referral)] == [drafted]
    assert town.referral(second).reference == drafted
    with town.refuses("was merged into"):
        referring.draft(town.db, town.act(Role.ANALYST), operator=liu, agency=agency)


def test_a_referral_of_an_absorbed_operator_goes_on(both):
    town = both
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    sell(town, 1, ENOUGH)
    reference = town.bring(Stage.JUDGED, 1)
    town.run(reference)
    assert town.referral(reference).operator_id == operator(town, wang).id
    number = merge(town, liu, wang)
    with town.db.read() as tx:
        drafted = town.referral(reference).reference
        held = reported(tx, drafted, [read(tx, reference)], town.now)
    assert [each.id for each in held.links.shops] == [town.shop(1).id, town.shop(5).id]
    town.approve_referral(reference)
    assert town.referral(reference).state is ReferralState.APPROVED
    # It was drafted before and stays its own operator's.
    undo(town, number)
    assert owners(town, 1) == [operator(town, wang).id]


def test_what_a_merge_brings_into_a_draft_is_seen_before_it_is_approved(both):
    """The draft as it was shown had other shops, sales, rows and schedules."""
    town = both
    liu, wang = link(town, 1, "Liu"), link(town, 2, "Wang")
    sell(town, 1, ENOUGH)
    reference = town.bring(Stage.JUDGED, 1)
    town.run(reference)
    packaged.complete(town, town.referral(reference).reference)
    packaged.record(town, packaged.harm(), wang)

    def approve(seen):
        liaison = town.act(Role.LIAISON)
        answering.approve(town.db, liaison, seen.reference, version=seen.version)

    seen = town.referral(reference)
    number = merge(town, liu, wang)
    with town.refuses("changed meanwhile", Stale):
        approve(seen)
    seen = town.referral(reference)
    undo(town, number)
    with town.refuses("changed meanwhile", Stale):
        approve(seen)
    seen = town.referral(reference)
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(6).id, operator=liu,
        new_operator_name=None, basis="One account.",
    )  # fmt: skip
    with town.refuses("changed meanwhile", Stale):
        approve(seen)


def test_a_row_about_an_absorbed_operator_is_seen_before_the_survivors_draft_is_approved(both):
    town = both
    liu, wang = link(town, 1, "Liu"), link(town, 2, "Wang")
    sell(town, 1, ENOUGH)
    reference = town.bring(Stage.JUDGED, 1)
    town.run(reference)
    merge(town, liu, wang)
    packaged.complete(town, town.referral(reference).reference)
    seen = town.referral(reference)
    packaged.record(town, packaged.harm(text="A rash"), wang)
    with town.refuses("changed meanwhile", Stale):
        answering.approve(town.db, town.act(Role.LIAISON), seen.reference, version=seen.version)


def test_a_referral_drafted_since_stops_the_undoing(both):
    town = both
    liu, wang = link(town, 5, "Liu"), link(town, 1, "Wang")
    number = merge(town, liu, wang)
    town.later(minutes=1)
    sell(town, 1, ENOUGH)
    reference = town.bring(Stage.JUDGED, 1)
    town.run(reference)
    drafted = town.referral(reference)
    assert drafted.operator_id == operator(town, liu).id
    with town.refuses(f"bound by referral {drafted.reference}\\."):
        undo(town, number)


def test_only_an_analyst_merges_splits_and_undoes_and_says_why(both):
    town = both
    liu, wang = two(town)
    for role in (Role.AUDITOR, Role.LIAISON, Role.SUPERVISOR):
        for tried in (merge, split):
            with town.refuses("Only an analyst"):
                tried(town, liu, wang if tried is merge else 2, act=town.act(role))
        with town.refuses("Only an analyst"):
            undo(town, 1, act=town.act(role))
    for tried in (lambda: merge(town, liu, wang, reason=" "), lambda: undo(town, 1, reason=" ")):
        with town.refuses("Say w"):
            tried()
    with town.refuses("two different"):
        merge(town, liu, liu)
    with town.refuses("One shop stays"):
        split(town, liu, 1, 2)
    with town.refuses("Choose shops of this operator"):
        split(town, liu, 3)
    with town.refuses("belong to this operator"):
        split(town, liu, 2, to=liu)
    split(town, liu, 2, to=wang)
    assert owners(town, 2) == owners(town, 3)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(1, 6), st.integers(1, 6)),
        st.tuples(st.just("split"), st.integers(1, 6), st.just(0)),
        st.tuples(st.just("fact"), st.integers(1, 6), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=6,
)


def step(town, what, one_shop, other):
    owner = {row.id: row.reference for row in town.all(Operator)}
    first, second = owners(town, one_shop, max(other, 1))
    if what == "merge":
        merge(town, owner[first], owner[second])
    elif what == "split":
        split(town, owner[first], one_shop)
    else:
        confirmed(town, one_shop, value=f"138000000{other}0")


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS, st.sampled_from(["merge", "split"]), st.integers(1, 6), st.integers(1, 6))
def test_merge_or_split_then_undo_is_nothing_at_all(on_sqlite, steps, what, one_shop, other):
    town = on_sqlite
    for number in range(1, 7):
        if town.shop(number).operator_id is None:
            link(town, number, f"Operator {number}")
    for each in steps:
        try:
            step(town, *each)
        except Refused:
            continue
    before, known = membership(town), newest(town)
    try:
        step(town, what, one_shop, other)
    except Refused:
        return
    made = sorted(row.id for row in town.all(OperatorChange) if row.id > known)
    for number in reversed(made):
        row = next(row for row in town.all(OperatorChange) if row.id == number)
        if row.undone_at is None:
            undo(town, number)
    shops, merged = membership(town)
    assert shops == before[0]
    assert {each: merged[each] for each in before[1]} == before[1]


def test_a_withdrawn_fact_gives_back_only_what_nothing_else_bears(both):
    town = both
    confirmed(town, 1)
    confirmed(town, 2)
    confirmed(town, 3)
    together = owners(town, 1)
    assert owners(town, 2, 3) == together * 2
    withdraw(town, 3)
    assert owners(town, 1, 2) == together * 2
    assert owners(town, 3) == [None]
