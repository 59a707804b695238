"""Which language a page speaks, who chooses it, and how values are written in each."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.languages import COOKIE, chosen
from portal.wording import Wording
from rules.holders import ExhibitKind
from rules.lifecycle import Move
from rules.referral import ReferralState
from rules.roles import Role
from storage.rows import one
from storage.tables import Person
from tests.portal.small_world import World, csrf, send

ENGLISH, CHINESE = Wording("en"), Wording("zh")
AT = datetime(2026, 11, 4, 8, 5, tzinfo=UTC)
LATIN_WORDS = re.compile(r"[A-Za-z][a-z’']+(?: [A-Za-z][a-z’']+)+")
NAMES = re.compile(
    r"(Other|Person) [A-Z]\w+|Royal Canin|Thing from Glitter Harbour|Glitter Harbour|"
    r"Little Paws Pantry|Li Na|Fengxian police|Shelf \d"
)
"""What the people of the small world are called, and what they typed."""


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


PAGES = {
    Role.ADMINISTRATOR: ("/people", "/agencies", "/places"),
    Role.CLERK: ("/exhibits", "/exhibits/PB/1", "/kits", "/retention", "/assets", "/translations"),
    Role.SUPERVISOR: ("/waivers", "/alike", "/conduct", "/holds"),
    Role.ANALYST: ("/operators", "/leads", "/campaigns", "/prices", "/flags/import", "/superseded"),
    Role.LIAISON: ("/referrals",),
}


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_a_chinese_page_has_no_english_but_names_and_what_people_typed(world: World, role) -> None:
    """Catches a text that was not wrapped, a word that has no Chinese, a sentence told raw."""
    browser = world.client(role)
    browser.headers["accept-language"] = "zh-CN"
    for path in PAGES[role]:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        shown = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
        assert shown is not None
        texts = re.sub(r"<(script|code|svg)\b.*?</\1>", "", shown[0], flags=re.DOTALL)
        texts = html.unescape(re.sub(r"<[^>]+>", "\n", texts))
        left = LATIN_WORDS.findall(NAMES.sub("", texts))
        assert left == [], path


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
    assert "在 2026-11-02" in page.locator("#held").inner_text()
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
