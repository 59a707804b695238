"""Whatever waits for a person is in that person's inbox, or stands here with the reason why not.

The waits of a test buy are walked, the notices that ask, the tables with an index of open rows, and
the rows that are closed once: who adds one is told here that nobody would see it.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from casework.views import inbox
from portal.permissions import PERMISSIONS, Anyone
from rules import waiting
from rules.notices import ASKING, NoticeKind
from rules.referral import ReferralState
from rules.roles import Role
from rules.waiting import Waiting
from storage import triggers
from storage.inbox_selects import SELECTS
from storage.inbox_testbuys import Asker
from storage.rows import change, table_of
from storage.tables import Referral, TestBuy
from tests.portal.small_world import World

WAITS = tuple(each for each in vars(waiting).values() if isinstance(each, Waiting))
OF_PEOPLE = tuple(each for each in WAITS if each.role not in (None, Role.PROGRAMME))
KINDS = {source.kind: source for source in inbox.SOURCES}
REFERRED: dict[str, tuple[ReferralState, str | None]] = {
    waiting.REFERRAL_APPROVAL.name: (ReferralState.DRAFTED, None),
    waiting.SENDING_ANSWER.name: (ReferralState.APPROVED, None),
    waiting.SENDING_DECISION.name: (ReferralState.APPROVED, "The agency took nothing."),
    waiting.AGENCY.name: (ReferralState.SENT, None),
}
"""Waits that are told by the referral, as it stands then: its state, and why it was not sent."""

ASKED_BY = {
    NoticeKind.REMINDED: "task",
    NoticeKind.ESCALATED: "escalated",
    NoticeKind.LOOKS_ALIKE: "alike",
    NoticeKind.LEAD: "lead",
    NoticeKind.CONDUCT: "conduct",
    NoticeKind.LEVEL_ASKED: "level",
    NoticeKind.IDENTITY_ASKED: "identity",
    NoticeKind.DISPOSAL_ASKED: "disposal",
    NoticeKind.HAND_OVER: "hand_over",
    NoticeKind.KIT: "kit",
    NoticeKind.SUPERSEDED: "receipt",
    NoticeKind.REVIEW: "review",
    NoticeKind.ASSET_RECALLED: "asset",
}
"""What a notice asks for, which stands in the inbox instead of it."""

NOBODYS = {
    "webhook_delivery": "sent and sent again by the programme; its page shows what is owed",
    "order_attempt": "waits as its test buy, by that one's wait",
    "page_capture": "the programme visits the page; what stays without is told at the test buy",
    "exhibit_code": "put on an exhibit when there is one; the rest stand at the test buy",
    "signing_certificate": "is in use until it is retired, and waits for nobody",
    "verdict": "stands until one supersedes it, and waits for nobody",
    "seller_picture": "is compared as it comes; a link it tells of is a proposal",
    "sign_on_binding": "stands until an administrator undoes it, and waits for nobody",
    "conduct_phrase": "warns either way; each warning says that its words are unverified",
    "genuine_price": "is told as unverified where it is used, until a later one takes its place",
    "cause_of_action": "is told as not verified wherever a claim names it, until counsel checks it",
    "goodwill_proof": "is told as not verified wherever a claim lists it, until counsel checks it",
}
"""Tables with rows that stay open, and why their openness itself is nobody's to see to."""


def seen_by(world: World, person: str, role: Role) -> dict[str, set[str]]:
    """The subjects in an inbox, by kind."""
    reader = inbox.Reader(world.people[person], frozenset({role}), world.now)
    found: dict[str, set[str]] = {}
    view = inbox.inbox(world.db, reader)
    for line in (*view.late, *view.waiting):
        found.setdefault(line.kind, set()).add(line.subject)
    return found


def put(world: World, wait: Waiting, referral: str) -> str:
    """Let a test buy wait so; gives what its line is about."""
    if wait is waiting.VERDICT:
        return world.examinations[world.testbuys["examined"]]
    which = {Role.BUYER: "assigned", Role.LIAISON: "judged"}.get(wait.role or Role.PROGRAMME)
    reference = world.testbuys[which or "requested"]
    values: dict[str, Any] = {"waiting_name": wait.name, "waiting_role": wait.role}
    with world.db.write() as tx:
        rows = table_of(TestBuy).c
        change(
            tx, TestBuy, rows.reference == reference, **values, waiting_since=world.now,
            reminded_at=world.now, escalated_at=None,
        )  # fmt: skip
        if wait.name not in REFERRED:
            return reference
        state, why = REFERRED[wait.name]
        named = table_of(Referral).c.reference == referral
        change(tx, Referral, named, state=state, unsent_because=why, sent_at=world.now)
    return referral


@pytest.mark.parametrize("wait", OF_PEOPLE, ids=lambda wait: wait.name)
def test_each_wait_for_a_person_is_in_the_inbox_of_that_role(
    world: World, referral: str, wait: Waiting
) -> None:
    """Catches a wait that was added, or renamed, and that no select of the inbox knows."""
    subject = put(world, wait, referral)
    assert wait.role
    found = seen_by(world, wait.role, wait.role)
    assert [kind for kind, about in found.items() if subject in about] != []
    elsewhere = {
        role: kind
        for role in (Role.ANALYST, Role.APPROVER, Role.BUYER, Role.CLERK, Role.LIAISON)
        if role is not wait.role
        for kind, about in seen_by(world, role, role).items()
        if subject in about and kind not in ("confirm", "bag")
    }
    assert elsewhere == {}


def test_who_else_is_waited_for_is_the_programme() -> None:
    assert {each.role for each in set(WAITS) - set(OF_PEOPLE)} == {None, Role.PROGRAMME}
    assert set(waiting.ON_ENTRY.values()) <= set(WAITS)


def test_each_kind_has_its_select_its_words_and_people_who_may_do_it() -> None:
    assert KINDS.keys() == SELECTS.keys()
    for source in KINDS.values():
        allowed = PERMISSIONS[source.route]
        assert source.roles and (isinstance(allowed, Anyone) or source.roles <= set(allowed))


def test_what_a_notice_asks_for_is_in_the_inbox_itself() -> None:
    assert ASKED_BY.keys() == ASKING
    assert set(ASKED_BY.values()) <= KINDS.keys()


def opened() -> Iterator[str]:
    """Tables whose rows are open until somebody or something is done with them."""
    for table in TestBuy.metadata.sorted_tables:
        wheres = [index.dialect_options["sqlite"].get("where") for index in table.indexes]
        if any(re.search(r" IS NULL|= 1|state", str(each)) for each in wheres if each is not None):
            yield table.name
        if "verified" in table.c:
            yield table.name
    yield from (held.table for held in triggers.HELD if held.settable)


def read_by_the_inbox() -> set[str]:
    """Tables that a select of the inbox reads rows of."""
    selects = (make(Asker(KINDS[kind].roles)) for kind, make in SELECTS.items())
    return {
        each.name
        for select in selects
        for each in sa.sql.visitors.iterate(select)
        if isinstance(each, sa.Table)
    }


def test_each_open_row_is_in_an_inbox_or_named_with_its_reason() -> None:
    """Catches an index of open rows, or a column that closes one, of which no inbox knows."""
    told = read_by_the_inbox()
    # They are read, but to tell what others wait for, not because of their own being open.
    beside = {"verdict"}
    assert set(opened()) - (told - beside) == NOBODYS.keys()
