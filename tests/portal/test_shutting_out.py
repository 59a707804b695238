"""What ends a person's log-ins ends what would begin another; a log-in that begins looks twice."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.errors import NotFound, Refused
from casework.people import access, invitations, passwords, second_factor, shutting_out, tokens
from rules.roles import Role
from rules.scopes import Scope
from storage.rows import every
from storage.tables import LogIn
from tests.portal.small_world import PASSWORD, World, csrf, seed, send
from tests.portal.test_account import NEW, accept, change
from tests.portal.test_account import invite as invite_on_page

READS, SEALS = (Scope.EXAMINATIONS_READ,), (Scope.EXAMINATIONS_READ, Scope.VERDICTS_WRITE)


class Handed:
    """All that was handed out for the authenticator: what of it still opens anything?"""

    def __init__(self, world: World, person: str = Role.AUTHENTICATOR) -> None:
        self.world, self.number = world, world.people[person]
        administrator = world.act(Role.ADMINISTRATOR, "hand out")
        day = timedelta(days=1)
        self.link = access.make_link(world.db, administrator, self.number, day)
        invited = invitations.invite(world.db, administrator, self.number, "")
        self.invitation = invited.address.rpartition("/")[2]
        self.session = world.session(person)
        own = world.act(Role.AUTHENTICATOR, "own", person)
        self.tokens = {
            name: tokens.make_token(
                world.db,
                own if scopes is SEALS else administrator,
                name=name,
                scopes=scopes,
                valid_for=day,
                owner=f"{person}@example.org",
            ).token
            for name, scopes in (("reads", READS), ("seals", SEALS))
        }

    def open(self) -> set[str]:
        db, now = self.world.db, self.world.now
        found = {name for name, token in self.tokens.items() if tokens.bearer(db, token, now)}
        if access.signed_in(db, self.session, now):
            found.add("session")
        asks: dict[str, Callable[[], object]] = {
            "link": lambda: access.link_owner(db, self.link, now),
            "invitation": lambda: invitations.invited(db, self.invitation, now),
        }
        for name, ask in asks.items():
            try:
                ask()
            except NotFound:
                continue
            found.add(name)
        return found


EVERYTHING = {"session", "link", "invitation", "reads", "seals"}


def test_a_closed_account_keeps_nothing_and_gets_nothing_back(world: World) -> None:
    handed, administrator = Handed(world), world.client(Role.ADMINISTRATOR)
    assert handed.open() == EVERYTHING
    for active in ("no", "yes"):
        said = send(administrator, f"/people/{handed.number}/active", active=active)
        assert said.status_code == 303
        assert handed.open() == set(), active


def test_a_second_factor_taken_away_ends_all_that_goes_round_it(world: World) -> None:
    world.device(Role.AUTHENTICATOR)
    handed, administrator = Handed(world), world.client(Role.ADMINISTRATOR)
    send(administrator, f"/people/{handed.number}/second-factor/reset")
    assert handed.open() == {"reads"}


def test_a_password_set_by_invitation_ends_all_but_what_reads(world: World) -> None:
    handed = Handed(world)
    invitation = invite_on_page(world, Role.AUTHENTICATOR)
    assert accept(world.client(), invitation).status_code == 303
    assert handed.open() == {"reads"}


def test_a_changed_password_ends_links_and_invitations_and_says_that_tokens_go_on(
    world: World,
) -> None:
    number = world.people[Role.ANALYST]
    administrator = world.act(Role.ADMINISTRATOR, "hand out")
    link = access.make_link(world.db, administrator, number, timedelta(days=1))
    browser = world.client(Role.ANALYST)
    assert "API tokens go on" in browser.get("/account").text
    assert change(browser, PASSWORD, NEW).status_code == 303
    with pytest.raises(NotFound):
        access.link_owner(world.db, link, world.now)


@pytest.mark.parametrize("ticked", [False, True])
@pytest.mark.parametrize("by", [Role.AUTHENTICATOR, Role.ADMINISTRATOR])
def test_out_everywhere_ends_tokens_where_it_is_ticked(
    world: World, by: Role, ticked: bool
) -> None:
    handed, browser = Handed(world), world.client(by)
    own = by is Role.AUTHENTICATOR
    page = "/account" if own else "/people"
    address = "/account/log-ins/end" if own else f"/people/{handed.number}/log-ins/end"
    form = re.search(rf'action="{address}".*?</form>', browser.get(page).text, re.DOTALL)
    assert form and 'name="tokens" value="revoke"' in form[0] and "2" in form[0]
    assert send(browser, address, **({"tokens": "revoke"} if ticked else {})).status_code == 303
    assert handed.open() == (set() if ticked else {"reads", "seals"})


def test_a_secret_being_set_up_is_shown_to_the_log_in_that_began_it_alone(world: World) -> None:
    setup = "/account/second-factor"
    browser, thief = world.client(Role.ANALYST), world.client(Role.ANALYST)
    send(browser, setup)
    shown = re.search(r'data-device-key="(\w+)"', browser.get(setup).text)
    assert shown and shown[1] not in thief.get(setup).text
    key = shown[1]
    code = second_factor.TOTP(key).at(world.now)
    refused = thief.post(f"{setup}/confirm", data={"csrf": csrf(thief), "one_time_code": code})
    assert refused.status_code == 409 and "Begin again" in refused.text
    mine = browser.post(f"{setup}/confirm", data={"csrf": csrf(browser), "one_time_code": code})
    assert mine.status_code == 200


def _closed(world: World, number: int) -> None:
    access.set_active(world.db, world.act(Role.ADMINISTRATOR, "close"), number, False)


def _new_password(world: World, number: int) -> None:
    act = world.act(Role.ADMINISTRATOR, "again")
    token = invitations.invite(world.db, act, number, "").address.rpartition("/")[2]
    invitations.accept(world.db, token, NEW, world.now, seed("accept"))


@pytest.mark.parametrize("meanwhile", [_closed, _new_password])
def test_a_log_in_under_way_looks_again_before_it_begins(
    world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[World, int], None]
) -> None:
    """Checking a password takes a tenth of a second: time enough to close the account."""
    fits = passwords.fits

    def slowly(password: str, stored: str | None) -> bool:
        right = fits(password, stored)
        monkeypatch.setattr(passwords, "fits", fits)
        meanwhile(world, world.people[Role.ANALYST])
        return right

    monkeypatch.setattr(passwords, "fits", slowly)
    with world.db.read() as tx:
        before = len(every(tx, LogIn))
    with pytest.raises(Refused, match="is wrong"):
        access.log_in(world.db, "analyst@example.org", PASSWORD, world.now, seed("in"))
    with world.db.read() as tx:
        assert len(every(tx, LogIn)) == before + (meanwhile is _new_password)


def test_a_link_under_way_looks_again_before_it_begins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, owner = world.people[Role.BUYER], access.link_owner
    act = world.act(Role.ADMINISTRATOR, "link")
    link = access.make_link(world.db, act, number, timedelta(days=1))

    def slowly(*asked: object) -> int:
        found = owner(*asked)
        shutting_out.everywhere(world.db, number, world.now, tokens=False)
        return found

    monkeypatch.setattr(access, "link_owner", slowly)
    with pytest.raises(NotFound):
        access.log_in_by_link(world.db, link, world.now, seed("in"))
