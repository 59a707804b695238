"""The tamper table's rows of bundles: each change made for real, on a signed, stamped bundle."""

import base64
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import pytest

from evidence import ledger, tampering
from evidence.bundle import FORMAT, write
from evidence.digests import set_of, sha256_of
from evidence.verify import UnreadableBundleError, main, verify
from tests.evidence.golden_example import (
    NOW,
    OPERATOR,
    REFERENCE,
    anchors,
    golden,
    leaf_of,
    page,
)
from tests.evidence.sealing_with_openssl import authority
from tests.evidence.test_bundle import resealed

pytestmark = pytest.mark.long

ROWS = [change for change in tampering.CHANGES if change.where == tampering.BUNDLE]
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return folder, *authority(folder)


@pytest.fixture(scope="session")
def made(tmp_path_factory, keys):
    """A bundle signed and stamped, one that is neither, and one whose clock was set back."""
    folder = tmp_path_factory.mktemp("bundles")
    write(folder / "sealed.zip", golden(folder, seal=keys[1], stamp=keys[2]))
    write(folder / "bare.zip", golden(folder, stamp=keys[2]))
    OTHER["stamp"], _ = keys[2](b'{"root":"sha256:another"}')
    write(folder / "clock.zip", golden(folder, days_back=2))
    return folder


def unpack(file, folder):
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder / REFERENCE


def failing(path, keys, without=()):
    ca, tsa = keys[0] / "ca.pem", keys[0] / "tsa.pem"
    checks = verify(path, ca=ca, tsa_ca=tsa, without=frozenset(without))
    return {check.name for check in checks if check.problems or check.unchecked}


def bit(name, before=b"", offset=0):
    """Flip the lowest bit of the byte after `before` in the file that matches `name`."""

    def change(bag):
        file = next(bag.glob(name))
        data = bytearray(file.read_bytes())
        data[data.index(before) + len(before) + offset] ^= 1
        file.write_bytes(data)

    return change


def sum_digit(name):
    """Flip the lowest bit of the first decimal digit in the first sum of a manifest."""

    def change(bag):
        data = bytearray((bag / name).read_bytes())
        at = next(n for n, byte in enumerate(data) if 0x30 <= byte <= 0x39)
        assert at < 64
        data[at] ^= 1
        (bag / name).write_bytes(data)

    return change


def entries_of(bag):
    return list(ledger.from_json_lines((bag / "data/ledger.jsonl").read_bytes()))


def put_entries(bag, entries):
    (bag / "data/ledger.jsonl").write_bytes(ledger.to_json_lines(entries))


def added(bag):
    (bag / "data/photos/R09-00000000.jpg").write_bytes(b"planted")


def removed(bag):
    next((bag / "data/photos").iterdir()).unlink()


def renamed(bag):
    next((bag / "data/photos").iterdir()).rename(bag / "data/photos/R09-00000000.jpg")


def signature_gone(bag):
    next((bag / "signatures").glob("*.p7s")).unlink()


def told_otherwise(bag):
    file = bag / "data/testbuy.json"
    file.write_text(file.read_text("utf-8").replace("表店", "another shop"), "utf-8")


def swapped(bag):
    entries = entries_of(bag)
    entries[1], entries[2] = entries[2], entries[1]
    put_entries(bag, entries)


def dropped(bag):
    entries = entries_of(bag)
    del entries[0]
    put_entries(bag, entries)


def inserted(bag):
    entries = entries_of(bag)
    of_testbuy = [e for e in entries if e.subject == REFERENCE]
    facts = [json.loads(e.body)["facts"] for e in of_testbuy]
    facts.insert(1, {"what": "note", "by": "forger"})
    prev, forged = ledger.genesis(REFERENCE), []
    for seq, each in enumerate(facts, 1):
        forged.append(ledger.link(REFERENCE, seq, prev, each, NOW))
        prev = forged[-1].hash
    put_entries(bag, [*forged, *(e for e in entries if e.subject == OPERATOR)])


def verdict_facts(bag):
    file = bag / "data/testbuy.json"
    facts = json.loads(file.read_text("utf-8"))
    facts["verdicts"][0]["digest"] = sha256_of(b"a kinder verdict")
    file.write_text(json.dumps(facts))


