"""Findings marked on photos, the examination statement, and signed copies handed back."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from casework.auditing.verifying import check_testbuy
from casework.custody import scans
from casework.errors import NotFound
from casework.examinations import examining
from casework.examinations.findings import Mark, found_in, photos_of
from casework.papers import dossiers
from casework.papers.printing import printed
from casework.photographs import masking
from casework.record import seals
from casework.record.record import read
from casework.verdicts import statements
from evidence import signatures
from evidence.digests import sha256_of
from rules.audience import Level, MaskKind, Region
from rules.lifecycle import Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage.tables import (
    Examination,
    Exhibit,
    FindingMark,
    OrderAttempt,
    Photo,
    StatementScan,
)
from storage.tables import Verdict as VerdictRow
from tests.casework.auditing.test_tampering import rewrite
from tests.casework.intake.test_desk import consigned, receive, shoot
from tests.casework.programme_in import ROUGH, TESTIMONY

ROOT = Path(__file__).parents[3]
CORNER, WHOLE = Region(1000, 2000, 3000, 4500), Region(0, 0, 10000, 10000)
PAPER = b"%PDF-1.4 signed and chopped"


def shown(town, reference):
    """The photos of the newest examination, by shot."""
    with town.db.read() as tx:
        return {each.shot: each for each in photos_of(tx, town.of(Examination, reference)[-1].id)}


def marked(town, reference, *marks, stage=Stage.JUDGED):
    """A test buy with a verdict whose finding is marked; gives its examination."""
    photos = shown(town, reference)
    rough = replace(ROUGH, marks=tuple(Mark(photos[s].public_id, at) for s, at in marks))
    town.seal(reference, findings=[rough])
    if stage is Stage.JUDGED:
        town.run(reference)
    return town.examination(reference)


def statement(town, reference, public_id, language="en", held=seals.NONE):
    reader = statements.Reader(testbuy=reference)
    return statements.statement_pdf(
        town.db, town.vault, reader, public_id, town.now, language, held
    )


def text_of(pdf, folder, poppler):
    (folder / "it.pdf").write_bytes(pdf)
    said = subprocess.run(
        [poppler("pdftotext"), "-raw", folder / "it.pdf", "-"], capture_output=True, check=True
    )
    return said.stdout.decode()


def taken_at_a_place():
    """A photo of the paper whose metadata says where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (22.0, 30.0, 0.0), 3: "E", 4: (114.0, 6.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_marks_are_sealed_with_their_finding_and_name_the_original(both):
    reference = both.bring(Stage.SUBMITTED)
    photos = shown(both, reference)
    public_id = marked(both, reference, ("I02", CORNER), ("I01", WHOLE), stage=None)
    (verdict,) = both.all(VerdictRow)
    with both.db.read() as tx:
        (found,) = found_in(tx, verdict.id)
    assert [(mark.photo.shot, mark.region) for mark in found.marks] == [
        ("I02", CORNER), ("I01", WHOLE),
    ]  # fmt: skip
    assert found.as_sealed()["marks"][0] == {
        "photo": photos["I02"].digest, "left": 1000, "top": 2000, "right": 3000, "bottom": 4500,
    }  # fmt: skip
    checks = {each.name: each.problems for each in check_testbuy(both.db, both.vault, reference)}
    assert checks["Every verdict is as it was sealed"] == ()
    assert public_id and len(both.all(FindingMark)) == 2


def test_a_mark_is_on_a_photo_that_the_examiner_was_shown(both):
    reference, other = both.bring(Stage.SUBMITTED), both.bring(Stage.SUBMITTED, 2)
    strange = shown(both, other)["I02"].public_id
    hidden = next(each.public_id for each in both.of(Photo, reference) if each.shot == "R02")
    public_id = both.examination(reference)
    act = both.act(Role.AUTHENTICATOR)
    examining.claim(both.db, act, public_id)
    for photo in (strange, hidden, "nonsense"):
        with both.refuses("not of this examination"):
            findings = [replace(ROUGH, marks=(Mark(photo, CORNER),))]
            both.seal_claimed(public_id, Verdict.COUNTERFEIT, act, findings=findings)
    own = shown(both, reference)["I02"].public_id
    with both.refuses("at most 40"):
        findings = [replace(ROUGH, marks=(Mark(own, CORNER),) * 41)]
        both.seal_claimed(public_id, Verdict.COUNTERFEIT, act, findings=findings)


def test_the_statement_says_what_was_shown_and_nothing_of_the_test_buy(
    on_sqlite, tmp_path, poppler
):
    """Digests of exactly what was looked at: of a photo masked since, the copy of that time."""
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    photo = shown(town, reference)["I02"]
    regions = [masking.Marked(MaskKind.PLACE, Region(0, 0, 900, 900))]

    def mask(seen):
        clerk = town.act(Role.CLERK)
        return masking.mark(
            town.db, town.vault, clerk, photo.public_id, seen=seen, regions=regions, nothing=False
        ).digest

    before = mask(0)
    public_id = marked(town, reference, ("I02", CORNER))
    town.now += timedelta(hours=1)
    regions.append(masking.Marked(MaskKind.PLACE, Region(5000, 0, 5900, 900)))
    after = mask(1)
    pdf = statement(town, reference, public_id)
    text = text_of(pdf, tmp_path, poppler)
    flat = " ".join(text.split())

    def printed(digest):
        digits = digest.removeprefix("sha256:")
        return f"{digits[:32]}\n{digits[32:]}" in text

    (verdict,) = town.all(VerdictRow)
    assert printed(photo.digest) and printed(before) and not printed(after)
    for said in (
        public_id, verdict.digest, "Expert", "Swarovski AG", verdict.qualification,
        verdict.authority, verdict.reference_samples, verdict.conflict_statement, verdict.reasons,
        verdict.limits, verdict.method, "workmanship rough", "I02", "no finding",
        "photographs: those below, and nothing else", "Chop or seal",
    ):  # fmt: skip
        assert said in flat, said
    row = town.row(reference)
    (exhibit,) = town.of(Exhibit, reference)
    (order,) = town.of(OrderAttempt, reference)
    for secret in (
        reference, exhibit.reference, exhibit.seal_number, "Shop 1", "Article 1",
        order.order_number, row.challenge_code, "OP-0001", "100.01",
    ):  # fmt: skip
        assert secret.encode() not in pdf and secret not in flat, secret
    assert statement(town, reference, public_id) == pdf, "the same bytes each time"
    # The copy lies in the PDF as it is: frames are drawn over it, never into it.
    subprocess.run([poppler("pdfimages"), "-all", tmp_path / "it.pdf", tmp_path / "i"], check=True)
    inside = {sha256_of(path.read_bytes()) for path in tmp_path.glob("i-*.jpg")}
    assert inside == {before}


def test_a_statement_is_for_its_examiner_and_for_staff_of_its_test_buy(both):
    reference, other = both.bring(Stage.SUBMITTED), both.bring(Stage.SUBMITTED, 2)
    public_id = both.examination(reference)
    both.seal(reference)

    def ask(**reader):
        statements.statement_pdf(
            both.db, both.vault, statements.Reader(**reader), public_id, both.now, "en", seals.NONE
        )

    ask(examiner=both.people["expert"])
    ask(testbuy=reference)
    for reader in (
        {"examiner": both.people["other expert"]}, {"examiner": both.people["cat expert"]},
        {"testbuy": other}, {},
    ):  # fmt: skip
        with pytest.raises(NotFound):
            ask(**reader)


def test_signed_copies_are_kept_beside_each_other_and_noted(both):
    reference, other = both.bring(Stage.SUBMITTED), both.bring(Stage.SUBMITTED, 2)
    public_id, unsealed = both.examination(reference), both.examination(other)
    both.seal(reference)
    expert, clerk = both.act(Role.AUTHENTICATOR), both.act(Role.CLERK)

    def hand_in(act, data=PAPER, examination=public_id, testbuy=None):
        return scans.hand_in(both.db, both.vault, act, examination, data, testbuy=testbuy)

    first = hand_in(expert)
    second = hand_in(clerk, taken_at_a_place(), testbuy=reference)
    assert both.vault.read(first) == PAPER
    rows = both.all(StatementScan)
    assert [(row.digest, row.handed_in_as, row.names_place) for row in rows] == [
        (first, Role.AUTHENTICATOR, False), (second, Role.CLERK, True),
    ]  # fmt: skip
    with both.refuses("kept for this verdict already"):
        hand_in(clerk, testbuy=reference)
    with both.refuses("nothing to sign yet"):
        hand_in(both.act(Role.AUTHENTICATOR), examination=unsealed)
    with both.refuses("no picture"):
        hand_in(expert, b"MZ\x90")
    with both.refuses("no video"):
        hand_in(expert, b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
    with both.refuses("authenticator, or by a clerk"):
        hand_in(both.act(Role.ANALYST), testbuy=reference)
    for stranger, about in (("other expert", None), ("cat expert", reference)):
        with both.refuses("for you", NotFound):
            hand_in(both.act(Role.AUTHENTICATOR, stranger), PAPER + b"2", testbuy=about)
    with both.refuses("for you", NotFound):
        hand_in(clerk, PAPER + b"3", testbuy=other)
    facts = [json.loads(entry.body)["facts"] for entry in both.ledger(reference)]
    noted = [each for each in facts if each.get("what") == "signed statement handed in"]
    assert [each["digest"] for each in noted] == [first, second]
    assert all("Expert" not in json.dumps(each) for each in noted)
    checks = {each.name: each.problems for each in check_testbuy(both.db, both.vault, reference)}
    assert checks["Every verdict is as it was sealed"] == ()


def test_statements_and_signed_copies_are_in_the_bundle_and_told_in_the_dossier(
    on_sqlite, tmp_path, poppler
):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    public_id = marked(town, reference, ("I02", CORNER))
    clerk = town.act(Role.CLERK)
    kept = scans.hand_in(town.db, town.vault, clerk, public_id, PAPER, testbuy=reference)
    placed = scans.hand_in(
        town.db, town.vault, clerk, public_id, taken_at_a_place(), testbuy=reference
    )
    target = tmp_path / "bundle.zip"
    dossiers.write_bundle(town.db, town.vault, reference, target, town.now)
    command = [sys.executable, "-I", "-S", str(ROOT / "evidence" / "verify.py"), str(target)]
    assert subprocess.run(command, capture_output=True).returncode == 0
    with zipfile.ZipFile(target) as packed:
        inside = {
            name.rpartition("/")[2]: packed.read(name)
            for name in packed.namelist()
            if "/statements/" in name
        }
        paper = packed.read(f"{reference}/data/dossier.pdf")
        facts = json.loads(packed.read(f"{reference}/data/testbuy.json"))
        withheld = json.loads(packed.read(f"{reference}/data/disclosure.json"))["withheld"]
    (exhibit,) = town.of(Exhibit, reference)
    told = [(each["examination"], each["exhibit"]) for each in facts["verdicts"]]
    assert told == [(public_id, exhibit.reference)]
    held = next(row for row in withheld if row["kind"] == "statement")
    assert held["digest"] == placed and "names a place" in held["reason"]
    assert inside == {
        f"{public_id}.en.pdf": statement(town, reference, public_id),
        f"{public_id}-signed-1.pdf": PAPER,
    }
    with town.db.read() as tx:
        record = read(tx, reference)
    full = statements.packed(town.vault, [record], [], town.now, seals.NONE, Level.FULL)
    assert full[f"{public_id}-signed-2.jpg"] == town.vault.read(placed)
    text = text_of(paper, tmp_path, poppler)
    for digest in (kept, placed):
        assert digest.removeprefix("sha256:")[:32] in text
    flat = " ".join(text.split())
    assert "handed in by Clerk (clerk) on 2 November 2026; its metadata names a place" in flat
    assert public_id in flat and "1 workmanship rough (major)" in flat


def test_a_demonstrations_signature_on_a_statement_says_what_it_is(on_sqlite, tmp_path, poppler):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    public_id = marked(town, reference, stage=None)
    signer = signatures.make("Desk", "Demo", town.now, timedelta(days=9), demo=True)
    pdf = statement(town, reference, public_id, held=seals.Seals(signer))
    assert "worth nothing in court" in text_of(pdf, tmp_path, poppler)
    said = subprocess.run(
        [poppler("pdfsig"), "-nocert", tmp_path / "it.pdf"], capture_output=True, text=True
    )
    assert "Signature is Valid" in said.stdout and "ETSI.CAdES.detached" in said.stdout


def test_a_physical_examination_names_the_seals_that_were_seen(on_sqlite, tmp_path, poppler):
    town = on_sqlite
    reference, exhibit = consigned(town)
    receive(town, exhibit, shoot(town, exhibit, "T02").public_id)
    public_id, act = town.examination(reference), town.act(Role.AUTHENTICATOR)
    examining.claim(town.db, act, public_id)
    with town.refuses("seals you found"):
        said = replace(TESTIMONY, seals_seen="")
        town.seal_claimed(public_id, Verdict.COUNTERFEIT, act, testimony=said)
    said = replace(TESTIMONY, seals_seen="S-77, whole; opened on camera")
    town.seal_claimed(public_id, Verdict.COUNTERFEIT, act, testimony=said)
    flat = " ".join(text_of(statement(town, reference, public_id), tmp_path, poppler).split())
    assert "S-77, whole; opened on camera" in flat
    assert "the thing itself was examined" in flat and "which came out of the parcel" in flat


def test_where_two_judged_a_findings_number_says_whose_it_is(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    photo = shown(town, reference)["I02"]
    rough = replace(ROUGH, marks=(Mark(photo.public_id, CORNER),))
    town.seal(reference, Verdict.INCONCLUSIVE, findings=[rough])
    town.run(reference)
    town.run(reference)
    town.seal(reference, expert="other expert", findings=[rough, ROUGH])
    with town.db.read() as tx:
        content = printed(read(tx, reference), town.vault, (), town.now)
    frames = [frame for each in content.photos for frame in each.frames]
    assert [frame.number for frame in frames] == ["1.1", "2.1"]
    assert [[f.number for f in each.findings] for each in content.verdicts] == [
        ["1.1"], ["2.1", "2.2"],
    ]  # fmt: skip
    assert (frames[0].left, frames[0].bottom) == (0.1, 0.45)


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("finding_mark", "UPDATE finding_mark SET bottom = bottom + 1", "not what was sealed"),
        ("finding_mark", "DELETE FROM finding_mark", "not what was sealed"),
        ("statement_scan", "DELETE FROM statement_scan", "is gone"),
        ("statement_scan", "UPDATE statement_scan SET digest = 'sha256:0'", "notes no signed"),
    ],
)
def test_a_mark_moved_or_a_signed_copy_gone_is_found(on_sqlite, table, change, said):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    public_id = marked(town, reference, ("I02", CORNER), stage=None)
    scans.hand_in(town.db, town.vault, town.act(Role.AUTHENTICATOR), public_id, PAPER)

    def problems():
        checks = check_testbuy(town.db, town.vault, reference)
        return [problem for each in checks for problem in each.problems]

    assert problems() == []
    with pytest.raises(sa.exc.IntegrityError), town.db.write() as tx:
        tx.execute(sa.text(change))
    rewrite(town, [table], (change, {}))
    assert any(said in problem for problem in problems())
