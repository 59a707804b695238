"""The API through its own door: tokens, scopes, keys, and what each noun answers."""

import re
import secrets
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from casework.act import Act
from casework.buying import requesting
from casework.once import KEPT
from casework.people import access, log_ins, tokens
from portal.permissions import PERMISSIONS
from portal.scopes import SCOPES
from rules.flags import FlagKind
from rules.roles import PERSONS, Role
from rules.scopes import ROLES, Scope
from storage.rows import add, change, every, table_of
from storage.tables import ApiAnswer, ApiToken, Flag, LedgerRow, TestBuy
from tests.portal.small_world import TESTIMONY, World, seed

ROOT = Path(__file__).parents[2]
ALL = [scope.value for scope in Scope]


def make(world: World, person: str, scopes: list[str] | None = None, **row: object) -> str:
    """A token of a person with these scopes, whatever their roles allow."""
    token = f"tb_{secrets.token_hex(16)}"
    with world.db.write() as tx:
        add(
            tx,
            ApiToken,
            **{
                "name": "their system",
                "digest": log_ins.digest_of(token),
                "hint": token[:8],
                "person_id": world.people[person],
                "scopes": ALL if scopes is None else scopes,
                "created_at": world.now,
                "expires_at": world.now + timedelta(days=30),
            }
            | row,
        )
    return token


def api(world: World, person: str, scopes: list[str] | None = None) -> httpx.Client:
    client = world.client()
    client.headers["authorization"] = f"Bearer {make(world, person, scopes)}"
    return client


def post(client: httpx.Client, address: str, key: str, **body: object) -> httpx.Response:
    return client.post(f"/api/v1{address}", json=body or None, headers={"idempotency-key": key})


def verdict(world: World, client: httpx.Client, public_id: str) -> dict[str, object]:
    read = client.get(f"/api/v1/examinations/{public_id}").json()
    photo = read["photos"][0]["photo"]
    return {
        "shown_digest": read["shown_digest"],
        "verdict": "counterfeit",
        "findings": [
            {
                "aspect": "contents",
                "code": "workmanship_rough",
                "severity": "critical",
                "note": "Rough edges.",
                "marks": [{"photo": photo, "left": 0, "top": 0, "right": 5000, "bottom": 5000}],
            }
        ],
        "confidence": "high",
        "method": "Comparison",
        "reasons": "The edges are rough.",
        "no_conflict": True,
        **TESTIMONY,
    }


LAUNCH = {"source": "vision", "flag_id": "F6", "purpose": "Look", "route": "by_hand"}


def routes(world: World) -> list[APIRoute]:
    world.client()
    found = [
        route for route in world.app.routes if isinstance(route, APIRoute) and route.name in SCOPES
    ]
    assert len(found) == len(SCOPES)
    return found


def address(world: World, route: APIRoute, stands: str = "examined") -> str:
    """The route at what is really there."""
    reference = world.testbuys[stands]
    return (
        route.path.replace(
            "{reference}", reference if "testbuys" in route.path else "RF-2026-000099"
        )
        .replace("{exhibit:path}", "PB/1")
        .replace("{public_id}", world.examinations[reference])
        .replace("{photo}", "a" * 22)
        .replace("{entry}", "a" * 22)
        .replace("{webhook}", "a" * 22)
    )


@pytest.mark.parametrize("role", sorted(PERSONS))
def test_each_route_lets_in_whose_role_and_scope_fit(world: World, role: Role) -> None:
    """A token is given every scope, also those its owner's roles don't allow: roles decide anew."""
    client = api(world, role)
    for route in routes(world):
        (method,) = route.methods
        lacking = [each for each in ALL if each != SCOPES[route.name]]
        headers = {"idempotency-key": f"{role} {route.name}".replace(" ", "-")}
        answer = client.request(method, address(world, route), headers=headers, json={})
        where = f"{role} at {method} {route.path}: {answer.status_code} {answer.text}"
        if role in PERMISSIONS[route.name]:
            assert answer.status_code in {200, 201, 204, 404, 409, 422}, where
        else:
            assert answer.status_code == 403, where
            assert answer.json()["type"].endswith("#not_permitted"), where
        narrow = api(world, role, lacking)
        answer = narrow.request(method, address(world, route), headers=headers, json={})
        assert answer.status_code == 403, where
        assert answer.json()["type"].endswith("#out_of_scope"), where


