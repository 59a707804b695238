"""Webhooks from the page and the API to a receiver: who is told of what, and of nothing else."""

import base64
import hashlib
import hmac
import json
import re
import time

import pytest

from casework.buying import requesting
from casework.examinations import examining
from casework.people import access
from casework.telling.delivering import deliver_one
from casework.verdicts import judging
from connectors.webhooks import HttpPosting
from rules.roles import Role
from rules.webhooks import Event
from storage.rows import every
from storage.tables import WebhookDelivery
from tests.portal.small_world import World, _examined, send
from tests.portal.test_api import api, post
from tests.portal.test_isolation import _secrets
from tests.receiver import Came, Receiver

LOOPBACK = "127.0.0.0/8"


@pytest.fixture
def here(world: World) -> World:
    world.settings.webhook_allow = LOOPBACK
    return world


def make(world: World, person: str, url: str, *events: Event) -> dict[str, object]:
    made = post(api(world, person), "/webhooks", f"{person}-{url}"[:200].replace(" ", "-"),
                url=url, events=list(events))  # fmt: skip
    assert made.status_code == 201, made.text
    return made.json()


def arrived(receiver: Receiver, count: int) -> list[Came]:
    """What came, once the portal's own senders have brought `count`."""
    until = time.monotonic() + 20
    while len(receiver.came) < count and time.monotonic() < until:
        time.sleep(0.02)
    return receiver.came


def checked(came: Came, secret: str) -> dict[str, object]:
    """The message, its signature checked as a receiver does it who knows the specification."""
    signed = f"{came.id}.{came.headers['webhook-timestamp']}.{came.body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert came.headers["webhook-signature"] == f"v1,{right}"
    return json.loads(came.body)


def test_a_launch_is_told_signed(here: World) -> None:
    with Receiver() as receiver:
        hook = make(here, Role.ANALYST, receiver.url, Event.TESTBUY_MOVED)
        reference = requesting.request(
            here.db, here.act(Role.ANALYST, "launch"), flag_id=6, purpose="Look", campaign=None,
            via="portal", route="by_hand",
        ).reference  # fmt: skip
        (came,) = arrived(receiver, 1)
    said = checked(came, hook["secret"])
    assert said["type"] == "testbuy.moved"
    assert said["data"] == {
        "testbuy": reference, "move": "request", "stage": "requested", "version": 1,
    }  # fmt: skip


def test_a_rights_holder_is_told_of_own_examinations_by_their_id_alone(here: World) -> None:
    events = (Event.EXAMINATION_OPENED, Event.EXAMINATION_SEALED, Event.EXAMINATION_WITHDRAWN)
    with Receiver() as mine, Receiver() as others:
        make(here, Role.AUTHENTICATOR, mine.url, *events)
        make(here, "other authenticator", others.url, *events)
        reference = _examined(here, 6)
        here.testbuys["new"] = reference
        opened = here.examinations[reference]
        first = here.examinations[here.testbuys["examined"]]
        examiner = here.act(Role.AUTHENTICATOR, "claim")
        examining.claim(here.db, examiner, first)
        examining.ask_photo(here.db, examiner, first, shot="I03", note="The engraving")
        from tests.portal.small_world import _judged

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(judging, "conclude", lambda *_: None)
            _judged(here, reference)
        came = arrived(mine, 3)
    told = [(json.loads(each.body)["type"], json.loads(each.body)["data"]) for each in came]
    assert sorted(told, key=str) == [
        ("examination.opened", {"examination": opened}),
        ("examination.sealed", {"examination": opened}),
        ("examination.withdrawn", {"examination": first}),
    ]
    assert others.came == []
    for each in came:
        for which in ("new", "examined"):
            for secret in _secrets(here, which):
                assert secret not in f"{each.headers} {each.body}"


