"""Cases of made-up orders through the door, and what they do to an operator's gauge."""

from datetime import date

import pytest

from casework.errors import Stale
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.gauge import brushing
from casework.gauge.gauging import gauge
from casework.referring import referring
from casework.sanctioning import sanctioning
from casework.sanctioning.telling_sellers import notice_pdf
from casework.views import inbox
from rules.brushing import BrushingState
from rules.flags import FlagKind
from rules.lifecycle import Stage
from rules.roles import Role
from rules.sanctions import SanctionGround, SanctionKind, SanctionState
from storage.rows import change, one, table_of
from storage.tables import Brushing, Flag
from tests.casework.programme_in import ENOUGH
from tests.casework.sanctioning.sanctioned import SAID, decide, notify, sanction

PERIOD = (date(2026, 3, 1), date(2026, 3, 31))


def open_case(town, shop=1, act=None, **said):
    reasons = "Hundreds of orders in one minute."
    by = act or town.act(Role.ANALYST)
    return brushing.open_case(town.db, by, town.shop(shop).id, reasons=reasons, **said)


def estimate(town, reference, *amounts, orders=(100, 200), source="Risk team"):
    low, high, currency = amounts or (None, None, None)
    said = brushing.Said(*PERIOD, *orders, source, low, high, currency)
    brushing.estimate(town.db, town.act(Role.ANALYST), reference, said)


def settle(town, reference, *, established, act=None, version=None):
    """As whoever settles it sees it now, or as they saw it at `version`."""
    with town.db.read() as tx:
        seen = one(tx, Brushing, reference=reference).version
    brushing.settle(
        town.db, act or town.act(Role.APPROVER), reference, version=version or seen,
        established=established, reasons="By the waybills.",
    )  # fmt: skip


def state(town, reference):
    with town.db.read() as tx:
        return one(tx, Brushing, reference=reference).state


def reading(town):
    with town.db.read() as tx:
        return gauge(tx, town.shop(1).operator_id, "CN", town.now)


def linked(town):
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(1).id, operator=None,
        new_operator_name="Liu", basis="One account.",
    )  # fmt: skip


def test_the_gauge_goes_by_what_is_left_until_the_case_is_unfounded(both):
    town = both
    linked(town)
    town.record_sales(1)
    assert reading(town).met
    reference = open_case(town)
    assert reading(town).met, "a case without a figure takes nothing out"
    estimate(town, reference, 500_000, ENOUGH - 1, "CNY")
    found = reading(town)
    assert not found.met
    assert "CNY 60,000.00 as recorded are CNY 0.01 to CNY 55,000.00" in found.reasons[-2]
    assert "met only with orders that may be made up" in found.reasons[-1]
    settle(town, reference, established=False)
    assert reading(town).met and state(town, reference) is BrushingState.UNFOUNDED
    with town.refuses("found to be unfounded"):
        estimate(town, reference)


def test_no_referral_is_drafted_on_sales_that_may_be_made_up(on_sqlite):
    town = on_sqlite
    linked(town)
    town.record_sales(1)
    estimate(town, open_case(town))
    fake = town.bring(Stage.JUDGED)
    assert referring.consider(town.db, town.engine(), fake) is None
    assert town.row(fake).waiting_name == "Held"


def test_who_opened_it_does_not_settle_it_and_it_is_settled_once(both):
    town = both
    reference = open_case(town, act=town.act(Role.ANALYST, "both"))
    with town.refuses("You opened this case"):
        settle(town, reference, established=False, act=town.act(Role.APPROVER, "both"))
    with town.refuses("No figure with a source"):
        settle(town, reference, established=True)
    with town.refuses("Only an approver"):
        settle(town, reference, established=False, act=town.act(Role.AUDITOR))
    with town.refuses("is open against this shop"):
        open_case(town)
    estimate(town, reference)
    settle(town, reference, established=True)
    with town.refuses("settled meanwhile", Stale):
        settle(town, reference, established=False, version=2)
    with town.refuses("settled already"):
        settle(town, reference, established=False)


