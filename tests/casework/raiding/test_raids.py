"""Raids through the door, on both databases: their way, their accounts, what a lot supports."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from casework.errors import NotFound, Stale
from casework.raiding import raid_lines, raid_papers, raid_places, raids
from casework.referring import answering, following
from casework.views.raid import raid_page
from casework.views.raids import (
    every_raid,
    raids_of_operator,
    raids_of_referral,
    referrals_leading,
)
from casework.views.referrals import referral as referral_page
from evidence.digests import salted
from rules.holders import ExhibitKind
from rules.raids import Fate, MetAs, PaperKind, PlaceKind, RaidState, TakesPart
from rules.referral import ReferralMove, ReferralState
from rules.roles import Role
from rules.sampling import Drawn
from rules.seizures import Basis, Precision
from storage import ledger
from storage.rows import add, one
from storage.tables import (
    FiguresChoice,
    LedgerRow,
    LotSample,
    Operator,
    Raid,
    RaidPaper,
    RaidPerson,
    RaidPlace,
    Referral,
    ReferralStep,
    SeizureLine,
)
from tests.casework.programme_in import picture
from tests.casework.raiding.raiding import (
    DAY,
    OVER,
    TIMES,
    WATCHES,
    carried_out,
    operator,
    planned,
    record,
    source,
    whole,
)

PDF = b"%PDF-1.7\n" + b"0" * 3000


def raid(town, reference):
    with town.db.read() as tx:
        return one(tx, Raid, reference=reference)


def bodies(town, reference):
    return b"\n".join(entry.body for entry in town.ledger(reference)).decode()


def test_the_source_case_is_told_whole(both):
    reference, police, press = whole(both)
    page = raid_page(both.db, reference)
    assert (page.raid.state, page.raid.carried_out_on) == (RaidState.CARRIED_OUT, DAY)
    assert (page.operator.name, page.agency.name) == ("Liu", "Luohu police")
    assert [place.kind for place in page.places] == [PlaceKind.BUSINESS, PlaceKind.RESIDENCE]
    assert [met.place.kind for met in page.met] == [PlaceKind.RESIDENCE]
    said = {account.source.id: account for account in page.accounts}
    (total,) = said[police].totals
    assert (str(total.money), total.precision, total.basis) == (
        "CNY 2,000,000.00", Precision.ABOUT, Basis.ESTIMATE,
    )  # fmt: skip
    assert said[press].totals == ()
    told = [(row.kind, row.quantity, row.precision) for row in said[press].counts]
    assert told == [(ExhibitKind.GOODS, 125, Precision.OVER)]
    # Nobody has said yet whose figures are taken: a list shows none.
    (line,) = every_raid(both.db)
    assert (line.source, line.counts, line.totals) == (None, (), ())


def test_a_person_takes_one_sources_figures_with_a_reason(both):
    reference, police, press = whole(both)
    liaison = both.act(Role.LIAISON)
    for version, of in ((2, press), (3, police)):
        raid_lines.choose(
            both.db, both.act(Role.LIAISON), reference, version=version, source=of, reason="Signed."
        )
    (line,) = every_raid(both.db)
    assert line.source.id == police and [total.source for total in line.totals] == [police]
    assert len(both.all(FiguresChoice)) == 2 and raid_page(both.db, reference).taken == police
    with both.refuses("changed meanwhile", Stale):
        raid_lines.choose(both.db, liaison, reference, version=2, source=press, reason="No, him.")
    with both.refuses("Say why"):
        raid_lines.choose(both.db, liaison, reference, version=4, source=press, reason=" ")


def accepted(town):
    """A referral that its agency accepted; gives its reference and a test buy it rests on."""
    testbuy = town.refer()
    town.approve_referral(testbuy)
    town.send(testbuy)
    town.answer(testbuy, ReferralState.ACCEPTED)
    return town.referral(testbuy).reference, testbuy


def test_a_raid_takes_the_referrals_operator_and_agency(both):
    taken, _ = accepted(both)
    reference = planned(both, operator=None, agency=None, referral=taken)
    assert raid_page(both.db, reference).referral.reference == taken
    with both.db.read() as tx:
        led = one(tx, Referral, reference=taken)
        (line,) = raids_of_referral(tx, led.id)
        assert [each.raid.id for each in raids_of_operator(tx, [led.operator_id]).against] == [
            line.raid.id
        ]
        assert raids_of_operator(tx, [led.operator_id + 1]).against == ()
    other = operator(both, "Other", shop=2)
    for said in ({"operator": other, "referral": taken},):
        with both.refuses("Leave the operator out"):
            planned(both, **said)
    for said in ({"referral": "RF-1999-000001"}, {"operator": None}, {"agency": "Nobody"}):
        with both.refuses(kind=NotFound):
            planned(both, **{"operator": other} | said)


def on(town, led):
    """A try to plan a raid on a referral; gives the raid's reference."""
    return planned(town, operator=None, agency=None, referral=led)


