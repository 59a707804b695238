"""What a package holds beside photos at each level: films, papers, captures, chat, notaries."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from casework.buying import chatting
from casework.custody import certifying
from casework.intake import photographing
from casework.papers import dossiers
from casework.privacy import releases
from casework.referring import agencies, sending
from evidence import signatures
from evidence.digests import sha256_of
from rules.covering import SIGN
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Agency, Persona, Photo, Route, Side
from tests.casework.intake.test_capturing import capture

ROOT = Path(__file__).parents[3]
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(range(256)) * 80_000
PAPER = b"%PDF-1.7 invoice to Qiu Recipient"
NOTARY = b"%PDF-1.7 before me appeared Bao Yun"


@pytest.fixture
def told(on_sqlite):
    """A counterfeit whose referral is approved, with one of everything, and its buyer's account."""
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    capture(town, reference)
    persona = next(each for each in town.all(Persona) if each.id == town.row(reference).persona_id)

    def say(by, text, translation=None):
        said = chatting.record_message(
            town.db, town.buyer(reference), reference, said_by=by, language="zh", text=text,
            said_at=town.now,
        )  # fmt: skip
        if translation:
            chatting.add_translation(
                town.db, town.buyer(reference), said.message_id, language="en", text=translation,
                translator="Li Na",
            )  # fmt: skip

    say(Side.SELLER, "正品，假一赔十", "Genuine; tenfold refund if it is fake")
    say(Side.BUYER, f"有高仿吗？寄给 {persona.recipient}", "Any replica?")
    say(Side.SELLER, f"好，{persona.address.partition(', ')[0]}", f"Yes, {persona.address}")
    town.carry_on(reference, Stage.RECEIVED)
    for shot, data in (("U01", FILM), ("D01", PAPER)):
        taken = photographing.take_photo(
            town.db, town.vault, town.buyer(reference), reference, shot=shot, data=io.BytesIO(data),
            name="f",
        )  # fmt: skip
        assert taken.accepted
    certifying.hand_in_certificate(
        town.db, town.vault, town.act(Role.CLERK), reference, office="Luohu Notary", number="7",
        issued_on=date(2026, 1, 2), covers="the seller's page", data=NOTARY,
    )  # fmt: skip
    town.carry_on(reference, Stage.JUDGED)
    town.record_sales(1)
    town.run(reference)
    town.approve_referral(reference)
    return town, reference, persona


def packed(town, reference, folder):
    intent = sending.intend_sending(town.db, town.engine(), reference)
    return dossiers.write_referral(town.db, town.vault, intent, folder, town.now).path


def unpacked(file, folder):
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    (bag,) = folder.iterdir()
    return bag, json.loads((bag / "data/disclosure.json").read_text("utf-8"))


def verified(bag):
    command = [sys.executable, "-I", "-S", ROOT / "evidence/verify.py", bag]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_redacted_package_names_each_file_it_withholds_and_keeps_every_word(told, tmp_path):
    town, reference, persona = told
    bag, disclosure = unpacked(packed(town, reference, tmp_path), tmp_path / "out")
    ran = verified(bag)
    assert ran.returncode == 0, ran.stdout
    assert "3 条消息" in ran.stdout, "the agency is Chinese, and so is what its program prints"
    rows = disclosure["withheld"]
    named = {(row["kind"], row["digest"]) for row in rows}
    assert {
        ("film", sha256_of(FILM)), ("document", sha256_of(PAPER)),
        ("certificate", sha256_of(NOTARY)),
    } <= named  # fmt: skip
    assert all(row["reason"] and row["inner_name"] is None for row in rows)
    photos = [each for each in town.of(Photo, reference) if each.accepted]
    assert {each.digest for each in photos} <= {row["digest"] for row in rows}
    assert not any((bag / "data" / each).exists() for each in ("photos", "videos", "certificates"))
    assert sorted(each.suffix for each in (bag / "data/captures").iterdir()) == [
        ".gz", ".gz", ".png", ".png"
    ]  # fmt: skip
    assert disclosure["title"] == "披露清单" and disclosure["lines"][0]["label"]
    (said,) = json.loads((bag / "data/chat.json").read_text("utf-8"))["testbuys"]
    first, second, third = said["messages"]
    assert first["text"] == "正品，假一赔十" and first["salt"], "what the seller said stands whole"
    assert second["text"] == f"有高仿吗？寄给 {SIGN}" and second["salt"] is None
    assert second["warnings"][0]["words"] == ["高仿"]
    assert third["text"] == f"好，{SIGN}" and third["translations"][0]["text"] == f"Yes, {SIGN}"
    page = (bag / "START-HERE.html").read_text("utf-8")
    assert 'lang="zh-CN"' in page and "tenfold refund" in page and sha256_of(FILM)[7:] in page
    # A draft for each witness, also where the words of the record are Chinese.
    drafts = ("物证管理员：Clerk", "鉴定人：Expert", "购买人（以身份称呼")
    assert all(each in page for each in drafts)
    whole = b"".join(file.read_bytes() for file in bag.rglob("*") if file.is_file())
    for secret in (persona.recipient, persona.address, "Canary Lane", "Bao Yun", persona.label):
        assert secret.encode() not in whole, secret


def test_the_full_package_bags_them_for_the_agency_alone(told, tmp_path):
    town, reference, persona = told
    subject = town.referral(reference).reference
    police = signatures.make("Police", "Luohu", town.now, timedelta(days=30))
    agencies.add_certificate(
        town.db, town.act(Role.LIAISON), agency=town.all(Agency)[0].name, data=police.pem
    )
    number = releases.ask(town.db, town.act(Role.ANALYST), subject, reason="The police ask")
    for role in (Role.SUPERVISOR, Role.APPROVER):
        releases.approve(town.db, town.act(role), number)
    bag, disclosure = unpacked(packed(town, reference, tmp_path), tmp_path / "out")
    assert verified(bag).returncode == 0
    (tmp_path / "p.pem").write_bytes(police.pem)
    key = police.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "p.key").write_bytes(key)
    asked = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-recip", "p.pem"]
    asked += ["-inkey", "p.key", "-in", bag / "data/sealed-bag.p7m", "-out", "inner.zip"]
    subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "inner.zip") as archive:
        inner = {name: archive.read(name) for name in archive.namelist()}
    rows = disclosure["withheld"]
    assert rows and all(row["inner_name"] for row in rows)
    for row in rows:
        assert sha256_of(inner[f"data/{row['inner_name']}"]) == row["digest"], row
    assert {FILM, PAPER, NOTARY} <= set(inner.values())
    chat = json.loads(inner[f"data/chat-{reference}.json"])
    assert persona.recipient in chat["messages"][1]["text"] and chat["messages"][1]["salt"]
    # What does not tell who the buyer is lies open, and the set of the evidence is the same.
    assert {each.name[:3] for each in (bag / "data/photos").iterdir()} == {
        "U02",
        "I01",
        "I02",
        "B02",
    }
    digests = sorted({each.digest for each in town.of(Photo, reference) if each.accepted})
    listed = "".join(f"{digest}\n" for digest in digests)
    assert (bag / "data/evidence-set.txt").read_text() == listed
    whole = b"".join(file.read_bytes() for file in bag.rglob("*") if file.is_file())
    assert persona.recipient.encode() not in whole
