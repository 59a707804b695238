"""What an agency would get is looked at before it is approved: the same files, and nothing made."""

import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.papers import dossiers, previewing
from casework.papers.gathering import About, Made, gather
from casework.privacy import releases
from casework.record.seals import NONE
from casework.referring import sending
from evidence.bundle import BundleError, listed
from evidence.digests import sha256_of
from rules.audience import Level
from rules.roles import Role
from storage.rows import every, one
from storage.tables import LedgerRow, Look, Notice, Photo, Referral, Release, Wakeup
from tests.portal.small_world import World, send
from tests.portal.test_levels_pages import certificate

AGENCY = "Fengxian police"


def looked_at(world: World, reference: str, level: Level | None = None) -> previewing.Preview:
    return previewing.preview(world.db, world.vault, reference, world.now, NONE, level=level)


def packed(world: World, reference: str, folder: Path) -> dict[str, bytes]:
    """The files of the package that is written for the agency."""
    with world.db.read() as tx:
        row = one(tx, Referral, reference=reference)
        assert row is not None
        intent = sending.intent_of(tx, row)
    made = dossiers.write_referral(world.db, world.vault, intent, folder, world.now)
    with zipfile.ZipFile(made.path) as archive:
        top = f"{reference}/"
        return {name.removeprefix(top): archive.read(name) for name in archive.namelist()}


def agree(world: World, reference: str) -> None:
    act = world.act(Role.LIAISON, "ask")
    release = releases.ask(world.db, act, reference, reason="The procurator asks")
    for role in (Role.SUPERVISOR, Role.APPROVER):
        releases.approve(world.db, world.act(role, f"agree {role}"), release)


def encrypt_to_the_agency(world: World, folder: Path) -> None:
    world.now = datetime.now(UTC) + timedelta(minutes=1)  # the certificate counts from now on
    files = {"certificate": ("police.pem", certificate(folder).read_bytes())}
    liaison = world.client(Role.LIAISON)
    assert send(liaison, "/agencies", agency=AGENCY, files=files).status_code == 303


@pytest.mark.parametrize("full", [False, True], ids=["redacted", "full"])
def test_the_list_is_that_of_the_package_file_by_file(
    world: World, referral: str, tmp_path: Path, full: bool
) -> None:
    """What stays as it lies in the vault has the package's own digest and size."""
    if full:
        encrypt_to_the_agency(world, tmp_path)
        agree(world, referral)
    view = looked_at(world, referral)
    assert view.obstacles == () and view.level is (Level.FULL if full else Level.REDACTED)
    files = packed(world, referral, tmp_path / "out")
    assert [file.name for file in view.files] == list(files)
    lasting = [file for file in view.files if file.from_vault]
    assert lasting
    for file in lasting:
        data = files[file.name]
        assert (file.size, file.digest) == (len(data), sha256_of(data)), file.name
    assert bool(view.inner) is full
    assert ("data/sealed-bag.p7m" in files) is full
    told = {(row.digest, row.inner_name) for row in view.withheld}
    with world.db.read() as tx:
        shown = {file.digest for file in lasting}
        for photo in every(tx, Photo, testbuy_id=world.row(world.testbuys["judged"]).id):
            assert photo.digest in shown | {digest for digest, _ in told}, photo.shot


def test_looking_changes_nothing_but_who_looked(world: World, referral: str) -> None:
    tables = (LedgerRow, Referral, Release, Notice, Wakeup)

    def rows() -> list:
        with world.db.read() as tx:
            return [list(every(tx, table)) for table in tables]

    liaison = world.client(Role.LIAISON)
    before, kept = rows(), sorted(world.home.rglob("*.zip"))
    page = liaison.get(f"/referrals/{referral}/package").text
    name = world.testbuys["judged"]
    pdf = liaison.get(f"/referrals/{referral}/package/{name}.pdf")
    assert "data/dossier.pdf" in page and pdf.content.startswith(b"%PDF")
    assert "attachment" not in pdf.headers["content-disposition"]
    assert rows() == before and sorted(world.home.rglob("*.zip")) == kept
    with world.db.read() as tx:
        looks = [(row.route, row.subject) for row in every(tx, Look)]
    assert looks == [("package_preview", referral), ("package_dossier", referral)]


def test_every_page_of_the_dossier_says_that_it_is_a_preview(
    world: World, referral: str, tmp_path: Path, poppler
) -> None:
    name = world.testbuys["judged"]
    for language, word in (("en", "Preview: not sealed"), ("zh", "预览：未封存")):
        target = tmp_path / f"{language}.pdf"
        address = f"/referrals/{referral}/package/{name}.pdf?language={language}"
        target.write_bytes(world.client(Role.APPROVER).get(address).content)
        said = subprocess.run(
            [poppler("pdftotext"), str(target), "-"], capture_output=True, text=True, check=True
        ).stdout
        pages = said.split("\f")[:-1]
        assert len(pages) > 2 and all(word in page for page in pages)
    real = tmp_path / "real.pdf"
    real.write_bytes(dossiers.dossier_pdf(world.db, world.vault, name, world.now))
    told = subprocess.run(
        [poppler("pdftotext"), str(real), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Preview" not in told


def test_what_stands_in_the_way_is_said_before_anybody_approves(
    world: World, referral: str
) -> None:
    """At the full level the agency has no certificate: the real package would be refused."""
    page = world.client(Role.LIAISON).get(f"/referrals/{referral}/package?level=full").text
    assert "has no certificate on record" in page and "not what would be sent" in page
    with world.db.read() as tx:
        photo = every(tx, Photo, testbuy_id=world.row(world.testbuys["judged"]).id)[-1]
    assert photo.preview_digest is not None
    world.vault.path(photo.preview_digest).unlink()
    page = world.client(Role.LIAISON).get(f"/referrals/{referral}/package").text
    assert "The bundle was not written." in page


def test_only_the_test_buys_it_rests_on_are_opened(world: World, referral: str) -> None:
    liaison, other = world.client(Role.LIAISON), world.testbuys["examined"]
    assert liaison.get(f"/referrals/{referral}/package/{other}.pdf").status_code == 404
    assert liaison.get("/referrals/RF-2026-999999/package").status_code == 404
    for nobody in (Role.COUNSEL, Role.CLERK, Role.BUYER, Role.AUTHENTICATOR):
        assert world.client(nobody).get(f"/referrals/{referral}/package").status_code == 403


def test_the_list_refuses_what_the_package_refuses(world: World) -> None:
    """A chain that does not hold stops both."""
    name = world.testbuys["judged"]
    with world.db.read() as tx:
        about = About(name, (name,), Level.REDACTED, "", None)
        held = gather(tx, world.vault, about, world.now, NONE)
    made = Made(dict.fromkeys(held.papers, b""), {})
    bundle = held.as_bundle(world.vault, world.now, made)
    with pytest.raises(BundleError, match="not written"):
        listed(replace(bundle, ledger=bundle.ledger[1:]))
