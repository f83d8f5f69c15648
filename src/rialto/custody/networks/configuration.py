"""The file that says which networks there are: `networks.toml` in the data directory.

    [names]
    LTC = "Litecoin"

    [networks.LTC]
    scope = 2
    family = "bitcoin"
    title = "Litecoin"
    node = "http://user:password@127.0.0.1:9332"
    xpub = "zpub…"
    confirmations = 6
    unlock_confirmations = 12

    [[networks.LTC.assets]]
    asset = "LTC"
    decimals = 8
    deposit_min = "0.001"
    withdrawal_min = "0.002"
    withdrawal_fee = "0.0001"

    [[networks.LTC.tiers]]
    name = "warm"
    keys = ["zpub…", "zpub…", "zpub…"]

Amounts are decimal text in whole coins, exact to the asset's own decimals. The scope is what the ledger knows a network
by: once money has moved, it must not be given to another. A file with anything wrong in it is refused as a whole.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from rialto.custody.chains.network import ChainAsset, Family, Network
from rialto.custody.chains.tiers import TierKeys
from rialto.foundation.configuration import InvalidConfiguration

FILE_NAME: Final = "networks.toml"
BLOCKS_KEPT_MIN: Final = 100

Name = Annotated[str, Meta(pattern="^[A-Z0-9]{1,20}$")]
Depth = Annotated[int, Meta(ge=1, le=100_000)]
Word = Annotated[str, Meta(max_length=200)]
_DECIMAL = re.compile(r"([0-9]{1,30})(?:\.([0-9]{1,36}))?", re.ASCII)


class _Asset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    asset: Annotated[str, Meta(pattern="^[A-Z0-9]{1,16}$")]
    decimals: Annotated[int, Meta(ge=0, le=36)]
    contract: Word | None = None
    deposit_min: Word = "0"
    withdrawal_min: Word = "0"
    withdrawal_fee: Word = "0"


class _Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Literal["warm", "cold"]
    keys: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(min_length=1, max_length=3)]


class _Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scope: Annotated[int, Meta(ge=1, le=1_000_000)]
    family: Family
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    node: Annotated[str, Meta(min_length=1, max_length=500)]
    xpub: Annotated[str, Meta(min_length=1, max_length=200)]
    confirmations: Depth
    assets: Annotated[tuple[_Asset, ...], Meta(min_length=1, max_length=500)]
    unlock_confirmations: Depth | None = None
    address_pattern: Word = ""
    tag_pattern: Word = ""
    is_tagged: bool = False
    hot_addresses: Annotated[int, Meta(ge=1, le=100)] = 1
    start_height: Annotated[int, Meta(ge=0)] | None = None
    poll_milliseconds: Annotated[int, Meta(ge=10, le=600_000)] = 1_000
    minutes_to_arrive: Annotated[int, Meta(ge=0, le=100_000)] = 1
    address_page: Word = ""
    contract_page: Word = ""
    options: Annotated[dict[str, str | int | bool], Meta(max_length=50)] = {}
    tiers: Annotated[tuple[_Tier, ...], Meta(max_length=2)] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    networks: Annotated[dict[Name, _Network], Meta(max_length=200)] = {}
    names: Annotated[dict[str, Word], Meta(max_length=10_000)] = {}


class Node(msgspec.Struct, frozen=True):
    """What an adapter needs beside the network: how its node is reached and which keys addresses are derived from."""

    url: str
    """May hold a password: it is shown nowhere."""
    xpub: str
    """The account's extended public key; addresses lie below it at `0/i`, `1/i` and `2/i`."""
    options: Mapping[str, str | int | bool] = {}
    """What the family needs beyond that, such as `chain_id`."""

    def __repr__(self) -> str:
        return f"Node(options={dict(self.options)!r})"


class ConfiguredNetwork(msgspec.Struct, frozen=True):
    """A network and how this exchange works on it."""

    network: Network
    node: Node
    is_tagged: bool = False
    """Whether all owners share one address and are told apart by a tag."""
    hot_addresses: int = 1
    """How many addresses pay: `1/0` and those after it."""
    start_height: int | None = None
    """The first block that is looked at; without one, the newest at the first start."""
    poll_us: int = 1_000_000
    minutes_to_arrive: int = 1
    """How long a deposit or withdrawal usually takes, as people are told."""
    address_page: str = ""
    """What an address is appended to for its page in a block explorer."""
    contract_page: str = ""
    tiers: tuple[TierKeys, ...] = ()
    """What is held behind the hot addresses, in the order in which it is drawn on."""

    @property
    def blocks_kept(self) -> int:
        """How many of the newest blocks are remembered: the deepest reorganisation that can be followed."""
        return max(BLOCKS_KEPT_MIN, 4 * self.network.unlock_confirmations)