def test_no_route_answers_without_a_live_token(world: World) -> None:
    over = {
        "expired": {"expires_at": world.now},
        "revoked": {"revoked_at": world.now},
    }
    dead = [
        make(world, Role.AUTHENTICATOR, ALL, **{"name": why, **row}) for why, row in over.items()
    ]
    closed = make(world, "other authenticator")
    administrator = world.act(Role.ADMINISTRATOR, "close")
    access.set_active(world.db, administrator, world.people["other authenticator"], False)
    headers = [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer tb_unknown"},
        {"authorization": f"Basic {dead[0]}"},
        *({"authorization": f"Bearer {token}"} for token in [*dead, closed]),
    ]
    signed_in = world.client(Role.AUTHENTICATOR)
    for route in routes(world):
        (method,) = route.methods
        for each in headers:
            # The cookie of a log-in goes along, and is not looked at.
            answer = signed_in.request(method, address(world, route), headers=each)
            assert answer.status_code == 401, (route.path, each)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"


def test_the_scopes_of_the_routes_are_those_of_the_roles(world: World) -> None:
    for route, scope in SCOPES.items():
        assert PERMISSIONS[route] == ROLES[scope], route


def test_a_test_buy_is_launched_once_under_its_key(world: World) -> None:
    client = api(world, Role.ANALYST)
    first = post(client, "/testbuys", "launch-1", **LAUNCH)
    assert first.status_code == 201, first.text
    again = post(client, "/testbuys", "launch-1", **LAUNCH)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    reference = first.json()["reference"]
    row = world.row(reference)
    assert (row.requested_via, row.requested_by) == ("api", world.people[Role.ANALYST])
    other = post(client, "/testbuys", "launch-1", **{**LAUNCH, "purpose": "Something else"})
    assert (other.status_code, other.json()["type"][-10:]) == (422, "key_reused")
    refused = post(client, "/testbuys", "launch-2", **LAUNCH)
    assert refused.status_code == 409
    assert "already buying this listing" in refused.json()["reasons"][0]
    approver = world.act(Role.APPROVER, "decline")
    requesting.decline(world.db, approver, reference, version=1, reason="Not this one")
    # A refusal kept no key: once nothing is in the way, the same request is done.
    assert post(client, "/testbuys", "launch-2", **LAUNCH).status_code == 201
    with world.db.read() as tx:
        noted = [row.body for row in every(tx, LedgerRow, subject="programme")]
    assert sum(b"done by token" in body for body in noted) == 2


def test_a_key_belongs_to_its_token_and_is_forgotten_in_the_end(world: World) -> None:
    client = api(world, Role.ANALYST)
    first = post(client, "/testbuys", "one", **LAUNCH)
    other = post(api(world, "both"), "/testbuys", "one", **LAUNCH)
    assert other.status_code == 409, "another token's key is another key"
    world.now += KEPT - timedelta(seconds=1)
    assert post(client, "/testbuys", "one", **LAUNCH).content == first.content
    world.now += timedelta(seconds=2)
    assert post(client, "/testbuys", "one", **LAUNCH).status_code == 409
    assert post(client, "/testbuys", "two", **{**LAUNCH, "flag_id": "F7"}).status_code == 201
    with world.db.read() as tx:
        assert [each.key for each in every(tx, ApiAnswer)] == ["two"]


RACE = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
import httpx
import time
url, token, key, at, flag = sys.argv[1:]
time.sleep(max(0, float(at) - time.time()))
answer = httpx.post(url, json={"source": "vision", "flag_id": flag, "purpose": "Race",
    "route": "by_hand"}, headers={"authorization": "Bearer " + token, "idempotency-key": key},
    trust_env=False, timeout=60)
