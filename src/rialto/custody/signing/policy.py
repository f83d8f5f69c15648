"""What the signer allows: written by its operator into the signer's own directory, out of the application's reach.

A network or an asset that is not named is refused; so is everything beyond a bound. Amounts are whole numbers of the
chain's smallest unit.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from rialto.custody.chains.network import Family
from rialto.foundation.failures import ExpectedFailure

FILE_NAME: Final = "signer.toml"
ACCOUNT: Final = re.compile(r"m(?:/[0-9]{1,10}')+")

Amount = Annotated[int, Meta(ge=0)]


class InvalidPolicy(ExpectedFailure):
    """The signer's file of settings does not read, or contradicts itself."""


class AssetPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be paid of one asset on one network."""

    asset: str
    payment_max: Amount
    """The most one payment may be."""
    hour_max: Amount
    """The most all payments of an hour, and of a day, may come to: any hour, not one of the clock."""
    day_max: Amount
    contract: str | None = None
    approval_above: Amount = 0
    """Payments of more need operators' approvals."""
    approvals: Annotated[int, Meta(ge=0, le=16)] = 2
    """How many, of different operators."""


class NetworkPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be signed on one network."""

    family: Family
    account: str
    """The derivation of its account below the root: `m/84'/2'/0'`."""
    fee_max: Amount
    """The most one transaction may cost in the chain's own coin, and all of a day together."""
    fee_day_max: Amount
    assets: tuple[AssetPolicy, ...]
    chain: str = ""
    """Which chain of the family: what its reader needs, such as a chain id or `litecoin-regtest`."""
    cosigners: tuple[str, ...] = ()
    """For a keeper of the warm tier: the extended public keys of all its keepers, this one's among them."""
    own: tuple[str, ...] = ()
    """Addresses that holdings may move to beside those derived here: other tiers'."""
    hot_addresses: Annotated[int, Meta(ge=1, le=10_000)] = 20
    """How many hot addresses, and how many of change, count as ours without being claimed."""
    variants_max: Annotated[int, Meta(ge=1, le=1_000)] = 50
    """How many transactions may be signed for one reference, bumps included."""

    def of(self, contract: str | None) -> AssetPolicy | None:
        """Find what is allowed of an asset."""
        return next((each for each in self.assets if each.contract == contract), None)


class TokenPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A PKCS#11 token with the keys of hot addresses."""

    module: str
    """The file of its library."""
    label: str
    """The token's own label. The keys in it are labelled by their path, such as `LTC/1/0`."""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    networks: dict[str, NetworkPolicy]
    operators: dict[str, str] = {}
    """Who may approve: a name, and an Ed25519 public key in hexadecimal digits."""
    users: tuple[int, ...] = ()
    """The machine's users whose processes may ask, beside the signer's own and the administrator."""
    requests_per_minute_max: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_200
    socket: str = "signer.sock"
    """Where it listens; relative to the signer's directory."""
    token: TokenPolicy | None = None
    """What is looked into for keys before the key store."""


def read_policy(path: Path) -> Policy:
    """Read and check the file. Errors: `InvalidPolicy`."""
    try:
        return parse_policy(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPolicy(f"{path} cannot be read: {error}; rialto signer init writes one to begin with") from error
    except InvalidPolicy as error:
        raise InvalidPolicy(f"{path}: {error}") from error


def parse_policy(text: str) -> Policy:
    """Read a policy from TOML. Errors: `InvalidPolicy`."""
    try:
        policy = msgspec.convert(tomllib.loads(text), Policy)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicy(f"not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise InvalidPolicy(str(error)) from error
    for name, key in policy.operators.items():
        if not re.fullmatch(r"[0-9a-fA-F]{64}", key):
            raise InvalidPolicy(f"the key of operator {name!r} is not 64 hexadecimal digits")
    if len({key.lower() for key in policy.operators.values()}) < len(policy.operators):
        raise InvalidPolicy("two operators have the same key; approvals must come from different people")
    for name, network in policy.networks.items():
        _check(name, network, len(policy.operators))
    return policy


def _check(name: str, network: NetworkPolicy, operators: int) -> None:
    if not ACCOUNT.fullmatch(network.account):
        raise InvalidPolicy(f"network {name}: account {network.account!r} is not hardened levels such as m/84'/2'/0'")
    contracts = [each.contract for each in network.assets]
    if len(set(contracts)) < len(contracts):
        raise InvalidPolicy(f"network {name} names the same asset twice")
    for each in network.assets:
        if each.payment_max > each.hour_max or each.hour_max > each.day_max:
            raise InvalidPolicy(
                f"network {name}, {each.asset}: hour_max must not be below payment_max, nor day_max below hour_max"
            )
        if each.payment_max > each.approval_above and each.approvals > operators:
            raise InvalidPolicy(
                f"network {name}, {each.asset}: {each.approvals} approvals are wanted above {each.approval_above}, and "
                f"there are {operators} operators; name them, or set approval_above to payment_max"
            )