def test_a_raid_follows_the_agencys_acceptance_alone(both):
    """At each stand before it the page says what to do, and nothing is written."""
    town = both
    testbuy = town.refer()
    led = town.referral(testbuy).reference
    with town.refuses("is drafted: no agency has accepted it yet"):
        on(town, led)
    town.approve_referral(testbuy)
    with town.refuses("is approved: no agency has accepted it yet"):
        on(town, led)
    town.send(testbuy)
    with town.refuses("is sent: record on its page that the agency accepted it"):
        on(town, led)
    assert referrals_leading(town.db) == () and town.all(Raid) == []
    # Of its own accord the agency raids whenever it likes.
    own = planned(town, operator="OP-0001")
    assert raid_page(town.db, own).referral is None
    town.answer(testbuy, ReferralState.ACCEPTED)
    assert referrals_leading(town.db) == (led,)
    assert raid_page(town.db, on(town, led)).referral.reference == led


@pytest.mark.parametrize("end", [ReferralState.DECLINED, ReferralState.WITHDRAWN])
def test_no_raid_is_planned_on_a_referral_that_came_to_nothing(both, end):
    town = both
    testbuy = town.refer()
    row = town.referral(testbuy)
    if end is ReferralState.WITHDRAWN:
        answering.withdraw(
            town.db, town.act(Role.LIAISON), row.reference, version=row.version, reason="Moved."
        )
    else:
        town.approve_referral(testbuy)
        town.send(testbuy)
        town.answer(testbuy, end, "Not ours.")
    with town.refuses(f"is {end}: nothing comes of it any more"):
        on(town, row.reference)
    assert referrals_leading(town.db) == () and town.all(Raid) == []


def test_a_referral_is_not_closed_while_a_raid_is_planned_on_it(both):
    town = both
    led, testbuy = accepted(town)
    reference = on(town, led)

    def close():
        following.record(
            town.db, town.act(Role.LIAISON), led, ReferralMove.CLOSE, words="Given up.",
            version=town.referral(testbuy).version, happened_on=town.now.date(),
        )  # fmt: skip

    assert ReferralMove.CLOSE not in referral_page(town.db, led, town.now).may_follow
    with town.refuses(f"{reference} is still planned on it"):
        close()
    raids.call_off(town.db, town.act(Role.LIAISON), reference, version=1, reason="They moved.")
    assert ReferralMove.CLOSE in referral_page(town.db, led, town.now).may_follow
    close()
    assert town.referral(testbuy).state is ReferralState.CLOSED
    with town.refuses("is closed: nothing comes of it any more"):
        on(town, led)


def test_a_raid_takes_its_referral_along_and_leaves_one_that_was_not_there(both):
    town = both
    led, testbuy = accepted(town)
    day, liaison = town.now.date(), town.act(Role.LIAISON)
    until = day + timedelta(days=2)
    before = on(town, led)
    assert town.referral(testbuy).state is ReferralState.PLANNED
    raids.carry_out(town.db, liaison, before, version=1, on=DAY)  # years before it was sent
    assert town.referral(testbuy).state is ReferralState.PLANNED
    assert raid_page(town.db, before).left_behind
    reference = planned(town, operator=None, agency=None, referral=led, planned_on=until)
    town.later(days=3)
    seen = town.referral(testbuy).version
    raids.carry_out(town.db, town.act(Role.LIAISON), reference, version=1, on=until)
    assert town.referral(testbuy).state is ReferralState.RAIDED
    assert town.referral(testbuy).version == seen + 1
    assert not raid_page(town.db, reference).left_behind
    steps = [(each.move, each.happened_on, each.until) for each in town.all(ReferralStep)]
    assert steps[-2:] == [("plan", day, until), ("raid", until, None)]
    assert b"raided" in b"".join(each.body for each in town.all(LedgerRow))


