"""Single sign-on against a provider on a real socket: who comes in by it, and who does not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey

from portal.settings import Settings
from rules.roles import Role
from storage import ledger
from storage.rows import every, table_of
from storage.tables import LedgerRow, LogIn, Person, SignOn, SignOnBinding
from tests.portal.provider import CLIENT, SECRET, Provider, key
from tests.portal.small_world import World, send

pytestmark = pytest.mark.long


@pytest.fixture
def provider(world: World) -> Iterator[Provider]:
    made = Provider(now=world.now.timestamp())
    world.settings = Settings(
        home=world.home,
        oidc_issuer=made.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Example & Sons",
    )
    yield made
    made.server.stop()


def out(browser: httpx.Client, wanted: str = "/board") -> str:
    """Press the button; gives where the provider then sends the browser back to."""
    sent = browser.get(f"/sign-on?next={wanted}")
    assert sent.status_code == 303, sent.text
    back = httpx.get(sent.headers["location"], trust_env=False).headers["location"]
    assert back.startswith(f"{browser.base_url}/sign-on/back?code=")
    return back


def sign_on(world: World) -> tuple[httpx.Client, httpx.Response]:
    browser = world.client()
    return browser, browser.get(out(browser))


def test_a_verified_address_logs_in_to_the_account_that_is_there(
    world: World, provider: Provider
) -> None:
    browser = world.client()
    assert "Log in with Example &amp; Sons" in browser.get("/log-in?next=/board").text
    back = browser.get(out(browser))
    assert (back.status_code, back.headers["location"]) == (303, "/board")
    assert "Person Approver" in browser.get("/account").text
    (exchanged,) = provider.exchanged
    assert exchanged["auth"].startswith("Basic ") and SECRET not in str(exchanged)
    with world.db.read() as tx:
        assert [row.began for row in every(tx, LogIn)] == ["sign_on"]
        assert every(tx, SignOn) == []


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "not to be believed"),
        ({"nonce": None}, "not to be believed"),
        ({"aud": "another-client"}, "not to be believed"),
        ({"aud": [CLIENT, "another-client"]}, "not to be believed"),
        ({"iss": "http://127.0.0.1:1"}, "not to be believed"),
        ({"exp": 1}, "not to be believed"),
        ({"exp": None}, "not to be believed"),
        ({"email_verified": False}, "has not verified"),
        ({"email_verified": None}, "has not verified"),
        ({"email_verified": "false"}, "has not verified"),
        ({"email": None}, "did not say"),
        ({"email": "stranger@example.org"}, "no open account"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_token_that_is_wrong_lets_nobody_in(
    world: World, provider: Provider, claims: dict, why: str
) -> None:
    with world.db.read() as tx:
        people = len(every(tx, Person))
    provider.claims = claims
    browser, refused = sign_on(world)
    assert refused.status_code == 409 and why in refused.text
    assert "testbuy_session" not in browser.cookies
    with world.db.read() as tx:
        assert every(tx, LogIn) == [] and len(every(tx, Person)) == people


def by_another_claim(world: World, **said: object) -> None:
    told = world.settings.model_dump(include={"oidc_issuer", "oidc_client_id"})
    world.settings = Settings(
        home=world.home,
        oidc_client_secret=SECRET,
        oidc_email_claim="preferred_username",
        **told,
        **said,
    )


def test_another_claim_counts_only_where_the_organisation_answers_for_it(
    world: World, provider: Provider
) -> None:
    """`email_verified` is about `email`: a name that its owner may choose would borrow its word."""
    with pytest.raises(ValueError, match="TESTBUY_OIDC_CLAIM_CONTROLLED"):
        by_another_claim(world)
    by_another_claim(world, oidc_claim_controlled=True)
    named = {"preferred_username": "approver@example.org"}
    provider.claims = {**named, "email": "me@example.org", "email_verified": False}
    assert sign_on(world)[1].status_code == 303, "what is said of another claim decides nothing"
    provider.claims = {"preferred_username": None, "email_verified": True}
    assert "did not say" in sign_on(world)[1].text


def test_a_token_by_another_hand_lets_nobody_in(world: World, provider: Provider) -> None:
    provider.signs_with = key()
    assert "not to be believed" in sign_on(world)[1].text
    provider.signs_with = OctKey.import_key(SECRET)
    provider.header = {"alg": "HS256"}
    assert "not to be believed" in sign_on(world)[1].text


def test_a_state_is_good_once_in_the_browser_it_was_begun_in(
    world: World, provider: Provider
) -> None:
    browser = world.client()
    back = out(browser)
    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    browser.cookies.update(kept)
    assert "Begin it again" in browser.get(back).text
    thief, owner = world.client(), world.client()
    stolen = out(owner)
    out(thief)
    assert "Begin it again" in thief.get(stolen).text
    assert "Begin it again" in owner.get(stolen).text, "seen once, it is worth nothing"
    late = world.client()
    back = out(late)
    world.now += timedelta(minutes=10)
    assert "Begin it again" in late.get(back).text
    for forged in ("/sign-on/back", "/sign-on/back?code=a&state=b", "/sign-on/back?error=denied"):
        assert late.get(forged).status_code == 409, forged


def test_the_address_that_leads_out_asks_for_what_the_answer_is_judged_by(
    world: World, provider: Provider
) -> None:
    sent = world.client().get("/sign-on?next=//evil.example")
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert len(asked["nonce"][0]) >= 26 and len(asked["state"][0]) >= 26
    assert "HttpOnly" in sent.headers["set-cookie"] and "lax" in sent.headers["set-cookie"]
    with world.db.read() as tx:
        (row,) = every(tx, SignOn)
    assert row.wanted == "/"
    assert asked["state"][0] not in repr(row)


def test_two_factors_at_the_provider_count_and_one_does_not(
    world: World, provider: Provider
) -> None:
    world.require_second_factor()
    browser, _ = sign_on(world)
    assert browser.get("/board").headers["location"].startswith("/account/second-factor")
    provider.claims = {"amr": ["pwd"]}
    browser, _ = sign_on(world)
    assert browser.get("/board").status_code == 303
    provider.claims = {"amr": ["pwd", "mfa"]}
    browser, _ = sign_on(world)
    assert browser.get("/board").status_code == 200
    world.device(Role.APPROVER)
    provider.claims = {}
    browser, _ = sign_on(world)
    assert browser.get("/board").headers["location"].startswith("/code")


def test_the_address_may_come_from_the_userinfo_of_the_same_person(
    world: World, provider: Provider
) -> None:
    provider.claims = {"email": None, "email_verified": None}
    provider.userinfo = {"sub": "17", "email": "approver@example.org", "email_verified": True}
    assert sign_on(world)[1].status_code == 303
    provider.userinfo |= {"sub": "18"}
    assert "different persons" in sign_on(world)[1].text


def recorded(world: World) -> list[str]:
    """What the programme's ledger says of single sign-on, in order."""
    with world.db.read() as tx:
        rows = every(tx, LedgerRow, subject=ledger.PROGRAMME, order_by=table_of(LedgerRow).c.seq)
    return re.findall(r'"(single sign-on \w+)"', " ".join(row.body.decode() for row in rows))


