"""The tree against the test vectors that Certificate Transparency publishes for RFC 6962."""

import hashlib

import pytest

from evidence import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_the_published_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


def test_the_root_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    leaves = [b"leaf %d" % number for number in range(size)]
    top = merkle.root(leaves)
    for index, path in enumerate(merkle.proofs(leaves, range(size))):
        assert path == merkle.proof(leaves, index)
        assert merkle.root_from(leaves[index], index, size, path) == top
        assert merkle.root_from(b"another", index, size, path) != top
        assert merkle.root_from(leaves[index], index, size, (*path, top)) is None
        if path:
            assert merkle.root_from(leaves[index], index, size, path[:-1]) != top
        if size > 1:
            assert merkle.root_from(leaves[index], (index + 1) % size, size, path) != top


def test_a_node_does_not_pass_for_a_leaf() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.root([left + right]) != merkle.root([b"a", b"b"])


def test_there_is_no_leaf_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        merkle.proof([b"a"], 1)
    assert merkle.root_from(b"a", 1, 1, ()) is None
