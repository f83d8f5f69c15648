"""The tree and its verifier: what is true is proven, and whatever is changed is noticed."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rialto.contracts.amounts import text_of
from rialto.custody.reserves import verifier
from rialto.custody.reserves.documents import amounts, proof_document
from rialto.custody.reserves.splitting import PARTS, leaves_of
from rialto.custody.reserves.tree import NoSuchTree, Root, leaves_with_paths, write_tree
from rialto.custody.reserves.verifier import Unproven, check

SEED = b"s" * 32
ASSETS = ("BTC", "ETH", "USDT")

held = st.dictionaries(
    st.integers(1, 60).map(str),
    st.dictionaries(st.sampled_from(ASSETS), st.integers(1, 10**20), min_size=1),
    max_size=20,
)


def publication_of(root: Root) -> dict[str, Any]:
    return {
        "version": 1,
        "publication": "2026-11-01-7",
        "sequence": 7,
        "root": root.hash.hex(),
        "levels": root.levels,
        "liabilities": amounts(root.sums),
    }


def proof_of(path: Path, liabilities: dict[str, dict[str, int]], user: str, root: Root) -> dict[str, Any]:
    leaves = list(leaves_with_paths(path, user, root.levels))
    return proof_document("2026-11-01-7", user, liabilities[user], leaves)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(liabilities=held)
def test_everybody_proves_exactly_what_they_hold(tmp_path: Path, liabilities: dict[str, dict[str, int]]) -> None:
    path = tmp_path / "a.tree"
    root = write_tree(path, leaves_of(liabilities, SEED))
    totals = {name: sum(each.get(name, 0) for each in liabilities.values()) for name in ASSETS}
    assert dict(root.sums) == {name: units for name, units in totals.items() if units}
    places: set[int] = set()
    for user, own in liabilities.items():
        proof = proof_of(path, liabilities, user, root)
        proven = check(proof, publication_of(root))
        assert (proven.user, proven.balances, proven.leaves) == (user, own, PARTS)
        places |= {leaf["place"] for leaf in proof["leaves"]}
    assert len(places) == PARTS * len(liabilities)


@pytest.fixture
def proven(tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    liabilities = {str(user): {"BTC": 10**8 * user, "USDT": 5 * 10**8} for user in range(1, 8)}
    path = tmp_path / "a.tree"
    root = write_tree(path, leaves_of(liabilities, SEED))
    return proof_of(path, liabilities, "3", root), publication_of(root)


def places_in(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(document, dict):
        return [place for key, value in document.items() for place in places_in(value, (*path, key))]
    if isinstance(document, list):
        return [place for key, value in enumerate(document) for place in places_in(value, (*path, key))]
    return [path]


def changed(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if len(value) == 64:
        return ("0" if value[0] != "0" else "1") + value[1:]
    if "." in value:
        whole, _, places = value.partition(".")
        return f"{int(whole) + 1}.{places}"
    return value + "1"


def test_any_change_of_any_value_is_noticed(proven: tuple[dict[str, Any], dict[str, Any]]) -> None:
    proof, publication = proven
    check(proof, publication)
    tried = 0
    for number, document in enumerate(proven):
        for path in places_in(document):
            if path == ("sequence",):
                continue  # Stated beside the tree, not in it.
            documents = [copy.deepcopy(proof), copy.deepcopy(publication)]
            target: Any = documents[number]
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = changed(target[path[-1]])
            with pytest.raises(Unproven):
                check(*documents)
            tried += 1
    assert tried > 80


def test_leaves_left_out_or_shown_twice_are_noticed(proven: tuple[dict[str, Any], dict[str, Any]]) -> None:
    proof, publication = proven
    with pytest.raises(Unproven, match="the leaves add up to"):
        check({**proof, "leaves": proof["leaves"][1:]}, publication)
    with pytest.raises(Unproven, match="shown twice"):
        check({**proof, "leaves": [*proof["leaves"], proof["leaves"][0]]}, publication)
    with pytest.raises(Unproven, match="no leaves"):
        check({**proof, "leaves": []}, publication)


def with_negative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """A tree as a cheat would make it: someone owes the exchange, so that it seems to owe less."""
    with monkeypatch.context() as patched:
        patched.setattr(verifier, "encode_sums", lambda sums: repr(sorted(sums.items())).encode())
        liabilities = {"1": {"BTC": 5 * 10**8}, "2": {"BTC": -4 * 10**8}}
        root = write_tree(tmp_path / "cheat.tree", leaves_of(liabilities, SEED))
    leaves = list(leaves_with_paths(tmp_path / "cheat.tree", "1", root.levels))
    return proof_document("2026-11-01-7", "1", liabilities["1"], leaves), publication_of(root)


def test_a_negative_balance_cannot_hide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof, publication = with_negative(tmp_path, monkeypatch)
    assert publication["liabilities"] == {"BTC": "1.00000000"}
    with pytest.raises(Unproven, match="a negative amount of BTC is hidden"):
        check(proof, publication)


def test_no_tree_is_made_of_negative_balances(tmp_path: Path) -> None:
    with pytest.raises(Unproven, match="negative amount of BTC"):
        leaves_of({"1": {"BTC": -1}}, SEED)


def test_amounts_that_could_wrap_round_are_refused(proven: tuple[dict[str, Any], dict[str, Any]]) -> None:
    proof, publication = proven
    proof["leaves"][0]["path"][0]["sums"]["BTC"] = text_of(2**96)
    with pytest.raises(Unproven, match="impossible amount of BTC"):
        check(proof, publication)


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"publication": "2026-10-01-3"},
        {"leaves": 7},
        {"leaves": [{}]},
        {"balances": {"BTC": "1"}},
        {"balances": {"BTC": "1.0000000a"}},
        {"balances": None},
        {"user": "\u0663"},
    ],
)
def test_what_is_no_proof_is_said_to_be_none(proven: tuple[dict[str, Any], dict[str, Any]], damage: Any) -> None:
    proof, publication = proven
    with pytest.raises(Unproven):
        check({**proof, **damage}, publication)


def test_the_encoding_is_the_one_documented() -> None:
    """The vector of docs/RESERVES.md: whoever writes another verifier can hold theirs against it."""
    user = verifier.user_hash("42", bytes(range(32)))
    leaf = verifier.leaf_hash(user, {"USDT": 150_000_000, "BTC": 1})
    node = verifier.node_hash(leaf, {"BTC": 1, "USDT": 150_000_000}, leaf, {})
    assert verifier.encode_sums({"USDT": 150_000_000, "BTC": 1, "ETH": 0}).hex() == (
        "000203425443" + "1".zfill(32) + "0455534454" + f"{150_000_000:032x}"
    )
    text = (Path(__file__).parents[4] / "docs" / "RESERVES.md").read_text("utf-8")
    for value in (user, leaf, node):
        assert value.hex() in text


def test_the_verifier_runs_alone(tmp_path: Path, proven: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Copied away from everything else, with nothing but Python."""
    copied = tmp_path / "verifier.py"
    copied.write_text(Path(verifier.__file__).read_text("utf-8"))
    files = [tmp_path / "proof.json", tmp_path / "publication.json"]

    def run() -> tuple[int, str]:
        for file, document in zip(files, proven, strict=True):
            file.write_text(json.dumps(document))
        command = [sys.executable, "-I", "-S", str(copied), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr

    code, said = run()
    assert (code, said.startswith("PROVEN: 3.00000000 BTC, 5.00000000 USDT of user 3 are part of")) == (0, True)
    proven[0]["balances"]["BTC"] = "2.00000000"
    code, said = run()
    assert (code, said.startswith("NOT PROVEN: the leaves add up to")) == (1, True)
    files[0].unlink()
    assert subprocess.run([sys.executable, str(copied), *map(str, files)], check=False, timeout=60).returncode == 2


def test_a_neighbour_sees_no_whole_balance(tmp_path: Path) -> None:
    liabilities = {str(user): {"BTC": 7 * 10**8} for user in range(1, 30)}
    root = write_tree(tmp_path / "a.tree", leaves_of(liabilities, SEED))
    beside = [leaf["path"][0]["sums"] for leaf in leaves_with_paths(tmp_path / "a.tree", "1", root.levels)]
    assert all(sums.get("BTC") != "7.00000000" for sums in beside)


def test_a_tree_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoSuchTree, match="make it again"):
        list(leaves_with_paths(tmp_path / "none.tree", "1", 3))
