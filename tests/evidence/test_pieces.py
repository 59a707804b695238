"""Large files in the vault: in pieces, under the digest of the whole, and out again as a stream."""

import hashlib
import io

import pytest

from evidence.digests import PREFIX, sha256_of
from evidence.vault import Damaged, EmptyUpload, NotInVault, TooLarge, Vault

DATA = bytes(range(256)) * 40


def put(vault, data=DATA, limit=10**6, piece=1000):
    return vault.put_in_pieces(io.BytesIO(data), limit=limit, piece=piece)


@pytest.mark.parametrize("length", [1, 999, 1000, 1001, 10_240])
def test_it_comes_out_as_it_went_in(tmp_path, length):
    vault, data = Vault(tmp_path), DATA[:length]
    kept = put(vault, data)
    assert (kept.digest, kept.size, kept.new) == (sha256_of(data), length, True)
    assert b"".join(vault.chunks(kept.digest)) == data == vault.read(kept.digest)
    assert vault.has(kept.digest) and vault.size_of(kept.digest) == length
    vault.verify(kept.digest)
    assert not put(vault, data).new
    assert kept.digest in set(vault.digests())


def test_what_is_kept_whole_streams_too(tmp_path):
    vault = Vault(tmp_path)
    kept = vault.put(DATA)
    assert b"".join(vault.chunks(kept.digest)) == DATA
    assert not put(vault).new


def test_too_much_or_nothing_leaves_nothing(tmp_path):
    vault = Vault(tmp_path)
    with pytest.raises(TooLarge, match="was not kept"):
        put(vault, limit=10_239)
    with pytest.raises(EmptyUpload):
        put(vault, b"")
    assert list(vault.digests()) == []


def test_a_piece_that_changed_swapped_or_went_is_told(tmp_path):
    vault = Vault(tmp_path)
    whole = put(vault).digest
    listing = vault.path(whole).with_name(vault.path(whole).name + ".pieces")
    pieces = listing.read_text().split()
    listing.chmod(0o644)
    # The first 256 bytes repeat, so swap with the shorter last piece.
    listing.write_text("\n".join([pieces[-1], *pieces[1:-1], pieces[0]]))
    with pytest.raises(Damaged):
        vault.verify(whole)
    listing.write_text("\n".join(pieces))
    vault.verify(whole)
    victim = vault.path(pieces[0])
    victim.chmod(0o644)
    kept = victim.read_bytes()
    victim.write_bytes(b"\x01" + kept[1:])
    with pytest.raises(Damaged):
        list(vault.chunks(whole))
    victim.unlink()
    with pytest.raises(NotInVault):
        vault.verify(whole)
    listing.write_text("nonsense")
    with pytest.raises(Damaged):
        vault.verify(whole)


class Endless:
    """A stream of 64 MB that is never in memory as a whole."""

    def __init__(self, size):
        self.size, self.at = size, 0

    def seek(self, at, whence=0):
        self.at = self.size + at if whence == 2 else at
        return self.at

    def read(self, most):
        taken = min(most, self.size - self.at)
        assert taken <= 1 << 20, "more than a chunk is asked for"
        self.at += taken
        return b"v" * taken


def test_memory_holds_one_chunk(tmp_path):
    kept = Vault(tmp_path).put_in_pieces(Endless(64 << 20), limit=10**9)
    assert kept.digest == PREFIX + hashlib.sha256(b"v" * (64 << 20)).hexdigest()
