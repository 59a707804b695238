"""Merkle trees in the construction of RFC 6962 (section 2.1): a root over leaves, and proofs.

Owns root, inclusion proof and its check, over SHA-256. Leaves what a leaf says to its maker. A leaf
is hashed with 0x00 before it and a node with 0x01, so that no node passes for a leaf.
"""

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf), 32 bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree's root, 32 bytes; that of no leaves is the hash of nothing (RFC 6962)."""
    if not leaves:
        return hashlib.sha256().digest()
    return _levels(leaves)[-1][0]


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes beside the way from leaf `index` up to the root, lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    return proofs(leaves, (index,))[0]


def proofs(leaves: Sequence[bytes], indices: Sequence[int]) -> list[tuple[bytes, ...]]:
    """The proofs of several leaves of one tree, which is hashed once."""
    levels = _levels(leaves)
    found = []
    for index in indices:
        path = []
        for height, level in enumerate(levels[:-1]):
            beside = (index >> height) ^ 1
            # A last node without a partner rises as it is and leaves no trace in the proof.
            if beside < len(level):
                path.append(level[beside])
        found.append(tuple(path))
    return found


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); None where it does not fit the tree."""
    if not 0 <= index < size:
        return None
    here, last = index, size - 1
    node = leaf_hash(leaf)
    for step in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            node = _node(step, node)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            node = _node(node, step)
        here, last = here >> 1, last >> 1
    return node if last == 0 else None


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    level = [leaf_hash(leaf) for leaf in leaves]
    levels = [level]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [_node(left, right) for left, right in pairs]
        # RFC 6962 splits at the largest power of two; pairing from the left and letting the last
        # one rise gives the same tree.
        level = above + level[len(above) * 2 :]
        levels.append(level)
    return levels


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