def photo_replaced(bag):
    """The photo, its name, its digest, the preview's word on it and the evidence set, all anew."""
    file = bag / "data/index.json"
    index = json.loads(file.read_text("utf-8"))
    row = index["photos"][0]
    small = next(each for each in index["previews"] if each["made_from"] == row["digest"])
    data, before = b"\xff\xd8\xff another photo", row["digest"]
    digest = sha256_of(data)
    for each, folder in ((row, "photos"), (small, "previews")):
        old = bag / each["name"]
        each["name"] = f"data/{folder}/{each['shot']}-{digest[7:15]}.jpg"
        old.rename(bag / each["name"])
    (bag / row["name"]).write_bytes(data)
    row["digest"] = small["made_from"] = digest
    file.write_text(json.dumps(index))
    listed = set((bag / "data/evidence-set.txt").read_text().split())
    evidence(bag, listed - {before} | {digest})


def stale_anchor(bag):
    """A true proof under a root that says of an older head that it is the chain's newest."""
    entries = [each for each in entries_of(bag) if each.subject == REFERENCE]
    older = "sha256:" + entries[2].hash.hex()
    (bag / "data/anchors.json").write_bytes(anchors(leaf_of(REFERENCE, len(entries), older)))


OTHER: dict[str, bytes] = {}
"""A true stamp of another root, made beside the bundles."""


def rows_of(bag, name, change):
    """Change the JSON of a file of the bundle."""
    file = bag / name
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def replaced(bag, name, data):
    """A file with its digest in the index, and where it counts among the evidence."""
    before = sha256_of((bag / name).read_bytes())
    (bag / name).write_bytes(data)
    listed = bag / "data/evidence-set.txt"
    digests = set(listed.read_text().split())
    if before in digests:
        digests = digests - {before} | {sha256_of(data)}
    evidence(bag, digests)


def evidence(bag, digests):
    (bag / "data/evidence-set.txt").write_text("".join(f"{each}\n" for each in sorted(digests)))
    rows_of(bag, "data/index.json", lambda index: index.update(evidence_set=set_of(digests)))


def film_replaced(bag):
    replaced(bag, "data/videos/U01.mp4", b"another film")


def film_left_out(bag):
    file = bag / "data/videos/U01.mp4"
    digest = sha256_of(file.read_bytes())
    file.unlink()
    evidence(bag, set((bag / "data/evidence-set.txt").read_text().split()) - {digest})

    def without(index):
        index["documents"] = [each for each in index["documents"] if each["digest"] != digest]

    rows_of(bag, "data/index.json", without)


def capture_replaced(bag):
    replaced(bag, "data/captures/listing.warc.gz", b"WARC/1.1 another page")


def certificate_replaced(bag):
    replaced(bag, "data/certificates/certificate-1.pdf", b"%PDF-1.7 another notary")


def withheld_dropped(bag):
    gone = []

    def without(disclosure):
        gone.extend(each for each in disclosure["withheld"] if each["kind"] == "photo")
        disclosure["withheld"] = [each for each in disclosure["withheld"] if each not in gone]

    rows_of(bag, "data/disclosure.json", without)
    digests = set((bag / "data/evidence-set.txt").read_text().split())
    evidence(bag, digests - {each["digest"] for each in gone})


def messages(change):
    """Change the messages of the chat."""
    return lambda bag: rows_of(
        bag, "data/chat.json", lambda chat: change(chat["testbuys"][0]["messages"])
    )


def stamp_of_another(bag):
    def swap(told):
        told["anchors"][0]["stamp"] = base64.b64encode(OTHER["stamp"]).decode()

    rows_of(bag, "data/anchors.json", swap)


def dossier_of_another(bag):
    (bag / "data/dossier.pdf").write_bytes(page("sha256:" + "7" * 64))


MAKE = {
    "chat_dropped": messages(lambda rows: rows.pop(1)),
    "chat_changed": messages(lambda rows: rows[1].update(text="假货")),
    "chat_added": messages(lambda rows: rows.append({**rows[0], "message": 99})),
    "translation_dropped": messages(lambda rows: rows[1]["translations"].clear()),
    "bit_film": bit("data/videos/*", b"not decoded"),
    "bit_capture": bit("data/captures/*.gz", b"WARC/1.1 kep"),
    "bit_certificate": bit("data/certificates/*", b"%PDF-1.7 no"),
    "bit_chat": bit("data/chat.json", b'"text": "Is it in stoc'),
    "bit_photo": bit("data/photos/*", b"\xff\xd8\xff", 300),
    "bit_preview": bit("data/previews/*", b"\xff\xd8\xff", 300),
    "bit_dossier": bit("data/dossier.pdf", b"%PDF-1."),
    "bit_facts": bit("data/testbuy.json", b'"conclusion": "'),
    "bit_ledger": bit("data/ledger.jsonl", b'\\"to\\":\\"requeste'),
    "bit_proof": bit("data/anchors.json", b'"path": [\n      "'),
    "bit_index": bit("data/index.json", b'"generated_at": "202'),
    "bit_manifest": sum_digit("manifest-sha256.txt"),
    "bit_manual": bit("VERIFY.txt", b"HOW TO"),
    "bit_front": bit("START-HERE.html", b"<h1>TB-2026-00001"),
    "bit_program": bit("verify.py", b"Owns checking"),
    "bit_tagmanifest": sum_digit("tagmanifest-sha256.txt"),
    "bit_signature": bit("signatures/*.p7s", b"", -9),
    "bit_stamp": bit("signatures/*.tsr", b"", -9),
    "resealed": told_otherwise,
}
for _change in ROWS:
    if _change.key in globals():
        MAKE[_change.key] = globals()[_change.key]


