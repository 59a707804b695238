"""Who marks a photo, what the copy must hide, and that every word of it stays on record."""

import io
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import zxingcpp
from PIL import Image

from casework.buying import commitments
from casework.errors import NotFound, Stale
from casework.intake import photographing
from casework.operators import sellers_pictures
from casework.papers import levels
from casework.papers.packing import pack
from casework.photographs import masking
from casework.photographs.masking import Marked
from casework.privacy import opening, releases
from casework.record.record import read
from casework.referring import agencies
from casework.views.masks import masks_page
from evidence import envelope
from evidence.digests import sha256_of
from evidence.words import words_of
from rules.audience import Level, Maskable, MaskKind, Region
from rules.lifecycle import Stage
from rules.pictures import Origin
from rules.roles import Role
from simulator.pictures import draw
from storage.rows import one
from storage.tables import Agency, IdentityCommitment, Mask, MaskRegion, Photo, Route, SellerPicture
from tests.casework.programme_in import Programme

PHONE = Marked(MaskKind.PHONE, Region(1000, 1000, 3000, 2000))


@pytest.fixture
def waybill(both: Programme) -> tuple[Programme, str, Photo]:
    """A test buy with the waybill's photo, whose barcode a machine reads."""
    reference = both.bring(Stage.RECEIVED, route=Route.BY_HAND)
    number = f"SF{both.row(reference).id:09d}"
    both.later(minutes=1)
    drawn = draw(
        "R02", seed=5, reference=reference, tracking_number=number, taken_at=both.now,
    )  # fmt: skip
    taken = photographing.take_photo(
        both.db, both.vault, both.buyer(reference), reference, shot="R02", data=drawn, name="a.jpg"
    )
    with both.db.read() as tx:
        photo = one(tx, Photo, public_id=taken.public_id)
    assert photo is not None
    return both, reference, photo


def mark(in_: Programme, act, photo: Photo, *regions: Marked, seen: int = 0, nothing=False):
    return masking.mark(
        in_.db, in_.vault, act, photo.public_id, seen=seen, regions=regions, nothing=nothing
    )


def facts(in_: Programme, reference: str) -> bytes:
    return b"\n".join(entry.body for entry in in_.ledger(reference))


def test_a_waybill_is_masked_by_its_proposals_and_only_a_copy_hides_the_number(waybill) -> None:
    in_, reference, photo = waybill
    clerk = in_.act(Role.CLERK)
    with in_.refuses("can still be read"):
        mark(in_, clerk, photo, PHONE)
    with in_.refuses("can still be read"):
        mark(in_, clerk, photo, nothing=True)
    proposed = masks_page(in_.db, in_.vault, clerk, photo.public_id).marks
    made = mark(in_, clerk, photo, *proposed)
    copy = in_.vault.read(made.digest)
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(copy))) == []
    assert made.made_from == photo.digest
    assert in_.vault.read(photo.digest)  # the original stays
    assert made.digest.encode() in facts(in_, reference)
    assert masks_page(in_.db, in_.vault, clerk, photo.public_id).marks == proposed
    # The buyer of the test buy corrects it; both words stay.
    again = mark(in_, in_.buyer(reference), photo, *proposed, PHONE, seen=1)
    assert again.version == 2
    assert len(in_.all(Mask)) == 2
    assert len(in_.all(MaskRegion)) == 2 * len(proposed) + 1


def test_who_may_not_mark_changes_nothing(waybill) -> None:
    in_, reference, photo = waybill
    for role in (Role.ANALYST, Role.AUTHENTICATOR, Role.LIAISON, Role.AUDITOR, Role.SUPERVISOR):
        with in_.refuses("Only the buyer"):
            mark(in_, in_.act(role), photo, PHONE)
    own = in_.row(reference).buyer_id
    other = next(name for name in ("Bao Yun", "Dai Min") if in_.people[name] != own)
    with in_.refuses(kind=NotFound):
        mark(in_, in_.act(Role.BUYER, other), photo, PHONE)
    with in_.refuses("one of both"):
        mark(in_, in_.act(Role.CLERK), photo)
    with in_.refuses("one of both"):
        mark(in_, in_.act(Role.CLERK), photo, PHONE, nothing=True)


def test_of_two_who_mark_at_once_the_second_is_told(both: Programme) -> None:
    reference = both.bring(Stage.RECEIVED, route=Route.BY_HAND)
    photo = next(each for each in both.of(Photo, reference) if each.shot == "P07")
    mark(both, both.act(Role.CLERK), photo, PHONE)
    with both.refuses("meanwhile", Stale):
        mark(both, both.buyer(reference), photo, nothing=True)