def test_a_raid_is_called_off_with_the_reason_and_stays_so(both):
    reference = planned(both)
    liaison = both.act(Role.LIAISON)
    with both.refuses("Say why"):
        raids.call_off(both.db, liaison, reference, version=1, reason=" ")
    raids.call_off(both.db, liaison, reference, version=1, reason="They had moved out.")
    row = raid(both, reference)
    assert (row.state, row.called_off_because) == (RaidState.CALLED_OFF, "They had moved out.")
    assert "They had moved" not in bodies(both, reference)
    with both.refuses("called off"):
        raids.carry_out(both.db, liaison, reference, version=2, on=DAY)
    with both.refuses("called off"):
        source(both, reference)
    with both.refuses("called off"):
        raid_places.add_place(both.db, liaison, reference, kind=PlaceKind.OTHER, address="A")


def test_two_people_at_once_end_a_raid_once(both):
    """The second form was shown before the first was sent."""
    reference = planned(both)
    raids.carry_out(both.db, both.act(Role.LIAISON), reference, version=1, on=DAY)
    with both.refuses("carried out already"):
        raids.call_off(
            both.db, both.act(Role.LIAISON, "other liaison"), reference, version=1, reason="No."
        )
    other = planned(both, operator="OP-0001")
    with both.refuses("changed meanwhile", Stale):
        raids.carry_out(both.db, both.act(Role.LIAISON), other, version=7, on=DAY)


def test_nothing_comes_of_a_raid_before_it_or_in_the_future(both):
    reference, liaison = planned(both), both.act(Role.LIAISON)
    with both.refuses("Record first"):
        source(both, reference)
    with both.refuses("future"):
        raids.carry_out(
            both.db, liaison, reference, version=1, on=both.now.date() + timedelta(days=1)
        )
    place = raid_places.add_place(both.db, liaison, reference, kind=PlaceKind.BUSINESS, address="A")
    with both.refuses("Record first"):
        raid_places.record_times(both.db, liaison, reference, place, times=TIMES)
    raids.carry_out(both.db, both.act(Role.LIAISON), reference, version=1, on=DAY)
    with both.refuses("ends after it began"):
        raid_places.record_times(both.db, liaison, reference, place, times=TIMES[::-1])
    with both.refuses("nothing was searched before"):
        early = tuple(each - timedelta(days=2) for each in TIMES)
        raid_places.record_times(both.db, liaison, reference, place, times=early)
    with both.refuses("lies between the raid's"):
        source(both, reference, said_on=DAY - timedelta(days=1))
    raid_places.record_times(both.db, both.act(Role.LIAISON), reference, place, times=TIMES)
    with both.refuses("recorded already", Stale):
        raid_places.record_times(both.db, liaison, reference, place, times=TIMES)
    with both.refuses("future"):
        source(both, reference, said_on=both.now.date() + timedelta(days=1))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.SUPERVISOR])
def test_who_is_no_liaison_records_nothing(on_sqlite, role):
    town = on_sqlite
    reference, police, _ = whole(town)
    act = town.act(role)
    place = town.all(RaidPlace)[0].id
    tries = (
        lambda: raids.plan(
            town.db, act, operator="OP-0001", agency="Luohu police", referral=None, planned_on=DAY
        ),
        lambda: raids.call_off(town.db, act, reference, version=2, reason="No."),
        lambda: raids.add_participant(
            town.db, act, reference, role=TakesPart.NOTARY, organisation="N"
        ),
        lambda: raid_places.add_place(town.db, act, reference, kind=PlaceKind.OTHER, address="B"),
        lambda: raid_places.add_person(
            town.db, act, reference, place=place, name="B", met_as=MetAs.STAFF
        ),
        lambda: record(town, reference, police, act=act),
        lambda: raid_lines.choose(
            town.db, act, reference, version=2, source=police, reason="Mine."
        ),
        lambda: raid_papers.hand_in(
            town.db, town.vault, act, reference, kind=PaperKind.OTHER, title="T", data=PDF
        ),
        lambda: sampled(town, reference, 1, act=act),
    )
    for attempt in tries:
        with town.refuses("Only a liaison"):
            attempt()