def case(change, made, folder):
    """The tampered bundle of a row."""
    if change.key == "truncated":
        data = (made / "sealed.zip").read_bytes()
        (folder / "cut.zip").write_bytes(data[: len(data) * 2 // 3])
        return folder / "cut.zip"
    if change.key == "clock_back":
        return made / "clock.zip"
    # A forger can't sign anew: what catches a forgery beside the signature shows on a bare one.
    sealed = not change.forged or change.key == "resealed"
    bag = unpack(made / ("sealed.zip" if sealed else "bare.zip"), folder)
    MAKE[change.key](bag)
    if change.forged:
        resealed(bag)
    return bag


@pytest.mark.parametrize("change", ROWS, ids=lambda change: change.key)
def test_exactly_the_named_checks_report_it_and_without_them_nobody_does(
    change, made, keys, tmp_path, capsys
):
    path = case(change, made, tmp_path)
    if change.caught_by == (tampering.UNREADABLE,):
        with pytest.raises(UnreadableBundleError, match="cut off"):
            list(verify(path))
        assert main([str(path)]) == 2
        return
    assert failing(path, keys) == set(change.caught_by)
    assert failing(path, keys, without=change.caught_by) == set()
    trusted = ["--ca", str(keys[0] / "ca.pem"), "--tsa-ca", str(keys[0] / "tsa.pem")]
    assert main([str(path), *trusted]) == 1


def test_what_nobody_touched_is_well(made, keys, tmp_path, capsys):
    for file in ("sealed.zip", "bare.zip"):
        assert failing(made / file, keys) == set()
    bag = unpack(made / "sealed.zip", tmp_path)
    assert failing(bag, keys) == set()
    assert main([str(bag)]) == 2, "who stamped it is open until the authority is named"
    assert "OPEN" in capsys.readouterr().out


def test_the_tables_names_are_those_of_the_checks(made):
    names = {check.name for check in verify(made / "bare.zip")} | {tampering.UNREADABLE}
    assert {name for change in ROWS for name in change.caught_by} <= names
    assert {change.key for change in ROWS} - MAKE.keys() == {"truncated", "clock_back"}


def test_an_unknown_signer_and_another_authority_are_told(made, keys, tmp_path):
    authority(tmp_path)
    found = {
        check.name
        for check in verify(
            made / "sealed.zip", ca=tmp_path / "ca.pem", tsa_ca=tmp_path / "tsa.pem"
        )
        if check.problems
    }
    assert found == {tampering.ROOTS, tampering.SIGNATURE, tampering.STAMP}


def test_without_openssl_the_seal_is_open_and_the_command_is_named(made, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    checks = {check.name: check for check in verify(made / "sealed.zip")}
    for name, command in ((tampering.SIGNATURE, "cms -verify"), (tampering.STAMP, "ts -")):
        assert not checks[name].problems and f"openssl {command}" in checks[name].unchecked


def test_the_manuals_own_openssl_commands_accept_the_seal(made, keys, tmp_path):
    bag = unpack(made / "sealed.zip", tmp_path)
    for name in ("ca.pem", "tsa.pem"):
        shutil.copy(keys[0] / name, bag)
    text = (bag / "VERIFY.txt").read_text().replace("\\\n", " ")
    commands = [line.strip() for line in text.splitlines() if line.strip().startswith("openssl ")]
    assert len(commands) == 5
    commands = commands[:3]
    for command in commands:
        ran = subprocess.run(command, shell=True, cwd=bag, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr


def test_the_manuals_way_to_an_anchors_stamp_is_what_openssl_accepts(made, keys, tmp_path):
    bag = unpack(made / "sealed.zip", tmp_path)
    shutil.copy(keys[0] / "tsa.pem", bag)
    lines = (bag / "VERIFY.txt").read_text().replace("\\\n", " ").splitlines()
    commands = [line.strip() for line in lines if "a.tsr" in line]
    assert len(commands) == 2
    for command in commands:
        ran = subprocess.run(command, shell=True, cwd=bag, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr


def test_both_manuals_give_the_same_commands():
    """Whoever reads Chinese checks no less."""
    folder = Path(__file__).parents[2] / "evidence/templates"
    english, chinese = (
        [
            line.strip().replace("--lang zh", "--lang en")
            for line in (folder / f"VERIFY.{language}.txt").read_text("utf-8").splitlines()
            if line.startswith("       ")
        ]
        for language in ("en", "zh")
    )
    commands = [line for line in english if not line.startswith("hash = ")]
    assert len(commands) > 35
    assert commands == [line for line in chinese if not line.startswith("hash = ")]


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.zip")), ids=lambda file: file.stem)
def test_old_bundles_verify_for_ever(file, tmp_path):
    """By the program of today, by the one inside, and by tools that nobody here wrote."""
    assert file.stat().st_size < 200_000
    bag = unpack(file, tmp_path)
    today = Path(__file__).parents[2] / "evidence/verify.py"
    for program, what in ((today, file), (today, bag), (bag / "verify.py", bag)):
        ran = subprocess.run(
            [sys.executable, "-I", "-S", program, what], capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    for listed in ("sha256", "sha512"):
        for kind in ("manifest", "tagmanifest"):
            check = [f"{listed}sum", "-c", "--quiet", f"{kind}-{listed}.txt"]
            subprocess.run(check, cwd=bag, check=True)
    assert bagit.Bag(str(bag)).is_valid()


def test_there_is_a_golden_bundle_of_each_format():
    assert (
        {file.name[0] for file in GOLDEN.glob("*.zip")}
        == {"1", "2", "3"}
        == {str(number) for number in range(1, FORMAT + 1)}
    )


def test_todays_golden_bundle_holds_one_of_everything(tmp_path):
    """A format that nobody wrote an example of is one that nobody can promise to read."""
    bag = unpack(next(GOLDEN.glob(f"{FORMAT}-*.zip")), tmp_path)
    for folder in ("photos", "previews", "masked", "videos", "captures", "certificates"):
        assert list((bag / "data" / folder).iterdir()), folder
    assert len(json.loads((bag / "data/chat.json").read_text("utf-8"))["testbuys"]) == 1
    checks = {check.name: check.found for check in verify(bag)}
    assert "3 messages" in checks[tampering.CHAT] and checks[tampering.DOSSIER]


def test_a_file_beyond_what_a_plain_zip_can_say_gets_a_larger_header(tmp_path, monkeypatch):
    """Beyond 2 GB; the limit is lowered, as nobody waits for such a film in a test."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 500)
    write(tmp_path / "a.zip", golden(tmp_path))
    monkeypatch.undo()
    data = (tmp_path / "a.zip").read_bytes()
    assert data.count(b"\x01\x00\x10\x00") or data.count(b"\x01\x00\x14\x00"), "no zip64 field"
    assert subprocess.run(["unzip", "-tqq", tmp_path / "a.zip"]).returncode == 0
    assert [check for check in verify(tmp_path / "a.zip") if check.problems] == []


def test_a_large_video_is_streamed(tmp_path):
    """Memory stays small though the film is large, and lies in the vault in pieces."""
    script = (
        "import sys, resource\n"
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from evidence.bundle import Filed, write\n"
        "from tests.evidence.golden_example import golden\n"
        "folder = Path(sys.argv[1])\n"
        "content = golden(folder)\n"
        "with (folder / 'big').open('wb') as file: file.truncate(300_000_000)\n"
        "limit = 400_000_000\n"
        "with (folder / 'big').open('rb') as file:\n"
        "    kept = content.vault.put_in_pieces(file, limit=limit)\n"
        "def peak():\n"
        "    told = Path('/proc/self/status').read_text().partition('VmHWM:')[2]\n"
        "    return int(told.split()[0])\n"
        "before = peak()\n"
        "write(folder / 'b.zip', replace(content, videos=(Filed('U01.mp4', kept.digest),)))\n"
        "grown = peak() - before\n"
        "print(grown)\n"
        "sys.exit(grown > 40_000)\n"
    )
    here = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=here, check=True)


def test_names_a_bag_cannot_hold_and_names_given_twice_are_refused(tmp_path):
    from evidence.bundle import BundleError

    content = golden(tmp_path)
    for bad in (
        {"statements": {"../up.pdf": b"x"}},
        {"videos": (*content.videos, *content.videos)},
        {"seal": lambda _: {"a/b": b"x"}},
    ):
        with pytest.raises(BundleError):
            write(tmp_path / "b.zip", replace(content, **bad))
    assert not (tmp_path / "b.zip").exists()
