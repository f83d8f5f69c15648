"""Solana: accounts instead of outputs, one address for all with a memo for a tag, and lasting nonces.

    deposits     scanning ─▶ node
    withdrawals  building ─▶ accounts, tokens, messages ─▶ (signed elsewhere, by what `reading` says) ─▶ broadcast

A transaction of Solana is usually bound to a recent block and forgotten after a minute, so that nobody could say for
sure that it will never confirm. Ours are bound to a nonce account instead: whichever transaction uses its value first
changes it, and all others that were bound to it are dead. So payouts wait as long as they must and replace each other,
as on other chains. Tokens are those of the SPL programs, each known by its mint.
"""

from rialto.custody.chains.network import Network
from rialto.custody.chains.solana.adapter import SolanaAdapter
from rialto.custody.chains.solana.options import read_options
from rialto.custody.networks.configuration import Node
from rialto.foundation.configuration import InvalidConfiguration


def open_adapter(network: Network, node: Node) -> SolanaAdapter:
    """Make the adapter of a configured network; it connects to nothing yet. Errors: `InvalidConfiguration`."""
    options = read_options(network.name, node.options)
    try:
        return SolanaAdapter(network, node.url, node.xpub, options)
    except ValueError as error:
        raise InvalidConfiguration(f"network {network.name}: {error}") from error
