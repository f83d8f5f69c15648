"""What an operator says of a network of this family: the `options` of its table in networks.toml.

    [networks.LTC.options]
    chain = "litecoin"                      # or bitcoin, and either with -testnet or -regtest
    cookie_file = "/var/lib/litecoind/.cookie"  # instead of user:password in the node's address
    born_at = 1767225600                    # seconds: nothing was paid to the account before (the chain's beginning)

The node needs a wallet compiled in (one that only watches is made), and `server=1`; neither `txindex` nor ZMQ. It may
be pruned to what lies behind `born_at`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from rialto.custody.chains.bitcoin.derivation import AccountKey
from rialto.custody.chains.bitcoin.parameters import CHAINS, Parameters
from rialto.custody.chains.network import Network
from rialto.foundation.configuration import InvalidConfiguration

_CHAIN_OF_NAME: Final = {"BTC": "bitcoin", "LTC": "litecoin"}
_DECIMALS: Final = 8


class NodeSettings(Protocol):
    """How a node is reached, as configuration gives it."""

    @property
    def url(self) -> str: ...
    @property
    def xpub(self) -> str: ...
    @property
    def options(self) -> Mapping[str, str | int | bool]: ...


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The options, with what they are when left out."""

    chain: str = ""
    cookie_file: str = ""
    born_at: int = 0
    """Seconds since 1970; what was paid to the account's addresses before is not found by a fresh node."""
    lookahead: int = 10_000
    """How many addresses beyond the last given out the node watches already."""
    replaceable: bool | None = None
    """Whether the network relays replacements; what the chain's nodes do by default when left out."""
    fee_rate_max: int = 2_000_000
    """Satoshi a virtual kilobyte: whatever is estimated, nothing costs more."""
    fee_rate_fallback: int = 20_000
    """What is paid while the node cannot estimate: half of it without hurry, twice as much in a hurry."""
    timeout_seconds: int = 60


class AdapterSettings(msgspec.Struct, frozen=True):
    """What the adapter is opened with."""

    parameters: Parameters
    key: AccountKey
    url: str
    """Without user and password."""
    user: str
    password: str
    cookie_file: Path | None
    options: Options

    def __repr__(self) -> str:
        return f"AdapterSettings({self.parameters.name})"


def adapter_settings(network: Network, node: NodeSettings) -> AdapterSettings:
    """Read and check what was configured. Errors: `InvalidConfiguration`, without any secret in it."""
    where = f"network {network.name}"
    try:
        options = msgspec.convert(dict(node.options), Options)
    except msgspec.ValidationError as error:
        raise InvalidConfiguration(f"{where}: options: {error}") from error
    name = options.chain or _CHAIN_OF_NAME.get(network.name, "")
    if name not in CHAINS:
        raise InvalidConfiguration(f"{where}: the option chain is {name!r}; give one of {', '.join(CHAINS)}")
    _check_numbers(options, where)
    parameters = CHAINS[name]
    if options.replaceable is not None:
        parameters = msgspec.structs.replace(parameters, is_replaceable=options.replaceable)
    if len(network.assets) != 1 or network.coin.contract is not None or network.coin.decimals != _DECIMALS:
        raise InvalidConfiguration(f"{where}: {parameters.title} has one asset, its coin, of {_DECIMALS} decimals")
    parts = urlsplit(node.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidConfiguration(f"{where}: the node's address must begin with http:// or https://")
    if not parts.username and not options.cookie_file:
        raise InvalidConfiguration(
            f"{where}: the node asks who calls; put user:password@ into its address, or give the option cookie_file"
        )
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    return AdapterSettings(
        parameters=parameters,
        key=AccountKey(node.xpub, parameters),
        url=urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", "")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        cookie_file=Path(options.cookie_file) if options.cookie_file else None,
        options=options,
    )


def _check_numbers(options: Options, where: str) -> None:
    bounds = {
        "born_at": (0, 2**32),
        "lookahead": (10, 1_000_000),
        "fee_rate_max": (1_000, 100_000_000),
        "fee_rate_fallback": (1_000, options.fee_rate_max),
        "timeout_seconds": (1, 3_600),
    }
    for name, (least, most) in bounds.items():
        value: int = getattr(options, name)
        if not least <= value <= most:
            raise InvalidConfiguration(f"{where}: the option {name} is {value}; give one from {least} to {most}")