def test_who_recorded_a_figure_does_not_settle_and_who_settles_saw_every_figure(both):
    town = both
    reference = open_case(town)
    said = brushing.Said(*PERIOD, 1, 2, "Risk team")
    brushing.estimate(town.db, town.act(Role.ANALYST, "both"), reference, said)
    with town.refuses("You recorded a figure"):
        settle(town, reference, established=True, act=town.act(Role.APPROVER, "both"))
    with town.refuses("a figure came to it", Stale):
        settle(town, reference, established=True, version=1)
    settle(town, reference, established=True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"orders": (3, 1)}, "begin with the lower end"),
        ({"source": " "}, "without a source"),
        ({"amounts": (2, 1, "CNY")}, "begins with the lower end"),
        ({"amounts": (1, None, "CNY")}, "both ends"),
    ],
)
def test_a_figure_has_two_ends_and_a_source(on_sqlite, said, why):
    reference = open_case(on_sqlite)
    amounts = said.pop("amounts", ())
    with on_sqlite.refuses(why):
        estimate(on_sqlite, reference, *amounts, **said)


def test_a_flag_about_it_opens_a_case_and_is_not_bought_from(on_sqlite):
    town = on_sqlite
    flag = next(each for each in town.all(Flag) if each.source_flag_id == "F1")
    with town.refuses("about something else"):
        open_case(town, flag_id=flag.id)
    with town.db.write() as tx:
        change(tx, Flag, table_of(Flag).c.id == flag.id, kind=FlagKind.BRUSHING)
    with town.refuses("which no purchase proves"):
        town.request()
    assert state(town, open_case(town, flag_id=flag.id)) is BrushingState.OPEN


def test_a_feed_names_the_kind_of_a_flag():
    head = (
        "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
        "listing_url,title,brand,category,price_minor,currency,seen_at,kind\n"
    )
    line = "F,s,m,1,0.5,a,t,S,N,L,https://e.example,T,B,w,1,CNY,2026-11-01T08:00:00Z,"
    read = read_feed("f.csv", (head + line + "brushing\n" + line + "\n" + line + "odd\n").encode())
    assert [row.kind for row in read.rows] == [FlagKind.BRUSHING, FlagKind.COUNTERFEIT]
    assert [each.reason for each in read.rejected] == [
        "The kind “odd” is not counterfeit or brushing."
    ]


def test_a_sanction_rests_on_an_established_case_alone(both):
    town = both
    reference = open_case(town)
    estimate(town, reference)

    def propose(**said):
        return sanctioning.propose(
            town.db, town.act(Role.ANALYST), town.shop(1).id, kind=SanctionKind.WARNED,
            resting=(), brushing=reference, **{**SAID, **said},
        )  # fmt: skip

    with town.refuses("are not established"):
        propose()
    settle(town, reference, established=True)
    made = propose()
    decide(town, made)
    assert notice_pdf(town.db, town.vault, made, town.now, "en")[:5] == b"%PDF-"
    notify(town, made)
    row = sanction(town, made)
    assert (row.state, row.ground) == (SanctionState.NOTIFIED, SanctionGround.BRUSHING)


def test_an_open_case_waits_for_an_approver_who_did_not_open_it(both):
    town = both

    def waiting(role=Role.APPROVER, person="approver"):
        reader = inbox.Reader(town.people[person], frozenset({role}), town.now)
        return inbox.inbox(town.db, reader).counts.get("brushing", 0)

    mine = open_case(town, act=town.act(Role.ANALYST, "both"))
    other = open_case(town, shop=2)
    assert (waiting(), waiting(person="both"), waiting(Role.ANALYST, "analyst")) == (2, 1, 0)
    settle(town, mine, established=False)
    settle(town, other, established=False)
    assert waiting() == 0