print(answer.status_code, answer.text)
"""


def test_two_portals_asked_at_once_under_one_key_do_it_once(world: World, tmp_path: Path) -> None:
    """Two processes over one database, each with a clock and a lock of its own."""
    import time

    from portal.app import create_app
    from storage.session import Database
    from tests.portal.small_world import Server

    token = make(world, Role.ANALYST)
    client = world.client()
    second = Database.in_folder(world.home)
    other = Server(
        create_app(world.settings, db=second, vault=world.vault, clock=lambda: world.now)
    )
    try:
        at = str(time.time() + 1.5)
        sides = [
            subprocess.Popen(
                [sys.executable, "-c", RACE, f"{url}/api/v1/testbuys", token, "race", at, "F7"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for url in (str(client.base_url).rstrip("/"), other.url)
            for _ in range(2)
        ]
        said = {side.communicate(timeout=60)[0] for side in sides}
    finally:
        other.stop()
        second.close()
    assert len(said) == 1, said
    assert said.pop().startswith("201 ")
    with world.db.read() as tx:
        flag = every(tx, Flag, source_flag_id="F7")[0].id
        assert len(every(tx, TestBuy, flag_id=flag)) == 1


def test_what_breaks_before_the_commit_leaves_neither_change_nor_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the change and its answer: both are there, or neither is."""
    client = api(world, Role.ANALYST)
    from casework import once

    def broken(*_: object) -> None:
        raise OSError("the machine stopped here")

    with monkeypatch.context() as patched:
        patched.setattr(once.ledger, "append", broken)
        assert post(client, "/testbuys", "crash", **LAUNCH).status_code == 500
    with world.db.read() as tx:
        assert every(tx, ApiAnswer) == []
    assert post(client, "/testbuys", "crash", **LAUNCH).status_code == 201


def test_flags_are_taken_each_by_itself(world: World) -> None:
    client = api(world, Role.ANALYST)
    flag = {
        "flag_id": "N1",
        "source": "their feed",
        "model": "logo",
        "model_version": "4",
        "score": 0.9,
        "signals": ["a; b"],
        "platform": "taobao",
        "shop_id": "S90",
        "shop_name": "New shop",
        "listing_id": "L90",
        "listing_url": "https://shop.example/90",
        "title": "Watch",
        "brand": "Swarovski",
        "category": "watches",
        "price_minor": 9900,
        "currency": "CNY",
        "seen_at": "2026-11-01T08:00:00+08:00",
    }
    unknown = flag | {"flag_id": "N2", "brand": "Acme"}
    made_up = flag | {"flag_id": "N3", "listing_id": "L91", "kind": "brushing"}
    taken = post(client, "/flags", "flags", flags=[flag, unknown, flag, made_up]).json()
    assert (taken["imported"], taken["known"]) == (2, 1)
    assert taken["rejected"][0]["index"] == 1
    assert "Acme" in taken["rejected"][0]["reason"]
    with world.db.read() as tx:
        kinds = {each.source_flag_id: each.kind for each in every(tx, Flag, source="their feed")}
    assert kinds == {"N1": FlagKind.COUNTERFEIT, "N3": FlagKind.BRUSHING}
    wrong = post(client, "/flags", "wrong kind", flags=[flag | {"kind": "rumour"}])
    assert wrong.status_code == 422 and "kind" in wrong.text
    launched = post(
        client, "/testbuys", "from-new", **{**LAUNCH, "source": "their feed", "flag_id": "N1"}
    )
    assert launched.status_code == 201, launched.text
    wrong = post(client, "/flags", "wrong", flags=[flag | {"score": 2}])
    assert wrong.status_code == 422
    assert any("score" in reason for reason in wrong.json()["reasons"])


