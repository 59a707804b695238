"""Seller's pictures in a referral's package: those a confirmed link rests on, and no other."""

import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from casework.papers import previewing, reporting
from casework.photographs import masking
from casework.privacy import releases
from casework.record.record import read
from casework.record.seals import Seals
from casework.referring import agencies
from evidence import signatures
from evidence.digests import sha256_of
from rules.audience import Level, Maskable, MaskKind, Region
from rules.identifiers import IdentifierKind
from rules.lifecycle import Stage
from rules.pictures import Origin
from rules.roles import Role
from storage.tables import Agency, Identifier, SellerPicture
from tests.casework import packaged
from tests.casework.operators.test_linking import confirm
from tests.casework.operators.test_sellers_pictures import fetched, hand_in, picture, turned
from tests.casework.papers.test_packing import packed, unpacked, verified
from tests.casework.papers.test_reporting import HERE, THERE, tied

SERIAL = {"Make": "Canon", "Model": "Canon EOS 5D", "BodySerialNumber": "0420712345"}
SHOWN, SENT = picture(1), turned(picture(1))
TAKEN, LISTED = picture(4, **SERIAL), picture(5, **SERIAL)
UNBORNE, ALONE = picture(2), picture(6)

HEAD = masking.Marked(MaskKind.PERSON, Region(2000, 2000, 6000, 6000))


def masked(town, data, *regions):
    """An analyst covers regions of a picture, or says that there is nothing to cover."""
    (row,) = [each for each in town.all(SellerPicture) if each.digest == sha256_of(data)]
    return masking.mark(
        town.db, town.vault, town.act(Role.ANALYST), row.public_id, of=Maskable.SELLERS, seen=0,
        regions=regions, nothing=not regions,
    ).digest  # fmt: skip


@pytest.fixture
def told(on_sqlite):
    """A referral whose operator's two shops share a picture, mirrored, and a camera, confirmed;
    and another picture, which nobody confirmed.
    """
    town = on_sqlite
    operator = tied(town)
    first, second = (town.bring(Stage.ASSIGNED, flag) for flag in (HERE, THERE))
    fetched(town, first, SHOWN, TAKEN, UNBORNE, ALONE)
    fetched(town, second, picture(2, quality=50))
    hand_in(town, second, SENT)
    hand_in(town, second, LISTED, origin=Origin.LISTING)
    unborne = {sha256_of(UNBORNE), sha256_of(picture(2, quality=50))}
    for row in town.all(Identifier):
        picture_of = row.kind in (IdentifierKind.PHOTO_REUSE, IdentifierKind.EXIF_DEVICE)
        if picture_of and row.value not in unborne:
            confirm(town, row.id)
    for reference in (first, second):
        town.record_sales(town.shop(HERE if reference == first else THERE).id)
        town.carry_on(reference, Stage.JUDGED)
    town.run(first)
    town.run(second)
    packaged.say_all(town, operator.reference)
    packaged.complete(town, town.referral(first).reference)
    town.approve_referral(first)
    return town, first, second


def name(testbuy, data, end=".jpg"):
    return f"{testbuy}-{sha256_of(data)[7:15]}{end}"


def files_of(bag):
    return {each.name for each in (bag / "data/sellers-pictures").iterdir()}


def test_those_a_confirmed_link_rests_on_go_along_and_no_other(told, tmp_path):
    town, first, second = told
    bag, disclosure = unpacked(packed(town, first, tmp_path), tmp_path / "out")
    copy = name(second, LISTED, "-copy.jpg")
    assert files_of(bag) == {name(first, SHOWN), name(first, TAKEN), copy}
    folder = bag / "data/sellers-pictures"
    assert (folder / name(first, SHOWN)).read_bytes() == SHOWN, "bit for bit"
    assert Image.open(io.BytesIO((folder / copy).read_bytes())).getexif() == {}
    rows = {row["digest"]: row for row in disclosure["withheld"] if "seller" in row["kind"]}
    assert set(rows) == {sha256_of(SENT), sha256_of(LISTED)}
    assert rows[sha256_of(SENT)]["instead"] is None
    assert rows[sha256_of(LISTED)]["instead"] == "preview"
    whole = b"".join(file.read_bytes() for file in bag.rglob("*") if file.is_file())
    for held in (SENT, LISTED, UNBORNE, ALONE):
        assert held not in whole
    ran = verified(bag)
    assert ran.returncode == 0, ran.stdout
    front = (bag / "START-HERE.html").read_text("utf-8")
    assert f"data/sellers-pictures/{copy}" in front
    index = json.loads((bag / "data/index.json").read_text())
    made = {row["name"]: row for row in index["documents"] if "sellers-pictures" in row["name"]}
    assert made[f"data/sellers-pictures/{copy}"]["made_from"] == sha256_of(LISTED)


