"""The parameters that calls about wallets share, and finding the asset and the network they name."""

from typing import Annotated, Final

from rialto.custody.networks.configuration import ConfiguredNetwork, Networks
from rialto.wire import errors
from rialto.wire.kinds import Text
from rialto.wire.wallet_errors import WalletError

COIN_RANGE: Final = "^[A-Za-z0-9]{1,20}$"

Coin = Annotated[str, Text(COIN_RANGE)]
NetworkName = Annotated[str, Text(COIN_RANGE)]


def find_network(networks: Networks, coin: str, network: str | None) -> ConfiguredNetwork:
    """Return the network of an asset that was named, or the asset's default.

    Raises `ApiError`: -4018 for an asset that is on no network, -1130 for a network that does not have it.
    """
    having = networks.of_asset(coin)
    if not having:
        raise WalletError.NO_SUCH_ASSET.error()
    if network is None:
        return having[0]
    found = next((each for each in having if each.network.name == network), None)
    if found is None:
        raise errors.invalid_value("network")
    return found
