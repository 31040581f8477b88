"""Merkle trees, against the published vectors of RFC 6962 / 9162 (the reference log of Certificate Transparency)."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel.merkle import inclusion_path, is_included, leaf_hash, root
from sucharit.records.offline import verify_sucharit_ledger as offline

INPUTS = [
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
LEAVES = [leaf_hash(data) for data in INPUTS]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# Index of the leaf, size of the tree, and the path, lowest first.
PATHS = (
    (0, 1, ()),
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        1,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)
TREES = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_reference_log(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]
    assert offline.merkle_root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_nothing() -> None:
    assert root([]) == offline.merkle_root([]) == sha256(b"").digest()


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_the_paths_of_the_reference_log(index: int, size: int, path: tuple[str, ...]) -> None:
    found = inclusion_path(LEAVES[:size], index)
    assert tuple(node.hex() for node in found) == path
    assert is_included(LEAVES[index], index, size, found, bytes.fromhex(ROOTS[size - 1]))
    assert offline.root_by_path(LEAVES[index], index, size, found).hex() == ROOTS[size - 1]


@given(TREES)
def test_the_root_is_the_one_of_the_book(datas: list[bytes]) -> None:
    leaves = [leaf_hash(data) for data in datas]
    assert root(leaves) == offline.merkle_root(leaves) == by_the_book(leaves)


@given(TREES, st.data())
def test_a_path_proves_its_leaf_at_its_place_and_nothing_else(
    datas: list[bytes], data: st.DataObject
) -> None:
    leaves = [leaf_hash(bytes([place]) + each) for place, each in enumerate(datas)]
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, top = inclusion_path(leaves, index), root(leaves)
    size = len(leaves)
    assert is_included(leaves[index], index, size, path, top)
    assert offline.root_by_path(leaves[index], index, size, path) == top
    assert not is_included(leaf_hash(b"other"), index, size, path, top)
    assert not is_included(leaves[index], index, size, [*path, top], top)
    assert not is_included(leaves[index], index + size, size, path, top)
    assert offline.root_by_path(leaves[index], index, size, [*path, top]) != top
    if path:
        assert not is_included(leaves[index], index, size, path[:-1], top)
        assert offline.root_by_path(leaves[index], index, size, path[:-1]) != top
        other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))
        assert not is_included(leaves[index], other, size, path, top)
        bent = list(path)
        bent[0] = leaf_hash(b"bent")
        assert not is_included(leaves[index], index, size, bent, top)


def test_there_is_no_path_to_a_leaf_that_is_not_there() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError):
            inclusion_path(LEAVES, index)


def test_a_node_is_no_leaf() -> None:
    assert root(LEAVES[:2]) != leaf_hash(LEAVES[0] + LEAVES[1])
