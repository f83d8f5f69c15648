"""What every test shares: property tests that can be repeated and are not judged by the clock, and the files' order."""

import importlib
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

# A library that only tests use raises this limit when it is imported, and nested input would then crash the process
# instead of being refused: it is imported first, and the limit is set back.
_recursion_max = sys.getrecursionlimit()
importlib.import_module("py_ecc")
sys.setrecursionlimit(_recursion_max)

settings.register_profile("rialto", deadline=None, print_blob=True)
settings.load_profile("rialto")

pytest_plugins = ("tests.databases", "tests.nats_server", "tests.nodes.anvil", "tests.nodes.litecoind")

WALKS = Path(__file__).parent / "page"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run large files first, and the walks through the page, which are long, spread over the run.

    Files that wait and files that compute come mixed by that; in the order of their names they would not.
    """
    files: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.path].append(item)
    walks = [path for path in files if path.parent == WALKS]
    others = sorted((path for path in files if path.parent != WALKS), key=lambda path: -len(files[path]))
    apart = max(1, len(others) // (len(walks) + 1))
    # Before every few of the other files one walk, and none towards the end.
    for turn, walk in enumerate(walks):
        others.insert(turn * (apart + 1), walk)
    items[:] = [item for path in others for item in files[path]]