def inner(tx, in_: Programme, level: Level, record, agency: str) -> bytes | None:
    """The inner bag of a package, or None where there is none."""
    out = io.BytesIO()
    files = pack(tx, in_.vault, level, record, words_of("en")).inner
    return out.getvalue() if levels.inner_bag(tx, out, in_.now, files, agency) else None


def test_levels_give_copies_or_the_bagged_originals(waybill, tmp_path: Path) -> None:
    in_, reference, photo = waybill
    proposed = masks_page(in_.db, in_.vault, in_.act(Role.CLERK), photo.public_id).marks
    made = mark(in_, in_.act(Role.CLERK), photo, *proposed)
    key, pem = tmp_path / "key.pem", tmp_path / "police.pem"
    asked = "openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=Police"
    subprocess.run([*asked.split(), "-keyout", key, "-out", pem], check=True, capture_output=True)
    in_.now = datetime.now(UTC) + timedelta(minutes=1)
    agency = "Police"
    with in_.db.read() as tx:
        record = read(tx, reference)
        redacted = levels.masked_for(tx, Level.REDACTED, record)
        assert levels.originals_for(tx, Level.REDACTED, record) == []
        assert inner(tx, in_, Level.REDACTED, record, agency) is None
        assert [(each.digest, each.made_from) for each in redacted] == [(made.digest, photo.digest)]
        bagged = {each.digest for each in record.photos if each.accepted}
    agency = in_.all(Agency)[0].name
    with in_.refuses("no certificate"), in_.db.read() as tx:
        inner(tx, in_, Level.FULL, record, agency)
    kept = agencies.add_certificate(
        in_.db, in_.act(Role.LIAISON), agency=agency, data=pem.read_bytes()
    )
    said = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", pem], capture_output=True
    )
    assert kept.fingerprint[7:].upper() in said.stdout.decode().replace(":", "")
    with in_.db.read() as tx:
        closed = inner(tx, in_, Level.FULL, record, agency)
    assert closed is not None
    (tmp_path / "inner.p7m").write_bytes(closed)
    asked = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-recip", pem]
    asked += ["-inkey", key, "-in", tmp_path / "inner.p7m"]
    opened = subprocess.run(asked, capture_output=True, check=True)
    with zipfile.ZipFile(io.BytesIO(opened.stdout)) as archive:
        lines = archive.read("manifest-sha256.txt").decode().splitlines()
    assert {"sha256:" + line.split()[0] for line in lines} == bagged


def test_the_full_level_needs_two_others(both: Programme) -> None:
    reference = both.bring(Stage.ASSIGNED)

    def level() -> Level:
        with both.db.read() as tx:
            return releases.standing(tx, reference).level

    with both.refuses("Only a liaison or analyst"):
        releases.ask(both.db, both.act(Role.BUYER, "Bao Yun"), reference, reason="Police ask")
    with both.refuses("Say who"):
        releases.ask(both.db, both.act(Role.LIAISON), reference, reason=" ")
    number = releases.ask(both.db, both.act(Role.LIAISON), reference, reason="Police ask")
    with both.refuses("You asked"):
        releases.approve(both.db, both.act(Role.LIAISON), number)
    with both.refuses("Only a supervisor"):
        releases.approve(both.db, both.act(Role.ANALYST), number)
    assert level() is Level.REDACTED
    assert releases.approve(both.db, both.act(Role.APPROVER), number) == 1
    assert level() is Level.REDACTED
    with both.refuses("agreed already"):
        releases.approve(both.db, both.act(Role.APPROVER), number)
    # Two releases with one yes each are not one with two.
    other = releases.ask(
        both.db, both.act(Role.LIAISON, "other liaison"), reference, reason="Court"
    )
    releases.approve(both.db, both.act(Role.APPROVER), other)
    assert level() is Level.REDACTED
    assert releases.approve(both.db, both.act(Role.SUPERVISOR), number) == 0
    assert level() is Level.FULL
    assert b"still_needed" in facts(both, reference)


