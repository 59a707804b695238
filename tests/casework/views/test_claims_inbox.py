"""A complete claim waits for an approver: for nobody who had a part, and until it is approved."""

import pytest

from casework.suing import suing
from casework.verdicts import judging
from casework.views import inbox
from rules.roles import Role
from storage.rows import remove, table_of
from storage.tables import (
    ClaimCause,
    ClaimEvidence,
    ClaimHead,
    ClaimParty,
    ClaimRelief,
)
from tests.casework.suing import suits


def waiting(town, role=Role.APPROVER, person="approver"):
    reader = inbox.Reader(town.people[person], frozenset({role}), town.now)
    found = inbox.inbox(town.db, reader)
    return found.counts.get("claim", 0)


def complete(town):
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    assert waiting(town) == 0
    suits.plead(town, reference, testbuy)
    return reference


def test_it_waits_once_it_says_all_and_until_it_is_approved(both):
    town = both
    reference = complete(town)
    assert waiting(town) == 1
    assert waiting(town, Role.COUNSEL, "counsel") == 0
    assert waiting(town, Role.APPROVER, "counsel") == 0
    suits.approve(town, reference)
    assert waiting(town) == 0


@pytest.mark.parametrize(
    "tables", [(ClaimEvidence,), (ClaimHead, ClaimRelief), (ClaimParty,), (ClaimHead, ClaimCause)]
)
def test_a_part_that_is_missing_keeps_it_out_as_the_rule_does(on_sqlite, tables):
    town = on_sqlite
    reference = complete(town)
    number = suits.row(town, reference).id
    with town.db.write() as tx:
        for table in tables:
            remove(tx, table, table_of(table).c.claim_id == number)
        assert not suing.completeness(tx, suits.row(town, reference)).allowed
    assert waiting(town) == 0


def test_it_waits_no_more_while_what_it_rests_on_is_judged_again(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    suits.plead(town, suits.prepare(town, operator), testbuy)
    assert waiting(town) == 1
    judging.judge_again(
        town.db, town.act(Role.ANALYST), testbuy, version=town.version(testbuy), reason="In doubt.",
        supersedes=False,
    )  # fmt: skip
    assert waiting(town) == 0
