"""The top card: whoever is waited for finds there what to do next, at every wait there is."""

from dataclasses import replace

import pytest

from casework.buying import assigning
from casework.flags import flagging
from casework.people import access
from casework.views.testbuy import testbuy_page
from portal.nextstep import ELSEWHERE, NextStep, next_step
from portal.permissions import PERMISSIONS
from portal.visit import Visitor
from rules import waiting
from rules.lifecycle import Stage
from rules.roles import Role
from rules.waiting import ON_ENTRY, Waiting
from storage.tables import AttemptState, Operator, OrderAttempt, Referral
from tests.portal.small_world import World, send

WAITS = {each.name: each for each in vars(waiting).values() if isinstance(each, Waiting)}
STAGES = {wait.name: stage for stage, wait in ON_ENTRY.items()} | {
    waiting.ADOPTION.name: Stage.REQUESTED,
    waiting.ORDER_ANSWER.name: Stage.ASSIGNED,
    waiting.SUCCESSOR.name: Stage.ORDERED,
}
"""At which stage a wait is met, where it matters to the page."""


def _view(world: World, name: str, *, operator: bool):
    """The page of a test buy as it is at that wait, with all that can be there."""
    view = testbuy_page(world.db, world.testbuys["judged"])
    row = view.testbuy._replace(  # type: ignore[attr-defined]
        waiting_name=name,
        waiting_role=WAITS[name].role,
        stage=STAGES.get(name, Stage.JUDGED),
    )
    unknown = view.attempts[-1]._replace(state=AttemptState.UNKNOWN)  # type: ignore[attr-defined]
    number = OrderAttempt(**unknown._asdict())
    about = {"id": 1, "reference": "OP-0001", "name": "Chen"}
    return replace(
        view,
        testbuy=row,
        attempts=[number],
        operator=Operator(**about) if operator else None,
        referral=Referral(id=1, reference="R-1", operator_id=1),
    )


@pytest.mark.parametrize("name", sorted(WAITS))
@pytest.mark.parametrize("operator", [False, True])
def test_who_is_waited_for_finds_what_to_do(world: World, name: str, operator: bool) -> None:
    wait = WAITS[name]
    roles = frozenset({wait.role} if wait.role else ())
    who = Visitor(10**6, "Somebody", roles, "", wait.role)
    step = next_step(_view(world, name, operator=operator), who)
    if name in ELSEWHERE:
        assert step == NextStep()
        return
    assert step.form or step.address, f"{wait.role} finds nothing to do at {name}"
    if step.form:
        assert wait.role in PERMISSIONS[step.form]


def test_what_is_done_elsewhere_is_a_wait_there_is() -> None:
    assert ELSEWHERE.keys() <= WAITS.keys()


def test_a_wait_for_a_buyer_says_why_and_leads_on(world: World) -> None:
    """On the page, in the inbox, and with the reasons once more where trying again finds nobody."""
    administrator = world.act(Role.ADMINISTRATOR, "close")
    access.set_active(world.db, administrator, world.people[Role.BUYER], False)
    reference = world.testbuys["assigned"]
    assigning.reassign(world.db, world.act(Role.PROGRAMME, "look"), reference)
    why = "1 buyer(s) with a closed account or without the role: open or grant one."
    analyst = world.client(Role.ANALYST)
    address = f"/testbuys/{reference}"
    for page in (analyst.get(address).text, analyst.get("/").text):
        assert why in page
    assert "Look for a buyer now" in analyst.get(address).text
    version = str(world.row(reference).version)
    refused = send(analyst, f"{address}/look-for-buyer", version=version)
    assert refused.status_code == 409
    assert why in refused.text
    told = world.client(Role.ADMINISTRATOR).get("/").text
    assert "wait for a buyer in CN and nobody fits" in told
    assert 'href="/people"' in told
    send(
        world.client(Role.ADMINISTRATOR), f"/people/{world.people[Role.BUYER]}/active", active="yes"
    )
    version = str(world.row(reference).version)
    assert send(analyst, f"{address}/look-for-buyer", version=version).status_code == 303
    assert world.row(reference).waiting_name == "Waiting for order"
    assert why not in analyst.get(address).text


def test_held_with_an_operator_leads_to_its_gauge(world: World) -> None:
    reference = world.testbuys["judged"]
    analyst = world.client(Role.ANALYST)
    assert "Ask for a second verdict" in analyst.get(f"/testbuys/{reference}").text
    flagging.link_shop(
        world.db,
        world.act(Role.ANALYST, "link"),
        shop_id=world.row(reference).shop_id,
        operator=None,
        new_operator_name="Chen",
        basis="One phone number",
    )
    from casework.referring import referring

    referring.consider(world.db, world.act(Role.PROGRAMME, "consider"), reference)
    assert world.row(reference).waiting_name == "Held"
    page = analyst.get(f"/testbuys/{reference}").text
    assert 'class="button first" href="/operators/OP-0001"' in page


def test_a_person_is_not_given_roles_that_never_meet(world: World) -> None:
    administrator = world.client(Role.ADMINISTRATOR)
    number = world.people[Role.AUTHENTICATOR]
    refused = send(
        administrator,
        f"/people/{number}/grants",
        roles=["authenticator", "analyst", "buyer"],
        brands=["Swarovski"],
    )
    assert refused.status_code == 409
    assert "Who examines learns nothing of the test buy." in refused.text
    assert world.client(Role.AUTHENTICATOR).get("/board").status_code == 403
    for roles in (["auditor", "clerk"], ["desk", "buyer"], ["buyer", "approver"]):
        fields = {"name": "Ann", "email": "ann@example.org", "roles": roles}
        assert send(administrator, "/people", **fields).status_code == 409
    assert "ann@example.org" not in administrator.get("/people").text