def test_a_masked_copy_goes_along_in_place_of_what_is_covered_or_was_sent(told, tmp_path):
    town, first, second = told
    copies = {
        name(first, SHOWN, "-masked.jpg"): masked(town, SHOWN, HEAD),
        name(second, SENT, "-masked.jpg"): masked(town, SENT),
        name(second, LISTED, "-masked.jpg"): masked(town, LISTED, HEAD),
    }
    bag, disclosure = unpacked(packed(town, first, tmp_path), tmp_path / "out")
    assert files_of(bag) == {name(first, TAKEN), *copies}
    folder = bag / "data/sellers-pictures"
    assert {each: sha256_of((folder / each).read_bytes()) for each in copies} == copies
    seen = Image.open(folder / name(first, SHOWN, "-masked.jpg"))
    covered = seen.crop(
        (0.25 * seen.width, 0.25 * seen.height, 0.55 * seen.width, 0.55 * seen.height)
    )
    assert max(high for _, high in covered.getextrema()) <= 2
    whole = b"".join(file.read_bytes() for file in bag.rglob("*") if file.is_file())
    for held in (SHOWN, SENT, LISTED):
        assert held not in whole
    rows = {row["digest"]: row for row in disclosure["withheld"] if "seller" in row["kind"]}
    assert {row["instead"] for row in rows.values()} == {"masked copy"}
    assert set(rows) == {sha256_of(SHOWN), sha256_of(SENT), sha256_of(LISTED)}
    ran = verified(bag)
    assert ran.returncode == 0, ran.stdout


def test_one_that_the_ledger_never_noted_is_told(told, tmp_path):
    """Whoever packs another picture, with manifests that agree, must change the ledger too."""
    town, first, second = told
    bag, _ = unpacked(packed(town, first, tmp_path), tmp_path / "out")
    index = json.loads((bag / "data/index.json").read_text())
    for row in index["documents"]:
        if row["name"].endswith("-copy.jpg"):
            row["made_from"] = sha256_of(ALONE)
            assert row["testbuy"] == second, "the other's, which its own ledger never noted"
    (bag / "data/index.json").write_text(json.dumps(index))
    assert sha256_of(ALONE) in verified(bag).stdout


def test_the_report_says_beside_each_fact_where_its_picture_lies(told):
    town, first, _ = told
    held = gathered(town, first)
    facts = {fact.value: fact for tie in held.ties for fact in tie.facts}
    shown = facts[sha256_of(SHOWN)]
    assert f"data/sellers-pictures/{name(first, SHOWN)}" in shown.source
    assert f"shown or sent by the seller in {first}" in shown.source
    sent = facts[sha256_of(SENT)]
    assert "mirrored against the first" in sent.source and "not in this package" in sent.source
    ties = [tie for tie in held.ties if shown in tie.facts]
    assert len(ties) == 1 and sent in ties[0].facts, "told as one thing that both share"
    assert "sellers-pictures" not in facts[sha256_of(UNBORNE)].source
    cameras = [fact for tie in held.ties for fact in tie.facts if "Canon" in fact.value]
    assert [sha256_of(data) in fact.source for data, fact in zip(
        (TAKEN, LISTED), sorted(cameras, key=lambda fact: fact.shop), strict=True
    )] == [True, True]  # fmt: skip


def gathered(town, reference):
    """The report of the package, in English."""
    referral = town.referral(reference).reference
    with town.db.read() as tx:
        row = previewing._referral(tx, referral)
        about, _ = previewing._about(tx, row, None)
        held = previewing.gather(tx, town.vault, about, town.now, Seals(), told_in="en")
        records = [read(tx, each) for each in about.testbuys]
    return reporting.content(held.told, records, town.vault, town.now, "en")


def test_the_preview_lists_what_the_package_holds(told, tmp_path):
    town, first, _ = told
    bag, disclosure = unpacked(packed(town, first, tmp_path), tmp_path / "out")
    referral = town.referral(first).reference
    page = previewing.preview(town.db, town.vault, referral, town.now, Seals(), told_in="zh")
    listed = {
        each.name.partition("/")[2]: each.digest
        for each in page.files
        if "sellers-pictures" in each.name
    }
    packed_now = {
        f"sellers-pictures/{each.name}": sha256_of(each.read_bytes())
        for each in (bag / "data/sellers-pictures").iterdir()
    }
    assert listed == packed_now
    told_there = [row for row in page.withheld if row.kind == "sellers_picture"]
    named = [row for row in disclosure["withheld"] if row["kind"] == "sellers_picture"]
    assert [(row.digest, row.reason) for row in told_there] == [
        (row["digest"], row["reason"]) for row in named
    ]


def test_the_full_package_bags_what_a_person_handed_in(told, tmp_path):
    town, first, second = told
    masked(town, SHOWN, HEAD)
    police = signatures.make("Police", "Luohu", town.now, timedelta(days=30))
    agencies.add_certificate(
        town.db, town.act(Role.LIAISON), agency=town.all(Agency)[0].name, data=police.pem
    )
    subject = town.referral(first).reference
    number = releases.ask(town.db, town.act(Role.ANALYST), subject, reason="The police ask")
    for role in (Role.SUPERVISOR, Role.APPROVER):
        releases.approve(town.db, town.act(role), number)
    page = previewing.preview(town.db, town.vault, subject, town.now, Seals())
    assert page.level is Level.FULL
    inner = {each.digest: each.name for each in page.inner}
    assert inner[sha256_of(SENT)] == f"seller-{second}-{sha256_of(SENT)[7:23]}.jpg"
    assert sha256_of(LISTED) in inner and sha256_of(TAKEN) not in inner
    assert sha256_of(SHOWN) in inner, "the whole of what is covered is the police's"
    bag, disclosure = unpacked(packed(town, first, tmp_path), tmp_path / "out")
    assert verified(bag).returncode == 0
    assert files_of(bag) == {
        name(first, SHOWN, "-masked.jpg"), name(first, TAKEN), name(second, LISTED, "-copy.jpg")
    }  # fmt: skip
    rows = [row for row in disclosure["withheld"] if row["kind"] == "sellers_picture"]
    assert {row["inner_name"] for row in rows} == {
        inner[sha256_of(each)] for each in (SHOWN, SENT, LISTED)
    }
