"""What came of each source's flags: counted once each, in the database."""

import pytest

from casework.buying import ending
from casework.referring import answering
from casework.views.sources import sources
from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage.rows import change, table_of
from storage.tables import Flag
from tests.casework.sanctioning.test_sanctions import genuine_after_all


def only(town):
    (line,) = sources(town.db)
    return line


def test_a_source_is_judged_by_what_was_concluded(both):
    town = both
    assert (only(town).counted.bought, only(town).precision) == (0, None)
    fake = town.bring(Stage.JUDGED)
    town.bring(Stage.JUDGED, 2, verdict=Verdict.GENUINE)
    town.bring(Stage.JUDGED, 3, verdict=Verdict.INCONCLUSIVE)
    town.bring(Stage.JUDGED, 4, verdict=Verdict.GREY_MARKET)
    town.bring(Stage.ASSIGNED, 5)
    given_up = town.bring(Stage.ASSIGNED, 6)
    ending.abandon(
        town.db, town.act(Role.ANALYST), given_up, version=town.version(given_up),
        why=EarlyEnd.LISTING_GONE, note="Gone.",
    )  # fmt: skip
    line = only(town)
    found = line.counted
    assert (found.bought, found.counterfeit, found.genuine) == (6, 1, 1)
    assert (found.inconclusive, found.others, found.ended) == (1, 1, 1)
    assert found.flags == len(town.all(Flag)) > found.bought
    assert line.precision is not None
    assert (line.precision.hits, line.precision.trials) == (1, 2)
    # A verdict that is superseded counts against its source as soon as the new one is sealed.
    genuine_after_all(town, fake)
    assert (only(town).precision.hits, only(town).precision.trials) == (0, 2)


def test_versions_of_a_model_are_told_apart(on_sqlite):
    town = on_sqlite
    with town.db.write() as tx:
        change(tx, Flag, table_of(Flag).c.source_flag_id == "F1", model_version="99")
    town.bring(Stage.JUDGED)
    lines = {line.counted.version: line for line in sources(town.db)}
    assert len(lines) == 2 and lines["99"].counted.flags == 1
    assert lines.pop("99").precision is not None
    (other,) = lines.values()
    assert other.precision is None


@pytest.mark.parametrize("first", [Verdict.COUNTERFEIT, Verdict.GENUINE])
def test_a_flag_counts_once_by_its_newest_test_buy(on_sqlite, first):
    town = on_sqlite
    town.carry_on(town.request(), Stage.JUDGED, first)
    town.run("TB-2026-000001")
    if town.stage("TB-2026-000001") is not Stage.CLOSED:
        answering.close(
            town.db, town.act(Role.ANALYST), "TB-2026-000001",
            version=town.version("TB-2026-000001"), note="Bought again.",
        )  # fmt: skip
    town.carry_on(town.request(), Stage.JUDGED, Verdict.COUNTERFEIT)
    assert (only(town).counted.bought, only(town).precision.hits) == (1, 1)
