"""What every test shares: reproducible property tests that are never judged by the clock."""

import importlib
import sys

from hypothesis import settings

# A library that only tests use raises this limit when it is imported, and nested input would then crash the process
# instead of being refused: it is imported first, and the limit is set back.
_recursion_max = sys.getrecursionlimit()
importlib.import_module("py_ecc")
sys.setrecursionlimit(_recursion_max)

settings.register_profile("rialto", deadline=None, print_blob=True)
settings.load_profile("rialto")

pytest_plugins = ("tests.databases", "tests.nats_server", "tests.nodes.anvil", "tests.nodes.litecoind")
