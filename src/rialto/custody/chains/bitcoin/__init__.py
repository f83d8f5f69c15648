"""The Bitcoin family: Bitcoin, Litecoin and their test networks, told apart by `parameters` alone.

    node (JSON-RPC) ─▶ watching (a watch-only wallet in the node) ─▶ adapter ─▶ deposits, withdrawals
    coins ─▶ selection ─▶ building (PSBT) ─▶ signer (reading) ─▶ psbt.finish ─▶ node

Addresses of our own are P2WPKH; the warm tier's are P2WSH, two of three keys. Everything spent is segregated witness,
so a transaction's id is final before it is signed.
"""

from rialto.custody.chains.bitcoin.adapter import BitcoinAdapter
from rialto.custody.chains.bitcoin.settings import NodeSettings, adapter_settings
from rialto.custody.chains.network import Network


def open_adapter(network: Network, node: NodeSettings) -> BitcoinAdapter:
    """Return the adapter of a network, connected to nothing yet. Errors: `InvalidConfiguration`."""
    return BitcoinAdapter(network, adapter_settings(network, node))
