"""Every route, every role: the table decides, and the sensitive rows are written out once more."""

import re
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from portal.app import UnlistedRoute, create_app
from portal.permissions import NOT_FOR_AUDITORS, PERMISSIONS, Anyone, permits
from portal.scopes import SCOPES
from rules.roles import PERSONS, Role
from tests.portal.small_world import TESTIMONY, World, csrf, send

SENSITIVE = {
    "approve": {Role.APPROVER},
    "decline": {Role.APPROVER},
    "campaign_approve": {Role.APPROVER},
    "launch": {Role.ANALYST},
    "referral_approve": {Role.LIAISON},
    "sellers_picture": {
        Role.ANALYST,
        Role.LIAISON,
        Role.COUNSEL,
        Role.AUDITOR,
        Role.SUPERVISOR,
    },
    "sellers_picture_cut": {Role.ANALYST},
    "sellers_picture_mark": {Role.ANALYST},
    "sellers_picture_masks": {Role.ANALYST},
    "task_sellers_picture": {Role.BUYER},
    "capture_warc": {Role.LIAISON, Role.ANALYST, Role.AUDITOR, Role.SUPERVISOR},
    "certificate_file": {
        Role.CLERK,
        Role.LIAISON,
        Role.SUPERVISOR,
        Role.COUNSEL,
        Role.AUDITOR,
    },
    "certificate_check": {Role.SUPERVISOR, Role.COUNSEL},
    "phrase_add": {Role.ADMINISTRATOR},
    "phrase_end": {Role.ADMINISTRATOR},
    "translation_add": {Role.CLERK, Role.SUPERVISOR},
    "superseded_letter": {Role.LIAISON, Role.AUDITOR},
    "superseded_receipt": {Role.LIAISON},
    "superseded_review": {Role.LIAISON, Role.ANALYST, Role.COUNSEL},
    "claim": {Role.COUNSEL, Role.APPROVER, Role.LIAISON, Role.ANALYST, Role.AUDITOR},
    "claim_prepare": {Role.COUNSEL},
    "claim_approve": {Role.APPROVER},
    "claim_waive": {Role.APPROVER},
    "claim_step": {Role.COUNSEL},
    "claim_judge": {Role.COUNSEL},
    "claim_allocation": {Role.COUNSEL},
    "claim_strike": {Role.COUNSEL},
    "claim_strike_decide": {Role.APPROVER},
    "referral_correct": {Role.LIAISON},
    "referral_correct_decide": {Role.APPROVER},
    "raid_redate": {Role.LIAISON},
    "raid_redate_decide": {Role.SUPERVISOR},
    "level_ask": {Role.LIAISON, Role.ANALYST},
    "level_agree": {Role.SUPERVISOR, Role.APPROVER, Role.LIAISON},
    "agency_certificate": {Role.LIAISON, Role.ADMINISTRATOR},
    "identity": {Role.LIAISON, Role.SUPERVISOR, Role.APPROVER, Role.AUDITOR},
    "identity_ask": {Role.LIAISON},
    "identity_agree": {Role.SUPERVISOR, Role.APPROVER},
    "identity_opening": {Role.LIAISON, Role.SUPERVISOR, Role.APPROVER},
    "identity_erase": {Role.SUPERVISOR, Role.APPROVER},
    "examination": {Role.AUTHENTICATOR},
    "examination_seal": {Role.AUTHENTICATOR},
    "exhibit_take_in": {Role.CLERK},
    "exhibit_confirm": {Role.CLERK},
    "waive": {Role.SUPERVISOR},
    "task": {Role.BUYER},
    "task_photo": {Role.BUYER},
    "people": {Role.ADMINISTRATOR, Role.AUDITOR},
    "person_create": {Role.ADMINISTRATOR},
    "person_link": {Role.ADMINISTRATOR},
    "dossier": {Role.LIAISON, Role.ANALYST, Role.AUDITOR, Role.SUPERVISOR},
    "photo_mark": {Role.BUYER, Role.CLERK},
    "photo_masks": {Role.BUYER, Role.CLERK},
    "photo_original": {
        Role.LIAISON,
        Role.ANALYST,
        Role.AUDITOR,
        Role.SUPERVISOR,
        Role.BUYER,
    },
}
AUDITORS_ONLY_LOOK = {
    route
    for route, permission in PERMISSIONS.items()
    if not isinstance(permission, Anyone) and Role.AUDITOR in permission
}


def _address(route: APIRoute) -> str:
    return (
        route.path.replace("{reference}", "TB-2026-999999")
        .replace("{exhibit:path}", "ZZ/99")
        .replace("{public_id}", "nothing")
        .replace("{operator}", "OP-9999")
        .replace("{token}", "nothing")
        .replace("{flag_id}", "999999")
        .replace("{shop_id}", "999999")
        .replace("{person_id}", "999999")
        .replace("{notice_id}", "999999")
        .replace("{mail_id}", "999999")
        .replace("{capture_id}", "999999")
        .replace("{certificate_id}", "999999")
        .replace("{phrase_id}", "999999")
        .replace("{floor_id}", "999999")
        .replace("{category_id}", "999999")
        .replace("{upload_id}", "nothing")
    )