def test_a_correction_supersedes_and_the_earlier_line_stays(both):
    reference, police, _ = whole(both)
    first = both.all(SeizureLine)[0].id
    liaison = both.act(Role.LIAISON)
    fewer = replace(WATCHES, quantity=124, value=None)
    later = raid_lines.correct(
        both.db, liaison, reference, corrects=first, line=fewer, reason="Counted again."
    )
    page = raid_page(both.db, reference)
    account = next(each for each in page.accounts if each.source.id == police)
    assert [(row.kind, row.quantity) for row in account.counts] == [
        (ExhibitKind.GOODS, 124), (ExhibitKind.SEAL, 2),
    ]  # fmt: skip
    assert account.totals == ()
    superseded = {shown.line.id: shown.superseded_by for shown in account.lines}
    assert superseded[first] == later and superseded[later] is None
    assert account.lines[0].line.quantity == 125
    with both.refuses("corrected meanwhile", Stale):
        raid_lines.correct(
            both.db, both.act(Role.LIAISON, "other liaison"), reference, corrects=first,
            line=replace(WATCHES, quantity=126), reason="As I read it.",
        )  # fmt: skip
    with both.refuses("Say why"):
        raid_lines.correct(both.db, liaison, reference, corrects=later, line=fewer, reason="")
    with both.refuses(kind=NotFound):
        raid_lines.correct(both.db, liaison, reference, corrects=999, line=fewer, reason="R")


def test_the_database_itself_lets_a_line_be_superseded_once(both):
    reference, _, _ = whole(both)
    first = both.all(SeizureLine)[0]
    raid_lines.correct(
        both.db, both.act(Role.LIAISON), reference, corrects=first.id, line=WATCHES, reason="R"
    )
    copy = {name: getattr(first, name) for name in first._fields if name != "id"}
    with pytest.raises(sa.exc.IntegrityError), both.db.write() as tx:
        add(tx, SeizureLine, **copy | {"corrects_id": first.id, "corrected_because": "R"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"description": " "}, "what was seized"),
        ({"unit": ""}, "in which unit"),
        ({"quantity": -1}, "whole number"),
        ({"quantity": 10**9 + 1}, "whole number"),
        ({"place": 4711}, "no place of that number"),
    ],
)
def test_a_line_that_says_nothing_is_refused(on_sqlite, wrong, said):
    reference = carried_out(on_sqlite)
    of = source(on_sqlite, reference)
    with on_sqlite.refuses(said):
        record(on_sqlite, reference, of, replace(WATCHES, **wrong))


def test_sources_places_and_lines_of_another_raid_are_not_there(on_sqlite):
    town = on_sqlite
    reference, police, _ = whole(town)
    other = carried_out(town, operator="OP-0001")
    line, place = town.all(SeizureLine)[0].id, town.all(RaidPlace)[0].id
    of = source(town, other)
    for attempt in (
        lambda: record(town, other, police),
        lambda: record(town, other, of, replace(WATCHES, place=place)),
        lambda: raid_lines.correct(
            town.db, town.act(Role.LIAISON), other, corrects=line, line=WATCHES, reason="R"
        ),
        lambda: sampled(town, other, line),
        lambda: raid_papers.paper(town.db, other, 1),
    ):
        with town.refuses(kind=NotFound):
            attempt()
    with town.refuses("on record already"):
        source(town, reference)


def test_a_name_and_an_address_are_in_no_ledger_and_can_be_proved(both):
    reference, _, _ = whole(both)
    told = bodies(both, reference)
    for row, text in ((both.all(RaidPerson)[0], "Liu Yi"), (both.all(RaidPlace)[0], "12 Dongmen")):
        kept = row.name if hasattr(row, "name") else row.address
        assert text in kept and text not in told and salted(kept, row.salt) in told
    assert "economic crime" not in told and "City paper" not in told


