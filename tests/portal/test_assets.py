"""What the first visit loads, how long a browser keeps it, and that it is what it says it is."""

import re
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from portal import assets
from portal.assets import FOLDER, address
from portal.icons import drawings, icon
from rules.roles import PERSONS, Role
from tests.portal.small_world import World

MOST = 150_000
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORTED = re.compile(r"""^import\b[^'"]*['"]((?:\./|/static/)[^'"]+)['"]""", re.MULTILINE)
UNPACKED = {"accept-encoding": "identity"}
PACKED = {"accept-encoding": "gzip"}
PAGES = {
    Role.ANALYST: (
        "/board",
        "/flags",
        "/launch",
        "/campaigns",
        "/leads",
        "/search?q=TB",
        "/prices",
    ),
    Role.SUPERVISOR: ("/waivers", "/alike", "/conduct", "/overrides", "/exhibits"),
    Role.APPROVER: ("/approvals",),
    Role.BUYER: ("/tasks",),
    Role.DESK: ("/desk",),
    Role.CLERK: ("/scan", "/places", "/kits", "/retention"),
    Role.AUTHENTICATOR: ("/examinations", "/references"),
    Role.LIAISON: ("/referrals", "/operators", "/superseded"),
    Role.ADMINISTRATOR: ("/people", "/frame", "/webhooks", "/tokens", "/account"),
}


class Travelling:
    """Bytes of pages and of what they load, scripts' own imports with them, as they travel."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[int, set[str]]] = {}

    def of(self, client: httpx.Client, page: str) -> dict[str, int]:
        answer, sizes = self._get(client, page), {}
        sizes[page] = answer.num_bytes_downloaded
        wanted = set(LOADED.findall(answer.text))
        while wanted:
            name = wanted.pop()
            if name not in self._files:
                got = self._get(client, name)
                inner = {urljoin(name, each) for each in IMPORTED.findall(got.text)}
                self._files[name] = got.num_bytes_downloaded, inner
            sizes[name], inner = self._files[name]
            wanted |= inner - {each.partition("?")[0] for each in sizes} - set(sizes)
        return sizes

    def _get(self, client: httpx.Client, address: str) -> httpx.Response:
        answer = client.get(address, headers=PACKED)
        assert answer.status_code == 200, address
        return answer


def test_a_first_visit_is_light_whichever_page_it_is(world: World) -> None:
    """Each role's home page and those of its work, the workbench too: all but photos."""
    travelling, heavy = Travelling(), {}
    for role in (None, *sorted(PERSONS)):
        client = world.client(role)
        pages = ("/log-in",) if role is None else ("/", *PAGES.get(role, ()))
        if role is Role.AUTHENTICATOR:
            queue = client.get("/examinations").text
            workbench = re.findall(r'href="(/examinations/[a-z2-7]{22})"', queue)
            assert workbench
            pages += tuple(workbench[:1])
        for page in pages:
            sizes = travelling.of(client, page)
            assert len(sizes) > 5, page
            if sum(sizes.values()) > MOST:
                heavy[role, page] = sizes
    assert heavy == {}


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


@pytest.mark.parametrize("takes", [PACKED, UNPACKED])
def test_what_a_script_imports_is_kept_for_good_too(world: World, takes) -> None:
    """Each page of the workbench would else ask for four scripts again before it is ready."""
    client = world.client()
    for script, least in (("bench.js", 3), ("findings.js", 1), ("masks.js", 1)):
        answer = client.get(address(script), headers=takes)
        assert "immutable" in answer.headers["cache-control"]
        imported = IMPORTED.findall(answer.text)
        assert len(imported) >= least
        for each in imported:
            name = each.removeprefix("/static/").partition("?")[0]
            assert each == address(name)
            assert "immutable" in client.get(each).headers["cache-control"]


def test_a_script_has_another_address_once_what_it_imports_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its old text, kept for good, leads to the old text of the other."""
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "one.js").write_text('import { two } from "/static/two.js";\ntwo();\n')
    (tmp_path / "two.js").write_text("export function two() {}\n")
    before = address("one.js")
    (tmp_path / "two.js").write_text("export function two() { return 2; }\n")
    assert address("one.js") != before


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
