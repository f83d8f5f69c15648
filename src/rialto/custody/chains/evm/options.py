"""What an EVM network is configured with, beside what every network is."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rialto.foundation.configuration import InvalidConfiguration

GWEI = 10**9


class EvmOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The options of a network of this family."""

    chain_id: Annotated[int, Meta(ge=1, le=2**53)]
    """What the node must say it is, and what every signature is bound to."""
    head: Literal["latest", "safe", "finalized"] = "latest"
    """Which block counts as the newest: blocks above it are not looked at."""
    traces: Literal["auto", "debug", "parity", "none"] = "auto"
    """How coins that move inside contract calls are found: debug_traceBlockByHash, trace_block, or, without traces, by
    the balance of every address before and after the block. `auto` takes the first that the node has."""
    bump_percent: Annotated[int, Meta(ge=10, le=200)] = 13
    """By how much a replacement pays more. Geth asks for 10, others for 12.5."""
    fee_cap: Annotated[int, Meta(ge=1)] = 1_000 * GWEI
    """The most that is ever paid for a unit of gas, in wei."""
    tip_min: Annotated[int, Meta(ge=0)] = 1
    """The least tip for a unit of gas, in wei."""
    gas_margin_percent: Annotated[int, Meta(ge=0, le=300)] = 25
    """How much more gas is allowed than was estimated, for calls of contracts."""
    gas_max: Annotated[int, Meta(ge=21_000, le=2**24)] = 500_000
    """The most gas a payment may take: who is paid does not decide what paying costs."""
    unlisted_per_block_max: Annotated[int, Meta(ge=0, le=1_000)] = 32
    """How many transfers of tokens that are not listed are reported of one block."""
    own_contracts: Annotated[str, Meta(max_length=10_000)] = ""
    """Addresses that are never paid, separated by commas."""
    batch_length_max: Annotated[int, Meta(ge=1, le=1_000)] = 100
    """How many questions the node is asked at once."""
    timeout_seconds: Annotated[int, Meta(ge=1, le=600)] = 30


def read_options(network: str, given: Mapping[str, str | int | bool]) -> EvmOptions:
    """Read the options of a network. Errors: `InvalidConfiguration`."""
    try:
        return msgspec.convert(dict(given), EvmOptions)
    except msgspec.ValidationError as error:
        raise InvalidConfiguration(f"network {network}, options: {error}") from error
