"""The full level, agencies' certificates and the buyer's identity, by the portal's own door."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.privacy import releases
from rules.audience import Level
from rules.roles import Role
from storage import ledger
from storage.rows import every
from storage.tables import AgencyCertificate, IdentityCommitment, Release
from tests.portal.small_world import World, csrf, send

AGENCY = "Fengxian police"


def certificate(folder: Path, name: str = "police") -> Path:
    """A certificate made by openssl, with its key beside it."""
    pem = folder / f"{name}.pem"
    asked = f"openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN={name}"
    files = ["-keyout", folder / f"{name}.key", "-out", pem]
    subprocess.run([*asked.split(), *files], check=True, capture_output=True)
    return pem


def entries(world: World, subject: str) -> str:
    with world.db.read() as tx:
        return b"\n".join(entry.body for entry in ledger.chain(tx, subject)).decode()


def test_the_full_level_is_asked_for_by_one_and_agreed_to_by_two_others(
    world: World, referral: str
) -> None:
    here = f"/referrals/{referral}"
    liaison = world.client(Role.LIAISON)
    assert "Redacted." in liaison.get(here).text
    assert send(liaison, f"{here}/level").status_code == 422
    asked = send(liaison, f"{here}/level", level_reason="The procurator <b>asks</b>")
    assert asked.headers["location"] == f"{here}?did=level_asked"
    page = liaison.get(here).text
    assert "The procurator &lt;b&gt;asks&lt;/b&gt;" in page
    assert "You asked; two others must agree." in page and "0 of 2 people agreed" in page
    with world.db.read() as tx:
        (release,) = every(tx, Release)
    yes = {"release": str(release.id)}
    # The asker is refused, also where the page's form is sent all the same.
    assert send(liaison, f"{here}/level/agree", **yes).status_code == 409
    supervisor, approver = world.client(Role.SUPERVISOR), world.client(Role.APPROVER)
    assert "The full level of its package is asked for" in supervisor.get("/").text
    assert "Agree to the full level" in supervisor.get(here).text
    assert send(supervisor, f"{here}/level/agree", **yes).status_code == 303
    page = supervisor.get(here).text
    assert "Person Supervisor" in page and "1 of 2 people agreed" in page
    assert "a second person must agree as well" in page and "Agree to the full level" not in page
    assert send(supervisor, f"{here}/level/agree", **yes).status_code == 409
    assert send(world.client(Role.ANALYST), f"{here}/level/agree", **yes).status_code == 403
    with world.db.read() as tx:
        assert releases.standing(tx, referral).level is Level.REDACTED
    assert send(approver, f"{here}/level/agree", **yes).status_code == 303
    with world.db.read() as tx:
        assert releases.standing(tx, referral).level is Level.FULL
    page = liaison.get(here).text
    assert "Full level." in page and "Ask for the full level" not in page
    assert f"{AGENCY} has no certificate on record" in page
    assert "two people agreed to the full level" in liaison.get("/").text
    told = entries(world, referral)
    assert told.count("full package approved") == 2 and '"still_needed":0' in told
    assert "procurator" not in told and "Person" not in told


def test_an_agencys_certificate_is_replaced_and_none_is_removed(
    world: World, tmp_path: Path
) -> None:
    world.now = datetime.now(UTC) + timedelta(minutes=5)
    liaison = world.client(Role.LIAISON)
    first, second = certificate(tmp_path, "first"), certificate(tmp_path, "second")

    def upload(file: str, data: bytes, agency: str = AGENCY) -> int:
        said = {"csrf": csrf(liaison, "/agencies"), "agency": agency}
        files = {"certificate": (file, data, "application/octet-stream")}
        answer = liaison.post("/agencies", data=said, files=files)
        return answer.status_code

    assert upload("a.pem", b"no certificate") == 409
    assert upload("a.pem", first.read_bytes(), "Nobody") == 404
    with_key = first.read_bytes() + (tmp_path / "first.key").read_bytes()
    assert upload("a.pem", with_key) == 303
    assert upload("a.pem", first.read_bytes()) == 409  # it counts already
    der = subprocess.run(
        ["openssl", "x509", "-in", second, "-outform", "DER"], check=True, capture_output=True
    ).stdout
    assert upload("b.cer", der) == 303
    with world.db.read() as tx:
        kept = every(tx, AgencyCertificate)
    assert len(kept) == 2 and not any("PRIVATE" in each.pem for each in kept)
    page = liaison.get("/agencies").text
    assert page.index("CN=second") < page.index("1 replaced") < page.index("CN=first")
    said = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", second],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    printed = said.partition("=")[2].strip().replace(":", "").lower()
    assert printed in page.replace("<span>", "").replace("</span>", "")
    assert printed in entries(world, "programme")
    world.now += timedelta(days=3700)
    late = world.client(Role.LIAISON).get("/agencies").text
    assert "Nothing can be encrypted to it any more" in late
    auditor = world.client(Role.AUDITOR)
    assert "Replace the certificate" not in auditor.get("/agencies").text
    assert send(auditor, "/agencies", agency=AGENCY).status_code == 403


def test_the_identity_is_opened_on_the_page_by_the_two_and_nobody_else(world: World) -> None:
    reference = world.testbuys["judged"]
    here = f"/testbuys/{reference}/identity"
    liaison, supervisor = world.client(Role.LIAISON), world.client(Role.SUPERVISOR)
    approver = world.client(Role.APPROVER)
    assert f'href="{here}"' in liaison.get(f"/testbuys/{reference}").text
    with world.db.read() as tx:
        (kept,) = every(tx, IdentityCommitment, testbuy_id=world.row(reference).id)
    assert send(liaison, here, reason="Court of Futian, file 7").status_code == 303
    assert "a supervisor or approver decides" in liaison.get(here).text
    assert "Somebody asks that the buyer's identity be opened" in approver.get("/").text
    assert send(liaison, f"{here}/agree", request="1").status_code == 403
    assert send(liaison, f"{here}/opening", request="1").status_code == 404
    assert send(supervisor, f"{here}/agree", request="1").status_code == 303
    assert send(approver, f"{here}/agree", request="1").status_code == 409
    assert send(approver, f"{here}/opening", request="1").status_code == 404
    elsewhere = here.replace(reference, world.testbuys["assigned"])
    assert send(liaison, f"{elsewhere}/opening", request="1").status_code == 404
    opened = send(liaison, f"{here}/opening", request="1")
    assert "attachment" in opened.headers["content-disposition"]
    assert "no-store" in opened.headers["cache-control"]
    assert "Person Buyer" in opened.text.splitlines()[2]
    digest = subprocess.run(["sha256sum"], input=opened.content, capture_output=True).stdout
    assert kept.commitment == "sha256:" + digest.decode().split()[0]
    assert send(supervisor, f"{here}/opening", request="1").content == opened.content
    assert entries(world, reference).count("identity opened") == 2
    assert "Person Buyer" not in liaison.get(here).text
    assert send(supervisor, f"{here}/erase", confirm="TB").status_code == 422
    assert send(supervisor, f"{here}/erase", confirm=reference).status_code == 303
    assert "nobody can open it any more" in liaison.get(here).text
    assert send(liaison, f"{here}/opening", request="1").status_code == 409
    assert world.client(Role.ANALYST).get(here).status_code == 403
