"""Signatures and time stamps before judges nobody here wrote: openssl, pdfsig, qpdf."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from evidence import signatures, timestamps
from evidence.dossier import render
from simulator.authority import Authority
from tests.evidence.sample_dossier import sample

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DATA = b"0123  data/photos/R01-0123.jpg\n"


@pytest.fixture(scope="module")
def signer() -> signatures.Signer:
    return signatures.make("Evidence desk", "A Marketplace", NOW, timedelta(days=700))


@pytest.fixture(scope="module", params=[False, True], ids=["signer only", "whole chain"])
def authority(request, tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"), whole_chain=request.param)


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # pdfsig tells times in the zone of the machine.
    zone = {**os.environ, "TZ": "UTC"}
    return subprocess.run(list(words), cwd=folder, capture_output=True, text=True, env=zone)


def verified(folder: Path, signed: bytes, data: bytes, trusted: bytes):
    for name, content in (("s.p7s", signed), ("data", data), ("ca.pem", trusted)):
        (folder / name).write_bytes(content)
    return ran(
        folder, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "s.p7s",
        "-content", "data", "-CAfile", "ca.pem", "-purpose", "any", "-out", "/dev/null",
    )  # fmt: skip


def test_openssl_accepts_the_signature_and_no_other_data(signer, tmp_path: Path) -> None:
    signed = signatures.sign_detached(signer, DATA)
    assert "Verification successful" in verified(tmp_path, signed, DATA, signer.pem).stderr
    assert verified(tmp_path, signed, DATA + b"\n", signer.pem).returncode
    other = signatures.make("Somebody", "Else", NOW, timedelta(days=1))
    assert verified(tmp_path, signed, DATA, other.pem).returncode


def test_a_key_survives_its_file_and_its_password_guards_it(signer) -> None:
    kept = signatures.to_pkcs12(signer, "a word")
    again = signatures.load(kept, "a word")
    assert (again.certificate, again.subject) == (signer.certificate, signer.subject)
    with pytest.raises(signatures.SigningError, match="password"):
        signatures.load(kept, "another")
    with pytest.raises(signatures.SigningError, match="password"):
        signatures.to_pkcs12(signer, "")
    with pytest.raises(signatures.SigningError, match="PKCS#12"):
        signatures.load(b"no key", "a word")


def test_what_a_demonstration_signs_says_so(signer) -> None:
    demo = signatures.make("Desk", "Demo", NOW, timedelta(days=1), demo=True)
    assert (demo.is_demo, signer.is_demo) == (True, False)
    assert signatures.DEMO in signatures.seal(demo)(DATA)["NOTICE.txt"].decode()
    assert "NOTICE.txt" not in signatures.seal(signer)(DATA)


def test_a_signed_dossier_before_pdfsig_and_qpdf(signer, tmp_path: Path) -> None:
    plain = render(sample())
    signed = signatures.sign_pdf(plain, signer, reason="Made by the programme", now=NOW)
    assert signed.startswith(plain)
    file = tmp_path / "dossier.pdf"
    file.write_bytes(signed)
    (tmp_path / "ca.pem").write_bytes(signer.pem)
    database = f"sql:{tmp_path / 'nss'}"
    (tmp_path / "nss").mkdir()
    assert ran(tmp_path, "certutil", "-N", "-d", database, "--empty-password").returncode == 0
    trust = ("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,C,C", "-i", "ca.pem")
    assert ran(tmp_path, *trust).returncode == 0
    said = ran(tmp_path, "pdfsig", "-nssdir", database, "dossier.pdf").stdout
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    # The time is the one given, not the machine's.
    assert "Signing Time: Nov 24 2026 09:00:00" in said
    assert ran(tmp_path, "qpdf", "--check", "dossier.pdf").returncode == 0
    broken = bytearray(signed)
    broken[len(plain) // 2] ^= 1
    file.write_bytes(broken)
    said = ran(tmp_path, "pdfsig", "-nssdir", database, "dossier.pdf").stdout
    assert "Signature is Valid" not in said


def test_a_stamp_is_of_its_data_alone(authority: Authority, tmp_path: Path) -> None:
    roots = x509.load_pem_x509_certificates(authority.root)
    answer = authority.answer(timestamps.request(DATA))
    before = datetime.now(UTC)
    stamp = timestamps.read(answer, DATA, roots)
    assert abs(stamp.at - before) < timedelta(minutes=1)
    assert stamp.serial
    assert stamp.policy == "1.3.6.1.4.1.99999.1"
    with pytest.raises(timestamps.NoStamp, match="no valid stamp"):
        timestamps.read(answer, DATA + b"x", roots)
    for name, content in (("a.tsr", answer), ("data", DATA), ("ca.pem", authority.root)):
        (tmp_path / name).write_bytes(content)
    words = ("openssl", "ts", "-verify", "-data", "data", "-in", "a.tsr", "-CAfile", "ca.pem")
    assert "Verification: OK" in ran(tmp_path, *words).stdout


def test_the_whole_chain_is_read_by_openssl(tmp_path: Path) -> None:
    authority = Authority(tmp_path, whole_chain=True)
    roots = x509.load_pem_x509_certificates(authority.root)
    answer = authority.answer(timestamps.request(DATA))
    assert timestamps.read(answer, DATA, roots).read_by in ("openssl ts", "rfc3161-client")


def test_garbage_and_strangers_stamp_nothing(authority: Authority, tmp_path: Path) -> None:
    roots = x509.load_pem_x509_certificates(authority.root)
    with pytest.raises(timestamps.NoStamp):
        timestamps.read(b"garbage", DATA, roots)
    with pytest.raises(timestamps.NoStamp, match="No authority is trusted"):
        timestamps.read(authority.answer(timestamps.request(DATA)), DATA, [])
    stranger = Authority(tmp_path)
    with pytest.raises(timestamps.NoStamp):
        timestamps.read(stranger.answer(timestamps.request(DATA)), DATA, roots)


def test_a_bundle_is_sealed_with_signature_and_stamp(signer, authority: Authority) -> None:
    def stamp(data: bytes) -> bytes:
        return authority.answer(timestamps.request(data))

    files = signatures.seal(signer, stamp, authority.root)(DATA)
    assert sorted(files) == [
        "signer.pem",
        "tagmanifest-sha256.txt.p7s",
        "tagmanifest-sha256.txt.tsr",
        "timestamp-authority.pem",
    ]
    alone = signatures.seal(signer, lambda _: None, authority.root)(DATA)
    assert sorted(alone) == ["signer.pem", "tagmanifest-sha256.txt.p7s"]
