"""The log's tree of hashes (RFC 9162): pure functions over 32-byte hashes, nothing of ours in them.

A leaf is `SHA-256(0x00 ‖ entry)`, a node `SHA-256(0x01 ‖ left ‖ right)`. The tree is kept in tiles of
256 hashes: tile 0 of level 0 holds leaves 0 to 255, tile 0 of level 1 the roots of the first 256 tiles below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

HASH_BYTES = 32
TILE = 256
TILE_HEIGHT = 8
EMPTY = sha256(b"").digest()

Root = Callable[[int, int], bytes]
"""The root over the entries from one number up to another."""

Hashes = Callable[[int, int, int], list[bytes]]
"""Some hashes of a level, all of one tile: the level, the place of the first, and how many."""


def leaf(entry: bytes) -> bytes:
    """The leaf for an entry, from its canonical bytes; the first format gave their digest."""
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """What stands above two hashes."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these hashes, each of which stands for as many leaves as the others, but perhaps the last."""
    if not hashes:
        return EMPTY
    row = hashes
    while len(row) > 1:
        row = _paired(row)
    return row[0]


@dataclass
class Edge:
    """The right edge of a growing tree: for each level, the hashes of the tile that is not full yet.

    `full` is told of every tile that fills up: its level, its place, its hashes joined.
    """

    size: int = 0
    rows: list[list[bytes]] = field(default_factory=lambda: [[]])

    @classmethod
    def read(cls, size: int, joined: bytes) -> Edge:
        """The edge of a tree of this size, out of its hashes joined; raises ValueError where they cannot be its."""
        rows, at, left = [], 0, size
        while True:
            count = left % TILE
            rows.append([joined[at + HASH_BYTES * n : at + HASH_BYTES * (n + 1)] for n in range(count)])
            at += HASH_BYTES * count
            left //= TILE
            if not left:
                break
        if at != len(joined):
            raise ValueError("the edge is not that of a tree of this size")
        return cls(size, rows)

    @classmethod
    def at(cls, size: int, hashes: Hashes) -> Edge:
        """The edge that the tree had when it was of this size."""
        rows, left, level = [], size, 0
        while True:
            count = left % TILE
            rows.append(hashes(level, left - count, count) if count else [])
            left //= TILE
            level += 1
            if not left:
                return cls(size, rows)

    def joined(self) -> bytes:
        """All its hashes, the lowest level first."""
        return b"".join(b"".join(row) for row in self.rows)

    def add(self, leaves: Iterable[bytes], full: Callable[[int, int, bytes], None]) -> None:
        """Grow by these leaves."""
        row = self.rows[0]
        for each in leaves:
            row.append(each)
            if len(row) == TILE:
                self.size += TILE - self.size % TILE
                self._fill(0, full)
                row = self.rows[0]
        self.size += len(row) - self.size % TILE

    def root(self) -> bytes:
        """The root of the whole tree."""
        rest: list[bytes] = []
        for row in self.rows:
            held = [*row, *rest]
            rest = [root_of(held)] if held else []
        return rest[0] if rest else EMPTY

    def _fill(self, level: int, full: Callable[[int, int, bytes], None]) -> None:
        row, self.rows[level] = self.rows[level], []
        place = self.size // TILE ** (level + 1) - 1
        full(level, place, b"".join(row))
        if level + 1 == len(self.rows):
            self.rows.append([])
        self.rows[level + 1].append(root_of(row))
        if len(self.rows[level + 1]) == TILE:
            self._fill(level + 1, full)


def rooted(hashes: Hashes) -> Root:
    """Roots out of tiles: of whole subtrees, and of what lies at the right edge of a tree of any size."""

    def root(low: int, high: int) -> bytes:
        size = high - low
        level = (size.bit_length() - 1) // TILE_HEIGHT if size else 0
        unit = TILE**level
        rest = size % unit
        row = hashes(level, low // unit, size // unit) if size else []
        return root_of([*row, root(high - rest, high)] if rest else row)

    return root


def inclusion(number: int, size: int, edge: bytes, full: Callable[[int, int], bytes]) -> list[bytes]:
    """The hashes that lead from an entry to the root of a tree of this size, from the leaf upwards.

    `edge` is the tree's edge, joined; `full` gives a full tile by level and place, and is asked once a level at the
    most. Raises ValueError for an entry that the tree does not hold, and where tiles and edge cannot be its.
    """
    if not 0 <= number < size:
        raise ValueError("the tree does not hold this entry")
    path = []
    for level, rows in enumerate(_edge_halved(size, edge)):
        tile, at = divmod(number >> TILE_HEIGHT * level, TILE)
        if tile < size // TILE ** (level + 1):
            joined = full(level, tile)
            if len(joined) != TILE * HASH_BYTES:
                raise ValueError("a tile is not whole")
            rows = _tile_halved(joined) if level else _halved(_parted(joined))
        for row in rows[:-1]:
            if at ^ 1 < len(row):
                path.append(row[at ^ 1])
            at >>= 1
    return path


_Rows = tuple[Sequence[bytes], ...]


@lru_cache(maxsize=4)
def _edge_halved(size: int, edge: bytes) -> tuple[_Rows, ...]:
    """For each level of a tree's edge, its rows up to the root of all that lies to the right of its full tiles."""
    levels: list[_Rows] = []
    for row in Edge.read(size, edge).rows:
        below = levels[-1][-1] if levels else []
        levels.append(_halved([*row, *below]))
    return tuple(levels)


@lru_cache(maxsize=192)
def _tile_halved(joined: bytes) -> _Rows:
    """The rows of a full tile above the leaves: a few of them stand above most entries that are asked for."""
    return _halved(_parted(joined))


def _parted(joined: bytes) -> list[bytes]:
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def _halved(row: Sequence[bytes]) -> _Rows:
    """A row of hashes, and above it the row of their pairs, and so on up to the root."""
    rows = [row]
    while len(row) > 1:
        row = _paired(row)
        rows.append(row)
    return tuple(rows)


def _paired(row: Sequence[bytes]) -> list[bytes]:
    pairs = iter(row)
    above = [sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
    return [*above, row[-1]] if len(row) % 2 else above


def consistency(old: int, new: int, root: Root) -> list[bytes]:
    """The hashes that show a tree of the new size to have grown from one of the old size and changed nothing."""
    if not 0 < old <= new:
        raise ValueError("the older tree is not empty, and not the larger")
    path: list[bytes] = []
    low, high, wanted, whole = 0, new, old, True
    while wanted != high - low:
        middle = low + _split(high - low)
        if low + wanted <= middle:
            path.append(root(middle, high))
            high = middle
        else:
            path.append(root(low, middle))
            wanted -= middle - low
            low, whole = middle, False
    if not whole:
        path.append(root(low, high))
    return path[::-1]


def root_by_inclusion(number: int, size: int, entry: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that this path leads to from this leaf (RFC 9162, 2.1.3.2); None for a path of the wrong length."""
    if not 0 <= number < size:
        return None
    place, last, found = number, size - 1, entry
    for each in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node(each, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node(found, each)
        place >>= 1
        last >>= 1
    return found if last == 0 else None


def has_grown(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether this path shows that the new tree holds the old one unchanged (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    as_old = as_new = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            as_old, as_new = node(each, as_old), node(each, as_new)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            as_new = node(as_new, each)
        place >>= 1
        last >>= 1
    return last == 0 and as_old == old_root and as_new == new_root


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