class Networks(msgspec.Struct, frozen=True):
    """Every network, in the order of the file; the first that has an asset is the asset's default."""

    by_name: Mapping[str, ConfiguredNetwork] = {}
    titles: Mapping[str, str] = {}
    """What assets are called for people."""

    def of_asset(self, asset: str) -> list[ConfiguredNetwork]:
        """List the networks that have an asset, the default first."""
        return [each for each in self.by_name.values() if each.network.asset_named(asset) is not None]


def read_networks(directory: Path) -> Networks:
    """Read the networks of an exchange; none where there is no file. Errors: `InvalidConfiguration`."""
    path = directory / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Networks()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{path} cannot be read: {error}") from error
    return parse_networks(text, str(path))


def parse_networks(text: str, source: str) -> Networks:
    """Read the text of such a file. Errors: `InvalidConfiguration`, naming the network and what is wrong with it."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidConfiguration(f"{source} is not TOML: {error}") from error
    try:
        file = msgspec.convert(document, _File)
    except msgspec.ValidationError as error:
        raise InvalidConfiguration(f"{source}: {error}") from error
    found = {name: _network(name, each, source) for name, each in file.networks.items()}
    scopes: dict[int, str] = {}
    for name, each in found.items():
        other = scopes.setdefault(each.network.scope, name)
        if other != name:
            raise InvalidConfiguration(
                f"{source}: {other} and {name} both have scope {each.network.scope}; give each network one of its own"
            )
    return Networks(found, file.names)


def _network(name: str, given: _Network, source: str) -> ConfiguredNetwork:
    unlock = given.confirmations if given.unlock_confirmations is None else given.unlock_confirmations
    where = f"{source}: network {name}"
    if unlock < given.confirmations:
        raise InvalidConfiguration(
            f"{where} unlocks deposits at {unlock} confirmations, before it credits them at {given.confirmations}; "
            "give an unlock_confirmations that is not lower"
        )
    if len({each.name for each in given.tiers}) < len(given.tiers):
        raise InvalidConfiguration(f"{where} has two tiers of one name; there may be one warm and one cold")
    for pattern in (given.address_pattern, given.tag_pattern):
        try:
            re.compile(pattern)
        except re.error as error:
            raise InvalidConfiguration(f"{where} has the pattern {pattern!r}: {error}") from error
    assets = tuple(_asset(each, where) for each in given.assets)
    if assets[0].contract is not None:
        raise InvalidConfiguration(
            f"{where} lists {assets[0].asset} first, a contract; list the chain's own coin first"
        )
    for what, values in (
        ("asset", [each.asset for each in assets]),
        ("contract", [(each.contract or "").lower() for each in assets]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise InvalidConfiguration(f"{where} lists the {what} {twice or 'of its own coin'!r} twice")
    network = Network(
        name=name,
        scope=given.scope,
        family=given.family,
        title=given.title,
        assets=assets,
        confirmations=given.confirmations,
        unlock_confirmations=unlock,
        address_pattern=given.address_pattern,
        tag_pattern=given.tag_pattern,
    )
    return ConfiguredNetwork(
        network,
        Node(given.node, given.xpub, given.options),
        given.is_tagged,
        given.hot_addresses,
        given.start_height,
        given.poll_milliseconds * 1_000,
        given.minutes_to_arrive,
        given.address_page,
        given.contract_page,
        tuple(TierKeys(each.name, each.keys) for each in given.tiers),
    )


def _asset(given: _Asset, where: str) -> ChainAsset:
    def units(field: str) -> int:
        text: str = getattr(given, field)
        match = _DECIMAL.fullmatch(text)
        fraction = "" if match is None else (match[2] or "").rstrip("0")
        if match is None or len(fraction) > given.decimals:
            raise InvalidConfiguration(
                f"{where} gives {given.asset} the {field} {text!r}; give a decimal text with at most "
                f"{given.decimals} decimal places"
            )
        return int(match[1] + fraction.ljust(given.decimals, "0"))

    return ChainAsset(
        given.asset,
        given.decimals,
        given.contract,
        units("deposit_min"),
        units("withdrawal_min"),
        units("withdrawal_fee"),
    )
