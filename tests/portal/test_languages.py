"""Which language a page speaks, who chooses it, and how values are written in each."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.languages import COOKIE, chosen
from portal.wording import Wording, size
from rules.holders import ExhibitKind
from rules.lifecycle import Move
from rules.referral import ReferralState
from rules.roles import Role
from rules.sanctions import SanctionKind
from storage.rows import one
from storage.tables import Person
from tests.portal.small_world import World, csrf, send

ENGLISH, CHINESE = Wording("en"), Wording("zh")
AT = datetime(2026, 11, 4, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "cookie", "accepts", "spoken"),
    [
        ("zh", "en", "en", "zh"),
        (None, "zh", "en", "zh"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "de-DE,de;q=0.9,en;q=0.5", "en"),
        (None, "tlh", "fr", "en"),
        (None, None, "", "en"),
        (None, None, "*;q=nonsense,,", "en"),
    ],
)
def test_the_persons_choice_counts_before_the_browsers(own, cookie, accepts, spoken) -> None:
    assert chosen(own, cookie, accepts) == spoken


def test_no_file_that_holds_something_is_told_as_nothing() -> None:
    told = [size(count) for count in (0, 1, 499, 1499, 999_999, 1_250_000)]
    assert told == ["0 kB", "1 kB", "1 kB", "1 kB", "1000 kB", "1.2 MB"]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (lambda said: said.when(AT), ("4 Nov 2026, 08:05 UTC", "2026年11月4日 08:05 UTC")),
        (lambda said: said.when(None), ("–", "–")),
        (lambda said: said.day(date(2026, 9, 1)), ("1 Sep 2026", "2026年9月1日")),
        (lambda said: said.length(timedelta(days=3, hours=5)), ("3 days", "3 天")),
        (lambda said: said.length(timedelta(hours=1)), ("1 hour", "1 小时")),
        (lambda said: said.length(timedelta(seconds=1)), ("1 second", "1 秒")),
        (lambda said: said.money(123456, "CNY"), ("CNY 1,234.56", "CNY 1,234.56")),
        (lambda said: said.money(-5, "USD"), ("USD -0.05", "USD -0.05")),
        (lambda said: said.money(1200, "JPY"), ("JPY 1,200", "JPY 1,200")),
        (lambda said: said.money(1234567, "BHD"), ("BHD 1,234.567", "BHD 1,234.567")),
        (lambda said: said.number(10000), ("10,000", "10,000")),
        (lambda said: said.words("grey_market"), ("grey market", "平行进口")),
        (lambda said: said.words(ExhibitKind.DOCUMENT), ("document", "文件")),
        (lambda said: said.words(Move.DOCUMENT), ("document", "取证")),
        (lambda said: said.words(ReferralState.DECLINED), ("declined", "主管机关不予受理")),
        (lambda said: said.words("Waiting for verdict"), ("Waiting for verdict", "等待鉴定意见")),
        (lambda said: said.words("A brand_name of no list"), ("A brand name of no list",) * 2),
        (lambda said: said.words(SanctionKind.SHOP_CLOSED), ("closure of the shop", "关闭店铺")),
        (lambda said: said.words(None), ("–", "–")),
        (lambda said: said.told(None), ("–", "–")),
    ],
)
def test_values_are_written_as_the_language_does(english, chinese) -> None:
    """English to the sign as it always was; an amount the same in both, with its code."""
    assert (english(ENGLISH), english(CHINESE)) == chinese


def _language(world: World, person: str) -> str | None:
    with world.db.read() as tx:
        row = one(tx, Person, id=world.people[person])
    assert row is not None
    return row.language


def test_a_person_chooses_and_every_browser_of_theirs_follows(world: World) -> None:
    clerk = world.client(Role.CLERK)
    answer = send(clerk, "/language", language="zh", next="/exhibits?find=AS/1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/exhibits?find=AS/1")
    assert clerk.cookies[COOKIE] == "zh" and _language(world, Role.CLERK) == "zh"
    elsewhere = world.client(Role.CLERK)
    elsewhere.headers["accept-language"] = "en"
    assert '<html lang="zh-Hans">' in elsewhere.get("/exhibits").text
    send(elsewhere, "/language", language="en")
    assert '<html lang="en">' in clerk.get("/exhibits").text


def test_a_choice_leads_nowhere_else_and_knows_two_languages(world: World) -> None:
    """A form on this page must not be a way to send somebody to a page that looks like it."""
    clerk = world.client(Role.CLERK)
    for away in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert send(clerk, "/language", language="zh", next=away).headers["location"] == "/"
        assert clerk.get(f"/language/zh?next={away}").headers["location"] == "/"
    assert send(clerk, "/language", language="tlh").status_code == 422
    assert _language(world, Role.CLERK) == "zh"


def test_before_the_log_in_the_browser_is_asked_and_remembers(world: World) -> None:
    stranger = world.client()
    stranger.headers["accept-language"] = "zh-CN"
    assert '<html lang="zh-Hans">' in stranger.get("/log-in").text
    answer = stranger.get("/language/en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-in")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert '<html lang="en">' in stranger.get("/log-in").text
    assert "set-cookie" not in stranger.get("/language/tlh").headers
    assert stranger.post("/language", data={"language": "zh"}).headers["location"] != "/"


def test_what_a_form_fills_in_is_kept_as_one_word_and_what_is_typed_as_typed(world: World) -> None:
    """A custody record whose wording depends on who read the page could not be compared."""
    clerk, supervisor = world.client(Role.CLERK), world.client(Role.SUPERVISOR)
    send(supervisor, "/places", site="Store A", room="room 2", shelf="shelf 3", roles=["clerk"])
    clerk.headers["accept-language"] = "zh-CN"
    assert 'value="封条完好"' in clerk.get("/exhibits/PB/1").text
    store = {"seal_number": "SEAL-3", "place": "Store A, room 2, shelf 3"}
    fetch = {"purpose": "拍照", "place": "Store A"}
    for path, fields in (
        ("store", store | {"condition": "封条完好"}),
        ("fetch", fetch | {"condition": "封条完好，袋角磨损", "seal_number": "SEAL-3"}),
    ):
        answer = send(clerk, f"/exhibits/PB/1/{path}", **fields)
        assert answer.status_code == 303, answer.text
    english = world.client(Role.AUDITOR).get("/exhibits/PB/1").text
    assert re.findall("封条完好[^<]*", english) == ["封条完好，袋角磨损"]


def test_a_refusal_is_told_on_the_page_and_stays_english_for_programs(world: World) -> None:
    supervisor = world.client(Role.SUPERVISOR)
    supervisor.headers["accept-language"] = "zh-CN"
    token = csrf(supervisor, "/holds")
    said = supervisor.post("/holds", data={"csrf": token, "subject": "PB/99", "reason": "x"})
    assert said.status_code == 404 and "没有物证 PB/99。请核对标签。" in said.text
    assert "There is no exhibit" not in said.text and "没有任何更改。" in said.text
    field = supervisor.post("/holds", data={"csrf": token, "subject": "PB/1"})
    assert field.status_code == 422 and "请填写此项。" in field.text
    nowhere = supervisor.get("/exhibits/PB/99")
    assert nowhere.status_code == 404 and "没有物证 PB/99。请核对标签。" in nowhere.text
    assert "此处没有可供您查看的内容" in nowhere.text
    program = supervisor.post(
        "/holds",
        data={"csrf": token, "subject": "PB/99", "reason": "x"},
        headers={"accept": "application/json"},
    )
    assert program.json()["reasons"] == ["There is no exhibit PB/99. Check the label."]


def test_someone_switches_works_in_chinese_and_switches_back(world: World, page_of) -> None:
    """In a browser: the exhibit's page, a refusal with its reason, and the way back."""
    page = page_of(Role.CLERK)

    def switch(language: str) -> None:
        page.evaluate(
            """([csrf, language]) => {
              const form = document.createElement("form");
              form.method = "post"; form.action = "/language";
              for (const [name, value] of Object.entries(
                  {csrf, language, next: "/exhibits/PB/1"})) {
                const field = document.createElement("input");
                field.name = name; field.value = value; form.append(field);
              }
              document.body.append(form); form.submit();
            }""",
            [page.locator("input[name=csrf]").first.input_value(), language],
        )
        page.wait_for_url("**/exhibits/PB/1")
        page.wait_for_load_state()

    page.goto("/exhibits")
    switch("zh")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert "在 2026年11月2日" in page.locator("#held").inner_text()
    page.get_by_text("更换封条").click()
    form = page.locator("form[action$='/reseal']")
    form.get_by_label("新封条").fill("SEAL-4")
    form.get_by_label("理由").fill("Torn at a corner")
    form.get_by_role("button", name="重新封装").click()
    refusal = page.get_by_role("alert")
    assert "封条号 SEAL-4 已用于另一物证" in refusal.inner_text()
    assert page.get_by_label("理由").last.input_value() == "Torn at a corner"
    switch("en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="Who held it").is_visible()


def test_what_was_entered_in_a_refused_form_goes_along_to_the_other_language(world, page_of):
    """Fails where the switch opens the page anew and drops what was typed."""
    page = page_of(Role.ADMINISTRATOR)
    address = f"/people/{world.people[Role.BUYER]}/grants"
    page.goto("/people")
    card = page.locator(f"details.more:has(form[action='{address}'])")
    card.locator("summary").click()
    card.locator("input[value=analyst]").check()
    card.locator("input[value=approver]").check()
    card.get_by_role("button").click()
    new = page.locator("#new-account")
    new.get_by_label("Name").fill("Zhou Min")
    new.get_by_label("E-mail").fill("zhou@example.org")
    new.locator("input[value=counsel]").check()
    new.locator("input[name=invite]").uncheck()
    sent = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    for language, spoken in (("zh", "zh-Hans"), ("en", "en")):
        page.locator(".me > summary").click()
        page.locator(f".languages button[value={language}]").click()
        page.wait_for_function(f"document.documentElement.lang === '{spoken}'")
        page.wait_for_load_state()
        assert new.locator("input[name=name]").input_value() == "Zhou Min"
        assert new.locator("input[name=email]").input_value() == "zhou@example.org"
        assert new.locator("input[value=counsel]").is_checked()
        assert not new.locator("input[name=invite]").is_checked()
        assert not new.locator("input[value=clerk]").is_checked()
    posted = [each for each in sent if each.startswith("POST")]
    assert posted and all(each.endswith("/language") for each in posted), "nothing is done anew"
    page.goto("/board")
    page.goto("/people")
    assert new.locator("input[name=name]").input_value() == "", "kept for the switch alone"


def test_a_refused_form_comes_along_and_its_code_does_not(world, page_of):
    device = world.device(Role.AUTHENTICATOR)
    page = page_of(Role.AUTHENTICATOR)
    page.goto("/code")
    page.locator("input[name=one_time_code]").fill(world.code(device))
    page.locator("main button").first.click()
    page.wait_for_url(lambda url: not url.endswith("/code"))
    page.goto("/tokens")
    form = page.locator("main form[action='/tokens']")
    form.locator("input[name=name]").fill("Our own system")
    form.locator("input[name=days]").fill("17")
    form.locator("input[value='verdicts:write']").check()
    form.locator("input[name=one_time_code]").fill("000000")
    form.locator("button.first").click()
    page.locator("#problem").wait_for()
    page.locator(".me > summary").click()
    page.locator(".languages button[value=zh]").click()
    page.wait_for_function("document.documentElement.lang === 'zh-Hans'")
    page.wait_for_load_state()
    assert form.locator("input[name=name]").input_value() == "Our own system"
    assert form.locator("input[name=days]").input_value() == "17"
    assert form.locator("input[value='verdicts:write']").is_checked()
    assert form.locator("input[name=one_time_code]").input_value() == ""
    assert page.evaluate("sessionStorage.getItem('typed')") is None


def test_at_the_door_the_address_comes_along_and_the_password_does_not(world, browser):
    context = browser.new_context(base_url=str(world.client().base_url))
    page = context.new_page()
    page.goto("/log-in")
    page.locator("input[name=email]").fill("clerk@example.org")
    page.locator("input[type=password]").fill("wrong")
    page.locator("main button").first.click()
    page.locator("#problem").wait_for()
    page.locator("input[type=password]").fill("typed once more")
    page.locator(".languages a[lang=zh]").click()
    page.wait_for_function("document.documentElement.lang === 'zh-Hans'")
    page.wait_for_load_state()
    assert page.locator("input[name=email]").input_value() == "clerk@example.org"
    assert page.locator("input[type=password]").input_value() == ""
    context.close()


def test_without_scripts_a_refused_page_says_what_the_switch_drops(world):
    clerk = world.client(Role.CLERK)
    said = "what you entered is gone"
    assert said not in clerk.get("/holds").text
    counsel = world.client(Role.COUNSEL)
    assert said in send(counsel, "/holds", subject="", reason="").text