def test_test_buys_are_read_a_page_at_a_time_and_name_no_buyer(world: World) -> None:
    client = api(world, Role.AUDITOR)
    seen = listed(client, limit="2")
    assert sorted(seen) == sorted(world.testbuys.values())
    assert seen == sorted(seen, reverse=True)
    assert listed(client, stage="judged") == [world.testbuys["judged"]]
    told = client.get(f"/api/v1/testbuys/{world.testbuys['judged']}")
    assert told.json()["conclusion"] == "counterfeit"
    assert told.json()["exhibits"] == [{"reference": "PB/3", "kind": "goods"}]
    assert "Person" not in told.text
    assert "Chen Wei" not in told.text


def test_a_list_of_the_api_is_the_board_with_its_filters(world: World) -> None:
    """The same test buys in the same order, whatever is asked, and page by page."""
    client, board = api(world, Role.ANALYST), world.client(Role.ANALYST)
    deadline = {"due_at": world.now, "late_from": world.now - timedelta(hours=1)}
    with world.db.write() as tx:
        for name in ("requested", "examined"):
            change(tx, TestBuy, table_of(TestBuy).c.reference == world.testbuys[name], **deadline)
            deadline = {"due_at": world.now, "late_from": world.now - timedelta(hours=2)}
    asked: list[dict[str, str]] = [
        {},
        {"late": "true"},
        {"order": "longest"},
        {"brand": "Swarovski", "stage": "submitted"},
        {"brand": "Nobody's"},
        {"mine": "true"},
        {"since": "2026-11-03"},
        {"until": "2026-11-02", "waiting": "Waiting for verdict"},
        {"operator": "OP-0404"},
        {"campaign": "No such"},
    ]
    told = {"late": ("late", "yes"), "mine": ("owner", "mine")}
    for filters in asked:
        named = dict(told.get(name, (name, value)) for name, value in filters.items())
        page = board.get("/board", params=named).text
        rows = re.findall(r'<tr data-row="\d+">.*?/testbuys/(TB-[0-9-]+)"', page, re.DOTALL)
        assert listed(client, **filters, limit="100") == rows, filters
        assert listed(client, **filters, limit="1") == rows, filters
    assert len(listed(client, late="true")) == 2
    assert listed(client, brand="Nobody's") == listed(client, since="2026-11-03") == []
    for wrong in ({"cursor": "x"}, {"until": "9999-12-31"}, {"brand": "\0"}, {"order": "latest"}):
        assert client.get("/api/v1/testbuys", params=wrong).status_code == 422, wrong


def listed(client: httpx.Client, **params: str) -> list[str]:
    """Every reference of a list, page by page."""
    seen: list[str] = []
    while True:
        page = client.get("/api/v1/testbuys", params=params).json()
        seen += [each["reference"] for each in page["testbuys"]]
        if page["next"] is None:
            return seen
        params["cursor"] = page["next"]


def test_a_rights_holder_judges_through_the_api(world: World) -> None:
    client = api(world, Role.AUTHENTICATOR)
    public_id = world.examinations[world.testbuys["examined"]]
    here = f"/examinations/{public_id}"
    queue = client.get("/api/v1/examinations").json()
    assert [each["examination"] for each in queue["open"]] == [public_id]
    body = verdict(world, client, public_id)
    unclaimed = post(client, f"{here}/verdict", "verdict-0", **body)
    assert unclaimed.status_code == 409
    claimed = post(client, f"{here}/claim", "claim-1").json()
    assert claimed["claim"] == "yours"
    assert claimed["claimed_until"] is not None
    assert post(client, f"{here}/release", "release-1").json()["claim"] == "free"
    post(client, f"{here}/claim", "claim-2")
    stale = post(
        client, f"{here}/verdict", "verdict-1", **body | {"shown_digest": "sha256:" + "0" * 64}
    )
    assert (stale.status_code, stale.json()["type"][-5:]) == (409, "stale")
    sealed = post(client, f"{here}/verdict", "verdict-2", **body)
    assert sealed.status_code == 201, sealed.text
    assert post(client, f"{here}/verdict", "verdict-2", **body).content == sealed.content
    read = client.get(f"/api/v1{here}").json()
    assert read["sealed"]["digest"] == sealed.json()["digest"]
    assert read["state"] == "sealed"
    assert world.row(world.testbuys["examined"]).waiting_name == "Waiting for conclusion"