def test_roles_bound_what_a_webhook_may_tell_now_and_later(here: World) -> None:
    client = api(here, Role.AUTHENTICATOR)
    url = "https://holder.example/hook"
    refused = post(client, "/webhooks", "a", url=url, events=["testbuy.moved"])
    assert refused.status_code == 409
    assert "needs the role of" in refused.json()["reasons"][0]
    assert post(client, "/webhooks", "b", url=url, events=["webhook.test"]).status_code == 409
    make(here, Role.ANALYST, url, Event.TESTBUY_MOVED)
    access.change_grants(
        here.db, here.act(Role.ADMINISTRATOR, "out"), here.people[Role.ANALYST], [Role.CLERK], []
    )
    requesting.request(
        here.db, here.act(Role.ANALYST, "launch", "both"), flag_id=6, purpose="Look",
        campaign=None, via="portal", route="by_hand",
    )  # fmt: skip
    with here.db.read() as tx:
        # A clerk may read test buys, too.
        assert len(every(tx, WebhookDelivery)) == 1
    access.change_grants(
        here.db, here.act(Role.ADMINISTRATOR, "out 2"), here.people[Role.ANALYST], [Role.DESK], []
    )
    requesting.request(
        here.db, here.act(Role.ANALYST, "launch 2", "both"), flag_id=7, purpose="Look",
        campaign=None, via="portal", route="by_hand",
    )  # fmt: skip
    with here.db.read() as tx:
        assert len(every(tx, WebhookDelivery)) == 1


@pytest.mark.parametrize(
    "url",
    ["http://holder.example/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/",
     "https://10.1.2.3/", "https://user:pw@holder.example/", "ftp://holder.example/",
     "https://holder.example/#x", "https://printer.local/", "https:///x", "https://holder.example:x/"],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused_at_once(world: World, url: str) -> None:
    made = post(api(world, Role.ANALYST), "/webhooks", "x", url=url, events=["testbuy.moved"])
    assert made.status_code == 409, made.text
    assert made.json()["reasons"]


def test_a_webhook_is_its_owners(here: World) -> None:
    hook = make(here, Role.ANALYST, "https://holder.example/hook", Event.TESTBUY_MOVED)
    own, other = api(here, Role.ANALYST), api(here, "both")
    address = f"/api/v1/webhooks/{hook['webhook']}"
    assert "secret" not in own.get(address).json()
    assert other.get("/api/v1/webhooks").json() == {"webhooks": []}
    assert other.get(address).status_code == 404
    assert other.patch(address, json={"active": False}).status_code == 404
    assert other.delete(address).status_code == 404
    changed = own.patch(address, json={"active": False, "events": ["referral.changed"]}).json()
    assert (changed["active"], changed["events"]) == (False, ["referral.changed"])
    tested = post(own, f"/webhooks/{hook['webhook']}/test", "t")
    assert tested.status_code == 409 and "switched off" in tested.text
    assert own.delete(address).status_code == 204
    assert own.get(address).status_code == 404


def test_the_page_makes_a_webhook_tries_it_out_and_sends_again(here: World) -> None:
    administrator = here.client(Role.ADMINISTRATOR)
    with Receiver() as receiver:
        made = send(
            administrator,
            "/webhooks",
            url=receiver.url,
            owner="liaison@example.org",
            events=["referral.changed"],
        )
        secret = re.search(r'id="secret"[^>]*>([^<]+)<', made.text)[1]
        listed = administrator.get("/webhooks").text
        assert secret not in listed
        assert "liaison@example.org" in listed
        hook = re.search(r'action="(/webhooks/\w+)/test"', listed)[1]
        assert send(administrator, f"{hook}/test").status_code == 303
        (came,) = arrived(receiver, 1)
        assert checked(came, secret)["type"] == "webhook.test"
        until = time.monotonic() + 10
        while "/again" not in (shown := administrator.get("/webhooks").text):
            assert time.monotonic() < until
            time.sleep(0.05)
        again = re.search(r'action="(/webhooks/messages/\w+/again)"', shown)[1]
        assert send(administrator, again).status_code == 303
        assert arrived(receiver, 2)[1].id == came.id
    assert hook not in here.client(Role.ANALYST).get("/webhooks").text
    assert send(administrator, f"{hook}/remove").status_code == 303
    assert hook not in administrator.get("/webhooks").text


def test_the_portals_own_posting_reaches_no_private_network(world: World) -> None:
    """Without the setting a webhook that was made when it was on is told nothing."""
    world.settings.webhook_allow = LOOPBACK
    with Receiver() as receiver:
        hook = make(world, Role.ANALYST, "https://holder.example/hook", Event.TESTBUY_MOVED)
        api(world, Role.ANALYST).patch(
            f"/api/v1/webhooks/{hook['webhook']}", json={"url": receiver.url}
        )
        world.server.stop()
        from casework.telling import webhooks

        webhooks.try_out(world.db, world.act(Role.ANALYST, "try"), hook["webhook"])
        assert deliver_one(world.db, HttpPosting(), lambda: world.now)
    assert receiver.came == []
    with world.db.read() as tx:
        assert every(tx, WebhookDelivery)[0].answer == "address not allowed"
