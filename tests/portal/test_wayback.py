"""The way back from a form's own address: in another language, from a bookmark, after "back"."""

import re

import pytest

from rules.roles import Role
from tests.portal.small_world import World, csrf, send


def _next(text: str) -> str:
    found = re.search(r'name="next" value="([^"]*)"', text)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("role", "form", "page"),
    [
        (Role.ANALYST, "/testbuys/{requested}/abandon", "/testbuys/{requested}"),
        (Role.CLERK, "/exhibits/PB/1/code", "/exhibits/PB/1"),
        (Role.CLERK, "/exhibits/take-in", "/exhibits"),
        (Role.ADMINISTRATOR, "/people/2/buyer", "/people"),
        (Role.BUYER, "/tasks/{assigned}/order", "/tasks/{assigned}"),
        (Role.AUTHENTICATOR, "/examinations/{examination}/seal", "/examinations/{examination}"),
        (Role.ANALYST, "/flags/6/dismiss", "/flags"),
    ],
)
def test_a_refused_form_is_read_in_another_language_on_its_own_page(
    world: World, role: Role, form: str, page: str
) -> None:
    """Fails where the switch leads to the form's address, which answers 405."""
    named = dict(world.testbuys) | {"examination": world.examinations[world.testbuys["examined"]]}
    form, page = form.format(**named), page.format(**named)
    browser = world.client(role)
    answer = send(browser, form)
    assert answer.status_code in (409, 422)
    assert _next(answer.text) == page
    switched = send(browser, "/language", language="zh", next=_next(answer.text))
    shown = browser.get(switched.headers["location"])
    assert shown.status_code == 200 and 'lang="zh-Hans"' in shown.text
    opened = browser.get(form)
    assert (opened.status_code, opened.headers["location"]) == (303, page)


def test_the_page_keeps_what_its_address_chose_and_says_nothing_twice(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    text = analyst.get("/board?stage=judged&late=yes&did=saved").text
    assert _next(text) == "/board?stage=judged&late=yes"


def test_a_programs_question_and_an_address_of_nothing_get_their_codes(world: World) -> None:
    analyst, reference = world.client(Role.ANALYST), world.testbuys["requested"]
    as_json = {"accept": "application/json"}
    assert analyst.get(f"/testbuys/{reference}/abandon", headers=as_json).status_code == 405
    assert analyst.get("/nowhere").status_code == 404
    assert analyst.get("/testbuys/TB-2026-999999").status_code == 404
    token = {"csrf": csrf(analyst)}
    assert analyst.post("/board", data=token).status_code == 405
