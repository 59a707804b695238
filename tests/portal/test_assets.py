"""What the first visit loads, how long a browser keeps it, and that it is what it says it is."""

import re
from urllib.parse import urljoin

import httpx
import pytest

from portal.assets import FOLDER, address
from portal.icons import drawings, icon
from rules.roles import Role
from tests.portal.small_world import World

MOST = 150_000
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORTED = re.compile(r"""^import\b[^'"]*['"](\./[^'"]+)['"]""", re.MULTILINE)
UNPACKED = {"accept-encoding": "identity"}


def _everything(client: httpx.Client, page: str) -> dict[str, int]:
    """Bytes of a page and of what it loads, scripts' own imports with them, none packed."""
    answer = client.get(page, headers=UNPACKED)
    sizes = {page: len(answer.content)}
    wanted = set(LOADED.findall(answer.text))
    while wanted:
        name = wanted.pop()
        got = client.get(name, headers=UNPACKED)
        assert got.status_code == 200, name
        sizes[name] = len(got.content)
        inner = {urljoin(name, each) for each in IMPORTED.findall(got.text)}
        wanted |= inner - {each.partition("?")[0] for each in sizes} - set(sizes)
    return sizes


@pytest.mark.parametrize("page", ["/", "/board", "/log-in"])
def test_a_first_visit_is_light(world: World, page: str) -> None:
    sizes = _everything(world.client(None if page == "/log-in" else Role.SUPERVISOR), page)
    assert len(sizes) > 5
    assert sum(sizes.values()) <= MOST, sizes


def test_an_address_with_the_digest_is_kept_for_good_and_no_other(world: World) -> None:
    """A browser that keeps yesterday's style sheet for good would show today's page in pieces."""
    client = world.client()
    named = client.get(address("portal.css"))
    assert "immutable" in named.headers["cache-control"]
    for other in ("/static/portal.css", "/static/portal.css?v=000000000000"):
        answer = client.get(other)
        assert answer.headers["cache-control"] == "no-cache", other
        assert answer.content == named.content
    page = client.get("/log-in")
    assert address("portal.css") in page.text
    assert page.headers["cache-control"] == "no-store"


def test_files_are_packed_and_pages_are_not(world: World) -> None:
    """A page carries its form's token: packed beside what a visitor wrote, its length tells."""
    client = world.client(Role.ANALYST)
    packed = {"accept-encoding": "gzip"}
    answer = client.get(address("forms.css"), headers=packed)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.content == (FOLDER / "forms.css").read_bytes()
    assert "content-encoding" not in client.get("/board", headers=packed).headers
    plain = client.get(address("forms.css"), headers=UNPACKED)
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("name", ["../pages.py", "%2e%2e/pages.py", "nothing.css", "vendor"])
def test_nothing_else_is_given_out(world: World, name: str) -> None:
    assert world.client().get(f"/static/{name}").status_code == 404


def test_icons_are_drawn_in_the_page_and_named_where_they_stand_alone() -> None:
    assert len(drawings()) > 40
    assert 'aria-hidden="true"' in icon("camera")
    alone = icon("camera", 'Take "it"')
    assert 'role="img"' in alone and "&#34;it&#34;" in alone
    with pytest.raises(KeyError):
        icon("unicorn")
    assert "<script" not in "".join(drawings().values())
