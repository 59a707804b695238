"""The same form sent twice: nothing is done a second time, and the second answer is the first's."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from casework.flags import flagging
from portal.app import create_app
from portal.once import ONCE, with_keys
from rules.roles import Role
from storage.rows import every
from storage.tables import (
    ApiToken,
    ChatMessage,
    ChatTranslation,
    ConductRemark,
    ConductWarning,
    FormAnswer,
    GenuinePriceRow,
    LegalHold,
    NotaryCertificate,
    Persona,
    Proceeding,
    Webhook,
)
from tests.portal.small_world import World, csrf, send

SAID = {"said_by": "buyer", "said_at": "2026-11-02 08:00", "language": "en"}
PRICE = {
    "brand": "Swarovski",
    "product": "Crystal watch",
    "amount": "2190",
    "currency": "CNY",
    "valid_from": "2026-01-01",
    "source": "Price list 2026",
}


def _prepare(world: World) -> dict[str, str]:
    """What the forms below are about, one of each; gives what their addresses and fields name."""
    reference = world.testbuys["assigned"]
    chat = f"/testbuys/{reference}/chat"
    said = "Is it a replica?"
    assert send(world.client(Role.CLERK), chat, **SAID, text=said).status_code == 303
    flagging.link_shop(
        world.db,
        world.act(Role.ANALYST, "link"),
        shop_id=world.row(reference).shop_id,
        operator=None,
        new_operator_name="Chen",
        basis="One phone number",
    )
    with world.db.read() as tx:
        (message,) = every(tx, ChatMessage)
        (warning,) = every(tx, ConductWarning)
    return {
        "testbuy": reference,
        "message": str(message.id),
        "warning": str(warning.id),
        "buyer": str(world.people[Role.BUYER]),
    }


FORMS = {
    # who, the page, the form's address, what it says, the table that grows by one
    "chat": (Role.CLERK, "/testbuys/{testbuy}/chat", "", {**SAID, "text": "Hm."}, ChatMessage),
    "hold": (
        Role.COUNSEL,
        "/holds",
        "",
        {"subject": "{testbuy}", "reason": "The court asked"},
        LegalHold,
    ),
    "proceeding": (
        Role.COUNSEL,
        "/docket",
        "/proceedings",
        {"operator": "OP-0001", "kind": "administrative", "name": "File 7"},
        Proceeding,
    ),
    "remark": (
        Role.SUPERVISOR,
        "/conduct",
        "",
        {"warning": "{warning}", "text": "Spoken to."},
        ConductRemark,
    ),
    "translation": (
        Role.CLERK,
        "/testbuys/{testbuy}/chat",
        "/translations",
        {"message": "{message}", "text": "Ist es echt?", "language": "de", "translator": "Ann"},
        ChatTranslation,
    ),
    "price": (Role.ANALYST, "/prices", "", PRICE, GenuinePriceRow),
    "webhook": (
        Role.ANALYST,
        "/webhooks",
        "",
        {"url": "https://holder.example/hook", "events": "testbuy.moved"},
        Webhook,
    ),
    "token": (
        Role.ANALYST,
        "/tokens",
        "",
        {"name": "Feed", "scopes": "flags:write", "days": "30"},
        ApiToken,
    ),
    "persona": (
        Role.ADMINISTRATOR,
        "/people",
        "/people/{buyer}/personas",
        {
            "label": "lotus-99",
            "recipient": "Chen Wei",
            "address": "12 Garden Road",
            "region": "CN",
            "max_exposure": "3",
        },
        Persona,
    ),
}


def _form(browser: httpx.Client, page: str, address: str) -> dict[str, str]:
    """The hidden fields of the form on `page` that is sent to `address`."""
    text = browser.get(page).text
    (form,) = re.findall(
        rf'<form method="post" action="{re.escape(address)}".*?</form>', text, re.S
    )[:1]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return {name: hidden[name] for name in ("csrf", "once")}


def _opened(world: World, name: str) -> tuple[httpx.Client, str, dict[str, str], type]:
    about = _prepare(world)
    who, page, address, said, table = FORMS[name]
    page, address = page.format(**about), address.format(**about)
    address = address or page
    browser = world.client(who)
    fields = {key: value.format(**about) for key, value in said.items()}
    return browser, address, _form(browser, page, address) | fields, table


def _count(world: World, table: type) -> int:
    with world.db.read() as tx:
        return len(every(tx, table))


def _same(one: httpx.Response, other: httpx.Response) -> bool:
    seen = [(each.status_code, each.headers.get("location"), each.text) for each in (one, other)]
    return seen[0] == seen[1]


@pytest.mark.parametrize("name", FORMS)
def test_two_at_once_keep_one_row_and_are_answered_alike(world: World, name: str) -> None:
    browser, address, fields, table = _opened(world, name)
    before = _count(world, table)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: browser.post(address, data=fields), range(2)))
    assert answers[0].status_code in (200, 303), answers[0].text
    assert _same(*answers)
    assert _count(world, table) == before + 1


def test_a_document_counts_as_what_it_holds(world: World) -> None:
    reference = world.testbuys["assigned"]
    address = f"/testbuys/{reference}/certificates"
    clerk = world.client(Role.CLERK)
    fields = _form(clerk, address, address) | {
        "office": "Luohu Notary",
        "number": "2026-77",
        "issued_on": "2026-11-01",
        "covers": "The purchase",
    }
    name = re.search(r'<input name="(\w+)"[^>]*type="file"', clerk.get(address).text)
    assert name
    answers = [
        clerk.post(
            address, data=fields, files={name[1]: ("a.pdf", b"%PDF-1.7 " + said, "application/pdf")}
        )
        for said in (b"one", b"one", b"other")
    ]
    assert [each.status_code for each in answers] == [303] * 3, answers[0].text
    assert _count(world, NotaryCertificate) == 2


def test_other_words_under_the_same_key_are_another_message(world: World) -> None:
    """Back, changed, and sent: the browser shows the page of before, with its key."""
    browser, address, fields, table = _opened(world, "chat")
    before = _count(world, table)
    for text in ("First.", "First.", "Second.", "Second.", "First."):
        assert browser.post(address, data=fields | {"text": text}).status_code == 303
    assert _count(world, table) == before + 3


def test_a_refusal_keeps_no_key(world: World) -> None:
    browser, address, fields, table = _opened(world, "hold")
    wrong = fields | {"subject": "TB-2026-999999"}
    assert [browser.post(address, data=wrong).status_code for _ in range(2)] == [404, 404]
    assert _count(world, FormAnswer) == 0
    assert browser.post(address, data=fields).status_code == 303
    assert _count(world, table) == 1


def test_a_form_without_a_key_is_taken_as_before(world: World) -> None:
    browser, address, fields, table = _opened(world, "chat")
    before = _count(world, table)
    fields.pop("once")
    for _ in range(2):
        assert browser.post(address, data=fields).status_code == 303
    assert _count(world, table) == before + 2


def test_a_key_is_of_the_log_in_it_was_shown_to(world: World) -> None:
    browser, address, fields, table = _opened(world, "token")
    assert browser.post(address, data=fields).status_code == 200
    other = world.client(Role.ANALYST)
    answer = other.post(address, data=fields | {"csrf": csrf(other)})
    assert answer.status_code == 200
    assert _count(world, table) == 2
    shown = re.findall(r"tb_[a-z2-7]{40,}", browser.post(address, data=fields).text)
    assert shown
    assert shown[0] not in answer.text


def test_what_is_kept_tells_nobody_what_was_shown_or_typed(world: World) -> None:
    browser, address, fields, _ = _opened(world, "token")
    page = browser.post(address, data=fields).text
    (token,) = set(re.findall(r"tb_[a-z2-7]{40,}", page))
    world.db.close()
    kept = b"".join(path.read_bytes() for path in world.home.glob("testbuy.db*"))
    assert token.encode() not in kept
    assert fields["once"].encode() not in kept


def test_each_form_has_a_key_of_its_own() -> None:
    form = '<form><input type="hidden" name="csrf" value="abc"></form>'
    keys = re.findall(r'name="once" value="([^"]+)"', with_keys(form * 3))
    assert len(set(keys)) == 3


def test_every_route_that_asks_is_a_form_there_is(world: World) -> None:
    posts = {
        route.name
        for route in create_app(world.settings, db=world.db).routes
        if "POST" in getattr(route, "methods", ())
    }
    assert posts >= ONCE


def test_a_double_click_sends_one_and_back_wakes_the_button(world: World, page_of) -> None:
    _prepare(world)
    page = page_of(Role.CLERK)
    address = f"/testbuys/{world.testbuys['assigned']}/chat"
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(address)
    form = page.locator(f'form[action="{address}"]').first
    if not form.locator('[name="text"]').is_visible():
        page.locator("details.more", has=form).locator("summary").first.click()
    form.locator('[name="said_at"]').fill(SAID["said_at"].replace(" ", "T"))
    form.locator('[name="language"]').fill("en")
    form.locator('[name="text"]').fill("Twice?")
    before = _count(world, ChatMessage)
    form.locator("button.first").dblclick()
    page.wait_for_url("**did=*")
    assert sent.count("POST") == 1
    assert _count(world, ChatMessage) == before + 1
    page.go_back()
    assert page.locator(f'form[action="{address}"] button.first').first.is_enabled()
