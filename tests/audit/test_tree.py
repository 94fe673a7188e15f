"""The tree of hashes against the standard's own definition, and against whoever forges a proof (RFC 9162, AUD-3)."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from audit import tree
from audit.tree import EMPTY, TILE, Edge


def leaves(count: int) -> list[bytes]:
    """So many leaves, each another."""
    return [tree.leaf(sha256(str(number).encode()).digest()) for number in range(count)]


def by_definition(hashes: list[bytes]) -> bytes:
    """The root as the standard defines it, slowly: split at the largest power of two below the size."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else EMPTY
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return tree.node(by_definition(hashes[:split]), by_definition(hashes[split:]))


def grown(count: int) -> tuple[Edge, dict[tuple[int, int], bytes]]:
    """A tree of this size, and its full tiles."""
    edge, tiles = Edge(), {}
    edge.add(leaves(count), lambda level, place, joined: tiles.__setitem__((level, place), joined))
    return edge, tiles


def proved(
    number: int, edge: Edge, tiles: dict[tuple[int, int], bytes], asked: list[tuple[int, int]] | None = None
) -> list[bytes]:
    """The proof of an entry out of a tree's edge and tiles; what it asks for is put down in `asked`."""

    def full(level: int, place: int) -> bytes:
        if asked is not None:
            asked.append((level, place))
        return tiles[level, place]

    return tree.inclusion(number, edge.size, edge.joined(), full)


LARGE = leaves(70_000)


def root(low: int, high: int) -> bytes:
    return tree.root_of(LARGE[low:high])


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 511, 512, 513, 1000])
def test_the_root_is_the_standards_whichever_way_it_is_reached(size: int) -> None:
    edge, tiles = grown(size)

    assert edge.root() == by_definition(leaves(size)) == tree.root_of(leaves(size))
    assert len(tiles) == size // TILE
    assert Edge.read(size, edge.joined()) == edge


@pytest.mark.rule("AUD-3")
def test_tiles_of_the_second_level_hold_the_roots_of_those_below() -> None:
    edge, tiles = grown(70_000)

    first = b"".join(tree.root_of(LARGE[start : start + TILE]) for start in range(0, TILE * TILE, TILE))
    assert tiles[1, 0] == first
    assert edge.root() == tree.root_of(LARGE)
    assert [len(row) for row in edge.rows] == [70_000 % 256, 70_000 // 256 % 256, 1]


@pytest.mark.rule("AUD-3")
@settings(max_examples=120, deadline=None)
@given(some.integers(1, 600), some.data())
def test_a_proof_of_inclusion_leads_to_the_root_and_for_no_other_entry_place_or_size(
    size: int, data: some.DataObject
) -> None:
    number = data.draw(some.integers(0, size - 1))
    path = proved(number, *grown(size))

    assert tree.root_by_inclusion(number, size, LARGE[number], path) == root(0, size)
    assert tree.root_by_inclusion(number, size, LARGE[number + 1], path) != root(0, size)
    assert tree.root_by_inclusion(number, size, LARGE[number], [*path, EMPTY]) != root(0, size)
    if path:
        assert tree.root_by_inclusion(number, size, LARGE[number], path[:-1]) != root(0, size)
        bent = [bytes([path[0][0] ^ 1]) + path[0][1:], *path[1:]]
        assert tree.root_by_inclusion(number, size, LARGE[number], bent) != root(0, size)
    for other in {number ^ 1, size - 1, size} - {number}:
        assert tree.root_by_inclusion(other, size, LARGE[number], path) != root(0, size)


@pytest.mark.rule("AUD-3")
def test_a_proof_from_high_up_asks_for_one_tile_a_level() -> None:
    edge, tiles = grown(70_000)
    whole = edge.root()

    for number in (0, 255, 256, 65_535, 65_536, 69_631, 69_632, 69_887, 69_888, 69_999):
        asked: list[tuple[int, int]] = []
        path = proved(number, edge, tiles, asked)
        assert tree.root_by_inclusion(number, 70_000, LARGE[number], path) == whole
        assert len(asked) == len({level for level, _ in asked}) <= 2
    with pytest.raises(ValueError):
        tree.inclusion(0, 70_000, edge.joined(), lambda _level, _place: b"")
    with pytest.raises(ValueError):
        proved(70_000, edge, tiles)


@pytest.mark.rule("AUD-3")
@settings(max_examples=120, deadline=None)
@given(some.integers(1, 600), some.integers(0, 600), some.data())
def test_a_proof_of_growth_holds_for_what_grew_and_for_nothing_that_was_changed(
    old: int, more: int, data: some.DataObject
) -> None:
    new = old + more
    path = tree.consistency(old, new, root)

    assert tree.has_grown(old, new, root(0, old), root(0, new), path)
    assert not tree.has_grown(old, new, tree.node(EMPTY, root(0, old)), root(0, new), path)
    assert not tree.has_grown(old, new, root(0, old), tree.node(EMPTY, root(0, new)), path)
    assert not tree.has_grown(old, new, root(0, old), root(0, new), [*path, EMPTY])
    if path:
        place = data.draw(some.integers(0, len(path) - 1))
        bent = [*path[:place], tree.node(path[place], path[place]), *path[place + 1 :]]
        assert not tree.has_grown(old, new, root(0, old), root(0, new), bent)


@pytest.mark.rule("AUD-3")
def test_an_edge_of_another_size_is_not_taken() -> None:
    edge, _ = grown(300)

    for size in (0, 299, 301, 44):
        with pytest.raises(ValueError):
            Edge.read(size, edge.joined())
