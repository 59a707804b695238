"""Seals judged in Python: the same word as openssl's and pdfsig's, and at the right time."""

import base64
import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from evidence import signatures
from evidence.bundle import write
from evidence.sealcheck import judge
from evidence.vouching import as_asn1
from tests.evidence.golden_example import golden

THEN, NOW = datetime(2021, 5, 4, 9, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
SIGNED = "The signature over the tag manifest"
STAMPED = "The time stamp signatures/tagmanifest-sha256.txt.tsr"


class OldAuthority:
    """A time-stamp authority whose certificates ended in 2022; its clock can be set."""

    def __init__(self, name="Old TSA"):
        self.key = rsa.generate_private_key(65537, 2048)
        root = rsa.generate_private_key(65537, 2048)
        self.root = self._made(f"{name} root", root, f"{name} root", root, ca=True)
        self.own = self._made(name, self.key, f"{name} root", root, ca=False)

    def _made(self, name, key, issuer, signing, *, ca):
        def named(text):
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(THEN - YEAR)
            .not_valid_after(THEN + YEAR)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(signing, hashes.SHA256())

    def stamp(self, at):
        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        stamper = DummyTimeStamper(
            as_asn1(self.own), asn1_keys.PrivateKeyInfo.load(key), fixed_dt=at
        )

        def answer(data):
            request = tsp.TimeStampReq(
                {
                    "version": 1,
                    "message_imprint": {
                        "hash_algorithm": {"algorithm": "sha256"},
                        "hashed_message": hashlib.sha256(data).digest(),
                    },
                    "cert_req": True,
                }
            )
            return stamper.request_tsa_response(request).dump()

        return answer


@pytest.fixture(scope="module")
def authority():
    return OldAuthority()


@pytest.fixture(scope="module")
def signer():
    return signatures.make("Evidence desk", "A Marketplace", THEN - YEAR, 2 * YEAR, demo=True)


def sealed(folder, signer, stamp=None):
    """A bundle signed with `signer`, its dossier too, and stamped by `stamp`."""
    content = golden(folder, stamp=(lambda d: (stamp(d), THEN.isoformat())) if stamp else None)
    pdf = signatures.sign_pdf(content.dossier, signer, reason="Made", now=THEN)
    target = folder / "b.zip"
    write(target, replace(content, dossier=pdf, seal=signatures.seal(signer, stamp)))
    return target


def judged(path, signer, authority, now=NOW):
    signers = [signer.certificate] if signer else []
    stampers = [authority.root] if authority else []
    return {each.name: each for each in judge(path, now, signers=signers, stampers=stampers)}


def changed(path, name, change):
    """The bundle with one of its files changed."""
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            data = old.read(each)
            new.writestr(each, change(data) if each.endswith(name) else data)
    return target


def flip(before):
    """Flips the bit after `before`."""

    def change(data):
        at = data.index(before) + len(before)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return change


def test_seals_are_judged_when_they_were_made_though_all_certificates_ended_since(
    tmp_path, signer, authority
):
    found = judged(sealed(tmp_path, signer, authority.stamp(THEN)), signer, authority)
    assert [each for each in found.values() if each.problems or each.unchecked] == []
    stamp, signature = found[STAMPED].found, found[SIGNED].found
    assert (
        "2021-05-04 09:00:00 UTC" in stamp and "vouched for by Common Name: Old TSA root" in stamp
    )
    assert "Evidence desk" in signature and "the time of its stamp" in signature
    assert signatures.DEMO in signature and signatures.DEMO not in stamp
    assert "Evidence desk" in found["The signature in data/dossier.pdf"].found
    (anchored,) = [each for name, each in found.items() if "anchor" in name]
    assert "stamped 2021" in anchored.found


def test_a_stamp_made_after_its_certificate_ended_is_none(tmp_path, signer, authority):
    late = authority.stamp(THEN + 2 * YEAR)
    found = judged(sealed(tmp_path, signer, late), signer, authority)
    assert found[STAMPED].problems == (
        "no authority named with --tsa-ca vouches for it at the time it names",
    )
    assert "ended on" in found[SIGNED].unchecked, "nothing dates the signature"


def test_without_a_stamp_an_ended_certificate_leaves_it_open_and_a_valid_one_does_not(
    tmp_path, signer
):
    path = sealed(tmp_path, signer)
    assert "ended on 2022" in judged(path, signer, None)[SIGNED].unchecked
    then = judged(path, signer, None, now=THEN)
    assert not then[SIGNED].unchecked and "no trusted stamp dates it" in then[SIGNED].found


def test_strangers_are_told_and_who_is_not_named_stays_open(tmp_path, signer, authority):
    path = sealed(tmp_path, signer, authority.stamp(THEN))
    other = signatures.make("Somebody", "Else", THEN - YEAR, 2 * YEAR)
    found = judged(path, other, OldAuthority("Another"))
    assert "no authority named with --ca" in found[SIGNED].problems[0]
    assert found[STAMPED].problems and found["The signature in data/dossier.pdf"].problems
    found = judged(path, None, None)
    assert not found[SIGNED].problems and "--ca" in found[SIGNED].found
    assert "--tsa-ca" in found[STAMPED].unchecked and not found[STAMPED].problems


def test_which_seal_is_wrong_is_said(tmp_path, signer, authority):
    path = sealed(tmp_path, signer, authority.stamp(THEN))
    dossier = "The signature in data/dossier.pdf"

    def wrong(changed_path):
        found = judged(changed_path, signer, authority)
        return {name: each.problems[0] for name, each in found.items() if each.problems}

    told = wrong(changed(path, "/tagmanifest-sha256.txt", flip(b"")))
    assert set(told) == {SIGNED, STAMPED}
    assert told[SIGNED] == "it is not a signature of these bytes"
    assert told[STAMPED] == "it is not a stamp of these bytes"
    assert set(wrong(changed(path, ".p7s", lambda data: data[:-9] + b"\0" + data[-8:]))) == {SIGNED}
    assert set(wrong(changed(path, ".p7s", lambda data: data[:200]))) == {SIGNED}
    assert set(wrong(changed(path, ".tsr", lambda data: data[:200]))) == {STAMPED}
    assert set(wrong(changed(path, "/data/dossier.pdf", flip(b"<pdf:Keywords>TB-2")))) == {dossier}
    added = wrong(changed(path, "/data/dossier.pdf", lambda data: data + b"\n% more\n"))
    assert added == {dossier: "something was added to the document after it was signed"}
    other = base64.b64encode(authority.stamp(THEN)(b"another root")).decode()

    def swapped(data):
        told = json.loads(data)
        told["anchors"][0]["stamp"] = other
        return json.dumps(told).encode()

    (name,) = wrong(changed(path, "/data/anchors.json", swapped))
    assert "anchor" in name
