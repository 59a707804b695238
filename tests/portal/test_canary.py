"""The canary: a planted buyer is searched for in all that people without entitlement are given.

Name, phone, address, account and place are planted in pixels, barcodes, EXIF, persona and order of
one test buy. The search reads text, EXIF and barcodes, in zips and PDFs too, and is shown to find
each of them where it may be.
"""

import io
import logging
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
import zxingcpp
from PIL import ExifTags, Image

from casework.buying import buying
from casework.clock.dispatch import dispatch_due
from casework.custody import storing
from casework.custody.custody import NewExhibit
from casework.intake import photographing, receiving
from casework.papers import levels
from casework.papers.dossiers import dossier_pdf, write_bundle
from casework.photographs import masking
from casework.photographs.masking import Marked
from casework.record.record import read
from casework.verdicts import judging
from connectors.prefect_answers import FlowRunRef
from evidence import envelope
from rules.audience import Level, MaskKind, Region
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.tables import (
    Examination,
    Exhibit,
    IdentityOpening,
    LedgerRow,
    MoveRecord,
    Notice,
    Persona,
    Photo,
    Wakeup,
)
from tests import canary
from tests.portal.small_world import World, picture

pytestmark = pytest.mark.long

NAME, PHONE, ACCOUNT = "Person Buyer", "13900271828", "6222888800271828"
RECIPIENT, STREET, TRACKING = "Chen Wei", "12 Garden Road", "SF902718281828"
PLACE = (81.2718, 121.2718)
CANARIES = (NAME, PHONE, ACCOUNT, RECIPIENT, STREET, TRACKING, *(str(part) for part in PLACE))
AT = Region(3500, 3500, 6500, 6500)
"""Where a QR code is laid into each planted photo."""


def find(data: bytes, poppler, where: Path) -> set[str]:
    """The canaries in some bytes, whatever they are."""
    found = set(_in_text(data))
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                found |= set(_in_text(name.encode())) | find(archive.read(name), poppler, where)
    elif data[:5] == b"%PDF-":
        (where / "searched.pdf").write_bytes(data)
        said = subprocess.run(
            [poppler("pdftotext"), where / "searched.pdf", "-"], check=True, capture_output=True
        )
        found |= set(_in_text(said.stdout))
        folder = where / "drawn"
        folder.mkdir()
        asked = [poppler("pdfimages"), "-all", where / "searched.pdf", folder / "p"]
        subprocess.run(asked, check=True, capture_output=True)
        for file in folder.iterdir():
            found |= find(file.read_bytes(), poppler, where)
        shutil.rmtree(folder)
    elif data[:3] == b"\xff\xd8\xff" or data[:4] == b"\x89PNG":
        found |= _in_picture(Image.open(io.BytesIO(data)))
    return found


def _in_text(data: bytes) -> list[str]:
    return sorted(canary.in_bytes(data, CANARIES))


def _in_picture(drawn: Image.Image) -> set[str]:
    exif = drawn.getexif()
    found = set(_in_text(repr(dict(exif)).encode()))
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        found |= {str(part) for part in PLACE}
    texts = [code.text for code in zxingcpp.read_barcodes(drawn.convert("L"))]
    return found | set(_in_text("\n".join(texts).encode()))


