"""The Merkle-sum tree in a file: every node with its hash and sums, so that a proof is a few reads.

The file is private: it holds what everybody has. It can be made again from the ledger and the publication's seed, so it
is a cache, not a record. Places without an owner, up to the next power of two, hold nothing.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from rialto.contracts.amounts import text_of
from rialto.custody.reserves.splitting import Leaf
from rialto.custody.reserves.verifier import Sums, add_sums, leaf_hash, node_hash

NOBODY: Final = b"\0" * 32
ROWS_AT_ONCE: Final = 10_000


class Node(NamedTuple):
    """A node of the tree."""

    hash: bytes
    sums: Sums


class Root(NamedTuple):
    """What a tree comes to."""

    hash: bytes
    sums: Sums
    levels: int


class NoSuchTree(Exception):
    """There is no tree in the file."""


def write_tree(path: Path, leaves: Sequence[Leaf]) -> Root:
    """Write the tree of some leaves, whole or not at all; return its root. Errors: OSError, sqlite3's own."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(unfinished)
    try:
        connection.executescript(
            "CREATE TABLE nodes (level INTEGER, place INTEGER, hash BLOB, sums BLOB, PRIMARY KEY (level, place)) "
            "WITHOUT ROWID; CREATE TABLE leaves (user TEXT, place INTEGER, nonce BLOB, PRIMARY KEY (user, place)) "
            "WITHOUT ROWID;"
        )
        owned = ((leaf.user, place, leaf.nonce) for place, leaf in enumerate(leaves))
        connection.executemany("INSERT INTO leaves VALUES (?, ?, ?)", owned)
        root = _write_nodes(connection, leaves)
        connection.commit()
    finally:
        connection.close()
    unfinished.replace(path)
    return root


def _write_nodes(connection: sqlite3.Connection, leaves: Sequence[Leaf]) -> Root:
    levels = max(len(leaves) - 1, 0).bit_length()
    empty = Node(leaf_hash(NOBODY, {}), {})
    row = [Node(leaf.hash, leaf.sums) for leaf in leaves] or [empty]
    for level in range(levels + 1):
        _insert(connection, level, row)
        if len(row) == 1 and level == levels:
            break
        if len(row) % 2:
            row.append(empty)
            _insert(connection, level, [empty], first=len(row) - 1)
        row = [_parent(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
        empty = _parent(empty, empty)
    return Root(row[0].hash, row[0].sums, levels)


def _parent(left: Node, right: Node) -> Node:
    return Node(node_hash(left.hash, left.sums, right.hash, right.sums), add_sums(left.sums, right.sums))


def _insert(connection: sqlite3.Connection, level: int, row: Iterable[Node], first: int = 0) -> None:
    encoded = (
        (level, place, node.hash, msgspec.msgpack.encode({name: str(units) for name, units in node.sums.items()}))
        for place, node in enumerate(row, start=first)
    )
    connection.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?)", encoded)


def leaves_with_paths(path: Path, user: str, levels: int) -> Iterator[dict[str, Any]]:
    """Read a user's leaves with their paths to the root, as a proof has them. Errors: `NoSuchTree`."""
    if not path.is_file():
        raise NoSuchTree(f"there is no tree in {path}; make it again from the ledger")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        owned = connection.execute("SELECT place, nonce FROM leaves WHERE user = ? ORDER BY place", (user,)).fetchall()
        for place, nonce in owned:
            _, sums = _node(connection, 0, place)
            steps = []
            for level in range(levels):
                beside, beside_sums = _node(connection, level, (place >> level) ^ 1)
                steps.append({"hash": beside.hex(), "sums": beside_sums})
            yield {"place": place, "nonce": nonce.hex(), "balances": sums, "path": steps}
    finally:
        connection.close()


def _node(connection: sqlite3.Connection, level: int, place: int) -> tuple[bytes, dict[str, str]]:
    found = connection.execute("SELECT hash, sums FROM nodes WHERE level = ? AND place = ?", (level, place)).fetchone()
    if found is None:
        raise NoSuchTree(f"the tree lacks node {place} of level {level}; make it again from the ledger")
    node_hash_read, sums = found
    return node_hash_read, {name: text_of(int(units)) for name, units in msgspec.msgpack.decode(sums).items()}
