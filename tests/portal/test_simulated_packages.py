"""The demonstration's people complete a package by the portal's own pages, as persons would."""

from rules.roles import Role
from simulator.people.packages import furnish, let_go
from simulator.people.pages import read
from tests.casework import packaged
from tests.portal.small_world import World


class Somebody:
    """A simulated person at this world's portal."""

    def __init__(self, world: World, role: Role) -> None:
        self._http = world.client(role)

    def open(self, address):
        answer = self._http.get(address, follow_redirects=True)
        return read(answer.status_code, answer.text)

    def send(self, form, **entered):
        answer = self._http.post(form.action, data=form.filled(**entered), follow_redirects=True)
        return read(answer.status_code, answer.text)

    def upload(self, form, name, data, media_type, **entered):
        files = {form.files[0]: (name, data, media_type)}
        answer = self._http.post(
            form.action, data=form.filled(**entered), files=files, follow_redirects=True
        )
        return read(answer.status_code, answer.text)


def test_an_analyst_records_and_an_approver_lets_the_rest_go(world: World, referral: str) -> None:
    analyst, approver = Somebody(world, Role.ANALYST), Somebody(world, Role.APPROVER)
    assert not let_go(approver), "while anything else is missing nothing is let go"
    recorded = 0
    while furnish(analyst):
        recorded += 1
        assert recorded < 9
    assert recorded == 5
    while let_go(approver):
        recorded += 1
        assert recorded < 9
    assert packaged.lacking(world, referral) == []
