"""Prefect's REST client against a server on a real socket that misbehaves as it is told."""

import base64
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.prefect_answers import (
    PrefectBusy,
    PrefectError,
    PrefectProtocolError,
    PrefectRefused,
    PrefectUnreachable,
)
from connectors.prefect_api import PAGE, PrefectApi

RUN = {
    "id": "8c4a1b1e-0000-4000-8000-000000000001",
    "name": "calm-otter",
    "deployment_id": None,
    "tags": ["stage:judged"],
    "state": {"name": "Scheduled", "type": "SCHEDULED", "message": None},
}
DEPLOYMENT = {"id": "8c4a1b1e-0000-4000-8000-0000000000dd"}


class Script:
    """What the server answers, by method and path; and what it was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.next = None

    def answer(self, request, code, body, headers=None):
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers[request] = (code, text, headers or {})


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def server(script):
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = f"{self.command} {self.path}"
            script.asked.append((request, json.loads(body) if body else None, self.headers))
            code, text, headers = script.answers[request] or script.next()
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, format, *args):  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/api"
        listening.shutdown()


@pytest.fixture
def api(server):
    with PrefectApi(server, timeout=1.0) as client:
        yield client


def create(api):
    return api.create_flow_run("testbuy/testbuy", {"reference": "TB-2026-000017"}, "wake-1:1")


CREATE = f"POST /api/deployments/{DEPLOYMENT['id']}/create_flow_run"
BY_NAME = "GET /api/deployments/name/testbuy/testbuy"


def test_a_run_is_created_under_its_key_and_the_deployment_looked_up_once(api, script):
    script.answer(BY_NAME, 200, DEPLOYMENT)
    script.answer(CREATE, 201, RUN)
    run = create(api)
    assert (run.id, run.state_name, run.state_type) == (RUN["id"], "Scheduled", "SCHEDULED")
    assert run.state_message == ""
    create(api)
    assert [request for request, *_ in script.asked] == [BY_NAME, CREATE, CREATE]
    body = script.asked[1][1]
    # A name of null would be refused by Prefect, so it is left out.
    assert body == {
        "parameters": {"reference": "TB-2026-000017"},
        "idempotency_key": "wake-1:1",
        "tags": [],
    }


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_server_is_to_be_asked_again_and_is_not_by_itself(api, script, code):
    script.answer(BY_NAME, 200, DEPLOYMENT)
    script.answer(CREATE, code, "Service Unavailable", {"Retry-After": "2"})
    with pytest.raises(PrefectBusy) as busy:
        create(api)
    assert busy.value.retry_after == 2.0
    assert len(script.asked) == 2


def test_a_retry_after_that_is_a_date_is_no_number(api, script):
    script.answer(BY_NAME, 503, "", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    with pytest.raises(PrefectBusy) as busy:
        create(api)
    assert busy.value.retry_after is None


def test_a_refusal_carries_the_reason(api, script):
    script.answer(BY_NAME, 200, DEPLOYMENT)
    script.answer(CREATE, 409, {"detail": "'reference' is a required property"})
    with pytest.raises(PrefectRefused, match="'reference' is a required property"):
        create(api)


def test_a_deployment_registered_anew_is_looked_up_anew(api, script):
    script.answer(BY_NAME, 200, DEPLOYMENT)
    script.answer(CREATE, 404, {"detail": "Deployment not found"})
    with pytest.raises(PrefectRefused):
        create(api)
    script.answer(BY_NAME, 200, {"id": "new"})
    script.answer("POST /api/deployments/new/create_flow_run", 201, RUN)
    assert create(api).id == RUN["id"]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (200, "<html>a proxy's page</html>"),
        (200, '{"id": "cut sh'),
        (200, {"id": "x"}),
        (200, {**RUN, "state": None}),
        (200, []),
        (200, "null"),
        (302, "{}"),
    ],
)
def test_an_answer_of_another_shape_is_named_so(api, script, code, body):
    script.answer("GET /api/flow_runs/x", code, body)
    with pytest.raises(PrefectProtocolError):
        api.flow_run("x")


def test_a_state_that_is_not_taken_is_a_refusal(api, script):
    path = f"POST /api/flow_runs/{RUN['id']}/set_state"
    script.answer(path, 200, {"status": "ABORT", "details": {"reason": "Already in a final state"}})
    with pytest.raises(PrefectRefused, match="Already in a final state"):
        api.set_state(RUN["id"], "COMPLETED", "Continued", force=False)
    script.answer(path, 201, {"status": "ACCEPT", "state": RUN["state"], "details": {}})
    api.set_state(RUN["id"], "COMPLETED", "Continued", "by the next run")
    assert script.asked[-1][1] == {
        "state": {"type": "COMPLETED", "name": "Continued", "message": "by the next run"},
        "force": True,
    }


def test_completed_runs_are_read_page_by_page(api, script):
    script.answer(BY_NAME, 200, DEPLOYMENT)
    path = "POST /api/flow_runs/filter"
    pages = iter([[RUN] * PAGE, [RUN] * 3])
    script.answers[path] = None
    script.next = lambda: (200, json.dumps(next(pages)), {})
    found = api.completed_runs("testbuy/testbuy", but_named=("Continued",))
    assert len(found) == PAGE + 3
    assert [body["offset"] for request, body, _ in script.asked if request == path] == [0, PAGE]


def test_ids_cannot_lead_to_other_addresses(api, script):
    script.answer("GET /api/flow_runs/..%2Fadmin%2Fversion", 404, {"detail": "Not Found"})
    with pytest.raises(PrefectRefused):
        api.flow_run("../admin/version")


def test_the_servers_password_is_sent(server, script):
    script.answer("GET /api/health", 200, "true")
    with PrefectApi(server, auth="admin:pass word") as api:
        assert api.health()
    sent = script.asked[0][2]["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"admin:pass word"


def test_no_server_is_unreachable_and_not_well():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with PrefectApi(f"http://127.0.0.1:{port}/api") as api:
        with pytest.raises(PrefectUnreachable, match="Is its server running"):
            create(api)
        assert not api.health()


@pytest.mark.parametrize("behaviour", ["hang", "reset"])
def test_a_server_that_accepts_and_gives_no_answer_is_unreachable(behaviour):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def accept():
            connection, _ = listener.accept()
            if behaviour == "reset":
                connection.recv(4096)
                connection.close()
            else:
                held.append(connection)

        threading.Thread(target=accept, daemon=True).start()
        began_at = time.monotonic()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        with PrefectApi(address, timeout=0.3) as api, pytest.raises(PrefectUnreachable):
            api.flow_run("x")
        assert time.monotonic() - began_at < 2
        for connection in held:
            connection.close()


def test_all_endings_are_of_one_family():
    for kind in (PrefectBusy, PrefectProtocolError, PrefectRefused, PrefectUnreachable):
        assert issubclass(kind, PrefectError)
