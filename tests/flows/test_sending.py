"""A referral that can't be handed over, over real processes: it waits for a person, never lost."""

import subprocess
from collections.abc import Iterator

import pytest

from casework.privacy import releases
from casework.referring import sending
from casework.referring.agencies import add_certificate
from cli.processes.loopback import free_port
from cli.processes.process import python_module
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.roles import Role
from simulator.world import dump
from tests.flows.programme import PROJECT, Programme, world


@pytest.fixture(scope="module", autouse=True)
def dispatched(programme: Programme) -> None:
    programme.dispatch()


@pytest.fixture(autouse=True)
def alone(programme: Programme) -> Iterator[None]:
    """No other test's worker takes a run of this one."""
    yield
    programme.stack.stop()


@pytest.fixture
def strict_agency(programme: Programme) -> str:
    """The address of an agency that asks for a token which the programme does not have."""
    port, home = free_port(), programme.home
    dump(world(), home / "world.json")
    files = ["--world", str(home / "world.json"), "--ledger", str(home / "agency.jsonl")]
    programme.stack.start(
        python_module(
            "strict-agency",
            "simulator.agency",
            ["--port", str(port), *files, "--token", "secret"],
            log=home / "agency.log",
            ready=f"http://127.0.0.1:{port}/health",
            cwd=PROJECT,
        )
    )
    return f"http://127.0.0.1:{port}"


def test_a_referral_that_is_not_taken_waits_for_the_liaison(programme, strict_agency):
    reference = programme.request("L-28")
    programme.carry_to_referral(reference, "R03")
    programme.approve_referral(reference)
    in_the_way = programme.home / "bundles"
    in_the_way.write_text("a file where the folder should be")
    worker = programme.worker("sending-worker", TESTBUY_AGENCY_URL=strict_agency)
    programme.stack.start(worker)

    def why_unsent() -> str:
        programme.wait(reference, "Waiting for sending decision")
        row = programme.referral(reference)
        assert (row.state, row.intended_at) == (ReferralState.APPROVED, None)
        return row.unsent_because

    def say(change, **said) -> None:
        row, liaison = programme.referral(reference), programme.act(Role.LIAISON)
        change(programme.db, liaison, row.reference, version=row.version, **said)

    assert "The package could not be made" in why_unsent()
    in_the_way.unlink()
    key = programme.home / "keys" / "signing.p12"
    key.parent.mkdir()
    key.write_bytes(b"no key")
    say(sending.send_again)
    assert "The key can't be opened" in why_unsent()
    key.unlink()
    # Two people agreed to the full level, and there is nothing to encrypt its inner bag to.
    _agree_to_the_full_level(programme, programme.referral(reference).reference)
    say(sending.send_again)
    assert "has no certificate on record" in why_unsent()
    police = certificate_of_the_police()
    liaison = programme.act(Role.LIAISON)
    add_certificate(programme.db, liaison, agency="Luohu police", data=police)
    say(sending.send_again)
    assert programme.row(reference).waiting_name == "Waiting for sending"
    assert "The token is not known. (not_authorised)" in why_unsent()
    say(sending.record_sent, number="By courier, receipt 7")
    assert programme.row(reference).stage is Stage.REFERRED


def _agree_to_the_full_level(programme: Programme, referral: str) -> None:
    asked = releases.ask(
        programme.db, programme.act(Role.ANALYST), referral, reason="The procurator asks"
    )
    for role in (Role.LIAISON, Role.SUPERVISOR):
        releases.approve(programme.db, programme.act(role), asked)


def certificate_of_the_police() -> bytes:
    """A certificate made by openssl; nobody keeps its key."""
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=Police -keyout /dev/null"
    return subprocess.run(made.split(), check=True, capture_output=True).stdout


def test_without_an_agency_interface_the_liaison_hands_it_over(programme):
    reference = programme.request("L-29")
    programme.carry_to_referral(reference)
    programme.approve_referral(reference)
    programme.stack.start(programme.worker("by-hand-worker", TESTBUY_AGENCY_URL=""))
    programme.wait(reference, "Waiting for sending decision")
    row, liaison = programme.referral(reference), programme.act(Role.LIAISON)
    assert "by hand" in row.unsent_because
    sending.record_sent(
        programme.db, liaison, row.reference, version=row.version, number="By courier, receipt 8"
    )
    assert programme.row(reference).stage is Stage.REFERRED