def planted(word: str, code: str, kind=zxingcpp.BarcodeFormat.QRCode) -> bytes:
    """A photo with `code` in its pixels, and who and where in its metadata."""
    photo = Image.open(io.BytesIO(picture(word))).convert("RGB")
    width, height = photo.size
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(code, kind), scale=6)
    symbol = Image.fromarray(np.asarray(drawn)).convert("RGB")
    symbol.thumbnail((round(0.28 * width), round(0.28 * height)))
    photo.paste(symbol, ((width - symbol.width) // 2, (height - symbol.height) // 2))
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = NAME
    degrees = [((part // 1), (part % 1) * 60, 0.0) for part in PLACE]
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: degrees[0], 3: "E", 4: degrees[1]})
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=75, exif=exif, comment=f"{RECIPIENT} {PHONE}".encode())
    return out.getvalue()


@pytest.fixture
def planted_in(world: World) -> str:
    """A test buy whose photos, order and persona tell who the buyer is; examined now."""
    reference = world.testbuys["assigned"]

    def act(role: Role, word: str):
        return world.act(role, f"canary {word}")

    def version() -> int:
        return world.row(reference).version

    def photograph(**shots: str) -> None:
        for shot, code in shots.items():
            taken = photographing.take_photo(
                world.db, world.vault, act(Role.BUYER, shot), reference,
                shot=shot, data=planted(shot, code), name=f"{NAME} {shot}.jpg",
            )  # fmt: skip
            assert taken.accepted, taken.reasons

    photograph(P01=NAME, P05=ACCOUNT, P07=ACCOUNT)
    buying.record_order(
        world.db, act(Role.BUYER, "order"), reference, version=version(),
        order_number=f"ORDER-{ACCOUNT}", paid_minor=9000, currency="CNY",
        carrier="SF", tracking_number=TRACKING,
    )  # fmt: skip
    photograph(R01=PHONE, R02=TRACKING)
    receiving.receive(world.db, act(Role.BUYER, "receive"), reference, version=version())
    photograph(U02=STREET, I01=PHONE, I02="nothing of the buyer", B02=RECIPIENT)
    with world.db.read() as tx:
        testbuy = world.row(reference)
        photos = {each.shot: each for each in every(tx, Photo, testbuy_id=testbuy.id)}
    for shot in ("R02", "U02", "I01", "B02"):
        masking.mark(
            world.db, world.vault, act(Role.CLERK, f"mask {shot}"), photos[shot].public_id,
            seen=0, regions=[Marked(MaskKind.BARCODE, AT)], nothing=False,
        )  # fmt: skip
    receiving.document(
        world.db, act(Role.BUYER, "document"), reference, version=version(),
        exhibits=[NewExhibit("goods", "A watch", "SEAL-C")],
    )  # fmt: skip
    with world.db.read() as tx:
        exhibit = _exhibit(tx, world.row(reference).id)
    storing.take_in(
        world.db, act(Role.CLERK, "in"), exhibit, seal_number="SEAL-C", place="Shelf 1",
        condition="sealed",
    )  # fmt: skip
    assert judging.submit(world.db, act(Role.PROGRAMME, "submit"), reference) is not None
    return reference


def _exhibit(tx, testbuy_id: int) -> str:
    row = one(tx, Exhibit, testbuy_id=testbuy_id)
    assert row is not None
    return row.reference


def walk(browser: httpx.Client, *more: str) -> dict[str, httpx.Response]:
    """Every page and download reached from the first one, and `more` addresses that are tried."""
    seen: dict[str, httpx.Response] = {}
    due = ["/", *more]
    while due:
        address = due.pop()
        if address in seen:
            continue
        answer = browser.get(address, follow_redirects=False)
        seen[address] = answer
        if "location" in answer.headers:
            due.append(answer.headers["location"])
        if answer.headers.get("content-type", "").startswith("text/html"):
            links = re.findall(r'(?:href|src|action)="(/[^"#]*)"', answer.text)
            due += [link for link in links if not link.startswith("/log-out")]
    return seen


def _tried(world: World, reference: str) -> list[str]:
    """Addresses a curious person would type."""
    with world.db.read() as tx:
        photos = every(tx, Photo, testbuy_id=world.row(reference).id)
    addresses = [f"/photos/{each.public_id}" for each in photos]
    addresses += [f"/photos/{each.public_id}/{way}" for each in photos
                  for way in ("small", "close", "original", "masked", "masks")]  # fmt: skip
    here = f"/testbuys/{reference}"
    return [*addresses, here, f"{here}/dossier.pdf", f"{here}/bundle.zip", f"/tasks/{reference}",
            "/board", "/people", "/exhibits", "/referrals", "/waivers"]  # fmt: skip


def test_an_authenticator_is_given_nothing_of_the_buyer(
    world: World, planted_in: str, poppler, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with world.db.read() as tx:
        examined = one(tx, Examination, testbuy_id=world.row(planted_in).id)
    assert examined is not None
    answers = walk(world.client(Role.AUTHENTICATOR), *_tried(world, planted_in))
    assert f"/examinations/{examined.public_id}" in answers
    given = {at: each for at, each in answers.items() if each.status_code == 200}
    drawn = [at for at in given if re.fullmatch(r"/photos/[^/]+", at)]
    assert len(drawn) >= 4
    for address, answer in answers.items():
        sent = f"{address} {answer.headers}".encode()
        assert find(answer.content, poppler, tmp_path) | set(_in_text(sent)) == set(), address
    assert set(_in_text(caplog.text.encode())) == set()
    with world.db.read() as tx:
        photo = one(tx, Photo, testbuy_id=world.row(planted_in).id, shot="I01")
    assert photo is not None
    # Of a small copy the blocks at the mask's edge, 16 pixels, also hold what stands beside it.
    for way, inset in (("", 0.02), ("/small", 0.05)):
        answer = given[f"/photos/{photo.public_id}{way}"]
        assert answer.headers["x-made-from"] == photo.digest
        # In the pixels under the mask nothing of the original is left.
        grey = np.asarray(Image.open(io.BytesIO(answer.content)).convert("L"))
        rows, columns = grey.shape
        low, high = 0.35 + inset, 0.65 - inset
        under = grey[
            round(low * rows) : round(high * rows), round(low * columns) : round(high * columns)
        ]
        assert under.max() <= 2


def test_a_redacted_package_tells_nothing_of_the_buyer(
    world: World, planted_in: str, poppler, tmp_path: Path
) -> None:
    with world.db.read() as tx:
        record = read(tx, planted_in)
        assert levels.originals_for(tx, Level.REDACTED, record) == []
        copies = levels.masked_for(tx, Level.REDACTED, record)
    assert {each.shot for each in copies} == {"R02", "U02", "I01", "I02", "B02"}
    for copy in copies:
        assert find(world.vault.read(copy.digest), poppler, tmp_path) == set(), copy.shot
    write_bundle(world.db, world.vault, planted_in, tmp_path / "bundle.zip", world.now)
    # The bundle's own preview of what a person masked is the masked copy.
    assert find((tmp_path / "bundle.zip").read_bytes(), poppler, tmp_path) == set()
    pdf = dossier_pdf(world.db, world.vault, planted_in, world.now)
    assert find(pdf, poppler, tmp_path) == set()


class Told:
    """What the control room is told, kept instead of sent."""

    def __init__(self) -> None:
        self.words: list[object] = []

    def create_flow_run(self, *said: object, **named: object) -> FlowRunRef:
        self.words.append((said, named))
        return FlowRunRef(f"run-{len(self.words)}", "Scheduled", "SCHEDULED")


def test_ledgers_notices_and_what_prefect_is_told_hold_nothing_of_the_buyer(
    world: World, planted_in: str
) -> None:
    told = Told()
    assert dispatch_due(world.db, told, lambda: world.now + timedelta(days=1)) > 0
    assert planted_in in repr(told.words)
    assert _in_text(repr(told.words).encode()) == []
    with world.db.read() as tx:
        kept = [
            row for table in (LedgerRow, Notice, Wakeup, MoveRecord) for row in every(tx, table)
        ]
    assert len(kept) > 50
    for row in kept:
        assert _in_text(repr(tuple(row)).encode()) == [], row


def test_the_search_finds_each_canary_where_it_may_be(
    world: World, planted_in: str, poppler, tmp_path: Path
) -> None:
    """A search that finds nothing would let everything through."""
    found: set[str] = set()
    analyst, buyer = world.client(Role.ANALYST), world.client(Role.BUYER)
    for browser in (analyst, buyer):
        for answer in walk(browser, *_tried(world, planted_in)).values():
            if answer.status_code == 200 and "bundle" not in str(answer.url):
                found |= find(answer.content, poppler, tmp_path)
    assert {NAME, PHONE, ACCOUNT, TRACKING, *(str(part) for part in PLACE)} <= found
    with world.db.read() as tx:
        personas = every(tx, Persona, order_by=table_of(Persona).c.id)
        opened = every(tx, IdentityOpening)
    assert {RECIPIENT, STREET} <= set(_in_text(repr([tuple(row) for row in personas]).encode()))
    assert envelope.identity_in(opened[0].opened)["name"] == NAME
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.jpg", planted("zip", STREET))
    assert find(packed.getvalue(), poppler, tmp_path) >= {STREET, RECIPIENT, PHONE}
