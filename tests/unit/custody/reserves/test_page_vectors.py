"""The proofs that the page's verifier is tested with are those this exchange makes, and the verifier here accepts them.

`RIALTO_WRITE_VECTORS=1 pytest` on this file writes them anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import msgspec

from rialto.custody.reserves import verifier
from rialto.custody.reserves.documents import amounts, proof_document
from rialto.custody.reserves.splitting import leaves_of
from rialto.custody.reserves.tree import leaves_with_paths, write_tree

VECTORS = Path(__file__).parents[4] / "web/tests/vectors/reserves.json"
SEED = bytes(range(32))
OWED = {
    "42": {"BTC": 150_000_001, "USDT": 1_234_567_890_123_456_789, "ÄÖ": 3},
    "43": {"USDT": 1},
    "7": {"BTC": 2**90, "ETH": 10},
    "8": {},
}


def vectors(directory: Path) -> dict[str, Any]:
    root = write_tree(directory / "tree", leaves_of(OWED, SEED))
    publication = {
        "version": 1,
        "publication": "2026-11-01-123",
        "sequence": 123,
        "root": root.hash.hex(),
        "levels": root.levels,
        "liabilities": amounts(root.sums),
    }
    proofs = [
        proof_document("2026-11-01-123", user, sums, list(leaves_with_paths(directory / "tree", user, root.levels)))
        for user, sums in OWED.items()
    ]
    return {"publication": publication, "proofs": proofs}


def test_the_vectors_are_what_is_made_here(tmp_path: Path) -> None:
    made = vectors(tmp_path)
    for proof in made["proofs"]:
        assert verifier.check(proof, made["publication"]).user == proof["user"]
    spelled = msgspec.json.format(json.dumps(made, ensure_ascii=False).encode(), indent=2) + b"\n"
    if os.environ.get("RIALTO_WRITE_VECTORS"):
        VECTORS.write_bytes(spelled)
    assert json.loads(VECTORS.read_bytes()) == made
