import hashlib
import subprocess

import pytest

from evidence.digests import DigestError, opens, parse, salted, set_of, sha256_of


def test_digest_is_what_sha256sum_prints(tmp_path):
    file = tmp_path / "photo"
    file.write_bytes(b"bytes of a photo")
    printed = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True)
    assert sha256_of(file.read_bytes()) == "sha256:" + printed.stdout.split()[0]


@pytest.mark.parametrize(
    "text", ["", "sha256:", "a" * 64, "sha256:" + "A" * 64, "sha256:" + "a" * 64 + "\n", "../x"]
)
def test_what_is_not_a_digest_is_refused(text):
    with pytest.raises(DigestError):
        parse(text)


def test_commitment_opens_only_with_its_value_and_salt():
    salt = bytes(range(16))
    commitment = salted("Wang Wei", salt)
    assert opens(commitment, "Wang Wei", salt)
    assert not opens(commitment, "Wang Fang", salt)
    assert not opens(commitment, "Wang Wei", salt[::-1])


def test_salt_and_value_can_not_be_shifted_into_each_other():
    assert salted("Xab", b"s" * 16) != salted("ab", b"s" * 16 + b"X")
    assert salted("ab", b"s" * 16) != "sha256:" + hashlib.sha256(b"s" * 16 + b"ab").hexdigest()


def test_short_salt_is_refused():
    with pytest.raises(DigestError, match="16 bytes"):
        salted("Wang Wei", b"short")


def test_digest_of_a_set_is_repeated_by_sort_and_sha256sum():
    digests = [sha256_of(bytes([n])) for n in (3, 1, 2, 1)]
    shell = subprocess.run(
        "sort -u | sha256sum",
        shell=True,
        input="\n".join(digests) + "\n",
        text=True,
        capture_output=True,
        check=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    assert set_of(digests) == "sha256:" + shell.stdout.split()[0]


def test_empty_set_has_no_digest():
    with pytest.raises(DigestError):
        set_of([])
