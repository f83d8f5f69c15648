"""The file that says which banks there are: `banks.toml` in the data directory.

    [banks.main]
    scope = 1000001
    currency = "EUR"
    holder = "Example Exchange Ltd"
    account = "DE89370400440532013000"
    bic = "COBADEFF"
    deposit_methods = ["bank_transfer"]
    withdrawal_methods = ["bank_transfer"]
    deposit_fee = "0"
    withdrawal_fee = "1.00"
    withdrawal_min = "10.00"
    withdrawal_max = "50000.00"

The scope is what the ledger knows a bank account by: 1,000,001 and above, so that it is never a chain's. A file with
anything wrong in it is refused as a whole.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from rialto.foundation.configuration import InvalidConfiguration
from rialto.products.fiat.iso20022.payments import Account, account_of
from rialto.products.fiat.rules import CENT
from rialto.wire.decimals import to_units

FILE_NAME: Final = "banks.toml"
SCOPE_MIN: Final = 1_000_001
METHODS: Final = ("bank_transfer", "pix")

Money = Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]


class _Bank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scope: Annotated[int, Meta(ge=SCOPE_MIN, le=2_000_000)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    holder: Annotated[str, Meta(min_length=1, max_length=70)]
    account: Annotated[str, Meta(min_length=4, max_length=40)]
    bic: Annotated[str, Meta(max_length=11)] = ""
    deposit_methods: tuple[str, ...] = ("bank_transfer",)
    withdrawal_methods: tuple[str, ...] = ("bank_transfer",)
    deposit_fee: Money = "0"
    deposit_min: Money = "0.01"
    withdrawal_fee: Money = "0"
    withdrawal_min: Money = "1"
    withdrawal_max: Money = "1000000"
    order_days: Annotated[int, Meta(ge=1, le=365)] = 3


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    banks: Annotated[dict[Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$")], _Bank], Meta(max_length=100)] = {}


class Bank(NamedTuple):
    """A bank account of the exchange. Amounts in units of 1e-8."""

    name: str
    scope: int
    currency: str
    account: Account
    deposit_methods: frozenset[str]
    withdrawal_methods: frozenset[str]
    deposit_fee: int
    deposit_min: int
    withdrawal_fee: int
    withdrawal_min: int
    withdrawal_max: int
    order_days: int

    @property
    def takes_ibans(self) -> bool:
        """Whether it pays to IBANs only: where its own account is one."""
        return self.account.is_iban


def read_banks(directory: Path) -> list[Bank]:
    """Read the file of a data directory; without one there are no banks. Errors: `InvalidConfiguration`."""
    path = directory / FILE_NAME
    try:
        read = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
        banks = [_bank(name, each) for name, each in read.banks.items()]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise InvalidConfiguration(f"{path}: {error}") from error
    if len({bank.scope for bank in banks}) != len(banks):
        raise InvalidConfiguration(f"{path}: two banks have one scope; each needs its own")
    return banks


def _bank(name: str, read: _Bank) -> Bank:
    unknown = {*read.deposit_methods, *read.withdrawal_methods} - set(METHODS)
    if unknown:
        raise ValueError(f"banks.{name}: {', '.join(sorted(unknown))} is no method; there are {', '.join(METHODS)}")
    return Bank(
        name,
        read.scope,
        read.currency,
        account_of(read.holder, read.account, read.bic),
        frozenset(read.deposit_methods),
        frozenset(read.withdrawal_methods),
        to_units(read.deposit_fee),
        to_units(read.deposit_min),
        to_units(read.withdrawal_fee),
        to_units(read.withdrawal_min),
        to_units(read.withdrawal_max),
        read.order_days,
    )


def is_payable(units: int) -> bool:
    """Tell whether banks can move an amount: whole cents."""
    return units > 0 and units % CENT == 0