def _routes(app) -> list[APIRoute]:
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    assert len(routes) > 60
    return routes


@pytest.mark.parametrize("role", [None, *sorted(PERSONS)])
def test_each_route_lets_in_whom_the_table_names(world: World, role: Role | None) -> None:
    browser = world.client(role)
    token = csrf(browser) if role else "none"
    for route in _routes(world.app):
        (method,) = route.methods - {"HEAD"}
        if route.name in {"log_out", "log_ins_end"}:
            continue
        answer = browser.request(
            method,
            _address(route),
            data={"csrf": token} if method == "POST" else None,
            headers={"x-csrf-token": token} if method in {"PATCH", "DELETE"} else None,
        )
        if route.name in SCOPES:
            # The API knows tokens alone; tests/portal/test_api.py goes through it role by role.
            assert answer.status_code == 401, f"{role} at {method} {route.path}"
            continue
        permission = PERMISSIONS[route.name]
        where = f"{role} at {method} {route.path}: {answer.status_code}"
        assert answer.status_code < 500, where
        if permission is Anyone.PUBLIC:
            continue
        if role is None:
            assert answer.status_code == 303, where
            assert answer.headers["location"].startswith("/log-in"), where
        elif permission is Anyone.SIGNED_IN or role in permission:
            assert answer.status_code in {200, 303, 404, 409, 422}, where
            assert "log-in" not in answer.headers.get("location", ""), where
        else:
            assert answer.status_code == 403, where


def _seal(world: World) -> tuple[str, dict[str, object]]:
    public_id = world.examinations[world.testbuys["examined"]]
    browser = world.client(Role.AUTHENTICATOR)
    assert send(browser, f"/examinations/{public_id}/claim").status_code == 303
    shown = browser.get(f"/examinations/{public_id}").text
    return f"/examinations/{public_id}/seal", {
        "seen": shown.partition('name="seen" value="')[2].partition('"')[0],
        "verdict": "counterfeit",
        "finding": ["contents:workmanship_rough"],
        "severity:contents:workmanship_rough": "critical",
        "confidence": "high",
        "method": "Comparison",
        "reasons": "The edges are rough.",
        "no_conflict": "yes",
        **TESTIMONY,
    }


DONE = {
    # route: the test buy it is done to, what the form says, who may, how it is seen to be done
    "approve": ("requested", {}, Role.APPROVER, "authorised"),
    "decline": ("requested", {"reason": "No need"}, Role.APPROVER, "declined"),
    "abandon": ("requested", {"why": "listing_gone", "note": "Gone"}, Role.ANALYST, "abandoned"),
    "task_withdraw": (
        "assigned",
        {"why": "buyer_withdrew", "note": "Ill"},
        Role.BUYER,
        "abandoned",
    ),
    "judge_again": ("judged", {"reason": "Look again"}, Role.ANALYST, "submitted"),
    "close": ("judged", {"note": "Too small"}, Role.ANALYST, "closed"),
    "examination_seal": ("examined", {}, Role.AUTHENTICATOR, "Waiting for conclusion"),
}


@pytest.mark.parametrize("name", sorted(DONE))
def test_what_is_really_there_is_changed_by_nobody_but_whose_it_is(world: World, name: str) -> None:
    """A whole form, of a test buy at the right stage: nothing but the role can be in its way."""
    stands, said, owner, then = DONE[name]
    reference = world.testbuys[stands]
    route = {"task_withdraw": f"/tasks/{reference}/withdraw"}.get(
        name, f"/testbuys/{reference}/{name.replace('_', '-')}"
    )
    if name == "examination_seal":
        route, said = _seal(world)
    before = world.row(reference)
    said = {"version": str(before.version), **said}
    for role in sorted(PERSONS - {owner}):
        answer = send(world.client(role), route, **said)
        # At this stage the table of moves refuses whom the table of routes lets in.
        refusal = 409 if role in PERMISSIONS[name] else 403
        assert answer.status_code == refusal, (role, answer.status_code)
        assert world.row(reference) == before, role
    stranger = {Role.BUYER: "other buyer", Role.AUTHENTICATOR: "other authenticator"}.get(owner)
    if stranger:
        assert send(world.client(stranger), route, **said).status_code == 404
        assert world.row(reference) == before
    answer = send(world.client(owner), route, **said)
    assert answer.status_code == 303, answer.text
    world.now += timedelta(seconds=10)
    world.client(Role.AUTHENTICATOR).get("/examinations")  # a verdict is sealed by whoever looks
    after = world.row(reference)
    assert then in (after.stage, after.waiting_name)


