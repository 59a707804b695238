import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence import ledger
from evidence.bundle import Bundle, BundleError, Original, Preview, write
from evidence.digests import sha256_of
from evidence.vault import Vault

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
REFERENCE = "TB-2026-000017"
BIN = Path(sys.executable).parent


def chain(subject, length=4):
    entries, prev = [], ledger.genesis(subject)
    for seq in range(1, length + 1):
        entries.append(ledger.link(subject, seq, prev, {"move": f"step {seq}", "who": "表"}, NOW))
        prev = entries[-1].hash
    return entries


def dossier_of(last):
    """What a dossier says for programs of the ledger whose last entry it prints."""
    named = f"{last.subject} sha256:{last.hash.hex()}"
    return f"%PDF-1.7 dossier <pdf:Keywords>{named}</pdf:Keywords>".encode()


def example(folder, photos=3):
    vault = Vault(folder / "vault")
    originals, previews = [], []
    for number in range(photos):
        shot = f"R0{number + 1}"
        data = b"\xff\xd8\xff" + bytes([number]) * (1_500_000 if number == 0 else 40_000)
        originals.append(Original(shot, vault.put(data).digest, "image/jpeg"))
        small = vault.put(b"\xff\xd8\xff small" + bytes([number])).digest
        previews.append(Preview(shot, small, originals[-1].digest))
    # The last one's original is withheld.
    withheld = sha256_of(b"names a place")
    previews.append(Preview("R09", vault.put(b"\xff\xd8\xff only").digest, withheld))
    entries = tuple(chain(f"test-buy:{REFERENCE}") + chain("operator:7", 2))
    return Bundle(
        reference=REFERENCE,
        organisation="Test-buy programme",
        generated_at=NOW,
        vault=vault,
        originals=tuple(originals),
        previews=tuple(previews),
        dossier=dossier_of(entries[3]),
        ledger=entries,
        facts={"reference": REFERENCE, "shop": "表店", "price_minor": 19900, "currency": "CNY"},
    )


@pytest.fixture
def target(tmp_path):
    target = tmp_path / "out" / f"{REFERENCE}.zip"
    write(target, example(tmp_path))
    return target


@pytest.fixture
def folder(target):
    subprocess.run(["unzip", "-q", target], cwd=target.parent, check=True)
    bag = target.parent / REFERENCE
    for file in bag.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    return bag


