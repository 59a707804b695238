"""What `testbuy up` refuses to start with, and what it does about a process that dies."""

import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cli.processes import serving
from cli.processes.installation import Installation
from cli.processes.loopback import free_port
from cli.processes.process import Process, ProcessError, Said
from cli.processes.stack import Stack


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def somebody_else():
    """The port of a server that speaks HTTP and is not ours."""
    with HTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("option", ["port", "prefect_port"])
def test_a_port_on_which_another_server_answers_is_refused_by_its_option(
    tmp_path, somebody_else, option
):
    installation = Installation(tmp_path, **{option: somebody_else})
    flag = "--" + option.replace("_", "-")
    with pytest.raises(ProcessError, match=f"{somebody_else} is in use.*{flag}"):
        serving.check(installation)


def test_free_ports_are_taken(tmp_path):
    serving.check(Installation(tmp_path, port=free_port(), prefect_port=free_port()))


def test_an_address_of_another_machine_is_refused(tmp_path):
    with pytest.raises(ProcessError, match="no address of this machine"):
        serving.check(Installation(tmp_path, host="192.0.2.1"))


def _openssl(*words, cwd):
    subprocess.run(["openssl", *words], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def pair(tmp_path):
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost")
    _openssl(*words, "-keyout", "key.pem", "-out", "cert.pem", cwd=tmp_path)
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_a_certificate_with_its_key_is_taken(tmp_path, pair):
    cert, key = pair
    serving.check(Installation(tmp_path, cert=cert, key=key))


def test_certificates_that_can_not_be_used_are_told_before_anything_starts(tmp_path, pair):
    cert, key = pair
    with pytest.raises(ProcessError, match=r"nope\.pem can't be read: No such file"):
        serving.check(Installation(tmp_path, cert=tmp_path / "nope.pem", key=key))
    with pytest.raises(ProcessError, match="can't be used"):
        serving.check(Installation(tmp_path, cert=key, key=cert))
    _openssl("rsa", "-aes128", "-in", key, "-out", "locked.pem", "-passout", "pass:x", cwd=tmp_path)
    with pytest.raises(ProcessError, match="without a password"):
        serving.check(Installation(tmp_path, cert=cert, key=tmp_path / "locked.pem"))


def _sleeper(folder, name="sleeper", seconds=60):
    program = f"import time; time.sleep({seconds})"
    return Process(name, (sys.executable, "-c", program), folder / f"{name}.log")


def test_a_process_that_died_is_started_again(tmp_path):
    told = []
    with Stack(tmp_path) as stack:
        stack.start(_sleeper(tmp_path, "one"), _sleeper(tmp_path, "two"))
        first, other = stack.pid("one"), stack.pid("two")
        os.kill(first, signal.SIGKILL)
        serving.watch(stack, told.append, [0.2, 0.1])
        assert stack.alive() == {"two": True, "one": True}
        assert stack.pid("one") != first
        assert stack.pid("two") == other
    assert told == ["one has ended with code -9; starting it again."]


def test_one_that_dies_again_and_again_is_left_to_a_person(tmp_path):
    told = []
    with Stack(tmp_path) as stack:
        stack.start(_sleeper(tmp_path, seconds=0.3))
        with pytest.raises(ProcessError, match="died again after 5 restarts"):
            serving.watch(stack, told.append, [0.2] * 40)
    # Where it ends before its start is looked at, that is told too.
    assert sum("starting it again" in line for line in told) == serving.RESTARTS


def test_one_that_does_not_get_ready_again_is_tried_again_and_then_left(tmp_path):
    """Its restart fails, as where somebody took its port: that is no end of the others yet."""
    once = (
        "import pathlib, sys, time\n"
        "begun = pathlib.Path(sys.argv[1])\n"
        "if begun.exists(): raise SystemExit(98)\n"
        "begun.touch(); print('ready', flush=True); time.sleep(0.2)"
    )
    program = (sys.executable, "-c", once, str(tmp_path / "begun"))
    log = tmp_path / "portal.log"
    told = []
    with Stack(tmp_path) as stack:
        stack.start(Process("portal", program, log, ready=Said("ready")))
        with pytest.raises(ProcessError, match=f"again after 5 restarts.*{log}"):
            serving.watch(stack, told.append, [0.2] * 40)
    ends = [line for line in told if "starting it again" in line]
    assert len(ends) == serving.RESTARTS
    assert "ended with code 98" in ends[-1]


def test_one_port_does_not_serve_two(tmp_path):
    port = free_port()
    with pytest.raises(ProcessError, match="two ports"):
        serving.check(Installation(tmp_path, port=port, prefect_port=port))


def test_a_listener_is_seen_whatever_it_speaks():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not serving.is_free("127.0.0.1", silent.getsockname()[1])