@pytest.mark.parametrize("name", sorted(SENSITIVE))
def test_the_sensitive_routes_stand_in_the_table_as_they_should(name: str) -> None:
    assert set(PERMISSIONS[name]) == SENSITIVE[name]


def test_an_auditor_never_changes_anything(world: World) -> None:
    world.client()
    for route in _routes(world.app):
        if route.name in AUDITORS_ONLY_LOOK:
            assert route.methods == {"GET"}, route.path


def test_an_auditor_may_look_at_all_that_has_no_reason_against_it(world: World) -> None:
    """Catches a new page that forgets the auditor, and a reason that outlived its page."""
    world.client()
    looked = {
        route.name
        for route in _routes(world.app)
        if "GET" in route.methods and not isinstance(PERMISSIONS[route.name], Anyone)
    }
    closed = {name for name in looked if Role.AUDITOR not in PERMISSIONS[name]}
    assert closed == {name for name in NOT_FOR_AUDITORS if name in looked}
    assert all(NOT_FOR_AUDITORS.values())


DEEDS = (
    "Record it<", "Link a shop, or keep", "Answer proposals", "and decide<", "add its certificate",
    "Record or correct what",
)  # fmt: skip
"""Links that ask for a deed; whoever may not do it is led nowhere by them."""


def test_an_auditor_meets_no_form_that_would_be_refused(world: World, referral: str) -> None:
    """Every page of theirs, as the world fills it: a form is shown to whoever may send it."""
    ask = {"level_reason": "The procurator asks who bought it."}
    assert send(world.client(Role.LIAISON), f"/referrals/{referral}/level", **ask).is_redirect
    auditor = world.client(Role.AUDITOR)
    posts = [route for route in _routes(world.app) if "POST" in route.methods]
    references = [*world.testbuys.values()]
    seen = 0
    for route in _routes(world.app):
        permission = PERMISSIONS[route.name]
        if "GET" not in route.methods or isinstance(permission, Anyone):
            continue
        if Role.AUDITOR not in permission or route.path.startswith("/api/"):
            continue
        own = [referral] if route.path.startswith("/referrals") else references
        holes = {"{exhibit:path}": ["PB/1"], "{operator}": ["OP-0001"], "{reference}": own}
        name = next((hole for hole in holes if hole in route.path), "")
        for filled in holes.get(name, [""]):
            page = auditor.get(route.path.replace(name, filled) if name else route.path)
            if "text/html" not in page.headers.get("content-type", ""):
                continue
            seen += page.status_code == 200
            for action in re.findall(r'<form method="post" action="([^"]+)"', page.text):
                to = next(each for each in posts if each.path_regex.fullmatch(action))
                assert permits(to.name, {Role.AUDITOR}), f"{route.path} shows {action}"
            asked = [deed for deed in DEEDS if deed in page.text]
            assert asked == [], route.path
    assert seen > 20


def test_a_route_without_a_permission_stops_the_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(PERMISSIONS, "board")
    with pytest.raises(UnlistedRoute, match="board"):
        create_app(world.settings)


def test_who_may_send_a_form_may_see_the_page_it_comes_back_on(world: World) -> None:
    """A refused form is shown again with its reasons, which the table of the page must allow."""
    world.client()
    routes = _routes(world.app)
    names = {route.endpoint: route.name for route in routes if "GET" in route.methods}
    shown = {
        route.name: names[show]
        for route in routes
        if (show := getattr(route.endpoint, "show_again", None)) in names
    }
    assert len(shown) > 60
    blind = {
        f"{form} at {page}": sorted(set(PERMISSIONS[form]) - set(PERMISSIONS[page]))
        for form, page in shown.items()
        if not isinstance(PERMISSIONS[form], Anyone) and not isinstance(PERMISSIONS[page], Anyone)
    }
    assert {where: roles for where, roles in blind.items() if roles} == {}


def test_nobody_approves_what_they_asked_for(world: World) -> None:
    analyst = world.client("both")
    asked = analyst.post(
        "/flags/6/launch",
        data={"csrf": csrf(analyst), "purpose": "Own", "campaign": "", "route": "by_hand"},
    )
    address = asked.headers["location"].split("?")[0]
    answer = analyst.post(f"{address}/approve", data={"csrf": csrf(analyst), "version": "1"})
    assert answer.status_code == 409
    assert world.row(address.rpartition("/")[2]).stage == "requested"
    assert "somebody else must approve it" in analyst.get("/approvals").text


def test_a_second_role_is_chosen_only_where_it_is_granted(world: World) -> None:
    reference = world.testbuys["judged"]
    fields = {"version": str(world.row(reference).version), "note": "Done", "as_role": "liaison"}
    analyst = world.client(Role.ANALYST)
    answer = analyst.post(f"/testbuys/{reference}/close", data={"csrf": csrf(analyst)} | fields)
    # As liaison the move would be refused at this stage; the analyst isn't one.
    assert answer.status_code == 303, answer.text
