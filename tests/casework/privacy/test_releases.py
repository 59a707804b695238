"""What a package says of its level: asked for and not agreed to, agreed to, never asked for."""

import json
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.papers import dossiers
from casework.privacy import releases
from casework.referring import agencies, sending
from rules.roles import Role
from storage import ledger
from storage.rows import every, one
from storage.tables import Agency, AgencyCertificate, Notice, Person
from tests.casework.programme_in import Programme

GOODS = {"U02", "I01", "I02", "B02"}


def facts_in(bundle: Path) -> dict:
    with zipfile.ZipFile(bundle) as packed:
        (name,) = [each for each in packed.namelist() if each.endswith("data/testbuy.json")]
        return json.loads(packed.read(name))


def openly(bundle: Path) -> set[str]:
    """The shots whose originals lie open in a bundle."""
    with zipfile.ZipFile(bundle) as packed:
        names = packed.namelist()
    return {name.rpartition("/")[2][:3] for name in names if "/data/photos/" in name}


def package(town: Programme, reference: str, folder: Path) -> Path:
    folder.mkdir()
    intent = sending.intend_sending(town.db, town.engine(), reference)
    assert intent is not None
    return dossiers.write_referral(town.db, town.vault, intent, folder, town.now).path


def test_a_package_says_that_the_full_level_was_asked_for_and_not_agreed_to(
    on_sqlite: Programme, tmp_path: Path, poppler
) -> None:
    town = on_sqlite
    reference = town.refer()
    referral = town.referral(reference)
    assert referral is not None
    asked = releases.ask(town.db, town.act(Role.LIAISON), referral.reference, reason="Court 7")
    releases.approve(town.db, town.act(Role.SUPERVISOR), asked)
    town.approve_referral(reference)
    path = package(town, reference, tmp_path / "one")
    assert openly(path) == set()
    said = facts_in(path)
    assert said["level"] == "redacted"
    assert "1 of 2 people agreed so far" in said["level_because"]
    own = tmp_path / "own.zip"
    dossiers.write_bundle(town.db, town.vault, reference, own, town.now)
    said = facts_in(own)
    assert said["level"] == "redacted"
    assert said["level_because"] == f"Nobody asked for the full level of {reference}."
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossiers.dossier_pdf(town.db, town.vault, reference, town.now))
    text = subprocess.run([poppler("pdftotext"), pdf, "-"], capture_output=True, check=True)
    told = f"The full level of {referral.reference}"
    assert told in " ".join(text.stdout.decode().split())
    assert "1 of 2 people agreed so far" in " ".join(text.stdout.decode().split())
    # Neither who asked nor why is told to the package's reader.
    assert b"Court 7" not in own.read_bytes() + text.stdout


def test_a_package_of_the_full_level_has_its_inner_bag_and_says_who_agreed_in_number(
    on_sqlite: Programme, tmp_path: Path
) -> None:
    town = on_sqlite
    reference = town.refer()
    referral = town.referral(reference)
    assert referral is not None
    asked = releases.ask(town.db, town.act(Role.LIAISON), referral.reference, reason="Court 7")
    for role in (Role.SUPERVISOR, Role.APPROVER):
        assert len(releases_asked(town, referral.reference).approvals) < 2
        releases.approve(town.db, town.act(role), asked)
    town.approve_referral(reference)
    town.now = datetime.now(UTC) + timedelta(minutes=1)
    pem = tmp_path / "police.pem"
    openssl = "openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=Police"
    files = ["-keyout", tmp_path / "key.pem", "-out", pem]
    subprocess.run([*openssl.split(), *files], check=True, capture_output=True)
    agencies.add_certificate(
        town.db, town.act(Role.LIAISON), agency="Luohu police", data=pem.read_bytes()
    )
    path = package(town, reference, tmp_path / "two")
    said = facts_in(path)
    assert said["level"] == "full"
    # What tells neither who nor where the buyer is lies open; the rest is in the bag.
    assert openly(path) == GOODS
    assert said["level_because"].startswith("2 people, neither of whom asked, agreed")
    with zipfile.ZipFile(path) as packed:
        assert any(each.endswith("data/sealed-bag.p7m") for each in packed.namelist())
    names = [each.name for each in town.all(Person)]
    assert not any(name in said["level_because"] for name in names)


def releases_asked(town: Programme, reference: str) -> releases.Asked:
    with town.db.read() as tx:
        (asked,) = releases.standing(tx, reference).requests
    return asked


def test_the_operator_adds_a_certificate_and_the_later_one_counts(
    both: Programme, tmp_path: Path
) -> None:
    both.now = datetime.now(UTC) + timedelta(minutes=1)
    operator = both.engine()
    operator = type(operator)(Role.ADMINISTRATOR, both.now, operator.seed)
    for name in ("one", "two"):
        openssl = f"openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={name}"
        files = ["-keyout", tmp_path / "key", "-out", tmp_path / name]
        subprocess.run([*openssl.split(), *files], check=True, capture_output=True)
        data = (tmp_path / name).read_bytes()
        agencies.add_certificate(both.db, operator, agency="Luohu police", data=data)
    with both.refuses("on record already"):
        agencies.add_certificate(both.db, operator, agency="Luohu police", data=data)
    with both.refuses("no agency"):
        agencies.add_certificate(both.db, operator, agency="Elsewhere", data=data)
    with both.refuses("Only a liaison"):
        agencies.add_certificate(both.db, both.act(Role.ANALYST), agency="Luohu police", data=data)
    with both.db.read() as tx:
        agency = one(tx, Agency, name="Luohu police")
        assert agency is not None
        counts = agencies.certificate_of(tx, agency.id)
        kept = every(tx, AgencyCertificate)
        told = b"".join(entry.body for entry in ledger.chain(tx, "programme"))
    assert counts is not None and counts == kept[1] and len(kept) == 2
    assert counts.added_by is None
    assert all(each.fingerprint.encode() in told for each in kept)


def test_who_must_agree_is_told_and_the_asker_when_it_is_done(both: Programme) -> None:
    reference = both.refer()
    referral = both.referral(reference)
    assert referral is not None
    liaison = both.act(Role.LIAISON)
    asked = releases.ask(both.db, liaison, referral.reference, reason="The court asks")
    told = {each.to_role for each in both.all(Notice) if each.key.startswith("release:")}
    assert told == {Role.SUPERVISOR, Role.APPROVER, Role.LIAISON}
    releases.approve(both.db, both.act(Role.LIAISON, "other liaison"), asked)
    assert not [each for each in both.all(Notice) if each.to_person == liaison.person]
    releases.approve(both.db, both.act(Role.APPROVER), asked)
    (done,) = [each for each in both.all(Notice) if each.to_person == liaison.person]
    assert referral.reference in done.text
