"""Pages in a real browser: nothing thrown, nothing forbidden, nothing wider than a phone."""

import pytest

from rules.roles import Role

WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
DOORS = {
    Role.ANALYST: ("/board", "/operators", "/flags"),
    Role.CLERK: ("/exhibits",),
    Role.AUDITOR: ("/board", "/testbuys/{examined}"),
    Role.BUYER: ("/tasks",),
    Role.AUTHENTICATOR: ("/examinations",),
    Role.LIAISON: ("/referrals",),
}


@pytest.mark.parametrize("role", DOORS, ids=str)
def test_each_role_opens_its_pages_on_a_phone(world, page_of, role):
    """Catches a script or style the policy forbids, and a page one must scroll sideways."""
    page = page_of(role, width=390, height=844)
    for path in (door.format(**world.testbuys) for door in DOORS[role]):
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        assert page.locator("h1").count() == 1
        assert page.evaluate(WIDEST) <= 0, path
