"""The inner bag is opened by openssl and by nobody else; a commitment is checked by sha256sum."""

import io
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence import envelope
from evidence.digests import DigestError
from evidence.envelope import EnvelopeError, Sealed

ROOT = Path(__file__).parents[2]
FILES = [Sealed("R02-a.jpg", b"waybill of Chen Wei" * 9), Sealed("P07-b.png", b"payment" * 9)]


def certificate(folder: Path, name: str, *more: str) -> tuple[Path, Path]:
    """A key and a certificate made by openssl."""
    key, pem = folder / f"{name}.key", folder / f"{name}.pem"
    made = ["openssl", "req", "-x509", "-nodes", "-keyout", key, "-out", pem, "-days", "30"]
    made += ["-subj", f"/CN={name}", *(more or ("-newkey", "rsa:2048"))]
    subprocess.run(made, check=True, capture_output=True)
    return key, pem


def decrypted(folder: Path, key: Path, pem: Path, closed: bytes) -> subprocess.CompletedProcess:
    (folder / "inner.p7m").write_bytes(closed)
    asked = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", folder / "inner.p7m"]
    return subprocess.run([*asked, "-recip", pem, "-inkey", key], capture_output=True)


def test_openssl_opens_the_inner_bag_with_the_right_key_alone(tmp_path: Path) -> None:
    key, pem = certificate(tmp_path, "police")
    other_key, other = certificate(tmp_path, "other")
    reader = envelope.recipient(pem.read_bytes(), datetime.now(UTC))
    closed = envelope.seal(FILES, reader)
    assert b"Chen Wei" not in closed
    assert b"R02" not in closed
    said = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER"], input=closed, capture_output=True
    )
    assert b"aes-256-cbc" in said.stdout
    opened = decrypted(tmp_path, key, pem, closed)
    assert opened.returncode == 0, opened.stderr
    with zipfile.ZipFile(io.BytesIO(opened.stdout)) as archive:
        archive.extractall(tmp_path / "bag")
    assert (tmp_path / "bag/data/R02-a.jpg").read_bytes() == FILES[0].data
    checked = subprocess.run(
        ["sha256sum", "-c", "manifest-sha256.txt"], cwd=tmp_path / "bag", capture_output=True
    )
    assert checked.returncode == 0
    assert checked.stdout.count(b"OK") == 2
    # With another key openssl gives chance bytes or a no, never the bag.
    assert b"Chen Wei" not in decrypted(tmp_path, other_key, other, closed).stdout


def test_a_long_film_is_encrypted_in_chunks_and_opened_by_openssl(tmp_path: Path) -> None:
    """Memory stays small though the film is large; the lengths in the envelope are right."""
    key, pem = certificate(tmp_path, "police")
    script = (
        "import hashlib, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from evidence import envelope\n"
        "folder = Path(sys.argv[1])\n"
        "reader = envelope.recipient((folder / 'police.pem').read_bytes(), datetime.now(UTC))\n"
        "film = lambda: (bytes([n % 251]) * 1_000_000 for n in range(120))\n"
        "def peak():\n"
        "    told = Path('/proc/self/status').read_text().partition('VmHWM:')[2]\n"
        "    return int(told.split()[0])\n"
        "before = peak()\n"
        "sealed = [envelope.Sealed('U01.mp4', chunks=film, length=120_000_000)]\n"
        "with (folder / 'inner.p7m').open('wb') as out: envelope.seal_into(out, sealed, reader)\n"
        "grown = peak() - before\n"
        "sys.exit(grown > 40_000)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
    asked = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-recip", pem]
    asked += ["-inkey", key, "-in", tmp_path / "inner.p7m", "-out", tmp_path / "inner.zip"]
    assert subprocess.run(asked, capture_output=True).returncode == 0
    said = subprocess.run(["unzip", "-tqq", tmp_path / "inner.zip"], capture_output=True)
    assert said.returncode == 0, said.stdout
    with zipfile.ZipFile(tmp_path / "inner.zip") as archive:
        assert archive.getinfo("data/U01.mp4").file_size == 120_000_000


def test_the_bag_before_encryption_is_the_same_each_time_and_valid() -> None:
    assert envelope.bag(FILES) == envelope.bag(reversed(FILES))


@pytest.mark.parametrize(
    "files", [[], [Sealed("../up", b"x")], [Sealed("a/b", b"x")], [Sealed("a", b"x")] * 2]
)
def test_a_bag_with_nothing_or_strange_names_is_not_made(files: list[Sealed]) -> None:
    with pytest.raises(EnvelopeError):
        envelope.bag(files)


def test_a_certificate_that_can_not_be_encrypted_to_is_refused(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    _, curve = certificate(
        tmp_path, "curve", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"
    )
    _, short = certificate(tmp_path, "short", "-newkey", "rsa:1024")
    _, good = certificate(tmp_path, "good")
    for pem, match in ((curve, "RSA"), (short, "RSA")):
        with pytest.raises(EnvelopeError, match=match):
            envelope.recipient(pem.read_bytes(), now)
    with pytest.raises(EnvelopeError, match="not valid today"):
        envelope.recipient(good.read_bytes(), now + timedelta(days=40))
    with pytest.raises(EnvelopeError, match="no certificate"):
        envelope.recipient(b"nothing", now)


def test_a_commitment_is_checked_by_sha256sum_and_tells_nothing_without_its_salt() -> None:
    opened = envelope.opening({"name": "陈伟", "testbuy": "TB-2026-000001"}, bytes(range(16)))
    said = subprocess.run(["sha256sum"], input=opened, capture_output=True, text=False)
    assert envelope.commitment(opened) == "sha256:" + said.stdout.decode().split()[0]
    assert envelope.identity_in(opened)["name"] == "陈伟"
    again = envelope.opening({"testbuy": "TB-2026-000001", "name": "陈伟"}, bytes(range(16)))
    assert again == opened, "the order of keys must not count"
    other = envelope.opening({"name": "陈伟", "testbuy": "TB-2026-000001"}, bytes(16))
    assert envelope.commitment(other) != envelope.commitment(opened)
    with pytest.raises(DigestError, match="16 bytes"):
        envelope.opening({"name": "陈伟"}, b"short")
