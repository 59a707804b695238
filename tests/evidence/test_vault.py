import errno
import io
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.digests import DigestError, sha256_of
from evidence.vault import Damaged, EmptyUpload, NotInVault, TooLarge, Vault, VaultFull

REPO = Path(__file__).parents[2]


def every_file(root):
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def test_bytes_come_back_under_their_digest(tmp_path):
    vault = Vault(tmp_path)
    stored = vault.put(b"photo", limit=None)
    assert (stored.digest, stored.size, stored.new) == (sha256_of(b"photo"), 5, True)
    assert vault.read(stored.digest) == b"photo"
    assert vault.has(stored.digest)
    assert list(vault.digests()) == [stored.digest]
    vault.verify(stored.digest)


def test_a_stream_and_the_same_bytes_are_one_file(tmp_path):
    vault = Vault(tmp_path)
    data = os.urandom(3_000_000)
    first = vault.put(io.BytesIO(data), limit=3_000_000)
    assert not vault.put(data, limit=None).new
    assert not vault.put(io.BytesIO(data), limit=None).new
    assert every_file(tmp_path) == [f"{first.digest[7:9]}/{first.digest[7:]}"]


def test_a_kept_file_is_read_only(tmp_path):
    vault = Vault(tmp_path)
    assert vault.path(vault.put(b"photo").digest).stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("wrap", [bytes, io.BytesIO])
def test_empty_and_oversized_uploads_leave_nothing(tmp_path, wrap):
    vault = Vault(tmp_path)
    with pytest.raises(EmptyUpload, match="Choose the file again"):
        vault.put(wrap(b""), limit=10)
    with pytest.raises(TooLarge, match="larger than the 1 kB allowed"):
        vault.put(wrap(b"x" * 1001), limit=1000)
    assert every_file(tmp_path) == []
    assert vault.put(wrap(b"x" * 1000), limit=1000).size == 1000


def test_a_reader_that_breaks_half_way_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1):
            if self.tell():
                raise ConnectionError("gone")
            return super().read(10)

    with pytest.raises(ConnectionError):
        Vault(tmp_path).put(Broken(b"x" * 100))
    assert every_file(tmp_path) == []


def test_unknown_and_malformed_digests(tmp_path):
    vault = Vault(tmp_path)
    for ask in (vault.read, vault.verify):
        with pytest.raises(NotInVault, match="backup"):
            ask(sha256_of(b"never"))
    with pytest.raises(DigestError):
        vault.path("sha256:../../etc/passwd")


def test_damage_is_seen_on_reading_verifying_and_keeping_again(tmp_path):
    vault = Vault(tmp_path)
    stored = vault.put(b"photo")
    vault.path(stored.digest).chmod(0o644)
    vault.path(stored.digest).write_bytes(b"phot0")
    for ask in (vault.read, vault.verify):
        with pytest.raises(Damaged):
            ask(stored.digest)
    vault.path(stored.digest).write_bytes(b"phot")
    with pytest.raises(Damaged):
        vault.put(b"photo")


def test_a_disk_without_room_keeps_nothing(tmp_path):
    code = """
import resource, sys, pathlib
from evidence.vault import Vault, VaultFull
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Vault(pathlib.Path(sys.argv[1])).put(b"x" * 200_000)
except VaultFull as refusal:
    print(refusal)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, cwd=REPO
    )
    assert "Free some room" in ran.stdout, ran.stderr
    assert every_file(tmp_path) == []


def test_no_room_found_only_on_syncing_keeps_nothing(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultFull):
        Vault(tmp_path).put(b"photo")
    assert every_file(tmp_path) == []


def put_once(root, barrier, answers):
    barrier.wait()
    answers.put(Vault(root).put(b"the same photo" * 100_000).new)


def test_of_racing_writers_exactly_one_is_new(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(8), context.Queue()
    racers = [context.Process(target=put_once, args=(tmp_path, barrier, answers)) for _ in range(8)]
    for racer in racers:
        racer.start()
    found = [answers.get(timeout=120) for _ in racers]
    for racer in racers:
        racer.join()
    assert sorted(found) == [False] * 7 + [True]
    assert len(every_file(tmp_path)) == 1


def test_a_killed_writer_leaves_a_file_that_the_sweep_removes_and_a_living_one_keeps_its(tmp_path):
    code = """
import os, sys, pathlib
from evidence.vault import Vault
class Slow:
    told = False
    def read(self, size):
        if self.told:
            sys.stdin.readline()
            return b""
        self.told = True
        print("at work", flush=True)
        return b"x" * 100
print(Vault(pathlib.Path(sys.argv[1])).put(Slow()).new, flush=True)
"""

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", code, tmp_path],
            cwd=REPO,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    with start() as living, start() as dying:
        assert living.stdout and living.stdin and dying.stdout
        # Its file is there before it is locked: only one that reads is surely spared.
        assert living.stdout.readline() == dying.stdout.readline() == "at work\n"
        vault = Vault(tmp_path)
        assert vault.sweep_leftovers() == 0
        dying.kill()
        dying.wait()
        assert vault.sweep_leftovers() == 1
        living.stdin.write("\n")
        living.stdin.flush()
        assert living.stdout.readline() == "True\n"
    assert len(every_file(tmp_path)) == 1
    assert vault.sweep_leftovers() == 0