def test_another_photo_is_asked_for(world: World) -> None:
    client = api(world, Role.AUTHENTICATOR)
    public_id = world.examinations[world.testbuys["examined"]]
    post(client, f"/examinations/{public_id}/claim", "claim")
    asked = post(client, f"/examinations/{public_id}/ask", "ask", shot="I03", note="The engraving")
    assert asked.json() == {"examination": public_id, "state": "withdrawn"}
    assert world.row(world.testbuys["examined"]).stage == "documented"


def test_another_brands_examination_is_not_there_for_a_token(world: World) -> None:
    client = api(world, Role.AUTHENTICATOR)
    public_id = world.examinations[world.testbuys["other brand"]]
    owner = api(world, "other authenticator")
    read = owner.get(f"/api/v1/examinations/{public_id}").json()
    body = verdict(world, owner, public_id)
    photo = read["photos"][0]["href"]
    assert owner.get(photo).headers["content-type"] == "image/jpeg"
    assert public_id not in client.get("/api/v1/examinations").text
    here = f"/examinations/{public_id}"
    answers = [
        client.get(f"/api/v1{here}"),
        client.get(photo),
        post(client, f"{here}/claim", "a"),
        post(client, f"{here}/release", "b"),
        post(client, f"{here}/verdict", "c", **body),
        post(client, f"{here}/ask", "d", shot="I03", note="More light"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    # A grant that is taken away counts from the next request on.
    access.change_grants(
        world.db,
        world.act(Role.ADMINISTRATOR, "grants"),
        world.people["other authenticator"],
        [Role.AUTHENTICATOR],
        [],
    )
    assert owner.get(f"/api/v1{here}").status_code == 404


def test_what_a_rights_holder_reads_names_nothing_but_the_examination(world: World) -> None:
    from tests.portal.test_isolation import _everything, _secrets

    client = api(world, Role.AUTHENTICATOR)
    here = f"/examinations/{world.examinations[world.testbuys['examined']]}"
    read = client.get(f"/api/v1{here}")
    body = verdict(world, client, here.rpartition("/")[2])
    answers = [
        client.get("/api/v1/examinations"),
        read,
        *(client.get(photo["href"]) for photo in read.json()["photos"]),
        post(client, f"{here}/claim", "a"),
        post(client, f"{here}/verdict", "b", **body | {"findings": []}),
        post(client, f"{here}/verdict", "c", **body),
        post(client, f"{here}/ask", "d", shot="I03", note="More"),
    ]
    for answer in answers:
        for secret in _secrets(world, "examined"):
            assert secret not in _everything(answer), f"{secret} at {answer.url}"


def test_who_held_an_exhibit(world: World) -> None:
    client = api(world, Role.CLERK)
    early = client.get("/api/v1/exhibits/PB/1/holder?at=2020-01-01").json()
    assert (early["state"], early["holder"]) == ("not_yet_an_exhibit", None)
    held = client.get("/api/v1/exhibits/PB%2F1/holder").json()
    assert held["holder"]["kind"] == "person"
    assert "PB/1" in held["sentence"]
    assert client.get("/api/v1/exhibits/ZZ/99/holder").status_code == 404
    assert "Write a date" in client.get("/api/v1/exhibits/PB/1/holder?at=soon").text


def test_a_token_is_shown_once_and_made_for_what_its_owner_may(world: World) -> None:
    administrator = world.act(Role.ADMINISTRATOR, "token")
    with pytest.raises(tokens.Refused, match="verdicts:write needs the role of authenticator"):
        tokens.make_token(
            world.db, administrator, name="x", scopes=[Scope.VERDICTS_WRITE],
            valid_for=timedelta(days=1), owner="analyst@example.org",
        )  # fmt: skip
    analyst = world.act(Role.ANALYST, "token")
    with pytest.raises(tokens.Refused, match="Only an administrator"):
        tokens.make_token(
            world.db, analyst, name="x", scopes=[Scope.VERDICTS_WRITE],
            valid_for=timedelta(days=1), owner="authenticator@example.org",
        )  # fmt: skip
    made = tokens.make_token(
        world.db, analyst, name="feed", scopes=[Scope.FLAGS_WRITE], valid_for=timedelta(days=1)
    )
    assert made.token.encode() not in (world.home / "testbuy.db").read_bytes()
    stranger = Act(Role.ANALYST, world.now, seed("stranger"), world.people["both"])
    with pytest.raises(tokens.NotFound):
        tokens.revoke_token(world.db, stranger, made.number)
    assert tokens.bearer(world.db, made.token, world.now) is not None
    tokens.revoke_token(world.db, analyst, made.number)
    assert tokens.bearer(world.db, made.token, world.now) is None


def test_nobody_else_holds_what_seals_verdicts_in_an_examiners_name(world: World) -> None:
    wish = {"name": "lab", "scopes": [Scope.VERDICTS_WRITE], "valid_for": timedelta(days=1)}
    administrator = world.act(Role.ADMINISTRATOR, "token of another")
    with pytest.raises(tokens.Refused, match="Only its owner"):
        tokens.make_token(world.db, administrator, owner="authenticator@example.org", **wish)
    own = world.act(Role.AUTHENTICATOR, "own token")
    assert tokens.make_token(world.db, own, **wish).token.startswith("tb_")


def test_the_page_makes_a_token_that_works_and_revokes_it(world: World) -> None:
    import re

    from tests.portal.small_world import send

    browser = world.client(Role.ANALYST)
    shown = send(browser, "/tokens", name="Detection feed", days="30", scopes=["testbuys:read"])
    token = re.search(r'id="token"[^>]*>([^<]+)<', shown.text)[1]
    client = world.client()
    client.headers["authorization"] = f"Bearer {token}"
    assert client.get("/api/v1/testbuys").status_code == 200
    listed = browser.get("/tokens").text
    assert token not in listed
    assert "Detection feed" in listed
    number = re.search(r"/tokens/(\d+)/revoke", listed)[1]
    assert "Detection feed" not in world.client("both").get("/tokens").text
    assert "Detection feed" in world.client(Role.ADMINISTRATOR).get("/tokens").text
    assert send(browser, f"/tokens/{number}/revoke").status_code == 303
    assert client.get("/api/v1/testbuys").status_code == 401
    unfit = send(browser, "/tokens", name="x", days="30", scopes=["verdicts:write"])
    assert unfit.status_code == 409
    assert "needs the role of authenticator" in unfit.text


def test_faults_of_the_api_are_problem_details(world: World) -> None:
    client = api(world, Role.ANALYST)
    answers = {
        404: client.get("/api/v1/nothing"),
        405: client.delete("/api/v1/testbuys"),
        422: client.post("/api/v1/testbuys", content=b"{", headers={"idempotency-key": "x"}),
        413: client.post("/api/v1/flags", content=b"[" * 2_000_000),
    }
    for code, answer in answers.items():
        assert answer.status_code == code
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["status"] == code
        assert body["reasons"]
        assert body["request_id"] == answer.headers["x-request-id"]
    assert "GET" in answers[405].headers["allow"]
    keyless = client.post("/api/v1/testbuys", json=LAUNCH)
    assert keyless.status_code == 422
    assert "Idempotency-Key" in keyless.json()["reasons"][0]


def test_the_document_and_its_page_are_there_for_everybody(world: World) -> None:
    client = world.client()
    document = client.get("/api/v1/openapi.json").json()
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["description"], operation["operationId"]
            assert operation["security"] == [{"token": []}]
            assert "401" in operation["responses"]
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for path in document["paths"]:
        assert path in page.text
