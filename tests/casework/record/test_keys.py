"""The signing key replaced: by the restricted role too, broken off anywhere, by two at once."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from casework.errors import Refused
from casework.record import keys
from casework.record.seals import Seals
from evidence import ledger as chains
from evidence import signatures
from rules.roles import Role


@pytest.fixture(scope="module")
def signers():
    """Two keys, made once: making one takes half a second."""
    from tests.casework.programme_in import START

    ends = timedelta(days=400)
    return [signatures.make(name, "A Marketplace", START, ends) for name in ("First", "Second")]


@pytest.fixture
def file(quick: Path) -> Path:
    return quick / "keys" / "signing.p12"


def bring_in(town, file, signer):
    data = signatures.to_pkcs12(signer, "a word")
    return keys.bring_in(town.db, town.act(Role.ADMINISTRATOR), file, data, "a word")


def standing(town) -> list[str]:
    return [each.subject for each in keys.on_record(town.db) if each.retired_at is None]


def in_file(file: Path) -> str | None:
    signer = keys.current(file, "a word")
    return signer.subject if signer else None


def test_a_key_is_replaced_and_the_one_before_stays_on_record(both, file, signers):
    first, second = signers
    bring_in(both, file, first)
    bring_in(both, file, second)
    assert standing(both) == [second.subject] == [in_file(file)]
    assert {each.subject for each in keys.on_record(both.db)} == {first.subject, second.subject}
    with pytest.raises(Refused, match="was retired"):
        bring_in(both, file, first)
    assert in_file(file) == second.subject
    assert [each.name for each in file.parent.iterdir()] == ["signing.p12"]
    assert chains.verify(both.ledger("programme"), "programme").ok


def test_a_record_that_is_not_kept_leaves_the_file_as_it_was(both, file, signers, monkeypatch):
    first, second = signers
    bring_in(both, file, first)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys.ledger, "append", full)
    with pytest.raises(OSError, match="No space"):
        bring_in(both, file, second)
    assert standing(both) == [first.subject] == [in_file(file)]
    assert [each.name for each in file.parent.iterdir()] == ["signing.p12"]


def test_a_file_that_can_not_be_written_changes_no_record(both, file, signers, monkeypatch):
    first, second = signers
    bring_in(both, file, first)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        bring_in(both, file, second)
    assert standing(both) == [first.subject] == [in_file(file)]


def test_broken_off_before_the_file_has_its_name_the_key_before_signs(
    both, file, signers, monkeypatch
):
    """Its certificate is on record: what it signs meanwhile can be checked for ever."""
    first, second = signers
    bring_in(both, file, first)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            bring_in(both, file, second)
    assert standing(both) == [second.subject]
    assert in_file(file) == first.subject
    bring_in(both, file, second)
    assert standing(both) == [second.subject] == [in_file(file)]


def test_two_who_replace_the_key_at_once_leave_one_that_signs(on_postgresql, file, signers):
    town, errors = on_postgresql, []
    ready = threading.Barrier(2)

    def replace(signer):
        ready.wait()
        try:
            bring_in(town, file, signer)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=replace, args=[each]) for each in signers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(standing(town)) == 1


def test_an_expired_key_signs_nothing(signers):
    first = signers[0]
    ended = first.certificate.not_valid_after_utc + timedelta(seconds=1)
    with pytest.raises(Refused, match=r"expired on .* testbuy keys make"):
        Seals(first).signed(b"%PDF-", ended, "Made")


def test_a_weak_key_is_not_taken(on_sqlite, file):
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Weak")])
    from cryptography.hazmat.primitives import hashes

    now = on_sqlite.now
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    word = BestAvailableEncryption(b"a word")
    data = pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, word)
    with pytest.raises(Refused, match="2048 bits"):
        keys.bring_in(on_sqlite.db, on_sqlite.act(Role.ADMINISTRATOR), file, data, "a word")
