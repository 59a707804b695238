"""Workers that die while a referral goes by sealed folder or by mail: sent once, nothing half.

Each referral meets one death of its worker, at its own point. The judges are the folder as it lies
there, the mail server's own ledger, and openssl with the agency's key.
"""

import email
import json
import subprocess
from email import policy
from pathlib import Path

import pytest

from casework.referring import agencies, sending
from casework.referring.agencies import Stated
from cli.processes.loopback import free_port
from cli.processes.process import Said, python_module
from evidence.digests import digest_of_file
from rules.delivery import Delivery
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.roles import Role
from storage import ledger
from storage.rows import one
from storage.tables import Agency
from tests.flows.programme import PROJECT, Programme
from tests.flows.test_crashes import (
    Matrix,
    _drive,
    at_work,
    check_chain,
    crashing_worker,
    moves_of,
    open_wakeups,
)

POLICE = "Luohu police"
FOLDER = tuple(
    f"{point}:{when}" for point in ("sealed folder", "folder ready") for when in ("before", "after")
)
MAIL = tuple(
    f"{point}:{when}"
    for point in ("mail owed", "mail call", "mail sent")
    for when in ("before", "after")
)
QUICK = {"TESTBUY_LEASE_SECONDS": "12", "TESTBUY_LOST_AFTER_SECONDS": "16"}
"""Longer than writing a package takes on a slow machine: its run would lose it again and again."""
BY_REFERRAL = ("mail call", "mail sent")
"""Points that know the referral alone."""
TWICE = {"mail call:after", "mail sent:before"}
"""A server had the mail, and nobody had written that down."""


@pytest.fixture(scope="module", autouse=True)
def dispatched(programme: Programme) -> None:
    programme.dispatch()


@pytest.fixture(scope="module")
def clock(create):
    """Owe a run of the sweep and one of the mails."""
    made = iter(range(10_000))

    def run() -> None:
        number = next(made)
        for flow in ("sweep", "mail"):
            create(f"{flow}/{flow}", {}, f"beside-{flow}-{number}")

    return run


@pytest.fixture(scope="module")
def by_folder(programme: Programme, clock) -> Matrix:
    _choose(programme, Delivery.FOLDER)
    return _played(programme, clock, FOLDER, 1, "Waiting for sending decision")


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> Path:
    """The agency's key, whose certificate openssl made."""
    folder = tmp_path_factory.mktemp("police")
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=Police -keyout key.pem"
    subprocess.run(
        [*made.split(), "-out", "police.pem"], cwd=folder, check=True, capture_output=True
    )
    return folder / "key.pem"


@pytest.fixture(scope="module")
def mails(programme: Programme) -> Path:
    """Where the mail server keeps what it took."""
    return programme.home / "post.mails"


@pytest.fixture(scope="module")
def by_mail(programme: Programme, clock, by_folder, key: Path, mails: Path) -> Matrix:
    act = programme.act(Role.LIAISON)
    certificate = key.with_name("police.pem").read_bytes()
    agencies.add_certificate(programme.db, act, agency=POLICE, data=certificate)
    row = _agency(programme)
    stated = Stated(row.name, row.jurisdiction, "desk@police.example", row.needs, row.needs_exhibit)
    agencies.set_agency(
        programme.db, programme.act(Role.ADMINISTRATOR), row.id, stated,
        seen=agencies.mark_of(row), reason="It said so",
    )  # fmt: skip
    _choose(programme, Delivery.MAIL)
    port = free_port()
    post = python_module(
        "post",
        "simulator.post",
        ["--port", str(port), "--ledger", str(programme.home / "post.jsonl")],
        log=programme.home / "post.log",
        ready=Said("listening"),
        cwd=PROJECT,
    )
    smtp = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "SENDER": "us@example.org"}
    env = {f"TESTBUY_SMTP_{name}": value for name, value in smtp.items()}
    return _played(programme, clock, MAIL, 11, "Waiting for agency", post, **env)


