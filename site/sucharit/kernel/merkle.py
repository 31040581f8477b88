"""Merkle trees of RFC 9162 (the trees of Certificate Transparency), over SHA-256: roots and inclusion proofs.

Hashes are 32 bytes. A leaf's hash is taken of 0x00 and its bytes, a node's of 0x01 and its two children, so that neither can be
passed off as the other. A tree is split at the largest power of two below its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

__all__ = ["inclusion_path", "is_included", "leaf_hash", "root"]

_EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; of no leaves, the hash of nothing."""
    if not leaves:
        return _EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: Sequence[bytes]) -> list[bytes]:
    """One level up. A last node without a neighbour rises as it is, which is the same as splitting at powers of two."""
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) % 2:
        above.append(level[-1])
    return above


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from the leaf at `index` (from 0) to the root, lowest first.

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    path = []
    level = list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        level, index = _above(level), index // 2
    return path


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Say whether the path proves that the leaf hash stands at `index` of a tree of `size` leaves with that root."""
    if not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for neighbour in path:
        if last == 0:
            return False
        if index % 2 or index == last:
            found = sha256(b"\x01" + neighbour + found).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            found = sha256(b"\x01" + found + neighbour).digest()
        index, last = index // 2, last // 2
    return last == 0 and found == root_hash