def test_an_address_that_another_person_got_does_not_open_the_account(
    world: World, provider: Provider
) -> None:
    """The organisation gave a leaver's address away: its owner of now is not the account's."""
    assert sign_on(world)[1].status_code == 303
    provider.claims = {"sub": "another person"}
    for _ in range(2):
        browser, refused = sign_on(world)
        assert refused.status_code == 409 and "another person of your organisation" in refused.text
        assert "testbuy_session" not in browser.cookies
    provider.claims = {"sub": "1 7"}
    assert sign_on(world)[1].status_code == 409, "a subject is compared as it stands"
    provider.claims = {"email": "married@example.org"}
    assert sign_on(world)[1].status_code == 303, "the person of before has another address now"
    assert recorded(world) == ["single sign-on bound", *["single sign-on refused"] * 3]
    with world.db.read() as tx:
        (bound,) = every(tx, SignOnBinding)
        assert len(every(tx, LogIn)) == 2
    assert (bound.subject, bound.person_id, bound.refused_at) == (
        "17",
        world.people[Role.APPROVER],
        world.now,
    )


def test_two_accounts_never_share_one_person_of_the_provider(
    world: World, provider: Provider
) -> None:
    """Whoever comes with another account's address is still who they are."""
    sign_on(world)
    provider.claims = {"email": "clerk@example.org"}
    browser, back = sign_on(world)
    assert back.status_code == 303
    assert "Person Approver" in browser.get("/account").text
    assert recorded(world) == ["single sign-on bound"]


def test_an_administrator_undoes_the_binding_with_a_reason(
    world: World, provider: Provider
) -> None:
    before, _ = sign_on(world)
    provider.claims = {"sub": "moved to another directory"}
    sign_on(world)
    administrator, number = world.client(Role.ADMINISTRATOR), world.people[Role.APPROVER]
    page = administrator.get(f"/people?at={number}").text
    assert "came with another identity" in page
    address = f"/people/{number}/sign-on/undo"
    assert address in page
    assert send(administrator, address, reason=" ").status_code == 422
    why = "Their directory was moved on 1 November"
    undone = send(administrator, address, reason=why)
    assert undone.headers["location"] == f"/people?at={number}&did=sign_on_undone"
    assert before.get("/account").status_code == 303, "who was let in wrongly is out"
    assert sign_on(world)[1].status_code == 303
    provider.claims = {}
    assert sign_on(world)[1].status_code == 409, "the pair of before is worth nothing any more"
    assert send(administrator, address, reason=why).status_code == 303
    assert send(administrator, address, reason=why).status_code == 404
    own = f"/people/{world.people[Role.ADMINISTRATOR]}/sign-on/undo"
    assert "another administrator" in send(administrator, own, reason=why).text
    with world.db.read() as tx:
        first, second = every(tx, SignOnBinding, order_by=table_of(SignOnBinding).c.id)
        chain = b"".join(row.body for row in every(tx, LedgerRow, subject=ledger.PROGRAMME))
    assert (first.reason, first.undone_by) == (why, world.people[Role.ADMINISTRATOR])
    assert second.subject == "moved to another directory"
    assert why.encode() not in chain and b"directory" not in chain


@pytest.mark.parametrize("subject", [None, "", 17, "x" * 256])
def test_who_is_named_by_no_subject_is_nobody(
    world: World, provider: Provider, subject: object
) -> None:
    provider.claims = {"sub": subject}
    _, refused = sign_on(world)
    assert refused.status_code == 409
    with world.db.read() as tx:
        assert every(tx, LogIn) == every(tx, SignOnBinding) == []


def test_a_closed_account_is_closed_this_way_too(world: World, provider: Provider) -> None:
    from casework.people import access

    act = world.act(Role.ADMINISTRATOR, "close")
    access.set_active(world.db, act, world.people[Role.APPROVER], False)
    assert "no open account" in sign_on(world)[1].text


def test_a_provider_that_is_away_is_said_so(world: World, provider: Provider) -> None:
    provider.server.stop()
    answer = world.client().get("/sign-on")
    assert answer.status_code == 409 and "be reached now" in answer.text