def _agency(programme: Programme) -> Agency:
    with programme.db.read() as tx:
        row = one(tx, Agency, name=POLICE)
    assert row is not None
    return row


def _choose(programme: Programme, way: Delivery) -> None:
    row, liaison = _agency(programme), programme.act(Role.LIAISON)
    seen = agencies.mark_of(row)
    agencies.set_delivery(programme.db, liaison, row.id, way, seen=seen, reason="As agreed")


def _played(programme, clock, points, first, arrives_at, *beside, **env) -> Matrix:
    """A test buy for each point, its referral approved; every worker dies where it must."""
    cells = {point: programme.request(f"L-{n:02d}") for n, point in enumerate(points, first)}
    matrix, armed = Matrix(programme, cells), {}
    for point, reference in cells.items():
        programme.carry_to_referral(reference)
        programme.approve_referral(reference)
        by_referral = point.startswith(BY_REFERRAL)
        armed[point] = programme.referral(reference).reference if by_referral else reference
    matrix.arm(armed)
    workers = [crashing_worker(programme, f"{first}-{n}", **QUICK, **env) for n in (1, 2)]
    with at_work(programme, *beside, *workers):
        _drive(matrix, cells.values(), {arrives_at}, clock)
    for reference in armed.values():
        assert (programme.home / f"crashed-{reference}").exists(), f"nobody died for {reference}"
    return matrix


@pytest.mark.parametrize("point", FOLDER)
def test_a_folder_lies_whole_and_once_whenever_its_worker_died(point, by_folder):
    programme, reference = by_folder.programme, by_folder.references[point]
    referral = programme.referral(reference)
    assert referral.state is ReferralState.APPROVED and "folder is ready" in referral.unsent_because
    folder = programme.home / "outgoing" / referral.reference
    sums = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    said = subprocess.run(sums, cwd=folder, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    bundle = folder / f"{referral.reference}.zip"
    assert digest_of_file(bundle) == referral.packed_digest
    assert list(folder.parent.glob(f".{referral.reference}*")) == []
    assert _told(programme, referral.reference).count("packed") == 1
    # Handed over by a person, and only then sent.
    sending.record_sent(
        programme.db, programme.act(Role.LIAISON), referral.reference, version=referral.version,
        number="Receipt 7",
    )  # fmt: skip
    assert programme.row(reference).stage is Stage.REFERRED
    assert moves_of(programme, reference).count("refer") == 1
    check_chain(programme, reference)


@pytest.mark.parametrize("point", MAIL)
def test_a_mail_brings_a_referral_once_whenever_its_sender_died(
    point, by_mail, mails, key, tmp_path
):
    programme, reference = by_mail.programme, by_mail.references[point]
    referral = programme.referral(reference)
    assert referral.state is ReferralState.SENT
    assert moves_of(programme, reference).count("refer") == 1
    assert not open_wakeups(programme, programme.row(reference).id)
    check_chain(programme, reference)
    got = [
        each
        for file in sorted(mails.glob("*.eml"))
        for each in [email.message_from_bytes(file.read_bytes(), policy=policy.default)]
        if referral.reference in each["Subject"]
    ]
    assert len(got) == (2 if point in TWICE else 1)
    assert len({each["Message-ID"] for each in got}) == 1, "whoever gets it twice sees that"
    (brought,) = {attached.get_content() for each in got for attached in each.iter_attachments()}
    (tmp_path / "got.p7m").write_bytes(brought)
    opened = f"openssl cms -decrypt -binary -inform DER -in got.p7m -inkey {key} -out got.zip"
    subprocess.run(opened.split(), cwd=tmp_path, check=True)
    assert digest_of_file(tmp_path / "got.zip") == referral.bundle_digest
    assert _told(programme, referral.reference).count("mail owed") == 1


def _told(programme: Programme, subject: str) -> list[str]:
    """How often each thing happened, as the ledger tells it."""
    with programme.db.read() as tx:
        return [json.loads(each.body)["facts"]["what"] for each in ledger.chain(tx, subject)]
