"""`testbuy places` and `testbuy set-retention` as an operator types them."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from casework.views.retention import retention_page
from storage.session import Database


def test_places_are_opened_listed_and_closed(run) -> None:
    code, said = run("places", "list")
    assert code == 1 and "testbuy places add" in said
    code, said = run("places", "add", "Shenzhen", "--room", "Cage 2", "--person", "nobody@a.org")
    assert code == 1 and "Nobody has an account under nobody@a.org" in said
    assert run("places", "list")[0] == 1, "a refused place was kept"
    add = ["places", "add", "Shenzhen", "--room", "Cage 2", "--shelf", "B", "--role", "clerk"]
    code, said = run(*add)
    assert code == 0 and "Shenzhen" in said
    name = said.removeprefix("Exhibits may be put into ").removesuffix(" from now on.")
    code, said = run("places", "list")
    assert code == 0 and f"{name} 0" in said and "open" in said and "clerk" in said
    assert run("places", "close", name, "--reason", " ")[0] == 1
    code, said = run("places", "close", "Nowhere", "--reason", "Gone")
    assert code == 1 and "There is no storage place Nowhere" in said
    assert run("places", "close", name, "--reason", "The lease ended")[0] == 0
    assert f"closed {datetime.now(UTC):%Y-%m-%d}" in run("places", "list")[1]


def test_a_retention_period_is_set(run, tmp_path: Path) -> None:
    kept = ["set-retention", "accepted", "30", "130"]
    code, said = run(*kept, "--source", "Counsel's letter of 3 May", "--country", "cn")
    assert code == 0 and "exhibits 30 months, evidence 130" in said
    with closing(Database.in_folder(tmp_path)) as db:
        periods = [line.period for line in retention_page(db, datetime.now(UTC)).periods]
    (period,) = (each for each in periods if each.source == "Counsel's letter of 3 May")
    assert (period.jurisdiction, period.outcome, period.verified) == ("CN", "accepted", False)
    assert (period.months, period.evidence_months) == (30, 130)
    for wrong in (["no_outcome", "1", "2"], ["accepted", "9", "8"]):
        assert run("set-retention", *wrong, "--source", "S")[0] == 1, wrong
    assert run("set-retention", "accepted", "1", "2", "--source", " ")[0] == 1
