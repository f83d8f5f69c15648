"""EVM networks: Ethereum, BNB Smart Chain and others whose blocks state a base fee.

    deposits     scanning ─▶ blocks, traces, tokens ─▶ node
    withdrawals  building ─▶ fees, transactions ─▶ (signed elsewhere, by what `reading` says) ─▶ adapter.broadcast

A network names its `chain_id` among its options; the rest has defaults. Its node must answer `eth_`, keep the state of
the blocks that are still to be scanned, and for coins inside contract calls `debug_` or `trace_`.
"""

from rialto.custody.chains.evm.adapter import EvmAdapter, open_evm_adapter
from rialto.custody.chains.evm.options import read_options
from rialto.custody.chains.network import Network
from rialto.custody.networks.configuration import Node
from rialto.foundation.configuration import InvalidConfiguration


def open_adapter(network: Network, node: Node) -> EvmAdapter:
    """Make the adapter of a configured network; it connects to nothing yet. Errors: `InvalidConfiguration`."""
    options = read_options(network.name, node.options)
    try:
        return open_evm_adapter(network, node.url, node.xpub, options)
    except ValueError as error:
        raise InvalidConfiguration(f"network {network.name}: {error}") from error