def run(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def verified(path, *options):
    """Exit code and the numbers of the failed checks, told by the program in a clean Python."""
    bag_program = Path(__file__).parents[2] / "evidence" / "verify.py"
    ran = run(sys.executable, "-I", "-S", bag_program, path, *options)
    assert "Traceback" not in ran.stderr
    return ran.returncode, [int(n) for n in re.findall(r"^ ?(\d+)\. FAILED", ran.stdout, re.M)]


def judges(bag):
    return {
        "sha256sum": run("sha256sum", "-c", "--quiet", "manifest-sha256.txt", cwd=bag).returncode,
        "sha512sum": run("sha512sum", "-c", "--quiet", "manifest-sha512.txt", cwd=bag).returncode,
        "tags256": run("sha256sum", "-c", "--quiet", "tagmanifest-sha256.txt", cwd=bag).returncode,
        "tags512": run("sha512sum", "-c", "--quiet", "tagmanifest-sha512.txt", cwd=bag).returncode,
        "bagit": run(sys.executable, BIN / "bagit.py", "--validate", bag).returncode,
        "verify": verified(bag)[0],
    }


def test_written_says_what_lies_on_disk(tmp_path):
    target = tmp_path / "bundle.zip"
    written = write(target, example(tmp_path))
    data = target.read_bytes()
    assert written.digest == sha256_of(data) and written.size == len(data)
    assert written.files == 3 + 4 + 6
    with zipfile.ZipFile(target) as archive:
        tagmanifest = archive.read(f"{REFERENCE}/tagmanifest-sha256.txt")
        assert {i.compress_type for i in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert written.tagmanifest_digest == sha256_of(tagmanifest)
    assert [p.name for p in tmp_path.iterdir() if p.name != "vault"] == ["bundle.zip"]


def test_outside_judges_accept_it(target, folder):
    assert run("unzip", "-tqq", target).returncode == 0
    assert run(sys.executable, "-m", "zipfile", "-t", target).returncode == 0
    assert set(judges(folder).values()) == {0}
    assert verified(target) == (0, [])
    own_copy = run(sys.executable, "-I", "verify.py", ".", cwd=folder)
    assert own_copy.returncode == 0 and "All checks passed" in own_copy.stdout


def test_the_same_input_gives_the_same_bytes(tmp_path):
    first = write(tmp_path / "a.zip", example(tmp_path / "1"))
    second = write(tmp_path / "b.zip", example(tmp_path / "2"))
    assert first == second


def test_originals_come_out_bit_for_bit(tmp_path, folder):
    vault = Vault(tmp_path / "vault")
    files = [f for name in ("photos", "previews") for f in (folder / "data" / name).iterdir()]
    assert {f.read_bytes() for f in files} == {vault.read(digest) for digest in vault.digests()}


def test_a_preview_names_its_shot_and_the_original_it_was_made_from(tmp_path, folder):
    """Also where the original is not in the bundle; its evidence set is of the originals alone."""
    made = example(tmp_path / "again")
    index = json.loads((folder / "data/index.json").read_text())
    for row, preview in zip(index["previews"], made.previews, strict=True):
        digits = preview.made_from.removeprefix("sha256:")
        assert row["name"] == f"data/previews/{preview.shot}-{digits[:8]}.jpg"
        assert (row["made_from"], row["digest"]) == (preview.made_from, preview.digest)
        assert sha256_of((folder / row["name"]).read_bytes()) == preview.digest
        assert row["original_inside"] is (preview.shot != "R09")
    told = run(sys.executable, "-I", "verify.py", ".", cwd=folder).stdout
    assert "3 photos, 4 previews (1 without their original)" in told


def test_a_bundle_of_previews_alone_holds(tmp_path):
    target = tmp_path / "bundle.zip"
    write(target, replace(example(tmp_path), originals=()))
    assert verified(target) == (0, [])
    ran = run(sys.executable, "-I", "-m", "zipfile", "-l", target)
    assert "data/photos" not in ran.stdout and "data/previews/R09" in ran.stdout


@pytest.mark.parametrize(
    "claim",
    [
        {"made_from": "sha256:" + "0" * 64},
        {"made_from": "the first photo"},
        {"shot": "R02"},
        {"original_inside": False},
        {"digest": "sha256:" + "0" * 64},
        {"name": "data/previews/R01-00000000.jpg"},
    ],
)
def test_a_preview_that_says_something_false_is_seen(folder, claim):
    index = json.loads((folder / "data/index.json").read_text())
    index["previews"][0] |= claim
    (folder / "data/index.json").write_text(json.dumps(index))
    resealed(folder)
    assert verified(folder) == (1, [10])


def test_the_written_steps_say_what_is_true(folder):
    text = (folder / "VERIFY.txt").read_text()
    assert "{reference}" not in text and "{files}" not in text
    count = run("sh", "-c", "find data -type f | wc -l; wc -l < manifest-sha256.txt", cwd=folder)
    assert count.stdout.split() == ["13", "13"] and "print 13" in text
    command = next(line for line in text.splitlines() if "sha256sum data/evidence-set.txt" in line)
    answer = run("sh", "-c", command, cwd=folder)
    index = json.loads((folder / "data/index.json").read_text())
    assert "sha256:" + answer.stdout.split()[0] == index["evidence_set"]


def flip(bag):
    file = next((bag / "data/photos").iterdir())
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def add(bag):
    (bag / "data/photos/extra.jpg").write_bytes(b"planted")


def add_tag(bag):
    (bag / "note.txt").write_text("planted")


def remove(bag):
    next((bag / "data/photos").iterdir()).unlink()


def edit_body(bag):
    file = bag / "data/ledger.jsonl"
    file.write_text(file.read_text().replace("step 2", "step 9"))


def edit_info(bag):
    file = bag / "bag-info.txt"
    file.write_text(file.read_text().replace("2026-11-02", "2026-11-03"))


def drop_last(bag):
    file = bag / "data/ledger.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))


def another_dossier(bag):
    other = chain(f"test-buy:{REFERENCE}", 3)[-1]
    size = (bag / "data/dossier.pdf").stat().st_size
    data = dossier_of(other)
    assert len(data) == size
    (bag / "data/dossier.pdf").write_bytes(data)


@pytest.mark.parametrize(
    ("attack", "failing"),
    [
        (flip, {4, 5, 10}),
        (add, {6, 7, 10}),
        (add_tag, {6}),
        (remove, {4, 5, 6, 7, 10}),
        (edit_body, {4, 5, 8, 10}),
        (edit_info, {3}),
        (drop_last, {4, 5, 7, 9, 10}),
        (another_dossier, {4, 5, 10, 18}),
    ],
)
def test_tampering_is_seen(folder, attack, failing):
    attack(folder)
    code, failed = verified(folder)
    assert code == 1 and set(failed) == failing
    if attack is not add_tag:
        assert judges(folder)["bagit"] != 0


def test_sha256sum_misses_an_added_file_as_the_steps_say(folder):
    add(folder)
    seen = judges(folder)
    assert seen["sha256sum"] == 0 and seen["bagit"] != 0 and seen["verify"] == 1


def resealed(bag):
    """What a forger with time does: every manifest, sum and index made anew."""
    index = json.loads((bag / "data/index.json").read_text())
    for row in index["documents"]:
        data = (bag / row["name"]).read_bytes()
        row["digest"], row["size"] = sha256_of(data), len(data)
    chains = {}
    for entry in ledger.from_json_lines((bag / "data/ledger.jsonl").read_bytes()):
        chains.setdefault(entry.subject, []).append(entry)
    index["ledgers"] = [
        {"subject": s, "entries": len(c), "head": "sha256:" + c[-1].hash.hex()}
        for s, c in chains.items()
    ]
    (bag / "data/index.json").write_text(json.dumps(index))
    payload = sorted(p for p in (bag / "data").rglob("*") if p.is_file())
    octets = sum(p.stat().st_size for p in payload)
    info = (bag / "bag-info.txt").read_text()
    info = re.sub(r"Oxum: .*", f"Oxum: {octets}.{len(payload)}", info)
    (bag / "bag-info.txt").write_text(info)
    for algorithm in ("sha256", "sha512"):
        rows = [
            f"{hashlib.new(algorithm, p.read_bytes()).hexdigest()}  {p.relative_to(bag)}\n"
            for p in payload
        ]
        (bag / f"manifest-{algorithm}.txt").write_text("".join(rows))
    tags = [p for p in bag.iterdir() if p.is_file() and not p.name.startswith("tagmanifest")]
    for algorithm in ("sha256", "sha512"):
        rows = [f"{hashlib.new(algorithm, p.read_bytes()).hexdigest()}  {p.name}\n" for p in tags]
        (bag / f"tagmanifest-{algorithm}.txt").write_text("".join(rows))


def test_a_forger_who_reseals_is_seen_inside_the_chain_but_at_its_end_only_by_a_head(folder):
    index = json.loads((folder / "data/index.json").read_text())
    head = index["ledgers"][0]["head"]
    subject = index["ledgers"][0]["subject"]
    assert verified(folder, "--head", head) == (0, [])

    lines = (folder / "data/ledger.jsonl").read_text().splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if json.loads(line)["subject"] == subject)
    (folder / "data/ledger.jsonl").write_text("".join(lines[:last] + lines[last + 1 :]))
    before = json.loads(lines[last - 1])["hash"]
    dossier = (folder / "data/dossier.pdf").read_text()
    (folder / "data/dossier.pdf").write_text(dossier.replace(head, f"sha256:{before}"))
    resealed(folder)
    assert set(judges(folder).values()) == {0}
    assert verified(folder, "--head", head) == (1, [9])

    (folder / "data/ledger.jsonl").write_text("".join(lines).replace("step 2", "step 9"))
    (folder / "data/dossier.pdf").write_text(dossier)
    resealed(folder)
    assert verified(folder) == (1, [8])


def test_an_entry_that_says_another_number_inside_is_seen_though_its_hash_fits(folder):
    entries = list(ledger.from_json_lines((folder / "data/ledger.jsonl").read_bytes()))
    last = entries[-1]
    body = last.body.replace(b'"seq":2', b'"seq":3')
    digest = hashlib.sha256(b"\x01" + last.prev + body).digest()
    entries[-1] = replace(last, body=body, hash=digest)
    (folder / "data/ledger.jsonl").write_bytes(ledger.to_json_lines(entries))
    resealed(folder)
    assert verified(folder) == (1, [8])


def test_a_damaged_zip_and_no_zip_are_told_without_a_trace(target, tmp_path):
    data = bytearray(target.read_bytes())
    at = data.index(b"dossier\n" if b"dossier\n" in data else b"%PDF-1.7 dossier")
    data[at] ^= 1
    target.write_bytes(data)
    code, failed = verified(target)
    assert code == 1 and {1, 4, 5} <= set(failed)
    target.write_bytes(data[: len(data) // 2])
    assert verified(target) == (2, [])
    assert verified(tmp_path / "nothing.zip") == (2, [])


def test_a_zip_with_unsafe_names_is_refused(tmp_path):
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr(f"{REFERENCE}/bagit.txt", "BagIt-Version: 1.0\n")
        archive.writestr(f"{REFERENCE}/../../etc/passwd", "x")
    code, failed = verified(evil)
    assert code == 1 and 1 in failed


def test_a_bundle_is_never_made_over_what_does_not_hold(tmp_path):
    good = example(tmp_path)
    target = tmp_path / "out" / "bundle.zip"
    broken = list(good.ledger)
    broken[1] = replace(broken[1], body=broken[1].body.replace(b"step 2", b"step 9"))
    lost = Original("R09", sha256_of(b"never kept"), "image/jpeg")
    for bad, told in (
        (replace(good, ledger=()), "ledger is empty"),
        (replace(good, ledger=tuple(broken)), "Entry 2 .* was changed"),
        (replace(good, originals=(*good.originals, lost)), "Restore it from a backup"),
        (replace(good, originals=(Original("../x", lost.digest, "image/jpeg"),)), "named"),
        (replace(good, reference="../up"), "can't name a bundle"),
    ):
        with pytest.raises(BundleError, match=told):
            write(target, bad)
    damaged = good.vault.path(good.originals[1].digest)
    damaged.chmod(0o644)
    damaged.write_bytes(b"rotten")
    with pytest.raises(BundleError, match="no longer what was put there"):
        write(target, good)
    assert not target.exists() and not list(target.parent.glob("*"))


def test_a_photo_of_two_shots_goes_in_once_for_each(tmp_path):
    good = example(tmp_path)
    twice = (*good.originals, replace(good.originals[0], shot="R02"), good.originals[0])
    written = write(tmp_path / "b.zip", replace(good, originals=twice))
    assert written.files == 4 + 4 + 6


def test_a_failed_write_leaves_the_earlier_bundle(tmp_path):
    good = example(tmp_path)
    target = tmp_path / "bundle.zip"
    write(target, good)
    before = target.read_bytes()
    shutil.rmtree(good.vault.root)
    with pytest.raises(BundleError):
        write(target, good)
    assert target.read_bytes() == before
