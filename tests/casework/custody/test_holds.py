"""Legal holds through the door, on both databases: who, on what, and what they stop."""

from casework.custody import holds
from casework.errors import NotFound, Stale
from casework.keeping import disposing
from casework.operators import proceedings
from casework.people import access
from rules.disposal import Way
from rules.retention import EndedBy
from rules.roles import Role
from storage import ledger
from storage.tables import HoldLift, LegalHold, ProceedingKind
from tests.casework.keeping.keeping import approved, ask, carry_out, cleared, disposal, operator_of


def place(town, subject, act=None, reason="The court asked for it."):
    return holds.place(town.db, act or town.act(Role.SUPERVISOR), subject, reason=reason)


def subjects(town, reference, exhibit):
    return (exhibit.reference, reference, operator_of(town, reference))


def test_a_hold_on_exhibit_test_buy_or_operator_stops_it_and_says_who(both):
    town = both
    reference, exhibit = cleared(town)
    *others, linked_operator = subjects(town, reference, exhibit)
    for subject in (*others, linked_operator):
        number = place(town, subject)
        said = f"Legal hold {number} on {subject} stands, placed by Supervisor on 2026-11-03"
        with town.refuses(said):
            ask(town, exhibit)
        holds.lift(town.db, town.act(Role.SUPERVISOR), number, reason="The case is over.")
    assert disposal(town, ask(town, exhibit)).ended_at is None
    with town.db.read() as tx:
        for subject, times in ((reference, 2), (linked_operator, 1)):
            said = [each.body for each in ledger.chain(tx, subject)]
            for what in (b"legal hold placed", b"legal hold lifted"):
                assert sum(what in body for body in said) == times


def test_what_was_asked_for_lapses_when_a_hold_comes(both):
    town = both
    reference, exhibit = cleared(town)
    for subject in subjects(town, reference, exhibit):
        number = approved(town, exhibit)
        hold = place(town, subject)
        row = disposal(town, number)
        assert (row.hold_id, row.ended_because) == (hold, f"Lapsed: legal hold {hold} was placed.")
        with town.refuses("Lapsed", Stale):
            disposing.approve(town.db, town.act(Role.APPROVER, "other approver"), number)
        with town.refuses("No approved disposal"):
            carry_out(town, exhibit)
        # Whoever asked for what it stopped does not lift it; here the clerk has no right anyway.
        holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")


def test_who_asked_for_a_disposal_does_not_lift_the_hold_nor_the_other_way_round(both):
    town = both
    _, exhibit = cleared(town)
    number = town.people["clerk"]
    access.change_grants(
        town.db, town.act(Role.ADMINISTRATOR), number, [Role.CLERK, Role.SUPERVISOR], []
    )
    ask(town, exhibit)
    hold = place(town, exhibit.reference)
    own = town.act(Role.SUPERVISOR, "clerk")
    with town.refuses("somebody else lifts it"):
        holds.lift(town.db, own, hold, reason="Over.")
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    access.change_grants(
        town.db, town.act(Role.ADMINISTRATOR), town.people["supervisor"],
        [Role.CLERK, Role.SUPERVISOR], [],
    )  # fmt: skip
    with town.refuses("You lifted a legal hold on it"):
        ask(town, exhibit, act=town.act(Role.CLERK, "supervisor"))
    ask(town, exhibit)


def test_only_those_with_the_right_place_and_lift_once_and_with_a_reason(both):
    town = both
    reference, exhibit = cleared(town)
    for role in (Role.CLERK, Role.APPROVER, Role.ANALYST):
        with town.refuses("Only counsel"):
            place(town, reference, town.act(role))
    with town.refuses("must be kept"):
        place(town, reference, reason=" ")
    for subject in ("ZZ/9", "TB-1999-000001", "OP-9999"):
        with town.refuses(kind=NotFound):
            place(town, subject)
    hold = place(town, exhibit.reference, town.act(Role.LIAISON))
    with town.refuses("lifts a legal hold"):
        holds.lift(town.db, town.act(Role.LIAISON), hold, reason="Over.")
    with town.refuses("no such legal hold", NotFound):
        holds.lift(town.db, town.act(Role.SUPERVISOR), 99, reason="Over.")
    holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    with town.refuses("lifted already"):
        holds.lift(town.db, town.act(Role.SUPERVISOR), hold, reason="Over.")
    assert (len(town.all(LegalHold)), len(town.all(HoldLift))) == (1, 1)


def test_two_holds_must_both_be_lifted(both):
    town = both
    reference, exhibit = cleared(town)
    first, second = place(town, exhibit.reference), place(town, reference)
    with town.refuses() as caught:
        ask(town, exhibit)
    assert len(caught.value.reasons) == 2
    holds.lift(town.db, town.act(Role.SUPERVISOR), first, reason="Over.")
    with town.refuses(f"Legal hold {second} "):
        ask(town, exhibit, Way.ASSET)
    holds.lift(town.db, town.act(Role.SUPERVISOR), second, reason="Over.")
    ask(town, exhibit, Way.ASSET)


def test_a_shop_is_not_moved_from_under_a_hold_or_open_proceedings(both):
    """Else one analyst alone would free its exhibits, and nobody would have lifted anything."""
    town = both
    reference, exhibit = cleared(town)
    operator = operator_of(town, reference)
    number = place(town, operator)
    with town.refuses(f"legal hold {number}"):
        operator_of(town, reference)
    holds.lift(town.db, town.act(Role.SUPERVISOR), number, reason="The case is over.")
    running = proceedings.open_proceeding(
        town.db, town.act(Role.LIAISON), operator, kind=ProceedingKind.ADMINISTRATIVE,
        name="Longgang 7",
    )  # fmt: skip
    with town.refuses("Longgang 7"):
        operator_of(town, reference)
    with town.refuses("Longgang 7"):
        ask(town, exhibit)
    proceedings.end_proceeding(
        town.db, town.act(Role.LIAISON), running, ended_on=town.now.date(), how=EndedBy.SETTLED
    )
    assert operator_of(town, reference) != operator
