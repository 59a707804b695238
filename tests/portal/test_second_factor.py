"""The second factor through the portal's own pages: set up, asked for, used once, taken away."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from pyotp.totp import TOTP

from casework.people import second_factor
from casework.people.access import signed_in
from casework.programme import programme
from rules.roles import Role
from storage.rows import every
from storage.tables import LedgerRow, PendingVerdict, RecoveryCode, SecondFactor, Verdict
from tests.portal.small_world import PASSWORD, TESTIMONY, World, csrf, seal, send

SETUP = "/account/second-factor"
HALF_A_MINUTE = timedelta(seconds=second_factor.STEP_SECONDS)
SAID = {
    "verdict": "counterfeit",
    "finding": "contents:workmanship_rough",
    "confidence": "high",
    "method": "Comparison",
    "reasons": "The edges are rough.",
    "no_conflict": "yes",
    **TESTIMONY,
}


def set_up(world: World, browser: httpx.Client) -> tuple[TOTP, list[str]]:
    """As a person does it: begin, type the key into a device, type its code."""
    assert send_from(browser, SETUP, SETUP).status_code == 303
    shown = browser.get(SETUP).text
    key = re.search(r'data-device-key="([A-Z2-7]{32})"', shown)
    assert key and "<svg" in shown
    device = TOTP(key[1])
    done = send_from(browser, SETUP, f"{SETUP}/confirm", one_time_code=world.code(device))
    assert done.status_code == 200, done.text
    codes = re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4})</code>", done.text)
    assert len(set(codes)) == 10
    return device, codes


def send_from(browser: httpx.Client, page: str, address: str, **fields: str) -> httpx.Response:
    return browser.post(address, data={"csrf": csrf(browser, page)} | fields)


def by_password(world: World, wanted: str = "/") -> httpx.Client:
    browser = world.client()
    fields = {"email": "analyst@example.org", "password": PASSWORD, "next": wanted}
    assert send_from(browser, "/log-in", "/log-in", **fields).status_code == 303
    return browser


@pytest.mark.parametrize("role", ["approver", "authenticator", "liaison", "supervisor"])
def test_who_must_have_one_is_led_to_setting_it_up_before_anything_else(
    world: World, role: Role
) -> None:
    world.require_second_factor()
    browser = world.client(role)
    for address in ("/", "/board", "/account", "/photos/x/original", "/code"):
        led = browser.get(address).headers.get("location", "")
        assert led == f"{SETUP}?next={address}", address
    told = browser.get("/", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["error"]) == (403, "second_factor_owed")
    reference = world.testbuys["requested"]
    form = {"csrf": csrf(browser, SETUP), "version": "1"}
    assert browser.post(f"/testbuys/{reference}/approve", data=form).headers["location"] == (
        f"{SETUP}?next=/"
    )
    assert world.row(reference).stage == "requested"
    set_up(world, browser)
    assert browser.get("/").status_code == 200


def test_who_need_not_have_one_is_not_led_there(world: World) -> None:
    world.require_second_factor()
    for role in (Role.BUYER, Role.CLERK, Role.ANALYST, Role.AUDITOR):
        assert world.client(role).get("/").status_code == 200


def test_a_log_in_asks_for_the_code_and_a_code_is_used_once(world: World) -> None:
    device, _ = set_up(world, world.client(Role.ANALYST))
    world.now += HALF_A_MINUTE
    browser = by_password(world, "/flags")
    assert browser.get("/flags").headers["location"] == "/code?next=/flags"
    assert browser.get(SETUP).headers["location"].startswith("/code")
    code = world.code(device)
    given = send_from(browser, "/code", "/code", one_time_code=code, next="/flags")
    assert (given.status_code, given.headers["location"]) == (303, "/flags")
    assert browser.get("/flags").status_code == 200
    other = by_password(world)
    replayed = send_from(other, "/code", "/code", one_time_code=code)
    assert replayed.status_code == 422 and "was used already" in replayed.text
    assert other.get("/flags").status_code == 303
    world.now += HALF_A_MINUTE
    assert send_from(other, "/code", "/code", one_time_code=world.code(device)).status_code == 303


def test_a_log_in_link_does_not_go_round_it(world: World) -> None:
    set_up(world, world.client(Role.ANALYST))
    assert world.client(Role.ANALYST).get("/board").headers["location"].startswith("/code")


def test_five_wrong_codes_and_the_right_one_waits_too_in_every_portal_process(world: World) -> None:
    device, _ = set_up(world, world.client(Role.ANALYST))
    world.now += HALF_A_MINUTE
    for _ in range(5):
        browser = by_password(world)
        assert send_from(browser, "/code", "/code", one_time_code="000000").status_code == 422
    world.server = None
    browser = by_password(world)
    waits = send_from(browser, "/code", "/code", one_time_code=world.code(device))
    assert waits.status_code == 429 and "Too many tries" in waits.text
    assert 0 < int(waits.headers["retry-after"]) <= 900
    world.now += timedelta(minutes=15)
    browser = by_password(world)
    assert send_from(browser, "/code", "/code", one_time_code=world.code(device)).status_code == 303


def test_a_recovery_code_works_once_and_stands_in_the_ledger(world: World) -> None:
    _, codes = set_up(world, world.client(Role.ANALYST))
    for code, taken in ((codes[3], 303), (codes[3], 422), (codes[4].upper(), 303)):
        browser = by_password(world)
        answer = send_from(browser, "/code", "/code", one_time_code=code)
        assert answer.status_code == taken, answer.text
    assert "8 recovery codes are left" in browser.get("/account").text
    with world.db.read() as tx:
        ledger = b"".join(row.body for row in every(tx, LedgerRow))
    assert ledger.count(b"recovery code used") == 2


def test_neither_secret_nor_recovery_codes_are_stored_readably(world: World) -> None:
    device, codes = set_up(world, world.client(Role.ANALYST))
    kept = b"".join(path.read_bytes() for path in world.home.glob("testbuy.db*"))
    with world.db.read() as tx:
        assert len(every(tx, SecondFactor)) == 1
        assert len(every(tx, RecoveryCode)) == 10
    for secret in (device.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret.encode() not in kept
    key = world.home / "keys" / "second-factor.key"
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_bytes() not in kept


def test_setting_it_up_ends_the_log_ins_of_before(world: World) -> None:
    """Whoever else was logged in as this person did not give a code."""
    thief, browser = world.client(Role.ANALYST), world.client(Role.ANALYST)
    set_up(world, browser)
    assert thief.get("/").headers["location"].startswith("/log-in")
    assert browser.get("/").status_code == 200


def test_another_device_takes_over_only_with_a_code_of_the_first(world: World) -> None:
    browser = world.client(Role.ANALYST)
    first, _ = set_up(world, browser)
    refused = send_from(browser, SETUP, SETUP, one_time_code="123456")
    assert refused.status_code == 422
    assert "data-device-key" not in browser.get(SETUP).text
    world.now += HALF_A_MINUTE
    code = world.code(first)
    assert send_from(browser, SETUP, SETUP, one_time_code=code).status_code == 303
    key = re.search(r'data-device-key="(\w+)"', browser.get(SETUP).text)
    assert key and key[1] != first.secret
    second = TOTP(key[1])
    confirmed = send_from(browser, SETUP, f"{SETUP}/confirm", one_time_code=world.code(second))
    assert confirmed.status_code == 200
    world.now += HALF_A_MINUTE
    browser = by_password(world)
    assert send_from(browser, "/code", "/code", one_time_code=world.code(first)).status_code == 422
    assert send_from(browser, "/code", "/code", one_time_code=world.code(second)).status_code == 303


def test_an_administrator_takes_it_away_and_the_ledger_says_so(world: World) -> None:
    browser = world.client(Role.ANALYST)
    set_up(world, browser)
    administrator, number = world.client(Role.ADMINISTRATOR), world.people[Role.ANALYST]
    assert send(administrator, f"/people/{number}/second-factor/reset").status_code == 303
    assert browser.get("/").headers["location"].startswith("/log-in")
    assert by_password(world).get("/").status_code == 200
    with world.db.read() as tx:
        bodies = b"".join(row.body for row in every(tx, LedgerRow, subject="programme"))
    assert b"second factor taken away" in bodies
    own = world.people[Role.ADMINISTRATOR]
    assert send(administrator, f"/people/{own}/second-factor/reset").status_code == 409


def test_a_code_of_the_minute_before_last_is_too_old(world: World) -> None:
    device, _ = set_up(world, world.client(Role.ANALYST))
    world.now += 4 * HALF_A_MINUTE
    for late, taken in ((2, 422), (1, 303)):
        code = device.at(world.now - late * HALF_A_MINUTE)
        browser = by_password(world)
        assert send_from(browser, "/code", "/code", one_time_code=code).status_code == taken, late


def _verdict(world: World) -> tuple[httpx.Client, TOTP, str]:
    device = world.device(Role.AUTHENTICATOR)
    browser = world.client(Role.AUTHENTICATOR)
    assert send_from(browser, "/code", "/code", one_time_code=world.code(device)).status_code == 303
    address = f"/examinations/{world.examinations[world.testbuys['examined']]}"
    send(browser, f"{address}/claim")
    return browser, device, address


def test_a_verdict_is_signed_with_a_fresh_code(world: World) -> None:
    world.require_second_factor()
    browser, device, address = _verdict(world)
    used = world.code(device)
    form = browser.get(address).text
    assert 'name="one_time_code"' in form and 'name="password"' not in form
    for code, answer in (("", 422), ("000000", 409), (used, 409)):
        refused = seal(browser, address, **SAID, one_time_code=code)
        assert refused.status_code == answer, refused.text
        assert code not in refused.text or not code
    with world.db.read() as tx:
        before = len(every(tx, Verdict))
    world.now += HALF_A_MINUTE
    sealed = seal(browser, address, **SAID, one_time_code=world.code(device))
    assert sealed.status_code == 303, sealed.text
    # The time to undo it passes; then the page that is opened next finds it sealed.
    world.now += HALF_A_MINUTE
    browser.get(address)
    with world.db.read() as tx:
        assert len(every(tx, Verdict)) == before + 1
        bodies = b"".join(row.body for row in every(tx, LedgerRow, subject="programme"))
    assert f'"for":"verdict on {address.rpartition("/")[2]}"'.encode() in bodies
    assert b'"with":["code"]' in bodies


def signed(world: World) -> list[dict]:
    with world.db.read() as tx:
        bodies = [json.loads(row.body) for row in every(tx, LedgerRow)]
    facts = [body.get("facts", body) for body in bodies]
    return [each for each in facts if each.get("what") in ("signed", "verdict sealed")]


def test_a_verdict_that_is_refused_is_not_signed_and_uses_up_no_code(world: World) -> None:
    """A signature in the ledger without its verdict would say that somebody signed nothing."""
    browser, device, address = _verdict(world)
    world.now += HALF_A_MINUTE
    code, before = world.code(device), signed(world)
    silent = SAID | {"no_conflict": ""}
    other = f"/examinations/{world.examinations[world.testbuys['other brand']]}"
    for where, said, answer in ((address, silent, 409), (other, SAID, 404)):
        for _ in range(4):  # more than a code may be tried, all in all
            refused = seal(browser, where, **said, one_time_code=code)
            assert refused.status_code == answer, refused.text
    assert signed(world) == before
    assert seal(browser, address, **SAID, one_time_code=code).status_code == 303
    world.now += HALF_A_MINUTE
    browser.get(address)
    later = [each for each in signed(world) if each not in before]
    given, sealed = sorted(later, key=lambda each: each["what"])
    assert given["for"] == f"verdict on {address.rpartition('/')[2]}"
    assert given["judgement"].startswith("sha256:") and given["judgement"] == sealed["judgement"]
    assert sealed["judgement"] != sealed["digest"]


def test_the_same_verdict_pressed_twice_is_signed_once(world: World) -> None:
    browser, device, address = _verdict(world)
    world.now += HALF_A_MINUTE
    for _ in range(2):
        again = seal(browser, address, **SAID, one_time_code=world.code(device))
        assert again.status_code == 303, again.text
    assert [each["what"] for each in signed(world)].count("signed") == 1


@pytest.mark.parametrize("undo_seconds", [0, 10])
def test_a_signed_form_sent_twice_is_answered_twice_and_signed_once(
    world: World, undo_seconds: int
) -> None:
    """A double press, and one from a page of before: neither is told that its code was used."""
    browser, device, address = _verdict(world)
    administrator = world.act(Role.ADMINISTRATOR, "undo seconds")
    programme.set_policy(world.db, administrator, "undo_seconds", undo_seconds)
    world.now += HALF_A_MINUTE
    sealed = len(signed(world))
    form = _shown(browser, address) | SAID | {"one_time_code": world.code(device)}
    with ThreadPoolExecutor(2) as both:
        sent = list(both.map(lambda _: browser.post(f"{address}/seal", data=form), range(2)))
    world.now += HALF_A_MINUTE
    browser.get(address)
    sent.append(browser.post(f"{address}/seal", data=form))
    assert [each.status_code for each in sent] == [303] * 3, [each.text for each in sent]
    assert len({each.headers["location"] for each in sent}) == 1
    what = [each["what"] for each in signed(world)]
    assert (what.count("signed"), what.count("verdict sealed")) == (1, sealed + 1)
    other = form | {"reasons": "Something else."}
    assert browser.post(f"{address}/seal", data=other).status_code == 409, "one code, one act"


def test_a_verdict_that_was_undone_is_not_answered_as_given(world: World) -> None:
    browser, device, address = _verdict(world)
    world.now += HALF_A_MINUTE
    form = _shown(browser, address) | SAID | {"one_time_code": world.code(device)}
    assert browser.post(f"{address}/seal", data=form).status_code == 303
    send(browser, f"{address}/undo")
    again = browser.post(f"{address}/seal", data=form)
    assert again.status_code == 409 and "used already" in again.text
    with world.db.read() as tx:
        assert every(tx, PendingVerdict) == []


def _shown(browser: httpx.Client, address: str) -> dict[str, str]:
    """The hidden fields of the verdict's form as the page shows it now."""
    page = browser.get(address).text
    form = page[page.index(f'action="{address}/seal"') :].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return {name: hidden[name] for name in ("csrf", "once", "seen", "draft_version")}


def test_a_code_that_is_owed_keeps_files_back_too(world: World) -> None:
    """What is handed out as a file passes the same gate as a page."""
    set_up(world, world.client(Role.LIAISON))
    half_in = world.client(Role.LIAISON)
    for file in ("dossier.pdf", "bundle.zip", "identity"):
        answer = half_in.get(f"/testbuys/{world.testbuys['judged']}/{file}")
        assert answer.headers.get("location", "").startswith("/code"), file
    token = half_in.cookies["testbuy_session"]
    assert (signed_in(world.db, token, world.now) or pytest.fail("signed out")).owed == "code"
