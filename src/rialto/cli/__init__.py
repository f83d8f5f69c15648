"""The command line: `rialto run | demo-key | keys | verify | rebuild | publish-history | …`.

Reads arguments, calls what does the work, and says in plain words what came of it. Exit code 0 means done, 1 that
something is wrong and said on standard error, 2 that the arguments are. One module for each group of commands; they
register themselves with the one application when imported here.
"""

import os

from rialto.cli import (
    backups,
    cluster,
    demonstration,
    journals,
    keys,
    lawful,
    markets,
    operators,
    people,
    recordings,
    reserves,
    running,
    signer,
    signer_ceremonies,
    snapshots,
    status,
    verification,
)
from rialto.cli.application import app, fail, is_expected

__all__ = [
    "backups",
    "cluster",
    "demonstration",
    "journals",
    "keys",
    "lawful",
    "main",
    "markets",
    "operators",
    "people",
    "recordings",
    "reserves",
    "running",
    "signer",
    "signer_ceremonies",
    "snapshots",
    "status",
    "verification",
]


def main() -> None:
    """Run the command line. What it writes is its owner's alone to read."""
    os.umask(0o077)
    try:
        app()
    except Exception as failure:
        if not is_expected(failure):
            raise
        fail(str(failure))
