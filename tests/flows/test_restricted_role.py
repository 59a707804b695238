"""Flows whose programme is connected as its restricted role on PostgreSQL (`storage.roles`)."""

from contextlib import closing

import pytest

from cli.processes.stack import Stack
from storage import roles
from storage.session import Database
from tests.conftest import RESTRICTED, TEMPLATE
from tests.flows.programme import Programme


@pytest.fixture
def restricted(prefect, outside, deployments, postgresql, tmp_path_factory):
    """A programme at work that may only add to what is kept for good."""
    home = tmp_path_factory.mktemp("restricted")
    name = postgresql.create(TEMPLATE)
    with closing(Database(postgresql.url(name))) as owner, owner.write() as tx:
        roles.grant(tx, RESTRICTED)
    built = Programme(
        home, outside, prefect.api_url, references_from=900_000,
        database_url=postgresql.restricted_url(name),
    )  # fmt: skip
    with Stack(home) as built.stack:
        built.stack.start(built.worker("restricted-worker"))
        built.dispatch()
        yield built
    built.close()
    postgresql.drop(name)


def test_a_run_and_an_anchor_need_no_right_that_was_not_granted(restricted, create, reached):
    with restricted.db.read() as tx:
        assert roles.current(tx) == RESTRICTED
        assert list(roles.powers(tx)) == []
    reference = restricted.request("L-30")
    restricted.wait(reference, "Waiting for parcel")
    restricted.photograph(reference, "R01", "R02")
    restricted.receive(reference)
    restricted.wait(reference, "Waiting for photos")
    while True:
        done = reached(create("anchor/anchor", {}, f"anchor-{reference}"))
        # Its own schedule may be anchoring just now.
        if done.state_name != "Passed on":
            break
    assert done.state_name == "Anchored"
    assert list((restricted.home / "anchors").glob("*.json"))
