"""Readers by network: each family's package is asked for one when the policy names a network of the family.

A family is the package `rialto.custody.chains.<family>`, whose module `reading` has

    def open_reader(network: str, chain: str) -> Reader

where `chain` is what the policy says of it. It raises ValueError, saying why, for a chain it does not know. A family
with a warm tier has a module `warm` with `open_warm_reader(network, chain, cosigners)`.
"""

import importlib

from rialto.custody.signing.effects import Reader
from rialto.custody.signing.policy import InvalidPolicy, Policy
from rialto.foundation.failures import ExpectedFailure


def open_readers(policy: Policy) -> dict[str, Reader]:
    """Open a reader for every network. Errors: `InvalidPolicy`."""
    readers: dict[str, Reader] = {}
    for name, network in policy.networks.items():
        module = "warm" if network.cosigners else "reading"
        try:
            package = importlib.import_module(f"rialto.custody.chains.{network.family.value}.{module}")
        except ModuleNotFoundError as error:
            raise InvalidPolicy(
                f"network {name} is of the family {network.family.value!r}, which needs {error.name!r}, and that is "
                "not installed"
            ) from error
        try:
            if network.cosigners:
                readers[name] = package.open_warm_reader(name, network.chain, network.cosigners)
            else:
                readers[name] = package.open_reader(name, network.chain)
        except (ValueError, ExpectedFailure) as error:
            raise InvalidPolicy(f"network {name}: {error}") from error
    return readers
