"""What leaves the house: whole, checkable by outsiders, and silent about who bought."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from PIL import Image

from casework.custody import holds
from casework.keeping.kept import kept_rows
from casework.papers import dossiers
from casework.papers.printing import printed
from casework.photographs import confirming
from casework.record.record import read
from casework.referring import sending
from casework.views import exhibits
from evidence.fonts import CJK_FONTS
from evidence.words import words_of
from rules.audience import Level
from rules.lifecycle import Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage.rows import change, table_of
from storage.tables import Exhibit, Person, Persona, Photo, PhotoCapture, Route
from tests.casework.keeping.keeping import approved, carry_out, cleared

ROOT = Path(__file__).parents[3]
READ_WORDS = {
    each: json.loads((ROOT / "evidence" / "templates" / f"words.{each}.json").read_text("utf-8"))
    for each in ("en", "zh")
}
ORDER = "CANARY-ORDER-4711"


@pytest.fixture
def judged(on_sqlite):
    """The programme and a test buy by hand with a second verdict to come."""
    reference = on_sqlite.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    on_sqlite.photograph(reference, "P01", "P05", "P07")
    on_sqlite.order(reference, ORDER)
    on_sqlite.carry_on(reference, Stage.JUDGED, Verdict.COUNTERFEIT)
    on_sqlite.run(reference)
    return on_sqlite, reference


def secrets(town, reference):
    """What leads to the buyer: name, e-mail, persona, address, order and tracking number."""
    row = town.row(reference)
    (buyer,) = [each for each in town.all(Person) if each.id == row.buyer_id]
    (persona,) = [each for each in town.all(Persona) if each.id == row.persona_id]
    return [
        buyer.name, buyer.email, persona.label, persona.recipient, persona.address,
        "Canary Lane", ORDER, f"SF{row.id:09d}",
    ]  # fmt: skip


def text_of(pdf, poppler):
    command = [poppler("pdftotext"), "-layout", str(pdf), "-"]
    said = subprocess.run(command, capture_output=True, check=True)
    return said.stdout.decode()


def test_the_dossier_is_a_pdf_with_its_reference_and_without_its_buyer(judged, tmp_path, poppler):
    town, reference = judged
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossiers.dossier_pdf(town.db, town.vault, reference, town.now))
    facts = subprocess.run(
        [poppler("pdfinfo"), str(pdf)], capture_output=True, text=True, check=True
    )
    assert "Pages:" in facts.stdout
    words = " ".join(text_of(pdf, poppler).split())
    assert reference in words and "counterfeit" in words and "withheld" in words
    assert [secret for secret in secrets(town, reference) if secret in words] == []


def test_the_bundle_convinces_outsiders_and_holds_no_byte_of_the_buyer(judged, tmp_path):
    town, reference = judged
    target = tmp_path / "bundle.zip"
    digest = dossiers.write_bundle(town.db, town.vault, reference, target, town.now)
    assert digest.startswith("sha256:")
    verified = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "evidence" / "verify.py"), str(target)],
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with zipfile.ZipFile(target) as packed:
        packed.extractall(tmp_path / "out")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    bag = next(path.parent for path in files if path.name == "bagit.txt")
    assert bagit.Bag(str(bag)).is_valid()
    found = {
        (path.name, secret)
        for path in files
        for secret in secrets(town, reference)
        if secret.encode() in path.read_bytes()
    }
    assert found == set()


@pytest.mark.parametrize("stage", [Stage.REQUESTED, Stage.ORDERED, Stage.DOCUMENTED])
def test_a_dossier_can_be_had_at_any_stage(on_sqlite, stage):
    reference = on_sqlite.bring(stage)
    pdf = dossiers.dossier_pdf(on_sqlite.db, on_sqlite.vault, reference, on_sqlite.now)
    assert pdf.startswith(b"%PDF")


def test_two_exhibits_are_both_in_the_dossier(on_sqlite, tmp_path, poppler):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    town.photograph(reference, "U02", "I01", "I02", "B02")
    town.document(reference, "S-1", "S-2")
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossiers.dossier_pdf(town.db, town.vault, reference, town.now))
    words = text_of(pdf, poppler)
    assert all(each.reference in words for each in town.of(Exhibit, reference))


def test_the_package_of_a_referral_is_written_once(judged, tmp_path):
    town, reference = judged
    town.record_sales(1)
    town.run(reference)
    town.approve_referral(reference)
    intent = sending.intend_sending(town.db, town.engine(), reference)
    first = dossiers.write_referral(town.db, town.vault, intent, tmp_path, town.now)
    town.later(days=1)
    again = dossiers.write_referral(
        town.db, town.vault, replace(intent, fresh=False), tmp_path, town.now
    )
    assert again == first
    assert [
        secret for secret in secrets(town, reference) if secret.encode() in first.path.read_bytes()
    ] == []


def test_an_original_that_names_a_place_stays_in_the_vault(judged, tmp_path):
    """A buyer unboxes at home, and a phone writes where home is into each photo."""
    town, reference = judged
    photo = next(each for each in town.of(Photo, reference) if each.shot == "U02")
    with town.db.write() as tx:
        rows = table_of(PhotoCapture)
        change(tx, PhotoCapture, rows.c.photo_id == photo.id, latitude=22.5, longitude=114.1)
    target = tmp_path / "bundle.zip"
    dossiers.write_bundle(town.db, town.vault, reference, target, town.now)
    with zipfile.ZipFile(target) as packed:
        names = packed.namelist()
        facts = packed.read(f"{reference}/data/testbuy.json").decode()
    assert not [name for name in names if "/photos/" in name], "redacted: copies alone"
    assert photo.digest in facts
    with town.db.read() as tx:
        record = read(tx, reference, Level.FULL)
    openly = {each.shot for each in record.packed}
    assert "I01" in openly and "U02" not in openly
    assert record.why_withheld(photo) == "place"


def test_where_all_originals_name_a_place_their_previews_are_packed(judged, tmp_path):
    town, reference = judged
    photos = town.of(Photo, reference)
    with town.db.write() as tx:
        rows, numbers = table_of(PhotoCapture), [photo.id for photo in photos]
        change(tx, PhotoCapture, rows.c.photo_id.in_(numbers), latitude=22.5, longitude=114.1)
    target = tmp_path / "bundle.zip"
    dossiers.write_bundle(town.db, town.vault, reference, target, town.now)
    with zipfile.ZipFile(target) as packed:
        index = json.loads(packed.read(f"{reference}/data/index.json"))
        small = {
            row["shot"]: packed.read(f"{reference}/{row['name']}") for row in index["previews"]
        }
    assert index["photos"] == []
    assert sorted(small) == ["B02", "I01", "I02", "U02"]
    originals = {photo.shot: photo.digest for photo in photos}
    for row in index["previews"]:
        assert row["made_from"] == originals[row["shot"]] and not row["original_inside"]
        assert not Image.open(io.BytesIO(small[row["shot"]])).getexif()
    command = [sys.executable, "-I", "-S", str(ROOT / "evidence" / "verify.py"), str(target)]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_the_dossier_claims_only_what_is_on_record(on_sqlite, tmp_path, poppler):
    """Who compared a photo by eye and which nobody did; nothing of what is recorded nowhere."""
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    town.carry_on(reference, Stage.SUBMITTED)
    pdf = tmp_path / "dossier.pdf"

    def told():
        pdf.write_bytes(dossiers.dossier_pdf(town.db, town.vault, reference, town.now))
        return " ".join(text_of(pdf, poppler).split())

    before = told()
    for shot, name in (
        ("R01", "challenge code"),
        ("R02", "waybill’s number"),
        ("B02", "seal number"),
    ):
        said = f"{shot}: no machine read the {name}, and no clerk compared it."
        assert said.replace("’", "'") in before.replace("’", "'")
    assert "warnings about what a buyer wrote" in " ".join(before.split())
    assert "complete" not in before and "There are none" not in before
    for row in exhibits.to_confirm(town.db):
        confirming.confirm(
            town.db,
            town.act(Role.CLERK),
            row.public_id,
            proof=row.proof,
            compared_with=row.expected,
            agrees=row.shot.code != "B02",
            remark="It is blurred." if row.shot.code == "B02" else "",
        )
    after = told()
    assert "no clerk compared it" not in after
    assert "R01: Clerk compared the photo and found that it shows the challenge code." in after
    assert (
        "B02: Clerk compared the photo and found that it does not show the seal number. It is"
        in after
    )
    assert f"SF{town.row(reference).id:09d}" not in after


def test_a_dossier_without_a_buyer_sends_none(on_sqlite, tmp_path, poppler):
    reference = on_sqlite.bring(Stage.REQUESTED)
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossiers.dossier_pdf(on_sqlite.db, on_sqlite.vault, reference, on_sqlite.now))
    words = " ".join(text_of(pdf, poppler).split())
    assert "no buyer was sent" in words and "No order is on record." in words
    assert "none: nothing was handed in" in words


def test_the_chinese_dossier_has_no_english_label_left_and_the_schedule_whole(
    judged, tmp_path, poppler
):
    town, reference = judged
    if not CJK_FONTS.is_dir():
        pytest.skip("fonts-noto-cjk is not installed")
    english, chinese = (READ_WORDS[each] for each in ("en", "zh"))
    with town.db.read() as tx:
        record = read(tx, reference)
    said = printed(record, town.vault, (), town.now, "zh")
    assert said.disclosed and len(said.disclosed) == len(record.disclosed)
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossiers.dossier_pdf(town.db, town.vault, reference, town.now, "zh"))
    flat = "".join(text_of(pdf, poppler).split())
    for line in said.disclosed:
        assert "".join(line.sentence.split()) in flat
    # Everything of ours in English, but for the words of the record itself.
    labels = {*english["label"].values(), *english["sentence"].values()}
    left = [each for each in labels if len(each) > 9 and "".join(each.split()) in flat]
    assert left == []
    for key in ("kind", "parties", "time_line", "custody", "disclosure", "withheld", "limits"):
        assert chinese["label"][key] in flat
    assert [secret for secret in secrets(town, reference) if "".join(secret.split()) in flat] == []


def test_a_dossier_says_how_long_it_is_kept_what_holds_it_and_how_it_ended(on_sqlite):
    """In English and Chinese, and of nobody by name but in the role they acted in."""
    town = on_sqlite
    reference, exhibit = cleared(town)
    approved(town, exhibit)
    carry_out(town, exhibit)
    hold = holds.place(town.db, town.act(Role.SUPERVISOR), reference, reason="The court asked.")
    with town.db.read() as tx:
        found = read(tx, reference).kept
    said = {row.label: row.value for row in kept_rows(found, town.now, words_of("en"))}
    assert said["Kept until"].startswith("The exhibits until 2 November 2026, the evidence until")
    assert said["Legal hold"].startswith(
        f"Hold {hold} on {reference}, placed on 3 November 2026 by"
    )
    assert said["Disposed of"].startswith(f"{exhibit.reference}: destroyed, on 3 November 2026.")
    assert len(list(kept_rows(found, town.now, words_of("zh")))) == len(said)
    for language in ("en", "zh"):
        assert dossiers.dossier_pdf(town.db, town.vault, reference, town.now, language).startswith(
            b"%PDF"
        )