def test_what_became_of_somebody_is_added_to(both):
    reference, _, _ = whole(both)
    person = both.all(RaidPerson)[0].id
    for fate, day in ((Fate.DETAINED, 10), (Fate.ON_BAIL, 30)):
        raid_places.record_fate(
            both.db, both.act(Role.LIAISON), reference, person=person, fate=fate,
            as_of=date(2016, 8, day),
        )  # fmt: skip
    (met,) = raid_page(both.db, reference).met
    assert [row.fate for row in met.fates] == [Fate.DETAINED, Fate.ON_BAIL]
    for day in (date(2016, 8, 9), both.now.date() + timedelta(days=1)):
        with both.refuses("between"):
            raid_places.record_fate(
                both.db, both.act(Role.LIAISON), reference, person=person, fate=Fate.ARRESTED,
                as_of=day,
            )  # fmt: skip


def sampled(town, reference, line, *, examined=25, fake=25, drawn=Drawn.AT_RANDOM, act=None):
    return raid_papers.record_sample(
        town.db, act or town.act(Role.LIAISON), reference, line=line, examined=examined, fake=fake,
        drawn=drawn, examiner="Swarovski, authority of 1 March", examined_on=DAY,
    )  # fmt: skip


def test_a_sample_of_the_lot_supports_what_is_printed(both):
    """Domain, section 8: 25 of 125 examined and all fake supports at least 90 %."""
    reference, _, _ = whole(both)
    watches = both.all(SeizureLine)[0].id
    sampled(both, reference, watches)
    sampled(both, reference, watches, drawn=Drawn.PICKED)
    account = raid_page(both.db, reference).accounts[0]
    drawn, picked = account.lines[0].samples
    assert drawn.sample.least == 113 and "at least 90 %" in drawn.says
    assert picked.sample.least is None and "says nothing of the other 100" in picked.says
    assert dict(account.lines[0].to_examine)[90] == 25
    later = raid_lines.correct(
        both.db, both.act(Role.LIAISON), reference, corrects=watches,
        line=replace(WATCHES, quantity=126), reason="One more.",
    )  # fmt: skip
    with both.refuses("corrected meanwhile", Stale):
        sampled(both, reference, watches)
    sampled(both, reference, later)
    assert [row.lot for row in both.all(LotSample)] == [125, 125, 126]


def test_a_lot_that_nobody_counted_supports_nothing(on_sqlite):
    town = on_sqlite
    reference, _, press = whole(town)
    over = record(town, reference, press, replace(OVER, description="More watches"))
    with town.refuses("does not say exactly"):
        sampled(town, reference, over)
    watches = town.all(SeizureLine)[0].id
    for wrong in ({"examined": 126}, {"fake": 26}, {"examined": 0, "fake": 0}):
        with town.refuses("piece"):
            sampled(town, reference, watches, **wrong)


def test_a_photo_and_the_agencys_list_are_kept_bit_for_bit(both):
    reference, police, _ = whole(both)
    photo = picture("the raid")
    for kind, data, of in ((PaperKind.PHOTO, photo, None), (PaperKind.SEIZURE_LIST, PDF, police)):
        digest = raid_papers.hand_in(
            both.db, both.vault, both.act(Role.LIAISON), reference, kind=kind, title="T",
            data=data, source=of,
        )  # fmt: skip
        assert b"".join(both.vault.chunks(digest)) == data
        assert digest in bodies(both, reference)
    kept = both.all(RaidPaper)
    assert [bool(row.preview_digest) for row in kept] == [True, False]
    assert raid_papers.paper(both.db, reference, kept[1].id).source_id == police
    raid_papers.hand_in(
        both.db, both.vault, both.act(Role.LIAISON), reference, kind=PaperKind.PHOTO, title="T",
        data=photo,
    )  # fmt: skip
    assert len(both.all(RaidPaper)) == 2
    for data, said in ((PDF, "kept for this raid already"), (b"none", "PDF")):
        with both.refuses(said):
            raid_papers.hand_in(
                both.db, both.vault, both.act(Role.LIAISON), reference, kind=PaperKind.OTHER,
                title="T", data=data,
            )  # fmt: skip


def test_the_ledger_of_a_raid_holds_and_names_the_operator(both):
    reference, _, _ = whole(both)
    with both.db.read() as tx:
        entries = list(ledger.chain(tx, reference))
        known = one(tx, Operator, name="Liu")
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert known.reference in bodies(both, reference)