def test_the_buyers_identity_is_opened_by_two_people_and_checked_by_sha256sum(
    both: Programme,
) -> None:
    reference = both.bring(Stage.ASSIGNED)
    with both.db.read() as tx:
        commitment = commitments.commitment_of(tx, both.row(reference))
    assert commitment is not None
    assert commitment.encode() in facts(both, reference)
    name = next(
        name for name, number in both.people.items() if number == both.row(reference).buyer_id
    )
    assert name.encode() not in facts(both, reference)
    with both.refuses("Only a liaison"):
        opening.ask(both.db, both.act(Role.APPROVER), reference, reason="The court asks")
    number = opening.ask(both.db, both.act(Role.LIAISON), reference, reason="The court asks")
    with both.refuses("has not read it yet"):
        opening.erase(both.db, both.act(Role.SUPERVISOR), reference)
    with both.refuses(kind=NotFound):
        opening.opened(both.db, both.act(Role.LIAISON), number)
    with both.refuses("Only a supervisor"):
        opening.approve(both.db, both.act(Role.LIAISON, "other liaison"), number)
    opening.approve(both.db, both.act(Role.SUPERVISOR), number)
    with both.refuses("already"):
        opening.approve(both.db, both.act(Role.APPROVER), number)
    with both.refuses(kind=NotFound):
        opening.opened(both.db, both.act(Role.LIAISON, "other liaison"), number)
    opened = opening.opened(both.db, both.act(Role.LIAISON), number)
    said = subprocess.run(["sha256sum"], input=opened, capture_output=True)
    assert commitment == "sha256:" + said.stdout.decode().split()[0]
    assert envelope.identity_in(opened) == {"name": name, "testbuy": reference}
    assert name.encode() not in facts(both, reference)
    # Erased, the commitment stays, and nobody opens it.
    assert opening.erase(both.db, both.act(Role.SUPERVISOR), reference) == 1
    with both.refuses("erased"):
        opening.opened(both.db, both.act(Role.LIAISON), number)
    assert [each.commitment for each in both.of(IdentityCommitment, reference)] == [commitment]


def test_the_buyer_meant_does_not_agree_to_the_opening(both: Programme) -> None:
    reference = both.bring(Stage.ASSIGNED)
    number = opening.ask(both.db, both.act(Role.LIAISON), reference, reason="The court asks")
    with both.refuses("has not read it yet"):
        opening.erase(both.db, both.act(Role.SUPERVISOR), reference)
    buyer = both.act(Role.SUPERVISOR)
    meant = both.row(reference).buyer_id
    with both.refuses("meant by it"):
        opening.approve(both.db, type(buyer)(Role.SUPERVISOR, both.now, buyer.seed, meant), number)


def test_an_analyst_masks_a_sellers_picture_which_stays_as_it_came(waybill) -> None:
    in_, reference, _ = waybill
    # The seller sent a picture of the waybill: the number is hidden in its copy, too.
    label = draw(
        "R02", seed=6, reference=reference, tracking_number=f"SF{in_.row(reference).id:09d}",
        taken_at=in_.now,
    )  # fmt: skip
    analyst = in_.act(Role.ANALYST)
    public_id = sellers_pictures.hand_in(
        in_.db, in_.vault, analyst, reference, origin=Origin.CHAT, data=label
    )

    def mark_it(act, *regions: Marked, seen: int = 0, nothing=False):
        return masking.mark(
            in_.db, in_.vault, act, public_id, of=Maskable.SELLERS, seen=seen, regions=regions,
            nothing=nothing,
        )  # fmt: skip

    for act in (in_.act(Role.CLERK), in_.buyer(reference), in_.act(Role.SUPERVISOR)):
        with in_.refuses("Only an analyst"):
            mark_it(act, PHONE)
    with in_.refuses(kind=NotFound):
        mark(in_, in_.act(Role.CLERK), SimpleNamespace(public_id=public_id), PHONE)
    with in_.refuses("can still be read"):
        mark_it(analyst, nothing=True)
    page = masks_page(in_.db, in_.vault, analyst, public_id, Maskable.SELLERS)
    assert page.marks and page.shot is None
    made = mark_it(analyst, *page.marks)
    assert made.made_from == sha256_of(label) and in_.vault.read(made.made_from) == label
    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(in_.vault.read(made.digest)))) == []
    assert b"seller's picture masked" in facts(in_, reference)
    with in_.refuses(kind=Stale):
        mark_it(analyst, PHONE, *page.marks)
    assert mark_it(analyst, PHONE, *page.marks, seen=1).version == 2
    (kept,) = in_.all(SellerPicture)
    assert {(each.photo_id, each.picture_id) for each in in_.all(Mask)} == {(None, kept.id)}
