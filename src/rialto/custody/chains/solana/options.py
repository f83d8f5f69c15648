"""What a network of Solana is configured with, beside what every network is.

[networks.SOL]
family = "solana"
is_tagged = true
xpub = "0/0=4zvw… 1/0=9xQe…"       # addresses, as rialto signer addresses prints them: nothing can be derived

[networks.SOL.options]
nonce_accounts = "7vUL… BzLW…"     # made with solana create-nonce-account, their authority the address 1/0
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rialto.foundation.configuration import InvalidConfiguration


class SolanaOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The options of a network of this family."""

    nonce_accounts: Annotated[str, Meta(max_length=10_000)] = ""
    """Accounts whose nonces payouts are bound to, separated by spaces: as many can be under way at once."""
    commitment: Literal["confirmed", "finalized"] = "finalized"
    """Which block counts as the newest."""
    fee_max: Annotated[int, Meta(ge=5_000)] = 5_000_000
    """The most that is ever offered for a signature, in lamports."""
    trusted_mints: Annotated[str, Meta(max_length=10_000)] = ""
    """Mints, separated by spaces, that are taken although others keep a hold on what is paid, such as a delegate."""
    unlisted_per_block_max: Annotated[int, Meta(ge=0, le=1_000)] = 32
    """How many credits of tokens that are not listed are reported of one block."""
    timeout_seconds: Annotated[int, Meta(ge=1, le=600)] = 30


def read_options(network: str, given: Mapping[str, str | int | bool]) -> SolanaOptions:
    """Read the options of a network. Errors: `InvalidConfiguration`."""
    try:
        return msgspec.convert(dict(given), SolanaOptions)
    except msgspec.ValidationError as error:
        raise InvalidConfiguration(f"network {network}, options: {error}") from error
